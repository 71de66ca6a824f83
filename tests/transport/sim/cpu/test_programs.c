/* SPDX-License-Identifier: MIT */
/* A compiled program (programs/work.c with newlib) must compute in the simulated core what the same
 * source computes on the host.
 *
 *   test-programs armv7m|m4f|m7|m7sp|armv6m IMAGE
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "flat.h"
#include "programs/work.h"

/* As in programs/flat.ld. */
#define CODE_SIZE (128u << 10)
#define RAM_SIZE (64u << 10)
#define LIMIT 100000000u

struct machine {
    struct flat flat;
    uint8_t code[CODE_SIZE], ram[RAM_SIZE];
};

static const struct sim_core_model *find_model(const char *name)
{
    static const struct {
        const char *name;
        const struct sim_core_model *model;
    } models[] = {{"armv6m", &flat_armv6m}, {"armv7m", &flat_armv7m}, {"m4f", &flat_m4f},
                  {"m7", &flat_m7},         {"m7sp", &flat_m7sp},     {"m33", &flat_m33}};

    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (strcmp(models[i].name, name) == 0)
            return models[i].model;
    return NULL;
}

static bool load(struct machine *machine, const char *name, const char *path)
{
    const struct sim_core_model *model = find_model(name);
    FILE *file = fopen(path, "rb");
    if (!file || !model) {
        perror(path);
        return false;
    }
    size_t size = fread(machine->code, 1, CODE_SIZE, file);
    fclose(file);
    memset(machine->ram, 0xA5, RAM_SIZE);
    flat_init(&machine->flat, model, machine->code, CODE_SIZE, machine->ram, RAM_SIZE);
    machine->flat.cpu.r[13] = FLAT_RAM + RAM_SIZE;
    return size > 0;
}

static bool run(struct flat *flat)
{
    flat_run(flat, 0, LIMIT);
    if (flat->bkpts == 1 && flat->bkpt_number == 0 && flat->faults == 0)
        return true;
    printf("ended at %08" PRIx32 ": %u faults (%d at %08" PRIx32 "), %u breakpoints (%u)\n",
           flat->cpu.r[15], flat->faults, (int)flat->fault, flat->fault_address, flat->bkpts,
           flat->bkpt_number);
    return false;
}

static bool same(const uint8_t *results)
{
    uint32_t expected[WORK_PARTS];
    bool equal = true;
    work(expected);
    for (unsigned i = 0; i < WORK_PARTS; i++) {
        uint32_t hash = get_le32(results + 4 * i);
        if (hash != expected[i])
            printf("part %u: %08" PRIx32 ", the host has %08" PRIx32 "\n", i, hash, expected[i]);
        equal = equal && hash == expected[i];
    }
    return equal;
}

int main(int argc, char **argv)
{
    struct machine *machine = calloc(1, sizeof *machine);
    bool passed = machine && argc == 3 && load(machine, argv[1], argv[2]) && run(&machine->flat) &&
                  same(machine->ram);
    if (machine)
        printf("%" PRIu64 " instructions: %s\n", machine->flat.cpu.instructions,
               passed ? "the same results as on the host" : "FAILED");
    free(machine);
    return passed ? 0 : 1;
}

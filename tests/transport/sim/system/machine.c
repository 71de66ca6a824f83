/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static uint8_t *memory_at(struct machine *m, uint32_t address, unsigned width)
{
    for (unsigned i = 0; i < 4; i++) {
        struct sim_window *w = &m->bus.windows[i];
        if (address - w->start < w->size && w->size - (address - w->start) >= width)
            return w->memory + (address - w->start);
    }
    return NULL;
}

static bool bus_read(void *board, uint32_t address, unsigned width, uint32_t *value, bool debugger)
{
    struct machine *m = board;
    const uint8_t *memory = memory_at(m, address, width);
    uint8_t device[4];

    put_le32(device, m->device);
    if (!memory && address - DEVICE < 4)
        memory = device + (address - DEVICE);
    if (!memory)
        return false;
    *value = 0;
    for (unsigned i = 0; i < width; i++)
        *value |= (uint32_t)memory[i] << 8 * i;
    return true;
}

static bool bus_write(void *board, uint32_t address, unsigned width, uint32_t value, bool debugger)
{
    struct machine *m = board;
    uint8_t *memory = address >= SRAM ? memory_at(m, address, width) : NULL;
    uint8_t device[4];

    put_le32(device, m->device);
    if (!memory && address - DEVICE < 4)
        memory = device + (address - DEVICE);
    if (!memory)
        return false;
    for (unsigned i = 0; i < width; i++)
        memory[i] = (uint8_t)(value >> 8 * i);
    if (address - DEVICE < 4)
        m->device = get_le32(device);
    return true;
}

static void system_reset(void *board)
{
    struct machine *m = board;

    m->resets++;
    sim_cpu_reset(m->cpu, SIM_RESET_SYSTEM);
}

/* As makers took these cores: the STM32F103, its clones, the STM32F0, F746, H743, U575. */
static const struct sim_integration f103 = {.irqs = 43,
                                            .priority_bits = 4,
                                            .rom_designer = SIM_DESIGNER_ST,
                                            .rom_part = 0x410,
                                            .systick_calib = 0x40000000 | 9000};
static const struct sim_integration clone = {.irqs = 43,
                                             .priority_bits = 4,
                                             .rom_designer = SIM_DESIGNER_ARM,
                                             .rom_part = 0x4C3,
                                             .systick_calib = 0x40000000 | 9000};
static const struct sim_integration f0 = {.irqs = 32,
                                          .priority_bits = 2,
                                          .rom_designer = SIM_DESIGNER_ST,
                                          .rom_part = 0x440,
                                          .systick_calib = 0x40000000 | 6000};

static const struct sim_integration f7 = {.irqs = 98,
                                          .priority_bits = 4,
                                          .rom_designer = SIM_DESIGNER_ST,
                                          .rom_part = 0x449,
                                          .icache_kib = 4,
                                          .dcache_kib = 4,
                                          .itcm_kib = 16,
                                          .dtcm_kib = 64};
static const struct sim_integration h7 = {.irqs = 150,
                                          .priority_bits = 4,
                                          .rom_designer = SIM_DESIGNER_ST,
                                          .rom_part = 0x450,
                                          .icache_kib = 16,
                                          .dcache_kib = 16,
                                          .itcm_kib = 64,
                                          .dtcm_kib = 128,
                                          .cti = true};
static const struct sim_integration u5 = {.irqs = 126,
                                          .priority_bits = 4,
                                          .rom_designer = SIM_DESIGNER_ST,
                                          .rom_part = 0x482,
                                          .systick_calib = 0x40000000 | 20000};

static const struct sim_integration *integration_of(const struct sim_core_model *model)
{
    if (!model->armv7m)
        return &f0;
    if (model->m7)
        return model->fpu == SIM_FPV5_DP ? &h7 : &f7;
    if (model->armv8m)
        return &u5;
    return model == &sim_core_m3_r2p0 ? &clone : &f103;
}

struct machine *machine_create(const struct sim_core_model *model)
{
    struct machine *m = calloc(1, sizeof *m);

    assert_non_null(m);
    m->bus = (struct sim_bus){
        .read = bus_read,
        .write = bus_write,
        .board = m,
        .windows = {{FLASH, sizeof m->flash, m->flash, false},
                    {0, sizeof m->flash, m->flash, false},
                    {SRAM, sizeof m->sram, m->sram, true}},
        .system_reset = system_reset,
    };
    memset(m->flash, 0xFF, sizeof m->flash);
    machine_poke(m, FLASH, STACK);
    machine_poke(m, FLASH + 4, START | 1);
    for (unsigned n = 2; n < SIM_EXC_COUNT; n++) {
        machine_poke(m, FLASH + 4 * n, HANDLER(n) | 1);
        PROGRAM(m, HANDLER(n), SELF);
    }
    PROGRAM(m, START, SELF);
    m->cpu = sim_cpu_create(model, integration_of(model), &m->bus);
    assert_non_null(m->cpu);
    return m;
}

void machine_destroy(struct machine *m)
{
    sim_cpu_destroy(m->cpu);
    free(m);
}

void machine_program_halves(struct machine *m, uint32_t address, const uint16_t *halves,
                            size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_le16(memory_at(m, address + 2 * (uint32_t)i, 2), halves[i]);
}

void machine_poke(struct machine *m, uint32_t address, uint32_t value)
{
    put_le32(memory_at(m, address, 4), value);
}

uint32_t machine_peek(struct machine *m, uint32_t address)
{
    return get_le32(memory_at(m, address, 4));
}

uint32_t machine_read(struct machine *m, uint32_t address)
{
    uint32_t value = 0;

    assert_true(sim_cpu_debug_read(m->cpu, address, 4, &value));
    return value;
}

void machine_write(struct machine *m, uint32_t address, uint32_t value)
{
    assert_true(sim_cpu_debug_write(m->cpu, address, 4, value));
}

void machine_go(struct machine *m, unsigned count)
{
    while (count--)
        sim_cpu_run(m->cpu, 1);
}

void machine_run(struct machine *m, uint64_t cycles)
{
    sim_cpu_run(m->cpu, cycles);
}

void machine_halt(struct machine *m)
{
    machine_write(m, DHCSR, DBGKEY | C_HALT | C_DEBUGEN);
    assert_true(sim_cpu_is_halted(m->cpu));
}

void machine_resume(struct machine *m)
{
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    assert_false(sim_cpu_is_halted(m->cpu));
}

void machine_step(struct machine *m)
{
    uint32_t masked = machine_read(m, DHCSR) & C_MASKINTS;

    assert_true(sim_cpu_is_halted(m->cpu));
    machine_write(m, DHCSR, DBGKEY | masked | C_STEP | C_DEBUGEN);
    machine_run(m, 100);
    assert_true(sim_cpu_is_halted(m->cpu));
}

uint32_t machine_get(struct machine *m, unsigned regsel)
{
    machine_write(m, DCRSR, regsel);
    assert_true(machine_read(m, DHCSR) & S_REGRDY);
    return machine_read(m, DCRDR);
}

void machine_set(struct machine *m, unsigned regsel, uint32_t value)
{
    machine_write(m, DCRDR, value);
    machine_write(m, DCRSR, 1u << 16 | regsel);
    assert_true(machine_read(m, DHCSR) & S_REGRDY);
}

int machine_setup(void **state)
{
    *state = machine_create(&sim_core_m3_r1p1);
    return 0;
}

int machine_teardown(void **state)
{
    machine_destroy(*state);
    return 0;
}

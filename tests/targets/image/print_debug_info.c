/* SPDX-License-Identifier: MIT */
/* For debug_info.py: print-debug-info FILE names NAME.. | lines ADDRESS.. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/elf_symbols.h"
#include "image/source_lines.h"

static int fail(const struct job *job)
{
    printf("error: %s\n", job->text);
    return 1;
}

static int print_names(struct job *job, const char *file, char *const names[], size_t count)
{
    struct elf_symbol *symbols = calloc(count, sizeof *symbols);

    for (size_t i = 0; i < count; i++)
        symbols[i].name = names[i];
    int failed = elf_symbols_find(job, file, symbols, count) ? fail(job) : 0;
    for (size_t i = 0; i < count && !failed; i++)
        if (symbols[i].found)
            printf("%s %08" PRIx32 " %08" PRIx32 "\n", names[i], symbols[i].address,
                   symbols[i].size);
    free(symbols);
    return failed;
}

static void print_lines(const struct debug_info *info, uint32_t address)
{
    struct source_place places[SOURCE_PLACES];
    size_t count = source_lines_at(info, address, places, SOURCE_PLACES);

    printf("%08" PRIx32, address);
    for (size_t i = 0; i < count; i++)
        printf(" %s %s:%u%s", places[i].function ? places[i].function : "??",
               places[i].file ? places[i].file : "??", places[i].line,
               places[i].inlined ? " in" : "");
    printf("\n");
}

int main(int argc, char *argv[])
{
    struct debug_info *info;
    struct job job;

    job_init(&job, NULL);
    if (argc < 3)
        return 2;
    if (strcmp(argv[2], "names") == 0)
        return print_names(&job, argv[1], argv + 3, (size_t)argc - 3);
    if (debug_info_open(&job, argv[1], &info))
        return fail(&job);
    for (int i = 3; i < argc; i++)
        print_lines(info, (uint32_t)strtoul(argv[i], NULL, 0));
    debug_info_close(info);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* An ELF core file as gdb reads it (gdb manual, "Core File Generation"): registers of threads as
 * NT_PRSTATUS notes in the layout of 32-bit Arm, those of the FPU as NT_ARM_VFP, the target
 * description as GDB's note, memory as PT_LOAD. Written at once, in the order of these calls. */
#ifndef PROBED_CLI_CORE_FILE_H
#define PROBED_CLI_CORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { CORE_REGISTERS = 17, CORE_DOUBLES = 16, CORE_RANGES = 32 };

struct core_thread {
    uint32_t id;
    uint32_t registers[CORE_REGISTERS]; /* r0 to r15, xPSR */
    bool has_fpu;
    uint64_t doubles[CORE_DOUBLES];
    uint32_t fpscr;
};

struct core_range {
    uint32_t address, size;
    uint8_t *data; /* the caller's */
};

struct core_file {
    const char *description; /* target.xml */
    const struct core_thread *threads;
    size_t thread_count; /* the first is the one that gdb shows */
    struct core_range ranges[CORE_RANGES];
    size_t range_count;
};

/* False: it could not be written; errno says why. */
bool core_file_write(const struct core_file *file, FILE *out);

#endif

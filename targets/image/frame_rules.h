/* SPDX-License-Identifier: MIT */
/* From a function's registers to its caller's, by the call frame information that the compiler left
 * (.debug_frame or .eh_frame; DWARF 5, 6.4). What no rule names is kept by the function (AAPCS32,
 * 6.1.1). The information comes with the file and may say anything. */
#ifndef PROBED_FRAME_RULES_H
#define PROBED_FRAME_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "image/debug_info.h"

enum { FRAME_SP = 13, FRAME_LR = 14, FRAME_PC = 15, FRAME_REGISTERS = 16 };

struct frame_registers {
    uint32_t value[FRAME_REGISTERS];
    uint32_t known; /* a bit a register */
};

enum frame_found {
    FRAME_CALLER,    /* the registers are the caller's now; PC with the Thumb bit, as returned to */
    FRAME_OUTERMOST, /* it has none, or none that can be known */
    FRAME_NO_RULES,  /* nothing is said of this address */
    FRAME_UNREADABLE, /* memory that it needs cannot be read, */
    FRAME_STRANGE,    /* or what is said makes no sense */
};

struct frame_memory {
    bool (*read)(void *user, uint32_t address, uint32_t *word);
    void *user;
};

/* `place` is the address whose rules count: PC's own of a function that was stopped there, one less
 * than where a call returns to. `called`: it has called another, so that LR is not its own. On
 * anything but FRAME_CALLER the registers stay. */
enum frame_found frame_rules_caller(const struct debug_info *info, uint32_t place, bool called,
                                    const struct frame_memory *memory,
                                    struct frame_registers *registers);

#endif

/* SPDX-License-Identifier: MIT */
/* What the readers of debug information share. */
#ifndef PROBED_DEBUG_INFO_INTERNAL_H
#define PROBED_DEBUG_INFO_INTERNAL_H

#include <elfutils/libdw.h>

#include "image/debug_info.h"
#include "image/elf_open.h"

/* Addresses of a compile unit. */
struct unit_range {
    uint32_t start, end;
    Dwarf_Die unit;
};

struct function_symbol {
    uint32_t start, end;
    const char *name;
};

struct debug_info {
    struct elf_open file;
    Dwarf *dwarf;               /* NULL: there is none */
    Dwarf_CFI *exception_rules; /* .eh_frame; NULL: there is none */
    /* Both by their beginnings. */
    struct unit_range *units;
    struct function_symbol *functions;
    size_t unit_count, function_count;
};

/* The last one that begins at or before the address and ends behind it; NULL: none. */
const struct unit_range *debug_info_unit(const struct debug_info *info, uint32_t address);
const struct function_symbol *debug_info_function(const struct debug_info *info, uint32_t address);

#endif

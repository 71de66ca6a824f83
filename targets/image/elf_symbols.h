/* SPDX-License-Identifier: MIT */
/* What a program calls its functions and variables: names to addresses and sizes, from the symbol
 * table of its ELF file. Any number of names in one pass. */
#ifndef PROBED_ELF_SYMBOLS_H
#define PROBED_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"

struct elf_symbol {
    const char *name; /* looked for; NULL is never found */
    bool found;
    uint32_t address; /* of a function without the Thumb bit */
    uint32_t size;    /* bytes; 0: not said */
};

/* Fills in what follows the names. Of several of one name the global one counts, then a weak one,
 * then the first local one, then one that link-time optimisation renamed (NAME.lto_priv.0). A file
 * without symbols is no error: nothing is found. ERR_FILE, ERR_NO_MEMORY. */
enum err elf_symbols_find(struct job *job, const char *path, struct elf_symbol *symbols,
                          size_t count);

#endif

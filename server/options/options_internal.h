/* SPDX-License-Identifier: MIT */
/* What the files of the options share: options.c (the parser), table.c (the table and what
 * each option does), help.c (what is printed of it). */
#ifndef PROBED_OPTIONS_INTERNAL_H
#define PROBED_OPTIONS_INTERNAL_H

#include "options/options.h"

/* One option being read: the value and where a complaint goes. */
struct reading {
    struct options *options;
    const char *name, *value;
    char *why;
    size_t why_size;
};

enum value {
    VALUE_NONE,
    VALUE_NEEDED,
    VALUE_BOARD, /* optional: in the next word only if that names a simulated board */
};

struct option_row {
    const char *name; /* first member: suggest() searches the table */
    char letter;
    enum value value;
    const char *value_name;
    const char *help;
    bool (*set)(struct reading *reading);
    bool tools; /* for the tools too, not for the daemon alone */
};

/* program.c. Said already: `why` has what to do instead. */
bool option_said_before(struct reading *reading, bool before, const char *instead);
bool option_set_rtos(struct reading *reading);
bool option_set_elf(struct reading *reading);
/* pack_words.c */
bool option_set_pack(struct reading *reading);
bool option_set_pack_chip(struct reading *reading);
bool option_set_chip_ram(struct reading *reading);
bool option_set_flash_algorithm(struct reading *reading);

extern const struct option_row option_rows[];
extern const size_t option_row_count;

#endif

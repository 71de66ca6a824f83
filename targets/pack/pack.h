/* SPDX-License-Identifier: MIT */
/* Any Cortex-M by what its maker gives: a CMSIS-Pack and the name of a chip in it, or flash
 * algorithms by themselves. Reads files once, at the start; nothing of a target. */
#ifndef PROBED_PACK_H
#define PROBED_PACK_H

#include "base/job.h"
#include "chip/description.h"

enum { PACK_ALGORITHMS_MAX = 8 };

struct pack;

struct pack_choice {
    const char *const *paths; /* packs (a file or a folder; one at most) and .FLM files */
    size_t count;
    const char *chip; /* in the pack; NULL: there must be no pack, or one chip in it */
    const char *ram;  /* "ADDRESS:SIZE"; NULL: as the pack says, or our tables */
    /* Algorithms of the pack to be used besides those that are meant by default: part of a name;
     * NULL: none. */
    const char *algorithm;
};

/* ERR_FILE, ERR_ARGUMENT, ERR_UNSUPPORTED: with the sentence. */
enum err pack_open(struct job *job, const struct pack_choice *choice, struct pack **pack);
/* For target_describe(), as long as the pack is open; NULL of NULL. */
const struct chip_description *pack_description(const struct pack *pack);
/* NULL is fine. No target may be described by it any more. */
void pack_close(struct pack *pack);

#endif

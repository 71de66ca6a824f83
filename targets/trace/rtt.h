/* SPDX-License-Identifier: MIT */
/* RTT: finds the control block of a program and moves bytes between its ring buffers and whoever
 * listens, through memory while the core runs. Of the block it writes nothing but the offsets that
 * are the host's, and those only after what they tell has been done; a block is believed only as
 * long as its id stands there, and nothing outside of RAM is ever read (rtt_block.h).
 *
 * Worker thread, for the target's job. Source: rules of SEGGER RTT V8.56a's target code. */
#ifndef PROBED_RTT_H
#define PROBED_RTT_H

#include "target.h"
#include "trace/rtt_block.h"

enum { RTT_SLICE = 4096, RTT_NAME = 32 };

/* Whom it works for; all are asked by channel number. */
struct rtt_ends {
    /* How many bytes of an up channel are wanted now; 0: they stay in the target. */
    size_t (*wanted)(void *user, unsigned channel);
    void (*bring)(void *user, unsigned channel, const uint8_t *bytes, size_t length);
    /* What waits for a down channel: *bytes stay until took(). */
    size_t (*waiting)(void *user, unsigned channel, const uint8_t **bytes);
    void (*took)(void *user, unsigned channel, size_t length);
    void *user;
};

struct rtt {
    /* The user's; zero: all RAM, the usual id. */
    uint8_t id[RTT_ID];
    uint32_t start, size; /* where to search; size 0: everywhere */
    uint32_t symbol;      /* where an ELF file says that it is; 0: nobody said */

    bool found;
    uint32_t address;
    unsigned up_count, down_count;
    struct rtt_channel up[RTT_CHANNELS], down[RTT_CHANNELS]; /* as last read */
    char up_names[RTT_CHANNELS][RTT_NAME]; /* printable; empty: none, or it cannot be read */
    char down_names[RTT_CHANNELS][RTT_NAME];

    /* Private. */
    uint32_t last;                    /* where it was before it was lost; 0: nowhere */
    size_t region;                    /* the search: in which of the regions.. */
    uint32_t cursor;                  /* ..and where in it */
    bool tried;                       /* the places where it may be without a search */
    unsigned next;                    /* up channel that is served first */
    uint32_t words[2 * RTT_CHANNELS]; /* offsets on their way */
    uint8_t block[RTT_HEADER + 2 * RTT_CHANNELS * RTT_DESCRIPTOR];
    uint8_t data[4 * RTT_SLICE];
};

void rtt_init(struct rtt *rtt);
/* False: longer than 15 characters. */
bool rtt_set_id(struct rtt *rtt, const char *id);
/* Begins to search again, at the places where it is likely first. */
void rtt_forget(struct rtt *rtt);

/* One slice of the search. *over: nothing is left to search, and rtt->found says whether it was
 * found. */
enum err rtt_search(struct rtt *rtt, struct target *target, bool *over);

/* One short read, and if there is something to move one flush more for each round of that, of at
 * most `rounds`. *moved: bytes, both ways. The block may be gone then: !rtt->found. */
enum err rtt_move(struct rtt *rtt, struct target *target, const struct rtt_ends *ends,
                  unsigned rounds, size_t *moved);
/* Reads the whole block: what its channels are. */
enum err rtt_look(struct rtt *rtt, struct target *target);
/* And what they are called, by what was read last. */
enum err rtt_read_names(struct rtt *rtt, struct target *target);
/* Writes the mode of an up channel of a block that is there. */
enum err rtt_set_mode(struct rtt *rtt, struct target *target, unsigned channel, enum rtt_mode mode);
/* The core stands and its program is about to begin: takes away the id, so that a dead block is not
 * taken for the one that will be. */
enum err rtt_wipe(struct rtt *rtt, struct target *target);

#endif

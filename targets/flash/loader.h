/* SPDX-License-Identifier: MIT */
/* Runs routines of targets/flash/loaders/ in target RAM.
 *
 * RAM: the start of the largest RAM region is borrowed: read as it comes to be needed, put back as
 * it is needed no more, and by loader_close() at the latest (loader_ram.c). DMA of the program that
 * goes on while its core stands may write there; what it spoils shows in the verification or as
 * ERR_LOADER.
 *
 * Core: at every return from here it is halted (but for loader_program() without a pause, behind
 * which loader_runs()), so that other sessions' jobs find what they expect; its registers are the
 * routine's between loader_enter() and loader_leave(), while the target's register cache keeps the
 * program's. Interrupts are masked, breakpoints, watchpoints and the MPU are off meanwhile; NMI is
 * not masked.
 */
#ifndef PROBED_LOADER_H
#define PROBED_LOADER_H

#include "core/borrowed.h"
#include "flash/driver.h"
#include "flash/pace.h"

enum {
    LOADER_CHECKSUM_PAGES = 128, /* at most, in one loader_checksum() */
    LOADER_BLOCKS_MAX = 8,       /* in a ring */
    LOADER_MAILBOX = 36,         /* bytes, and a trailer's behind a block's data */
    LOADER_TRAILER = 8,
};

struct loader {
    struct flash_controller *controller;
    struct target *target;
    struct borrowed_core lent;
    uint32_t area, area_size; /* RAM that may be borrowed .. */
    uint32_t borrowed;        /* .. and how much of it is, from its start */
    uint32_t used;            /* .. of which something was written to */
    uint32_t returned;        /* bit n: slot n of the ring is as it was again */
    bool given_back;          /* bit by bit, since nothing more is to be programmed */
    uint32_t mailbox;         /* its address: behind vectors, where there are some */
    uint32_t checksum_code, program_code, ring; /* in it, .. */
    uint32_t sum_end;                           /* .. and the end of what checksums need */
    uint8_t *saved; /* what was there, then `block`; NULL: nothing borrowed */
    bool entered;
    bool programming;   /* the core is in the program routine .. */
    bool standing;      /* .. halted there for a while, since .. */
    uint64_t stands_us; /* .. then */
    uint32_t registers; /* which it works with: of the bank that it programs */
    uint32_t handed;    /* blocks, since loader_init(), .. */
    uint32_t done;      /* .. of which so many are known to be programmed */
    uint32_t first;     /* of those the routine was begun with */
    struct loader_block {
        uint32_t address, bytes, units; /* what there is to program */
    } blocks[LOADER_BLOCKS_MAX];        /* those under way */
    uint32_t programmed;                /* bytes, and not taken yet by loader_take_programmed() */
    struct pace pace;                   /* of programming */
    uint32_t sum_ns;                    /* of the checksum of a page; 0: not known */
    uint8_t *block;     /* the block being collected: its bytes, and room for the trailer */
    uint32_t address;   /* where it goes */
    uint32_t collected; /* bytes */
    uint32_t failed_at; /* the page that failed; those before it in its block are right, and all
                         * blocks before. 0: not known */
};

/* No traffic. ERR_UNSUPPORTED when RAM is too small. */
enum err loader_init(struct loader *loader, struct flash_controller *controller);
/* Takes the halted core; borrows RAM and loads the code at the first call. When taken already: is
 * it still there? */
enum err loader_enter(struct loader *loader);
/* Checksums (checksum.h) of `pages` pages from `address`, once all is programmed that is under way.
 */
enum err loader_checksum(struct loader *loader, uint32_t address, uint32_t pages, uint32_t *sums);
/* It stopped, for it read what cannot be read: the core is made fit for another routine. False: it
 * is not. */
bool loader_after_fault(struct loader *loader);
/* Before a routine begins: what reads by wire have raised. */
enum err loader_take_nmi(struct loader *loader);
enum loader_pace {
    LOADER_BLOCKS, /* pages that follow each other are handed over together: the fewest round trips
                    */
    LOADER_PAGES,  /* every page at once */
    LOADER_PAUSE,  /* ..and the core stands behind it: that costs a round trip, and time */
};
/* Takes one page to be programmed. What is handed over waits for room behind what is under way, so
 * that transfer and programming overlap. An error may belong to an earlier page: its sentence has
 * the address. `data`: page_size bytes. Without a pause the core keeps running and the next call
 * has to be one of these here, soon. */
enum err loader_program(struct loader *loader, uint32_t address, const void *data,
                        enum loader_pace pace);
/* The core is at it: with the routine, which it was left with. */
bool loader_runs(const struct loader *loader);
/* The core stands, as far as the flash allows it, and what is under way goes on with the next call
 * of one of these: others may have the core. */
enum err loader_program_stand(struct loader *loader);
/* Hands over what is collected and waits for all that is under way. The routine stays where it is:
 * more pages may come. */
enum err loader_program_end(struct loader *loader);
/* How pages reach the flash: the functions above do what these do. */
struct loader_protocol {
    enum err (*program)(struct loader *loader, uint32_t address, const void *data,
                        enum loader_pace pace);
    enum err (*stand)(struct loader *loader);
    enum err (*end)(struct loader *loader);
    /* Another routine gets the core, or none: what was handed over is not waited for. */
    void (*forget)(struct loader *loader);
};

extern const struct loader_protocol loader_mailbox; /* a routine that is fed by a ring of blocks */
extern const struct loader_protocol loader_direct;  /* the driver's program() */

/* Nothing more is to be programmed than what was taken: RAM may be given back while that, and
 * checksums, are waited for. */
void loader_programmed(struct loader *loader);
/* How many bytes more than at the last call are known to be programmed. */
uint32_t loader_take_programmed(struct loader *loader);
/* The block that the last page taken belongs to, of all that are counted. */
uint32_t loader_block(const struct loader *loader);

/* Gives the core back with the program's registers. */
enum err loader_leave(struct loader *loader);
/* Gives back the core, and RAM as far as the target answers. In any state; twice is fine, and tries
 * again what failed. */
enum err loader_close(struct loader *loader);
/* Frees, whatever was put back. No traffic. */
void loader_finish(struct loader *loader);

#endif

/* SPDX-License-Identifier: MIT */
/* A programming session, shared by flash.c (what callers see), work.c and erase.c (what is done)
 * and slices.c (between which others are served). */
#ifndef PROBED_FLASH_SESSION_H
#define PROBED_FLASH_SESSION_H

#include "core/core.h"
#include "flash/controller.h"
#include "flash/data_eeprom.h"
#include "flash/flash.h"
#include "flash/loader.h"
#include "flash/plan.h"
#include "flash/write_protection.h"

struct flash {
    struct target *target;
    struct flash_controller controller;
    struct flash_plan plan;
    struct data_eeprom eeprom;
    struct flash_costs costs;
    struct loader loader;
    struct flash_report report;
    flash_progress *progress;
    void *progress_user;
    /* Work on the chip runs in a job of its own: a cancel takes effect between slices only, where
     * the hardware is in a state that can be told. `caller` is the job of the call under way. */
    struct job work;
    struct job *caller;
    bool failed;        /* only flash_close() is left */
    char why[JOB_TEXT]; /* .. and nobody was told this yet */
    enum err why_err;
    unsigned barred; /* banks (a bit each) not to be erased as a whole: sectors nobody named hold
                      * something, or are protected */
    bool protection_known, any_protected; /* write_protection.c: sectors of the plan */
    bool mass_wanted;                     /* mass erase was asked for by name */
    uint32_t seen_until;                  /* a word of flash that answered: so do those before it */
    bool alias_known;                     /* it shows the flash (alias.c) */
    bool written_directly, written_by_alias;
    uint32_t alias_offset; /* from an alias to the flash's own address */
    uint64_t slice_us;     /* when the last checkpoint was passed */
    uint32_t erased_sum;   /* checksum of an erased page */
    uint8_t *page;         /* page_size bytes of scratch, twice */
};

/* flash_open() by this driver, whichever the chip's family has; NULL: that one. */
enum err flash_open_by(struct target *target, const struct flash_driver *driver,
                       struct flash **flash);
/* Compares, erases, programs all sectors that are final. */
enum err flash_work(struct flash *flash, bool all);
/* erase.c: those of them that need it, or whole banks where that is better. */
enum err flash_erase_stale(struct flash *flash, bool all);
/* Tells of sectors that are through what the loader knows of its blocks. No traffic. */
void flash_close_programmed(struct flash *flash);
/* Checks every sector that was changed. */
enum err flash_verify(struct flash *flash);
/* After a refusal: sectors where programming began and nothing came of it are as they were. */
void flash_look_again(struct flash *flash);
/* Not what was handed over counts, of which some may be refused. */
void flash_count_programmed(struct flash *flash);
/* slices.c: between slices, the core halted: progress, others' jobs, cancel. */
enum err flash_checkpoint(struct flash *flash);
/* At the end of a call: the core may be left at work, since nobody else wants it. Tells progress.
 */
bool flash_goes_on(struct flash *flash);
/* A cancel has to wait until the hardware is through with what it does: no error yet .. */
bool flash_put_off(struct flash *flash, enum err *err);
/* .. but then. */
enum err flash_interrupted(struct flash *flash);
/* Before work of this length: is a checkpoint due behind it, and for somebody? */
bool flash_slice_ends(struct flash *flash, uint32_t work_us);

#endif

/* SPDX-License-Identifier: MIT */
/* What is to become of the flash, and what that takes: a sparse image of what callers announced
 * and wrote, and decisions from it and from what the flash holds now. Pure: no target, no I/O.
 *
 * A sector is opened by an announcement or a write, becomes final when no more bytes are expected,
 * is compared page by page with what the chip holds, erased if it must be, handed over to be
 * programmed and, once it is, closed.
 * A later write opens it again. Memory: for every byte of the written sectors two bytes and a bit
 * at most. */
#ifndef PROBED_FLASH_PLAN_H
#define PROBED_FLASH_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A stretch of flash with sectors of one size. */
struct flash_area {
    uint32_t start, size, sector_size;
    uint32_t erase_us; /* typical, of a sector */
};

/* Typical times; for the choice between sectors and more at once. */
struct flash_costs {
    uint32_t page_us;
    uint32_t mass_erase_us; /* of all banks together; 0: there is none */
    uint32_t bank_erase_us; /* of one of several by itself; 0: the chip cannot */
};

enum { PLAN_BANKS_MAX = 2 };

/* What a page of the chip holds now, compared with what it shall hold. */
enum page_now {
    PAGE_UNKNOWN,
    PAGE_SAME,      /* as it shall be */
    PAGE_BLANK,     /* erased, and shall hold something */
    PAGE_WRITEABLE, /* differs, and only in units that are erased */
    PAGE_STALE,     /* only an erase helps */
};

/* How far a sector got; what the user is told after an interruption. */
enum sector_state {
    SECTOR_UNTOUCHED,
    SECTOR_ERASED,  /* and not yet programmed, though it should be */
    SECTOR_PARTIAL, /* programming began, and is not known to have ended */
    SECTOR_DONE,    /* holds what was asked for */
};

struct plan_sector {
    uint32_t address, size, erase_us;
    uint8_t bank;
    enum sector_state state;
    bool announced;         /* what is not written ends erased */
    bool open;              /* something is to be done or looked at */
    bool kept;              /* `want` holds the bytes that stay as they are */
    bool is_protected;      /* against writing */
    bool expected;          /* bytes of it are going to be written */
    bool blank;             /* the chip's sector is known to be erased throughout */
    bool erased;            /* erased in this session */
    bool touched;           /* erased or programmed in this session: to be verified */
    bool handed_over;       /* all of it is handed over, .. */
    uint32_t block;         /* .. the last page with this block of the loader's; 0: there is none */
    uint32_t written_count; /* bytes */
    uint8_t *want;          /* `size` bytes; NULL: all erased */
    uint8_t *written;       /* a bit a byte; NULL with `want` */
    uint8_t *now;           /* the chip's bytes in PAGE_WRITEABLE pages; NULL: none */
    uint8_t *pages;         /* enum page_now a page */
    uint8_t *before;        /* what a page was before its programming began; else PAGE_UNKNOWN */
    uint32_t *sums;         /* checksums of the chip's pages, if `summed` */
    bool summed;
};

struct flash_plan {
    struct plan_sector *sectors; /* ascending addresses, all of the chip */
    size_t count;
    unsigned bank_count; /* parts that can be erased as a whole */
    uint32_t page_size, program_size;
    uint8_t erased;  /* value of an erased byte */
    uint32_t cursor; /* end of the latest write */
};

/* Areas ascend and do not overlap. ERR_NO_MEMORY, ERR_ARGUMENT when sizes do not divide. */
enum err plan_init(struct flash_plan *plan, const struct flash_area *areas, size_t count,
                   uint32_t page_size, uint32_t program_size, uint8_t erased);
void plan_finish(struct flash_plan *plan);
/* Another bank begins at this sector; up to the first of these calls all is one. */
void plan_begin_bank(struct flash_plan *plan, uint32_t address);

/* Both: ERR_NOT_FLASH, and nothing taken, if any byte lies outside. ERR_NO_MEMORY. */
enum err plan_announce(struct flash_plan *plan, uint32_t address, uint32_t length);
enum err plan_write(struct flash_plan *plan, uint32_t address, const void *data, uint32_t length);

/* Some of these bytes were written before, and not alike; *at is the first. What lies outside is
 * passed over. */
bool plan_contradicts(const struct flash_plan *plan, uint32_t address, const void *data,
                      uint32_t length, uint32_t *at);

/* The sector at an address; NULL outside. */
struct plan_sector *plan_sector_at(const struct flash_plan *plan, uint32_t address);
/* Open, and no more bytes are to be expected: something is written and the latest write ended
 * elsewhere or at the sector's end; or `all`: the caller is through. */
bool plan_is_final(const struct flash_plan *plan, const struct plan_sector *sector, bool all);
/* Some of its bytes shall stay as they are, and are not known yet: plan_keep() is next. */
bool plan_must_keep(const struct plan_sector *sector);
/* Of all these bytes somebody said what they shall be. */
bool plan_is_written(const struct plan_sector *sector, uint32_t offset, uint32_t length);
/* `now`: the chip's whole sector. */
void plan_keep(struct plan_sector *sector, const uint8_t *now);

uint32_t plan_page_count(const struct flash_plan *plan, const struct plan_sector *sector);
/* What a page shall hold; page_size bytes to `bytes`. True: all erased. */
bool plan_page_want(const struct flash_plan *plan, const struct plan_sector *sector, uint32_t page,
                    uint8_t *bytes);

/* How many of its bytes somebody wrote. */
uint32_t plan_page_written(const struct flash_plan *plan, const struct plan_sector *sector,
                           uint32_t page);

/* Compared by the chip's bytes. ERR_NO_MEMORY. */
enum err plan_compare(struct flash_plan *plan, struct plan_sector *sector, uint32_t page,
                      const uint8_t *now);
/* Compared by something shorter (a CRC): PAGE_SAME or PAGE_BLANK. */
void plan_found(struct plan_sector *sector, uint32_t page, enum page_now now);
/* The chip's sector is erased throughout: no more to be compared. */
void plan_found_blank(struct flash_plan *plan, struct plan_sector *sector);

/* Some page is PAGE_STALE. */
bool plan_needs_erase(const struct flash_plan *plan, const struct plan_sector *sector);
/* The sector was erased just now, by itself or with all others. */
void plan_erased(struct flash_plan *plan, struct plan_sector *sector);

/* What to program into a page: what it shall hold, with erased units where the chip holds that
 * already. False: nothing. */
bool plan_page_program(const struct flash_plan *plan, const struct plan_sector *sector,
                       uint32_t page, uint8_t *bytes);
/* Programming of a page begins; `block` is known once the loader took it. */
void plan_page_begins(struct plan_sector *sector, uint32_t page);
/* Programming of the page began; `now` is what the chip holds: as before? */
bool plan_page_unprogrammed(const struct flash_plan *plan, const struct plan_sector *sector,
                            uint32_t page, const uint8_t *now);
/* Programming began, and nothing came of it. */
void plan_found_unprogrammed(struct plan_sector *sector);
/* Nothing is left but to wait for what the loader has. */
void plan_hand_over(struct plan_sector *sector);
/* Every page is as it shall be. */
void plan_close(struct plan_sector *sector);

/* Banks (bit n: bank n) that are cheaper to erase as a whole, and lose nothing by it if there is no
 * rest in them, or it is found blank. All of them: together. Open sectors not compared yet are
 * expected to fare like those that were. `barred`: not these. */
unsigned plan_mass_erase(const struct flash_plan *plan, const struct flash_costs *costs,
                         unsigned barred);
/* The rest in these banks: some sector that plan_is_rest(). */
bool plan_has_rest(const struct flash_plan *plan, unsigned banks);
/* Nobody wants anything of this sector, and it may hold something. */
bool plan_is_rest(const struct plan_sector *sector);

/* What was changed: "0x08000000-0x08000bff programmed, 0x08000c00-.. erased, not programmed";
 * "unchanged" if nothing was. Cut short when it does not fit. */
void plan_describe(const struct flash_plan *plan, char *text, size_t size);

#endif

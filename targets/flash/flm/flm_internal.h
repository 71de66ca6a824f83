/* SPDX-License-Identifier: MIT */
/* Algorithms in use, shared by flm_driver.c (what flash they make), flm_call.c (how their functions
 * are called) and flm_pages.c (how pages reach them). The core is borrowed and stands, but for a
 * call under way. */
#ifndef PROBED_FLM_INTERNAL_H
#define PROBED_FLM_INTERNAL_H

#include "flash/flm/flm.h"
#include "flash/flm/flm_driver.h"
#include "flash/loader.h"

enum { FLM_MARGIN_US = 500000 }; /* on top of the algorithm's limits: its code at a slow clock */

/* What Init() and UnInit() are told. */
enum flm_purpose { FLM_NO_PURPOSE, FLM_TO_ERASE, FLM_TO_PROGRAM };

struct flm_driver {
    struct flash_driver flash; /* the first member: flm_driver_of() */
    struct flash_loader loader;
    const struct flm *algorithms;
    size_t count;
    uint32_t page_size; /* what the session gives at once: pages of the algorithms' */

    /* Of the session under way. */
    const struct flm *loaded;   /* in RAM; NULL: none is */
    enum flm_purpose purpose;   /* initialised for it */
    enum flm_function function; /* called last, .. */
    uint32_t address;           /* .. for this address */
    /* The page under way: its bytes in the planner's order, and what of it was not begun yet. */
    uint8_t *page;
    uint32_t page_address, page_left;
    uint32_t slot; /* address in RAM */
};

static inline struct flm_driver *flm_driver_of(const struct flash_controller *controller)
{
    return (struct flm_driver *)(uintptr_t)controller->driver;
}

/* flm_pages.c */
extern const struct loader_protocol flm_pages;

/* --- flm_call.c: calls; loader->programming while one is under way --- */

/* Bytes of RAM that it takes, wherever it is put. */
uint32_t flm_ram_size(const struct flm *flm);
/* The algorithm for this address in RAM and initialised; no call is under way. */
enum err flm_enter(struct loader *loader, uint32_t address, enum flm_purpose purpose);
/* It is not initialised any more. Twice is fine. */
enum err flm_leave(struct loader *loader);
/* Queues the call; `address` for sentences. */
void flm_start(struct loader *loader, enum flm_function function, uint32_t address,
               const uint32_t *arguments, unsigned count);
/* Flushes, and waits for the end of the call under way for so long. Its failure is ERR_FLASH with
 * the address; a core that is somewhere else, ERR_LOADER. */
enum err flm_await(struct loader *loader, uint32_t timeout_us, bool *ended);
/* As long as it takes, up to the limit, behind which ERR_LOADER. */
enum err flm_finish(struct loader *loader, uint32_t limit_us);
/* The limit is over. */
enum err flm_expired(struct loader *loader, uint32_t limit_us);
/* The core stands in the middle of a call, and goes on with the next of these. */
enum err flm_stand(struct loader *loader);
/* Whatever was in RAM. No traffic. */
void flm_forget(struct loader *loader);

#endif

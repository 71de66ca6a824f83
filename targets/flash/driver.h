/* SPDX-License-Identifier: MIT */
/* The family of a flash controller, as the rest of this room sees it: one const struct flash_driver
 * at the end of a file in flash/stm32/, with register names first and a handful of functions. What
 * the chips of a family share besides (where the controller is, read protection, watchdogs) is the
 * family's row (chip/families.h); what this chip is like now finds probe().
 *
 * Worker thread, core halted. Errors come with a sentence in the target's job. */
#ifndef PROBED_FLASH_DRIVER_H
#define PROBED_FLASH_DRIVER_H

#include "flash/plan.h"
#include "target.h"

struct chip_family;
struct flash_lock;
struct loader;
struct loader_protocol;

enum { FLASH_AREAS_MAX = 8, FLASH_BANKS_MAX = PLAN_BANKS_MAX };

/* A part that erases and programs by itself. */
struct flash_bank {
    uint32_t start, size;
    uint32_t registers; /* base of the half of the controller that serves it: where the loader
                         * finds its own; another base, and it begins anew. 0: code on the target
                         * does all, and nobody else comes near a register */
};

/* The flash as it is set up and powered now. Typical times, and limits for one that is worn or a
 * clone's. */
struct flash_geometry {
    struct flash_area areas[FLASH_AREAS_MAX]; /* as the memory map has them */
    struct flash_bank banks[FLASH_BANKS_MAX];
    size_t area_count, bank_count;
    uint8_t erased;        /* what erased bytes read as */
    uint32_t program_size; /* the unit that is programmed at once, bytes */
    uint32_t program_us, program_max_us;
    uint32_t page_size;   /* what is compared at once; divides every sector, multiple of 64 */
    uint32_t block_size;  /* what a loader gets at once: pages, of at most 45 ms in all; .. */
    uint32_t block_count; /* .. and how many of them find room in RAM, of LOADER_BLOCKS_MAX */
    uint32_t sector_erase_max_us;
    uint32_t bank_erase_us, bank_erase_max_us; /* of all banks together; 0: only by sectors */
    uint32_t one_bank_erase_us, one_bank_erase_max_us; /* .. of one of two; 0: it cannot be alone */
};

/* What one erase takes: a sector, or whole banks. */
struct flash_extent {
    unsigned banks;    /* bit n: geometry.banks[n] */
    uint32_t address;  /* of the sector, or of the first bank */
    uint32_t size;     /* of the sector; 0: all of the banks */
    unsigned number;   /* of the sector in its bank */
    uint32_t limit_us; /* it takes longer: something is wrong */
};

/* Thumb code that runs in target RAM, and how it wants to be fed: by the mailbox, whose calling
 * convention stands in targets/flash/stm32/loaders/stm32f1_program.S. It is given the registers of
 * the bank; when the next pages belong to one with others, it is halted with no block left, the
 * controller idle and nothing selected, and begins anew with those. */
struct flash_loader {
    const struct loader_protocol *protocol;
    const uint8_t *code; /* NULL: the protocol brings it */
    uint32_t code_size;  /* bytes of RAM that are kept for it */
    bool calls;          /* it has a stack, and uses all registers of the core's */
};

/* A controller in use (flash/controller.h). */
struct flash_controller {
    struct target *target;
    const struct flash_driver *driver;
    const struct chip_family *family;
    struct flash_geometry geometry;
    struct loader *loader;            /* which runs routines for it; NULL: it needs none */
    const struct flash_lock *options; /* what guards option bytes, where they are changed */
    uint64_t began_us;                /* the erase under way, on the probe's clock */
    bool retaken;                     /* after a loss, that is */
    bool taken;                       /* what is put back at the end is known: .. */
    uint32_t watchdogs[2];            /* .. the words that freeze them, .. */
    uint32_t saved[6];                /* .. and what prepare() found */
};

struct flash_driver {
    const char *name; /* "stm32f1" */
    /* A bank does nothing when (word at its registers + offset & mask) == value. */
    struct {
        uint32_t offset, mask, value;
    } idle;
    /* The status is the register of `idle`: bits that make an operation a failed one, and what is
     * written to clear what it left, there or, where it is not 0, to another register (offset). */
    uint32_t errors, clears, clear;
    uint32_t begun;   /* of the status: a unit was begun and wants its rest; 0: it does not say */
    uint32_t control; /* register (offset) that selects an operation; with 0 there: none */
    const struct flash_loader *loader; /* NULL: program() does it */
    bool may_fault;                    /* what it was cut short in is a bus fault to who reads it */
    bool unbroken; /* halted in the middle it spoils what it programs: not before it is through */

    /* Fills the geometry, whose areas and one bank over all of them the memory map gave. Reads
     * only. */
    enum err (*probe)(struct flash_controller *controller);
    /* NULL, or whether this flash can be erased and programmed, as the chip is set up now. Reads
     * only. ERR_UNSUPPORTED with a sentence. */
    enum err (*permit)(struct flash_controller *controller);
    /* Idle, unlocked, no stale errors. Called again after a loss: what it found the first time is
     * what the program had. ERR_FLASH. */
    enum err (*prepare)(struct flash_controller *controller);
    /* Queues what starts an erase of an idle bank. */
    void (*queue_erase)(struct flash_controller *controller, const struct flash_extent *what);
    /* Instead, where code on the target erases: controller_erase() and controller_await(), in whose
     * slices the core stands at the end. Else NULL. */
    enum err (*erase)(struct flash_controller *controller, const struct flash_extent *what,
                      bool *ended);
    enum err (*await)(struct flash_controller *controller, const struct flash_extent *what,
                      bool *ended);
    /* Programs whole pages by the debug port alone, where no loader can run. May be NULL if there
     * is a loader. */
    enum err (*program)(struct flash_controller *controller, uint32_t address, const void *data,
                        uint32_t length);
    /* Queues a word of data EEPROM and the wait for its end, with nothing selected. NULL: the chips
     * have none. */
    void (*queue_data)(struct flash_controller *controller, uint32_t address, uint32_t word);
    /* One-time memory: what is programmed there at once, a byte or whole words, and what `control`
     * is to hold for that. Unit 0: not known. */
    struct {
        uint8_t unit, select;
    } one_time;
    /* NULL, or before queue_finish(): reads what of that depends on the flash's contents. */
    enum err (*settle)(struct flash_controller *controller);
    /* Queues: locked again, what prepare() changed put back. The banks are idle. */
    void (*queue_finish)(struct flash_controller *controller);
    /* Turns the status the loader left (or 0: read it) into an error with a sentence; clears it on
     * the chip. */
    enum err (*explain)(struct flash_controller *controller, uint32_t status, uint32_t address);
};

/* Whether there is one for this chip's family. */
bool flash_driver_known(const struct target *target);
/* By the family detection found (drivers.c); NULL and in the job ERR_UNSUPPORTED with a sentence
 * naming it. */
const struct flash_driver *flash_driver_for(const struct target *target);

#endif

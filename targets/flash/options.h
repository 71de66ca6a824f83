/* SPDX-License-Identifier: MIT */
/* Option bytes of any family: named fields in a few registers, read, changed and shown by tables. A
 * family's table stands at the end of its file (flash/stm32/), which of them a chip has in
 * flash/drivers.c; the monitor's commands, `probed info` and the flash commands read the same one.
 *
 * Worker thread. Errors and sentences as target.h says. */
#ifndef PROBED_FLASH_OPTIONS_H
#define PROBED_FLASH_OPTIONS_H

#include "target.h"

enum { OPTION_REGISTERS_MAX = 14 };

/* What is never done on a plain request. */
enum option_guard {
    OPTION_FREE = false,
    OPTION_ONE_WAY = true, /* a chip that was given it cannot be brought back */
    OPTION_HARMS,          /* pins that are set up for a low supply: a higher one damages them */
};

/* What one value of a field means. */
struct option_value {
    uint32_t value;
    const char *word; /* what OpenOCD's options_write calls it: "SWWDG"; NULL: not set by a word */
    const char *text; /* what OpenOCD's options_read says behind the title: "software" */
    const char *meaning; /* for a person: "watchdog by software"; NULL: told elsewhere */
    uint8_t guard; /* enum option_guard, or whether a chip that was given it can be brought back */
};

struct option_field {
    const char *name;  /* the reference manual's: "WDG_SW" */
    const char *title; /* OpenOCD's options_read: "watchdog" */
    const char *word;  /* a number's: options_write takes it behind this word; else NULL */
    const char *key;   /* in JSON; NULL: not shown there. A field of two values is a truth .. */
    uint32_t key_true; /* .. for this value */
    uint8_t reg, shift, bits;          /* which of the registers; where in it */
    const struct option_value *values; /* NULL: a number */
    uint8_t value_count;
};

/* A register that holds what is in force. */
struct option_register {
    const char *title; /* OpenOCD's options_read; NULL: not shown */
    uint32_t offset;   /* from the base of the controller */
};

/* Write protection by blocks, the last one for all that follows: a bit each, clear where nothing
 * may be written. The blocks are of equal size, and go on in the next register, or each is a
 * sector; then those of a second bank have the next register. Or by ranges of pages, a register
 * each (option_ranges.h). */
struct option_blocks {
    uint8_t reg, shift, most; /* the first one's bit; how many bits; 0: there is no protection */
    uint8_t ranges;           /* of a bank; 0: bits */
    uint8_t ranges_in_one;    /* more, of both register banks, where the flash is one bank; 0: no */
    uint8_t next_bank;        /* so many registers further are a second bank's ranges */
    uint32_t page_bits;       /* of a page's number */
    uint32_t size;            /* bytes; 0: a sector each */
    bool by_bank;      /* those of a second bank have the next register, of such blocks too */
    uint32_t with_rdp; /* bits of blocks that read protection keeps from being written, too */
    bool set_protects; /* it is a bit that is set that protects */
    bool pairs;        /* of two banks: a bit keeps two sectors, the second bank's bits follow */
    bool at_once;      /* what is stored counts, where hides_in_force would leave that open */
    uint32_t pcrop; /* with this bit of the first register on, the others protect, against reading,
                       too, until read protection ends; 0: there is no such thing */
};

/* A number of OpenOCD's options_read and options_write: bits of a register, put together. */
struct option_number {
    const char *name; /* "user_options" */
    uint8_t reg, digits;
    struct {
        uint32_t mask; /* of the register; 0: no more */
        uint8_t down;  /* so far to the right */
    } parts[2];
};

/* A word a register, in the layout of the register. */
struct option_state {
    uint32_t in_force[OPTION_REGISTERS_MAX];
    uint32_t
        stored[OPTION_REGISTERS_MAX]; /* what counts from the next load on, if it is readable */
    bool readout_protected;           /* in force */
    bool broken; /* a byte and its complement disagree: the chip goes by defaults */
};

struct flash_options {
    const char *says;                        /* "stm32x": what OpenOCD's answers begin with */
    const char *erased_says;                 /* NULL, or what that of mass_erase does */
    const char *locked_says, *unlocked_says; /* NULL, or all that it answers to these */
    const struct option_register *registers;
    const struct option_field *fields;   /* the first: read protection, whose first value is none */
    const struct option_number *numbers; /* NULL: OpenOCD shows fields and takes words */
    uint8_t register_count, field_count, number_count;
    uint32_t one_way_fields; /* bit n: field n is a number, and no change of it leads back */
    struct option_blocks blocks;
    const char *no_load;      /* why they cannot be loaded on demand; NULL: load() does it */
    const char *load_command; /* OpenOCD's word for it: "options_load" */
    bool at_once;             /* what is stored is in force, but where read() says otherwise */
    bool reset_loads;         /* with load(): any reset does it, too; else load() or power alone */
    bool unlock_wants_power;  /* the end of read protection takes a power cycle, not any reset */
    bool by_life_cycle; /* the first field is a state that only goes on: write() takes it, too */
    bool unlock_keeps_others; /* else it brings all to their defaults, of an open chip, too */
    bool erases_bank;         /* OpenOCD's mass_erase erases the bank that it names, no more */
    bool hides_in_force;      /* the registers hold what was stored, in force yet or not */

    /* Core halted or running. */
    enum err (*read)(struct target *target, struct option_state *state);
    /* The following halt the core and are carried to their end whoever cancels the job; a loss in
     * the middle is told with what helps. In force after the next load. write() takes `stored` and
     * leaves read protection as it is; unlock() erases the whole flash of a protected chip. */
    enum err (*write)(struct target *target, const struct option_state *state);
    enum err (*lock)(struct target *target);
    enum err (*unlock)(struct target *target);
    enum err (*seal)(struct target *target); /* for ever; NULL: there is no such level */
    /* Puts what is stored into force, which resets the chip; halted behind it, or running, as
     * before. NULL: see no_load. */
    enum err (*load)(struct target *target);
};

/* drivers.c. NULL: not known for this chip (no sentence). */
const struct flash_options *flash_options_for(const struct target *target);

/* What the end of read protection erases: "the whole flash". */
const char *option_unlock_erases(const struct target *target);

/* How much of what cannot be taken back was said to be meant. */
enum option_consent {
    OPTION_NOTHING_SAID = false,
    OPTION_IRREVERSIBLE = true,
    OPTION_SEALS, /* so, and which kind of chip it is: what shuts the debug port for ever wants that
                   */
};
/* By the word, and by what was typed as the chip's id (NULL: nothing; as `info` shows it). */
enum option_consent option_consent(const struct target *target, bool irreversible, const char *id);

/* option_change.c. From `before`, as read, to `wanted`: write(), lock(), unlock() or seal(), as it
 * takes. What there is no way back from only by consent; else ERR_ARGUMENT, and nothing
 * was changed. Read protection that ends cannot be combined with other changes. */
enum err option_change(struct target *target, const struct flash_options *options,
                       const struct option_state *before, const struct option_state *wanted,
                       enum option_consent consent);

/* Behind such a change, until it is loaded, the flash is not divided as what can be read says: who
 * programs it would erase other pages. */
bool option_moves_banks(const struct flash_options *options, const struct target *target,
                        const uint32_t *before, const uint32_t *after);

/* --- option_words.c: as people read and write them --- */

/* "WDG_SW      software     software, hardware": number `index` of what there is: its name, what is
 * in force, what it can be. False: there are no more. */
bool option_line(const struct flash_options *options, const struct target *target, uint32_t index,
                 const struct option_state *state, char *line, size_t size);
/* "WDG_SW: software -> hardware"; empty if it stays. */
bool option_difference(const struct flash_options *options, const struct target *target,
                       uint32_t index, const uint32_t *before, const uint32_t *after, char *line,
                       size_t size);
/* What to say below them where hides_in_force. */
extern const char option_hidden[];
/* NAME=VALUE, or WRP=BLOCKS, each name once: into `registers`. ERR_ARGUMENT with what there is. */
enum err option_take(struct job *job, const struct flash_options *options,
                     const struct target *target, size_t count, const char *const words[],
                     uint32_t *registers);

/* --- fields --- */

uint32_t option_get(const struct option_field *field, const uint32_t *registers);
void option_set(const struct option_field *field, uint32_t *registers, uint32_t value);
/* What it means; NULL: a number, or a value that has no name. */
const struct option_value *option_value(const struct option_field *field, uint32_t value);
uint32_t option_number_get(const struct option_number *number, const uint32_t *registers);
/* False: it has bits that the number has not. */
bool option_number_set(const struct option_number *number, uint32_t *registers, uint32_t value);
/* "SPRMOD = read and write protection": the first thing in `after` that `before` has not and from
 * which no way leads back; false: there is none. */
bool option_one_way(const struct flash_options *options, const uint32_t *before,
                    const uint32_t *after, char *text, size_t size);
/* The same of what may damage the chip. */
bool option_harms(const struct flash_options *options, const uint32_t *before,
                  const uint32_t *after, char *text, size_t size);
/* Something is stored that is not in force. */
bool option_waits(const struct flash_options *options, const struct option_state *state);
/* Fields with a meaning, or blocks, are stored that are not in force. */
bool option_pending(const struct flash_options *options, const struct option_state *state);

/* --- blocks of write protection --- */

struct option_block {
    uint32_t address, size;
    uint8_t reg, bit;
    bool set_protects;  /* as in the table; .. */
    uint32_t pcrop;     /* .. this as well, .. */
    uint8_t first;      /* .. a bit of this register */
    uint8_t ranges;     /* `bit` is the number of a page, which ranges from `reg` on hold, .. */
    uint32_t page_bits; /* .. each with numbers of these bits */
};

/* The block number `index` of the target's flash; false behind the last. */
bool option_block_get(const struct flash_options *options, const struct target *target,
                      uint32_t index, struct option_block *block);
uint32_t option_block_count(const struct flash_options *options, const struct target *target);
/* What is stored is known, but not whether it counts yet. */
bool option_blocks_hidden(const struct flash_options *options);
/* "0-3,5"; "none". */
void option_blocks_text(struct buf *out, const struct flash_options *options,
                        const struct target *target, const uint32_t *registers);
bool option_block_protected(const struct option_block *block, const uint32_t *registers);
void option_block_protect(const struct option_block *block, uint32_t *registers, bool on);
/* Blocks number `first` to `last`, those there are. ERR_ARGUMENT, and nothing changed: it takes
 * more ranges than the chip has. */
enum err option_blocks_set(struct job *job, const struct flash_options *options,
                           const struct target *target, uint32_t first, uint32_t last, bool on,
                           uint32_t *registers);

#endif

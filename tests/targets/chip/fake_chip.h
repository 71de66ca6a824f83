/* SPDX-License-Identifier: MIT */
/* A chip as a list of words that can be read, behind a probe that connects when a test wants it to.
 * What is not in the list is refused. */
#ifndef PROBED_FAKE_CHIP_H
#define PROBED_FAKE_CHIP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probe/driver.h"

enum { FAKE_WORDS = 128 };

struct fake_chip {
    struct clock clock;
    uint64_t now_us;
    struct {
        uint32_t address, value;
    } words[FAKE_WORDS];
    size_t count;

    uint32_t dpidr;
    uint32_t fastest_khz; /* answers up to this speed; 0: never */
    bool needs_reset;     /* answers only while NRST is low, or while halted after that */
    bool nrst_open;       /* NRST is not wired */
    bool mute_in_reset;   /* answers nobody while NRST is low */
    bool hides_reset;     /* S_RESET_ST reads as 0 */
    bool asleep;          /* the port answers, the access port does not */
    enum err connect_error;
    uint32_t vtref_mv;
    bool no_vtref;
    uint8_t core_ap;     /* behind the others is nothing */
    bool obeys;          /* halts, has core registers (selector + 0x1000), keeps what is written */
    uint32_t dhcsr_more; /* bits of it that always read as set */

    /* What was done to it. */
    uint32_t khz, dhcsr, demcr;
    bool nrst_low, halted, vanished, catches;  /* catches: DFSR.VCATCH */
    unsigned connects, resets, flushes, pulls; /* pulls: of NRST, wired or not */
};

void fake_chip_word(struct fake_chip *chip, uint32_t address, uint32_t value);
/* PIDR and CIDR of the ROM table, as ST's: maker 0x020, part = device id. */
void fake_chip_rom(struct fake_chip *chip, uint16_t maker, uint16_t part);
/* A genuine STM32F103C8 that answers at any speed. */
void fake_chip_bluepill(struct fake_chip *chip);
struct probe *fake_chip_open(struct fake_chip *chip, struct job *job);

#endif

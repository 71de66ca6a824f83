/* SPDX-License-Identifier: MIT */
/* The registers of the controller of F2, F4 and F7 on the way to a fake chip, for tests of what its
 * driver reads and writes. One at a time. */
#ifndef PROBED_TEST_STM32F4_MODEL_H
#define PROBED_TEST_STM32F4_MODEL_H

#include "core/core.h"
#include "fake_chip.h"
#include "flash/controller.h"
#include "flash/flash.h"
#include "flash/stm32/stm32f4.h"
#include "probe/probe.h"

enum { REGISTERS = 8, WRITES_MAX = 16 };
enum { OPTLOCK = 1, OPTSTRT = 2 };
#define CACHES_ON 0x00000705u

struct model {
    struct probe_driver driver;
    const struct probe_driver *inner;
    uint32_t registers[REGISTERS];
    unsigned keys;
    uint32_t cr_writes[WRITES_MAX]; /* without those of 0 */
    unsigned cr_count;
    uint32_t starts[WRITES_MAX]; /* what OPTCR was when option bytes were programmed */
    unsigned start_count, option_keys;
    unsigned faults;
};
extern struct model model;

struct rig {
    struct fake_chip fake;
    struct job job;
    struct probe *probe;
    struct target *target;
    struct flash_controller controller;
};

/* A halted chip of that id and size behind a probe that measures so much, its driver taken. */
void up(struct rig *rig, uint16_t dev_id, uint16_t kib, uint32_t optcr, uint32_t vtref_mv);
void down(struct rig *rig);
uint32_t *reg(uint32_t offset);

#endif

/* SPDX-License-Identifier: MIT */
/* The protocol of two buffers, of which one is filled while the other is programmed. To ask whether
 * one is free costs a round trip, so nobody asks before the time that is expected. */
#include <string.h>

#include "base/bytes.h"
#include "chip/families.h"
#include "flash/controller.h"
#include "flash/loader.h"

/* On top of the driver's limits: the routine's own instructions at a slow clock. */
enum { MARGIN_US = 500000 };
enum { HALVES_MOST = 20 };    /* it is never met twice, but by a core that hardly moves */
enum { NEXT_LOOK_US = 1000 }; /* behind one that was early; then the probe's own rhythm */
enum { LENGTH = 0xFFFF };     /* of what a buffer begins with: the rest tells of an error */

static const struct flash_geometry *geometry_of(const struct loader *loader)
{
    return &loader->controller->geometry;
}

static uint64_t now_us(const struct loader *loader)
{
    return clock_now_us(probe_clock(target_probe(loader->target)));
}

static uint32_t buffer(const struct loader *loader, unsigned slot)
{
    return loader->area + loader->buffer[slot];
}

static bool anything_under_way(const struct loader *loader)
{
    return loader->units[0] || loader->units[1];
}

static void end_routine(struct loader *loader)
{
    loader->programming = loader->standing = false;
    loader->units[0] = loader->units[1] = 0;
}

static void forget(struct loader *loader)
{
    end_routine(loader);
    loader->collected = 0;
}

/* A unit that was begun may want its rest before anybody else comes near the flash: the core goes
 * on for a moment. */
static enum err leave_no_half(struct loader *loader)
{
    const struct flash_driver *driver = loader->controller->driver;
    struct ops *ops = &loader->target->core->ops;
    uint32_t busy = driver->idle.mask & ~driver->begun, word = driver->begun;
    enum err err = ERR_OK;

    for (unsigned i = 0; i < HALVES_MOST && !err && (word & driver->begun); i++) {
        ops_read32(ops, loader->registers + driver->idle.offset, &word);
        err = borrowed_flush(&loader->lent, false);
        if (err || !(word & driver->begun) || word & busy)
            break;
        borrowed_queue_go(&loader->lent);
        err = borrowed_flush(&loader->lent, true);
    }
    return err;
}

static enum err flush(struct loader *loader, bool pause)
{
    enum err err = borrowed_flush(&loader->lent, pause);

    if (!err && pause && loader->controller->driver->begun)
        err = leave_no_half(loader);
    if (err) {
        forget(loader);
    } else if (pause) {
        loader->standing = true;
        loader->stands_us = now_us(loader);
    }
    return err;
}

/* The routine has stopped at a page; where, and why? */
static enum err explain_failure(struct loader *loader)
{
    uint32_t status[2] = {0};

    forget(loader);
    enum err err = borrowed_halt(&loader->lent);
    if (err)
        return err;
    ops_read(&loader->target->core->ops, loader->area, 4, status, 2);
    err = core_flush_halted(loader->target->core);
    if (err)
        return err;
    loader->failed_at = status[1];
    return loader->controller->driver->explain(loader->controller, status[0], status[1]);
}

/* After an error outside of borrowed_flush(). */
static void stop(struct loader *loader)
{
    bool runs = loader->programming && !loader->standing;

    forget(loader);
    loader->lent.strayed = true;
    if (runs && target_state(loader->target) == TARGET_HALTED)
        borrowed_halt(&loader->lent);
}

static void queue_go_on(struct loader *loader)
{
    if (!loader->standing)
        return;
    loader->standing = false;
    pace_stood(&loader->pace, now_us(loader) - loader->stands_us);
    borrowed_queue_go(&loader->lent);
}

static bool is_filled(const uint8_t *bytes, uint32_t length, uint8_t value)
{
    while (length && *bytes == value)
        bytes++, length--;
    return length == 0;
}

/* What erased cells need not be given. */
static uint32_t count_units(const struct loader *loader)
{
    uint32_t size = geometry_of(loader)->program_size, count = 0;
    const uint8_t *bytes = loader->block + 4;

    for (uint32_t i = 0; i < loader->collected; i += size)
        count += !is_filled(bytes + i, size, loader->controller->family->erased);
    return count ? count : 1;
}

static uint32_t limit_us(const struct loader *loader)
{
    const struct flash_geometry *geometry = geometry_of(loader);

    return geometry->block_size / geometry->program_size * geometry->program_max_us + MARGIN_US;
}

/* One look when it should be free, `late_us` behind that moment; then as many as it takes. */
static enum err wait_free(struct loader *loader, unsigned slot, uint64_t late_us)
{
    struct ops *ops = &loader->target->core->ops;
    uint32_t units = loader->units[slot], length = 0;

    if (!units)
        return ERR_OK;
    queue_go_on(loader);
    uint64_t due = pace_expects_us(&loader->pace, units) + late_us, now = now_us(loader);
    if (due > now)
        ops_sleep(ops, due - now < limit_us(loader) ? due - now : limit_us(loader));
    ops_read32(ops, buffer(loader, slot), &length);
    enum err err = flush(loader, false);
    bool early = !err && (length & LENGTH);
    if (early) {
        ops_sleep(ops, NEXT_LOOK_US);
        ops_wait32(ops, buffer(loader, slot), LENGTH, 0, limit_us(loader));
        err = flush(loader, false);
    }
    now = now_us(loader);
    if (!err && early && !loader->units[slot ^ 1]) { /* else the next look tells of an error */
        ops_read32(ops, buffer(loader, slot), &length);
        err = flush(loader, false);
    }
    if (err || (length & ~LENGTH))
        return err ? err : explain_failure(loader);
    pace_done(&loader->pace, units, early, now);
    loader->units[slot] = 0;
    return ERR_OK;
}

/* While the flash has another block to work on, to be late costs nothing. */
static enum err wait_for_turn(struct loader *loader)
{
    uint64_t other_us = (uint64_t)loader->units[loader->slot ^ 1] * loader->pace.unit_ns / 1000;

    return wait_free(loader, loader->slot, other_us / 4);
}

/* `mailbox` lives until the flush. */
static void queue_start(struct loader *loader, uint32_t mailbox[5])
{
    const struct chip_family *family = loader->controller->family;
    uint32_t nowhere = loader->area + 12;
    const uint32_t arguments[4] = {loader->area, loader->registers, buffer(loader, 0),
                                   buffer(loader, 1)};

    mailbox[2] = family->watchdog ? family->watchdog : nowhere;
    mailbox[4] = geometry_of(loader)->program_size;
    ops_write(&loader->target->core->ops, loader->area, 4, mailbox, 5);
    ops_write32(&loader->target->core->ops, buffer(loader, 1), 0);
    borrowed_queue_start(&loader->lent, loader->area + loader->program_code, arguments, 4);
    borrowed_queue_go(&loader->lent);
    loader->programming = true;
}

/* The second one is saved while the first one is programmed. */
static enum err borrow_buffer(struct loader *loader, unsigned slot)
{
    /* Its length is cleared before. */
    uint32_t more = slot == 0 ? LOADER_BUFFER_DATA : 0;
    enum err err = loader_borrow(loader, loader->buffer[slot] + LOADER_BUFFER_DATA +
                                             geometry_of(loader)->block_size + more);

    if (err)
        stop(loader);
    return err;
}

/* The core stands behind it. */
static enum err pause_routine(struct loader *loader)
{
    return loader->programming && !loader->standing ? flush(loader, true) : ERR_OK;
}

static enum err wait_for_both(struct loader *loader)
{
    enum err err = wait_for_turn(loader);

    if (!err)
        err = wait_free(loader, loader->slot ^ 1, 0);
    return err ? err : pause_routine(loader);
}

/* A bank with registers of its own: the routine is through with the other one, and begins anew. */
static enum err enter_bank(struct loader *loader, uint32_t address)
{
    uint32_t registers = controller_registers(loader->controller, address);
    bool other = loader->programming && registers != loader->registers;
    enum err err = other ? wait_for_both(loader) : ERR_OK;

    if (other && !err)
        end_routine(loader);
    loader->registers = registers;
    return err;
}

static enum err hand_over_in_bank(struct loader *loader, bool pause)
{
    struct ops *ops = &loader->target->core->ops;
    bool starts = !loader->programming;
    uint32_t units = count_units(loader), length = loader->collected, mailbox[5] = {0};

    loader->slot = starts ? 0 : loader->slot;
    enum err err = wait_for_turn(loader);
    if (!err)
        err = borrow_buffer(loader, loader->slot);
    if (err)
        return err;
    bool idle = !anything_under_way(loader);
    queue_go_on(loader);
    ops_write(ops, buffer(loader, loader->slot) + 4, 4, loader->block, 1 + length / 4);
    ops_barrier(ops);
    ops_write32(ops, buffer(loader, loader->slot), length);
    if (starts)
        queue_start(loader, mailbox);
    err = flush(loader, pause);
    if (err)
        return err;
    if (idle)
        pace_begin(&loader->pace, now_us(loader));
    else
        pace_goes_on(&loader->pace, loader->units[loader->slot ^ 1], now_us(loader));
    loader->collected = 0;
    loader->units[loader->slot] = units;
    loader->slot ^= 1;
    return ERR_OK;
}

static enum err hand_over(struct loader *loader, bool pause)
{
    enum err err = enter_bank(loader, get_le32(loader->block));

    return err ? err : hand_over_in_bank(loader, pause);
}

/* One block is of one bank. */
static bool continues_block(const struct loader *loader, uint32_t address)
{
    uint32_t start = get_le32(loader->block);

    return start + loader->collected == address &&
           controller_registers(loader->controller, start) ==
               controller_registers(loader->controller, address);
}

static enum err program(struct loader *loader, uint32_t address, const void *data,
                        enum loader_pace pace)
{
    uint32_t size = geometry_of(loader)->page_size;
    enum err err = ERR_OK;

    if (loader->collected && !continues_block(loader, address))
        err = hand_over(loader, false);
    if (err)
        return err;
    if (!loader->collected)
        put_le32(loader->block, address);
    memcpy(loader->block + 4 + loader->collected, data, size);
    loader->collected += size;
    /* A flash that has nothing to do need not wait for a whole block. */
    bool due = pace != LOADER_BLOCKS || loader->collected == geometry_of(loader)->block_size ||
               !anything_under_way(loader);
    bool unbroken = loader->controller->driver->unbroken;
    if (due)
        err = hand_over(loader, pace == LOADER_PAUSE && !unbroken);
    return !err && due && pace == LOADER_PAUSE && unbroken ? wait_for_both(loader) : err;
}

static enum err end(struct loader *loader)
{
    enum err err = loader->collected ? hand_over(loader, false) : ERR_OK;

    return err ? err : wait_for_both(loader);
}

static enum err wait_one(struct loader *loader)
{
    if (loader->controller->driver->unbroken)
        return end(loader);
    enum err err = loader->collected ? hand_over(loader, false) : wait_for_turn(loader);

    return err ? err : pause_routine(loader);
}

const struct loader_protocol loader_mailbox = {
    .program = program,
    .wait = wait_one,
    .end = end,
    .forget = forget,
};

/* SPDX-License-Identifier: MIT */
/* The protocol of a ring of blocks in target RAM, of which some are brought while others are
 * programmed. A block is its data and a trailer whose last word says that all is there: one write,
 * which may be repeated. To ask how many are done costs a round trip, so nobody asks while there is
 * room, nor before the time that is expected. */
#include <string.h>

#include "base/bytes.h"
#include "chip/families.h"
#include "flash/controller.h"
#include "flash/loader_ram.h"

/* On top of the driver's limits: the routine's own instructions at a slow clock. */
enum { MARGIN_US = 500000 };
enum { HALVES_MOST = 20 };    /* it is never met twice, but by a core that hardly moves */
enum { NEXT_LOOK_US = 1000 }; /* behind one that was early; then the probe's own rhythm */

/* The mailbox, by words; stm32f1_program.S says what they are. */
enum { STATUS, WRONG, WATCHDOG, NOWHERE, UNIT, DONE, FIRST, LAST, STRIDE, MAILBOX_WORDS };
#define DONE_STOPPED 0x80000000u

_Static_assert(MAILBOX_WORDS * 4 == LOADER_MAILBOX, "the code begins behind the mailbox");

static const struct flash_geometry *geometry_of(const struct loader *loader)
{
    return &loader->controller->geometry;
}

/* --- the ring --- */

static bool anything_under_way(const struct loader *loader)
{
    return loader->done != loader->handed;
}

static bool is_full(const struct loader *loader)
{
    return loader->handed - loader->done == geometry_of(loader)->block_count;
}

static const struct loader_block *block_of(const struct loader *loader, uint32_t block)
{
    return &loader->blocks[loader_slot_of(loader, block)];
}

static uint32_t units_under_way(const struct loader *loader)
{
    uint32_t units = 0;

    for (uint32_t block = loader->done + 1; block <= loader->handed; block++)
        units += block_of(loader, block)->units;
    return units;
}

/* --- the routine --- */

static void end_routine(struct loader *loader)
{
    loader->programming = loader->standing = false;
}

static void forget(struct loader *loader)
{
    end_routine(loader);
    loader->handed = loader->done;
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
        loader->stands_us = core_now_us(loader->target->core);
    }
    return err;
}

/* Pages of a block are programmed in their order; of the one that failed nobody knows. */
static void count_before(struct loader *loader, uint32_t failed_at)
{
    const struct loader_block *block = block_of(loader, loader->done + 1);

    if (failed_at - block->address < block->bytes)
        loader->programmed += (failed_at - block->address) / geometry_of(loader)->page_size *
                              geometry_of(loader)->page_size;
}

/* The routine has stopped at a page; where, and why? */
static enum err explain_failure(struct loader *loader)
{
    uint32_t status[2] = {0};

    forget(loader);
    enum err err = borrowed_halt(&loader->lent);
    if (err)
        return err;
    ops_read(&loader->target->core->ops, loader->mailbox + 4 * STATUS, 4, status, 2);
    err = core_flush_halted(loader->target->core);
    if (err)
        return err;
    loader->failed_at = status[1];
    count_before(loader, loader->failed_at);
    return loader->controller->driver->explain(loader->controller, status[0], status[1]);
}

static void queue_go_on(struct loader *loader)
{
    if (!loader->standing)
        return;
    loader->standing = false;
    pace_stood(&loader->pace, core_now_us(loader->target->core) - loader->stands_us);
    borrowed_queue_go(&loader->lent);
}

/* The core stands behind it. */
static enum err pause_routine(struct loader *loader)
{
    return loader->programming && !loader->standing ? flush(loader, true) : ERR_OK;
}

/* --- giving slots back --- */

/* One a call: the flash is looked after in between. */
static enum err give_back_slot(struct loader *loader)
{
    unsigned slot = loader_slot_to_return(loader);

    if (slot == geometry_of(loader)->block_count)
        return ERR_OK;
    queue_go_on(loader);
    loader_ram_queue_slot(loader, slot);
    enum err err = flush(loader, false);
    if (!err)
        loader->returned |= 1u << slot;
    return err;
}

/* --- looking --- */

/* What erased cells need not be given. */
static uint32_t count_units(const struct loader *loader)
{
    uint32_t size = geometry_of(loader)->program_size, count = 0;

    for (uint32_t i = 0; i < loader->collected; i += size)
        count += !is_filled(loader->block + i, size, geometry_of(loader)->erased);
    return count ? count : 1;
}

static uint32_t limit_us(const struct loader *loader)
{
    const struct flash_geometry *geometry = geometry_of(loader);

    return geometry->block_size / geometry->program_size * geometry->program_max_us + MARGIN_US;
}

static void queue_look(struct loader *loader, uint32_t *done)
{
    ops_read32(&loader->target->core->ops, loader->mailbox + 4 * DONE, done);
}

/* As the routine counted. */
static void take_done(struct loader *loader, uint32_t done, bool waited, uint64_t when_us)
{
    uint32_t units = 0;

    while (loader->done != done && loader->done != loader->handed) {
        const struct loader_block *block = block_of(loader, ++loader->done);
        units += block->units;
        loader->programmed += block->bytes;
    }
    if (units)
        pace_done(&loader->pace, units, waited, when_us);
}

/* One look when the oldest block should be done, `late_us` behind that moment; then as many as it
 * takes. */
static enum err wait_for_one(struct loader *loader, uint64_t late_us)
{
    struct ops *ops = &loader->target->core->ops;
    uint32_t oldest = loader->done + 1, done = 0;

    queue_go_on(loader);
    uint64_t due = pace_expects_us(&loader->pace, block_of(loader, oldest)->units) + late_us;
    uint64_t now = core_now_us(loader->target->core);
    if (due > now)
        ops_sleep(ops, due - now < limit_us(loader) ? due - now : limit_us(loader));
    queue_look(loader, &done);
    enum err err = flush(loader, false);
    bool early = !err && done == loader->done;
    now = core_now_us(loader->target->core);
    if (early) {
        ops_sleep(ops, NEXT_LOOK_US);
        ops_wait32(ops, loader_order_of(loader, oldest), UINT32_MAX, 0, limit_us(loader));
        queue_look(loader, &done);
        err = flush(loader, false);
        now = core_now_us(loader->target->core);
    }
    if (err)
        return err;
    if ((done & ~DONE_STOPPED) - loader->done > loader->handed - loader->done)
        return job_fail(loader->target->job, ERR_LOADER,
                        "the flash routine counts blocks that it was never given: the target's RAM "
                        "was changed meanwhile, or its RAM does not keep what is written");
    take_done(loader, done & ~DONE_STOPPED, early, now);
    return done & DONE_STOPPED ? explain_failure(loader) : ERR_OK;
}

/* While the flash has another block to work on, to be late costs nothing. */
static enum err wait_for_room(struct loader *loader)
{
    if (!is_full(loader))
        return ERR_OK;
    uint32_t others = units_under_way(loader) - block_of(loader, loader->done + 1)->units;
    return wait_for_one(loader, (uint64_t)others * loader->pace.unit_ns / 4000);
}

static enum err wait_for_all(struct loader *loader)
{
    enum err err = ERR_OK;

    while (!err && anything_under_way(loader)) {
        if (loader->given_back)
            err = give_back_slot(loader);
        if (!err)
            err = wait_for_one(loader, 0);
    }
    return err ? err : pause_routine(loader);
}

/* --- handing over --- */

/* `mailbox` lives until the flush. */
static void queue_start(struct loader *loader, uint32_t mailbox[MAILBOX_WORDS])
{
    const struct chip_family *family = loader->controller->family;
    const struct flash_geometry *geometry = geometry_of(loader);
    const struct flash_loader *code = loader->controller->driver->loader;
    struct ops *ops = &loader->target->core->ops;
    const uint32_t arguments[2] = {loader->mailbox, loader->registers};

    mailbox[WATCHDOG] = family->watchdog ? family->watchdog : loader->mailbox + 4 * NOWHERE;
    mailbox[UNIT] = geometry->program_size;
    mailbox[DONE] = loader->done;
    mailbox[FIRST] = loader_trailer(loader, 0);
    mailbox[LAST] = loader_trailer(loader, geometry->block_count - 1);
    mailbox[STRIDE] = loader_stride(loader);
    ops_write(ops, loader->mailbox, 4, mailbox, MAILBOX_WORDS);
    ops_write(ops, loader->area + loader->program_code, 4, code->code, code->code_size / 4);
    for (unsigned slot = 1; slot < geometry->block_count; slot++)
        if (loader_slot_end(loader, slot) <= loader->borrowed)
            ops_write32(ops, loader_trailer(loader, slot) + LOADER_ORDER, 0);
    borrowed_queue_start(&loader->lent, loader->area + loader->program_code, arguments, 2);
    borrowed_queue_go(&loader->lent);
    loader->programming = true;
}

/* A bank with registers of its own: the routine is through with the other one, and begins anew. */
static enum err enter_bank(struct loader *loader, uint32_t address)
{
    uint32_t registers = controller_registers(loader->controller, address);
    bool other = loader->programming && registers != loader->registers;
    enum err err = other ? wait_for_all(loader) : ERR_OK;

    if (other && !err)
        end_routine(loader);
    loader->registers = registers;
    return err;
}

static void queue_block(struct loader *loader, uint32_t block)
{
    uint32_t length = loader->collected;

    put_le32(loader->block + length, loader->address);
    put_le32(loader->block + length + LOADER_ORDER, length | block << 16);
    ops_write(&loader->target->core->ops,
              loader_trailer(loader, loader_slot_of(loader, block)) - length, 4, loader->block,
              (length + LOADER_TRAILER) / 4);
    ops_barrier(&loader->target->core->ops);
}

static enum err hand_over_in_bank(struct loader *loader, bool pause)
{
    bool starts = !loader->programming, idle = !anything_under_way(loader);
    uint32_t mailbox[MAILBOX_WORDS] = {0}, block = loader->handed + 1;

    queue_go_on(loader);
    queue_block(loader, block);
    if (starts)
        queue_start(loader, mailbox);
    enum err err = flush(loader, pause);
    if (err)
        return err;
    if (idle)
        pace_begin(&loader->pace, core_now_us(loader->target->core));
    else
        pace_goes_on(&loader->pace, units_under_way(loader), core_now_us(loader->target->core));
    loader->handed = block;
    loader->returned &= ~(1u << loader_slot_of(loader, block));
    loader->blocks[loader_slot_of(loader, block)] = (struct loader_block){
        .address = loader->address, .bytes = loader->collected, .units = count_units(loader)};
    loader->collected = 0;
    return ERR_OK;
}

static enum err hand_over(struct loader *loader, bool pause)
{
    enum err err = enter_bank(loader, loader->address);

    if (!err)
        err = wait_for_room(loader);
    if (!err)
        err = loader_make_room(loader);
    if (!err && !loader->programming)
        err = loader_take_nmi(loader);
    return err ? err : hand_over_in_bank(loader, pause);
}

/* One block is of one bank. */
static bool continues_block(const struct loader *loader, uint32_t address)
{
    return loader->address + loader->collected == address &&
           controller_registers(loader->controller, loader->address) ==
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
        loader->address = address;
    memcpy(loader->block + loader->collected, data, size);
    loader->collected += size;
    /* A flash that has nothing to do need not wait for a whole block. */
    bool due = pace != LOADER_BLOCKS || loader->collected == geometry_of(loader)->block_size ||
               !anything_under_way(loader);
    bool unbroken = loader->controller->driver->unbroken;
    if (due)
        err = hand_over(loader, pace == LOADER_PAUSE && !unbroken);
    return !err && due && pace == LOADER_PAUSE && unbroken ? wait_for_all(loader) : err;
}

static enum err end(struct loader *loader)
{
    enum err err = loader->collected ? hand_over(loader, false) : ERR_OK;

    return err ? err : wait_for_all(loader);
}

static enum err stand(struct loader *loader)
{
    return loader->controller->driver->unbroken ? end(loader) : pause_routine(loader);
}

const struct loader_protocol loader_mailbox = {
    .program = program,
    .stand = stand,
    .end = end,
    .forget = forget,
};

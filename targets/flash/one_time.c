/* SPDX-License-Identifier: MIT */
#include "flash/one_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/core.h"
#include "flash/controller.h"
#include "flash/controller_change.h"

enum { BLANK = 0xFF, LOCKED = 0x00, UNIT_LIMIT_US = 100000 };

static enum err say_unknown(struct target *target)
{
    return job_fail(target->job, ERR_UNSUPPORTED,
                    "how one-time memory of this chip (%s) is written is not known here, or it has "
                    "none",
                    target->chip.name);
}

enum err one_time_allow(struct target *target, bool allow)
{
    struct chip_otp otp;

    if (!chip_otp(target->chip.dev_id, &otp) || otp.unsure || !flash_driver_known(target) ||
        !flash_driver_for(target)->one_time.unit)
        return say_unknown(target);
    target->chip.writes_one_time = allow;
    return ERR_OK;
}

bool one_time_allowed(const struct target *target, uint32_t address)
{
    return target->chip.writes_one_time && chip_is_otp(target->chip.dev_id, address);
}

void one_time_init(struct one_time *once, struct target *target)
{
    *once = (struct one_time){.target = target, .unit = flash_driver_for(target)->one_time.unit};
    chip_otp(target->chip.dev_id, &once->area);
    memset(once->want, BLANK, sizeof once->want);
}

void one_time_take(struct one_time *once, uint32_t address, const uint8_t *data, uint32_t size)
{
    uint32_t offset = address - once->area.start;

    memcpy(once->want + offset, data, size);
    memset(once->named + offset, true, size);
}

/* --- before anything is written --- */

static uint32_t first_lock(const struct one_time *once)
{
    return once->area.size - once->area.locks;
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if (bytes[i] != BLANK)
            return false;
    return true;
}

/* Something that is not there is wanted of the unit. */
static bool differs(const struct one_time *once, uint32_t at)
{
    for (uint32_t i = at; i < at + once->unit; i++)
        if (once->named[i] && once->want[i] != once->now[i])
            return true;
    return false;
}

static bool is_locked(const struct one_time *once, uint32_t at)
{
    uint32_t locks = first_lock(once);

    return once->area.locks && at < locks &&
           once->now[locks + at / (locks / once->area.locks)] == LOCKED;
}

static enum err check_unit(const struct one_time *once, uint32_t at)
{
    struct job *job = once->target->job;
    uint32_t address = once->area.start + at;

    if (!differs(once, at))
        return ERR_OK;
    if (!is_blank(once->now + at, once->unit))
        return job_fail(job, ERR_PROTECTED,
                        "0x%08" PRIx32 " holds something else already (0x%02x ..), and one-time "
                        "memory is written once, %" PRIu32 " byte%s at a time; nothing was written",
                        address, once->now[at], once->unit, once->unit > 1 ? "s" : "");
    if (is_locked(once, at))
        return job_fail(job, ERR_PROTECTED,
                        "the block of 0x%08" PRIx32 " is locked for ever by its lock byte; nothing "
                        "was written",
                        address);
    if (at >= first_lock(once) && once->want[at] != LOCKED)
        return job_fail(job, ERR_ARGUMENT,
                        "0x%08" PRIx32
                        " is a lock byte: 0x00 locks its block, 0xff leaves it open, "
                        "0x%02x means nothing; nothing was written",
                        address, once->want[at]);
    return ERR_OK;
}

enum err one_time_look(struct one_time *once)
{
    enum err err = target_read(once->target, once->area.start, once->now, once->area.size, NULL);

    for (uint32_t at = 0; at < once->area.size && !err; at += once->unit)
        err = check_unit(once, at);
    return err;
}

struct sums {
    uint32_t first, end, written, spent, locks;
};

static struct sums count(const struct one_time *once)
{
    struct sums sums = {.first = UINT32_MAX};

    for (uint32_t at = 0; at < once->area.size; at += once->unit) {
        if (!differs(once, at))
            continue;
        sums.first = sums.first == UINT32_MAX ? at : sums.first;
        sums.end = at + once->unit;
        sums.locks += at >= first_lock(once);
        for (uint32_t i = at; i < at + once->unit; i++)
            *(once->named[i] ? &sums.written : &sums.spent) += 1;
    }
    return sums;
}

void one_time_describe(const struct one_time *once, char *text, size_t size)
{
    const struct sums sums = count(once);
    char spent[100] = "", locks[100] = "";

    text[0] = '\0';
    if (!sums.written)
        return;
    if (sums.spent)
        snprintf(spent, sizeof spent, "; %" PRIu32 " bytes beside them cannot be written any more",
                 sums.spent);
    if (sums.locks)
        snprintf(locks, sizeof locks, "; %" PRIu32 " of them lock%s a block", sums.locks,
                 sums.locks > 1 ? " each" : "s");
    snprintf(text, size,
             "one-time memory: %" PRIu32 " bytes between 0x%08" PRIx32 " and 0x%08" PRIx32
             " are written for ever%s%s",
             sums.written, once->area.start + sums.first, once->area.start + sums.end - 1, locks,
             spent);
}

/* --- writing --- */

static void queue_unit(struct flash_controller *controller, uint32_t address, const uint8_t *bytes)
{
    const struct flash_driver *driver = controller->driver;
    struct ops *ops = &controller->target->core->ops;
    uint32_t unit = driver->one_time.unit;

    ops_write32(ops, controller_at(controller->target, driver->control), driver->one_time.select);
    ops_write(ops, address, unit < 4 ? unit : 4, bytes, unit < 4 ? 1 : unit / 4);
    ops_wait32(ops, controller_at(controller->target, driver->idle.offset), driver->idle.mask,
               driver->idle.value, UNIT_LIMIT_US);
}

static enum err program(struct flash_controller *controller, struct one_time *once,
                        uint32_t *written)
{
    enum err err = ERR_OK;

    for (uint32_t at = 0, status; at < once->area.size && !err; at += once->unit) {
        if (!differs(once, at))
            continue;
        status = 0;
        queue_unit(controller, once->area.start + at, once->want + at);
        err = controller_take_status(controller, &status);
        if (!err && status & controller->driver->errors)
            err = controller->driver->explain(controller, status, once->area.start + at);
        *written += err ? 0 : once->unit;
    }
    return err;
}

static enum err verify(struct one_time *once)
{
    enum err err = target_read(once->target, once->area.start, once->now, once->area.size, NULL);

    for (uint32_t i = 0; i < once->area.size && !err; i++)
        if (once->named[i] && once->now[i] != once->want[i])
            err = job_fail(once->target->job, ERR_VERIFY,
                           "one-time memory at 0x%08" PRIx32 " holds 0x%02x, 0x%02x was written",
                           once->area.start + i, once->now[i], once->want[i]);
    return err;
}

struct writing {
    struct one_time *once;
    uint32_t *written;
};

static enum err write_all(struct target *target, const void *what)
{
    const struct writing *writing = what;
    struct flash_controller controller;
    enum err err = controller_init(&controller, target, flash_driver_for(target));

    if (err)
        return err;
    err = controller_take(&controller, true);
    if (!err)
        err = program(&controller, writing->once, writing->written);
    err = controller_end(&controller, err);
    target_drop_caches(target);
    return err ? err : verify(writing->once);
}

enum err one_time_write(struct one_time *once, uint32_t *written)
{
    const struct writing writing = {once, written};

    *written = 0;
    if (!count(once).written)
        return ERR_OK;
    return controller_change(once->target, write_all, &writing);
}

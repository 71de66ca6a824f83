/* SPDX-License-Identifier: MIT */
#include "flash/data_eeprom.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "flash/flash_internal.h"
#include "probe/ops.h"

enum data_byte { DATA_UNNAMED, DATA_ANNOUNCED, DATA_WRITTEN };
/* What is read at once; divides every data EEPROM. Words written at once: two steps of 4 ms each.
 */
enum { CHUNK = 64, WORDS = CHUNK / 4, AT_ONCE = 5 };

void data_eeprom_find(struct flash *flash)
{
    const struct target_region *region = target_region_of(flash->target, REGION_EEPROM);

    if (region && flash->controller.driver->queue_data)
        flash->eeprom = (struct data_eeprom){.start = region->start, .size = region->size};
}

bool data_eeprom_holds(const struct flash *flash, uint32_t address)
{
    return address - flash->eeprom.start < flash->eeprom.size;
}

static enum err make_room(struct data_eeprom *eeprom, uint32_t address, uint32_t length)
{
    if (length > eeprom->size - (address - eeprom->start))
        return ERR_NOT_FLASH;
    if (eeprom->want)
        return ERR_OK;
    eeprom->want = calloc(2, eeprom->size);
    if (!eeprom->want)
        return ERR_NO_MEMORY;
    eeprom->kind = eeprom->want + eeprom->size;
    return ERR_OK;
}

enum err data_eeprom_announce(struct flash *flash, uint32_t address, uint32_t length)
{
    struct data_eeprom *eeprom = &flash->eeprom;
    enum err err = make_room(eeprom, address, length);

    for (uint32_t i = address - eeprom->start; !err && length--; i++)
        if (eeprom->kind[i] == DATA_UNNAMED) {
            eeprom->kind[i] = DATA_ANNOUNCED;
            eeprom->want[i] = flash->plan.erased;
        }
    return err;
}

enum err data_eeprom_take(struct flash *flash, uint32_t address, const void *data, uint32_t length)
{
    struct data_eeprom *eeprom = &flash->eeprom;
    enum err err = make_room(eeprom, address, length);

    if (err)
        return err;
    memcpy(eeprom->want + (address - eeprom->start), data, length);
    memset(eeprom->kind + (address - eeprom->start), DATA_WRITTEN, length);
    return ERR_OK;
}

void data_eeprom_finish(struct flash *flash)
{
    free(flash->eeprom.want);
    flash->eeprom.want = NULL;
}

/* --- on the chip --- */

/* The smaller ones of a kind have less, and no register tells. */
static enum err read_chunk(struct flash *flash, uint32_t address, uint8_t *bytes)
{
    struct ops *ops = &flash->target->core->ops;

    ops_read(ops, address, 4, bytes, WORDS);
    enum err err = core_flush_halted(flash->target->core);
    if (err != ERR_FAULT)
        return err;
    job_clear(&flash->work);
    return job_fail(&flash->work, ERR_FAULT,
                    "no data EEPROM answers at 0x%08" PRIx32 ": some chips of the kind have less",
                    address);
}

/* What is queued is carried out and looked at. */
static enum err conclude(struct flash *flash, uint32_t address)
{
    struct flash_controller *controller = &flash->controller;
    uint32_t status = 0;
    enum err err = controller_take_status(controller, &status);

    if (!err && status & controller->driver->errors)
        err = controller->driver->explain(controller, status, address);
    flash->eeprom.reached = address + 4;
    return err ? err : flash_checkpoint(flash);
}

static enum err write_differing(struct flash *flash, uint32_t address, const uint8_t *want,
                                const uint8_t *now)
{
    uint32_t last = 0;
    unsigned queued = 0;
    enum err err = ERR_OK;

    for (uint32_t i = 0; i < CHUNK && !err; i += 4) {
        if (memcmp(want + i, now + i, 4) == 0)
            continue;
        flash->controller.driver->queue_data(&flash->controller, address + i, get_le32(want + i));
        last = address + i;
        if (++queued == AT_ONCE) {
            err = conclude(flash, last);
            queued = 0;
        }
    }
    return !err && queued ? conclude(flash, last) : err;
}

static enum err check(struct flash *flash, uint32_t address, const uint8_t *want)
{
    uint8_t now[CHUNK];
    unsigned i = 0;
    enum err err = read_chunk(flash, address, now);

    while (!err && i < CHUNK && now[i] == want[i])
        i++;
    if (err || i == CHUNK)
        return err;
    return job_fail(&flash->work, ERR_VERIFY,
                    "verification failed at 0x%08" PRIx32
                    ": the data EEPROM holds 0x%02x, 0x%02x was written",
                    address + i, now[i], want[i]);
}

/* Bytes that nobody named stay. */
static void merge(struct flash *flash, uint32_t offset, const uint8_t *now, uint8_t *want)
{
    const struct data_eeprom *eeprom = &flash->eeprom;

    for (uint32_t i = 0; i < CHUNK; i++) {
        enum data_byte kind = eeprom->kind[offset + i];

        want[i] = kind == DATA_UNNAMED ? now[i] : eeprom->want[offset + i];
        if (kind == DATA_WRITTEN)
            *(want[i] == now[i] ? &flash->report.bytes_same : &flash->report.bytes_programmed) += 1;
    }
}

static enum err work_on_chunk(struct flash *flash, uint32_t offset)
{
    uint32_t address = flash->eeprom.start + offset;
    uint8_t now[CHUNK], want[CHUNK];
    enum err err = read_chunk(flash, address, now);

    if (err)
        return err;
    merge(flash, offset, now, want);
    if (memcmp(now, want, CHUNK) == 0)
        return flash_checkpoint(flash);
    err = write_differing(flash, address, want, now);
    return err ? err : check(flash, address, want);
}

static bool is_named(const struct data_eeprom *eeprom, uint32_t offset)
{
    for (uint32_t i = 0; i < CHUNK; i++)
        if (eeprom->kind[offset + i] != DATA_UNNAMED)
            return true;
    return false;
}

enum err data_eeprom_work(struct flash *flash)
{
    const struct data_eeprom *eeprom = &flash->eeprom;
    enum err err = ERR_OK;

    for (uint32_t at = 0; eeprom->want && at < eeprom->size && !err; at += CHUNK)
        if (is_named(eeprom, at))
            err = work_on_chunk(flash, at);
    return err;
}

void data_eeprom_describe(const struct flash *flash, char *text, size_t size)
{
    size_t used = strlen(text);

    if (flash->eeprom.reached && used < size)
        snprintf(text + used, size - used, "; data EEPROM: written up to 0x%08" PRIx32,
                 flash->eeprom.reached - 1);
}

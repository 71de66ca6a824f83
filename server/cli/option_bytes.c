/* SPDX-License-Identifier: MIT */
#include "cli/option_bytes.h"

#include <inttypes.h>
#include <string.h>

#include "chip/chips.h"
#include "cli/probe_facts.h"
#include "flash/stm32/stm32f1.h"

enum {
    BLOCK_SIZE = 4096, /* a bit of WRP each, the last one for all that follows (PM0075, 2.4.2) */
    BLOCKS = 32,
    WDG_SW = 1,
    NRST_STOP = 2,
    NRST_STDBY = 4,
};

static const struct target_region *find_flash(const struct target *target)
{
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_FLASH && regions[i].sector_size)
            return &regions[i];
    return NULL;
}

/* A clear bit protects. */
static void describe_wrp(uint32_t wrp, const struct target_region *flash, char *text, size_t size)
{
    uint32_t blocks = (flash->size + BLOCK_SIZE - 1) / BLOCK_SIZE;
    size_t used = 0;

    blocks = blocks < BLOCKS ? blocks : BLOCKS;
    text[0] = '\0';
    for (uint32_t i = 0; i < blocks && used < size; i++) {
        uint32_t first = i;

        if (wrp >> i & 1)
            continue;
        while (i + 1 < blocks && !(wrp >> (i + 1) & 1))
            i++;
        uint32_t end = i + 1 == blocks ? flash->size : (i + 1) * BLOCK_SIZE;
        used += (size_t)snprintf(text + used, size - used, "%s0x%08" PRIx32 "-0x%08" PRIx32,
                                 used ? ", " : "", flash->start + first * BLOCK_SIZE,
                                 flash->start + end - 1);
    }
}

static enum err read_f1(struct option_bytes *bytes, struct target *target)
{
    const struct target_region *flash = find_flash(target);
    struct stm32f1_options stored;
    uint32_t obr = 0, wrpr = 0;
    enum err err = stm32f1_options_read(target, &stored);

    if (!err)
        err = target_read_width(target, STM32F1_FLASH_OBR, 4, &obr, 1);
    if (!err)
        err = target_read_width(target, STM32F1_FLASH_WRPR, 4, &wrpr, 1);
    if (err || !flash)
        return err;
    bytes->known = true;
    bytes->user = obr >> 2 & 7;
    bytes->data = (uint16_t)(obr >> 10);
    bytes->pending = (stored.user & 7) != bytes->user || stored.wrp != wrpr;
    if (obr & STM32F1_OBR_RDPRT) /* protects the first pages from writing, too (PM0075, 2.4.1) */
        wrpr &= ~1u;
    describe_wrp(wrpr, flash, bytes->write_protected, sizeof bytes->write_protected);
    return ERR_OK;
}

void option_bytes_look(struct option_bytes *bytes, struct target *target, struct job *job)
{
    const struct chip *chip = chip_by_dev_id(target_chip(target)->dev_id);

    *bytes = (struct option_bytes){0};
    if (!chip || (chip->family != CHIP_F1 && chip->family != CHIP_F1_XL))
        return;
    bytes->named = true;
    if (read_f1(bytes, target) != ERR_OK)
        job_clear(job);
}

void option_bytes_print(const struct option_bytes *bytes, FILE *out)
{
    const char *pending = bytes->pending ? "; others are stored, for after the next reset" : "";

    if (!bytes->known) {
        const char *why = bytes->named ? "could not be read" : "not known for this chip";

        cli_print_fact(out, "write lock", "%s", why);
        cli_print_fact(out, "options", "%s", why);
        return;
    }
    cli_print_fact(out, "write lock", "%s",
                   bytes->write_protected[0] ? bytes->write_protected : "none");
    cli_print_fact(out, "options", "watchdog by %s, %s in Stop mode, %s in Standby mode%s",
                   bytes->user & WDG_SW ? "software" : "hardware (it always runs)",
                   bytes->user & NRST_STOP ? "no reset" : "a reset",
                   bytes->user & NRST_STDBY ? "no reset" : "a reset", pending);
}

void option_bytes_json(const struct option_bytes *bytes, struct json *json)
{
    if (!bytes->known) {
        json_null(json, "write_protected");
        json_null(json, "option_bytes");
        return;
    }
    json_text(json, "write_protected", bytes->write_protected[0] ? bytes->write_protected : "none");
    json_open(json, "option_bytes", '{');
    json_bool(json, "watchdog_by_hardware", !(bytes->user & WDG_SW));
    json_bool(json, "reset_in_stop", !(bytes->user & NRST_STOP));
    json_bool(json, "reset_in_standby", !(bytes->user & NRST_STDBY));
    json_hex(json, "data", bytes->data, 4);
    json_bool(json, "others_stored", bytes->pending);
    json_close(json, '}');
}

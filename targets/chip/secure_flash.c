/* SPDX-License-Identifier: MIT */
/* FLASH_SFR and FLASH_OPTR: RM0434 (WB) and RM0453 (WL), "Embedded flash memory". */
#include "chip/secure_flash.h"

#include <stddef.h>

#include "chip/chips.h"
#include "probe/probe.h"

#define OPTR_ESE (1u << 8) /* the chip was set up so when its option bytes were loaded */

static const struct secure_register {
    uint8_t family; /* enum chip_family_id */
    uint32_t address;
    uint32_t sfsa; /* lowest bits: the first page */
    uint32_t fsd;  /* there is none, unless OPTR says so */
} registers[] = {
    {CHIP_WB, 0x58004080, 0xFF, 1u << 8},
    {CHIP_WL, 0x58004080, 0x7F, 1u << 7},
};

static const struct secure_register *register_of(uint16_t dev_id)
{
    const struct chip *chip = chip_by_dev_id(dev_id);

    for (size_t i = 0; chip && i < sizeof registers / sizeof *registers; i++)
        if (registers[i].family == chip->family)
            return &registers[i];
    return NULL;
}

/* They have one bank: one region, and its alias. */
static void shorten(struct detect_regions *regions, uint32_t size)
{
    size_t left = 0;

    for (size_t i = 0; i < regions->count; i++) {
        struct target_region region = regions->items[i];

        if (region.kind == REGION_FLASH || region.kind == REGION_FLASH_ALIAS)
            region.size = size;
        if (region.size)
            regions->items[left++] = region;
    }
    regions->count = left;
}

/* What refuses to be read has none of it: none_said. */
static enum err read_word(struct ops *ops, uint32_t address, uint32_t none_said, uint32_t *word)
{
    bool refused;

    ops_read32(ops, address, word);
    enum err err = ops_flush_or_refused(ops, &refused);
    if (refused)
        *word = none_said;
    return err;
}

enum err secure_flash_take_out(struct ops *ops, struct target_chip *chip, uint32_t options,
                               struct detect_regions *regions)
{
    const struct secure_register *at = register_of(chip->dev_id);
    uint32_t word = 0;

    if (!at)
        return ERR_OK;
    enum err err = read_word(ops, at->address, at->sfsa | at->fsd, &word);
    uint32_t first = (word & at->sfsa) * chip_by_dev_id(chip->dev_id)->page_size;
    bool off = word & at->fsd && !(options & OPTR_ESE);
    if (err || off || first >= chip->flash_size)
        return err;
    chip->flash_kept = chip->flash_size - first;
    shorten(regions, first);
    return ERR_OK;
}

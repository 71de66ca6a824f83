/* SPDX-License-Identifier: MIT */
#include "chip/data_flash.h"

#include "chip/chips.h"
#include "probe/probe.h"

enum { H503 = 0x474 }; /* has none */
/* RM0481, 7.11: of FLASH */
enum { OPTCR = 0x1C, EDATA1R = 0xF0, EDATA2R = 0x1F0 };
#define SWAP_BANK (1u << 31)
#define EDATA_EN (1u << 15)
#define EDATA_STRT 7u /* so many sectors, and one more */

struct words {
    uint32_t optcr, edata[2];
};

/* What refuses to be read tells of none. */
static enum err read_words(struct ops *ops, uint32_t base, struct words *words)
{
    bool refused;

    ops_read32(ops, base + OPTCR, &words->optcr);
    ops_read32(ops, base + EDATA1R, &words->edata[0]);
    ops_read32(ops, base + EDATA2R, &words->edata[1]);
    enum err err = ops_flush_or_refused(ops, &refused);
    if (refused)
        *words = (struct words){0};
    return err;
}

static void shorten(struct target_region *bank, uint32_t edata)
{
    if (edata & EDATA_EN)
        bank->size -= ((edata & EDATA_STRT) + 1) * bank->sector_size;
}

enum err data_flash_take_out(struct ops *ops, const struct target_chip *chip,
                             struct detect_regions *regions)
{
    const struct chip *row = chip_by_dev_id(chip->dev_id);
    struct words words = {0};
    unsigned bank = 0;

    if (!row || row->family != CHIP_H5 || chip->dev_id == H503)
        return ERR_OK;
    enum err err = read_words(ops, chip_family(row)->controller, &words);
    for (size_t i = 0; i < regions->count && bank < 2; i++) {
        bool second = (bank == 1) != !!(words.optcr & SWAP_BANK);

        if (regions->items[i].kind != REGION_FLASH)
            continue;
        shorten(&regions->items[i], words.edata[second]);
        bank++;
    }
    return err;
}

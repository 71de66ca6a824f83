/* SPDX-License-Identifier: MIT */
#include "cli/unique_id.h"

#include <inttypes.h>

#include "chip/chips.h"

/* The third word stands apart on L0 and L1 (RM0367 section 33.2, RM0038 section 31.2). */
static uint32_t offset_of(const struct chip *chip, unsigned word)
{
    bool apart = chip->family == CHIP_L0 || chip->family == CHIP_L1;

    return word == 2 && apart ? 0x14 : 4 * word;
}

bool unique_id_read(struct cli *cli, uint32_t uid[UNIQUE_ID_WORDS])
{
    struct target *target = cli->session.target;
    const struct chip *chip = chip_by_dev_id(target_chip(target)->dev_id);
    enum err err = ERR_OK;

    if (!chip || !chip->uid_address)
        return false;
    for (unsigned i = 0; i < UNIQUE_ID_WORDS && !err; i++)
        err = target_read_width(target, chip->uid_address + offset_of(chip, i), 4, &uid[i], 1);
    if (err)
        job_clear(&cli->job);
    return !err;
}

const char *unique_id_text(const uint32_t uid[UNIQUE_ID_WORDS], char text[UNIQUE_ID_TEXT])
{
    snprintf(text, UNIQUE_ID_TEXT, "%08" PRIx32 "-%08" PRIx32 "-%08" PRIx32, uid[0], uid[1],
             uid[2]);
    return text;
}

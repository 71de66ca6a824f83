/* SPDX-License-Identifier: MIT */
/* RM0481, 59.12 (H5); RM0477 (H7R/S) and RM0486 (N6), "Debug infrastructure": DBGMCU_IDCODE and
 * DBGMCU_SR, whose low half tells which access ports there are, the high one which are open. */
#include "connect/debug_port.h"

#include "chip/chips.h"

enum { DBGMCU_SR = 0xFC, CORE_AP = 1 };
#define PRESENT(sr, ap) ((sr) >> (ap)&1)
#define OPEN(sr, ap) ((sr) >> (16 + (ap)) & 1)

/* Where DBGMCU stands behind AP 0. */
static const struct place {
    uint32_t dbgmcu;
    enum chip_family_id family;
} places[] = {
    {0xE0044000, CHIP_H5}, {0xE00E1000, CHIP_H7RS}, {0x80001000, CHIP_NO_FLASH}, /* N6 */
};

static enum err read_word(struct ops *ops, uint32_t address, uint32_t *word)
{
    struct job uncounted, *job = probe_job(ops->probe);

    *word = 0;
    job_init_within(&uncounted, job);
    probe_set_job(ops->probe, &uncounted);
    ops_read32(ops, address, word);
    enum err err = ops_flush(ops);
    probe_set_job(ops->probe, job);
    return err == ERR_PROBE_GONE || err == ERR_CANCELLED ? err : ERR_OK;
}

static enum err ask_at(struct ops *ops, const struct place *place, struct findings *findings)
{
    uint32_t idcode = 0, sr = 0;
    enum err err = read_word(ops, place->dbgmcu, &idcode);
    const struct chip *chip = chip_by_dev_id(idcode & 0xFFF);

    if (err || !chip || chip->family != place->family)
        return err;
    findings->told = chip->dev_id;
    err = read_word(ops, place->dbgmcu + DBGMCU_SR, &sr);
    findings->shut = PRESENT(sr, CORE_AP) && !OPEN(sr, CORE_AP);
    return err;
}

enum err debug_port_ask(struct ops *ops, struct findings *findings)
{
    uint8_t ap = ops->ap;
    enum err err = ERR_OK;

    ops->ap = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places && !err && !findings->told; i++)
        err = ask_at(ops, &places[i], findings);
    ops->ap = ap;
    return err;
}

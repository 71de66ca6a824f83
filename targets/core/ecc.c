/* SPDX-License-Identifier: MIT */
#include "core/ecc.h"

#include <inttypes.h>

#include "chip/chips.h"
#include "core/core.h"

/* Those of corrected errors, too: ones clear (RM0351, 3.7.7; RM0440, RM0444, RM0456, RM0481). */
#define FLAGS 0xF0000000u
#define CORRECTED 0x50000000u
#define ICSR_NMIPENDSET (1u << 31)
#define ICSR_PENDNMICLR (1u << 30) /* Armv8-M: DDI 0553, D1.2.121 */

static const struct chip_ecc *ecc_of(const struct target *target)
{
    return &chip_family_of(target->chip.dev_id)->ecc;
}

bool ecc_has_flags(const struct target *target)
{
    return ecc_of(target)->uncorrected != 0;
}

static uint32_t register_at(const struct target *target, unsigned i)
{
    const struct chip *chip = chip_by_dev_id(target->chip.dev_id);
    uint16_t offset = ecc_of(target)->at[i];

    if (!offset || !chip || (i > 0 && !chip_can_have_two_banks(chip)))
        return 0;
    return chip_family(chip)->controller + offset;
}

static bool is_flash(const struct core *core, uint32_t address)
{
    const struct target_region *region = detect_region_at(&core->target->regions, address);

    return region && (region->kind == REGION_FLASH || region->kind == REGION_FLASH_ALIAS);
}

static bool reads_flash(const struct core *core, const struct op *op)
{
    return op->kind == OP_READ && is_flash(core, op->address);
}

static bool is_there(const struct core *core)
{
    return (core->state == TARGET_HALTED || core->state == TARGET_RUNNING) &&
           ecc_has_flags(core->target);
}

static void queue_registers(struct core *core, struct ecc_look *look)
{
    for (unsigned i = 0; i < ECC_REGISTERS; i++)
        if (register_at(core->target, i))
            ops_read32_still(&core->ops, register_at(core->target, i), &look->words[i]);
}

void ecc_queue_look(struct core *core, struct ecc_look *look)
{
    const struct ops *ops = &core->ops;
    size_t i = 0, count = ops->count;

    look->on = core->ecc.found = false;
    if (!is_there(core))
        return;
    while (i < count && !reads_flash(core, &ops->list[i]))
        i++;
    if (i == count)
        return;
    *look = (struct ecc_look){.address = ops->list[i].address, .on = true};
    queue_registers(core, look);
}

static bool any_uncorrected(const struct core *core, const struct ecc_look *look)
{
    uint32_t all = 0;

    for (unsigned i = 0; i < ECC_REGISTERS; i++)
        all |= look->words[i];
    return all & ecc_of(core->target)->uncorrected;
}

static bool clears_nmi(const struct core *core)
{
    return core->profile->limits;
}

enum err ecc_look_before(struct core *core, uint32_t address)
{
    struct ecc_look look = {.on = true};

    if (core->state != TARGET_RUNNING || !is_there(core) || !is_flash(core, address) ||
        core->ecc.clear_epoch == core->epoch)
        return ERR_OK;
    queue_registers(core, &look);
    enum err err = ops_flush(&core->ops);
    if (!err && !any_uncorrected(core, &look))
        core->ecc.clear_epoch = core->epoch;
    return err;
}

/* The program's NMI would have come at once; one that waits was raised while the core stood. */
static enum err look_whose(struct core *core, bool *ours)
{
    uint32_t icsr = 0;

    if (core->state != TARGET_HALTED)
        return ERR_OK;
    ops_read32(&core->ops, SCB_ICSR, &icsr);
    enum err err = ops_flush(&core->ops);
    *ours = icsr & ICSR_NMIPENDSET;
    return err;
}

static void queue_clear(struct core *core, const struct ecc_look *look)
{
    for (unsigned i = 0; i < ECC_REGISTERS; i++) {
        uint32_t at = register_at(core->target, i);
        if (at && look->words[i] & FLAGS)
            ops_write32(&core->ops, at,
                        (look->words[i] & ~FLAGS) |
                            (look->words[i] & ecc_of(core->target)->uncorrected));
    }
    if (clears_nmi(core) && core->state == TARGET_HALTED)
        ops_write32(&core->ops, SCB_ICSR, ICSR_PENDNMICLR);
    core->ecc.clear_epoch = core->epoch;
}

static const char *consequence(const struct core *core)
{
    if (core->state == TARGET_RUNNING)
        return "; the read raised an NMI in the program, which runs";
    return core->ecc.nmi ? "; the read raised an NMI, which comes when the core goes on: reset it "
                           "before"
                         : "";
}

static enum err fail(struct core *core, uint32_t address)
{
    core->ecc.found = true;
    core->ecc.nmi = core->state == TARGET_HALTED && !clears_nmi(core);
    return job_fail(core->target->job, ERR_FAULT,
                    "0x%08" PRIx32 ": more bits are wrong than the ECC of that flash can correct "
                    "(cut short by a reset, or worn): an erase of its sector mends it%s",
                    address, consequence(core));
}

enum err ecc_take_look(struct core *core, const struct ecc_look *look)
{
    bool ours = core->ecc.clear_epoch == core->epoch;
    enum err err = ERR_OK;

    if (!look->on)
        return ERR_OK;
    if (!any_uncorrected(core, look)) {
        core->ecc.clear_epoch = core->epoch;
        return ERR_OK;
    }
    if (!ours)
        err = look_whose(core, &ours);
    if (err || !ours)
        return err;
    queue_clear(core, look);
    err = ops_flush(&core->ops);
    return err ? err : fail(core, look->address);
}

enum err ecc_clear_once(struct core *core)
{
    return core->ecc.clear_epoch == core->epoch ? ERR_OK : ecc_clear(core);
}

enum err ecc_clear(struct core *core)
{
    struct ecc_look look = {.on = true};

    if (!ecc_has_flags(core->target))
        return ERR_OK;
    queue_registers(core, &look);
    enum err err = ops_flush(&core->ops);
    if (err)
        return err;
    core->ecc.clear_epoch = core->epoch;
    if (!any_uncorrected(core, &look))
        return ERR_OK;
    queue_clear(core, &look);
    return ops_flush(&core->ops);
}

enum err ecc_look_now(struct core *core, bool *uncorrected, bool *corrected)
{
    const struct chip_family *family = chip_family_of(core->target->chip.dev_id);
    struct ecc_look look = {.on = true};
    uint32_t word = 0;

    *uncorrected = *corrected = false;
    if (!is_there(core))
        return ERR_OK;
    queue_registers(core, &look);
    ops_read32(&core->ops, family->controller + family->ecc.corrected, &word);
    enum err err = ops_flush(&core->ops);
    *uncorrected = any_uncorrected(core, &look);
    *corrected = word & CORRECTED;
    return err;
}

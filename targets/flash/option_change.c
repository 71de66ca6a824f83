/* SPDX-License-Identifier: MIT */
/* The one door to other option bytes, whoever asks: no way through it that does not lead back,
 * unless that was said. */
#include <stdlib.h>
#include <string.h>

#include "chip/chips.h"
#include "flash/options.h"
#include "probe/probe.h"

static struct job *job_of(const struct target *target)
{
    return probe_job(target_probe(target));
}

static const char *way_back(const struct flash_options *options, const struct option_value *level)
{
    if (options->by_life_cycle)
        return ", or only through the chip's Debug Authentication, which erases the flash";
    return level && level->guard == OPTION_ONE_WAY
               ? ", and no debugger gets in any more"
               : ", or only by the end of read protection, which erases the flash";
}

static enum err check_doors(struct target *target, const struct flash_options *options,
                            const struct option_state *before, const struct option_state *wanted)
{
    const struct option_field *rdp = &options->fields[0];
    const struct option_value *level = option_value(rdp, option_get(rdp, wanted->stored));
    char what[100];

    if (option_harms(options, before->stored, wanted->stored, what, sizeof what))
        return job_fail(job_of(target), ERR_ARGUMENT,
                        "%s: pins set up so are damaged by a higher supply; say --irreversible "
                        "behind it if that of this board stays below; nothing was changed",
                        what);
    if (!option_one_way(options, before->stored, wanted->stored, what, sizeof what))
        return ERR_OK;
    return job_fail(job_of(target), ERR_ARGUMENT,
                    "%s: there is no way back%s; say --irreversible behind it if that is meant; "
                    "nothing was changed",
                    what, way_back(options, level));
}

/* What a slip of the hand must not reach. */
static enum err check_seal(struct target *target, const struct flash_options *options,
                           const struct option_state *before, const struct option_state *wanted,
                           enum option_consent consent)
{
    const struct option_field *rdp = &options->fields[0];
    uint32_t then = option_get(rdp, wanted->stored);
    const struct option_value *level = option_value(rdp, then);

    if (consent == OPTION_SEALS || then == option_get(rdp, before->stored) || !level ||
        level->guard != OPTION_ONE_WAY)
        return ERR_OK;
    return job_fail(
        job_of(target), ERR_ARGUMENT,
        "%s = %s: there is no way back%s; that it is this chip that is meant is said by "
        "--id and its device id, as info shows it, behind --irreversible; nothing was "
        "changed",
        rdp->name, level->text, way_back(options, level));
}

enum option_consent option_consent(const struct target *target, bool irreversible, const char *id)
{
    char *end = NULL;
    unsigned long typed = id ? strtoul(id, &end, 16) : 0;

    if (!irreversible)
        return OPTION_NOTHING_SAID;
    return id && end != id && !*end && typed == target_chip(target)->dev_id ? OPTION_SEALS
                                                                            : OPTION_IRREVERSIBLE;
}

static bool others_differ(const struct flash_options *options, const struct option_state *before,
                          const struct option_state *wanted)
{
    struct option_state same = *wanted;

    option_set(&options->fields[0], same.stored, option_get(&options->fields[0], before->stored));
    return memcmp(same.stored, before->stored, options->register_count * sizeof *same.stored) != 0;
}

static enum err raise(struct target *target, const struct flash_options *options, uint32_t rdp)
{
    const struct option_value *value = option_value(&options->fields[0], rdp);

    if (!value || value->guard != OPTION_ONE_WAY)
        return options->lock(target);
    if (options->seal)
        return options->seal(target);
    return job_fail(job_of(target), ERR_UNSUPPORTED,
                    "%s: not known how for this chip; nothing was changed", value->text);
}

const char *option_unlock_erases(const struct target *target)
{
    return target_region_of(target, REGION_EEPROM) ? "the whole flash and the data EEPROM"
                                                   : "the whole flash";
}

/* The word that detection goes by is the first one. */
bool option_moves_banks(const struct flash_options *options, const struct target *target,
                        const uint32_t *before, const uint32_t *after)
{
    const struct target_chip *found = target_chip(target);
    const struct chip *chip = chip_by_dev_id(found->dev_id);

    if (!options->hides_in_force || !options->load || !chip)
        return false;
    return chip_two_banks_chosen(chip, found->flash_size, before[0]) !=
               chip_two_banks_chosen(chip, found->flash_size, after[0]) ||
           chip_banks_swapped(chip, before[0]) != chip_banks_swapped(chip, after[0]);
}

enum err option_change(struct target *target, const struct flash_options *options,
                       const struct option_state *before, const struct option_state *wanted,
                       enum option_consent consent)
{
    const struct option_field *rdp = &options->fields[0];
    uint32_t now = option_get(rdp, before->stored), then = option_get(rdp, wanted->stored);
    bool others = others_differ(options, before, wanted);
    enum err err = consent ? check_seal(target, options, before, wanted, consent)
                           : check_doors(target, options, before, wanted);

    if (err)
        return err;
    if (options->by_life_cycle && !(then != now && then == rdp->values[0].value))
        return options->write(target, wanted);
    if (then != now && then == rdp->values[0].value && others)
        return job_fail(job_of(target), ERR_ARGUMENT,
                        "read protection is ended by itself, which erases the flash: the others "
                        "after that; nothing was changed");
    if (then != now && then == rdp->values[0].value)
        return options->unlock(target);
    if (others || then == now)
        err = options->write(target, wanted);
    return err || then == now ? err : raise(target, options, then);
}

/* SPDX-License-Identifier: MIT */
/* probed info */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "chip/chips.h"
#include "cli/cli.h"
#include "cli/option_bytes.h"
#include "cli/probe_facts.h"
#include "cli/unique_id.h"

/* DDI 0403, B3.2.3: "r1p1". */
#define CPUID_VARIANT(cpuid) ((cpuid) >> 20 & 15)
#define CPUID_REVISION(cpuid) ((cpuid)&15)

enum { OTHER_CORE_TEXT = 120 };

struct facts {
    struct cli_probe probe;
    const struct target *target; /* NULL: none answers */
    const char *state;           /* of its core */
    bool uid_known;
    uint32_t uid[UNIQUE_ID_WORDS];
    uint32_t flash_start, ram_start, ram_size; /* of the RAM that begins there */
    enum target_security security;
    struct option_bytes options;
    char sectors[96]; /* "64 sectors of 1 KiB" */
    const char *loop; /* that it resets again and again, and by what; NULL: it does not */
    const char *ecc;  /* what the flash's ECC has told */
    char lockup[300]; /* why the core is locked up, if it is */
};

static const char *const security_texts[] = {
    [TARGET_SECURE] = "TrustZone is on; the core is in Secure state",
    [TARGET_NONSECURE] = "TrustZone is on; the core is in Non-secure state",
    [TARGET_NONSECURE_ONLY] = "TrustZone is on; the core is in Non-secure state, and the chip lets "
                              "nobody look at the Secure one",
};

/* --- gathering --- */

/* The one that its size is told of: others may stand before it. */
static bool is_main_ram(const struct facts *facts, const struct target_region *region)
{
    const struct chip *chip = chip_by_dev_id(target_chip(facts->target)->dev_id);

    return region->kind == REGION_RAM && (!chip || region->start == chip->ram_base);
}

static void describe_regions(struct facts *facts)
{
    size_t count;
    const struct target_region *regions = target_regions(facts->target, &count);
    bool flash_seen = false, ram_seen = false;

    for (size_t i = 0; i < count; i++) {
        const struct target_region *region = &regions[i];
        size_t used = strlen(facts->sectors);
        char size[DISPLAY_SIZE];

        if (is_main_ram(facts, region) && !ram_seen) {
            facts->ram_start = region->start;
            facts->ram_size = region->size;
        }
        ram_seen |= is_main_ram(facts, region);
        if (region->kind != REGION_FLASH || !region->sector_size)
            continue;
        if (!flash_seen)
            facts->flash_start = region->start;
        flash_seen = true;
        snprintf(facts->sectors + used, sizeof facts->sectors - used, "%s%u x %s",
                 used ? " + " : "", (unsigned)(region->size / region->sector_size),
                 display_size(size, region->sector_size));
    }
}

/* What it does now: to connect does not tell a locked-up core from one that runs. */
static enum err look_at_core(struct cli *cli, struct facts *facts)
{
    struct target *target = cli->session.target;
    enum err err = session_measure(&cli->session, &cli->job);

    if (!err)
        err = session_watch_for_loop(&cli->session, &cli->job);
    facts->loop = reset_loop_text(&cli->session);
    if (!err)
        err = target_security(target, &facts->security);
    if (!err)
        err = target_flash_ecc(target, &facts->ecc);
    return err || !target_locked_up(target)
               ? err
               : target_explain_lockup(target, facts->lockup, sizeof facts->lockup);
}

static enum err gather(struct cli *cli, struct facts *facts)
{
    enum err err = cli_open(cli);

    if (err)
        return err;
    cli_probe_look(&facts->probe, cli->session.probe);
    err = cli_reach(cli); /* its warning is among the facts */
    if (err)
        return err;
    facts->target = cli->session.target;
    err = look_at_core(cli, facts);
    facts->state = session_state_name(&cli->session);
    if (err)
        return err;
    facts->uid_known = unique_id_read(cli, facts->uid);
    option_bytes_look(&facts->options, cli->session.target, &cli->job);
    describe_regions(facts);
    return ERR_OK;
}

/* --- telling --- */

static bool halted_by_reset(const struct target *target)
{
    return target_state(target) == TARGET_HALTED && target_last_stop(target)->reason == STOP_RESET;
}

/* A chip with a life cycle has no levels. */
static const char *protection_of(const struct facts *facts, const struct target_chip *chip)
{
    const struct flash_options *options = facts->options.known ? facts->options.options : NULL;

    if (options && options->by_life_cycle)
        return "by the product's state alone, which is among the options";
    return chip->readout_protected  ? "the flash is read-protected"
           : chip->protection_known ? "none against reading"
                                    : "not known: the chip does not let it be read";
}

/* The first one, and how much there is in all where others stand elsewhere. */
static void print_ram(const struct facts *facts, const struct target_chip *chip, FILE *out)
{
    char first[DISPLAY_SIZE], all[DISPLAY_SIZE];

    if (!chip->ram_size)
        return;
    if (facts->ram_size && facts->ram_size < chip->ram_size)
        cli_print_fact(out, "RAM", "%s at 0x%08" PRIx32 ", %s in all",
                       display_size(first, facts->ram_size), facts->ram_start,
                       display_size(all, chip->ram_size));
    else
        cli_print_fact(out, "RAM", "%s at 0x%08" PRIx32, display_size(all, chip->ram_size),
                       facts->ram_start);
}

static void print_chip(const struct facts *facts, FILE *out)
{
    const struct target_chip *chip = target_chip(facts->target);
    const struct target_core *core = target_core(facts->target);
    const struct target_region *eeprom = target_region_of(facts->target, REGION_EEPROM);
    char size[DISPLAY_SIZE], uid[UNIQUE_ID_TEXT], other[OTHER_CORE_TEXT];

    cli_print_fact(out, "chip", "%s", chip->name);
    cli_print_fact(out, "core", "%s r%up%u, %s%s", core->name, CPUID_VARIANT(core->cpuid),
                   CPUID_REVISION(core->cpuid), facts->state,
                   halted_by_reset(facts->target) ? " by a reset" : "");
    if (facts->security)
        cli_print_fact(out, "security", "%s", security_texts[facts->security]);
    if (target_other_core(facts->target, other, sizeof other))
        cli_print_fact(out, "other core", "%s", other);
    if (chip->flash_size)
        cli_print_fact(out, "flash", "%s at 0x%08" PRIx32 "%s (%s)",
                       display_size(size, chip->flash_size), facts->flash_start,
                       chip->flash_size_guessed ? ", size guessed" : "", facts->sectors);
    if (eeprom)
        cli_print_fact(out, "data EEPROM", "%s at 0x%08" PRIx32, display_size(size, eeprom->size),
                       eeprom->start);
    cli_print_fact(out, "ECC of flash", "%s", facts->ecc ? facts->ecc : "");
    if (chip->flash_kept)
        cli_print_fact(out, "kept flash", "%s from 0x%08" PRIx32 " on are the other core's alone",
                       display_size(size, chip->flash_kept),
                       facts->flash_start + chip->flash_size - chip->flash_kept);
    print_ram(facts, chip, out);
    cli_print_fact(out, "device id", "0x%03x (idcode 0x%08" PRIx32 ")", chip->dev_id, chip->idcode);
    cli_print_fact(out, "core id", "CPUID 0x%08" PRIx32 ", DPIDR 0x%08" PRIx32, core->cpuid,
                   chip->dpidr);
    if (facts->uid_known)
        cli_print_fact(out, "unique id", "%s", unique_id_text(facts->uid, uid));
    cli_print_fact(out, "protection", "%s", protection_of(facts, chip));
    cli_print_fact(out, "lockup", "%s", facts->lockup);
    cli_print_fact(out, "resets", "%s", facts->loop ? facts->loop : "");
    option_bytes_print(&facts->options, out);
    cli_print_fact(out, "breakpoints", "%u, and %u watchpoints", core->breakpoints,
                   core->watchpoints);
    cli_print_fact(out, "warning", "%s", chip->warning);
}

static void write_sectors(const struct target *target, struct json *json)
{
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    json_open(json, "flash_sectors", '[');
    for (size_t i = 0; i < count; i++) {
        const struct target_region *region = &regions[i];

        if (region->kind != REGION_FLASH || !region->sector_size)
            continue;
        json_open(json, NULL, '{');
        json_number(json, "start", region->start);
        json_number(json, "count", region->size / region->sector_size);
        json_number(json, "bytes", region->sector_size);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_chip(const struct facts *facts, struct json *json)
{
    const struct target_chip *chip = target_chip(facts->target);
    const struct target_core *core = target_core(facts->target);
    char uid[UNIQUE_ID_TEXT], other[OTHER_CORE_TEXT];
    const struct target_region *eeprom = target_region_of(facts->target, REGION_EEPROM);

    json_text(json, "chip", chip->name);
    json_text(json, "core", core->name);
    if (target_other_core(facts->target, other, sizeof other))
        json_text(json, "other_core", other);
    json_text(json, "state", facts->state);
    if (facts->security)
        json_text(json, "security", security_texts[facts->security]);
    if (facts->lockup[0])
        json_text(json, "lockup", facts->lockup);
    if (facts->loop)
        json_text(json, "reset_loop", facts->loop);
    json_number(json, "flash_bytes", chip->flash_size);
    json_bool(json, "flash_size_guessed", chip->flash_size_guessed);
    if (facts->ecc && facts->ecc[0])
        json_text(json, "flash_ecc", facts->ecc);
    if (chip->flash_kept)
        json_number(json, "flash_kept_bytes", chip->flash_kept);
    json_number(json, "flash_start", facts->flash_start);
    write_sectors(facts->target, json);
    if (eeprom) {
        json_number(json, "eeprom_bytes", eeprom->size);
        json_number(json, "eeprom_start", eeprom->start);
    }
    json_number(json, "ram_bytes", chip->ram_size);
    json_number(json, "ram_start", facts->ram_start);
    json_number(json, "dev_id", chip->dev_id);
    json_number(json, "idcode", chip->idcode);
    json_number(json, "cpuid", core->cpuid);
    json_number(json, "dpidr", chip->dpidr);
    json_text(json, "unique_id", facts->uid_known ? unique_id_text(facts->uid, uid) : NULL);
    json_bool(json, "readout_protected", chip->readout_protected);
    json_bool(json, "protection_known", chip->protection_known);
    option_bytes_json(&facts->options, json);
    json_number(json, "breakpoints", core->breakpoints);
    json_number(json, "watchpoints", core->watchpoints);
    json_text(json, "warning", chip->warning);
}

static void write_json(const struct facts *facts, struct json *json)
{
    if (facts->probe.info.driver) {
        json_open(json, "probe", '{');
        cli_probe_json(&facts->probe, json);
        json_close(json, '}');
    } else {
        json_null(json, "probe");
    }
    if (facts->target) {
        json_open(json, "target", '{');
        write_chip(facts, json);
        json_close(json, '}');
    } else {
        json_null(json, "target");
    }
}

enum err cli_info(struct cli *cli)
{
    struct facts facts = {0};
    enum err err = gather(cli, &facts);

    if (cli->flags & CLI_JSON) {
        write_json(&facts, &cli->json);
        cli->told_board = true;
    } else if (facts.probe.info.driver) {
        cli_probe_print(&facts.probe, stdout);
        if (facts.target)
            print_chip(&facts, stdout);
        if (facts.target && facts.options.known && cli->flags & CLI_OPTIONS)
            option_bytes_list(facts.options.options, facts.target, &facts.options.state, stdout);
    }
    return err ? err : cli_leave_running(cli);
}

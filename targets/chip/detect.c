/* SPDX-License-Identifier: MIT */
#include "chip/detect.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "chip/chips.h"
#include "chip/copy.h"
#include "chip/data_flash.h"
#include "chip/maker.h"
#include "chip/secure_flash.h"
#include "probe/probe.h"

#define SCB_CPUID 0xE000ED00u
#define CPUID_PART(cpuid) ((cpuid) >> 4 & 0xFFFu)
/* Identification of the ROM table: PIDR4-7, PIDR0-3, CIDR0-3, a byte a word (IHI 0031, C5). */
#define ROM_IDS 0xE00FFFD0u
enum { ROM_ID_WORDS = 12, ROM_PIDR4 = 0, ROM_PIDR0 = 16 };

/* Makers as JEP106 has them: continuation code in the upper byte. */
enum { MAKER_ST = 0x020 };

/* What was read on the way. */
struct findings {
    uint32_t dpidr, cpuid, idcode;
    bool rom_known;
    uint16_t maker, part; /* of the ROM table */
    uint16_t dev_id;
    const struct chip *chip; /* NULL: not in the table */
    uint32_t size_register;  /* as it reads, KiB */
    uint32_t size_word;      /* ..and what stands around it */
    bool size_known;
    uint32_t options; /* the word that tells of read protection */
    bool is_protected;
    bool protection_known;
};

/* --- cores --- */

static const struct core {
    uint16_t part;  /* CPUID.PARTNO */
    uint16_t kinds; /* chips of these cores may be it */
    uint32_t id_address;
    const char *name;
} cores[] = {
    {0xC20, CHIP_M0 | CHIP_M0P, 0x40015800, "Cortex-M0"},
    {0xC60, CHIP_M0 | CHIP_M0P, 0x40015800, "Cortex-M0+"},
    {0xC23, CHIP_M3 | CHIP_M4, 0xE0042000, "Cortex-M3"},
    {0xC24, CHIP_M3 | CHIP_M4, 0xE0042000, "Cortex-M4"},
    {0xC27, CHIP_M7, 0xE0042000, "Cortex-M7"},
    {0xD20, 0, 0x40015800, "Cortex-M23"},
    {0xD21, CHIP_M33, 0xE0044000, "Cortex-M33"},
    {0xD22, CHIP_M55, 0x44001000, "Cortex-M55"},
};
#define H7_ID_ADDRESS 0x5C001000u
#define MP1_ID_ADDRESS 0x50081000u
#define H5_ID_ADDRESS 0x44024000u

static const struct core *core_of(uint32_t cpuid)
{
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++)
        if (cores[i].part == CPUID_PART(cpuid))
            return &cores[i];
    return NULL;
}

bool detect_is_arm_core(uint32_t cpuid)
{
    unsigned part = cpuid >> 4 & 0xFFF;

    return cpuid >> 24 == 0x41 && ((part & 0xF00) == 0xC00 || (part & 0xFF0) == 0xD20);
}

const char *detect_core_name(uint32_t cpuid)
{
    const struct core *core = core_of(cpuid);

    return core ? core->name : "unknown core";
}

/* --- reading --- */

static void understand_rom(struct findings *found, const uint8_t ids[ROM_ID_WORDS * 4])
{
    const uint8_t *pidr0 = ids + ROM_PIDR0;
    uint8_t pidr1 = pidr0[4], pidr2 = pidr0[8];

    found->part = (uint16_t)(pidr0[0] | (pidr1 & 0xF) << 8);
    found->maker = (uint16_t)((ids[ROM_PIDR4] & 0xF) << 8 | (pidr2 & 7) << 4 | pidr1 >> 4);
    found->rom_known = true;
}

static enum err read_core(struct ops *ops, struct findings *found)
{
    uint8_t ids[ROM_ID_WORDS * 4];
    bool refused;

    ops_read32(ops, SCB_CPUID, &found->cpuid);
    ops_read(ops, ROM_IDS, 4, ids, ROM_ID_WORDS);
    enum err err = ops_flush_or_refused(ops, &refused);
    if (err)
        return err;
    if (found->cpuid == 0 || found->cpuid == 0xFFFFFFFF)
        return job_fail(probe_job(ops->probe), ERR_NO_TARGET,
                        "the debug port answers, but the core's CPUID reads 0x%08x: no power, or "
                        "held in reset",
                        found->cpuid);
    if (!refused)
        understand_rom(found, ids);
    return ERR_OK;
}

static enum err read_id_at(struct ops *ops, uint32_t address, struct findings *found)
{
    bool refused;

    found->idcode = 0;
    ops_read32(ops, address, &found->idcode);
    enum err err = ops_flush_or_refused(ops, &refused);
    if (refused)
        found->idcode = 0;
    found->dev_id = found->idcode & 0xFFF;
    return err;
}

static bool is_f7(uint16_t dev_id)
{
    const struct chip *chip = chip_by_dev_id(dev_id);

    return chip && chip->family == CHIP_F7;
}

/* One that says nothing leaves what was found. */
static enum err read_id_elsewhere(struct ops *ops, uint32_t address, struct findings *found)
{
    uint32_t before = found->idcode;
    enum err err = read_id_at(ops, address, found);

    if (!found->idcode)
        found->idcode = before;
    found->dev_id = found->idcode & 0xFFF;
    return err;
}

static enum err read_id(struct ops *ops, struct findings *found)
{
    const struct core *core = core_of(found->cpuid);

    enum err err = read_id_at(ops, core ? core->id_address : 0xE0042000, found);
    if (!err && core && core->kinds == CHIP_M7 && !is_f7(found->dev_id))
        err = read_id_at(ops, H7_ID_ADDRESS, found);
    if (!err && found->dev_id == 0 && CPUID_PART(found->cpuid) == 0xC24)
        err = read_id_at(ops, MP1_ID_ADDRESS, found);
    if (!err && core && core->kinds == CHIP_M33 && !chip_by_dev_id(found->dev_id))
        err = read_id_elsewhere(ops, H5_ID_ADDRESS, found);
    /* The id register of an M0 may be without a clock, and WB0 has none. In ST's own ROM tables
     * the part number is the device id. */
    if (found->dev_id == 0 && found->rom_known && found->maker == MAKER_ST)
        found->dev_id = found->part;
    /* Erratum of early STM32F405 (ES0182, 2.1.3): the id is that of the F2. */
    if (found->dev_id == 0x411 && CPUID_PART(found->cpuid) == 0xC24)
        found->dev_id = 0x413;
    found->chip = chip_by_dev_id(found->dev_id);
    /* An id that belongs to a chip with another kind of core says nothing about this one. */
    if (found->chip && core && !(found->chip->cores & core->kinds)) {
        found->chip = NULL;
        found->dev_id = 0;
    }
    return err;
}

struct memory_words {
    uint32_t rdp, size;
    bool rdp_known, size_known;
};

static enum err read_one(struct ops *ops, uint32_t address, uint32_t *word, bool *known)
{
    bool refused;

    *known = false;
    if (!address)
        return ERR_OK;
    ops_read32(ops, address, word);
    enum err err = ops_flush_or_refused(ops, &refused);
    *known = !err && !refused;
    return err;
}

/* Both together; if that is refused, one by one: under protection one of them may still answer. */
static enum err read_memory_words(struct ops *ops, uint32_t rdp_address, uint32_t size_address,
                                  struct memory_words *words)
{
    bool refused;

    *words = (struct memory_words){.rdp_known = true, .size_known = true};
    if (rdp_address && size_address) {
        ops_read32(ops, rdp_address, &words->rdp);
        ops_read32(ops, size_address, &words->size);
        enum err err = ops_flush_or_refused(ops, &refused);
        if (err || !refused)
            return err;
    }
    enum err err = read_one(ops, rdp_address, &words->rdp, &words->rdp_known);
    if (!err)
        err = read_one(ops, size_address, &words->size, &words->size_known);
    return err;
}

static bool is_protected(const struct chip_rdp *rdp, uint32_t word)
{
    uint32_t level = word >> rdp->shift & rdp->mask;

    return level != rdp->open && !(rdp->half && level == rdp->half && word >> 31);
}

uint32_t detect_protection_register(const struct target_chip *found)
{
    const struct chip *chip = chip_by_dev_id(found->dev_id);

    return chip && found->protection_known ? chip_family(chip)->rdp.address : 0;
}

bool detect_is_protected(const struct target_chip *found, uint32_t word)
{
    return is_protected(&chip_family(chip_by_dev_id(found->dev_id))->rdp, word);
}

static enum err read_memories(struct ops *ops, struct findings *found)
{
    const struct chip *chip = found->chip;
    const struct chip_rdp *rdp = &chip_family(chip)->rdp;
    struct memory_words words;

    /* A word is read and the half taken: not every probe can read 16 bits. */
    enum err err = read_memory_words(ops, rdp->address, chip->flash_size_reg & ~3u, &words);
    found->protection_known = words.rdp_known && rdp->address;
    found->options = words.rdp;
    found->is_protected = found->protection_known && is_protected(rdp, words.rdp);
    found->size_known = words.size_known && chip->flash_size_reg;
    found->size_word = words.size;
    found->size_register = words.size >> 8 * (chip->flash_size_reg & 2) & 0xFFFF;
    return err;
}

/* --- judging --- */

/* Two L1 categories count differently (RM0038, "Flash size register"). */
static uint32_t register_to_kib(const struct chip *chip, uint32_t value)
{
    if (chip->dev_id == 0x436)
        return value == 0 ? 384 : value == 1 ? 256 : value;
    if (chip->dev_id == 0x429)
        return value & 0xFF;
    return value;
}

static void judge_flash(const struct findings *found, struct target_chip *chip)
{
    const struct chip *row = found->chip;
    uint32_t kib = register_to_kib(row, found->size_register);
    bool plausible = found->size_known && kib > 0 && kib <= row->flash_max_kib;

    chip->flash_size = 1024u * (plausible ? kib : row->flash_guess_kib);
    chip->flash_size_guessed = !plausible && row->flash_guess_kib != row->flash_max_kib;
    /* A chip that has a register which says nonsense is worth a word even if there is no choice. */
    chip->flash_size_guessed |= !plausible && row->flash_size_reg;
}

/* One sentence after the other, as long as they fit. */
static void warn(struct target_chip *chip, const char *sentence)
{
    size_t used = strlen(chip->warning);

    if (used + 2 + strlen(sentence) < sizeof chip->warning)
        snprintf(chip->warning + used, sizeof chip->warning - used, "%s%s", used ? "; " : "",
                 sentence);
}

static void warn_of_copy(const struct findings *found, struct target_chip *chip)
{
    const struct copy_ids ids = {.dpidr = found->dpidr,
                                 .cpuid = found->cpuid,
                                 .idcode = found->idcode,
                                 .rom_known = found->rom_known,
                                 .maker = found->maker,
                                 .part = found->part,
                                 .size_known = found->size_known,
                                 .size_word = found->size_word};
    char sentence[480];

    chip->copy_suspected = copy_suspect(found->chip, &ids, sentence, sizeof sentence);
    if (chip->copy_suspected)
        warn(chip, sentence);
}

static void warn_all(const struct findings *found, struct target_chip *chip)
{
    char sentence[360], pack[200];

    if (!found->chip) {
        maker_pack_text(found->rom_known ? found->maker : 0, pack, sizeof pack);
        snprintf(sentence, sizeof sentence,
                 "id code 0x%08x is not known with a %s: it can be debugged, but not programmed by "
                 "what probed knows; %s",
                 found->idcode, detect_core_name(found->cpuid), pack);
        warn(chip, sentence);
    }
    if (found->is_protected)
        warn(chip, "the flash is read-protected; removing that erases it");
    if (chip->flash_size_guessed && found->size_known) {
        snprintf(sentence, sizeof sentence, "the flash size register reads %u: %u KiB assumed",
                 found->size_register, chip->flash_size / 1024);
        warn(chip, sentence);
    } else if (chip->flash_size_guessed) {
        snprintf(sentence, sizeof sentence, "the flash size cannot be read: %u KiB assumed",
                 chip->flash_size / 1024);
        warn(chip, sentence);
    }
    warn_of_copy(found, chip);
}

static void fill(const struct findings *found, struct target_chip *chip)
{
    *chip = (struct target_chip){
        .dpidr = found->dpidr,
        .idcode = found->idcode,
        .dev_id = found->chip ? found->chip->dev_id : found->dev_id,
        .readout_protected = found->is_protected,
        .protection_known = found->protection_known,
    };
    snprintf(chip->name, sizeof chip->name, "%s", found->chip ? found->chip->name : "unknown chip");
    if (found->chip) {
        judge_flash(found, chip);
        chip->ram_size = found->chip->ram_size;
    }
    warn_all(found, chip);
}

enum err detect_chip(struct ops *ops, uint32_t dpidr, struct target_chip *chip,
                     struct target_core *core, struct detect_regions *regions)
{
    struct findings found = {.dpidr = dpidr};
    enum err err = read_core(ops, &found);

    if (!err)
        err = read_id(ops, &found);
    if (!err && found.chip)
        err = read_memories(ops, &found);
    if (err)
        return err;
    core->name = detect_core_name(found.cpuid);
    core->cpuid = found.cpuid;
    core->ap = ops->ap;
    fill(&found, chip);
    uint32_t options = found.protection_known ? found.options : CHIP_BANKS_AS_DELIVERED;
    bool two_banks = found.chip && chip_two_banks_chosen(found.chip, chip->flash_size, options);
    chip->banks_swapped = two_banks && chip_banks_swapped(found.chip, options);
    detect_map(found.chip, chip->flash_size, two_banks, regions);
    err = data_flash_take_out(ops, chip, regions);
    return err ? err : secure_flash_take_out(ops, chip, options, regions);
}

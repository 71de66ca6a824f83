/* SPDX-License-Identifier: MIT */
/* From a chip's row to its memory map. What is nobody's memory stays out of it; what is read with
 * side effects, or not known closely, is a device: never cached, an honest error where nothing is.
 */
#include "chip/chips.h"
#include "chip/detect.h"

#define KIB 1024
#define EVERY_MAP 0xFFFFFFFFu

static const struct area {
    uint32_t maps; /* enum chip_map bits: of any of them */
    struct target_region region;
} areas[] = {
    {MAP_ITCM, {"itcm", REGION_DEVICE, 0x00000000, 0x00400000, 0, 0}},
    /* RM0385, 2.2.2 */
    {MAP_ITCM_FLASH, {"itcm", REGION_RAM, 0x00000000, 16 * KIB, 0, 0}},
    {MAP_ITCM_FLASH, {"system memory", REGION_DEVICE, 0x00100000, 0x100000, 0, 0}},
    {MAP_SYSTEM_HIGH, {"system area", REGION_DEVICE, 0x08FFF000, 0x1000, 0, 0}},
    {MAP_DATA_FLASH, {"data flash", REGION_DEVICE, 0x09000000, 0x18000, 0, 0}},
    {MAP_DATA_FLASH, {"code bus ram", REGION_DEVICE, 0x0A000000, 0x100000, 0, 0}},
    {MAP_SYSTEM_HIGH, {"system memory", REGION_DEVICE, 0x0BF00000, 0x100000, 0, 0}},
    {MAP_CODE_RAM, {"code bus ram", REGION_DEVICE, 0x10000000, 0x10000, 0, 0}},
    {MAP_SYSTEM_1FF, {"system memory", REGION_DEVICE, 0x1FF00000, 0x100000, 0, 0}},
    /* RM0033 and RM0090, table "Flash module organization"; of a second bank's option bytes, too.
     */
    {MAP_SYSTEM_F4, {"system area", REGION_DEVICE, 0x1FF00000, 0xF0000, 0, 0}},
    {MAP_SYSTEM_F4, {"system memory", REGION_ROM, 0x1FFF0000, 0x7800, 0, 0}},
    {MAP_SYSTEM_F4, {"otp", REGION_DEVICE, 0x1FFF7800, 0x210, 0, 0}},
    {MAP_SYSTEM_F4, {"system area", REGION_DEVICE, 0x1FFF7A10, 0x85F0, 0, 0}},
    {MAP_SYSTEM_F1, {"option bytes", REGION_DEVICE, 0x1FFFF800, 0x10, 0, 0}},
    {MAP_BIT_BAND, {"sram bit-band alias", REGION_DEVICE, 0x22000000, 0x2000000, 0, 0}},
    {MAP_OTHER_RAM, {"other ram", REGION_DEVICE, 0x24000000, 0x1C000000, 0, 0}},
    {EVERY_MAP, {"peripherals", REGION_DEVICE, 0x40000000, 0x20000000, 0, 0}},
    {MAP_EXTERNAL, {"external memory", REGION_DEVICE, 0x60000000, 0x80000000, 0, 0}},
    {EVERY_MAP, {"private peripherals", REGION_DEVICE, 0xE0000000, 0x20000000, 0, 0}},
};

/* Chips without what others of their family have, FSMC, FMC or QUADSPI: the data sheets' chapters
 * "Memory mapping". */
static const uint16_t without_external[] = {0x410, 0x412, 0x416, 0x418, 0x420, 0x422, 0x423, 0x427,
                                            0x429, 0x431, 0x432, 0x433, 0x438, 0x439, 0x458};

/* RAM that does not follow the first one, of the largest of those that share an id: where a smaller
 * one ends, the bus says so. Data sheets, chapters "Memory mapping"; CCM or SRAM2 at 0x10000000. */
static const struct more_ram {
    uint16_t dev_id;
    struct target_region region;
} more_ram[] = {
    {0x413, {"ccm ram", REGION_RAM, 0x10000000, 64 * KIB, 0, 0}},
    {0x415, {"sram2", REGION_RAM, 0x10000000, 32 * KIB, 0, 0}},
    {0x419, {"ccm ram", REGION_RAM, 0x10000000, 64 * KIB, 0, 0}},
    {0x422, {"ccm ram", REGION_RAM, 0x10000000, 8 * KIB, 0, 0}},
    {0x434, {"ccm ram", REGION_RAM, 0x10000000, 64 * KIB, 0, 0}},
    {0x435, {"sram2", REGION_RAM, 0x10000000, 16 * KIB, 0, 0}},
    {0x438, {"ccm ram", REGION_RAM, 0x10000000, 4 * KIB, 0, 0}},
    {0x446, {"ccm ram", REGION_RAM, 0x10000000, 16 * KIB, 0, 0}},
    {0x461, {"sram2", REGION_RAM, 0x10000000, 64 * KIB, 0, 0}},
    {0x462, {"sram2", REGION_RAM, 0x10000000, 32 * KIB, 0, 0}},
    {0x464, {"sram2", REGION_RAM, 0x10000000, 8 * KIB, 0, 0}},
    {0x468, {"ccm ram", REGION_RAM, 0x10000000, 10 * KIB, 0, 0}},
    {0x469, {"ccm ram", REGION_RAM, 0x10000000, 32 * KIB, 0, 0}},
    {0x470, {"sram2", REGION_RAM, 0x10000000, 64 * KIB, 0, 0}},
    {0x471, {"sram2", REGION_RAM, 0x10000000, 64 * KIB, 0, 0}},
    {0x479, {"ccm ram", REGION_RAM, 0x10000000, 16 * KIB, 0, 0}},
};

/* Data EEPROM, of the largest of a kind: ST's device headers for L0 and L1. */
#define EEPROM_START 0x08080000u

static const struct {
    uint16_t dev_id, size;
} eeproms[] = {{0x416, 0x1000}, {0x417, 0x800},  {0x425, 0x400},  {0x427, 0x2000}, {0x429, 0x1000},
               {0x436, 0x3000}, {0x437, 0x4000}, {0x447, 0x1800}, {0x457, 0x200}};

static uint32_t map_of(const struct chip *chip)
{
    uint32_t map = chip_family(chip)->map;

    for (size_t i = 0; i < sizeof without_external / sizeof without_external[0]; i++)
        if (without_external[i] == chip->dev_id)
            map &= ~(uint32_t)MAP_EXTERNAL;
    return map;
}

bool detect_add_region(struct detect_regions *regions, const struct target_region *region)
{
    size_t at = regions->count;

    if (!region->size)
        return true;
    if (regions->count == DETECT_REGIONS_MAX)
        return false;
    for (; at && regions->items[at - 1].start > region->start; at--)
        regions->items[at] = regions->items[at - 1];
    regions->items[at] = *region;
    regions->count++;
    return true;
}

/* Of our own tables: there is room. */
static void add(struct detect_regions *regions, const struct target_region *region)
{
    (void)detect_add_region(regions, region);
}

/* Where flash shows again besides: at what it starts from, or on the bus for tightly coupled
 * memory. UINT32_MAX: nowhere. */
static uint32_t alias_of(const struct chip *chip)
{
    uint32_t map = chip_family(chip)->map;

    return map & MAP_BOOT_ALIAS ? 0 : map & MAP_ITCM_FLASH ? 0x00200000 : UINT32_MAX;
}

static void add_flash(const struct chip *chip, uint32_t flash_size, bool two_banks,
                      struct detect_regions *regions)
{
    struct chip_sectors runs[CHIP_RUNS_MAX];
    size_t count = chip_sector_runs(chip, flash_size, two_banks, runs);
    uint32_t alias = alias_of(chip);

    for (size_t i = 0; i < count; i++) {
        uint32_t own = runs[i].address, size = runs[i].size, sector = runs[i].sector_size;

        add(regions, &(struct target_region){"flash", REGION_FLASH, own, size, sector, 0});
        if (alias != UINT32_MAX)
            add(regions, &(struct target_region){"flash alias", REGION_FLASH_ALIAS,
                                                 own - chip_family(chip)->flash_base + alias, size,
                                                 sector, own});
    }
}

/* RAM in parts with nothing between: of the smaller WB, whose radio has much of SRAM2 for itself,
 * and of the smaller WL, of which some have no SRAM1 (RM0471, RM0473, RM0453, "Memory
 * organization"). */
static const struct ram_parts {
    uint16_t dev_id;
    uint16_t below_kib; /* of chips with less flash; the first that fits */
    uint32_t sram1;
    struct target_region sram2;
} ram_parts[] = {
    {0x494, UINT16_MAX, 0x3000, {"sram2", REGION_DEVICE, 0x20030000, 0x9000, 0, 0}},
    {0x496, UINT16_MAX, 0x8000, {"sram2", REGION_DEVICE, 0x20030000, 0x10000, 0, 0}},
    {0x497, 128, 0, {"sram2", REGION_RAM, 0x20008000, 0x5000, 0, 0}},
    {0x497, 256, 0x4000, {"sram2", REGION_RAM, 0x20008000, 0x8000, 0, 0}},
};

static bool add_ram_parts(const struct chip *chip, uint32_t flash_size,
                          struct detect_regions *regions)
{
    for (size_t i = 0; i < sizeof ram_parts / sizeof ram_parts[0]; i++) {
        const struct ram_parts *parts = &ram_parts[i];

        if (parts->dev_id != chip->dev_id || flash_size >= parts->below_kib * 1024u)
            continue;
        add(regions,
            &(struct target_region){"sram", REGION_RAM, chip->ram_base, parts->sram1, 0, 0});
        add(regions, &parts->sram2);
        return true;
    }
    return false;
}

static void add_eeprom(const struct chip *chip, struct detect_regions *regions)
{
    for (size_t i = 0; i < sizeof eeproms / sizeof eeproms[0]; i++)
        if (eeproms[i].dev_id == chip->dev_id)
            add(regions, &(struct target_region){"data EEPROM", REGION_EEPROM, EEPROM_START,
                                                 eeproms[i].size, 1, 0});
}

static void add_ram(const struct chip *chip, struct detect_regions *regions)
{
    uint32_t first = chip_family(chip)->first_ram, size = first ? first : chip->ram_size;

    if (size)
        add(regions, &(struct target_region){"sram", REGION_RAM, chip->ram_base, size, 0, 0});
    else
        add(regions,
            &(struct target_region){"sram", REGION_DEVICE, chip->ram_base, 0x02000000, 0, 0});
}

/* The boot loader of the F1 ends at the option bytes; where it begins differs (AN2606). */
static void add_f1_system_memory(const struct chip *chip, struct detect_regions *regions)
{
    enum { CONNECTIVITY_LINE = 0x418, OPTION_BYTES = 0x1FFFF800 };
    uint32_t start = chip->family == CHIP_F1_XL          ? 0x1FFFE000
                     : chip->dev_id == CONNECTIVITY_LINE ? 0x1FFFB000
                                                         : 0x1FFFF000;

    add(regions,
        &(struct target_region){"system memory", REGION_ROM, start, OPTION_BYTES - start, 0, 0});
}

static void map_of_architecture(struct detect_regions *regions)
{
    static const struct target_region map[] = {
        {"code", REGION_DEVICE, 0x00000000, 0x20000000, 0, 0},
        {"sram", REGION_RAM, 0x20000000, 0x20000000, 0, 0},
        {"peripherals", REGION_DEVICE, 0x40000000, 0x20000000, 0, 0},
        {"external memory", REGION_DEVICE, 0x60000000, 0x80000000, 0, 0},
        {"private peripherals", REGION_DEVICE, 0xE0000000, 0x20000000, 0, 0},
    };

    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        add(regions, &map[i]);
}

const struct target_region *detect_region_at(const struct detect_regions *regions, uint32_t address)
{
    for (size_t i = 0; i < regions->count; i++)
        if (address - regions->items[i].start < regions->items[i].size)
            return &regions->items[i];
    return NULL;
}

void detect_map(const struct chip *chip, uint32_t flash_size, bool two_banks,
                struct detect_regions *regions)
{
    regions->count = 0;
    if (!chip || chip->family == CHIP_NO_FLASH) {
        map_of_architecture(regions);
        return;
    }
    add_flash(chip, flash_size, two_banks, regions);
    add_eeprom(chip, regions);
    if (!add_ram_parts(chip, flash_size, regions))
        add_ram(chip, regions);
    uint32_t map = map_of(chip);
    for (size_t i = 0; i < sizeof more_ram / sizeof more_ram[0]; i++)
        if (more_ram[i].dev_id == chip->dev_id) {
            add(regions, &more_ram[i].region);
            map &= ~(uint32_t)MAP_CODE_RAM;
        }
    if (map & MAP_SYSTEM_F1)
        add_f1_system_memory(chip, regions);
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
        if (areas[i].maps == EVERY_MAP || areas[i].maps & map)
            add(regions, &areas[i].region);
}

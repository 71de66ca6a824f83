/* SPDX-License-Identifier: MIT */
/* The private peripheral bus, E0000000 to E00FFFFF: units, their identification (DDI 0403
 * appendix B) and the ROM table. */
#include "sim/cpu/system_internal.h"

enum {
    UNIT_SIZE = 0x1000,
    ID_FIRST = 0xFD0, /* PIDR4..7, PIDR0..3, CIDR0..3 */
    CLASS_ROM = 0x1,
    CLASS_CORESIGHT = 0x9,
    CLASS_GENERIC = 0xE,
    JEP106_ARM = 4 << 8 | 0x3B,
    ROM_PRESENT = 3, /* entry of 32 bits, component present */
    ROM_MEMTYPE = 0xFCC,
    DEVARCH = 0xFBC,
    DEVTYPE = 0xFCC,
};

#define SCS_STIR 0xE000EF00u
#define ITM_STIMULUS 0xE0000000u
#define ITM_STIMULUS_SIZE 0x80u
#define EXTERNAL_PPB 0xE0040000u

static uint32_t read_nothing(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    return 0;
}

static void write_nothing(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                          bool debugger)
{
}

struct unit {
    uint32_t base;
    uint16_t part;
    uint8_t class;
    uint8_t revision_r1, revision_r2; /* by the major revision of the core */
    bool traced; /* dead while DEMCR.TRCENA is 0: reads as zero, identification included */
    uint32_t (*read)(struct sim_cpu *cpu, uint32_t offset, bool debugger);
    void (*write)(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                  bool debugger);
};

/* A ROM table: addresses of components, up to 0. */
enum { ROM_ENTRIES = 8 };
struct rom_table {
    uint32_t base;
    uint16_t part; /* Arm's; 0: the table is the chip's, by the integration */
    uint32_t entries[ROM_ENTRIES];
};

/* DEVARCH and DEVTYPE of a unit: what tells those of newer cores apart. */
struct architecture {
    uint32_t base, devarch;
    uint8_t devtype;
};

/* What a kind of core has; all end with an empty row. */
struct ppb {
    const struct unit *units;
    const struct rom_table *roms;
    const struct architecture *architectures;
};

static const struct unit m3_units[] = {
    {0xE000E000, 0x000, CLASS_GENERIC, 1, 0, false, sim_scs_read, sim_scs_write},
    {0xE0001000, 0x002, CLASS_GENERIC, 1, 3, true, sim_dwt_read, sim_dwt_write},
    {0xE0002000, 0x003, CLASS_GENERIC, 0, 2, false, sim_fpb_read, sim_fpb_write},
    {0xE0000000, 0x001, CLASS_GENERIC, 1, 3, true, sim_itm_read, sim_itm_write},
    {0xE0040000, 0x923, CLASS_CORESIGHT, 1, 3, true, sim_tpiu_read, sim_tpiu_write},
    {0xE0041000, 0x924, CLASS_CORESIGHT, 1, 3, true, sim_etm_read, sim_etm_write},
    {0},
};

static const struct unit m4_units[] = {
    {0xE000E000, 0x00C, CLASS_GENERIC, 0, 0, false, sim_scs_read, sim_scs_write},
    {0xE0001000, 0x002, CLASS_GENERIC, 3, 3, true, sim_dwt_read, sim_dwt_write},
    {0xE0002000, 0x003, CLASS_GENERIC, 2, 2, false, sim_fpb_read, sim_fpb_write},
    {0xE0000000, 0x001, CLASS_GENERIC, 3, 3, true, sim_itm_read, sim_itm_write},
    {0xE0040000, 0x9A1, CLASS_CORESIGHT, 0, 0, true, sim_tpiu_read, sim_tpiu_write},
    {0xE0041000, 0x925, CLASS_CORESIGHT, 0, 0, true, sim_etm_read, sim_etm_write},
    {0},
};

static const struct unit m0_units[] = {
    {0xE000E000, 0x008, CLASS_GENERIC, 0, 0, false, sim_scs_read, sim_scs_write},
    {0xE0001000, 0x00A, CLASS_GENERIC, 0, 0, true, sim_dwt_read, sim_dwt_write},
    {0xE0002000, 0x00B, CLASS_GENERIC, 0, 0, false, sim_fpb_read, sim_fpb_write},
    {0},
};

/* Of ETM and CTI there is the identification alone. */
/* clang-format off */
#define M7_UNITS                                                                        \
    {0xE000E000, 0x00C, CLASS_GENERIC, 0, 0, false, sim_scs_read, sim_scs_write},       \
    {0xE0001000, 0x002, CLASS_GENERIC, 0, 0, true, sim_dwt_read, sim_dwt_write},        \
    {0xE0002000, 0x00E, CLASS_GENERIC, 0, 0, false, sim_fpb_read, sim_fpb_write},       \
    {0xE0000000, 0x001, CLASS_GENERIC, 0, 0, true, sim_itm_read, sim_itm_write},        \
    {0xE0041000, 0x975, CLASS_CORESIGHT, 0, 0, true, read_nothing, write_nothing}
/* clang-format on */
static const struct unit m7_units[] = {
    M7_UNITS,
    {0xE0040000, 0x9A9, CLASS_CORESIGHT, 0, 0, true, sim_tpiu_read, sim_tpiu_write},
    {0},
};
/* As H7 has it, whose TPIU is elsewhere. */
static const struct unit m7_units_with_cti[] = {
    M7_UNITS,
    {0xE0043000, 0x906, CLASS_CORESIGHT, 0, 0, false, read_nothing, write_nothing},
    {0},
};

/* As logs of an STM32U585 show them: one part, told apart by DEVARCH. Of ETM and CTI there is the
 * identification alone. */
static const struct unit m33_units[] = {
    {0xE000E000, 0xD21, CLASS_CORESIGHT, 0, 0, false, sim_scs_read, sim_scs_write},
    {0xE0001000, 0xD21, CLASS_CORESIGHT, 0, 0, true, sim_dwt_read, sim_dwt_write},
    {0xE0002000, 0xD21, CLASS_CORESIGHT, 0, 0, false, sim_fpb_read, sim_fpb_write},
    {0xE0000000, 0xD21, CLASS_CORESIGHT, 0, 0, true, sim_itm_read, sim_itm_write},
    {0xE0040000, 0xD21, CLASS_CORESIGHT, 0, 0, true, sim_tpiu_read, sim_tpiu_write},
    {0xE0041000, 0xD21, CLASS_CORESIGHT, 0, 0, true, read_nothing, write_nothing},
    {0xE0042000, 0xD21, CLASS_CORESIGHT, 0, 0, false, read_nothing, write_nothing},
    {0},
};
static const struct architecture m33_architectures[] = {
    {0xE000E000, 0x47702A04, 0x00},
    {0xE0001000, 0x47701A02, 0x00},
    {0xE0002000, 0x47701A03, 0x00},
    {0xE0000000, 0x47701A01, 0x43},
    {0xE0041000, 0x47724A13, 0x13},
    {0xE0042000, 0x47701A14, 0x14},
    {0},
};

static const struct architecture no_architectures[] = {{0}};

static const struct rom_table m3_roms[] = {
    {0xE00FF000, 0, {0xE000E000, 0xE0001000, 0xE0002000, 0xE0000000, 0xE0040000, 0xE0041000}},
    {0},
};
static const struct rom_table m0_roms[] = {
    {0xE00FF000, 0, {0xE000E000, 0xE0001000, 0xE0002000}},
    {0},
};
/* The chip's table leads to the processor's, that to the core's: as logs of STM32F746 and H750 show
 * them. */
static const struct rom_table m7_roms[] = {
    {0xE00FD000, 0, {0xE00FE000, 0xE0040000}},
    {0xE00FE000, 0x4C8, {0xE00FF000, 0xE0041000}},
    {0xE00FF000, 0x4C7, {0xE000E000, 0xE0001000, 0xE0002000, 0xE0000000}},
    {0},
};
static const struct rom_table m7_roms_with_cti[] = {
    {0xE00FE000, 0, {0xE00FF000, 0xE0041000, 0xE0043000}},
    {0xE00FF000, 0x4C7, {0xE000E000, 0xE0001000, 0xE0002000, 0xE0000000}},
    {0},
};

/* The chip's table leads to the core's, to TPIU and to DBGMCU. */
static const struct rom_table m33_roms[] = {
    {0xE00FE000, 0, {0xE00FF000, 0xE0040000, 0xE0044000}},
    {0xE00FF000, 0x4C9, {0xE000E000, 0xE0001000, 0xE0002000, 0xE0000000, 0xE0041000, 0xE0042000}},
    {0},
};

static struct ppb ppb_of(const struct sim_cpu *cpu)
{
    if (!cpu->model->armv7m)
        return (struct ppb){m0_units, m0_roms, no_architectures};
    if (cpu->model->m7)
        return cpu->integration->cti
                   ? (struct ppb){m7_units_with_cti, m7_roms_with_cti, no_architectures}
                   : (struct ppb){m7_units, m7_roms, no_architectures};
    if (cpu->model->armv8m)
        return (struct ppb){m33_units, m33_roms, m33_architectures};
    return (struct ppb){cpu->model->dsp ? m4_units : m3_units, m3_roms, no_architectures};
}

static const struct unit *find(const struct sim_cpu *cpu, uint32_t address)
{
    for (const struct unit *unit = ppb_of(cpu).units; unit->base; unit++)
        if (address - unit->base < UNIT_SIZE)
            return unit;
    return NULL;
}

/* Or NULL. */
static const struct architecture *architecture_of(const struct sim_cpu *cpu, uint32_t base)
{
    for (const struct architecture *row = ppb_of(cpu).architectures; row->base; row++)
        if (row->base == base)
            return row;
    return NULL;
}

static const struct rom_table *find_rom(const struct sim_cpu *cpu, uint32_t address)
{
    for (const struct rom_table *rom = ppb_of(cpu).roms; rom->base; rom++)
        if (address - rom->base < UNIT_SIZE)
            return rom;
    return NULL;
}

/* One byte of identification in a word each. */
static uint32_t identification(uint32_t offset, uint16_t designer, uint16_t part, uint8_t revision,
                               uint8_t class)
{
    const uint8_t bytes[12] = {
        (uint8_t)(designer >> 8),
        0,
        0,
        0, /* PIDR4: JEP106 continuation code, 4 KiB */
        (uint8_t)part,
        (uint8_t)((designer & 0xF) << 4 | part >> 8),
        (uint8_t)(revision << 4 | 1u << 3 | (designer >> 4 & 7)),
        0,
        0x0D,
        (uint8_t)(class << 4),
        0x05,
        0xB1,
    };

    return bytes[(offset - ID_FIRST) / 4];
}

static uint32_t read_rom_table(const struct sim_cpu *cpu, const struct rom_table *rom,
                               uint32_t offset)
{
    const struct sim_integration *chip = cpu->integration;

    if (offset >= ID_FIRST)
        return identification(offset, rom->part ? JEP106_ARM : chip->rom_designer,
                              rom->part ? rom->part : chip->rom_part, 0, CLASS_ROM);
    if (offset == ROM_MEMTYPE)
        return 1;
    if (offset / 4 >= ROM_ENTRIES || !rom->entries[offset / 4])
        return 0;
    return (rom->entries[offset / 4] - rom->base) | ROM_PRESENT;
}

static bool is_dead(const struct sim_cpu *cpu, const struct unit *unit)
{
    return unit->traced && !(cpu->debug->demcr & SIM_DEMCR_TRCENA);
}

static uint32_t read_unit(struct sim_cpu *cpu, const struct unit *unit, uint32_t offset,
                          bool debugger)
{
    bool r1 = (cpu->model->cpuid >> 20 & 0xF) < 2;

    if (is_dead(cpu, unit))
        return 0;
    if (offset >= ID_FIRST)
        return identification(offset, JEP106_ARM, unit->part,
                              r1 ? unit->revision_r1 : unit->revision_r2, unit->class);
    const struct architecture *architecture = architecture_of(cpu, unit->base);
    if (architecture && offset == DEVARCH)
        return architecture->devarch;
    if (architecture && offset == DEVTYPE)
        return architecture->devtype;
    return unit->read(cpu, offset, debugger);
}

/* Unprivileged programs get a bus error, but for STIR if CCR allows (B3.1.1) and the stimulus ports
 * of ITM, which judges itself (C1.7.2). */
static bool may_access(const struct sim_cpu *cpu, uint32_t address, bool debugger)
{
    return debugger || sim_is_privileged(cpu) || address - ITM_STIMULUS < ITM_STIMULUS_SIZE ||
           (address == SCS_STIR && cpu->system->ccr & SIM_CCR_USERSETMPEND);
}

bool sim_ppb_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value,
                  bool debugger)
{
    const struct unit *unit = find(cpu, address);
    const struct rom_table *rom = find_rom(cpu, address);
    unsigned shift = 8 * (address & 3);
    uint32_t word;

    if (!may_access(cpu, address, debugger))
        return false;
    if (unit)
        word = read_unit(cpu, unit, address & (UNIT_SIZE - 4), debugger);
    else if (rom)
        word = read_rom_table(cpu, rom, address & (UNIT_SIZE - 4));
    else
        return address >= EXTERNAL_PPB &&
               cpu->bus->read(cpu->bus->board, address, width, value, debugger);
    *value = (word >> shift) & (width == 4 ? UINT32_MAX : (1u << 8 * width) - 1);
    return true;
}

bool sim_ppb_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value,
                   bool debugger)
{
    const struct unit *unit = find(cpu, address);
    unsigned shift = 8 * (address & 3);
    uint32_t lanes = (width == 4 ? UINT32_MAX : (1u << 8 * width) - 1) << shift;

    if (!may_access(cpu, address, debugger))
        return false;
    if (!unit)
        return find_rom(cpu, address) ||
               (address >= EXTERNAL_PPB &&
                cpu->bus->write(cpu->bus->board, address, width, value, debugger));
    if (!is_dead(cpu, unit))
        unit->write(cpu, address & (UNIT_SIZE - 4), value << shift, lanes, debugger);
    if (debugger)
        sim_cpu_reset_if_due(cpu);
    return true;
}

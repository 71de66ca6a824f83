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
};

#define ROM_TABLE 0xE00FF000u
#define SCS_STIR 0xE000EF00u
#define EXTERNAL_PPB 0xE0040000u

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

/* In the order of the ROM table. */
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

static const struct unit *units_of(const struct sim_cpu *cpu)
{
    if (!cpu->model->armv7m)
        return m0_units;
    return cpu->model->dsp ? m4_units : m3_units;
}

static const struct unit *find(const struct sim_cpu *cpu, uint32_t address)
{
    for (const struct unit *unit = units_of(cpu); unit->base; unit++)
        if (address - unit->base < UNIT_SIZE)
            return unit;
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

static uint32_t read_rom_table(const struct sim_cpu *cpu, uint32_t offset)
{
    const struct unit *unit = units_of(cpu);

    if (offset >= ID_FIRST)
        return identification(offset, cpu->integration->rom_designer, cpu->integration->rom_part, 0,
                              CLASS_ROM);
    if (offset == ROM_MEMTYPE)
        return 1;
    for (uint32_t at = 0; unit->base; unit++, at += 4)
        if (at == offset)
            return (unit->base - ROM_TABLE) | ROM_PRESENT;
    return 0;
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
    return unit->read(cpu, offset, debugger);
}

/* Unprivileged programs get a bus error, but for STIR if CCR allows (B3.1.1). */
static bool may_access(const struct sim_cpu *cpu, uint32_t address, bool debugger)
{
    return debugger || sim_is_privileged(cpu) ||
           (address == SCS_STIR && cpu->system->ccr & SIM_CCR_USERSETMPEND);
}

bool sim_ppb_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value,
                  bool debugger)
{
    const struct unit *unit = find(cpu, address);
    unsigned shift = 8 * (address & 3);
    uint32_t word;

    if (!may_access(cpu, address, debugger))
        return false;
    if (unit)
        word = read_unit(cpu, unit, address & (UNIT_SIZE - 4), debugger);
    else if (address - ROM_TABLE < UNIT_SIZE)
        word = read_rom_table(cpu, address & (UNIT_SIZE - 4));
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
        return address - ROM_TABLE < UNIT_SIZE ||
               (address >= EXTERNAL_PPB &&
                cpu->bus->write(cpu->bus->board, address, width, value, debugger));
    if (!is_dead(cpu, unit))
        unit->write(cpu, address & (UNIT_SIZE - 4), value << shift, lanes, debugger);
    if (debugger)
        sim_cpu_reset_if_due(cpu);
    return true;
}

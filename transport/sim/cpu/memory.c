/* SPDX-License-Identifier: MIT */
/* Memory as instructions see it: windows for speed, alignment, bit-band, private peripherals
 * (DDI 0403 A3.2, B3.1; bit-band: Cortex-M3 TRM 4.2). */
#include "sim/cpu/system_internal.h"

#include "base/bytes.h"

static inline bool is_ppb(uint32_t address)
{
    return address >> 20 == 0xE00;
}

/* The aliases of the first MiB of SRAM and peripherals; Armv6-M, Armv8-M and Cortex-M7 have none.
 */
static inline bool is_bitband(const struct sim_cpu *cpu, uint32_t address)
{
    return (address >> 25 == 0x11 || address >> 25 == 0x21) && cpu->model->armv7m &&
           !cpu->model->armv8m && !cpu->model->m7;
}

/* XN by the default memory map (B3.1): peripherals, and all from 0xA0000000 on. */
static inline bool is_execute_never(uint32_t address)
{
    return address >> 29 == 2 || address >= 0xA0000000;
}

/* --- bit-band --- */

struct bit {
    uint32_t address; /* of the access that holds it, as wide as that to the alias */
    unsigned shift;
};

static struct bit bit_behind(uint32_t alias, unsigned width)
{
    uint32_t offset = (alias & 0x01FFFFFF) >> 5;
    uint32_t in_access = offset & (width - 1);

    return (struct bit){
        .address = (alias & 0xF0000000) + offset - in_access,
        .shift = 8 * in_access + (alias >> 2 & 7),
    };
}

static bool read_bit(struct sim_cpu *cpu, uint32_t alias, unsigned width, uint32_t *value,
                     bool debugger)
{
    struct bit bit = bit_behind(alias, width);

    if (!cpu->bus->read(cpu->bus->board, bit.address, width, value, debugger))
        return false;
    *value = *value >> bit.shift & 1;
    return true;
}

static bool write_bit(struct sim_cpu *cpu, uint32_t alias, unsigned width, uint32_t value,
                      bool debugger)
{
    struct bit bit = bit_behind(alias, width);
    uint32_t whole;

    if (!cpu->bus->read(cpu->bus->board, bit.address, width, &whole, debugger))
        return false;
    whole = (whole & ~(1u << bit.shift)) | (value & 1) << bit.shift;
    return cpu->bus->write(cpu->bus->board, bit.address, width, whole, debugger);
}

/* --- the debugger --- */

bool sim_cpu_debug_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    if (is_ppb(address))
        return sim_ppb_read(cpu, address, width, value, true);
    if (is_bitband(cpu, address))
        return read_bit(cpu, address, width, value, true);
    if (cpu->debug_cacheable && sim_cache_debug_read(cpu, address, width, value))
        return true;
    return cpu->bus->read(cpu->bus->board, address, width, value, true);
}

bool sim_cpu_debug_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    if (is_ppb(address))
        return sim_ppb_write(cpu, address, width, value, true);
    if (is_bitband(cpu, address))
        return write_bit(cpu, address, width, value, true);
    if (cpu->debug_cacheable && sim_cache_debug_write(cpu, address, width, value))
        return true;
    return cpu->bus->write(cpu->bus->board, address, width, value, true);
}

bool sim_cpu_ppb_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    return sim_ppb_read(cpu, address, width, value, true);
}

bool sim_cpu_ppb_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    return sim_ppb_write(cpu, address, width, value, true);
}

/* --- the core --- */

static inline bool is_watched(const struct sim_cpu *cpu, uint32_t address)
{
    const struct sim_debug *debug = cpu->debug;

    return debug->watches && address >= debug->watch_first && address <= debug->watch_last;
}

static inline uint8_t *plain(const struct sim_cpu *cpu, uint32_t address, unsigned width,
                             bool write)
{
    const struct sim_window *window = cpu->bus->windows;

    for (unsigned i = 0; i < SIM_WINDOWS; i++, window++) {
        uint32_t offset = address - window->start;
        if (offset < window->size && window->size - offset >= width)
            return write && !window->writable ? NULL : window->memory + offset;
    }
    return NULL;
}

static inline uint32_t get(const uint8_t *memory, unsigned width)
{
    return width == 4 ? get_le32(memory) : width == 2 ? get_le16(memory) : *memory;
}

static inline void put(uint8_t *memory, unsigned width, uint32_t value)
{
    if (width == 4)
        put_le32(memory, value);
    else if (width == 2)
        put_le16(memory, (uint16_t)value);
    else
        *memory = (uint8_t)value;
}

static bool read_beyond(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    if (is_ppb(address))
        return sim_ppb_read(cpu, address, width, value, false);
    if (is_bitband(cpu, address))
        return read_bit(cpu, address, width, value, false);
    return cpu->bus->read(cpu->bus->board, address, width, value, false);
}

static bool write_beyond(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    if (is_ppb(address))
        return sim_ppb_write(cpu, address, width, value, false);
    if (is_bitband(cpu, address))
        return write_bit(cpu, address, width, value, false);
    return cpu->bus->write(cpu->bus->board, address, width, value, false);
}

static bool read_uncached(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    const uint8_t *memory = plain(cpu, address, width, false);

    if (!memory)
        return read_beyond(cpu, address, width, value);
    *value = get(memory, width);
    return true;
}

static bool write_uncached(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    uint8_t *memory = plain(cpu, address, width, true);

    if (!memory)
        return write_beyond(cpu, address, width, value);
    put(memory, width, value);
    return true;
}

static bool write_cached(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    bool through;

    return sim_cache_write(cpu, address, width, value, &through) &&
           (!through || write_uncached(cpu, address, width, value));
}

bool sim_data_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    bool cached = cpu->dcache_on && sim_cache_covers(cpu, address);

    if (!(cached ? sim_cache_read : read_uncached)(cpu, address, width, value))
        return false;
    if (is_watched(cpu, address))
        sim_dwt_data(cpu, address, width, *value, false);
    return true;
}

bool sim_data_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    bool cached = cpu->dcache_on && sim_cache_covers(cpu, address);

    if (!(cached ? write_cached : write_uncached)(cpu, address, width, value))
        return false;
    if (is_watched(cpu, address))
        sim_dwt_data(cpu, address, width, value, true);
    return true;
}

/* CCR.BFHFNMIGN lets handlers at priority -1 and -2 probe addresses (B3.2.8). */
static bool ignores_bus_faults(const struct sim_cpu *cpu)
{
    return cpu->system->ccr & SIM_CCR_BFHFNMIGN && sim_nvic_execution_priority(cpu, true) < 0;
}

/* ACTLR.DISDEFWBUF turns the write buffer off; the private peripherals are never buffered. */
static bool is_buffered(const struct sim_cpu *cpu, uint32_t address)
{
    return cpu->model->armv7m && !is_ppb(address) && !(cpu->system->actlr & 2);
}

static bool is_forbidden(struct sim_cpu *cpu, uint32_t address, enum sim_access access)
{
    if (!cpu->mpu_on || !sim_mpu_forbids(cpu, address, access, sim_is_privileged(cpu)))
        return false;
    sim_fault(cpu, access == SIM_ACCESS_EXECUTE ? SIM_FAULT_IACCVIOL : SIM_FAULT_DACCVIOL, address);
    return true;
}

static bool load(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    if (is_forbidden(cpu, address, SIM_ACCESS_READ))
        return false;
    if (sim_data_read(cpu, address, width, value))
        return true;
    *value = 0;
    if (ignores_bus_faults(cpu))
        return true;
    sim_fault(cpu, SIM_FAULT_PRECISERR, address);
    return false;
}

static bool store(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    if (is_forbidden(cpu, address, SIM_ACCESS_WRITE))
        return false;
    if (sim_data_write(cpu, address, width, value) || ignores_bus_faults(cpu))
        return true;
    if (is_buffered(cpu, address)) {
        sim_fault(cpu, SIM_FAULT_IMPRECISERR, address);
        return true;
    }
    sim_fault(cpu, SIM_FAULT_PRECISERR, address);
    return false;
}

static bool traps_unaligned(const struct sim_cpu *cpu)
{
    return !cpu->model->armv7m || cpu->system->ccr & SIM_CCR_UNALIGN_TRP;
}

static bool fault_unaligned(struct sim_cpu *cpu, uint32_t address)
{
    sim_fault(cpu, SIM_FAULT_UNALIGNED, address);
    return false;
}

static bool load_bytes(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    uint32_t result = 0, byte;

    if (traps_unaligned(cpu))
        return fault_unaligned(cpu, address);
    for (unsigned i = 0; i < width; i++) {
        if (!load(cpu, address + i, 1, &byte))
            return false;
        result |= byte << 8 * i;
    }
    *value = result;
    return true;
}

static bool store_bytes(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    if (traps_unaligned(cpu))
        return fault_unaligned(cpu, address);
    for (unsigned i = 0; i < width; i++)
        if (!store(cpu, address + i, 1, value >> 8 * i & 0xFF))
            return false;
    return true;
}

bool sim_load(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    return address & (width - 1) ? load_bytes(cpu, address, width, value)
                                 : load(cpu, address, width, value);
}

bool sim_store(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    return address & (width - 1) ? store_bytes(cpu, address, width, value)
                                 : store(cpu, address, width, value);
}

bool sim_load_aligned(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    return address & (width - 1) ? fault_unaligned(cpu, address) : load(cpu, address, width, value);
}

bool sim_store_aligned(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    return address & (width - 1) ? fault_unaligned(cpu, address)
                                 : store(cpu, address, width, value);
}

bool sim_fetch(struct sim_cpu *cpu, uint32_t address, uint16_t *half)
{
    const uint8_t *memory = plain(cpu, address, 2, false);
    uint32_t value;

    if (is_forbidden(cpu, address, SIM_ACCESS_EXECUTE))
        return false;
    if (cpu->icache_on && sim_cache_covers(cpu, address) && sim_cache_fetch(cpu, address, half))
        return true;
    if (memory) {
        *half = get_le16(memory);
        return true;
    }
    if (is_execute_never(address)) {
        sim_fault(cpu, SIM_FAULT_IACCVIOL, address);
        return false;
    }
    if (is_bitband(cpu, address) || !cpu->bus->read(cpu->bus->board, address, 2, &value, false)) {
        sim_fault(cpu, SIM_FAULT_IBUSERR, address);
        return false;
    }
    *half = (uint16_t)value;
    return true;
}

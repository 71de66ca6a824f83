/* SPDX-License-Identifier: MIT */
/* The bus of the STM32F103C8: what answers at which address (RM0008, 3.3; data sheet, figure 11).
 * What nobody answers is a bus error. */
#include <string.h>

#include "base/bytes.h"
#include "sim/board/board_internal.h"

enum {
    FLASH_START = 0x08000000,
    SYSTEM_START = 0x1FFFF000,
    OPTION_START = 0x1FFFF800,
    SRAM_START = 0x20000000,
    AHB_START = 0x40018000
};

#define DBGMCU_START 0xE0042000u

const struct sim_peripheral sim_peripherals[] = {
    {"TIM2", 0x40000000, &sim_device_tim2, 0, {SIM_APB1, 0}},
    {"AFIO", 0x40010000, &sim_device_afio, 0, {SIM_APB2, 0}},
    {"GPIOA", 0x40010800, &sim_device_gpio, 0, {SIM_APB2, 2}},
    {"GPIOB", 0x40010C00, &sim_device_gpio, 1, {SIM_APB2, 3}},
    {"GPIOC", 0x40011000, &sim_device_gpio, 2, {SIM_APB2, 4}},
    {"GPIOD", 0x40011400, &sim_device_gpio, 3, {SIM_APB2, 5}},
    {"GPIOE", 0x40011800, &sim_device_gpio, 4, {SIM_APB2, 6}},
    {"USART1", 0x40013800, &sim_device_usart1, 0, {SIM_APB2, 14}},
    {"RCC", 0x40021000, &sim_device_rcc, 0, {SIM_UNGATED, 0}},
    {"FLASH", 0x40022000, &sim_device_flash, 0, {SIM_UNGATED, 0}}, /* FLITFEN: asleep only */
    {"DBGMCU", DBGMCU_START, &sim_device_dbgmcu, 0, {SIM_UNGATED, 0}},
};
const size_t sim_peripheral_count = sizeof sim_peripherals / sizeof *sim_peripherals;
_Static_assert(sizeof sim_peripherals / sizeof *sim_peripherals <= SIM_PERIPHERALS_MAX,
               "misuses[] has one for each");

/* Peripherals that the chip has and the simulation has no model of. They read as 0 and ignore
 * writes, as those without a clock do (RM0008, 7.3.7). */
static const struct range {
    uint32_t start, end;
} unclocked[] = {
    {0x40000400, 0x40000C00}, /* TIM3, TIM4 */
    {0x40002800, 0x40003400}, /* RTC, WWDG, IWDG */
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40004400, 0x40004C00}, /* USART2, USART3 */
    {0x40005400, 0x40006800}, /* I2C, USB, bxCAN */
    {0x40006C00, 0x40007400}, /* BKP, PWR */
    {0x40010400, 0x40010800}, /* EXTI */
    {0x40012400, 0x40013400}, /* ADC, TIM1, SPI1 */
    {0x40020000, 0x40020400}, /* DMA1 */
    {0x40023000, 0x40023400}, /* CRC */
};

static bool is_unclocked(uint32_t address)
{
    for (size_t i = 0; i < sizeof unclocked / sizeof *unclocked; i++)
        if (address >= unclocked[i].start && address < unclocked[i].end)
            return true;
    return false;
}

/* --- memory --- */

/* What stands at 0 is main flash or the bootloader, as BOOT0 said at the last reset. */
static uint32_t unalias(const struct sim_board *board, uint32_t address)
{
    if (address < SIM_FLASH_SIZE && !board->chip.boots_system)
        return address + FLASH_START;
    if (address < SIM_SYSTEM_SIZE && board->chip.boots_system)
        return address + SYSTEM_START;
    return address;
}

static bool within(uint32_t address, uint32_t start, uint32_t size)
{
    return address - start < size;
}

static uint8_t *memory_at(struct sim_board *board, uint32_t address)
{
    struct sim_chip *chip = &board->chip;

    if (within(address, SRAM_START, SIM_SRAM_SIZE))
        return &chip->sram[address - SRAM_START];
    if (within(address, FLASH_START, SIM_FLASH_SIZE))
        return &chip->flash.main[address - FLASH_START];
    if (within(address, SYSTEM_START, SIM_SYSTEM_SIZE))
        return &chip->flash.system[address - SYSTEM_START];
    if (within(address, OPTION_START, SIM_OPTION_SIZE))
        return &chip->flash.options[address - OPTION_START];
    return NULL;
}

static uint32_t load(const uint8_t *from, unsigned width)
{
    return width == 4 ? get_le32(from) : width == 2 ? get_le16(from) : *from;
}

static void store(uint8_t *to, unsigned width, uint32_t value)
{
    if (width == 4)
        put_le32(to, value);
    else if (width == 2)
        put_le16(to, (uint16_t)value);
    else
        *to = (uint8_t)value;
}

uint64_t sim_map_busy_until(const struct sim_board *board, uint32_t address)
{
    address = unalias(board, address);
    if (within(address, FLASH_START, SIM_FLASH_SIZE) ||
        within(address, OPTION_START, SIM_OPTION_SIZE))
        return board->chip.flash.busy_until_ps;
    return 0;
}

/* An access to flash that is busy waits: PM0075, 2.3.3. The AHB-AP asked before. */
static void stall(struct sim_board *board, uint32_t address)
{
    uint64_t until = sim_map_busy_until(board, address);

    if (until == 0)
        return;
    sim_stall_core(board, until);
    sim_device_flash.sync(board, 0, until > sim_now_ps(board) ? until : sim_now_ps(board));
}

static struct sim_window window(uint32_t start, uint32_t size, uint8_t *memory, bool writable)
{
    return (struct sim_window){start, size, memory, writable};
}

void sim_map_update_windows(struct sim_board *board)
{
    struct sim_chip *chip = &board->chip;
    struct sim_window *windows = board->bus.windows;
    bool flash_free = chip->flash.busy_until_ps == 0 && !sim_flash_protected(board);
    uint32_t flash_size = flash_free ? SIM_FLASH_SIZE : 0;

    windows[0] = window(FLASH_START, flash_size, chip->flash.main, false);
    windows[1] = window(SRAM_START, SIM_SRAM_SIZE, chip->sram, true);
    windows[2] = window(SYSTEM_START, SIM_SYSTEM_SIZE, chip->flash.system, false);
    if (chip->boots_system)
        windows[3] = window(0, SIM_SYSTEM_SIZE, chip->flash.system, false);
    else
        windows[3] = window(0, flash_size, chip->flash.main, false);
}

/* --- peripherals --- */

static bool read_device(struct sim_board *board, uint32_t address, unsigned width, uint32_t *value)
{
    const struct sim_peripheral *device = sim_peripheral_at(board, address);
    uint32_t word = 0;

    if (!device && !is_unclocked(address))
        return false;
    if (device && !sim_peripheral_read(board, device, (address - device->base) & ~3u, &word))
        return false;
    word >>= (address & 3) * 8;
    *value = width == 4 ? word : word & ((1u << width * 8) - 1);
    return true;
}

/* What a register behind a bridge gets from a narrow write: the datum repeated over the bus
 * (RM0008, 3.1, note on AHB/APB bridges). */
static uint32_t replicate(unsigned width, uint32_t value)
{
    return width == 1 ? (value & 0xFF) * 0x01010101u : (value & 0xFFFF) * 0x00010001u;
}

static bool write_narrow(struct sim_board *board, const struct sim_peripheral *device,
                         uint32_t address, unsigned width, uint32_t value)
{
    uint32_t offset = (address - device->base) & ~3u, word;
    unsigned shift = (address & 3) * 8;
    uint32_t mask = ((1u << width * 8) - 1) << shift;

    if (address < AHB_START)
        return sim_peripheral_write(board, device, offset, replicate(width, value));
    if (!sim_peripheral_read(board, device, offset, &word))
        return false;
    return sim_peripheral_write(board, device, offset, (word & ~mask) | (value << shift & mask));
}

static bool write_device(struct sim_board *board, uint32_t address, unsigned width, uint32_t value)
{
    const struct sim_peripheral *device = sim_peripheral_at(board, address);

    if (!device)
        return is_unclocked(address);
    if (width == 4)
        return sim_peripheral_write(board, device, address - device->base, value);
    return write_narrow(board, device, address, width, value);
}

/* --- the bus --- */

static bool read_bus(struct sim_board *board, uint32_t address, unsigned width, uint32_t *value)
{
    address = unalias(board, address);
    const uint8_t *memory = memory_at(board, address);
    if (!memory)
        return read_device(board, address, width, value);
    stall(board, address);
    if (within(address, FLASH_START, SIM_FLASH_SIZE) && !sim_flash_readable(board))
        return false;
    *value = load(memory, width);
    return true;
}

static bool write_bus(struct sim_board *board, uint32_t address, unsigned width, uint32_t value)
{
    address = unalias(board, address);
    uint8_t *memory = memory_at(board, address);
    if (!memory)
        return write_device(board, address, width, value);
    if (within(address, SRAM_START, SIM_SRAM_SIZE)) {
        store(memory, width, value);
        return true;
    }
    stall(board, address);
    if (within(address, FLASH_START, SIM_FLASH_SIZE))
        return sim_flash_write(board, address - FLASH_START, width, value);
    if (within(address, OPTION_START, SIM_OPTION_SIZE))
        return sim_option_write(board, address - OPTION_START, width, value);
    return false; /* system memory is read-only */
}

/* While NRST is low the bus matrix is in reset; only the debug part of the core lives. */
static bool bus_dead(const struct sim_board *board, uint32_t address)
{
    return board->nrst_low && address != DBGMCU_START;
}

bool sim_map_read(void *user, uint32_t address, unsigned width, uint32_t *value, bool debugger)
{
    struct sim_board *board = user;

    if (bus_dead(board, address & ~7u))
        return false;
    board->chip.debugger = debugger;
    return read_bus(board, address, width, value);
}

bool sim_map_write(void *user, uint32_t address, unsigned width, uint32_t value, bool debugger)
{
    struct sim_board *board = user;

    if (bus_dead(board, address & ~7u))
        return false;
    board->chip.debugger = debugger;
    return write_bus(board, address, width, value);
}

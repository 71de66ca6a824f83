/* SPDX-License-Identifier: MIT */
/* The system side of the STM32WL (RM0453): power control with the bit that lets the second core go,
 * the clocks that a program starts by, and a flash that can be read but not programmed yet. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/rcc_internal.h"

/* --- PWR (6.6) --- */

enum { PWR_CR4 = 0x0C, PWR_WORDS = 0x24 / 4 };
#define CR1_RESET 0x00000200u
#define CR3_RESET 0x00008000u
#define CR4_C2BOOT (1u << 15)

struct pwr {
    uint32_t registers[PWR_WORDS];
};

static bool read_pwr(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct pwr *pwr = part->state;

    *value = offset / 4 < PWR_WORDS ? pwr->registers[offset / 4] : 0;
    return true;
}

static bool write_pwr(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct pwr *pwr = part->state;

    if (offset / 4 >= PWR_WORDS)
        return true;
    if (offset == PWR_CR4) /* cleared by a reset alone */
        value |= pwr->registers[offset / 4] & CR4_C2BOOT;
    pwr->registers[offset / 4] = value;
    return true;
}

static void reset_pwr(struct sim_part *part)
{
    *(struct pwr *)part->state = (struct pwr){.registers = {CR1_RESET, 0, CR3_RESET}};
}

const struct sim_device sim_device_wl_pwr = {
    .state_size = sizeof(struct pwr),
    .read = read_pwr,
    .write = write_pwr,
    .reset = reset_pwr,
};

bool sim_wl_core2_booted(const struct sim_board *board)
{
    const struct pwr *pwr = sim_part_of(board, &sim_device_wl_pwr)->state;

    return pwr->registers[PWR_CR4 / 4] & CR4_C2BOOT;
}

/* --- RCC (7.4): MSI at 4 MHz, HSI16, HSE32; no PLL --- */

enum { SW_MSI, SW_HSI16, SW_HSE };
#define CSR_BORRSTF (1u << 27)

static const struct sim_rcc_family rcc = {
    .cr = 0x00,
    .cfgr = 0x08,
    .bdcr = 0x90,
    .csr = 0x94,
    .cr_reset = 0x00000063,
    .cr_writable = 0x001F0BFD,
    .oscillators =
        {{.on = 1u << 0, .ready = 1u << 1, .is_source = true, .sw = SW_MSI, .khz = 4000},
         {.on = 1u << 8, .ready = 1u << 10, .is_source = true, .sw = SW_HSI16, .khz = 16000},
         {.on = 1u << 16, .ready = 1u << 17, .is_source = true, .sw = SW_HSE, .is_crystal = true}},
    .sw_bits = 2,
    .cfgr_writable = 0x7F003FF3,
    .hpre = 4,
    .ppre1 = 8,
    .ppre2 = 11,
    .bdcr_writable = 0x03008BFD,
    .csr_remove = 1u << 23,
    .csr_flags = 0xFE000000,
    .causes = {[SIM_CAUSE_POWER] = CSR_BORRSTF | CSR_PINRSTF,
               [SIM_CAUSE_PIN] = CSR_PINRSTF,
               [SIM_CAUSE_SOFTWARE] = CSR_SFTRSTF | CSR_PINRSTF},
    .plain = {{0x04, 0x04, .writable = UINT32_MAX}, {0x0C, 0x0C, .writable = UINT32_MAX}},
};
const struct sim_rcc_kind sim_wl_rcc = SIM_RCC(rcc);

/* --- FLASH (4.10): locked for good --- */

enum { ACR = 0x00, OPTR = 0x20 };
#define ACR_RESET 0x00000600u
#define CR_RESET 0xC0000000u
#define OPTR_FACTORY 0x3FFFF0AAu

static bool read_flash(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    *value = offset == OPTR ? OPTR_FACTORY : 0;
    (void)sim_flash_read(part, offset, value);
    return true;
}

static bool write_flash(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_flash *flash = part->state;

    if (offset == ACR)
        flash->acr = value;
    return true;
}

const struct sim_device sim_device_wl_flash = {
    .state_size = sizeof(struct sim_flash),
    .read = read_flash,
    .write = write_flash,
    .reset = sim_flash_reset,
};

static void make_factory(struct sim_board *board)
{
    put_le32(sim_memory_bytes(board, SIM_OPTIONS), OPTR_FACTORY);
}

static void load_options(struct sim_board *board, bool power_on)
{
    (void)board;
    (void)power_on;
}

static bool is_protected(const struct sim_board *board)
{
    (void)board;
    return false;
}

static void set_protection(struct sim_board *board, bool protect)
{
    (void)board;
    (void)protect;
}

static bool is_readable(const struct sim_board *board)
{
    (void)board;
    return true;
}

static bool refuse_write(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    (void)board, (void)kind, (void)offset, (void)width, (void)value;
    return false;
}

static const struct sim_flash_registers registers = {
    .acr = ACR,
    .keyr = 0x08,
    .sr = 0x10,
    .cr = 0x14,
    .acr_reset = ACR_RESET,
    .acr_writable = UINT32_MAX,
    .busy = 1u << 16,
    .done = 1u << 0,
    .lock = CR_RESET,
};

const struct sim_flash_kind sim_wl_flash = {
    .device = &sim_device_wl_flash,
    .registers = &registers,
    .factory = make_factory,
    .load_options = load_options,
    .is_protected = is_protected,
    .set_protection = set_protection,
    .readable = is_readable,
    .busy_until = sim_flash_busy_until,
    .write = refuse_write,
};

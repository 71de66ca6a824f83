/* SPDX-License-Identifier: MIT */
/* Option bytes of the STM32U5 (RM0456, 7.4 and 7.5) beyond what l4_options.c does: doors that stay
 * shut, where it starts, which bank is seen first. */
#include "sim/stm32/u5_flash_internal.h"

#define SR_BSY (1u << 16)
#define CR_OPTLOCK (1u << 30)
#define OPTR_SWAP_BANK (1u << 20)
#define OPTR_NSWBOOT0 (1u << 26)
#define OPTR_NBOOT0 (1u << 27)
#define OPTR_TZEN (1u << 31)
#define WRP_UNLOCK (1u << 31)
#define BOOTADD 0xFFFFFF80u

/* Without TrustZone nobody is secure who could write these. */
static bool is_secure(unsigned i)
{
    return i == SIM_U5_SECWM1R1 || i == SIM_U5_SECWM1R2 || i == SIM_U5_SECWM2R1 ||
           i == SIM_U5_SECWM2R2 || i == SIM_U5_SECBOOTADD0R;
}

static bool is_wrp(unsigned i)
{
    return i == SIM_U5_WRP1AR || i == SIM_U5_WRP1BR || i == SIM_U5_WRP2AR || i == SIM_U5_WRP2BR;
}

/* An area once locked stays as it is, and TrustZone on, until read protection ends. What was asked
 * for otherwise is forgotten. */
static bool may_become(struct sim_l4_flash *flash)
{
    uint32_t before = flash->in_force[SIM_U5_OPTR], *after = &flash->options[SIM_U5_OPTR];
    bool ends = (uint8_t)before != SIM_L4_RDP_OPEN && (uint8_t)*after == SIM_L4_RDP_OPEN;
    bool fine = true;

    for (unsigned i = 0; i < SIM_L4_OPTIONS && !ends; i++)
        if (is_wrp(i) && !(flash->in_force[i] & WRP_UNLOCK) &&
            flash->options[i] != flash->in_force[i]) {
            flash->options[i] = flash->in_force[i];
            fine = false;
        }
    if (!ends && before & ~*after & OPTR_TZEN) {
        *after |= OPTR_TZEN;
        fine = false;
    }
    return fine;
}

static void swap_halves(uint8_t *bytes, uint32_t half)
{
    for (uint32_t i = 0; i < half; i++) {
        uint8_t byte = bytes[i];
        bytes[i] = bytes[half + i];
        bytes[half + i] = byte;
    }
}

/* Where it starts: the pin or an option chooses one of two addresses (4.1). */
static void boot(struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;
    uint32_t optr = sim_l4_optr(board);
    bool second = optr & OPTR_NSWBOOT0 ? board->boot0 : !(optr & OPTR_NBOOT0);
    uint32_t address =
        flash->in_force[second ? SIM_U5_FIRST_BOOT + 1 : SIM_U5_FIRST_BOOT] & BOOTADD;
    const struct sim_memory *memory = sim_memory_at(board->chip, address);

    board->bus.initial_vtor = address;
    board->booted = memory ? memory->kind : SIM_SYSTEM;
}

void sim_u5_options_load(struct sim_board *board, bool power_on)
{
    struct sim_u5_flash *flash = board->flash->state;

    sim_l4_options_load(board, power_on);
    boot(board);
    bool swapped = sim_l4_two_banks(board) && sim_l4_optr(board) & OPTR_SWAP_BANK;
    if (swapped != flash->swapped)
        swap_halves(sim_memory_bytes(board, SIM_FLASH),
                    sim_memory_row(board->chip, SIM_FLASH)->size / 2);
    flash->swapped = swapped;
}

bool sim_u5_options_program(struct sim_board *board, bool *erases)
{
    return may_become(board->flash->state) && sim_l4_options_program(board, erases);
}

void sim_u5_option_write(struct sim_board *board, uint32_t offset, uint32_t value)
{
    struct sim_l4_flash *flash = board->flash->state;
    unsigned i;

    if (sim_l4_option_at(board, offset, &i) && !is_secure(i) && !(flash->common.cr & CR_OPTLOCK) &&
        !(flash->common.sr & SR_BSY))
        flash->options[i] = sim_l4_option_word(board, i, value);
}

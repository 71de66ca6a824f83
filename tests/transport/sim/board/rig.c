/* SPDX-License-Identifier: MIT */
#include "rig.h"

#include <stdio.h>

#define POWER_REQUEST (DP_CTRL_CDBGPWRUPREQ | DP_CTRL_CSYSPWRUPREQ)
enum { PATIENCE = 4000 };
enum { APB_AP = 0x54770002 }; /* it leads to debug units alone */
enum { OPTPG = 0x10, OPTER = 0x20, STRT = 0x40, OPTWRE = 0x200, PGERR = 4, WRPRTERR = 0x10 };

static uint32_t ap_select; /* of the access port that is used, as SELECT has it */

void rig_use_ap(struct sim_board *board, unsigned number)
{
    ap_select = number << 24;
    assert_int_equal(dp_write(board, DP_SELECT, ap_select), SWD_OK);
}

struct sim_board *rig_board(const char *spec)
{
    char err[256];
    struct sim_board *board = sim_board_create(spec, err, sizeof err);

    if (!board)
        fail_msg("%s", err);
    return board;
}

void rig_connect(struct sim_board *board)
{
    uint32_t value;

    sim_board_swd_line_reset(board);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
    assert_int_equal(dp_write(board, DP_ABORT, DP_ABORT_CLEAR_STICKY), SWD_OK);
    rig_use_ap(board, 0);
    assert_int_equal(dp_write(board, DP_CTRL_STAT, POWER_REQUEST), SWD_OK);
    assert_int_equal(dp_read(board, DP_CTRL_STAT, &value), SWD_OK);
    assert_int_equal(value & 0xF0000000, 0xF0000000);
    if (ap_register(board, AP_IDR) == APB_AP)
        rig_use_ap(board, 1);
}

struct sim_board *rig_connected(const char *spec)
{
    struct sim_board *board = rig_board(spec);

    rig_connect(board);
    return board;
}

struct sim_board *rig_halted(const char *spec)
{
    struct sim_board *board = rig_connected(spec);

    rig_halt(board);
    return board;
}

/* --- packets --- */

enum swd_ack dp_read(struct sim_board *board, uint8_t reg, uint32_t *value)
{
    *value = 0xDEADBEEF;
    return sim_board_swd(board, false, true, reg, value);
}

enum swd_ack dp_write(struct sim_board *board, uint8_t reg, uint32_t value)
{
    return sim_board_swd(board, false, false, reg, &value);
}

enum swd_ack ap_read(struct sim_board *board, uint8_t reg, uint32_t *value)
{
    *value = 0xDEADBEEF;
    return sim_board_swd(board, true, true, reg & 0xC, value);
}

enum swd_ack ap_write(struct sim_board *board, uint8_t reg, uint32_t value)
{
    return sim_board_swd(board, true, false, reg & 0xC, &value);
}

uint32_t ap_register(struct sim_board *board, uint8_t reg)
{
    uint32_t value;

    assert_int_equal(dp_write(board, DP_SELECT, ap_select | (reg & 0xF0)), SWD_OK);
    assert_int_equal(ap_read(board, reg, &value), SWD_OK);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_OK);
    assert_int_equal(dp_write(board, DP_SELECT, ap_select), SWD_OK);
    return value;
}

/* --- memory --- */

static enum swd_ack patient_rdbuff(struct sim_board *board, uint32_t *value)
{
    enum swd_ack ack = SWD_WAIT;

    for (int i = 0; i < PATIENCE && ack == SWD_WAIT; i++)
        ack = dp_read(board, DP_RDBUFF, value);
    if (ack == SWD_FAULT)
        assert_int_equal(dp_write(board, DP_ABORT, DP_ABORT_CLEAR_STICKY), SWD_OK);
    return ack;
}

static void address_to(struct sim_board *board, uint32_t address, unsigned width)
{
    uint32_t size = width == 4 ? AP_CSW_SIZE_32 : width == 2 ? AP_CSW_SIZE_16 : AP_CSW_SIZE_8;

    assert_int_equal(ap_write(board, AP_CSW, AP_CSW_PROT | size), SWD_OK);
    assert_int_equal(ap_write(board, AP_TAR, address), SWD_OK);
}

enum swd_ack mem_read(struct sim_board *board, uint32_t address, unsigned width, uint32_t *value)
{
    address_to(board, address, width);
    assert_int_equal(ap_read(board, AP_DRW, value), SWD_OK);
    enum swd_ack ack = patient_rdbuff(board, value);
    *value >>= (address & 3) * 8;
    if (width < 4)
        *value &= (1u << width * 8) - 1;
    return ack;
}

enum swd_ack mem_write(struct sim_board *board, uint32_t address, unsigned width, uint32_t value)
{
    uint32_t ignored;

    address_to(board, address, width);
    assert_int_equal(ap_write(board, AP_DRW, value << (address & 3) * 8), SWD_OK);
    return patient_rdbuff(board, &ignored);
}

uint32_t peek32(struct sim_board *board, uint32_t address)
{
    uint32_t value;

    assert_int_equal(mem_read(board, address, 4, &value), SWD_OK);
    return value;
}

uint32_t peek16(struct sim_board *board, uint32_t address)
{
    uint32_t value;

    assert_int_equal(mem_read(board, address, 2, &value), SWD_OK);
    return value;
}

void poke32(struct sim_board *board, uint32_t address, uint32_t value)
{
    assert_int_equal(mem_write(board, address, 4, value), SWD_OK);
}

void poke16(struct sim_board *board, uint32_t address, uint32_t value)
{
    assert_int_equal(mem_write(board, address, 2, value), SWD_OK);
}

void rig_clocks_on(struct sim_board *board)
{
    poke32(board, RCC_APB2ENR, 0x407D);
    poke32(board, RCC_APB1ENR, 1);
}

void rig_choose_at_zero(struct sim_board *board, uint32_t mode)
{
    poke32(board, SRAM_BASE, 0x600DCAFE);
    assert_int_equal(peek32(board, 0), 0xFFFFFFFF);
    poke32(board, mode, 3);
    assert_int_equal(peek32(board, 0), 0x600DCAFE);
    poke32(board, mode, 0);
    assert_int_equal(peek32(board, 0), 0xFFFFFFFF);
}

uint32_t rig_count_10_ms(struct sim_board *board)
{
    enum { TIM2_CR1 = 0x40000000, TIM2_CNT = 0x40000024 };

    poke32(board, TIM2_CR1, 1);
    uint32_t before = peek32(board, TIM2_CNT);
    sim_board_advance_us(board, 10000);
    return peek32(board, TIM2_CNT) - before;
}

/* --- core --- */

void rig_halt(struct sim_board *board)
{
    poke32(board, DHCSR, DHCSR_HALT);
    assert_true(peek32(board, DHCSR) & S_HALT);
}

void rig_system_reset(struct sim_board *board)
{
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
    sim_board_advance_us(board, 100);
    rig_halt(board);
}

uint32_t rig_register(struct sim_board *board, unsigned regsel)
{
    poke32(board, DCRSR, regsel);
    return peek32(board, DCRDR);
}

void rig_set_register(struct sim_board *board, unsigned regsel, uint32_t value)
{
    poke32(board, DCRDR, value);
    poke32(board, DCRSR, regsel | 1u << 16);
}

void rig_run_code(struct sim_board *board, uint32_t address, const uint16_t *code, size_t halves)
{
    rig_halt(board);
    for (size_t i = 0; i < halves; i++)
        poke16(board, address + 2 * (uint32_t)i, code[i]);
    rig_set_register(board, 16, 0x01000000);
    rig_set_register(board, 13, SRAM_BASE + 0x4000);
    rig_set_register(board, 15, address);
    poke32(board, DHCSR, DHCSR_RUN);
}

/* --- flash --- */

void rig_unlock(struct sim_board *board)
{
    poke32(board, FLASH_KEYR, KEY1);
    poke32(board, FLASH_KEYR, KEY2);
    assert_int_equal(peek32(board, FLASH_CR) & 0x80, 0);
}

uint32_t rig_wait_flash(struct sim_board *board, uint64_t *us)
{
    uint64_t start = sim_board_now_us(board);
    uint32_t sr = 1;

    for (int i = 0; i < PATIENCE && sr & 1; i++)
        sr = peek32(board, FLASH_SR);
    assert_int_equal(sr & 1, 0);
    if (us)
        *us = sim_board_now_us(board) - start;
    return sr;
}

void rig_program(struct sim_board *board, uint32_t address, uint16_t value)
{
    poke32(board, FLASH_CR, 1);
    poke16(board, address, value);
    rig_wait_flash(board, NULL);
}

void rig_unlock_options(struct sim_board *board)
{
    rig_unlock(board);
    poke32(board, FLASH_OPTKEYR, KEY1);
    poke32(board, FLASH_OPTKEYR, KEY2);
    assert_true(peek32(board, FLASH_CR) & OPTWRE);
}

void rig_erase_options(struct sim_board *board)
{
    poke32(board, FLASH_CR, OPTWRE | OPTER);
    poke32(board, FLASH_CR, OPTWRE | OPTER | STRT);
    assert_false(rig_wait_flash(board, NULL) & (PGERR | WRPRTERR));
}

uint32_t rig_program_option(struct sim_board *board, uint32_t offset, uint8_t value)
{
    poke32(board, FLASH_CR, OPTWRE | OPTPG);
    poke16(board, OPTIONS + offset, value);
    return rig_wait_flash(board, NULL);
}

void rig_start_program(struct sim_board *board, const char *path)
{
    FILE *file = fopen(path, "rbe");
    uint8_t half[2] = {0xFF, 0xFF};
    uint32_t address = FLASH_BASE;

    assert_non_null(file);
    rig_halt(board);
    rig_unlock(board);
    for (; fread(half, 1, 2, file) > 0; address += 2) {
        rig_program(board, address, (uint16_t)(half[0] | half[1] << 8));
        half[0] = half[1] = 0xFF;
    }
    assert_true(address > FLASH_BASE + 0x200);
    assert_int_equal(fclose(file), 0);
    poke32(board, DHCSR, DHCSR_RUN);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
}

void rig_hand(struct sim_board *board, const char *word1, const char *word2)
{
    const char *const argv[] = {word1, word2};
    char reply[1000];

    if (!sim_board_control(board, word2 ? 2 : 1, argv, reply, sizeof reply))
        fail_msg("%s", reply);
}

void rig_pin(struct sim_board *board, const char *pin, const char *level)
{
    const char *const argv[] = {"pin", pin, level};
    char reply[1000];

    if (!sim_board_control(board, 3, argv, reply, sizeof reply))
        fail_msg("%s", reply);
}

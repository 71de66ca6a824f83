/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32F4 as a debugger drives it, register by register (RM0368,
 * chapter 3). */
#include "rig.h"

enum {
    F4_ACR = 0x40023C00,
    F4_KEYR = 0x40023C04,
    F4_OPTKEYR = 0x40023C08,
    F4_SR = 0x40023C0C,
    F4_CR = 0x40023C10,
    F4_OPTCR = 0x40023C14,
    F4_OTP = 0x1FFF7800,
    F4_OTP_LOCKS = 0x1FFF7A00,
    F4_OPTIONS = 0x1FFFC000,
};
#define OPTKEY1 0x08192A3Bu
#define OPTKEY2 0x4C5D6E7Fu
#define PG (1u << 0)
#define SER (1u << 1)
#define MER (1u << 2)
#define SNB(n) ((uint32_t)(n) << 3)
#define X8 0u
#define X16 (1u << 8)
#define X32 (2u << 8)
#define STRT (1u << 16)
#define EOPIE (1u << 24)
#define LOCK (1u << 31)
#define EOP (1u << 0)
#define WRPERR (1u << 4)
#define PGPERR (1u << 6)
#define PGSERR (1u << 7)
#define BSY (1u << 16)
#define OPTLOCK (1u << 0)
#define OPTSTRT (1u << 1)
#define RDP(level) ((uint32_t)(level) << 8)
#define RDP_MASK RDP(0xFF)
#define NWRP(sector) (1u << (16 + (sector)))

static void unlock(struct sim_board *board)
{
    poke32(board, F4_KEYR, KEY1);
    poke32(board, F4_KEYR, KEY2);
    assert_int_equal(peek32(board, F4_CR) & LOCK, 0);
}

static struct sim_board *unlocked(const char *spec)
{
    struct sim_board *board = rig_halted(spec);

    unlock(board);
    return board;
}

/* Until idle, a look every millisecond; returns how many of them it took. */
static unsigned wait_idle(struct sim_board *board)
{
    uint64_t start = sim_board_now_us(board);

    while (peek32(board, F4_SR) & BSY)
        sim_board_advance_us(board, 1000);
    return (unsigned)((sim_board_now_us(board) - start) / 1000);
}

static void program32(struct sim_board *board, uint32_t address, uint32_t value)
{
    poke32(board, F4_CR, PG | X32);
    poke32(board, address, value);
    wait_idle(board);
}

static unsigned erase(struct sim_board *board, unsigned sector, uint32_t psize)
{
    poke32(board, F4_CR, SER | SNB(sector) | psize);
    poke32(board, F4_CR, SER | SNB(sector) | psize | STRT);
    return wait_idle(board);
}

static void starts_locked_and_opens_by_two_keys(void **state)
{
    struct sim_board *board = rig_halted("blackpill-f401");

    assert_int_equal(peek32(board, F4_CR), LOCK);
    poke32(board, F4_CR, PG);
    assert_int_equal(peek32(board, F4_CR), LOCK);
    unlock(board);
    poke32(board, F4_CR, LOCK);
    assert_int_equal(peek32(board, F4_CR), LOCK);
    sim_board_destroy(board);
}

static void wrong_and_needless_keys_are_bus_errors_until_reset(void **state)
{
    static const uint32_t wrong[][2] = {{KEY2, KEY1}, {KEY1, KEY1}};

    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = rig_connected("blackpill-f401");
        enum swd_ack first = mem_write(board, F4_KEYR, 4, wrong[i][0]);
        assert_int_equal(first, wrong[i][0] == KEY1 ? SWD_OK : SWD_FAULT);
        assert_int_equal(mem_write(board, F4_KEYR, 4, wrong[i][1]), SWD_FAULT);
        assert_int_equal(mem_write(board, F4_KEYR, 4, KEY2), SWD_FAULT);
        assert_int_equal(peek32(board, F4_CR), LOCK);
        poke32(board, AIRCR, AIRCR_SYSRESETREQ);
        sim_board_advance_us(board, 100);
        unlock(board);
        assert_int_equal(mem_write(board, F4_KEYR, 4, KEY1), SWD_FAULT);
        sim_board_destroy(board);
    }
}

static void sectors_have_their_sizes(void **state)
{
    static const struct {
        uint32_t start, size;
    } sectors[] = {{0, 0x4000},      {0x4000, 0x4000},   {0x8000, 0x4000},
                   {0xC000, 0x4000}, {0x10000, 0x10000}, {0x20000, 0x20000}};

    for (unsigned i = 0; i < 6; i++) {
        struct sim_board *board = unlocked("blackpill-f401");
        uint32_t start = FLASH_BASE + sectors[i].start, end = start + sectors[i].size;
        uint32_t inside[] = {start, end - 4};
        for (unsigned k = 0; k < 2; k++)
            program32(board, inside[k], 0x12345678);
        if (i > 0)
            program32(board, start - 4, 0x11111111);
        if (i < 5)
            program32(board, end, 0x22222222);
        erase(board, i, X32);
        assert_int_equal(peek32(board, inside[0]), 0xFFFFFFFF);
        assert_int_equal(peek32(board, inside[1]), 0xFFFFFFFF);
        if (i > 0)
            assert_int_equal(peek32(board, start - 4), 0x11111111);
        if (i < 5)
            assert_int_equal(peek32(board, end), 0x22222222);
        sim_board_destroy(board);
    }
}

static void a_sector_that_is_not_there_is_an_error(void **state)
{
    struct sim_board *board = unlocked("blackpill-f401");

    erase(board, 6, X32);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    sim_board_destroy(board);
}

static void erasing_takes_as_long_as_the_parallelism_says(void **state)
{
    static const struct {
        unsigned sector;
        uint32_t psize;
        unsigned ms;
    } rows[] = {{0, X8, 400},  {0, X16, 300}, {0, X32, 250},  {4, X8, 1200}, {4, X16, 700},
                {4, X32, 550}, {5, X8, 2000}, {5, X16, 1300}, {5, X32, 1000}};
    struct sim_board *board = unlocked("blackpill-f401");

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_in_range(erase(board, rows[i].sector, rows[i].psize), rows[i].ms - 1,
                        rows[i].ms + 2);
    poke32(board, F4_CR, MER | X32);
    poke32(board, F4_CR, MER | X32 | STRT);
    assert_in_range(wait_idle(board), 1999, 2002);
    sim_board_destroy(board);
}

static void a_program_clears_bits_and_sets_none(void **state)
{
    struct sim_board *board = unlocked("blackpill-f401");

    program32(board, FLASH_BASE, 0xFFFF00FF);
    program32(board, FLASH_BASE, 0x1234FFFF);
    assert_int_equal(peek32(board, FLASH_BASE), 0x123400FF);
    assert_int_equal(peek32(board, F4_SR), 0);
    sim_board_destroy(board);
}

static void a_store_has_to_be_as_wide_as_psize_and_after_pg(void **state)
{
    static const struct {
        uint32_t cr;
        unsigned width;
        uint32_t err;
    } rows[] = {{PG | X8, 1, 0},      {PG | X16, 2, 0},       {PG | X32, 4, 0},
                {PG | X8, 4, PGPERR}, {PG | X32, 2, PGPERR},  {PG | X16, 1, PGPERR},
                {X32, 4, PGSERR},     {0, 4, PGPERR | PGSERR}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sim_board *board = unlocked("blackpill-f401");
        poke32(board, F4_CR, rows[i].cr);
        assert_int_equal(mem_write(board, FLASH_BASE, rows[i].width, 0), SWD_OK);
        wait_idle(board);
        assert_int_equal(peek32(board, F4_SR), rows[i].err);
        assert_int_equal(peek32(board, FLASH_BASE) == UINT32_MAX, rows[i].err != 0);
        poke32(board, F4_SR, rows[i].err);
        assert_int_equal(peek32(board, F4_SR), 0);
        sim_board_destroy(board);
    }
}

static void end_of_operation_tells_only_who_asked(void **state)
{
    struct sim_board *board = unlocked("blackpill-f401");

    program32(board, FLASH_BASE, 0);
    assert_int_equal(peek32(board, F4_SR), 0);
    poke32(board, F4_CR, PG | X32 | EOPIE);
    poke32(board, FLASH_BASE + 4, 0);
    wait_idle(board);
    assert_int_equal(peek32(board, F4_SR), EOP);
    sim_board_destroy(board);
}

/* Reads of flash and writes of CR; SR can be polled. */
static void the_bus_waits_while_it_is_busy(void **state)
{
    struct sim_board *board = unlocked("blackpill-f401");
    uint32_t ignored, after[] = {FLASH_BASE, F4_CR};

    for (unsigned i = 0; i < 2; i++) {
        poke32(board, F4_CR, SER | X32);
        poke32(board, F4_CR, SER | X32 | STRT);
        assert_true(peek32(board, F4_SR) & BSY);
        assert_int_equal(ap_write(board, AP_TAR, after[i]), SWD_OK);
        if (i == 0)
            assert_int_equal(ap_read(board, AP_DRW, &ignored), SWD_OK);
        else
            assert_int_equal(ap_write(board, AP_DRW, PG | X32), SWD_OK);
        assert_int_equal(dp_read(board, DP_RDBUFF, &ignored), SWD_WAIT);
        sim_board_advance_us(board, 240000);
        assert_int_equal(dp_read(board, DP_RDBUFF, &ignored), SWD_WAIT);
        sim_board_advance_us(board, 11000);
        assert_int_equal(dp_read(board, DP_RDBUFF, &ignored), SWD_OK);
    }
    assert_int_equal(peek32(board, F4_CR), PG | X32);
    sim_board_destroy(board);
}

/* A program in SRAM that stores two words and then reads them: each access waits for the one
 * before. */
static void a_program_that_does_not_poll_is_held_back(void **state)
{
    static const uint16_t code[] = {
        0x6008, /* str  r0, [r1] */
        0x6048, /* str  r0, [r1, #4] */
        0x684A, /* ldr  r2, [r1, #4] */
        0xBE00, /* bkpt */
    };
    struct sim_board *board = unlocked("blackpill-f401");

    poke32(board, F4_CR, PG | X32);
    rig_set_register(board, 0, 0x13572468);
    rig_set_register(board, 1, FLASH_BASE + 0x100);
    uint64_t start = sim_board_now_us(board);
    rig_run_code(board, SRAM_BASE, code, 4);
    while (!(peek32(board, DHCSR) & S_HALT))
        assert_true(sim_board_now_us(board) - start < 100000);
    assert_int_equal(rig_register(board, 2), 0x13572468);
    assert_int_equal(peek32(board, FLASH_BASE + 0x100), 0x13572468);
    assert_int_equal(peek32(board, F4_SR), 0);
    sim_board_destroy(board);
}

/* 3.5.2: x32 needs 2.7 V, x16 2.1 V. No flag tells. */
static void too_wide_for_the_supply_leaves_the_cells_alone(void **state)
{
    static const struct {
        const char *spec;
        uint32_t psize;
        unsigned width;
        bool works;
    } rows[] = {{"blackpill-f401,vtref=2.8", X32, 4, true},
                {"blackpill-f401,vtref=2.6", X32, 4, false},
                {"blackpill-f401,vtref=2.6", X16, 2, true},
                {"blackpill-f401,vtref=2", X16, 2, false},
                {"blackpill-f401,vtref=1.8", X8, 1, true}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sim_board *board = unlocked(rows[i].spec);
        poke32(board, F4_CR, PG | rows[i].psize);
        assert_int_equal(mem_write(board, FLASH_BASE, rows[i].width, 0), SWD_OK);
        wait_idle(board);
        assert_int_equal(peek32(board, F4_SR), 0);
        assert_int_equal((peek32(board, FLASH_BASE) & 0xFF) == 0, rows[i].works);
        sim_board_destroy(board);
    }
}

static void otp_is_programmed_until_its_block_is_locked(void **state)
{
    struct sim_board *board = unlocked("blackpill-f401");

    program32(board, F4_OTP + 32, 0x55AA55AA);
    assert_int_equal(peek32(board, F4_OTP + 32), 0x55AA55AA);
    poke32(board, F4_CR, PG | X8);
    assert_int_equal(mem_write(board, F4_OTP_LOCKS + 1, 1, 0), SWD_OK);
    wait_idle(board);
    program32(board, F4_OTP + 36, 0);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    assert_int_equal(peek32(board, F4_OTP + 36), 0xFFFFFFFF);
    sim_board_destroy(board);
}

/* --- option bytes --- */

static void unlock_options(struct sim_board *board)
{
    poke32(board, F4_OPTKEYR, OPTKEY1);
    poke32(board, F4_OPTKEYR, OPTKEY2);
    assert_int_equal(peek32(board, F4_OPTCR) & OPTLOCK, 0);
}

static unsigned write_options(struct sim_board *board, uint32_t value)
{
    poke32(board, F4_OPTCR, value);
    poke32(board, F4_OPTCR, value | OPTSTRT);
    unsigned ms = wait_idle(board);
    poke32(board, F4_OPTCR, value | OPTLOCK);
    return ms;
}

static void change_options(struct sim_board *board, uint32_t mask, uint32_t bits)
{
    unlock_options(board);
    write_options(board, (peek32(board, F4_OPTCR) & ~mask) | bits);
}

static void options_read_as_from_the_factory_and_listen_once_unlocked(void **state)
{
    struct sim_board *board = rig_halted("blackpill-f401");

    assert_int_equal(peek32(board, F4_OPTCR), 0x0FFFAAED);
    assert_int_equal(peek16(board, F4_OPTIONS), 0xAAEC);
    assert_int_equal(peek16(board, F4_OPTIONS + 8), 0x0FFF);
    poke32(board, F4_OPTCR, 0);
    assert_int_equal(peek32(board, F4_OPTCR), 0x0FFFAAED);
    assert_int_equal(mem_write(board, F4_OPTKEYR, 4, KEY1), SWD_FAULT);
    sim_board_destroy(board);
}

/* As ST's library does: a half-word for nWRP, a byte for OPTSTRT. */
static void options_take_bytes_and_halves(void **state)
{
    struct sim_board *board = rig_halted("blackpill-f401");

    unlock_options(board);
    poke16(board, F4_OPTCR + 2, 0x0FFE);
    assert_int_equal(mem_write(board, F4_OPTCR, 1, 0xEC | OPTSTRT), SWD_OK);
    wait_idle(board);
    assert_int_equal(peek32(board, F4_OPTCR), 0x0FFEAAEC);
    assert_int_equal(peek16(board, F4_OPTIONS + 8), 0x0FFE);
    sim_board_destroy(board);
}

static void protected_sectors_keep_what_they_hold(void **state)
{
    struct sim_board *board = unlocked("blackpill-f401");

    program32(board, FLASH_BASE + 0x4000, 0x12345678);
    change_options(board, NWRP(1), 0);
    erase(board, 1, X32);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    poke32(board, F4_SR, WRPERR);
    poke32(board, F4_CR, MER | X32);
    poke32(board, F4_CR, MER | X32 | STRT);
    assert_int_equal(wait_idle(board), 0);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    poke32(board, F4_SR, WRPERR);
    program32(board, FLASH_BASE + 0x4004, 0);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    assert_int_equal(peek32(board, FLASH_BASE + 0x4000), 0x12345678);
    assert_int_equal(peek32(board, FLASH_BASE + 0x4004), 0xFFFFFFFF);
    poke32(board, F4_SR, WRPERR);
    change_options(board, NWRP(1), NWRP(1));
    erase(board, 1, X32);
    assert_int_equal(peek32(board, FLASH_BASE + 0x4000), 0xFFFFFFFF);
    sim_board_destroy(board);
}

static void level_1_hides_flash_from_the_debugger_and_ends_with_an_erase(void **state)
{
    struct sim_board *board = unlocked("blackpill-f401");
    uint32_t ignored;

    program32(board, FLASH_BASE, 0x12345678);
    program32(board, F4_OTP, 0x12345678);
    change_options(board, RDP_MASK | NWRP(2), RDP(0x55));
    rig_system_reset(board);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &ignored), SWD_FAULT);
    assert_int_equal(peek16(board, 0x1FFF7A22), 256);
    unlock(board);
    erase(board, 0, X32);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    unlock_options(board);
    uint32_t open = (peek32(board, F4_OPTCR) & ~RDP_MASK) | RDP(0xAA);
    assert_in_range(write_options(board, open), 2249, 2252); /* x32: mass erase, and its own */
    rig_system_reset(board);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    assert_int_equal(peek32(board, F4_OTP), 0x12345678);
    assert_int_equal(peek32(board, F4_OPTCR) & NWRP(2), 0);
    sim_board_destroy(board);
}

/* The program runs as long as no debugger was there since power-on: it counts in SRAM. */
static void level_1_lets_the_program_run_without_a_debugger(void **state)
{
    static const uint32_t program[] = {
        SRAM_BASE + 0x1000, (FLASH_BASE + 8) | 1, 0x21002001, /* movs r0, #1; movs r1, #0 */
        0x31010740,                                           /* lsls r0, #29; adds r1, #1 */
        0xE7FC6001,                                           /* str r1, [r0]; b back */
    };
    struct sim_board *board = unlocked("blackpill-f401");

    for (unsigned i = 0; i < 5; i++)
        program32(board, FLASH_BASE + 4 * i, program[i]);
    change_options(board, RDP_MASK, RDP(0x55));
    rig_hand(board, "power", "off");
    rig_hand(board, "power", "on");
    sim_board_advance_us(board, 1000);
    rig_connect(board);
    uint32_t counted = peek32(board, SRAM_BASE);
    assert_in_range(counted, 100, 10000);
    sim_board_advance_us(board, 1000);
    assert_in_range(peek32(board, SRAM_BASE), counted, counted + 100);
    sim_board_destroy(board);
}

static void level_2_ends_all_debugging(void **state)
{
    struct sim_board *board = unlocked("blackpill-f401");
    uint32_t value;

    change_options(board, RDP_MASK, RDP(0xCC));
    rig_hand(board, "power", "off");
    rig_hand(board, "power", "on");
    sim_board_swd_line_reset(board);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    sim_board_destroy(board);
}

/* RM0090, table 6 and 3.9.8: SNB counts anew in the second bank, from 16 on; so does OPTCR1. */
static void a_second_bank_has_sectors_of_its_own(void **state)
{
    enum { BANK2 = 0x08100000, MER2 = 1 << 15, OPTCR1 = 0x40023C18 };
    struct sim_board *board = unlocked("f429i-disco");

    program32(board, FLASH_BASE + 0x4000, 0x11111111);
    program32(board, BANK2 + 0x4000, 0x22222222);
    program32(board, BANK2 + 0x20000, 0x33333333);
    erase(board, 16 + 1, X32);
    assert_int_equal(peek32(board, FLASH_BASE + 0x4000), 0x11111111);
    assert_int_equal(peek32(board, BANK2 + 0x4000), 0xFFFFFFFF);
    assert_int_equal(peek32(board, BANK2 + 0x20000), 0x33333333);
    assert_int_equal(peek32(board, OPTCR1), 0x0FFF0000);
    poke32(board, F4_OPTKEYR, OPTKEY1);
    poke32(board, F4_OPTKEYR, OPTKEY2);
    poke32(board, OPTCR1, 0x0FFF0000 & ~NWRP(5));
    poke32(board, F4_OPTCR, peek32(board, F4_OPTCR) | OPTSTRT);
    wait_idle(board);
    erase(board, 16 + 5, X32);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    assert_int_equal(peek32(board, BANK2 + 0x20000), 0x33333333);
    poke32(board, F4_CR, MER | X32);
    poke32(board, F4_CR, MER | X32 | STRT);
    wait_idle(board);
    assert_int_equal(peek32(board, FLASH_BASE + 0x4000), 0xFFFFFFFF);
    assert_int_equal(peek32(board, BANK2 + 0x20000), 0x33333333);
    poke32(board, OPTCR1, 0x0FFF0000);
    poke32(board, F4_OPTCR, peek32(board, F4_OPTCR) | OPTSTRT);
    wait_idle(board);
    poke32(board, F4_CR, MER2 | X32);
    poke32(board, F4_CR, MER2 | X32 | STRT);
    wait_idle(board);
    assert_int_equal(peek32(board, BANK2 + 0x20000), 0xFFFFFFFF);
    sim_board_destroy(board);
}

/* RM0368, 3.6.5. */
static void pcrop_is_left_only_with_read_protection(void **state)
{
    const uint32_t sprmod = 1u << 31;
    struct sim_board *board = unlocked("blackpill-f401");

    change_options(board, sprmod | 0x0FFF0000u, sprmod | NWRP(1));
    erase(board, 1, X32);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    poke32(board, F4_SR, WRPERR);
    erase(board, 0, X32);
    assert_int_equal(peek32(board, F4_SR), 0);
    change_options(board, sprmod | 0x0FFF0000u, 0x0FFF0000);
    erase(board, 1, X32);
    assert_int_equal(peek32(board, F4_SR), WRPERR);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_locked_and_opens_by_two_keys),
        cmocka_unit_test(wrong_and_needless_keys_are_bus_errors_until_reset),
        cmocka_unit_test(sectors_have_their_sizes),
        cmocka_unit_test(a_second_bank_has_sectors_of_its_own),
        cmocka_unit_test(pcrop_is_left_only_with_read_protection),
        cmocka_unit_test(a_sector_that_is_not_there_is_an_error),
        cmocka_unit_test(erasing_takes_as_long_as_the_parallelism_says),
        cmocka_unit_test(a_program_clears_bits_and_sets_none),
        cmocka_unit_test(a_store_has_to_be_as_wide_as_psize_and_after_pg),
        cmocka_unit_test(end_of_operation_tells_only_who_asked),
        cmocka_unit_test(the_bus_waits_while_it_is_busy),
        cmocka_unit_test(a_program_that_does_not_poll_is_held_back),
        cmocka_unit_test(too_wide_for_the_supply_leaves_the_cells_alone),
        cmocka_unit_test(otp_is_programmed_until_its_block_is_locked),
        cmocka_unit_test(options_read_as_from_the_factory_and_listen_once_unlocked),
        cmocka_unit_test(options_take_bytes_and_halves),
        cmocka_unit_test(protected_sectors_keep_what_they_hold),
        cmocka_unit_test(level_1_hides_flash_from_the_debugger_and_ends_with_an_erase),
        cmocka_unit_test(level_1_lets_the_program_run_without_a_debugger),
        cmocka_unit_test(level_2_ends_all_debugging),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Power, reset, boot pins, hands and virtual time. */
#include "rig.h"

static void core_runs_from_the_start(void **state)
{
    struct sim_board *board = rig_board("bluepill");

    rig_hand(board, "boot0", "1");
    rig_hand(board, "nrst", "press");
    rig_hand(board, "nrst", "release");
    sim_board_advance_us(board, 1000);
    /* 8 MHz, a loop of an addition and a jump */
    assert_in_range(sim_board_instructions(board), 2000, 8000);
    sim_board_destroy(board);
}

static void boot0_chooses_what_stands_at_0(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    assert_int_equal(peek32(board, 0), 0xFFFFFFFF);
    rig_hand(board, "boot0", "1");
    assert_int_equal(peek32(board, 0), 0xFFFFFFFF);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
    sim_board_advance_us(board, 100);
    assert_int_equal(peek32(board, 0), peek32(board, 0x1FFFF000));
    assert_int_not_equal(peek32(board, 4), 0xFFFFFFFF);
    rig_halt(board);
    assert_in_range(rig_register(board, 15), 0x1FFFF000, 0x1FFFF7FF);
    sim_board_destroy(board);
}

static void power_off_is_silence_and_forgets_sram(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value, unknown = peek32(board, SRAM_BASE);

    assert_int_not_equal(unknown, 0);
    poke32(board, SRAM_BASE, ~unknown);
    rig_halt(board);
    rig_unlock(board);
    rig_program(board, FLASH_BASE + 0x100, 0x4711);
    rig_hand(board, "power", "off");
    assert_int_equal(sim_board_vtref_mv(board), 0);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    sim_board_advance_us(board, 1000000);
    rig_hand(board, "power", "on");
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    rig_connect(board);
    assert_int_equal(peek32(board, SRAM_BASE), unknown);
    assert_false(peek32(board, DHCSR) & S_HALT);
    assert_int_equal(peek16(board, FLASH_BASE + 0x100), 0x4711);
    sim_board_destroy(board);
}

static void power_off_forgets_the_power_request(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    rig_hand(board, "power", "off");
    rig_hand(board, "power", "on");
    sim_board_swd_line_reset(board);
    dp_read(board, DP_DPIDR, &value);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_int_equal(value, 0);
    sim_board_destroy(board);
}

static void nrst_holds_the_core_and_keeps_debug(void **state)
{
    struct sim_board *board = rig_connected("bluepill,sleep");
    uint32_t value;

    rig_halt(board);
    poke32(board, SRAM_BASE, 0x1234);
    poke32(board, 0xE0042004, 7);
    poke32(board, DHCSR, DHCSR_RUN);
    peek32(board, DHCSR);
    sim_board_nrst(board, true);
    assert_int_equal(peek32(board, 0xE0042004), 7);
    assert_true(peek32(board, DHCSR) & S_RESET_ST);
    assert_int_equal(peek32(board, DHCSR) & 1, 1);
    assert_int_equal(mem_read(board, SRAM_BASE, 4, &value), SWD_FAULT);
    uint64_t before = sim_board_instructions(board);
    sim_board_advance_us(board, 10000);
    assert_int_equal(sim_board_instructions(board), before);
    sim_board_nrst(board, false);
    sim_board_advance_us(board, 1000);
    assert_true(sim_board_instructions(board) > before);
    assert_int_equal(peek32(board, SRAM_BASE), 0x1234);
    assert_int_equal(peek32(board, 0xE0042004), 7);
    sim_board_destroy(board);
}

static void reset_catch_under_nrst(void **state)
{
    struct sim_board *board = rig_connected("bluepill,sleep");

    sim_board_nrst(board, true);
    poke32(board, DHCSR, DHCSR_HALT);
    poke32(board, DEMCR, 1);
    sim_board_nrst(board, false);
    sim_board_advance_us(board, 10);
    assert_true(peek32(board, DHCSR) & S_HALT);
    assert_int_equal(rig_register(board, 15), FLASH_BASE + 0x10);
    assert_int_equal(rig_register(board, 13), 0x20005000);
    sim_board_destroy(board);
}

static void system_reset_resets_peripherals_not_debug(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    poke32(board, RCC_APB2ENR, 4);
    poke32(board, 0x4001080C, 0x55);
    poke32(board, 0xE0042004, 0x307);
    poke32(board, DEMCR, 1u << 24);
    peek32(board, DHCSR);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
    sim_board_advance_us(board, 10);
    assert_true(peek32(board, DHCSR) & S_RESET_ST);
    assert_int_equal(peek32(board, RCC_APB2ENR), 0);
    poke32(board, RCC_APB2ENR, 4);
    assert_int_equal(peek32(board, 0x4001080C), 0);
    assert_int_equal(peek32(board, 0xE0042004), 0x307);
    assert_int_equal(peek32(board, DEMCR), 1u << 24);
    sim_board_destroy(board);
}

static void reset_causes_are_remembered(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    enum { RCC_CSR = 0x40021024, RMVF = 1 << 24, PIN = 1 << 26, POR = 1 << 27, SFT = 1 << 28 };

    assert_int_equal(peek32(board, RCC_CSR), PIN | POR);
    poke32(board, RCC_CSR, RMVF);
    assert_int_equal(peek32(board, RCC_CSR), 0);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
    sim_board_advance_us(board, 10);
    assert_int_equal(peek32(board, RCC_CSR), SFT | PIN);
    poke32(board, RCC_CSR, RMVF);
    rig_hand(board, "nrst", "press");
    rig_hand(board, "nrst", "release");
    assert_int_equal(peek32(board, RCC_CSR), PIN);
    sim_board_destroy(board);
}

static void unplugged_means_gone_but_the_board_lives(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    sim_board_nrst(board, true);
    rig_hand(board, "unplug", NULL);
    assert_false(sim_board_probe_present(board));
    rig_hand(board, "plug", NULL);
    assert_true(sim_board_probe_present(board));
    rig_connect(board);
    peek32(board, SRAM_BASE); /* NRST is free again */
    sim_board_destroy(board);
}

static void state_is_shown(void **state)
{
    struct sim_board *board = rig_board("bluepill,clone,noise=100");
    char reply[1000];

    assert_true(sim_board_control(board, 0, NULL, reply, sizeof reply));
    assert_non_null(strstr(reply, "Blue Pill"));
    assert_non_null(strstr(reply, "faults: clone noise"));
    assert_non_null(strstr(reply, "unplug"));
    sim_board_destroy(board);
}

static void time_passes_also_without_power(void **state)
{
    struct sim_board *board = rig_board("bluepill");

    rig_hand(board, "power", "off");
    sim_board_advance_us(board, 1234567);
    assert_int_equal(sim_board_now_us(board), 1234567);
    sim_board_destroy(board);
}

/* An hour of sleep must not take the tester's time. */
static void sleeping_time_is_skipped(void **state)
{
    struct sim_board *board = rig_board("bluepill,sleep");

    sim_board_advance_us(board, 3600000000u);
    assert_true(sim_board_now_us(board) == 3600000000u);
    sim_board_destroy(board);
}

static void the_pace_is_a_word_of_the_spec(void **state)
{
    static const struct {
        const char *spec;
        enum sim_pace pace;
    } rows[] = {{"bluepill", SIM_PACE_CATCH_UP},
                {"bluepill,still", SIM_PACE_STILL},
                {"bluepill,clone,realtime", SIM_PACE_REALTIME}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sim_board *board = rig_board(rows[i].spec);
        assert_int_equal(sim_board_pace(board), rows[i].pace);
        sim_board_destroy(board);
    }
}

static void flash_may_be_as_large_as_the_die(void **state)
{
    struct sim_board *board = rig_connected("bluepill,flash=128");
    uint32_t value;

    assert_int_equal(peek16(board, SIZE_REGISTER), 128);
    rig_halt(board);
    rig_unlock(board);
    rig_program(board, FLASH_BASE + 0x1FFFE, 0x1234);
    assert_int_equal(peek16(board, FLASH_BASE + 0x1FFFE), 0x1234);
    assert_int_equal(peek16(board, 0x1FFFE), 0x1234);
    assert_int_equal(mem_read(board, FLASH_BASE + 0x20000, 4, &value), SWD_FAULT);
    sim_board_destroy(board);
    board = rig_connected("bluepill");
    assert_int_equal(mem_read(board, FLASH_BASE + 0x10000, 4, &value), SWD_FAULT);
    sim_board_destroy(board);
}

static void no_other_size_of_flash(void **state)
{
    static const char *const specs[] = {"bluepill,flash=256", "bluepill,flash=0",
                                        "bluepill,flash=128k", "blackpill-f401,flash=128"};
    char err[256];

    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        assert_null(sim_board_create(specs[i], err, sizeof err));
        assert_non_null(strstr(err, " KiB of flash"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(core_runs_from_the_start),
        cmocka_unit_test(boot0_chooses_what_stands_at_0),
        cmocka_unit_test(power_off_is_silence_and_forgets_sram),
        cmocka_unit_test(power_off_forgets_the_power_request),
        cmocka_unit_test(nrst_holds_the_core_and_keeps_debug),
        cmocka_unit_test(reset_catch_under_nrst),
        cmocka_unit_test(system_reset_resets_peripherals_not_debug),
        cmocka_unit_test(reset_causes_are_remembered),
        cmocka_unit_test(unplugged_means_gone_but_the_board_lives),
        cmocka_unit_test(state_is_shown),
        cmocka_unit_test(time_passes_also_without_power),
        cmocka_unit_test(sleeping_time_is_skipped),
        cmocka_unit_test(the_pace_is_a_word_of_the_spec),
        cmocka_unit_test(flash_may_be_as_large_as_the_die),
        cmocka_unit_test(no_other_size_of_flash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

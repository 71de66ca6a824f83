/* SPDX-License-Identifier: MIT */
/* Each fault by name: what it does, and that taking it away cures the board. */
#include "rig.h"

static bool answers(struct sim_board *board)
{
    uint32_t value;

    sim_board_swd_line_reset(board);
    return dp_read(board, DP_DPIDR, &value) == SWD_OK;
}

static void refuses(const char *spec, const char *part_of_sentence)
{
    char err[400];
    struct sim_board *board = sim_board_create(spec, err, sizeof err);

    assert_null(board);
    if (!strstr(err, part_of_sentence))
        fail_msg("'%s' does not contain '%s'", err, part_of_sentence);
}

static void wrong_specs_get_a_sentence(void **state)
{
    refuses("redpill", "bluepill");
    refuses("", "bluepill");
    refuses("bluepill,", "noack");
    refuses("bluepill,gremlin", "swj-off");
    refuses("bluepill,vtref", "vtref=V");
    refuses("bluepill,vtref=x", "vtref=V");
    refuses("bluepill,vtref=3.3.3", "vtref=V");
    refuses("bluepill,vtref=7", "vtref=V");
    refuses("bluepill,noise=1", "noise=N");
    refuses("bluepill,noise=-2", "noise=N");
    refuses("bluepill,vanish=0", "vanish=N");
    refuses("bluepill,flash-size=65536", "flash-size=N");
    refuses("bluepill,noack=1", "noack");
}

static void hands_get_a_sentence_too(void **state)
{
    static const char *const wrong[][2] = {
        {"fault", "gremlin"},  {"fault", "+gremlin"}, {"fault", NULL}, {"power", "up"},
        {"plug", "now"},       {"nrst", NULL},        {"boot0", "2"},  {"dance", NULL},
        {"fault", "-vtref=3"}, {"fault", "+noise"}};
    struct sim_board *board = rig_board("bluepill");
    char reply[1000];

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(sim_board_control(board, wrong[i][1] ? 2 : 1, wrong[i], reply, sizeof reply));
        assert_true(strlen(reply) > 10);
    }
    sim_board_destroy(board);
}

static void noack(void **state)
{
    struct sim_board *board = rig_board("bluepill,noack");

    assert_false(answers(board));
    rig_hand(board, "fault", "-noack");
    assert_true(answers(board));
    rig_hand(board, "fault", "+noack");
    assert_false(answers(board));
    sim_board_destroy(board);
}

static void vtref(void **state)
{
    struct sim_board *board = rig_board("bluepill,vtref=0.0");

    assert_int_equal(sim_board_vtref_mv(board), 0);
    assert_false(answers(board));
    rig_hand(board, "fault", "+vtref=1.5");
    assert_int_equal(sim_board_vtref_mv(board), 1500);
    assert_false(answers(board));
    rig_hand(board, "fault", "+vtref=2.75");
    assert_int_equal(sim_board_vtref_mv(board), 2750);
    assert_true(answers(board));
    rig_hand(board, "fault", "-vtref");
    assert_int_equal(sim_board_vtref_mv(board), 3300);
    sim_board_destroy(board);
}

static void clone(void **state)
{
    struct sim_board *board = rig_connected("bluepill,clone");
    uint32_t value;

    dp_read(board, DP_DPIDR, &value);
    assert_int_equal(value, 0x2BA01477);
    assert_int_equal(peek32(board, CPUID), 0x412FC230);
    /* ROM table: ARM (4:3B), part 4C3 */
    assert_int_equal(peek32(board, 0xE00FFFD0) & 0xF, 0x4);
    assert_int_equal(peek32(board, 0xE00FFFE0) & 0xFF, 0xC3);
    assert_int_equal(peek32(board, 0xE00FFFE4) & 0xFF, 0xB4);
    assert_int_equal(peek32(board, 0xE00FFFE8) & 0x0F, 0x0B);
    assert_int_equal(peek32(board, 0xE0042000), 0x20036410);
    rig_hand(board, "fault", "-clone");
    assert_int_equal(peek32(board, CPUID), 0x411FC231);
    sim_board_destroy(board);
}

static void flash_size(void **state)
{
    struct sim_board *board = rig_connected("bluepill,flash-size=0xFFFF");

    assert_int_equal(peek16(board, SIZE_REGISTER), 0xFFFF);
    rig_hand(board, "fault", "+flash-size=0");
    assert_int_equal(peek16(board, SIZE_REGISTER), 0);
    rig_hand(board, "fault", "+flash-size=128");
    assert_int_equal(peek16(board, SIZE_REGISTER), 128);
    rig_hand(board, "fault", "-flash-size");
    assert_int_equal(peek16(board, SIZE_REGISTER), 64);
    sim_board_destroy(board);
}

/* The way out of a program that switches SWD off: catch the core at its reset vector. */
static void recover_under_reset(struct sim_board *board)
{
    sim_board_nrst(board, true);
    rig_connect(board);
    poke32(board, DHCSR, DHCSR_HALT);
    poke32(board, DEMCR, 1);
    sim_board_nrst(board, false);
    sim_board_advance_us(board, 1000);
    assert_true(peek32(board, DHCSR) & S_HALT);
}

static void erase_first_page(struct sim_board *board)
{
    rig_unlock(board);
    poke32(board, FLASH_CR, 2);
    poke32(board, FLASH_AR, FLASH_BASE);
    poke32(board, FLASH_CR, 0x42);
    rig_wait_flash(board, NULL);
}

static void swj_off_answers_only_under_reset(void **state)
{
    struct sim_board *board = rig_board("bluepill,swj-off");

    assert_false(answers(board));
    sim_board_nrst(board, true);
    assert_true(answers(board));
    sim_board_nrst(board, false);
    sim_board_advance_us(board, 1000);
    assert_false(answers(board));
    sim_board_destroy(board);
}

static void swj_off_is_cured_by_erasing_the_program(void **state)
{
    struct sim_board *board = rig_board("bluepill,swj-off");

    recover_under_reset(board);
    erase_first_page(board);
    poke32(board, DEMCR, 0);
    sim_board_nrst(board, true);
    sim_board_nrst(board, false);
    sim_board_advance_us(board, 1000);
    assert_true(answers(board));
    sim_board_destroy(board);
}

static void swj_off_does_not_touch_the_bootloader(void **state)
{
    struct sim_board *board = rig_board("bluepill,swj-off");

    rig_hand(board, "boot0", "1");
    sim_board_advance_us(board, 1000);
    assert_false(answers(board)); /* BOOT0 counts at a reset */
    rig_hand(board, "nrst", "press");
    rig_hand(board, "nrst", "release");
    sim_board_advance_us(board, 1000);
    assert_true(answers(board));
    sim_board_destroy(board);
}

static void swj_off_with_nrst_open_cannot_be_reset_by_the_probe(void **state)
{
    struct sim_board *board = rig_board("bluepill,swj-off,nrst-open");

    assert_false(answers(board));
    sim_board_nrst(board, true);
    assert_false(answers(board));
    rig_hand(board, "nrst", "press");
    assert_true(answers(board));
    sim_board_destroy(board);
}

static void swj_off_goes_away_again(void **state)
{
    struct sim_board *board = rig_board("bluepill,swj-off");

    assert_false(answers(board));
    rig_hand(board, "fault", "-swj-off");
    rig_connect(board);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    sim_board_destroy(board);
}

static void nrst_open(void **state)
{
    struct sim_board *board = rig_connected("bluepill,nrst-open");

    peek32(board, DHCSR);
    sim_board_nrst(board, true);
    sim_board_nrst(board, false);
    assert_false(peek32(board, DHCSR) & S_RESET_ST);
    rig_hand(board, "nrst", "press");
    rig_hand(board, "nrst", "release");
    assert_true(peek32(board, DHCSR) & S_RESET_ST);
    sim_board_destroy(board);
}

static void sleep(void **state)
{
    struct sim_board *board = rig_connected("bluepill,sleep");

    sim_board_advance_us(board, 1000);
    uint64_t before = sim_board_instructions(board);
    sim_board_advance_us(board, 1000000);
    assert_int_equal(sim_board_instructions(board), before);
    assert_true(peek32(board, DHCSR) & S_SLEEP);
    rig_halt(board);
    assert_in_range(rig_register(board, 15), FLASH_BASE, FLASH_BASE + 0x20);
    sim_board_destroy(board);
}

static void count_noise(struct sim_board *board, unsigned *reads, unsigned *writes)
{
    uint32_t value;

    *reads = *writes = 0;
    for (int i = 0; i < 1000; i++) {
        enum swd_ack ack = dp_read(board, DP_CTRL_STAT, &value);
        *reads += ack == SWD_PARITY;
        assert_true(ack == SWD_OK || ack == SWD_PARITY);
        if (ack == SWD_OK && value & DP_CTRL_WDATAERR)
            dp_write(board, DP_ABORT, DP_ABORT_CLEAR_STICKY);
        *writes += dp_write(board, DP_SELECT, 0) == SWD_FAULT;
    }
}

static void noise(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    unsigned reads, writes, reads2, writes2;

    rig_hand(board, "fault", "+noise=20");
    count_noise(board, &reads, &writes);
    assert_in_range(reads, 25, 100);
    assert_in_range(writes, 1, 100);
    rig_hand(board, "fault", "-noise");
    dp_write(board, DP_ABORT, DP_ABORT_CLEAR_STICKY);
    count_noise(board, &reads2, &writes2);
    assert_int_equal(reads2 + writes2, 0);
    rig_hand(board, "fault", "+noise=20"); /* the same again */
    count_noise(board, &reads2, &writes2);
    assert_int_equal(reads, reads2);
    assert_int_equal(writes, writes2);
    sim_board_destroy(board);
}

static void long_wires_garble_above_their_speed(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    unsigned reads, writes;

    rig_hand(board, "fault", "+wires=500");
    sim_board_set_swclk(board, 501);
    count_noise(board, &reads, &writes);
    assert_in_range(reads, 25, 100);
    dp_write(board, DP_ABORT, DP_ABORT_CLEAR_STICKY);
    sim_board_set_swclk(board, 500);
    dp_write(board, DP_ABORT, DP_ABORT_CLEAR_STICKY);
    count_noise(board, &reads, &writes);
    assert_int_equal(reads + writes, 0);
    sim_board_destroy(board);
}

/* The port says OK, finds the data's parity wrong, and tells at the next access. */
static void garbled_writes_are_not_done(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    unsigned garbled = 0;

    ap_write(board, AP_CSW, AP_CSW_PROT | AP_CSW_SIZE_32);
    for (uint32_t i = 1; i <= 50; i++) {
        uint32_t value, old = i - 1;
        ap_write(board, AP_TAR, 0x1000 + old);
        rig_hand(board, "fault", i % 2 ? "+noise=2" : "+noise=3");
        for (uint32_t skip = 0; skip < i; skip++) /* another place in the noise each time */
            dp_read(board, DP_DPIDR, &value);
        assert_int_equal(ap_write(board, AP_TAR, 0x2000 + i), SWD_OK);
        rig_hand(board, "fault", "-noise");
        assert_int_equal(dp_read(board, DP_CTRL_STAT, &value), SWD_OK);
        bool dropped = value & DP_CTRL_WDATAERR;
        assert_int_equal(dp_write(board, DP_SELECT, 0), dropped ? SWD_FAULT : SWD_OK);
        assert_int_equal(dp_write(board, DP_ABORT, DP_ABORT_CLEAR_STICKY), SWD_OK);
        assert_int_equal(ap_register(board, AP_TAR), dropped ? 0x1000 + old : 0x2000 + i);
        garbled += dropped;
    }
    assert_in_range(garbled, 5, 45);
    sim_board_destroy(board);
}

static void vanish(void **state)
{
    struct sim_board *board = rig_board("bluepill,vanish=5");
    uint32_t value;

    sim_board_swd_line_reset(board);
    for (int i = 0; i < 4; i++)
        assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
    assert_true(sim_board_probe_present(board));
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    assert_false(sim_board_probe_present(board));
    rig_hand(board, "plug", NULL);
    assert_true(sim_board_probe_present(board));
    for (int i = 0; i < 3; i++)
        assert_true(answers(board));
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_specs_get_a_sentence),
        cmocka_unit_test(hands_get_a_sentence_too),
        cmocka_unit_test(noack),
        cmocka_unit_test(vtref),
        cmocka_unit_test(clone),
        cmocka_unit_test(flash_size),
        cmocka_unit_test(swj_off_answers_only_under_reset),
        cmocka_unit_test(swj_off_is_cured_by_erasing_the_program),
        cmocka_unit_test(swj_off_does_not_touch_the_bootloader),
        cmocka_unit_test(swj_off_with_nrst_open_cannot_be_reset_by_the_probe),
        cmocka_unit_test(swj_off_goes_away_again),
        cmocka_unit_test(nrst_open),
        cmocka_unit_test(sleep),
        cmocka_unit_test(noise),
        cmocka_unit_test(long_wires_garble_above_their_speed),
        cmocka_unit_test(garbled_writes_are_not_done),
        cmocka_unit_test(vanish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

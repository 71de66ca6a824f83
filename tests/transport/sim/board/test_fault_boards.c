/* SPDX-License-Identifier: MIT */
/* Boards as their owners bring them: what each fault of wires, supply, reset, chip and program
 * looks like at the wires, on several chips and for many seeds (docs/faults.md). */
#include "rig.h"

enum { SEEDS = 30, SECOND_US = 1000000, STARTED_US = 20000 };
#define S_LOCKUP (1u << 19)
#define S_RETIRE_ST (1u << 24)
#define DBGMCU_F1 0xE0042000u

static const char *const chips[] = {"bluepill",    "f031",        "blackpill-f411", "nucleo-l152",
                                    "nucleo-l053", "nucleo-g071", "nucleo-l476"};
enum { CHIPS = sizeof chips / sizeof *chips };

static struct sim_board *board_with(const char *chip, const char *faults, unsigned seed)
{
    char spec[100];

    snprintf(spec, sizeof spec, "%s,%s,seed=%u", chip, faults, seed);
    return rig_board(spec);
}

static bool answers(struct sim_board *board)
{
    uint32_t value;

    sim_board_swd_line_reset(board);
    return dp_read(board, DP_DPIDR, &value) == SWD_OK;
}

/* For each chip, with its board after 20 ms. */
static void on_each_chip(const char *faults, void (*look)(struct sim_board *board))
{
    for (unsigned i = 0; i < CHIPS; i++) {
        struct sim_board *board = board_with(chips[i], faults, i);
        sim_board_advance_us(board, STARTED_US);
        look(board);
        sim_board_destroy(board);
    }
}

/* --- wires --- */

static void is_silent(struct sim_board *board)
{
    assert_in_range(sim_board_vtref_mv(board), 3200, 3400);
    assert_false(answers(board));
    sim_board_nrst(board, true);
    assert_false(answers(board));
}

static void wrong_wires_let_nothing_through(void **state)
{
    on_each_chip("misprint-a-on-b", is_silent);
    on_each_chip("swapped", is_silent);
    on_each_chip("short", is_silent);
}

/* How many of so many reads of DPIDR come back in order. */
static unsigned count_good(struct sim_board *board, unsigned tries)
{
    unsigned good = 0;

    for (unsigned i = 0; i < tries; i++)
        good += answers(board);
    return good;
}

/* From nothing at all to nearly good, with a voltage that fits or does not. */
static void an_open_ground_looks_different_each_time(void **state)
{
    enum { TRIES = 100 };
    unsigned silent = 0, mixed = 0, odd = 0, normal = 0;

    for (unsigned seed = 0; seed < SEEDS; seed++) {
        struct sim_board *board = board_with("bluepill", "gnd-open", seed);
        unsigned good = count_good(board, TRIES);
        uint32_t mv = sim_board_vtref_mv(board);

        assert_true(good < TRIES);
        assert_true(mv <= 2000 || (mv >= 3100 && mv <= 3400));
        silent += good == 0;
        mixed += good > 0;
        odd += mv <= 2000;
        normal += mv > 2000;
        sim_board_destroy(board);
    }
    assert_true(silent > 2 && mixed > 2 && odd > 2 && normal > 2);
}

static void a_seed_repeats_itself(void **state)
{
    struct sim_board *one = board_with("bluepill", "gnd-open", 7);
    struct sim_board *same = rig_board("bluepill,seed=7,gnd-open"); /* wherever it stands */

    assert_int_equal(sim_board_vtref_mv(one), sim_board_vtref_mv(same));
    assert_int_equal(count_good(one, 50), count_good(same, 50));
    sim_board_destroy(one);
    sim_board_destroy(same);
}

static unsigned count_errors(struct sim_board *board, uint32_t khz)
{
    unsigned errors = 0;
    uint32_t value;

    sim_board_set_swclk(board, khz);
    sim_board_swd_line_reset(board);
    for (unsigned i = 0; i < 2000; i++)
        errors += dp_read(board, DP_DPIDR, &value) != SWD_OK;
    return errors;
}

static void long_wires_are_the_worse_the_faster(void **state)
{
    struct sim_board *board = rig_board("bluepill,wires=400");
    unsigned slow = count_errors(board, 400), fast = count_errors(board, 480),
             faster = count_errors(board, 1800), fastest = count_errors(board, 4000);

    assert_int_equal(slow, 0);
    assert_true(fast > 0 && faster > 2 * fast && fastest > faster);
    sim_board_destroy(board);
}

/* Where both say the same, nobody notices; where not, it is garbled again and again. */
static void two_chips_at_once_garble_what_they_disagree_on(void **state)
{
    unsigned named = 0, garbled = 0;

    for (unsigned seed = 0; seed < SEEDS; seed++) {
        struct sim_board *board = board_with("bluepill", "two-targets", seed);
        uint32_t first = 0, second = 0;

        sim_board_swd_line_reset(board);
        enum swd_ack ack = dp_read(board, DP_DPIDR, &first);
        assert_int_equal(dp_read(board, DP_DPIDR, &second), ack);
        assert_int_equal(first, second);
        named += first == 0x1BA01477;
        garbled += first != 0x1BA01477;
        sim_board_destroy(board);
    }
    assert_true(named > 2 && garbled > 2);
}

/* --- supply and NRST --- */

static void senses_nothing_and_works(struct sim_board *board)
{
    assert_true(sim_board_vtref_mv(board) <= 200);
    assert_true(answers(board));
}

/* Its own 3.3 V, whatever the target has. */
static void senses_its_own_rail(struct sim_board *board)
{
    uint32_t mv = sim_board_vtref_mv(board);

    assert_in_range(mv, 3150, 3350);
    assert_true(answers(board));
    rig_hand(board, "power", "off");
    assert_int_equal(sim_board_vtref_mv(board), mv);
    assert_false(answers(board));
}

static void stays_in_reset(struct sim_board *board)
{
    rig_connect(board);
    peek32(board, DHCSR);
    sim_board_nrst(board, true);
    sim_board_nrst(board, false);
    sim_board_advance_us(board, STARTED_US);
    assert_true(peek32(board, DHCSR) & S_RESET_ST);
    assert_true(peek32(board, DHCSR) & S_RESET_ST);
}

static void is_not_reset_by_the_probe(struct sim_board *board)
{
    rig_connect(board);
    peek32(board, DHCSR);
    sim_board_nrst(board, true);
    sim_board_nrst(board, false);
    assert_false(peek32(board, DHCSR) & S_RESET_ST);
    rig_hand(board, "nrst", "press");
    rig_hand(board, "nrst", "release");
    assert_true(peek32(board, DHCSR) & S_RESET_ST);
}

static void supply_and_reset(void **state)
{
    on_each_chip("runs,vtref-open", senses_nothing_and_works);
    on_each_chip("runs,vtref-internal", senses_its_own_rail);
    on_each_chip("runs,nrst-low", stays_in_reset);
    on_each_chip("runs,nrst-clone", is_not_reset_by_the_probe);
    on_each_chip("runs,nrst-open", is_not_reset_by_the_probe);
}

/* --- programs --- */

static void runs(struct sim_board *board)
{
    rig_connect(board);
    peek32(board, DHCSR);
    sim_board_advance_us(board, STARTED_US);
    uint32_t dhcsr = peek32(board, DHCSR);
    assert_true(dhcsr & S_RETIRE_ST);
    assert_false(dhcsr & (S_RESET_ST | S_LOCKUP));
}

/* Gone, until a reset is caught; erased, it is as good as new. */
static void answers_only_in_reset(struct sim_board *board)
{
    assert_false(answers(board));
    sim_board_nrst(board, true);
    assert_true(answers(board));
    sim_board_nrst(board, false);
    sim_board_advance_us(board, STARTED_US);
    assert_false(answers(board));
    rig_hand(board, "fault", "+blank");
    assert_true(answers(board));
}

static void is_locked_up(struct sim_board *board)
{
    rig_connect(board);
    assert_true(peek32(board, DHCSR) & S_LOCKUP);
}

static void resets_itself(struct sim_board *board)
{
    unsigned resets = 0;

    rig_connect(board);
    for (unsigned i = 0; i < 5; i++) {
        sim_board_advance_us(board, SECOND_US);
        uint32_t dhcsr = peek32(board, DHCSR);
        resets += (dhcsr & S_RESET_ST) != 0;
        assert_true(dhcsr & S_RETIRE_ST);
    }
    assert_int_equal(resets, 5);
}

static void programs(void **state)
{
    on_each_chip("runs", runs);
    on_each_chip("swj-off", answers_only_in_reset);
    on_each_chip("stop", answers_only_in_reset);
    on_each_chip("standby", answers_only_in_reset);
    on_each_chip("lockup", is_locked_up);
    on_each_chip("reset-loop", resets_itself);
}

/* The flags of RCC_CSR tell which it was: IWDGRSTF, SFTRSTF. */
static void a_reset_loop_has_a_cause(void **state)
{
    enum { RCC_CSR = 0x40021024 };
    const uint32_t iwdg = 1u << 29, software = 1u << 28;
    unsigned by_watchdog = 0, by_software = 0;

    for (unsigned seed = 0; seed < SEEDS; seed++) {
        struct sim_board *board = board_with("bluepill", "reset-loop", seed);

        sim_board_advance_us(board, SECOND_US);
        rig_connect(board);
        uint32_t csr = peek32(board, RCC_CSR);
        assert_true(!(csr & iwdg) != !(csr & software));
        by_watchdog += (csr & iwdg) != 0;
        by_software += (csr & software) != 0;
        sim_board_destroy(board);
    }
    assert_true(by_watchdog > 2 && by_software > 2);
}

static void boot0_starts_the_loader(void **state)
{
    struct sim_board *board = rig_halted("bluepill,runs,boot0");

    assert_int_equal(rig_register(board, 15) & 0xFFFFF000u, 0x1FFFF000u);
    rig_hand(board, "fault", "-boot0");
    rig_halt(board);
    assert_int_equal(rig_register(board, 15) & 0xFFFFF000u, FLASH_BASE);
    sim_board_destroy(board);
}

/* --- the chip --- */

static void is_sealed(struct sim_board *board)
{
    is_silent(board);
    rig_hand(board, "power", "off");
    rig_hand(board, "power", "on");
    assert_false(answers(board));
}

static void level_2_is_silence(void **state)
{
    for (unsigned i = 1; i < CHIPS; i++) { /* F1 has none */
        struct sim_board *board = board_with(chips[i], "locked2", 0);
        is_sealed(board);
        sim_board_destroy(board);
    }
}

static void the_first_blocks_are_write_protected(void **state)
{
    struct sim_board *board = rig_halted("bluepill,write-protected");
    const uint32_t wrprterr = 1u << 4;

    assert_int_equal(peek32(board, FLASH_WRPR), 0xFFFFFFF0);
    rig_unlock(board);
    poke32(board, FLASH_CR, 1);
    poke16(board, FLASH_BASE, 0x1234);
    assert_true(rig_wait_flash(board, NULL) & wrprterr);
    poke16(board, FLASH_BASE + 0x4000, 0x1234);
    assert_int_equal(peek16(board, FLASH_BASE + 0x4000), 0x1234);
    sim_board_destroy(board);
}

static void copies_of_the_f103(void **state)
{
    static const struct {
        const char *spec;
        uint32_t dpidr, cpuid, idcode, size_word, designer;
    } copies[] = {
        {"bluepill", 0x1BA01477, 0x411FC231, 0x20036410, 0xFFFF0040, 0x020},
        {"bluepill,clone=cks32", 0x2BA01477, 0x412FC230, 0x20036410, 0xFFFF0040, 0x43B},
        {"bluepill,clone=apm32", 0x2BA01477, 0x412FC231, 0x20036410, 0xFFFF0040, 0x43B},
        {"bluepill,clone=gd32", 0x1BA01477, 0x412FC231, 0x13030410, 0x00140040, 0x751},
        {"bluepill,clone=ch32", 0x2BA01477, 0x412FC231, 0x20000410, 0xFFFF0000, 0x43B},
        {"bluepill,clone=hk32", 0x2BA01477, 0x412FC231, 0x20036410, 0xFFFF0040, 0x055},
    };

    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        struct sim_board *board = rig_connected(copies[i].spec);
        uint32_t dpidr;

        dp_read(board, DP_DPIDR, &dpidr);
        assert_int_equal(dpidr, copies[i].dpidr);
        assert_int_equal(peek32(board, CPUID), copies[i].cpuid);
        assert_int_equal(peek32(board, DBGMCU_F1), copies[i].idcode);
        assert_int_equal(peek32(board, SIZE_REGISTER), copies[i].size_word);
        uint32_t designer = (peek32(board, 0xE00FFFD0) & 15) << 8 |
                            (peek32(board, 0xE00FFFE8) & 7) << 4 | peek32(board, 0xE00FFFE4) >> 4;
        assert_int_equal(designer, copies[i].designer);
        sim_board_destroy(board);
    }
}

/* Asks for power and gets none; what is asked of the access port is refused. */
static void has_no_debug_power(struct sim_board *board)
{
    uint32_t value = 0;

    assert_true(answers(board));
    dp_write(board, DP_CTRL_STAT, DP_CTRL_CDBGPWRUPREQ | DP_CTRL_CSYSPWRUPREQ);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_int_equal(value & (DP_CTRL_CDBGPWRUPACK | DP_CTRL_CSYSPWRUPACK), 0);
    assert_int_equal(ap_read(board, AP_CSW, &value), SWD_FAULT);
}

static void no_debug_power(void **state)
{
    on_each_chip("no-debug-power", has_no_debug_power);
}

/* --- the list --- */

static void each_board_says_which_faults_it_can_have(void **state)
{
    struct sim_board *board = rig_board("bluepill");
    unsigned count = 0;
    bool second_level = false, copies = false;

    for (const char *name; (name = sim_board_fault(board, count)); count++) {
        second_level |= strcmp(name, "locked2") == 0;
        copies |= strcmp(name, "clone") == 0;
    }
    assert_true(count > 30);
    assert_true(copies && !second_level);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_wires_let_nothing_through),
        cmocka_unit_test(an_open_ground_looks_different_each_time),
        cmocka_unit_test(a_seed_repeats_itself),
        cmocka_unit_test(long_wires_are_the_worse_the_faster),
        cmocka_unit_test(two_chips_at_once_garble_what_they_disagree_on),
        cmocka_unit_test(supply_and_reset),
        cmocka_unit_test(programs),
        cmocka_unit_test(a_reset_loop_has_a_cause),
        cmocka_unit_test(boot0_starts_the_loader),
        cmocka_unit_test(level_2_is_silence),
        cmocka_unit_test(the_first_blocks_are_write_protected),
        cmocka_unit_test(copies_of_the_f103),
        cmocka_unit_test(no_debug_power),
        cmocka_unit_test(each_board_says_which_faults_it_can_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Pins: what an input sees of its pull, of the board and of hands, and what hands are told. */
#include <stdio.h>

#include "rig.h"

enum { AFIO_MAPR = 0x40010004, GPIOA = 0x40010800, GPIOB = 0x40010C00, GPIOC = 0x40011000 };
enum { CRL = 0x00, CRH = 0x04, IDR = 0x08, ODR = 0x0C };

static struct sim_board *halted(void)
{
    struct sim_board *board = rig_halted("bluepill,sleep");

    rig_clocks_on(board);
    return board;
}

/* PA0 in each configuration, with both levels of ODR, undriven and driven. */
static void every_configuration_sees_the_outside_its_own_way(void **state)
{
    static const struct {
        uint32_t config;
        uint8_t odr, floats, driven0, driven1;
    } rows[] = {
        {0x0, 1, 0, 0, 0},                    /* analog: no digital input */
        {0x4, 0, 0, 0, 1}, {0x4, 1, 0, 0, 1}, /* floating */
        {0x8, 0, 0, 0, 1}, {0x8, 1, 1, 0, 1}, /* pulled by ODR */
        {0x2, 0, 0, 0, 0}, {0x1, 1, 1, 1, 1}, /* push-pull is stronger */
        {0x7, 0, 0, 0, 0}, {0x5, 1, 1, 0, 1}, /* open drain: let go with 1 */
        {0xB, 0, 0, 0, 0}, {0xB, 1, 1, 1, 1}, /* alternate functions alike */
        {0xF, 0, 0, 0, 0}, {0xF, 1, 1, 0, 1},
    };
    struct sim_board *board = halted();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        poke32(board, GPIOA + CRL, 0x44444440 | rows[i].config);
        poke32(board, GPIOA + ODR, rows[i].odr);
        assert_int_equal(peek32(board, GPIOA + IDR) & 1, rows[i].floats);
        rig_pin(board, "PA0", "0");
        assert_int_equal(peek32(board, GPIOA + IDR) & 1, rows[i].driven0);
        rig_pin(board, "PA0", "1");
        assert_int_equal(peek32(board, GPIOA + IDR) & 1, rows[i].driven1);
        rig_pin(board, "PA0", "float");
        assert_int_equal(peek32(board, GPIOA + IDR) & 1, rows[i].floats);
    }
    sim_board_destroy(board);
}

static void hands_drive_one_pin_and_no_other(void **state)
{
    struct sim_board *board = halted();

    rig_pin(board, "PB0", "1");
    rig_pin(board, "pb15", "1");
    rig_pin(board, "PE7", "1");
    assert_int_equal(peek32(board, GPIOB + IDR) & ~0x18u, 0x8001); /* 3, 4: the debug port's */
    assert_int_equal(peek32(board, GPIOC + IDR), 1u << 13);        /* the LED */
    assert_int_equal(peek32(board, 0x40011808), 1u << 7);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ); /* a hand does not let go at a reset */
    sim_board_advance_us(board, 10);
    rig_clocks_on(board);
    assert_int_equal(peek32(board, GPIOB + IDR) & 1, 1);
    sim_board_destroy(board);
}

/* RM0008, 9.3.5: pulled by the chip while they are the debug port's, ordinary pins afterwards. */
static void debug_pins_are_pulled_until_given_back(void **state)
{
    static const struct {
        uint32_t swj_cfg, a, b;
    } rows[] = {{0, 0xA000, 0x10}, {1, 0xA000, 0}, {2, 0x2000, 0}};
    struct sim_board *board = halted();

    for (size_t i = 0; i < 3; i++) {
        poke32(board, AFIO_MAPR, rows[i].swj_cfg << 24);
        assert_int_equal(peek32(board, GPIOA + IDR), rows[i].a);
        assert_int_equal(peek32(board, GPIOB + IDR), rows[i].b);
    }
    poke32(board, GPIOB + CRL, 0x44434444); /* PB4 is an output now that it is free */
    poke32(board, GPIOB + ODR, 1u << 4);
    assert_int_equal(peek32(board, GPIOB + IDR), 1u << 4);
    poke32(board, AFIO_MAPR, 0);
    poke32(board, GPIOB + ODR, 0); /* and is none while it is NJTRST */
    assert_int_equal(peek32(board, GPIOB + IDR), 1u << 4);
    sim_board_destroy(board);
}

/* --- the hand --- */

static const char *hand(struct sim_board *board, const char *pin, const char *level)
{
    static char reply[1000];
    const char *const argv[] = {"pin", pin, level};

    if (!sim_board_control(board, level ? 3 : pin ? 2 : 1, argv, reply, sizeof reply))
        fail_msg("%s", reply);
    return reply;
}

static void pins_are_shown(void **state)
{
    struct sim_board *board = halted();

    assert_string_equal(hand(board, NULL, NULL), "no pin is driven; sim pin PA0 1 drives one\n");
    assert_string_equal(hand(board, "PA0", NULL), "PA0: floating input, not driven, reads 0\n");
    poke32(board, GPIOA + CRL, 0x44444448);
    poke32(board, GPIOA + ODR, 1);
    assert_string_equal(hand(board, "PA0", "0"), "PA0: input with pull-up, driven to 0, reads 0\n");
    poke32(board, GPIOC + CRH, 0x44244444);
    assert_string_equal(hand(board, "PC13", "1"), "PC13: output, driven to 1, reads 0\n");
    assert_string_equal(hand(board, NULL, NULL), "PA0: input with pull-up, driven to 0, reads 0\n"
                                                 "PC13: output, driven to 1, reads 0\n");
    assert_string_equal(hand(board, "PA13", NULL), "PA13: debug port's, not driven, reads 1\n");
    sim_board_destroy(board);
}

static void wrong_words_are_refused(void **state)
{
    static const char *const wrong[][2] = {{"PA16", "1"},   {"PF0", "1"},  {"A0", "1"},
                                           {"PA", "1"},     {"PA-1", "1"}, {"PA0x", "1"},
                                           {"P@0", "1"},    {"", "1"},     {"PA0", "2"},
                                           {"PA0", "high"}, {"PA0", ""},   {"PA999999999999", "1"}};
    struct sim_board *board = halted();
    char reply[1000];

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *const argv[] = {"pin", wrong[i][0], wrong[i][1]};
        assert_false(sim_board_control(board, 3, argv, reply, sizeof reply));
        assert_true(strlen(reply) > 20);
    }
    const char *const many[] = {"pin", "PA0", "1", "1"};
    assert_false(sim_board_control(board, 4, many, reply, sizeof reply));
    assert_string_equal(hand(board, NULL, NULL), "no pin is driven; sim pin PA0 1 drives one\n");
    sim_board_destroy(board);
}

/* All of them at once: more than the reply holds. */
static void a_long_list_is_cut_at_a_line(void **state)
{
    struct sim_board *board = halted();

    for (unsigned i = 0; i < 80; i++) {
        char pin[8];
        snprintf(pin, sizeof pin, "P%c%u", 'A' + (int)(i / 16), i % 16);
        rig_pin(board, pin, "1");
    }
    const char *text = hand(board, NULL, NULL);
    assert_true(strlen(text) > 900);
    assert_int_equal(text[strlen(text) - 1], '\n');
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_configuration_sees_the_outside_its_own_way),
        cmocka_unit_test(hands_drive_one_pin_and_no_other),
        cmocka_unit_test(debug_pins_are_pulled_until_given_back),
        cmocka_unit_test(pins_are_shown),
        cmocka_unit_test(wrong_words_are_refused),
        cmocka_unit_test(a_long_list_is_cut_at_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* The modelled firmware against the words of the specification, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "dap_model.h"

#define CPUID 0xE000ED00u
#define RAM 0x20000000u

struct rig {
    struct sim_board *board;
    struct dap_model *model;
    uint8_t reply[1024];
    size_t length;
};

static void plug(struct rig *rig, const char *probe, const char *board)
{
    char err[400];

    memset(rig, 0, sizeof *rig);
    rig->board = sim_board_create(board, err, sizeof err);
    assert_non_null(rig->board);
    rig->model = dap_model_create(dap_config_find(probe), rig->board);
    while (dap_model_in(rig->model, rig->reply, sizeof rig->reply) > 0)
        ;
}

static void unplug(struct rig *rig)
{
    dap_model_destroy(rig->model);
    sim_board_destroy(rig->board);
}

static void ask(struct rig *rig, const void *request, size_t length)
{
    assert_true(dap_model_out(rig->model, request, length));
    rig->length = dap_model_in(rig->model, rig->reply, sizeof rig->reply);
}

#define ASK(rig, ...) \
    ask(rig, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define ANSWERED(rig, ...)                                            \
    do {                                                              \
        const uint8_t expected[] = {__VA_ARGS__};                     \
        assert_int_equal((rig)->length, sizeof expected);             \
        assert_memory_equal((rig)->reply, expected, sizeof expected); \
    } while (0)
#define LE32(value) (value) & 0xFF, (value) >> 8 & 0xFF, (value) >> 16 & 0xFF, (value) >> 24 & 0xFF

static void ones(struct rig *rig)
{
    ASK(rig, 0x12, 51, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
    ANSWERED(rig, 0x12, 0);
}

static void line_reset(struct rig *rig)
{
    ones(rig);
    ASK(rig, 0x12, 8, 0);
}

static void wake(struct rig *rig)
{
    ASK(rig, 0x02, 1);
    ANSWERED(rig, 0x02, 1);
    ones(rig);
    ASK(rig, 0x12, 16, 0x9E, 0xE7);
    line_reset(rig);
}

/* Powered up, CSW for words with increment. */
static void open_board(struct rig *rig, const char *probe, const char *board)
{
    plug(rig, probe, board);
    ASK(rig, 0x04, 0, 100, 0, 0, 0);
    wake(rig);
    ASK(rig, 0x05, 0, 1, 0x02);
    ANSWERED(rig, 0x05, 1, 1, LE32(0x1BA01477u));
    ASK(rig, 0x05, 0, 4, 0x00, LE32(0x1Eu), 0x08, LE32(0u), 0x04, LE32(0x50000000u), 0x01,
        LE32(0x23000052u));
    ANSWERED(rig, 0x05, 4, 1);
}

static void it_says_who_it_is(void **state)
{
    struct rig r;

    (void)state;
    plug(&r, "mcu-link", "bluepill");
    ASK(&r, 0x00, 0xFF);
    ANSWERED(&r, 0x00, 2, 0x00, 0x02);
    ASK(&r, 0x00, 0xFE);
    ANSWERED(&r, 0x00, 1, 4);
    ASK(&r, 0x00, 0xFD);
    ANSWERED(&r, 0x00, 4, 0, 0x10, 0, 0);
    ASK(&r, 0x00, 0x03);
    assert_int_equal(r.reply[1], strlen("JQAQBQAQUALPV") + 1); /* with its end */
    assert_string_equal(r.reply + 2, "JQAQBQAQUALPV");
    ASK(&r, 0x00, 0x05); /* no target is soldered to it */
    ANSWERED(&r, 0x00, 0);
    unplug(&r);
    plug(&r, "debugprobe", "bluepill");
    ASK(&r, 0x00, 0xF0);
    ANSWERED(&r, 0x00, 2, 0x11, 0x01); /* SWD, atomic commands; COM port */
    unplug(&r);
}

static void what_it_does_not_know_it_says(void **state)
{
    struct rig r;

    (void)state;
    plug(&r, "daplink", "bluepill");
    ASK(&r, 0x80, 1, 2, 3); /* vendor */
    ANSWERED(&r, 0xFF);
    ASK(&r, 0x1F);
    ANSWERED(&r, 0xFF);
    ASK(&r, 0x17, 1); /* no SWO here */
    ANSWERED(&r, 0xFF);
    ASK(&r, 0x02, 2); /* JTAG */
    ANSWERED(&r, 0x02, 0);
    ASK(&r, 0x16, 0);
    ANSWERED(&r, 0x16, 0xFF);
    ASK(&r, 0x0A); /* no reset of its own for this chip */
    ANSWERED(&r, 0x0A, 0, 0);
    ASK(&r, 0x05, 0, 1, 0x02); /* not connected */
    ANSWERED(&r, 0x05, 0, 0);
    unplug(&r);
}

static void a_port_answers_only_what_woke_it(void **state)
{
    struct rig r;

    (void)state;
    plug(&r, "daplink", "bluepill");
    ASK(&r, 0x02, 1);
    line_reset(&r);
    ASK(&r, 0x05, 0, 1, 0x02); /* still JTAG */
    ANSWERED(&r, 0x05, 0, 7);
    ones(&r);
    ASK(&r, 0x12, 16, 0x9E, 0xE7);
    ones(&r);
    ASK(&r, 0x05, 0, 1, 0x02); /* no idle cycles: that is no line reset yet */
    ANSWERED(&r, 0x05, 0, 7);
    line_reset(&r);
    ASK(&r, 0x05, 0, 1, 0x02);
    ANSWERED(&r, 0x05, 1, 1, LE32(0x1BA01477u));
    ASK(&r, 0x13, 1); /* a turnaround that the port has not */
    ASK(&r, 0x05, 0, 1, 0x02);
    ANSWERED(&r, 0x05, 0, 7);
    unplug(&r);
    plug(&r, "daplink", "bluepill,misprint-a-on-b");
    wake(&r);
    ASK(&r, 0x05, 0, 1, 0x02);
    assert_int_equal(r.reply[1], 0);
    unplug(&r);
}

static void reads_bring_their_own_words(void **state)
{
    struct rig r;

    (void)state;
    open_board(&r, "daplink", "bluepill,still");
    /* TAR, two reads of DRW and one of CTRL/STAT between them. */
    ASK(&r, 0x05, 0, 5, 0x05, LE32(RAM), 0x0D, LE32(0x11223344u), 0x0D, LE32(0x55667788u), 0x05,
        LE32(RAM), 0x0F);
    ANSWERED(&r, 0x05, 5, 1, LE32(0x11223344u));
    ASK(&r, 0x05, 0, 4, 0x05, LE32(RAM), 0x0F, 0x06, 0x0F);
    ANSWERED(&r, 0x05, 4, 1, LE32(0x11223344u), LE32(0xF0000040u), LE32(0x55667788u));
    ASK(&r, 0x05, 0, 1, 0x05, LE32(CPUID));
    ASK(&r, 0x06, 0, 1, 0, 0x0F);
    ANSWERED(&r, 0x06, 1, 0, 1, LE32(0x411FC231u));
    unplug(&r);
}

static void a_match_is_waited_for(void **state)
{
    struct rig r;

    (void)state;
    open_board(&r, "daplink", "bluepill");
    ASK(&r, 0x04, 0, 10, 0, 50, 0);
    /* DHCSR: debug on and halt; S_HALT as mask and value; no word comes. */
    ASK(&r, 0x05, 0, 4, 0x05, LE32(0xE000EDF0u), 0x0D, LE32(0xA05F0003u), 0x05, LE32(0xE000EDF0u),
        0x20, LE32(0x00020000u));
    ANSWERED(&r, 0x05, 4, 1);
    ASK(&r, 0x05, 0, 2, 0x01, LE32(0x23000042u), 0x1F, LE32(0x00020000u));
    ANSWERED(&r, 0x05, 2, 1);
    ASK(&r, 0x05, 0, 2, 0x1F, LE32(0u), 0x06);
    ANSWERED(&r, 0x05, 0, 0x11); /* OK on the wire, another value; the rest is not done */
    unplug(&r);
}

static void an_error_ends_the_packet(void **state)
{
    struct rig r;

    (void)state;
    open_board(&r, "daplink", "bluepill");
    /* Two reads where nothing is: the first is counted when it was posted, and has no word. */
    ASK(&r, 0x05, 0, 3, 0x05, LE32(0x70000000u), 0x0F, 0x0F);
    ANSWERED(&r, 0x05, 2, 4);
    ASK(&r, 0x05, 0, 1, 0x0F);
    ANSWERED(&r, 0x05, 0, 4);
    ASK(&r, 0x08, 0, LE32(0x1Eu));
    ANSWERED(&r, 0x08, 0);
    /* Of writes the last one's outcome is looked at. */
    ASK(&r, 0x05, 0, 2, 0x05, LE32(0x70000000u), 0x0D, LE32(1u));
    ANSWERED(&r, 0x05, 2, 4);
    ASK(&r, 0x08, 0, LE32(0x1Eu));
    ASK(&r, 0x05, 0, 1, 0x05, LE32(0x70000000u));
    ASK(&r, 0x06, 0, 2, 0, 0x0F);
    ANSWERED(&r, 0x06, 0, 0, 4);
    unplug(&r);
}

static void packets_are_used_to_their_last_byte(void **state)
{
    uint8_t request[64] = {0x06, 0, 14, 0, 0x0D};
    struct rig r;

    (void)state;
    open_board(&r, "daplink", "bluepill");
    for (uint8_t i = 0; i < 14; i++)
        put_le32(request + 5 + 4 * i, 0x01010101u * i);
    ASK(&r, 0x05, 0, 1, 0x05, LE32(RAM));
    ask(&r, request, 61);
    ANSWERED(&r, 0x06, 14, 0, 1);
    ASK(&r, 0x05, 0, 1, 0x05, LE32(RAM));
    ASK(&r, 0x06, 0, 15, 0, 0x0F);
    assert_int_equal(r.length, 64);
    assert_memory_equal(r.reply + 4, request + 5, 56);
    assert_int_equal(dap_model_violations(r.model), 0);
    ASK(&r, 0x06, 0, 16, 0, 0x0F); /* its answer does not fit */
    assert_int_equal(r.length, 64);
    assert_int_equal(dap_model_violations(r.model), 1);
    put_le16(request + 2, 15); /* its last word is not there */
    ask(&r, request, 61);
    assert_int_equal(dap_model_violations(r.model), 2);
    unplug(&r);
}

static void as_many_requests_wait_as_it_has_buffers_for(void **state)
{
    const uint8_t dpidr[] = {0x05, 0, 1, 0x02}, size[] = {0x00, 0xFF};
    struct rig r;

    (void)state;
    open_board(&r, "nameless", "bluepill");
    assert_true(dap_model_out(r.model, dpidr, sizeof dpidr));
    assert_false(dap_model_out(r.model, size, sizeof size));
    ask(&r, "\x07", 1); /* out of band, no answer of its own: this is the one before it */
    ANSWERED(&r, 0x05, 1, 1, LE32(0x1BA01477u));
    unplug(&r);
    open_board(&r, "daplink", "bluepill");
    for (int i = 0; i < 4; i++)
        assert_true(dap_model_out(r.model, i % 2 ? size : dpidr, i % 2 ? 2 : 4));
    assert_false(dap_model_out(r.model, size, sizeof size));
    for (int i = 0; i < 4; i++) {
        assert_true(dap_model_in(r.model, r.reply, sizeof r.reply) > 0);
        assert_int_equal(r.reply[0], i % 2 ? 0x00 : 0x05); /* in their order */
    }
    unplug(&r);
    open_board(&r, "debugprobe-old", "bluepill");
    assert_true(dap_model_out(r.model, dpidr, sizeof dpidr));
    assert_true(dap_model_out(r.model, size, sizeof size));
    assert_int_equal(dap_model_in(r.model, r.reply, sizeof r.reply), 4);
    assert_int_equal(dap_model_in(r.model, r.reply, sizeof r.reply), 0);
    unplug(&r);
}

static void commands_are_queued_and_run_at_once(void **state)
{
    struct rig r;

    (void)state;
    open_board(&r, "daplink", "bluepill");
    ASK(&r, 0x7F, 2, 0x00, 0xFE, 0x05, 0, 1, 0x02);
    ANSWERED(&r, 0x7F, 2, 0x00, 1, 4, 0x05, 1, 1, LE32(0x1BA01477u));
    ASK(&r, 0x7E, 1, 0x10, 0x00, 0x80, LE32(0u));
    assert_int_equal(r.length, 0);
    assert_false(sim_board_nrst_is_low(r.board));
    ASK(&r, 0x10, 0x80, 0x80, LE32(1000u));
    ANSWERED(&r, 0x7F, 1, 0x10, 0x03); /* reset was low.. */
    r.length = dap_model_in(r.model, r.reply, sizeof r.reply);
    ANSWERED(&r, 0x10, 0x83); /* ..and is not any more */
    unplug(&r);
}

static void pins_are_driven_and_seen(void **state)
{
    const char *press[] = {"nrst", "press"};
    struct rig r;
    char text[100];

    (void)state;
    plug(&r, "daplink", "bluepill");
    ASK(&r, 0x10, 0, 0x80, LE32(0u));
    ANSWERED(&r, 0x10, 0x03);
    assert_true(sim_board_nrst_is_low(r.board));
    ASK(&r, 0x10, 0, 0, LE32(0u)); /* nothing is selected: nothing changes */
    ANSWERED(&r, 0x10, 0x03);
    ASK(&r, 0x03); /* lets go */
    assert_false(sim_board_nrst_is_low(r.board));
    uint64_t before = sim_board_now_us(r.board);
    assert_true(sim_board_control(r.board, 2, press, text, sizeof text));
    ASK(&r, 0x10, 0x80, 0x80, LE32(5000u)); /* a finger is on the button */
    ANSWERED(&r, 0x10, 0x03);
    assert_in_range(sim_board_now_us(r.board) - before, 5000, 5200);
    unplug(&r);
}

static void a_port_of_a_bus_sleeps_until_it_is_selected(void **state)
{
    static const uint8_t alert[] = {0x12, 136,  0xFF, 0x92, 0xF3, 0x09, 0x62, 0x95, 0x2D, 0x85,
                                    0x86, 0xE9, 0xAF, 0xDD, 0xE3, 0xA2, 0x0E, 0xBC, 0x19};
    struct rig r;

    (void)state;
    plug(&r, "debugprobe", "bluepill");
    dap_wire_sleep(dap_model_wire(r.model), 0x01002927u);
    wake(&r); /* by what wakes others */
    ASK(&r, 0x05, 0, 1, 0x02);
    ANSWERED(&r, 0x05, 0, 7);
    ask(&r, alert, sizeof alert);
    ASK(&r, 0x12, 12, 0xA0, 0x01);
    line_reset(&r);
    ASK(&r, 0x05, 0, 1, 0x02); /* awake, and not selected */
    ANSWERED(&r, 0x05, 0, 7);
    line_reset(&r);
    ASK(&r, 0x1D, 3, 8, 0x99, 0x85, 33, LE32(0x11002927u), 1); /* another one's instance */
    ANSWERED(&r, 0x1D, 0, 0x1F);                               /* which nobody acknowledges */
    ASK(&r, 0x05, 0, 1, 0x02);
    ANSWERED(&r, 0x05, 0, 7);
    line_reset(&r);
    ASK(&r, 0x1D, 3, 8, 0x99, 0x85, 33, LE32(0x01002927u), 0);
    ASK(&r, 0x05, 0, 1, 0x02);
    ANSWERED(&r, 0x05, 1, 1, LE32(0x1BA01477u));
    /* The same read by hand: A5, and let go: turnaround, the acknowledge, the word, its parity. */
    ASK(&r, 0x1D, 2, 8, 0xA5, 0x80 | 37);
    ANSWERED(&r, 0x1D, 0, 0x73, 0x47, 0x01, 0xBA, 0x01);
    unplug(&r);
}

static void reports_are_full_or_wait(void **state)
{
    uint8_t report[512] = {0x00, 0xFE};
    struct rig r;

    (void)state;
    plug(&r, "daplink-v1", "bluepill");
    ASK(&r, 0x00, 0xFE);
    assert_int_equal(r.length, 64);
    unplug(&r);
    plug(&r, "ice", "bluepill");
    ask(&r, report, 64);
    assert_int_equal(r.length, 0);
    ask(&r, report + 64, 448);
    assert_int_equal(r.length, 512);
    assert_int_equal(r.reply[2], 1);
    unplug(&r);
}

static void an_earlier_hosts_answer_may_wait(void **state)
{
    char err[400];
    struct sim_board *board = sim_board_create("bluepill", err, sizeof err);
    struct dap_model *model = dap_model_create(dap_config_find("daplink-v1"), board);
    uint8_t reply[64];

    (void)state;
    assert_int_equal(dap_model_in(model, reply, sizeof reply), 64);
    assert_int_equal(reply[0], 0x05);
    assert_int_equal(dap_model_in(model, reply, sizeof reply), 0);
    dap_model_destroy(model);
    sim_board_destroy(board);
}

static void reads_may_be_told_their_time(void **state)
{
    struct rig r;

    (void)state;
    open_board(&r, "mcu-link", "bluepill,still");
    ASK(&r, 0x11, LE32(1000000u));
    ASK(&r, 0x05, 0, 2, 0x82, 0x82);
    assert_int_equal(r.length, 3 + 2 * 8);
    assert_int_equal(get_le32(r.reply + 7), 0x1BA01477);
    assert_in_range(get_le32(r.reply + 11) - get_le32(r.reply + 3), 44, 50); /* clocks at 1 MHz */
    unplug(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_who_it_is),
        cmocka_unit_test(what_it_does_not_know_it_says),
        cmocka_unit_test(a_port_answers_only_what_woke_it),
        cmocka_unit_test(reads_bring_their_own_words),
        cmocka_unit_test(a_match_is_waited_for),
        cmocka_unit_test(an_error_ends_the_packet),
        cmocka_unit_test(packets_are_used_to_their_last_byte),
        cmocka_unit_test(as_many_requests_wait_as_it_has_buffers_for),
        cmocka_unit_test(commands_are_queued_and_run_at_once),
        cmocka_unit_test(pins_are_driven_and_seen),
        cmocka_unit_test(a_port_of_a_bus_sleeps_until_it_is_selected),
        cmocka_unit_test(reports_are_full_or_wait),
        cmocka_unit_test(an_earlier_hosts_answer_may_wait),
        cmocka_unit_test(reads_may_be_told_their_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

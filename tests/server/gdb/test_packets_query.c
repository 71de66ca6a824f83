/* SPDX-License-Identifier: MIT */
/* qSupported, threads, qXfer, qRcmd, unknown packets; and the table itself. */
#include <ctype.h>

#include "desk.h"
#include "gdb/packets_internal.h"

static struct desk desk;
static struct gdb *const gdb = &desk.gdb[0];

static int set_up(void **state)
{
    (void)state;
    desk_open(&desk);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void features_are_offered_and_heard(void **state)
{
    (void)state;
    const char *reply = ask(&desk, gdb,
                            "qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn+;"
                            "xmlRegisters=i386;error-message+");
    static const char *const offered[] = {
        "PacketSize=4000;",
        ";qXfer:features:read+",
        ";qXfer:memory-map:read+",
        ";qXfer:threads:read+",
        ";QStartNoAckMode+",
        ";vContSupported+",
        ";swbreak+",
        ";hwbreak+",
        ";binary-upload+",
        ";error-message+",
    };

    for (size_t i = 0; i < sizeof offered / sizeof *offered; i++)
        assert_non_null(strstr(reply, offered[i]));
    assert_null(strstr(reply, ";;"));
    assert_null(strstr(reply, "multiprocess"));
    assert_true(gdb->state.swbreak && gdb->state.hwbreak && gdb->state.error_message);
    ask(&desk, gdb, "qSupported:swbreak-;hwbreak+extra;xerror-message+");
    assert_false(gdb->state.swbreak || gdb->state.hwbreak || gdb->state.error_message);
    assert_begins(ask(&desk, gdb, "qSupported"), "PacketSize=");
}

static void unknown_packets_are_answered_empty(void **state)
{
    static const char *const unknown[] = {
        "vMustReplyEmpty",
        "",
        "qTStatus",
        "QNonStop:0",
        "vCtrlC",
        "qL1200000000",
        "qExecAndArgs",
        "vFile:x",
        "qXfer:osdata:read::0,1000",
        "Hm0",
        "qCRCx:1,2",
        "qSupportedX",
        "jX",
        "\xff\xfe",
        "Z9,0,0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_string_equal(ask(&desk, gdb, unknown[i]), "");
}

static void there_is_one_thread(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "qfThreadInfo"), "m1");
    assert_string_equal(ask(&desk, gdb, "qsThreadInfo"), "l");
    assert_string_equal(ask(&desk, gdb, "qC"), "QC1");
    assert_string_equal(ask(&desk, gdb, "T1"), "OK");
    assert_begins(ask(&desk, gdb, "T2"), "E");
    assert_string_equal(ask(&desk, gdb, "Hg0"), "OK");
    assert_string_equal(ask(&desk, gdb, "Hc-1"), "OK");
    assert_begins(ask(&desk, gdb, "Hg-2"), "E");
    assert_string_equal(ask(&desk, gdb, "qThreadExtraInfo,1"), "72756e6e696e67");
    assert_begins(ask(&desk, gdb, "qThreadExtraInfo,7"), "E");
    assert_non_null(strstr(ask(&desk, gdb, "qXfer:threads:read::0,1000"), "<thread id=\"1\""));
    assert_string_equal(ask(&desk, gdb, "qAttached"), "1");
}

/* "pxFirst" by its own name, "pxSecond" as link-time optimisation calls it. */
#define FIRST "70784669727374"
#define SECOND "70785365636f6e64"
#define RTT "5f5345474745525f525454" /* where RTT's control block is */
#define LTO "2e6c746f5f707269762e30"

static void learn_symbols(void)
{
    assert_string_equal(ask(&desk, gdb, "qSymbol::"), "qSymbol:" FIRST);
    assert_string_equal(ask(&desk, gdb, "qSymbol:20000000:" FIRST), "qSymbol:" SECOND);
    assert_string_equal(ask(&desk, gdb, "qSymbol::" SECOND), "qSymbol:" SECOND LTO);
    assert_string_equal(ask(&desk, gdb, "qSymbol:20000001:" SECOND LTO), "qSymbol:" RTT);
    assert_string_equal(ask(&desk, gdb, "qSymbol:20000040:" RTT), "OK");
    assert_int_equal(desk.session.rtt_symbol, 0x20000040);
}

static void symbols_are_asked_for_one_after_the_other(void **state)
{
    (void)state;
    learn_symbols();
    assert_string_equal(ask(&desk, gdb, "qfThreadInfo"), "m1,2,1a");
    assert_string_equal(ask(&desk, gdb, "qSymbol:20000000:6d61696e"), "OK"); /* never asked for */
    assert_begins(ask(&desk, gdb, "qSymbol:20000000"), "E");
    assert_begins(ask(&desk, gdb, "qSymbol:20000000:7"), "E");
    /* Another program: what was known is forgotten. */
    assert_string_equal(ask(&desk, gdb, "qSymbol::"), "qSymbol:" FIRST);
    assert_string_equal(ask(&desk, gdb, "qSymbol::" FIRST), "qSymbol:" FIRST LTO);
    assert_string_equal(ask(&desk, gdb, "qSymbol::" FIRST LTO), "qSymbol:" SECOND);
    assert_string_equal(ask(&desk, gdb, "qSymbol:120000001:" SECOND), "qSymbol:" SECOND LTO);
    assert_string_equal(ask(&desk, gdb, "qSymbol::" SECOND LTO), "qSymbol:" RTT);
    assert_string_equal(ask(&desk, gdb, "qSymbol::" RTT), "qSymbol:" RTT LTO);
    assert_string_equal(ask(&desk, gdb, "qSymbol::" RTT LTO), "OK");
    assert_int_equal(desk.session.rtt_symbol, 0x20000040); /* what is not said is not denied */
    assert_string_equal(ask(&desk, gdb, "qfThreadInfo"), "m1");
}

static void threads_have_names_states_and_registers(void **state)
{
    (void)state;
    fake.state = TARGET_HALTED;
    learn_symbols();
    assert_string_equal(ask(&desk, gdb, "qC"), "QC1");
    assert_string_equal(ask(&desk, gdb, "T1a"), "OK");
    assert_begins(ask(&desk, gdb, "T3"), "E");
    assert_string_equal(ask(&desk, gdb, "qThreadExtraInfo,2"), "7365636f6e643a20426c6f636b6564");
    assert_string_equal(ask(&desk, gdb, "qThreadExtraInfo,1a"), "5265616479");
    assert_non_null(strstr(ask(&desk, gdb, "qXfer:threads:read::0,1000"),
                           "<thread id=\"2\" core=\"0\" name=\"second\">Blocked</thread>\n"
                           "<thread id=\"1a\" core=\"0\">Ready</thread>"));
    assert_string_equal(ask(&desk, gdb, "Hg2"), "OK");
    assert_string_equal(ask(&desk, gdb, "p3"), "03200000");
    assert_string_equal(ask(&desk, gdb, "pc"), "xxxxxxxx");
    assert_begins(ask(&desk, gdb, "g"), "0020000001200000");
    assert_string_equal(ask(&desk, gdb, "P4=78563412"), "OK");
    assert_string_equal(fake_log(), "thread 2 register 4 = 12345678;");
    /* A stop's reply chooses the thread that it names. */
    assert_begins(ask(&desk, gdb, "s"), "T05thread:1;");
    assert_string_equal(ask(&desk, gdb, "p3"), "03100000");
    assert_string_equal(ask(&desk, gdb, "Hg1"), "OK");
    assert_string_equal(ask(&desk, gdb, "p3"), "03100000");
}

static void without_a_target_there_is_no_thread_but_an_answer(void **state)
{
    (void)state;
    fake.state = TARGET_ABSENT;
    assert_string_equal(ask(&desk, gdb, "?"), "W00");
    assert_string_equal(ask(&desk, gdb, "qfThreadInfo"), "l");
    assert_null(strstr(ask(&desk, gdb, "qXfer:threads:read::0,1000"), "id="));
    assert_begins(ask(&desk, gdb, "qXfer:features:read:target.xml:0,100"), "E");
    assert_begins(ask(&desk, gdb, "m0,4"), "E");
    assert_begins(ask(&desk, gdb, "vCont;c"), "E");
    assert_string_equal(ask(&desk, gdb, "D"), "OK");
    fake.connect_error = ERR_NO_TARGET;
    assert_begins(ask(&desk, gdb, "vAttach;1"), "E");
}

static void whole_document(const char *object, size_t piece, char *out)
{
    char packet[128];
    size_t at = 0;

    do {
        snprintf(packet, sizeof packet, "qXfer:%s:%zx,%zx", object, at, piece);
        ask(&desk, gdb, packet);
        assert_in_range(gdb->reply_length, 1, piece + 1);
        memcpy(out + at, gdb->reply + 1, gdb->reply_length - 1);
        at += gdb->reply_length - 1;
    } while (gdb->reply[0] == 'm');
    assert_int_equal(gdb->reply[0], 'l');
    out[at] = '\0';
}

static void every_window_size_gives_the_same_document(void **state)
{
    static const char *const objects[] = {"features:read:target.xml",
                                          "memory-map:read:", "threads:read:"};
    static char whole[16384], pieces[16384];

    (void)state;
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        whole_document(objects[i], 0x3000, whole);
        assert_begins(whole, "<?xml");
        for (size_t piece = 1; piece < 200; piece += 13) {
            whole_document(objects[i], piece, pieces);
            assert_string_equal(pieces, whole);
        }
    }
}

static void windows_outside_the_document(void **state)
{
    (void)state;
    assert_begins(ask(&desk, gdb, "qXfer:features:read:target.xml:ffff,100"), "E01");
    assert_begins(ask(&desk, gdb, "qXfer:features:read:target.xml:0"), "E01");
    assert_string_equal(ask(&desk, gdb, "qXfer:features:read:target.xml:0,0"), "m");
    assert_string_equal(ask(&desk, gdb, "qXfer:features:read:other.xml:0,100"), "E00");
    assert_begins(ask(&desk, gdb, "qXfer:features:read:target.xml:5,ffffffff"), "l");
    assert_begins(ask(&desk, gdb, "qXfer:features:read:target.xml:100000000,1"), "E01");
}

static void monitor_text_comes_before_its_answer(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "qRcmd,73617920686f"), "OK"); /* say ho */
    assert_string_equal(sent(gdb), "[O:ho\n]");
    assert_string_equal(ask(&desk, gdb, "qRcmd,666f6f"), "E01");
    assert_string_equal(sent(gdb), "[O:unknown command\n]");
    gdb->state.error_message = true;
    assert_string_equal(ask(&desk, gdb, "qRcmd,666f6f"), "E.unknown command");
    assert_string_equal(sent(gdb), "");
    assert_begins(ask(&desk, gdb, "qRcmd,6"), "E.");
    assert_begins(ask(&desk, gdb, "qRcmd,"), "E.");
}

static void no_ack_mode_is_the_session_s_to_keep(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "QStartNoAckMode"), "OK");
    assert_int_equal(gdb->actions, CLIENT_NO_ACK);
    ask(&desk, gdb, "qC");
    assert_int_equal(gdb->actions, CLIENT_NOTHING);
}

static void long_packets_are_told_from_quick_ones(void **state)
{
    static const char *const slow[] = {"c",        "s",     "vCont;c",         "C05",
                                       "qRcmd,61", "vRun;", "vAttach;1",       "vFlashDone",
                                       "S05",      "R00",   "vFlashErase:0,0", "vFlashWrite:0:"};
    static const char *const quick[] = {"g",      "m0,4",   "?",      "qCRC:0,100", "qSupported",
                                        "vCont?", "Z1,0,2", "X0,0:",  "H",          "unknown",
                                        "",       "D",      "vKill;1"};

    (void)state;
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
        assert_true(packet_may_take_long(slow[i], strlen(slow[i])));
    for (size_t i = 0; i < sizeof quick / sizeof *quick; i++)
        assert_false(packet_may_take_long(quick[i], strlen(quick[i])));
}

/* No packet hides behind another that is found first; schemas hold known letters only. */
static void table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < packet_count; i++) {
        size_t arguments = 0;

        for (size_t j = 0; j < i; j++) {
            size_t length = strlen(packets[j].name);

            if (strncmp(packets[i].name, packets[j].name, length) == 0)
                assert_true(strchr("qQv", packets[j].name[0]) &&
                            isalnum((unsigned char)packets[i].name[length]));
        }
        for (const char *s = packets[i].schema; *s; s++)
            arguments += isalpha((unsigned char)*s) != 0;
        assert_in_range(arguments, 0, PACKET_ARGS);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(features_are_offered_and_heard),
        TEST(unknown_packets_are_answered_empty),
        TEST(there_is_one_thread),
        TEST(symbols_are_asked_for_one_after_the_other),
        TEST(threads_have_names_states_and_registers),
        TEST(without_a_target_there_is_no_thread_but_an_answer),
        TEST(every_window_size_gives_the_same_document),
        TEST(windows_outside_the_document),
        TEST(monitor_text_comes_before_its_answer),
        TEST(no_ack_mode_is_the_session_s_to_keep),
        TEST(long_packets_are_told_from_quick_ones),
        TEST(table_is_sound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

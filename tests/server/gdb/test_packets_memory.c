/* SPDX-License-Identifier: MIT */
/* m M x X qCRC qSearch:memory g G p P Z z: checked arguments, honest errors. */
#include "desk.h"

static struct desk desk;
static struct gdb *const gdb = &desk.gdb[0];

static int set_up(void **state)
{
    (void)state;
    desk_open(&desk);
    assert_begins(ask(&desk, gdb, "?"), "T05thread:1;");
    fake_log();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static bool is_error(const char *reply)
{
    return reply[0] == 'E' && strlen(reply) == 3 && strcmp(reply, "E00") != 0;
}
#define assert_error(packet) assert_true(is_error(ask(&desk, gdb, packet)))

static void memory_is_read_in_both_ways(void **state)
{
    (void)state;
    fake.ram[0x23] = 0x23;
    assert_string_equal(ask(&desk, gdb, "m20000001,3"), "010203");
    assert_string_equal(ask(&desk, gdb, "m20000001,0"), "");
    assert_string_equal(ask(&desk, gdb, "x20000022,3"), "b\"}\x03}\x04");
    assert_string_equal(ask(&desk, gdb, "x20000022,0"), "b");
}

static void read_beyond_the_end_is_short_or_an_error_but_never_zeros(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "m20004ffe,10"), "feff");
    assert_string_equal(ask(&desk, gdb, "x20004ffe,10"), "b\xfe\xff");
    assert_error("m20005000,4");
    assert_error("x20005000,4");
    fake.fail = ERR_PARITY;
    assert_error("m20000000,4");
}

static void huge_read_is_cut_to_a_packet(void **state)
{
    (void)state;
    ask(&desk, gdb, "m20000000,6400000");
    assert_int_equal(gdb->reply_length, RSP_PACKET_SIZE);
    ask(&desk, gdb, "x8000000,6400000");
    assert_int_equal(gdb->reply_length, RSP_PACKET_SIZE);
    memset(fake.flash, '#', sizeof fake.flash);
    ask(&desk, gdb, "x8000000,4000");
    assert_in_range(gdb->reply_length, RSP_PACKET_SIZE - 2, RSP_PACKET_SIZE);
}

static void slow_wire_gets_small_packets(void **state)
{
    (void)state;
    fake.speed_khz = 100;
    assert_begins(ask(&desk, gdb, "qSupported"), "PacketSize=1900;");
    ask(&desk, gdb, "m20000000,6400000");
    assert_int_equal(gdb->reply_length, 0x1900);
    ask(&desk, gdb, "x8000000,6400000");
    assert_int_equal(gdb->reply_length, 1 + 0x1900 / 2);
    fake.speed_khz = 5;
    assert_begins(ask(&desk, gdb, "qSupported"), "PacketSize=200;");
    fake.speed_khz = 1800;
    assert_begins(ask(&desk, gdb, "qSupported"), "PacketSize=4000;");
}

static void garbled_reads_and_writes_are_errors(void **state)
{
    static const char *const packets[] = {
        "m",
        "m20000000",
        "m20000000,",
        "mg,4",
        "m,4",
        "m20000000,4,",
        "m20000000;4",
        "m120000000,4",
        "mfffffffe,4",
        "m0,fffffffffff",
        "M20000000,2:1",
        "M20000000,2:123",
        "M20000000,2",
        "M20000000,1:zz",
        "M20000000,1:0102",
        "X20000000,2:a",
        "X20000000,1:}",
        "Xffffffff,2:ab",
        "x20000000",
        "M20005000,1:00",
    };

    (void)state;
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++)
        assert_error(packets[i]);
}

static void memory_is_written_in_both_ways(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "M20000010,2:AbCd"), "OK");
    assert_memory_equal(fake.ram + 0x10, "\xab\xcd", 2);
    assert_string_equal(ask_bytes(&desk, gdb, "X20000010,3:}\x03\x00:", 16), "OK");
    assert_memory_equal(fake.ram + 0x10, "#\x00:", 3);
    assert_string_equal(ask(&desk, gdb, "X20005000,0:"), "OK");
}

/* gdb says "Load failed" at most: the reason is in the log, once, and only of what is a load. */
static void a_load_that_goes_nowhere_leaves_its_reason_in_the_log(void **state)
{
    static const struct {
        uint32_t address, length;
        enum err fail;
        const char *said; /* begins so; nothing if empty */
    } cases[] = {
        {0x60000000, 9, ERR_OK,
         "9 bytes are not loaded: 0x60000000 is no memory of this chip: flash"},
        {0x1FFFF000, 64, ERR_OK,
         "64 bytes are not loaded: 0x1ffff000 is system memory, not flash or"},
        {0x20004F00, 0x400, ERR_OK,
         "1 KiB do not fit: ends at 0x200052ff, RAM ends at 0x20004fff; "},
        {0x20004000, 0x400, ERR_FAULT, "1024 bytes are not loaded: no memory at 0x20004000"},
        {0x20004000, 0x400, ERR_OK, ""},
        {0x60000000, 8, ERR_OK, ""},
    };
    char packet[0x420];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int head = snprintf(packet, sizeof packet, "X%x,%x:", cases[i].address, cases[i].length);

        memset(packet + head, 'x', cases[i].length);
        fake.fail = cases[i].fail;
        ask_bytes(&desk, gdb, packet, (size_t)head + cases[i].length);
        const char *said = logged(&desk);
        assert_begins(said, cases[i].said);
        assert_int_equal(said[0] != '\0', cases[i].said[0] != '\0');
        const char *line_end = strchr(said, '\n');
        assert_true(!line_end || !line_end[1]);
    }
}

static void crc_and_search(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "qCRC:8000000,100"), "C08000100");
    assert_error("qCRC:fffffff0,20");
    memcpy(fake.ram + 4094, "needle", 6); /* across a block's end */
    assert_string_equal(ask(&desk, gdb, "qSearch:memory:20000000;5000;needle"), "1,20000ffe");
    assert_string_equal(ask(&desk, gdb, "qSearch:memory:20000000;1003;needle"), "0");
    assert_string_equal(ask(&desk, gdb, "qSearch:memory:20000000;1004;needle"), "1,20000ffe");
    memcpy(fake.ram + 3 * 4096 - 1, "haystack", 8); /* across a later one's */
    assert_string_equal(ask(&desk, gdb, "qSearch:memory:20000003;4ff0;haystack"), "1,20002fff");
    assert_error("qSearch:memory:20000000;5001;zzzz");
    assert_error("qSearch:memory:20000000;10;");
}

static void registers_are_read_and_written(void **state)
{
    (void)state;
    ask(&desk, gdb, "g");
    assert_int_equal(gdb->reply_length, 19 * 8 + 2);
    assert_begins(gdb->reply, "0010000001100000");
    assert_string_equal(gdb->reply + 19 * 8, "13");
    assert_string_equal(ask(&desk, gdb, "p13"), "13");
    assert_string_equal(ask(&desk, gdb, "Pf=04030201"), "OK");
    assert_int_equal(fake.registers[15], 0x01020304);
    char all[1 + 19 * 8 + 2 + 1] = "G";
    memset(all + 1, '1', sizeof all - 2);
    assert_string_equal(ask(&desk, gdb, all), "OK");
    assert_int_equal(fake.registers[0], 0x11111111);
    assert_int_equal(fake.registers[19], 0x11);
    all[9] = 'g';
    assert_error(all);
}

/* Each digit unknown, as gdb counts them; what stood in a job before is not this one's error. */
static void registers_that_were_never_seen_are_unknown_not_zeros(void **state)
{
    (void)state;
    desk_close(&desk);
    desk_open(&desk); /* the core runs, and nobody halted it */
    ask(&desk, gdb, "qSupported:error-message+");
    ask(&desk, gdb, "g");
    assert_int_equal(gdb->reply_length, 19 * 8 + 2);
    assert_int_equal(strspn(gdb->reply, "x"), 19 * 8 + 2);
    assert_int_equal(gdb->left, ERR_OK);
    assert_begins(ask(&desk, gdb, "p0"), "E.the core runs");
}

static void garbled_registers_are_errors(void **state)
{
    static const char *const packets[] = {
        "p",    "p14",          "pzz",           "p-1",      "P0=123", "P0=", "P0",
        "P=00", "P14=00000000", "P0=0102030405", "P13=0102", "G",      "G00", "Gxy"};

    (void)state;
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++)
        assert_error(packets[i]);
    assert_int_equal(fake.registers[0], 0x1000);
    fake.fail = ERR_WAIT;
    assert_error("g");
}

static void breakpoints_belong_to_their_gdb(void **state)
{
    struct gdb *second = desk_join(&desk, 1);

    (void)state;
    assert_string_equal(ask(&desk, gdb, "Z0,8000100,2"), "OK");
    assert_string_equal(ask(&desk, gdb, "Z1,8000100,3"), "OK");
    assert_string_equal(ask(&desk, second, "z1,8000100,3"), "OK");
    assert_string_equal(fake_log(), "bp0+sw 08000100/2;bp0+hw 08000100/3;bp1-hw 08000100/3;");
    assert_string_equal(ask(&desk, gdb, "Z2,20000000,4"), "OK");
    assert_string_equal(ask(&desk, gdb, "Z3,20000000,4"), "OK");
    assert_string_equal(ask(&desk, second, "z4,20000000,4"), "OK");
    assert_string_equal(fake_log(), "wp0+0 20000000/4;wp0+1 20000000/4;wp1-2 20000000/4;");
}

/* lldb without a program sets 4 or 0; with one it sets 2 and clears 4. */
static void kinds_of_breakpoints_are_taken_and_do_not_tell_them_apart(void **state)
{
    char packet[32];

    (void)state;
    for (int kind = 0; kind <= 4; kind++) {
        snprintf(packet, sizeof packet, "Z%d,8000100,%d", kind & 1, kind);
        assert_string_equal(ask(&desk, gdb, packet), "OK");
    }
    fake_log();
    assert_string_equal(ask(&desk, gdb, "z0,8000100,4"), "OK");
    assert_string_equal(ask(&desk, gdb, "z1,8000100,9"), "OK");
    assert_string_equal(fake_log(), "bp0-sw 08000100/4;bp0-hw 08000100/9;");
}

static void impossible_breakpoints_are_errors_and_unknown_types_empty(void **state)
{
    (void)state;
    assert_error("Z0,8000100,5");
    assert_error("Z1,8000100");
    assert_error("Z2,20000000,0");
    assert_error("Z2,ffffffff,2");
    assert_error("Z0,8000100,2;X1,22");
    assert_string_equal(ask(&desk, gdb, "Z5,8000100,2"), "");
    assert_error("Z");
    assert_error("zx,8000100,2");
    fake.fail = ERR_NO_RESOURCE;
    assert_error("Z1,8000100,2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(memory_is_read_in_both_ways),
        TEST(read_beyond_the_end_is_short_or_an_error_but_never_zeros),
        TEST(huge_read_is_cut_to_a_packet),
        TEST(slow_wire_gets_small_packets),
        TEST(garbled_reads_and_writes_are_errors),
        TEST(memory_is_written_in_both_ways),
        TEST(a_load_that_goes_nowhere_leaves_its_reason_in_the_log),
        TEST(crc_and_search),
        TEST(registers_are_read_and_written),
        TEST(registers_that_were_never_seen_are_unknown_not_zeros),
        TEST(garbled_registers_are_errors),
        TEST(breakpoints_belong_to_their_gdb),
        TEST(kinds_of_breakpoints_are_taken_and_do_not_tell_them_apart),
        TEST(impossible_breakpoints_are_errors_and_unknown_types_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* RTT on a simulated board whose core stands: control blocks laid by hand, good ones and hostile
 * ones, and what of the RAM is changed by moving bytes. */
#include "core_bench.h"

#include "base/bytes.h"
#include "trace/rtt.h"

#define RAM 0x20000000u
#define RAM_END 0x20005000u
#define AT 0x20001230u   /* the control block */
#define RING 0x20002001u /* buffers, as odd as it gets */
#define DEVICE 0x40010800u

enum { GUARD = 8, MOST = 64 };

/* Who listens and what he sends. */
struct ends {
    uint8_t got[4096];
    size_t got_length;
    const uint8_t *sends;
    size_t send_length;
    unsigned wanted; /* a bit a channel */
    unsigned down;   /* to which is sent */
};

static size_t wanted(void *user, unsigned channel)
{
    const struct ends *ends = user;

    return ends->wanted >> channel & 1 ? sizeof ends->got - ends->got_length : 0;
}

static void bring(void *user, unsigned channel, const uint8_t *bytes, size_t length)
{
    struct ends *ends = user;

    (void)channel;
    assert_true(length <= sizeof ends->got - ends->got_length);
    memcpy(ends->got + ends->got_length, bytes, length);
    ends->got_length += length;
}

static size_t waiting(void *user, unsigned channel, const uint8_t **bytes)
{
    const struct ends *ends = user;

    *bytes = ends->sends;
    return channel == ends->down ? ends->send_length : 0;
}

static void took(void *user, unsigned channel, size_t length)
{
    struct ends *ends = user;

    assert_int_equal(channel, ends->down);
    ends->sends += length;
    ends->send_length -= length;
}

static struct rtt rtt;

static size_t move(struct bench *bench, struct ends *ends, unsigned rounds)
{
    const struct rtt_ends of = {wanted, bring, waiting, took, ends};
    size_t moved;

    bench_ok(bench, rtt_move(&rtt, bench->target, &of, rounds, &moved));
    return moved;
}

/* --- blocks --- */

static void put(struct bench *bench, uint32_t address, const void *bytes, size_t length)
{
    bench_ok(bench, target_write(bench->target, address, bytes, length));
}

static void lay_header(struct bench *bench, uint32_t at, uint32_t ups, uint32_t downs)
{
    uint8_t header[RTT_HEADER] = "SEGGER RTT";

    put_le32(header + 16, ups);
    put_le32(header + 20, downs);
    put(bench, at, header, sizeof header);
}

static void lay_channel(struct bench *bench, uint32_t at, unsigned index,
                        const struct rtt_channel *channel)
{
    uint8_t bytes[RTT_DESCRIPTOR];
    const uint32_t words[] = {channel->name,  channel->buffer, channel->size,
                              channel->write, channel->read,   channel->flags};

    for (unsigned i = 0; i < 6; i++)
        put_le32(bytes + 4 * i, words[i]);
    put(bench, at + RTT_HEADER + index * RTT_DESCRIPTOR, bytes, sizeof bytes);
}

static const struct rtt_channel plain = {.buffer = RING, .size = 16};

static void lay_plain(struct bench *bench, uint32_t at)
{
    lay_header(bench, at, 1, 1);
    lay_channel(bench, at, 0, &plain);
    lay_channel(bench, at, 1, &plain);
}

static void search(struct bench *bench)
{
    bool over = false;

    while (!over)
        bench_ok(bench, rtt_search(&rtt, bench->target, &over));
}

static int setup(void **state)
{
    static const uint8_t zeros[RAM_END - RAM];
    int result = bench_setup(state);

    bench_halt(*state);
    put(*state, RAM, zeros, sizeof zeros);
    rtt_init(&rtt);
    return result;
}

#define RTT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, bench_teardown)

/* --- moving --- */

/* All sizes up to a few, all offsets: the listener gets the ring's bytes in order, and of the RAM
 * nothing changes but RdOff. */
static void up_moves_what_is_between_the_offsets(void **state)
{
    struct bench *bench = *state;
    static const uint32_t sizes[] = {1, 2, 3, 5, 16, 31};
    uint8_t ring[MOST + 2 * GUARD], after[sizeof ring];

    for (unsigned i = 0; i < sizeof ring; i++)
        ring[i] = (uint8_t)(0x80 + i);
    put(bench, RING - GUARD, ring, sizeof ring);
    lay_plain(bench, AT);
    search(bench);
    for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (uint32_t read = 0; read < sizes[s]; read++)
            for (uint32_t write = 0; write < sizes[s]; write++) {
                struct ends ends = {.wanted = 1};
                struct rtt_channel up = {
                    .buffer = RING, .size = sizes[s], .write = write, .read = read, .flags = 2};
                uint32_t filled = (write + sizes[s] - read) % sizes[s];

                lay_channel(bench, AT, 0, &up);
                assert_int_equal(move(bench, &ends, 4), filled);
                assert_int_equal(ends.got_length, filled);
                for (uint32_t i = 0; i < filled; i++)
                    assert_int_equal(ends.got[i], ring[GUARD + (read + i) % sizes[s]]);
                assert_int_equal(bench_raw(bench, AT + 24 + 16), write);
                assert_int_equal(bench_raw(bench, AT + 24 + 12), write);
                assert_int_equal(bench_raw(bench, AT + 24 + 20), 2);
            }
    bench_ok(bench, target_read(bench->target, RING - GUARD, after, sizeof after, NULL));
    assert_memory_equal(after, ring, sizeof ring);
}

static void down_fills_the_room_and_keeps_one_byte(void **state)
{
    struct bench *bench = *state;
    static const uint8_t text[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    static const uint32_t sizes[] = {1, 2, 3, 5, 16};
    uint8_t blank[MOST + 2 * GUARD], after[sizeof blank];

    memset(blank, 0xEE, sizeof blank);
    lay_plain(bench, AT);
    search(bench);
    for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (uint32_t read = 0; read < sizes[s]; read++)
            for (uint32_t write = 0; write < sizes[s]; write++) {
                struct ends ends = {.sends = text, .send_length = sizeof text - 1};
                struct rtt_channel down = {
                    .buffer = RING, .size = sizes[s], .write = write, .read = read};
                uint32_t room = sizes[s] - 1 - (write + sizes[s] - read) % sizes[s];

                put(bench, RING - GUARD, blank, sizeof blank);
                lay_channel(bench, AT, 1, &down);
                assert_int_equal(move(bench, &ends, 4), room);
                assert_int_equal(ends.send_length, sizeof text - 1 - room);
                assert_int_equal(bench_raw(bench, AT + 48 + 12), (write + room) % sizes[s]);
                assert_int_equal(bench_raw(bench, AT + 48 + 16), read);
                for (uint32_t i = 0; i < room; i++)
                    blank[GUARD + (write + i) % sizes[s]] = text[i];
                bench_ok(bench,
                         target_read(bench->target, RING - GUARD, after, sizeof after, NULL));
                assert_memory_equal(after, blank, sizeof blank);
                memset(blank, 0xEE, sizeof blank);
            }
}

/* On a probe each flush is a trip: nothing new is one, and what came is one more. */
static void a_look_is_one_flush_and_data_one_more(void **state)
{
    struct bench *bench = *state;
    struct ends ends = {.wanted = 1};
    struct rtt_channel up = {.buffer = RING, .size = 16, .write = 3, .read = 9};

    lay_plain(bench, AT);
    search(bench);
    bench_count(bench);
    assert_int_equal(move(bench, &ends, 4), 0);
    assert_int_equal(bench_flushes(bench), 1);
    lay_channel(bench, AT, 0, &up);
    bench_count(bench);
    assert_int_equal(move(bench, &ends, 4), 10);
    assert_int_equal(bench_flushes(bench), 2);
}

static void what_nobody_wants_stays(void **state)
{
    struct bench *bench = *state;
    struct ends ends = {0};
    struct rtt_channel up = {.buffer = RING, .size = 16, .write = 3};

    lay_plain(bench, AT);
    lay_channel(bench, AT, 0, &up);
    search(bench);
    assert_int_equal(move(bench, &ends, 4), 0);
    assert_int_equal(bench_raw(bench, AT + 24 + 16), 0);
}

/* --- searching --- */

static void it_is_found_wherever_it_stands(void **state)
{
    struct bench *bench = *state;
    static const uint8_t nothing[RTT_HEADER + 2 * RTT_DESCRIPTOR];
    static const uint32_t places[] = {RAM,
                                      RAM + 4,
                                      RAM + RTT_SLICE - 4,
                                      RAM + RTT_SLICE - 8,
                                      RAM + RTT_SLICE - 12,
                                      RAM + RTT_SLICE - 16,
                                      RAM + RTT_SLICE,
                                      RAM_END - sizeof nothing};

    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        lay_plain(bench, places[i]);
        rtt_init(&rtt);
        search(bench);
        assert_true(rtt.found);
        assert_int_equal(rtt.address, places[i]);
        assert_int_equal(rtt.up_count, 1);
        put(bench, places[i], nothing, sizeof nothing);
    }
    lay_plain(bench, AT + 2); /* no compiler lays it there */
    rtt_init(&rtt);
    search(bench);
    assert_false(rtt.found);
}

static void what_looks_like_one_is_passed_by(void **state)
{
    struct bench *bench = *state;

    put(bench, RAM + 64, "SEGGER RTT is a text\0", 22);
    lay_header(bench, RAM + 0x100, 0, 0);
    lay_header(bench, RAM + 0x200, 256, 1);
    lay_header(bench, RAM + 0x300, 0xFFFFFFFF, 0xFFFFFFFF);
    lay_header(bench, RAM + 0x400, 3, 3); /* not begun: no channel */
    lay_header(bench, RAM_END - RTT_HEADER, 3, 3);
    search(bench);
    assert_false(rtt.found);
    lay_plain(bench, AT);
    rtt_forget(&rtt);
    search(bench);
    assert_true(rtt.found);
    assert_int_equal(rtt.address, AT);
}

static void where_it_is_said_to_be_is_looked_first_and_only_there(void **state)
{
    struct bench *bench = *state;

    lay_plain(bench, RAM + 0x100);
    lay_plain(bench, AT);
    rtt.symbol = AT;
    search(bench);
    assert_int_equal(rtt.address, AT);
    rtt_init(&rtt);
    rtt.start = AT;
    rtt.size = 10; /* the length of its id, as Cortex-Debug says it */
    search(bench);
    assert_true(rtt.found);
    rtt_init(&rtt);
    rtt.start = AT + 4;
    rtt.size = 0x1000;
    search(bench);
    assert_false(rtt.found);
    rtt_init(&rtt);
    rtt.start = DEVICE; /* no RAM: not one read */
    rtt.size = 0x1000;
    bench_count(bench);
    search(bench);
    assert_false(rtt.found);
    assert_int_equal(bench_flushes(bench), 0);
    rtt_init(&rtt);
    rtt.start = 0xFFFFFFF0;
    rtt.size = 0xFFFFFFFF;
    search(bench);
    assert_false(rtt.found);
}

static void a_block_that_is_no_more_is_left_alone(void **state)
{
    struct bench *bench = *state;
    struct ends ends = {.wanted = 1};
    struct rtt_channel up = {.buffer = RING, .size = 16, .write = 3};

    lay_plain(bench, AT);
    search(bench);
    lay_channel(bench, AT, 0, &up);
    bench_set_word(bench, AT, 0x12345678);
    assert_int_equal(move(bench, &ends, 4), 0);
    assert_false(rtt.found);
    assert_int_equal(bench_raw(bench, AT + 24 + 16), 0);
    lay_plain(bench, AT);
    search(bench);
    assert_true(rtt.found);
    lay_header(bench, AT, 2, 1); /* another one at its place */
    assert_int_equal(move(bench, &ends, 4), 0);
    assert_false(rtt.found);
}

/* --- hostile ones --- */

/* Beside a good channel, so that the block is believed: nothing of the bad one is read, or the look
 * would take another flush, and nothing is written. */
static void what_cannot_be_true_is_not_followed(void **state)
{
    struct bench *bench = *state;
    static const struct rtt_channel bad[] = {
        {.buffer = DEVICE, .size = 16, .write = 3},
        {.buffer = 0xE000E000, .size = 16, .write = 3},
        {.buffer = 0x08000000, .size = 16, .write = 3},
        {.buffer = 0, .size = 16, .write = 3},
        {.buffer = 0xFFFFFFF8, .size = 16, .write = 12},
        {.buffer = RAM_END - 8, .size = 16, .write = 3},
        {.buffer = RAM - 8, .size = 16, .write = 12},
        {.buffer = RING, .size = 0, .write = 3},
        {.buffer = RING, .size = 0xFFFFFFFF, .write = 3},
        {.buffer = RING, .size = 0x100001, .write = 3},
        {.buffer = RING, .size = 16, .write = 16},
        {.buffer = RING, .size = 16, .write = 0xFFFFFFFF},
        {.buffer = RING, .size = 16, .write = 3, .read = 16},
        {.buffer = RING, .size = 16, .write = 3, .read = 0x80000000},
        {.buffer = RING, .size = 16, .write = 3, .flags = 0x01000000},
    };
    static const uint8_t text[] = "text";

    lay_header(bench, AT, 2, 1);
    lay_channel(bench, AT, 1, &plain);
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ends ends = {.wanted = 3, .sends = text, .send_length = bad[i].buffer ? 4 : 0};

        lay_channel(bench, AT, 0, &bad[i]);
        lay_channel(bench, AT, 2, &bad[i]);
        rtt_forget(&rtt);
        search(bench);
        assert_true(rtt.found);
        bench_count(bench);
        assert_int_equal(move(bench, &ends, 4), 0);
        assert_int_equal(bench_flushes(bench), 1);
        assert_int_equal(bench_raw(bench, AT + 24 + 16), bad[i].read);
        assert_int_equal(bench_raw(bench, AT + 72 + 12), bad[i].write);
    }
}

/* --- one listener and the others --- */

static void one_with_little_room_gets_the_rest_later(void **state)
{
    struct bench *bench = *state;
    struct ends ends = {.wanted = 1, .got_length = sizeof ends.got - 5};
    struct rtt_channel up = {.buffer = RING, .size = 16, .write = 3, .read = 7};

    put(bench, RING, "abcdefghijklmnop", 16);
    lay_plain(bench, AT);
    lay_channel(bench, AT, 0, &up);
    search(bench);
    assert_int_equal(move(bench, &ends, 4), 5);
    assert_int_equal(bench_raw(bench, AT + 24 + 16), 12);
    ends.got_length = 0;
    assert_int_equal(move(bench, &ends, 4), 7);
    assert_memory_equal(ends.got, "mnopabc", 7);
}

static size_t counts[4];

static size_t all(void *user, unsigned channel)
{
    (void)user;
    return channel < 4 ? 1 << 20 : 0;
}

static void count(void *user, unsigned channel, const uint8_t *bytes, size_t length)
{
    (void)user;
    (void)bytes;
    counts[channel] += length;
}

/* Four channels that are full again each time, of more than one round can carry. */
static void a_flood_keeps_no_other_channel_from_its_turn(void **state)
{
    struct bench *bench = *state;
    struct ends none = {0};
    const struct rtt_ends ends = {all, count, waiting, took, &none};
    struct rtt_channel full = {.buffer = RAM + 0x2000, .size = 0x2400, .write = 0x23FF};
    size_t moved;

    lay_header(bench, AT, 4, 1);
    lay_channel(bench, AT, 0, &full);
    search(bench);
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned channel = 0; channel < 4; channel++)
            lay_channel(bench, AT, channel, &full);
        bench_ok(bench, rtt_move(&rtt, bench->target, &ends, 1, &moved));
    }
    for (unsigned channel = 0; channel < 4; channel++)
        assert_true(counts[channel] >= 0x1000);
}

/* --- the rest --- */

static void names_are_read_where_memory_has_them(void **state)
{
    struct bench *bench = *state;
    struct rtt_channel up = plain, device = plain, wild = plain;

    put(bench, RAM + 0x800, "Term\x1binal", 10);
    put(bench, RAM_END - 4, "abcd", 4);
    up.name = RAM + 0x800;
    device.name = DEVICE;
    wild.name = RAM_END - 4;
    lay_header(bench, AT, 3, 1);
    lay_channel(bench, AT, 0, &up);
    lay_channel(bench, AT, 1, &device);
    lay_channel(bench, AT, 2, &wild);
    lay_channel(bench, AT, 3, &up);
    search(bench);
    assert_string_equal(rtt.up_names[0], "Term?inal");
    assert_string_equal(rtt.up_names[1], "");
    assert_string_equal(rtt.up_names[2], "abcd");
    assert_string_equal(rtt.down_names[0], "Term?inal");
}

static void the_mode_is_all_that_changes_of_the_flags(void **state)
{
    struct bench *bench = *state;
    struct rtt_channel up = {.buffer = RING, .size = 16, .flags = 0x00ABCD01};

    lay_plain(bench, AT);
    lay_channel(bench, AT, 0, &up);
    search(bench);
    bench_ok(bench, rtt_set_mode(&rtt, bench->target, 0, RTT_BLOCK));
    assert_int_equal(bench_raw(bench, AT + 24 + 20), 0x00ABCD02);
}

static void a_wiped_block_is_not_found_again(void **state)
{
    struct bench *bench = *state;

    lay_plain(bench, AT);
    search(bench);
    bench_ok(bench, rtt_wipe(&rtt, bench->target));
    assert_int_equal(bench_raw(bench, AT), 0);
    assert_int_equal(bench_raw(bench, AT + 16), 1);
    search(bench);
    assert_false(rtt.found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RTT_TEST(up_moves_what_is_between_the_offsets),
        RTT_TEST(down_fills_the_room_and_keeps_one_byte),
        RTT_TEST(a_look_is_one_flush_and_data_one_more),
        RTT_TEST(what_nobody_wants_stays),
        RTT_TEST(it_is_found_wherever_it_stands),
        RTT_TEST(what_looks_like_one_is_passed_by),
        RTT_TEST(where_it_is_said_to_be_is_looked_first_and_only_there),
        RTT_TEST(a_block_that_is_no_more_is_left_alone),
        RTT_TEST(what_cannot_be_true_is_not_followed),
        RTT_TEST(one_with_little_room_gets_the_rest_later),
        RTT_TEST(a_flood_keeps_no_other_channel_from_its_turn),
        RTT_TEST(names_are_read_where_memory_has_them),
        RTT_TEST(the_mode_is_all_that_changes_of_the_flags),
        RTT_TEST(a_wiped_block_is_not_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

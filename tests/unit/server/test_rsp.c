/* SPDX-License-Identifier: MIT */
/* The packet codec: framing, checksums, interrupts, foreign protocols, run lengths, escapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rsp.h"

/* All events of a stream as letters, packets' payloads in between, the stream fed in pieces of
 * `piece` bytes. */
static void events(const char *bytes, size_t length, size_t piece, char *out)
{
    static const char letters[] = {
        [RSP_BAD] = '!',       [RSP_TOO_LONG] = 'L', [RSP_ACK] = '+',
        [RSP_INTERRUPT] = '^', [RSP_NACK] = '-',     [RSP_FOREIGN] = 'F'};
    struct rsp_decoder *decoder = malloc(sizeof *decoder);

    rsp_decoder_init(decoder);
    for (size_t at = 0; at < length;) {
        size_t used, chunk = length - at < piece ? length - at : piece;
        enum rsp_event event = rsp_decode(decoder, bytes + at, chunk, &used);

        assert_in_range(used, 1, chunk);
        at += used;
        if (event == RSP_PACKET) {
            assert_int_equal(strlen(decoder->packet), decoder->length);
            out += sprintf(out, "[%s]", decoder->packet);
        } else if (event != RSP_NOTHING) {
            *out++ = letters[event];
        }
    }
    *out = '\0';
    free(decoder);
}

static void check(const char *bytes, size_t length, const char *expected)
{
    char out[256];

    for (size_t piece = 1; piece <= length; piece++) {
        events(bytes, length, piece, out);
        assert_string_equal(out, expected);
    }
}
#define CHECK(bytes, expected) check(bytes, sizeof(bytes) - 1, expected)

static void packets_come_whole_however_they_are_split(void **state)
{
    (void)state;
    CHECK("+$?#3f", "+[?]");
    CHECK("$m0,4#fd$g#67+$?#3f", "[m0,4][g]+[?]");
    CHECK("$#00", "[]");
    CHECK("$?#3F", "[?]");
}

static void interrupt_counts_only_between_packets(void **state)
{
    (void)state;
    CHECK("\x03$g#67\x03\x03", "^[g]^^");
    CHECK("$a\x03#64", "[a\x03]");
}

static void bad_checksum_is_said_once_and_the_next_packet_is_right(void **state)
{
    (void)state;
    CHECK("$g#68$g#67", "![g]");
    CHECK("$g#zz$g#67", "![g]");
    CHECK("$g#6z$g#67", "![g]");
    CHECK("-$g#67", "-[g]");
}

static void packet_begun_anew_replaces_the_old_one(void **state)
{
    (void)state;
    CHECK("$vCont;$g#67", "[g]");
    CHECK("+noise\r\n$g#67", "+[g]");
}

static void browser_is_told_from_gdb(void **state)
{
    (void)state;
    CHECK("+GET / HTTP/1.1", "+F");
    CHECK("+xPOST /", "+F");
    CHECK("+OPTIONS *", "+F");
    CHECK("+GETTING", "+");
    CHECK("$GET #00", "[GET ]"); /* inside a packet it is data */
}

/* A page chooses parts of what TLS, TURN and any method's request say. */
static void what_begins_unlike_gdb_is_no_gdb(void **state)
{
    static const char *const begins[] = {"patch / HTTP/1.1", "\r\nGET /", " $g#67",   "g$g#67",
                                         "\x16\x03\x01",     "#$g#67",    "\xff$g#67"};

    (void)state;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        struct rsp_decoder *decoder = malloc(sizeof *decoder);
        size_t used;

        rsp_decoder_init(decoder);
        assert_int_equal(rsp_decode(decoder, begins[i], strlen(begins[i]), &used), RSP_FOREIGN);
        assert_int_equal(used, 1);
        free(decoder);
    }
    CHECK("$g#67", "[g]");
    CHECK("\x03$g#67", "^[g]");
    CHECK("-$g#67", "-[g]");
}

static void longest_packet_passes_and_a_longer_one_is_skipped_to_its_end(void **state)
{
    struct rsp_decoder *decoder = malloc(sizeof *decoder);
    char *stream = malloc(RSP_PACKET_SIZE + 16);
    size_t used;

    (void)state;
    for (size_t extra = 0; extra < 3; extra++) {
        size_t length = RSP_PACKET_SIZE + extra;

        rsp_decoder_init(decoder);
        stream[0] = '$';
        memset(stream + 1, 'a', length);
        sprintf(stream + 1 + length, "#%02x$g#67", (unsigned)(uint8_t)(length * 'a'));
        size_t all = strlen(stream);
        assert_int_equal(rsp_decode(decoder, stream, all, &used),
                         extra ? RSP_TOO_LONG : RSP_PACKET);
        assert_int_equal(used, length + 4);
        assert_int_equal(rsp_decode(decoder, stream + used, all - used, &used), RSP_PACKET);
        assert_string_equal(decoder->packet, "g");
    }
    free(stream);
    free(decoder);
}

static size_t encode(char *memory, size_t room, const void *payload, size_t length)
{
    struct buf out;

    buf_init(&out, memory, room);
    rsp_encode(&out, payload, length);
    assert_false(out.overflow);
    memory[out.length] = '\0';
    return out.length;
}

static void runs_are_written_as_counts(void **state)
{
    char out[64];

    (void)state;
    encode(out, sizeof out - 1, "OK", 2);
    assert_string_equal(out, "$OK#9a");
    encode(out, sizeof out - 1, "000", 3);
    assert_string_equal(out, "$000#90");
    encode(out, sizeof out - 1, "0000", 4);
    assert_string_equal(out, "$0* #7a"); /* the manual's own example */
    encode(out, sizeof out - 1, "", 0);
    assert_string_equal(out, "$#00");
}

/* What gdb does: expand counts, check the sum. */
static size_t decode_runs(const char *frame, size_t length, char *payload)
{
    size_t to = 0;
    uint8_t sum = 0;

    assert_int_equal(frame[0], '$');
    assert_int_equal(frame[length - 3], '#');
    for (size_t i = 1; i < length - 3; i++) {
        assert_int_not_equal(frame[i], '#');
        assert_int_not_equal(frame[i], '$');
        sum = (uint8_t)(sum + (uint8_t)frame[i]);
        if (frame[i] != '*') {
            payload[to++] = frame[i];
            continue;
        }
        char count = frame[++i];
        assert_in_range(count, ' ', '~');
        assert_null(strchr("#$+-", count));
        sum = (uint8_t)(sum + (uint8_t)count);
        for (int n = count - 29; n > 0; n--, to++)
            payload[to] = payload[to - 1];
    }
    assert_int_equal(strtoul(frame + length - 2, NULL, 16), sum);
    return to;
}

static void every_run_length_survives(void **state)
{
    char payload[301], frame[400], back[400];

    (void)state;
    for (size_t n = 1; n <= 300; n++) {
        memset(payload, 'f', n);
        payload[n] = 'x';
        size_t length = encode(frame, sizeof frame - 1, payload, n + 1);
        assert_int_equal(decode_runs(frame, length, back), n + 1);
        assert_memory_equal(back, payload, n + 1);
    }
}

static void every_byte_survives_escaping(void **state)
{
    uint8_t data[512];
    char escaped[1024], frame[1100];
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i / 2);
    buf_init(&out, escaped, sizeof escaped);
    assert_int_equal(rsp_escape(&out, data, sizeof data, sizeof escaped), sizeof data);
    size_t length = encode(frame, sizeof frame - 1, escaped, out.length);
    length = decode_runs(frame, length, escaped);
    assert_int_equal(rsp_unescape(escaped, length), sizeof data);
    assert_memory_equal(escaped, data, sizeof data);
}

static void escaping_stops_before_the_room_is_over(void **state)
{
    char memory[8];
    struct buf out;

    (void)state;
    buf_init(&out, memory, sizeof memory);
    assert_int_equal(rsp_escape(&out, "a#b", 3, 2), 1);
    assert_int_equal(out.length, 1);
    assert_int_equal(rsp_escape(&out, "#b", 2, 3), 2);
    assert_memory_equal(memory,
                        "a}\x03"
                        "b",
                        4);
}

static void escape_without_its_byte_is_an_error(void **state)
{
    char data[] = "ab}";

    (void)state;
    assert_int_equal(rsp_unescape(data, 3), SIZE_MAX);
    assert_int_equal(rsp_unescape(data, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_come_whole_however_they_are_split),
        cmocka_unit_test(interrupt_counts_only_between_packets),
        cmocka_unit_test(bad_checksum_is_said_once_and_the_next_packet_is_right),
        cmocka_unit_test(packet_begun_anew_replaces_the_old_one),
        cmocka_unit_test(browser_is_told_from_gdb),
        cmocka_unit_test(what_begins_unlike_gdb_is_no_gdb),
        cmocka_unit_test(longest_packet_passes_and_a_longer_one_is_skipped_to_its_end),
        cmocka_unit_test(runs_are_written_as_counts),
        cmocka_unit_test(every_run_length_survives),
        cmocka_unit_test(every_byte_survives_escaping),
        cmocka_unit_test(escaping_stops_before_the_room_is_over),
        cmocka_unit_test(escape_without_its_byte_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

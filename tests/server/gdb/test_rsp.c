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

#include "gdb/packets_internal.h"

/* All events of a stream up to FOREIGN as letters, packets' payloads in between, the stream fed in
 * pieces of `piece` bytes. */
static void events(const char *bytes, size_t length, size_t piece, char *out)
{
    static const char letters[] = {
        [RSP_BAD] = '!',       [RSP_TOO_LONG] = 'L', [RSP_ACK] = '+',
        [RSP_INTERRUPT] = '^', [RSP_NACK] = '-',     [RSP_FOREIGN] = 'F'};
    struct rsp_decoder *decoder = malloc(sizeof *decoder);
    bool foreign = false;

    rsp_decoder_init(decoder);
    for (size_t at = 0; at < length && !foreign;) {
        size_t used, chunk = length - at < piece ? length - at : piece;
        enum rsp_event event = rsp_decode(decoder, bytes + at, chunk, &used);

        assert_in_range(used, 1, chunk);
        at += used;
        foreign = event == RSP_FOREIGN;
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

static void a_run_of_acknowledgements_is_one(void **state)
{
    struct rsp_decoder decoder;
    size_t used;

    (void)state;
    rsp_decoder_init(&decoder);
    assert_int_equal(rsp_decode(&decoder, "++++$?#3f", 9, &used), RSP_ACK);
    assert_int_equal(used, 4);
    assert_int_equal(rsp_decode(&decoder, "++", 2, &used), RSP_ACK);
    assert_int_equal(used, 2);
}

static void packets_come_whole_however_they_are_split(void **state)
{
    (void)state;
    CHECK("+$?#3f", "+[?]");
    CHECK("$m0,4#fd$g#67+$?#3f", "[m0,4][g]+[?]");
    CHECK("$#00", "[]");
    CHECK("$?#3F", "[?]");
}

/* '?' is in no method: who sends it is known for a gdb. */
#define KNOWN "$?#3f"

static void interrupt_counts_only_between_packets(void **state)
{
    (void)state;
    CHECK("\x03$g#67\x03\x03", "^[g]^^");
    CHECK("$X0,1:\x03#22", "[X0,1:\x03]");
}

/* gdb: set remote interrupt-sequence BREAK and BREAK-g, interrupt-on-connect. */
static void a_break_interrupts_as_well(void **state)
{
    (void)state;
    CHECK("\xff\xf3+$g#67\xff\xf3\xff\xf3", "^+[g]^^");
    CHECK("$g#67\xff\xf3g$g#67\xff\xf3g", "[g]^[g]^");
    CHECK("\xff\xf3gg", "^F");
    CHECK("\xff\xf3+g", "^+F");
    CHECK("\xff\xf4", "F");
}

static void bad_checksum_is_said_once_and_the_next_packet_is_right(void **state)
{
    (void)state;
    CHECK(KNOWN "$g#68$g#67", "[?]![g]");
    CHECK(KNOWN "$g#zz$g#67", "[?]![g]");
    CHECK(KNOWN "$g#6z$g#67", "[?]![g]");
    CHECK("-$g#67", "-[g]");
}

static void between_packets_only_gdbs_bytes_are_acceptable(void **state)
{
    char stream[16], out[16];

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        int length = sprintf(stream, KNOWN "+%c", byte);

        if (byte && strchr("+-$\x03\xff", (int)byte))
            continue;
        events(stream, (size_t)length, 1, out);
        assert_string_equal(out, "[?]+F");
        events(stream + length - 1, 1, 1, out);
        assert_string_equal(out, "F");
    }
}

static void a_packet_never_begins_inside_another(void **state)
{
    (void)state;
    CHECK(KNOWN "$vCont;$g#67", "[?]F");
    CHECK(KNOWN "$X0,4:ab$g#67", "[?]F");
    CHECK("$g#67$AAAA$g#67", "[g]F");
}

static void text_holds_no_control_bytes(void **state)
{
    static const char *const heads[] = {
        "",      "m",      "m0,4",   "X",    "X:",           "X0:",           "X,4:",
        "X0,:",  "X 0,4:", "Xg,4:",  "X0,4", "vFlashWrite:", "vFlashWrite0:", "vFlashWrite:8000000",
        "x0,4:", "M0,4:",  "Z0,0,2;"};
    static const char bytes[] = "\x01\x02\x03\t\n\r\x1b\x1f\x7f";
    char stream[64], out[64];

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        for (size_t k = 0; k < sizeof bytes; k++) { /* its NUL, too */
            int length = sprintf(stream, KNOWN "$%s%c$", heads[i], bytes[k]);

            events(stream, (size_t)length - 1, 1, out);
            assert_string_equal(out, "[?]F");
        }
}

static void binary_data_holds_any_byte(void **state)
{
    static const char *const heads[] = {
        "X20000000,4:", "vFlashWrite:8000000:", "qSearch:memory:0;400;"};
    char stream[300];

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct rsp_decoder *decoder = malloc(sizeof *decoder);
        size_t length = (size_t)sprintf(stream, "$%s", heads[i]), used, sum = 0;

        for (unsigned byte = 0; byte < 256; byte++)
            if (byte != '#' && byte != '$')
                stream[length++] = (char)byte;
        for (size_t at = 1; at < length; at++)
            sum += (uint8_t)stream[at];
        length += (size_t)sprintf(stream + length, "#%02x", (unsigned)(sum & 0xFF));
        rsp_decoder_init(decoder);
        assert_int_equal(rsp_decode(decoder, stream, length, &used), RSP_PACKET);
        assert_int_equal(used, length);
        free(decoder);
    }
}

static void every_binary_packet_of_the_table_is_known_for_one(void **state)
{
    char stream[80], out[80];
    size_t found = 0;

    (void)state;
    for (size_t i = 0; i < packet_count; i++) {
        const char *schema = packets[i].schema;
        int length = sprintf(stream, KNOWN "$%s", packets[i].name);

        for (; *schema && !strchr("bp", *schema); schema++)
            stream[length++] = (char)(strchr("al", *schema) ? '4' : *schema);
        if (!*schema)
            continue;
        stream[length++] = '\r';
        events(stream, (size_t)length, 1, out);
        assert_string_equal(out, "[?]");
        found++;
    }
    assert_true(found >= 3);
}

/* It said nothing yet but what a method can spell; a blank comes behind the method, then a path. */
static void who_may_be_a_browser_is_watched_closer(void **state)
{
    struct rsp_decoder *decoder = malloc(sizeof *decoder);
    size_t used;

    (void)state;
    CHECK("$g#68$g#67", "F");
    CHECK("$g#67$g#68$g#67", "[g]F");
    CHECK("$g#67$g# /", "[g]F");
    CHECK("$g#67$AAAA /", "[g]F");
    CHECK("$g#67" KNOWN "$AAAA /", "[g][?]");
    for (size_t known = 0; known < 2; known++) {
        rsp_decoder_init(decoder);
        decoder->known = known;
        for (size_t i = 0; i <= RSP_PACKET_SIZE; i++)
            assert_int_equal(rsp_decode(decoder, i ? "A" : "$", 1, &used), RSP_NOTHING);
        assert_int_equal(rsp_decode(decoder, "A", 1, &used), known ? RSP_NOTHING : RSP_FOREIGN);
    }
    free(decoder);
}

static bool becomes_known(char byte)
{
    struct rsp_decoder *decoder = malloc(sizeof *decoder);
    char stream[8];
    size_t used;
    int length = sprintf(stream, "$g%c#%02x", byte, (unsigned)(uint8_t)('g' + byte));

    rsp_decoder_init(decoder);
    assert_int_equal(rsp_decode(decoder, stream, (size_t)length, &used), RSP_PACKET);
    bool known = decoder->known;
    free(decoder);
    return known;
}

static void what_a_method_can_spell_makes_nobody_known(void **state)
{
    static const char token[] = "!%&'*+-.^_`|~"
                                "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    (void)state;
    for (char byte = '!'; byte < 0x7F; byte++)
        if (byte != '#' && byte != '$')
            assert_int_equal(becomes_known(byte), !strchr(token, byte));
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
        decoder->known = true;
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
        cmocka_unit_test(a_run_of_acknowledgements_is_one),
        cmocka_unit_test(packets_come_whole_however_they_are_split),
        cmocka_unit_test(interrupt_counts_only_between_packets),
        cmocka_unit_test(bad_checksum_is_said_once_and_the_next_packet_is_right),
        cmocka_unit_test(a_break_interrupts_as_well),
        cmocka_unit_test(between_packets_only_gdbs_bytes_are_acceptable),
        cmocka_unit_test(a_packet_never_begins_inside_another),
        cmocka_unit_test(text_holds_no_control_bytes),
        cmocka_unit_test(binary_data_holds_any_byte),
        cmocka_unit_test(every_binary_packet_of_the_table_is_known_for_one),
        cmocka_unit_test(who_may_be_a_browser_is_watched_closer),
        cmocka_unit_test(what_a_method_can_spell_makes_nobody_known),
        cmocka_unit_test(longest_packet_passes_and_a_longer_one_is_skipped_to_its_end),
        cmocka_unit_test(runs_are_written_as_counts),
        cmocka_unit_test(every_run_length_survives),
        cmocka_unit_test(every_byte_survives_escaping),
        cmocka_unit_test(escaping_stops_before_the_room_is_over),
        cmocka_unit_test(escape_without_its_byte_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Packets of ITM and DWT as DDI 0403, appendix D4, draws them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "trace/itm.h"

struct bench {
    struct itm_decoder decoder;
    char told[4096];
};

static const char *const names[] = {
    [ITM_SYNC] = "sync",
    [ITM_OVERFLOW] = "overflow",
    [ITM_TIME] = "time",
    [ITM_GLOBAL_TIME] = "global",
    [ITM_GLOBAL_HIGH] = "high",
    [ITM_SOFTWARE] = "port",
    [ITM_EVENTS] = "events",
    [ITM_EXCEPTION] = "exc",
    [ITM_PC] = "pc",
    [ITM_ASLEEP] = "asleep",
    [ITM_PROHIBITED] = "none",
    [ITM_DATA_PC] = "by",
    [ITM_DATA_ADDRESS] = "at",
    [ITM_DATA_READ] = "read",
    [ITM_DATA_WRITE] = "write",
    [ITM_BAD] = "bad",
};

/* "KIND[EVENT][late][changed]:VALUE[/SIZE][@SOURCE]", a space between. */
static void tell(void *user, const struct itm_packet *p)
{
    struct bench *bench = user;
    char event[8] = "", size[24] = "", text[120];

    if (p->event)
        snprintf(event, sizeof event, "%d", (int)p->event);
    if (p->size)
        snprintf(size, sizeof size, "/%u@%u", p->size, p->source);
    snprintf(text, sizeof text, "%s%s%s%s%s:%llx%s", bench->told[0] ? " " : "", names[p->kind],
             event, p->late ? "late" : "", p->changed ? "changed" : "",
             (unsigned long long)p->value, size);
    strncat(bench->told, text, sizeof bench->told - strlen(bench->told) - 1);
}

/* In one piece, and byte by byte: it is the same. */
static void check(const uint8_t *bytes, size_t length, const char *expected)
{
    struct bench whole = {0}, pieces = {0};

    itm_init(&whole.decoder, tell, &whole);
    itm_feed(&whole.decoder, bytes, length);
    assert_string_equal(whole.told, expected);
    itm_init(&pieces.decoder, tell, &pieces);
    for (size_t i = 0; i < length; i++)
        itm_feed(&pieces.decoder, bytes + i, 1);
    assert_string_equal(pieces.told, expected);
}

#define assert_packets(expected, ...)          \
    do {                                       \
        const uint8_t bytes[] = {__VA_ARGS__}; \
        check(bytes, sizeof bytes, expected);  \
    } while (0)

static void software_source(void **state)
{
    assert_packets("port:41/1@0 port:2241/2@0 port:44332241/4@31", 0x01, 0x41, 0x02, 0x41, 0x22,
                   0xFB, 0x41, 0x22, 0x33, 0x44);
    assert_packets("port:0/4@0 port:80/1@1", 0x03, 0, 0, 0, 0, 0x09, 0x80);
}

static void pages_of_ports(void **state)
{
    /* Page 2, then back by a synchronisation. */
    assert_packets("port:78/1@65 sync:0 port:79/1@1", 0x28, 0x09, 0x78, 0, 0, 0, 0, 0, 0x80, 0x09,
                   0x79);
}

static void synchronisation(void **state)
{
    assert_packets("sync:0", 0, 0, 0, 0, 0, 0x80);
    assert_packets("sync:0", 0, 0, 0, 0, 0, 0, 0, 0, 0x80);
    /* It ends what began wrong. */
    assert_packets("port:1/4@0 sync:0 port:41/1@0", 0x03, 1, 0, 0, 0, 0, 0, 0x80, 0x01, 0x41);
    /* Four zeros of data before it are none of its own. */
    assert_packets("port:0/4@0 sync:0", 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80);
    assert_packets("bad:0 bad:80", 0, 0, 0, 0, 0x80);
    assert_packets("bad:0 port:41/1@0", 0, 0x01, 0x41);
    assert_packets("bad:0 bad:0 sync:0", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                   0x80);
}

static void overflow(void **state)
{
    assert_packets("port:41/1@0 overflow:0 port:42/1@0", 0x01, 0x41, 0x70, 0x01, 0x42);
    assert_packets("port:70707070/4@0", 0x03, 0x70, 0x70, 0x70, 0x70);
}

static void local_time(void **state)
{
    assert_packets("time:1 time:6", 0x10, 0x60);
    assert_packets("time:7f time:80", 0xC0, 0x7F, 0xC0, 0x80, 0x01);
    assert_packets("timelate:fffffff", 0xF0, 0xFF, 0xFF, 0xFF, 0x7F);
    assert_packets("timelate:1 timelate:2", 0xD0, 0x01, 0xE0, 0x02);
    assert_packets("bad:ff port:41/1@0", 0xC0, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x41);
}

static void global_time(void **state)
{
    assert_packets("global:1 global:3ffffff", 0x94, 0x01, 0x94, 0xFF, 0xFF, 0xFF, 0x1F);
    assert_packets("globalchanged:0 globalchanged:0", 0x94, 0x80, 0x80, 0x80, 0x20, 0x94, 0x80,
                   0x80, 0x80, 0x40);
    assert_packets("high:3fffff", 0xB4, 0xFF, 0xFF, 0xFF, 0x01);
    assert_packets("high:3ffffffffff", 0xB4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F);
}

static void samples(void **state)
{
    assert_packets("pc:8000400 asleep:0 none:0", 0x17, 0x00, 0x04, 0x00, 0x08, 0x15, 0x00, 0x15,
                   0xFF);
    assert_packets("bad:16", 0x16, 0, 8);
}

static void exceptions(void **state)
{
    assert_packets("exc1:f exc2:f exc3:0", 0x0E, 15, 0x10, 0x0E, 15, 0x20, 0x0E, 0, 0x30);
    assert_packets("exc1:1ff", 0x0E, 0xFF, 0x11);
    assert_packets("bad:e", 0x0E, 15, 0x00);
}

static void counters(void **state)
{
    assert_packets("events:20", 0x05, 0x20);
}

static void data_trace(void **state)
{
    assert_packets("by:8000100/4@0 at:1234/2@1", 0x47, 0x00, 0x01, 0x00, 0x08, 0x5E, 0x34, 0x12);
    assert_packets("read:41/1@0 write:1234/2@2 write:1/4@3", 0x85, 0x41, 0xAE, 0x34, 0x12, 0xBF, 1,
                   0, 0, 0);
}

static void what_there_is_not(void **state)
{
    assert_packets("bad:4 bad:94", 0x04, 0x94, 0x80, 0x80, 0x80, 0x80 | 0x14);
    assert_packets("bad:1e port:41/1@0", 0x1E, 0x01, 0x02, 0x01, 0x41); /* passed over whole */
    assert_packets("port:41/1@0", 0x98, 0x80, 0x01, 0x01, 0x41);        /* an extension of ITM's */
}

static void between_packets(void **state)
{
    struct bench bench = {0};
    static const uint8_t bytes[] = {0x03, 1, 2, 3, 4, 0xC0, 0x80, 0x01, 0, 0, 0, 0, 0, 0x80};
    static const uint8_t between[] = {0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};

    itm_init(&bench.decoder, tell, &bench);
    assert_true(itm_is_between(&bench.decoder));
    for (size_t i = 0; i < sizeof bytes; i++) {
        itm_feed(&bench.decoder, &bytes[i], 1);
        assert_int_equal(itm_is_between(&bench.decoder), between[i]);
    }
    assert_int_equal(bench.decoder.packets, 3);
    assert_int_equal(bench.decoder.bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(software_source),   cmocka_unit_test(pages_of_ports),
        cmocka_unit_test(synchronisation),   cmocka_unit_test(overflow),
        cmocka_unit_test(local_time),        cmocka_unit_test(global_time),
        cmocka_unit_test(samples),           cmocka_unit_test(exceptions),
        cmocka_unit_test(counters),          cmocka_unit_test(data_trace),
        cmocka_unit_test(what_there_is_not), cmocka_unit_test(between_packets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

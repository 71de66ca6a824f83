/* SPDX-License-Identifier: MIT */
/* What a byte of a client costs, counted, not timed: the files that take such bytes are built so
 * that each step of theirs (a basic block) calls us. Whoever floods a port must not make the loop
 * look at the same bytes again and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "consoles/completion.h"
#include "consoles/first_line.h"
#include "consoles/line_editor.h"
#include "gdb/rsp.h"

enum { BYTES = 4000, ROUNDS = 256 };

static uint64_t steps;

void __sanitizer_cov_trace_pc(void);

__attribute__((no_sanitize("all"))) void __sanitizer_cov_trace_pc(void)
{
    steps++;
}

/* --- the line editor --- */

static struct line_editor editor;

static void key(uint8_t byte)
{
    static char memory[COMPLETION_OUTPUT];
    static struct completion found;
    struct buf out;

    buf_init(&out, memory, sizeof memory);
    switch (line_editor_byte(&editor, byte, &out)) {
    case LINE_NOTHING:
        break;
    case LINE_COMPLETE:
        completion_find(&found, editor.line, editor.cursor, monitor_commands,
                        monitor_command_count);
        break;
    default:
        line_editor_next(&editor);
        break;
    }
}

/* Steps of ROUNDS times `keys`, again and again in a line of `length` characters that was typed and
 * is the newest of the history, too. */
static uint64_t cost(const char *keys, char character, size_t length)
{
    static struct line_editor typed;

    line_editor_init(&editor);
    editor.editing = true;
    for (int line = 0; line < 2; line++) {
        for (size_t i = 0; i < length; i++)
            key((uint8_t)character);
        if (line == 0)
            key('\n');
    }
    typed = editor;
    steps = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        if (round % 8 == 0)
            editor = typed;
        for (const char *at = keys; *at; at++)
            key((uint8_t)*at);
    }
    return steps;
}

/* In both the terminal is full. */
static void a_key_costs_the_same_in_a_long_line_as_in_a_short_one(void **state)
{
    static const char *const floods[] = {
        "x",        "x\177",     "\002",     "\001\005",   "\002\006",   "\001x\004",
        "\001\004", " a\027",    "x\t",      "\001\013\n", "\020",       "\020\016",
        "\n",       "\014",      "\033[D",   "\033[H",     "\033[3~",    "\006",
        "x\n",      "\001\006x", " a\027\n", "\302\251",   "\251\002\t", "\020\n",
    };
    static const char characters[] = {'y', '\251', ' ', ';'};

    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        for (size_t k = 0; k < sizeof characters; k++) {
            double in_short = (double)cost(floods[i], characters[k], 400) / ROUNDS;
            double in_long = (double)cost(floods[i], characters[k], 3600) / ROUNDS;

            if (in_long > 1.5 * in_short + 100)
                fail_msg("flood %zu in a line of %02x: %.1f steps, in a long line %.1f", i,
                         (uint8_t)characters[k], in_short, in_long);
        }
    }
}

/* --- the others --- */

static void a_first_line_is_looked_at_once(void **state)
{
    static const char *const floods[] = {"A", " HTTP", "  ", "x", " "};

    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        struct first_line line = {0};

        steps = 0;
        for (size_t at = 0; at < BYTES; at++)
            first_line_byte(&line, (uint8_t)floods[i][at % strlen(floods[i])], false, 0x1A);
        assert_in_range(steps, BYTES, 40 * BYTES);
    }
}

/* Heads of packets with binary data are looked for at control bytes. */
static void a_packet_is_looked_at_once(void **state)
{
    static const char *const floods[] = {
        "+", "-", "\x03", "$", "$#", "$#00", "$X0,0:\x01#00", "\xff\xf3", "$X0", "\x01\x02"};

    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        static struct rsp_decoder decoder;

        steps = 0;
        for (size_t at = 0; at < BYTES; at++) {
            size_t used;

            if (at == 0 ||
                rsp_decode(&decoder, &floods[i][at % strlen(floods[i])], 1, &used) == RSP_FOREIGN) {
                rsp_decoder_init(&decoder);
                decoder.known = true;
            }
        }
        assert_in_range(steps, 1, 100 * BYTES);
    }
}

/* The longest head that is none, and then the data of one that is. */
static void a_long_head_is_looked_at_once(void **state)
{
    static struct rsp_decoder decoder;
    size_t used;

    (void)state;
    rsp_decoder_init(&decoder);
    decoder.known = true;
    rsp_decode(&decoder, "$X", 2, &used);
    steps = 0;
    for (size_t at = 0; at < BYTES; at++)
        rsp_decode(&decoder, "0", 1, &used);
    rsp_decode(&decoder, ",0:", 3, &used);
    for (size_t at = 0; at < BYTES; at++)
        assert_int_equal(rsp_decode(&decoder, "\x01", 1, &used), RSP_NOTHING);
    assert_in_range(steps, BYTES, 100 * BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_costs_the_same_in_a_long_line_as_in_a_short_one),
        cmocka_unit_test(a_first_line_is_looked_at_once),
        cmocka_unit_test(a_packet_is_looked_at_once),
        cmocka_unit_test(a_long_head_is_looked_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What a port for commands hears first: commands, and what others may be made to send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "consoles/first_line.h"
#include "consoles/line_editor.h"

enum { END = 0x1A };

static struct first_line hear(const char *bytes, size_t length, bool keys)
{
    struct first_line line = {0};

    for (size_t i = 0; i < length; i++)
        first_line_byte(&line, (uint8_t)bytes[i], keys, END);
    return line;
}

/* Foreign, and so before the byte that would end the line. */
#define FOREIGN(bytes) assert_non_null(hear(bytes, sizeof(bytes) - 1, false).foreign)
#define COMMAND(bytes) is_command(bytes, sizeof(bytes) - 1)

static void is_command(const char *bytes, size_t length)
{
    struct first_line line = hear(bytes, length, false);

    assert_null(line.foreign);
    assert_true(line.over);
}

static void commands_are_commands(void **state)
{
    (void)state;
    COMMAND("halt\n");
    COMMAND("mdw 0x20000000\r");
    COMMAND("\r\n\r\0  \t\n \x1a reset halt\x1a");
    COMMAND("hal\bt\x03\x7f\thalt\n");
    COMMAND("echo \xc3\xa4\xff\n");
    COMMAND("program {/tmp/A B/HTTP/x.elf} verify\n");
    COMMAND("GO x\n");
    COMMAND("{halt}\n");
    COMMAND("* 1\n"); /* unknown, and no more */
    COMMAND("SSHH\n");
    COMMAND("halt\nPOST / HTTP/1.1\r\n\x16\x03"); /* nobody looks any more */
}

static void requests_are_not(void **state)
{
    (void)state;
    FOREIGN("POST / HTTP/1.1");
    FOREIGN("x / HTTP/1.1");
    FOREIGN("x /  HTTP/1.1");
    FOREIGN("\r\n \n\x1a POST /");
    FOREIGN("M-SEARCH * HTTP/1.1");
    FOREIGN("CONNECT localhost:4444");
    FOREIGN("PRI * HTTP/2.0");
    FOREIGN("PROXY TCP4 127.0.0.1 127.0.0.1 1 2");
}

static void other_protocols_are_not(void **state)
{
    (void)state;
    FOREIGN("\x16\x03\x01");             /* TLS */
    FOREIGN("\x80\x2e\x01\x03\x01");     /* its hello as SSL 2 had it */
    FOREIGN("\x04\x01");                 /* SOCKS 4 */
    FOREIGN("\x05\x01");                 /* SOCKS 5 */
    FOREIGN("\x00\x03\x00\x00\x21\x12"); /* TURN */
    FOREIGN("\x02\x1c\x00\x01\x02\x08"); /* STUN behind a length (RFC 4571): ICE over TCP */
    FOREIGN("\r\n\r\n\0\r\nQUIT\n");     /* PROXY, version 2 */
    FOREIGN("\x03\x00\x00\x13");         /* RDP */
    FOREIGN("<policy-file-request/>\0");
    FOREIGN("SSH-2.0-OpenSSH_9.2\r\n");
    FOREIGN("*1\r\n$8\r\nshutdown\r\n"); /* Redis */
    FOREIGN(" *12\r\n");
    FOREIGN("\r\n*3\r\n");
    FOREIGN("{\"jsonrpc\": \"2.0\"}\n");
}

static void a_line_is_foreign_once_it_is_too_long(void **state)
{
    static const char begins[] = {'A', 'a', '$', ' '};
    char *bytes = malloc(LINE_SIZE + 1);

    (void)state;
    for (size_t i = 0; i < sizeof begins; i++) {
        memset(bytes, begins[i], LINE_SIZE);
        bytes[LINE_SIZE - 1] = '\n';
        assert_null(hear(bytes, LINE_SIZE, false).foreign);
        bytes[LINE_SIZE - 1] = 'x';
        assert_non_null(hear(bytes, LINE_SIZE, false).foreign);
    }
    free(bytes);
}

/* However long the method is. */
static void no_method_hides_the_version(void **state)
{
    char *bytes = malloc(3 * LINE_SIZE);

    (void)state;
    for (int length = 1; length < 2 * LINE_SIZE; length++) {
        memset(bytes, 'a', (size_t)length);
        int all = length + sprintf(bytes + length, " / HTTP/1.1\r\n");
        struct first_line line = hear(bytes, (size_t)all - 2, false);
        assert_non_null(line.foreign);
        assert_false(line.over);
    }
    free(bytes);
}

static void a_terminal_may_send_keys(void **state)
{
    static const char keys[] = "\x01\x1b[A\x15hal\x7ft\x04\r";
    struct first_line line = hear(keys, sizeof keys - 1, true);

    (void)state;
    assert_null(line.foreign);
    assert_true(line.over);
    assert_non_null(hear("POST / HTTP/1.1\x15", 16, true).foreign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_commands),
        cmocka_unit_test(requests_are_not),
        cmocka_unit_test(other_protocols_are_not),
        cmocka_unit_test(a_line_is_foreign_once_it_is_too_long),
        cmocka_unit_test(no_method_hides_the_version),
        cmocka_unit_test(a_terminal_may_send_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Questions of a program's as gdb's F packets, and what gdb answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gdb/file_io.h"

static void questions_are_packets(void **state)
{
    static const struct {
        struct semihosting_question question;
        const char *packet;
    } cases[] = {
        {{SEMI_ASK_OPEN, .name = 0x20000100, .length = 5, .how = SEMI_READ},
         "Fopen,20000100/6,0,1a4"},
        {{SEMI_ASK_OPEN, .name = 0x20000100, .length = 5, .how = SEMI_READ | SEMI_WRITE},
         "Fopen,20000100/6,2,1a4"},
        {{SEMI_ASK_OPEN, .name = 1, .length = 1, .how = SEMI_WRITE | SEMI_CREATE | SEMI_TRUNCATE},
         "Fopen,1/2,601,1a4"},
        {{SEMI_ASK_OPEN, .name = 1, .length = 1, .how = SEMI_WRITE | SEMI_CREATE | SEMI_APPEND},
         "Fopen,1/2,209,1a4"},
        {{SEMI_ASK_CLOSE, .file = 11}, "Fclose,b"},
        {{SEMI_ASK_READ, .file = 3, .name = 0x20000000, .length = 0x400}, "Fread,3,20000000,400"},
        {{SEMI_ASK_WRITE, .file = 3, .name = 0x20000000, .length = 1}, "Fwrite,3,20000000,1"},
        {{SEMI_ASK_SEEK, .file = 3, .offset = 0x10, .whence = SEMI_FROM_END}, "Flseek,3,10,2"},
        {{SEMI_ASK_REMOVE, .name = 0x10, .length = 2}, "Funlink,10/3"},
        {{SEMI_ASK_RENAME, .name = 0x10, .length = 2, .other = 0x20, .other_length = 3},
         "Frename,10/3,20/4"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char memory[101] = "";
        struct buf out;

        buf_init(&out, memory, sizeof memory - 1);
        file_io_write(&out, &cases[i].question);
        memory[out.length] = '\0';
        assert_string_equal(memory, cases[i].packet);
    }
}

static void answers_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t result;
        bool interrupted;
    } cases[] = {
        {"0", 0, false},
        {"1F", 31, false},
        {"7fffffff", INT32_MAX, false},
        {"-1,2", -SEMI_ENOENT, false},
        {"-1,5B", -SEMI_ENAMETOOLONG, false},
        {"-1,270f", -9999, false},
        {"-1,4,C", -SEMI_EINTR, true},
        {"6,0,C", 6, true},
        {"-1,0", -SEMI_EIO, false},
        {"-1", -SEMI_EIO, false},
        /* none that gdb sends */
        {"", -SEMI_EIO, false},
        {"x", -SEMI_EIO, false},
        {"-", -SEMI_EIO, false},
        {" 1", -SEMI_EIO, false},
        {"1,", -SEMI_EIO, false},
        {"1,2,D", -SEMI_EIO, false},
        {"1,2,C,", -SEMI_EIO, false},
        {"-1,-2", -SEMI_EIO, false},
        {"-1,fffff", -SEMI_EIO, false},
        {"ffffffffffffffffffffffff", -SEMI_EIO, false},
        {"0000000000000000000000000000000000000000000000000000000000000000001", -SEMI_EIO, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file_io_answer answer = file_io_parse(cases[i].text, strlen(cases[i].text));

        if (answer.result != cases[i].result || answer.interrupted != cases[i].interrupted)
            fail_msg("'%s' is %lld", cases[i].text, (long long)answer.result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_are_packets),
        cmocka_unit_test(answers_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

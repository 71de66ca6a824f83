/* SPDX-License-Identifier: MIT */
/* Semihosting calls with right and wrong arguments, on files that are variables. */
#include "core_bench.h"

#include <stdio.h>

#include "base/bytes.h"
#include "core/core.h"

enum {
    OPEN = 1,
    CLOSE,
    WRITEC,
    WRITE0,
    WRITE,
    READ,
    READC,
    ISERROR,
    ISTTY,
    SEEK,
    FLEN = 12,
    TMPNAM,
    REMOVE,
    RENAME,
    CLOCK,
    TIME,
    SYSTEM,
    ERRNO,
    CMDLINE = 0x15,
    HEAPINFO,
    EXIT = 0x18,
    EXIT_EXTENDED = 0x20,
    ELAPSED = 0x30,
    TICKFREQ
};
#define FAILED UINT32_MAX
#define BLOCK 0x20001000u
#define NAME 0x20001100u
#define DATA 0x20001400u
enum { CALL_AT = AT_SAYS_AT_BAD_ADDRESS + 6 }; /* its BKPT */

/* --- files that are variables --- */

static struct host {
    unsigned open, opened, closed;
    unsigned how;
    char name[SEMI_NAME_MAX + 1], to[SEMI_NAME_MAX + 1];
    char data[8192];
    uint32_t length, position;
    int fails;     /* the next one, by this number */
    uint32_t most; /* bytes that a read or a write moves; 0: all */
} host;

static int failing(void)
{
    int number = host.fails;

    host.fails = 0;
    return -number;
}

static int host_open(void *user, const char *name, unsigned how)
{
    snprintf(host.name, sizeof host.name, "%s", name);
    host.how = how;
    if (host.fails)
        return failing();
    host.open++;
    return 100 + (int)host.opened++;
}

static int host_close(void *user, int file)
{
    host.open--;
    host.closed++;
    return failing();
}

static uint32_t at_most(uint32_t size)
{
    return host.most && size > host.most ? host.most : size;
}

static int32_t host_read(void *user, int file, void *data, uint32_t size)
{
    uint32_t left = host.length - host.position;

    if (host.fails)
        return failing();
    size = at_most(size < left ? size : left);
    memcpy(data, host.data + host.position, size);
    host.position += size;
    return (int32_t)size;
}

static int32_t host_write(void *user, int file, const void *data, uint32_t size)
{
    if (host.fails)
        return failing();
    size = at_most(size);
    for (uint32_t i = 0; i < size && host.position < sizeof host.data; i++)
        host.data[host.position++] = ((const char *)data)[i];
    host.length = host.position > host.length ? host.position : host.length;
    return (int32_t)size;
}

static int host_seek(void *user, int file, uint32_t position)
{
    host.position = position;
    return failing();
}

static int64_t host_length(void *user, int file)
{
    return host.fails ? failing() : (int64_t)host.length;
}

static int host_remove(void *user, const char *name)
{
    snprintf(host.name, sizeof host.name, "%s", name);
    return failing();
}

static int host_rename(void *user, const char *from, const char *to)
{
    snprintf(host.name, sizeof host.name, "%s", from);
    snprintf(host.to, sizeof host.to, "%s", to);
    return failing();
}

static const struct semihosting_files files = {host_open, host_close,  host_read,   host_write,
                                               host_seek, host_length, host_remove, host_rename};

/* What is typed, a piece a call; "" is not yet, the end is the end. */
static const char *const *typed;

static int32_t input(void *user, void *data, uint32_t size)
{
    const char *piece = *typed;

    if (!piece)
        return 0;
    typed++;
    if (!*piece)
        return SEMI_NOTHING_YET;
    memcpy(data, piece, strlen(piece) < size ? strlen(piece) : size);
    return (int32_t)(strlen(piece) < size ? strlen(piece) : size);
}

/* --- calls --- */

static void at_call(struct bench *bench, uint32_t number, uint32_t argument)
{
    bench_at(bench, CALL_AT);
    bench_set_reg(bench, 0, number);
    bench_set_reg(bench, 1, argument);
}

static uint32_t call(struct bench *bench, uint32_t number, uint32_t argument)
{
    at_call(bench, number, argument);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, CALL_AT + 2);
    return bench_reg(bench, 0);
}

static uint32_t call_words(struct bench *bench, uint32_t number, size_t count,
                           const uint32_t words[4])
{
    for (size_t i = 0; i < count; i++)
        bench_set_word(bench, BLOCK + 4 * (uint32_t)i, words[i]);
    return call(bench, number, BLOCK);
}
#define CALL(bench, number, ...) \
    call_words(bench, number, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[4]){__VA_ARGS__})

static void put(struct bench *bench, uint32_t address, const char *text)
{
    bench_ok(bench, target_write(bench->target, address, text, strlen(text) + 1));
}

static const char *text_at(struct bench *bench, uint32_t address)
{
    static char text[100];

    bench_ok(bench, target_read(bench->target, address, text, sizeof text - 1, NULL));
    return text;
}

static uint32_t open_file(struct bench *bench, const char *name, uint32_t mode)
{
    put(bench, NAME, name);
    return CALL(bench, OPEN, NAME, mode, (uint32_t)strlen(name));
}

static uint32_t error_of(struct bench *bench)
{
    return call(bench, ERRNO, 0);
}

#define assert_error(bench, result, number)        \
    do {                                           \
        assert_int_equal(result, FAILED);          \
        assert_int_equal(error_of(bench), number); \
    } while (0)

static int set_up(void **state)
{
    struct bench *bench;

    bench_setup(state);
    bench = *state;
    bench_halt(bench);
    host = (struct host){0};
    target_set_files(bench->target, &files, NULL);
    return 0;
}

/* --- files --- */

static void a_file_is_opened_written_read_and_closed(void **state)
{
    struct bench *bench = *state;
    uint32_t file = open_file(bench, "some/name", 6);

    assert_true(file > 3 && file != FAILED);
    assert_string_equal(host.name, "some/name");
    put(bench, DATA, "hello");
    assert_int_equal(CALL(bench, WRITE, file, DATA, 5), 0);
    assert_int_equal(CALL(bench, FLEN, file), 5);
    assert_int_equal(CALL(bench, SEEK, file, 1), 0);
    put(bench, DATA, "........");
    assert_int_equal(CALL(bench, READ, file, DATA, 7), 3);
    assert_string_equal(text_at(bench, DATA), "ello....");
    assert_int_equal(CALL(bench, READ, file, DATA, 7), 7); /* the end */
    assert_int_equal(CALL(bench, ISTTY, file), 0);
    assert_int_equal(CALL(bench, CLOSE, file), 0);
    assert_int_equal(host.open, 0);
    assert_error(bench, CALL(bench, CLOSE, file), SEMI_EBADF);
}

static void modes_are_fopen_s(void **state)
{
    static const unsigned how[] = {
        SEMI_READ,
        SEMI_READ | SEMI_WRITE,
        SEMI_WRITE | SEMI_CREATE | SEMI_TRUNCATE,
        SEMI_READ | SEMI_WRITE | SEMI_CREATE | SEMI_TRUNCATE,
        SEMI_WRITE | SEMI_CREATE | SEMI_APPEND,
        SEMI_READ | SEMI_WRITE | SEMI_CREATE | SEMI_APPEND,
    };
    struct bench *bench = *state;

    for (uint32_t mode = 0; mode < 12; mode++) {
        assert_int_not_equal(open_file(bench, "name", mode), FAILED);
        assert_int_equal(host.how, how[mode / 2]);
    }
    assert_error(bench, open_file(bench, "name", 12), SEMI_EINVAL);
    assert_error(bench, open_file(bench, "name", UINT32_MAX), SEMI_EINVAL);
    assert_int_equal(host.opened, 12);
}

static void what_the_files_refuse_the_program_is_told(void **state)
{
    struct bench *bench = *state;
    uint32_t file = open_file(bench, "name", 6);

    host.fails = SEMI_ENOENT;
    assert_error(bench, open_file(bench, "none", 0), SEMI_ENOENT);
    host.fails = SEMI_EIO;
    assert_error(bench, CALL(bench, READ, file, DATA, 7), SEMI_EIO);
    host.fails = SEMI_ENOSPC;
    assert_int_equal(CALL(bench, WRITE, file, DATA, 7), 7); /* nothing written */
    assert_int_equal(error_of(bench), SEMI_ENOSPC);
    host.fails = SEMI_EINVAL;
    assert_error(bench, CALL(bench, SEEK, file, 7), SEMI_EINVAL);
    host.fails = SEMI_EIO;
    assert_error(bench, CALL(bench, FLEN, file), SEMI_EIO);
    host.fails = SEMI_EACCES;
    assert_error(bench, CALL(bench, REMOVE, NAME, 4), SEMI_EACCES);
    host.fails = SEMI_EEXIST;
    assert_error(bench, CALL(bench, RENAME, NAME, 4, NAME, 2), SEMI_EEXIST);
    assert_string_equal(host.to, "no");
}

static void short_moves_are_told(void **state)
{
    struct bench *bench = *state;
    uint32_t file = open_file(bench, "name", 6);

    host.most = 3;
    put(bench, DATA, "hello");
    assert_int_equal(CALL(bench, WRITE, file, DATA, 5), 2);
    host.position = 0;
    assert_int_equal(CALL(bench, READ, file, DATA, 3), 0);
}

static void thousands_of_opens_are_bounded(void **state)
{
    struct bench *bench = *state;

    for (unsigned i = 0; i < SEMI_FILES; i++)
        assert_int_not_equal(open_file(bench, "name", 0), FAILED);
    for (unsigned i = 0; i < 100; i++)
        assert_error(bench, open_file(bench, "name", 0), SEMI_EMFILE);
    assert_int_equal(host.opened, SEMI_FILES);
    assert_int_equal(CALL(bench, CLOSE, 10), 0);
    assert_int_equal(open_file(bench, "name", 0), 10);
}

static void what_is_open_ends_with_a_reset_the_program_and_the_target(void **state)
{
    struct bench *bench = *state;
    uint32_t file = open_file(bench, "name", 0);

    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    assert_error(bench, CALL(bench, CLOSE, file), SEMI_EBADF);
    assert_int_equal(host.open, 0);
    open_file(bench, "name", 0);
    at_call(bench, EXIT, 0x20026);
    bench_step(bench);
    assert_int_equal(bench->stop.reason, STOP_EXIT);
    assert_int_equal(host.open, 0);
    open_file(bench, "name", 0);
    open_file(bench, "name", 0);
    assert_int_equal(host.open, 2);
    target_destroy(bench->target);
    bench->target = NULL;
    assert_int_equal(host.open, 0);
}

static void handles_that_are_not_open_are_errors(void **state)
{
    static const uint32_t handles[] = {4, 35, 36, 37, 1000, 0x7FFFFFFF, 0x80000000, UINT32_MAX};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
        assert_error(bench, CALL(bench, CLOSE, handles[i]), SEMI_EBADF);
        assert_error(bench, CALL(bench, READ, handles[i], DATA, 4), SEMI_EBADF);
        assert_int_equal(CALL(bench, WRITE, handles[i], DATA, 4), 4);
        assert_error(bench, CALL(bench, SEEK, handles[i], 4), SEMI_EBADF);
        assert_error(bench, CALL(bench, FLEN, handles[i]), SEMI_EBADF);
        assert_error(bench, CALL(bench, ISTTY, handles[i]), SEMI_EBADF);
    }
    assert_error(bench, CALL(bench, SEEK, 1, 4), SEMI_ESPIPE);
}

/* --- the file of features --- */

static void the_features_are_a_file(void **state)
{
    static const char name[] = ":semihosting-features";
    struct bench *bench = *state;
    uint32_t file = open_file(bench, name, 0), other = open_file(bench, name, 1);

    assert_int_equal(CALL(bench, FLEN, file), 5);
    assert_int_equal(CALL(bench, READ, file, DATA, 4), 0);
    assert_memory_equal(text_at(bench, DATA), "SHFB", 4);
    assert_int_equal(CALL(bench, SEEK, file, 4), 0);
    assert_int_equal(CALL(bench, READ, file, DATA, 1), 0);
    assert_int_equal(text_at(bench, DATA)[0], 3);
    assert_int_equal(CALL(bench, READ, file, DATA, 1), 1);
    assert_int_equal(CALL(bench, SEEK, file, UINT32_MAX), 0);
    assert_int_equal(CALL(bench, READ, file, DATA, 9), 9);
    assert_int_equal(CALL(bench, WRITE, file, DATA, 1), 1);
    assert_int_equal(CALL(bench, READ, other, DATA, 9), 4);
    assert_int_equal(CALL(bench, ISTTY, file), 0);
    assert_int_equal(CALL(bench, CLOSE, file), 0);
    assert_error(bench, open_file(bench, name, 4), SEMI_EACCES);
    assert_int_equal(host.opened + host.closed, 0);
    target_set_files(bench->target, NULL, NULL);
    assert_int_not_equal(open_file(bench, name, 0), FAILED);
    assert_error(bench, open_file(bench, ":other", 0), SEMI_EACCES);
}

/* --- the console --- */

static void the_console_is_opened_by_its_name(void **state)
{
    struct bench *bench = *state;

    for (uint32_t mode = 0; mode < 12; mode++) {
        uint32_t handle = open_file(bench, ":tt", mode);

        assert_int_not_equal(handle, 0); /* OPEN gives none such */
        assert_int_not_equal(handle, FAILED);
        assert_int_equal(CALL(bench, ISTTY, handle), 1);
        assert_int_equal(CALL(bench, FLEN, handle), 0);
        assert_int_equal(CALL(bench, CLOSE, handle), 0);
    }
    assert_int_not_equal(open_file(bench, ":tt", 4), open_file(bench, ":tt", 8));
    assert_int_equal(host.opened, 0);
}

static void what_is_typed_is_read(void **state)
{
    static const char *const pieces[] = {"one\n", "two", "x", NULL};
    struct bench *bench = *state;

    assert_int_equal(CALL(bench, READ, 0, DATA, 9), 9); /* nobody types */
    assert_int_equal(call(bench, READC, 0), FAILED);
    typed = pieces;
    target_set_input(bench->target, input, NULL);
    put(bench, DATA, "........");
    assert_int_equal(CALL(bench, READ, 0, DATA, 9),
                     5); /* what is there, not all that it asked for */
    assert_memory_equal(text_at(bench, DATA), "one\n....", 8);
    assert_int_equal(CALL(bench, READ, open_file(bench, ":tt", 0), DATA, 3), 0);
    assert_int_equal(call(bench, READC, 0), 'x');
    assert_int_equal(call(bench, READC, 0), FAILED);
    assert_error(bench, CALL(bench, READ, 1, DATA, 3), SEMI_EBADF);
}

/* It counts as running: a halt halts it, and a poll asks again. */
static void who_waits_for_input_waits_at_the_call(void **state)
{
    static const char *const pieces[] = {"", "", "", "ok", NULL};
    struct bench *bench = *state;

    typed = pieces;
    target_set_input(bench->target, input, NULL);
    at_call(bench, READ, BLOCK);
    bench_set_word(bench, BLOCK, 0);
    bench_set_word(bench, BLOCK + 4, DATA);
    bench_set_word(bench, BLOCK + 8, 2);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    assert_false(target_talks(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    bench_ok(bench, target_halt(bench->target, &bench->stop));
    bench_assert_stopped(bench, STOP_REQUEST, CALL_AT);
    bench_ok(bench, target_resume(bench->target));
    while (*typed)
        bench_ok(bench, bench_poll(bench, 1000));
    assert_true(target_talks(bench->target));
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 0), 0);
    assert_int_equal(bench_reg(bench, 7), 79); /* it went on */
    assert_memory_equal(text_at(bench, DATA), "ok", 2);
}

/* --- names --- */

static void names_are_checked(void **state)
{
    struct bench *bench = *state;
    char name[SEMI_NAME_MAX + 2];

    assert_error(bench, CALL(bench, OPEN, NAME, 0, 0), SEMI_ENOENT);
    assert_error(bench, CALL(bench, OPEN, NAME, 0, SEMI_NAME_MAX + 1), SEMI_ENAMETOOLONG);
    assert_error(bench, CALL(bench, OPEN, NAME, 0, UINT32_MAX), SEMI_ENAMETOOLONG);
    assert_error(bench, CALL(bench, OPEN, 0x30000000, 0, 4), SEMI_EFAULT);
    assert_error(bench, CALL(bench, OPEN, 0xFFFFFFFE, 0, 4), SEMI_EFAULT);
    put(bench, NAME, "short");
    assert_error(bench, CALL(bench, OPEN, NAME, 0, 9), SEMI_EINVAL); /* a NUL inside */
    assert_error(bench, CALL(bench, REMOVE, NAME, 0), SEMI_ENOENT);
    assert_error(bench, CALL(bench, RENAME, NAME, 5, NAME, 0), SEMI_ENOENT);
    assert_error(bench, CALL(bench, RENAME, NAME, 9, NAME, 5), SEMI_EINVAL);
    assert_error(bench, CALL(bench, RENAME, NAME, 5, 0x30000000, 5), SEMI_EFAULT);
    assert_string_equal(host.name, "");
    memset(name, 'n', sizeof name);
    name[SEMI_NAME_MAX] = '\0';
    put(bench, NAME, name);
    assert_int_not_equal(CALL(bench, OPEN, NAME, 0, SEMI_NAME_MAX), FAILED);
    assert_string_equal(host.name, name);
}

static void temporary_names_are_one_an_identifier(void **state)
{
    struct bench *bench = *state;
    char first[100];

    assert_int_equal(CALL(bench, TMPNAM, DATA, 7, 40), 0);
    snprintf(first, sizeof first, "%s", text_at(bench, DATA));
    assert_int_equal(CALL(bench, TMPNAM, DATA, 8, 40), 0);
    assert_string_not_equal(text_at(bench, DATA), first);
    assert_int_equal(CALL(bench, TMPNAM, DATA, 7, (uint32_t)strlen(first) + 1), 0);
    assert_string_equal(text_at(bench, DATA), first);
    assert_error(bench, CALL(bench, TMPNAM, DATA, 7, (uint32_t)strlen(first)), SEMI_ENAMETOOLONG);
    assert_error(bench, CALL(bench, TMPNAM, DATA, 256, 40), SEMI_EINVAL);
    assert_error(bench, CALL(bench, TMPNAM, 0x08000000, 7, 40), SEMI_EFAULT);
}

/* --- surroundings --- */

static void its_command_line_is_copied(void **state)
{
    struct bench *bench = *state;

    target_set_command_line(bench->target, "name one two");
    assert_int_equal(CALL(bench, CMDLINE, DATA, 13), 0);
    assert_string_equal(text_at(bench, DATA), "name one two");
    assert_int_equal(bench_word(bench, BLOCK + 4), 12);
    assert_error(bench, CALL(bench, CMDLINE, DATA, 12), SEMI_E2BIG);
    assert_error(bench, CALL(bench, CMDLINE, DATA, 0), SEMI_E2BIG);
    assert_error(bench, CALL(bench, CMDLINE, 0x08000000, 80), SEMI_EFAULT);
}

static void time_goes_on_from_the_reset(void **state)
{
    struct bench *bench = *state;

    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    uint32_t clock = call(bench, CLOCK, 0);
    assert_in_range(clock, 0, 5);
    clock_sleep_us(probe_clock(bench->probe), 1000000);
    assert_in_range(call(bench, CLOCK, 0), clock + 100, clock + 105);
    assert_int_equal(call(bench, TICKFREQ, 0), 1000000);
    assert_int_equal(call(bench, ELAPSED, DATA), 0);
    assert_in_range(bench_word(bench, DATA), 1000000, 1100000);
    assert_int_equal(bench_word(bench, DATA + 4), 0);
    assert_in_range(call(bench, TIME, 0), 1600000000, UINT32_MAX - 1);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    assert_in_range(call(bench, CLOCK, 0), 0, 5);
    assert_error(bench, call(bench, ELAPSED, 0xFFFFFFFC), SEMI_EFAULT);
}

static void no_command_is_ever_run(void **state)
{
    struct bench *bench = *state;
    unsigned warnings = bench->warnings;

    put(bench, NAME, "touch /tmp/x");
    assert_error(bench, CALL(bench, SYSTEM, NAME, 12), SEMI_EPERM);
    assert_error(bench, CALL(bench, SYSTEM, 0, 0), SEMI_EPERM);
    assert_int_equal(bench->warnings, warnings + 1);
}

static void memory_is_as_linked(void **state)
{
    struct bench *bench = *state;

    put(bench, DATA, "................");
    CALL(bench, HEAPINFO, DATA);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(bench_word(bench, DATA + 4 * i), 0);
    assert_error(bench, CALL(bench, HEAPINFO, 0x08000000), SEMI_EFAULT);
    assert_error(bench, call(bench, HEAPINFO, 0x30000000), SEMI_EFAULT);
}

static void it_ends_with_a_reason_and_a_code(void **state)
{
    static const struct {
        uint32_t call, reason, code;
        int exit_code;
    } cases[] = {{EXIT, 0x20026, 0, 0},
                 {EXIT, 0x20023, 0, 1},
                 {EXIT, 0, 0, 1},
                 {EXIT_EXTENDED, 0x20026, 0, 0},
                 {EXIT_EXTENDED, 0x20026, 37, 37},
                 {EXIT_EXTENDED, 0x20026, 0xFFFFFFFF, -1},
                 {EXIT_EXTENDED, 0x20024, 0, 1}};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool extended = cases[i].call == EXIT_EXTENDED;

        bench_set_word(bench, BLOCK, cases[i].reason);
        bench_set_word(bench, BLOCK + 4, cases[i].code);
        at_call(bench, cases[i].call, extended ? BLOCK : cases[i].reason);
        bench_run(bench);
        bench_assert_stopped(bench, STOP_EXIT, CALL_AT + 2);
        assert_int_equal(bench->stop.exit_code, cases[i].exit_code);
        assert_int_equal(bench->stop.exit_reason, cases[i].reason);
    }
    at_call(bench, EXIT_EXTENDED, 0x30000000);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_EXIT, CALL_AT + 2);
    assert_int_equal(bench->stop.exit_code, 1);
    target_set_exit_returns(bench->target, true);
    assert_int_equal(call(bench, EXIT, 0x20026), 0);
}

/* --- memory that is none --- */

static void no_buffer_reaches_what_is_no_memory(void **state)
{
    static const uint32_t buffers[][2] = {
        {0x40010000, 4}, {0x3FFFFFFE, 4},     {0xE000ED00, 4},          {0xDFFFFFFE, 4},
        {0x30000000, 4}, {0xFFFFFFFE, 4},     {0x20001000, 0x80000000}, {0x20001000, UINT32_MAX},
        {0, UINT32_MAX}, {0x20004FF0, 0x100}, /* beyond the RAM */
    };
    struct bench *bench = *state;
    uint32_t file = open_file(bench, "name", 6);

    host.length = sizeof host.data;
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
        CALL(bench, WRITE, file, buffers[i][0], buffers[i][1]);
        assert_int_equal(error_of(bench), SEMI_EFAULT);
        host.position = 0;
        assert_error(bench, CALL(bench, READ, file, buffers[i][0], buffers[i][1]), SEMI_EFAULT);
    }
    assert_error(bench, CALL(bench, READ, file, 0x08000000, 4), SEMI_EFAULT); /* flash */
    assert_error(bench, call(bench, READ, 0x40010000), SEMI_EFAULT);
    at_call(bench, WRITE0, 0x40010000);
    bench_step(bench);
    assert_int_equal(error_of(bench), SEMI_EFAULT);
    assert_string_equal(bench->output, "");
}

static void a_string_without_end_is_cut(void **state)
{
    struct bench *bench = *state;
    char text[2000];

    memset(text, 's', sizeof text);
    bench_ok(bench, target_write(bench->target, 0x20005000 - sizeof text, text, sizeof text));
    call(bench, WRITE0, 0x20005000 - sizeof text);
    assert_int_equal(bench->output_length, sizeof text);
    assert_int_equal(error_of(bench), SEMI_EFAULT);
}

/* --- what it costs --- */

/* From one place and with one buffer, a call is one trip, in which the core goes on, too. */
static void a_call_takes_few_trips(void **state)
{
    enum { CALLS = 20 };
    struct bench *bench = *state;
    static const uint16_t loop[] = {0x2005, 0xBEAB, 0x3C01, 0xD1FB, 0xBE01}; /* movs r0, #5; bkpt
                                                                0xAB; subs r4, #1; bne; bkpt 1 */

    bench_ok(bench, target_write(bench->target, RAM_CODE, loop, sizeof loop));
    put(bench, DATA, "a line of text\n");
    bench_at(bench, RAM_CODE);
    bench_set_word(bench, 0x20004000, 1);
    bench_set_word(bench, 0x20004004, DATA);
    bench_set_word(bench, 0x20004008, 15);
    bench_set_reg(bench, 1, 0x20004000);
    bench_set_reg(bench, 4, CALLS);
    bench_ok(bench, target_resume(bench->target));
    bench_count(bench);
    while (bench->stop.reason != STOP_BKPT)
        bench_ok(bench, bench_poll(bench, 10));
    assert_int_equal(bench->output_length, 15 * CALLS);
    if (bench_flushes(bench) > CALLS + 8)
        fail_msg("%u trips for %d calls", bench_flushes(bench), CALLS);
}

/* --- files of somebody who is asked --- */

static struct {
    unsigned count;
    bool refuses;
    struct semihosting_question last;
} asked;

static bool ask(void *user, const struct semihosting_question *question)
{
    if (asked.refuses)
        return false;
    asked.count++;
    asked.last = *question;
    return true;
}

/* Lets the core make the call; answers what it asks, in turn; the result. */
static uint32_t answered(struct bench *bench, size_t count, const int64_t answers[])
{
    bench_ok(bench, target_resume(bench->target));
    for (size_t i = 0; i < count; i++) {
        unsigned before = asked.count;

        for (int j = 0; j < 10 && asked.count == before; j++)
            bench_ok(bench, bench_poll(bench, 1000));
        assert_int_equal(asked.count, before + 1);
        bench_ok(bench, bench_poll(bench, 1000)); /* still waits, and asks no second time */
        assert_int_equal(asked.count, before + 1);
        target_answer(bench->target, answers[i]);
    }
    bench_ok(bench, bench_poll(bench, 1000));
    bench_ok(bench, bench_poll(bench, 1000));
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 7), 79); /* it went on */
    return bench_reg(bench, 0);
}

static uint32_t ask_call(struct bench *bench, uint32_t number, const uint32_t words[4],
                         size_t count, const int64_t answers[])
{
    bench_halt(bench);
    for (uint32_t i = 0; i < 4; i++)
        bench_set_word(bench, BLOCK + 4 * i, words[i]);
    at_call(bench, number, BLOCK);
    bench_set_reg(bench, 7, 0);
    return answered(bench, count, answers);
}
#define ASK(bench, number, words, ...)                                                \
    ask_call(bench, number, (uint32_t[4])words, sizeof((int64_t[]){__VA_ARGS__}) / 8, \
             (int64_t[]){__VA_ARGS__})
#define WORDS(...)  \
    {               \
        __VA_ARGS__ \
    }

static void files_may_be_somebody_else_s(void **state)
{
    struct bench *bench = *state;

    memset(&asked, 0, sizeof asked);
    target_set_remote_files(bench->target, ask, NULL);
    put(bench, NAME, "name");
    uint32_t file = ASK(bench, OPEN, WORDS(NAME, 0, 4), 3);
    assert_int_equal(asked.last.what, SEMI_ASK_OPEN);
    assert_true(file >= 4 && file != FAILED);
    assert_int_equal(ASK(bench, READ, WORDS(file, DATA, 10), 4), 6);
    assert_int_equal(asked.last.file, 3);
    assert_int_equal(asked.last.name, DATA);
    assert_int_equal(ASK(bench, WRITE, WORDS(file, DATA, 10), 10), 0);
    assert_int_equal(ASK(bench, SEEK, WORDS(file, 7), 7), 0);
    assert_int_equal(ASK(bench, FLEN, WORDS(file), 5, 123, 5), 123);
    assert_int_equal(asked.last.offset, 5); /* back to where it was */
    assert_int_equal(asked.last.whence, SEMI_FROM_START);
    assert_int_equal(ASK(bench, REMOVE, WORDS(NAME, 4), -SEMI_ENOENT), FAILED);
    assert_int_equal(error_of(bench), SEMI_ENOENT);
    assert_int_equal(ASK(bench, RENAME, WORDS(NAME, 4, NAME, 4), 0), 0);
    assert_int_equal(ASK(bench, CLOSE, WORDS(file), 0), 0);
    assert_error(bench, CALL(bench, CLOSE, file), SEMI_EBADF);
    assert_int_equal(host.opened, 0);
}

static void a_big_piece_is_asked_for_in_parts_and_a_short_one_ends_it(void **state)
{
    struct bench *bench = *state;

    memset(&asked, 0, sizeof asked);
    target_set_remote_files(bench->target, ask, NULL);
    put(bench, NAME, "name");
    uint32_t file = ASK(bench, OPEN, WORDS(NAME, 0, 4), 3);
    uint32_t size = 65536 + 20;
    /* longer than asked for is no answer */
    assert_int_equal(ASK(bench, READ, WORDS(file, 0x20000000, 100), 101), 100);
    assert_int_equal(ASK(bench, WRITE, WORDS(file, 0x08000000, size), 65536, 20), 0);
    assert_int_equal(asked.last.name, 0x08010000);
    assert_int_equal(asked.last.length, 20);
    assert_int_equal(ASK(bench, WRITE, WORDS(file, 0x08000000, size), 65536, -SEMI_EIO), 20);
    assert_int_equal(ASK(bench, WRITE, WORDS(file, 0x08000000, size), -SEMI_ENOSPC), size);
}

static void a_name_must_end(void **state)
{
    struct bench *bench = *state;

    memset(&asked, 0, sizeof asked);
    target_set_remote_files(bench->target, ask, NULL);
    put(bench, NAME, "name");
    assert_error(bench, CALL(bench, OPEN, NAME, 0, 3), SEMI_EINVAL);
    assert_error(bench, CALL(bench, REMOVE, NAME, 3), SEMI_EINVAL);
    assert_error(bench, CALL(bench, RENAME, NAME, 4, NAME, 3), SEMI_EINVAL);
    assert_int_equal(asked.count, 0);
}

static void a_character_that_somebody_types_leaves_memory_as_it_was(void **state)
{
    struct bench *bench = *state;

    memset(&asked, 0, sizeof asked);
    target_set_remote_files(bench->target, ask, NULL);
    at_call(bench, READC, 0);
    bench_set_word(bench, 0x20003FFC, 0x11223344);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.last.name, 0x20003FFC);
    assert_int_equal(asked.last.length, 1);
    bench_ok(bench, target_write(bench->target, asked.last.name, "k", 1)); /* as gdb does */
    target_answer(bench->target, 1);
    bench_ok(bench, bench_poll(bench, 1000));
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 0), 'k');
    assert_int_equal(bench_word(bench, 0x20003FFC), 0x11223344);
}

static void who_leaves_takes_the_files_along(void **state)
{
    struct bench *bench = *state;

    memset(&asked, 0, sizeof asked);
    target_set_remote_files(bench->target, ask, NULL);
    put(bench, NAME, "name");
    uint32_t file = ASK(bench, OPEN, WORDS(NAME, 0, 4), 3);
    at_call(bench, READ, BLOCK);
    bench_set_word(bench, BLOCK, file);
    bench_set_word(bench, BLOCK + 4, DATA);
    bench_set_word(bench, BLOCK + 8, 4);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(asked.count, 2);
    target_set_remote_files(bench->target, NULL, NULL);
    bench_ok(bench, bench_poll(bench, 1000));
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 0), FAILED); /* it is not left waiting */
    assert_error(bench, CALL(bench, READ, file, DATA, 4), SEMI_EBADF);
    assert_int_not_equal(open_file(bench, "name", 0), FAILED); /* its own again */
    assert_int_equal(host.opened, 1);
}

static void who_cannot_be_asked_now_is_asked_later(void **state)
{
    struct bench *bench = *state;

    memset(&asked, 0, sizeof asked);
    asked.refuses = true;
    target_set_remote_files(bench->target, ask, NULL);
    put(bench, NAME, "name");
    bench_set_word(bench, BLOCK, NAME);
    bench_set_word(bench, BLOCK + 4, 4);
    at_call(bench, REMOVE, BLOCK);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    asked.refuses = false;
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(asked.count, 1);
    target_ask_again(bench->target);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(asked.count, 2);
    target_answer(bench->target, 0);
    target_answer(bench->target, -SEMI_EIO); /* a second one counts for nothing */
    bench_ok(bench, bench_poll(bench, 1000));
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 0), 0);
}

#define SEMI_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEMI_TEST(a_file_is_opened_written_read_and_closed),
        SEMI_TEST(modes_are_fopen_s),
        SEMI_TEST(what_the_files_refuse_the_program_is_told),
        SEMI_TEST(short_moves_are_told),
        SEMI_TEST(thousands_of_opens_are_bounded),
        SEMI_TEST(what_is_open_ends_with_a_reset_the_program_and_the_target),
        SEMI_TEST(handles_that_are_not_open_are_errors),
        SEMI_TEST(the_features_are_a_file),
        SEMI_TEST(the_console_is_opened_by_its_name),
        SEMI_TEST(what_is_typed_is_read),
        SEMI_TEST(who_waits_for_input_waits_at_the_call),
        SEMI_TEST(names_are_checked),
        SEMI_TEST(temporary_names_are_one_an_identifier),
        SEMI_TEST(its_command_line_is_copied),
        SEMI_TEST(time_goes_on_from_the_reset),
        SEMI_TEST(no_command_is_ever_run),
        SEMI_TEST(memory_is_as_linked),
        SEMI_TEST(it_ends_with_a_reason_and_a_code),
        SEMI_TEST(no_buffer_reaches_what_is_no_memory),
        SEMI_TEST(a_string_without_end_is_cut),
        SEMI_TEST(a_call_takes_few_trips),
        SEMI_TEST(files_may_be_somebody_else_s),
        SEMI_TEST(a_big_piece_is_asked_for_in_parts_and_a_short_one_ends_it),
        SEMI_TEST(a_name_must_end),
        SEMI_TEST(a_character_that_somebody_types_leaves_memory_as_it_was),
        SEMI_TEST(who_leaves_takes_the_files_along),
        SEMI_TEST(who_cannot_be_asked_now_is_asked_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* The program's files stay inside their directory, whatever it asks for and whoever moves what
 * meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "semihosting/directory.h"

enum {
    READ = SEMI_READ,
    READ_WRITE = SEMI_READ | SEMI_WRITE,
    MAKE = SEMI_WRITE | SEMI_CREATE | SEMI_TRUNCATE,
    MAKE_BOTH = SEMI_READ | SEMI_WRITE | SEMI_CREATE | SEMI_TRUNCATE,
    ADD = SEMI_WRITE | SEMI_CREATE | SEMI_APPEND,
};

/* TOP/secret is outside, TOP/inside is what the program has. */
struct rig {
    char top[64];
    int top_fd;
    struct log log;
    unsigned warnings;
    char warning[600];
    struct directory *directory;
};

static void keep(void *user, enum log_level level, const char *line)
{
    struct rig *rig = user;

    rig->warnings += level == LOG_WARN ? 1 : 0;
    snprintf(rig->warning, sizeof rig->warning, "%s", line);
}

static void put_file(const struct rig *rig, const char *name, const char *text)
{
    int fd = openat(rig->top_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

/* What a file of the host has; NULL: it is not there. */
static const char *host_file(const struct rig *rig, const char *name)
{
    static char text[200];
    int fd = openat(rig->top_fd, name, O_RDONLY);

    if (fd < 0)
        return NULL;
    ssize_t got = read(fd, text, sizeof text - 1);
    assert_true(got >= 0);
    text[got] = '\0';
    close(fd);
    return text;
}

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    char path[100], why[300];

    snprintf(rig->top, sizeof rig->top, "/tmp/probed-directory-XXXXXX");
    assert_non_null(mkdtemp(rig->top));
    rig->top_fd = open(rig->top, O_PATH | O_DIRECTORY);
    assert_int_equal(mkdirat(rig->top_fd, "inside", 0700), 0);
    assert_int_equal(mkdirat(rig->top_fd, "inside/sub", 0700), 0);
    put_file(rig, "secret", "secret");
    put_file(rig, "inside/plain", "plain");
    rig->log = (struct log){LOG_INFO, keep, rig};
    snprintf(path, sizeof path, "%s/inside", rig->top);
    assert_true(directory_open(path, &rig->log, &rig->directory, why, sizeof why));
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    char command[100];

    directory_close(rig->directory);
    snprintf(command, sizeof command, "rm -r %s", rig->top);
    assert_int_equal(system(command), 0);
    close(rig->top_fd);
    free(rig);
    return 0;
}

static int open_file(struct rig *rig, const char *name, unsigned how)
{
    return directory_files.open(rig->directory, name, how);
}

static int32_t write_text(struct rig *rig, int file, const char *text)
{
    return directory_files.write(rig->directory, file, text, (uint32_t)strlen(text));
}

static const char *read_text(struct rig *rig, int file)
{
    static char text[100];
    int32_t got = directory_files.read(rig->directory, file, text, sizeof text - 1);

    assert_true(got >= 0);
    text[got] = '\0';
    return text;
}

static int close_file(struct rig *rig, int file)
{
    return directory_files.close(rig->directory, file);
}

/* --- what is served --- */

static void files_are_made_written_and_read(void **state)
{
    struct rig *rig = *state;
    int file = open_file(rig, "sub/new", MAKE);

    assert_true(file >= 0);
    assert_int_equal(write_text(rig, file, "hello world"), 11);
    assert_int_equal(close_file(rig, file), 0);
    assert_string_equal(host_file(rig, "inside/sub/new"), "hello world");
    file = open_file(rig, "./sub//new", READ_WRITE);
    assert_int_equal(directory_files.length(rig->directory, file), 11);
    assert_string_equal(read_text(rig, file), "hello world");
    assert_string_equal(read_text(rig, file), "");
    assert_int_equal(directory_files.seek(rig->directory, file, 6), 0);
    assert_int_equal(write_text(rig, file, "there"), 5);
    assert_int_equal(close_file(rig, file), 0);
    assert_string_equal(host_file(rig, "inside/sub/new"), "hello there");
}

static void each_way_to_open_does_what_fopen_does(void **state)
{
    struct rig *rig = *state;
    int file = open_file(rig, "plain", MAKE_BOTH);

    assert_int_equal(directory_files.length(rig->directory, file), 0); /* cut */
    write_text(rig, file, "one");
    close_file(rig, file);
    file = open_file(rig, "plain", ADD);
    write_text(rig, file, "two");
    assert_int_equal(directory_files.seek(rig->directory, file, 0), 0);
    write_text(rig, file, "three"); /* at the end all the same */
    close_file(rig, file);
    assert_string_equal(host_file(rig, "inside/plain"), "onetwothree");
    file = open_file(rig, "plain", READ);
    assert_int_equal(write_text(rig, file, "no"), -SEMI_EBADF);
    close_file(rig, file);
    assert_int_equal(open_file(rig, "none", READ), -SEMI_ENOENT);
    assert_int_equal(open_file(rig, "none", READ_WRITE), -SEMI_ENOENT);
    assert_null(host_file(rig, "inside/none"));
}

static void files_are_renamed_and_removed(void **state)
{
    struct rig *rig = *state;

    assert_int_equal(directory_files.rename(rig->directory, "plain", "sub/moved"), 0);
    assert_null(host_file(rig, "inside/plain"));
    assert_string_equal(host_file(rig, "inside/sub/moved"), "plain");
    assert_int_equal(directory_files.remove(rig->directory, "sub/moved"), 0);
    assert_null(host_file(rig, "inside/sub/moved"));
    assert_int_equal(directory_files.remove(rig->directory, "sub/moved"), -SEMI_ENOENT);
    assert_int_equal(directory_files.rename(rig->directory, "none", "other"), -SEMI_ENOENT);
}

/* --- what is not --- */

static const char *const outside[] = {
    "../secret", "sub/../../secret", "sub/../plain", "..",         "/etc/passwd", "//etc/passwd",
    "/",         "./../secret",      "link",         "sub/link",   "away/secret", "sub/away/secret",
    "../none",   "away/none",        "dangling",     "loop/plain", "plain/secret"};

static void lay_traps(const struct rig *rig)
{
    assert_int_equal(symlinkat("../secret", rig->top_fd, "inside/link"), 0);
    assert_int_equal(symlinkat("/etc/passwd", rig->top_fd, "inside/sub/link"), 0);
    assert_int_equal(symlinkat("..", rig->top_fd, "inside/away"), 0);
    assert_int_equal(symlinkat("../..", rig->top_fd, "inside/sub/away"), 0);
    assert_int_equal(symlinkat("../made", rig->top_fd, "inside/dangling"), 0);
    assert_int_equal(symlinkat("loop", rig->top_fd, "inside/loop"), 0);
}

static void nothing_outside_is_reached(void **state)
{
    static const unsigned ways[] = {READ, READ_WRITE, MAKE, MAKE_BOTH, ADD};
    struct rig *rig = *state;

    lay_traps(rig);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        for (size_t j = 0; j < sizeof ways / sizeof *ways; j++) {
            int file = open_file(rig, outside[i], ways[j]);

            if (file >= 0)
                fail_msg("'%s' was opened", outside[i]);
        }
    assert_string_equal(host_file(rig, "secret"), "secret");
    assert_null(host_file(rig, "made"));
    assert_null(host_file(rig, "none"));
}

static void nothing_outside_is_removed_or_renamed(void **state)
{
    struct rig *rig = *state;

    lay_traps(rig);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        if (!strchr(outside[i], '/')) /* to remove a link is to change what is inside */
            continue;
        assert_true(directory_files.rename(rig->directory, outside[i], "got") < 0 ||
                    strcmp(outside[i], "sub/link") == 0);
        assert_true(directory_files.rename(rig->directory, "plain", outside[i]) < 0 ||
                    strcmp(outside[i], "sub/link") == 0);
        if (!host_file(rig, "inside/plain"))
            put_file(rig, "inside/plain", "plain");
        assert_true(directory_files.remove(rig->directory, outside[i]) < 0 ||
                    strcmp(outside[i], "sub/link") == 0);
    }
    assert_string_equal(host_file(rig, "secret"), "secret");
    assert_int_equal(access("/etc/passwd", F_OK), 0);
}

static void what_is_refused_is_told_a_few_times(void **state)
{
    struct rig *rig = *state;

    assert_int_equal(open_file(rig, "../se\x1b[2Jcret", READ), -SEMI_EACCES);
    assert_non_null(strstr(rig->warning, "'../se\\x1b[2Jcret'"));
    assert_non_null(strstr(rig->warning, "without '..'"));
    lay_traps(rig);
    assert_int_equal(open_file(rig, "link", READ), -SEMI_EACCES);
    assert_non_null(strstr(rig->warning, "symbolic link"));
    for (int i = 0; i < 1000; i++)
        open_file(rig, "/etc/passwd", READ);
    assert_int_equal(rig->warnings, 10);
}

static void only_plain_files_are_opened_and_none_is_waited_for(void **state)
{
    struct rig *rig = *state;

    assert_int_equal(mkfifoat(rig->top_fd, "inside/fifo", 0600), 0);
    assert_int_equal(open_file(rig, "fifo", READ), -SEMI_EACCES);
    assert_int_equal(open_file(rig, "fifo", MAKE), -SEMI_EACCES);
    assert_int_equal(open_file(rig, "fifo", READ_WRITE), -SEMI_EACCES);
    assert_int_equal(open_file(rig, "sub", READ), -SEMI_EISDIR);
    assert_int_equal(open_file(rig, "sub", MAKE), -SEMI_EISDIR);
    assert_int_equal(open_file(rig, "sub/", READ), -SEMI_EISDIR);
    assert_int_equal(open_file(rig, ".", READ), -SEMI_EISDIR);
    assert_int_equal(open_file(rig, "plain/", READ), -SEMI_ENOTDIR);
    assert_int_equal(directory_files.remove(rig->directory, "sub"), -SEMI_EISDIR);
    if (mknodat(rig->top_fd, "inside/zero", S_IFCHR | 0600, 0x105) == 0) /* /dev/zero: root may */
        assert_int_equal(open_file(rig, "zero", READ), -SEMI_EACCES);
}

static void names_are_bounded(void **state)
{
    struct rig *rig = *state;
    char name[SEMI_NAME_MAX + 1];

    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(open_file(rig, name, MAKE), -SEMI_ENAMETOOLONG);
    name[255] = '\0';
    int file = open_file(rig, name, MAKE);
    assert_true(file >= 0);
    close_file(rig, file);
    for (size_t i = 1; i < sizeof name - 1; i += 2)
        name[i - 1] = '.', name[i] = '/';
    name[sizeof name - 2] = 'a';
    name[sizeof name - 1] = '\0';
    file = open_file(rig, name, MAKE);
    assert_true(file >= 0);
    close_file(rig, file);
    assert_non_null(host_file(rig, "inside/a"));
}

/* --- bounds --- */

static void a_file_does_not_grow_without_end(void **state)
{
    struct rig *rig = *state;
    int file = open_file(rig, "big", MAKE_BOTH);

    assert_int_equal(directory_files.seek(rig->directory, file, DIRECTORY_FILE - 3), 0);
    assert_int_equal(write_text(rig, file, "12345"), 3); /* what fits */
    assert_int_equal(write_text(rig, file, "45"), -SEMI_EFBIG);
    assert_int_equal(directory_files.seek(rig->directory, file, UINT32_MAX), 0);
    assert_int_equal(write_text(rig, file, "1"), -SEMI_EFBIG);
    assert_int_equal(directory_files.seek(rig->directory, file, 0), 0);
    assert_int_equal(write_text(rig, file, "1"), 1);
    assert_int_equal(directory_files.length(rig->directory, file), DIRECTORY_FILE);
    close_file(rig, file);
}

/* Sparse files: nothing of this fills a disk. */
static void all_of_them_do_not_grow_without_end(void **state)
{
    struct rig *rig = *state;
    char name[] = "big0";

    for (; name[3] < '0' + (int)(DIRECTORY_BYTES / DIRECTORY_FILE); name[3]++) {
        int file = open_file(rig, name, MAKE);

        directory_files.seek(rig->directory, file, DIRECTORY_FILE - 1);
        assert_int_equal(write_text(rig, file, "1"), 1);
        close_file(rig, file);
    }
    int file = open_file(rig, "more", MAKE);
    assert_int_equal(write_text(rig, file, "1"), -SEMI_ENOSPC);
    assert_int_equal(directory_files.remove(rig->directory, "big0"), 0);
    assert_int_equal(write_text(rig, file, "1"), 1);
    close_file(rig, file);
    file = open_file(rig, "big1", MAKE); /* cut: its room is free again */
    assert_int_equal(write_text(rig, file, "1"), 1);
    close_file(rig, file);
}

static void no_more_than_so_many_are_made(void **state)
{
    struct rig *rig = *state;
    char name[24];

    for (int i = 0; i < DIRECTORY_MADE; i++) {
        snprintf(name, sizeof name, "f%d", i);
        int file = open_file(rig, name, MAKE);
        assert_true(file >= 0);
        close_file(rig, file);
    }
    assert_int_equal(open_file(rig, "one more", MAKE), -SEMI_ENOSPC);
    assert_null(host_file(rig, "inside/one more"));
    int file = open_file(rig, "f1", MAKE); /* is there already */
    assert_true(file >= 0);
    close_file(rig, file);
    assert_int_equal(directory_files.remove(rig->directory, "f1"), 0);
    file = open_file(rig, "one more", MAKE);
    assert_true(file >= 0);
    close_file(rig, file);
}

/* --- somebody else moves what is inside --- */

struct mover {
    struct rig *rig;
    atomic_bool stop;
};

/* A directory and a link to where the secret is take turns under one name. */
static void *swap(void *user)
{
    struct mover *mover = user;
    int top = mover->rig->top_fd;

    while (!atomic_load(&mover->stop)) {
        renameat(top, "inside/turn", top, "inside/turn-file");
        renameat(top, "inside/turn-link", top, "inside/turn");
        renameat(top, "inside/turn", top, "inside/turn-link");
        renameat(top, "inside/turn-file", top, "inside/turn");
    }
    return NULL;
}

static void who_swaps_a_directory_for_a_link_leads_nobody_outside(void **state)
{
    struct rig *rig = *state;
    struct mover mover = {.rig = rig};
    unsigned opened = 0, refused = 0;
    pthread_t thread;

    assert_int_equal(mkdirat(rig->top_fd, "inside/turn", 0700), 0);
    put_file(rig, "inside/turn/secret", "own");
    assert_int_equal(symlinkat("..", rig->top_fd, "inside/turn-link"), 0);
    assert_int_equal(pthread_create(&thread, NULL, swap, &mover), 0);
    for (int i = 0; i < 1000000 && (opened < 500 || refused < 500); i++) {
        int file = open_file(rig, "turn/secret", READ);

        if (file < 0) {
            refused++;
            continue;
        }
        opened++;
        assert_string_equal(read_text(rig, file), "own");
        close_file(rig, file);
    }
    atomic_store(&mover.stop, true);
    pthread_join(thread, NULL);
    assert_string_equal(host_file(rig, "secret"), "secret");
}

static void names_may_count_from_further_inside(void **state)
{
    static const char *const refused[] = {"..",   "sub/..", "sub/../..", "/",   "/tmp",
                                          "away", "none",   "plain",     "a\nb"};
    struct rig *rig = *state;
    char why[300];

    lay_traps(rig);
    assert_true(directory_enter(rig->directory, "sub", why, sizeof why));
    int file = open_file(rig, "made", MAKE);
    assert_true(file >= 0);
    close_file(rig, file);
    assert_non_null(host_file(rig, "inside/sub/made"));
    assert_true(open_file(rig, "../plain", READ) < 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(directory_enter(rig->directory, refused[i], why, sizeof why));
    file = open_file(rig, "made", READ); /* still there */
    assert_true(file >= 0);
    close_file(rig, file);
    assert_true(directory_enter(rig->directory, "", why, sizeof why));
    file = open_file(rig, "plain", READ);
    assert_true(file >= 0);
    close_file(rig, file);
    assert_true(directory_enter(rig->directory, "./sub/", why, sizeof why)); /* from the whole */
    assert_non_null(strstr(directory_path(rig->directory), "/inside/./sub/"));
}

static void a_directory_that_is_not_there_is_said(void **state)
{
    struct rig *rig = *state;
    struct directory *none;
    char path[100], why[300];

    snprintf(path, sizeof path, "%s/nowhere", rig->top);
    assert_false(directory_open(path, &rig->log, &none, why, sizeof why));
    assert_non_null(strstr(why, "no such directory"));
    snprintf(path, sizeof path, "%s/secret", rig->top);
    assert_false(directory_open(path, &rig->log, &none, why, sizeof why));
    assert_non_null(strstr(why, "not a directory"));
}

#define RIG_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(files_are_made_written_and_read),
        RIG_TEST(each_way_to_open_does_what_fopen_does),
        RIG_TEST(files_are_renamed_and_removed),
        RIG_TEST(nothing_outside_is_reached),
        RIG_TEST(nothing_outside_is_removed_or_renamed),
        RIG_TEST(what_is_refused_is_told_a_few_times),
        RIG_TEST(only_plain_files_are_opened_and_none_is_waited_for),
        RIG_TEST(names_are_bounded),
        RIG_TEST(a_file_does_not_grow_without_end),
        RIG_TEST(all_of_them_do_not_grow_without_end),
        RIG_TEST(no_more_than_so_many_are_made),
        RIG_TEST(who_swaps_a_directory_for_a_link_leads_nobody_outside),
        RIG_TEST(names_may_count_from_further_inside),
        RIG_TEST(a_directory_that_is_not_there_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Who has a USB device open: in folders made to look like sysfs and procfs, and a real process by
 * the kernel's own. */
#include "session/usb_holder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64];
static const struct usb_roots copies = {root, "/dev", root};

/* A file with this text; folders on the way are made. */
static void put(const char *path, const char *text)
{
    char whole[300];

    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *at = whole + strlen(root) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        mkdir(whole, 0700);
        *at = '/';
    }
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void open_by(const char *pid, const char *name, const char *node)
{
    char path[100], whole[300];

    snprintf(path, sizeof path, "%s/fd/0", pid);
    put(path, "");
    snprintf(path, sizeof path, "%s/comm", pid);
    put(path, name);
    snprintf(whole, sizeof whole, "%s/%s/fd/7", root, pid);
    assert_int_equal(symlink(node, whole), 0);
}

static int up(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/probed-proc-XXXXXX");
    if (!mkdtemp(root))
        return -1;
    put("bus/usb/devices/1-2.3/busnum", "1\n");
    put("bus/usb/devices/1-2.3/devnum", "14\n");
    return 0;
}

static int down(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static void nobody_has_it(void **state)
{
    struct usb_holder holder;

    (void)state;
    open_by("77", "gdb\n", "/dev/bus/usb/001/015");
    open_by("78", "cat\n", "/dev/bus/usb/001/0144");
    assert_false(usb_holder_find(&copies, "usb:1-2.3", &holder));
    assert_int_equal(holder.pid, 0);
}

static void a_program_has_it(void **state)
{
    struct usb_holder holder;

    (void)state;
    open_by("4711", "openocd\n", "/dev/bus/usb/001/014");
    open_by("4712", "child\n", "/dev/bus/usb/001/014");
    assert_true(usb_holder_find(&copies, "usb:1-2.3", &holder));
    assert_int_equal(holder.pid, 4711);
    assert_string_equal(holder.program, "openocd");
    assert_false(usb_holder_find(&copies, "usb:1-2", &holder)); /* another place */
    assert_false(usb_holder_find(&copies, "sim:0", &holder));
}

static void we_ourselves_do_not_count(void **state)
{
    struct usb_holder holder;
    char pid[16];

    (void)state;
    snprintf(pid, sizeof pid, "%d", getpid());
    open_by(pid, "probed\n", "/dev/bus/usb/001/014");
    assert_false(usb_holder_find(&copies, "usb:1-2.3", &holder));
}

static void why_a_probe_is_not_opened_names_the_program(void **state)
{
    struct job job;

    (void)state;
    open_by("4711", "openocd\n", "/dev/bus/usb/001/014");
    job_init(&job, NULL);
    assert_int_equal(
        usb_holder_tell(&copies, "usb:1-2.3", &job, job_fail(&job, ERR_BUSY, "it is in use")),
        ERR_BUSY);
    assert_string_equal(job_text(&job, ERR_BUSY), "it is in use; openocd (process 4711) has it");
    job_clear(&job); /* of another kind, of a place that nobody has: as it was */
    usb_holder_tell(&copies, "usb:1-2.3", &job, job_fail(&job, ERR_PROBE, "it does not answer"));
    assert_string_equal(job_text(&job, ERR_PROBE), "it does not answer");
    job_clear(&job);
    usb_holder_tell(&copies, "usb:1-2", &job, job_fail(&job, ERR_BUSY, "it is in use"));
    assert_string_equal(job_text(&job, ERR_BUSY), "it is in use");
}

/* A process that has the file open until its standard input ends. */
struct program {
    pid_t pid;
    int input;
};

static struct program run_with_open(const char *path)
{
    int in[2], out[2];
    char byte, wanted[300];

    snprintf(wanted, sizeof wanted, "exec 9<>'%s' && echo && read end", path);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    struct program program = {.pid = fork(), .input = in[1]};
    assert_true(program.pid >= 0);
    if (program.pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[0]);
        close(in[1]);
        close(out[0]);
        close(out[1]);
        execlp("sh", "sh", "-c", wanted, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    assert_int_equal(read(out[0], &byte, 1), 1); /* it has it now */
    close(out[0]);
    return program;
}

static void end_program(const struct program *program)
{
    close(program->input);
    assert_int_equal(waitpid(program->pid, NULL, 0), program->pid);
}

/* Nothing here imitates /proc: its links lead where the kernel says. */
static void a_real_process_is_seen_as_long_as_it_has_it_open(void **state)
{
    const struct usb_roots roots = {root, root, "/proc"};
    struct usb_holder holder;
    char node[100], other[100];

    (void)state;
    put("bus/usb/001/014", "");
    put("bus/usb/001/015", "");
    snprintf(node, sizeof node, "%s/bus/usb/001/014", root);
    snprintf(other, sizeof other, "%s/bus/usb/001/015", root);
    struct program neighbour = run_with_open(other);
    assert_false(usb_holder_find(&roots, "usb:1-2.3", &holder));
    struct program program = run_with_open(node);
    assert_true(usb_holder_find(&roots, "usb:1-2.3", &holder));
    assert_int_equal(holder.pid, program.pid);
    assert_string_equal(holder.program, "sh");
    end_program(&program);
    assert_false(usb_holder_find(&roots, "usb:1-2.3", &holder));
    end_program(&neighbour);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_has_it, up, down),
        cmocka_unit_test_setup_teardown(a_program_has_it, up, down),
        cmocka_unit_test_setup_teardown(why_a_probe_is_not_opened_names_the_program, up, down),
        cmocka_unit_test_setup_teardown(we_ourselves_do_not_count, up, down),
        cmocka_unit_test_setup_teardown(a_real_process_is_seen_as_long_as_it_has_it_open, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

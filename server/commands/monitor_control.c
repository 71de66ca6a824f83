/* SPDX-License-Identifier: MIT */
/* Run control: halt, resume, step, reset and what waits for them. */
#include <string.h>

#include "commands/monitor_commands.h"

enum { WAIT_DEFAULT_MS = 5000, LOOK_EVERY_US = 1000, MS_MAX = 24 * 3600 * 1000 };

/* Until when the first word, or else the default, lets a command wait, on the probe's clock. */
static enum err target_and_deadline(struct monitor *monitor, int argc, const char *const argv[],
                                    struct target **target, uint64_t *deadline_us)
{
    uint32_t ms = WAIT_DEFAULT_MS;
    enum err err = argc > 1
                       ? monitor_value(monitor, argv[1], "a number of milliseconds", MS_MAX, &ms)
                       : ERR_OK;

    if (!err)
        err = monitor_target(monitor, target);
    if (!err)
        *deadline_us = clock_now_us(monitor_clock(monitor)) + UINT64_C(1000) * ms;
    return err;
}

/* The target gives up after a second; `ms` may ask for more patience. */
enum err monitor_halt(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    uint64_t deadline;
    enum err err = target_and_deadline(monitor, argc, argv, &target, &deadline);

    if (err)
        return err;
    err = session_halt(monitor->session, monitor->job);
    while (err == ERR_TIMEOUT && clock_now_us(monitor_clock(monitor)) < deadline) {
        job_clear(monitor->job);
        err = job_checkpoint(monitor->job);
        if (!err)
            err = session_halt(monitor->session, monitor->job);
    }
    return !err ? monitor_print_halted(monitor) : err;
}

/* `resume ADDRESS`, `step ADDRESS` */
static enum err move_pc(struct monitor *monitor, struct target *target, int argc,
                        const char *const argv[])
{
    uint32_t address;

    if (argc < 2)
        return ERR_OK;
    enum err err = monitor_address(monitor, argv[1], &address);
    if (!err)
        err = session_may_run(monitor->session, monitor->job);
    return err != ERR_OK
               ? err
               : target_write_register(target, monitor_find_register(target, "pc"), address & ~1u);
}

enum err monitor_resume(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    if (!err)
        err = move_pc(monitor, target, argc, argv);
    return !err ? session_resume(monitor->session, monitor->job) : err;
}

enum err monitor_step(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    if (!err)
        err = move_pc(monitor, target, argc, argv);
    if (!err)
        err = session_step(monitor->session, monitor->job);
    return !err ? monitor_print_halted(monitor) : err;
}

enum err monitor_reset_run(struct monitor *monitor)
{
    char trouble[400] = "";
    enum err err = session_reset(monitor->session, monitor->job, TARGET_RESET_RUN);

    if (!err)
        err = session_look_at_start(monitor->session, monitor->job, trouble, sizeof trouble);
    if (!err && trouble[0])
        job_print(monitor->job, "%s\n", trouble);
    return err;
}

static enum err reset(struct monitor *monitor, enum target_reset kind)
{
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    if (err || kind == TARGET_RESET_RUN)
        return err ? err : monitor_reset_run(monitor);
    err = session_reset(monitor->session, monitor->job, kind);
    return !err ? monitor_print_halted(monitor) : err;
}

enum err monitor_reset(struct monitor *monitor, int argc, const char *const argv[])
{
    static const char *const names[] = {
        [TARGET_RESET_RUN] = "run",
        [TARGET_RESET_HALT] = "halt",
        [TARGET_RESET_INIT] = "init",
    };
    enum { KINDS = sizeof names / sizeof *names };
    size_t kind =
        monitor->session->options.reset_halts ? (size_t)TARGET_RESET_HALT : TARGET_RESET_RUN;

    if (argc > 1)
        kind = monitor_choice(argv[1], names, KINDS);
    if (kind == KINDS)
        return monitor_usage(monitor, argv[0]);
    return reset(monitor, (enum target_reset)kind);
}

enum err monitor_soft_reset_halt(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    (void)argv;
    job_print(monitor->job, "requesting target halt and executing a soft reset\n");
    return reset(monitor, TARGET_RESET_HALT);
}

enum err monitor_wait_halt(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    uint64_t deadline;
    enum err err = target_and_deadline(monitor, argc, argv, &target, &deadline);

    if (err)
        return err;
    while (!err && session_connected(monitor->session)) {
        session_poll(monitor->session, monitor->job);
        if (target_state(target) == TARGET_HALTED)
            return ERR_OK;
        if (clock_now_us(monitor_clock(monitor)) >= deadline)
            return job_fail(monitor->job, ERR_TIMEOUT,
                            target_state(target) == TARGET_IN_RESET
                                ? TARGET_HELD_TEXT
                                : "timed out while waiting for target halted");
        clock_sleep_us(monitor_clock(monitor), LOOK_EVERY_US);
        err = job_checkpoint(monitor->job);
    }
    return err ? err : session_require(monitor->session, monitor->job);
}

enum err monitor_poll(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    bool on = true;

    if (argc > 1 && !monitor_switch(argv[1], &on))
        return monitor_usage(monitor, argv[0]);
    if (!on)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "the running core is looked at only while somebody waits for it to stop; "
                        "that cannot be switched off");
    enum err err = monitor_target(monitor, &target);
    if (err || argc > 1)
        return err;
    err = session_measure(monitor->session, monitor->job);
    if (err)
        return err;
    job_print(monitor->job, "background polling: on\nTAP: %s (enabled)\n",
              monitor_target_name(target).text);
    return target_state(target) == TARGET_HALTED ? monitor_print_halted(monitor) : ERR_OK;
}

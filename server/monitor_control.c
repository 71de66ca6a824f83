/* SPDX-License-Identifier: MIT */
/* Run control: halt, resume, reset, step. */
#include <string.h>

#include "monitor_commands.h"

/* Where the core stands and why. */
static void print_stop(struct monitor *monitor)
{
    static const char *const reasons[] = {
        [STOP_NONE] = "was halted already",
        [STOP_REQUEST] = "halted on request",
        [STOP_STEP] = "stepped",
        [STOP_BREAKPOINT_HW] = "halted at a breakpoint",
        [STOP_BREAKPOINT_SW] = "halted at a breakpoint",
        [STOP_BKPT] = "halted at a BKPT instruction",
        [STOP_WATCHPOINT] = "halted at a watchpoint",
        [STOP_FAULT] = "halted at a fault",
        [STOP_RESET] = "halted by the reset",
        [STOP_EXIT] = "halted, the program has exited",
        [STOP_EXTERNAL] = "halted by something outside",
    };
    const struct target_stop *stop = &monitor->unit->stop;

    job_print(monitor->job, "%s, pc: 0x%08x\n", reasons[stop->reason], (unsigned)stop->pc);
    if (stop->text[0])
        job_print(monitor->job, "%s\n", stop->text);
}

enum err monitor_halt(struct monitor *monitor, int argc, const char *const argv[])
{
    enum err err = unit_halt(monitor->unit, monitor->job);

    (void)argc;
    (void)argv;
    if (err == ERR_OK)
        print_stop(monitor);
    return err;
}

enum err monitor_resume(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    (void)argv;
    return unit_resume(monitor->unit, monitor->job);
}

enum err monitor_step(struct monitor *monitor, int argc, const char *const argv[])
{
    enum err err = unit_step(monitor->unit, monitor->job);

    (void)argc;
    (void)argv;
    if (err == ERR_OK)
        print_stop(monitor);
    return err;
}

enum err monitor_reset(struct monitor *monitor, int argc, const char *const argv[])
{
    static const char *const names[] = {
        [TARGET_RESET_RUN] = "run",
        [TARGET_RESET_HALT] = "halt",
        [TARGET_RESET_INIT] = "init",
    };
    size_t kind = monitor->unit->options.reset_halts ? (size_t)TARGET_RESET_HALT : TARGET_RESET_RUN;
    enum { KINDS = sizeof names / sizeof *names };

    if (argc > 1) {
        for (kind = 0; kind < KINDS && strcmp(names[kind], argv[1]) != 0; kind++)
            ;
        if (kind == KINDS)
            return job_fail(monitor->job, ERR_ARGUMENT, "usage: reset [run|halt|init]");
    }
    enum err err = unit_reset(monitor->unit, monitor->job, (enum target_reset)kind);
    if (err == ERR_OK && kind != TARGET_RESET_RUN)
        print_stop(monitor);
    return err;
}

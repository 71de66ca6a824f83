/* SPDX-License-Identifier: MIT */
/* What a stop means for the run. A program ends by semihosting's exit; by the C library's, if it
 * has one, at its last function, _exit; or by a return from main, whose start-up code may still go
 * on to that, which writes what is buffered: it is given a moment for it. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "cli/run.h"

enum { REGISTER_R0 = 0, REGISTER_SP = 13, REGISTER_LR = 14 };

void run_end(struct run *run, enum run_outcome outcome, const char *format, ...)
{
    va_list args;

    if (run->outcome != RUN_GOES_ON) /* the first, deepest one knows best */
        return;
    va_start(args, format);
    vsnprintf(run->reason, sizeof run->reason, format, args);
    va_end(args);
    run->outcome = outcome;
}

void run_end_with(struct run *run, uint32_t code, const char *how)
{
    bool silent = run->output.until && !run->output.seen;

    run->has_program_code = true;
    run->program_code = code;
    run_end(run, silent ? RUN_SILENT : RUN_ENDED, "%s: exit code %" PRId32 "%s%s%s", how,
            (int32_t)code, silent ? ", and it never said '" : "", silent ? run->output.until : "",
            silent ? "'" : "");
}

int run_exit_code(const struct run *run)
{
    static const int codes[] = {
        [RUN_GOES_ON] = RUN_FAILED_CODE,      [RUN_UNTIL] = CLI_OK,
        [RUN_TIMED_OUT] = RUN_TIMEOUT_CODE,   [RUN_CRASHED] = RUN_CRASHED_CODE,
        [RUN_CANCELLED] = RUN_CANCELLED_CODE, [RUN_FAILED] = RUN_FAILED_CODE,
    };

    if (run->outcome == RUN_SILENT && run->program_code == 0)
        return CLI_FAILED;
    if (!run->has_program_code)
        return codes[run->outcome];
    return run->program_code <= RUN_PROGRAM_MAX ? (int)run->program_code : RUN_PROGRAM_MAX;
}

/* --- breakpoints of our own --- */

static enum err read_register(struct run *run, size_t index, uint32_t *value)
{
    uint64_t wide = 0;
    struct job *before = session_enter(run->session, &run->cli->job);
    enum err err = session_register(run->session, &run->cli->job, index, &wide);

    session_leave(run->session, before);
    *value = (uint32_t)wide;
    return err;
}

static enum err set_breakpoint(struct run *run, uint32_t address, bool on)
{
    struct job *before = session_enter(run->session, &run->cli->job);
    struct target *target = run->session->target;
    enum err err = (on ? target_breakpoint_set : target_breakpoint_clear)(
        target, run->client->id, BREAKPOINT_HW, address, 2);

    session_leave(run->session, before);
    return err;
}

/* Our breakpoint at main hides a BKPT that stands there: it would be passed with it. */
static bool begins_with_bkpt(struct run *run)
{
    struct job unheard;
    uint8_t code[2] = {0};

    job_init(&unheard, NULL);
    struct job *before = session_enter(run->session, &unheard);
    enum err err = target_read(run->session->target, run->places.main, code, sizeof code, NULL);
    session_leave(run->session, before);
    if (err || code[1] != 0xBE || code[0] == 0xAB)
        return false;
    run_end(run, RUN_CRASHED, "BKPT 0x%02x in the program at 0x%08" PRIx32, code[0],
            run->places.main);
    return true;
}

/* It returns to an address in LR, unless start-up code jumps to it: then there is none. */
static enum err enter_main(struct run *run)
{
    uint32_t returns_to = 0;
    enum err err = read_register(run, REGISTER_LR, &returns_to);

    if (!err)
        err = read_register(run, REGISTER_SP, &run->places.stack);
    if (!err)
        err = set_breakpoint(run, run->places.main, false);
    run->places.main = ~0u;
    if (err || !(returns_to & 1) || returns_to >= 0xF0000000u)
        return err;
    run->places.behind_main = returns_to & ~1u;
    return set_breakpoint(run, run->places.behind_main, true);
}

/* Unless main was called once more, by itself. */
static enum err leave_main(struct run *run)
{
    uint32_t stack = 0, code = 0;
    enum err err = read_register(run, REGISTER_SP, &stack);

    if (!err)
        err = read_register(run, REGISTER_R0, &code);
    if (err || stack != run->places.stack)
        return err;
    run->waits_for_exit = true;
    run->returned_us = clock_now_us(probe_clock(run->session->probe));
    run->program_code = code;
    err = set_breakpoint(run, run->places.behind_main, false);
    run->places.behind_main = ~0u;
    return err;
}

static enum err take_exit(struct run *run)
{
    uint32_t code = 0;
    enum err err = read_register(run, REGISTER_R0, &code);

    if (!err)
        run_end_with(run, code, "the program called exit");
    return err;
}

static enum err take_breakpoint(struct run *run)
{
    if (run->stop.pc == run->places.main)
        return begins_with_bkpt(run) ? ERR_OK : enter_main(run);
    if (run->stop.pc == run->places.behind_main)
        return leave_main(run);
    if (run->stop.pc == run->places.exit)
        return take_exit(run);
    run_end(run, RUN_CRASHED, "%s", run->stop.text);
    return ERR_OK;
}

/* --- stops --- */

enum err run_take_stop(struct run *run)
{
    const struct target_stop *stop = &run->stop;

    if (stop->reason == STOP_EXIT)
        run_end_with(run, (uint32_t)stop->exit_code, "the program ended");
    else if (run->waits_for_exit)
        run_end_with(run, run->program_code, "main returned");
    else if (stop->reason == STOP_BREAKPOINT_HW && stop->owners)
        return take_breakpoint(run);
    else if (stop->reason == STOP_FAULT || stop->reason == STOP_BKPT)
        run_end(run, RUN_CRASHED, "%s", stop->text);
    else if (stop->reason == STOP_EXTERNAL)
        run_end(run, RUN_FAILED, "something else halted the core: %s", stop->text);
    return ERR_OK; /* a reset: it goes on from there */
}

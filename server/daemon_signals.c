/* SPDX-License-Identifier: MIT */
#include "daemon_signals.h"

#include <signal.h>

#include "base/job.h"

static bool is_ignored(int number)
{
    struct sigaction action;

    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void ask(struct daemon_signals *signals, int number)
{
    log_line(signals->log, LOG_INFO, "%s: leaving",
             number == SIGINT   ? "interrupted"
             : number == SIGHUP ? "the terminal is gone"
                                : "asked to end");
    signals->asked = true;
    uv_async_send(signals->stop);
}

static void end_process(struct daemon_signals *signals, int number)
{
    daemon_signals_stop(signals);
    signal(number, SIG_DFL);
    raise(number);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct daemon_signals *signals = handle->data;

    if (!signals->asked)
        ask(signals, number);
    else if (job_sections_open())
        log_line(signals->log, LOG_WARN,
                 "not yet: what is being done to the chip must not be cut in two; then it ends by "
                 "itself");
    else
        end_process(signals, number);
}

/* Not caught, an interrupt would kill. */
static void on_nothing(uv_signal_t *handle, int number)
{
    (void)handle;
    (void)number;
}

void daemon_signals_start(struct daemon_signals *signals, uv_loop_t *loop)
{
    static const int numbers[DAEMON_SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

    for (size_t i = 0; i < DAEMON_SIGNALS; i++) {
        uv_signal_t *handle = &signals->each[signals->count];

        if (numbers[i] == SIGHUP && is_ignored(SIGHUP))
            continue;
        uv_signal_init(loop, handle);
        handle->data = signals;
        bool nothing = numbers[i] == SIGINT && signals->not_interrupts;
        uv_signal_start(handle, nothing ? on_nothing : on_signal, numbers[i]);
        signals->count++;
    }
}

void daemon_signals_stop(struct daemon_signals *signals)
{
    while (signals->count > 0)
        uv_close((uv_handle_t *)&signals->each[--signals->count], NULL);
}

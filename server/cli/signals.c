/* SPDX-License-Identifier: MIT */
#include "cli/signals.h"

#include <errno.h>

#include "base/clock.h"

enum { STOP = SIGUSR1 }; /* for the thread alone */

/* Blocked, an ignored signal would come all the same: nohup shall hold. */
static void make_set(sigset_t *set)
{
    struct sigaction hangup;

    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        sigaddset(set, SIGHUP);
    sigaddset(set, STOP);
}

static void end_by(const struct cli_signals *signals, int number)
{
    signal(number, SIG_DFL);
    raise(number);
    pthread_sigmask(SIG_SETMASK, &signals->before, NULL); /* delivers it */
}

/* The next signal; 0: the limit passed first. */
static int next_signal(const struct cli_signals *signals, const sigset_t *set, uint64_t began_us)
{
    uint64_t passed = clock_now_us(clock_real()) - began_us;
    uint64_t left = passed < signals->limit_us ? signals->limit_us - passed : 0;
    const struct timespec time = {(time_t)(left / 1000000), (long)(left % 1000000 * 1000)};
    bool limited = signals->limit_us && !signals->expired;
    int number;

    do
        number = sigtimedwait(set, NULL, limited ? &time : NULL);
    while (number < 0 && errno == EINTR);
    return number > 0 ? number : 0;
}

static void wait_for_signals(void *user)
{
    struct cli_signals *signals = user;
    uint64_t began_us = clock_now_us(clock_real());
    bool asked = false;
    sigset_t set;

    make_set(&set);
    for (int number; (number = next_signal(signals, &set, began_us)) != STOP;) {
        if (number && asked && !job_sections_open()) /* else it ends as soon as it may */
            end_by(signals, number);
        asked |= number != 0;
        signals->expired |= number == 0;
        atomic_store(&signals->job->cancelled, true);
    }
}

bool cli_signals_start(struct cli_signals *signals)
{
    sigset_t set;

    make_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, &signals->before);
    if (uv_thread_create(&signals->thread, wait_for_signals, signals) == 0)
        return true;
    pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
    return false;
}

bool cli_signals_stop(struct cli_signals *signals)
{
    pthread_kill(signals->thread, STOP);
    uv_thread_join(&signals->thread);
    pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
    return signals->expired;
}

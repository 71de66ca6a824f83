/* SPDX-License-Identifier: MIT */
#include "cli/signals.h"

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

static void wait_for_signals(void *user)
{
    struct cli_signals *signals = user;
    bool asked = false;
    sigset_t set;
    int number;

    make_set(&set);
    for (; sigwait(&set, &number) == 0 && number != STOP; asked = true) {
        if (asked && !job_sections_open()) /* else it ends by itself as soon as it may */
            end_by(signals, number);
        atomic_store(&signals->job->cancelled, true);
    }
}

bool cli_signals_start(struct cli_signals *signals, struct job *job)
{
    sigset_t set;

    signals->job = job;
    make_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, &signals->before);
    if (uv_thread_create(&signals->thread, wait_for_signals, signals) == 0)
        return true;
    pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
    return false;
}

void cli_signals_stop(struct cli_signals *signals)
{
    pthread_kill(signals->thread, STOP);
    uv_thread_join(&signals->thread);
    pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
}

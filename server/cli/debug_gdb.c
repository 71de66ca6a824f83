/* SPDX-License-Identifier: MIT */
#include "cli/debug_gdb.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

bool debug_gdb_exists(const char *program)
{
    const char *path = getenv("PATH");

    if (strchr(program, '/'))
        return access(program, X_OK) == 0;
    while (path && *path) {
        int length = (int)strcspn(path, ":");
        char file[4096];

        snprintf(file, sizeof file, "%.*s/%s", length, path, program);
        if (access(file, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

const char *debug_gdb_find(void)
{
    static const char *const names[] = {"arm-none-eabi-gdb", "gdb-multiarch"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (debug_gdb_exists(names[i]))
            return names[i];
    }
    return NULL;
}

static void say_why(const char *program)
{
    char why[300];

    snprintf(why, sizeof why, "cannot start %.200s: %s", program, strerror(errno));
    log_say(stderr, "probed", LOG_ERROR, why);
}

static void become(const char *program, const char *const argv[], const sigset_t *mask)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    /* exec takes the words as they are; its type is older than const. */
    execvp(program, (char *const *)(uintptr_t)argv);
    say_why(program);
    _exit(127);
}

static int wait_for(pid_t gdb, const sigset_t *signals)
{
    int status;

    for (;;) {
        int number = sigwaitinfo(signals, NULL);

        if (number == SIGTERM || number == SIGHUP)
            kill(gdb, number);
        if (waitpid(gdb, &status, WNOHANG) != gdb)
            continue;
        if (WIFEXITED(status))
            return WEXITSTATUS(status);
        if (WIFSIGNALED(status))
            return 128 + WTERMSIG(status);
    }
}

int debug_gdb_run(const char *program, const char *const argv[])
{
    sigset_t signals, before;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, &before);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    pid_t gdb = fork();
    if (gdb == 0)
        become(program, argv, &before);
    if (gdb > 0)
        return wait_for(gdb, &signals);
    say_why(program);
    return 127;
}

/* SPDX-License-Identifier: MIT */
#include "cli/own_words.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* So many words from `words` on are one that is dropped; 0: it is not. */
static int dropped_words(const char *const words[], const char *const dropped[])
{
    for (size_t i = 0; dropped[i]; i++) {
        size_t length = strcspn(dropped[i], "=");
        bool has_value = dropped[i][length] == '=';

        if (strncmp(words[0], dropped[i], length) != 0)
            continue;
        if (words[0][length] == '\0')
            return has_value && words[1] ? 2 : 1;
        if (has_value && words[0][length] == '=')
            return 1;
    }
    return 0;
}

const char **own_words(const struct cli *cli, const char *const added[],
                       const char *const dropped[])
{
    size_t more = 0;
    int to = 0;

    while (added[more])
        more++;
    const char **words = calloc((size_t)cli->argc + more + 1, sizeof *words);
    if (!words)
        return NULL;
    words[to++] = cli->argv[0];
    words[to++] = cli->argv[1];
    for (size_t i = 0; i < more; i++)
        words[to++] = added[i];
    for (int i = 2, skip; i < cli->argc; i += skip ? skip : 1) {
        if (strcmp(cli->argv[i], "--") == 0) {
            while (i < cli->argc)
                words[to++] = cli->argv[i++];
            break;
        }
        skip = dropped_words(cli->argv + i, dropped);
        if (!skip)
            words[to++] = strcmp(cli->argv[i], "--json") == 0 ? "--json-line" : cli->argv[i];
    }
    return words;
}

int own_code(int status)
{
    enum { KILLED = 128 };

    return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
}

void own_become(const char **words)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigset_t none;

    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(nothing, STDIN_FILENO) >= 0)
        execv("/proc/self/exe", (char *const *)(uintptr_t)words);
    _exit(CLI_FAILED);
}

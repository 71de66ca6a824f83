/* SPDX-License-Identifier: MIT */
#include "cli/run_many.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "options/probe_choice.h"
#include "session/discovery.h"

enum { BOARDS_MAX = 64, LINE_SIZE = 1024, LOOK_MS = 50, KILLED = 128 };

/* One of the two streams that a board's process writes. */
struct stream {
    int from; /* -1: at its end */
    int to;
    size_t length;
    char line[LINE_SIZE];
};

struct board {
    struct probe_choice choice;
    pid_t process; /* 0: none, or it has ended */
    struct stream streams[2];
};

struct boards {
    struct cli *cli;
    size_t count;
    bool broken; /* nobody reads any more */
    struct board items[BOARDS_MAX];
};

bool run_many_is_meant(const struct cli *cli)
{
    const struct options *options = &cli->options;

    return options->probe_count > 1 ||
           (options->probe_count == 1 && probe_choice_is_all(options->probes[0]));
}

/* --- which --- */

static enum err add(struct boards *boards, const char *selector, const char *name)
{
    struct board *board = &boards->items[boards->count];

    if (boards->count == BOARDS_MAX)
        return cli_misuse(boards->cli, "more than %d boards at once", BOARDS_MAX);
    boards->count++;
    snprintf(board->choice.selector, sizeof board->choice.selector, "%s", selector);
    snprintf(board->choice.name, sizeof board->choice.name, "%.*s", PROBE_NAME - 1, name);
    for (size_t i = 0; i < 2; i++)
        board->streams[i] = (struct stream){.from = -1, .to = i ? STDERR_FILENO : STDOUT_FILENO};
    return ERR_OK;
}

static enum err add_all(struct boards *boards)
{
    struct probe_list list = {0};
    enum err err = discovery_list(NULL, 0, &list, &boards->cli->job);

    for (size_t i = 0; i < list.count && !err; i++) {
        const struct probe_info *info = &list.items[i];

        err = add(boards, info->place, info->serial[0] ? info->serial : info->place);
    }
    if (!err && list.count == 0)
        err = job_fail(&boards->cli->job, ERR_NO_PROBE, "no debug probe found");
    probe_list_free(&list);
    return err;
}

static enum err find(struct boards *boards)
{
    const struct options *options = &boards->cli->options;
    char why[240];

    if (options->probe_count == 1)
        return add_all(boards);
    for (size_t i = 0; i < options->probe_count; i++) {
        struct probe_choice choice;

        if (!probe_choice_read(options->probes[i], &choice, why, sizeof why))
            return cli_misuse(boards->cli, "%s", why);
        enum err err = add(boards, choice.selector, choice.name[0] ? choice.name : choice.selector);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* --- their processes --- */

/* The call's own words, but for those that name probes. NULL without memory. */
static const char **words_for(const struct cli *cli, const struct board *board)
{
    const char **words = calloc((size_t)cli->argc + 4, sizeof *words);
    int to = 0;

    if (!words)
        return NULL;
    words[to++] = cli->argv[0];
    words[to++] = cli->argv[1];
    words[to++] = "--probe";
    words[to++] = board->choice.selector;
    for (int i = 2; i < cli->argc; i++) {
        if (strcmp(cli->argv[i], "--") == 0) {
            while (i < cli->argc)
                words[to++] = cli->argv[i++];
        } else if (strcmp(cli->argv[i], "--probe") == 0) {
            i++;
        } else if (strncmp(cli->argv[i], "--probe=", 8) != 0) {
            words[to++] = cli->argv[i];
        }
    }
    return words;
}

/* In the child. A group of its own: Ctrl-C comes once, from us. */
static void become(const char **words, int pipes[2][2])
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigset_t none;

    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(nothing, STDIN_FILENO) >= 0 && dup2(pipes[0][1], STDOUT_FILENO) >= 0 &&
        dup2(pipes[1][1], STDERR_FILENO) >= 0)
        execv("/proc/self/exe", (char *const *)(uintptr_t)words);
    _exit(CLI_NOT_RUN_CODE);
}

static enum err begin(struct boards *boards, struct board *board)
{
    const char **words = words_for(boards->cli, board);
    int pipes[2][2] = {{-1, -1}, {-1, -1}};
    bool there = words && pipe2(pipes[0], O_CLOEXEC) == 0 && pipe2(pipes[1], O_CLOEXEC) == 0;

    board->process = there ? fork() : -1;
    if (board->process == 0)
        become(words, pipes);
    free(words);
    for (size_t i = 0; i < 2; i++) {
        board->streams[i].from = pipes[i][0];
        if (pipes[i][1] >= 0)
            close(pipes[i][1]);
    }
    if (board->process > 0)
        return ERR_OK;
    board->process = 0;
    return job_fail(&boards->cli->job, ERR_NO_MEMORY, "no process to be had: %s", strerror(errno));
}

/* --- their lines --- */

static void write_line(struct boards *boards, const struct board *board, struct stream *stream)
{
    char text[LINE_SIZE + PROBE_SELECTOR + 4];
    int length = snprintf(text, sizeof text, "%s: %.*s\n", board->choice.name, (int)stream->length,
                          stream->line);

    stream->length = 0;
    for (ssize_t wrote, done = 0; done < length && !boards->broken; done += wrote) {
        wrote = write(stream->to, text + done, (size_t)(length - done));
        if (wrote < 0 && errno != EINTR)
            boards->broken = true;
        if (wrote < 0)
            wrote = 0;
    }
}

static void read_lines(struct boards *boards, const struct board *board, struct stream *stream)
{
    char bytes[LINE_SIZE];
    ssize_t got = read(stream->from, bytes, sizeof bytes);

    for (ssize_t i = 0; i < got; i++) {
        if (bytes[i] != '\n')
            stream->line[stream->length++] = bytes[i];
        if (bytes[i] == '\n' || stream->length == sizeof stream->line)
            write_line(boards, board, stream);
    }
    if (got > 0 || (got < 0 && errno == EINTR))
        return;
    if (stream->length > 0)
        write_line(boards, board, stream);
    close(stream->from);
    stream->from = -1;
}

/* False: all have ended what they say. */
static bool look(struct boards *boards)
{
    struct pollfd ready[2 * BOARDS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < 2 * boards->count; i++) {
        ready[i] =
            (struct pollfd){.fd = boards->items[i / 2].streams[i % 2].from, .events = POLLIN};
        count += ready[i].fd >= 0 ? 1 : 0;
    }
    if (count == 0 || poll(ready, 2 * boards->count, LOOK_MS) < 0)
        return count > 0;
    for (size_t i = 0; i < 2 * boards->count; i++)
        if (ready[i].fd >= 0 && ready[i].revents)
            read_lines(boards, &boards->items[i / 2], &boards->items[i / 2].streams[i % 2]);
    return true;
}

static void end_all(const struct boards *boards)
{
    for (size_t i = 0; i < boards->count; i++)
        if (boards->items[i].process > 0)
            kill(boards->items[i].process, SIGINT);
}

static void take_code(struct boards *boards, struct board *board)
{
    int status, code = CLI_NOT_RUN_CODE;

    if (board->process <= 0)
        return;
    while (waitpid(board->process, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status))
        code = WEXITSTATUS(status);
    else if (WIFSIGNALED(status))
        code = KILLED + WTERMSIG(status);
    if (code > boards->cli->code)
        boards->cli->code = code;
    display_say(&boards->cli->display, "%s: exit code %d", board->choice.name, code);
}

static enum err run_all(struct boards *boards)
{
    bool ended = false;
    enum err err = ERR_OK;

    for (size_t i = 0; i < boards->count && !err; i++)
        err = begin(boards, &boards->items[i]);
    do {
        if (!ended && (err || boards->broken || job_cancelled(&boards->cli->job))) {
            ended = true;
            end_all(boards);
        }
    } while (look(boards));
    for (size_t i = 0; i < boards->count; i++)
        take_code(boards, &boards->items[i]);
    if (boards->broken)
        boards->cli->code = CLI_NOT_RUN_CODE;
    return err;
}

enum err run_many(struct cli *cli)
{
    struct boards *boards = calloc(1, sizeof *boards);

    if (!boards)
        return job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
    boards->cli = cli;
    enum err err = cli->flags & (CLI_JSON | CLI_JUNIT)
                       ? cli_misuse(cli, "--json and --junit are for one board: call it for each")
                       : find(boards);
    if (!err)
        err = run_all(boards);
    free(boards);
    return err;
}

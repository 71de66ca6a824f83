/* SPDX-License-Identifier: MIT */
#include "cli/many.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/own_words.h"
#include "cli/result.h"
#include "options/probe_choice.h"
#include "session/discovery.h"

enum { BOARDS_MAX = 64, LINE_SIZE = 1024, LOOK_MS = 50 };

/* One of the two streams that a board's process writes. */
struct stream {
    int from; /* -1: at its end */
    int to;
    bool whole; /* lines, however long: JSON, which has no name in front */
    size_t length, room;
    char *line;
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

bool many_is_meant(const struct cli *cli)
{
    const struct options *options = &cli->options;

    return cli->command->flags & CLI_MANY &&
           (options->probe_count > 1 ||
            (options->probe_count == 1 && probe_choice_is_all(options->probes[0])));
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
        board->streams[i] = (struct stream){.from = -1,
                                            .to = i ? STDERR_FILENO : STDOUT_FILENO,
                                            .whole = i == 0 && boards->cli->flags & CLI_JSON};
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

/* In the child. */
static void become(const char **words, int pipes[2][2])
{
    if (dup2(pipes[0][1], STDOUT_FILENO) >= 0 && dup2(pipes[1][1], STDERR_FILENO) >= 0)
        own_become(words);
    _exit(CLI_NOT_RUN_CODE);
}

static enum err begin(struct boards *boards, struct board *board)
{
    static const char *const dropped[] = {"--probe=", NULL};
    const char *const added[] = {"--probe", board->choice.selector, NULL};
    const char **words = own_words(boards->cli, added, dropped);
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

static void write_out(struct boards *boards, const struct stream *stream, const char *text,
                      size_t length)
{
    for (size_t done = 0; done < length && !boards->broken;) {
        ssize_t wrote = write(stream->to, text + done, length - done);

        if (wrote < 0 && errno != EINTR)
            boards->broken = true;
        done += wrote > 0 ? (size_t)wrote : 0;
    }
}

static void write_line(struct boards *boards, const struct board *board, struct stream *stream)
{
    char name[PROBE_SELECTOR + 4] = "";

    if (!stream->whole)
        snprintf(name, sizeof name, "%s: ", board->choice.name);
    memmove(stream->line + strlen(name), stream->line, stream->length);
    memcpy(stream->line, name, strlen(name));
    stream->length += strlen(name);
    stream->line[stream->length++] = '\n';
    write_out(boards, stream, stream->line, stream->length);
    stream->length = 0;
}

/* For one more character, a name in front and the line's end. */
static bool make_room(struct stream *stream)
{
    size_t needed = stream->length + PROBE_SELECTOR + 8;

    if (needed <= stream->room)
        return true;
    char *grown = realloc(stream->line, 2 * needed);
    if (!grown)
        return false;
    stream->line = grown;
    stream->room = 2 * needed;
    return true;
}

static bool is_full(const struct stream *stream)
{
    return !stream->whole && stream->length == LINE_SIZE;
}

static void read_lines(struct boards *boards, const struct board *board, struct stream *stream)
{
    char bytes[LINE_SIZE];
    ssize_t got = read(stream->from, bytes, sizeof bytes);

    for (ssize_t i = 0; i < got && make_room(stream); i++) {
        if (bytes[i] != '\n')
            stream->line[stream->length++] = bytes[i];
        if (bytes[i] == '\n' || is_full(stream))
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

/* Of what was no failure of the tool. */
static int failure_code(const struct cli *cli)
{
    return cli->command->flags & CLI_NOT_RUN ? CLI_NOT_RUN_CODE : CLI_FAILED;
}

static void take_code(struct boards *boards, struct board *board)
{
    int status;

    if (board->process <= 0)
        return;
    while (waitpid(board->process, &status, 0) < 0 && errno == EINTR)
        ;
    int code = own_code(status);
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
        boards->cli->code = failure_code(boards->cli);
    return err;
}

enum err many(struct cli *cli)
{
    struct boards *boards = calloc(1, sizeof *boards);

    if (!boards)
        return job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
    boards->cli = cli;
    enum err err = cli->flags & CLI_JUNIT
                       ? cli_misuse(cli, "--junit is for one board: call it for each")
                       : find(boards);
    if (!err) {
        result_drop(cli); /* each board has an object of its own */
        err = run_all(boards);
    }
    for (size_t i = 0; i < 2 * boards->count; i++)
        free(boards->items[i / 2].streams[i % 2].line);
    free(boards);
    return err;
}

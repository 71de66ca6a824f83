/* SPDX-License-Identifier: MIT */
#include "cli/run_output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/visible.h"

enum { PIECE = 4096 }; /* PIPE_BUF: a pipe that is ready takes that much without blocking */

void run_output_init(struct run_output *output, int file, const char *until)
{
    output->file = file;
    output->terminal = isatty(file);
    output->at_start = true;
    output->until = until;
}

/* --- what is waited for --- */

static void look_for(struct run_output *output, const char *bytes, size_t length)
{
    size_t wanted = output->until ? strlen(output->until) : 0;

    for (size_t i = 0; i < length && wanted > 0 && !output->seen; i++) {
        if (output->tail_length == wanted)
            memmove(output->tail, output->tail + 1, --output->tail_length);
        output->tail[output->tail_length++] = bytes[i];
        output->seen =
            output->tail_length == wanted && memcmp(output->tail, output->until, wanted) == 0;
        if (bytes[i] == '\n')
            output->tail_length = 0; /* it is looked for in lines */
    }
}

/* --- on its way --- */

static void append(struct run_output *output, const char *bytes, size_t length)
{
    size_t room = sizeof output->waiting - output->length;
    size_t taken = length < room ? length : room;

    memcpy(output->waiting + output->length, bytes, taken);
    output->length += taken;
    output->dropped += length - taken;
}

static void append_visible(struct run_output *output, const char *bytes, size_t length)
{
    struct visible_piece piece;

    for (size_t taken; length > 0; bytes += taken, length -= taken) {
        taken = visible_next(VISIBLE_PROGRAM, bytes, length, &piece);
        append(output, piece.text, piece.length);
    }
}

static void keep(struct run_output *output, const char *bytes, size_t length)
{
    enum { PART = RUN_OUTPUT_KEPT / 2 };

    for (size_t taken; length > 0; bytes += taken, length -= taken) {
        taken = length < PART ? length : PART;
        if (output->kept_length + taken > sizeof output->kept) {
            memmove(output->kept, output->kept + output->kept_length - PART, PART);
            output->kept_length = PART;
        }
        memcpy(output->kept + output->kept_length, bytes, taken);
        output->kept_length += taken;
    }
}

void run_output_put(struct run_output *output, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    output->total += length;
    output->at_start = bytes[length - 1] == '\n';
    look_for(output, bytes, length);
    keep(output, bytes, length);
    if (output->broken)
        return;
    (output->terminal ? append_visible : append)(output, bytes, length);
}

static bool takes_more(const struct run_output *output, int milliseconds)
{
    struct pollfd ready = {.fd = output->file, .events = POLLOUT};

    return poll(&ready, 1, milliseconds) > 0;
}

static void fail(struct run_output *output, int error)
{
    output->broken = true;
    output->error = error;
    output->length = 0;
}

/* A reader that is gone is noticed although there is nothing to be said. */
static bool has_gone(const struct run_output *output)
{
    struct pollfd ready = {.fd = output->file, .events = 0};

    return poll(&ready, 1, 0) > 0 && ready.revents & (POLLERR | POLLNVAL);
}

void run_output_flush(struct run_output *output)
{
    size_t done = 0;

    if (!output->broken && has_gone(output))
        fail(output, EPIPE);
    while (done < output->length && takes_more(output, 0)) {
        size_t left = output->length - done;
        ssize_t wrote = write(output->file, output->waiting + done, left < PIECE ? left : PIECE);

        if (wrote < 0 && errno != EINTR && errno != EAGAIN) {
            fail(output, errno);
            return;
        }
        if (wrote < 0)
            break;
        done += (size_t)wrote;
    }
    memmove(output->waiting, output->waiting + done, output->length - done);
    output->length -= done;
}

bool run_output_is_full(const struct run_output *output)
{
    return output->length > RUN_OUTPUT_FULL;
}

void run_output_wait(const struct run_output *output, int milliseconds)
{
    (void)takes_more(output, milliseconds);
}

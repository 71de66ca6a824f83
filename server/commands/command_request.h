/* SPDX-License-Identifier: MIT */
/* A line of monitor commands, or the path of a file with such lines, on its way to the worker; its
 * text comes back in notices while it runs. */
#ifndef PROBED_COMMAND_REQUEST_H
#define PROBED_COMMAND_REQUEST_H

#include "commands/monitor.h"
#include "session/request.h"

struct command_request {
    struct request request;
    bool is_file;
    char *text;
    /* Done function of its notices, whose owner is the command's; NULL: request.job.output, if the
     * loop has set one, gets the text on the worker's thread. */
    void (*output)(struct request *notice);
    atomic_size_t unsent; /* bytes of its notices that the loop has not taken yet */

    /* The answer, beside request.err: as in struct monitor. */
    enum monitor_outcome outcome;
    int exit_code;
    bool value;
};

struct command_text {
    struct request request; /* a notice */
    size_t length;
    char bytes[];
};

/* `text` is copied. NULL without memory. */
struct command_request *command_request_create(void *owner, const struct log *log, const char *text,
                                               bool is_file, void (*done)(struct request *request),
                                               void (*output)(struct request *notice));

/* The notice of some text of a command; NULL without memory. Counted in `unsent`. */
struct command_text *command_text_create(struct command_request *command, const char *text,
                                         size_t length);

#endif

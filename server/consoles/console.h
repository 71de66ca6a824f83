/* SPDX-License-Identifier: MIT */
/* A connection that runs monitor commands, one at a time: what the telnet and the TCL port have in
 * common. Each is a `kind` that knows how lines come in and results go out. Loop thread. */
#ifndef PROBED_SHELL_H
#define PROBED_SHELL_H

#include "consoles/first_line.h"
#include "net/connection.h"
#include "session/events.h"

struct message;
struct shell;
struct worker;

/* What all shells of a daemon share; outlives them. */
struct shell_host {
    uv_loop_t *loop;
    const struct log *log;
    struct worker *worker;
    void (*gone)(void *user, struct shell *shell); /* it is about to be freed */
    void (*shutdown)(void *user, int exit_code);   /* a command asks the daemon to end */
    void *user;
};

struct shell_kind {
    const char *name; /* "telnet", for the log */
    /* The connection is up. */
    void (*begin)(struct shell *shell);
    /* As connection_events.bytes; bytes may stay unused only while a command runs or the client
     * does not read. */
    size_t (*bytes)(struct shell *shell, const char *bytes, size_t length);
    /* Goes on with what came in while the last command ran. True: nothing of it is left. */
    bool (*proceed)(struct shell *shell);
    /* Text of the command that runs. */
    void (*output)(struct shell *shell, const char *text, size_t length);
    /* A command runs and the client sends no more: once a second, to find out whether it is still
     * there to read the answer. */
    void (*alone)(struct shell *shell);
    /* It has ended: message->error. */
    void (*finished)(struct shell *shell, const struct message *message);
    /* Only while it watches. `own`: a command of this shell is the cause. */
    void (*news)(struct shell *shell, const struct message *message, bool own);
    void (*destroy)(struct shell *shell);
};

/* First member of each kind's session; zeroed before shell_open(). */
struct shell {
    const struct shell_kind *kind;
    const struct shell_host *host;
    struct connection connection;
    uv_timer_t timer;        /* for kind->alone */
    struct message *flight;  /* the command that runs, with the worker */
    struct message *unwatch; /* while it watches: what ends that, allocated while there is memory */
    bool timer_closed;
    struct first_line first_line;
    bool ended;   /* the client sends no more */
    bool closing; /* whatever else happens: shell_kind functions may set it midway */
};

/* Takes the connection that waits at `listener`; `kind` frees after host->gone. */
void shell_open(struct shell *shell, const struct shell_kind *kind, const struct shell_host *host,
                uv_stream_t *listener);
void shell_write(struct shell *shell, const void *bytes, size_t length);
/* No command may run. Its output and end come later. */
void shell_run(struct shell *shell, const char *line);
/* Ctrl-C: ends the command that runs, if any. */
void shell_cancel(struct shell *shell);
/* Whether news are wanted; while somebody watches, the running core is polled. */
void shell_watch(struct shell *shell, bool on);
/* What was written still goes out. A command that runs is ended. Twice is fine. */
void shell_finish(struct shell *shell);
void shell_close(struct shell *shell);
/* A message whose `session` this is came from the worker; becomes the shell's. */
void shell_take(struct shell *shell, struct message *message);
/* NEWS from the worker, for all shells. */
void shell_tell(struct shell *shell, const struct message *news);

/* To be called with each byte before it is acted upon, as first_line_byte(). False: the client is
 * no person and no script; it was logged, and the shell closes. */
bool shell_hears(struct shell *shell, uint8_t byte, bool keys, uint8_t end);

#endif

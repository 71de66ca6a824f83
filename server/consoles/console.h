/* SPDX-License-Identifier: MIT */
/* A connection that runs monitor commands, one at a time: what the telnet and the TCL port have in
 * common. Each is a `kind` that knows how lines come in and results go out. Loop thread. */
#ifndef PROBED_CONSOLE_H
#define PROBED_CONSOLE_H

#include "commands/command_request.h"
#include "consoles/first_line.h"
#include "net/connection.h"
#include "session/events.h"

struct console;
struct worker;

enum { CONSOLE_PORTION = 512 }; /* bytes in one turn of the loop: a key may cost a terminal line */

/* What all consoles of a daemon share; outlives them. */
struct console_host {
    uv_loop_t *loop;
    const struct log *log;
    const struct log *strangers; /* for what clients cause that are nobody */
    struct worker *worker;
    void (*gone)(void *user, struct console *console); /* it is about to be freed */
    void (*shutdown)(void *user, int exit_code);       /* a command asks the daemon to end */
    void *user;
};

struct console_kind {
    const char *name; /* "telnet", for the log */
    /* The connection is up. */
    void (*begin)(struct console *console);
    /* As connection_events.bytes; bytes may stay unused only while a command runs, the client
     * does not read, or this turn of the loop has had its portion. */
    size_t (*bytes)(struct console *console, const char *bytes, size_t length);
    /* Goes on with what came in while the last command ran, a portion in one turn of the loop, with
     * console_go_on() for the rest. True: nothing of it is left. */
    bool (*proceed)(struct console *console);
    /* Text of the command that runs. */
    void (*output)(struct console *console, const char *text, size_t length);
    /* A command runs and the client sends no more: once a second, to find out whether it is still
     * there to read the answer. */
    void (*alone)(struct console *console);
    /* It has ended: command->request.err. */
    void (*finished)(struct console *console, const struct command_request *command);
    /* Only while it watches. `own`: a command of this console is the cause. */
    void (*event)(struct console *console, const struct event_notice *notice, bool own);
    void (*destroy)(struct console *console);
};

/* First member of each kind's own struct; zeroed before console_open(). */
struct console {
    const struct console_kind *kind;
    const struct console_host *host;
    struct connection connection;
    uv_timer_t timer;               /* for kind->alone */
    uv_idle_t turn;                 /* active: this turn of the loop has had its portion */
    struct command_request *flight; /* the command that runs, with the worker */
    struct request *unwatch; /* while it watches: what ends that, allocated while there is memory */
    unsigned open_handles;   /* of timer and turn */
    struct first_line first_line;
    uint64_t arrival; /* which of its ports' it is */
    char who[80];     /* for who has to wait for it */
    bool ended;       /* the client sends no more */
    bool closing;     /* whatever else happens: console_kind functions may set it midway */
};

/* Takes the connection that waits at `listener`; `kind` frees after host->gone. */
void console_open(struct console *console, const struct console_kind *kind,
                  const struct console_host *host, uv_stream_t *listener);
void console_write(struct console *console, const void *bytes, size_t length);
/* No command may run. Its output and end come later. */
void console_run(struct console *console, const char *line);
/* kind->proceed is called again in the loop's next turn. */
void console_go_on(struct console *console);
/* It will be: this turn of the loop has had its portion. */
bool console_has_had_its_turn(const struct console *console);
/* Ctrl-C: ends the command that runs, if any. */
void console_cancel(struct console *console);
/* Whether events are wanted; while somebody watches, the running core is polled. */
void console_watch(struct console *console, bool on);
/* What was written still goes out. A command that runs is ended. Twice is fine. */
void console_finish(struct console *console);
void console_close(struct console *console);
/* An event, for all consoles. */
void console_tell(struct console *console, const struct event_notice *notice);

/* To be called with each byte before it is acted upon, as first_line_byte(). False: the client is
 * no person and no script; it was logged, and the console closes. */
bool console_hears(struct console *console, uint8_t byte, bool keys, uint8_t end);

#endif

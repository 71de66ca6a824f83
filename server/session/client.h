/* SPDX-License-Identifier: MIT */
/* Clients of a session: the gdb connections that share it, and all consoles as one more. What they
 * are told without having asked goes through their `ops`, the only way by which a stop, a loss, a
 * program's text or an event reaches anybody. Worker thread. */
#ifndef PROBED_CLIENT_H
#define PROBED_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"
#include "core/semihosting_host.h"

struct client;
struct session;

/* What the loop does besides sending the reply. */
enum client_action {
    CLIENT_NOTHING = 0,
    CLIENT_NO_ACK = 1,     /* after this reply was acknowledged, no more acknowledgements */
    CLIENT_CLOSE = 2,      /* close once the reply is out */
    CLIENT_SHUTDOWN = 4,   /* a monitor command ends the daemon, once the reply is out */
    CLIENT_RESET = 8,      /* the core was reset: what was wanted of it before is not any more */
    CLIENT_EXIT_CODE = 16, /* of a shutdown, times this */
};

/* What happened to a session since its clients were told last. */
enum session_event {
    EVENT_FOUND,   /* a target is connected */
    EVENT_LOST,    /* not any more */
    EVENT_RESET,   /* by us or behind our back */
    EVENT_LOOP,    /* it was reset once more, and resets again and again: said once */
    EVENT_SAID,    /* by the program; client_ops.text is told */
    EVENT_RUNNING, /* it was halted before */
    EVENT_HALTED,  /* it ran before */
};

/* NULL: this kind of client does not want to know. */
struct client_ops {
    /* It waited, and the core stands, as session_stop() says. */
    void (*stopped)(struct client *client, const struct session *session);
    /* It waited, and there is no target any more: why_absent. */
    void (*lost)(struct client *client, const struct session *session);
    /* The program's text, as it came; it waits, or its own job makes the program run. */
    void (*text)(struct client *client, const struct session *session, const char *text,
                 size_t length);
    /* Whether it waits or not, after `stopped` and `lost`. May use the target for a job of its
     * own, between session_enter() and session_leave(). */
    void (*event)(struct client *client, struct session *session, enum session_event event);
    /* Something that the program asks of the machine where this client's user is, whose answer
     * comes by program_side_answer(). False: not now. NULL: never. */
    bool (*ask)(struct client *client, const struct semihosting_question *question);
    /* Its load ended before it was done, with a part announced or written. */
    void (*load_cut)(struct client *client, const char *why);
};

/* One who shares a session: a gdb, or all consoles. */
struct client {
    unsigned core;   /* of the target: which one it debugs */
    unsigned id;     /* 0..SESSION_CLIENTS-1: breakpoint owner */
    const char *who; /* as request.who; NULL: not known */
    bool open;
    bool waiting; /* a resume's stop reply is owed */
    bool asked;   /* by the program: it hears of a stop once it has answered */
    bool sync;    /* the next step does nothing but tell where the core stands */
    bool ended;   /* it detached, or was told that the program ended: until it attaches or runs
                         again it is shown no thread, or gdb would take it for a new program */
    bool killed; /* it killed the program, and nothing was begun since: the core stands at reset for
                    its `run`, and runs when it leaves */
    bool lost;   /* its target was lost, whether or not it is back: until it asks, attaches or runs
                    again, what it believes of the core is not true any more */
    struct flash *flash;     /* between vFlashErase and vFlashDone */
    uint64_t loads_since_ns; /* uv_hrtime() of its beginning */
    uint64_t joined;         /* order of their first `?`, vAttach or vRun: the first of all is the
                               holder; 0: has not asked since it came, detached, its program ended
                               or its target was lost, and holds nothing */
    const struct client_ops *ops;
    void *user; /* of whoever made `ops` */
};

/* --- a job's text --- */

/* Where a job's text went before. */
struct client_text {
    struct job *job;
    struct session *session;
    struct client *client;
    void (*output)(void *user, const char *text, size_t length);
    void *user;
};

/* From here to client_text_end() the job's text goes to this client, or to everyone who waits for a
 * stop if `client` is NULL. */
void client_text_begin(struct client_text *text, struct job *job, struct session *session,
                       struct client *client);
void client_text_end(struct client_text *text);
/* Text that is no job's: to everyone who waits for the selected core to stop; if nobody does, to
 * the consoles that watch. */
void client_text_to_waiting(struct session *session, const char *text, size_t length);

#endif

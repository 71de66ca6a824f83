/* SPDX-License-Identifier: MIT */
/* The thread of one open probe: takes a job from its mailbox, else polls the running core.
 *
 * A message is allocated by the loop thread, travels to the worker and back, and is freed by the
 * loop: so the loop may set message->job.cancelled as long as the answer is not back. The worker
 * also sends messages of its own (SEND, OUTPUT, EVENT, CONNECT); the loop frees them too. */
#ifndef PROBED_WORKER_H
#define PROBED_WORKER_H

#include "base/job.h"
#include "commands/monitor.h"
#include "gdb/packets.h"
#include "session/events.h"
#include "session/session.h"

struct mailbox;
struct worker;

enum message_kind {
    MESSAGE_CLIENT_OPEN,
    MESSAGE_CLIENT_CLOSE,
    MESSAGE_CLIENT_ENDED, /* the loop told it that no program runs */
    MESSAGE_PACKET,
    MESSAGE_INTERRUPT,
    MESSAGE_COMMAND, /* a monitor line, from -c or telnet */
    MESSAGE_FILE,    /* the path of a file with such lines, from -f */
    MESSAGE_CONNECT, /* try to open and connect; comes to the loop unasked when the worker's own
                        later try succeeded */
    MESSAGE_SEND,    /* only to the loop: a payload for `requester` outside any request's reply */
    MESSAGE_OUTPUT,  /* only to the loop: text of the COMMAND of `requester`, before its answer */
    MESSAGE_WATCH,   /* `watchers` more consoles, or fewer, want to know what the core does */
    MESSAGE_EVENT,   /* only to the loop, for all of them; `requester` is whose job caused it */
    MESSAGE_STOP,    /* the worker ends */
};

struct message {
    struct message *next; /* the mailbox's */
    enum message_kind kind;
    struct job job;
    void *requester; /* the loop's own; the worker only hands it back */
    struct client *client;
    size_t length;
    char *payload; /* owned by the message, NUL behind it */

    /* The loop's own marks; the worker never looks. The payload is the worker's meanwhile. */
    bool quick;       /* owed within 1.5 s, `?` within 5 */
    bool goes_on;     /* c, s, vCont: a stop answers it */
    bool resumes;     /* all of them but range steps: interrupted when they run, not cancelled */
    char letter;      /* the payload's first */
    bool ack_owed;    /* '+' goes out with the reply */
    bool overdue;     /* its time is over, and the answers that are here get a last chance */
    bool answered;    /* the loop answered itself: what comes back late is dropped */
    bool interrupted; /* 0x03 came behind it */
    bool interrupt_first; /* goes_on: 0x03 came before it, so that it stops at once */
    bool stopped;         /* its stop reply overtook its answer */
    bool too_long;        /* a packet beyond PacketSize: never reaches the worker */
    uint64_t deadline_ms;

    int watchers;              /* WATCH */
    atomic_size_t unsent;      /* COMMAND: bytes of its OUTPUT that the loop has not taken yet */
    enum session_event events; /* EVENT: lines for a person are the payload */
    enum target_reset reset;   /* EVENT_RESET */

    /* The answer. */
    enum err error; /* its sentence is in job */
    enum packet_outcome outcome;
    unsigned actions;
    struct buf reply;             /* data owned by the message */
    enum monitor_request request; /* of a MESSAGE_COMMAND or MESSAGE_FILE */
    int exit_code;                /* with MONITOR_SHUTDOWN */
    bool value;                   /* of a MESSAGE_COMMAND: as monitor.value */
};

/* `payload` (may be NULL) is copied. NULL without memory. */
struct message *message_create(enum message_kind kind, void *requester, const struct log *log,
                               const void *payload, size_t length);
void message_destroy(struct message *message);

struct worker_setup {
    const struct log *log;
    struct session_options options;
    struct probe_info info;       /* driver NULL: look for a probe, again at every try */
    const char *const *selectors; /* which probe to take then */
    size_t selector_count;
    const char *chip;        /* as options.chip */
    bool tries_once;         /* if the first try fails, the loop gives up: nothing is promised */
    FILE *wire;              /* stays the caller's */
    struct mailbox *answers; /* where messages come back; outlives the worker */
};

/* Starts the thread; it connects when MESSAGE_CONNECT says so, and from then on tries again by
 * itself whenever the target is away. NULL without memory or thread. Loop thread. */
struct worker *worker_start(const struct worker_setup *setup);
/* Loop thread. The message comes back through `answers`, always. */
void worker_post(struct worker *worker, struct message *message);
/* After MESSAGE_STOP came back; frees. Messages posted later than that are destroyed. */
void worker_join(struct worker *worker);

#endif

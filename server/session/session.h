/* SPDX-License-Identifier: MIT */
/* A unit: one open probe with its target, and the gdb connections that share it. Who holds run
 * control, who waits for a stop, what the last stop was. Worker thread only; one unit a worker.
 *
 * The first gdb is the holder, that is the first to ask `?`: a connection that says nothing holds
 * nothing. Others observe. A session that waits (after `c`) gets the stop,
 * whoever caused it. See docs/architecture.md, "Several gdbs". */
#ifndef PROBED_UNIT_H
#define PROBED_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/job.h"
#include "flash/flash.h"
#include "probe/probe.h"
#include "target.h"

enum {
    UNIT_CLIENTS = 31
}; /* gdb connections at once; bit 31 of breakpoint owners is the monitor's */
enum { UNIT_OWNER_MONITOR = 31 };
/* Registers a target may have: what stop_regs_valid can count. */
enum { UNIT_REGISTERS = 64 };

/* What the loop does besides sending the reply. */
enum client_action {
    CLIENT_NOTHING = 0,
    CLIENT_NO_ACK = 1,     /* after this reply was acknowledged, no more acknowledgements */
    CLIENT_CLOSE = 2,      /* close once the reply is out */
    CLIENT_SHUTDOWN = 4,   /* a monitor command ends the daemon, once the reply is out */
    CLIENT_RESET = 8,      /* the core was reset: what was wanted of it before is not any more */
    CLIENT_EXIT_CODE = 16, /* of a shutdown, times this */
};

/* The code that a client steps through, told to its user when it takes long (gdb/long_step.c). */
struct client_line {
    uint32_t start, end;
    uint64_t since_ns, left_ns; /* uv_hrtime() */
    bool told;
};

/* One gdb connection as the worker sees it. */
struct client {
    unsigned id; /* 0..UNIT_CLIENTS-1: breakpoint owner */
    bool open;
    bool extended;      /* '!' was received */
    bool waiting;       /* a resume's stop reply is owed */
    bool error_message; /* E.text may be sent */
    bool swbreak, hwbreak;
    bool interrupted; /* the resume that runs now was interrupted before it came: runs nothing */
    bool sync;        /* the next step does nothing but tell where the core stands */
    bool ended;       /* it detached, or was told that the program ended: until it attaches or runs
                         again it is shown no thread, or gdb would take it for a new program */
    bool killed; /* it killed the program, and nothing was begun since: the core stands at reset for
                    its `run`, and runs when it leaves */
    bool lost;   /* its target was lost, whether or not it is back: until it asks, attaches or runs
                    again, what it believes of the core is not true any more */
    struct client_line line;
    struct flash *flash; /* between vFlashErase and vFlashDone */
    uint64_t joined;     /* order of their first `?`, vAttach or vRun: the first of all is the
                            holder; 0: has not asked (or detached), and holds nothing */
    /* Sends one payload (stop reply, 'O' text) outside a request's own reply. Thread-safe, copies.
     */
    void (*send)(void *user, const void *payload, size_t length);
    void *user;
};

struct unit_options {
    /* Which probe to open, asked before each opening: it may have been replugged elsewhere. `info`
     * holds the one opened last (driver NULL: none yet) and is replaced. NULL: the one that
     * unit_init() was given. Blocks. */
    enum err (*find)(void *user, struct probe_info *info, struct job *job);
    void *find_user;
    enum target_connect connect;
    uint32_t speed_khz;    /* 0: the probe's default */
    bool reset_halts;      /* `monitor reset` alone: a personality's choice; false: run */
    bool load_resets;      /* so is a reset to a halt at the end of gdb's load */
    bool hard_breakpoints; /* gdb's software breakpoints become hardware ones */
    bool console_escapes;  /* the program's escape sequences reach gdb's terminal */
};

struct unit {
    const struct log *log;
    struct unit_options options;
    struct probe_info info; /* how to open the probe again */
    FILE *wire;
    struct probe *probe;   /* NULL while gone */
    struct target *target; /* NULL while there is no probe */
    struct client clients[UNIT_CLIENTS];
    uint64_t next_joined;
    struct target_stop stop; /* the last one */
    bool loaded; /* somebody programmed the flash, and the core neither ran nor was reset since */
    bool unreported; /* it was found while nobody waited: the next `c` gets it */
    /* Registers as they were when the core was last sent on its way, and which are known:
     * what `g` answers while it runs. */
    uint64_t stop_regs[UNIT_REGISTERS];
    uint64_t stop_regs_valid;
    struct job idle;       /* the probe's between jobs */
    unsigned depth;        /* of unit_enter() */
    struct job *outer;     /* the job that began; NULL between jobs */
    struct job *current;   /* whose job runs now: outer, or a short one inside it */
    struct client *acting; /* whose packet runs now; NULL for telnet, -c and polls */
    bool was_connected;    /* a loss is still to be told */
    bool probe_gone;       /* noticed inside this job */
    bool reset_held;       /* NRST is low: the core is halted when it comes up */
    bool poll_failed;      /* the last look failed: said once */
    unsigned resets;       /* seen so far: made by us, or found to have happened */
    enum target_reset last_reset;
    unsigned watchers;    /* shells that want to know what the core does */
    char why_absent[400]; /* the sentence, while there is no probe or target */
};

void unit_init(struct unit *unit, const struct log *log, const struct unit_options *options,
               const struct probe_info *info, FILE *wire);
void unit_finish(struct unit *unit); /* closes what is open; the core keeps its state */

/* Brackets around everything that is done with a unit's target for a job: sets the job of target
 * and probe, returns the job before for unit_leave(). May nest: a short job at another one's
 * checkpoint, and unit_ functions inside. The outermost unit_leave() puts the shared state right:
 * tells those who wait of a stop or a loss, closes a probe that is gone. All unit_ functions with a
 * job and packet_run() do it themselves; monitor_run() callers use it around the command. */
struct job *unit_enter(struct unit *unit, struct job *job);
void unit_leave(struct unit *unit, struct job *before);
/* Before the job's output is put elsewhere: if the core stands, no more of its text comes. */
void unit_end_text(struct unit *unit);
/* A short job runs at the checkpoint of a long one: run control and registers are not its own. */
bool unit_nested(const struct unit *unit);

/* Opens the probe alone, if it is not open yet: the target is not touched. */
enum err unit_open(struct unit *unit, struct job *job);
/* Opens the probe and connects, whichever is missing. Cheap when all is there. On error
 * why_absent has the sentence; called again later it tries again. */
enum err unit_connect(struct unit *unit, struct job *job);
bool unit_connected(const struct unit *unit);
/* ERR_NOT_CONNECTED with the sentence of why_absent. */
enum err unit_require(const struct unit *unit, struct job *job);

/* NULL when all places are taken. */
struct client *unit_client_open(struct unit *unit,
                                void (*send)(void *user, const void *payload, size_t length),
                                void *user);
/* The connection is gone: its flash session ends, its breakpoints go, the core's state stays. */
void unit_client_close(struct unit *unit, struct client *client, struct job *job);
/* Ends the client's flash session, if it has one, before its vFlashDone; the log says in what
 * state that leaves the flash. */
void unit_end_flash(struct unit *unit, struct client *client, const char *why);
/* To gdbs whose target was lost. */
#define UNIT_LOST_TEXT                                                                          \
    "a gdb that was connected goes on with 'attach 1' (or 'load', or 'run'); until then it is " \
    "refused the core"
/* How many of them there are. */
unsigned unit_lost_clients(const struct unit *unit);
/* The client begins to debug: it is the holder if nobody is. */
void unit_join(struct unit *unit, struct client *client);
/* The client is about to read that its program ended (W, X): no threads, no breakpoints. */
void unit_tell_end(struct unit *unit, struct client *client);
/* NULL if nobody debugs. */
const struct client *unit_holder(const struct unit *unit);
/* It is the holder, or there is none. */
bool unit_holds(const struct unit *unit, const struct client *client);

/* 0x03 from a client that waits. */
void unit_interrupt(struct unit *unit, struct client *client, struct job *job);
/* Somebody wants to know when the running core stops. */
bool unit_wants_poll(const struct unit *unit);
/* One look at the running core; a stop goes to everyone who waits. */
void unit_poll(struct unit *unit, struct job *job);

/* Run control for packets and monitor commands alike; they keep the shared state right. ERR_BUSY
 * for an observer while the holder waits, and for a short job inside a long one. */
enum err unit_halt(struct unit *unit, struct job *job);
enum err unit_resume(struct unit *unit, struct job *job);
/* The same for gdb's own resumes: the acting client's breakpoint at pc is hit. */
enum err unit_continue(struct unit *unit, struct job *job);
enum err unit_step(struct unit *unit, struct job *job);
/* As target_step_range(). */
enum err unit_step_range(struct unit *unit, struct job *job, uint32_t start, uint32_t end);
enum err unit_reset(struct unit *unit, struct job *job, enum target_reset kind);
/* Right after TARGET_RESET_RUN: lets the core begin its program for some milliseconds and looks at
 * it. `trouble` is why it does not run, or why that is odd: empty if all is well. */
enum err unit_look_at_start(struct unit *unit, struct job *job, char *trouble, size_t size);
/* Asks the chip what it does now (one flush), so that nothing is answered from memory. Lost:
 * an error, and why_absent says it; a reset in between is told in the log. */
enum err unit_measure(struct unit *unit, struct job *job);
/* ERR_BUSY if the acting client may not resume, reset or program now: an observer while the holder
 * waits, anybody while another session programs flash or has a longer job under way. */
enum err unit_may_run(const struct unit *unit, struct job *job);
/* Keeps the halted core's registers for those who ask while it runs. */
void unit_keep_registers(struct unit *unit);
/* From the halted core; while it runs, or works for a longer job, as they were at the last stop.
 * ERR_NOT_HALTED if they are not known. */
enum err unit_register(const struct unit *unit, struct job *job, size_t index, uint64_t *value);
/* Tells everyone who waits that the core stopped as unit->stop says. */
void unit_announce_stop(struct unit *unit);

#endif

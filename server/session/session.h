/* SPDX-License-Identifier: MIT */
/* A session: one open probe with its target, and the gdb connections that share it. Who holds run
 * control, who waits for a stop, what the last stop was. Worker thread only; one session a worker.
 *
 * The first gdb is the holder, that is the first to ask `?`: a connection that says nothing holds
 * nothing. Others observe. Whoever waits (after `c`) gets the stop, whoever caused it. See
 * docs/architecture.md, "Several gdbs". */
#ifndef PROBED_SESSION_H
#define PROBED_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/job.h"
#include "core/semihosting_host.h"
#include "flash/flash.h"
#include "probe/probe.h"
#include "session/client.h"
#include "session/poller.h"
#include "session/program_port.h"
#include "session/reset_loop.h"
#include "session/stream.h"
#include "session/under_way.h"
#include "target.h"

enum {
    SESSION_CLIENTS = 31
}; /* gdb connections at once; bit 31 of breakpoint owners is the monitor's */
enum { SESSION_OWNER_MONITOR = 31 };
/* Registers a target may have: what stop_regs_valid can count. */
enum { SESSION_REGISTERS = 64 };

struct session_options {
    /* Which probe to open, asked before each opening: it may have been replugged elsewhere. `info`
     * holds the one opened last (driver NULL: none yet) and is replaced. NULL: the one that
     * session_init() was given. Blocks. */
    enum err (*find)(void *user, struct probe_info *info, struct job *job);
    void *find_user;
    enum target_connect connect; /* LADDER: rungs that reset are for who asks for a reset */
    bool launches;               /* as a first try does: the program is to be started anew */
    uint32_t speed_khz;          /* 0: the probe's default */
    uint32_t flash_size;         /* bytes, as said; 0: what the chip says */
    const struct chip_description *description; /* of the chip, the caller's; NULL: none */
    uint32_t vtref_mv;                          /* what the supply is said to be; 0: as measured */
    bool reset_halts;        /* `monitor reset` alone: a stand-in's choice; false: run */
    bool load_resets;        /* so is a reset to a halt at the end of gdb's load */
    bool hard_breakpoints;   /* gdb's software breakpoints become hardware ones */
    bool swo;                /* SWO is set up, */
    uint32_t swo_clock_hz;   /* from this clock; 0: as measured */
    uint32_t swo_baud;       /* at this rate; 0: the best */
    bool rtt, rtt_drain;     /* RTT is looked for; what nobody reads of it is thrown away */
    const char *rtos;        /* as rtos_choose() has it; NULL: auto */
    const char *elf;         /* the program's file, for who brings no symbols; NULL: none */
    bool console_escapes;    /* the program's escape sequences reach gdb's terminal */
    struct directory *files; /* what programs may open, the caller's; NULL: nothing */
};

struct chip_description;
struct mailbox;
struct rtos;
struct request;
struct text_listener;

/* The state from which the next events are told. */
struct session_told {
    bool connected, halted, loops;
    unsigned resets;
};

/* What is known of one core of the target. */
struct session_core {
    bool was_connected; /* a loss is still to be told */
    bool unreported;    /* a stop was found while nobody waited: the next `c` gets it */
    bool reset_held;    /* NRST is low: the core is halted when it comes up */
    bool poll_failed;   /* the last look failed: said once */
    /* Registers as they were when the core was last sent on its way, and which are known:
     * what `g` answers while it runs. */
    uint64_t stop_regs[SESSION_REGISTERS];
    uint64_t stop_regs_valid;
    struct rtos *rtos;         /* session/threads.h; NULL: nobody told of a kernel */
    char why_absent[JOB_TEXT]; /* the sentence, while there is no probe, target or core */
};

struct session {
    const struct log *log;
    struct mailbox *notices; /* where the loop takes what is told it; NULL: there is no loop */
    struct session_options options;
    struct probe_info info; /* how to open the probe again */
    FILE *wire;
    struct probe *probe;   /* NULL while gone */
    struct target *target; /* NULL while there is no probe */
    struct session_core cores[TARGET_CORES_MAX];
    struct session_core *core;              /* of these: the target's selected one */
    unsigned picked;                        /* of these: what commands of consoles are for */
    struct client clients[SESSION_CLIENTS]; /* gdbs */
    struct client consoles;                 /* all of them as one, told of events; no ops: none */
    uint64_t next_joined;
    struct session_told told; /* what `consoles` knows */
    bool met;                 /* it was connected once */
    bool loaded; /* somebody programmed the flash, and the core neither ran nor was reset since */
    struct job idle;       /* the probe's between jobs */
    unsigned depth;        /* of session_enter() */
    struct job *outer;     /* the job that began; NULL between jobs */
    struct job *current;   /* whose job runs now: outer, or a short one inside it */
    bool loads;            /* a packet of a load runs now, or will */
    struct client *acting; /* whose packet runs now; NULL for telnet, -c and polls */
    bool probe_gone;       /* noticed inside this job */
    unsigned resets;       /* seen so far: made by us, or found to have happened */
    enum target_reset last_reset;
    struct reset_loop loop;
    char command_line[SEMI_COMMAND_LINE]; /* the program's */
    semihosting_input *input;             /* what is typed for it; NULL: nobody types */
    void *input_user;
    struct program_port program_port;
    struct client *lender; /* whose files the program has; NULL: nobody's */
    unsigned watchers;     /* consoles that want to know what the core does: `consoles` is told */
    struct under_way under_way;
    struct text_listener *listeners; /* to what the program says */
    struct poller *pollers;
    struct swo_service *swo; /* NULL: nobody asked for it */
    uint32_t rtt_symbol;     /* where the loaded file has its control block; 0: not known */
    bool rtt_shown;          /* its channel 0 is shown by gdbs and consoles, too */
    struct rtt_service *rtt; /* NULL: nobody asked for it */
    struct stream *streams;  /* that were listened to */
    struct stream_route *stream_route; /* to the loop; NULL: there is none */
    const void *cause;                 /* owner of the request that runs; NULL: none */
};

void session_init(struct session *session, const struct log *log,
                  const struct session_options *options, const struct probe_info *info, FILE *wire);
/* A notice goes to the loop; destroyed where there is none. */
void session_notify(struct session *session, struct request *notice);
/* Closes what is open; the core keeps its state. What has pollers lets them leave before. */
void session_finish(struct session *session);

/* Brackets around everything that is done with a session's target for a job: sets the job of target
 * and probe, returns the job before for session_leave(). May nest: a short job at another one's
 * checkpoint, and session_ functions inside. The outermost session_leave() puts the shared state
 * right: tells those who wait of a stop or a loss, closes a probe that is gone. All session_
 * functions with a job and packet_run() do it themselves; monitor_run() callers use it around the
 * command. */
struct job *session_enter(struct session *session, struct job *job);
void session_leave(struct session *session, struct job *before);
/* Before the job's output is put elsewhere: if the core stands, no more of its text comes. */
void session_end_text(struct session *session);
/* A short job runs at the checkpoint of a long one: run control and registers are not its own. */
bool session_nested(const struct session *session);

/* What follows is about this core of the target, until another is selected: that of the client who
 * acts, else the first one. Returns the one before. No traffic. */
unsigned session_select_core(struct session *session, unsigned core);

/* A target for the open probe, without traffic. */
enum err session_create_target(struct session *session);
/* Opens the probe alone, if it is not open yet: the target is not touched. */
enum err session_open(struct session *session, struct job *job);
/* Opens the probe and connects, whichever is missing, and reaches the selected core. Cheap when all
 * is there. On error why_absent has the sentence; called again later it tries again. No program is
 * reset for it, unless options.connect is a way that does. */
enum err session_connect(struct session *session, struct job *job);
/* The same for who is about to erase, to program or to reset: by a reset if nothing else leads in.
 */
enum err session_connect_anyhow(struct session *session, struct job *job);
/* The same for who only looks: what was connected once is not reset, whatever options.connect is.
 */
enum err session_regain(struct session *session, struct job *job);
/* A core of a connected chip that was not there yet is looked for, quietly. */
void session_look_for_core(struct session *session, unsigned core);
bool session_connected(const struct session *session);
/* "running", "halted", "locked up", "held in reset", "absent". */
const char *session_state_name(const struct session *session);
/* ERR_NOT_CONNECTED with the sentence of why_absent. */
enum err session_require(const struct session *session, struct job *job);

/* Why the core stands, or stood when it stood last: the target's. Nothing without one. */
const struct target_stop *session_stop(const struct session *session);
/* Its text says what its reason alone does not. Breakpoints and steps are better shown than told.
 */
bool session_stop_explains(const struct target_stop *stop);

/* Who debugs this core of the target. NULL when all places are taken. */
struct client *session_client_open(struct session *session, unsigned core,
                                   const struct client_ops *ops, void *user);
/* The connection is gone: its flash session ends, its breakpoints go, the core's state stays. */
void session_client_close(struct session *session, struct client *client, struct job *job);
/* Ends the client's flash session, if it has one, before its vFlashDone; the log says in what
 * state that leaves the flash, and the rest of the load is refused. */
void session_end_flash(struct session *session, struct client *client, const char *why);
/* To gdbs whose target was lost. */
#define SESSION_LOST_TEXT                                                                       \
    "a gdb that was connected goes on with 'attach 1' (or 'load', or 'run'); until then it is " \
    "refused the core"
/* How many of them there are. */
unsigned session_lost_clients(const struct session *session);
/* The client begins to debug: it is the holder if nobody is. */
void session_join(struct session *session, struct client *client);
/* Its program ended, or it detached: it holds nothing until it joins again, the next in line does.
 */
void session_part(struct client *client);
/* The client is about to read that its program ended (W, X): no threads, no breakpoints. */
void session_tell_end(struct session *session, struct client *client);
/* NULL if nobody debugs. */
const struct client *session_holder(const struct session *session);
/* It is the holder, or there is none. */
bool session_holds(const struct session *session, const struct client *client);

/* Tells every client what happened since the last time: stops and losses those who wait, events
 * the consoles. session_leave() does it. */
void session_tell(struct session *session);
/* Somebody wants to know when the running core stops. */
bool session_wants_poll(const struct session *session);
/* When any of the cores does. */
bool session_wants_any_poll(struct session *session);
/* One look at the running core; a stop goes to everyone who waits. */
void session_poll(struct session *session, struct job *job);
/* At the first core, and at those that somebody waits for. */
void session_poll_all(struct session *session, struct job *job);

/* Run control for packets and monitor commands alike; they keep the shared state right. ERR_BUSY
 * for an observer while the holder waits, and for a short job inside a long one. */
enum err session_halt(struct session *session, struct job *job);
/* The beginning of all that sends the core on its way. */
enum err session_prepare_run(struct session *session, struct job *job);
enum err session_resume(struct session *session, struct job *job);
/* The same for gdb's own resumes: the acting client's breakpoint at pc is hit. */
enum err session_continue(struct session *session, struct job *job);
enum err session_step(struct session *session, struct job *job);
/* As target_step_range(). */
enum err session_step_range(struct session *session, struct job *job, uint32_t start, uint32_t end);
enum err session_reset(struct session *session, struct job *job, enum target_reset kind);
/* Right after TARGET_RESET_RUN: lets the core begin its program for some milliseconds and looks at
 * it. `trouble` is why it does not run, or why that is odd: empty if all is well. */
enum err session_look_at_start(struct session *session, struct job *job, char *trouble,
                               size_t size);
/* Asks the chip what it does now (one flush), so that nothing is answered from memory. Lost:
 * an error, and why_absent says it; a reset in between is told in the log. */
enum err session_measure(struct session *session, struct job *job);
/* For a tool that looks once and goes: if there was a reset before it came, it looks on for some
 * tenths of a second for more. What comes of that: reset_loop_text(). */
enum err session_watch_for_loop(struct session *session, struct job *job);
/* Measures why the chip answers or does not (targets/connect/doctor.h), beside whoever debugs it: a
 * core that stands stays so, and one that runs, and what is set. Without limits->allow_reset nobody
 * notices; a reset is told as one that nobody asked for. Opens the probe if need be. ERR_BUSY while
 * flash is being programmed, or for a short job inside a long one. */
struct doctor_limits;
struct measurements;
enum err session_examine(struct session *session, struct job *job,
                         const struct doctor_limits *limits, struct measurements *measured);
/* ERR_BUSY if the acting client may not resume, reset or program now: an observer while the holder
 * waits, anybody while another client programs flash or has a longer job under way. */
enum err session_may_run(const struct session *session, struct job *job);
/* Keeps the halted core's registers for those who ask while it runs. */
void session_keep_registers(struct session *session);
/* From the halted core; while it runs, or works for a longer job, as they were at the last stop.
 * ERR_NOT_HALTED if they are not known. */
enum err session_register(const struct session *session, struct job *job, size_t index,
                          uint64_t *value);

/* Whether the target, halted, is still there: nobody would notice. A loss is as session_poll()'s.
 */
void session_check_presence(struct session *session, struct job *job);

#endif

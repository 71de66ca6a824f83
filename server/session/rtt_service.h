/* SPDX-License-Identifier: MIT */
/* RTT as a session serves it: one more poller, which looks for the program's control block while
 * somebody listens to a channel, and carries bytes between the target and the streams. Worker
 * thread. */
#ifndef PROBED_RTT_SERVICE_H
#define PROBED_RTT_SERVICE_H

#include "session/poller.h"
#include "session/rtt_text.h"
#include "trace/rtt.h"

enum { RTT_INTERVAL_US = 50000 }; /* between looks that find nothing, at most */

struct rtt_service {
    struct rtt rtt; /* settings may be changed while it is off, or before rtt_forget() */
    bool on;
    bool drain;          /* what nobody listens to is read, too, and thrown away */
    uint64_t longest_us; /* between looks that find nothing */

    /* Private. */
    struct poller poller;
    struct session *session;
    unsigned resets; /* of the session, when the block was last believed */
    bool asked;      /* a command searches just now */
    unsigned passes; /* searches of everything, in vain */
    uint64_t wait_us;
    unsigned rounds;
    struct rtt_text text;        /* of channel 0, for those who hear what the program says */
    uint64_t hint_us;            /* when it is looked for again, on the probe's clock */
    bool hinted;                 /* at a channel that waits for nobody */
    uint32_t modes_changed;      /* a bit a channel that blocks by our doing */
    uint8_t modes[RTT_CHANNELS]; /* what it did before */
};

/* The session's; made when it is first asked for. NULL without memory. */
struct rtt_service *rtt_service(struct session *session);
/* What the block is called in a program's symbols. */
#define RTT_SYMBOL "_SEGGER_RTT"
/* The block is to be there, somebody says; nothing is believed before it was looked at. */
void rtt_service_expect(struct session *session, uint32_t address);
/* As the session's options ask from the start. */
void rtt_service_begin(struct session *session);
/* This file is what the chip holds, or is about to: where it has its control block, if it says so.
 */
void rtt_service_learn(struct session *session, const char *path);
/* Its settings have changed: it searches again. */
void rtt_service_restart(struct rtt_service *service);
void rtt_service_start(struct rtt_service *service);
/* Puts right what was changed in the target; what was sent and not taken waits on. */
void rtt_service_stop(struct rtt_service *service);
/* Searches everything once, now. The job is in session_enter(). */
enum err rtt_service_find(struct rtt_service *service, struct job *job);
/* After pollers_end(). */
void rtt_service_free(struct session *session);

#endif

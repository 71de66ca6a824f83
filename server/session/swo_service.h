/* SPDX-License-Identifier: MIT */
/* SWO as a session serves it: one more poller, which sets the chip's trace up, fetches what comes,
 * and notices when that makes no sense. Worker thread. */
#ifndef PROBED_SWO_SERVICE_H
#define PROBED_SWO_SERVICE_H

#include "session/poller.h"
#include "session/swo_sink.h"

enum { SWO_USUAL_BAUD = 2000000 }; /* what every probe takes */

struct swo_settings {
    uint32_t clock_hz; /* 0: measured, while the core runs */
    uint32_t baud;     /* 0: the best up to SWO_USUAL_BAUD */
    uint32_t ports;    /* a bit a stimulus port */
    uint32_t sample_cycles;
    bool times, exceptions;
    bool external; /* something else than the probe listens */
};

struct swo_service {
    struct swo_settings settings; /* to be changed before swo_service_restart() */
    bool on;

    /* Private but for those who show it. */
    struct poller poller;
    struct session *session;
    bool set_up; /* the chip is, as `plan` says */
    struct swo_plan plan;
    struct swo_sink sink;
    struct swo_clock clock;
    unsigned resets;     /* of the session, when the chip's registers were believed last */
    uint64_t checked_us; /* when they were */
    uint64_t wait_us;
    uint64_t judged_packets, judged_bad, judged_odd, told_overflows;
    bool suspect;  /* what comes makes no sense: the clock is being measured */
    bool told;     /* why it does not; once a set-up */
    uint64_t lost; /* bytes for listeners that were too slow */
};

/* The session's; made when it is first asked for. NULL without memory. */
struct swo_service *swo_service(struct session *session);
/* As the session's options ask from the start. */
void swo_service_begin(struct session *session);
/* With the settings as they are now; at once if the target is connected and the clock known, else
 * as soon as it is. The job is in session_enter(). */
enum err swo_service_start(struct swo_service *service, struct job *job);
void swo_service_stop(struct swo_service *service);
/* After pollers_end(). */
void swo_service_free(struct session *session);

#endif

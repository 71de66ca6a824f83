/* SPDX-License-Identifier: MIT */
/* Where the packets of SWO go: what the program writes to a stimulus port to those who listen to
 * it, port 0 as text of the program's, too; what else there is is counted. Worker thread. */
#ifndef PROBED_SWO_SINK_H
#define PROBED_SWO_SINK_H

#include "base/visible.h"
#include "session/stream.h"
#include "trace/itm.h"
#include "trace/swo.h"

enum { SWO_PIECE = 512, SWO_EXCEPTIONS = 256 };

struct session;

struct swo_counts {
    uint64_t packets, bad;
    uint64_t odd; /* packets of a kind that nobody switched on: of a wrong rate, most likely */
    uint64_t overflows, ticks, samples, asleep;
    uint64_t text_lost; /* bytes of text that came too fast to be shown */
    uint32_t entered[SWO_EXCEPTIONS];
};

struct swo_sink {
    struct session *session;
    const struct swo_plan *plan; /* what is expected */
    struct itm_decoder decoder;
    struct swo_counts counts;
    /* A port's bytes in a row. */
    uint8_t piece[SWO_PIECE];
    size_t length;
    unsigned port;
    char begun[VISIBLE_SEQUENCE]; /* of port 0: a character or sequence not all there */
    size_t begun_length;
    size_t text_room; /* bytes of text that may be told until more time has passed */
    uint64_t room_at_us;
};

void swo_sink_init(struct swo_sink *sink, struct session *session, const struct swo_plan *plan);
/* All of it is passed on before it returns. */
void swo_sink_feed(struct swo_sink *sink, const uint8_t *bytes, size_t length);

#endif

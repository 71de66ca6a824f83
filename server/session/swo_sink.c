/* SPDX-License-Identifier: MIT */
#include "session/swo_sink.h"

#include <string.h>

#include "session/program_text.h"
#include "session/session.h"

enum {
    TEXT_PER_S = 128 * 1024, /* more than anybody reads; gdb's console takes no faster ones */
    TEXT_MOST = 32 * 1024,
};

/* --- text --- */

/* As time passes there is room for more. */
static void make_room(struct swo_sink *sink)
{
    uint64_t now = clock_now_us(probe_clock(sink->session->probe)), passed = now - sink->room_at_us;
    uint64_t more = passed * TEXT_PER_S / 1000000;

    if (more == 0)
        return;
    sink->room_at_us = now;
    sink->text_room = more > TEXT_MOST - sink->text_room ? TEXT_MOST : sink->text_room + more;
}

static void say(struct swo_sink *sink, const char *bytes, size_t length)
{
    size_t shown = length < sink->text_room ? length : sink->text_room;
    const struct program_text text = {TEXT_SWO, 0, bytes, shown};

    sink->text_room -= shown;
    sink->counts.text_lost += length - shown;
    if (shown > 0)
        session_say(sink->session, &text);
}

static void say_piece(struct swo_sink *sink)
{
    char text[VISIBLE_SEQUENCE + SWO_PIECE];
    size_t length = sink->begun_length + sink->length;

    memcpy(text, sink->begun, sink->begun_length);
    memcpy(text + sink->begun_length, sink->piece, sink->length);
    sink->begun_length = visible_unfinished(text, length);
    memcpy(sink->begun, text + length - sink->begun_length, sink->begun_length);
    if (length > sink->begun_length)
        say(sink, text, length - sink->begun_length);
}

/* --- ports --- */

static void flush(struct swo_sink *sink)
{
    struct stream_id id = {STREAM_ITM, sink->port};

    if (sink->length == 0)
        return;
    if (stream_room(sink->session) >= sink->length)
        stream_bring(sink->session, id, sink->piece, sink->length);
    if (sink->port == 0)
        say_piece(sink);
    sink->length = 0;
}

static void take_software(struct swo_sink *sink, const struct itm_packet *packet)
{
    if (packet->source != sink->port || sink->length + packet->size > sizeof sink->piece)
        flush(sink);
    sink->port = packet->source;
    for (unsigned i = 0; i < packet->size; i++)
        sink->piece[sink->length++] = (uint8_t)(packet->value >> 8 * i);
}

/* --- the other packets --- */

static bool is_odd(const struct swo_plan *plan, const struct itm_packet *packet)
{
    switch (packet->kind) {
    case ITM_SOFTWARE:
        return packet->source >= 32 || !(plan->ports >> packet->source & 1);
    case ITM_TIME:
        return !plan->times;
    case ITM_EXCEPTION:
        return !plan->exceptions;
    case ITM_PC:
    case ITM_ASLEEP:
        return !plan->sample_cycles;
    case ITM_SYNC:
    case ITM_OVERFLOW:
        return false;
    default:
        return true;
    }
}

static void count(struct swo_counts *counts, const struct itm_packet *packet)
{
    counts->overflows += packet->kind == ITM_OVERFLOW;
    counts->samples += packet->kind == ITM_PC;
    counts->asleep += packet->kind == ITM_ASLEEP;
    if (packet->kind == ITM_TIME)
        counts->ticks += packet->value;
    if (packet->kind == ITM_EXCEPTION && packet->event == ITM_ENTERED)
        counts->entered[packet->value % SWO_EXCEPTIONS]++;
}

static void on_packet(void *user, const struct itm_packet *packet)
{
    struct swo_sink *sink = user;

    count(&sink->counts, packet);
    sink->counts.odd += packet->kind != ITM_BAD && is_odd(sink->plan, packet);
    if (packet->kind == ITM_SOFTWARE)
        take_software(sink, packet);
}

void swo_sink_init(struct swo_sink *sink, struct session *session, const struct swo_plan *plan)
{
    *sink = (struct swo_sink){.session = session, .plan = plan};
    itm_init(&sink->decoder, on_packet, sink);
}

void swo_sink_feed(struct swo_sink *sink, const uint8_t *bytes, size_t length)
{
    make_room(sink);
    itm_feed(&sink->decoder, bytes, length);
    sink->counts.packets = sink->decoder.packets;
    sink->counts.bad = sink->decoder.bad;
    flush(sink);
}

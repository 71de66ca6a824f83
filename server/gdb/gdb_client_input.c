/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "gdb/gdb_client_internal.h"
#include "gdb/packets.h"

enum { QUEUE_LIMIT = 16 }; /* packets framed ahead of the one that runs */

static void enqueue(struct gdb_session *session, struct message *message)
{
    if (session->last)
        session->last->next = message;
    else
        session->first = message;
    session->last = message;
    session->queued++;
}

/* Answered by a stop. */
static bool goes_on(const char *payload)
{
    return (payload[0] && strchr("cCsS", payload[0])) || strncmp(payload, "vCont;", 6) == 0;
}

/* A range step, in contrast, ends by itself when it is cancelled. */
static bool resumes(const char *payload)
{
    return goes_on(payload) && strncmp(payload, "vCont;r", 7) != 0;
}

static void accept_packet(struct gdb_session *session, const char *payload, size_t length,
                          bool too_long)
{
    struct message *message =
        message_create(MESSAGE_PACKET, session, session->host->log, payload, length);

    if (!message) {
        gdb_session_close(session);
        return;
    }
    session->spoke = true;
    message->too_long = too_long;
    message->quick = too_long || !packet_may_take_long(payload, length);
    message->goes_on = goes_on(message->payload);
    message->resumes = resumes(message->payload);
    message->letter = message->payload[0];
    message->ack_owed = !session->decoder.no_ack;
    session->extended |= message->letter == '!';
    if (strncmp(message->payload, "qSupported", 10) == 0)
        session->error_message = strstr(message->payload, "error-message+");
    gdb_session_interrupt_meets(session, message);
    if (!message->quick)
        gdb_session_pay_ack(session, message);
    enqueue(session, message);
}

static void acknowledged(struct gdb_session *session)
{
    if (!session->no_ack_next)
        return;
    session->no_ack_next = false;
    session->decoder.no_ack = true;
    free(session->sent);
    session->sent = NULL;
}

static void resend(struct gdb_session *session)
{
    if (session->sent && !gdb_session_unanswered(session) && !session->waiting &&
        !session->connection.congested)
        connection_write(&session->connection, session->sent, session->sent_length);
}

static void reject(struct gdb_session *session, const char *why)
{
    log_line(session->host->log, LOG_WARN, "%s: closing it", why);
    gdb_session_close(session);
}

/* The first packets of a web page may be right ones, if its method spells them: "$k#6b". gdb begins
 * with qSupported: and its list, which no method can. */
static void take_packet(struct gdb_session *session)
{
    const struct rsp_decoder *decoder = &session->decoder;

    acknowledged(session);
    if (decoder->known || packet_is_harmless(decoder->packet, decoder->length))
        accept_packet(session, decoder->packet, decoder->length, false);
    else
        reject(session, "a client of the gdb port acts before it said anything that only gdb says "
                        "(qSupported: and its list), as a web page could over HTTP");
}

static void handle_event(struct gdb_session *session, enum rsp_event event)
{
    struct rsp_decoder *decoder = &session->decoder;

    switch (event) {
    case RSP_PACKET:
        take_packet(session);
        break;
    case RSP_TOO_LONG:
        acknowledged(session);
        accept_packet(session, decoder->packet, 0, true);
        break;
    case RSP_BAD:
        if (!decoder->no_ack)
            gdb_session_ack(session, '-');
        break;
    case RSP_INTERRUPT:
        gdb_session_interrupt(session);
        break;
    case RSP_ACK:
        acknowledged(session);
        break;
    case RSP_NACK:
        resend(session);
        break;
    case RSP_FOREIGN:
        reject(session, "a client does not speak gdb's protocol but HTTP or another");
        break;
    case RSP_NOTHING:
        break;
    }
}

/* Whether what came with the first packet shows that the client is no gdb: then the packet must not
 * run either. */
static bool foreign_behind(const struct rsp_decoder *now, const char *bytes, size_t length)
{
    struct rsp_decoder decoder = *now;
    enum rsp_event event = RSP_NOTHING;

    while (length > 0 && event != RSP_FOREIGN) {
        size_t used = 0;

        event = rsp_decode(&decoder, bytes, length, &used);
        bytes += used;
        length -= used;
    }
    return event == RSP_FOREIGN;
}

size_t gdb_session_bytes(void *user, const char *bytes, size_t length)
{
    struct gdb_session *session = user;
    size_t used = 0;

    if (!session->spoke && foreign_behind(&session->decoder, bytes, length))
        handle_event(session, RSP_FOREIGN);
    while (used < length && session->queued < QUEUE_LIMIT && !session->closing) {
        size_t step = 0;
        enum rsp_event event = rsp_decode(&session->decoder, bytes + used, length - used, &step);

        used += step;
        handle_event(session, event);
        gdb_session_dispatch(session);
    }
    gdb_session_watch_time(session);
    return session->closing ? length : used;
}

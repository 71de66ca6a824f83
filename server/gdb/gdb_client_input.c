/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "gdb/gdb_client_internal.h"
#include "gdb/packets.h"

enum {
    QUEUE_LIMIT = 16, /* packets framed ahead of the one that runs */
    RESEND_LIMIT =
        16, /* gdb gives up after three; a '-' brings 32 KiB, and others wait meanwhile */
};

/* Answered by a stop; F is the answer to what the program asked, behind which its resume goes on.
 */
static bool goes_on(const char *payload)
{
    return (payload[0] && strchr("cCsSF", payload[0])) || strncmp(payload, "vCont;", 6) == 0;
}

/* A step, in contrast, ends by itself when it is cancelled. */
static bool resumes(const char *payload)
{
    const char *action = strncmp(payload, "vCont;", 6) == 0 ? payload + 6 : payload;

    return *action == 'c' || *action == 'C' || *action == 'F';
}

static void accept_packet(struct gdb_client *gdb, const char *payload, size_t length, bool too_long)
{
    struct gdb_request *request = gdb_request_create(gdb, gdb->host->log, gdb_run_packet,
                                                     gdb_client_packet_done, payload, length);

    if (!request) {
        gdb_client_close(gdb);
        return;
    }
    gdb->spoke = true;
    gdb->resent = 0;
    request->too_long = too_long;
    request->quick = too_long || !packet_may_take_long(payload, length);
    request->request.between = request->quick && !too_long;
    request->goes_on = goes_on(request->payload);
    request->resumes = resumes(request->payload);
    request->letter = request->payload[0];
    request->ack_owed = !gdb->decoder.no_ack;
    gdb->extended |= request->letter == '!';
    if (strncmp(request->payload, "qSupported", 10) == 0)
        gdb->error_message = strstr(request->payload, "error-message+");
    gdb_client_interrupt_meets(gdb, request);
    if (!request->quick)
        gdb_client_pay_ack(gdb, request);
    gdb_client_enqueue(gdb, request);
}

static void acknowledged(struct gdb_client *gdb)
{
    if (!gdb->no_ack_next)
        return;
    gdb->no_ack_next = false;
    gdb->decoder.no_ack = true;
    free(gdb->sent);
    gdb->sent = NULL;
}

static void reject(struct gdb_client *gdb, const char *why)
{
    log_line(gdb->host->strangers, LOG_WARN, "%s: closing it", why);
    gdb_client_close(gdb);
}

static void resend(struct gdb_client *gdb)
{
    gdb_client_reminded(gdb);
    if (!gdb->sent || gdb_client_unanswered(gdb) || gdb->waiting || gdb->connection.congested)
        return;
    if (++gdb->resent > RESEND_LIMIT)
        reject(gdb, "a client of the gdb port wants one answer again and again");
    else
        connection_write(&gdb->connection, gdb->sent, gdb->sent_length);
}

/* The first packets of a web page may be right ones, if its method spells them: "$k#6b". gdb begins
 * with qSupported: and its list, which no method can. */
static void take_packet(struct gdb_client *gdb)
{
    const struct rsp_decoder *decoder = &gdb->decoder;

    acknowledged(gdb);
    if (decoder->known || packet_is_harmless(decoder->packet, decoder->length))
        accept_packet(gdb, decoder->packet, decoder->length, false);
    else
        reject(gdb, "a client of the gdb port acts before it said anything that only gdb says "
                    "(qSupported: and its list), as a web page could over HTTP");
}

static void handle_event(struct gdb_client *gdb, enum rsp_event event)
{
    struct rsp_decoder *decoder = &gdb->decoder;

    switch (event) {
    case RSP_PACKET:
        take_packet(gdb);
        break;
    case RSP_TOO_LONG:
        acknowledged(gdb);
        accept_packet(gdb, decoder->packet, 0, true);
        break;
    case RSP_BAD:
        if (!decoder->no_ack)
            gdb_client_ack(gdb, '-');
        break;
    case RSP_INTERRUPT:
        gdb_client_interrupt(gdb);
        break;
    case RSP_ACK:
        acknowledged(gdb);
        break;
    case RSP_NACK:
        resend(gdb);
        break;
    case RSP_FOREIGN:
        reject(gdb, "a client does not speak gdb's protocol but HTTP or another");
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

size_t gdb_client_bytes(void *user, const char *bytes, size_t length)
{
    struct gdb_client *gdb = user;
    size_t used = 0;

    if (!gdb->spoke && foreign_behind(&gdb->decoder, bytes, length))
        handle_event(gdb, RSP_FOREIGN);
    while (used < length && gdb->queued < QUEUE_LIMIT && !gdb->closing) {
        size_t step = 0;
        enum rsp_event event = rsp_decode(&gdb->decoder, bytes + used, length - used, &step);

        used += step;
        handle_event(gdb, event);
        gdb_client_dispatch(gdb);
    }
    gdb_client_watch_time(gdb);
    return gdb->closing ? length : used;
}

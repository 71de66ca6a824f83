/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdb/gdb_client_internal.h"

void gdb_client_ack(struct gdb_client *gdb, char ack)
{
    connection_write(&gdb->connection, &ack, 1);
}

static void remember(struct gdb_client *gdb, const uint8_t *frame, size_t length)
{
    uint8_t *copy = gdb->decoder.no_ack ? NULL : realloc(gdb->sent, length);

    if (!copy) {
        free(gdb->sent);
        gdb->sent = NULL;
        return;
    }
    gdb->sent = memcpy(copy, frame, length);
    gdb->sent_length = length;
}

/* A frame, and the owed acknowledgement before it, in one write. */
void gdb_client_send(struct gdb_client *gdb, const void *payload, size_t length, bool ack)
{
    uint8_t memory[1 + RSP_FRAME_SIZE];
    struct buf frame;

    buf_init(&frame, memory, sizeof memory);
    if (ack)
        buf_byte(&frame, '+');
    rsp_encode(&frame, payload, length);
    if (frame.overflow) {
        buf_clear(&frame);
        rsp_encode(&frame, "E01", 3);
    }
    size_t head = ack ? 1 : 0;
    remember(gdb, frame.data + head, frame.length - head);
    connection_write(&gdb->connection, frame.data, frame.length);
}

/* --- what the program says --- */

/* A command's text is what its client asked for and waits for. */
static bool is_of_program(const struct gdb_client *gdb)
{
    return !gdb->flight || gdb->flight->goes_on;
}

void gdb_client_send_text(struct gdb_client *gdb, const char *payload, size_t length)
{
    bool of_program = is_of_program(gdb);

    if (!of_program || !gdb->connection.congested) {
        gdb->connection.patient = of_program;
        gdb_client_send(gdb, payload, length, false);
        return;
    }
    if (gdb->lost == 0)
        log_line(gdb->host->strangers, LOG_WARN,
                 "%s does not read: what the program says is lost to it", gdb->who);
    gdb->lost += length / 2; /* hexadecimal, behind an 'O' */
}

void gdb_client_tell_lost(struct gdb_client *gdb)
{
    char text[128], memory[2 * sizeof text + 1];
    struct buf packet;

    if (gdb->lost == 0)
        return;
    snprintf(text, sizeof text,
             "\n[%llu bytes of what the program said were lost: this gdb did not read them]\n",
             (unsigned long long)gdb->lost);
    gdb->lost = 0;
    buf_init(&packet, memory, sizeof memory);
    buf_byte(&packet, 'O');
    buf_hex(&packet, text, strlen(text));
    gdb_client_send(gdb, packet.data, packet.length, false);
}

void gdb_client_drained(struct gdb_client *gdb)
{
    gdb->connection.patient = false;
    if (gdb->waiting)
        gdb_client_tell_lost(gdb);
}

/* --- answers --- */

void gdb_client_pay_ack(struct gdb_client *gdb, struct gdb_request *request)
{
    if (request->ack_owed)
        gdb_client_ack(gdb, '+');
    request->ack_owed = false;
}

void gdb_client_reply(struct gdb_client *gdb, struct gdb_request *request, const void *payload,
                      size_t length)
{
    if (request->goes_on && gdb->lost > 0) {
        gdb_client_pay_ack(gdb, request);
        gdb_client_tell_lost(gdb);
    }
    gdb_client_send(gdb, payload, length, request->ack_owed);
    request->ack_owed = false;
    request->answered = true;
}

/* SPDX-License-Identifier: MIT */
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

void gdb_client_pay_ack(struct gdb_client *gdb, struct gdb_request *request)
{
    if (request->ack_owed)
        gdb_client_ack(gdb, '+');
    request->ack_owed = false;
}

void gdb_client_reply(struct gdb_client *gdb, struct gdb_request *request, const void *payload,
                      size_t length)
{
    gdb_client_send(gdb, payload, length, request->ack_owed);
    request->ack_owed = false;
    request->answered = true;
}

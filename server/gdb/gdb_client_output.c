/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "gdb/gdb_client_internal.h"

void gdb_session_ack(struct gdb_session *session, char ack)
{
    connection_write(&session->connection, &ack, 1);
}

static void remember(struct gdb_session *session, const uint8_t *frame, size_t length)
{
    uint8_t *copy = session->decoder.no_ack ? NULL : realloc(session->sent, length);

    if (!copy) {
        free(session->sent);
        session->sent = NULL;
        return;
    }
    session->sent = memcpy(copy, frame, length);
    session->sent_length = length;
}

/* A frame, and the owed acknowledgement before it, in one write. */
void gdb_session_send(struct gdb_session *session, const void *payload, size_t length, bool ack)
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
    remember(session, frame.data + head, frame.length - head);
    connection_write(&session->connection, frame.data, frame.length);
}

void gdb_session_pay_ack(struct gdb_session *session, struct message *message)
{
    if (message->ack_owed)
        gdb_session_ack(session, '+');
    message->ack_owed = false;
}

void gdb_session_reply(struct gdb_session *session, struct message *message, const void *payload,
                       size_t length)
{
    gdb_session_send(session, payload, length, message->ack_owed);
    message->ack_owed = false;
    message->answered = true;
}

/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "session/worker.h"

struct message *message_create(enum message_kind kind, void *requester, const struct log *log,
                               const void *payload, size_t length)
{
    struct message *message = calloc(1, sizeof *message);

    if (!message)
        return NULL;
    message->kind = kind;
    message->requester = requester;
    message->length = length;
    job_init(&message->job, log);
    message->payload = malloc(length + 1);
    if (!message->payload) {
        free(message);
        return NULL;
    }
    if (length > 0)
        memcpy(message->payload, payload, length);
    message->payload[length] = '\0';
    return message;
}

void message_destroy(struct message *message)
{
    if (!message)
        return;
    free(message->payload);
    free(message->reply.data);
    free(message);
}

/* SPDX-License-Identifier: MIT */
#include "gdb/gdb_request.h"

#include <stdlib.h>
#include <string.h>

#include "gdb/gdb_told.h"
#include "gdb/rsp.h"

void gdb_request_destroy(struct gdb_request *request)
{
    if (!request)
        return;
    free(request->payload);
    free(request->reply.data);
    free(request);
}

static void destroy(struct request *request)
{
    gdb_request_destroy(gdb_request_of(request));
}

struct gdb_request *gdb_request_create(void *gdb, const struct log *log,
                                       void (*run)(struct request *, struct session *),
                                       void (*done)(struct request *), const void *payload,
                                       size_t length)
{
    struct gdb_request *request = calloc(1, sizeof *request);
    char *copy = malloc(length + 1);

    if (!request || !copy) {
        free(request);
        free(copy);
        return NULL;
    }
    request_init(&request->request, log, gdb, run, done);
    request->request.destroy = destroy;
    request->request.between = run == gdb_run_open;
    request->payload = copy;
    request->length = length;
    if (length > 0)
        memcpy(copy, payload, length);
    copy[length] = '\0';
    return request;
}

/* gdb_state.send: what is lost without memory is lost. */
static void send_payload(struct gdb_state *gdb, const void *payload, size_t length, bool text)
{
    struct gdb_worker_side *worker_side = (struct gdb_worker_side *)gdb;
    struct gdb_request *notice = gdb_request_create(worker_side->gdb, worker_side->log, NULL,
                                                    gdb_client_forward, payload, length);

    if (!notice)
        return;
    notice->text = text;
    session_notify(worker_side->session, &notice->request);
}

void gdb_run_open(struct request *request, struct session *session)
{
    struct gdb_request *open = gdb_request_of(request);

    *open->worker_side = (struct gdb_worker_side){.state = {.send = send_payload},
                                                  .session = session,
                                                  .log = request->job.log,
                                                  .gdb = request->owner};
    session_look_for_core(session, open->core); /* gdb asks for its registers first */
    open->client = session_client_open(session, open->core, &gdb_told, &open->worker_side->state);
    if (open->client)
        open->client->who = request->who;
}

void gdb_run_close(struct request *request, struct session *session)
{
    session_client_close(session, gdb_request_of(request)->client, &request->job);
}

void gdb_run_ended(struct request *request, struct session *session)
{
    struct job *before = session_enter(session, &request->job);

    session_tell_end(session, gdb_request_of(request)->client);
    session_leave(session, before);
}

void gdb_run_packet(struct request *request, struct session *session)
{
    struct gdb_request *packet = gdb_request_of(request);

    /* Its client was told that time is up, or is gone. */
    if (job_cancelled(&request->job) && request->between) {
        packet->outcome = PACKET_NO_REPLY;
        return;
    }
    uint8_t *memory = malloc(RSP_PACKET_SIZE);
    buf_init(&packet->reply, memory, memory ? RSP_PACKET_SIZE : 0);
    gdb_of(packet->client)->interrupted = packet->interrupt_first;
    packet->outcome = packet_run(session, packet->client, &request->job, packet->payload,
                                 packet->length, &packet->reply, &packet->actions);
}

void gdb_run_interrupt(struct request *request, struct session *session)
{
    packet_interrupt(session, gdb_request_of(request)->client, &request->job);
}

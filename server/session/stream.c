/* SPDX-License-Identifier: MIT */
#include "session/stream.h"

#include <stdlib.h>
#include <string.h>

#include "session/session.h"

struct stream {
    struct stream *next;
    struct stream_id id;
    unsigned listeners;
    size_t length; /* of what waits for the target */
    uint8_t down[STREAM_DOWN];
};

bool stream_same(struct stream_id a, struct stream_id b)
{
    return a.kind == b.kind && a.number == b.number;
}

static struct stream *find(const struct session *session, struct stream_id id)
{
    struct stream *stream = session->streams;

    while (stream && !stream_same(stream->id, id))
        stream = stream->next;
    return stream;
}

/* --- the loop's requests --- */

static struct stream *find_or_create(struct session *session, struct stream_id id)
{
    struct stream *stream = find(session, id);

    if (stream || !(stream = calloc(1, sizeof *stream)))
        return stream;
    stream->id = id;
    stream->next = session->streams;
    session->streams = stream;
    return stream;
}

static struct stream_id id_of(const struct request *request)
{
    return ((const struct stream_request *)request)->id;
}

void stream_listen(struct request *request, struct session *session)
{
    struct stream *stream = find_or_create(session, id_of(request));

    if (stream)
        stream->listeners++;
    pollers_hurry(session);
}

void stream_leave(struct request *request, struct session *session)
{
    struct stream *stream = find(session, id_of(request));

    if (stream && stream->listeners > 0)
        stream->listeners--;
    pollers_hurry(session);
}

bool stream_send_here(struct session *session, struct stream_id id, const void *bytes,
                      size_t length)
{
    struct stream *stream = find_or_create(session, id);

    if (!stream || length > sizeof stream->down - stream->length)
        return false;
    memcpy(stream->down + stream->length, bytes, length);
    stream->length += length;
    pollers_hurry(session);
    return true;
}

/* What cannot be kept: its listener is gone, or does not wait for its turn. */
void stream_send(struct request *request, struct session *session)
{
    const struct stream_request *sent = (const struct stream_request *)request;

    if (find(session, sent->id))
        (void)stream_send_here(session, sent->id, sent->bytes, sent->length);
}

/* --- for who fills and empties them --- */

bool stream_heard(const struct session *session, struct stream_id id)
{
    const struct stream *stream = find(session, id);

    return stream && stream->listeners > 0;
}

bool stream_kind_heard(const struct session *session, enum stream_kind kind)
{
    const struct stream *stream = session->streams;

    while (stream && (stream->id.kind != kind || stream->listeners == 0))
        stream = stream->next;
    return stream != NULL;
}

size_t stream_room(const struct session *session)
{
    size_t unsent = session->stream_route ? atomic_load(&session->stream_route->unsent) : 0;

    return unsent < STREAM_AHEAD ? STREAM_AHEAD - unsent : 0;
}

static void notify(struct session *session, struct stream_id id, enum stream_event event,
                   const void *bytes, size_t length)
{
    struct stream_route *route = session->stream_route;
    struct stream_notice *notice = route ? malloc(sizeof *notice + length) : NULL;

    if (!notice)
        return;
    request_init(&notice->request, session->log, route->owner, NULL, route->done);
    notice->id = id;
    notice->event = event;
    notice->length = length;
    if (length > 0)
        memcpy(notice->bytes, bytes, length);
    atomic_fetch_add(&route->unsent, length);
    session_notify(session, &notice->request);
}

void stream_bring(struct session *session, struct stream_id id, const void *bytes, size_t length)
{
    if (length > 0 && stream_heard(session, id))
        notify(session, id, STREAM_BYTES, bytes, length);
}

size_t stream_sent(const struct session *session, struct stream_id id, const uint8_t **bytes)
{
    const struct stream *stream = find(session, id);

    *bytes = stream ? stream->down : NULL;
    return stream ? stream->length : 0;
}

void stream_took(struct session *session, struct stream_id id, size_t length)
{
    struct stream *stream = find(session, id);

    if (!stream || length == 0)
        return;
    stream->length -= length;
    memmove(stream->down, stream->down + length, stream->length);
    if (stream->length == 0)
        notify(session, id, STREAM_TAKEN, NULL, 0);
}

bool stream_waiting(const struct session *session, enum stream_kind kind, struct stream_id *id)
{
    const struct stream *stream = session->streams;

    while (stream && (stream->id.kind != kind || stream->length == 0))
        stream = stream->next;
    if (stream)
        *id = stream->id;
    return stream != NULL;
}

void streams_free(struct session *session)
{
    while (session->streams) {
        struct stream *stream = session->streams;

        session->streams = stream->next;
        free(stream);
    }
}

/* SPDX-License-Identifier: MIT */
#include "session/program_port.h"

#include <string.h>

#include "session/program_side.h"
#include "session/stream.h"
#include "session/stream_port.h"

static const struct stream_id stream = {STREAM_SEMIHOSTING, 0};

/* semihosting_input: waits for who has yet to connect. */
static int32_t take_input(void *user, void *data, uint32_t size)
{
    struct session *session = user;
    const uint8_t *bytes;
    size_t got = stream_sent(session, stream, &bytes);

    got = got < size ? got : size;
    if (got == 0)
        return SEMI_NOTHING_YET;
    memcpy(data, bytes, got);
    stream_took(session, stream, got);
    return (int32_t)got;
}

enum err program_port_open(struct session *session, struct job *job, unsigned takes,
                           struct endpoint *endpoint)
{
    enum err err = program_port_close(session, job);

    if (!err)
        err = stream_port_open(session, job, stream, "", endpoint);
    if (err)
        return err;
    session->program_port = (struct program_port){takes, endpoint->port};
    if (takes & PROGRAM_PORT_STDIO)
        program_side_set_input(session, take_input, session);
    return ERR_OK;
}

enum err program_port_close(struct session *session, struct job *job)
{
    struct program_port port = session->program_port;

    if (!port.takes)
        return ERR_OK;
    session->program_port = (struct program_port){0};
    if (port.takes & PROGRAM_PORT_STDIO)
        program_side_set_input(session, NULL, NULL);
    return stream_port_close(session, job, STREAM_SEMIHOSTING, port.number);
}

bool program_port_takes(struct session *session, const struct program_text *text)
{
    unsigned kind = text->channel == 0 ? PROGRAM_PORT_DEBUG : PROGRAM_PORT_STDIO;

    if (text->source != TEXT_SEMIHOSTING || !(session->program_port.takes & kind))
        return false;
    if (stream_room(session) >= text->length)
        stream_bring(session, stream, text->bytes, text->length);
    return true;
}

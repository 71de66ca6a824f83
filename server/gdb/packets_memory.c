/* SPDX-License-Identifier: MIT */
/* m M x X qCRC qSearch:memory. Works while the core runs, too. */
#include <string.h>

#include "gdb/packets_internal.h"
#include "image/fit.h"
#include "session/threads.h"

/* What is read of a long request: gdb takes a shorter answer. On a slow wire it gets no more than
 * it would ask for itself, half of PacketSize. */
static enum err read_at_most(struct packet_call *call, uint8_t *data, size_t room, size_t *done)
{
    size_t length = call->args.item[1].number, size = packet_size(call->session);

    if (size < RSP_PACKET_SIZE && room > size / 2)
        room = size / 2;
    enum err err = session_threads_ahead(call->session, call->args.item[0].number);
    if (err)
        return err;
    return target_read(call->session->target, call->args.item[0].number, data,
                       length < room ? length : room, done);
}

enum err packet_read_hex(struct packet_call *call)
{
    uint8_t data[RSP_PACKET_SIZE / 2];
    size_t done;
    enum err err = read_at_most(call, data, sizeof data, &done);

    if (!err)
        buf_hex(call->reply, data, done);
    return err;
}

enum err packet_read_binary(struct packet_call *call)
{
    uint8_t data[RSP_PACKET_SIZE - 1];
    size_t done;
    enum err err = read_at_most(call, data, sizeof data, &done);

    if (err)
        return err;
    buf_byte(call->reply, 'b');
    rsp_escape(call->reply, data, done, sizeof data);
    return ERR_OK;
}

/* gdb tells its user of a load nothing but "Load failed", and of one into device registers nothing
 * at all. A load ends at its first error: one line. */
static void explain_write(struct packet_call *call, enum err err)
{
    uint32_t address = call->args.item[0].number;
    size_t length = call->args.item[2].length;
    const struct target *target = call->session->target;
    char text[FIT_PLACES_TEXT], fit[FIT_TEXT];

    if (length <= PACKET_VARIABLE_SIZE)
        return;
    if (fit_no_place(target, address, text))
        log_line(call->session->log, LOG_WARN,
                 "%zu bytes %s: %s; is the program linked for this chip?", length,
                 !err ? "were written into registers" : "are not loaded", text);
    else if (fit_fails(target, address, length, fit))
        log_line(call->session->log, LOG_WARN, "%sis it made for a larger chip?", fit);
    else if (err)
        log_line(call->session->log, LOG_WARN, "%zu bytes are not loaded: %s", length,
                 job_text(call->job, err));
}

/* M and X: the schema saw to it that the length is the data's. X of nothing is gdb's question
 * whether X is known. */
enum err packet_write(struct packet_call *call)
{
    const struct packet_arg *data = &call->args.item[2];
    enum err err = ERR_OK;

    if (data->length > 0)
        err = target_write(call->session->target, call->args.item[0].number, data->data,
                           data->length);
    explain_write(call, err);
    return err ? err : packet_ok(call);
}

enum err packet_crc(struct packet_call *call)
{
    uint32_t crc;
    enum err err = target_crc(call->session->target, call->args.item[0].number,
                              call->args.item[1].number, &crc);

    if (!err)
        buf_printf(call->reply, "C%08x", crc);
    return err;
}

enum { SEARCH_BLOCK = 4096 };

/* The pattern in [address, address + length), read in blocks that overlap by its length. */
static enum err search(struct packet_call *call, const struct packet_arg *pattern, bool *found,
                       uint32_t *where)
{
    uint32_t address = call->args.item[0].number;
    size_t left = call->args.item[1].number;
    uint8_t block[SEARCH_BLOCK + RSP_PACKET_SIZE];
    size_t kept = 0;

    for (*found = false; left > 0;) {
        size_t part = left < SEARCH_BLOCK ? left : SEARCH_BLOCK;
        enum err err = target_read(call->session->target, address, block + kept, part, NULL);

        if (!err)
            err = job_checkpoint(call->job);
        if (err)
            return err;
        const uint8_t *hit = memmem(block, kept + part, pattern->data, pattern->length);
        if (hit) {
            *found = true;
            *where = address - (uint32_t)kept + (uint32_t)(hit - block);
            return ERR_OK;
        }
        address += (uint32_t)part;
        left -= part;
        size_t tail = pattern->length - 1 < kept + part ? pattern->length - 1 : kept + part;
        memmove(block, block + kept + part - tail, tail);
        kept = tail;
    }
    return ERR_OK;
}

enum err packet_search(struct packet_call *call)
{
    const struct packet_arg *pattern = &call->args.item[2];
    uint32_t where;
    bool found;

    if (pattern->length == 0)
        return job_fail(call->job, ERR_ARGUMENT, "nothing to search for");
    enum err err = search(call, pattern, &found, &where);
    if (!err && found)
        buf_printf(call->reply, "1,%x", where);
    else if (!err)
        buf_text(call->reply, "0");
    return err;
}

/* SPDX-License-Identifier: MIT */
/* What gdb asks about us and the target; and monitor commands. */
#include <string.h>

#include "commands/monitor.h"
#include "gdb/gdb_console.h"
#include "gdb/packets_internal.h"
#include "gdb/target_xml.h"
#include "gdb/xfer.h"

/* --- features --- */

static bool listed(const struct packet_arg *features, const char *name)
{
    const char *at = features->data, *end = at + features->length;
    size_t length = strlen(name);

    while (at < end) {
        const char *next = memchr(at, ';', (size_t)(end - at));
        size_t size = (size_t)((next ? next : end) - at);

        if (size == length && memcmp(at, name, length) == 0)
            return true;
        at += size + 1;
    }
    return false;
}

enum err packet_supported(struct packet_call *call)
{
    const struct packet_arg *theirs = &call->args.item[0];

    if (call->args.count > 0) {
        call->gdb->error_message = listed(theirs, "error-message+");
        call->gdb->swbreak = listed(theirs, "swbreak+");
        call->gdb->hwbreak = listed(theirs, "hwbreak+");
    }
    buf_printf(call->reply, "PacketSize=%zx", packet_size(call->session));
    for (size_t i = 0; i < packet_count; i++)
        if (packets[i].offer)
            buf_printf(call->reply, ";%s", packets[i].offer);
    return ERR_OK;
}

enum err packet_no_ack(struct packet_call *call)
{
    *call->actions |= CLIENT_NO_ACK;
    return packet_ok(call);
}

/* gdb leaves what it attached to, and would kill the rest. */
enum err packet_attached(struct packet_call *call)
{
    buf_text(call->reply, "1");
    return ERR_OK;
}

enum err packet_offsets(struct packet_call *call)
{
    buf_text(call->reply, "Text=0;Data=0;Bss=0");
    return ERR_OK;
}

/* --- monitor --- */

enum err packet_monitor(struct packet_call *call)
{
    const struct packet_arg *text = &call->args.item[0];
    struct monitor monitor = {.session = call->session, .client = call->client, .job = call->job};
    struct client_text output;

    /* The digits took twice the room, so there is one for the NUL; a NUL inside ends the line. */
    if (text->length > 0)
        text->data[text->length] = '\0';
    client_text_begin(&output, call->job, call->session, call->client);
    enum err err = monitor_run(&monitor, text->length > 0 ? text->data : "");
    client_text_end(&output);
    if (monitor.outcome != MONITOR_NOTHING) /* a gdb has no session of ours to leave */
        *call->actions |= CLIENT_SHUTDOWN | (unsigned)monitor.exit_code * CLIENT_EXIT_CODE;
    if (!err)
        return packet_ok(call);
    /* Older gdbs only show a number. */
    if (!call->gdb->error_message)
        gdb_console_say(call->client, "%s", job_text(call->job, err));
    return err;
}

/* --- documents --- */

enum err packet_window(struct packet_call *call, const struct buf *document, size_t first)
{
    if (document->overflow)
        return job_fail(call->job, ERR_NO_MEMORY, "the description does not fit its buffer");
    if (xfer_window(call->reply, document->data, document->length, call->args.item[first].number,
                    call->args.item[first + 1].number) != ERR_OK)
        return job_fail(call->job, ERR_ARGUMENT, "the offset is behind the end");
    return ERR_OK;
}

enum err packet_features(struct packet_call *call)
{
    const struct packet_arg *annex = &call->args.item[0];
    char memory[DESCRIBE_SIZE];
    struct buf document;
    size_t count;

    if (annex->length != strlen("target.xml") ||
        memcmp(annex->data, "target.xml", annex->length) != 0) {
        call->err = "E00"; /* the protocol's word for an unknown annex */
        return ERR_ARGUMENT;
    }
    enum err err = session_require(call->session, call->job);
    if (err)
        return err;
    const struct target_register *regs = target_registers(call->session->target, &count);
    buf_init(&document, memory, sizeof memory);
    describe_target(&document, regs, count);
    return packet_window(call, &document, 1);
}

enum err packet_memory_map(struct packet_call *call)
{
    char memory[DESCRIBE_SIZE];
    struct buf document;
    size_t count;
    enum err err = session_require(call->session, call->job);

    if (err)
        return err;
    const struct target_region *regions = target_regions(call->session->target, &count);
    buf_init(&document, memory, sizeof memory);
    describe_memory(&document, regions, count);
    return packet_window(call, &document, 0);
}

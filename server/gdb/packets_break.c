/* SPDX-License-Identifier: MIT */
/* Z0-Z4 z0-z4. */
#include "gdb/packets_internal.h"

enum { TYPE_SOFTWARE, TYPE_HARDWARE, TYPE_WRITE, TYPE_READ, TYPE_ACCESS };

static enum watch_kind watch_kind(int type)
{
    return type == TYPE_WRITE ? WATCH_WRITE : type == TYPE_READ ? WATCH_READ : WATCH_ACCESS;
}

static enum breakpoint_kind breakpoint_kind(const struct session *session, int type)
{
    return type == TYPE_SOFTWARE && !session->options.hard_breakpoints ? BREAKPOINT_SW
                                                                       : BREAKPOINT_HW;
}

/* For breakpoints the kind of instruction: 2 and 3 are Thumb. A client that does not know what code
 * it debugs (lldb without a program) says 0 or 4, for Arm code, which no Cortex-M has. */
static enum err check_size(struct packet_call *call, uint32_t address, uint32_t size)
{
    if (call->packet->variant <= TYPE_HARDWARE) {
        if (size > 4)
            return job_fail(call->job, ERR_ARGUMENT, "no breakpoints of kind %u on Cortex-M", size);
    } else if (size == 0 || size - 1 > UINT32_MAX - address) {
        return job_fail(call->job, ERR_ARGUMENT, "cannot watch %u bytes at 0x%08x", size, address);
    }
    return ERR_OK;
}

enum err packet_break_set(struct packet_call *call)
{
    uint32_t address = call->args.item[0].number, size = call->args.item[1].number;
    int type = call->packet->variant;
    enum err err = check_size(call, address, size);

    if (!err && type <= TYPE_HARDWARE)
        err = target_breakpoint_set(call->session->target, call->client->id,
                                    breakpoint_kind(call->session, type), address, size);
    else if (!err)
        err = target_watchpoint_set(call->session->target, call->client->id, watch_kind(type),
                                    address, size);
    return err ? err : packet_ok(call);
}

/* By type and address: what was set with another kind (lldb sets 2 and clears 4) must not stay. */
enum err packet_break_clear(struct packet_call *call)
{
    uint32_t address = call->args.item[0].number, size = call->args.item[1].number;
    int type = call->packet->variant;
    enum err err = ERR_OK;

    /* It may have been set before `gdb breakpoint_override hard`. */
    if (type == TYPE_SOFTWARE && call->session->options.hard_breakpoints)
        err = target_breakpoint_clear(call->session->target, call->client->id, BREAKPOINT_SW,
                                      address, size);
    if (!err && type <= TYPE_HARDWARE)
        err = target_breakpoint_clear(call->session->target, call->client->id,
                                      breakpoint_kind(call->session, type), address, size);
    else if (!err)
        err = target_watchpoint_clear(call->session->target, call->client->id, watch_kind(type),
                                      address, size);
    return err ? err : packet_ok(call);
}

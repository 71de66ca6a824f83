/* SPDX-License-Identifier: MIT */
#include "stop_reply.h"

#include <string.h>

#include "base/bytes.h"

/* gdb's numbers (include/gdb/signals.def), the same on every host. */
enum { SIGNAL_INT = 0x02, SIGNAL_TRAP = 0x05, SIGNAL_SEGV = 0x0B };

static uint8_t signal_of(enum stop_reason reason)
{
    switch (reason) {
    case STOP_REQUEST:
        return SIGNAL_INT;
    case STOP_FAULT:
        return SIGNAL_SEGV;
    default:
        return SIGNAL_TRAP;
    }
}

bool stop_reply_explains(const struct target_stop *stop)
{
    return stop->text[0] && (stop->reason == STOP_FAULT || stop->reason == STOP_BKPT ||
                             stop->reason == STOP_EXTERNAL);
}

static void write_reason(struct buf *out, const struct target_stop *stop,
                         const struct client *client)
{
    static const char *const watch[] = {
        [WATCH_WRITE] = "watch", [WATCH_READ] = "rwatch", [WATCH_ACCESS] = "awatch"};

    if (stop->reason == STOP_BREAKPOINT_HW && client->hwbreak)
        buf_text(out, "hwbreak:;");
    else if (stop->reason == STOP_BREAKPOINT_SW && client->swbreak)
        buf_text(out, "swbreak:;");
    else if (stop->reason == STOP_WATCHPOINT)
        buf_printf(out, "%s:%08x;", watch[stop->watch_kind], stop->watch_address);
}

/* The 32-bit ones of the core: r0 to xpsr, msp and psp. The others are rarely looked at. What
 * cannot be read is left out: gdb asks by `g` and gets the reason. */
static void write_registers(struct buf *out, const struct unit *unit, struct job *job)
{
    size_t count;
    const struct target_register *regs = target_registers(unit->target, &count);

    for (size_t i = 0; i < count; i++) {
        uint64_t value;
        uint8_t bytes[4];

        if (regs[i].bits != 32 || !strstr(regs[i].feature, ".m-"))
            continue;
        if (unit_register(unit, job, i, &value) != ERR_OK)
            return;
        put_le32(bytes, (uint32_t)value);
        buf_printf(out, "%02zx:", i);
        buf_hex(out, bytes, sizeof bytes);
        buf_byte(out, ';');
    }
}

static void write_reply(struct buf *out, uint8_t signal, const struct unit *unit,
                        const struct client *client)
{
    struct job unheard, *before;

    buf_printf(out, "T%02x", signal);
    write_reason(out, &unit->stop, client);
    buf_text(out, "thread:1;");
    /* A failure here is not the failure of the job that stopped the core. */
    job_init(&unheard, NULL);
    before = target_set_job(unit->target, &unheard);
    write_registers(out, unit, &unheard);
    target_set_job(unit->target, before);
}

void stop_reply_write(struct buf *out, const struct unit *unit, const struct client *client)
{
    if (unit->stop.reason == STOP_EXIT)
        buf_printf(out, "W%02x", (unsigned)unit->stop.exit_code & 0xFF);
    else
        write_reply(out, signal_of(unit->stop.reason), unit, client);
}

void stop_reply_asked(struct buf *out, const struct unit *unit, const struct client *client)
{
    uint8_t signal = signal_of(unit->stop.reason);

    write_reply(out, signal == SIGNAL_INT ? SIGNAL_TRAP : signal, unit, client);
}

/* SPDX-License-Identifier: MIT */
#include "gdb/stop_reply.h"

#include <string.h>

#include "gdb/gdb_console.h"
#include "gdb/register_bytes.h"
#include "session/threads.h"

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

static bool owns(const struct client *client, uint64_t owners)
{
    return owners >> client->id & 1;
}

/* It stands at a point, of whomever. */
static bool is_point(const struct target_stop *stop)
{
    return stop->reason == STOP_BREAKPOINT_HW || stop->reason == STOP_BREAKPOINT_SW ||
           stop->reason == STOP_WATCHPOINT;
}

void stop_reply_say(struct client *client, const struct session *session)
{
    const struct target_stop *stop = session_stop(session);
    uint64_t monitor = UINT64_C(1) << SESSION_OWNER_MONITOR;

    if (session_stop_explains(stop))
        gdb_console_say(client, "%s", stop->text);
    else if (is_point(stop) && stop->owners && !owns(client, stop->owners))
        gdb_console_say(client, "%s, set by %s", stop->text,
                        stop->owners & monitor ? "a monitor or telnet command" : "another gdb");
    else if (is_point(stop) && !stop->owners && stop->text[0])
        gdb_console_say(client, "%s", stop->text);
}

/* gdb takes one watchpoint a reply. */
static void write_watch(struct buf *out, const struct target_stop *stop,
                        const struct client *client)
{
    static const char *const words[] = {
        [WATCH_WRITE] = "watch", [WATCH_READ] = "rwatch", [WATCH_ACCESS] = "awatch"};

    for (size_t i = 0; i < STOP_WATCH_HITS; i++) {
        const struct target_watch_hit *hit = &stop->watch[i];

        if (owns(client, hit->owners)) {
            buf_printf(out, "%s:%08x;", words[hit->kind], hit->address);
            return;
        }
    }
}

static void write_reason(struct buf *out, const struct target_stop *stop,
                         const struct client *client)
{
    if (!owns(client, stop->owners))
        return;
    if (stop->reason == STOP_BREAKPOINT_HW && gdb_of(client)->hwbreak)
        buf_text(out, "hwbreak:;");
    else if (stop->reason == STOP_BREAKPOINT_SW && gdb_of(client)->swbreak)
        buf_text(out, "swbreak:;");
    else if (stop->reason == STOP_WATCHPOINT)
        write_watch(out, stop, client);
}

/* The 32-bit ones of the core: r0 to xpsr, msp and psp. The others are rarely looked at. What
 * cannot be read is left out: gdb asks by `g` and gets the reason. */
static void write_registers(struct buf *out, const struct session *session, struct job *job)
{
    size_t count;
    const struct target_register *regs = target_registers(session->target, &count);

    for (size_t i = 0; i < count; i++) {
        uint64_t value;

        if (regs[i].bits != 32 || !strstr(regs[i].feature, ".m-"))
            continue;
        if (session_register(session, job, i, &value) != ERR_OK)
            return;
        buf_printf(out, "%02zx:", i);
        register_bytes_put(out, &regs[i], value);
        buf_byte(out, ';');
    }
}

/* `reason_of`: NULL for none. */
static void write_reply(struct buf *out, uint8_t signal, const struct session *session,
                        const struct client *reason_of)
{
    struct job unheard, *before;

    buf_printf(out, "T%02x", signal);
    if (reason_of)
        write_reason(out, session_stop(session), reason_of);
    buf_printf(out, "thread:%x;", (unsigned)session_running_thread(session));
    /* A failure here is not the failure of the job that stopped the core. */
    job_init(&unheard, NULL);
    before = target_set_job(session->target, &unheard);
    write_registers(out, session, &unheard);
    target_set_job(session->target, before);
}

void stop_reply_write(struct buf *out, const struct session *session, const struct client *client)
{
    const struct target_stop *stop = session_stop(session);

    if (stop->reason == STOP_EXIT)
        buf_printf(out, "W%02x", (unsigned)stop->exit_code & 0xFF);
    else
        write_reply(out, signal_of(stop->reason), session, client);
}

void stop_reply_stepped(struct buf *out, const struct session *session, const struct client *client)
{
    const struct target_stop *stop = session_stop(session);

    if (is_point(stop) && !owns(client, stop->owners))
        write_reply(out, SIGNAL_INT, session, NULL);
    else
        stop_reply_write(out, session, client);
}

void stop_reply_interrupted(struct buf *out, const struct session *session)
{
    write_reply(out, SIGNAL_INT, session, NULL);
}

void stop_reply_asked(struct buf *out, const struct session *session)
{
    uint8_t signal = signal_of(session_stop(session)->reason);

    write_reply(out, signal == SIGNAL_INT ? SIGNAL_TRAP : signal, session, NULL);
}

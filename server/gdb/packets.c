/* SPDX-License-Identifier: MIT */
#include "gdb/packets.h"

#include <ctype.h>
#include <string.h>

#include "gdb/packets_internal.h"

enum {
    LONG = PACKET_LONG,
    TARGET = PACKET_TARGET,
    HALTED = PACKET_TARGET | PACKET_HALTED | PACKET_LOOK,
    LOOK = PACKET_LOOK,
    ANY = PACKET_ANY,
    SILENT = PACKET_SILENT,
    LOAD = PACKET_LOAD,
    FLASH = PACKET_LOAD | PACKET_FLASH,
};

/* clang-format off */
const struct packet packets[] = {
    /* run control */
    {"?",           "",       packet_why,           LOOK | ANY, 0, NULL},
    {"c",           "?a",     packet_continue,      LONG | TARGET, false, NULL},
    {"C",           "n?;a",   packet_continue,      LONG | TARGET, true, NULL},
    {"s",           "?a",     packet_step,          LONG | TARGET, false, NULL},
    {"S",           "n?;a",   packet_step,          LONG | TARGET, true, NULL},
    {"vCont?",      "",       packet_vcont_actions, ANY, 0, NULL},
    {"vCont",       "s",      packet_vcont,         LONG | TARGET, 0, "vContSupported+"},
    {"F",           "s",      packet_file_answer,   LONG, 0, NULL},
    /* registers and memory */
    {"g",           "",       packet_read_all,      TARGET | LOOK | ANY, 0, NULL},
    {"G",           "h",      packet_write_all,     HALTED, 0, NULL},
    {"p",           "n",      packet_read_one,      TARGET | LOOK | ANY, 0, NULL},
    {"P",           "n=h",    packet_write_one,     HALTED, 0, NULL},
    {"m",           "a,l",    packet_read_hex,      TARGET | ANY, 0, NULL},
    {"M",           "a,l:h",  packet_write,         LOAD | TARGET, 0, NULL},
    {"x",           "a,l",    packet_read_binary,   TARGET | ANY, 0, "binary-upload+"},
    {"X",           "a,l:b",  packet_write,         LOAD | TARGET, 0, NULL},
    {"qCRC",        ":a,l",   packet_crc,           TARGET, 0, NULL},
    {"qSearch:memory", ":a;l;p", packet_search,     TARGET, 0, NULL},
    /* breakpoints */
    {"Z0",          ",a,n",   packet_break_set,     TARGET, 0, "swbreak+"},
    {"Z1",          ",a,n",   packet_break_set,     TARGET, 1, "hwbreak+"},
    {"Z2",          ",a,n",   packet_break_set,     TARGET, 2, NULL},
    {"Z3",          ",a,n",   packet_break_set,     TARGET, 3, NULL},
    {"Z4",          ",a,n",   packet_break_set,     TARGET, 4, NULL},
    {"z0",          ",a,n",   packet_break_clear,   TARGET, 0, NULL},
    {"z1",          ",a,n",   packet_break_clear,   TARGET, 1, NULL},
    {"z2",          ",a,n",   packet_break_clear,   TARGET, 2, NULL},
    {"z3",          ",a,n",   packet_break_clear,   TARGET, 3, NULL},
    {"z4",          ",a,n",   packet_break_clear,   TARGET, 4, NULL},
    {"Z",           "n,a,n?;s", NULL,               ANY, 0, NULL}, /* other types */
    {"z",           "n,a,n?;s", NULL,               ANY, 0, NULL},
    /* flash; the first of a load finds a target that was lost itself */
    {"vFlashErase", ":a,l",   packet_flash_erase,   LONG | FLASH, 0, NULL},
    {"vFlashWrite", ":a:b",   packet_flash_write,   LONG | FLASH | TARGET, 0, NULL},
    {"vFlashDone",  "",       packet_flash_done,    LONG | FLASH | TARGET, 0, NULL},
    /* the session */
    {"qSupported",  "?:s",    packet_supported,     ANY, 0, "error-message+"},
    {"QStartNoAckMode", "",   packet_no_ack,        ANY, 0, "QStartNoAckMode+"},
    {"vMustReplyEmpty", "?s", NULL,                 ANY, 0, NULL},
    {"!",           "",       packet_extended,      ANY, 0, NULL},
    {"vAttach",     ";n",     packet_attach,        LONG, 0, NULL},
    {"vRun",        ";s",     packet_restart,       LONG, 0, NULL},
    {"R",           "?n",     packet_restart,       LONG | SILENT, 0, NULL},
    {"vKill",       ";n",     packet_kill,          0, 0, NULL},
    {"k",           "",       packet_kill,          LONG | SILENT, 0, NULL},
    {"D",           "?;n",    packet_detach,        0, 0, NULL},
    {"qRcmd",       ",h",     packet_monitor,       LONG, 0, NULL},
    /* threads */
    {"Hg",          "t",      packet_thread,        ANY, PACKET_THREAD_SELECT, NULL},
    {"Hc",          "t",      packet_thread,        ANY, 0, NULL},
    {"T",           "t",      packet_thread,        ANY, 0, NULL},
    {"qC",          "",       packet_current_thread, ANY, 0, NULL},
    {"qfThreadInfo", "",      packet_thread_first,  ANY, 0, NULL},
    {"qsThreadInfo", "",      packet_thread_next,   ANY, 0, NULL},
    {"qThreadExtraInfo", ",t", packet_thread_info,  ANY, 0, NULL},
    {"qXfer:threads:read", "::n,n", packet_threads, ANY, 0, "qXfer:threads:read+"},
    /* what the target is */
    {"qXfer:features:read", ":w:n,n", packet_features, ANY, 0, "qXfer:features:read+"},
    {"qXfer:memory-map:read", "::n,n", packet_memory_map, ANY, 0, "qXfer:memory-map:read+"},
    {"qAttached",   "?:n",    packet_attached,      ANY, 0, NULL},
    {"qOffsets",    "",       packet_offsets,       ANY, 0, NULL},
    {"qSymbol",     ":w:h",   packet_symbol,        ANY, 0, NULL},
};
/* clang-format on */
const size_t packet_count = sizeof packets / sizeof *packets;

/* Single letters stand at the beginning, words of the q, Q and v families alone. */
static bool matches(const char *name, const char *payload, size_t length)
{
    size_t size = strlen(name);

    if (length < size || memcmp(payload, name, size) != 0)
        return false;
    return !strchr("qQv", *name) || length == size || !isalnum((unsigned char)payload[size]);
}

static const struct packet *find(const char *payload, size_t length)
{
    for (size_t i = 0; i < packet_count; i++)
        if (matches(packets[i].name, payload, length))
            return &packets[i];
    return NULL;
}

bool packet_may_take_long(const char *payload, size_t length)
{
    const struct packet *packet = find(payload, length);

    return packet && packet->flags & PACKET_LONG;
}

bool packet_is_harmless(const char *payload, size_t length)
{
    const struct packet *packet = find(payload, length);

    return !packet || packet->flags & PACKET_ANY;
}

enum err packet_ok(struct packet_call *call)
{
    buf_text(call->reply, "OK");
    return ERR_OK;
}

/* A word is 46 clocks on SWD (IHI 0031, B4.2), so this many bytes a kHz take 0.75 s. */
enum { BYTES_A_KHZ = 64, SIZE_MIN = 0x200 };

size_t packet_size(const struct session *session)
{
    uint32_t khz = session->probe ? probe_speed_khz(session->probe) : 0;
    size_t size = (size_t)khz * BYTES_A_KHZ;

    if (khz == 0 || size > RSP_PACKET_SIZE)
        return RSP_PACKET_SIZE;
    return size < SIZE_MIN ? SIZE_MIN : size;
}

/* --- errors --- */

/* Packet framing has its own use for some characters. */
static void put_sentence(struct buf *reply, const char *text)
{
    for (; *text; text++)
        buf_byte(reply,
                 strchr("#$}*", *text) || !isprint((unsigned char)*text) ? ' ' : (uint8_t)*text);
}

static void reply_error(struct packet_call *call, enum err err)
{
    buf_clear(call->reply);
    if (call->err) {
        buf_text(call->reply, call->err);
    } else if (call->gdb->error_message) {
        buf_text(call->reply, "E.");
        put_sentence(call->reply, job_text(call->job, err));
    } else {
        buf_printf(call->reply, "E%02x", (unsigned)err);
    }
}

/* --- one packet --- */

/* What must be true before the handler runs. */
static enum err check(struct packet_call *call)
{
    struct session *session = call->session;
    unsigned flags = call->packet->flags;

    if (session_nested(session) && !(flags & PACKET_ANY))
        return under_way_refuse(session, call->job);
    if (flags & PACKET_LOOK && !session_nested(session)) {
        session_poll(session, call->job);
        if (session_connected(session))
            job_clear(call->job); /* the packet's own errors count */
    }
    if (flags & PACKET_TARGET && !session_connected(session))
        return session_require(session, call->job);
    if (flags & PACKET_TARGET && call->client->lost)
        return job_fail(call->job, ERR_RESET_LOST,
                        "the target was lost and is back: 'attach 1', 'load' or 'run' begins anew");
    if (flags & PACKET_HALTED && target_state(session->target) != TARGET_HALTED)
        return job_fail(call->job, ERR_NOT_HALTED, "%s",
                        target_state(session->target) == TARGET_IN_RESET
                            ? TARGET_HELD_TEXT
                            : "the core runs; halt it first (Ctrl-C)");
    return ERR_OK;
}

/* gdb tells its user of a load nothing but "Load failed". */
static void explain_refused_load(struct packet_call *call, enum err err)
{
    bool writes = call->packet->run == packet_write;

    if (!(call->packet->flags & PACKET_LOAD) ||
        (writes && call->args.item[2].length <= PACKET_VARIABLE_SIZE))
        return;
    log_line(call->session->log, LOG_WARN, "nothing is loaded: %s%s", job_text(call->job, err),
             call->client->ended ? "; when that is mended, 'attach 1' and 'load' again" : "");
}

static enum err run(struct packet_call *call, char *payload, size_t length)
{
    size_t name = strlen(call->packet->name);
    enum err err =
        packet_args_parse(call->packet->schema, payload + name, length - name, &call->args);

    if (err)
        return job_fail(call->job, err, "malformed packet %s", call->packet->name);
    err = check(call);
    if (err)
        explain_refused_load(call, err);
    if (err || !call->packet->run)
        return err;
    err = call->packet->run(call);
    if (!err && call->reply->overflow)
        err = job_fail(call->job, ERR_NO_MEMORY, "the answer does not fit a packet");
    return err;
}

enum packet_outcome packet_run(struct session *session, struct client *client, struct job *job,
                               char *payload, size_t length, struct buf *reply, unsigned *actions)
{
    struct packet_call call = {.session = session,
                               .client = client,
                               .gdb = gdb_of(client),
                               .job = job,
                               .packet = find(payload, length),
                               .reply = reply,
                               .actions = actions,
                               .outcome = PACKET_REPLY};

    *actions = CLIENT_NOTHING;
    if (!call.packet)
        return PACKET_REPLY;
    if (call.packet->flags & PACKET_SILENT)
        call.outcome = PACKET_NO_REPLY;
    struct client *acting = session->acting;
    unsigned resets = session->resets;
    bool flash = call.packet->flags & PACKET_FLASH;
    unsigned core = session_select_core(session, flash ? 0 : client->core);
    bool loads = session->loads;
    session->loads |= flash && client->flash;
    struct job *before = session_enter(session, job);
    session->acting = client;
    enum err err = run(&call, payload, length);
    if (err)
        reply_error(&call, err);
    if (session->resets != resets)
        *actions |= CLIENT_RESET;
    session_leave(session, before);
    session->loads = loads;
    session->acting = acting;
    session_select_core(session, core);
    if (call.gdb->load == LOAD_CUT && (err || !(call.packet->flags & PACKET_LOAD)))
        call.gdb->load = LOAD_TOLD;
    return call.outcome;
}

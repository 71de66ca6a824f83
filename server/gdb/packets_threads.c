/* SPDX-License-Identifier: MIT */
/* H T qC qfThreadInfo qsThreadInfo qThreadExtraInfo qXfer:threads, and qSymbol, by which gdb tells
 * where the kernel's variables are. */
#include <stdio.h>
#include <string.h>

#include "gdb/packets_internal.h"
#include "gdb/rsp.h"
#include "gdb/target_xml.h"
#include "gdb/xfer.h"
#include "session/symbols.h"
#include "session/threads.h"

/* There is no program for this client, and so no thread. */
static bool has_none(const struct packet_call *call)
{
    return !session_connected(call->session) || call->client->ended;
}

static enum err no_thread(struct packet_call *call, uint32_t id)
{
    return job_fail(call->job, ERR_ARGUMENT, "there is no thread %u", (unsigned)id);
}

static bool is_one_of_them(const struct packet_call *call, uint32_t id)
{
    return has_none(call) ? id == RTOS_CORE : session_find_thread(call->session, id) != NULL;
}

/* Hg chooses whose registers are meant; Hc, of gdbs without vCont, means what runs. */
enum err packet_thread(struct packet_call *call)
{
    uint32_t id = call->args.item[0].number;
    bool any = id == 0 || id == PACKET_ALL_THREADS;

    if (!any && !is_one_of_them(call, id))
        return no_thread(call, id);
    if (call->packet->variant == PACKET_THREAD_SELECT)
        call->gdb->thread = any ? 0 : id;
    return packet_ok(call);
}

/* What is said of a thread. Of one that is the core itself: what that does. */
static const char *state_of(const struct packet_call *call, const struct rtos_thread *thread)
{
    return thread->state[0] ? thread->state : session_state_name(call->session);
}

enum err packet_thread_first(struct packet_call *call)
{
    const struct rtos_thread *thread;

    if (has_none(call)) {
        buf_text(call->reply, "l");
        return ERR_OK;
    }
    for (size_t i = 0; (thread = session_thread(call->session, i)); i++)
        buf_printf(call->reply, "%s%x", i ? "," : "m", (unsigned)thread->id);
    return ERR_OK;
}

enum err packet_thread_next(struct packet_call *call)
{
    buf_text(call->reply, "l");
    return ERR_OK;
}

enum err packet_thread_info(struct packet_call *call)
{
    uint32_t id = call->args.item[0].number;
    const struct rtos_thread *thread =
        has_none(call) ? NULL : session_find_thread(call->session, id);
    char text[RTOS_NAME + RTOS_STATE + 4];

    if (!thread)
        return no_thread(call, id);
    bool named = thread->name[0] && thread->handle;
    snprintf(text, sizeof text, "%s%s%s", named ? thread->name : "", named ? ": " : "",
             state_of(call, thread));
    buf_hex(call->reply, text, strlen(text));
    return ERR_OK;
}

enum err packet_current_thread(struct packet_call *call)
{
    uint32_t id = has_none(call) ? 0 : session_running_thread(call->session);

    buf_printf(call->reply, "QC%x", (unsigned)id);
    return ERR_OK;
}

enum err packet_threads(struct packet_call *call)
{
    static char memory[RTOS_THREADS * 256]; /* the worker's */
    struct buf document;
    const struct rtos_thread *thread;

    buf_init(&document, memory, sizeof memory);
    describe_threads_begin(&document);
    for (size_t i = 0; !has_none(call) && (thread = session_thread(call->session, i)); i++)
        describe_thread(&document, thread->id, thread->name, state_of(call, thread));
    describe_threads_end(&document);
    return packet_window(call, &document, 0);
}

/* --- symbols --- */

/* As link-time optimisation calls what is static in its file. */
#define LTO_SUFFIX ".lto_priv.0"

static void ask(struct packet_call *call, const char *name, const char *suffix)
{
    buf_text(call->reply, "qSymbol:");
    buf_hex(call->reply, name, strlen(name));
    buf_hex(call->reply, suffix, strlen(suffix));
}

/* The symbol that gdb's answer is for. */
static bool find_symbol(struct session *session, const struct packet_arg *text, size_t *index,
                        bool *suffixed)
{
    const char *name;

    for (*index = 0; (name = session_symbol(session, *index)); ++*index) {
        size_t length = strlen(name);

        if (text->length < length || memcmp(text->data, name, length) != 0)
            continue;
        *suffixed = text->length > length;
        if (!*suffixed || (text->length == length + strlen(LTO_SUFFIX) &&
                           memcmp(text->data + length, LTO_SUFFIX, strlen(LTO_SUFFIX)) == 0))
            return true;
    }
    return false;
}

/* Empty: gdb does not know it. Beyond 32 bits it is none of a Cortex-M. */
static bool take_address(const struct packet_arg *digits, uint32_t *address)
{
    uint64_t value = 0;

    for (size_t i = 0; i < digits->length; i++) {
        int digit = rsp_hex_digit(digits->data[i]);

        if (digit < 0 || value >> 32)
            return false;
        value = value << 4 | (unsigned)digit;
    }
    *address = (uint32_t)value;
    return digits->length > 0 && value <= UINT32_MAX;
}

/* gdb offers them, is asked for one after the other, and the exchange ends when it is asked for no
 * more. */
enum err packet_symbol(struct packet_call *call)
{
    struct session *session = call->session;
    const struct packet_arg *name = &call->args.item[1];
    uint32_t address = 0;
    bool known = take_address(&call->args.item[0], &address), suffixed = false;
    size_t index;

    if (name->length == 0) {
        session_forget_symbols(session);
        index = 0;
    } else {
        if (!find_symbol(session, name, &index, &suffixed))
            return packet_ok(call);
        if (!known && !suffixed) {
            ask(call, session_symbol(session, index), LTO_SUFFIX);
            return ERR_OK;
        }
        if (known)
            session_set_symbol(session, index, address);
        index++;
    }
    if (!session_symbol(session, index))
        return packet_ok(call);
    ask(call, session_symbol(session, index), "");
    return ERR_OK;
}

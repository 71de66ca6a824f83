/* SPDX-License-Identifier: MIT */
/* Who shares a session, who of them holds run control, and how they are told what happens. */
#include "session/client.h"

#include "session/session.h"

enum { EVENTS_AT_ONCE = 6 };

/* --- what it is like --- */

unsigned session_select_core(struct session *session, unsigned core)
{
    unsigned before = (unsigned)(session->core - session->cores);

    session->core = &session->cores[core];
    if (session->target)
        target_select_core(session->target, core);
    return before;
}

bool session_connected(const struct session *session)
{
    return session->target && !session->probe_gone &&
           target_state(session->target) != TARGET_ABSENT;
}

const char *session_state_name(const struct session *session)
{
    static const char *const names[] = {
        [TARGET_ABSENT] = "absent",
        [TARGET_RUNNING] = "running",
        [TARGET_HALTED] = "halted",
        [TARGET_IN_RESET] = "held in reset",
    };

    if (!session_connected(session))
        return names[TARGET_ABSENT];
    return target_locked_up(session->target) ? "locked up" : names[target_state(session->target)];
}

const struct target_stop *session_stop(const struct session *session)
{
    static const struct target_stop none;

    return session->target ? target_last_stop(session->target) : &none;
}

bool session_stop_explains(const struct target_stop *stop)
{
    return stop->text[0] && (stop->reason == STOP_FAULT || stop->reason == STOP_BKPT ||
                             stop->reason == STOP_EXTERNAL);
}

enum err session_require(const struct session *session, struct job *job)
{
    if (session_connected(session))
        return ERR_OK;
    return job_fail(job, ERR_NOT_CONNECTED, "%s", session->core->why_absent);
}

void session_end_text(struct session *session)
{
    if (session_connected(session) && target_state(session->target) == TARGET_HALTED)
        target_end_text(session->target);
}

bool session_nested(const struct session *session)
{
    return session->outer && session->current != session->outer;
}

/* --- who is there --- */

struct client *session_client_open(struct session *session, unsigned core,
                                   const struct client_ops *ops, void *user)
{
    for (unsigned i = 0; i < SESSION_CLIENTS; i++) {
        struct client *client = &session->clients[i];

        if (client->open)
            continue;
        *client = (struct client){.core = core, .id = i, .open = true, .ops = ops, .user = user};
        return client;
    }
    return NULL;
}

unsigned session_lost_clients(const struct session *session)
{
    unsigned lost = 0;

    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        lost += session->clients[i].open && session->clients[i].lost ? 1 : 0;
    return lost;
}

void session_join(struct session *session, struct client *client)
{
    client->ended = client->lost = client->killed = false;
    if (!client->joined)
        client->joined = ++session->next_joined;
}

void session_part(struct client *client)
{
    client->ended = true;
    client->joined = 0;
}

/* It debugs the selected core. */
static bool is_here(const struct session *session, const struct client *client)
{
    return client->open && &session->cores[client->core] == session->core;
}

const struct client *session_holder(const struct session *session)
{
    const struct client *holder = NULL;

    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        const struct client *client = &session->clients[i];

        if (is_here(session, client) && client->joined &&
            (!holder || client->joined < holder->joined))
            holder = client;
    }
    return holder;
}

bool session_holds(const struct session *session, const struct client *client)
{
    const struct client *holder = session_holder(session);

    return !holder || holder == client;
}

static bool anyone_waits(const struct session *session)
{
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        if (is_here(session, &session->clients[i]) && session->clients[i].waiting &&
            !session->clients[i].asked)
            return true;
    return false;
}

bool session_wants_poll(const struct session *session)
{
    return session_connected(session) && target_state(session->target) != TARGET_HALTED &&
           anyone_waits(session);
}

bool session_wants_any_poll(struct session *session)
{
    unsigned core = session_select_core(session, 0);
    bool wants = session_wants_poll(session);

    for (unsigned i = 1; i < TARGET_CORES_MAX && !wants; i++) {
        session_select_core(session, i);
        wants = session_wants_poll(session);
    }
    session_select_core(session, core);
    return wants;
}

/* --- what they are told --- */

/* gdb takes its breakpoints for gone with the program: it will not clear them. */
void session_tell_end(struct session *session, struct client *client)
{
    unsigned core = session_select_core(session, client->core);

    session_part(client);
    if (session->target)
        target_breakpoints_drop_owner(session->target, client->id);
    session_select_core(session, core);
}

/* What was held is gone: the first to ask for what comes back holds that. */
static void tell_loss(struct session *session)
{
    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        struct client *client = &session->clients[i];

        if (!is_here(session, client))
            continue;
        client->lost = client->joined || client->lost;
        client->joined = 0;
        client->asked = false;
        if (!client->waiting)
            continue;
        client->waiting = false;
        session_tell_end(session, client);
        client->ops->lost(client, session);
    }
}

static void tell_stop(struct session *session)
{
    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        struct client *client = &session->clients[i];

        if (!is_here(session, client) || !client->waiting || client->asked)
            continue;
        client->waiting = false;
        if (session_stop(session)->reason == STOP_EXIT)
            session_tell_end(session, client);
        session->core->unreported = false;
        client->ops->stopped(client, session);
    }
}

/* In the order they are told in. Returns how many. */
static size_t look(const struct session *session, struct session_told *told,
                   enum session_event events[EVENTS_AT_ONCE])
{
    struct session_told before = *told;
    size_t count = 0;

    told->connected = session_connected(session);
    told->halted = told->connected && target_state(session->target) == TARGET_HALTED;
    told->resets = session->resets;
    told->loops = session->loop.told;
    if (before.connected && !told->connected)
        events[count++] = EVENT_LOST;
    if (!before.connected && told->connected)
        events[count++] = EVENT_FOUND;
    if (before.resets != told->resets)
        events[count++] = EVENT_RESET;
    if (!before.loops && told->loops)
        events[count++] = EVENT_LOOP;
    if (before.connected && told->connected && before.halted && !told->halted)
        events[count++] = EVENT_RUNNING;
    if (!before.halted && told->halted)
        events[count++] = EVENT_HALTED;
    return count;
}

static void tell_events(struct session *session)
{
    struct client *consoles = &session->consoles;
    enum session_event events[EVENTS_AT_ONCE];
    size_t count = look(session, &session->told, events);

    for (size_t i = 0; i < count && session->watchers > 0 && consoles->ops; i++)
        consoles->ops->event(consoles, session, events[i]);
}

static void tell_clients(struct session *session)
{
    if (session->core->was_connected && !session_connected(session)) {
        session->core->was_connected = false;
        session->core->stop_regs_valid = 0;
        tell_loss(session);
    }
    if (session_connected(session) && target_state(session->target) == TARGET_HALTED)
        tell_stop(session);
}

/* The consoles look at the first core. */
void session_tell(struct session *session)
{
    unsigned core = session_select_core(session, 0);

    for (unsigned i = TARGET_CORES_MAX; i-- > 0;) {
        session_select_core(session, i);
        tell_clients(session);
    }
    tell_events(session);
    session_select_core(session, core);
}

/* --- a job's text --- */

static void tell_consoles(struct session *session, const char *text, size_t length)
{
    struct client *consoles = &session->consoles;

    if (session->watchers > 0 && consoles->ops && consoles->ops->text)
        consoles->ops->text(consoles, session, text, length);
}

void client_text_to_waiting(struct session *session, const char *text, size_t length)
{
    bool told = false;

    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        struct client *client = &session->clients[i];

        if (is_here(session, client) && client->waiting)
            client->ops->text(client, session, text, length);
        told |= is_here(session, client) && client->waiting;
    }
    if (!told || session->rtt_shown)
        tell_consoles(session, text, length);
}

static void to_clients(void *user, const char *bytes, size_t length)
{
    const struct client_text *text = user;

    if (text->client)
        text->client->ops->text(text->client, text->session, bytes, length);
    else
        client_text_to_waiting(text->session, bytes, length);
}

void client_text_begin(struct client_text *text, struct job *job, struct session *session,
                       struct client *client)
{
    *text = (struct client_text){
        .job = job, .session = session, .client = client, .output = job->output, .user = job->user};
    job->output = to_clients;
    job->user = text;
}

void client_text_end(struct client_text *text)
{
    session_end_text(text->session);
    text->job->output = text->output;
    text->job->user = text->user;
}

/* SPDX-License-Identifier: MIT */
#include "session/threads.h"

static const struct rtos_thread core_alone = {.id = RTOS_CORE, .name = "core"};

struct rtos *session_rtos(struct session *session)
{
    struct session_core *core = session->core;

    if (!core->rtos) {
        core->rtos = rtos_create();
        if (core->rtos && session->options.rtos)
            rtos_choose(core->rtos, session->options.rtos);
    }
    return core->rtos;
}

/* Without a kernel this costs nothing. */
static void look(const struct session *session)
{
    struct rtos *rtos = session->core->rtos;
    struct job unheard, *before;

    if (!rtos || !session_connected(session) || session_nested(session))
        return;
    job_init(&unheard, NULL);
    before = target_set_job(session->target, &unheard);
    rtos_look(rtos, session->target);
    target_set_job(session->target, before);
    const char *warning = rtos_take_warning(rtos);
    if (warning)
        log_line(session->log, LOG_WARN, "%s", warning);
}

const struct rtos_thread *session_thread(const struct session *session, size_t index)
{
    look(session);
    const struct rtos *rtos = session->core->rtos;
    if (rtos && rtos_thread(rtos, 0))
        return rtos_thread(rtos, index);
    return index == 0 ? &core_alone : NULL;
}

const struct rtos_thread *session_find_thread(const struct session *session, uint32_t id)
{
    const struct rtos_thread *thread;

    for (size_t i = 0; (thread = session_thread(session, i)); i++)
        if (thread->id == id)
            return thread;
    return NULL;
}

uint32_t session_running_thread(const struct session *session)
{
    return session_thread(session, 0)->id;
}

/* Where there are no threads (any more: gdb is not told of a reset by hand) each id means the core.
 */
static bool runs(const struct session *session, uint32_t id)
{
    const struct rtos_thread *first = id ? session_thread(session, 0) : NULL;

    return !first || id == first->id || (!first->handle && !session_thread(session, 1));
}

enum err session_thread_register(const struct session *session, struct job *job, uint32_t id,
                                 size_t index, uint64_t *value)
{
    if (runs(session, id))
        return session_register(session, job, index, value);
    return rtos_read_register(session->core->rtos, session->target, id, index, value);
}

enum err session_set_thread_register(const struct session *session, struct job *job, uint32_t id,
                                     size_t index, uint64_t value)
{
    (void)job;
    if (runs(session, id))
        return target_write_register(session->target, index, value);
    return rtos_write_register(session->core->rtos, session->target, id, index, value);
}

enum err session_threads_ahead(const struct session *session, uint32_t address)
{
    struct rtos *rtos = session->core->rtos;

    if (!rtos || !session_connected(session) || session_nested(session))
        return ERR_OK;
    return rtos_read_ahead(rtos, session->target, address);
}

enum err session_run_thread(struct session *session, struct job *job, uint32_t id,
                            struct target_stop *stop, bool *there)
{
    struct job *before = session_enter(session, job);
    enum err err = session_prepare_run(session, job);

    if (!err)
        err = rtos_run_thread(session->core->rtos, session->target, id, stop, there);
    session_leave(session, before);
    return err;
}

/* SPDX-License-Identifier: MIT */
/* The threads of the program on the session's selected core (rtos/rtos.h): looked at when somebody
 * asks, told of what is wrong with them once. Worker thread. */
#ifndef PROBED_THREADS_H
#define PROBED_THREADS_H

#include "rtos/rtos.h"
#include "session/session.h"

/* Before its options or symbols are set. NULL without memory. */
struct rtos *session_rtos(struct session *session);

/* The first is the one that runs; NULL behind the last. Of a core that runs, or works for a longer
 * job, as they were; one thread at least. What cannot be read is no failure of anybody's job. */
const struct rtos_thread *session_thread(const struct session *session, size_t index);
const struct rtos_thread *session_find_thread(const struct session *session, uint32_t id);
uint32_t session_running_thread(const struct session *session);

/* Registers of any thread; `id` 0, or without threads any: of what runs. As session_register();
 * ERR_NOT_HALTED if the kernel did not keep it. */
enum err session_thread_register(const struct session *session, struct job *job, uint32_t id,
                                 size_t index, uint64_t *value);
enum err session_set_thread_register(const struct session *session, struct job *job, uint32_t id,
                                     size_t index, uint64_t value);

/* The program runs until this thread does (rtos_run_thread()). */
enum err session_run_thread(struct session *session, struct job *job, uint32_t id,
                            struct target_stop *stop, bool *there);
/* Memory is about to be read for a client (rtos_read_ahead()). */
enum err session_threads_ahead(const struct session *session, uint32_t address);

#endif

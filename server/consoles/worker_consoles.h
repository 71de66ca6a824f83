/* SPDX-License-Identifier: MIT */
/* What the worker does for consoles: runs their commands, tells them the events. Worker thread. */
#ifndef PROBED_WORKER_CONSOLES_H
#define PROBED_WORKER_CONSOLES_H

#include "session/events.h"
#include "session/mailbox.h"
#include "session/worker.h"

/* Runs a COMMAND. A console's gets its text as OUTPUT messages meanwhile; one without session has
 * an output of its own. */
void worker_run_command(struct session *session, struct mailbox *answers, struct message *message);
/* Sends EVENT if somebody watches. `cause`: the session whose message was run, NULL for none. */
void worker_tell_events(struct session *session, struct event_state *state, struct mailbox *answers,
                        void *cause);
/* Whether the target, halted, is still there: nobody would notice. A loss is as session_poll()'s.
 */
void worker_check_presence(struct session *session, struct job *job);

#endif

/* SPDX-License-Identifier: MIT */
/* What the worker does for shells: runs their commands, tells them the news. Worker thread. */
#ifndef PROBED_WORKER_SHELLS_H
#define PROBED_WORKER_SHELLS_H

#include "session/events.h"
#include "session/mailbox.h"
#include "session/worker.h"

/* Runs a COMMAND. A shell's gets its text as OUTPUT messages meanwhile; one without session has an
 * output of its own. */
void worker_run_command(struct unit *unit, struct mailbox *answers, struct message *message);
/* Sends NEWS if somebody watches. `cause`: the session whose message was run, NULL for none. */
void worker_tell_news(struct unit *unit, struct news_state *state, struct mailbox *answers,
                      void *cause);
/* Whether the target, halted, is still there: nobody would notice. A loss is as unit_poll()'s. */
void worker_check_presence(struct unit *unit, struct job *job);

#endif

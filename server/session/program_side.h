/* SPDX-License-Identifier: MIT */
/* What the program on the chip is given by this machine: files, a command line, what is typed for
 * it. Worker thread. */
#ifndef PROBED_PROGRAM_SIDE_H
#define PROBED_PROGRAM_SIDE_H

#include "session/session.h"

/* A new target gets what the session has for its program. */
void program_side_equip(struct session *session);
/* Its words from now on; cut to what fits. */
void program_side_set_command_line(struct session *session, const char *text);
/* What is typed for it from now on; NULL: nobody types. */
void program_side_set_input(struct session *session, semihosting_input *input, void *user);
/* The program gets the files of the machine where the client's user is (client_ops.ask), until it
 * leaves; nobody else's meanwhile. NULL: no more. */
void program_side_lend(struct session *session, struct client *lender);
/* It will not answer what it was asked: the program asks anew once it goes on. */
void program_side_void(struct session *session, struct client *client);
/* The client goes, or does not debug any more. */
void program_side_leave(struct session *session, struct client *client);

#endif

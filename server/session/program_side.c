/* SPDX-License-Identifier: MIT */
#include "session/program_side.h"

#include <stdio.h>

#include "semihosting/directory.h"

void program_side_set_input(struct session *session, semihosting_input *input, void *user)
{
    session->input = input;
    session->input_user = user;
    if (session->target)
        target_set_input(session->target, input, user);
}

/* Only for the core that it debugs. */
static bool ask(void *user, const struct semihosting_question *question)
{
    struct session *session = user;
    struct client *lender = session->lender;
    bool here = target_selected_core(session->target) == lender->core;

    if (lender->asked || !here || !lender->ops->ask(lender, question))
        return false;
    lender->asked = true;
    return true;
}

static void set_remote(struct session *session)
{
    if (session->target)
        target_set_remote_files(session->target, session->lender ? ask : NULL, session);
}

void program_side_lend(struct session *session, struct client *lender)
{
    if (session->lender)
        session->lender->asked = false;
    session->lender = lender;
    set_remote(session);
}

void program_side_void(struct session *session, struct client *client)
{
    if (client->asked && session->target)
        target_ask_again(session->target);
    client->asked = false;
}

void program_side_leave(struct session *session, struct client *client)
{
    if (session->lender == client)
        program_side_lend(session, NULL);
}

void program_side_equip(struct session *session)
{
    const struct session_options *options = &session->options;

    target_set_command_line(session->target, session->command_line);
    target_set_input(session->target, session->input, session->input_user);
    if (options->files)
        target_set_files(session->target, &directory_files, options->files);
    set_remote(session);
}

void program_side_set_command_line(struct session *session, const char *text)
{
    snprintf(session->command_line, sizeof session->command_line, "%s", text);
    if (session->target)
        target_set_command_line(session->target, text);
}

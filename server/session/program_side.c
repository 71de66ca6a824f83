/* SPDX-License-Identifier: MIT */
#include "session/program_side.h"

#include <stdio.h>

#include "semihosting/directory.h"

void program_side_equip(struct session *session)
{
    const struct session_options *options = &session->options;

    target_set_command_line(session->target, session->command_line);
    if (options->files)
        target_set_files(session->target, &directory_files, options->files);
}

void program_side_set_command_line(struct session *session, const char *text)
{
    snprintf(session->command_line, sizeof session->command_line, "%s", text);
    if (session->target)
        target_set_command_line(session->target, text);
}

/* SPDX-License-Identifier: MIT */
#include "cli/doctor.h"

bool doctor_view_opening(const struct cli *cli, enum err err, struct examination *examination)
{
    const struct probe_info *info = &cli->session.info;
    struct verdict verdict;

    if (cli->misused || !doctor_judge_opening(err, job_text(&cli->job, err), &verdict))
        return false;
    *examination = (struct examination){.measured = {.probe = *info}};
    struct doctor_view *view = &examination->view;
    view->verdicts[view->count++] = verdict;
    if (!info->driver)
        return true;
    struct doctor_line *line = &view->lines[view->line_count++];
    line->name = "probe";
    snprintf(line->value, sizeof line->value, "%s%s%s", info->product,
             info->firmware[0] ? ", firmware " : "", info->firmware);
    return true;
}

/* SPDX-License-Identifier: MIT */
/* probed doctor --report: the screen as a text to paste. What others wrote into its sentences (a
 * probe, a library, the system) may name what is nobody's business. */
#include <stdlib.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/scrub.h"

static void collect(const struct cli *cli, const struct probe_info *probe, struct scrub *scrub)
{
    const struct options *options = &cli->options;

    scrub_init(scrub);
    scrub_add(scrub, probe->serial, "[serial]");
    scrub_add(scrub, probe->place, "[place]");
    scrub_add(scrub, cli->svg, "[path]");
    scrub_add(scrub, options->wire_log, "[path]");
    for (size_t i = 0; i < options->probe_count; i++)
        scrub_add(scrub, options->probes[i], "[probe]");
}

static void clean(const struct scrub *scrub, char *text, size_t size)
{
    char copy[512];

    snprintf(copy, sizeof copy, "%s", text);
    scrub_copy(scrub, copy, text, size);
}

/* Sentences with values; what is constant in our tables tells nothing. */
static void clean_view(const struct scrub *scrub, struct doctor_view *view)
{
    for (size_t i = 0; i < view->line_count; i++) {
        struct doctor_line *line = &view->lines[i];

        clean(scrub, line->value, sizeof line->value);
        clean(scrub, line->meaning, sizeof line->meaning);
    }
    for (size_t i = 0; i < view->count; i++)
        clean(scrub, view->verdicts[i].text, sizeof view->verdicts[i].text);
}

void doctor_report(const struct cli *cli, const struct examination *examination, FILE *out)
{
    struct doctor_view view = examination->view;
    const struct doctor_picture picture = {&examination->measured, &view, cli->board};
    struct scrub scrub;

    collect(cli, &examination->measured.probe, &scrub);
    clean_view(&scrub, &view);
    fputs("probed " PROBED_VERSION ": doctor\n\n", out);
    doctor_view_print(&view, false, out);
    doctor_picture_print(&picture, false, false, out);
}

/* SPDX-License-Identifier: MIT */
#include "doctor/doctor_view.h"

#include <string.h>

#include "base/wrapped.h"

enum { VALUE_COLUMN = 16, CAUSE_COLUMN = 5, TEXT = 480 };

/* Green for what is well, yellow for what is to be mended. */
#define BOLD "\033[1m"
#define WELL "\033[1;32m"
#define UNWELL "\033[1;33m"
#define PLAIN "\033[0m"

struct page {
    bool colour;
    FILE *out;
};

void doctor_view_take(struct doctor_view *view, const struct measurements *measured)
{
    *view = (struct doctor_view){0};
    view->line_count = doctor_lines(measured, view->lines, DOCTOR_LINES_MAX);
    view->count = doctor_judge(measured, view->verdicts);
    doctor_wires(measured, view->verdicts, view->count, view->wires);
}

bool doctor_view_healthy(const struct doctor_view *view)
{
    return view->count > 0 && view->verdicts[0].class == VERDICT_HEALTHY;
}

static void put(const struct page *page, const char *colour, const char *text)
{
    fprintf(page->out, "%s%s%s", page->colour ? colour : "", text, page->colour ? PLAIN : "");
}

/* --- measurements --- */

static void put_line(const struct page *page, const struct doctor_line *line)
{
    bool meant = line->meaning[0], sure = line->sure == VERDICT_CERTAIN;
    char text[TEXT];

    snprintf(text, sizeof text, "%s%s%s%s%s%s", line->value, meant ? ": " : "", line->meaning,
             sure ? "" : " (", sure ? "" : verdict_sure_word(line->sure), sure ? "" : ")");
    fprintf(page->out, "  %-*s", VALUE_COLUMN - 2, line->name);
    wrapped_put(page->out, VALUE_COLUMN, VALUE_COLUMN, text);
}

/* --- verdicts --- */

static void put_cause(const struct page *page, size_t number, const struct cause *cause)
{
    fprintf(page->out, "  %zu. ", number);
    wrapped_put(page->out, CAUSE_COLUMN, CAUSE_COLUMN, cause->what);
    fprintf(page->out, "%*s", CAUSE_COLUMN, "");
    put(page, BOLD, "try: ");
    wrapped_put(page->out, CAUSE_COLUMN + 5, CAUSE_COLUMN + 5, cause->next);
}

static const char *colour_of(const struct verdict *verdict)
{
    return verdict->class == VERDICT_HEALTHY   ? WELL
           : verdict_is_remark(verdict->class) ? BOLD
                                               : UNWELL;
}

static void put_verdict(const struct page *page, const struct verdict *verdict)
{
    char head[80];

    int column = snprintf(head, sizeof head, "%s (%s): ", verdict_word(verdict->class),
                          verdict_sure_word(verdict->sure));
    put(page, colour_of(verdict), head);
    wrapped_put(page->out, column, 2, verdict->text);
    for (size_t i = 0; i < verdict->count; i++)
        put_cause(page, i + 1, verdict->causes[i]);
    if (!verdict->split)
        return;
    fputs("  which of them: ", page->out);
    wrapped_put(page->out, 17, CAUSE_COLUMN, verdict->split);
}

void doctor_view_print(const struct doctor_view *view, bool colour, FILE *out)
{
    const struct page page = {colour, out};

    for (size_t i = 0; i < view->line_count; i++)
        put_line(&page, &view->lines[i]);
    for (size_t i = 0; i < view->count; i++) {
        fputs(i || view->line_count ? "\n" : "", out);
        put_verdict(&page, &view->verdicts[i]);
    }
}

/* SPDX-License-Identifier: MIT */
#include "cli/display.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/visible.h"
#include "base/wrapped.h"

enum { REWRITE_US = 100000, BAR = 24 };

void display_init(struct display *display, FILE *out)
{
    const char *term = getenv("TERM");

    *display = (struct display){
        .out = out, .terminal = isatty(fileno(out)) && term && strcmp(term, "dumb") != 0};
}

const char *display_size(char text[DISPLAY_SIZE], uint64_t bytes)
{
    const char *unit = bytes < 1024 * 1024 ? "KiB" : "MiB";
    uint64_t one = bytes < 1024 * 1024 ? 1024 : 1024 * 1024;

    if (bytes < 1024)
        snprintf(text, DISPLAY_SIZE, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
    else if (bytes % one == 0)
        snprintf(text, DISPLAY_SIZE, "%" PRIu64 " %s", bytes / one, unit);
    else
        snprintf(text, DISPLAY_SIZE, "%" PRIu64 ".%" PRIu64 " %s", bytes / one,
                 bytes % one * 10 / one, unit);
    return text;
}

/* --- progress --- */

static void show_line(struct display *display, const char *text)
{
    int length = (int)strlen(text);

    /* Blanks over what is left of a longer line before: every terminal can do that. */
    fprintf(display->out, "\r%s%*s", text, display->width > length ? display->width - length : 0,
            "");
    fflush(display->out);
    display->width = length;
}

static void describe(char *text, size_t size, uint64_t done, uint64_t total)
{
    char part[DISPLAY_SIZE], whole[DISPLAY_SIZE];

    if (total)
        snprintf(text, size, "%3u %%, %s of %s", (unsigned)(100 * done / total),
                 display_size(part, done), display_size(whole, total));
    else
        snprintf(text, size, "%s", display_size(part, done));
}

static void rewrite(struct display *display, const char *what, uint64_t done, uint64_t total)
{
    char text[64], line[128];
    int filled = total ? (int)(BAR * done / total) : 0;
    uint64_t now = clock_now_us(clock_real());

    if (now < display->next_us && display->what == what && (!total || done < total))
        return;
    display->next_us = now + REWRITE_US;
    describe(text, sizeof text, done, total);
    if (total)
        snprintf(line, sizeof line, "%-11s [%.*s%*s] %s", what, filled, "########################",
                 BAR - filled, "", text);
    else
        snprintf(line, sizeof line, "%-11s %s", what, text);
    show_line(display, line);
}

/* A log file wants to see that it goes on, not every step. */
static void tell_quarters(struct display *display, const char *what, uint64_t done, uint64_t total)
{
    unsigned quarter = total ? (unsigned)(4 * done / total) : 0;
    char text[64];

    if (display->what == what && quarter <= display->quarter)
        return;
    display->quarter = quarter;
    if (quarter == 0 && total)
        return;
    describe(text, sizeof text, done, total);
    fprintf(display->out, "%s: %s\n", what, text + strspn(text, " "));
    fflush(display->out);
}

void display_progress(struct display *display, const char *what, uint64_t done, uint64_t total)
{
    if (total && done > total)
        done = total;
    if (display->quiet)
        return;
    if (display->terminal)
        rewrite(display, what, done, total);
    else
        tell_quarters(display, what, done, total);
    display->what = what;
}

void display_doing(struct display *display, const char *what)
{
    char line[DISPLAY_WIDTH + 1];

    if (!display->terminal || display->quiet)
        return;
    snprintf(line, sizeof line, "%s ..", what);
    show_line(display, line);
}

void display_clear(struct display *display)
{
    if (display->width > 0)
        fprintf(display->out, "\r%*s\r", display->width, "");
    display->width = 0;
    display->what = NULL;
}

/* --- lines --- */

void display_say(struct display *display, const char *format, ...)
{
    char text[512], shown[sizeof text];
    va_list args;

    if (display->quiet)
        return;
    display_clear(display);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    visible_copy(VISIBLE_LINE, text, strlen(text), shown, sizeof shown);
    fprintf(display->out, "%s\n", shown);
    fflush(display->out);
}

void display_error(struct display *display, const char *text, const char *hint)
{
    display_clear(display);
    log_say(display->out, "probed", LOG_ERROR, text);
    if (!hint)
        return;
    fputs("  try: ", display->out);
    wrapped_put(display->out, 7, 7, hint);
    fflush(display->out);
}

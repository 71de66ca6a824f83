/* SPDX-License-Identifier: MIT */
/* Words by what the help calls them: a small letter is to be typed, a capital one is a kind. */
#include <string.h>

#include "base/job.h"
#include "cli/complete.h"
#include "probe/probe.h"

enum { CANDIDATE = 256, HELP_WIDTH = 60 };

/* As much of a help's text as a list of candidates has room for. */
static int first_sentence(const char *help)
{
    size_t length = strcspn(help, ";(\n");
    const char *colon = strstr(help, ": ");

    if (colon && (size_t)(colon - help) < length)
        length = (size_t)(colon - help);
    while (length > HELP_WIDTH) {
        size_t shorter = length - 1;

        while (shorter > 0 && help[shorter] != ' ')
            shorter--;
        length = shorter;
    }
    while (length > 0 && strchr(" ,", help[length - 1]))
        length--;
    return (int)length;
}

void complete_offer(const struct typed *typed, const char *text, const char *help)
{
    const char *value = typed->word + typed->kept;

    if (strncmp(text, value, strlen(value)) == 0)
        fprintf(typed->out, "%.*s%s\t%.*s\n", (int)typed->kept, typed->word, text,
                first_sentence(help), help);
}

/* --- boards --- */

/* `before` is what stands in front of a board's name: "" or "sim:". */
static void offer_boards(const struct typed *typed, const char *before)
{
    char text[CANDIDATE];
    const char *name;

    for (size_t i = 0; (name = probe_sim_board(i)) != NULL; i++) {
        snprintf(text, sizeof text, "%s%s", before, name);
        complete_offer(typed, text, "simulated");
    }
}

/* Behind the last comma. */
static void offer_faults(const struct typed *typed)
{
    const char *value = typed->word + typed->kept, *comma = strrchr(value, ',');
    int length = (int)(comma - value) + 1;
    char text[CANDIDATE];
    const char *name, *after;

    for (size_t i = 0; probe_sim_fault(i, &name, &after); i++) {
        snprintf(text, sizeof text, "%.*s%s%s", length, value, name, after[0] == '=' ? "=" : "");
        complete_offer(typed, text, "a fault");
    }
}

static void offer_simulated(const struct typed *typed, const char *before)
{
    if (strchr(typed->word + typed->kept, ','))
        offer_faults(typed);
    else
        offer_boards(typed, before);
}

/* --- probes --- */

static void offer_plugged(const struct typed *typed)
{
    struct probe_list list;
    struct job job;

    job_init(&job, NULL);
    if (probe_scan(&list, &job) == ERR_OK)
        for (size_t i = 0; i < list.count; i++) {
            const struct probe_info *info = &list.items[i];

            complete_offer(typed, info->serial[0] ? info->serial : info->place, info->product);
        }
    probe_list_free(&list);
}

static void offer_probes(const struct typed *typed)
{
    if (strncmp(typed->word + typed->kept, "sim:", 4) == 0) {
        offer_simulated(typed, "sim:");
        return;
    }
    offer_plugged(typed);
    complete_offer(typed, "sim:", "a simulated board");
    complete_offer(typed, "replay:", "a wire log, played back");
}

/* --- by name --- */

static bool is_to_be_typed(const char *piece)
{
    return piece[0] && piece[strspn(piece, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

static bool begins(const char *piece, const char *kind)
{
    return strncmp(piece, kind, strlen(kind)) == 0;
}

static void offer_piece(const struct typed *typed, char *piece)
{
    static const char *const files[] = {"FILE", "DIR", "DEVICE", "GDB"};
    char *colon = strchr(piece, ':');

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (begins(piece, files[i]))
            fputs(":files\n", typed->out);
    if (begins(piece, "BOARD"))
        offer_simulated(typed, "");
    else if (begins(piece, "SELECTOR"))
        offer_probes(typed);
    else if (strcmp(piece, "ST-LINK_gdbserver") == 0 || is_to_be_typed(piece))
        complete_offer(typed, piece, "");
    if (!colon)
        return;
    colon[0] = '\0'; /* "unix:PATH": the word in front of it, if that is one */
    if (is_to_be_typed(piece)) {
        colon[0] = ':', colon[1] = '\0';
        complete_offer(typed, piece, "");
    }
}

void complete_value(const struct typed *typed, const char *called)
{
    char piece[CANDIDATE];

    while (*called) {
        size_t used = 0, length = strcspn(called, "| ");

        for (size_t i = 0; i < length && used + 1 < sizeof piece; i++)
            if (!strchr("[]", called[i]))
                piece[used++] = called[i];
        piece[used] = '\0';
        offer_piece(typed, piece);
        called += length + (called[length] != '\0');
    }
}

/* SPDX-License-Identifier: MIT */
#include "probe/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool record_open(struct record *record, const char *path)
{
    *record = (struct record){.file = fopen(path, "re")};
    return record->file != NULL;
}

void record_finish(struct record *record)
{
    fclose(record->file);
    free(record->line);
    free(record->broken);
}

/* --- lines --- */

/* "# probed wire log 1: DRIVER, PRODUCT". */
static void take_title(struct record *record)
{
    const char *comma = strchr(record->line, ',');

    if (strncmp(record->line, "# probed wire log", 17) == 0 && comma)
        snprintf(record->product, sizeof record->product, "%.*s", (int)strcspn(comma + 1, "\r\n"),
                 comma[1] == ' ' ? comma + 2 : comma + 1);
}

/* What is no question: it says how the next ones come about. */
static void take_note(struct record *record, const char *note)
{
    char kind[16] = "";
    unsigned khz;

    if (strncmp(note, "flush", 5) == 0) {
        record->begins = record->tells_flushes = true;
    } else if (strncmp(note, "broken ", 7) == 0) {
        free(record->broken);
        record->broken = strdup(note + 7);
    } else if (sscanf(note, "dhcsr %8" SCNx32, &record->dhcsr) == 1) {
        return;
    } else if (sscanf(note, "swclk %9u %15s", &khz, kind) == 2) {
        record->now_khz = khz;
        record->one_speed = strcmp(kind, "fixed") == 0;
    }
}

static bool is_operation(const char *request)
{
    static const char *const calls[] = {"connect", "disconnect", "speed", "nrst", "vtref"};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strncmp(request, calls[i], strlen(calls[i])) == 0)
            return false;
    return true;
}

/* Splits "virtual real request -> answer". False: a comment, a note, a DAP access. */
static bool take_line(struct record *record)
{
    uint64_t at, real;
    int used = 0;

    if (sscanf(record->line, "%" SCNu64 " %" SCNu64 " %n", &at, &real, &used) < 2 || used == 0) {
        take_title(record);
        return false;
    }
    if (at > record->now_us)
        record->now_us = at;
    record->request = record->line + used;
    char *arrow = strstr(record->request, " -> ");
    if (!arrow) {
        take_note(record, record->request);
        return false;
    }
    record->answer = arrow + 4;
    *arrow = '\0';
    record->answer[strcspn(record->answer, "\r\n")] = '\0';
    record->begins |= !is_operation(record->request);
    return true;
}

bool record_next(struct record *record)
{
    record->begins = false;
    record->dhcsr = 0;
    record->now_khz = 0;
    free(record->broken);
    record->broken = NULL;
    do {
        if (getline(&record->line, &record->line_size, record->file) < 0)
            return false;
        record->number++;
    } while (!take_line(record));
    return true;
}

bool record_now(struct record *record)
{
    struct record_place start = record_tell(record);
    uint64_t at, real;
    char kind[8] = "";

    if (getline(&record->line, &record->line_size, record->file) >= 0 &&
        sscanf(record->line, "%" SCNu64 " %" SCNu64 " %7s", &at, &real, kind) == 3 &&
        strcmp(kind, "now") == 0) {
        record->number++;
        if (at > record->now_us)
            record->now_us = at;
        return true;
    }
    record_seek(record, start);
    return false;
}

/* --- places --- */

struct record_place record_tell(const struct record *record)
{
    return (struct record_place){ftell(record->file), record->number, record->now_us};
}

void record_seek(struct record *record, struct record_place place)
{
    fseek(record->file, place.offset, SEEK_SET);
    record->number = place.number;
    record->now_us = place.now_us;
}

bool record_flush_is_longer(struct record *record, size_t count)
{
    struct record_place start = record_tell(record);
    bool more = true;

    for (size_t i = 0; i <= count && more; i++)
        more = record_next(record) && (i == 0 || !record->begins);
    record_seek(record, start);
    return more && record->tells_flushes;
}

/* The question at the beginning of `questions`; what is behind it, or NULL: it is another. */
static const char *match(const struct record *record, const char *questions)
{
    size_t length = strlen(record->request);

    if (strncmp(questions, record->request, length) != 0 || questions[length] != '\n')
        return NULL;
    return questions + length + 1;
}

bool record_skip(struct record *record, const char *questions)
{
    struct record_place start = record_tell(record), behind = start;
    const char *left = questions;
    bool more = record_next(record);

    while (more && left && *left) {
        left = match(record, left);
        behind = record_tell(record);
        more = record_next(record);
    }
    bool skipped = left && !*left && (!more || record->begins);
    record_seek(record, skipped ? behind : start);
    return skipped;
}

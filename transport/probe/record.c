/* SPDX-License-Identifier: MIT */
#include "probe/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TITLE "# probed wire log "

/* Of a line that may be endless. */
static const char *doubt_title(FILE *file)
{
    char head[sizeof TITLE + 2] = "";

    if (!fgets(head, sizeof head, file) || strncmp(head, TITLE, strlen(TITLE)) != 0)
        return "it does not begin as a wire log does";
    if (strcmp(head + strlen(TITLE), "1:") != 0)
        return "it is a wire log of another version of probed";
    rewind(file);
    return NULL;
}

const char *record_open(struct record *record, const char *path)
{
    struct stat status;
    const char *why;

    *record = (struct record){0};
    if (stat(path, &status) != 0)
        return strerror(errno);
    if (!S_ISREG(status.st_mode)) /* a pipe would make us wait, and cannot be gone back in */
        return "it is no regular file";
    record->file = fopen(path, "re");
    if (!record->file)
        return strerror(errno);
    why = doubt_title(record->file);
    if (why)
        fclose(record->file);
    return why;
}

const char *record_doubt(const char *path)
{
    struct record record;
    const char *why = record_open(&record, path);

    if (!why)
        record_finish(&record);
    return why;
}

void record_finish(struct record *record)
{
    fclose(record->file);
    free(record->line);
    free(record->broken);
    free(record->said);
}

/* --- lines --- */

/* "# probed wire log 1: DRIVER, PRODUCT". */
static void take_title(struct record *record)
{
    const char *product = strchr(record->line, ',');

    if (strncmp(record->line, TITLE, strlen(TITLE)) != 0 || !product)
        return;
    product += strspn(product, ", ");
    snprintf(record->product, sizeof record->product, "%.*s", (int)strcspn(product, "\r\n"),
             product);
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
    } else if (strncmp(note, "said ", 5) == 0) {
        free(record->said);
        record->said = strdup(note + 5);
    } else if (sscanf(note, "dhcsr %8" SCNx32, &record->dhcsr) == 1) {
        return;
    } else if (sscanf(note, "swclk %9u %15s", &khz, kind) == 2) {
        record->now_khz = khz;
        record->one_speed = strcmp(kind, "fixed") == 0;
    }
}

static bool is_operation(const char *request)
{
    static const char *const calls[] = {"connect", "disconnect", "speed",
                                        "nrst",    "vtref",      "control"};

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
    free(record->said);
    record->broken = record->said = NULL;
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

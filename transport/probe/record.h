/* SPDX-License-Identifier: MIT */
/* A wire log being read (docs/wire-log.md): one question after another, in the order of the
 * record. Worker thread of the probe that replays it. */
#ifndef PROBED_RECORD_H
#define PROBED_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct record {
    FILE *file;
    char *line; /* the current one; request and answer point into it */
    size_t line_size;
    unsigned number; /* of the line, for sentences */
    uint64_t now_us; /* the probe's clock at the line; only grows */
    char *request, *answer;
    bool begins; /* the first of a flush, or no operation at all */
    bool tells_flushes;
    /* What stood between this question and the one before it. */
    uint32_t dhcsr;   /* sticky bits that the driver saw */
    char *broken;     /* "ADDRESS BYTES" of the operation that fails here; NULL; ours */
    char *said;       /* what the control that follows told its user, in hexadecimal; NULL; ours */
    uint32_t now_khz; /* 0: nothing new */
    bool one_speed;
    char product[64]; /* of the probe that was recorded */
};

/* NULL, or why that file cannot be played back. */
const char *record_doubt(const char *path);
/* The same; `record` needs a record_finish() if it is NULL. */
const char *record_open(struct record *record, const char *path);
void record_finish(struct record *record);
/* The next question; false at the end. */
bool record_next(struct record *record);

/* The clock was asked here, and said record->now_us. False: it was not. */
bool record_now(struct record *record);

/* A place between two questions, to come back to. */
struct record_place {
    long offset;
    unsigned number;
    uint64_t now_us;
};

struct record_place record_tell(const struct record *record);
void record_seek(struct record *record, struct record_place place);
/* Whether the flush that comes next has more questions than so many. */
bool record_flush_is_longer(struct record *record, size_t count);
/* Whether the questions from here to the end of the flush are these, a line each; then it stands
 * behind them, else it has not moved. */
bool record_skip(struct record *record, const char *questions);

#endif

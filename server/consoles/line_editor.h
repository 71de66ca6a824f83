/* SPDX-License-Identifier: MIT */
/* The line a person types, with cursor, history and what the terminal is to be sent for it: one
 * byte in, a new state and output. Until `editing` is on the other side is taken for a script:
 * nothing is echoed, keys mean nothing. A key costs what it shows, at most the terminal's width,
 * however long the line is: who floods us must not make others wait. Pure. */
#ifndef PROBED_LINE_EDITOR_H
#define PROBED_LINE_EDITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "consoles/line_history.h"

enum {
    LINE_SIZE = 4096,    /* a line with its NUL */
    LINE_WIDTH_MIN = 16, /* a narrower terminal is taken for one of this width */
    LINE_WIDTH_MAX = 512,
    LINE_OUTPUT = 4096, /* what one byte leads to at most */
};

enum line_event {
    LINE_NOTHING,
    LINE_READY,     /* `line` is complete; line_editor_next() goes on */
    LINE_TOO_LONG,  /* as READY, but it did not fit: must not be run */
    LINE_COMPLETE,  /* Tab: the word before the cursor should be completed */
    LINE_INTERRUPT, /* Ctrl-C; the line was forgotten */
    LINE_END,       /* Ctrl-D on an empty line */
};

struct line_editor {
    bool editing;   /* the other side's terminal leaves echo and editing to us; set by the owner */
    unsigned width; /* of that terminal; set with line_editor_resize() */

    char line[LINE_SIZE]; /* always NUL-terminated */
    size_t length, cursor;

    /* Private. */
    bool too_long;
    bool after_return; /* the LF or NUL behind a CR is part of it */
    enum { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_CSI, ESCAPE_SS3 } escape;
    unsigned parameter; /* the first of an escape sequence */
    bool parameter_over;
    size_t start;  /* what the terminal shows of the line begins here.. */
    size_t column; /* ..and the cursor stands so many characters behind it */
    struct line_history history;
    char kept[LINE_SIZE]; /* the line being typed while an older one is shown */
};

void line_editor_init(struct line_editor *editor);
void line_editor_resize(struct line_editor *editor, unsigned width);
/* `out` has room for LINE_OUTPUT bytes and is appended to, here and below. */
enum line_event line_editor_byte(struct line_editor *editor, uint8_t byte, struct buf *out);
/* After READY, TOO_LONG or INTERRUPT: an empty line. Shows nothing. */
void line_editor_next(struct line_editor *editor);
/* As if typed. */
void line_editor_insert(struct line_editor *editor, const char *text, size_t length,
                        struct buf *out);
/* Takes prompt and line off the terminal, so that something else can be written there. */
void line_editor_hide(const struct line_editor *editor, struct buf *out);
/* Prompt, line and cursor on an empty terminal line. */
void line_editor_show(const struct line_editor *editor, struct buf *out);

#endif

/* SPDX-License-Identifier: MIT */
#include "consoles/line_editor.h"

#include <string.h>

/* '\r' first, as OpenOCD's: scripts wait for it. */
#define PROMPT "\r> "
enum { PROMPT_WIDTH = 2, ESCAPE = 0x1B, PARAMETER_MAX = 1000 };

#define CONTROL(letter) ((letter) - '@')

void line_editor_init(struct line_editor *editor)
{
    memset(editor, 0, sizeof *editor);
    line_editor_resize(editor, 80);
}

/* --- characters: a byte and the continuation bytes of UTF-8 behind it, three at most --- */

enum { CHARACTER_SIZE = 4 };

static bool continues(char byte)
{
    return ((uint8_t)byte & 0xC0) == 0x80;
}

static size_t after(const struct line_editor *editor, size_t at)
{
    size_t limit = at + CHARACTER_SIZE < editor->length ? at + CHARACTER_SIZE : editor->length;

    if (at < limit)
        at++;
    while (at < limit && continues(editor->line[at]))
        at++;
    return at;
}

static size_t before(const struct line_editor *editor, size_t at)
{
    size_t limit = at > CHARACTER_SIZE ? at - CHARACTER_SIZE : 0;

    if (at > limit)
        at--;
    while (at > limit && continues(editor->line[at]))
        at--;
    return at;
}

/* Where the text `count` characters behind `from` begins. */
static size_t advance(const struct line_editor *editor, size_t from, size_t count)
{
    while (count-- > 0 && from < editor->length)
        from = after(editor, from);
    return from;
}

static size_t retreat(const struct line_editor *editor, size_t from, size_t count)
{
    while (count-- > 0 && from > 0)
        from = before(editor, from);
    return from;
}

/* --- the terminal --- */

static size_t room(const struct line_editor *editor)
{
    return editor->width - PROMPT_WIDTH - 1; /* the last column stays free: it might wrap */
}

static void bell(struct buf *out)
{
    buf_byte(out, '\a');
}

static size_t columns_to_cursor(const struct line_editor *editor)
{
    size_t count = 0;

    for (size_t at = editor->start; at < editor->cursor && count <= room(editor); count++)
        at = after(editor, at);
    return count;
}

/* Lets the terminal show a part of the line where the cursor is; some of what stands before it, for
 * who erases backwards. */
static void follow_cursor(struct line_editor *editor)
{
    if (editor->start > 0 && editor->cursor <= editor->start)
        editor->start = retreat(editor, editor->cursor, room(editor) / 2);
    editor->column = columns_to_cursor(editor);
    if (editor->column <= room(editor))
        return;
    editor->start = retreat(editor, editor->cursor, room(editor));
    editor->column = columns_to_cursor(editor);
}

static void show_window(const struct line_editor *editor, struct buf *out)
{
    size_t end = advance(editor, editor->start, room(editor));

    buf_text(out, PROMPT);
    buf_put(out, editor->line + editor->start, end - editor->start);
    buf_text(out, "\033[K");
    if (editor->cursor < end)
        buf_printf(out, "\r\033[%zuC", PROMPT_WIDTH + editor->column);
}

static void redraw(struct line_editor *editor, struct buf *out)
{
    follow_cursor(editor);
    show_window(editor, out);
}

void line_editor_resize(struct line_editor *editor, unsigned width)
{
    if (width < LINE_WIDTH_MIN)
        width = LINE_WIDTH_MIN;
    editor->width = width < LINE_WIDTH_MAX ? width : LINE_WIDTH_MAX;
    follow_cursor(editor);
}

void line_editor_show(const struct line_editor *editor, struct buf *out)
{
    if (editor->editing)
        show_window(editor, out);
    else
        buf_text(out, PROMPT);
}

void line_editor_hide(const struct line_editor *editor, struct buf *out)
{
    buf_text(out, editor->editing ? "\r\033[K" : "\r");
}

/* --- changes --- */

static void insert_bytes(struct line_editor *editor, const char *text, size_t length)
{
    char *at = editor->line + editor->cursor;

    memmove(at + length, at, editor->length - editor->cursor + 1);
    memcpy(at, text, length);
    editor->length += length;
    editor->cursor += length;
}

static void erase(struct line_editor *editor, size_t from, size_t to)
{
    memmove(editor->line + from, editor->line + to, editor->length - to + 1);
    editor->length -= to - from;
    editor->cursor = from;
}

static void set_line(struct line_editor *editor, const char *text)
{
    editor->length = editor->cursor = strlen(text);
    memcpy(editor->line, text, editor->length + 1);
    editor->start = editor->column = 0;
}

void line_editor_insert(struct line_editor *editor, const char *text, size_t length,
                        struct buf *out)
{
    if (length >= LINE_SIZE - editor->length) {
        editor->too_long = true;
        if (editor->editing)
            bell(out);
        return;
    }
    bool at_end = editor->cursor == editor->length;

    insert_bytes(editor, text, length);
    if (!editor->editing)
        return;
    for (size_t i = 0; i < length; i++)
        editor->column += !continues(text[i]);
    /* What is typed at the end needs no more than its echo: slow links, and scripts that look. */
    if (at_end && editor->column <= room(editor))
        buf_put(out, text, length);
    else
        redraw(editor, out);
}

/* --- history --- */

static void older(struct line_editor *editor, struct buf *out)
{
    bool typed = editor->history.shown == editor->history.end;
    const char *line = line_history_older(&editor->history);

    if (!line) {
        bell(out);
        return;
    }
    if (typed)
        memcpy(editor->kept, editor->line, editor->length + 1);
    set_line(editor, line);
    redraw(editor, out);
}

static void newer(struct line_editor *editor, struct buf *out)
{
    const char *line = line_history_newer(&editor->history);

    if (!line) {
        bell(out);
        return;
    }
    set_line(editor, *line ? line : editor->kept);
    redraw(editor, out);
}

/* --- keys --- */

static void move(struct line_editor *editor, size_t to, struct buf *out)
{
    editor->cursor = to;
    redraw(editor, out);
}

static void left(struct line_editor *editor, struct buf *out)
{
    move(editor, before(editor, editor->cursor), out);
}

static void right(struct line_editor *editor, struct buf *out)
{
    move(editor, after(editor, editor->cursor), out);
}

static void home(struct line_editor *editor, struct buf *out)
{
    move(editor, 0, out);
}

static void end(struct line_editor *editor, struct buf *out)
{
    move(editor, editor->length, out);
}

static void delete (struct line_editor *editor, struct buf *out)
{
    erase(editor, editor->cursor, after(editor, editor->cursor));
    redraw(editor, out);
}

static void backspace(struct line_editor *editor, struct buf *out)
{
    erase(editor, before(editor, editor->cursor), editor->cursor);
    redraw(editor, out);
}

static void kill_right(struct line_editor *editor, struct buf *out)
{
    erase(editor, editor->cursor, editor->length);
    redraw(editor, out);
}

static void kill_left(struct line_editor *editor, struct buf *out)
{
    erase(editor, 0, editor->cursor);
    editor->too_long &= editor->length > 0;
    redraw(editor, out);
}

static void kill_word(struct line_editor *editor, struct buf *out)
{
    size_t from = editor->cursor;

    while (from > 0 && editor->line[from - 1] == ' ')
        from--;
    while (from > 0 && editor->line[from - 1] != ' ')
        from--;
    erase(editor, from, editor->cursor);
    redraw(editor, out);
}

static void clear_screen(struct line_editor *editor, struct buf *out)
{
    buf_text(out, "\033[H\033[2J");
    redraw(editor, out);
}

/* A key is a control byte, the last letter of CSI or SS3, or the number before CSI's '~'; ECMA-48
 * and what xterm and the Linux console send. 0: none. */
static const struct key {
    uint8_t control;
    char letter;
    uint8_t number;
    void (*act)(struct line_editor *editor, struct buf *out);
} keys[] = {
    {CONTROL('A'), 'H', 1, home},
    {0, 0, 7, home},
    {CONTROL('B'), 'D', 0, left},
    {CONTROL('D'), 0, 3, delete},
    {CONTROL('E'), 'F', 4, end},
    {0, 0, 8, end},
    {CONTROL('F'), 'C', 0, right},
    {CONTROL('H'), 0, 0, backspace},
    {0x7F, 0, 0, backspace},
    {CONTROL('K'), 0, 0, kill_right},
    {CONTROL('L'), 0, 0, clear_screen},
    {CONTROL('N'), 'B', 0, newer},
    {CONTROL('P'), 'A', 0, older},
    {CONTROL('U'), 0, 0, kill_left},
    {CONTROL('W'), 0, 0, kill_word},
};

enum { KEYS = sizeof keys / sizeof *keys };

static void act_on_control(struct line_editor *editor, uint8_t byte, struct buf *out)
{
    for (size_t i = 0; i < KEYS; i++)
        if (keys[i].control == byte && byte != 0)
            keys[i].act(editor, out);
}

static void act_on_sequence(struct line_editor *editor, char final, struct buf *out)
{
    for (size_t i = 0; i < KEYS; i++)
        if (final == '~' ? keys[i].number && keys[i].number == editor->parameter
                         : keys[i].letter == final)
            keys[i].act(editor, out);
}

/* One byte behind ESC. False: it is no part of a sequence. */
static bool take_escape(struct line_editor *editor, uint8_t byte, struct buf *out)
{
    if (byte < 0x20 || byte > 0x7E) {
        editor->escape = ESCAPE_NONE;
        return false;
    }
    if (editor->escape == ESCAPE_BEGUN) {
        editor->escape = byte == '[' ? ESCAPE_CSI : byte == 'O' ? ESCAPE_SS3 : ESCAPE_NONE;
        editor->parameter = 0;
        editor->parameter_over = false;
    } else if (byte >= '@' || editor->escape == ESCAPE_SS3) {
        editor->escape = ESCAPE_NONE;
        act_on_sequence(editor, (char)byte, out);
    } else if (byte < '0' || byte > '9') {
        editor->parameter_over = true;
    } else if (!editor->parameter_over && editor->parameter < PARAMETER_MAX) {
        editor->parameter = editor->parameter * 10 + (unsigned)(byte - '0');
    }
    return true;
}

/* --- bytes --- */

static enum line_event finish(struct line_editor *editor, struct buf *out)
{
    if (editor->editing)
        buf_text(out, "\r\n");
    if (editor->too_long)
        return LINE_TOO_LONG;
    if (editor->editing)
        line_history_add(&editor->history, editor->line, editor->length);
    return LINE_READY;
}

static enum line_event interrupt(struct line_editor *editor, struct buf *out)
{
    if (editor->editing)
        buf_text(out, "^C\r\n");
    line_editor_next(editor);
    return LINE_INTERRUPT;
}

static enum line_event take_control(struct line_editor *editor, uint8_t byte, struct buf *out)
{
    switch (byte) {
    case '\r':
        editor->after_return = true;
        return finish(editor, out);
    case '\n':
        return finish(editor, out);
    case CONTROL('C'):
        return interrupt(editor, out);
    case CONTROL('D'):
        if (editor->length == 0)
            return LINE_END;
        break;
    case '\t':
        if (editor->editing)
            return LINE_COMPLETE;
        line_editor_insert(editor, " ", 1, out);
        break;
    case ESCAPE:
        editor->escape = editor->editing ? ESCAPE_BEGUN : ESCAPE_NONE;
        break;
    default:
        break;
    }
    if (editor->editing)
        act_on_control(editor, byte, out);
    return LINE_NOTHING;
}

enum line_event line_editor_byte(struct line_editor *editor, uint8_t byte, struct buf *out)
{
    bool after_return = editor->after_return;

    editor->after_return = false;
    if (after_return && (byte == '\n' || byte == '\0'))
        return LINE_NOTHING;
    if (editor->escape != ESCAPE_NONE && take_escape(editor, byte, out))
        return LINE_NOTHING;
    if (byte < ' ' || byte == 0x7F)
        return take_control(editor, byte, out);
    line_editor_insert(editor, (const char *)&byte, 1, out);
    return LINE_NOTHING;
}

void line_editor_next(struct line_editor *editor)
{
    set_line(editor, "");
    editor->too_long = false;
    editor->escape = ESCAPE_NONE;
    line_history_leave(&editor->history);
}

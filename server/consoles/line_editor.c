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

void line_editor_resize(struct line_editor *editor, unsigned width)
{
    if (width < LINE_WIDTH_MIN)
        width = LINE_WIDTH_MIN;
    editor->width = width < LINE_WIDTH_MAX ? width : LINE_WIDTH_MAX;
}

/* --- UTF-8: a character is a byte and the continuation bytes behind it --- */

static bool continues(char byte)
{
    return ((uint8_t)byte & 0xC0) == 0x80;
}

static size_t after(const struct line_editor *editor, size_t at)
{
    if (at < editor->length)
        at++;
    while (at < editor->length && continues(editor->line[at]))
        at++;
    return at;
}

static size_t before(const struct line_editor *editor, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && continues(editor->line[at]))
        at--;
    return at;
}

static size_t columns(const struct line_editor *editor, size_t from, size_t to)
{
    size_t count = 0;

    for (; from < to; from++)
        count += !continues(editor->line[from]);
    return count;
}

/* Where the text `count` columns behind `from` begins. */
static size_t advance(const struct line_editor *editor, size_t from, size_t count)
{
    while (count-- > 0 && from < editor->length)
        from = after(editor, from);
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

/* The part of the line around the cursor that fits, and the cursor in it. */
static void show_window(const struct line_editor *editor, struct buf *out)
{
    size_t at = columns(editor, 0, editor->cursor);
    size_t skip = at > room(editor) ? at - room(editor) : 0;
    size_t start = advance(editor, 0, skip);
    size_t end = advance(editor, start, room(editor));

    buf_text(out, PROMPT);
    /* Bytes that begin no character take no columns: nobody may fill the output with them. */
    if (end - start <= 4 * room(editor))
        buf_put(out, editor->line + start, end - start);
    buf_text(out, "\033[K");
    if (editor->cursor < end)
        buf_printf(out, "\r\033[%zuC", PROMPT_WIDTH + at - skip);
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
    /* What is typed at the end needs no more than its echo: slow links, and scripts that look. */
    if (at_end && columns(editor, 0, editor->length) <= room(editor) && length < room(editor))
        buf_put(out, text, length);
    else
        show_window(editor, out);
}

/* --- history --- */

static void remember(struct line_editor *editor)
{
    size_t size = editor->length + 1, last = editor->history_length;

    while (last > 0 && (last == editor->history_length || editor->history[last - 1]))
        last--;
    if (editor->length == 0 ||
        (editor->history_length > 0 && strcmp(editor->history + last, editor->line) == 0))
        return;
    while (editor->history_length + size > LINE_HISTORY) {
        size_t oldest = strlen(editor->history) + 1;

        editor->history_length -= oldest;
        memmove(editor->history, editor->history + oldest, editor->history_length);
    }
    memcpy(editor->history + editor->history_length, editor->line, size);
    editor->history_length += size;
}

static void older(struct line_editor *editor, struct buf *out)
{
    size_t at = editor->recalled;

    if (at == 0) {
        bell(out);
        return;
    }
    if (at == editor->history_length)
        memcpy(editor->kept, editor->line, editor->length + 1);
    for (at--; at > 0 && editor->history[at - 1]; at--)
        ;
    editor->recalled = at;
    set_line(editor, editor->history + at);
    show_window(editor, out);
}

static void newer(struct line_editor *editor, struct buf *out)
{
    if (editor->recalled == editor->history_length) {
        bell(out);
        return;
    }
    editor->recalled += strlen(editor->history + editor->recalled) + 1;
    set_line(editor, editor->recalled == editor->history_length
                         ? editor->kept
                         : editor->history + editor->recalled);
    show_window(editor, out);
}

/* --- keys --- */

static void move(struct line_editor *editor, size_t to, struct buf *out)
{
    editor->cursor = to;
    show_window(editor, out);
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
    show_window(editor, out);
}

static void backspace(struct line_editor *editor, struct buf *out)
{
    erase(editor, before(editor, editor->cursor), editor->cursor);
    show_window(editor, out);
}

static void kill_right(struct line_editor *editor, struct buf *out)
{
    erase(editor, editor->cursor, editor->length);
    show_window(editor, out);
}

static void kill_left(struct line_editor *editor, struct buf *out)
{
    erase(editor, 0, editor->cursor);
    editor->too_long &= editor->length > 0;
    show_window(editor, out);
}

static void kill_word(struct line_editor *editor, struct buf *out)
{
    size_t from = editor->cursor;

    while (from > 0 && editor->line[from - 1] == ' ')
        from--;
    while (from > 0 && editor->line[from - 1] != ' ')
        from--;
    erase(editor, from, editor->cursor);
    show_window(editor, out);
}

static void clear_screen(struct line_editor *editor, struct buf *out)
{
    buf_text(out, "\033[H\033[2J");
    show_window(editor, out);
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
        remember(editor);
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
    editor->recalled = editor->history_length;
}

/* SPDX-License-Identifier: MIT */
/* Any keys on any terminal: the line keeps its limits, the output its size, and what is shown after
 * a key is what is shown when the line is drawn anew. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "consoles/completion.h"
#include "consoles/line_editor.h"
#include "fuzz.h"

static void check(const struct line_editor *editor)
{
    assert(editor->length < LINE_SIZE);
    assert(editor->line[editor->length] == '\0');
    assert(strlen(editor->line) == editor->length);
    assert(editor->cursor <= editor->length);
    assert(editor->start <= editor->length);
    const struct line_history *history = &editor->history;
    assert(history->end - history->begin <= LINE_HISTORY && history->end <= sizeof history->lines);
    assert(history->shown >= history->begin && history->shown <= history->end);
    assert(history->end == 0 || history->lines[history->end - 1] == '\0');
}

/* As the telnet session does. */
static void complete(struct line_editor *editor, struct buf *out)
{
    static struct completion found;
    char memory[COMPLETION_OUTPUT];
    struct buf list;

    completion_find(&found, editor->line, editor->cursor, monitor_commands, monitor_command_count);
    if (found.count == 0)
        return;
    assert(completion_common(&found) >= found.typed);
    buf_init(&list, memory, sizeof memory);
    completion_list(&found, editor->width, &list);
    assert(!list.overflow);
    line_editor_insert(editor, found.words[0].text + found.typed,
                       completion_common(&found) - found.typed, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct line_editor *editor = malloc(sizeof *editor);
    char *memory = malloc(LINE_OUTPUT);
    struct buf out;

    line_editor_init(editor);
    line_editor_resize(editor, size > 0 ? data[0] * 4u : 0);
    editor->editing = size < 2 || data[1] != '-';
    for (size_t i = 0; i < size; i++) {
        buf_init(&out, memory, LINE_OUTPUT);
        enum line_event event = line_editor_byte(editor, data[i], &out);

        check(editor);
        assert(!out.overflow);
        assert(editor->editing || out.length == 0);
        if (event == LINE_COMPLETE)
            complete(editor, &out);
        else if (event != LINE_NOTHING)
            line_editor_next(editor);
        check(editor);
        buf_init(&out, memory, LINE_OUTPUT);
        line_editor_hide(editor, &out);
        line_editor_show(editor, &out);
        assert(!out.overflow);
    }
    free(memory);
    free(editor);
    return 0;
}

const char *const fuzz_seeds[] = {
    "halt\r\nreset halt\n\033[A\033[A\033[D\033[Dx\033[3~\033[H\033[F\n",
    "fla\tpro\t 0\n\001\005\013\025\027\016\020\004", "\003\303\251\303\251\033[D\177\302\n",
    "\377-script; lines\r\n", NULL};

/* SPDX-License-Identifier: MIT */
#include "compat/openocd_script.h"

#include <string.h>

/* A setting now, or a command for later. */
static bool take(struct script *script)
{
    bool is_setting;

    if (!script_set(script, &is_setting))
        return false;
    if (is_setting)
        return true;
    const char *kept = string_pool_keep(script->reading->pool, script->begin,
                                        (size_t)(script->end - script->begin));
    return kept ? compat_add_command(script->reading, kept)
                : compat_wrong(script->reading, "out of memory");
}

/* Moves over blanks, ends of commands and comments, counting lines. */
static void skip(struct script_source *source)
{
    while (source->rest && *source->rest) {
        if (*source->rest == '#')
            source->rest += strcspn(source->rest, "\n");
        else if (!strchr(" \t\r\n;", *source->rest))
            return;
        else
            source->rest++;
    }
    source->rest = NULL;
}

static size_t line_at(const struct script_source *source, const char *at)
{
    size_t line = 1;

    for (const char *byte = source->text; byte < at; byte++)
        line += *byte == '\n';
    return line;
}

static bool run(struct script *script)
{
    while (script->depth > 0) {
        struct script_source *top = &script->sources[script->depth - 1];

        skip(top);
        if (!top->rest) {
            script->depth--;
            continue;
        }
        script->begin = top->rest;
        if (top->line > 0)
            top->line = line_at(top, top->rest);
        const char *complaint = monitor_split(&top->rest, &script->words);
        if (complaint)
            return script_wrong(script, complaint);
        script->end = top->rest ? top->rest - 1 : script->begin + strlen(script->begin);
        if (!take(script))
            return false;
    }
    return true;
}

bool compat_script_run(struct compat_reading *reading, const char *text, const char *from)
{
    struct script script = {.reading = reading};

    return script_push(&script, from, text, 0) && run(&script);
}

bool compat_script_file(struct compat_reading *reading, const char *path)
{
    struct script script = {.reading = reading};
    const char *text;
    enum compat_file file = compat_file_find(reading, path, &text);

    if (file != COMPAT_FILE_READ)
        return file == COMPAT_FILE_KNOWN;
    return script_push(&script, path, text, 1) && run(&script);
}

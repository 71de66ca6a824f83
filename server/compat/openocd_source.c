/* SPDX-License-Identifier: MIT */
/* The texts that are read, one inside the other, and where in them a complaint points. */
#include "compat/openocd_script.h"

const char *script_word(const struct script *script, int index)
{
    return index < script->words.count ? script->words.words[index] : "";
}

/* "-c" or "my.cfg:12", then the first word. */
bool script_wrong(struct script *script, const char *text)
{
    const struct script_source *source = &script->sources[script->depth - 1];

    if (source->line == 0)
        return compat_wrong(script->reading, "%s '%.60s': %s", source->from, script_word(script, 0),
                            text);
    return compat_wrong(script->reading, "%s:%zu: '%.60s': %s", source->from, source->line,
                        script_word(script, 0), text);
}

bool script_push(struct script *script, const char *from, const char *text, size_t line)
{
    if (script->depth == SCRIPT_NESTED)
        return script_wrong(script, "files that name files, too deep");
    script->sources[script->depth++] =
        (struct script_source){.from = from, .text = text, .rest = text, .line = line};
    return true;
}

/* SPDX-License-Identifier: MIT */
#include "consoles/completion.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORDS = 8,     /* typed before the one to complete; later ones are nobody's literals */
    COMMAND = 512, /* bytes of a command that are looked at: Tab is asked for again and again */
};

struct word {
    const char *text;
    size_t length;
};

static size_t word_length(const char *text, size_t limit)
{
    size_t length = 0;

    while (length < limit && text[length] != ' ')
        length++;
    return length;
}

/* The words of the last command of the line. The last is the one to complete, maybe empty. 0: there
 * are more than anybody completes. */
static size_t split(const char *line, size_t length, struct word words[WORDS])
{
    size_t count = 0, at = length;

    while (at > 0 && line[at - 1] != ';')
        if (length - --at > COMMAND)
            return 0;
    for (;;) {
        while (at < length && line[at] == ' ')
            at++;
        if (count == WORDS)
            return 0;
        words[count].text = line + at;
        words[count].length = word_length(line + at, length - at);
        at += words[count++].length;
        if (at == length)
            return count;
    }
}

static void add(struct completion *completion, const struct word *typed, const char *text,
                size_t length)
{
    if (length < typed->length || memcmp(text, typed->text, typed->length) != 0)
        return;
    for (size_t i = 0; i < completion->count; i++)
        if (completion->words[i].length == length &&
            memcmp(completion->words[i].text, text, length) == 0)
            return;
    if (completion->count < COMPLETION_MAX)
        completion->words[completion->count++] = (struct completion_word){text, length};
}

/* Placeholders are written in capitals and with dots; what is typed as it stands is not. */
static bool is_literal(const char *text, size_t length)
{
    bool letter = false;

    for (size_t i = 0; i < length; i++) {
        letter |= text[i] >= 'a' && text[i] <= 'z';
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", text[i]))
            return false;
    }
    return letter;
}

/* "[run|halt]": its words one by one. */
static void add_alternatives(struct completion *completion, const struct word *typed,
                             const char *usage, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t part = strcspn(usage + at, "[]|{}() ");

        if (part > length - at)
            part = length - at;
        if (is_literal(usage + at, part))
            add(completion, typed, usage + at, part);
        at += part + 1;
    }
}

/* The usage's word number `index`. */
static void add_argument(struct completion *completion, const struct word *typed, const char *usage,
                         size_t index)
{
    for (; *usage; usage += strspn(usage, " ")) {
        size_t length = word_length(usage, strlen(usage));

        if (index-- == 0) {
            add_alternatives(completion, typed, usage, length);
            return;
        }
        usage += length;
    }
}

static void match(struct completion *completion, const struct monitor_command *command,
                  const struct word *words, size_t count)
{
    const char *name = command->name;

    for (size_t i = 0; i < count; i++) {
        size_t length = word_length(name, strlen(name));

        if (i == count - 1) {
            add(completion, &words[i], name, length);
            return;
        }
        if (length != words[i].length || memcmp(name, words[i].text, length) != 0)
            return;
        if (name[length] == '\0') {
            add_argument(completion, &words[count - 1], command->usage, count - 2 - i);
            return;
        }
        name += length + 1;
    }
}

static int compare(const void *left, const void *right)
{
    const struct completion_word *a = left, *b = right;
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);

    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

void completion_find(struct completion *completion, const char *line, size_t length,
                     const struct monitor_command *commands, size_t count)
{
    struct word words[WORDS];
    size_t typed = split(line, length, words);

    completion->count = 0;
    completion->typed = typed > 0 ? words[typed - 1].length : 0;
    for (size_t i = 0; i < count && typed > 0; i++)
        match(completion, &commands[i], words, typed);
    qsort(completion->words, completion->count, sizeof *completion->words, compare);
}

size_t completion_common(const struct completion *completion)
{
    const struct completion_word *first = completion->words;
    size_t common = completion->count > 0 ? first->length : 0;

    for (size_t i = 1; i < completion->count; i++) {
        const struct completion_word *word = &completion->words[i];
        size_t same = 0;

        while (same < common && same < word->length && word->text[same] == first->text[same])
            same++;
        common = same;
    }
    return common;
}

void completion_list(const struct completion *completion, unsigned width, struct buf *out)
{
    size_t widest = 1;

    for (size_t i = 0; i < completion->count; i++)
        if (completion->words[i].length > widest)
            widest = completion->words[i].length;
    size_t columns = width > widest + 2 ? width / (widest + 2) : 1;
    for (size_t i = 0; i < completion->count; i++) {
        const struct completion_word *word = &completion->words[i];
        bool last = i % columns == columns - 1 || i == completion->count - 1;

        buf_put(out, word->text, word->length);
        buf_printf(out, "%*s", last ? 0 : (int)(widest + 2 - word->length), "");
        if (last)
            buf_text(out, "\r\n");
    }
}

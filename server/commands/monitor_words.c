/* SPDX-License-Identifier: MIT */
#include "commands/monitor_words.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void put(struct monitor_words *words, char byte)
{
    if (words->used < sizeof words->text)
        words->text[words->used++] = byte;
}

/* "$name", "${name}", "$::name", "[command]" */
static bool is_substitution(const char *at)
{
    unsigned char next = (unsigned char)at[1];

    return *at == '[' || (*at == '$' && next && (isalnum(next) || strchr("_{:(", next)));
}

/* Both readers: from *at to behind the word; NULL or what is wrong. */
static const char *read_plain(struct monitor_words *words, const char **at)
{
    const char *from = *at;
    bool quoted = false;

    for (; *from && (quoted || !strchr(" \t\r\n;", *from)); from++) {
        if (*from == '"') {
            quoted = !quoted;
            continue;
        }
        if (*from == '\\' && from[1] && strchr(quoted ? "\"\\$[]" : "$[]", from[1]))
            from++;
        else if (!words->tcl && is_substitution(from))
            words->tcl = words->words[words->count - 1];
        put(words, *from);
    }
    *at = from;
    return quoted ? "a quote is not closed" : NULL;
}

static const char *read_braces(struct monitor_words *words, const char **at)
{
    const char *from = *at + 1;

    for (unsigned depth = 1; *from; from++) {
        if (*from == '{')
            depth++;
        if (*from == '}' && --depth == 0) {
            *at = from + 1;
            return NULL;
        }
        put(words, *from);
    }
    return "a brace is not closed";
}

static const char *read_word(struct monitor_words *words, const char **at)
{
    const char *wrong;

    if (words->count == MONITOR_WORDS)
        return "too many words";
    words->words[words->count++] = words->text + words->used;
    wrong = **at == '{' ? read_braces(words, at) : read_plain(words, at);
    put(words, '\0');
    if (!wrong && words->text[words->used - 1] != '\0')
        wrong = "the command is too long";
    return wrong;
}

const char *monitor_split(const char **line, struct monitor_words *words)
{
    const char *at = *line, *wrong = NULL;

    words->count = 0;
    words->used = 0;
    words->tcl = NULL;
    for (;;) {
        at += strspn(at, " \t\r");
        if (wrong || *at == '\0' || *at == ';' || *at == '\n')
            break;
        wrong = read_word(words, &at);
    }
    *line = *at ? at + 1 : NULL;
    return wrong;
}

bool monitor_number(const char *word, uint32_t limit, uint32_t *value)
{
    bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
    const char *digits = hex ? word + 2 : word;
    char *end;

    if (!(hex ? isxdigit((unsigned char)*digits) : isdigit((unsigned char)*digits)))
        return false;
    errno = 0;
    unsigned long long number = strtoull(digits, &end, hex ? 16 : 10);
    if (errno != 0 || *end != '\0' || number > limit)
        return false;
    *value = (uint32_t)number;
    return true;
}

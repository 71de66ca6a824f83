/* SPDX-License-Identifier: MIT */
#include "cli/complete.h"

#include <string.h>

#include "cli/told.h"

/* A command line up to the word that is being typed. */
struct line {
    int count; /* of the words before it */
    const char *const *words;
    struct typed typed;
    struct told_tool tool;
    bool has_tool, helps; /* its tool was said; it is `help` */
};

static const struct told_tool *tool_of(const struct line *line)
{
    return line->has_tool ? &line->tool : NULL;
}

/* --- what was said --- */

/* As "--name" or, where it has one, "-n". */
static bool is_named(const struct option_told *told, const char *word, size_t length)
{
    bool letter = told->letter && length == 2 && word[0] == '-' && word[1] == told->letter;

    return letter || (strlen(told->name) == length && strncmp(told->name, word, length) == 0);
}

static bool find_option(const struct line *line, const char *word, size_t length,
                        struct option_told *told)
{
    for (size_t i = 0; told_option(tool_of(line), i, told); i++)
        if (is_named(told, word, length))
            return true;
    return false;
}

/* Its value is the next word. */
static bool wants_next(const struct line *line, const char *word, struct option_told *told)
{
    return word[0] == '-' && find_option(line, word, strlen(word), told) && told->value;
}

static void read_words(struct line *line)
{
    struct option_told told;

    for (int i = 0; i < line->count && !line->has_tool && !line->helps; i++) {
        const char *word = line->words[i];

        if (wants_next(line, word, &told))
            i += !told.may_lack || (i + 1 < line->count && probe_sim_named(line->words[i + 1]));
        else if (word[0] != '-') {
            line->helps = strcmp(word, "help") == 0;
            line->has_tool = told_find(word, &line->tool);
        }
    }
}

/* All words behind are another program's. */
static bool is_others(const struct line *line)
{
    for (int i = 0; i < line->count; i++)
        if (strncmp(line->words[i], "--as=", 5) == 0 || strcmp(line->words[i], "--") == 0 ||
            (strcmp(line->words[i], "--as") == 0 && i + 1 < line->count))
            return true;
    return false;
}

/* --- what may come --- */

static void offer_options(const struct line *line)
{
    struct option_told told;

    for (size_t i = 0; told_option(tool_of(line), i, &told); i++)
        complete_offer(&line->typed, told.name, told.help);
}

static void offer_tools(const struct line *line)
{
    struct told_tool tool;

    for (size_t i = 0; told_tool(i, &tool); i++)
        complete_offer(&line->typed, tool.name, tool.help);
    if (line->helps)
        return;
    complete_offer(&line->typed, "help", "explain a command");
    complete_offer(&line->typed, "version", "print the version");
}

static void offer_words(const struct line *line)
{
    bool dash = line->typed.word[0] == '-';

    if (dash || (line->has_tool && !line->tool.usage[0]))
        offer_options(line);
    else if (line->has_tool)
        complete_value(&line->typed, line->tool.usage);
    else
        offer_tools(line);
}

/* "--name=": the value in the same word. */
static bool offer_joined(struct line *line)
{
    const char *word = line->typed.word, *equals = word[0] == '-' ? strchr(word, '=') : NULL;
    struct option_told told;

    if (!equals || !find_option(line, word, (size_t)(equals - word), &told))
        return equals != NULL;
    line->typed.kept = (size_t)(equals - word) + 1;
    if (told.value)
        complete_value(&line->typed, told.value);
    return true;
}

static void offer_next(struct line *line)
{
    const char *before = line->count > 0 ? line->words[line->count - 1] : "";
    struct option_told told;

    if (offer_joined(line))
        return;
    bool wanted = wants_next(line, before, &told);
    if (wanted)
        complete_value(&line->typed, told.value);
    if (!wanted || told.may_lack)
        offer_words(line);
}

void complete_print(FILE *out, int count, const char *const words[])
{
    struct line line = {
        .count = count - 1, .words = words, .typed = {.out = out, .word = words[count - 1]}};

    read_words(&line);
    if (is_others(&line))
        fputs(":files\n", out);
    else
        offer_next(&line);
}

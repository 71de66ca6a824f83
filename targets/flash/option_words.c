/* SPDX-License-Identifier: MIT */
/* Option bytes as people read and write them: "WDG_SW=hardware", "WRP=0-3"; pure. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "flash/options.h"

/* The blocks that are protected against writing; they are not one field's bits. */
enum { BLOCKS_TEXT = 400 }; /* every other one of 128 */

static const char blocks_name[] = "WRP";

/* --- shown --- */

const char option_hidden[] = "as stored: the chip does not tell which of it already counts; all "
                             "of it does after a load of option bytes or a power-on";

static void put_value(struct buf *out, const struct option_field *field, uint32_t value)
{
    const struct option_value *meant = option_value(field, value);

    if (meant)
        buf_text(out, meant->word ? meant->word : meant->text);
    else
        buf_printf(out, "0x%0*x", (field->bits + 3) / 4, (unsigned)value);
}

static const char *const guards[] = {
    [OPTION_FREE] = "",
    [OPTION_ONE_WAY] = " (no way back)",
    [OPTION_HARMS] = " (a higher supply damages pins)",
};

static void put_values(struct buf *out, const struct option_field *field)
{
    for (uint8_t i = 0; i < field->value_count; i++) {
        buf_text(out, i ? ", " : "");
        put_value(out, field, field->values[i].value);
        buf_text(out, guards[field->values[i].guard]);
    }
    if (!field->value_count)
        buf_printf(out, "0 to 0x%x", (unsigned)((UINT64_C(1) << field->bits) - 1));
}

void option_blocks_text(struct buf *out, const struct flash_options *options,
                        const struct target *target, const uint32_t *registers)
{
    size_t empty = out->length;
    struct option_block block;

    for (uint32_t i = 0, first; option_block_get(options, target, i, &block); i++) {
        if (!option_block_protected(&block, registers))
            continue;
        for (first = i; option_block_get(options, target, i + 1, &block) &&
                        option_block_protected(&block, registers);)
            i++;
        buf_printf(out, i > first ? "%s%u-%u" : "%s%u", out->length > empty ? "," : "",
                   (unsigned)first, (unsigned)i);
    }
    if (out->length == empty)
        buf_text(out, "none");
}

/* Number `index` of the things that there are: fields, then the blocks. */
static bool put_one(struct buf *out, const struct flash_options *options,
                    const struct target *target, uint32_t index, const uint32_t *registers)
{
    if (index < options->field_count)
        put_value(out, &options->fields[index], option_get(&options->fields[index], registers));
    else if (index == options->field_count && options->blocks.most)
        option_blocks_text(out, options, target, registers);
    else
        return false;
    return true;
}

static const char *name_of(const struct flash_options *options, uint32_t index)
{
    return index < options->field_count ? options->fields[index].name : blocks_name;
}

/* Most are short, and stand in columns from one family to the next. */
static int name_width(const struct flash_options *options)
{
    size_t width = 11;

    for (uint8_t i = 0; i < options->field_count; i++)
        if (strlen(options->fields[i].name) > width)
            width = strlen(options->fields[i].name);
    return (int)width;
}

bool option_line(const struct flash_options *options, const struct target *target, uint32_t index,
                 const struct option_state *state, char *line, size_t size)
{
    char now[BLOCKS_TEXT], later[BLOCKS_TEXT];
    struct buf in_force, stored, out;

    buf_init(&in_force, now, sizeof now - 1);
    buf_init(&stored, later, sizeof later - 1);
    buf_init(&out, line, size - 1);
    if (!put_one(&in_force, options, target, index, state->in_force))
        return false;
    put_one(&stored, options, target, index, state->stored);
    now[in_force.length] = later[stored.length] = '\0';
    buf_printf(&out, "%-*s %-12s ", name_width(options), name_of(options, index), now);
    if (strcmp(now, later) != 0)
        buf_printf(&out, "from the next load on %s; ", later);
    if (index < options->field_count)
        put_values(&out, &options->fields[index]);
    else
        buf_printf(&out, "none, all, or blocks of 0-%u",
                   (unsigned)option_block_count(options, target) - 1);
    line[out.length] = '\0';
    return true;
}

bool option_difference(const struct flash_options *options, const struct target *target,
                       uint32_t index, const uint32_t *before, const uint32_t *after, char *line,
                       size_t size)
{
    char was[BLOCKS_TEXT], is[BLOCKS_TEXT];
    struct buf first, second;

    buf_init(&first, was, sizeof was - 1);
    buf_init(&second, is, sizeof is - 1);
    if (!put_one(&first, options, target, index, before))
        return false;
    put_one(&second, options, target, index, after);
    was[first.length] = is[second.length] = '\0';
    line[0] = '\0';
    if (strcmp(was, is) != 0)
        snprintf(line, size, "%s: %s -> %s", name_of(options, index), was, is);
    return true;
}

/* --- taken --- */

static bool is_called(const struct flash_options *options, const struct option_field *field,
                      const char *name)
{
    /* F1 and its kin call theirs RDPRT. */
    return strcasecmp(field->name, name) == 0 ||
           (field == options->fields && strcasecmp(name, "RDP") == 0);
}

static const struct option_field *find_field(const struct flash_options *options, const char *name)
{
    for (uint8_t i = 0; i < options->field_count; i++)
        if (is_called(options, &options->fields[i], name))
            return &options->fields[i];
    return NULL;
}

static bool read_number(const char *text, uint32_t limit, uint32_t *value)
{
    char *end;
    unsigned long number = strtoul(text, &end, 0);

    *value = (uint32_t)number;
    return text[0] >= '0' && text[0] <= '9' && !*end && number <= limit;
}

/* A name, or the number of one; where there are no names, any number. */
static bool read_value(const struct option_field *field, const char *text, uint32_t *value)
{
    for (uint8_t i = 0; i < field->value_count; i++) {
        const struct option_value *meant = &field->values[i];

        *value = meant->value;
        if (strcasecmp(text, meant->text) == 0 ||
            (meant->word && strcasecmp(text, meant->word) == 0))
            return true;
    }
    return read_number(text, (uint32_t)((UINT64_C(1) << field->bits) - 1), value) &&
           (!field->value_count || option_value(field, *value));
}

static enum err take_field(struct job *job, const struct option_field *field, const char *text,
                           uint32_t *registers)
{
    char values[200];
    struct buf out;
    uint32_t value;

    if (read_value(field, text, &value)) {
        option_set(field, registers, value);
        return ERR_OK;
    }
    buf_init(&out, values, sizeof values - 1);
    put_values(&out, field);
    values[out.length] = '\0';
    return job_fail(job, ERR_ARGUMENT, "'%.40s' is nothing that %s can be: %s", text, field->name,
                    values);
}

/* "3", "0-3"; *text moves behind it and a comma. */
static bool read_range(const char **text, uint32_t count, uint32_t *first, uint32_t *last)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false;
    unsigned long from = strtoul(*text, &end, 10), until = from;
    if (*end == '-' && end[1] >= '0' && end[1] <= '9')
        until = strtoul(end + 1, &end, 10);
    if (from > until || until >= count || (*end && (*end != ',' || !end[1])))
        return false;
    *first = (uint32_t)from;
    *last = (uint32_t)until;
    *text = end + (*end == ',');
    return true;
}

/* All others are free then. */
static enum err take_blocks(struct job *job, const struct flash_options *options,
                            const struct target *target, const char *text, uint32_t *registers)
{
    uint32_t count = option_block_count(options, target), first, last;
    bool all = strcasecmp(text, "all") == 0;
    enum err err = option_blocks_set(job, options, target, 0, UINT32_MAX - 1, all, registers);

    if (err || all || strcasecmp(text, "none") == 0)
        return err;
    for (const char *at = text; *at || at == text;) {
        if (!read_range(&at, count, &first, &last))
            return job_fail(job, ERR_ARGUMENT,
                            "'%.40s' are no blocks: none, all, or numbers of 0 to %u as 0-3,5",
                            text, (unsigned)count - 1);
        err = option_blocks_set(job, options, target, first, last, true, registers);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err unknown(struct job *job, const struct flash_options *options, const char *name)
{
    char names[600];
    struct buf out;

    buf_init(&out, names, sizeof names - 1);
    for (uint8_t i = 0; i < options->field_count; i++)
        buf_printf(&out, "%s, ", options->fields[i].name);
    names[out.length] = '\0';
    return job_fail(job, ERR_ARGUMENT, "'%.40s' is no option of this chip: %s%s", name, names,
                    blocks_name);
}

enum { NAME_SIZE = 24 };

/* What stands before the equals sign; NULL: nothing like that. */
static const char *read_name(const char *word, char name[NAME_SIZE])
{
    const char *equals = strchr(word, '=');

    if (!equals || equals - word >= NAME_SIZE)
        return NULL;
    memcpy(name, word, (size_t)(equals - word));
    name[equals - word] = '\0';
    return equals;
}

static enum err take(struct job *job, const struct flash_options *options,
                     const struct target *target, const char *word, uint32_t *registers)
{
    char name[NAME_SIZE];
    const char *equals = read_name(word, name);

    if (!equals)
        return job_fail(job, ERR_ARGUMENT, "'%.40s': a change looks like WDG_SW=hardware", word);
    const struct option_field *field = find_field(options, name);
    if (field)
        return take_field(job, field, equals + 1, registers);
    if (options->blocks.most && strcasecmp(name, blocks_name) == 0)
        return take_blocks(job, options, target, equals + 1, registers);
    return unknown(job, options, name);
}

static bool are_of_one_name(const struct flash_options *options, const char *word,
                            const char *other)
{
    char name[NAME_SIZE], other_name[NAME_SIZE];

    if (!read_name(word, name) || !read_name(other, other_name))
        return false;
    const struct option_field *field = find_field(options, name);
    return strcasecmp(name, other_name) == 0 || (field && field == find_field(options, other_name));
}

enum err option_take(struct job *job, const struct flash_options *options,
                     const struct target *target, size_t count, const char *const words[],
                     uint32_t *registers)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && !err; i++) {
        for (size_t k = 0; k < i; k++)
            if (are_of_one_name(options, words[i], words[k]))
                return job_fail(job, ERR_ARGUMENT, "'%.40s' and '%.40s': which of the two?",
                                words[k], words[i]);
        err = take(job, options, target, words[i], registers);
    }
    return err;
}

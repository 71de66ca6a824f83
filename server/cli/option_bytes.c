/* SPDX-License-Identifier: MIT */
#include "cli/option_bytes.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "cli/probe_facts.h"

enum { OPTION_LINE = 300 };

static void add_block(struct option_bytes *bytes, const struct option_block *block)
{
    struct option_range *last = bytes->range_count ? &bytes->ranges[bytes->range_count - 1] : NULL;

    if (last && last->start + last->bytes == block->address)
        last->bytes += block->size;
    else if (bytes->range_count < OPTION_RANGES)
        bytes->ranges[bytes->range_count++] = (struct option_range){block->address, block->size};
}

/* Blocks side by side are one range. */
static void describe_blocks(struct option_bytes *bytes, const struct target *target,
                            const uint32_t *registers)
{
    struct option_block block;

    for (uint32_t i = 0; option_block_get(bytes->options, target, i, &block); i++)
        if (option_block_protected(&block, registers))
            add_block(bytes, &block);
}

static void blocks_text(const struct flash_options *options, const struct target *target,
                        const uint32_t *registers, char *out, size_t size)
{
    struct buf text;

    buf_init(&text, out, size - 1);
    option_blocks_text(&text, options, target, registers);
    out[text.length] = '\0';
}

/* How many of how many, and which. */
static void count_blocks(struct option_bytes *bytes, const struct target *target,
                         const uint32_t *registers)
{
    struct option_block block;
    bytes->block_count = option_block_count(bytes->options, target);
    for (uint32_t i = 0; option_block_get(bytes->options, target, i, &block); i++)
        bytes->protected_blocks += option_block_protected(&block, registers);
    blocks_text(bytes->options, target, registers, bytes->blocks, sizeof bytes->blocks);
}

static void describe(struct option_bytes *bytes, const struct target *target)
{
    const struct option_blocks *blocks = &bytes->options->blocks;
    uint32_t registers[OPTION_REGISTERS_MAX];

    memcpy(registers, bytes->state.in_force, sizeof registers);
    if (bytes->state.readout_protected)
        registers[blocks->reg] &= ~blocks->with_rdp;
    describe_blocks(bytes, target, registers);
    count_blocks(bytes, target, registers);
}

void option_bytes_look(struct option_bytes *bytes, struct target *target, struct job *job)
{
    *bytes = (struct option_bytes){.options = flash_options_for(target)};
    if (!bytes->options)
        return;
    bytes->known = bytes->options->read(target, &bytes->state) == ERR_OK;
    if (bytes->known)
        describe(bytes, target);
    else
        job_clear(job);
}

/* "watchdog by software, no reset in Stop mode" */
static void put_meanings(const struct option_bytes *bytes, struct buf *text)
{
    for (uint8_t i = 0; i < bytes->options->field_count; i++) {
        const struct option_field *field = &bytes->options->fields[i];
        const struct option_value *value =
            option_value(field, option_get(field, bytes->state.in_force));

        if (value && value->meaning)
            buf_printf(text, "%s%s", text->length ? ", " : "", value->meaning);
    }
}

/* "0x08000000-0x08001fff, .." */
static void put_ranges(const struct option_bytes *bytes, struct buf *text)
{
    for (unsigned i = 0; i < bytes->range_count; i++)
        buf_printf(text, "%s0x%08" PRIx32 "-0x%08" PRIx32, i ? ", " : "", bytes->ranges[i].start,
                   bytes->ranges[i].start + bytes->ranges[i].bytes - 1);
}

static void print_blocks(const struct option_bytes *bytes, FILE *out)
{
    char ranges[400];
    struct buf text;

    buf_init(&text, ranges, sizeof ranges - 1);
    put_ranges(bytes, &text);
    ranges[text.length] = '\0';
    if (!bytes->protected_blocks)
        cli_print_fact(out, "write lock", "none");
    else
        cli_print_fact(out, "write lock", "%u of %u blocks%s (%s): %s", bytes->protected_blocks,
                       bytes->block_count,
                       option_blocks_hidden(bytes->options)
                           ? " as stored, in force yet or not until they are loaded"
                           : "",
                       bytes->blocks, ranges);
}

void option_bytes_print(const struct option_bytes *bytes, FILE *out)
{
    const char *why = bytes->options ? "could not be read" : "not known for this chip";
    char meanings[400];
    struct buf text;

    if (!bytes->options || !bytes->known) {
        cli_print_fact(out, "write lock", "%s", why);
        cli_print_fact(out, "options", "%s", why);
        return;
    }
    buf_init(&text, meanings, sizeof meanings - 1);
    put_meanings(bytes, &text);
    meanings[text.length] = '\0';
    print_blocks(bytes, out);
    cli_print_fact(out, "options", "%s%s", meanings,
                   option_pending(bytes->options, &bytes->state)
                       ? "; others are stored, for after the next reset"
                       : "");
}

void option_bytes_list(const struct flash_options *options, const struct target *target,
                       const struct option_state *state, FILE *out)
{
    char line[OPTION_LINE];

    for (uint32_t i = 0; option_line(options, target, i, state, line, sizeof line); i++)
        fprintf(out, "  %s\n", line);
}

static void field_json(const struct option_field *field, uint32_t value, struct json *json)
{
    const struct option_value *meant = option_value(field, value);

    if (field->key && field->value_count > 2 && meant)
        json_text(json, field->key, meant->text);
    else if (field->key && field->value_count == 2)
        json_bool(json, field->key, value == field->key_true);
    else if (field->key)
        json_number(json, field->key, value);
}

void option_bytes_json(const struct option_bytes *bytes, struct json *json)
{
    if (!bytes->known) {
        json_null(json, "write_protected");
        json_null(json, "write_protected_blocks");
        json_null(json, "write_blocks");
        json_null(json, "write_protected_as_stored");
        json_null(json, "option_bytes");
        return;
    }
    json_open(json, "write_protected", '[');
    for (unsigned i = 0; i < bytes->range_count; i++) {
        json_open(json, NULL, '{');
        json_number(json, "start", bytes->ranges[i].start);
        json_number(json, "bytes", bytes->ranges[i].bytes);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_number(json, "write_protected_blocks", bytes->protected_blocks);
    json_number(json, "write_blocks", bytes->block_count);
    json_bool(json, "write_protected_as_stored", option_blocks_hidden(bytes->options));
    json_open(json, "option_bytes", '{');
    for (uint8_t i = 0; i < bytes->options->field_count; i++)
        field_json(&bytes->options->fields[i],
                   option_get(&bytes->options->fields[i], bytes->state.in_force), json);
    json_bool(json, "others_stored", option_pending(bytes->options, &bytes->state));
    json_close(json, '}');
}

void option_bytes_values_json(const struct flash_options *options, const struct option_state *state,
                              struct json *json)
{
    json_open(json, "options", '[');
    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];
        uint32_t value = option_get(field, state->in_force);
        const struct option_value *meant = option_value(field, value);

        json_open(json, NULL, '{');
        json_text(json, "name", field->name);
        json_number(json, "value", value);
        json_text(json, "text", meant ? meant->text : NULL);
        json_number(json, "stored", option_get(field, state->stored));
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_blocks_change(const struct flash_options *options, const struct target *target,
                                const uint32_t *before, const uint32_t *after, struct json *json)
{
    char was[200] = "", will[200] = "";

    if (option_block_count(options, target)) {
        blocks_text(options, target, before, was, sizeof was);
        blocks_text(options, target, after, will, sizeof will);
    }
    if (strcmp(was, will) == 0)
        return;
    json_open(json, NULL, '{');
    json_text(json, "name", "WRP");
    json_text(json, "before", was);
    json_text(json, "after", will);
    json_close(json, '}');
}

void option_bytes_changes_json(const struct flash_options *options, const struct target *target,
                               const uint32_t *before, const uint32_t *after, struct json *json)
{
    json_open(json, "changes", '[');
    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];
        uint32_t was = option_get(field, before), will = option_get(field, after);

        if (was == will)
            continue;
        json_open(json, NULL, '{');
        json_text(json, "name", field->name);
        json_number(json, "before", was);
        json_number(json, "after", will);
        json_close(json, '}');
    }
    write_blocks_change(options, target, before, after, json);
    json_close(json, ']');
}

/* SPDX-License-Identifier: MIT */
#include "cli/option_bytes.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "cli/probe_facts.h"

enum { OPTION_LINE = 300 };

/* Blocks side by side are one range. */
static void describe_blocks(struct option_bytes *bytes, const struct target *target,
                            const uint32_t *registers)
{
    char *text = bytes->write_protected;
    size_t used = 0, size = sizeof bytes->write_protected;
    struct option_block block;
    uint32_t start = 0, end = 0;

    for (uint32_t i = 0; used < size; i++) {
        bool more = option_block_get(bytes->options, target, i, &block);
        bool is_protected = more && option_block_protected(&block, registers);

        if (end && (!is_protected || block.address != end)) {
            used += (size_t)snprintf(text + used, size - used, "%s0x%08" PRIx32 "-0x%08" PRIx32,
                                     used ? ", " : "", start, end - 1);
            end = 0;
        }
        if (!more)
            break;
        start = is_protected && !end ? block.address : start;
        end = is_protected ? block.address + block.size : 0;
    }
}

/* How many of how many, and which. */
static void count_blocks(struct option_bytes *bytes, const struct target *target,
                         const uint32_t *registers)
{
    struct option_block block;
    struct buf text;

    bytes->block_count = option_block_count(bytes->options, target);
    for (uint32_t i = 0; option_block_get(bytes->options, target, i, &block); i++)
        bytes->protected_blocks += option_block_protected(&block, registers);
    buf_init(&text, bytes->blocks, sizeof bytes->blocks - 1);
    option_blocks_text(&text, bytes->options, target, registers);
    bytes->blocks[text.length] = '\0';
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

static void print_blocks(const struct option_bytes *bytes, FILE *out)
{
    if (!bytes->protected_blocks)
        cli_print_fact(out, "write lock", "none");
    else
        cli_print_fact(out, "write lock", "%u of %u blocks%s (%s): %s", bytes->protected_blocks,
                       bytes->block_count,
                       option_blocks_hidden(bytes->options)
                           ? " as stored, in force yet or not until they are loaded"
                           : "",
                       bytes->blocks, bytes->write_protected);
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
        json_hex(json, field->key, value, (field->bits + 3) / 4);
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
    json_text(json, "write_protected", bytes->write_protected[0] ? bytes->write_protected : "none");
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

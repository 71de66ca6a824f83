/* SPDX-License-Identifier: MIT */
#include "cli/option_bytes.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "cli/probe_facts.h"

static const struct target_region *find_flash(const struct target *target)
{
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_FLASH && regions[i].sector_size)
            return &regions[i];
    return NULL;
}

/* Blocks side by side are one range. */
static void describe_blocks(struct option_bytes *bytes, const uint32_t *registers,
                            const struct target_region *flash)
{
    const struct flash_options *options = bytes->options;
    uint32_t count = option_block_count(options, flash->size);
    char *text = bytes->write_protected;
    size_t used = 0, size = sizeof bytes->write_protected;

    for (uint32_t i = 0; i < count && used < size; i++) {
        uint32_t first = i;

        if (!option_block_protected(options, registers, i))
            continue;
        while (i + 1 < count && option_block_protected(options, registers, i + 1))
            i++;
        uint32_t end = i * options->blocks.size + option_block_size(options, flash->size, i);
        used += (size_t)snprintf(text + used, size - used, "%s0x%08" PRIx32 "-0x%08" PRIx32,
                                 used ? ", " : "", flash->start + first * options->blocks.size,
                                 flash->start + end - 1);
    }
}

static void describe(struct option_bytes *bytes, const struct target_region *flash)
{
    const struct option_blocks *blocks = &bytes->options->blocks;
    uint32_t registers[OPTION_REGISTERS_MAX];

    memcpy(registers, bytes->state.in_force, sizeof registers);
    if (bytes->state.readout_protected)
        registers[blocks->reg] &= ~blocks->with_rdp;
    describe_blocks(bytes, registers, flash);
}

void option_bytes_look(struct option_bytes *bytes, struct target *target, struct job *job)
{
    const struct target_region *flash = find_flash(target);

    *bytes = (struct option_bytes){.options = flash_options_for(target)};
    if (!bytes->options)
        return;
    bytes->known = bytes->options->read(target, &bytes->state) == ERR_OK && flash;
    if (bytes->known)
        describe(bytes, flash);
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
    cli_print_fact(out, "write lock", "%s",
                   bytes->write_protected[0] ? bytes->write_protected : "none");
    cli_print_fact(out, "options", "%s%s", meanings,
                   option_pending(bytes->options, &bytes->state)
                       ? "; others are stored, for after the next reset"
                       : "");
}

static void field_json(const struct option_field *field, uint32_t value, struct json *json)
{
    if (field->key && field->value_count)
        json_bool(json, field->key, value == field->key_true);
    else if (field->key)
        json_hex(json, field->key, value, (field->bits + 3) / 4);
}

void option_bytes_json(const struct option_bytes *bytes, struct json *json)
{
    if (!bytes->known) {
        json_null(json, "write_protected");
        json_null(json, "option_bytes");
        return;
    }
    json_text(json, "write_protected", bytes->write_protected[0] ? bytes->write_protected : "none");
    json_open(json, "option_bytes", '{');
    for (uint8_t i = 0; i < bytes->options->field_count; i++)
        field_json(&bytes->options->fields[i],
                   option_get(&bytes->options->fields[i], bytes->state.in_force), json);
    json_bool(json, "others_stored", option_pending(bytes->options, &bytes->state));
    json_close(json, '}');
}

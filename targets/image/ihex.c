/* SPDX-License-Identifier: MIT */
/* Intel HEX ("Intel Hexadecimal Object File Format Specification", revision A, 1988). */
#include "image/image_internal.h"

enum {
    RECORD_DATA,
    RECORD_END,
    RECORD_SEGMENT, /* bits 19:4 of the base */
    RECORD_START_SEGMENT,
    RECORD_LINEAR, /* bits 31:16 of the base */
    RECORD_START_LINEAR,
    RECORD_KINDS
};
enum { LENGTH, ADDRESS_HIGH, ADDRESS_LOW, KIND, DATA, OVERHEAD = 5, RECORD_MAX = 255 + OVERHEAD };

struct ihex {
    struct image_reader *reader;
    unsigned line;
    uint32_t base;
    bool wraps; /* segmented: offsets wrap at 64 KiB inside the segment */
    bool ended;
    unsigned ends; /* line of the first end record that others follow; 0: none */
};

static enum err wrong(struct ihex *ihex, const char *what)
{
    return job_fail(ihex->reader->job, ERR_FILE, "%s line %u: %s", ihex->reader->name, ihex->line,
                    what);
}

static uint32_t big_endian(const uint8_t *bytes, unsigned count)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static enum err take_data(struct ihex *ihex, uint32_t offset, const uint8_t *data, uint32_t size)
{
    uint32_t before = 0x10000 - offset;

    if (size <= before || !ihex->wraps)
        return image_add(ihex->reader, (uint64_t)ihex->base + offset, data, size);
    enum err err = image_add(ihex->reader, ihex->base + offset, data, before);
    return err ? err : image_add(ihex->reader, ihex->base, data + before, size - before);
}

static enum err take_record(struct ihex *ihex, const uint8_t *record)
{
    static const uint8_t lengths[RECORD_KINDS] = {0, 0, 2, 4, 2, 4};
    uint32_t value = big_endian(record + DATA, 4);
    uint8_t kind = record[KIND];

    if (kind >= RECORD_KINDS)
        return wrong(ihex, "unknown kind of record");
    if (kind != RECORD_DATA && record[LENGTH] != lengths[kind])
        return wrong(ihex, "a record of this kind has another length");
    switch (kind) {
    case RECORD_DATA:
        return take_data(ihex, big_endian(record + ADDRESS_HIGH, 2), record + DATA, record[LENGTH]);
    case RECORD_END:
        ihex->ended = true;
        break;
    case RECORD_SEGMENT:
    case RECORD_LINEAR:
        ihex->wraps = kind == RECORD_SEGMENT;
        ihex->base = (value >> 16) << (ihex->wraps ? 4 : 16);
        break;
    case RECORD_START_LINEAR:
        image_set_entry(ihex->reader, value);
        break;
    }
    return ERR_OK;
}

/* Behind an end record: what was put together of two files. It knows nothing of the first. */
static void begin_another(struct ihex *ihex, unsigned ended)
{
    if (!ihex->ends)
        ihex->ends = ended;
    ihex->ended = ihex->wraps = false;
    ihex->base = 0;
}

static enum err take_line(struct ihex *ihex, const struct image_line *line)
{
    uint8_t record[RECORD_MAX + 4] = {0}, sum = 0;
    unsigned ended = ihex->ended ? ihex->line : 0;

    if (line->length == 0)
        return ERR_OK;
    ihex->line = line->number;
    if (line->text[0] != ':')
        return wrong(ihex,
                     ended ? "follows the end record and is no record" : "does not begin with ':'");
    if (ended)
        begin_another(ihex, ended);
    int count = image_hex(line->text + 1, line->length - 1, record, RECORD_MAX);
    if (count < OVERHEAD)
        return wrong(ihex, "not pairs of hexadecimal digits, or too few");
    if (count != record[LENGTH] + OVERHEAD)
        return wrong(ihex, "its length is not what it says");
    for (int i = 0; i < count; i++)
        sum = (uint8_t)(sum + record[i]);
    return sum ? wrong(ihex, "wrong checksum") : take_record(ihex, record);
}

enum err image_read_ihex(struct image_reader *reader)
{
    struct ihex ihex = {.reader = reader};
    struct image_line line = {0};
    size_t at = 0;

    while (image_next_line(reader, &at, &line)) {
        enum err err = take_line(&ihex, &line);
        if (err)
            return err;
    }
    if (!ihex.ended)
        return job_fail(reader->job, ERR_FILE, "%s ends without an end record: cut short?",
                        reader->name);
    if (ihex.ends)
        image_warn(reader,
                   "%s goes on behind the end record in line %u: several files in one? All of "
                   "them are taken",
                   reader->name, ihex.ends);
    return ERR_OK;
}

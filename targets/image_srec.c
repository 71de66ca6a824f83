/* SPDX-License-Identifier: MIT */
/* Motorola S-records (M68000 Family Programmer's Reference Manual, appendix C). */
#include "image.h"

enum { LENGTH, ADDRESS, RECORD_MAX = 1 + 255 };

/* Bytes of address of S0..S9; 0: no such record. */
static const uint8_t address_sizes[10] = {2, 2, 3, 4, 0, 2, 3, 4, 3, 2};

static enum err wrong(struct image_reader *reader, const struct image_line *line, const char *what)
{
    return job_fail(reader->job, ERR_FILE, "%s line %u: %s", reader->name, line->number, what);
}

static enum err take_record(struct image_reader *reader, unsigned kind, const uint8_t *record,
                            bool *ended)
{
    uint32_t address = 0;
    unsigned size = address_sizes[kind];

    for (unsigned i = 0; i < size; i++)
        address = address << 8 | record[ADDRESS + i];
    if (kind >= 1 && kind <= 3)
        return image_add(reader, address, record + ADDRESS + size, record[LENGTH] - size - 1u);
    *ended = kind >= 7;
    if (*ended && address)
        image_set_entry(reader, address);
    return ERR_OK;
}

static enum err take_line(struct image_reader *reader, const struct image_line *line, bool *ended)
{
    uint8_t record[RECORD_MAX] = {0}, sum = 0;

    if (line->length == 0)
        return ERR_OK;
    if (line->length < 2 || line->text[0] != 'S' || line->text[1] < '0' || line->text[1] > '9')
        return wrong(reader, line, "does not begin with S and a digit");
    unsigned kind = (unsigned)(line->text[1] - '0');
    int count = image_hex(line->text + 2, line->length - 2, record, RECORD_MAX);
    if (count < 1)
        return wrong(reader, line, "not pairs of hexadecimal digits");
    if (count != record[LENGTH] + 1)
        return wrong(reader, line, "its length is not what it says");
    if (!address_sizes[kind] || count < 1 + address_sizes[kind] + 1)
        return wrong(reader, line, "unknown kind of record, or too short");
    for (int i = 0; i < count; i++)
        sum = (uint8_t)(sum + record[i]);
    return sum != 0xFF ? wrong(reader, line, "wrong checksum")
                       : take_record(reader, kind, record, ended);
}

enum err image_read_srec(struct image_reader *reader)
{
    struct image_line line = {0};
    bool ended = false;
    size_t at = 0;

    while (!ended && image_next_line(reader, &at, &line)) {
        enum err err = take_line(reader, &line, &ended);
        if (err)
            return err;
    }
    if (ended)
        return ERR_OK;
    return job_fail(reader->job, ERR_FILE, "%s ends without an S7, S8 or S9 record: cut short?",
                    reader->name);
}

/* SPDX-License-Identifier: MIT */
/* Motorola S-records (M68000 Family Programmer's Reference Manual, appendix C). */
#include "image/image_internal.h"

enum { LENGTH, ADDRESS, RECORD_MAX = 1 + 255 };

/* Bytes of address of S0..S9; 0: no such record. */
static const uint8_t address_sizes[10] = {2, 2, 3, 4, 0, 2, 3, 4, 3, 2};

struct srec {
    struct image_reader *reader;
    unsigned line;
    bool ended;
    unsigned ends; /* line of the first end record that others follow; 0: none */
};

static enum err wrong(struct srec *srec, const char *what)
{
    return job_fail(srec->reader->job, ERR_FILE, "%s line %u: %s", srec->reader->name, srec->line,
                    what);
}

static enum err take_record(struct srec *srec, unsigned kind, const uint8_t *record)
{
    uint32_t address = 0;
    unsigned size = address_sizes[kind];

    for (unsigned i = 0; i < size; i++)
        address = address << 8 | record[ADDRESS + i];
    if (kind >= 1 && kind <= 3)
        return image_add(srec->reader, address, record + ADDRESS + size,
                         record[LENGTH] - size - 1u);
    srec->ended = kind >= 7;
    if (srec->ended && address)
        image_set_entry(srec->reader, address);
    return ERR_OK;
}

static enum err take_line(struct srec *srec, const struct image_line *line)
{
    uint8_t record[RECORD_MAX] = {0}, sum = 0;
    unsigned ended = srec->ended ? srec->line : 0;

    if (line->length == 0)
        return ERR_OK;
    srec->line = line->number;
    if (line->length < 2 || line->text[0] != 'S' || line->text[1] < '0' || line->text[1] > '9')
        return wrong(srec, ended ? "follows the end record and is no record"
                                 : "does not begin with S and a digit");
    srec->ended = false;
    srec->ends = srec->ends ? srec->ends : ended;
    unsigned kind = (unsigned)(line->text[1] - '0');
    int count = image_hex(line->text + 2, line->length - 2, record, RECORD_MAX);
    if (count < 1)
        return wrong(srec, "not pairs of hexadecimal digits");
    if (count != record[LENGTH] + 1)
        return wrong(srec, "its length is not what it says");
    if (!address_sizes[kind] || count < 1 + address_sizes[kind] + 1)
        return wrong(srec, "unknown kind of record, or too short");
    for (int i = 0; i < count; i++)
        sum = (uint8_t)(sum + record[i]);
    return sum != 0xFF ? wrong(srec, "wrong checksum") : take_record(srec, kind, record);
}

enum err image_read_srec(struct image_reader *reader)
{
    struct srec srec = {.reader = reader};
    struct image_line line = {0};
    size_t at = 0;

    while (image_next_line(reader, &at, &line)) {
        enum err err = take_line(&srec, &line);
        if (err)
            return err;
    }
    if (!srec.ended)
        return job_fail(reader->job, ERR_FILE, "%s ends without an S7, S8 or S9 record: cut short?",
                        reader->name);
    if (srec.ends)
        image_warn(reader,
                   "%s goes on behind the end record in line %u: several files in one? All of "
                   "them are taken",
                   reader->name, srec.ends);
    return ERR_OK;
}

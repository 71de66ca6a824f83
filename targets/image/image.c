/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "image/image_internal.h"

static enum image_format by_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    enum image_format format;

    return dot && image_format_by_name(dot + 1, &format) ? format : IMAGE_AUTO;
}

static enum err refuse(struct image_reader *reader, const struct image_kind *kind)
{
    return job_fail(reader->job, ERR_FILE, "%.150s is %s, no program for a chip; %s", reader->name,
                    kind->what,
                    kind->advice ? kind->advice
                                 : "if its bytes are what the flash shall hold, give it a name "
                                   "that ends in .bin, and an address");
}

/* The content decides; the name where the content is nothing that can be read. */
static enum err choose_format(struct image_reader *reader, enum image_format *format)
{
    const struct image_kind *kind = image_recognise(reader->data, reader->size);
    enum image_format named = by_ending(reader->name);

    *format = IMAGE_BINARY;
    if (kind && kind->format != IMAGE_AUTO)
        *format = kind->format;
    else if (named != IMAGE_AUTO)
        *format = named;
    else if (kind)
        return refuse(reader, kind);
    return ERR_OK;
}

/* Asked for by word. */
static void doubt_binary(struct image_reader *reader)
{
    const struct image_kind *kind = image_recognise(reader->data, reader->size);

    if (kind && !kind->is_text)
        image_warn(reader, "%s is %s: its bytes are taken as they are, as asked", reader->name,
                   kind->what);
}

static enum err read_format(struct image_reader *reader, enum image_format format)
{
    switch (format) {
    case IMAGE_ELF:
        return image_read_elf(reader);
    case IMAGE_IHEX:
        return image_read_ihex(reader);
    case IMAGE_SREC:
        return image_read_srec(reader);
    case IMAGE_UF2:
        return image_read_uf2(reader);
    case IMAGE_DFUSE:
        return image_read_dfuse(reader);
    case IMAGE_DFU:
        return image_read_dfu(reader);
    case IMAGE_AUTO:
    case IMAGE_BINARY:
        break;
    }
    return image_add(reader, 0, reader->data, reader->size);
}

enum err image_parse(struct job *job, const char *name, const void *data, size_t size,
                     enum image_format format, uint32_t offset, struct image *image)
{
    struct image_reader reader = {job, name, data, size, offset, image};
    enum err err = ERR_OK;

    if (format == IMAGE_AUTO)
        err = choose_format(&reader, &format);
    else if (format == IMAGE_BINARY)
        doubt_binary(&reader);
    else if (format == IMAGE_DFU && image_is_dfuse(data, size))
        format = IMAGE_DFUSE;
    *image = (struct image){.format = format == IMAGE_DFU ? IMAGE_BINARY : format};
    if (!err)
        err = read_format(&reader, format);
    if (!err)
        err = image_sort(&reader);
    if (err)
        image_finish(image);
    return err;
}

enum err image_load(struct job *job, const char *path, enum image_format format, uint32_t offset,
                    struct image *image)
{
    uint8_t *data = NULL;
    size_t size = 0;

    *image = (struct image){0};
    enum err err = image_file_read(job, path, format, &data, &size);
    if (!err)
        err = image_parse(job, path, data, size, format, offset, image);
    free(data);
    return err;
}

bool image_format_by_name(const char *name, enum image_format *format)
{
    static const struct {
        const char *name;
        enum image_format format;
    } names[] = {
        {"auto", IMAGE_AUTO}, {"bin", IMAGE_BINARY}, {"dfu", IMAGE_DFU},
        {"elf", IMAGE_ELF},   {"hex", IMAGE_IHEX},   {"ihex", IMAGE_IHEX},
        {"s19", IMAGE_SREC},  {"srec", IMAGE_SREC},  {"uf2", IMAGE_UF2},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i].name) == 0) {
            *format = names[i].format;
            return true;
        }
    return false;
}

/* SPDX-License-Identifier: MIT */
/* UF2, "USB Flashing Format" (microsoft/uf2, README, "File format"): blocks of 512 bytes, each with
 * its address. Files for a chip may stand behind each other. */
#include "image/image_internal.h"

#include <inttypes.h>

#include "base/bytes.h"

enum {
    MAGIC_0 = 0,
    MAGIC_1 = 4,
    FLAGS = 8,
    ADDRESS = 12,
    LENGTH = 16,
    NUMBER = 20,
    COUNT = 24,
    FAMILY = 28,
    DATA = 32,
    MAGIC_END = 508,
    BLOCK = 512,
    LENGTH_MAX = 476,
};
#define START_0 0x0A324655u
#define START_1 0x9E5D5157u
#define END 0x0AB16F30u
enum { NOT_MAIN_FLASH = 1, FILE_CONTAINER = 0x1000, HAS_FAMILY = 0x2000 };

struct uf2 {
    struct image_reader *reader;
    size_t at;
    uint32_t next, count; /* block that is due, and how many its file has */
    bool skipped;
};

static enum err wrong(const struct uf2 *uf2, const char *what)
{
    return job_fail(uf2->reader->job, ERR_FILE, "%s block %zu: %s", uf2->reader->name,
                    uf2->at / BLOCK, what);
}

/* The chips' family, for all blocks the same. */
static enum err take_family(struct uf2 *uf2, const uint8_t *block)
{
    struct image *image = uf2->reader->image;
    uint32_t family = get_le32(block + FLAGS) & HAS_FAMILY ? get_le32(block + FAMILY) : 0;

    if (uf2->at == 0)
        image->uf2_family = family;
    if (family == image->uf2_family)
        return ERR_OK;
    return job_fail(uf2->reader->job, ERR_FILE,
                    "%s holds programs for several chips (families 0x%08" PRIx32 " and 0x%08" PRIx32
                    "): take the file for one of them",
                    uf2->reader->name, image->uf2_family, family);
}

static enum err take_order(struct uf2 *uf2, const uint8_t *block)
{
    uint32_t number = get_le32(block + NUMBER), count = get_le32(block + COUNT);

    if (uf2->next == uf2->count) { /* a file begins */
        uf2->next = 0;
        uf2->count = count;
    }
    if (number != uf2->next || count != uf2->count || number >= count)
        return job_fail(uf2->reader->job, ERR_FILE,
                        "%s block %zu: it says %" PRIu32 " of %" PRIu32 " where %" PRIu32
                        " of %" PRIu32 " is due: damaged, or blocks are missing",
                        uf2->reader->name, uf2->at / BLOCK, number, count, uf2->next, uf2->count);
    uf2->next++;
    return ERR_OK;
}

static enum err take_block(struct uf2 *uf2, const uint8_t *block)
{
    uint32_t flags = get_le32(block + FLAGS), length = get_le32(block + LENGTH);

    if (get_le32(block + MAGIC_0) != START_0 || get_le32(block + MAGIC_1) != START_1 ||
        get_le32(block + MAGIC_END) != END)
        return wrong(uf2, "not a UF2 block");
    if (length > LENGTH_MAX)
        return wrong(uf2, "more bytes than a block has room for");
    if (flags & FILE_CONTAINER)
        return wrong(uf2, "holds a file for a file system, not flash");
    enum err err = take_order(uf2, block);
    if (err)
        return err;
    if (flags & NOT_MAIN_FLASH) {
        uf2->skipped = true;
        return ERR_OK;
    }
    err = take_family(uf2, block);
    return err ? err : image_add(uf2->reader, get_le32(block + ADDRESS), block + DATA, length);
}

enum err image_read_uf2(struct image_reader *reader)
{
    struct uf2 uf2 = {.reader = reader};
    enum err err = ERR_OK;

    for (; reader->size - uf2.at >= BLOCK && !err; uf2.at += BLOCK)
        err = take_block(&uf2, reader->data + uf2.at);
    if (err)
        return err;
    if (uf2.at != reader->size || uf2.next != uf2.count)
        return job_fail(reader->job, ERR_FILE,
                        "%s ends after %" PRIu32 " of %" PRIu32 " blocks: cut short?", reader->name,
                        uf2.next, uf2.count);
    if (uf2.skipped)
        image_warn(reader, "%s has blocks that are not for the main flash: they are left out",
                   reader->name);
    return ERR_OK;
}

/* SPDX-License-Identifier: MIT */
#include "pack/pack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "flash/flm/flm.h"
#include "flash/flm/flm_driver.h"
#include "pack/archive.h"
#include "pack/pdsc.h"

struct pack {
    struct flm algorithms[PACK_ALGORITHMS_MAX];
    size_t count;
    struct flm_driver *driver;
    struct chip_description description;
};

/* What is being opened. */
struct opening {
    struct job *job;
    const struct pack_choice *choice;
    struct pack *pack;
    struct archive *archive;
    const char *path; /* of it */
    struct pdsc_chip chip;
};

/* --- words --- */

/* "20K", "0x5000", "1M". False: it is no size. */
static bool read_size(const char *text, uint32_t *bytes)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, hexadecimal ? 16 : 10);
    unsigned shift = *end == 'K' || *end == 'k' ? 10 : *end == 'M' || *end == 'm' ? 20 : 0;
    end += shift != 0;
    if (*text < '0' || *text > '9' || *end || errno || value > UINT32_MAX >> shift)
        return false;
    *bytes = (uint32_t)value << shift;
    return true;
}

static enum err add_ram(struct opening *opening)
{
    const char *word = opening->choice->ram, *colon = word ? strchr(word, ':') : NULL;
    struct target_region ram = {.name = "ram", .kind = REGION_RAM};
    char start[24];

    if (!word)
        return ERR_OK;
    snprintf(start, sizeof start, "%.*s", colon ? (int)(colon - word) : 0, word);
    if (!colon || !read_size(start, &ram.start) || !read_size(colon + 1, &ram.size) || !ram.size ||
        (uint64_t)ram.start + ram.size > 1ull << 32)
        return job_fail(opening->job, ERR_ARGUMENT,
                        "--chip-ram %.60s: where the chip's RAM is, as in 0x20000000:20K", word);
    return description_add(opening->job, &opening->pack->description, &ram);
}

/* --- algorithms --- */

static struct flm *room_for_algorithm(struct opening *opening)
{
    struct pack *pack = opening->pack;

    if (pack->count == PACK_ALGORITHMS_MAX) {
        job_fail(opening->job, ERR_FILE, "more than %d flash algorithms at once",
                 PACK_ALGORITHMS_MAX);
        return NULL;
    }
    return &pack->algorithms[pack->count];
}

static enum err add_flash(struct opening *opening, const struct flm *flm)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < flm->run_count && !err; i++) {
        const struct target_region region = {
            .name = flm->external ? "external flash" : "flash",
            .kind = REGION_FLASH,
            .start = flm->start + flm->runs[i].offset,
            .size = flm->runs[i].size,
            .sector_size = flm->runs[i].sector_size,
        };
        err = description_add(opening->job, &opening->pack->description, &region);
    }
    return err;
}

static enum err add_file(struct opening *opening, const char *path)
{
    struct flm *flm = room_for_algorithm(opening);
    enum err err = flm ? flm_read_file(opening->job, path, flm) : opening->job->err;

    if (err)
        return err;
    opening->pack->count++;
    return add_flash(opening, flm);
}

/* Some packs' algorithms are for more than the chip has. */
static uint32_t size_in_memory(const struct pdsc_chip *chip, const struct pdsc_algorithm *algorithm)
{
    for (size_t i = 0; i < chip->memory_count; i++) {
        const struct pdsc_memory *memory = &chip->memories[i];
        uint32_t offset = algorithm->start - memory->start;

        if (offset < memory->size && algorithm->size > memory->size - offset)
            return memory->size - offset;
    }
    return algorithm->size;
}

static enum err add_from_pack(struct opening *opening, const struct pdsc_algorithm *algorithm)
{
    struct flm *flm = room_for_algorithm(opening);
    uint8_t *data = NULL;
    size_t size = 0;
    char name[PDSC_PATH + 64];

    if (!flm)
        return opening->job->err;
    enum err err = archive_read(opening->job, opening->archive, algorithm->path, &data, &size);
    if (err)
        return err;
    snprintf(name, sizeof name, "%.60s in the pack", algorithm->path);
    err = flm_read(opening->job, name, data, size, flm);
    free(data);
    if (err)
        return err;
    opening->pack->count++;
    err = flm_place(opening->job, flm, algorithm->start, size_in_memory(&opening->chip, algorithm));
    return err ? err : add_flash(opening, flm);
}

/* --- memories --- */

/* What was described before counts: flash is no ROM, and some packs name a memory twice. */
static enum err add_memories(struct opening *opening)
{
    struct chip_description *description = &opening->pack->description;
    enum err err = ERR_OK;

    for (size_t i = 0; i < opening->chip.memory_count && !err; i++) {
        const struct pdsc_memory *memory = &opening->chip.memories[i];
        bool ram_is_said = memory->writable && opening->choice->ram;
        const struct target_region region = {
            .name = memory->writable ? "ram" : "rom",
            .kind = memory->writable ? REGION_RAM : REGION_ROM,
            .start = memory->start,
            .size = memory->size,
        };
        if (memory->size && !ram_is_said && !description_overlap(description, &region))
            err = description_add(opening->job, description, &region);
    }
    return err;
}

/* A pack that names no RAM says at least where its algorithms run. */
static enum err add_algorithms_ram(struct opening *opening)
{
    struct chip_description *description = &opening->pack->description;

    for (size_t i = 0; i < description->count; i++)
        if (description->regions[i].kind == REGION_RAM)
            return ERR_OK;
    for (size_t i = 0; i < opening->chip.algorithm_count; i++) {
        const struct pdsc_algorithm *algorithm = &opening->chip.algorithms[i];
        const struct target_region region = {.name = "ram",
                                             .kind = REGION_RAM,
                                             .start = algorithm->ram_start,
                                             .size = algorithm->ram_size};
        if (algorithm->has_ram && algorithm->ram_size)
            return description_add(opening->job, description, &region);
    }
    return ERR_OK;
}

/* --- a pack --- */

static bool is_wanted(const struct pack_choice *choice, const struct pdsc_algorithm *algorithm)
{
    return algorithm->is_default ||
           (choice->algorithm && strcasestr(algorithm->path, choice->algorithm));
}

static enum err add_chip(struct opening *opening)
{
    const struct pdsc_chip *chip = &opening->chip;
    enum err err = ERR_OK;

    snprintf(opening->pack->description.name, sizeof opening->pack->description.name, "%s",
             chip->name);
    for (size_t i = 0; i < chip->algorithm_count && !err; i++)
        if (is_wanted(opening->choice, &chip->algorithms[i]))
            err = add_from_pack(opening, &chip->algorithms[i]);
    if (!err)
        err = add_memories(opening);
    return err ? err : add_algorithms_ram(opening);
}

struct only_one {
    unsigned count;
    char name[PDSC_NAME];
    char first[200];
};

static void count_chip(void *user, const char *name)
{
    struct only_one *one = user;
    size_t used = strlen(one->first);

    one->count++;
    snprintf(one->name, sizeof one->name, "%s", name);
    if (used + strlen(name) + 3 < sizeof one->first)
        snprintf(one->first + used, sizeof one->first - used, "%s%s", used ? ", " : "", name);
}

static enum err find_chip(struct opening *opening, const char *text, size_t size)
{
    struct only_one one = {0};
    enum err err;

    if (opening->choice->chip)
        return pdsc_find(opening->job, opening->path, text, size, opening->choice->chip,
                         &opening->chip);
    err = pdsc_names(opening->job, opening->path, text, size, count_chip, &one);
    if (err)
        return err;
    if (one.count != 1)
        return job_fail(opening->job, ERR_ARGUMENT,
                        "which chip of the pack? --chip NAME says it; there are %u: %s%s",
                        one.count, one.first, one.count > 5 ? ", .." : "");
    return pdsc_find(opening->job, opening->path, text, size, one.name, &opening->chip);
}

static enum err add_archive(struct opening *opening, const char *path)
{
    char *text = NULL;
    size_t size = 0;

    if (opening->path)
        return job_fail(opening->job, ERR_ARGUMENT, "one pack at a time: %s or %s", opening->path,
                        path);
    opening->path = path;
    enum err err = archive_open(opening->job, path, &opening->archive);
    if (!err)
        err = archive_read_description(opening->job, opening->archive, &text, &size);
    if (err)
        return err;
    err = find_chip(opening, text, size);
    free(text);
    return err ? err : add_chip(opening);
}

/* --- all of it --- */

static bool ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);

    return length > tail && strcasecmp(path + length - tail, ending) == 0;
}

/* The second is refused in words that say what to take. */
static bool is_algorithm(const char *path)
{
    return ends_with(path, ".flm") || ends_with(path, ".stldr");
}

static enum err add_all(struct opening *opening)
{
    struct pack *pack = opening->pack;
    enum err err = add_ram(opening);

    for (size_t i = 0; i < opening->choice->count && !err; i++) {
        const char *path = opening->choice->paths[i];

        err = is_algorithm(path) ? add_file(opening, path) : add_archive(opening, path);
    }
    if (!err && opening->choice->chip && !opening->path)
        err = job_fail(opening->job, ERR_ARGUMENT, "--chip names a chip of a pack: --pack FILE");
    if (!err && pack->count)
        err = flm_driver_create(opening->job, pack->algorithms, pack->count, &pack->driver);
    if (pack->driver)
        pack->description.flash = flm_driver_flash(pack->driver);
    return err;
}

enum err pack_open(struct job *job, const struct pack_choice *choice, struct pack **result)
{
    struct opening *opening = calloc(1, sizeof *opening);
    struct pack *pack = calloc(1, sizeof *pack);
    enum err err = ERR_OK;

    *result = NULL;
    if (opening && pack) {
        *opening = (struct opening){.job = job, .choice = choice, .pack = pack};
        err = add_all(opening);
        archive_close(opening->archive);
    } else {
        err = job_fail(job, ERR_NO_MEMORY, "out of memory");
    }
    free(opening);
    if (err)
        pack_close(pack);
    else
        *result = pack;
    return err;
}

const struct chip_description *pack_description(const struct pack *pack)
{
    return pack ? &pack->description : NULL;
}

void pack_close(struct pack *pack)
{
    if (!pack)
        return;
    flm_driver_destroy(pack->driver);
    for (size_t i = 0; i < pack->count; i++)
        flm_free(&pack->algorithms[i]);
    free(pack);
}

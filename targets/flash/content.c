/* SPDX-License-Identifier: MIT */
#include "flash/content.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chip/chips.h"
#include "chip/otp.h"
#include "core/core.h"
#include "flash/one_time.h"
#include "image/fit.h"

enum { VERIFY_CHUNK = 8192 }; /* a slice at any SWD clock that is worth using */

static struct job *job_of(const struct target *target)
{
    return probe_job(target_probe(target));
}

/* --- where the bytes go --- */

static bool is_flash(enum region_kind kind)
{
    return kind == REGION_FLASH || kind == REGION_FLASH_ALIAS || kind == REGION_EEPROM;
}

static bool is_memory(enum region_kind kind)
{
    return is_flash(kind) || kind == REGION_RAM;
}

/* A run of bytes of one segment that lie in one kind of memory. */
struct part {
    enum region_kind kind;
    bool once; /* in one-time memory, which is of no kind above */
    uint32_t address, size;
    const uint8_t *data;
};

/* From the image's first byte in the memory below `address` to its last byte before the next one:
 * what does not fit into it. 0 bytes: the image has none there. */
static uint64_t measure_below(struct target *target, const struct image *image, uint32_t address,
                              uint32_t *first)
{
    uint64_t end = 0, next = 1ull << 32;
    size_t count;
    const struct target_region *regions = target_regions(target, &count), *below = NULL;

    for (size_t i = 0; i < count; i++) {
        if (regions[i].start > address && regions[i].start < next)
            next = regions[i].start;
        if (regions[i].start < address && (!below || regions[i].start > below->start))
            below = &regions[i];
    }
    for (size_t i = image->count; below && i-- > 0;) {
        const struct image_segment *segment = &image->segments[i];
        uint64_t until = (uint64_t)segment->address + segment->size;

        if (segment->address < below->start || segment->address >= next)
            continue;
        end = end ? end : until;
        *first = segment->address;
    }
    return end ? end - *first : 0;
}

static enum err nowhere(struct target *target, const struct image *image, uint32_t address)
{
    uint32_t first = 0;
    uint64_t size = measure_below(target, image, address, &first);
    char fit[FIT_TEXT] = "";

    if (fit_is_kept(target, address))
        return job_fail(job_of(target), ERR_NOT_FLASH,
                        "0x%08" PRIx32 " is in the flash that the chip's other core keeps for "
                        "itself: nobody else programs or erases that; `probed info` shows where it "
                        "begins",
                        address);
    if (chip_is_otp(target->chip.dev_id, address))
        return job_fail(job_of(target), ERR_NOT_FLASH,
                        "0x%08" PRIx32 " is " TARGET_OTP_TEXT "; nothing was written", address);
    if (!target->description && !chip_by_dev_id(target->chip.dev_id))
        return job_fail(job_of(target), ERR_NOT_FLASH,
                        "what memory there is at 0x%08" PRIx32 " is not known, for this chip is "
                        "not (%s); the CMSIS-Pack of its maker knows it: --pack FILE.pack --chip "
                        "NAME",
                        address, target_chip(target)->name);
    if (size)
        fit_fails(target, first, size, fit);
    return job_fail(job_of(target), ERR_NOT_FLASH,
                    "%s0x%08" PRIx32 " is neither in flash nor in RAM of this chip (%s); is the "
                    "file made for another one?",
                    fit, address, target_chip(target)->name);
}

static void take_once(const struct target *target, const struct image_segment *segment,
                      uint32_t offset, struct part *part)
{
    uint32_t size = 0;

    *part =
        (struct part){REGION_DEVICE, true, segment->address + offset, 0, segment->data + offset};
    while (size < segment->size - offset && one_time_allowed(target, part->address + size))
        size++;
    part->size = size;
}

/* The part that begins at `offset` of the segment. */
static enum err take_part(struct target *target, const struct image *image,
                          const struct image_segment *segment, uint32_t offset, struct part *part)
{
    uint64_t at = (uint64_t)segment->address + offset;
    uint64_t end = (uint64_t)segment->address + segment->size;
    const struct target_region *region = target_region_at(target, (uint32_t)at);

    if (one_time_allowed(target, (uint32_t)at)) {
        take_once(target, segment, offset, part);
        return ERR_OK;
    }
    if (!region || !is_memory(region->kind))
        return nowhere(target, image, (uint32_t)at);
    *part = (struct part){region->kind, false, (uint32_t)at, 0, segment->data + offset};
    while (at < end && region && region->kind == part->kind) {
        at = (uint64_t)region->start + region->size;
        region = at < end ? target_region_at(target, (uint32_t)at) : NULL;
    }
    part->size = (uint32_t)((at < end ? at : end) - part->address);
    return ERR_OK;
}

/* A file that says nothing of addresses, and ends in flash's neighbour (L1 of 512 KiB): it is too
 * large, and not meant for both. */
static enum err refuse_run_on(struct target *target, const struct image *image,
                              const struct part *before, const struct part *part)
{
    const struct image_segment *segment = &image->segments[0];
    char fit[FIT_TEXT] = "";

    if (image->format != IMAGE_BINARY || part->address == segment->address ||
        before->kind == part->kind || part->kind != REGION_EEPROM)
        return ERR_OK;
    fit_fails(target, segment->address, segment->size, fit);
    return job_fail(job_of(target), ERR_NOT_FLASH,
                    "%swhat follows at 0x%08" PRIx32 " is data EEPROM; is the file made for "
                    "another chip than this one (%s)?",
                    fit, part->address, target_chip(target)->name);
}

typedef enum err part_visit(void *user, const struct part *part);

static enum err visit_parts(struct target *target, const struct image *image, part_visit *visit,
                            void *user)
{
    struct part part = {0}, before;
    enum err err = ERR_OK;

    for (size_t i = 0; i < image->count && !err; i++)
        for (uint32_t at = 0; at < image->segments[i].size && !err; at += part.size) {
            before = part;
            err = take_part(target, image, &image->segments[i], at, &part);
            if (!err)
                err = refuse_run_on(target, image, &before, &part);
            if (!err)
                err = visit(user, &part);
        }
    return err;
}

static enum err count_part(void *user, const struct part *part)
{
    struct flash_image_places *places = user;

    *(part->once             ? &places->once
      : is_flash(part->kind) ? &places->flash
                             : &places->ram) += part->size;
    return ERR_OK;
}

struct views {
    struct target *target;
    const struct image *image;
};

/* Of a part that lies in the alias: the first byte that a segment at the flash's own address has
 * otherwise. */
static bool contradicts(uint32_t own, const struct part *part, const struct image_segment *segment,
                        uint32_t *at)
{
    uint64_t end = (uint64_t)own + part->size, last = (uint64_t)segment->address + segment->size;
    uint64_t from = own > segment->address ? own : segment->address;

    for (uint64_t i = from; i < end && i < last; i++)
        if (part->data[i - own] != segment->data[i - segment->address]) {
            *at = (uint32_t)i;
            return true;
        }
    return false;
}

static enum err agree(void *user, const struct part *part)
{
    const struct views *views = user;
    uint32_t own = target_own_address(views->target, part->address), at;

    for (size_t i = 0; own != part->address && i < views->image->count; i++)
        if (contradicts(own, part, &views->image->segments[i], &at))
            return job_fail(job_of(views->target), ERR_FILE,
                            "the file has two different bytes for 0x%08" PRIx32
                            ", which 0x%08" PRIx32 " shows again: is it linked for both?",
                            at, at - own + part->address);
    return ERR_OK;
}

enum err flash_image_places(struct target *target, const struct image *image,
                            struct flash_image_places *places)
{
    struct views views = {target, image};

    *places = (struct flash_image_places){0};
    enum err err = visit_parts(target, image, count_part, places);
    return err ? err : visit_parts(target, image, agree, &views);
}

/* --- one-time memory --- */

static enum err take_once_part(void *user, const struct part *part)
{
    if (part->once)
        one_time_take(user, part->address, part->data, part->size);
    return ERR_OK;
}

static enum err look_once(struct target *target, const struct image *image, struct one_time *once)
{
    one_time_init(once, target);
    enum err err = visit_parts(target, image, take_once_part, once);
    return err ? err : one_time_look(once);
}

enum err flash_image_once(struct target *target, const struct image *image, char *text, size_t size)
{
    struct one_time once;
    enum err err = look_once(target, image, &once);

    text[0] = '\0';
    if (!err)
        one_time_describe(&once, text, size);
    return err;
}

/* --- programming --- */

static enum err expect_flash_part(void *user, const struct part *part)
{
    if (is_flash(part->kind))
        flash_expect(user, part->address, part->size);
    return ERR_OK;
}

static enum err write_flash_part(void *user, const struct part *part)
{
    if (!is_flash(part->kind))
        return ERR_OK;
    return flash_write(user, part->address, part->data, part->size);
}

static enum err write_ram_part(void *user, const struct part *part)
{
    if (part->kind != REGION_RAM)
        return ERR_OK;
    return target_write(user, part->address, part->data, part->size);
}

static enum err program(struct target *target, const struct image *image,
                        const struct flash_image_options *options, struct flash_report *report)
{
    struct flash *flash;
    enum err err = flash_open(target, &flash);

    if (err)
        return err;
    flash_on_progress(flash, options->progress, options->user);
    if (options->erase_all)
        err = flash_announce_all(flash);
    if (!err)
        err = visit_parts(target, image, expect_flash_part, flash);
    if (!err)
        err = visit_parts(target, image, write_flash_part, flash);
    if (!err)
        err = flash_done(flash);
    *report = *flash_report(flash);
    flash_close(flash);
    return err;
}

/* Refused before the flash is touched, written behind it. */
static enum err program_all(struct target *target, const struct image *image,
                            const struct flash_image_places *places,
                            const struct flash_image_options *options, struct flash_report *report)
{
    struct one_time once;
    enum err err = places->once ? look_once(target, image, &once) : ERR_OK;

    if (!err && (places->flash || options->erase_all))
        err = program(target, image, options, report);
    return err || !places->once ? err : one_time_write(&once, &report->bytes_once);
}

enum err flash_image(struct target *target, const struct image *image,
                     const struct flash_image_options *options, struct flash_report *report)
{
    struct flash_report unused;
    struct flash_image_places places;
    enum err err = flash_image_places(target, image, &places);

    if (!report)
        report = &unused;
    *report = (struct flash_report){0};
    if (!err)
        err = program_all(target, image, &places, options, report);
    /* Last: programming borrows RAM. */
    return err ? err : visit_parts(target, image, write_ram_part, target);
}

/* --- reading back --- */

struct comparison {
    struct target *target;
    void (*progress)(void *user, size_t done);
    void *user;
    size_t done;
    uint8_t bytes[VERIFY_CHUNK];
};

static enum err compare(struct comparison *comparison, uint32_t address, const uint8_t *want,
                        uint32_t size)
{
    uint32_t i = 0;
    enum err err = target_read(comparison->target, address, comparison->bytes, size, NULL);

    if (err)
        return err;
    while (i < size && comparison->bytes[i] == want[i])
        i++;
    if (i < size)
        return job_fail(job_of(comparison->target), ERR_VERIFY,
                        "0x%08" PRIx32 " holds 0x%02x, the file has 0x%02x", address + i,
                        comparison->bytes[i], want[i]);
    comparison->done += size;
    if (comparison->progress)
        comparison->progress(comparison->user, comparison->done);
    return job_checkpoint(job_of(comparison->target));
}

static enum err compare_part(void *user, const struct part *part)
{
    enum err err = ERR_OK;

    for (uint32_t at = 0, size; at < part->size && !err; at += size) {
        size = part->size - at < VERIFY_CHUNK ? part->size - at : VERIFY_CHUNK;
        err = compare(user, part->address + at, part->data + at, size);
    }
    return err;
}

enum err flash_image_verify(struct target *target, const struct image *image,
                            void (*progress)(void *user, size_t done), void *user)
{
    struct comparison *comparison = malloc(sizeof *comparison);

    if (!comparison)
        return job_fail(job_of(target), ERR_NO_MEMORY, "out of memory");
    *comparison = (struct comparison){.target = target, .progress = progress, .user = user};
    target_drop_caches(target);
    enum err err = visit_parts(target, image, compare_part, comparison);
    free(comparison);
    return err;
}

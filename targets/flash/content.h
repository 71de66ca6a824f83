/* SPDX-License-Identifier: MIT */
/* A whole image onto a target: what `probed flash` and the monitor's commands for files do.
 * Worker thread; progress comes on it, between slices. */
#ifndef PROBED_FLASH_IMAGE_H
#define PROBED_FLASH_IMAGE_H

#include "flash/flash.h"
#include "image/image.h"

struct flash_image_options {
    bool erase_all;           /* what the image does not cover ends erased, all over the chip; else
                                 it stays as it is, even in the sectors that must be erased */
    flash_progress *progress; /* may be NULL */
    void *user;
};

/* How many bytes of the image lie where. */
struct flash_image_places {
    uint32_t flash, ram;
    uint32_t once; /* one-time memory, where that was allowed (flash/one_time.h) */
};

/* Where the image goes. ERR_NOT_FLASH, with the address, if a byte of it lies in neither flash nor
 * RAM; ERR_FILE if flash that shows twice should hold two different bytes. No traffic. */
enum err flash_image_places(struct target *target, const struct image *image,
                            struct flash_image_places *places);

/* What of it would be written into one-time memory, for people (`size` at least 400); empty: it is
 * there already. ERR_PROTECTED with a sentence where that cannot be. Reads only. */
enum err flash_image_once(struct target *target, const struct image *image, char *text,
                          size_t size);

/* Refuses as flash_image_places(), before anything is touched. Flash first, compared, programmed
 * and checked as by flash_write() and flash_done(), then RAM. Leaves the core halted (an image
 * that lies in RAM alone leaves it as it is). On error the job's sentence ends with the state of
 * the flash; `report` (may be NULL) is filled either way. */
enum err flash_image(struct target *target, const struct image *image,
                     const struct flash_image_options *options, struct flash_report *report);

/* Reads every byte back over the wire, whatever the core's own check said: ERR_VERIFY names the
 * first that differs. `progress` (may be NULL) gets the bytes compared so far. */
enum err flash_image_verify(struct target *target, const struct image *image,
                            void (*progress)(void *user, size_t done), void *user);

/* ERR_FILE, and what the file and the chip are, if it is for others: by the family that a UF2 file
 * names, the core and FPU that an ELF file says it is built for, or vectors whose stack begins
 * where this chip has no RAM. What is odd is warned of: ask once a file. Writes nothing. made_for.c
 */
enum err flash_image_made_for(struct target *target, const struct image *image);

#endif

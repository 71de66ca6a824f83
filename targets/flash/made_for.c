/* SPDX-License-Identifier: MIT */
/* Whose chip a file is made for: what a UF2 file says, by the families' ids and those of other
 * makers that people have UF2 files of (microsoft/uf2, uf2families.json); what an ELF file says of
 * the core and its FPU; and of any file that begins with vectors, where its stack would be. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "chip/chips.h"
#include "core/core.h"
#include "core/vectors.h"
#include "flash/content.h"

#define SCB_MVFR0 0xE000EF40u
#define MVFR0_DOUBLES 0xF00u

static const struct {
    uint32_t id;
    const char *name;
} others[] = {
    {0x16573617, "ATmega32"},  {0x1851780A, "SAML21"},   {0x1B57745F, "nRF52"},
    {0x1C5F21B0, "ESP32"},     {0x2ABC77EC, "LPC55"},    {0x31D228C6, "GD32F350"},
    {0x4FB2D5BD, "i.MX RT"},   {0x55114460, "SAMD51"},   {0x621E937A, "nRF52833"},
    {0x68ED2B88, "SAMD21"},    {0x7EAB61ED, "ESP8266"},  {0x7F83E793, "KL32L2"},
    {0x9AF03E33, "GD32VF103"}, {0xADA52840, "nRF52840"}, {0xBFDD4EEE, "ESP32-S2"},
    {0xC47E5767, "ESP32-S3"},  {0xD42BA06C, "ESP32-C3"}, {0xE48BFF56, "RP2040"},
};

static bool has_id(const struct chip_family *family, uint32_t id)
{
    for (size_t i = 0; i < CHIP_UF2_IDS; i++)
        if (family->uf2[i] == id)
            return true;
    return false;
}

/* Empty: nobody's that is known. */
static void name_family(uint32_t id, char name[], size_t size)
{
    name[0] = '\0';
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].id == id)
            snprintf(name, size, "%s", others[i].name);
    for (size_t i = 0; i < CHIP_FAMILY_COUNT && !name[0]; i++)
        if (has_id(&chip_families[i], id))
            snprintf(name, size, "STM32%s", chip_families[i].name);
}

static enum err check_family(struct target *target, const struct image *image)
{
    const struct target_chip *chip = target_chip(target);
    struct job *job = probe_job(target_probe(target));
    uint32_t id = image->uf2_family;
    char name[32];

    if (!id || has_id(chip_family_of(chip->dev_id), id))
        return ERR_OK;
    name_family(id, name, sizeof name);
    if (name[0])
        return job_fail(job, ERR_FILE,
                        "the file is made for %s (UF2 family 0x%08" PRIx32
                        "), and this chip is another one (%s)",
                        name, id, chip->name);
    log_line(job->log, LOG_WARN,
             "the file's UF2 family 0x%08" PRIx32 " is not known: is it made for this chip (%s)?",
             id, chip->name);
    job_print(job, "warning: the file's UF2 family 0x%08" PRIx32 " is not known\n", id);
    return ERR_OK;
}

/* --- the core --- */

static const struct {
    enum image_core core;
    const char *name; /* of those that have nothing more */
} architectures[] = {
    {IMAGE_V6M, "a Cortex-M0 (Armv6-M)"},         {IMAGE_V7M, "a Cortex-M3 (Armv7-M)"},
    {IMAGE_V7EM, "a Cortex-M4 or M7 (Armv7E-M)"}, {IMAGE_V8M_BASE, "a Cortex-M23 (Armv8-M)"},
    {IMAGE_V8M_MAIN, "a Cortex-M33 (Armv8-M)"},   {IMAGE_OTHER, "a Cortex-A or R"},
};

/* Which a core executes: each has all of its elders'. */
static const struct {
    const struct core_profile *profile;
    uint8_t cores; /* enum image_core bits */
} executed[] = {
    {&profile_armv6m, IMAGE_V6M},
    {&profile_armv7m, IMAGE_V6M | IMAGE_V7M},
    {&profile_armv7em, IMAGE_V6M | IMAGE_V7M | IMAGE_V7EM},
    {&profile_m7, IMAGE_V6M | IMAGE_V7M | IMAGE_V7EM},
    {&profile_m7_early, IMAGE_V6M | IMAGE_V7M | IMAGE_V7EM},
    {&profile_armv8m_base, IMAGE_V6M | IMAGE_V8M_BASE},
    {&profile_armv8m_main, IMAGE_V6M | IMAGE_V7M | IMAGE_V7EM | IMAGE_V8M_BASE | IMAGE_V8M_MAIN},
};

static bool executes(const struct core *core, uint8_t made_for)
{
    const struct core_profile *profile = profile_of(core->found.cpuid);

    for (size_t i = 0; i < sizeof executed / sizeof *executed; i++)
        if (executed[i].profile == profile)
            return executed[i].cores & made_for;
    return true;
}

static enum err refuse_core(const struct core *core, const char *needs, const char *lacks)
{
    return job_fail(core->target->job, ERR_FILE,
                    "the file is made for %s, and the %s of this chip (%s) %s: nothing was "
                    "written; is it the file for another board?",
                    needs, core->found.name, core->target->chip.name, lacks);
}

static enum err has_doubles(struct core *core, bool *has)
{
    uint32_t mvfr0 = 0;

    ops_read32(&core->ops, SCB_MVFR0, &mvfr0);
    enum err err = core_flush(core);
    *has = mvfr0 & MVFR0_DOUBLES;
    return err;
}

static enum err check_core(struct core *core, const struct image_needs *needs)
{
    bool doubles = true;

    for (size_t i = 0; i < sizeof architectures / sizeof *architectures; i++)
        if (architectures[i].core == needs->core && !executes(core, needs->core))
            return refuse_core(core, architectures[i].name, "does not execute that");
    if (needs->fpu && !core->profile->fpu)
        return refuse_core(core, "a core with an FPU", "has none");
    enum err err = needs->doubles ? has_doubles(core, &doubles) : ERR_OK;
    if (err || doubles)
        return err;
    return refuse_core(core, "an FPU with double precision", "has single precision alone");
}

/* --- its vectors --- */

static bool holds(const struct image *image, uint32_t address)
{
    for (size_t i = 0; i < image->count; i++)
        if (address - image->segments[i].address < image->segments[i].size)
            return true;
    return false;
}

/* The image's first words in flash, if they are the vectors of a program that it holds: its reset
 * code is in it, too. */
static const struct image_segment *find_vectors(struct target *target, const struct image *image)
{
    for (size_t i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        const struct target_region *region = target_region_at(target, segment->address);

        if (!region || (region->kind != REGION_FLASH && region->kind != REGION_FLASH_ALIAS))
            continue;
        uint32_t reset = segment->size < 8 ? 0 : get_le32(segment->data + 4);
        return reset % 2 == 1 && holds(image, reset) ? segment : NULL;
    }
    return NULL;
}

/* Of a copy's RAM less is known: it may have more than ST's. */
static enum err check_stack(struct target *target, const struct image *image)
{
    const struct image_segment *vectors = find_vectors(target, image);
    char reason[VECTORS_REASON];
    struct job *job = target->job;

    if (!vectors || !target->chip.ram_size)
        return ERR_OK;
    uint32_t sp = get_le32(vectors->data);
    if (!vectors_lack_stack(target->cores, sp, reason))
        return ERR_OK;
    if (!target->chip.copy_suspected)
        return job_fail(job, ERR_FILE,
                        "the file's vectors at 0x%08" PRIx32 ": %s Nothing was written",
                        vectors->address, reason);
    log_line(job->log, LOG_WARN, "the file's vectors at 0x%08" PRIx32 ": %s", vectors->address,
             reason);
    job_print(job, "warning: the file's vectors at 0x%08" PRIx32 ": %s\n", vectors->address,
              reason);
    return ERR_OK;
}

enum err flash_image_made_for(struct target *target, const struct image *image)
{
    enum err err = check_family(target, image);

    if (!err)
        err = check_core(target->cores, &image->needs);
    return err ? err : check_stack(target, image);
}

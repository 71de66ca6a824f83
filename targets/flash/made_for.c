/* SPDX-License-Identifier: MIT */
/* Whose chip a UF2 file is made for: by the families' ids, and those of other makers that people
 * have UF2 files of (microsoft/uf2, uf2families.json). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chip/chips.h"
#include "flash/content.h"

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

enum err flash_image_made_for(struct target *target, const struct image *image)
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

/* SPDX-License-Identifier: MIT */
#include "options/pack_words.h"

#include "options/options_internal.h"

bool option_set_pack(struct reading *reading)
{
    struct option_words *words = &reading->options->pack_words;

    if (words->count == OPTIONS_PROBES) {
        snprintf(reading->why, reading->why_size, "--pack: at most %d times", OPTIONS_PROBES);
        return false;
    }
    words->items[words->count++] = reading->value;
    return true;
}

static bool set_word(struct reading *reading, const char **word)
{
    if (option_said_before(reading, *word, "one at a time"))
        return false;
    *word = reading->value;
    return true;
}

bool option_set_pack_chip(struct reading *reading)
{
    return set_word(reading, &reading->options->pack_chip);
}

bool option_set_chip_ram(struct reading *reading)
{
    return set_word(reading, &reading->options->chip_ram);
}

bool option_set_flash_algorithm(struct reading *reading)
{
    return set_word(reading, &reading->options->flash_algorithm);
}

enum err pack_of_options(const struct options *options, struct job *job, struct pack **pack)
{
    const struct pack_choice choice = {
        .paths = options->pack_words.items,
        .count = options->pack_words.count,
        .chip = options->pack_chip,
        .ram = options->chip_ram,
        .algorithm = options->flash_algorithm,
    };

    *pack = NULL;
    if (!choice.count && (choice.chip || choice.ram || choice.algorithm))
        return job_fail(job, ERR_ARGUMENT, "%s says something of a pack: which? --pack FILE",
                        choice.chip  ? "--chip"
                        : choice.ram ? "--chip-ram"
                                     : "--flash-algorithm");
    return choice.count ? pack_open(job, &choice, pack) : ERR_OK;
}

/* SPDX-License-Identifier: MIT */
#include "session/meant_chip.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* What stands before a family: "stm32f4x", "nucleo_f4". */
static const char *find_family(const char *said)
{
    static const char *const marks[] = {"stm32", "nucleo_", "nucleo-"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *found = strcasestr(said, marks[i]);

        if (found)
            return found + strlen(marks[i]);
    }
    return "";
}

bool chip_is_meant(const char *said, const char *chip)
{
    const char *family = find_family(said);
    size_t letters = strspn(family, "abcdefghlmnpuwABCDEFGHLMNPUW"); /* "wb" of "wbx" */
    char name[8];

    snprintf(name, sizeof name, "%.*s",
             (int)letters + (isdigit((unsigned char)family[letters]) ? 1 : 0), family);
    return letters == 0 || strcasestr(chip, name) != NULL;
}

void chip_compare(const char *said, const char *chip, const struct log *log)
{
    if (said && !chip_is_meant(said, chip))
        log_line(log, LOG_WARN,
                 "%s was named, but this is another chip: %s; it is treated as what it is", said,
                 chip);
}

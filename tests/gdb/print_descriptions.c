/* SPDX-License-Identifier: MIT */
/* Writes what gdb is told of the registers of every kind of core: NUMBER.xml in the folder that is
 * the argument; prints each with the registers that are in it. */
#include <stdio.h>

#include "core/profile.h"
#include "gdb/target_xml.h"

static bool write_profile(const char *folder, unsigned number, const struct core_profile *profile)
{
    static char room[16384];
    struct buf text;
    char path[4096];

    buf_init(&text, room, sizeof room);
    describe_target(&text, profile->registers, profile->register_count);
    snprintf(path, sizeof path, "%s/%u.xml", folder, number);
    FILE *file = text.overflow ? NULL : fopen(path, "w");
    bool written = file && fwrite(text.data, 1, text.length, file) == text.length;
    if (file)
        fclose(file);
    printf("%u|%s|", number, profile->name);
    for (unsigned i = 0; i < profile->register_count; i++)
        printf("%s%s", profile->registers[i].name, i + 1u < profile->register_count ? " " : "\n");
    return written;
}

int main(int argc, char **argv)
{
    const struct core_profile *const profiles[] = {
        &profile_armv6m,
        &profile_armv7m,
        &profile_armv7em,
        &profile_armv7em_fp,
        &profile_armv8m_base,
        &profile_armv8m_main,
        &profile_armv8m_main_fp,
        profile_armv8m_main.with_security,
        profile_armv8m_main_fp.with_security,
        NULL,
    };
    bool all = argc == 2;

    for (unsigned i = 0; profiles[i] && all; i++)
        all = write_profile(argv[1], i, profiles[i]);
    return all ? 0 : 1;
}

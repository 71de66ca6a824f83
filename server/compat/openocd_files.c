/* SPDX-License-Identifier: MIT */
/* Which of OpenOCD's configuration files are known by name. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "compat/openocd_script.h"

/* The probe, the chip and the board are found by asking them, so the files need not be read. */
static const char
    *const known[] =
        {
            "interface/stlink*.cfg", "target/stm32*.cfg",     "board/st_*.cfg",
            "board/stm32*.cfg",      "board/*discovery*.cfg", "mem_helper.tcl",
            "*openocd-helpers.tcl", /* Cortex-Debug's; what it defines is in openocd_script.c */
};

/* From OpenOCD's folders, but of no use here. */
static const struct {
    const char *pattern, *text;
} foreign[] = {
    {"interface/*", "of OpenOCD's probes ST-Link is here: name interface/stlink.cfg"},
    {"target/*", "probed debugs STM32 chips: name target/stm32f1x.cfg or the like, or leave it "
                 "out: the chip is found by itself"},
    {"board/*", "not a board of ST's: name target/stm32f1x.cfg or the like instead, or leave it "
                "out: the chip is found by itself"},
};

/* "/usr/share/openocd/scripts/target/stm32f1x.cfg" to "target/stm32f1x.cfg". */
static const char *name_of(const char *path)
{
    static const char *const folders[] = {"interface/", "target/", "board/"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const char *found = strstr(path, folders[i]);

        if (found && (found == path || found[-1] == '/'))
            return found;
    }
    return path;
}

static const char *read_in_folders(struct compat_reading *reading, const char *path)
{
    const char *text = string_pool_read(reading->pool, path);

    for (size_t i = 0; !text && errno == ENOENT && *path != '/' && i < reading->folder_count; i++) {
        char joined[1024];

        snprintf(joined, sizeof joined, "%s/%s", reading->folders[i], path);
        text = string_pool_read(reading->pool, joined);
    }
    return text;
}

enum compat_file compat_file_find(struct compat_reading *reading, const char *path,
                                  const char **text)
{
    const char *name = name_of(path);

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (fnmatch(known[i], name, 0) != 0)
            continue;
        if (strncmp(name, "interface/", strlen("interface/")) != 0)
            reading->options->chip = string_pool_keep(reading->pool, name, strlen(name));
        return COMPAT_FILE_KNOWN;
    }
    *text = read_in_folders(reading, path);
    if (*text)
        return COMPAT_FILE_READ;
    int err = errno;
    for (size_t i = 0; err == ENOENT && i < sizeof foreign / sizeof *foreign; i++) {
        if (fnmatch(foreign[i].pattern, name, 0) == 0) {
            compat_wrong(reading, "-f %s: %s", path, foreign[i].text);
            return COMPAT_FILE_WRONG;
        }
    }
    compat_wrong(reading,
                 "-f %s: %s; known by name are interface/stlink.cfg, target/stm32*.cfg and "
                 "ST's boards",
                 path, strerror(err));
    return COMPAT_FILE_WRONG;
}

/* SPDX-License-Identifier: MIT */
/* Which probe a user's words mean. */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "probe/driver.h"

/* The driver whose name stands before the colon, *rest behind it; NULL: a selector without. */
static const struct probe_driver *driver_named(const char *selector, const char **rest)
{
    const char *colon = strchr(selector, ':');
    size_t length = colon ? (size_t)(colon - selector) : 0;

    for (size_t i = 0; colon && probe_drivers[i]; i++) {
        const char *name = probe_drivers[i]->name;

        if (strlen(name) == length && strncmp(name, selector, length) == 0) {
            *rest = colon + 1;
            return probe_drivers[i];
        }
    }
    return NULL;
}

bool probe_is_described(const char *selector)
{
    const char *spec;
    const struct probe_driver *driver = driver_named(selector, &spec);

    return driver && driver->describe;
}

const char *probe_replayed_file(const char *selector)
{
    const char *file;
    const struct probe_driver *driver = driver_named(selector, &file);

    return driver && driver->recorded ? file : NULL;
}

enum err probe_describe(const char *selector, unsigned number, struct probe_info *info,
                        struct job *job)
{
    const char *spec;
    const struct probe_driver *driver = driver_named(selector, &spec);

    *info = (struct probe_info){.driver = driver};
    if (!driver || !driver->describe)
        return job_fail(job, ERR_ARGUMENT, "'%.60s' describes no probe", selector);
    if (strlen(spec) >= sizeof info->spec)
        return job_fail(job, ERR_ARGUMENT, "'%.60s..' is longer than %zu characters", selector,
                        sizeof info->spec - 1);
    memcpy(info->spec, spec, strlen(spec) + 1);
    return driver->describe(info, number, job);
}

/* Bus and place ("usb:1-2.3") or a USB id ("0483:3748"). */
static bool is_about_usb(const char *selector, size_t length)
{
    return strncmp(selector, "usb:", 4) == 0 ||
           (length == 4 && strspn(selector, "0123456789abcdefABCDEF") == 4);
}

bool probe_selector_check(const char *selector, char *why, size_t why_size)
{
    size_t length = strcspn(selector, ":");
    const char *rest;
    struct buf text;

    if (!selector[length] || is_about_usb(selector, length) || driver_named(selector, &rest))
        return true;
    buf_init(&text, why, why_size - 1);
    buf_printf(&text, "there is no kind of probe '%.*s'; there are", length < 20 ? (int)length : 20,
               selector);
    for (size_t i = 0; probe_drivers[i]; i++)
        buf_printf(&text, "%s %s:", i > 0 ? "," : "", probe_drivers[i]->name);
    why[text.length] = '\0';
    return false;
}

static bool selected_on_usb(const struct probe_info *info, const char *selector)
{
    char ids[16];

    snprintf(ids, sizeof ids, "%04x:%04x", info->vid, info->pid);
    if (strcmp(info->place, selector) == 0 || (info->vid && strcasecmp(ids, selector) == 0))
        return true;
    if (info->driver && info->driver->serial_matches)
        return info->driver->serial_matches(info->serial, selector);
    return selector[0] && strcasestr(info->serial, selector);
}

bool probe_selected(const struct probe_info *info, const char *selector)
{
    const char *rest;
    const struct probe_driver *driver = driver_named(selector, &rest);

    if (!driver)
        return selected_on_usb(info, selector);
    if (driver != info->driver)
        return false;
    return driver->describe ? strcmp(info->spec, rest) == 0
                            : !rest[0] || selected_on_usb(info, rest);
}

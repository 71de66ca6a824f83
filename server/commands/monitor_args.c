/* SPDX-License-Identifier: MIT */
/* Arguments of monitor commands, and time as it is printed. */
#include <stdio.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "commands/monitor_words.h"

enum err monitor_usage(struct monitor *monitor, const char *name)
{
    for (size_t i = 0; i < monitor_command_count; i++) {
        const char *usage = monitor_commands[i].usage;

        if (strcmp(monitor_commands[i].name, name) == 0)
            return job_fail(monitor->job, ERR_ARGUMENT, "usage: %s%s%s", name, usage[0] ? " " : "",
                            usage);
    }
    return job_fail(monitor->job, ERR_ARGUMENT, "wrong arguments");
}

enum err monitor_value(struct monitor *monitor, const char *word, const char *what, uint32_t limit,
                       uint32_t *value)
{
    if (monitor_number(word, limit, value))
        return ERR_OK;
    return job_fail(monitor->job, ERR_ARGUMENT, "'%.40s' is not %s", word, what);
}

enum err monitor_address(struct monitor *monitor, const char *word, uint32_t *address)
{
    return monitor_value(monitor, word, "an address", UINT32_MAX, address);
}

bool monitor_switch(const char *word, bool *on)
{
    static const char *const names[] = {"disable", "enable", "off", "on", "0", "1"};
    enum { NAMES = sizeof names / sizeof *names };
    size_t which = monitor_choice(word, names, NAMES);

    *on = which % 2 == 1;
    return which < NAMES;
}

size_t monitor_choice(const char *word, const char *const names[], size_t count)
{
    size_t i = 0;

    while (i < count && strcmp(word, names[i]) != 0)
        i++;
    return i;
}

struct clock *monitor_clock(const struct monitor *monitor)
{
    return monitor->session->probe ? probe_clock(monitor->session->probe) : clock_real();
}

struct monitor_rate monitor_rate(const struct monitor *monitor, uint64_t started_us, size_t bytes)
{
    double seconds = (double)(clock_now_us(monitor_clock(monitor)) - started_us) / 1e6;
    double rate = seconds > 0 ? (double)bytes / 1024 / seconds : 0;
    struct monitor_rate result;

    snprintf(result.text, sizeof result.text, "%fs (%0.3f KiB/s)", seconds, rate);
    return result;
}

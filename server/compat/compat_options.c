/* SPDX-License-Identifier: MIT */
/* What the options of other servers do here. */
#include <stdlib.h>
#include <string.h>

#include "compat/compat_internal.h"

bool compat_ignore(struct compat_reading *reading)
{
    (void)reading;
    return true;
}

bool compat_without(struct compat_reading *reading)
{
    compat_warn(reading, "%s: %s", reading->name, reading->row->text);
    return true;
}

bool compat_refuse(struct compat_reading *reading)
{
    return compat_wrong(reading, "%s: %s", reading->name, reading->row->text);
}

bool compat_help(struct compat_reading *reading)
{
    return reading->help = true;
}

bool compat_version(struct compat_reading *reading)
{
    return reading->version = true;
}

/* A port's number and nothing else: an address in front would be dropped. */
static bool set_port(struct compat_reading *reading, const char *value, struct endpoint *endpoint)
{
    char why[160];
    struct endpoint parsed;

    if (value[strspn(value, "0123456789")] != '\0' ||
        !endpoint_parse(value, &parsed, why, sizeof why))
        return compat_wrong(reading, "%s: '%s' is no port number (0 to 65535)", reading->name,
                            value);
    endpoint->is_off = endpoint->is_pipe = false;
    endpoint->port = parsed.port; /* the address is bindto's */
    return true;
}

bool compat_endpoint(struct compat_reading *reading, const char *value, struct endpoint *endpoint)
{
    if (strcmp(value, "disabled") == 0 || strcmp(value, "pipe") == 0) {
        endpoint->is_off = *value == 'd';
        endpoint->is_pipe = *value == 'p';
        return true;
    }
    return set_port(reading, value, endpoint);
}

bool compat_gdb_port(struct compat_reading *reading)
{
    return set_port(reading, reading->value, &reading->options->gdb);
}

bool compat_add_probe(struct compat_reading *reading, const char *selector)
{
    struct options *options = reading->options;

    options->probe_count = 0; /* a later word replaces an earlier one */
    options->probes[options->probe_count++] = selector;
    return true;
}

bool compat_probe(struct compat_reading *reading)
{
    return compat_add_probe(reading, reading->value);
}

bool compat_add_command(struct compat_reading *reading, const char *command)
{
    struct options *options = reading->options;

    if (options->command_count == OPTIONS_COMMANDS)
        return compat_wrong(reading, "%s: at most %d commands", reading->name, OPTIONS_COMMANDS);
    options->commands[options->command_count++] = command;
    return true;
}

bool compat_command(struct compat_reading *reading)
{
    return compat_add_command(reading, reading->value);
}

/* A positive number of the session, or with k or M behind it of kHz or MHz. */
static bool set_speed(struct compat_reading *reading, double session_khz)
{
    char *end;
    double value = strtod(reading->value, &end);

    if (*end == 'k' || *end == 'K')
        session_khz = 1, end++;
    else if (*end == 'm' || *end == 'M')
        session_khz = 1000, end++;
    if (end == reading->value || *end != '\0' || !(value * session_khz >= 1) ||
        value * session_khz > 100000)
        return compat_wrong(reading, "%s: '%s' is no speed between 1 kHz and 100 MHz",
                            reading->name, reading->value);
    reading->options->speed_khz = (uint32_t)(value * session_khz);
    return true;
}

bool compat_khz(struct compat_reading *reading)
{
    return set_speed(reading, 1);
}

bool compat_hz(struct compat_reading *reading)
{
    return set_speed(reading, 0.001);
}

bool compat_under_reset(struct compat_reading *reading)
{
    reading->options->connect = TARGET_CONNECT_UNDER_RESET;
    return true;
}

bool compat_pre_reset(struct compat_reading *reading)
{
    reading->options->connect = TARGET_CONNECT_PRE_RESET;
    return true;
}

bool compat_attach(struct compat_reading *reading)
{
    reading->options->connect = TARGET_CONNECT_ATTACH;
    return true;
}

bool compat_stay(struct compat_reading *reading)
{
    reading->options->once = false;
    return true;
}

bool compat_chip(struct compat_reading *reading)
{
    reading->options->chip = reading->value;
    return true;
}

bool compat_debug(struct compat_reading *reading)
{
    reading->options->log_level = LOG_DEBUG;
    return true;
}

bool compat_quiet(struct compat_reading *reading)
{
    reading->options->log_level = LOG_WARN;
    return true;
}

bool compat_first_core(struct compat_reading *reading)
{
    if (strcmp(reading->value, "0") != 0)
        compat_warn(reading, "%s %s: the core is found by itself", reading->name, reading->value);
    return true;
}

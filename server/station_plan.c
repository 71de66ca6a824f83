/* SPDX-License-Identifier: MIT */
#include "station_plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"

static const char placeholder[] = "{serial}";

struct planning {
    const struct options *options;
    const struct log *log;
    struct station_plans *plans;
};

__attribute__((format(printf, 2, 3))) static int wrong(const struct planning *planning,
                                                       const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_line(planning->log, LOG_ERROR, "%s", text);
    return DAEMON_USAGE;
}

/* --- which probes --- */

static struct station_plan *add(struct planning *planning)
{
    return &planning->plans->items[planning->plans->count++];
}

static bool reserve(struct planning *planning, size_t count)
{
    planning->plans->items = calloc(count, sizeof *planning->plans->items);
    return planning->plans->items != NULL;
}

/* `option` is how the user said it. */
static int describe(struct planning *planning, struct station_plan *plan, const char *option)
{
    unsigned number = (unsigned)(plan - planning->plans->items);
    struct job job;

    job_init(&job, planning->log);
    if (!probe_is_described(plan->selector) ||
        probe_describe(plan->selector, number, &plan->info, &job) == ERR_OK)
        return DAEMON_OK;
    return wrong(planning, "%s: %s", option, job_text(&job, job.err));
}

static int plan_choice(struct planning *planning, const char *word)
{
    struct station_plan *plan = add(planning);
    struct probe_choice choice;
    char why[200];

    if (!probe_choice_read(word, &choice, why, sizeof why))
        return wrong(planning, "%s", why);
    if (probe_choice_is_all(choice.selector))
        return wrong(planning, "--probe all: it stands alone, and gives no name");
    memcpy(plan->selector, choice.selector, sizeof choice.selector);
    memcpy(plan->name, choice.name, sizeof choice.name);
    for (struct station_plan *other = planning->plans->items; other < plan; other++) {
        if (plan->name[0] && strcmp(other->name, plan->name) == 0)
            return wrong(planning, "two probes have the name @%s", plan->name);
        if (!probe_is_described(plan->selector) && strcmp(other->selector, plan->selector) == 0)
            return wrong(planning, "--probe %s twice: a probe has one station", plan->selector);
    }
    return describe(planning, plan, "--probe");
}

static bool is_unique(const struct probe_list *list, const struct probe_info *info)
{
    size_t owners = 0;

    for (size_t i = 0; i < list->count; i++)
        owners += strcmp(list->items[i].serial, info->serial) == 0;
    return info->serial[0] && owners == 1;
}

static void plan_found(struct planning *planning, const struct probe_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct probe_info *info = &list->items[i];

        if (info->advice[0])
            log_line(planning->log, LOG_WARN, "%s at %s is left out: %s", info->product,
                     info->place, info->advice);
        else
            snprintf(add(planning)->selector, PROBE_SELECTOR, "%s",
                     is_unique(list, info) ? info->serial : info->place);
    }
}

static int plan_every_probe(struct planning *planning)
{
    struct probe_list list;
    struct job job;

    job_init(&job, planning->log);
    enum err err = probe_scan(&list, &job);
    if (!err && list.count > 0 && reserve(planning, list.count))
        plan_found(planning, &list);
    probe_list_free(&list);
    if (planning->plans->count > 0)
        return DAEMON_OK;
    log_line(planning->log, LOG_ERROR, "--probe all: %s",
             err ? job_text(&job, err)
                 : "no debug probe found; it takes those that are plugged in at the start");
    return DAEMON_FAILED;
}

static int plan_choices(struct planning *planning)
{
    const struct options *options = planning->options;
    int code = DAEMON_OK;

    if (options->probe_count == 1 && probe_choice_is_all(options->probes[0]))
        return plan_every_probe(planning);
    if (!reserve(planning, options->probe_count + 1))
        return DAEMON_FAILED;
    if (options->sim) {
        struct station_plan *plan = add(planning);

        snprintf(plan->selector, sizeof plan->selector, "sim:%s", options->sim);
        return describe(planning, plan, "--sim");
    }
    if (options->probe_count == 0)
        add(planning);
    for (size_t i = 0; i < options->probe_count && code == DAEMON_OK; i++)
        code = plan_choice(planning, options->probes[i]);
    return code;
}

/* --- names --- */

/* What tells it from others; empty: nothing does. */
static const char *label(const struct station_plan *plan)
{
    const struct probe_info *info = &plan->info;

    return plan->name[0]     ? plan->name
           : info->serial[0] ? info->serial
           : info->place[0]  ? info->place
                             : plan->selector;
}

/* For file names: what might lead into another folder does not. */
static bool expand(const char *pattern, const struct station_plan *plan, char *text, size_t size)
{
    const char *at = strstr(pattern, placeholder);
    char name[sizeof plan->name];

    snprintf(name, sizeof name, "%s", label(plan));
    for (char *slash = name; (slash = strchr(slash, '/'));)
        *slash = '_';
    int length = at ? snprintf(text, size, "%.*s%s%s", (int)(at - pattern), pattern, name,
                               at + sizeof placeholder - 1)
                    : snprintf(text, size, "%s", pattern);
    return length >= 0 && (size_t)length < size && (!at || name[0]);
}

/* --- ports --- */

/* The place of the station `offset` behind the one that `base` was said for. */
static int place(struct planning *planning, const struct station_plan *plan, const char *option,
                 const struct endpoint *base, size_t offset, struct endpoint *endpoint)
{
    *endpoint = *base;
    if (base->is_off)
        return DAEMON_OK;
    if (base->is_pipe)
        return plan->alone ? DAEMON_OK
                           : wrong(planning, "--gdb pipe is one gdb's: it takes one --probe");
    if (!base->is_unix) {
        if (base->port == 0)
            return DAEMON_OK;
        if (base->port + offset > UINT16_MAX)
            return wrong(planning, "%s %u: there are not %zu ports from there on", option,
                         base->port, offset + 1);
        endpoint->port = (uint16_t)(base->port + offset);
        return DAEMON_OK;
    }
    if (offset > 0 && !strstr(base->path, placeholder))
        return wrong(planning,
                     "%s unix:%s is one socket for several probes: write %s into it, or repeat %s",
                     option, base->path, placeholder, option);
    if (expand(base->path, plan, endpoint->path, sizeof endpoint->path))
        return DAEMON_OK;
    return wrong(planning, "%s unix:%s: %s", option, base->path,
                 plan->selector[0] ? "with the probe's name that is too long a path"
                                   : "which probe? Say it with --probe");
}

/* --gdb may be repeated, for one station each; from the last one on ports are counted. */
static int place_gdb(struct planning *planning, struct station_plan *plan)
{
    const struct options *options = planning->options;
    size_t number = (size_t)(plan - planning->plans->items), said = options->gdb_count;
    size_t first = said > planning->plans->count ? said - planning->plans->count : 0;
    struct endpoint base = options->gdb;
    char why[160];

    size_t offset = said == 0 ? number : first + number < said ? 0 : first + number + 1 - said;
    if (first + number < said)
        options_place_gdb(options->gdb_words[first + number], &base, why, sizeof why);
    return place(planning, plan, "--gdb", &base, offset, &plan->gdb);
}

static int place_ports(struct planning *planning, struct station_plan *plan)
{
    const struct options *options = planning->options;
    size_t number = (size_t)(plan - planning->plans->items);
    int code = place_gdb(planning, plan);

    if (code == DAEMON_OK)
        code = place(planning, plan, "--telnet", &options->telnet, number, &plan->telnet);
    return code == DAEMON_OK ? place(planning, plan, "--tcl", &options->tcl, number, &plan->tcl)
                             : code;
}

static int name_wire_log(struct planning *planning, struct station_plan *plan)
{
    const char *path = planning->options->wire_log;

    if (!path)
        return DAEMON_OK;
    if (!plan->alone && !strstr(path, placeholder))
        return wrong(planning, "--wire-log %s is one file for several probes: write %s into it",
                     path, placeholder);
    if (expand(path, plan, plan->wire_log, sizeof plan->wire_log))
        return DAEMON_OK;
    return wrong(planning, "--wire-log %.100s: too long a path, or no --probe says which", path);
}

static int finish(struct planning *planning)
{
    int code = DAEMON_OK;

    for (size_t i = 0; i < planning->plans->count && code == DAEMON_OK; i++) {
        struct station_plan *plan = &planning->plans->items[i];

        plan->alone = planning->plans->count == 1;
        if (!plan->alone && !plan->name[0])
            snprintf(plan->name, sizeof plan->name, "%s", label(plan));
        code = place_ports(planning, plan);
        if (code == DAEMON_OK)
            code = name_wire_log(planning, plan);
    }
    return code;
}

int station_plan_all(const struct options *options, const struct log *log,
                     struct station_plans *plans)
{
    struct planning planning = {.options = options, .log = log, .plans = plans};
    int code;

    *plans = (struct station_plans){0};
    code = plan_choices(&planning);
    return code == DAEMON_OK ? finish(&planning) : code;
}

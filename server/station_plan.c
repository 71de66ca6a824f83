/* SPDX-License-Identifier: MIT */
#include "station_plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "station_places.h"

struct planning {
    const struct options *options;
    const struct log *log;
    struct station_plans *plans;
};

__attribute__((format(printf, 2, 3))) static int wrong(const struct planning *planning,
                                                       const char *format, ...)
{
    char text[400];
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
    int code = wrong(planning, "%s: %s", option, job_text(&job, job.err));
    return job.err == ERR_FILE ? DAEMON_FAILED : code;
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

static const char *label(const struct station_plan *plan)
{
    const struct probe_info *info = &plan->info;

    return plan->name[0]     ? plan->name
           : info->serial[0] ? info->serial
           : info->place[0]  ? info->place
                             : plan->selector;
}

/* What stands before log lines, and in names of files. */
static int name_stations(struct planning *planning)
{
    struct station_plan *items = planning->plans->items;

    for (size_t i = 0; i < planning->plans->count; i++) {
        items[i].alone = planning->plans->count == 1;
        snprintf(items[i].label, sizeof items[i].label, "%s", label(&items[i]));
        if (!items[i].alone)
            memcpy(items[i].name, items[i].label, sizeof items[i].name);
        for (size_t j = 0; j < i; j++)
            if (strcmp(items[i].name, items[j].name) == 0)
                return wrong(planning, "two probes have the name %s: --probe SELECTOR@NAME",
                             items[i].name);
    }
    return DAEMON_OK;
}

static int place_stations(struct planning *planning)
{
    struct job job;

    job_init(&job, planning->log);
    enum err err = station_places(planning->options, planning->plans, &job);
    return err ? wrong(planning, "%s", job_text(&job, err)) : DAEMON_OK;
}

int station_plan_all(const struct options *options, const struct log *log,
                     struct station_plans *plans)
{
    struct planning planning = {.options = options, .log = log, .plans = plans};
    int code;

    *plans = (struct station_plans){0};
    code = plan_choices(&planning);
    if (code == DAEMON_OK)
        code = name_stations(&planning);
    return code == DAEMON_OK ? place_stations(&planning) : code;
}

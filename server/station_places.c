/* SPDX-License-Identifier: MIT */
#include "station_places.h"

#include <stddef.h>
#include <string.h>

#include "options/path_pattern.h"

/* What a station is met at. */
struct service {
    const char *option;
    size_t said;  /* offset of its struct option_words in struct options.. */
    size_t base;  /* ..and of the endpoint that counts if it is not said.. */
    size_t place; /* ..and of the endpoint in struct station_plan */
};

#define SERVICE(name)                                                                       \
    {                                                                                       \
        "--" #name, offsetof(struct options, name##_words), offsetof(struct options, name), \
            offsetof(struct station_plan, name)                                             \
    }

static const struct service services[] = {SERVICE(gdb), SERVICE(telnet), SERVICE(tcl)};

enum { SERVICES = sizeof services / sizeof *services };

struct placing {
    const struct options *options;
    struct station_plans *plans;
    struct job *job;
};

static struct endpoint *place_of(struct station_plan *plan, const struct service *service)
{
    return (struct endpoint *)((char *)plan + service->place);
}

static const struct option_words *words_of(const struct placing *placing,
                                           const struct service *service)
{
    return (const struct option_words *)((const char *)placing->options + service->said);
}

/* --- one place --- */

static enum err place_port(const struct placing *placing, const char *option,
                           const struct endpoint *base, size_t offset, struct endpoint *endpoint)
{
    if (base->port == 0)
        return ERR_OK;
    if (base->port + offset > UINT16_MAX)
        return job_fail(placing->job, ERR_ARGUMENT, "%s %u: there are not %zu ports from there on",
                        option, base->port, offset + 1);
    endpoint->port = (uint16_t)(base->port + offset);
    return ERR_OK;
}

static enum err place_path(const struct placing *placing, const struct station_plan *plan,
                           const char *option, const struct endpoint *base, size_t offset,
                           struct endpoint *endpoint)
{
    if (offset > 0 && !path_pattern_names(base->path))
        return job_fail(placing->job, ERR_ARGUMENT,
                        "%s unix:%s is one socket for several probes: write " PATH_PATTERN_NAME
                        " into it, or repeat %s",
                        option, base->path, option);
    if (path_pattern_expand(base->path, plan->label, endpoint->path, sizeof endpoint->path))
        return ERR_OK;
    return job_fail(placing->job, ERR_ARGUMENT, "%s unix:%s: %s", option, base->path,
                    plan->selector[0] ? "with the probe's name that is too long a path"
                                      : "which probe? Say it with --probe");
}

/* The place of the station `offset` behind the one that `base` was said for. */
static enum err place(const struct placing *placing, const struct station_plan *plan,
                      const char *option, const struct endpoint *base, size_t offset,
                      struct endpoint *endpoint)
{
    *endpoint = *base;
    if (offset > 0)
        endpoint->given = 0; /* that socket is the one's before */
    if (base->is_off || (base->is_pipe && plan->alone))
        return ERR_OK;
    if (base->is_pipe)
        return job_fail(placing->job, ERR_ARGUMENT,
                        "--gdb pipe is one gdb's: it takes one --probe");
    return base->is_unix ? place_path(placing, plan, option, base, offset, endpoint)
                         : place_port(placing, option, base, offset, endpoint);
}

static enum err place_service(const struct placing *placing, struct station_plan *plan,
                              const struct service *service)
{
    const struct option_words *said = words_of(placing, service);
    size_t number = (size_t)(plan - placing->plans->items);
    struct endpoint base;
    char why[160];

    memcpy(&base, (const char *)placing->options + service->base, sizeof base);
    size_t offset = said->count == 0 ? number : number < said->count ? 0 : number + 1 - said->count;
    if (number < said->count)
        options_place(said->items[number], &base, why, sizeof why);
    return place(placing, plan, service->option, &base, offset, place_of(plan, service));
}

/* Of several stations each has as many ports as there are words, one station's after the other's.
 */
static enum err place_streams(const struct placing *placing, struct station_plan *plan,
                              const char *option, const struct option_words *said,
                              enum stream_kind kind)
{
    size_t offset = (size_t)(plan - placing->plans->items) * said->count;
    enum err err = ERR_OK;

    for (size_t i = 0; i < said->count && !err; i++) {
        struct stream_place *stream = &plan->streams[plan->stream_count++];
        struct endpoint base = {0};
        char why[160];

        stream->id.kind = kind;
        options_rtt(said->items[i], &base, &stream->id.number, why, sizeof why);
        err = place(placing, plan, option, &base, offset, &stream->endpoint);
    }
    return err;
}

static enum err place_all_streams(const struct placing *placing, struct station_plan *plan)
{
    const struct options *options = placing->options;
    enum err err = place_streams(placing, plan, "--rtt", &options->rtt_words, STREAM_RTT);

    if (!err)
        err = place_streams(placing, plan, "--swo", &options->swo_words, STREAM_SWO_RAW);
    return !err ? place_streams(placing, plan, "--itm", &options->itm_words, STREAM_ITM) : err;
}

static enum err name_wire_log(const struct placing *placing, struct station_plan *plan)
{
    const char *path = placing->options->wire_log;

    if (!path)
        return ERR_OK;
    if (!plan->alone && !path_pattern_names(path))
        return job_fail(placing->job, ERR_ARGUMENT,
                        "--wire-log %.100s is one file for several probes: write " PATH_PATTERN_NAME
                        " into it",
                        path);
    if (path_pattern_expand(path, plan->label, plan->wire_log, sizeof plan->wire_log))
        return ERR_OK;
    return job_fail(placing->job, ERR_ARGUMENT,
                    "--wire-log %.100s: too long a path, or no --probe says which", path);
}

static enum err place_station(const struct placing *placing, struct station_plan *plan)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < SERVICES && !err; i++)
        err = place_service(placing, plan, &services[i]);
    if (!err)
        err = place_all_streams(placing, plan);
    return !err ? name_wire_log(placing, plan) : err;
}

/* --- all of them --- */

/* What is said for more stations than there are would be lost. */
static enum err check_surplus(const struct placing *placing)
{
    size_t stations = placing->plans->count;

    for (size_t i = 0; i < SERVICES; i++) {
        size_t said = words_of(placing, &services[i])->count;

        if (said > stations)
            return job_fail(placing->job, ERR_ARGUMENT,
                            "%s %zu times: one for each probe, and there %s %zu",
                            services[i].option, said, stations == 1 ? "is" : "are", stations);
    }
    return ERR_OK;
}

/* A station's service, as "--gdb of left". */
static void name_place(const struct station_plan *plan, const struct service *service, char *text,
                       size_t size)
{
    snprintf(text, size, "%s%s%s", service->option, plan->name[0] ? " of " : "", plan->name);
}

static enum err settle_pair(const struct placing *placing, struct station_plan *plans[2],
                            const struct service *pair[2])
{
    char names[2][PROBE_SELECTOR + 16], where[ENDPOINT_PATH + 64];
    struct endpoint *places[2];

    for (size_t i = 0; i < 2; i++)
        places[i] = place_of(plans[i], pair[i]);
    if (!endpoint_collides(places[0], places[1]))
        return ERR_OK;
    for (size_t i = 0; i < 2; i++)
        name_place(plans[i], pair[i], names[i], sizeof names[i]);
    endpoint_format(places[0], where, sizeof where);
    for (size_t i = 0; i < 2; i++) {
        if (places[i] != &plans[i]->telnet || !placing->options->telnet_optional)
            continue;
        log_line(placing->job->log, LOG_WARN, "%s takes %s; going on without telnet%s%s",
                 names[1 - i], where, plans[i]->name[0] ? " for " : "", plans[i]->name);
        places[i]->is_off = true;
        return ERR_OK;
    }
    return job_fail(placing->job, ERR_ARGUMENT, "%s and %s would both be %s: choose another",
                    names[0], names[1], where);
}

/* Stations of one name would have one file. */
static enum err check_files(const struct placing *placing, const struct station_plan *one,
                            const struct station_plan *other)
{
    if (!one->wire_log[0] || strcmp(one->wire_log, other->wire_log) != 0)
        return ERR_OK;
    return job_fail(placing->job, ERR_ARGUMENT,
                    "the wire logs of %s and %s would both be %.100s: name them, as --probe "
                    "SELECTOR@NAME",
                    one->name, other->name, one->wire_log);
}

static enum err settle_stations(const struct placing *placing, struct station_plan *one,
                                struct station_plan *other)
{
    enum err err = one == other ? ERR_OK : check_files(placing, one, other);

    for (size_t i = 0; i < SERVICES && !err; i++)
        for (size_t j = one == other ? i + 1 : 0; j < SERVICES && !err; j++)
            err = settle_pair(placing, (struct station_plan *[]){one, other},
                              (const struct service *[]){&services[i], &services[j]});
    return err;
}

static enum err settle(const struct placing *placing)
{
    struct station_plan *items = placing->plans->items;
    enum err err = ERR_OK;

    for (size_t i = 0; i < placing->plans->count && !err; i++)
        for (size_t j = i; j < placing->plans->count && !err; j++)
            err = settle_stations(placing, &items[i], &items[j]);
    return err;
}

enum err station_places(const struct options *options, struct station_plans *plans, struct job *job)
{
    struct placing placing = {.options = options, .plans = plans, .job = job};
    enum err err = check_surplus(&placing);

    for (size_t i = 0; i < plans->count && !err; i++)
        err = place_station(&placing, &plans->items[i]);
    return !err ? settle(&placing) : err;
}

bool station_places_core(const struct station_plans *plans, const struct station_plan *plan,
                         size_t number, struct endpoint *endpoint)
{
    size_t port = plans->items[plans->count - 1].gdb.port + 1 + number;

    *endpoint = plan->gdb;
    endpoint->given = 0;
    if (plan->gdb.is_off || plan->gdb.is_pipe)
        return false;
    if (plan->gdb.is_unix) {
        int length = snprintf(endpoint->path, sizeof endpoint->path, "%s.core1", plan->gdb.path);
        return (size_t)length < sizeof endpoint->path;
    }
    if (plan->gdb.port) /* 0: any that is free */
        endpoint->port = (uint16_t)port;
    return port <= UINT16_MAX;
}

/* SPDX-License-Identifier: MIT */
/* Where the stations of a daemon are met, and where their wire logs go: an option said once counts
 * on from there, said several times it is one word a station, in their order, and counts on from
 * the last. No two may be the same place. Pure. */
#ifndef PROBED_STATION_PLACES_H
#define PROBED_STATION_PLACES_H

#include "base/job.h"
#include "options/options.h"
#include "station_plan.h"

/* Of stations that have their names: fills in ports and files. ERR_ARGUMENT with a sentence. A
 * telnet port that nobody asked for gives way to one that somebody did: a line in the job's log. */
enum err station_places(const struct options *options, struct station_plans *plans,
                        struct job *job);

/* Where the other core of a station's chip is met: the number-th (from 0) of all such cores, behind
 * the last station. False: nowhere, gdb's place has no neighbour. Pure. */
bool station_places_core(const struct station_plans *plans, const struct station_plan *plan,
                         size_t number, struct endpoint *endpoint);

#endif

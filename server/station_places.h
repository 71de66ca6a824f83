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

#endif

/* SPDX-License-Identifier: MIT */
/* What a station's session shall be like, as the options ask. Pure. */
#ifndef PROBED_STATION_SESSION_H
#define PROBED_STATION_SESSION_H

#include "options/options.h"
#include "session/session.h"

struct session_options station_session(const struct options *options);

#endif

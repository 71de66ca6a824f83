/* SPDX-License-Identifier: MIT */
/* No rung led up: why. What the ladder found is completed by the doctor's measurements, as far as
 * these need no reset, and judged as the doctor judges. */
#ifndef PROBED_EXPLAIN_H
#define PROBED_EXPLAIN_H

#include "connect/findings.h"

/* Measures again (some ten milliseconds of silence, up to two or three seconds of a chip that half
 * answers: doctor.h), and
 * writes one to three sentences into `text`. Returns the error that it is, diagnose_error()'s; or
 * ERR_PROBE_GONE, ERR_CANCELLED with the job's own sentence in `text`. */
enum err explain_failure(struct probe *probe, const struct findings *findings, char *text,
                         size_t size);

#endif

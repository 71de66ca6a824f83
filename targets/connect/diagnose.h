/* SPDX-License-Identifier: MIT */
/* From findings to sentences: pure, so that whatever asks (a failed connect, `info`) explains
 * alike. */
#ifndef PROBED_DIAGNOSE_H
#define PROBED_DIAGNOSE_H

#include "connect/findings.h"

/* No rung led up: what was found (voltage, DPIDR, which operation failed how) and which wire to
 * look at, one sentence into `text`. Returns the error that it is: ERR_POWER where the voltage is
 * too low for any chip, ERR_NO_TARGET for silence, else that of the rung that got furthest. */
enum err diagnose_failure(const struct findings *findings, char *text, size_t size);

/* The chip answers but not its core, findings->shut: who it is, what that means and who can open
 * it, one sentence into `text`. Returns the error that it is. */
enum err diagnose_shut(const struct findings *findings, char *text, size_t size);

/* Connected, but not as gently as it should be: why, one sentence; empty where all is well. */
void diagnose_success(const struct findings *findings, char *text, size_t size);

#endif

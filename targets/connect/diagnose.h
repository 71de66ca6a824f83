/* SPDX-License-Identifier: MIT */
/* From findings to sentences and errors: pure. Why no rung led up is explain.h's to say. */
#ifndef PROBED_DIAGNOSE_H
#define PROBED_DIAGNOSE_H

#include "connect/findings.h"

/* No rung led up: the error that it is. ERR_POWER for silence where the voltage is too low for any
 * chip, ERR_NO_TARGET for other silence, else that of the rung that got furthest. */
enum err diagnose_error(const struct findings *findings);
/* Silence, and a voltage that no chip runs with. */
bool diagnose_dead(const struct findings *findings);
/* What AP 0 says the chip is; empty: nothing. */
const char *diagnose_told(const struct findings *findings);
const struct rung_finding *diagnose_furthest(const struct findings *findings);

/* The chip answers but not its core, findings->shut: who it is, what that means and who can open
 * it, one sentence into `text`. Returns the error that it is. */
enum err diagnose_shut(const struct findings *findings, char *text, size_t size);

/* Connected, but not as gently as it should be: why, one sentence; empty where all is well. */
void diagnose_success(const struct findings *findings, char *text, size_t size);

#endif

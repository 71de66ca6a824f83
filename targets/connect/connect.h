/* SPDX-License-Identifier: MIT */
/* The ladder of ways onto the wire, gentlest first. It returns findings; what they mean is said in
 * explain.h and diagnose.h. */
#ifndef PROBED_CONNECT_H
#define PROBED_CONNECT_H

#include "connect/findings.h"

/* Goes up the rungs that `how` names, each as asked first and then at lower speeds, to the first
 * that leads in. Leaves NRST released whatever happens. The core is not disturbed but by the rungs
 * that reset, which leave it halted before its first instruction. A core that somebody else holds
 * in reset is waited for; unless ATTACH for 3 s, and it is halted as it comes up, and the job's
 * output asks for the button to be released.
 * On ERR_OK the wire, an AP and CPUID answered. Else the error and the job's sentence are
 * explain_failure()'s, or of what ends the climb at once (a probe that is gone, a cancel, a core
 * held in reset). At most a few seconds, unless somebody is asked to press a button. */
enum err connect_ladder(struct probe *probe, enum target_connect how, struct findings *findings);

#endif

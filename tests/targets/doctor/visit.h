/* SPDX-License-Identifier: MIT */
/* One visit of the doctor to one simulated board, behind the simulated probe or a modelled
 * ST-Link, in virtual time. */
#ifndef PROBED_VISIT_H
#define PROBED_VISIT_H

#include "connect/doctor.h"
#include "connect/verdict.h"

struct patient {
    const char *board;  /* "bluepill" */
    const char *faults; /* "swapped,runs"; may be empty */
    const char *stlink; /* the modelled firmware; NULL: the simulated probe */
    unsigned seed;
    bool from_reset; /* the doctor comes while it starts */
    struct doctor_limits limits;
};

struct visit {
    enum err opened;     /* what opening the probe said */
    enum err measured;   /* what doctor_measure() said; ERR_OK if it was not opened */
    char said[JOB_TEXT]; /* the sentence of the one that failed */
    struct probe_info info;
    struct measurements m; /* all 0 if it was not opened */
    uint64_t us;           /* that measuring took, of the board's time */
};

/* False: the board cannot have such a fault. */
bool visit(const struct patient *patient, struct visit *visit);

/* Of what was measured, or of what kept the probe from being used. Returns how many. */
size_t visit_judge(const struct visit *visit, struct verdict verdicts[VERDICTS_MAX]);

/* "bluepill,swapped,seed=3 behind V2J43" */
void visit_name(const struct patient *patient, char *text, size_t size);
/* What was measured, in one line; for those who want to know why it was judged as it was. */
void visit_describe(const struct visit *visit, char *text, size_t size);

#endif

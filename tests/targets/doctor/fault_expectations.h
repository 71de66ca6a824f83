/* SPDX-License-Identifier: MIT */
/* What the doctor has to say of each fault: written from docs/faults.md and from what the faults
 * do, never from what its rules answer. */
#ifndef PROBED_FAULT_EXPECTATIONS_H
#define PROBED_FAULT_EXPECTATIONS_H

#include "connect/verdict.h"
#include "visit.h"

#define CLASS(name) (UINT64_C(1) << VERDICT_##name)

enum { EXPECTED_CAUSES = 4, FAULT_VARIANTS = 8 };

/* A fault as it is brought: by turns each of its words. */
struct fault_row {
    const char *name;
    const char *variants[FAULT_VARIANTS]; /* NULL: the name is the word */
    const char *const *programs;          /* by turns, too; NULL: none beside it */
};

/* A NULL name at the end. */
extern const struct fault_row fault_rows[]; /* one each */
extern const struct fault_row fault_pairs[];
/* What the probe cannot have, whatever its board is. */
bool fault_is_impossible(const char *name, const struct patient *patient);

struct expectation {
    const char *fault;                                                      /* as in its row */
    bool (*when)(const struct patient *patient, const struct visit *visit); /* NULL: else */
    uint64_t classes;                    /* one of these first; several: nothing separates them */
    const char *causes[EXPECTED_CAUSES]; /* one of these words among its first three; none: the
                                            class says it all */
};

/* The first that holds; never NULL. */
const struct expectation *fault_expected(const char *fault, const struct patient *patient,
                                         const struct visit *visit);

#endif

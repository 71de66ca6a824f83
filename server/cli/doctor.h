/* SPDX-License-Identifier: MIT */
/* What the files of `probed doctor` share: doctor.c runs it, doctor_examine.c measures,
 * doctor_opening.c says what is wrong with the probe itself,
 * doctor_json.c and doctor_report.c tell programs and forums,
 * doctor_watch.c looks again. */
#ifndef PROBED_CLI_DOCTOR_H
#define PROBED_CLI_DOCTOR_H

#include "cli/cli.h"
#include "connect/doctor.h"
#include "doctor/doctor_picture.h"

struct examination {
    struct measurements measured;
    struct doctor_view view; /* what they say */
};

enum doctor_reset {
    DOCTOR_NO_RESET,       /* whatever the call allows */
    DOCTOR_RESET_IF_SAID,  /* by its options */
    DOCTOR_RESET_IF_ASKED, /* or by a person who is asked */
};
/* All that can be measured. */
enum err doctor_examine(struct cli *cli, struct examination *examination, enum doctor_reset reset);

/* The probe could not be opened, or is gone: `err`, whose sentence is the job's, as a verdict on
 * it. False: that is another kind of error. */
bool doctor_view_opening(const struct cli *cli, enum err err, struct examination *examination);

/* Its members of the call's object. */
void doctor_json(const struct examination *examination, struct json *json);
/* What identifies probe, user, machine or files is not in it. */
void doctor_report(const struct cli *cli, const struct examination *examination, FILE *out);

/* Looks again and again, and says on `out` when it gets good and bad again, until the job is
 * cancelled, which is no error. *well: it was good at the end. */
enum err doctor_watch(struct cli *cli, struct examination *examination, FILE *out, bool *well);

#endif

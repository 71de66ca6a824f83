/* SPDX-License-Identifier: MIT */
/* What `probed list` and `probed info` say of a probe. */
#ifndef PROBED_CLI_PROBE_H
#define PROBED_CLI_PROBE_H

#include "cli/json.h"
#include "probe/probe.h"
#include "session/usb_holder.h"

/* Nothing in here was guessed: what is not known is empty. */
struct cli_probe {
    struct probe_info info;
    bool vtref_known;
    uint32_t vtref_mv;
    char serial_port[64];
    struct usb_holder holder;
    char problem[400]; /* why it cannot be used, and what to do; empty if it can */
};

/* From the open probe; its job is the caller's. */
void cli_probe_look(struct cli_probe *facts, struct probe *probe);
/* Of one that is not open: opens it for a moment, unless it is known to be useless. */
void cli_probe_visit(struct cli_probe *facts, const struct probe_info *info, const struct log *log,
                     FILE *wire);

void cli_probe_print(const struct cli_probe *facts, FILE *out);
/* Members of the object that is open. */
void cli_probe_json(const struct cli_probe *facts, struct json *json);

/* "  serial:      0123": one fact, aligned with others. Nothing if the text is empty. */
void cli_print_fact(FILE *out, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

/* SPDX-License-Identifier: MIT */
#include "cli/probe_facts.h"

#include <stdarg.h>
#include <string.h>

#include "base/visible.h"
#include "cli/serial_port.h"

/* What the system knows of it. */
static void look_around(struct cli_probe *facts)
{
    static const struct usb_roots roots = {"/sys", "/dev", "/proc"};
    const char *place = facts->info.place;

    serial_port_find("/sys", place, facts->serial_port, sizeof facts->serial_port);
    usb_holder_find(&roots, place, &facts->holder);
}

void cli_probe_look(struct cli_probe *facts, struct probe *probe)
{
    *facts = (struct cli_probe){.info = *probe_info(probe)};
    facts->vtref_known = probe_vtref(probe, &facts->vtref_mv) == ERR_OK;
    if (!facts->vtref_known)
        job_clear(probe_job(probe));
    look_around(facts);
}

void cli_probe_visit(struct cli_probe *facts, const struct probe_info *info, const struct log *log,
                     FILE *wire)
{
    struct probe *probe = NULL;
    struct job job;
    enum err err = ERR_OK;

    job_init(&job, log);
    *facts = (struct cli_probe){.info = *info};
    snprintf(facts->problem, sizeof facts->problem, "%s", info->advice);
    if (!facts->problem[0])
        err = probe_open(info, &job, wire, &probe);
    if (err)
        snprintf(facts->problem, sizeof facts->problem, "%s", job_text(&job, err));
    if (probe)
        cli_probe_look(facts, probe);
    else
        look_around(facts);
    probe_close(probe);
}

void cli_print_fact(FILE *out, const char *name, const char *format, ...)
{
    char text[512], shown[sizeof text];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    visible_copy(VISIBLE_LINE, text, strlen(text), shown, sizeof shown);
    if (shown[0])
        fprintf(out, "  %s:%*s%s\n", name, 13 - (int)strlen(name), "", shown);
}

void cli_probe_print(const struct cli_probe *facts, FILE *out)
{
    const struct probe_info *info = &facts->info;
    char product[VISIBLE_GROWTH * sizeof info->product];

    visible_copy(VISIBLE_LINE, info->product, strlen(info->product), product, sizeof product);
    fputs(product, out);
    if (info->vid)
        fprintf(out, " (%04x:%04x)", info->vid, info->pid);
    fputc('\n', out);
    cli_print_fact(out, "firmware", "%s", info->firmware);
    cli_print_fact(out, "serial", "%s", info->serial);
    cli_print_fact(out, "place", "%s", info->place);
    if (facts->vtref_known)
        cli_print_fact(out, "VTref", "%u.%02u V", facts->vtref_mv / 1000,
                       facts->vtref_mv % 1000 / 10);
    else if (!facts->problem[0])
        cli_print_fact(out, "VTref", "not measured by this probe");
    cli_print_fact(out, "serial port", "%s", facts->serial_port);
    if (facts->holder.pid)
        cli_print_fact(out, "taken by", "%s (process %ld)", facts->holder.program,
                       facts->holder.pid);
    cli_print_fact(out, "not usable", "%s", facts->problem);
}

void cli_probe_json(const struct cli_probe *facts, struct json *json)
{
    const struct probe_info *info = &facts->info;

    json_text(json, "product", info->product);
    json_text(json, "firmware", info->firmware);
    json_text(json, "serial", info->serial);
    json_text(json, "place", info->place);
    json_known(json, "vid", info->vid, info->vid);
    json_known(json, "pid", info->vid, info->pid);
    json_known(json, "vtref_mv", facts->vtref_known, facts->vtref_mv);
    json_text(json, "serial_port", facts->serial_port);
    if (facts->holder.pid) {
        json_open(json, "taken_by", '{');
        json_text(json, "program", facts->holder.program);
        json_number(json, "pid", (uint32_t)facts->holder.pid);
        json_close(json, '}');
    } else {
        json_null(json, "taken_by");
    }
    json_bool(json, "usable", !facts->problem[0]);
    json_text(json, "problem", facts->problem);
}

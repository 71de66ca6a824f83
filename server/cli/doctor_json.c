/* SPDX-License-Identifier: MIT */
/* probed doctor --json */
#include "cli/doctor.h"
#include "cli/json.h"
#include "doctor/wiring.h"

static const char *const state_words[] = {
    [DOCTOR_WIRE_NOT_SEEN] = "not seen",
    [DOCTOR_WIRE_GOOD] = "good",
    [DOCTOR_WIRE_SUSPECT] = "suspect",
    [DOCTOR_WIRE_MISSING] = "missing",
};

static void put_line(struct json *json, const struct doctor_line *line)
{
    json_open(json, NULL, '{');
    json_text(json, "name", line->name);
    json_text(json, "value", line->value);
    json_text(json, "meaning", line->meaning);
    json_text(json, "sure", verdict_sure_word(line->sure));
    json_close(json, '}');
}

static void put_cause(struct json *json, const struct cause *cause)
{
    json_open(json, NULL, '{');
    json_text(json, "cause", cause->word);
    json_text(json, "what", cause->what);
    json_text(json, "next", cause->next);
    json_open(json, "wires", '[');
    for (int wire = 0; wire < DOCTOR_WIRES; wire++)
        if (cause->suspects >> wire & 1)
            json_text(json, NULL, wire_names[wire]);
    json_close(json, ']');
    json_close(json, '}');
}

static void put_verdict(struct json *json, const struct verdict *verdict)
{
    json_open(json, NULL, '{');
    json_text(json, "class", verdict_word(verdict->class));
    json_text(json, "sure", verdict_sure_word(verdict->sure));
    json_bool(json, "remark", verdict_is_remark(verdict->class));
    json_text(json, "text", verdict->text);
    json_open(json, "causes", '[');
    for (size_t i = 0; i < verdict->count; i++)
        put_cause(json, verdict->causes[i]);
    json_close(json, ']');
    json_text(json, "split", verdict->split);
    json_close(json, '}');
}

void doctor_json(const struct examination *examination, struct json *json)
{
    const struct doctor_view *view = &examination->view;

    json_bool(json, "healthy", doctor_view_healthy(view));
    json_open(json, "measurements", '[');
    for (size_t i = 0; i < view->line_count; i++)
        put_line(json, &view->lines[i]);
    json_close(json, ']');
    json_open(json, "verdicts", '[');
    for (size_t i = 0; i < view->count; i++)
        put_verdict(json, &view->verdicts[i]);
    json_close(json, ']');
    json_open(json, "wires", '{');
    for (int wire = 0; wire < DOCTOR_WIRES; wire++)
        json_text(json, wire_names[wire], state_words[view->wires[wire]]);
    json_close(json, '}');
}

/* SPDX-License-Identifier: MIT */
/* The picture as lines of text. A row of the connector is as many lines as it has wires: that of
 * the right pin leaves first, that of the left one passes below. */
#include <string.h>

#include "base/wrapped.h"
#include "doctor/wiring.h"

enum { LABEL = 10, WIRE_LENGTH = 8 };

struct strokes {
    const char *top_left, *top, *top_right, *side, *bottom_left, *bottom_right, *arrow;
    const char *wire[4]; /* by enum wire_state */
};

static const struct strokes lines = {"┌", "─", "┐", "│", "└", "┘", "▶", {"─", "━", "╌", "×"}};
static const struct strokes ascii = {"+", "-", "+", "|", "+", "+", ">", {"-", "=", "?", "x"}};

struct pen {
    const struct wiring *wiring;
    const struct strokes *strokes;
    bool colour;
    FILE *out;
};

/* Green, yellow, red; nothing is known: as everything else. */
static const char *colour_of(const struct pen *pen, enum wire_state state)
{
    static const char *const colours[] = {"", "\033[32m", "\033[1;33m", "\033[1;31m"};

    return pen->colour ? colours[state] : "";
}

static void repeat(const struct pen *pen, const char *stroke, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        fputs(stroke, pen->out);
}

static unsigned inner_width(const struct pen *pen)
{
    return pen->wiring->connector->columns * (LABEL + 4);
}

static void draw_edge(const struct pen *pen, const char *left, const char *right)
{
    fprintf(pen->out, "  %s", left);
    repeat(pen, pen->strokes->top, inner_width(pen));
    fprintf(pen->out, "%s\n", right);
}

/* "look here (1)" */
static void draw_state(const struct pen *pen, int wire)
{
    enum wire_state state = pen->wiring->wires[wire];
    unsigned see = pen->wiring->see[wire];

    if (state == WIRE_NOT_SEEN)
        return;
    fprintf(pen->out, ": %s%s", colour_of(pen, state), wire_state_word(state));
    if (see && state >= WIRE_SUSPECT)
        fprintf(pen->out, " (%u)", see);
    fputs(pen->colour ? "\033[0m" : "", pen->out);
}

/* "═══════▶ DIO (PA13): look here" */
static void draw_wire(const struct pen *pen, int wire)
{
    enum wire_state state = pen->wiring->wires[wire];

    fprintf(pen->out, " %-5s %s", wire_names[wire], colour_of(pen, state));
    repeat(pen, pen->strokes->wire[state], WIRE_LENGTH);
    fprintf(pen->out, "%s%s %s", pen->strokes->arrow,
            pen->colour && state != WIRE_NOT_SEEN ? "\033[0m" : "",
            pen->wiring->header->labels[wire]);
    draw_state(pen, wire);
}

static void draw_pin(const struct pen *pen, unsigned number, const struct wiring_pin *pin)
{
    fprintf(pen->out, " %2u %-*s", number, LABEL, pin->label ? pin->label : "");
}

/* The box stays open below while a second wire passes. */
static void draw_row(const struct pen *pen, unsigned row)
{
    const struct wiring_connector *connector = pen->wiring->connector;
    const struct wiring_pin *pins = connector->pins[row];
    int first = connector->columns == 2 && pins[1].wire >= 0 ? pins[1].wire : pins[0].wire;
    int second = connector->columns == 2 && pins[1].wire >= 0 ? pins[0].wire : -1;

    fprintf(pen->out, "  %s", pen->strokes->side);
    for (unsigned i = 0; i < connector->columns; i++)
        draw_pin(pen, row * connector->columns + i + 1, &pins[i]);
    fputs(pen->strokes->side, pen->out);
    if (first >= 0)
        draw_wire(pen, first);
    fputc('\n', pen->out);
    if (second < 0)
        return;
    fprintf(pen->out, "  %s%*s%s", pen->strokes->side, (int)inner_width(pen), "",
            pen->strokes->side);
    draw_wire(pen, second);
    fputc('\n', pen->out);
}

void wiring_print(const struct wiring *wiring, bool colour, bool utf8, FILE *out)
{
    const struct wiring_connector *connector = wiring->connector;
    struct pen pen = {wiring, utf8 ? &lines : &ascii, colour, out};

    fprintf(out, "  %s  ->  %s\n", connector->title, wiring->header->title);
    draw_edge(&pen, pen.strokes->top_left, pen.strokes->top_right);
    for (unsigned row = 0; row < connector->rows; row++)
        draw_row(&pen, row);
    draw_edge(&pen, pen.strokes->bottom_left, pen.strokes->bottom_right);
}

static void put_note(FILE *out, const char *of, const char *note)
{
    int column = fprintf(out, "  %s%s", of, of[0] ? ": " : "");

    wrapped_put(out, column, 4, note);
}

void wiring_print_notes(const struct wiring *wirings, size_t count, FILE *out)
{
    const char *before = "";

    for (size_t i = 0; i < count; i++) {
        const char *note = wirings[i].connector->note;

        if (note && strcmp(note, before) != 0)
            put_note(out, "", note);
        before = note ? note : before;
    }
    if (count && wirings[0].header->note)
        put_note(out, wirings[0].header->title, wirings[0].header->note);
}

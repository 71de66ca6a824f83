/* SPDX-License-Identifier: MIT */
/* The picture as an SVG document, for a forum. Lengths are pixels. */
#include <string.h>

#include "doctor/wiring.h"

enum {
    WIDTH = 720,
    ROW = 30,
    HEAD = 40, /* above a connector: its title */
    FOOT = 44, /* below: notes */
    LEFT = 20,
    COLUMN = 120,
    BOARD_LEFT = 520,
    BOARD_WIDTH = 180,
    RADIUS = 6,
};

static const char *const colours[] = {"#888888", "#1a9641", "#e6a100", "#d7191c"};
static const char *const dashes[] = {"", "", " stroke-dasharray=\"9 5\"",
                                     " stroke-dasharray=\"2 8\""};

/* All of it is ours, but for what XML takes for markup. */
static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void put_label(FILE *out, int x, int y, const char *more, const char *text)
{
    fprintf(out, "<text x=\"%d\" y=\"%d\"%s>", x, y, more);
    put_text(out, text);
    fputs("</text>\n", out);
}

static int height_of(const struct wiring *wiring)
{
    unsigned rows = wiring->connector->rows > WIRES ? wiring->connector->rows : WIRES;

    return HEAD + (int)rows * ROW + FOOT;
}

/* Where the middle of a pin is. */
static int pin_x(unsigned column)
{
    return LEFT + (int)column * COLUMN + 24;
}

static int row_y(int top, unsigned row)
{
    return top + HEAD + (int)row * ROW + ROW / 2;
}

static void put_box(FILE *out, int x, int y, int width, int height)
{
    fprintf(out,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#f4f4f4\" "
            "stroke=\"#444444\"/>\n",
            x, y, width, height);
}

static void put_pin(FILE *out, int x, int y, unsigned number, const char *label)
{
    char text[40];

    fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"#c9a227\" stroke=\"#444444\"/>\n", x,
            y, RADIUS);
    snprintf(text, sizeof text, "%u %s", number, label);
    put_label(out, x + 2 * RADIUS, y + 5, "", text);
}

static void put_wire(FILE *out, const struct wiring *wiring, int wire, int x, int y, int top)
{
    enum wire_state state = wiring->wires[wire];
    int to = row_y(top, (unsigned)wire), middle = (x + BOARD_LEFT) / 2 + 60;

    fprintf(out,
            "<path d=\"M %d %d C %d %d, %d %d, %d %d\" fill=\"none\" stroke=\"%s\" "
            "stroke-width=\"3\"%s><title>",
            x, y, middle, y, middle, to, BOARD_LEFT + 24, to, colours[state], dashes[state]);
    put_text(out, wire_names[wire]);
    fprintf(out, ": %s</title></path>\n", wire_state_word(state)[0] ? wire_state_word(state) : "?");
}

static void put_wires(FILE *out, const struct wiring *wiring, int top)
{
    const struct wiring_connector *connector = wiring->connector;

    for (unsigned row = 0; row < connector->rows; row++)
        for (unsigned column = 0; column < connector->columns; column++)
            if (connector->pins[row][column].wire >= 0)
                put_wire(out, wiring, connector->pins[row][column].wire, pin_x(column),
                         row_y(top, row), top);
}

static void put_connector(FILE *out, const struct wiring_connector *connector, int top)
{
    put_label(out, LEFT, top + 24, " font-weight=\"bold\"", connector->title);
    put_box(out, LEFT, top + HEAD, (int)connector->columns * COLUMN, (int)connector->rows * ROW);
    for (unsigned row = 0; row < connector->rows; row++)
        for (unsigned column = 0; column < connector->columns; column++)
            if (connector->pins[row][column].label)
                put_pin(out, pin_x(column), row_y(top, row), row * connector->columns + column + 1,
                        connector->pins[row][column].label);
}

static void put_header(FILE *out, const struct wiring *wiring, int top)
{
    put_label(out, BOARD_LEFT, top + 24, " font-weight=\"bold\"", wiring->header->title);
    put_box(out, BOARD_LEFT, top + HEAD, BOARD_WIDTH, WIRES * ROW);
    for (unsigned wire = 0; wire < WIRES; wire++) {
        int y = row_y(top, wire);

        fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"#c9a227\"/>\n", BOARD_LEFT + 24,
                y, RADIUS);
        put_label(out, BOARD_LEFT + 36, y + 5, "", wiring->header->labels[wire]);
    }
}

static void put_notes(FILE *out, const struct wiring *wiring, int top)
{
    int y = top + height_of(wiring) - FOOT + 18;

    if (wiring->connector->note)
        put_label(out, LEFT, y, " font-size=\"12\"", wiring->connector->note);
    if (wiring->header->note)
        put_label(out, LEFT, y + 16, " font-size=\"12\"", wiring->header->note);
}

/* What the colours mean. */
static void put_legend(FILE *out, int top)
{
    for (int state = WIRE_GOOD; state <= WIRE_MISSING; state++) {
        int x = LEFT + (state - WIRE_GOOD) * 160;

        fprintf(out,
                "<path d=\"M %d %d h 40\" stroke=\"%s\" stroke-width=\"3\" fill=\"none\"%s/>\n", x,
                top + 20, colours[state], dashes[state]);
        put_label(out, x + 48, top + 25, "", wire_state_word((enum wire_state)state));
    }
}

void wiring_svg(const struct wiring *wirings, size_t count, FILE *out)
{
    int top = 0, height = ROW + 10;

    for (size_t i = 0; i < count; i++)
        height += height_of(&wirings[i]);
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "font-family=\"sans-serif\" font-size=\"14\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            WIDTH, height);
    for (size_t i = 0; i < count; i++) {
        put_connector(out, wirings[i].connector, top);
        put_header(out, &wirings[i], top);
        put_wires(out, &wirings[i], top);
        put_notes(out, &wirings[i], top);
        top += height_of(&wirings[i]);
    }
    put_legend(out, top);
    fputs("</svg>\n", out);
}

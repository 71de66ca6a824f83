/* SPDX-License-Identifier: MIT */
/* A picture of the wires between a probe and a board: the connector as it really is, the header of
 * the board beside it, and each wire with what is thought of it. Pure but for the writing. */
#ifndef PROBED_WIRING_H
#define PROBED_WIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum wire { WIRE_VTREF, WIRE_SWDIO, WIRE_SWCLK, WIRE_GND, WIRE_NRST, WIRES };

enum wire_state {
    WIRE_NOT_SEEN, /* nothing is known of it */
    WIRE_GOOD,     /* something came through */
    WIRE_SUSPECT,  /* look here */
    WIRE_MISSING,  /* nothing comes through, or not needed and not there */
};

/* A pin: what is printed at it, and which wire belongs there. */
struct wiring_pin {
    const char *label; /* NULL: there is no pin */
    int wire;          /* enum wire; -1: none */
};

enum { WIRING_COLUMNS = 2, WIRING_ROWS_MAX = 10 };

/* Of a probe: pins in rows of two, or of one; numbered from the top, left to right. */
struct wiring_connector {
    const char *title;
    const char *note; /* one line below; NULL: none */
    unsigned columns, rows;
    struct wiring_pin pins[WIRING_ROWS_MAX][WIRING_COLUMNS];
};

/* Of a board: what is printed beside the pin where each wire ends. */
struct wiring_header {
    const char *title;
    const char *labels[WIRES];
    const char *note; /* NULL: none */
};

struct wiring {
    const struct wiring_connector *connector;
    const struct wiring_header *header;
    enum wire_state wires[WIRES];
    unsigned see[WIRES]; /* for wires to look at: the number of what says why; 0: none */
};

/* --- wiring_tables.c --- */

/* Connectors that a probe of this USB product id can have, most likely first; the dongle has two
 * pin-outs in one case. NULL: no more. */
const struct wiring_connector *wiring_connector_of(unsigned pid, size_t index);
/* One of a dongle's two. */
bool wiring_is_dongle(const struct wiring_connector *connector);
/* The header of a board whose name begins so; the general one for all others. */
const struct wiring_header *wiring_header_of(const char *board);
/* That of the board on which a chip of this name (struct target_chip) is met most. */
const struct wiring_header *wiring_header_of_chip(const char *chip);
/* As the first, but NULL for names that none has. */
const struct wiring_header *wiring_header_named(const char *board);
/* All of them; NULL: no more. */
const struct wiring_header *wiring_header_at(size_t index);

extern const char *const wire_names[WIRES];
/* "good", "look here", "missing"; empty: not seen. */
const char *wire_state_word(enum wire_state state);

/* --- wiring_text.c, wiring_svg.c --- */

/* Lines of at most 78 columns. Colours and line drawing only where the reader has them. */
void wiring_print(const struct wiring *wiring, bool colour, bool utf8, FILE *out);
/* What there is to know of the connectors and the header, each thing once. */
void wiring_print_notes(const struct wiring *wirings, size_t count, FILE *out);
/* All of them below each other, as one SVG document. */
void wiring_svg(const struct wiring *wirings, size_t count, FILE *out);

#endif

/* SPDX-License-Identifier: MIT */
#include "doctor/doctor_picture.h"

#include <string.h>

enum { PICTURES = 4, DONGLE_PID = 0x3748, RAIL_LEAST_MV = 3000, RAIL_MOST_MV = 3600 };

_Static_assert(WIRE_VTREF == (int)DOCTOR_WIRE_VTREF && WIRE_SWDIO == (int)DOCTOR_WIRE_SWDIO &&
                   WIRE_SWCLK == (int)DOCTOR_WIRE_SWCLK && WIRE_GND == (int)DOCTOR_WIRE_GND &&
                   WIRE_NRST == (int)DOCTOR_WIRE_NRST && WIRES == (int)DOCTOR_WIRES,
               "wires");
_Static_assert(WIRE_NOT_SEEN == (int)DOCTOR_WIRE_NOT_SEEN && WIRE_GOOD == (int)DOCTOR_WIRE_GOOD &&
                   WIRE_SUSPECT == (int)DOCTOR_WIRE_SUSPECT &&
                   WIRE_MISSING == (int)DOCTOR_WIRE_MISSING,
               "states of wires");

bool doctor_board_known(const char *board, char *why, size_t why_size)
{
    const struct wiring_header *header;
    size_t used = (size_t)snprintf(why, why_size, "'%.40s' is not drawn; there are", board);

    if (wiring_header_named(board))
        return true;
    for (size_t i = 0; (header = wiring_header_at(i)) != NULL && used < why_size; i++)
        used +=
            (size_t)snprintf(why + used, why_size - used, "%s '%s'", i ? "," : "", header->title);
    return false;
}

static const struct wiring_header *header_of(const struct doctor_picture *picture)
{
    static const char simulated[] = "simulated ";
    const struct measurements *m = picture->measured;

    if (picture->board)
        return wiring_header_named(picture->board);
    if (strncmp(m->probe.product, simulated, strlen(simulated)) == 0)
        return wiring_header_of(m->probe.product + strlen(simulated));
    return wiring_header_of_chip(m->chip_known ? m->chip.name : "");
}

/* A dongle has no reading of VTref, or its own rail's; what reads something else is the original.
 */
static bool is_original(const struct measurements *m)
{
    return m->probe.pid == DONGLE_PID && m->vtref_count &&
           (m->vtref_mv[0] < RAIL_LEAST_MV || m->vtref_mv[0] > RAIL_MOST_MV);
}

/* Which of the causes of what is to be mended first suspects this wire. */
static unsigned cause_of(const struct verdict *verdict, int wire)
{
    for (unsigned i = 0; i < verdict->count; i++)
        if (verdict->causes[i]->suspects >> wire & 1)
            return i + 1;
    return 0;
}

static void take_states(struct wiring *wiring, const struct doctor_view *view)
{
    for (int wire = 0; wire < WIRES; wire++) {
        wiring->wires[wire] = (enum wire_state)view->wires[wire];
        wiring->see[wire] = cause_of(view->verdicts, wire);
    }
}

static size_t wirings_of(const struct doctor_picture *picture, struct wiring wirings[PICTURES])
{
    const struct measurements *m = picture->measured;
    const struct wiring_connector *connector;
    size_t count = 0;

    for (size_t i = 0; (connector = wiring_connector_of(m->probe.pid, i)) && count < PICTURES;
         i++) {
        if (is_original(m) && wiring_is_dongle(connector))
            continue;
        wirings[count] = (struct wiring){connector, header_of(picture), {0}, {0}};
        take_states(&wirings[count++], picture->view);
    }
    return count;
}

/* Where nothing is wrong with the wires, a picture of them is for those who ask for one. */
static bool is_due(const struct doctor_picture *picture)
{
    bool due = picture->board;

    for (int wire = 0; wire < DOCTOR_WIRES; wire++)
        due |= picture->view->wires[wire] >= DOCTOR_WIRE_SUSPECT;
    return due;
}

void doctor_picture_print(const struct doctor_picture *picture, bool colour, bool utf8, FILE *out)
{
    struct wiring wirings[PICTURES];
    size_t count = is_due(picture) ? wirings_of(picture, wirings) : 0;

    for (size_t i = 0; i < count; i++) {
        fputc('\n', out);
        wiring_print(&wirings[i], colour, utf8, out);
    }
    wiring_print_notes(wirings, count, out);
}

void doctor_picture_svg(const struct doctor_picture *picture, FILE *out)
{
    struct wiring wirings[PICTURES];

    wiring_svg(wirings, wirings_of(picture, wirings), out);
}

/* SPDX-License-Identifier: MIT */
/* The wires of a board that was examined: which connectors its probe can have, which header the
 * board, and what is thought of each wire. */
#ifndef PROBED_DOCTOR_PICTURE_H
#define PROBED_DOCTOR_PICTURE_H

#include "doctor/doctor_view.h"
#include "doctor/wiring.h"

struct doctor_picture {
    const struct measurements *measured;
    const struct doctor_view *view; /* what they say */
    const char *board;              /* as somebody called it; NULL: by the chip */
};

/* The header of the board that is called so is drawn; false: `why` (200 bytes) lists what there is.
 */
bool doctor_board_known(const char *board, char *why, size_t why_size);
/* Nothing where no wire is suspected, unless a board was named. */
void doctor_picture_print(const struct doctor_picture *picture, bool colour, bool utf8, FILE *out);
/* Always. */
void doctor_picture_svg(const struct doctor_picture *picture, FILE *out);

#endif

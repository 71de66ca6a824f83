/* SPDX-License-Identifier: MIT */
/* What the client of a port for commands says first: a command, or another protocol? A web page can
 * make its browser send much of its choice here (CVE-2018-5704 is what it did to another server's
 * telnet port), and so can who speaks TLS, TURN, SOCKS or to a proxy. Of such a client nothing must
 * run. Each byte is given here before it is acted upon; all cost the same. Pure. */
#ifndef PROBED_FIRST_LINE_H
#define PROBED_FIRST_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct first_line {
    bool over;           /* it was a command's: nothing is looked at any more */
    const char *foreign; /* "its first line ..": why it is no command's; NULL: it may be one */

    /* Private. */
    bool after_return;
    size_t length; /* bytes of the line so far */
    size_t begun;  /* ..from its first that is no blank, of which opening has the first */
    char opening[4];
    size_t method;  /* capitals at its beginning */
    size_t version; /* bytes of " HTTP/" that came last */
};

/* The next byte of the client's, telnet's commands taken out. `keys`: a terminal sends them, any
 * control byte may be one. `end`: the byte that ends a command, besides CR and LF. Lines of blanks
 * are not the first. `line` begins zeroed. */
void first_line_byte(struct first_line *line, uint8_t byte, bool keys, uint8_t end);

#endif

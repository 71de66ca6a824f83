/* SPDX-License-Identifier: MIT */
/* Where a server is met, as written on the command line: [ADDR:]PORT or unix:PATH; or
 * a socket that somebody else opened, fd:N. Pure, but for the last. */
#ifndef PROBED_ENDPOINT_H
#define PROBED_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENDPOINT_PATH = 108 }; /* sun_path of sockaddr_un on Linux, with its NUL */

struct endpoint {
    bool is_unix;
    bool is_off;      /* nobody is served; never from endpoint_parse() */
    bool is_pipe;     /* standard input and output; never from endpoint_parse() */
    char address[46]; /* IPv4 or IPv6 in digits; "127.0.0.1" when none was given */
    uint16_t port;    /* 0: any free one */
    char path[ENDPOINT_PATH];
    int given; /* the descriptor of a socket that listens there already; 0: none */
};

/* "3333", "0.0.0.0:3333", "localhost:3333", "[::1]:3333", "unix:/run/probed.sock". Names other
 * than localhost are not looked up. False: `why` has a sentence. */
bool endpoint_parse(const char *text, struct endpoint *endpoint, char *why, size_t why_size);
/* Where the socket listens whose descriptor `number` is; as endpoint_parse(), but not pure: asks
 * the kernel, and leaves the descriptor to no child. */
bool endpoint_given(const char *number, struct endpoint *endpoint, char *why, size_t why_size);
/* Only processes of this machine can come: a loopback address or a Unix-domain socket. */
bool endpoint_is_local(const struct endpoint *endpoint);
/* One of them cannot be listened at while the other is: the same socket, the same port at one
 * address or at all. Not those that are off, pipes, or any free port. */
bool endpoint_collides(const struct endpoint *one, const struct endpoint *other);
/* As endpoint_parse() reads it, IPv6 addresses in brackets. */
void endpoint_format(const struct endpoint *endpoint, char *text, size_t size);

#endif

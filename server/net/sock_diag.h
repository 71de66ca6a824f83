/* SPDX-License-Identifier: MIT */
/* The kernel asked for one TCP socket of this machine, instead of for its table of all of them.
 *
 * Source: sock_diag(7), Linux include/uapi/linux/inet_diag.h. */
#ifndef PROBED_SOCK_DIAG_H
#define PROBED_SOCK_DIAG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* An end of a connection; IPv4 as an IPv4-mapped IPv6 address. */
struct sock_end {
    struct in6_addr address;
    uint16_t port;
};

/* IPv4 becomes mapped, which one end of a connection may take it for. */
struct sock_end sock_end_of(const struct sockaddr_storage *address);

enum sock_diag {
    SOCK_DIAG_FOUND, /* `uid` is its user's; inode 0: nobody has it open any more */
    SOCK_DIAG_NONE,  /* there is none */
    SOCK_DIAG_MUTE,  /* this system does not say */
};

/* The socket at `local` that is connected to `remote`. Does not wait. Any thread. */
enum sock_diag sock_diag_find(const struct sock_end *local, const struct sock_end *remote,
                              uid_t *uid, uint32_t *inode);

#endif

/* SPDX-License-Identifier: MIT */
/* Who is at the other end of a connection, if it is a process of this machine, and whether that
 * user may use us: commands write files as the user we run as. Loop thread, except where it says
 * else.
 *
 * The other end of a connection from this machine is a socket of this machine with a user, for
 * which the kernel is asked (sock_diag.h); where it does not say, its table of all of them is
 * searched (sock_table.h). Unix-domain: SO_PEERCRED (unix(7)). */
#ifndef PROBED_PEER_H
#define PROBED_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/log.h"

enum { PEER_USERS = 32 };

struct peer_rules {
    bool all; /* nobody is asked */
    uid_t users[PEER_USERS];
    size_t count;
    bool named; /* some of them, by --allow-users */
    /* Our user namespace leaves users without a number: the kernel shows them all as `unnumbered`.
     */
    bool some_unnumbered;
    uid_t unnumbered;
};

/* This user, root, and who called sudo, pkexec or doas; then `names` (may be NULL): users by name
 * or number with commas between them, or "all". Looks them up: before the loop runs. False: `why`
 * has a sentence. */
bool peer_rules_init(struct peer_rules *rules, const char *names, char *why, size_t why_size);

/* Whether a Unix-domain socket must be open to everybody for them, peer_may_enter() being the
 * guard. */
bool peer_rules_admit_others(const struct peer_rules *rules);

/* Asks once, as soon as the connection is accepted; nothing was read from it yet. Who cannot be
 * told (a system without those files, another network or user namespace) is let in with a warning;
 * who has closed the connection already is not, since its row shows user 0 then whoever it was.
 * Says in the log why not. `service`: "gdb". */
bool peer_may_enter(const struct peer_rules *rules, int socket, const struct log *log,
                    const char *service);

#endif

/* SPDX-License-Identifier: MIT */
/* The kernel's table of all TCP sockets of this machine, where it cannot be asked for one of them
 * (sock_diag.h). Any thread.
 *
 * Source: Linux, Documentation/networking/proc_net_tcp.rst. */
#ifndef PROBED_SOCK_TABLE_H
#define PROBED_SOCK_TABLE_H

#include <stdbool.h>
#include <sys/types.h>

#include "net/sock_diag.h"

/* The socket at `local` that is connected to `remote`, in `folder`/tcp and tcp6 ("/proc/net"): its
 * user; inode 0: nobody has it open any more. False: there is no row of it, which happens while
 * others come and go. */
bool sock_table_find(const char *folder, const struct sock_end *local,
                     const struct sock_end *remote, uid_t *uid, unsigned long *inode);

#endif

/* SPDX-License-Identifier: MIT */
/* RTT of the fake target: there is none. */
#include "trace/rtt.h"

void rtt_init(struct rtt *rtt)
{
    *rtt = (struct rtt){0};
}

bool rtt_set_id(struct rtt *rtt, const char *id)
{
    (void)rtt;
    (void)id;
    return true;
}

void rtt_forget(struct rtt *rtt)
{
    rtt->found = false;
}

enum err rtt_search(struct rtt *rtt, struct target *target, bool *over)
{
    (void)rtt;
    (void)target;
    *over = true;
    return ERR_OK;
}

enum err rtt_move(struct rtt *rtt, struct target *target, const struct rtt_ends *ends,
                  unsigned rounds, size_t *moved)
{
    (void)rtt;
    (void)target;
    (void)ends;
    (void)rounds;
    *moved = 0;
    return ERR_OK;
}

enum err rtt_look(struct rtt *rtt, struct target *target)
{
    (void)rtt;
    (void)target;
    return ERR_OK;
}

enum err rtt_set_mode(struct rtt *rtt, struct target *target, unsigned channel, enum rtt_mode mode)
{
    (void)rtt;
    (void)target;
    (void)channel;
    (void)mode;
    return ERR_OK;
}

enum err rtt_wipe(struct rtt *rtt, struct target *target)
{
    (void)rtt;
    (void)target;
    return ERR_OK;
}

enum err rtt_read_names(struct rtt *rtt, struct target *target)
{
    (void)rtt;
    (void)target;
    return ERR_OK;
}

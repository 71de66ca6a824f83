/* SPDX-License-Identifier: MIT */
#include "session/under_way.h"

#include <uv.h>

#include "session/request.h"
#include "session/session.h"

void under_way_begin(struct session *session, const struct request *request)
{
    session->under_way =
        (struct under_way){.who = request->who, .what = request->what, .since_ns = uv_hrtime()};
}

void under_way_end(struct session *session)
{
    session->under_way = (struct under_way){0};
}

static unsigned seconds_since(uint64_t since_ns)
{
    return (unsigned)((uv_hrtime() - since_ns) / 1000000000u);
}

/* Between its packets nothing of a load is under way, and yet nobody else may use the core. */
static const struct client *find_loading(const struct session *session)
{
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        if (session->clients[i].flash && &session->clients[i] != session->acting)
            return &session->clients[i];
    return NULL;
}

bool under_way_load(const struct session *session)
{
    return find_loading(session) != NULL;
}

static enum err refuse_for_load(const struct client *client, struct job *job)
{
    const struct flash_report *report = flash_report(client->flash);

    return job_fail(job, ERR_BUSY,
                    "the flash is being programmed by %s: a load, for %u s, %u of %u KiB so far",
                    client->who ? client->who : "another gdb",
                    seconds_since(client->loads_since_ns), (unsigned)(report->bytes_written / 1024),
                    (unsigned)((report->bytes_announced + 1023) / 1024));
}

enum err under_way_refuse(const struct session *session, struct job *job)
{
    const struct under_way *now = &session->under_way;
    const struct client *loading = find_loading(session);
    char percent[24] = "";

    if (loading)
        return refuse_for_load(loading, job);
    if (now->percent)
        snprintf(percent, sizeof percent, ", %u %% so far", now->percent);
    return job_fail(job, ERR_BUSY, "%s is at a longer job%s%.80s%s, for %u s%s",
                    now->who ? now->who : "another session", now->what ? ", '" : "",
                    now->what ? now->what : "", now->what ? "'" : "",
                    now->since_ns ? seconds_since(now->since_ns) : 0, percent);
}

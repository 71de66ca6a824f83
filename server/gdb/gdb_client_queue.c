/* SPDX-License-Identifier: MIT */
/* Requests that were framed and wait for the worker, which gets one at a time. */
#include "gdb/gdb_client_internal.h"

void gdb_client_enqueue(struct gdb_client *gdb, struct gdb_request *request)
{
    if (gdb->last)
        gdb->last->next = request;
    else
        gdb->first = request;
    gdb->last = request;
    gdb->queued++;
}

struct gdb_request *gdb_client_dequeue(struct gdb_client *gdb)
{
    struct gdb_request *request = gdb->first;

    if (!request)
        return NULL;
    gdb->first = request->next;
    if (!gdb->first)
        gdb->last = NULL;
    request->next = NULL;
    gdb->queued--;
    return request;
}

void gdb_client_drop_queue(struct gdb_client *gdb)
{
    struct gdb_request *request;

    while ((request = gdb_client_dequeue(gdb)))
        gdb_request_destroy(request);
}

struct gdb_request *gdb_client_unanswered(const struct gdb_client *gdb)
{
    if (gdb->flight && !gdb->flight->answered)
        return gdb->flight;
    return gdb->first;
}

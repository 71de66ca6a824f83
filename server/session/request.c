/* SPDX-License-Identifier: MIT */
#include "session/request.h"

#include <stdlib.h>

void request_init(struct request *request, const struct log *log, void *owner,
                  void (*run)(struct request *request, struct session *session),
                  void (*done)(struct request *request))
{
    *request = (struct request){.owner = owner, .run = run, .done = done};
    job_init(&request->job, log);
}

void request_destroy(struct request *request)
{
    if (request && request->destroy)
        request->destroy(request);
    else
        free(request);
}

void request_cancel(struct request *request)
{
    atomic_store(&request->job.cancelled, true);
}

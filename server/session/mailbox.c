/* SPDX-License-Identifier: MIT */
#include "session/mailbox.h"

#include <assert.h>

#include "session/request.h"

bool mailbox_init(struct mailbox *mailbox, uv_async_t *wake)
{
    *mailbox = (struct mailbox){.wake = wake};
    if (uv_mutex_init(&mailbox->lock) != 0)
        return false;
    if (uv_cond_init(&mailbox->arrived) == 0)
        return true;
    uv_mutex_destroy(&mailbox->lock);
    return false;
}

void mailbox_finish(struct mailbox *mailbox)
{
    assert(!mailbox->first);
    uv_cond_destroy(&mailbox->arrived);
    uv_mutex_destroy(&mailbox->lock);
}

void mailbox_put(struct mailbox *mailbox, struct request *request)
{
    request->next = NULL;
    uv_mutex_lock(&mailbox->lock);
    if (mailbox->last)
        mailbox->last->next = request;
    else
        mailbox->first = request;
    mailbox->last = request;
    uv_cond_signal(&mailbox->arrived);
    /* Inside the lock: whoever took the last request may end the loop that owns `wake`. */
    if (mailbox->wake)
        uv_async_send(mailbox->wake);
    uv_mutex_unlock(&mailbox->lock);
}

/* The lock is held. */
static struct request *take_after(struct mailbox *mailbox, struct request *before)
{
    struct request **link = before ? &before->next : &mailbox->first;
    struct request *request = *link;

    if (!request)
        return NULL;
    *link = request->next;
    if (mailbox->last == request)
        mailbox->last = before;
    request->next = NULL;
    return request;
}

struct request *mailbox_take(struct mailbox *mailbox)
{
    uv_mutex_lock(&mailbox->lock);
    struct request *request = take_after(mailbox, NULL);
    uv_mutex_unlock(&mailbox->lock);
    return request;
}

struct request *mailbox_take_if(struct mailbox *mailbox,
                                bool (*wanted)(const struct request *request, void *user),
                                void *user)
{
    struct request *before = NULL, *request;

    uv_mutex_lock(&mailbox->lock);
    for (request = mailbox->first; request; request = request->next) {
        if (wanted(request, user))
            break;
        before = request;
    }
    if (request)
        request = take_after(mailbox, before);
    uv_mutex_unlock(&mailbox->lock);
    return request;
}

bool mailbox_has(struct mailbox *mailbox, bool (*wanted)(const struct request *request, void *user),
                 void *user)
{
    const struct request *request;

    uv_mutex_lock(&mailbox->lock);
    for (request = mailbox->first; request && !wanted(request, user); request = request->next)
        ;
    uv_mutex_unlock(&mailbox->lock);
    return request != NULL;
}

struct request *mailbox_wait(struct mailbox *mailbox, uint64_t timeout_us)
{
    uint64_t end = timeout_us == MAILBOX_FOREVER ? 0 : uv_hrtime() + timeout_us * 1000;

    uv_mutex_lock(&mailbox->lock);
    while (!mailbox->first) {
        uint64_t now = uv_hrtime();

        if (timeout_us == MAILBOX_FOREVER)
            uv_cond_wait(&mailbox->arrived, &mailbox->lock);
        else if (now >= end || uv_cond_timedwait(&mailbox->arrived, &mailbox->lock, end - now) != 0)
            break;
    }
    struct request *request = take_after(mailbox, NULL);
    uv_mutex_unlock(&mailbox->lock);
    return request;
}

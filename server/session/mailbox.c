/* SPDX-License-Identifier: MIT */
#include "session/mailbox.h"

#include <assert.h>

#include "session/worker.h"

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

void mailbox_put(struct mailbox *mailbox, struct message *message)
{
    message->next = NULL;
    uv_mutex_lock(&mailbox->lock);
    if (mailbox->last)
        mailbox->last->next = message;
    else
        mailbox->first = message;
    mailbox->last = message;
    uv_cond_signal(&mailbox->arrived);
    /* Inside the lock: whoever took the last message may end the loop that owns `wake`. */
    if (mailbox->wake)
        uv_async_send(mailbox->wake);
    uv_mutex_unlock(&mailbox->lock);
}

/* The lock is held. */
static struct message *take_after(struct mailbox *mailbox, struct message *before)
{
    struct message **link = before ? &before->next : &mailbox->first;
    struct message *message = *link;

    if (!message)
        return NULL;
    *link = message->next;
    if (mailbox->last == message)
        mailbox->last = before;
    message->next = NULL;
    return message;
}

struct message *mailbox_take(struct mailbox *mailbox)
{
    uv_mutex_lock(&mailbox->lock);
    struct message *message = take_after(mailbox, NULL);
    uv_mutex_unlock(&mailbox->lock);
    return message;
}

struct message *mailbox_take_if(struct mailbox *mailbox,
                                bool (*wanted)(const struct message *message, void *user),
                                void *user)
{
    struct message *before = NULL, *message;

    uv_mutex_lock(&mailbox->lock);
    for (message = mailbox->first; message; message = message->next) {
        if (wanted(message, user))
            break;
        before = message;
    }
    if (message)
        message = take_after(mailbox, before);
    uv_mutex_unlock(&mailbox->lock);
    return message;
}

bool mailbox_has(struct mailbox *mailbox, bool (*wanted)(const struct message *message, void *user),
                 void *user)
{
    const struct message *message;

    uv_mutex_lock(&mailbox->lock);
    for (message = mailbox->first; message && !wanted(message, user); message = message->next)
        ;
    uv_mutex_unlock(&mailbox->lock);
    return message != NULL;
}

struct message *mailbox_wait(struct mailbox *mailbox, uint64_t timeout_us)
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
    struct message *message = take_after(mailbox, NULL);
    uv_mutex_unlock(&mailbox->lock);
    return message;
}

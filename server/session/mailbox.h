/* SPDX-License-Identifier: MIT */
/* The only locked queue: requests from the loop to a worker, and back. */
#ifndef PROBED_MAILBOX_H
#define PROBED_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct request;

struct mailbox {
    uv_mutex_t lock;   /* over first and last */
    uv_cond_t arrived; /* for a thread that waits */
    uv_async_t *wake;  /* for a loop that must not wait; NULL */
    struct request *first, *last;
};

/* `wake` (may be NULL) is sent after each put; sends coalesce, so its callback must take until
 * nothing is left. False without memory. */
bool mailbox_init(struct mailbox *mailbox, uv_async_t *wake);
/* Must be empty, and nobody may use it any more. */
void mailbox_finish(struct mailbox *mailbox);

/* Any thread. The request belongs to whoever takes it. */
void mailbox_put(struct mailbox *mailbox, struct request *request);
/* The oldest, or NULL at once. */
struct request *mailbox_take(struct mailbox *mailbox);
/* The oldest that is `wanted`; what is not stays in its place. */
struct request *mailbox_take_if(struct mailbox *mailbox,
                                bool (*wanted)(const struct request *request, void *user),
                                void *user);
/* Is there one that is `wanted`? It may be taken by nobody but the caller's thread. */
bool mailbox_has(struct mailbox *mailbox, bool (*wanted)(const struct request *request, void *user),
                 void *user);
/* The oldest; waits for one at most this long (MAILBOX_FOREVER: until there is one). */
#define MAILBOX_FOREVER UINT64_MAX
struct request *mailbox_wait(struct mailbox *mailbox, uint64_t timeout_us);

#endif

/* SPDX-License-Identifier: MIT */
/* The locked queue: order, picking, waiting, and a loop that is woken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/mailbox.h"
#include "session/request.h"

enum { MANY = 2000 };

static void requests_come_out_in_order(void **state)
{
    struct mailbox mailbox;
    struct request requests[3] = {0};

    (void)state;
    assert_true(mailbox_init(&mailbox, NULL));
    assert_null(mailbox_take(&mailbox));
    for (size_t i = 0; i < 3; i++)
        mailbox_put(&mailbox, &requests[i]);
    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(mailbox_take(&mailbox), &requests[i]);
    assert_null(mailbox_take(&mailbox));
    mailbox_finish(&mailbox);
}

static bool is_short(const struct request *request, void *user)
{
    (void)user;
    return request->between;
}

static void wanted_ones_may_overtake(void **state)
{
    struct mailbox mailbox;
    struct request stop = {0}, first = {.between = true}, last = {.between = true}, late = {0};

    (void)state;
    mailbox_init(&mailbox, NULL);
    mailbox_put(&mailbox, &stop);
    mailbox_put(&mailbox, &first);
    mailbox_put(&mailbox, &last);
    assert_true(mailbox_has(&mailbox, is_short, NULL));
    assert_ptr_equal(mailbox_take_if(&mailbox, is_short, NULL), &first);
    assert_ptr_equal(mailbox_take_if(&mailbox, is_short, NULL), &last);
    assert_null(mailbox_take_if(&mailbox, is_short, NULL));
    assert_false(mailbox_has(&mailbox, is_short, NULL));
    mailbox_put(&mailbox, &late); /* the end of the queue was cut off and is found again */
    assert_ptr_equal(mailbox_take(&mailbox), &stop);
    assert_ptr_equal(mailbox_take(&mailbox), &late);
    mailbox_finish(&mailbox);
}

static void waiting_ends_with_its_time(void **state)
{
    struct mailbox mailbox;
    uint64_t before = uv_hrtime();

    (void)state;
    mailbox_init(&mailbox, NULL);
    assert_null(mailbox_wait(&mailbox, 2000));
    assert_true(uv_hrtime() - before >= 2000000);
    mailbox_finish(&mailbox);
}

struct producer {
    struct mailbox *mailbox;
    struct request requests[MANY];
};

static void produce(void *user)
{
    struct producer *producer = user;

    for (size_t i = 0; i < MANY; i++)
        mailbox_put(producer->mailbox, &producer->requests[i]);
}

static void waiting_thread_gets_all(void **state)
{
    static struct producer producer;
    struct mailbox mailbox;
    uv_thread_t thread;

    (void)state;
    mailbox_init(&mailbox, NULL);
    producer.mailbox = &mailbox;
    assert_int_equal(uv_thread_create(&thread, produce, &producer), 0);
    for (size_t i = 0; i < MANY; i++)
        assert_ptr_equal(mailbox_wait(&mailbox, MAILBOX_FOREVER), &producer.requests[i]);
    uv_thread_join(&thread);
    mailbox_finish(&mailbox);
}

static size_t taken;

static void on_wake(uv_async_t *async)
{
    struct mailbox *mailbox = async->data;

    while (mailbox_take(mailbox))
        taken++;
    if (taken == MANY)
        uv_close((uv_handle_t *)async, NULL);
}

/* uv_async_send coalesces: fewer wake-ups than requests, and none lost. */
static void loop_is_woken_for_all(void **state)
{
    static struct producer producer;
    struct mailbox mailbox;
    uv_thread_t thread;
    uv_async_t wake;
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    uv_async_init(&loop, &wake, on_wake);
    wake.data = &mailbox;
    mailbox_init(&mailbox, &wake);
    producer.mailbox = &mailbox;
    uv_thread_create(&thread, produce, &producer);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_thread_join(&thread);
    assert_int_equal(taken, MANY);
    assert_int_equal(uv_loop_close(&loop), 0);
    mailbox_finish(&mailbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_come_out_in_order), cmocka_unit_test(wanted_ones_may_overtake),
        cmocka_unit_test(waiting_ends_with_its_time), cmocka_unit_test(waiting_thread_gets_all),
        cmocka_unit_test(loop_is_woken_for_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What every test here needs: a connected probe on a fake port, a queue, a job. */
#ifndef PROBED_TEST_DAP_BENCH_H
#define PROBED_TEST_DAP_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_dap.h"
#include "probe/fault_injection.h"

struct bench {
    struct fake_dap fake;
    struct job job;
    struct probe *probe;
    struct ops ops;
    struct fault_plan plan; /* here because it must outlive the probe */
};

static inline int bench_setup(void **state)
{
    struct bench *bench = malloc(sizeof *bench);

    if (!bench)
        return -1;
    bench->probe = fake_dap_open(&bench->fake, &bench->job, NULL);
    if (!bench->probe)
        return -1;
    ops_init(&bench->ops, bench->probe);
    *state = bench;
    return 0;
}

static inline int bench_teardown(void **state)
{
    struct bench *bench = *state;

    probe_close(bench->probe);
    free(bench);
    return 0;
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

#endif

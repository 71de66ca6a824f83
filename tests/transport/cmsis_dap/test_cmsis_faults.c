/* SPDX-License-Identifier: MIT */
/* Every transfer of a session fails once in every way; the wire garbles. Whatever happens: right
 * data or a sentence, and afterwards it works again. */
#include "cmsis_bench.h"

enum { BYTES = 600, ROUNDS = 60, TRIES = 3 };

static const enum pipe_fault faults[] = {PIPE_FAULT_TIMEOUT, PIPE_FAULT_STALL, PIPE_FAULT_SHORT,
                                         PIPE_FAULT_GARBAGE, PIPE_FAULT_LATE};

static enum err move_memory(struct bench *bench, uint8_t *out, uint8_t *in)
{
    uint32_t r4 = 0;

    ops_write32(&bench->ops, DHCSR, DHCSR_HALT);
    ops_wait32(&bench->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 10000);
    ops_write(&bench->ops, RAM + 4, 1, out, BYTES);
    ops_reg_write(&bench->ops, 4, 0x600DF00D);
    enum err err = ops_flush(&bench->ops);
    if (err)
        return err;
    ops_read(&bench->ops, RAM + 4, 1, in, BYTES);
    ops_reg_read(&bench->ops, 4, &r4);
    err = ops_flush(&bench->ops);
    if (!err && (memcmp(in, out, BYTES) != 0 || r4 != 0x600DF00D))
        fail_msg("wrong data, and no error");
    return err;
}

static enum err session(struct bench *bench, unsigned seed)
{
    uint8_t out[BYTES], in[BYTES];

    for (size_t i = 0; i < BYTES; i++)
        out[i] = (uint8_t)(i * 31 + seed);
    memset(in, 0, sizeof in);
    enum err err = bench->probe ? ERR_OK : bench_open_probe(bench);
    if (!err)
        err = probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL);
    return !err ? move_memory(bench, out, in) : err;
}

static void must_have_a_sentence(struct bench *bench, enum err err)
{
    if (err == ERR_OK)
        return;
    if (bench->job.err != err)
        fail_msg("%s, but told: %s", err_text(err), bench->job.text);
    assert_true(strlen(bench->job.text) > 10);
}

/* A daemon opens a probe that is gone anew. */
static void must_work_again(struct bench *bench, const char *what)
{
    enum err err = ERR_PROBE;

    bench->pipe.fail_at = 0;
    for (int i = 0; err && i < TRIES; i++) {
        if (bench->job.err == ERR_PROBE_GONE && bench->probe)
            bench_shut(bench);
        job_clear(&bench->job);
        err = session(bench, 77);
    }
    if (err)
        fail_msg("%s: does not come back: %s", what, bench->job.text);
}

/* Whether the session got as far as that transfer. */
static bool fails_at(const char *name, uint64_t point, enum pipe_fault fault)
{
    struct bench bench;
    char what[64];

    snprintf(what, sizeof what, "%s, transfer %u, fault %d", name, (unsigned)point, (int)fault);
    bench_init(&bench, name, "bluepill");
    bench.pipe.fail_at = point;
    bench.pipe.fault = fault;
    enum err err = session(&bench, 1);
    must_have_a_sentence(&bench, err);
    bool reached = bench.pipe.points >= point;
    if (fault == PIPE_FAULT_DISCONNECT && reached)
        assert_int_equal(err, ERR_PROBE_GONE);
    else
        must_work_again(&bench, what);
    bench_shut_down(&bench);
    return reached;
}

static void every_transfer_fails_in_every_way(void **state)
{
    static const char *const names[] = {"daplink", "daplink-v1", "mcu-link"};

    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++)
            for (uint64_t point = 1; fails_at(names[n], point, faults[f]); point++)
                ;
}

static void it_is_unplugged_at_every_transfer(void **state)
{
    for (uint64_t point = 1; fails_at("daplink", point, PIPE_FAULT_DISCONNECT); point++)
        ;
}

/* An older reply, or the command, instead of the right reply cannot be told from it if it is as
 * long: only that it works afterwards. */
static void a_reply_that_looks_right_does_no_lasting_harm(void **state)
{
    static const enum pipe_fault like[] = {PIPE_FAULT_STALE, PIPE_FAULT_ECHO};

    for (uint64_t i = 0; i < 80; i++) {
        struct bench bench;
        uint32_t dpidr = 0;

        bench_init(&bench, "daplink", "bluepill");
        bench.pipe.fail_at = 1 + i / 2;
        bench.pipe.fault = like[i % 2];
        enum err err = bench_open_probe(&bench);
        if (!err)
            err = probe_connect(bench.probe, PROBE_CONNECT_NORMAL, &dpidr);
        must_have_a_sentence(&bench, err);
        must_work_again(&bench, "a reply that looks right");
        bench_shut_down(&bench);
    }
}

static void a_garbled_wire_is_repeated(void **state)
{
    static const char *const names[] = {"daplink", "daplink-v1", "mcu-link", "debugprobe"};

    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        const char *const words[] = {"fault", "+noise=300"};
        char reply[512];
        struct bench bench;

        bench_open_halted(&bench, names[n]);
        assert_true(sim_board_control(bench.board, 2, words, reply, sizeof reply));
        for (unsigned round = 0; round < ROUNDS; round++) {
            uint8_t out[BYTES * 4], in[BYTES * 4] = {0};
            for (size_t i = 0; i < sizeof out; i++)
                out[i] = (uint8_t)(i * 13 + round);
            ops_write(&bench.ops, RAM, 4, out, BYTES);
            ops_read(&bench.ops, RAM, 4, in, BYTES);
            bench_flush(&bench);
            assert_memory_equal(in, out, sizeof out);
        }
        assert_true(probe_stats(bench.probe)->repeats > 10);
        bench_close(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_transfer_fails_in_every_way),
        cmocka_unit_test(it_is_unplugged_at_every_transfer),
        cmocka_unit_test(a_reply_that_looks_right_does_no_lasting_harm),
        cmocka_unit_test(a_garbled_wire_is_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

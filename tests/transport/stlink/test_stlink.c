/* SPDX-License-Identifier: MIT */
/* The ST-Link driver before the modelled firmware, in one process: right answers on every firmware,
 * and how many commands they cost. */
#include "stlink_bench.h"

static void every_firmware_connects_and_reads_cpuid(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct bench bench;
        uint32_t cpuid = 0;

        bench_open(&bench, bench_firmwares[i], "bluepill");
        bench_connect(&bench);
        ops_read32(&bench.ops, CPUID, &cpuid);
        bench_flush(&bench);
        assert_int_equal(cpuid, 0x411FC231);
        bench_close(&bench);
    }
}

static void every_firmware_moves_memory_of_all_widths(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct bench bench;
        uint8_t out[9000], back[9000];

        bench_open_halted(&bench, bench_firmwares[i]);
        for (size_t n = 0; n < sizeof out; n++)
            out[n] = (uint8_t)(n * 13 + n / 256);
        ops_write(&bench.ops, RAM, 4, out, sizeof out / 4);
        ops_read(&bench.ops, RAM, 4, back, sizeof back / 4);
        bench_flush(&bench);
        assert_memory_equal(out, back, sizeof out);
        ops_write(&bench.ops, RAM + 1, 1, out, 101);
        ops_write(&bench.ops, RAM + 0x202, 2, out, 11);
        ops_read(&bench.ops, RAM + 1, 1, back, 101);
        ops_read(&bench.ops, RAM + 0x202, 2, back + 200, 11);
        bench_flush(&bench);
        assert_memory_equal(out, back, 101);
        assert_memory_equal(out, back + 200, 22);
        bench_close(&bench);
    }
}

static void every_firmware_reads_and_writes_registers(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct bench bench;
        uint32_t values[19];

        bench_open_halted(&bench, bench_firmwares[i]);
        for (unsigned r = 0; r < 13; r++)
            ops_reg_write(&bench.ops, r, 0x1000 * r + 7);
        bench_flush(&bench);
        for (int round = 0; round < 2;
             round++) { /* the second by READALLREGS, once it is trusted */
            memset(values, 0, sizeof values);
            for (unsigned r = 0; r < 19; r++)
                ops_reg_read(&bench.ops, r, &values[r]);
            bench_flush(&bench);
            for (unsigned r = 0; r < 13; r++)
                assert_int_equal(values[r], 0x1000 * r + 7);
        }
        bench_close(&bench);
    }
}

static void operations_cost_few_commands(void **state)
{
    struct bench bench;
    uint32_t values[19], word, dfsr;
    uint8_t code[64], stack[128];
    uint64_t mark;

    (void)state;
    bench_open_halted(&bench, "V2J43");
    for (unsigned r = 0; r < 19; r++)
        ops_reg_read(&bench.ops, r, &values[r]);
    bench_flush(&bench);
    mark = stlink_model_commands(bench.model);

    ops_read32(&bench.ops, CPUID, &word);
    bench_flush(&bench);
    assert_int_equal(bench_commands(&bench, &mark), 1);

    for (unsigned r = 0; r < 19; r++)
        ops_reg_read(&bench.ops, r, &values[r]);
    bench_flush(&bench);
    assert_int_equal(bench_commands(&bench, &mark), 1);

    /* A step with everything gdb will ask for: one script and READALLREGS. */
    ops_write32(&bench.ops, DHCSR, 0xA05F000D);
    ops_wait32(&bench.ops, DHCSR, 1u << 17, 1u << 17, 10000);
    ops_read32(&bench.ops, 0xE000ED30, &dfsr);
    for (unsigned r = 0; r < 19; r++)
        ops_reg_read(&bench.ops, r, &values[r]);
    ops_read(&bench.ops, RAM, 4, code, sizeof code / 4);
    ops_read(&bench.ops, RAM + 0x400, 4, stack, sizeof stack / 4);
    bench_flush(&bench);
    assert_in_range(bench_commands(&bench, &mark), 1, 3);
    bench_close(&bench);
}

static void fault_names_its_address_and_the_link_lives_on(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct bench bench;
        uint32_t value = 0x55;
        uint8_t block[64];

        bench_open(&bench, bench_firmwares[i], "bluepill");
        bench_connect(&bench);
        ops_read32(&bench.ops, 0x60000000, &value);
        assert_int_equal(ops_flush(&bench.ops), ERR_FAULT);
        assert_non_null(strstr(bench.job.text, "0x60000000"));
        job_clear(&bench.job);
        ops_read(&bench.ops, 0x60000100, 4, block, sizeof block / 4);
        assert_int_equal(ops_flush(&bench.ops), ERR_FAULT);
        job_clear(&bench.job);
        ops_read32(&bench.ops, CPUID, &value);
        bench_flush(&bench);
        assert_int_equal(value, 0x411FC231);
        bench_close(&bench);
    }
}

static void nothing_after_a_failed_write_reaches_the_target(void **state)
{
    struct bench bench;
    uint32_t value = 0;

    (void)state;
    bench_open_halted(&bench, "V2J43");
    ops_write32(&bench.ops, RAM, 1);
    bench_flush(&bench);
    ops_write32(&bench.ops, 0x60000000, 1);
    ops_write32(&bench.ops, RAM, 2);
    assert_int_equal(ops_flush(&bench.ops), ERR_FAULT);
    job_clear(&bench.job);
    ops_read32(&bench.ops, 0x60000000, &value);
    ops_write32(&bench.ops, RAM, 3);
    assert_int_equal(ops_flush(&bench.ops), ERR_FAULT);
    job_clear(&bench.job);
    ops_read32(&bench.ops, RAM, &value);
    bench_flush(&bench);
    assert_int_equal(value, 1);
    bench_close(&bench);
}

static void nobody_on_the_wire_is_said(void **state)
{
    struct bench bench;
    uint32_t dpidr;

    (void)state;
    bench_open(&bench, "V2J43", "bluepill,noack");
    assert_int_equal(probe_connect(bench.probe, PROBE_CONNECT_NORMAL, &dpidr), ERR_NO_TARGET);
    assert_true(strlen(bench.job.text) > 10);
    bench_close(&bench);
}

static void voltage_is_told_or_honestly_not(void **state)
{
    struct bench bench;
    uint32_t mv = 0;

    (void)state;
    bench_open(&bench, "V2J43", "bluepill");
    assert_int_equal(probe_vtref(bench.probe, &mv), ERR_OK);
    assert_in_range(mv, 3290, 3310);
    bench_close(&bench);
    bench_open(&bench, "clone", "bluepill");
    assert_int_equal(probe_vtref(bench.probe, &mv), ERR_UNSUPPORTED);
    bench_close(&bench);
}

static void old_firmware_is_refused_in_one_sentence(void **state)
{
    struct bench bench;

    (void)state;
    bench_init(&bench, "V2J14", "bluepill");
    assert_int_equal(bench_open_probe(&bench), ERR_UNSUPPORTED);
    assert_non_null(strstr(bench.job.text, "V2J14"));
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_firmware_connects_and_reads_cpuid),
        cmocka_unit_test(every_firmware_moves_memory_of_all_widths),
        cmocka_unit_test(every_firmware_reads_and_writes_registers),
        cmocka_unit_test(operations_cost_few_commands),
        cmocka_unit_test(fault_names_its_address_and_the_link_lives_on),
        cmocka_unit_test(nothing_after_a_failed_write_reaches_the_target),
        cmocka_unit_test(nobody_on_the_wire_is_said),
        cmocka_unit_test(voltage_is_told_or_honestly_not),
        cmocka_unit_test(old_firmware_is_refused_in_one_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* The driver before every modelled probe: opened, connected, memory and registers. */
#include "cmsis_bench.h"

static void connects_and_reads(const char *name)
{
    struct bench bench;
    uint32_t cpuid = 0, dpidr = 0;

    bench_open(&bench, name, "bluepill");
    assert_int_equal(probe_connect(bench.probe, PROBE_CONNECT_NORMAL, &dpidr), ERR_OK);
    assert_int_equal(dpidr, 0x1BA01477);
    ops_read32(&bench.ops, CPUID, &cpuid);
    bench_flush(&bench);
    assert_int_equal(cpuid, 0x411FC231);
    bench_close(&bench);
}

static void every_probe_reads_the_cpuid(void **state)
{
    for (const struct dap_config *config = dap_configs; config->name; config++)
        connects_and_reads(config->name);
}

static void memory_of_every_width_and_length(void **state)
{
    static const uint32_t lengths[] = {1, 3, 4, 13, 64, 255, 1024, 1027, 4096};

    for (const struct dap_config *config = dap_configs; config->name; config++) {
        struct bench bench;
        uint8_t out[4096 + 16], in[4096];

        for (size_t i = 0; i < sizeof out; i++)
            out[i] = (uint8_t)(i * 7 + i / 256);
        bench_open_halted(&bench, config->name);
        for (unsigned width = 1; width <= 4; width *= 2)
            for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
                uint32_t count = lengths[i] / width;
                memset(in, 0xAA, sizeof in);
                ops_write(&bench.ops, RAM + 0x1F4, width, out + i, count);
                ops_read(&bench.ops, RAM + 0x1F4, width, in, count);
                bench_flush(&bench);
                assert_memory_equal(in, out + i, (size_t)count * width);
            }
        bench_close(&bench);
    }
}

static void core_registers(void **state)
{
    struct bench bench;
    uint32_t values[16] = {0};

    bench_open_halted(&bench, "daplink");
    for (unsigned i = 0; i < 13; i++)
        ops_reg_write(&bench.ops, i, 0x11110000 + i);
    for (unsigned i = 0; i < 13; i++)
        ops_reg_read(&bench.ops, i, &values[i]);
    bench_flush(&bench);
    for (unsigned i = 0; i < 13; i++)
        assert_int_equal(values[i], 0x11110000 + i);
    bench_close(&bench);
}

static void a_hole_is_a_fault_at_its_address(void **state)
{
    struct bench bench;
    uint8_t in[512];
    uint32_t address = 0, cpuid = 0;

    bench_open_halted(&bench, "daplink");
    ops_read(&bench.ops, RAM + 0x5000 - 256, 4, in, sizeof in / 4);
    assert_int_equal(ops_flush(&bench.ops), ERR_FAULT);
    assert_true(probe_failed_address(bench.probe, &address));
    assert_int_equal(address, RAM + 0x5000);
    job_clear(&bench.job);
    ops_read32(&bench.ops, CPUID, &cpuid);
    bench_flush(&bench);
    assert_int_equal(cpuid, 0x411FC231);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_probe_reads_the_cpuid),
        cmocka_unit_test(memory_of_every_width_and_length),
        cmocka_unit_test(core_registers),
        cmocka_unit_test(a_hole_is_a_fault_at_its_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

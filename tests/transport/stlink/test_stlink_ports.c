/* SPDX-License-Identifier: MIT */
/* A core behind another access port than the first, as STM32H5 has it. */
#include "stlink_bench.h"

#include "core/core.h"

static void session(struct bench *bench, struct target *target)
{
    struct target_stop stop;
    uint8_t data[40], back[40] = {0};
    uint64_t value;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    assert_int_equal(target->core->ops.ap, 1);
    assert_int_equal(target_chip(target)->dev_id, 0x410);
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    assert_int_equal(target_write(target, RAM + 1, data, sizeof data), ERR_OK);
    assert_int_equal(target_write(target, RAM + 0x100, "\x00\xbf\x01\x30", 4), ERR_OK);
    assert_int_equal(target_write_register(target, 0, 41), ERR_OK);
    assert_int_equal(target_write_register(target, 15, RAM + 0x100), ERR_OK);
    assert_int_equal(target_write_register(target, 16, 1u << 24), ERR_OK);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    assert_int_equal(target_read_register(target, 0, &value), ERR_OK);
    assert_int_equal(value, 42); /* adds r0, #1 */
    assert_int_equal(target_read_register(target, 15, &value), ERR_OK);
    assert_int_equal(value, RAM + 0x104);
    assert_int_equal(target_read(target, RAM + 1, back, sizeof back, NULL), ERR_OK);
    assert_memory_equal(data, back, sizeof data);
    assert_int_equal(target_disconnect(target), ERR_OK);
}

static void debugged_as_behind_the_first(void **state)
{
    static const char *const firmwares[] = {"V2J43", "V2-1", "V3", "V3J2", NULL};
    static const uint32_t khz[] = {4000, 4000, 8000, 8000}; /* the link is tried there, too */

    (void)state;
    for (size_t i = 0; firmwares[i]; i++) {
        struct bench bench;
        struct target *target;

        bench_open(&bench, firmwares[i], "bluepill");
        stlink_model_core_behind(bench.model, 1);
        assert_int_equal(target_create(bench.probe, &target), ERR_OK);
        if (target_connect(target, TARGET_CONNECT_NORMAL) != ERR_OK)
            fail_msg("%s: %s", firmwares[i], bench.job.text);
        assert_int_equal(bench.probe->now_khz, khz[i]);
        session(&bench, target);
        target_destroy(target);
        bench_close(&bench);
    }
}

static void old_firmware_says_what_it_lacks(void **state)
{
    struct bench bench;
    struct target *target;

    (void)state;
    bench_open(&bench, "V2J24", "bluepill");
    stlink_model_core_behind(bench.model, 1);
    assert_int_equal(target_create(bench.probe, &target), ERR_OK);
    assert_int_not_equal(target_connect(target, TARGET_CONNECT_ATTACH), ERR_OK);
    assert_non_null(strstr(bench.job.text, "CPUID"));
    target_destroy(target);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(debugged_as_behind_the_first),
        cmocka_unit_test(old_firmware_says_what_it_lacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

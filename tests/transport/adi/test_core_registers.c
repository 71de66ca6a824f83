/* SPDX-License-Identifier: MIT */
/* Core registers by DCRSR and DCRDR: few accesses, and nothing believed before S_REGRDY. */
#include "dap_bench.h"

static void seventeen_registers_are_one_transfer(void **state)
{
    struct bench *b = *state;
    uint32_t value[17];

    for (unsigned i = 0; i < 17; i++)
        b->fake.core[i] = 0x1000 + i;
    for (unsigned i = 0; i < 17; i++)
        ops_reg_read(&b->ops, i, &value[i]);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    for (unsigned i = 0; i < 17; i++)
        assert_int_equal(value[i], 0x1000 + i);
    assert_int_equal(b->fake.calls, 1);
    assert_int_equal(b->fake.accesses, 17 * 3 + 3); /* CSW, TAR, SELECT */
}

static void registers_are_written_and_read_back(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    ops_reg_write(&b->ops, 3, 0x33);
    ops_reg_write(&b->ops, 15, 0x08000100);
    ops_reg_read(&b->ops, 3, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(value, 0x33);
    assert_int_equal(b->fake.core[15], 0x08000100);
    assert_int_equal(b->fake.calls, 1);
}

static void a_late_transfer_is_awaited(void **state)
{
    struct bench *b = *state;
    uint32_t value[4] = {0};

    for (unsigned i = 0; i < 4; i++)
        b->fake.core[i] = 0x2000 + i;
    b->fake.not_ready = 5;
    for (unsigned i = 0; i < 4; i++)
        ops_reg_read(&b->ops, i, &value[i]);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(value[i], 0x2000 + i);
}

static void a_late_write_holds_back_what_follows(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    b->fake.not_ready = 3;
    ops_reg_write(&b->ops, 0, 7);
    ops_write32(&b->ops, FAKE_RAM, 0x600D600D);
    ops_reg_read(&b->ops, 0, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(b->fake.core[0], 7);
    assert_int_equal(value, 7);
    assert_int_equal(fake_dap_count(&b->fake, 0, AP_DRW, false), 1);
}

static void a_transfer_that_never_ends_is_an_error(void **state)
{
    struct bench *b = *state;
    uint32_t value = 0x11111111;

    b->fake.not_ready = 1u << 30;
    ops_reg_read(&b->ops, 2, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_TIMEOUT);
    assert_int_equal(value, 0x11111111);
    assert_string_equal(b->job.text, "core register 2: the core does not finish the transfer "
                                     "(S_REGRDY stays 0)");
    assert_in_range(b->fake.now_us, 500000, 600000);
}

static void a_running_core_has_no_registers(void **state)
{
    struct bench *b = *state;
    uint32_t value = 0x11111111;

    b->fake.halted = false;
    ops_reg_read(&b->ops, 15, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_NOT_HALTED);
    assert_int_equal(value, 0x11111111);
}

static void sticky_bits_are_not_lost(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    b->fake.dhcsr_sticky = 0x02000000; /* S_RESET_ST */
    ops_reg_read(&b->ops, 0, &value);
    ops_reg_read(&b->ops, 1, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(ops_take_dhcsr_sticky(&b->ops), 0x02000000);
    assert_int_equal(ops_take_dhcsr_sticky(&b->ops), 0);
    b->fake.dhcsr_sticky = 0x01000000;
    ops_wait32(&b->ops, 0xE000EDF0, 1u << 17, 1u << 17, 1000);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(ops_take_dhcsr_sticky(&b->ops), 0x01000000);
}

/* Two cores behind one probe have a queue each. */
static void what_one_core_showed_is_not_the_others(void **state)
{
    struct bench *b = *state;
    struct ops other;
    uint32_t value;

    ops_init(&other, b->probe);
    b->fake.dhcsr_sticky = 0x02000000; /* S_RESET_ST */
    ops_reg_read(&b->ops, 0, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    ops_reg_read(&other, 0, &value);
    assert_int_equal(ops_flush(&other), ERR_OK);
    assert_int_equal(ops_take_dhcsr_sticky(&other), 0);
    assert_int_equal(ops_take_dhcsr_sticky(&b->ops), 0x02000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(seventeen_registers_are_one_transfer),
        BENCH_TEST(registers_are_written_and_read_back),
        BENCH_TEST(a_late_transfer_is_awaited),
        BENCH_TEST(a_late_write_holds_back_what_follows),
        BENCH_TEST(a_transfer_that_never_ends_is_an_error),
        BENCH_TEST(a_running_core_has_no_registers),
        BENCH_TEST(sticky_bits_are_not_lost),
        BENCH_TEST(what_one_core_showed_is_not_the_others),
    };

    return cmocka_run_group_tests_name("core_registers", tests, NULL, NULL);
}

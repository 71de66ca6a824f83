/* SPDX-License-Identifier: MIT */
/* How memory operations become DP and AP accesses: how many, how wide, with which TAR. */
#include "dap_bench.h"

#include "base/bytes.h"

static void reads_words_with_one_transfer(void **state)
{
    struct bench *b = *state;
    uint8_t data[64];

    for (int i = 0; i < 64; i++)
        b->fake.ram[i] = (uint8_t)(i + 1);
    ops_read(&b->ops, FAKE_RAM, 4, data, 16);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_memory_equal(data, b->fake.ram, 64);
    assert_int_equal(b->fake.calls, 1);
    /* SELECT was left at 0 by connecting: CSW, TAR, 16 data. */
    assert_int_equal(b->fake.accesses, 18);
}

static void csw_and_tar_are_written_once(void **state)
{
    struct bench *b = *state;
    uint32_t value[3];

    ops_read32(&b->ops, FAKE_RAM, &value[0]);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    fake_dap_arm(&b->fake);
    ops_read32(&b->ops, FAKE_RAM + 4, &value[1]); /* where TAR stands by now */
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(b->fake.accesses, 1);
    fake_dap_arm(&b->fake);
    ops_read32(&b->ops, FAKE_RAM, &value[2]); /* elsewhere */
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(b->fake.accesses, 2);
}

static void tar_is_rewritten_at_each_kibibyte(void **state)
{
    struct bench *b = *state;
    uint8_t data[0x900];

    for (unsigned i = 0; i < FAKE_RAM_SIZE; i++)
        b->fake.ram[i] = (uint8_t)(i * 7 + (i >> 8));
    ops_read(&b->ops, FAKE_RAM + 0x3F0, 4, data, sizeof data / 4);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_memory_equal(data, b->fake.ram + 0x3F0, sizeof data);
    /* 0x3F0, 0x400, 0x800, 0xC00 */
    assert_int_equal(fake_dap_count(&b->fake, 0, AP_TAR, false), 4);
}

static void a_single_access_at_the_boundary_forgets_tar(void **state)
{
    struct bench *b = *state;
    uint32_t value[2];

    put_le32(b->fake.ram + 0x400, 0x11223344);
    ops_read32(&b->ops, FAKE_RAM + 0x3FC, &value[0]);
    ops_read32(&b->ops, FAKE_RAM + 0x400, &value[1]);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(value[1], 0x11223344);
}

static void widths_use_their_byte_lanes(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[7] = {0};
    uint8_t halves[6] = {0};

    for (unsigned i = 0; i < 4; i++)
        ops_write8(&b->ops, FAKE_RAM + i, (uint8_t)(0xA0 + i));
    ops_write16(&b->ops, FAKE_RAM + 4, 0xB1B0);
    ops_write16(&b->ops, FAKE_RAM + 6, 0xB3B2);
    ops_write32(&b->ops, FAKE_RAM + 8, 0xC3C2C1C0);
    ops_read(&b->ops, FAKE_RAM + 1, 1, bytes, sizeof bytes);
    ops_read(&b->ops, FAKE_RAM + 2, 2, halves, 3);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_memory_equal(b->fake.ram, "\xA0\xA1\xA2\xA3\xB0\xB1\xB2\xB3\xC0\xC1\xC2\xC3", 12);
    assert_memory_equal(bytes, b->fake.ram + 1, 7);
    assert_memory_equal(halves, b->fake.ram + 2, 6);
}

static void blocks_of_bytes_and_halfwords_are_written(void **state)
{
    struct bench *b = *state;

    ops_write(&b->ops, FAKE_RAM + 1, 1, "hello", 5);
    ops_write(&b->ops, FAKE_RAM + 0x3FE, 2, "worlds", 3);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_memory_equal(b->fake.ram + 1, "hello", 5);
    assert_memory_equal(b->fake.ram + 0x3FE, "worlds", 6);
}

/* A result that is 32 bits wide shows a byte zero-extended, whatever other lanes carry. */
static void single_values_are_zero_extended(void **state)
{
    struct bench *b = *state;
    uint32_t value = 0;
    struct op op = {.kind = OP_READ,
                    .width = 1,
                    .increment = true,
                    .address = FAKE_RAM + 3,
                    .count = 1,
                    .result = &value};

    b->fake.ram[3] = 0x81;
    assert_int_equal(probe_run(b->probe, &op, 1), ERR_OK);
    assert_int_equal(value, 0x81);
}

static void a_fixed_address_stays(void **state)
{
    struct bench *b = *state;
    uint8_t data[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct op op = {.kind = OP_WRITE, .width = 4, .address = FAKE_RAM, .count = 3, .data = data};

    assert_int_equal(probe_run(b->probe, &op, 1), ERR_OK);
    assert_memory_equal(b->fake.ram, data + 8, 4);
    assert_memory_equal(b->fake.ram + 4, "\0\0\0\0", 4);
}

static void a_big_block_needs_few_transfers(void **state)
{
    struct bench *b = *state;
    static uint8_t data[FAKE_RAM_SIZE];

    ops_read(&b->ops, FAKE_RAM, 4, data, sizeof data / 4);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_in_range(b->fake.accesses, 2048 + 8, 2048 + 10);
    assert_in_range(b->fake.calls, 1, 6);
}

static void raw_writes_spoil_the_caches(void **state)
{
    struct bench *b = *state;
    uint32_t value, csw;

    put_le32(b->fake.ram + 8, 0x55667788);
    ops_read32(&b->ops, FAKE_RAM + 4, &value);
    ops_ap_write(&b->ops, AP_TAR, FAKE_RAM + 0x100);
    ops_read32(&b->ops, FAKE_RAM + 8, &value);
    ops_ap_write(&b->ops, AP_CSW, AP_CSW_PROT);
    ops_ap_read(&b->ops, AP_CSW, &csw);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(value, 0x55667788);
    ops_read32(&b->ops, FAKE_RAM + 8, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(value, 0x55667788);
    assert_int_equal(csw, AP_CSW_PROT | AP_CSW_DEVICEEN);
}

static void identification_registers_are_read(void **state)
{
    struct bench *b = *state;
    uint32_t dpidr, status, idr, none;

    ops_dp_read(&b->ops, DP_DPIDR, &dpidr);
    ops_ap_read(&b->ops, AP_IDR, &idr);
    ops_dp_read(&b->ops, DP_CTRL_STAT, &status);
    b->ops.ap = 1;
    ops_ap_read(&b->ops, AP_IDR, &none);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(dpidr, 0x1BA01477);
    assert_int_equal(idr, 0x14770011);
    assert_int_equal(status, 0xF0000000);
    assert_int_equal(none, 0);
}

static void a_full_queue_flushes_itself(void **state)
{
    struct bench *b = *state;

    for (uint32_t i = 0; i < OPS_CAPACITY + 10; i++)
        ops_write32(&b->ops, FAKE_RAM + 4 * i, i);
    assert_int_equal(b->probe->stats.flushes, 1);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(b->probe->stats.operations, OPS_CAPACITY + 10);
    assert_int_equal(get_le32(b->fake.ram + 4 * (OPS_CAPACITY + 9)), OPS_CAPACITY + 9);
    fake_dap_arm(&b->fake);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(b->fake.calls, 0);
}

static void misaligned_is_an_error_in_its_turn(void **state)
{
    struct bench *b = *state;

    ops_write32(&b->ops, FAKE_RAM, 1);
    ops_write32(&b->ops, FAKE_RAM + 6, 2);
    ops_write32(&b->ops, FAKE_RAM + 8, 3);
    assert_int_equal(ops_flush(&b->ops), ERR_ALIGNMENT);
    assert_string_equal(b->job.text, "0x20000006 cannot be accessed in units of 4 bytes");
    assert_int_equal(get_le32(b->fake.ram), 1);
    assert_int_equal(get_le32(b->fake.ram + 8), 0);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(reads_words_with_one_transfer),
        BENCH_TEST(csw_and_tar_are_written_once),
        BENCH_TEST(tar_is_rewritten_at_each_kibibyte),
        BENCH_TEST(a_single_access_at_the_boundary_forgets_tar),
        BENCH_TEST(widths_use_their_byte_lanes),
        BENCH_TEST(blocks_of_bytes_and_halfwords_are_written),
        BENCH_TEST(single_values_are_zero_extended),
        BENCH_TEST(a_fixed_address_stays),
        BENCH_TEST(a_big_block_needs_few_transfers),
        BENCH_TEST(raw_writes_spoil_the_caches),
        BENCH_TEST(identification_registers_are_read),
        BENCH_TEST(a_full_queue_flushes_itself),
        BENCH_TEST(misaligned_is_an_error_in_its_turn),
    };

    return cmocka_run_group_tests_name("mem_ap", tests, NULL, NULL);
}

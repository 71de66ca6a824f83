/* SPDX-License-Identifier: MIT */
/* What it costs in USB transfers, beside the fewest there can be: two for each packet, as many
 * packets as the documented sizes of DAP_TransferBlock need; and beside the time SWD takes. */
#include "cmsis_bench.h"

enum { WORDS = 4096 };

struct kind {
    const char *name;
    size_t packet;
};

static const struct kind kinds[] = {
    {"daplink-v1", 64}, {"daplink", 64}, {"debugprobe", 64}, {"mcu-link", 512}};

static uint64_t transfers(struct bench *bench, uint64_t *mark)
{
    uint64_t now = probe_stats(bench->probe)->transfers, used = now - *mark;

    *mark = now;
    return used;
}

static size_t ceiling(size_t count, size_t each)
{
    return (count + each - 1) / each;
}

/* At most 1.2 times. */
static void within(const char *what, const struct kind *kind, uint64_t got, size_t packets)
{
    print_message("%s, %s: %u transfers, floor %u\n", kind->name, what, (unsigned)got,
                  (unsigned)(2 * packets));
    if (got * 10 > 2 * packets * 12)
        fail_msg("%s: %s takes %u transfers where %u would do", kind->name, what, (unsigned)got,
                 (unsigned)(2 * packets));
}

static void blocks_are_packed_to_the_last_byte(void **state)
{
    static uint8_t data[WORDS * 4];

    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct bench bench;
        uint64_t mark = 0;

        bench_open_halted(&bench, kinds[k].name);
        ops_read(&bench.ops, RAM, 4, data, WORDS / 8); /* how long an access takes is known now */
        bench_flush(&bench);
        transfers(&bench, &mark);
        ops_read(&bench.ops, RAM, 4, data, WORDS);
        bench_flush(&bench);
        within("read of 16 KiB", &kinds[k], transfers(&bench, &mark),
               ceiling(WORDS, (kinds[k].packet - 4) / 4));
        ops_write(&bench.ops, RAM, 4, data, WORDS);
        bench_flush(&bench);
        within("write of 16 KiB", &kinds[k], transfers(&bench, &mark),
               ceiling(WORDS, (kinds[k].packet - 5) / 4));
        bench_close(&bench);
    }
}

/* A step: DFSR, DHCSR, the wait, why it stands, 17 registers, and the stack; all in one flush. */
static void queue_step(struct bench *bench, uint32_t *values, uint8_t *stack)
{
    ops_write32(&bench->ops, 0xE000ED30, 0x1F);
    ops_write32(&bench->ops, DHCSR, 0xA05F000D);
    ops_wait32(&bench->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 50000);
    ops_read(&bench->ops, 0xE000ED28, 4, stack, 5);
    ops_read32(&bench->ops, DHCSR, &values[20]);
    for (unsigned i = 0; i < 17; i++)
        ops_reg_read(&bench->ops, i, &values[i]);
    ops_read(&bench->ops, RAM + 0x100, 4, stack, 16);
}

/* At full speed 58 bytes of requests bring the first 8 values (TAR four times, SELECT three times,
 * two writes, mask and match, 8 reads); the other 50 are 15 a packet, which is full of their
 * replies. */
static void a_step_is_a_packet_or_as_many_as_it_fills(void **state)
{
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct bench bench;
        uint32_t values[24] = {0};
        uint8_t stack[64];
        uint64_t mark = 0;

        bench_open_halted(&bench, kinds[k].name);
        for (int i = 0; i < 3; i++) {
            transfers(&bench, &mark);
            queue_step(&bench, values, stack);
            bench_flush(&bench);
        }
        within("step", &kinds[k], transfers(&bench, &mark),
               kinds[k].packet == 64 ? 1 + ceiling(50, 15) : 1);
        bench_close(&bench);
    }
}

/* 46 bits a word at 8 MHz; the rest of the time belongs to USB. */
static void high_speed_leaves_the_wire_no_pause(void **state)
{
    static uint8_t data[WORDS * 4];
    struct bench bench;
    uint64_t floor_us = (uint64_t)WORDS * 46 / 8;

    bench_open_halted(&bench, "mcu-link");
    assert_int_equal(probe_set_speed(bench.probe, 8000, NULL), ERR_OK);
    ops_read(&bench.ops, RAM, 4, data, WORDS / 8);
    bench_flush(&bench);
    for (int write = 0; write < 2; write++) {
        uint64_t begin = sim_board_now_us(bench.board);
        if (write)
            ops_write(&bench.ops, RAM, 4, data, WORDS);
        else
            ops_read(&bench.ops, RAM, 4, data, WORDS);
        bench_flush(&bench);
        uint64_t took = sim_board_now_us(bench.board) - begin;
        print_message("mcu-link at 8 MHz: %s %u KiB/s, SWD alone %u\n", write ? "write" : "read",
                      (unsigned)(WORDS * 4000000ull / 1024 / took),
                      (unsigned)(WORDS * 4000000ull / 1024 / floor_us));
        assert_true(took * 9 <= floor_us * 10);
    }
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_packed_to_the_last_byte),
        cmocka_unit_test(a_step_is_a_packet_or_as_many_as_it_fills),
        cmocka_unit_test(high_speed_leaves_the_wire_no_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Probes and targets in a state that somebody else left behind. */
#include "stlink_bench.h"

#include "base/bytes.h"
#include "flash/flash.h"
#include "target.h"

static void send(struct bench *bench, uint8_t group, uint8_t op, uint8_t argument)
{
    uint8_t command[16] = {group, op, argument};

    stlink_model_out(bench->model, command, sizeof command);
}

static void must_work(struct bench *bench)
{
    uint32_t cpuid = 0;

    if (bench_open_probe(bench) != ERR_OK)
        fail_msg("%s", bench->job.text);
    bench_connect(bench);
    ops_read32(&bench->ops, CPUID, &cpuid);
    bench_flush(bench);
    assert_int_equal(cpuid, 0x411FC231);
}

static void stale_replies_of_a_killed_program_are_read_away(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, "V2J43", "bluepill");
    send(&b, 0xF1, 0, 0); /* and its reply stays where it is */
    must_work(&b);
    assert_int_equal(b.pipe.resets, 0);
    bench_close(&b);
}

/* Killed between a write command and its data: the probe takes our commands for data. */
static void half_a_write_is_ended_by_a_usb_reset(void **state)
{
    uint8_t command[16] = {0xF2, 0x08};
    struct bench b;

    (void)state;
    bench_init(&b, "V2J43", "bluepill");
    send(&b, 0xF2, 0x30, 0xA3);
    put_le32(command + 2, RAM);
    put_le16(command + 6, 6144);
    stlink_model_out(b.model, command, sizeof command);
    must_work(&b);
    assert_int_equal(b.pipe.resets, 1);
    bench_close(&b);
}

static void debug_mode_left_behind_is_left(void **state)
{
    struct bench b;

    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        bench_init(&b, bench_firmwares[i], "bluepill");
        send(&b, 0xF3, 0x07, 0);
        send(&b, 0xF2, 0x30, 0xA3);
        must_work(&b);
        bench_close(&b);
    }
}

/* A reply that comes after everything else was read away has the right length and a good status for
 * the command that follows. */
static void late_replies_are_not_taken_for_those_that_follow(void **state)
{
    enum { WORDS = 20 };

    (void)state;
    for (int i = 0; bench_firmwares[i]; i++)
        for (uint64_t at = 1; at <= 6; at++) {
            uint8_t out[4 * WORDS], back[4 * WORDS];
            uint32_t word[2];
            struct bench b;

            bench_open_halted(&b, bench_firmwares[i]);
            for (size_t n = 0; n < sizeof out; n++)
                out[n] = (uint8_t)(n * 3 + 1);
            ops_write(&b.ops, RAM, 4, out, WORDS);
            bench_flush(&b);
            b.pipe.fault = PIPE_FAULT_LATE;
            b.pipe.fail_at = b.pipe.points + at;
            for (uint32_t n = 0; n + 1 < WORDS; n++) {
                ops_read32(&b.ops, RAM + 4 * n, &word[0]);
                if (n % 3 == 1)
                    ops_read32(&b.ops, RAM + 4 * n + 4, &word[1]);
                if (n % 3 == 2)
                    ops_read(&b.ops, RAM, 4, back, WORDS);
                enum err err = ops_flush(&b.ops);
                job_clear(&b.job);
                if (err)
                    continue;
                assert_int_equal(word[0], get_le32(out + 4 * n));
                if (n % 3 == 1)
                    assert_int_equal(word[1], get_le32(out + 4 * n + 4));
                if (n % 3 == 2)
                    assert_memory_equal(back, out, sizeof out);
            }
            assert_true(b.pipe.points > b.pipe.fail_at);
            ops_read32(&b.ops, CPUID, &word[0]);
            bench_flush(&b); /* and it works again */
            assert_int_equal(word[0], 0x411FC231);
            bench_close(&b);
        }
}

static void an_echo_is_no_memory(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++)
        for (uint32_t bytes = 8; bytes <= 32; bytes *= 2)
            for (uint8_t width = 1; width <= 4; width *= 4) {
                uint8_t out[32], back[32] = {0};
                struct bench b;

                bench_open(&b, bench_firmwares[i], "bluepill");
                bench_connect(&b);
                memset(out, 0xF2, sizeof out); /* memory may look like any command */
                ops_write(&b.ops, RAM, 4, out, sizeof out / 4);
                bench_flush(&b);
                b.pipe.fault = PIPE_FAULT_ECHO;
                b.pipe.fail_at = b.pipe.points + 2;
                ops_read(&b.ops, RAM, width, back, bytes / width);
                assert_int_equal(ops_flush(&b.ops), ERR_PROBE);
                assert_non_null(strstr(b.job.text, "back instead of an answer"));
                job_clear(&b.job);
                ops_read(&b.ops, RAM, width, back, bytes / width);
                bench_flush(&b);
                assert_memory_equal(out, back, bytes);
                bench_close(&b);
            }
}

struct stopwatch {
    struct sim_board *board;
    uint64_t last, longest;
};

static void time_exchange(void *user, const struct pipe_exchange *exchange)
{
    struct stopwatch *watch = user;
    uint64_t now = sim_board_now_us(watch->board);

    (void)exchange;
    if (watch->last && now - watch->last > watch->longest)
        watch->longest = now - watch->last;
    watch->last = now;
}

/* Far from the 600 ms after which USB gives up, in every width. */
static void a_crawling_clock_is_no_timeout(void **state)
{
    (void)state;
    for (uint8_t width = 1; width <= 4; width *= 2) {
        uint8_t data[200] = {0};
        struct bench b;

        bench_open(&b, "V2J43", "bluepill");
        assert_int_equal(probe_set_speed(b.probe, 5, NULL), ERR_OK);
        bench_connect(&b);
        struct stopwatch watch = {.board = b.board};
        b.pipe.spy = time_exchange;
        b.pipe.spy_user = &watch;
        ops_write(&b.ops, RAM, width, data, sizeof data / width);
        ops_read(&b.ops, RAM, width, data, sizeof data / width);
        bench_flush(&b);
        assert_in_range(watch.longest, 1, 200000);
        bench_close(&b);
    }
}

/* A queue of ops.h never is that long; another caller's may be. */
static void a_long_list_is_run_in_parts(void **state)
{
    enum { COUNT = 3 * STLINK_RUN_MAX + 7 };
    static struct op list[COUNT];
    static uint32_t values[COUNT];

    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct bench b;

        bench_open(&b, bench_firmwares[i], "bluepill");
        bench_connect(&b);
        memset(values, 0, sizeof values);
        for (int n = 0; n < COUNT; n++)
            list[n] = (struct op){.kind = OP_READ,
                                  .width = 4,
                                  .increment = true,
                                  .address = CPUID,
                                  .count = 1,
                                  .result = &values[n]};
        assert_int_equal(stlink_run(b.probe, list, COUNT), ERR_OK);
        for (int n = 0; n < COUNT; n++)
            assert_int_equal(values[n], 0x411FC231);
        bench_close(&b);
    }
}

static void probe_that_stops_answering_is_given_up(void **state)
{
    struct bench b;
    uint32_t value = 7;

    (void)state;
    bench_open(&b, "V2J43", "bluepill");
    bench_connect(&b);
    b.pipe.mute = true;
    ops_read32(&b.ops, CPUID, &value);
    assert_int_equal(ops_flush(&b.ops), ERR_PROBE);
    job_clear(&b.job);
    ops_read32(&b.ops, CPUID, &value);
    assert_int_equal(ops_flush(&b.ops), ERR_PROBE_GONE);
    assert_int_equal(b.job.err, ERR_PROBE_GONE); /* for whoever looks at the job only */
    assert_int_equal(value, 7);
    uint64_t before = sim_board_now_us(b.board);
    bench_shut(&b); /* without a long good-bye to somebody who does not listen */
    assert_true(sim_board_now_us(b.board) - before < 10000);
    b.pipe.mute = false;
    job_clear(&b.job);
    must_work(&b);
    bench_close(&b);
}

static void reset_line_is_released_whatever_happened(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "V2J43", "bluepill,noack");
    assert_int_not_equal(probe_connect(b.probe, PROBE_CONNECT_UNDER_RESET, NULL), ERR_OK);
    bench_shut(&b);
    assert_false(sim_board_nrst_is_low(b.board));
    bench_close(&b);
}

static void open_target(struct bench *b, struct target **target, enum target_connect how)
{
    assert_int_equal(target_create(b->probe, target), ERR_OK);
    target_set_job(*target, &b->job);
    if (target_connect(*target, how) != ERR_OK)
        fail_msg("%s", b->job.text);
}

static void every_firmware_detects_the_chip_both_ways(void **state)
{
    static const enum target_connect ways[] = {TARGET_CONNECT_NORMAL, TARGET_CONNECT_UNDER_RESET};

    (void)state;
    for (int i = 0; bench_firmwares[i]; i++)
        for (int way = 0; way < 2; way++) {
            struct target *target;
            struct bench b;

            bench_open(&b, bench_firmwares[i], "bluepill");
            open_target(&b, &target, ways[way]);
            assert_int_equal(target_chip(target)->dev_id, 0x410);
            assert_int_equal(target_chip(target)->flash_size, 64 * 1024);
            assert_int_equal(target_core(target)->breakpoints, 6);
            assert_int_equal(target_state(target), way ? TARGET_HALTED : TARGET_RUNNING);
            target_destroy(target);
            bench_close(&b);
        }
}

static void firmware_that_turns_swd_off_is_reached_under_reset(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct target *target;
        struct bench b;

        bench_open(&b, bench_firmwares[i], "bluepill,swj-off");
        open_target(&b, &target, TARGET_CONNECT_LADDER);
        assert_int_equal(target_state(target), TARGET_HALTED);
        target_destroy(target);
        bench_close(&b);
    }
}

static void target_may_lose_power_while_the_probe_stays(void **state)
{
    static const char *const off[] = {"power", "off"}, *const on[] = {"power", "on"};
    char reply[256];

    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        uint32_t value = 0;
        struct bench b;

        bench_open(&b, bench_firmwares[i], "bluepill");
        bench_connect(&b);
        assert_true(sim_board_control(b.board, 2, off, reply, sizeof reply));
        ops_read32(&b.ops, CPUID, &value);
        assert_int_not_equal(ops_flush(&b.ops), ERR_OK);
        assert_int_equal(value, 0);
        job_clear(&b.job);
        assert_true(sim_board_control(b.board, 2, on, reply, sizeof reply));
        sim_board_advance_us(b.board, 10000);
        bench_connect(&b);
        ops_read32(&b.ops, CPUID, &value);
        bench_flush(&b);
        assert_int_equal(value, 0x411FC231);
        bench_close(&b);
    }
}

static void noisy_wire_is_no_source_of_lies(void **state)
{
    unsigned failures = 0;

    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct bench b;

        bench_open(&b, bench_firmwares[i], "bluepill,noise=3");
        if (probe_connect(b.probe, PROBE_CONNECT_NORMAL, NULL) == ERR_OK)
            for (int n = 0; n < 200; n++) {
                uint32_t value[2] = {0x411FC231, 0x411FC231};
                ops_read32(&b.ops, CPUID, &value[0]);
                ops_read32(&b.ops, CPUID, &value[1]);
                failures += ops_flush(&b.ops) != ERR_OK;
                job_clear(&b.job);
                assert_int_equal(value[0], 0x411FC231);
                assert_int_equal(value[1], 0x411FC231);
            }
        job_clear(&b.job);
        bench_close(&b);
    }
    assert_true(failures < 7 * 200); /* most come through by trying again */
}

static void other_access_ports_are_refused_not_mistaken_for_ap_0(void **state)
{
    static const char *const firmwares[] = {"V2J24", "V2J17", "V2J43", "V3"};
    uint8_t data[16];

    (void)state;
    for (size_t i = 0; i < sizeof firmwares / sizeof *firmwares; i++) {
        uint32_t value = 0x55;
        struct bench b;

        bench_open(&b, firmwares[i], "bluepill");
        bench_connect(&b);
        b.ops.ap = 1;
        ops_read32(&b.ops, CPUID, &value);
        assert_int_not_equal(ops_flush(&b.ops), ERR_OK);
        job_clear(&b.job);
        ops_read(&b.ops, RAM, 4, data, 4);
        assert_int_not_equal(ops_flush(&b.ops), ERR_OK);
        job_clear(&b.job);
        ops_reg_read(&b.ops, 0, &value);
        assert_int_not_equal(ops_flush(&b.ops), ERR_OK);
        job_clear(&b.job);
        assert_int_equal(value, 0x55);
        b.ops.ap = 0;
        ops_read32(&b.ops, CPUID, &value);
        bench_flush(&b);
        assert_int_equal(value, 0x411FC231);
        bench_close(&b);
    }
}

static void unasked_for_speed_is_the_fastest_clean_one(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "V2J43", "bluepill");
    bench_connect(&b);
    assert_int_equal(stlink_of(b.probe)->khz, 4000);
    bench_close(&b);
    bench_open(&b, "V2J43", "bluepill");
    assert_int_equal(probe_set_speed(b.probe, 1000, NULL), ERR_OK);
    bench_connect(&b);
    assert_int_equal(stlink_of(b.probe)->khz, 950); /* asked for: never faster */
    bench_close(&b);
}

/* Nothing ran since the reset, whose catch is still in DFSR. */
static void a_step_cancelled_before_it_began_is_a_requested_stop(void **state)
{
    static const uint16_t image[40] = {0x2000, 0x2000, 0x0041, 0x0800, [0x20] = 0xBF00, 0xBF00};
    struct target_stop stop;
    struct target *target;
    struct flash *flash;
    struct bench b;

    (void)state;
    bench_open(&b, "V2J24", "bluepill");
    assert_int_equal(target_create(b.probe, &target), ERR_OK);
    assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
    assert_int_equal(flash_open(target, &flash), ERR_OK);
    assert_int_equal(flash_write(flash, 0x08000000, image, sizeof image), ERR_OK);
    assert_int_equal(flash_done(flash), ERR_OK);
    flash_close(flash);
    assert_int_equal(target_reset(target, TARGET_RESET_HALT), ERR_OK);
    atomic_store(&b.job.cancelled, true);
    assert_int_equal(target_step_range(target, 0x08000040, 0x08000044, &stop), ERR_OK);
    assert_int_equal(stop.pc, 0x08000040);
    assert_int_equal(stop.reason, STOP_REQUEST);
    atomic_store(&b.job.cancelled, false);
    target_destroy(target);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_cancelled_before_it_began_is_a_requested_stop),
        cmocka_unit_test(stale_replies_of_a_killed_program_are_read_away),
        cmocka_unit_test(half_a_write_is_ended_by_a_usb_reset),
        cmocka_unit_test(debug_mode_left_behind_is_left),
        cmocka_unit_test(late_replies_are_not_taken_for_those_that_follow),
        cmocka_unit_test(an_echo_is_no_memory),
        cmocka_unit_test(a_crawling_clock_is_no_timeout),
        cmocka_unit_test(a_long_list_is_run_in_parts),
        cmocka_unit_test(probe_that_stops_answering_is_given_up),
        cmocka_unit_test(reset_line_is_released_whatever_happened),
        cmocka_unit_test(every_firmware_detects_the_chip_both_ways),
        cmocka_unit_test(firmware_that_turns_swd_off_is_reached_under_reset),
        cmocka_unit_test(target_may_lose_power_while_the_probe_stays),
        cmocka_unit_test(noisy_wire_is_no_source_of_lies),
        cmocka_unit_test(other_access_ports_are_refused_not_mistaken_for_ap_0),
        cmocka_unit_test(unasked_for_speed_is_the_fastest_clean_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Wires that garble: what is done again, what is not, how it is told, and at which speed. */
#include "stlink_bench.h"

#include "base/bytes.h"
#include "stlink/stlink.h"
#include "target.h"

enum { ROUNDS = 300 };
#define FLASH_SR 0x4002200Cu
#define FLASH_AR 0x40022014u

struct lines {
    struct log log;
    char text[4000];
};

static void keep_line(void *user, enum log_level level, const char *line)
{
    struct lines *lines = user;
    size_t used = strlen(lines->text);

    (void)level;
    snprintf(lines->text + used, sizeof lines->text - used, "%s\n", line);
}

static void listen(struct bench *bench, struct lines *lines)
{
    *lines = (struct lines){.log = {.level = LOG_INFO, .write = keep_line, .user = lines}};
    bench->job.log = &lines->log;
}

static void set_fault(struct bench *bench, const char *word)
{
    const char *const words[] = {"fault", word};
    char reply[512];

    assert_true(sim_board_control(bench->board, 2, words, reply, sizeof reply));
}

static void must_tell_garble(const struct bench *bench, enum err err)
{
    if (err != ERR_PARITY)
        fail_msg("%s", bench->job.text);
    assert_non_null(strstr(bench->job.text, "garbled"));
    /* Firmware that has one speed cannot be told to lower it. */
    assert_int_equal(strstr(bench->job.text, "lower the speed") == NULL,
                     probe_one_speed(bench->probe));
    assert_non_null(strstr(bench->job.text, "wires"));
    assert_non_null(strstr(bench->job.text, "GND"));
}

static void garbled_reads_and_writes_of_memory_are_done_again(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        uint8_t out[256], back[256];
        struct lines lines;
        struct bench b;

        bench_open_halted(&b, bench_firmwares[i]);
        listen(&b, &lines);
        for (size_t n = 0; n < sizeof out; n++)
            out[n] = (uint8_t)(n * 11);
        set_fault(&b, "+noise=300");
        for (int round = 0; round < ROUNDS; round++) {
            memset(back, 0, sizeof back);
            out[0] = (uint8_t)round;
            ops_write(&b.ops, RAM, 4, out, sizeof out / 4);
            ops_read(&b.ops, RAM, 4, back, sizeof back / 4);
            bench_flush(&b);
            assert_memory_equal(out, back, sizeof out);
        }
        assert_in_range(b.probe->stats.repeats, 10, 10 * ROUNDS);
        bench_close(&b);
        const char *told = strstr(lines.text, "repeated, "); /* and only once */
        assert_non_null(told);
        assert_null(strstr(told + 1, "repeated, "));
    }
}

static void clean_wires_are_not_talked_of(void **state)
{
    struct lines lines;
    struct bench b;
    uint32_t value;

    (void)state;
    bench_open_halted(&b, "V2J43");
    listen(&b, &lines);
    ops_read32(&b.ops, 0x60000000, &value);
    assert_int_equal(ops_flush(&b.ops), ERR_FAULT);
    assert_non_null(strstr(b.job.text, "refused"));
    job_clear(&b.job);
    ops_write32(&b.ops, 0x60000000, 1);
    assert_int_equal(ops_flush(&b.ops), ERR_FAULT);
    assert_non_null(strstr(b.job.text, "0x60000000"));
    job_clear(&b.job);
    assert_int_equal(b.probe->stats.repeats, 0);
    bench_close(&b);
    assert_string_equal(lines.text, "");
}

struct count {
    uint32_t address;
    unsigned seen;
};

static void count_single(void *user, const struct pipe_exchange *x)
{
    const uint8_t *command = x->command;
    struct count *count = user;

    count->seen += command[0] == STLINK_DEBUG &&
                   (command[1] == STLINK_READDEBUGREG || command[1] == STLINK_WRITEDEBUGREG) &&
                   get_le32(command + 2) == count->address;
}

/* Peripherals, and what clears when it is read; each access is one command, whatever came of it. */
static void what_has_effects_is_done_once(void **state)
{
    static const struct {
        uint32_t address;
        bool write;
    } rows[] = {{FLASH_SR, false}, {FLASH_AR, true}, {DHCSR, false}, {0xE0001028, false}};
    unsigned failed = 0;

    (void)state;
    for (int i = 0; bench_firmwares[i]; i++)
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
            struct count count = {.address = rows[row].address};
            struct bench b;

            bench_open_halted(&b, bench_firmwares[i]);
            b.pipe.spy = count_single;
            b.pipe.spy_user = &count;
            set_fault(&b, "+noise=40");
            for (unsigned round = 1; round <= 100; round++) {
                uint32_t value = 0;
                if (rows[row].write)
                    ops_write32(&b.ops, count.address, 0x08000000);
                else
                    ops_read32(&b.ops, count.address, &value);
                enum err err = ops_flush(&b.ops);
                if (err && err != ERR_FAULT)
                    must_tell_garble(&b, err);
                failed += err == ERR_PARITY;
                assert_int_equal(count.seen, round);
                job_clear(&b.job);
            }
            bench_close(&b);
        }
    assert_in_range(failed, 100, 2000);
}

/* A wait looks again and again: a garbled look is one of them. */
static void waits_survive_garbled_looks(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct bench b;

        bench_open_halted(&b, bench_firmwares[i]);
        set_fault(&b, "+noise=300");
        ops_wait32(&b.ops, FLASH_SR, 1, 1, 500000);
        assert_int_equal(ops_flush(&b.ops), ERR_TIMEOUT);
        assert_in_range(b.probe->stats.repeats, 1, 1000);
        job_clear(&b.job);
        bench_close(&b);
    }
}

static void the_speed_goes_down_until_the_link_is_clean(void **state)
{
    static const struct {
        const char *stlink, *board;
        uint32_t khz;
        const char *line;
    } rows[] = {
        {"V2J43", "bluepill,wires=3000", 1800, "not clean at 4000 kHz: staying at 1800 kHz"},
        {"V2J43", "bluepill,wires=1000", 950, "not clean at 1800 kHz: going down to 950 kHz"},
        {"V2J24", "bluepill,wires=20", 15, "going down to 15 kHz"},
        {"V3", "bluepill,wires=4000", 3300, "not clean at 8000 kHz: staying at 3300 kHz"},
        {"V3", "bluepill,wires=300", 200, "not clean at 3300 kHz: going down to 200 kHz"},
        {"V2J43", "bluepill,noise=4", 1800, "not clean at any speed from 1800 down to 5 kHz"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lines lines;
        struct bench b;

        bench_open(&b, rows[i].stlink, rows[i].board);
        listen(&b, &lines);
        for (int try = 0; try < 100 && probe_connect(b.probe, PROBE_CONNECT_NORMAL, NULL); try++)
            job_clear(&b.job); /* entering SWD was garbled */
        job_clear(&b.job);
        assert_int_equal(stlink_of(b.probe)->khz, rows[i].khz);
        for (int again = 0; again < 20; again++) {
            probe_connect(b.probe, PROBE_CONNECT_NORMAL, NULL);
            job_clear(&b.job);
        }
        const char *told = strstr(lines.text, rows[i].line); /* and only once */
        if (!told || strstr(told + 1, rows[i].line))
            fail_msg("%s, %s: %s", rows[i].stlink, rows[i].board, lines.text);
        bench_close(&b);
    }
}

static void firmware_with_one_speed_is_not_told_to_lower_it(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct lines lines;
        struct bench b;
        uint32_t word;

        bench_open_halted(&b, bench_firmwares[i]);
        assert_int_equal(probe_one_speed(b.probe), strcmp(bench_firmwares[i], "V2J17") == 0);
        listen(&b, &lines);
        set_fault(&b, "+noise=40");
        for (int round = 0; round < ROUNDS; round++) {
            ops_read32(&b.ops, RAM, &word);
            if (ops_flush(&b.ops) == ERR_PARITY)
                must_tell_garble(&b, ERR_PARITY);
            job_clear(&b.job);
        }
        assert_true(b.probe->stats.repeats > 0);
        bool one_speed = probe_one_speed(b.probe);
        bench_close(&b);
        assert_non_null(strstr(lines.text, "shorten the wires, connect GND"));
        assert_int_equal(strstr(lines.text, "lower the speed") == NULL, one_speed);
    }
}

/* The operation of the queue, not the part of it that was tried last. */
static void the_wire_log_names_what_failed(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        char *text = NULL;
        size_t length;
        uint32_t cpuid;
        struct bench b;

        bench_open_halted(&b, bench_firmwares[i]);
        b.probe->wire = open_memstream(&text, &length);
        ops_read32(&b.ops, CPUID, &cpuid);
        bench_flush(&b);
        set_fault(&b, "+noise=2");
        ops_wait32(&b.ops, FLASH_SR, 1, 1, 50000);
        assert_int_not_equal(ops_flush(&b.ops), ERR_OK);
        fclose(b.probe->wire);
        b.probe->wire = NULL;
        const char *line = strstr(text, "wait");
        assert_non_null(line);
        assert_non_null(strstr(line, "-> error"));
        free(text);
        set_fault(&b, "-noise");
        job_clear(&b.job);
        bench_close(&b);
    }
}

/* One garbled bit on the way in does not look like a target that is not there. */
static void noise_seldom_keeps_anybody_out(void **state)
{
    enum { TIMES = 100, PACKETS = 7 };

    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        unsigned failures = 0;

        for (int n = 0; n < TIMES; n++) {
            uint32_t value;
            struct bench b;

            bench_open(&b, bench_firmwares[i], "bluepill");
            set_fault(&b, "+noise=60");
            sim_board_swd_line_reset(b.board);
            for (int k = 0; k < PACKETS * n; k++) /* another place in the noise each time */
                sim_board_swd(b.board, false, true, 0, &value);
            failures += probe_connect(b.probe, PROBE_CONNECT_NORMAL, NULL) != ERR_OK;
            job_clear(&b.job);
            bench_close(&b);
        }
        assert_in_range(failures, 0, TIMES / 20);
    }
}

/* Another board, or other wires: what was found for the one before does not count. */
static void each_connection_finds_its_speed_anew(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "V2J43", "bluepill");
    bench_connect(&b);
    assert_int_equal(stlink_of(b.probe)->khz, 4000);
    set_fault(&b, "+wires=3000");
    bench_connect(&b);
    assert_int_equal(stlink_of(b.probe)->khz, 1800);
    set_fault(&b, "-wires");
    bench_connect(&b);
    assert_int_equal(stlink_of(b.probe)->khz, 4000);
    bench_close(&b);
}

/* The way to it leads through slower attempts. */
static void a_board_switched_on_later_is_as_fast_as_any(void **state)
{
    (void)state;
    for (int i = 0; bench_firmwares[i]; i++) {
        struct bench b;
        struct target *target;

        bench_open(&b, bench_firmwares[i], "bluepill");
        assert_int_equal(target_create(b.probe, &target), ERR_OK);
        assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
        uint32_t khz = stlink_of(b.probe)->khz;
        set_fault(&b, "+noack");
        assert_int_not_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
        set_fault(&b, "-noack");
        job_clear(&b.job);
        assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
        assert_int_equal(stlink_of(b.probe)->khz, khz);
        target_destroy(target);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_switched_on_later_is_as_fast_as_any),
        cmocka_unit_test(garbled_reads_and_writes_of_memory_are_done_again),
        cmocka_unit_test(clean_wires_are_not_talked_of),
        cmocka_unit_test(what_has_effects_is_done_once),
        cmocka_unit_test(waits_survive_garbled_looks),
        cmocka_unit_test(the_speed_goes_down_until_the_link_is_clean),
        cmocka_unit_test(firmware_with_one_speed_is_not_told_to_lower_it),
        cmocka_unit_test(the_wire_log_names_what_failed),
        cmocka_unit_test(noise_seldom_keeps_anybody_out),
        cmocka_unit_test(each_connection_finds_its_speed_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "flash_bench.h"

#include <stdlib.h>
#include <string.h>

#include "flash/flash_internal.h"

enum { PACKET = 0x3F00 }; /* what gdb puts into one vFlashWrite */

static void slice_ends(struct bench *bench)
{
    uint64_t now = bench_now_us(bench);

    if (now - bench->checkpoint_us > bench->longest_us)
        bench->longest_us = now - bench->checkpoint_us;
    bench->checkpoint_us = now;
}

static void between(void *user)
{
    struct bench *bench = user;

    slice_ends(bench);
    bench->checkpoints++;
    if (bench->checkpoints == bench->cancel_at)
        atomic_store(&bench->job.cancelled, true);
    if (bench->checkpoints == bench->act_at)
        bench->act(bench);
}

void bench_job(struct bench *bench)
{
    job_init(&bench->job, NULL);
    bench->job.between = between;
    bench->job.between_user = bench;
    bench->job.waiting = bench->waiting;
    bench->checkpoints = 0;
    bench->longest_us = 0;
    if (bench->target)
        target_set_job(bench->target, &bench->job);
}

int bench_up(void **state)
{
    return bench_up_with(state, "bluepill,still");
}

int bench_up_with(void **state, const char *board)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct probe_info info;

    *state = bench;
    if (!bench)
        return -1;
    bench_job(bench);
    if (probe_sim_info(board, &info, &bench->job) ||
        probe_open(&info, &bench->job, NULL, &bench->probe) ||
        target_create(bench->probe, &bench->target))
        return -1;
    target_set_job(bench->target, &bench->job);
    return target_connect(bench->target, TARGET_CONNECT_NORMAL) ||
           target_reset(bench->target, TARGET_RESET_HALT);
}

int bench_up_at(void **state, const char *board, uint32_t khz)
{
    uint32_t chosen;

    if (bench_up_with(state, board))
        return -1;
    return probe_set_speed(((struct bench *)*state)->probe, khz, &chosen);
}

int bench_down(void **state)
{
    struct bench *bench = *state;

    flash_close(bench->flash);
    target_destroy(bench->target);
    probe_close(bench->probe);
    free(bench);
    return 0;
}

void bench_ok(struct bench *bench, enum err err)
{
    if (err)
        fail_msg("%s", job_text(&bench->job, err));
}

uint64_t bench_now_us(const struct bench *bench)
{
    return clock_now_us(probe_clock(bench->probe));
}

void bench_hands(struct bench *bench, const char *noun, const char *verb)
{
    const char *const words[] = {noun, verb};

    assert_int_equal(probe_command(bench->probe, 2, words), ERR_OK);
}

void bench_power_cycle(struct bench *bench)
{
    bench_hands(bench, "power", "off");
    bench_hands(bench, "power", "on");
    bench_job(bench);
    assert_int_equal(target_connect(bench->target, TARGET_CONNECT_NORMAL), ERR_OK);
}

struct stm32f1_options bench_options(struct bench *bench)
{
    struct stm32f1_options options;

    bench_job(bench);
    assert_int_equal(stm32f1_options_read(bench->target, &options), ERR_OK);
    return options;
}

struct option_state bench_option_state(struct bench *bench, const struct flash_options *table)
{
    struct option_state found;

    bench_job(bench);
    bench_ok(bench, table->read(bench->target, &found));
    return found;
}

void bench_fill(uint8_t *data, size_t length, uint32_t seed)
{
    for (size_t i = 0; i < length; i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = (uint8_t)(seed >> 24);
    }
}

enum err bench_load(struct bench *bench, uint32_t address, const uint8_t *data, uint32_t length,
                    struct flash_report *report)
{
    uint32_t first = address & ~(PAGE_SIZE - 1u);
    uint32_t last = (address + length + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1u);

    bench_job(bench);
    bench->checkpoint_us = bench_now_us(bench);
    enum err err = flash_open_by(bench->target, bench->driver, &bench->flash);
    if (!err)
        err = flash_erase(bench->flash, first, last - first);
    for (uint32_t at = 0; at < length && !err; at += PACKET) {
        err = flash_write(bench->flash, address + at, data + at,
                          length - at < PACKET ? length - at : PACKET);
        slice_ends(bench);
    }
    if (!err)
        err = flash_done(bench->flash);
    slice_ends(bench);
    if (report && bench->flash)
        *report = *flash_report(bench->flash);
    flash_close(bench->flash);
    bench->flash = NULL;
    return err;
}

struct flash_report bench_loaded(struct bench *bench, uint32_t address, const uint8_t *data,
                                 uint32_t length)
{
    struct flash_report report;

    bench_ok(bench, bench_load(bench, address, data, length, &report));
    return report;
}

uint64_t bench_load_blank(struct bench *bench, const uint8_t *data, uint32_t length,
                          uint32_t least_ms, uint32_t most_ms)
{
    struct flash_report report = bench_loaded(bench, FLASH, data, length);

    bench_assert_memory(bench, FLASH, data, length);
    assert_int_equal(report.bytes_programmed, length);
    assert_int_equal(report.sectors_erased, 0);
    assert_in_range(report.elapsed_us / 1000, least_ms, most_ms);
    return report.elapsed_us;
}

void bench_load_again(struct bench *bench, const uint8_t *data, uint32_t length, uint64_t first_us)
{
    struct flash_report report = bench_loaded(bench, FLASH, data, length);

    assert_int_equal(report.bytes_programmed, 0);
    assert_in_range(report.elapsed_us, 1, first_us / 10);
}

uint32_t bench_word(struct bench *bench, uint32_t address)
{
    uint32_t word = 0;

    bench_ok(bench, target_read_width(bench->target, address, 4, &word, 1));
    return word;
}

void bench_assert_memory(struct bench *bench, uint32_t address, const uint8_t *data,
                         uint32_t length)
{
    uint8_t *now = malloc(length);

    assert_non_null(now);
    assert_int_equal(target_read(bench->target, address, now, length, NULL), ERR_OK);
    assert_memory_equal(now, data, length);
    free(now);
}

void bench_assert_filled(struct bench *bench, uint32_t address, uint8_t value, uint32_t length)
{
    uint8_t *wanted = malloc(length);

    assert_non_null(wanted);
    memset(wanted, value, length);
    bench_assert_memory(bench, address, wanted, length);
    free(wanted);
}

void bench_assert_protection_ends(struct bench *bench, const struct flash_options *table,
                                  const uint8_t *data, uint32_t length, uint8_t erased)
{
    assert_int_equal(bench_load(bench, FLASH, data, length, NULL), ERR_PROTECTED);
    bench_job(bench);
    bench_ok(bench, table->unlock(bench->target));
    bench_ok(bench, table->load(bench->target));
    assert_false(target_chip(bench->target)->readout_protected);
    bench_assert_filled(bench, FLASH, erased, length);
    bench_loaded(bench, FLASH, data, length);
    bench_assert_memory(bench, FLASH, data, length);
}

void bench_assert_level_2_is_for_ever(struct bench *bench, const struct flash_options *table,
                                      uint32_t value)
{
    struct option_state wanted = bench_option_state(bench, table), before = wanted;

    option_set(&table->fields[0], wanted.stored, value);
    assert_int_equal(option_change(bench->target, table, &before, &wanted, false), ERR_ARGUMENT);
    assert_non_null(strstr(bench->job.text, "--irreversible"));
    bench_job(bench);
    assert_int_equal(option_change(bench->target, table, &before, &wanted, OPTION_IRREVERSIBLE),
                     ERR_ARGUMENT);
    assert_non_null(strstr(bench->job.text, "--id"));
    bench_job(bench);
    assert_int_equal(option_consent(bench->target, true, "0xfff"), OPTION_IRREVERSIBLE);
    bench_ok(bench, option_change(bench->target, table, &before, &wanted, OPTION_SEALS));
    bench_hands(bench, "power", "off");
    bench_hands(bench, "power", "on");
    assert_int_not_equal(target_connect(bench->target, TARGET_CONNECT_NORMAL), ERR_OK);
    bench_job(bench);
}

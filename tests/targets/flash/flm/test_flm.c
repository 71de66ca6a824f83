/* SPDX-License-Identifier: MIT */
/* Flash algorithms of packs on the simulated STM32F103C8: algorithms that were compiled for this
 * test, good ones and bad ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../flash_bench.h"
#include "flash/flm/flm.h"
#include "pack/pack.h"

static uint8_t image[FLASH_SIZE];
static struct pack *pack;

static enum err open_algorithm(struct bench *bench, const char *name)
{
    static char path[512];
    const char *paths[1] = {path};
    const struct pack_choice choice = {.paths = paths, .count = 1};

    snprintf(path, sizeof path, "%s/%s.FLM", getenv("FLM_FOLDER"), name);
    bench_job(bench);
    return pack_open(&bench->job, &choice, &pack);
}

/* From here on the chip's flash is the algorithm's. */
static void describe(struct bench *bench, const char *name)
{
    struct target_stop stop;

    bench_ok(bench, open_algorithm(bench, name));
    target_describe(bench->target, pack_description(pack));
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
    bench_ok(bench, target_halt(bench->target, &stop));
}

static int down(void **state)
{
    int result = bench_down(state);

    pack_close(pack);
    pack = NULL;
    return result;
}

static void assert_said(struct bench *bench, const char *what)
{
    if (!strstr(bench->job.text, what))
        fail_msg("'%s' is not in: %s", what, bench->job.text);
}

/* --- what it does --- */

static void it_programs_what_the_built_in_driver_programs(void **state)
{
    struct bench *bench = *state;
    uint8_t built_in[FLASH_SIZE];

    bench_fill(image, sizeof image, 11);
    bench_loaded(bench, FLASH, image, sizeof image);
    bench_ok(bench, target_read(bench->target, FLASH, built_in, sizeof built_in, NULL));
    bench_ok(bench, flash_erase_now(bench->target, 0, 0));
    bench_assert_filled(bench, FLASH, 0xFF, FLASH_SIZE);
    describe(bench, "good");
    struct flash_report report = bench_loaded(bench, FLASH, image, sizeof image);
    assert_int_equal(report.bytes_programmed, FLASH_SIZE);
    bench_assert_memory(bench, FLASH, built_in, sizeof built_in);
}

static void pages_may_be_as_small_as_they_like(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 12);
    memset(image + 0x180, 0xFF, 0x140); /* some of a page need not be programmed */
    describe(bench, "small_pages");
    bench_loaded(bench, FLASH, image, sizeof image);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void what_is_right_already_is_not_touched(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 13);
    describe(bench, "good");
    bench_loaded(bench, FLASH, image, sizeof image);
    struct flash_report report = bench_loaded(bench, FLASH, image, sizeof image);
    assert_int_equal(report.bytes_programmed, 0);
    assert_int_equal(report.sectors_erased, 0);
    image[5 * PAGE_SIZE + 7] ^= 1;
    report = bench_loaded(bench, FLASH, image, sizeof image);
    assert_int_equal(report.sectors_erased, 1);
    assert_int_equal(report.bytes_programmed, PAGE_SIZE);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void bytes_beside_what_is_written_stay(void **state)
{
    struct bench *bench = *state;
    const uint8_t few[3] = {1, 2, 3};

    bench_fill(image, sizeof image, 14);
    describe(bench, "good");
    bench_loaded(bench, FLASH, image, sizeof image);
    bench_job(bench);
    bench_ok(bench, flash_open(bench->target, &bench->flash));
    bench_ok(bench, flash_write(bench->flash, FLASH + 0x1234, few, sizeof few));
    bench_ok(bench, flash_done(bench->flash));
    flash_close(bench->flash);
    bench->flash = NULL;
    memcpy(image + 0x1234, few, sizeof few);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void all_is_erased_by_the_chips_erase(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 15);
    describe(bench, "good");
    bench_loaded(bench, FLASH, image, sizeof image);
    uint64_t began = bench_now_us(bench);
    bench_ok(bench, flash_erase_now(bench->target, 0, 0));
    assert_true(bench_now_us(bench) - began < 1000000); /* 64 pages of 20 ms are 1.3 s */
    bench_assert_filled(bench, FLASH, 0xFF, FLASH_SIZE);
}

static void the_programs_ram_and_registers_are_given_back(void **state)
{
    struct bench *bench = *state;
    uint8_t before[20 * KIB];
    uint64_t value, sp;

    bench_fill(before, sizeof before, 16);
    describe(bench, "good");
    bench_ok(bench, target_write(bench->target, RAM, before, sizeof before));
    for (size_t i = 0; i < 13; i++)
        bench_ok(bench, target_write_register(bench->target, i, 0x11110000 + i));
    bench_ok(bench, target_write_register(bench->target, 13, 0x20004000));
    bench_ok(bench, target_write_register(bench->target, 14, 0x08000123));
    bench_fill(image, sizeof image, 17);
    bench_loaded(bench, FLASH, image, 8 * PAGE_SIZE);
    bench_assert_memory(bench, RAM, before, sizeof before);
    for (size_t i = 0; i < 13; i++) {
        bench_ok(bench, target_read_register(bench->target, i, &value));
        assert_int_equal(value, 0x11110000 + i);
    }
    bench_ok(bench, target_read_register(bench->target, 13, &sp));
    assert_int_equal(sp, 0x20004000);
    bench_ok(bench, target_read_register(bench->target, 14, &value));
    assert_int_equal(value, 0x08000123);
}

/* --- what it says when it cannot --- */

static enum err load(struct bench *bench)
{
    bench_fill(image, sizeof image, 18);
    return bench_load(bench, FLASH, image, 2 * PAGE_SIZE, NULL);
}

static void a_refusal_names_the_function_and_the_address(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 19);
    bench_loaded(bench, FLASH, image, 2 * PAGE_SIZE);
    describe(bench, "hangs");
    assert_int_equal(load(bench), ERR_LOADER);
    assert_said(bench, "EraseSector");
    assert_said(bench, "0x08000000");
    assert_said(bench, "1000 ms"); /* its own 500, and 500 for slow clocks */
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
}

static void one_that_goes_astray_is_told_from_one_that_fails(void **state)
{
    struct bench *bench = *state;

    describe(bench, "strays");
    assert_int_equal(load(bench), ERR_LOADER);
    assert_said(bench, "ProgramPage");
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
}

static void one_that_needs_more_stack_is_not_trusted(void **state)
{
    struct bench *bench = *state;

    describe(bench, "deep");
    assert_int_equal(load(bench), ERR_LOADER);
    assert_said(bench, "stack");
}

static void a_table_without_end_is_refused(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(open_algorithm(bench, "endless_table"), ERR_FILE);
    assert_said(bench, "has no end");
}

static void what_is_no_algorithm_is_refused(void **state)
{
    struct bench *bench = *state;
    const struct flm_case {
        const char *name;
    } missing = {"nowhere"};

    assert_int_equal(open_algorithm(bench, missing.name), ERR_FILE);
    assert_said(bench, "nowhere.FLM");
}

/* --- files that lie --- */

static uint32_t some_number(void)
{
    static uint64_t state = UINT64_C(0x9E3779B97F4A7C15);

    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)(state * UINT64_C(2685821657736338717) >> 32);
}

static size_t read_file(const char *name, uint8_t *bytes, size_t room)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s.FLM", getenv("FLM_FOLDER"), name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, room, file);
    fclose(file);
    return size;
}

static void assert_in_order(const struct flm *flm)
{
    uint64_t end = 0;

    assert_true((uint64_t)flm->start + flm->size <= UINT64_C(1) << 32);
    assert_true(flm->page_size > 0 && flm->run_count > 0);
    for (size_t i = 0; i < flm->run_count; i++) {
        assert_int_equal(flm->runs[i].offset, end);
        assert_true(flm->runs[i].sector_size > 0);
        assert_int_equal(flm->runs[i].size % flm->runs[i].sector_size, 0);
        end += flm->runs[i].size;
    }
    assert_int_equal(end, flm->size);
    for (unsigned i = 0; i < FLM_REQUIRED; i++)
        assert_true(flm->functions[i] < flm->code_size);
}

/* Where headers, symbols and the description stand, one or a few bytes are others, or the file
 * ends.
 */
static void mutants_are_refused_in_words_or_in_order(void **state)
{
    enum { MUTANTS = 20000, ROOM = 16384 };
    static uint8_t good[ROOM], mutant[ROOM];
    size_t size = read_file("good", good, sizeof good);
    unsigned taken = 0;

    for (unsigned i = 0; i < MUTANTS; i++) {
        struct job job;
        struct flm flm;
        size_t length = i % 16 ? size : some_number() % size;

        memcpy(mutant, good, size);
        for (unsigned n = some_number() % 4 + 1; n > 0; n--) {
            size_t at = some_number() % (i % 2 ? size - 0x1000 : 64) + (i % 2 ? 0x1000 : 0);
            mutant[at] = some_number() % 3 ? (uint8_t)some_number() : 0xFF;
        }
        job_init(&job, NULL);
        enum err err = flm_read(&job, "mutant", mutant, length, &flm);
        assert_int_equal(err, job.err);
        if (err) {
            assert_true(job.text[0]);
            continue;
        }
        taken++;
        assert_in_order(&flm);
        flm_free(&flm);
    }
    assert_true(taken > MUTANTS / 10 && taken < MUTANTS - MUTANTS / 10);
}

int main(void)
{
#define ON_A_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_up, down)
    const struct CMUnitTest tests[] = {
        ON_A_BENCH(it_programs_what_the_built_in_driver_programs),
        ON_A_BENCH(pages_may_be_as_small_as_they_like),
        ON_A_BENCH(what_is_right_already_is_not_touched),
        ON_A_BENCH(bytes_beside_what_is_written_stay),
        ON_A_BENCH(all_is_erased_by_the_chips_erase),
        ON_A_BENCH(the_programs_ram_and_registers_are_given_back),
        ON_A_BENCH(a_refusal_names_the_function_and_the_address),
        ON_A_BENCH(one_that_goes_astray_is_told_from_one_that_fails),
        ON_A_BENCH(one_that_needs_more_stack_is_not_trusted),
        ON_A_BENCH(a_table_without_end_is_refused),
        ON_A_BENCH(what_is_no_algorithm_is_refused),
        cmocka_unit_test(mutants_are_refused_in_words_or_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What a load costs in the board's time: full-speed transfers, SWD bits, the loader's cycles and
 * the flash's own times all count, and nothing else does. */
#include <stdio.h>

#include "base/crc32.h"
#include "flash/flash.h"
#include "stlink_bench.h"
#include "target.h"

enum {
    IMAGE = 64 * 1024,
    FLASH = 0x08000000,
    HALFWORD_NS = 52500,
    DOUBLE_WORD_NS = 81690,
    QUAD_WORD_NS = 30000,
    HALF_PAGE_NS = 3280000,
    ROW_NS = 8 * 48000,
    GDB_PACKET = 16000
};

struct cost {
    uint64_t us, transfers;
};

static uint8_t image[32 * IMAGE]; /* the largest of the rows below */

static void make_image(void)
{
    uint32_t x = 1;

    for (size_t i = 0; i < sizeof image; i++) {
        x = x * 1664525 + 1013904223;
        image[i] = (uint8_t)(x >> 24);
    }
}

/* As gdb does it, whose packets are 16 KiB less what is escaped: erase, packets, done. */
static struct cost load_by(struct bench *bench, struct target *target, uint32_t size,
                           uint32_t packet)
{
    uint64_t transfers = bench->pipe.pipe.transfers;
    uint64_t start = sim_board_now_us(bench->board);
    struct flash *flash;
    enum err err = flash_open(target, &flash);

    if (!err)
        err = flash_erase(flash, FLASH, size);
    for (uint32_t at = 0; at < size && !err; at += packet)
        err = flash_write(flash, FLASH + at, image + at, size - at < packet ? size - at : packet);
    if (!err)
        err = flash_done(flash);
    flash_close(flash);
    if (err)
        fail_msg("%s", bench->job.text);
    return (struct cost){sim_board_now_us(bench->board) - start,
                         bench->pipe.pipe.transfers - transfers};
}

static struct cost load(struct bench *bench, struct target *target, uint32_t size)
{
    return load_by(bench, target, size, GDB_PACKET);
}

/* gdb's core stands since gdb connected. */
static struct target *open_board(struct bench *bench, const char *firmware, const char *board)
{
    struct target *target;
    struct target_stop stop;

    bench_open(bench, firmware, board);
    assert_int_equal(target_create(bench->probe, &target), ERR_OK);
    assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    return target;
}

static struct target *open_target(struct bench *bench, const char *firmware)
{
    return open_board(bench, firmware, "bluepill");
}

static void loads_cost_little_more_than_the_flash(void **state)
{
    /* What is reached, and one more. */
    static const struct {
        const char *firmware;
        unsigned percent;
    } rows[] = {{"V2J43", 107}, {"V2J24", 108}, {"V3", 107}};
    uint64_t physics = (uint64_t)IMAGE / 2 * HALFWORD_NS / 1000;

    (void)state;
    make_image();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench bench;
        struct target *target = open_target(&bench, rows[i].firmware);
        struct cost blank = load(&bench, target, IMAGE), same = load(&bench, target, IMAGE);
        print_message("%s, 64 KiB: blank %llu us in %llu transfers (flash alone %llu us), "
                      "identical %llu us in %llu transfers\n",
                      rows[i].firmware, (unsigned long long)blank.us,
                      (unsigned long long)blank.transfers, (unsigned long long)physics,
                      (unsigned long long)same.us, (unsigned long long)same.transfers);
        assert_in_range(blank.us, physics, physics * rows[i].percent / 100);
        assert_in_range(same.us, 0, physics / 10);
        target_destroy(target);
        bench_close(&bench);
    }
}

/* What the probe and its cable take for so much, in the pieces that a small RAM holds. */
static uint64_t into_ram(struct bench *bench, struct target *target, uint32_t size)
{
    enum { PIECE = 4096 };
    uint64_t start = sim_board_now_us(bench->board);

    for (uint32_t at = 0; at < size; at += PIECE)
        assert_int_equal(target_write(target, RAM, image + at, PIECE), ERR_OK);
    return sim_board_now_us(bench->board) - start;
}

/* A row a family: all of its flash, which alone takes so long for what it programs at once. */
static void loads_of_each_family_cost_little_more_than_its_flash(void **state)
{
    static const struct {
        const char *board;
        uint32_t size, unit, unit_ns;
        unsigned percent; /* small flash: what is the same for every load weighs more */
    } rows[] = {
        {"f031", 32 * 1024, 2, HALFWORD_NS, 110},
        {"nucleo-f303k8", 64 * 1024, 2, HALFWORD_NS, 107},
        {"nucleo-c031", 32 * 1024, 8, 85000, 116},
        {"nucleo-g071", 128 * 1024, 8, 85000, 109},
        {"nucleo-g431", 128 * 1024, 8, DOUBLE_WORD_NS, 108},
        {"nucleo-l476", 128 * 1024, 8, DOUBLE_WORD_NS, 108},
        {"nucleo-wb55", 128 * 1024, 8, DOUBLE_WORD_NS, 108},
        {"nucleo-wl55", 128 * 1024, 8, DOUBLE_WORD_NS, 108},
        {"nucleo-l053", 64 * 1024, 64, HALF_PAGE_NS, 106},
        {"nucleo-l152", 128 * 1024, 128, HALF_PAGE_NS, 108},
        {"nucleo-h563", 512 * 1024, 16, QUAD_WORD_NS, 107},
    };
    static const char *const firmwares[] = {"V2J43", "V3"};

    (void)state;
    make_image();
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        uint32_t size = rows[i / 2].size;
        uint64_t physics = (uint64_t)size / rows[i / 2].unit * rows[i / 2].unit_ns / 1000;
        struct bench bench;
        struct target *target = open_board(&bench, firmwares[i % 2], rows[i / 2].board);
        uint64_t wire = into_ram(&bench, target, size);
        physics = wire > physics ? wire : physics;
        struct cost blank = load(&bench, target, size), same = load(&bench, target, size);
        print_message("%s, %s, %u KiB: blank %llu us, %llu %% of the flash, in %llu transfers, "
                      "identical %llu us\n",
                      rows[i / 2].board, firmwares[i % 2], (unsigned)size / 1024,
                      (unsigned long long)blank.us, (unsigned long long)(blank.us * 100 / physics),
                      (unsigned long long)blank.transfers, (unsigned long long)same.us);
        assert_in_range(blank.us, physics, physics * rows[i / 2].percent / 100);
        assert_in_range(same.us, 0, physics / 10);
        target_destroy(target);
        bench_close(&bench);
    }
}

/* What is programmed about as quickly as the wire brings it waits for that, and that for it: how
 * long it takes to write as much into RAM counts, too. */
static void a_load_of_words_costs_little_more_than_the_wire(void **state)
{
    enum { SIZE = 256 * 1024 };
    static const struct {
        const char *board;
        uint32_t ram, unit, unit_ns;
        unsigned percent;
    } rows[] = {{"nucleo-f746", 0x20000000, 4, 16000, 116},
                {"nucleo-h743", 0x24000000, 32, 100000, 114}};
    static const char *const firmwares[] = {"V2J43", "V3"};

    (void)state;
    make_image();
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        const char *board = rows[i / 2].board;
        struct bench bench;
        struct target *target = open_board(&bench, firmwares[i % 2], board);
        uint64_t flash = SIZE / rows[i / 2].unit * rows[i / 2].unit_ns / 1000,
                 began = sim_board_now_us(bench.board);
        assert_int_equal(target_write(target, rows[i / 2].ram, image, SIZE), ERR_OK);
        uint64_t wire = sim_board_now_us(bench.board) - began,
                 physics = wire > flash ? wire : flash;
        struct cost blank = load(&bench, target, SIZE), same = load(&bench, target, SIZE);
        print_message("%s, %s, 256 KiB: blank %llu us in %llu transfers (flash %llu us, "
                      "wire %llu us), identical %llu us\n",
                      board, firmwares[i % 2], (unsigned long long)blank.us,
                      (unsigned long long)blank.transfers, (unsigned long long)flash,
                      (unsigned long long)wire, (unsigned long long)same.us);
        assert_in_range(blank.us, flash, physics * rows[i / 2].percent / 100);
        assert_in_range(same.us, 0, flash / 10);
        target_destroy(target);
        bench_close(&bench);
    }
}

/* What the wire alone takes for so much. */
static uint64_t wire_us(struct bench *bench, struct target *target, uint32_t size)
{
    uint64_t start = sim_board_now_us(bench->board);

    assert_int_equal(target_write(target, RAM, image, size), ERR_OK);
    return sim_board_now_us(bench->board) - start;
}

/* A flash that is faster than a probe: what the slower one of the two takes. By one piece, as
 * `probed flash` does it. */
static void a_fast_flash_is_loaded_at_the_speed_of_the_wire(void **state)
{
    static const char *const firmwares[] = {"V2J43", "V3"};
    enum { SIZE = sizeof image, PART = SIZE / 4 }; /* that RAM holds */

    (void)state;
    make_image();
    for (size_t i = 0; i < sizeof firmwares / sizeof *firmwares; i++) {
        struct bench bench;
        struct target *target = open_board(&bench, firmwares[i], "nucleo-u575");
        uint64_t flash = (uint64_t)SIZE / 128 * ROW_NS / 1000,
                 wire = wire_us(&bench, target, PART) * (SIZE / PART);
        uint64_t physics = wire > flash ? wire : flash;
        struct cost blank = load_by(&bench, target, SIZE, SIZE);
        struct cost same = load_by(&bench, target, SIZE, SIZE);
        print_message("nucleo-u575, %s, %u KiB: blank %llu us, flash %llu us, wire %llu us, in "
                      "%llu transfers, identical %llu us\n",
                      firmwares[i], (unsigned)SIZE / 1024, (unsigned long long)blank.us,
                      (unsigned long long)flash, (unsigned long long)wire,
                      (unsigned long long)blank.transfers, (unsigned long long)same.us);
        assert_in_range(blank.us, physics, physics * 105 / 100);
        assert_in_range(same.us, 0, physics / 10);
        target_destroy(target);
        bench_close(&bench);
    }
}

/* Nobody asks whether the flash is through before it can be. */
static void loads_hardly_poll(void **state)
{
    static const char *const firmwares[] = {"V2J43", "V3"};

    (void)state;
    make_image();
    for (size_t i = 0; i < sizeof firmwares / sizeof *firmwares; i++) {
        struct bench bench;
        struct target *target = open_target(&bench, firmwares[i]);
        struct cost cost = load(&bench, target, 41 * 1024);
        print_message("%s, 41 KiB: %llu us in %llu transfers\n", firmwares[i],
                      (unsigned long long)cost.us, (unsigned long long)cost.transfers);
        assert_in_range(cost.transfers, 1, 500);
        target_destroy(target);
        bench_close(&bench);
    }
}

/* gdb's compare-sections: the target sums up by itself. 8 MHz, as behind a reset. */
static void a_long_checksum_hardly_costs_trips(void **state)
{
    static const char *const firmwares[] = {"V2J43", "V3"};
    enum { SIZE = 41 * 1024 };

    (void)state;
    make_image();
    for (size_t i = 0; i < sizeof firmwares / sizeof *firmwares; i++) {
        struct bench bench;
        struct target *target = open_target(&bench, firmwares[i]);
        uint32_t crc = 0;
        load(&bench, target, SIZE);
        uint64_t transfers = bench.pipe.pipe.transfers, us = sim_board_now_us(bench.board);
        assert_int_equal(target_crc(target, FLASH, SIZE, &crc), ERR_OK);
        transfers = bench.pipe.pipe.transfers - transfers;
        us = sim_board_now_us(bench.board) - us;
        print_message("%s, CRC of 41 KiB: %llu us in %llu transfers\n", firmwares[i],
                      (unsigned long long)us, (unsigned long long)transfers);
        assert_int_equal(crc, crc32_add(CRC32_START, image, SIZE));
        assert_in_range(transfers, 1, 40);
        assert_in_range(us, 1, 100000);
        target_destroy(target);
        bench_close(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_cost_little_more_than_the_flash),
        cmocka_unit_test(loads_of_each_family_cost_little_more_than_its_flash),
        cmocka_unit_test(a_load_of_words_costs_little_more_than_the_wire),
        cmocka_unit_test(a_fast_flash_is_loaded_at_the_speed_of_the_wire),
        cmocka_unit_test(loads_hardly_poll),
        cmocka_unit_test(a_long_checksum_hardly_costs_trips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

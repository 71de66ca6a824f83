/* SPDX-License-Identifier: MIT */
/* What a load costs in the board's time: full-speed transfers, SWD bits, the loader's cycles and
 * the flash's own times all count, and nothing else does. */
#include <stdio.h>

#include "flash/flash.h"
#include "stlink_bench.h"
#include "target.h"

enum { IMAGE = 64 * 1024, FLASH = 0x08000000, HALFWORD_NS = 52500, GDB_PACKET = 16000 };

struct cost {
    uint64_t us, commands;
};

static uint8_t image[IMAGE];

static void make_image(void)
{
    uint32_t x = 1;

    for (size_t i = 0; i < sizeof image; i++) {
        x = x * 1664525 + 1013904223;
        image[i] = (uint8_t)(x >> 24);
    }
}

/* As gdb does it: erase, packets of 16 KiB less what is escaped, done. */
static struct cost load(struct bench *bench, struct target *target)
{
    uint64_t commands = stlink_model_commands(bench->model);
    uint64_t start = sim_board_now_us(bench->board);
    struct flash *flash;
    enum err error = flash_open(target, &flash);

    if (error == ERR_OK)
        error = flash_erase(flash, FLASH, IMAGE);
    for (uint32_t at = 0; at < IMAGE && error == ERR_OK; at += GDB_PACKET)
        error = flash_write(flash, FLASH + at, image + at,
                            IMAGE - at < GDB_PACKET ? IMAGE - at : GDB_PACKET);
    if (error == ERR_OK)
        error = flash_done(flash);
    flash_close(flash);
    if (error != ERR_OK)
        fail_msg("%s", bench->job.text);
    return (struct cost){sim_board_now_us(bench->board) - start, bench_commands(bench, &commands)};
}

static void loads_cost_little_more_than_the_flash(void **state)
{
    /* At most a tenth more than physics. */
    static const struct {
        const char *firmware;
        unsigned percent;
    } rows[] = {{"V2J43", 110}, {"V2J24", 110}, {"V3", 109}};
    uint64_t physics = (uint64_t)IMAGE / 2 * HALFWORD_NS / 1000;

    (void)state;
    make_image();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench bench;
        struct target *target;
        struct target_stop stop;

        bench_open(&bench, rows[i].firmware, "bluepill");
        assert_int_equal(target_create(bench.probe, &target), ERR_OK);
        assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
        /* gdb's core stands since gdb connected. */
        assert_int_equal(target_halt(target, &stop), ERR_OK);
        struct cost blank = load(&bench, target), same = load(&bench, target);
        print_message("%s, 64 KiB: blank %llu us in %llu commands (flash alone %llu us), identical "
                      "%llu us in %llu commands\n",
                      rows[i].firmware, (unsigned long long)blank.us,
                      (unsigned long long)blank.commands, (unsigned long long)physics,
                      (unsigned long long)same.us, (unsigned long long)same.commands);
        assert_in_range(blank.us, physics, physics * rows[i].percent / 100);
        assert_in_range(same.us, 0, physics / 10);
        target_destroy(target);
        bench_close(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_cost_little_more_than_the_flash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

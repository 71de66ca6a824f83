/* SPDX-License-Identifier: MIT */
/* Loads that do not reach their end: who says so, in what state flash is left, and that the next
 * load finds everything in order. */
#include <string.h>

#include "base/crc32.h"
#include "core/core.h"
#include "flash/stm32/stm32f1.h"
#include "flash_bench.h"
#include "probe/fault_injection.h"

static uint8_t image[FLASH_SIZE];

static void load_all(struct bench *bench, uint32_t seed)
{
    bench_fill(image, sizeof image, seed);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void expect_sentence(const struct bench *bench, const char *sentence)
{
    assert_string_equal(bench->job.text, sentence);
}

static void a_protected_chip_is_refused_before_anything_happens(void **state)
{
    struct bench *bench = *state;

    bench_hands(bench, "fault", "+locked");
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_PROTECTED);
    assert_null(bench->flash);
    expect_sentence(bench,
                    "read protection is on (level 1); `monitor stm32f1x unlock 0` removes it "
                    "and erases the whole flash; if that was done, switch the board off and on");
}

static void protect_pages_8_to_11(struct bench *bench)
{
    struct stm32f1_options options;

    assert_int_equal(stm32f1_options_read(bench->target, &options), ERR_OK);
    options.wrp &= ~(1u << 2);
    assert_int_equal(stm32f1_options_write(bench->target, &options), ERR_OK);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
}

static void a_write_protected_page_is_named(void **state)
{
    struct bench *bench = *state;

    protect_pages_8_to_11(bench);
    bench_fill(image, sizeof image, 1);
    assert_int_equal(bench_load(bench, FLASH, image, 14 * PAGE_SIZE, NULL), ERR_PROTECTED);
    expect_sentence(bench,
                    "0x08002000 is write protected by the option bytes (FLASH_WRPR 0xfffffffb); "
                    "flash: 0x08000000-0x08001fff programmed");
    bench_assert_memory(bench, FLASH, image, 8 * PAGE_SIZE);
    bench_assert_filled(bench, FLASH + 8 * PAGE_SIZE, 0xFF, 4 * PAGE_SIZE);
    bench_job(bench);
    assert_int_equal(flash_erase_now(bench->target, 0, 0), ERR_OK); /* it is blank */
    bench_assert_filled(bench, FLASH, 0xFF, 14 * PAGE_SIZE);
}

/* Mass erase would be cheaper, and the chip refuses it. */
static void protection_elsewhere_does_not_matter(void **state)
{
    struct stm32f1_options options;
    struct flash_report report;
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 20);
    assert_int_equal(bench_load(bench, FLASH, image, 40 * PAGE_SIZE, NULL), ERR_OK);
    assert_int_equal(stm32f1_options_read(bench->target, &options), ERR_OK);
    options.wrp &= ~(1u << 15);
    assert_int_equal(stm32f1_options_write(bench->target, &options), ERR_OK);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    bench_fill(image, sizeof image, 21);
    assert_int_equal(bench_load(bench, FLASH, image, 40 * PAGE_SIZE, &report), ERR_OK);
    assert_int_equal(report.sectors_erased, 40);
    assert_false(report.mass_erased);
    bench_assert_memory(bench, FLASH, image, 40 * PAGE_SIZE);
}

static void a_controller_blocked_by_a_wrong_key_is_explained(void **state)
{
    struct bench *bench = *state;

    target_write_width(bench->target, 0x40022004, 4, "none", 1);
    bench_job(bench);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_FLASH);
    expect_sentence(bench, "the flash controller stays locked: the program gave it a wrong key, or "
                           "a probe was lost between two; `monitor reset halt`, then try again");
    bench_job(bench);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    load_all(bench, 2);
}

static void a_cancel_takes_effect_at_once_and_says_what_is_left(void **state)
{
    struct bench *bench = *state;
    uint8_t ram[4096];

    load_all(bench, 3);
    bench_fill(ram, sizeof ram, 4);
    assert_int_equal(target_write(bench->target, RAM, ram, sizeof ram), ERR_OK);
    bench_fill(image, sizeof image, 5);
    bench->cancel_at = 28; /* 18 of comparing, one of erasing, then pages */
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_CANCELLED);
    expect_sentence(bench, "interrupted; flash: 0x08000000-0x08003fff programmed, "
                           "0x08004000-0x080043ff partly programmed, "
                           "0x08004400-0x0800ffff erased, not programmed");
    assert_int_equal(bench->checkpoints, 28);
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    bench_job(bench);
    bench_assert_memory(bench, RAM, ram, sizeof ram);
    bench_assert_memory(bench, FLASH, image, 33 * PAGE_SIZE / 2);
    bench_assert_filled(bench, FLASH + 33 * PAGE_SIZE / 2, 0xFF, FLASH_SIZE - 33 * PAGE_SIZE / 2);
    bench->cancel_at = 0;
    load_all(bench, 5);
}

static struct fault_plan refusal;

static void refuse_one(struct bench *bench)
{
    refusal = (struct fault_plan){.kind = FAULT_REFUSED, .at = 1};
    fault_wrap(bench->probe, &refusal);
}

/* What was under way at the cancel is waited for, and did not go well. */
static void what_fails_behind_a_cancel_is_told(void **state)
{
    struct bench *bench = *state;

    load_all(bench, 3);
    bench_fill(image, sizeof image, 5);
    bench->cancel_at = bench->act_at = 24; /* among the pages, one under way */
    bench->act = refuse_one;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_FAULT);
    bench->probe->driver = refusal.inner;
    assert_null(strstr(bench->job.text, "interrupted"));
    assert_non_null(strstr(bench->job.text, "FAULT"));
}

static bool nobody(void *user)
{
    (void)user;
    return false;
}

/* The core is halted for others only; what needs no halt goes on as it did. */
static void no_pauses_for_nobody(void **state)
{
    struct bench *bench = *state;
    unsigned checkpoints;

    bench_fill(image, sizeof image, 8);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    checkpoints = bench->checkpoints;
    bench_fill(image, sizeof image, 9);
    bench->waiting = nobody;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    bench->waiting = NULL;
    assert_in_range(bench->checkpoints, 1, checkpoints - 20);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void press_reset(struct bench *bench)
{
    bench_hands(bench, "nrst", "press");
    clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_hands(bench, "nrst", "release");
}

#define DHCSR_ADDRESS 0xE000EDF0u

static bool stands(struct bench *bench)
{
    struct ops ops;
    uint32_t dhcsr = 0;

    ops_init(&ops, bench->probe);
    ops_read32(&ops, DHCSR_ADDRESS, &dhcsr);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    return (dhcsr & DHCSR_S_HALT) != 0;
}

static void begin_for_nobody_else(struct bench *bench)
{
    bench->waiting = nobody;
    bench_job(bench);
    bench_fill(image, sizeof image, 10);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH, image, 4 * PAGE_SIZE), ERR_OK);
    assert_false(stands(bench));
}

static void a_core_at_work_between_packets_stands_for_others(void **state)
{
    struct bench *bench = *state;
    uint32_t word = 0;

    begin_for_nobody_else(bench);
    clock_sleep_us(probe_clock(bench->probe), 500000);
    assert_int_equal(flash_write(bench->flash, FLASH + 4 * PAGE_SIZE, image + 4 * PAGE_SIZE,
                                 FLASH_SIZE - 4 * PAGE_SIZE),
                     ERR_OK);
    flash_stand(bench->flash);
    assert_true(stands(bench));
    assert_int_equal(target_read_width(bench->target, RAM, 4, &word, 1), ERR_OK);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    flash_close(bench->flash);
    bench->flash = NULL;
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void a_core_at_work_between_packets_stands_at_the_end(void **state)
{
    struct bench *bench = *state;

    begin_for_nobody_else(bench);
    flash_close(bench->flash);
    bench->flash = NULL;
    assert_true(stands(bench));
    load_all(bench, 11);
}

static void a_reset_of_a_core_at_work_between_packets_is_told(void **state)
{
    struct bench *bench = *state;
    struct target_stop stop;

    begin_for_nobody_else(bench);
    press_reset(bench);
    assert_int_equal(flash_done(bench->flash), ERR_RESET_LOST);
    flash_close(bench->flash);
    bench->flash = NULL;
    bench_job(bench);
    assert_int_equal(target_halt(bench->target, &stop), ERR_OK);
    load_all(bench, 12);
}

static void what_fails_when_a_core_at_work_shall_stand_is_told_by_the_next_call(void **state)
{
    struct bench *bench = *state;

    begin_for_nobody_else(bench);
    press_reset(bench);
    flash_stand(bench->flash);
    assert_int_equal(bench->job.err, ERR_OK);
    assert_int_equal(flash_done(bench->flash), ERR_RESET_LOST);
    assert_non_null(strstr(bench->job.text, "the target was reset"));
}

static void slices_are_short(void **state)
{
    struct bench *bench = *state;

    load_all(bench, 6);
    for (uint32_t i = 0; i < FLASH_SIZE; i += 3 * PAGE_SIZE)
        image[i] ^= 0xFF; /* every third page: erased one by one */
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    print_message("longest slice %.1f ms\n", (double)bench->longest_us / 1000);
    assert_true(bench->longest_us < 50000);
    load_all(bench, 7);
    print_message("longest slice %.1f ms\n", (double)bench->longest_us / 1000);
    assert_true(bench->longest_us < 50000);
}

static void pull_the_plug(struct bench *bench)
{
    bench_hands(bench, "power", "off");
}

static void a_lost_target_is_told_and_found_again(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 8);
    bench->act_at = 8;
    bench->act = pull_the_plug;
    assert_int_not_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    print_message("%s\n", bench->job.text);
    assert_non_null(strstr(bench->job.text, "; flash: 0x08000000-"));
    assert_non_null(strstr(bench->job.text, "partly programmed"));
    bench->act_at = 0;
    bench_job(bench);
    bench_hands(bench, "power", "on");
    assert_int_equal(target_connect(bench->target, TARGET_CONNECT_NORMAL), ERR_OK);
    load_all(bench, 8);
}

static void a_reset_in_mid_load_is_told(void **state)
{
    struct bench *bench = *state;
    struct target_stop stop;

    bench_fill(image, sizeof image, 9);
    bench->act_at = 8;
    bench->act = press_reset;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_RESET_LOST);
    print_message("%s\n", bench->job.text);
    bench->act_at = 0;
    bench_job(bench);
    assert_int_equal(target_halt(bench->target, &stop), ERR_OK);
    load_all(bench, 9);
}

/* What was under way then is in doubt. */
static void a_reset_between_packets_is_told(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 9);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH, image, 4 * PAGE_SIZE), ERR_OK);
    press_reset(bench);
    assert_int_equal(
        flash_write(bench->flash, FLASH + 4 * PAGE_SIZE, image + 4 * PAGE_SIZE, 4 * PAGE_SIZE),
        ERR_RESET_LOST);
    expect_sentence(bench, "the target was reset (by its program, a watchdog or NRST); breakpoints "
                           "are kept, the core is halted; flash: 0x08000000-0x08000bff programmed, "
                           "0x08000c00-0x08000fff partly programmed");
}

/* Another client's look takes what told of the reset. */
static void a_reset_that_another_saw_is_told(void **state)
{
    struct bench *bench = *state;
    struct target_stop stop;

    bench_fill(image, sizeof image, 9);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH, image, 4 * PAGE_SIZE), ERR_OK);
    press_reset(bench);
    assert_int_equal(target_measure(bench->target, &stop), ERR_RESET_LOST);
    bench_job(bench);
    assert_int_equal(
        flash_write(bench->flash, FLASH + 4 * PAGE_SIZE, image + 4 * PAGE_SIZE, 4 * PAGE_SIZE),
        ERR_RESET_LOST);
    expect_sentence(bench, "the target was reset in the middle of the load: load it again; flash: "
                           "0x08000000-0x08000bff programmed, 0x08000c00-0x08000fff partly "
                           "programmed");
}

/* A packet is answered when it is handed over: what becomes of it the next answer tells. */
static void what_fails_behind_a_packet_is_told_by_the_next(void **state)
{
    struct bench *bench = *state;

    protect_pages_8_to_11(bench);
    bench_fill(image, sizeof image, 9);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH, image, 4 * PAGE_SIZE), ERR_OK);
    assert_int_equal(
        flash_write(bench->flash, FLASH + 8 * PAGE_SIZE, image + 8 * PAGE_SIZE, PAGE_SIZE), ERR_OK);
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(flash_done(bench->flash), ERR_PROTECTED);
    expect_sentence(bench,
                    "0x08002000 is write protected by the option bytes (FLASH_WRPR 0xfffffffb); "
                    "flash: 0x08000000-0x08000fff programmed");
}

static void write_pages(struct bench *bench, uint32_t first, uint32_t count)
{
    assert_int_equal(flash_write(bench->flash, FLASH + first * PAGE_SIZE, image + first * PAGE_SIZE,
                                 count * PAGE_SIZE),
                     ERR_OK);
}

/* The core stays with the loader between packets: registers that are written meanwhile reach the
 * program, and what cannot wait is refused. */
static void registers_written_between_packets_do_not_reach_the_loader(void **state)
{
    enum { PC = 15, PRIMASK = 19 };
    struct bench *bench = *state;
    uint64_t value = 0;

    bench_fill(image, sizeof image, 11);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    write_pages(bench, 0, 4);
    assert_int_equal(target_write_register(bench->target, PC, FLASH + 0x100), ERR_OK);
    assert_int_equal(target_write_register(bench->target, PRIMASK, 1), ERR_BUSY);
    bench_job(bench);
    write_pages(bench, 4, 4);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    bench_assert_memory(bench, FLASH, image, 8 * PAGE_SIZE);
    assert_int_equal(target_write_register(bench->target, PRIMASK, 1), ERR_OK);
    assert_int_equal(target_read_register(bench->target, PC, &value), ERR_OK);
    assert_int_equal(value, FLASH + 0x100);
}

/* It would run them, and put what was there before over them at its end. */
static void bytes_written_between_packets_do_not_reach_the_loader(void **state)
{
    struct bench *bench = *state;
    const uint8_t bytes[] = {1, 2, 3, 4};

    bench_fill(image, sizeof image, 15);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    write_pages(bench, 0, 4);
    assert_int_equal(target_write(bench->target, RAM + 0x20, bytes, 4), ERR_BUSY);
    bench_job(bench);
    assert_int_equal(target_write_width(bench->target, RAM + 0x20, 4, bytes, 1), ERR_BUSY);
    bench_job(bench);
    assert_int_equal(target_write(bench->target, RAM + 0x4FF0, bytes, 4), ERR_OK);
    write_pages(bench, 4, 4);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    flash_close(bench->flash);
    bench->flash = NULL;
    bench_assert_memory(bench, FLASH, image, 8 * PAGE_SIZE);
    assert_int_equal(target_write(bench->target, RAM + 0x20, bytes, 4), ERR_OK);
    bench_assert_memory(bench, RAM + 0x20, bytes, 4);
}

/* Readers get what the program has there. */
static void the_loader_is_not_seen_in_ram(void **state)
{
    struct bench *bench = *state;
    static uint8_t ram[8192];
    uint32_t word, crc = 0;

    bench_fill(ram, sizeof ram, 17);
    bench_fill(image, sizeof image, 15);
    assert_int_equal(target_write(bench->target, RAM, ram, sizeof ram), ERR_OK);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    write_pages(bench, 0, 4);
    bench_assert_memory(bench, RAM, ram, sizeof ram);
    bench_assert_memory(bench, RAM + 21, ram + 21, 3);
    assert_int_equal(target_read_width(bench->target, RAM + 0x20, 4, &word, 1), ERR_OK);
    assert_memory_equal(&word, ram + 0x20, 4);
    assert_int_equal(target_crc(bench->target, RAM, sizeof ram, &crc), ERR_OK);
    assert_int_equal(crc, crc32_add(CRC32_START, ram, sizeof ram));
    write_pages(bench, 4, 4);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    bench_assert_memory(bench, FLASH, image, 8 * PAGE_SIZE);
    bench_assert_memory(bench, RAM, ram, sizeof ram);
}

/* The debug units and C_MASKINTS outlive a system reset. */
static void after_a_reset_breakpoints_and_interrupts_work(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 16);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    write_pages(bench, 0, 4);
    press_reset(bench);
    assert_int_equal(flash_write(bench->flash, FLASH + 4 * PAGE_SIZE, image, PAGE_SIZE),
                     ERR_RESET_LOST);
    bench_job(bench);
    flash_close(bench->flash);
    bench->flash = NULL;
    bench_job(bench);
    assert_int_equal(bench_word(bench, 0xE0002000) & 1, 1); /* FP_CTRL.ENABLE */
    assert_int_equal(bench_word(bench, 0xE000EDF0) & 8, 0); /* DHCSR.C_MASKINTS */
}

/* That brought what others have set onto the chip, in the way of the loader. */
static void a_gdb_that_leaves_between_packets_does_not_stop_the_loader(void **state)
{
    struct bench *bench = *state;
    uint8_t before[1024], after[1024];

    bench_fill(image, sizeof image, 12);
    bench_fill(before, sizeof before, 13);
    assert_int_equal(target_write(bench->target, RAM, before, sizeof before), ERR_OK);
    assert_int_equal(target_watchpoint_set(bench->target, 1, WATCH_ACCESS, RAM + 0x200, 4), ERR_OK);
    assert_int_equal(target_breakpoint_set(bench->target, 1, BREAKPOINT_SW, RAM + 0x44, 2), ERR_OK);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    write_pages(bench, 0, 4);
    assert_int_equal(target_breakpoints_drop_owner(bench->target, 2), ERR_OK);
    write_pages(bench, 4, 4);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    bench_assert_memory(bench, FLASH, image, 8 * PAGE_SIZE);
    assert_int_equal(target_breakpoints_drop_owner(bench->target, 1), ERR_OK);
    assert_int_equal(target_read(bench->target, RAM, after, sizeof after, NULL), ERR_OK);
    assert_memory_equal(after, before, sizeof after);
}

/* Behind everybody's back: debuggers are refused there. */
static void clear_ram(struct bench *bench, uint32_t address, uint32_t size)
{
    static const uint8_t zeros[2048];
    struct ops ops;

    ops_init(&ops, bench->probe);
    ops_write(&ops, address, 4, zeros, size / 4);
    assert_int_equal(ops_flush(&ops), ERR_OK);
}

/* The middle of a page in each of them. */
static void spoil_the_buffers(struct bench *bench)
{
    clear_ram(bench, RAM + 0x280, 256);
    clear_ram(bench, RAM + 0x780, 256);
}

/* As DMA of the program would. */
static void spoilt_data_does_not_pass_verification(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 10);
    bench->act_at = 8;
    bench->act = spoil_the_buffers;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_VERIFY);
    print_message("%s\n", bench->job.text);
    assert_non_null(strstr(bench->job.text, " holds 0x00, 0x"));
    bench->act_at = 0;
    load_all(bench, 10);
}

static void spoil_the_code(struct bench *bench)
{
    clear_ram(bench, RAM, 2048);
}

static void a_spoilt_routine_is_stopped(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 11);
    bench->act_at = 8;
    bench->act = spoil_the_code;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_LOADER);
    print_message("%s\n", bench->job.text);
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    bench->act_at = 0;
    load_all(bench, 11);
}

static void look_around(struct bench *bench)
{
    uint8_t bytes[64];
    uint64_t pc;

    assert_int_equal(target_read(bench->target, RAM + 0x2000, bytes, sizeof bytes, NULL), ERR_OK);
    assert_int_equal(target_read(bench->target, FLASH, bytes, sizeof bytes, NULL), ERR_OK);
    assert_int_equal(target_read_register(bench->target, 15, &pc), ERR_OK);
    assert_int_not_equal(pc & 0xFF000000, RAM); /* the program's, not the routine's */
}

static void others_may_look_between_slices(void **state)
{
    struct bench *bench = *state;

    bench->act = look_around;
    for (unsigned at = 1; at < 20; at += 6) {
        bench->act_at = at;
        load_all(bench, 12 + at);
    }
}

static void let_it_run(struct bench *bench)
{
    assert_int_equal(target_resume(bench->target), ERR_OK);
}

static void a_core_set_free_by_others_ends_the_load(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 13);
    bench->act_at = 8;
    bench->act = let_it_run;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_NOT_HALTED);
    assert_non_null(strstr(bench->job.text, "another session let the core run meanwhile; flash: "));
    assert_int_equal(bench_word(bench, 0x40022010), 0x80); /* locked */
}

static void after_an_error_only_closing_is_left(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 14);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    bench->cancel_at = 3;
    assert_int_equal(flash_write(bench->flash, FLASH, image, 8 * PAGE_SIZE), ERR_CANCELLED);
    bench_job(bench);
    assert_int_equal(flash_done(bench->flash), ERR_FLASH);
    expect_sentence(bench, "this programming session failed before; begin a new one");
}

static void other_families_are_named(void **state)
{
    struct bench *bench = *state;

    bench->target->chip.dev_id = 0x028;
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_UNSUPPORTED);
    assert_non_null(strstr(bench->job.text, "STM32WB05"));
    bench_job(bench);
    bench->target->chip.dev_id = 0xFFF;
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_UNSUPPORTED);
    assert_non_null(strstr(bench->job.text, "0xfff"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(a_protected_chip_is_refused_before_anything_happens),
        TEST(a_write_protected_page_is_named),
        TEST(protection_elsewhere_does_not_matter),
        TEST(a_controller_blocked_by_a_wrong_key_is_explained),
        TEST(a_cancel_takes_effect_at_once_and_says_what_is_left),
        TEST(what_fails_behind_a_cancel_is_told),
        TEST(the_loader_is_not_seen_in_ram),
        TEST(no_pauses_for_nobody),
        TEST(a_core_at_work_between_packets_stands_for_others),
        TEST(a_core_at_work_between_packets_stands_at_the_end),
        TEST(a_reset_of_a_core_at_work_between_packets_is_told),
        TEST(what_fails_when_a_core_at_work_shall_stand_is_told_by_the_next_call),
        TEST(slices_are_short),
        TEST(a_lost_target_is_told_and_found_again),
        TEST(a_reset_in_mid_load_is_told),
        TEST(a_reset_between_packets_is_told),
        TEST(a_reset_that_another_saw_is_told),
        TEST(what_fails_behind_a_packet_is_told_by_the_next),
        TEST(registers_written_between_packets_do_not_reach_the_loader),
        TEST(bytes_written_between_packets_do_not_reach_the_loader),
        TEST(after_a_reset_breakpoints_and_interrupts_work),
        TEST(a_gdb_that_leaves_between_packets_does_not_stop_the_loader),
        TEST(spoilt_data_does_not_pass_verification),
        TEST(a_spoilt_routine_is_stopped),
        TEST(others_may_look_between_slices),
        TEST(a_core_set_free_by_others_ends_the_load),
        TEST(after_an_error_only_closing_is_left),
        TEST(other_families_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

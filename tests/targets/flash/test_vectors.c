/* SPDX-License-Identifier: MIT */
/* What keeps a program in flash from running, by its vector table: told by the stop behind a reset.
 */
#include <string.h>

#include "base/bytes.h"
#include "flash_bench.h"

enum { SIZE = 64 };

static void assert_told(struct bench *bench, uint32_t at, uint32_t stack, uint32_t reset,
                        const char *says)
{
    uint8_t program[SIZE];
    static uint8_t blank[FLASH_SIZE];

    memset(blank, 0xFF, sizeof blank);
    memset(program, 0, sizeof program);
    put_le32(program, stack);
    put_le32(program + 4, reset);
    put_le16(program + 8, 0xE7FE); /* b . */
    assert_int_equal(bench_load(bench, FLASH, blank, sizeof blank, NULL), ERR_OK);
    assert_int_equal(bench_load(bench, at, program, sizeof program, NULL), ERR_OK);
    bench_job(bench);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    const struct target_stop *stop = target_last_reset(bench->target);
    assert_int_equal(stop->reason, STOP_RESET);
    assert_int_equal(stop->misled, says != NULL);
    assert_non_null(strstr(stop->text, says ? says : "halted after reset"));
}

static void what_keeps_a_program_from_running_is_named(void **state)
{
    static const struct {
        uint32_t at, stack, reset;
        const char *says; /* NULL: nothing does */
    } cases[] = {
        {FLASH, 0x20005000, 0x08000009, NULL},
        {FLASH, 0x20000004, 0x00000009, NULL}, /* linked at 0 */
        {FLASH + 0x2000, 0x20005000, 0x08002009,
         "the program begins at 0x08002000 and needs its boot loader"},
        {FLASH + 0xD000, 0x20005000, 0x0800D009, "0xffffffff: the flash is empty, or its program"},
        {FLASH, 0x20005000, 0x08012345, "0x08012344 is behind the end of the flash"},
        {FLASH, 0x20005000, 0x00012345, "0x00012344 is behind the end of the flash"},
        {FLASH, 0x20005000, 0x40021001, "there is no code at 0x40021000"},
        {FLASH, 0x20005000, 0x08000008, "bit 0 of a reset vector has to be set"},
        {FLASH, 0x20005000, 0x08005001, "the flash at 0x08005000 is erased"},
        {FLASH, 0x2000FF00, 0x08000009,
         "the stack begins at 0x2000ff00, but RAM ends at 0x20004fff"},
        {FLASH, 0x20005004, 0x08000009,
         "the stack begins at 0x20005004, but RAM ends at 0x20004fff"},
        {FLASH, 0x20000000, 0x08000009, "the stack begins at 0x20000000, but RAM"},
        {FLASH, 0x60000000, 0x08000009, "there is no RAM for a stack at 0x60000000"},
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_told(bench, cases[i].at, cases[i].stack, cases[i].reset, cases[i].says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
        what_keeps_a_program_from_running_is_named, bench_up, bench_down)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Whatever operation of a load fails: registers, debug units and RAM are the program's again. */
#include <string.h>

#include "flash_bench.h"
#include "probe/fault_injection.h"
#include "probe/ops.h"

enum { LENGTH = 2 * PAGE_SIZE, RAM_LENGTH = 8192, EACH = 60, OPERATIONS_MAX = 3000 };
enum { PRIMASK = 19 };
#define SYST_CSR 0xE000E010u
#define FP_CTRL 0xE0002000u
#define DHCSR 0xE000EDF0u
#define DBGMCU_CR 0xE0042004u
#define DBGMCU_WATCHDOGS 0x300u /* IWDG_STOP, WWDG_STOP */
#define DHCSR_C_MASKINTS 8u
#define SYSTICK_ON 5u /* the core's clock, no interrupt */

static uint8_t image[LENGTH], ram[RAM_LENGTH];

/* What a program has, as the chip holds it. */
struct belongings {
    uint32_t registers[13], lr, pc, xpsr, msp, psp, special;
    uint32_t systick, fp_ctrl, dhcsr, dbgmcu;
    uint8_t ram[RAM_LENGTH];
};

static void look(struct bench *bench, struct belongings *now)
{
    struct ops ops;

    memset(now, 0, sizeof *now);
    ops_init(&ops, bench->probe);
    for (unsigned i = 0; i < 13; i++)
        ops_reg_read(&ops, i, &now->registers[i]);
    ops_reg_read(&ops, 14, &now->lr);
    ops_reg_read(&ops, 15, &now->pc);
    ops_reg_read(&ops, 16, &now->xpsr);
    ops_reg_read(&ops, 17, &now->msp);
    ops_reg_read(&ops, 18, &now->psp);
    ops_reg_read(&ops, 20, &now->special);
    ops_read32(&ops, SYST_CSR, &now->systick);
    ops_read32(&ops, FP_CTRL, &now->fp_ctrl);
    ops_read32(&ops, DHCSR, &now->dhcsr);
    ops_read32(&ops, DBGMCU_CR, &now->dbgmcu);
    ops_read(&ops, RAM, 4, now->ram, RAM_LENGTH / 4);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    now->systick &= 7; /* COUNTFLAG comes and goes */
    now->dhcsr &= DHCSR_C_MASKINTS;
}

static void begin(struct bench *bench)
{
    uint32_t on = SYSTICK_ON;

    bench_job(bench);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    bench_fill(ram, sizeof ram, 7);
    assert_int_equal(target_write(bench->target, RAM, ram, sizeof ram), ERR_OK);
    assert_int_equal(target_write_width(bench->target, SYST_CSR, 4, &on, 1), ERR_OK);
    assert_int_equal(target_write_register(bench->target, PRIMASK, 1), ERR_OK);
}

static enum err broken_at(struct bench *bench, enum fault_kind kind, unsigned at, bool *struck)
{
    struct fault_plan plan = {.kind = kind, .at = at};

    fault_wrap(bench->probe, &plan);
    enum err err = bench_load(bench, FLASH, image, sizeof image, NULL);
    bench->probe->driver = plan.inner;
    *struck = plan.seen >= at;
    return err;
}

static void all_is_given_back(struct bench *bench, enum fault_kind kind)
{
    static struct belongings before, after;
    unsigned failed = 0;
    bool struck = true;

    for (unsigned at = 1; struck; at += at < EACH ? 1 : 1 + at / 16) {
        assert_true(at < OPERATIONS_MAX);
        begin(bench);
        bench_fill(image, sizeof image, at);
        look(bench, &before);
        enum err err = broken_at(bench, kind, at, &struck);
        failed += err != ERR_OK;
        look(bench, &after);
        if (memcmp(&before, &after, sizeof before) != 0)
            fail_msg(
                "operation %u: FP_CTRL %x, SYST_CSR %x, xPSR %x, special %x, pc %x, RAM %s: %s", at,
                after.fp_ctrl, after.systick, after.xpsr, after.special, after.pc,
                memcmp(before.ram, after.ram, sizeof before.ram) ? "differs" : "is right",
                bench->job.text);
    }
    assert_true(failed > EACH);
}

static void after_a_time_limit_all_is_given_back(void **state)
{
    all_is_given_back(*state, FAULT_TIMEOUT);
}

static void after_a_refusal_all_is_given_back(void **state)
{
    all_is_given_back(*state, FAULT_REFUSED);
}

/* From some moment on nothing goes well: what failed and what was left are both told. */
static struct fault_plan hopeless;

static void all_hope_is_gone(struct bench *bench)
{
    hopeless = (struct fault_plan){.kind = FAULT_TIMEOUT, .seed = 1, .one_in = 1};
    fault_wrap(bench->probe, &hopeless);
}

static void what_could_not_be_given_back_is_told_too(void **state)
{
    struct bench *bench = *state;

    begin(bench);
    bench_fill(image, sizeof image, 1);
    bench->act_at = 2;
    bench->act = all_hope_is_gone;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_TIMEOUT);
    bench->probe->driver = hopeless.inner;
    assert_non_null(strstr(bench->job.text, "injected: time limit passed; nor could what the "
                                            "program had be put back: injected: time limit passed; "
                                            "flash: "));
}

/* Where a routine begins or goes on it finds this instead: it changes a register that it never
 * would, and does not end. */
static void lead_astray(struct bench *bench)
{
    enum { MOV_LR_R0 = 0x4686, B_SELF = 0xE7FE, LENGTH_16 = 256 };
    uint16_t code[LENGTH_16];
    struct ops ops;

    for (size_t i = 0; i < LENGTH_16; i++)
        code[i] = i + 1 < LENGTH_16 ? MOV_LR_R0 : B_SELF;
    ops_init(&ops, bench->probe);
    ops_write(&ops, RAM + 32, 2, code, LENGTH_16);
    assert_int_equal(ops_flush(&ops), ERR_OK);
}

static void after_a_routine_went_astray_all_is_given_back(void **state)
{
    static struct belongings before, after;
    struct bench *bench = *state;
    unsigned at = 0;
    enum err err;

    do {
        begin(bench);
        bench_fill(image, sizeof image, at);
        look(bench, &before);
        bench->act_at = ++at;
        bench->act = lead_astray;
        err = bench_load(bench, FLASH, image, sizeof image, NULL);
        look(bench, &after);
        assert_int_equal(after.lr, before.lr);
        assert_memory_equal(&before, &after, sizeof before);
    } while (err == ERR_LOADER);
    assert_int_equal(err, ERR_OK); /* the last checkpoint, or none any more */
    assert_in_range(at, 4, 100);
}

static uint32_t frozen;

static void look_at_the_freeze(struct bench *bench)
{
    struct ops ops;

    ops_init(&ops, bench->probe);
    ops_read32(&ops, DBGMCU_CR, &frozen);
    assert_int_equal(ops_flush(&ops), ERR_OK);
}

/* As a program may. */
static void let_watchdogs_go(struct bench *bench)
{
    struct ops ops;

    look_at_the_freeze(bench);
    ops_init(&ops, bench->probe);
    ops_write32(&ops, DBGMCU_CR, frozen & ~DBGMCU_WATCHDOGS);
    assert_int_equal(ops_flush(&ops), ERR_OK);
}

/* They would bite while the core runs a routine instead of the program that feeds them. */
static void watchdogs_stand_during_a_load_and_not_behind_it(void **state)
{
    static struct belongings before, after;
    struct bench *bench = *state;

    begin(bench);
    bench_fill(image, sizeof image, 1);
    let_watchdogs_go(bench);
    look(bench, &before);
    assert_int_equal(before.dbgmcu & DBGMCU_WATCHDOGS, 0);
    bench->act_at = 2;
    bench->act = look_at_the_freeze;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    assert_int_equal(frozen & DBGMCU_WATCHDOGS, DBGMCU_WATCHDOGS);
    look(bench, &after);
    assert_int_equal(after.dbgmcu, before.dbgmcu);
}

/* RAM is saved and given back piece by piece around a routine that looks there for its orders, and
 * the program may have had there what looks like one: of the block that comes next, or any other.
 */
static void what_the_program_has_in_ram_is_no_order(void **state)
{
    enum { SIZE = 2 * 1024, BLOCKS = SIZE / 512, WORDS = RAM_LENGTH / 4 };
    enum { ELSEWHERE = FLASH + 0x4000 };
    static uint8_t large[SIZE];
    struct bench *bench = *state;
    uint32_t words[WORDS];

    for (uint32_t i = 0; i < 2 * (BLOCKS + 3); i++) {
        bench_job(bench);
        assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
        assert_int_equal(flash_erase_now(bench->target, 0, 0), ERR_OK);
        for (uint32_t at = 0; at < WORDS; at++)
            words[at] = (at ^ i) & 1 ? ELSEWHERE : i / 2 << 16 | 512;
        assert_int_equal(target_write(bench->target, RAM, words, sizeof words), ERR_OK);
        bench_fill(large, sizeof large, i);
        bench_loaded(bench, FLASH, large, sizeof large);
        bench_assert_memory(bench, FLASH, large, sizeof large);
        bench_assert_filled(bench, ELSEWHERE, 0xFF, 512);
        bench_assert_memory(bench, RAM, (const uint8_t *)words, sizeof words);
    }
}

/* The flash waits for the wire. */
static int up_behind_a_slow_wire(void **state)
{
    return bench_up_at(state, "bluepill", 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(after_a_time_limit_all_is_given_back),
        TEST(after_a_refusal_all_is_given_back),
        TEST(what_could_not_be_given_back_is_told_too),
        TEST(after_a_routine_went_astray_all_is_given_back),
        TEST(watchdogs_stand_during_a_load_and_not_behind_it),
        TEST(what_the_program_has_in_ram_is_no_order),
        cmocka_unit_test_setup_teardown(what_the_program_has_in_ram_is_no_order,
                                        up_behind_a_slow_wire, bench_down),
    };

    return cmocka_run_group_tests_name("given_back", tests, NULL, NULL);
}

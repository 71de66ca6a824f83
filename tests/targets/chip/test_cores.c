/* SPDX-License-Identifier: MIT */
/* Every kind of core that an STM32 has, and every chip of the table: named, sized, halted, its
 * registers read. */
#include <stdio.h>

#include "chip/chips.h"
#include "core/core.h"
#include "fake_chip.h"
#include "flash/controller.h"
#include "flash/driver.h"
#include "flash/flash.h"
#include "flash/loader.h"
#include "target.h"

#define CPUID 0xE000ED00u
#define FP_CTRL 0xE0002000u
#define FP_COMP0 0xE0002008u
#define DWT_CTRL 0xE0001000u
#define DWT_MASK0 0xE0001024u
#define DWT_FUNCTION0 0xE0001028u
#define MVFR0 0xE000EF40u
#define ID_PFR1 0xE000ED44u
#define DSCSR 0xE000EE08u

enum { REGS_V6M = 21, REGS_V7M = 23, REGS_FPU = 40, REGS_LIMITS = 2, REGS_BANKS = 8 };

static const struct kind {
    const char *name;
    uint16_t bit; /* enum chip_core */
    uint32_t cpuid, fp_ctrl, dwt_ctrl, mvfr0;
    unsigned breakpoints, watchpoints, registers;
} kinds[] = {
    {"Cortex-M0", CHIP_M0, 0x410CC200, 0x40, 0x20000000, 0, 4, 2, REGS_V6M},
    {"Cortex-M0+", CHIP_M0P, 0x410CC601, 0x40, 0x20000000, 0, 4, 2, REGS_V6M},
    {"Cortex-M3", CHIP_M3, 0x411FC231, 0x260, 0x40000000, 0, 6, 4, REGS_V7M},
    {"Cortex-M4", CHIP_M4, 0x410FC241, 0x260, 0x40000000, 0x10110021, 6, 4, REGS_FPU},
    {"Cortex-M4", 0, 0x410FC241, 0x260, 0x40000000, 0, 6, 4, REGS_V7M},
    {"Cortex-M7", CHIP_M7, 0x411FC271, 0x10000080, 0x40000000, 0x10110221, 8, 4, REGS_FPU},
    {"Cortex-M33", CHIP_M33, 0x410FD214, 0x10000080, 0x40000000, 0x10110021, 8, 4,
     REGS_FPU + REGS_LIMITS},
    {"Cortex-M33", 0, 0x410FD214, 0x10000080, 0x40000000, 0, 8, 4, REGS_V7M + REGS_LIMITS},
    {"Cortex-M55", CHIP_M55, 0x411FD221, 0x10000080, 0x40000000, 0x10110221, 8, 4,
     REGS_FPU + REGS_LIMITS},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct session {
    struct fake_chip fake;
    struct job job;
    struct probe *probe;
    struct target *target;
    struct target_stop stop;
};

static void core(struct fake_chip *fake, const struct kind *kind)
{
    memset(fake, 0, sizeof *fake);
    fake->dpidr = 0x2BA01477;
    fake->fastest_khz = 10000;
    fake->vtref_mv = 3300;
    fake->obeys = true;
    fake_chip_word(fake, CPUID, kind->cpuid);
    fake_chip_word(fake, FP_CTRL, kind->fp_ctrl);
    fake_chip_word(fake, DWT_CTRL, kind->dwt_ctrl);
    fake_chip_word(fake, MVFR0, kind->mvfr0);
    fake_chip_word(fake, ID_PFR1, 0x200);
}

static void start(struct session *s)
{
    s->probe = fake_chip_open(&s->fake, &s->job);
    assert_int_equal(target_create(s->probe, &s->target), ERR_OK);
    enum err err = target_connect(s->target, TARGET_CONNECT_NORMAL);
    if (err)
        fail_msg("%s", job_text(&s->job, err));
}

static void end(struct session *s)
{
    assert_int_equal(target_disconnect(s->target), ERR_OK);
    target_destroy(s->target);
    probe_close(s->probe);
}

static void halt(struct session *s)
{
    assert_int_equal(target_halt(s->target, &s->stop), ERR_OK);
    assert_int_equal(s->stop.reason, STOP_REQUEST);
}

static uint32_t word_of(const struct fake_chip *fake, uint32_t address)
{
    for (size_t i = 0; i < fake->count; i++)
        if (fake->words[i].address == address)
            return fake->words[i].value;
    return 0;
}

static uint64_t reg(struct session *s, const char *name)
{
    size_t count;
    uint64_t value = 0;
    const struct target_register *table = target_registers(s->target, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0) {
            assert_int_equal(target_read_register(s->target, i, &value), ERR_OK);
            return value;
        }
    fail_msg("no register %s", name);
    return 0;
}

static void each_core_is_sized_and_halted(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        const struct kind *kind = &kinds[i];
        struct session s;
        size_t count;

        core(&s.fake, kind);
        start(&s);
        const struct target_core *core = target_core(s.target);
        assert_string_equal(core->name, kind->name);
        assert_int_equal(core->breakpoints, kind->breakpoints);
        assert_int_equal(core->watchpoints, kind->watchpoints);
        target_registers(s.target, &count);
        assert_int_equal(count, kind->registers);
        halt(&s);
        assert_int_equal(reg(&s, "pc"), 0x100F);
        assert_int_equal(reg(&s, "psp"), 0x1012);
        if (kind->registers == REGS_FPU) {
            assert_true(reg(&s, "d15") == (0x105Full << 32 | 0x105E));
            assert_int_equal(reg(&s, "fpscr"), 0x1021);
        }
        end(&s);
    }
}

/* The second revision of the breakpoint unit holds any address, the first one the code area's. */
static void breakpoints_by_revision(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        bool v2 = kinds[i].fp_ctrl >> 28 != 0;
        struct session s;

        core(&s.fake, &kinds[i]);
        start(&s);
        halt(&s);
        assert_int_equal(target_breakpoint_set(s.target, 0, BREAKPOINT_HW, 0x08000102, 2), ERR_OK);
        assert_int_equal(target_breakpoint_set(s.target, 0, BREAKPOINT_HW, 0x90000000, 2),
                         v2 ? ERR_OK : ERR_NO_RESOURCE);
        assert_int_equal(target_resume(s.target), ERR_OK);
        assert_int_equal(word_of(&s.fake, FP_COMP0), v2 ? 0x08000103 : 0x88000101);
        assert_int_equal(word_of(&s.fake, FP_CTRL) & 3, 3);
        end(&s);
    }
}

/* Writes to a word: FUNCTION of either kind, and no MASK where there is none. */
static void watchpoints_by_architecture(void **state)
{
    enum { OLDER = 6, WRITE_STOP_WORD = 5 | 1 << 4 | 2 << 10 };

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        bool armv8m = (kinds[i].cpuid >> 4 & 0xFF0) == 0xD20;
        struct session s;

        core(&s.fake, &kinds[i]);
        start(&s);
        halt(&s);
        assert_int_equal(target_watchpoint_set(s.target, 0, WATCH_WRITE, 0x20000000, 4), ERR_OK);
        assert_int_equal(target_resume(s.target), ERR_OK);
        assert_int_equal(word_of(&s.fake, DWT_FUNCTION0), armv8m ? WRITE_STOP_WORD : OLDER);
        assert_int_equal(word_of(&s.fake, DWT_MASK0), armv8m ? 0 : 2);
        end(&s);
    }
}

/* An STM32 with TZEN set. */
static void security_is_seen_and_told(void **state)
{
    static const struct {
        uint32_t dscsr, sde;
        enum target_security security;
    } rows[] = {
        {1u << 16, 1u << 20, TARGET_SECURE},
        {0, 1u << 20, TARGET_NONSECURE},
        {0, 0, TARGET_NONSECURE_ONLY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum target_security security = TARGET_ONE_STATE;
        struct session s;
        size_t count;

        core(&s.fake, &kinds[6]);
        fake_chip_word(&s.fake, ID_PFR1, 0x210);
        fake_chip_word(&s.fake, DSCSR, rows[i].dscsr);
        s.fake.dhcsr_more = rows[i].sde;
        start(&s);
        halt(&s);
        target_registers(s.target, &count);
        assert_int_equal(count, REGS_FPU + REGS_BANKS);
        assert_int_equal(reg(&s, "psplim_ns"), 0x1000 + 31);
        assert_int_equal(reg(&s, "msp_s"), 0x1000 + 26);
        assert_int_equal(target_security(s.target, &security), ERR_OK);
        assert_int_equal(security, rows[i].security);
        end(&s);
    }
}

static void without_it_there_is_one_state(void **state)
{
    enum target_security security = TARGET_SECURE;
    struct session s;

    (void)state;
    core(&s.fake, &kinds[6]);
    fake_chip_word(&s.fake, ID_PFR1, 0x200);
    start(&s);
    assert_int_equal(target_security(s.target, &security), ERR_OK);
    assert_int_equal(security, TARGET_ONE_STATE);
    end(&s);
}

static void nobody_behind_any_port(void **state)
{
    struct session s;

    (void)state;
    core(&s.fake, &kinds[0]);
    s.fake.core_ap = 7;
    s.probe = fake_chip_open(&s.fake, &s.job);
    assert_int_equal(target_create(s.probe, &s.target), ERR_OK);
    assert_int_equal(target_connect(s.target, TARGET_CONNECT_ATTACH), ERR_FAULT);
    assert_non_null(strstr(s.job.text, "AP0 read"));
    assert_int_equal(s.target->core->ops.ap, 0);
    s.fake.core_ap = 1;
    job_clear(&s.job);
    assert_int_equal(target_connect(s.target, TARGET_CONNECT_UNDER_RESET), ERR_OK);
    assert_int_equal(target_state(s.target), TARGET_HALTED);
    assert_int_equal(s.target->core->ops.ap, 1);
    s.fake.core_ap = 0;
    assert_int_equal(target_connect(s.target, TARGET_CONNECT_NORMAL), ERR_OK);
    assert_int_equal(s.target->core->ops.ap, 0);
    end(&s);
}

/* What ends for one core ends for it alone; the power is everybody's. */
static void two_cores_lose_power_together(void **state)
{
    struct session s;

    (void)state;
    core(&s.fake, &kinds[0]);
    start(&s);
    halt(&s);
    struct core *first = &s.target->cores[0], *second = &s.target->cores[1];
    *second = *first;
    s.target->core_count = 2;
    core_new_epoch(second);
    assert_true(regs_are_known(first));
    assert_false(regs_are_known(second));
    assert_int_equal(core_note_loss(second, ERR_FAULT), ERR_FAULT);
    assert_int_equal(first->state, TARGET_HALTED);
    assert_int_equal(second->state, TARGET_HALTED);
    uint32_t power = first->power_epoch;
    assert_int_equal(core_note_loss(second, ERR_POWER), ERR_POWER);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(s.target->cores[i].state, TARGET_ABSENT);
        assert_int_not_equal(s.target->cores[i].power_epoch, power);
    }
    end(&s);
}

/* A word for each register that is read on the way. */
static void chip_words(struct fake_chip *fake, const struct chip *chip)
{
    const struct chip_rdp *rdp = &chip_family(chip)->rdp;

    if (chip->id_address)
        fake_chip_word(fake, chip->id_address, 0x10000000u | chip->dev_id);
    else
        fake_chip_rom(fake, 0x020, chip->dev_id);
    if (chip->flash_size_reg) /* L1 of 384 KiB counts otherwise */
        fake_chip_word(fake, chip->flash_size_reg & ~3u,
                       (chip->dev_id == 0x436 ? 0u : chip->flash_max_kib) * 0x10001u);
    if (rdp->address)
        fake_chip_word(fake, rdp->address, (uint32_t)rdp->open << rdp->shift);
    /* RCC and SYSCFG_MEMRMP of F4 and F7, of L4 and G4: the first bank shows. */
    fake_chip_word(fake, 0x40023844, 1u << 14);
    fake_chip_word(fake, 0x40013800, 0);
    fake_chip_word(fake, 0x40021060, 1u << 0);
    fake_chip_word(fake, 0x40010000, 0);
    if (chip->family == CHIP_H5) { /* which bank is where, and which sectors hold data */
        fake_chip_word(fake, 0x4002201C, 0);
        fake_chip_word(fake, 0x400220F0, 0);
        fake_chip_word(fake, 0x400221F0, 0);
    }
}

/* Where the core is, as far as known; the rest is found at the first port. */
static uint8_t core_ap(const struct chip *chip)
{
    if (chip->cores & CHIP_A7)
        return 2;
    return chip->family == CHIP_H5 || chip->family == CHIP_H7RS || chip->family == CHIP_NO_FLASH ||
           chip->dev_id == 0x4B2;
}

/* Those whose driver, options and simulated board have been judged. */
static bool is_programmed(enum chip_family_id family)
{
    return (family >= CHIP_F0 && family <= CHIP_F7 && family != CHIP_F1_XL) || family == CHIP_L0 ||
           family == CHIP_L1 || family == CHIP_L4 || family == CHIP_G0 || family == CHIP_G4 ||
           family == CHIP_C0 || family == CHIP_U5 || family == CHIP_H5 || family == CHIP_H7 ||
           family == CHIP_WB || family == CHIP_WL;
}

/* Into the chip's RAM; of the L011 that is 2 KiB. */
static void its_loader_fits(struct session *s, const struct flash_driver *driver)
{
    struct flash_controller controller;
    struct loader loader;

    assert_int_equal(controller_init(&controller, s->target, driver), ERR_OK);
    if (loader_init(&loader, &controller) != ERR_OK)
        fail_msg("%s: %s", target_chip(s->target)->name, s->job.text);
}

/* The sentence that a user gets: the chip, what can be done with it and what cannot. */
static void is_refused_by_name(struct session *s, const struct chip *chip)
{
    bool inside = chip->family != CHIP_NO_FLASH;
    struct flash *flash;

    job_clear(&s->job);
    assert_int_equal(flash_open(s->target, &flash), ERR_UNSUPPORTED);
    assert_null(flash);
    assert_int_equal(s->job.err, ERR_UNSUPPORTED);
    assert_memory_equal(s->job.text, chip->name, strlen(chip->name));
    assert_non_null(strstr(s->job.text, "can be debugged, but"));
    assert_int_equal(strstr(s->job.text, "its flash is not programmed yet") != NULL, inside);
    if (inside)
        assert_non_null(strstr(s->job.text, chip_family(chip)->name));
    else
        assert_non_null(strstr(s->job.text, "has no flash inside"));
    job_clear(&s->job);
}

static void flash_is_driven_or_refused_by_name(struct session *s, const struct chip *chip)
{
    const struct flash_driver *driver = flash_driver_for(s->target);
    assert_int_equal(driver != NULL, is_programmed((enum chip_family_id)chip->family));
    if (driver) {
        its_loader_fits(s, driver);
        return;
    }
    is_refused_by_name(s, chip);
}

static void check_chip(const struct chip *chip, const struct kind *kind)
{
    struct session s;

    core(&s.fake, kind);
    chip_words(&s.fake, chip);
    s.fake.core_ap = core_ap(chip);
    start(&s);
    const struct target_chip *found = target_chip(s.target);
    if (strcmp(found->name, chip->name) != 0)
        fail_msg("0x%03x with a %s is taken for %s", chip->dev_id, kind->name, found->name);
    assert_int_equal(found->flash_size, chip->flash_max_kib * 1024);
    const struct target_region *flash = target_region_at(s.target, chip_family(chip)->flash_base);
    if (chip->flash_max_kib)
        assert_true(flash && flash->kind == REGION_FLASH);
    const struct target_region *eeprom = target_region_of(s.target, REGION_EEPROM);
    assert_int_equal(eeprom != NULL, chip->family == CHIP_L0 || chip->family == CHIP_L1);
    assert_true(!eeprom || (eeprom->start == 0x08080000 && eeprom->size >= 0x200));
    if (chip->ram_size) {
        const struct target_region *ram = target_region_at(s.target, chip->ram_base);
        assert_true(ram && ram->kind == REGION_RAM);
    }
    halt(&s);
    assert_int_equal(reg(&s, "pc"), 0x100F);
    flash_is_driven_or_refused_by_name(&s, chip);
    end(&s);
}

/* Of a chip with two, the one that the first access port leads to: the bigger Cortex-M. */
static bool is_first_core(const struct chip *chip, const struct kind *kind)
{
    return (chip->cores & kind->bit) && (chip->cores & ~CHIP_A7) < 2u * kind->bit;
}

static void every_chip_of_the_table(void **state)
{
    (void)state;
    for (size_t c = 0; c < chip_count; c++)
        for (size_t i = 0; i < KINDS; i++)
            if (is_first_core(&chips[c], &kinds[i]))
                check_chip(&chips[c], &kinds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_core_is_sized_and_halted),
        cmocka_unit_test(breakpoints_by_revision),
        cmocka_unit_test(watchpoints_by_architecture),
        cmocka_unit_test(security_is_seen_and_told),
        cmocka_unit_test(without_it_there_is_one_state),
        cmocka_unit_test(every_chip_of_the_table),
        cmocka_unit_test(nobody_behind_any_port),
        cmocka_unit_test(two_cores_lose_power_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

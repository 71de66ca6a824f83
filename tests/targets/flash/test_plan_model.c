/* SPDX-License-Identifier: MIT */
/* Random announcements and writes against a chip of a few lines: whatever the planner decides, the
 * bytes must end as the contract says, no unit may be programmed twice, and nothing may be erased
 * that did not need it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flash/plan.h"

enum { START = 0x08000000, PAGE = 16, SECTOR = 64, SECTORS = 6, SIZE = SECTOR * SECTORS, UNIT = 2 };

static const struct flash_area area = {START, SIZE, SECTOR, 1000};

struct world {
    uint32_t random;
    uint8_t chip[SIZE]; /* what the chip holds */
    uint8_t want[SIZE]; /* what it must hold in the end */
    bool written[SIZE];
    bool announced[SECTORS];
    unsigned erases;
    struct flash_plan plan;
};

static uint32_t random_below(struct world *world, uint32_t limit)
{
    world->random = world->random * 1664525 + 1013904223;
    return (world->random >> 8) % limit;
}

static void erase(struct world *world, unsigned sector)
{
    memset(world->chip + sector * SECTOR, 0xFF, SECTOR);
    world->erases++;
}

static void program(struct world *world, uint32_t offset, const uint8_t *bytes)
{
    for (uint32_t i = 0; i < PAGE; i += UNIT) {
        if (bytes[i] == 0xFF && bytes[i + 1] == 0xFF)
            continue;
        assert_memory_equal(world->chip + offset + i, "\xff\xff", UNIT);
        memcpy(world->chip + offset + i, bytes + i, UNIT);
    }
}

/* What the contract says, byte by byte. */
static void expect_announced(struct world *world, uint32_t at, uint32_t length)
{
    if (!length)
        return;
    for (uint32_t s = at / SECTOR; s <= (at + length - 1) / SECTOR; s++) {
        if (world->announced[s])
            continue;
        world->announced[s] = true;
        for (uint32_t i = s * SECTOR; i < (s + 1) * SECTOR; i++)
            if (!world->written[i])
                world->want[i] = 0xFF;
    }
}

static void expect_written(struct world *world, uint32_t at, const uint8_t *data, uint32_t length)
{
    memcpy(world->want + at, data, length);
    for (uint32_t i = at; i < at + length; i++)
        world->written[i] = true;
}

static void work_on(struct world *world, struct plan_sector *sector, bool mass)
{
    struct flash_plan *plan = &world->plan;
    uint32_t at = sector->address - START;
    uint8_t bytes[PAGE];

    if (plan_must_keep(sector))
        plan_keep(sector, world->chip + at);
    for (uint32_t page = 0; page < SECTOR / PAGE; page++)
        plan_compare(plan, sector, page, world->chip + at + page * PAGE);
    if (mass)
        return;
    if (plan_needs_erase(plan, sector)) {
        erase(world, at / SECTOR);
        plan_erased(plan, sector);
    }
    for (uint32_t page = 0; page < SECTOR / PAGE; page++)
        if (plan_page_program(plan, sector, page, bytes)) {
            plan_page_begins(sector, page);
            program(world, at + page * PAGE, bytes);
        }
    plan_close(sector);
}

static void perhaps_mass_erase(struct world *world)
{
    static const struct flash_costs costs = {10, 1000, 0};

    if (!plan_mass_erase(&world->plan, &costs, 0) || plan_has_rest(&world->plan, 1))
        return;
    for (unsigned s = 0; s < SECTORS; s++) {
        erase(world, s);
        plan_erased(&world->plan, &world->plan.sectors[s]);
    }
}

static void work(struct world *world, bool all)
{
    for (int mass = 1; mass >= 0; mass--) {
        for (unsigned s = 0; s < SECTORS; s++)
            if (plan_is_final(&world->plan, &world->plan.sectors[s], all))
                work_on(world, &world->plan.sectors[s], mass);
        if (mass)
            perhaps_mass_erase(world);
    }
}

static void one_step(struct world *world)
{
    uint32_t at = random_below(world, SIZE), length = random_below(world, SIZE - at + 1);
    uint8_t data[SIZE] = {0};

    if (random_below(world, 4) == 0) {
        assert_int_equal(plan_announce(&world->plan, START + at, length), ERR_OK);
        expect_announced(world, at, length);
        return;
    }
    for (uint32_t i = 0; i < length; i++)
        data[i] = random_below(world, 3) ? world->chip[at + i] : (uint8_t)random_below(world, 256);
    assert_int_equal(plan_write(&world->plan, START + at, data, length), ERR_OK);
    expect_written(world, at, data, length);
    if (random_below(world, 2))
        work(world, false);
}

static void begin(struct world *world, uint32_t seed)
{
    *world = (struct world){.random = seed};
    for (uint32_t i = 0; i < SIZE; i++)
        world->chip[i] = random_below(world, 3) ? (uint8_t)random_below(world, 256) : 0xFF;
    for (unsigned s = 0; s < SECTORS; s++)
        if (random_below(world, 2))
            memset(world->chip + s * SECTOR, 0xFF, SECTOR);
    memcpy(world->want, world->chip, SIZE);
    assert_int_equal(plan_init(&world->plan, &area, 1, PAGE, UNIT, 0xFF), ERR_OK);
}

static void the_flash_ends_as_the_contract_says(void **state)
{
    static struct world world;

    (void)state;
    for (uint32_t seed = 1; seed <= 5000; seed++) {
        begin(&world, seed);
        for (uint32_t steps = 1 + random_below(&world, 6); steps; steps--)
            one_step(&world);
        work(&world, true);
        for (unsigned s = 0; s < SECTORS; s++)
            assert_false(world.plan.sectors[s].open);
        assert_memory_equal(world.chip, world.want, SIZE);
        plan_finish(&world.plan);
    }
}

/* The same image again: nothing is erased. */
static void loading_twice_erases_once(void **state)
{
    static struct world world;
    uint8_t before[SIZE];

    (void)state;
    for (uint32_t seed = 1; seed <= 1000; seed++) {
        begin(&world, seed);
        memcpy(before, world.chip, SIZE);
        plan_announce(&world.plan, START, SIZE);
        plan_write(&world.plan, START, before, SIZE);
        work(&world, true);
        assert_int_equal(world.erases, 0);
        assert_memory_equal(world.chip, before, SIZE);
        plan_finish(&world.plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_flash_ends_as_the_contract_says),
        cmocka_unit_test(loading_twice_erases_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

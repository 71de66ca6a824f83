/* SPDX-License-Identifier: MIT */
/* A driver that programs without a routine in RAM: the same calls, over the debug port alone. */
#include <string.h>

#include "base/bytes.h"
#include "core/core.h"
#include "flash/controller.h"
#include "flash/loader.h"
#include "flash/stm32/stm32f1.h"
#include "flash_bench.h"

enum { CR_PG = 1, LIMIT_US = 1000 };

/* PM0075, 2.3.3, a half-word after the other. */
static enum err program_half_words(struct flash_controller *controller, uint32_t address,
                                   const void *data, uint32_t length)
{
    struct target *target = controller->target;
    struct ops *ops = &target->core->ops;
    uint32_t sr = 0;

    ops_write32(ops, controller_at(target, STM32F1_CR), CR_PG);
    for (uint32_t i = 0; i < length; i += 2) {
        ops_write16(ops, address + i, get_le16((const uint8_t *)data + i));
        ops_wait32(ops, controller_at(target, STM32F1_SR), STM32F1_SR_BSY, 0, LIMIT_US);
    }
    ops_read32(ops, controller_at(target, STM32F1_SR), &sr);
    ops_write32(ops, controller_at(target, STM32F1_CR), 0);
    enum err err = core_flush_halted(target->core);
    return err || !(sr & STM32F1_SR_ERRORS) ? err : stm32f1_explain(controller, sr, address);
}

static struct flash_driver direct;
static uint8_t image[PAGE_SIZE];

static void take(struct bench *bench, struct flash_controller *controller, struct loader *loader)
{
    direct = stm32f1_flash;
    direct.loader = NULL;
    direct.program = program_half_words;
    bench_job(bench);
    bench_fill(image, sizeof image, 8);
    assert_int_equal(controller_init(controller, bench->target, &direct), ERR_OK);
    assert_int_equal(controller_take(controller, true), ERR_OK);
    assert_int_equal(loader_init(loader, controller), ERR_OK);
    assert_int_equal(loader_enter(loader), ERR_OK);
}

static void leave(struct bench *bench, struct flash_controller *controller, struct loader *loader)
{
    assert_int_equal(loader_program_stand(loader), ERR_OK);
    assert_int_equal(loader_program_end(loader), ERR_OK);
    assert_int_equal(loader_leave(loader), ERR_OK);
    assert_int_equal(loader_close(loader), ERR_OK);
    assert_int_equal(controller_give_back(controller), ERR_OK);
    target_drop_caches(bench->target);
}

static void pages_are_programmed_without_a_routine(void **state)
{
    struct flash_controller controller;
    struct bench *bench = *state;
    uint32_t sums[2], again[2], size;
    struct loader loader;

    take(bench, &controller, &loader);
    size = controller.geometry.page_size;
    assert_int_equal(sizeof image, 2 * size);
    assert_int_equal(loader_checksum(&loader, FLASH, 2, sums), ERR_OK);
    for (uint32_t at = 0; at < sizeof image; at += size)
        assert_int_equal(loader_program(&loader, FLASH + at, image + at, LOADER_BLOCKS), ERR_OK);
    assert_int_equal(loader_checksum(&loader, FLASH, 2, again), ERR_OK);
    assert_int_not_equal(sums[1], again[1]);
    leave(bench, &controller, &loader);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void a_page_that_is_not_erased_is_named(void **state)
{
    struct flash_controller controller;
    struct bench *bench = *state;
    struct loader loader;

    bench_fill(image, sizeof image, 9);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    take(bench, &controller, &loader);
    assert_int_equal(loader_program(&loader, FLASH + 512, image, LOADER_BLOCKS), ERR_FLASH);
    assert_int_equal(loader.failed_at, FLASH + 512);
    assert_non_null(strstr(bench->job.text, "0x08000200 was not erased"));
    bench_job(bench);
    leave(bench, &controller, &loader);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(pages_are_programmed_without_a_routine),
        TEST(a_page_that_is_not_erased_is_named),
    };

    return cmocka_run_group_tests_name("direct", tests, NULL, NULL);
}

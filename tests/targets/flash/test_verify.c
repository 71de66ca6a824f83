/* SPDX-License-Identifier: MIT */
/* What was programmed and is not there any more when the load ends, in whichever page, fails it. */
#include "flash/flash_internal.h"

#include <string.h>

#include "base/bytes.h"
#include "flash_bench.h"
#include "probe/ops.h"

/* Two stretches: the target adds up each on its own, and begins anew for the second. */
enum { PAGES = 4, STRETCH = PAGES * PAGE_SIZE };

static const uint32_t stretches[] = {FLASH, FLASH + 0x8000};
static uint8_t bytes[2][STRETCH];
static uint32_t to_spoil;
static bool spoilt;

/* A programmed half-word may become 0 without an erase (PM0075, 2.3.3); FLASH_CR is still open. */
static void spoil(struct bench *bench)
{
    uint32_t last = 0;
    struct ops ops;

    ops_init(&ops, bench->probe);
    ops_read32(&ops, stretches[1] + STRETCH - 4, &last);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    bench->act_at++;
    /* All is handed over, and the last of it has come out of the buffer? */
    if (spoilt || flash_report(bench->flash)->bytes_programmed < sizeof bytes ||
        last != get_le32(&bytes[1][STRETCH - 4]))
        return;
    ops_write32(&ops, 0x40022010, 1); /* FLASH_CR.PG */
    ops_write16(&ops, to_spoil, 0);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    spoilt = true;
}

static enum err load(struct bench *bench)
{
    bench_job(bench);
    bench->act_at = 1;
    bench->act = spoil;
    spoilt = false;
    enum err err = flash_open(bench->target, &bench->flash);
    for (size_t i = 0; i < 2 && !err; i++)
        err = flash_erase(bench->flash, stretches[i], STRETCH);
    for (size_t i = 0; i < 2 && !err; i++)
        err = flash_write(bench->flash, stretches[i], bytes[i], STRETCH);
    if (!err)
        err = flash_done(bench->flash);
    flash_close(bench->flash);
    bench->flash = NULL;
    return err;
}

/* The smallest that is judged as one is smaller than what is erased as one. */
static uint32_t page_size(struct bench *bench)
{
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    uint32_t size = bench->flash->plan.page_size;
    flash_close(bench->flash);
    bench->flash = NULL;
    return size;
}

static void each_page_is_verified(void **state)
{
    struct bench *bench = *state;
    uint32_t size = page_size(bench);
    char sentence[80];

    for (uint32_t at = size / 2; at < sizeof bytes; at += size) {
        bench_fill(&bytes[0][0], sizeof bytes, 100 + at); /* nothing is there already */
        to_spoil = stretches[at / STRETCH] + at % STRETCH;
        assert_int_equal(load(bench), ERR_VERIFY);
        assert_true(spoilt);
        snprintf(sentence, sizeof sentence, "verification: 0x%08x holds 0x00, 0x",
                 (unsigned)to_spoil);
        assert_non_null(strstr(bench->job.text, sentence));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_page_is_verified, bench_up, bench_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

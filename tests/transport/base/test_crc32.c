/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/crc32.h"

/* The check value of CRC-32/MPEG-2. */
static void the_checksum_is_gdbs(void **state)
{
    (void)state;
    assert_int_equal(crc32_add(CRC32_START, "123456789", 9), 0x0376E6E7);
    assert_int_equal(crc32_add(crc32_add(CRC32_START, "1234", 4), "56789", 5), 0x0376E6E7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_checksum_is_gdbs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

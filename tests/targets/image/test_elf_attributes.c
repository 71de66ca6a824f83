/* SPDX-License-Identifier: MIT */
/* What compilers say of the core that a program was built for: sections of build attributes as
 * gcc 12 writes them, and as an enemy would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image/image_internal.h"

enum { SECTION_MAX = 96 };

static const struct {
    const char *section;
    struct image_needs needs;
} written[] = {
    /* -mcpu=cortex-m0 */
    {"412b00000061656162690001210000000536532d4d00060c074d0901120414011501170318011901"
     "1a011e06",
     {IMAGE_V6M, false, false}},
    /* -mcpu=cortex-m3 */
    {"412c000000616561626900012200000005372d4d00060a074d09021204140115011703180119011a"
     "011e062201",
     {IMAGE_V7M, false, false}},
    /* -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard */
    {"413300000061656162690001290000000537452d4d00060d074d09020a0612041401150117031801"
     "19011a011b011c011e062201",
     {IMAGE_V7EM, true, false}},
    /* -mcpu=cortex-m4 -mfloat-abi=soft */
    {"412d00000061656162690001230000000537452d4d00060d074d0902120414011501170318011901"
     "1a011e062201",
     {IMAGE_V7EM, false, false}},
    /* -mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard */
    {"413100000061656162690001270000000537452d4d00060d074d09020a0812041401150117031801"
     "19011a011c011e062201",
     {IMAGE_V7EM, true, true}},
    /* -mcpu=cortex-m23 */
    {"412f000000616561626900012500000005382d4d2e42415345000610074d09031204140115011703"
     "180119011a011e06",
     {IMAGE_V8M_BASE, false, false}},
    /* -mcpu=cortex-m33 */
    {"4133000000616561626900012900000005382d4d2e4d41494e000611074d09031204140115011703"
     "180119011a011e0622012e01",
     {IMAGE_V8M_MAIN, false, false}},
    /* -mcpu=cortex-m55 -mfloat-abi=hard */
    {"413d000000616561626900013300000005636f727465782d6d3535000615074d09030a0812041401"
     "15011703180119011a011c011e06220126012e013002",
     {IMAGE_V8M_MAIN, true, true}},
    /* -mcpu=cortex-a7 -mfpu=neon-vfpv4 -mfloat-abi=hard */
    {"413a000000616561626900013000000005372d4100060a0741080109020a050c0212041401150117"
     "03180119011a011c011e0622012a012c024403",
     {IMAGE_OTHER, true, true}},
};
enum { WRITTEN = sizeof written / sizeof *written };

/* In a block of its own size: what reads behind it is caught. */
static struct image_needs needs_of(const uint8_t *section, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    assert_non_null(copy);
    memcpy(copy, section, size);
    struct image_needs needs = image_needs_of(copy, size);
    free(copy);
    return needs;
}

static size_t unpack(const char *text, uint8_t section[SECTION_MAX])
{
    return (size_t)image_hex(text, strlen(text), section, SECTION_MAX);
}

static void what_compilers_say_is_understood(void **state)
{
    uint8_t section[SECTION_MAX];

    (void)state;
    for (size_t i = 0; i < WRITTEN; i++) {
        struct image_needs needs = needs_of(section, unpack(written[i].section, section));

        assert_int_equal(needs.core, written[i].needs.core);
        assert_int_equal(needs.fpu, written[i].needs.fpu);
        assert_int_equal(needs.doubles, written[i].needs.doubles);
    }
}

/* Another vendor's part before it, a part about one section alone, and tags of later days: a text
 * and a number. */
static void what_is_not_meant_is_stepped_over(void **state)
{
    static const uint8_t section[] = "A"
                                     "\x0B\0\0\0gnu\0abc"
                                     "\x2A\0\0\0"
                                     "aeabi\0"
                                     "\x02\x0A\0\0\0\x01\0\x06\x11\x06"
                                     "\x01\x16\0\0\0\x43later\0\xC0\x01\x07\x06\x0A\x07M\x20\x01"
                                     "b";

    (void)state;
    struct image_needs needs = needs_of(section, sizeof section);
    assert_int_equal(needs.core, IMAGE_V7M);
    assert_false(needs.fpu);
}

static void what_makes_no_sense_says_nothing(void **state)
{
    static const uint8_t other_version[] = "B\x0B\0\0\0aeabi\0\x01";

    (void)state;
    assert_int_equal(needs_of(other_version, sizeof other_version).core, 0);
    assert_int_equal(needs_of(other_version, 0).core, 0);
}

static void cuts_and_mutations_are_survived(void **state)
{
    uint8_t section[SECTION_MAX];
    unsigned cores = 0;

    (void)state;
    for (size_t i = 0; i < WRITTEN; i++) {
        size_t size = unpack(written[i].section, section);

        for (size_t cut = 0; cut < size; cut++)
            cores += needs_of(section, cut).core != 0;
        for (size_t at = 0; at < size; at++)
            for (unsigned value = 0; value < 256; value += 15) {
                uint8_t was = section[at];

                section[at] = (uint8_t)value;
                cores += needs_of(section, size).core != 0;
                section[at] = was;
            }
    }
    assert_true(cores > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_compilers_say_is_understood),
        cmocka_unit_test(what_is_not_meant_is_stepped_over),
        cmocka_unit_test(what_makes_no_sense_says_nothing),
        cmocka_unit_test(cuts_and_mutations_are_survived),
    };

    return cmocka_run_group_tests_name("elf_attributes", tests, NULL, NULL);
}

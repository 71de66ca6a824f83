/* SPDX-License-Identifier: MIT */
/* The ST-Link protocol's bytes: every table, without a probe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "stlink/wire.h"

static void products_are_known_and_unusable_ones_say_what_to_do(void **state)
{
    static const uint16_t usable[] = {0x3748, 0x374A, 0x374B, 0x3752, 0x374E,
                                      0x374F, 0x3753, 0x3754, 0x3757};
    static const uint16_t not [] = {0x3744, 0x374D, 0x3755};

    (void)state;
    for (size_t i = 0; i < sizeof usable / sizeof *usable; i++)
        assert_null(stlink_product(usable[i])->advice);
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        assert_true(strlen(stlink_product(not [i])->advice) > 20);
    assert_null(stlink_product(0x5740));
    for (const struct stlink_product *p = stlink_products; p->pid && p[1].pid; p++)
        assert_true(p->pid < p[1].pid);
}

static void versions_are_read_as_the_product_means_them(void **state)
{
    static const struct {
        uint16_t word, pid;
        const char *text;
    } rows[] = {
        {0x2AC7, 0x3748, "V2J43S7"},  /* 2 << 12 | 43 << 6 | 7 */
        {0x2604, 0x3748, "V2J24S4"},  /* */
        {0x2B9F, 0x374B, "V2J46M31"}, /* on a V2-1 the last number is mass storage's */
        {0x2587, 0x374B, "V2M22S7"},  /* firmware for STM8 only */
        {0x264C, 0x374B, "V2M25S12"}, /* likewise */
        {0x264D, 0x374B, "V2J25M13"}, /* 13 is none any more */
        {0x25C7, 0x374B, "V2J23M7"},  /* nor between 22 and 25 */
        {0x2587, 0x3748, "V2J22S7"},  /* a V2 has it otherwise */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t reply[6] = {(uint8_t)(rows[i].word >> 8), (uint8_t)rows[i].word};
        struct stlink_version version;
        char text[32];

        assert_true(stlink_decode_version(reply, rows[i].pid, &version));
        stlink_format_version(&version, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

static void v3_tells_its_version_elsewhere(void **state)
{
    static const uint8_t short_reply[6] = {0x30, 0, 0x83, 0x04, 0x4F, 0x37};
    static const uint8_t v3[12] = {3, 0, 15, 7, 3, 0};
    static const uint8_t v3pwr[12] = {4, 0, 4, 0, 1, 4};
    struct stlink_version version;
    char text[32];

    (void)state;
    assert_false(stlink_decode_version(short_reply, 0x374F, &version));
    stlink_decode_version_ex(v3, &version);
    stlink_format_version(&version, text, sizeof text);
    assert_string_equal(text, "V3J15M7B3");
    stlink_decode_version_ex(v3pwr, &version);
    assert_int_equal(version.generation, 3); /* speaks V3's commands */
    assert_int_equal(version.j, 4);
    stlink_format_version(&version, text, sizeof text);
    assert_string_equal(text, "V3J4B1P4");
}

static struct stlink_caps caps(uint8_t generation, uint8_t j)
{
    struct stlink_version version = {.generation = generation, .j = j};

    return stlink_caps(&version);
}

static void abilities_begin_with_their_version(void **state)
{
    (void)state;
    assert_true(caps(2, 15).last_status2 && !caps(2, 14).last_status2);
    assert_true(caps(2, 22).swd_freq && !caps(2, 21).swd_freq && !caps(3, 22).swd_freq);
    assert_true(caps(2, 24).dap_regs && !caps(2, 23).dap_regs && caps(3, 1).dap_regs);
    assert_true(caps(2, 26).mem16 && !caps(2, 25).mem16 && caps(3, 1).mem16);
    assert_true(caps(2, 28).init_ap && !caps(2, 27).init_ap && caps(3, 1).init_ap);
    assert_true(caps(2, 37).init_ap0 && !caps(2, 36).init_ap0);
    assert_true(caps(3, 7).init_ap0 && !caps(3, 6).init_ap0);
    assert_true(caps(2, 32).rw_misc && !caps(2, 31).rw_misc);
    assert_true(caps(3, 2).rw_misc && !caps(3, 1).rw_misc);
    assert_true(caps(2, 32).fifo_read && !caps(2, 31).fifo_read);
    assert_int_equal(caps(2, 43).block8, 64);
    assert_int_equal(caps(3, 5).block8, 64); /* more crashes it */
    assert_true(caps(3, 6).block8 > 64);
    assert_int_equal(caps(2, 43).boundary, 0);
    assert_int_equal(caps(2, 31).boundary, 1024);
}

static void memory_commands_exist_where_the_firmware_has_them(void **state)
{
    struct stlink_caps old = caps(2, 17), new = caps(2, 43);

    (void)state;
    assert_int_equal(stlink_memory_op(&old, false, 4, true), STLINK_READMEM_32);
    assert_int_equal(stlink_memory_op(&old, true, 1, true), STLINK_WRITEMEM_8);
    assert_int_equal(stlink_memory_op(&old, false, 2, true), 0);
    assert_int_equal(stlink_memory_op(&new, true, 2, true), STLINK_WRITEMEM_16);
    assert_int_equal(stlink_memory_op(&new, false, 4, false), STLINK_READMEM_32_FIFO);
    assert_int_equal(stlink_memory_op(&old, true, 4, false), 0);
    assert_int_equal(stlink_memory_op(&new, true, 1, false), 0); /* no byte FIFO anywhere */
}

static void status_bytes_mean_what_they_say(void **state)
{
    static const struct {
        uint8_t code;
        enum err err;
        bool retry;
    } rows[] = {
        {0x80, ERR_OK, false},        {0x81, ERR_FAULT, false},       {0x01, ERR_FAULT, false},
        {0x04, ERR_NO_TARGET, false}, {0x09, ERR_NO_TARGET, false},   {0x0A, ERR_ALIGNMENT, false},
        {0x0B, ERR_POWER, false},     {0x0E, ERR_BUSY, false},        {0x10, ERR_WAIT, true},
        {0x11, ERR_FAULT, false},     {0x12, ERR_NO_TARGET, false},   {0x13, ERR_PARITY, false},
        {0x14, ERR_WAIT, true},       {0x15, ERR_FAULT, false},       {0x17, ERR_PARITY, false},
        {0x1D, ERR_FAULT, false},     {0x42, ERR_UNSUPPORTED, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(stlink_status(rows[i].code)->err, rows[i].err);
        assert_int_equal(stlink_status(rows[i].code)->retry, rows[i].retry);
    }
    /* What nobody knows is no success: 0 is what an empty buffer holds. */
    assert_int_equal(stlink_status(0)->err, ERR_PROBE);
    assert_int_equal(stlink_status(0xFF)->err, ERR_PROBE);
}

static void speed_is_the_highest_not_above_the_request(void **state)
{
    static const struct {
        uint32_t asked;
        uint16_t divisor;
        uint32_t actual;
    } rows[] = {{9999, 0, 4000}, {4000, 0, 4000}, {3999, 1, 1800}, {1000, 3, 950},
                {949, 7, 480},   {100, 40, 100},  {5, 798, 5},     {1, 798, 5}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint16_t divisor;
        uint32_t actual;

        stlink_v2_speed(rows[i].asked, &divisor, &actual);
        assert_int_equal(divisor, rows[i].divisor);
        assert_int_equal(actual, rows[i].actual);
    }
}

static void voltage_is_a_ratio_and_may_be_missing(void **state)
{
    uint8_t reply[8];
    uint32_t mv = 0;

    (void)state;
    put_le32(reply, 1489);
    put_le32(reply + 4, 2046);
    assert_true(stlink_decode_voltage(reply, &mv));
    assert_in_range(mv, 3290, 3300);
    put_le32(reply, 0); /* a clone */
    assert_false(stlink_decode_voltage(reply, &mv));
}

static void serials_come_in_two_formats(void **state)
{
    static const uint8_t raw[12] = {0x53, 0xFF, 0x6B, 0x06, 0x49, 0x77,
                                    0x50, 0x53, 0x12, 0x34, 0x08, 0x87};
    const char *expected = "53FF6B064977505312340887";
    uint8_t descriptor[52] = {50, 3};
    char serial[STLINK_SERIAL_SIZE];

    (void)state;
    for (int i = 0; i < 24; i++)
        descriptor[2 + 2 * i] = (uint8_t) "53ff6b064977505312340887"[i];
    stlink_serial(descriptor, 50, serial);
    assert_string_equal(serial, expected);
    memset(descriptor, 0, sizeof descriptor);
    for (int i = 0; i < 12; i++)
        descriptor[2 + 2 * i] = raw[i];
    stlink_serial(descriptor, 26, serial);
    assert_string_equal(serial, expected);
    stlink_serial(descriptor, 12, serial);
    assert_string_equal(serial, "");
}

static void serials_are_meant_by_parts_and_by_old_spellings(void **state)
{
    const char *serial = "53FF6B064977505312340887";

    (void)state;
    assert_true(stlink_serial_matches(serial, "53FF6B064977505312340887"));
    assert_true(stlink_serial_matches(serial, "340887"));
    assert_true(stlink_serial_matches(serial, "53ff6b"));
    assert_true(stlink_serial_matches(serial, "533F6B064977505312340887")); /* old tools */
    assert_true(stlink_serial_matches(serial, "533F6B06497750531234083F"));
    assert_false(stlink_serial_matches(serial, "533F6B3F4977505312340887")); /* 06 is below 80 */
    assert_false(stlink_serial_matches(serial, ""));
    assert_false(stlink_serial_matches(serial, "53FF6B064977505312340888"));
    assert_false(stlink_serial_matches("", "53"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_known_and_unusable_ones_say_what_to_do),
        cmocka_unit_test(versions_are_read_as_the_product_means_them),
        cmocka_unit_test(v3_tells_its_version_elsewhere),
        cmocka_unit_test(abilities_begin_with_their_version),
        cmocka_unit_test(memory_commands_exist_where_the_firmware_has_them),
        cmocka_unit_test(status_bytes_mean_what_they_say),
        cmocka_unit_test(speed_is_the_highest_not_above_the_request),
        cmocka_unit_test(voltage_is_a_ratio_and_may_be_missing),
        cmocka_unit_test(serials_come_in_two_formats),
        cmocka_unit_test(serials_are_meant_by_parts_and_by_old_spellings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

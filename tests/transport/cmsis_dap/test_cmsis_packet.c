/* SPDX-License-Identifier: MIT */
/* Accesses into packets and replies into values, byte by byte as the CMSIS-DAP documentation has
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cmsis_dap/packet.h"
#include "cmsis_dap/wire.h"

enum { MANY = 600 };

static struct dap_access drw(bool read, uint32_t value)
{
    return (struct dap_access){.port = 0, .reg = AP_DRW, .read = read, .value = value};
}

static struct dap_access dp(uint8_t reg, bool read)
{
    return (struct dap_access){.port = DAP_PORT_DP, .reg = reg, .read = read};
}

static size_t packed(struct cmsis_packet *packet, struct dap_access *list, size_t count,
                     size_t size)
{
    cmsis_pack(packet, list, count, size);
    assert_true(packet->length <= size);
    assert_true(packet->reply_length <= size);
    return packet->count;
}

static void blocks_fill_packets(void **state)
{
    static const struct {
        size_t size, writes, reads;
    } rows[] = {{64, 14, 15}, {512, 126, 127}, {1024, 254, 255}};
    struct dap_access list[MANY];
    struct cmsis_packet packet;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t k = 0; k < MANY; k++)
            list[k] = drw(false, (uint32_t)k);
        assert_int_equal(packed(&packet, list, MANY, rows[i].size), rows[i].writes);
        assert_int_equal(packet.bytes[0], DAP_TRANSFER_BLOCK);
        assert_int_equal(get_le16(packet.bytes + 2), rows[i].writes);
        assert_int_equal(get_le32(packet.bytes + 5 + 4 * 13), 13);
        for (size_t k = 0; k < MANY; k++)
            list[k] = drw(true, 0);
        assert_int_equal(packed(&packet, list, MANY, rows[i].size), rows[i].reads);
        assert_int_equal(packet.length, 5);
    }
}

/* SELECT, CSW and TAR in front: the one command that takes them takes nine words more. */
static void what_differs_goes_into_a_transfer(void **state)
{
    struct dap_access list[MANY];
    struct cmsis_packet packet;
    uint8_t begin[] = {DAP_TRANSFER, 0, 12, 0x08, 0, 0, 0, 0, 0x01, 0, 0, 0, 0, 0x05};

    list[0] = dp(DP_SELECT, false);
    list[1] = (struct dap_access){.port = 0, .reg = AP_CSW};
    list[2] = (struct dap_access){.port = 0, .reg = AP_TAR};
    for (size_t k = 3; k < MANY; k++)
        list[k] = drw(false, (uint32_t)k);
    assert_int_equal(packed(&packet, list, MANY, 64), 12);
    assert_memory_equal(packet.bytes, begin, sizeof begin);
    assert_int_equal(packet.reply_length, 3);
}

/* A read takes a byte of the request, and four of the reply: whichever is full first ends it. */
static void the_reply_is_counted_too(void **state)
{
    struct dap_access list[MANY];
    struct cmsis_packet packet;

    for (size_t k = 0; k < MANY; k++)
        list[k] = dp(k & 1 ? DP_RDBUFF : DP_CTRL_STAT, true);
    assert_int_equal(packed(&packet, list, MANY, 64), 15);
    assert_int_equal(packet.reply_length, 63);
    assert_int_equal(packed(&packet, list, MANY, 1024), 255); /* what the count's byte can say */
}

static void values_come_in_order(void **state)
{
    struct dap_access list[] = {drw(true, 0), drw(false, 7), dp(DP_RDBUFF, true)};
    struct cmsis_packet packet;
    struct cmsis_outcome outcome;
    uint8_t reply[] = {DAP_TRANSFER, 3, 1, 0x78, 0x56, 0x34, 0x12, 0xEF, 0xCD, 0xAB, 0x90};

    packed(&packet, list, 3, 64);
    assert_true(cmsis_unpack(&packet, reply, sizeof reply, true, &outcome));
    assert_int_equal(outcome.done, 3);
    assert_int_equal(outcome.ack, SWD_OK);
    assert_int_equal(list[0].value, 0x12345678);
    assert_int_equal(list[1].value, 7);
    assert_int_equal(list[2].value, 0x90ABCDEF);
}

/* The firmware counted two reads, and the second one's value never came. */
static void a_read_without_its_value_is_not_done(void **state)
{
    struct dap_access list[] = {drw(true, 0), drw(true, 0), dp(DP_CTRL_STAT, true)};
    struct cmsis_packet packet;
    struct cmsis_outcome outcome;
    uint8_t reply[64] = {DAP_TRANSFER, 2, SWD_FAULT, 1, 0, 0, 0};

    packed(&packet, list, 3, 64);
    assert_true(cmsis_unpack(&packet, reply, 7, true, &outcome));
    assert_int_equal(outcome.done, 1);
    assert_int_equal(outcome.ack, SWD_FAULT);
    /* Behind padding it cannot be told. */
    assert_true(cmsis_unpack(&packet, reply, sizeof reply, false, &outcome));
    assert_int_equal(outcome.done, 1);
    /* It may still be under way. */
    reply[2] = SWD_WAIT;
    assert_true(cmsis_unpack(&packet, reply, 7, true, &outcome));
    assert_int_equal(outcome.ack, SWD_UNSURE);
}

static void what_is_no_reply_is_none(void **state)
{
    struct dap_access list[] = {drw(true, 0)};
    struct cmsis_packet packet;
    struct cmsis_outcome outcome;
    uint8_t other[] = {DAP_INFO, 1, 1, 0, 0, 0, 0}, more[] = {DAP_TRANSFER, 2, 1, 0, 0, 0, 0},
            cut[] = {DAP_TRANSFER, 1}, empty[] = {DAP_TRANSFER, 1, 1};

    packed(&packet, list, 1, 64);
    assert_false(cmsis_unpack(&packet, other, sizeof other, true, &outcome));
    assert_false(cmsis_unpack(&packet, more, sizeof more, true, &outcome));
    assert_false(cmsis_unpack(&packet, cut, sizeof cut, true, &outcome));
    assert_false(cmsis_unpack(&packet, empty, sizeof empty, true, &outcome));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_fill_packets),
        cmocka_unit_test(what_differs_goes_into_a_transfer),
        cmocka_unit_test(the_reply_is_counted_too),
        cmocka_unit_test(values_come_in_order),
        cmocka_unit_test(a_read_without_its_value_is_not_done),
        cmocka_unit_test(what_is_no_reply_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

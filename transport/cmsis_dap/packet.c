/* SPDX-License-Identifier: MIT */
#include "cmsis_dap/packet.h"

#include "base/bytes.h"
#include "cmsis_dap/wire.h"

enum {
    TRANSFER_HEAD = 3, /* command, index, count; the reply's: command, count, response */
    TRANSFER_MAX = 255,
    BLOCK_HEAD = 5, /* command, index, count, request.. */
    BLOCK_REPLY_HEAD = 4,
    BLOCK_MAX = 65535,
    WORD = 4,
};

static uint8_t request_of(const struct dap_access *access)
{
    return (uint8_t)((access->port == DAP_PORT_DP ? 0 : DAP_REQUEST_AP) |
                     (access->read ? DAP_REQUEST_READ : 0) | (access->reg & DAP_REQUEST_REGISTER) |
                     (!access->match ? 0
                      : access->read ? DAP_REQUEST_MATCH
                                     : DAP_REQUEST_MASK));
}

static bool brings_value(const struct dap_access *access)
{
    return access->read && !access->match;
}

/* --- to the probe --- */

static size_t transfer_takes(const struct dap_access *list, size_t count, size_t size)
{
    size_t taken = 0, request = TRANSFER_HEAD, reply = TRANSFER_HEAD;

    while (taken < count && taken < TRANSFER_MAX) {
        request += brings_value(&list[taken]) ? 1 : 1 + WORD;
        reply += brings_value(&list[taken]) ? WORD : 0;
        if (request > size || reply > size)
            break;
        taken++;
    }
    return taken;
}

static size_t block_takes(const struct dap_access *list, size_t count, size_t size)
{
    size_t room = (size - (list[0].read ? BLOCK_REPLY_HEAD : BLOCK_HEAD)) / WORD, taken = 0;

    while (taken < count && taken < room && taken < BLOCK_MAX && !list[taken].match &&
           request_of(&list[taken]) == request_of(&list[0]))
        taken++;
    return taken;
}

static void fill_transfer(struct cmsis_packet *packet)
{
    uint8_t *at = packet->bytes;

    *at++ = DAP_TRANSFER;
    *at++ = 0;
    *at++ = (uint8_t)packet->count;
    packet->reply_length = TRANSFER_HEAD;
    for (size_t i = 0; i < packet->count; i++) {
        *at++ = request_of(&packet->list[i]);
        if (brings_value(&packet->list[i])) {
            packet->reply_length += WORD;
        } else {
            put_le32(at, packet->list[i].value);
            at += WORD;
        }
    }
    packet->length = (size_t)(at - packet->bytes);
}

static void fill_block(struct cmsis_packet *packet)
{
    bool read = packet->list[0].read;

    packet->bytes[0] = DAP_TRANSFER_BLOCK;
    packet->bytes[1] = 0;
    put_le16(packet->bytes + 2, (uint16_t)packet->count);
    packet->bytes[4] = request_of(&packet->list[0]);
    packet->length = BLOCK_HEAD + (read ? 0 : packet->count * WORD);
    packet->reply_length = BLOCK_REPLY_HEAD + (read ? packet->count * WORD : 0);
    for (size_t i = 0; !read && i < packet->count; i++)
        put_le32(packet->bytes + BLOCK_HEAD + i * WORD, packet->list[i].value);
}

void cmsis_pack(struct cmsis_packet *packet, struct dap_access *list, size_t count, size_t size)
{
    size_t mixed = transfer_takes(list, count, size), alike = block_takes(list, count, size);
    /* Of so many alike it is the shorter command, too. */
    bool block = alike > mixed || (alike == mixed && alike > 2);

    packet->list = list;
    packet->count = block ? alike : mixed;
    packet->once = packet->match = false;
    for (size_t i = 0; i < packet->count; i++) {
        packet->once |= list[i].once;
        packet->match |= list[i].match;
    }
    if (block)
        fill_block(packet);
    else
        fill_transfer(packet);
}

/* --- from the probe --- */

static enum swd_ack ack_of(uint8_t response)
{
    if (response & DAP_RESPONSE_PROTOCOL_ERROR)
        return SWD_PARITY;
    if (response & DAP_RESPONSE_MISMATCH)
        return SWD_MISMATCH;
    return (enum swd_ack)(response & DAP_RESPONSE_ACK);
}

/* As many of the values as came; the number of accesses in front of the first read without. *left
 * is what came behind them. */
static size_t take_values(const struct cmsis_packet *packet, const uint8_t *words, size_t *left,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!brings_value(&packet->list[i]))
            continue;
        if (*left < WORD)
            return i;
        packet->list[i].value = get_le32(words);
        words += WORD;
        *left -= WORD;
    }
    return count;
}

static bool is_ap_read(const struct dap_access *access)
{
    return access->port != DAP_PORT_DP && brings_value(access);
}

/* The firmware counts an AP read in a Transfer when the port took it, and its value comes with the
 * access behind it: if that failed, there may be none. Padding looks like one. */
static bool lacks_value(const struct cmsis_packet *packet, size_t count)
{
    return packet->bytes[0] == DAP_TRANSFER && count > 0 && is_ap_read(&packet->list[count - 1]);
}

/* Whether a read that was begun may still be under way in the access port, where the next one of
 * its kind would find it. */
static bool may_be_begun(const struct cmsis_packet *packet, size_t done, size_t count)
{
    if (packet->bytes[0] == DAP_TRANSFER)
        return done < count;
    return is_ap_read(&packet->list[0]);
}

bool cmsis_unpack(const struct cmsis_packet *packet, const uint8_t *reply, size_t length,
                  bool exact, struct cmsis_outcome *outcome)
{
    size_t head = packet->bytes[0] == DAP_TRANSFER_BLOCK ? BLOCK_REPLY_HEAD : TRANSFER_HEAD;

    if (length < head || reply[0] != packet->bytes[0])
        return false;
    size_t count = head == BLOCK_REPLY_HEAD ? get_le16(reply + 1) : reply[1];
    if (count > packet->count)
        return false;
    size_t left = length - head;
    outcome->done = take_values(packet, reply + head, &left, count);
    if (exact && left > 0)
        return false;
    outcome->ack = ack_of(reply[head - 1]);
    outcome->cut = outcome->ack == SWD_OK && outcome->done < packet->count;
    if (outcome->ack == SWD_OK) {
        outcome->ack = outcome->cut ? SWD_UNSURE : SWD_OK;
        return outcome->done == count;
    }
    if (outcome->ack == SWD_MISMATCH)
        return outcome->done < packet->count && packet->list[outcome->done].match;
    if (!exact && outcome->done == count && lacks_value(packet, count))
        outcome->done--;
    if (outcome->ack == SWD_WAIT && may_be_begun(packet, outcome->done, count))
        outcome->ack = SWD_UNSURE;
    return true;
}

/* SPDX-License-Identifier: MIT */
/* Memory as ST-Link commands: a word at a time, or blocks with their status behind them. */
#include "stlink/stlink.h"

#include <string.h>

#include "base/bytes.h"

#define DHCSR_ADDRESS 0xE000EDF0u

enum { SLICE_US = 40000, CLOCKS_PER_ACCESS = 46, ACCESSES_MIN = 16, ECHO_SURE = 8 };
enum { GARBLED_MIN = 64 };

/* --- one word --- */

static bool is_word(const struct op *op)
{
    return (op->kind == OP_READ || op->kind == OP_WRITE) && op->width == 4 && op->count == 1 &&
           op->ap == 0;
}

enum err stlink_read_word(struct probe *probe, const struct op *op, uint32_t address,
                          uint32_t *value)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[8] = {0};
    const struct stlink_status *status = NULL;

    stlink_command(command, STLINK_DEBUG, STLINK_READDEBUGREG);
    put_le32(command + 2, address);
    enum err err = stlink_ask_status(probe, command, reply, sizeof reply, &status);
    if (err)
        return status ? stlink_fail(probe, op, address, status) : err;
    *value = get_le32(reply + 4);
    if (address == DHCSR_ADDRESS)
        probe_note_dhcsr(probe, *value);
    return ERR_OK;
}

static enum err write_word(struct probe *probe, const struct op *op)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};
    const struct stlink_status *status = NULL;

    stlink_command(command, STLINK_DEBUG, STLINK_WRITEDEBUGREG);
    put_le32(command + 2, op->address);
    put_le32(command + 6, op->inline_data ? op->value : get_le32(op->data));
    enum err err = stlink_ask_status(probe, command, reply, sizeof reply, &status);
    return err && status ? stlink_fail(probe, op, op->address, status) : err;
}

/* --- blocks --- */

uint32_t stlink_slice_accesses(const struct stlink *stlink)
{
    return (uint32_t)((uint64_t)stlink->khz * SLICE_US / 1000 / CLOCKS_PER_ACCESS);
}

/* What one command may move from there: at most a slice of time, and no more than this firmware
 * takes. */
static uint32_t block_bytes(const struct stlink *stlink, const struct op *op, uint32_t address)
{
    const struct stlink_caps *caps = &stlink->caps;
    uint32_t limit = op->width == 1 ? caps->block8 : caps->block;
    uint32_t accesses = stlink_slice_accesses(stlink);

    /* At 5 kHz these take 150 ms: longer than a slice, but well within the USB time limit. */
    if (accesses < ACCESSES_MIN)
        accesses = ACCESSES_MIN;
    uint32_t bytes = accesses * op->width / 4 * 4;
    if (bytes > limit)
        bytes = limit;
    if (caps->boundary && op->increment && bytes > caps->boundary - address % caps->boundary)
        bytes = caps->boundary - address % caps->boundary;
    return bytes;
}

static void block_command(uint8_t *command, uint8_t code, const struct op *op, uint32_t address,
                          uint32_t bytes)
{
    stlink_command(command, STLINK_DEBUG, code);
    put_le32(command + 2, address);
    put_le16(command + 6, (uint16_t)bytes);
    command[8] = op->ap;
}

/* The reply to a read. Memory may hold the first bytes of any command, so few bytes that look like
 * an echo of it are read again and believed the second time; hardly the whole of the one that asks
 * for just this place. */
static enum err fetch_block(struct probe *probe, const struct op *op, const uint8_t *command,
                            uint8_t *data, uint32_t bytes)
{
    uint8_t pair[2] = {0}; /* the probe answers a single byte with two */
    uint8_t *reply = bytes == 1 ? pair : data;
    uint32_t length = bytes == 1 ? sizeof pair : bytes;
    enum err err = stlink_fetch(probe, command, reply, length);

    if (!err && memcmp(reply, command, length < ECHO_SURE ? length : ECHO_SURE) == 0) {
        if (length >= ECHO_SURE)
            return stlink_fail_echo(probe, command);
        if (stlink_may_repeat(op, ERR_PARITY)) {
            stlink_of(probe)->dirty = true;
            err = stlink_fetch(probe, command, reply, length);
        }
    }
    if (bytes == 1)
        data[0] = pair[0];
    return err;
}

static enum err block_once(struct probe *probe, const struct op *op, uint8_t code, uint32_t address,
                           uint8_t *data, uint32_t bytes, const struct stlink_status **status,
                           uint32_t *fault)
{
    uint8_t command[STLINK_COMMAND_SIZE];

    *status = NULL;
    block_command(command, code, op, address, bytes);
    enum err err = op->kind == OP_WRITE ? stlink_tell(probe, command, data, bytes)
                                        : fetch_block(probe, op, command, data, bytes);
    return !err ? stlink_last_status(probe, status, fault) : err;
}

/* Repeats on WAIT: the accesses are plain memory, once more does no harm; a FIFO is not repeated.
 */
static enum err block(struct probe *probe, const struct op *op, uint8_t code, uint32_t address,
                      uint8_t *data, uint32_t bytes)
{
    const struct stlink_status *status;
    uint32_t fault = address;
    enum err err = ERR_OK;

    for (int try = 0; try < 8; try++) {
        err = block_once(probe, op, code, address, data, bytes, &status, &fault);
        if (!status)
            return err;
        if (!status->retry || !op->increment || job_cancelled(probe->job))
            break;
        clock_sleep_us(probe->clock, 100u << try);
        probe->stats.waits++;
    }
    if (!err)
        return ERR_OK;
    if (fault < address || fault >= address + bytes)
        fault = address; /* not known: the earliest it can be */
    /* What stands before the fault was not vouched for by a good status: read it again, alone. */
    if (op->kind == OP_READ && op->increment && fault > address) {
        const struct stlink_status *prefix;
        uint32_t none;
        stlink_clear_sticky(probe);
        if (block_once(probe, op, code, address, data, fault - address, &prefix, &none) != ERR_OK)
            fault = address;
    }
    return stlink_fail(probe, op, fault, status);
}

/* Halfwords on firmware without the 16-bit command: by bytes where memory is plain, else not at
 * all. */
static enum err without_command(struct probe *probe, struct op *op)
{
    if (op->width == 2 && op->increment && op->address < STLINK_PERIPHERALS_START) {
        struct op bytes = *op;
        uint8_t inline_bytes[2] = {0};

        bytes.width = 1;
        bytes.count = op->count * 2;
        if (op->inline_data) {
            put_le16(inline_bytes, (uint16_t)op->value);
            bytes.data = inline_bytes;
            bytes.inline_data = false;
        } else if (!op->data) {
            bytes.data = inline_bytes;
            bytes.result = NULL;
        }
        enum err err = stlink_run_one(probe, &bytes);
        if (!err && op->kind == OP_READ && !op->data)
            *op->result = get_le16(inline_bytes);
        return err;
    }
    return job_fail(probe->job, ERR_UNSUPPORTED,
                    "the probe's firmware %s cannot do %u-bit accesses: update it",
                    probe->info.firmware, op->width * 8u);
}

static uint32_t from_bytes(const uint8_t *bytes, unsigned width)
{
    return width == 4 ? get_le32(bytes) : width == 2 ? get_le16(bytes) : bytes[0];
}

enum err stlink_run_piece(struct probe *probe, struct op *op)
{
    struct stlink *stlink = stlink_of(probe);
    uint8_t code = stlink_memory_op(&stlink->caps, op->kind == OP_WRITE, op->width, op->increment);
    enum err err = stlink_need_ap(probe, op->ap);

    return !err ? block(probe, op, code, op->address, op->data, op->count * op->width) : err;
}

static enum err check_block(struct probe *probe, const struct op *op)
{
    if (op->ap != 0 && !stlink_of(probe)->caps.rw_misc)
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "the probe's firmware %s reaches memory through access port 0 only: update "
                        "it",
                        probe->info.firmware);
    return job_cancelled(probe->job) ? job_fail(probe->job, ERR_CANCELLED, "interrupted") : ERR_OK;
}

/* The part of a block that begins `at` bytes into it, at most `limit` of them. */
static struct op piece_of(const struct stlink *stlink, const struct op *op, uint8_t *data,
                          uint32_t at, uint32_t limit)
{
    struct op piece = *op;
    uint32_t left = op->count * op->width - at;

    piece.address = op->increment ? op->address + at : op->address;
    uint32_t bytes = block_bytes(stlink, op, piece.address);
    bytes = bytes < limit ? bytes : limit;
    piece.count = (bytes < left ? bytes : left) / op->width;
    piece.data = data + at;
    return piece;
}

static bool wire_may_have_failed(const struct probe *probe, enum err err)
{
    return err == ERR_PARITY || (err == ERR_FAULT && probe->stats.repeats > 0);
}

static enum err run_pieces(struct probe *probe, struct op *op, uint8_t *data)
{
    uint32_t total = op->count * op->width, limit = UINT32_MAX, bytes;
    enum err err = ERR_OK;

    for (uint32_t at = 0; at < total && !err; at += bytes) {
        struct op piece = piece_of(stlink_of(probe), op, data, at, limit);

        bytes = piece.count * piece.width;
        err = check_block(probe, op);
        if (!err)
            err = stlink_run_repeated(probe, &piece, stlink_run_piece);
        /* On a bad wire a shorter one comes through sooner. */
        if (wire_may_have_failed(probe, err) && bytes > GARBLED_MIN &&
            stlink_may_repeat(&piece, err)) {
            job_clear(probe->job);
            limit = bytes / 8 * 4;
            bytes = 0;
            err = ERR_OK;
        }
    }
    return err;
}

static enum err run_block(struct probe *probe, struct op *op)
{
    uint8_t one[4] = {0};
    uint8_t *data = op->data && !op->inline_data ? op->data : one;

    if (!stlink_memory_op(&stlink_of(probe)->caps, op->kind == OP_WRITE, op->width, op->increment))
        return without_command(probe, op);
    if (op->inline_data)
        put_le32(one, op->value);
    enum err err = run_pieces(probe, op, data);
    if (!err && op->kind == OP_READ && !op->data)
        *op->result = from_bytes(one, op->width);
    return err;
}

static enum err run_word(struct probe *probe, struct op *op)
{
    uint32_t value = 0;
    enum err err = stlink_need_ap(probe, 0);

    if (!err)
        err = op->kind == OP_WRITE ? write_word(probe, op)
                                   : stlink_read_word(probe, op, op->address, &value);
    if (err || op->kind == OP_WRITE)
        return err;
    if (op->data)
        put_le32(op->data, value);
    else
        *op->result = value;
    return ERR_OK;
}

enum err stlink_run_memory(struct probe *probe, struct op *op)
{
    return is_word(op) ? stlink_run_repeated(probe, op, run_word) : run_block(probe, op);
}

/* One word through any AP, for what has commands of its own on AP 0. */
enum err stlink_any_word(struct probe *probe, const struct op *op, enum op_kind kind,
                         uint32_t address, uint32_t *value)
{
    struct op word = {.kind = kind,
                      .ap = op->ap,
                      .width = 4,
                      .increment = true,
                      .address = address,
                      .count = 1,
                      .inline_data = kind == OP_WRITE,
                      .value = *value,
                      .result = value};
    enum err err = run_block(probe, &word);

    if (!err && kind == OP_READ && address == DHCSR_ADDRESS)
        probe_note_dhcsr(probe, *value);
    return err;
}

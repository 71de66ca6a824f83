/* SPDX-License-Identifier: MIT */
/* Operations as ST-Link commands. A flush becomes: scripts of word accesses where the firmware has
 * them, all core registers by one command, and block commands for the rest. Never two commands in
 * flight. */
#include "stlink.h"

#include <string.h>

#include "base/bytes.h"

#define DHCSR_ADDRESS 0xE000EDF0u
#define PERIPHERALS_START 0x40000000u

enum {
    SLICE_US = 40000,
    CLOCKS_PER_WORD = 46,
    BLOCK_MIN = 64,
    WAIT_FIRST_US = 50,
    WAIT_LONGEST_US = 2000
};
enum { ALL_REGS = 19, ALL_REGS_REPLY = 88, ALL_REGS_WORTH = 3, FPU_REGSEL = 32 };

/* --- one word --- */

static bool is_word(const struct op *op)
{
    return (op->kind == OP_READ || op->kind == OP_WRITE) && op->width == 4 && op->count == 1 &&
           op->ap == 0;
}

static enum err read_word(struct probe *probe, const struct op *op, uint32_t address,
                          uint32_t *value)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[8] = {0};
    const struct stlink_status *status = NULL;

    stlink_command(command, STLINK_DEBUG, STLINK_READDEBUGREG);
    put_le32(command + 2, address);
    enum err error = stlink_ask_status(probe, command, reply, sizeof reply, &status);
    if (error != ERR_OK)
        return status ? stlink_fail(probe, op, address, status) : error;
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
    enum err error = stlink_ask_status(probe, command, reply, sizeof reply, &status);
    return error != ERR_OK && status ? stlink_fail(probe, op, op->address, status) : error;
}

/* --- blocks --- */

/* What one command moves in at most 40 ms at this SWCLK. */
static uint32_t block_bytes(const struct stlink *stlink, unsigned width)
{
    uint32_t limit = width == 1 ? stlink->caps.block8 : stlink->caps.block;
    uint64_t accesses = (uint64_t)stlink->khz * SLICE_US / 1000 / CLOCKS_PER_WORD;
    uint64_t bytes = accesses * width / 4 * 4;

    if (bytes < BLOCK_MIN)
        bytes = BLOCK_MIN;
    return bytes < limit ? (uint32_t)bytes : limit;
}

static void block_command(uint8_t *command, uint8_t code, const struct op *op, uint32_t address,
                          uint32_t bytes)
{
    stlink_command(command, STLINK_DEBUG, code);
    put_le32(command + 2, address);
    put_le16(command + 6, (uint16_t)bytes);
    command[8] = op->ap;
}

static enum err block_once(struct probe *probe, const struct op *op, uint8_t code, uint32_t address,
                           uint8_t *data, uint32_t bytes, const struct stlink_status **status,
                           uint32_t *fault)
{
    uint8_t command[STLINK_COMMAND_SIZE], pair[2] = {0};
    enum err error;

    *status = NULL;
    block_command(command, code, op, address, bytes);
    if (op->kind == OP_WRITE) {
        error = stlink_tell(probe, command, data, bytes);
    } else if (bytes == 1) { /* the probe answers a single byte with two */
        error = stlink_ask(probe, command, pair, sizeof pair);
        data[0] = pair[0];
    } else {
        error = stlink_ask(probe, command, data, bytes);
    }
    return error == ERR_OK ? stlink_last_status(probe, status, fault) : error;
}

/* Repeats on WAIT: the accesses are plain memory, once more does no harm; a FIFO is not repeated.
 */
static enum err block(struct probe *probe, const struct op *op, uint8_t code, uint32_t address,
                      uint8_t *data, uint32_t bytes)
{
    const struct stlink_status *status;
    uint32_t fault = address;
    enum err error = ERR_OK;

    for (int try = 0; try < 8; try++) {
        error = block_once(probe, op, code, address, data, bytes, &status, &fault);
        if (!status)
            return error;
        if (!status->retry || !op->increment || job_cancelled(probe->job))
            break;
        clock_sleep_us(probe->clock, 100u << try);
        probe->stats.waits++;
    }
    if (error == ERR_OK)
        return ERR_OK;
    if (fault < address || fault >= address + bytes)
        fault = address; /* not known: the earliest it can be */
    stlink_clear_sticky(probe);
    /* What stands before the fault was not vouched for by a good status: read it again, alone. */
    if (op->kind == OP_READ && op->increment && fault > address) {
        const struct stlink_status *prefix;
        uint32_t none;
        if (block_once(probe, op, code, address, data, fault - address, &prefix, &none) != ERR_OK)
            fault = address;
    }
    return stlink_fail(probe, op, fault, status);
}

/* Halfwords on firmware without the 16-bit command: by bytes where memory is plain, else not at
 * all. */
static enum err without_command(struct probe *probe, struct op *op)
{
    if (op->width == 2 && op->increment && op->address < PERIPHERALS_START) {
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
        enum err error = stlink_run_one(probe, &bytes);
        if (error == ERR_OK && op->kind == OP_READ && !op->data)
            *op->result = get_le16(inline_bytes);
        return error;
    }
    return job_fail(probe->job, ERR_UNSUPPORTED,
                    "the probe's firmware %s cannot do %u-bit accesses: update it",
                    probe->info.firmware, op->width * 8u);
}

static uint32_t from_bytes(const uint8_t *bytes, unsigned width)
{
    return width == 4 ? get_le32(bytes) : width == 2 ? get_le16(bytes) : bytes[0];
}

static enum err run_block(struct probe *probe, struct op *op)
{
    struct stlink *stlink = stlink_of(probe);
    uint8_t code = stlink_memory_op(&stlink->caps, op->kind == OP_WRITE, op->width, op->increment);
    uint32_t total = op->count * op->width, piece = block_bytes(stlink, op->width);
    uint8_t one[4] = {0};
    uint8_t *data = op->data ? op->data : one;

    if (code == 0)
        return without_command(probe, op);
    if (op->inline_data) {
        put_le32(one, op->value);
        data = one;
    }
    for (uint32_t at = 0; at < total; at += piece) {
        uint32_t bytes = total - at < piece ? total - at : piece;
        if (job_cancelled(probe->job))
            return job_fail(probe->job, ERR_CANCELLED, "interrupted");
        enum err error = block(probe, op, code, op->increment ? op->address + at : op->address,
                               data + at, bytes);
        if (error != ERR_OK)
            return error;
    }
    if (op->kind == OP_READ && !op->data)
        *op->result = from_bytes(one, op->width);
    return ERR_OK;
}

static enum err run_memory(struct probe *probe, struct op *op)
{
    if (!is_word(op))
        return run_block(probe, op);
    if (op->kind == OP_WRITE)
        return write_word(probe, op);
    uint32_t value;
    enum err error = read_word(probe, op, op->address, &value);
    if (error == ERR_OK && op->data)
        put_le32(op->data, value);
    else if (error == ERR_OK)
        *op->result = value;
    return error;
}

/* --- core registers --- */

static enum err run_reg(struct probe *probe, struct op *op)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[8] = {0};
    const struct stlink_status *status = NULL;
    bool read = op->kind == OP_REG_READ;

    stlink_command(command, STLINK_DEBUG, read ? STLINK_READREG : STLINK_WRITEREG);
    command[2] = (uint8_t)op->address;
    if (!read)
        put_le32(command + 3, op->value);
    enum err error = stlink_ask_status(probe, command, reply, read ? 8 : 2, &status);
    if (error != ERR_OK)
        return status ? stlink_fail(probe, op, op->address, status) : error;
    if (read)
        *op->result = get_le32(reply + 4);
    return ERR_OK;
}

static bool in_all_regs(const struct op *op)
{
    return op->kind == OP_REG_READ && op->address < ALL_REGS && op->ap == 0;
}

static enum err read_all(struct probe *probe, uint32_t *values)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[ALL_REGS_REPLY] = {0};
    enum err error;

    stlink_command(command, STLINK_DEBUG, STLINK_READALLREGS);
    error = stlink_ask_status(probe, command, reply, sizeof reply, NULL);
    for (int i = 0; i < ALL_REGS; i++)
        values[i] = get_le32(reply + 4 + 4 * i);
    return error;
}

/* The first time: does READALLREGS mean what READREG says? */
static enum err compare_all_regs(struct probe *probe, const uint32_t *values)
{
    struct stlink *stlink = stlink_of(probe);

    for (uint32_t i = 0; i < ALL_REGS; i++) {
        uint32_t value = 0;
        struct op op = {.kind = OP_REG_READ, .address = i, .result = &value};
        enum err error = run_reg(probe, &op);
        if (error != ERR_OK)
            return error;
        if (value != values[i]) {
            stlink->all_regs = ALL_REGS_DIFFER;
            log_line(probe->job->log, LOG_DEBUG,
                     "READALLREGS and READREG disagree on register %u: not used", i);
            return ERR_OK;
        }
    }
    stlink->all_regs = ALL_REGS_AGREE;
    return ERR_OK;
}

/* Serves all register reads among [first, end) that are not done, if they are worth it. */
static enum err run_all_regs(struct probe *probe, struct op *ops, size_t first, size_t end,
                             bool *done)
{
    struct stlink *stlink = stlink_of(probe);
    uint32_t values[ALL_REGS];
    size_t wanted = 0;

    for (size_t i = first; i < end; i++)
        wanted += !done[i] && in_all_regs(&ops[i]);
    if (wanted < ALL_REGS_WORTH || stlink->all_regs == ALL_REGS_DIFFER)
        return ERR_OK;
    enum err error = read_all(probe, values);
    if (error != ERR_OK)
        return error == ERR_PROBE_GONE || error == ERR_TIMEOUT ? error
                                                               : (job_clear(probe->job), ERR_OK);
    if (stlink->all_regs == ALL_REGS_UNKNOWN)
        error = compare_all_regs(probe, values);
    if (error != ERR_OK || stlink->all_regs != ALL_REGS_AGREE)
        return error;
    for (size_t i = first; i < end; i++)
        if (!done[i] && in_all_regs(&ops[i])) {
            *ops[i].result = values[ops[i].address];
            done[i] = true;
        }
    return ERR_OK;
}

/* --- waiting, DP and AP --- */

static enum err run_wait(struct probe *probe, struct op *op)
{
    uint64_t end = clock_now_us(probe->clock) + op->timeout_us;

    for (uint64_t pause = WAIT_FIRST_US;; pause = pause < WAIT_LONGEST_US ? 2 * pause : pause) {
        uint32_t value = 0;
        enum err error = read_word(probe, op, op->address, &value);
        if (error != ERR_OK || (value & op->mask) == op->value)
            return error;
        if (job_cancelled(probe->job))
            return job_fail(probe->job, ERR_CANCELLED, "interrupted");
        if (clock_now_us(probe->clock) >= end)
            return job_fail(probe->job, ERR_TIMEOUT, "0x%08x still reads 0x%08x after %u us",
                            op->address, value, op->timeout_us);
        clock_sleep_us(probe->clock, pause);
    }
}

static enum err run_port(struct probe *probe, struct op *op)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[8] = {0};
    const struct stlink_status *status = NULL;
    bool read = op->kind == OP_DP_READ || op->kind == OP_AP_READ;
    bool dp = op->kind == OP_DP_READ || op->kind == OP_DP_WRITE;

    if (!stlink_of(probe)->caps.dap_regs)
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "the probe's firmware %s has no access to debug port registers",
                        probe->info.firmware);
    stlink_command(command, STLINK_DEBUG, read ? STLINK_READ_DAP : STLINK_WRITE_DAP);
    put_le16(command + 2, dp ? DAP_PORT_DP : op->ap);
    put_le16(command + 4, (uint16_t)op->address);
    if (!read)
        put_le32(command + 6, op->value);
    enum err error = stlink_ask_status(probe, command, reply, read ? 8 : 2, &status);
    if (error != ERR_OK)
        return status ? stlink_fail(probe, op, op->address, status) : error;
    if (read)
        *op->result = get_le32(reply + 4);
    return ERR_OK;
}

/* --- the queue --- */

static enum err run_one_once(struct probe *probe, struct op *op)
{
    /* Reading an AP's id needs no opening, and finding APs must not fail on absent ones. */
    bool needs_ap = op->kind != OP_DP_READ && op->kind != OP_DP_WRITE && op->kind != OP_BARRIER &&
                    !(op->kind == OP_AP_READ && op->address == AP_IDR);
    enum err error = needs_ap ? stlink_need_ap(probe, op->ap) : ERR_OK;

    if (error != ERR_OK)
        return error;
    switch (op->kind) {
    case OP_READ:
    case OP_WRITE:
        return run_memory(probe, op);
    case OP_REG_READ:
    case OP_REG_WRITE:
        return run_reg(probe, op);
    case OP_WAIT:
        return run_wait(probe, op);
    case OP_BARRIER:
        return ERR_OK; /* every command here has ended when its status is read */
    default:
        return run_port(probe, op);
    }
}

/* Nobody acknowledged: the target may have been reset or power-cycled. Once more from the
 * beginning, but never a register-like write, which may have happened. */
enum err stlink_run_one(struct probe *probe, struct op *op)
{
    enum err error = run_one_once(probe, op);

    if (error == ERR_FAULT && op->kind != OP_READ && op->kind != OP_WRITE)
        stlink_clear_sticky(probe);
    if (error != ERR_NO_TARGET || (op->kind == OP_WRITE && !op->increment))
        return error;
    job_clear(probe->job);
    error = stlink_reenter(probe);
    return error == ERR_OK ? run_one_once(probe, op) : error;
}

static enum err run_rest(struct probe *probe, struct op *ops, size_t first, size_t end, bool *done)
{
    enum err error = run_all_regs(probe, ops, first, end, done);

    for (size_t i = first; i < end && error == ERR_OK; i++) {
        if (done[i])
            continue;
        if (job_cancelled(probe->job))
            return job_fail(probe->job, ERR_CANCELLED, "interrupted");
        error = stlink_run_one(probe, &ops[i]);
        done[i] = error == ERR_OK;
    }
    return error;
}

/* Without a script: register reads in a row still go together. */
static size_t plain_end(const struct op *ops, size_t first, size_t count)
{
    size_t end = first + 1;

    while (ops[first].kind == OP_REG_READ && end < count && ops[end].kind == OP_REG_READ)
        end++;
    return end;
}

enum err stlink_run(struct probe *probe, struct op *ops, size_t count)
{
    bool done[STLINK_RUN_MAX] = {false};
    enum err error = ERR_OK;

    for (size_t first = 0, end; first < count && error == ERR_OK; first = end) {
        end = first;
        if (job_cancelled(probe->job))
            return job_fail(probe->job, ERR_CANCELLED, "interrupted");
        if (stlink_of(probe)->caps.rw_misc && count <= STLINK_RUN_MAX)
            error = stlink_script_run(probe, ops, first, count, done, &end);
        if (end == first)
            end = plain_end(ops, first, count);
        if (error == ERR_OK)
            error = run_rest(probe, ops, first, end, done);
    }
    return error;
}

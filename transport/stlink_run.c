/* SPDX-License-Identifier: MIT */
/* Operations as ST-Link commands. A flush becomes: scripts of word accesses where the firmware has
 * them, all core registers by one command, and block commands for the rest. Never two commands in
 * flight. */
#include "stlink.h"

#include <string.h>

#include "base/bytes.h"

#define DHCSR_ADDRESS 0xE000EDF0u
#define DHCSR_S_REGRDY (1u << 16)
#define DCRSR_ADDRESS 0xE000EDF4u
#define DCRSR_WRITE (1u << 16)
#define DCRDR_ADDRESS 0xE000EDF8u
#define PERIPHERALS_START 0x40000000u

enum {
    SLICE_US = 40000,
    CLOCKS_PER_ACCESS = 46,
    BLOCK_MIN = 64,
    WAIT_FIRST_US = 50,
    WAIT_LONGEST_US = 2000,
    REGISTER_LIMIT_US = 100000
};
enum { ALL_REGS = 19, ALL_REGS_REPLY = 88, ALL_REGS_WORTH = 3, ALL_REGS_KHZ = 15 };

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
    uint32_t bytes = stlink_slice_accesses(stlink) * op->width / 4 * 4;

    if (bytes < BLOCK_MIN)
        bytes = BLOCK_MIN;
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
    uint32_t total = op->count * op->width, bytes;
    uint8_t one[4] = {0};
    uint8_t *data = op->data ? op->data : one;

    if (code == 0)
        return without_command(probe, op);
    if (op->inline_data) {
        put_le32(one, op->value);
        data = one;
    }
    if (op->ap != 0 && !stlink->caps.rw_misc)
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "the probe's firmware %s reaches memory through access port 0 only: update "
                        "it",
                        probe->info.firmware);
    for (uint32_t at = 0; at < total; at += bytes) {
        uint32_t address = op->increment ? op->address + at : op->address;

        bytes = block_bytes(stlink, op, address);
        if (bytes > total - at)
            bytes = total - at;
        if (job_cancelled(probe->job))
            return job_fail(probe->job, ERR_CANCELLED, "interrupted");
        enum err error = block(probe, op, code, address, data + at, bytes);
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

/* One word through any AP, for what has commands of its own on AP 0. */
static enum err any_word(struct probe *probe, const struct op *op, enum op_kind kind,
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
    enum err error = run_block(probe, &word);

    if (error == ERR_OK && kind == OP_READ && address == DHCSR_ADDRESS)
        probe_note_dhcsr(probe, *value);
    return error;
}

/* --- core registers --- */

static enum err await_register(struct probe *probe, const struct op *op)
{
    uint64_t end = clock_now_us(probe->clock) + REGISTER_LIMIT_US;
    uint32_t dhcsr = 0;

    do {
        enum err error = any_word(probe, op, OP_READ, DHCSR_ADDRESS, &dhcsr);
        if (error != ERR_OK || (dhcsr & DHCSR_S_REGRDY))
            return error;
    } while (clock_now_us(probe->clock) < end);
    return job_fail(probe->job, ERR_TIMEOUT, "core register %u: S_REGRDY does not come",
                    op->address);
}

/* A core behind another AP: whether READREG's AP byte is obeyed is not known, so by DCRSR and DCRDR
 * (DDI 0403, C1.6.3). */
static enum err run_reg_elsewhere(struct probe *probe, struct op *op)
{
    bool read = op->kind == OP_REG_READ;
    uint32_t select = op->address | (read ? 0 : DCRSR_WRITE), value = op->value;
    enum err error = read ? ERR_OK : any_word(probe, op, OP_WRITE, DCRDR_ADDRESS, &value);

    if (error == ERR_OK)
        error = any_word(probe, op, OP_WRITE, DCRSR_ADDRESS, &select);
    if (error == ERR_OK)
        error = await_register(probe, op);
    if (error == ERR_OK && read)
        error = any_word(probe, op, OP_READ, DCRDR_ADDRESS, op->result);
    return error;
}

static enum err run_reg(struct probe *probe, struct op *op)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[8] = {0};
    const struct stlink_status *status = NULL;
    bool read = op->kind == OP_REG_READ;

    if (op->ap != 0)
        return run_reg_elsewhere(probe, op);
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

/* It reads 20 registers in one command: not within the time limit at a crawling SWCLK. */
bool stlink_all_regs_usable(const struct stlink *stlink)
{
    return stlink->all_regs == ALL_REGS_AGREE && stlink->khz >= ALL_REGS_KHZ;
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

/* All of READALLREGS' registers as this queue just read them one by one; false if it did not, or
 * changed anything after it began to. */
static bool were_all_read(const struct op *ops, size_t count, uint32_t *values)
{
    uint32_t seen = 0;

    for (size_t i = 0; i < count; i++) {
        if (in_all_regs(&ops[i])) {
            values[ops[i].address] = *ops[i].result;
            seen |= 1u << ops[i].address;
        } else if (seen && (ops[i].kind == OP_WRITE || ops[i].kind == OP_REG_WRITE)) {
            return false;
        }
    }
    return seen == (1u << ALL_REGS) - 1;
}

/* The first time that all registers were read: does READALLREGS say the same? The core stands. */
static enum err learn_all_regs(struct probe *probe, const struct op *ops, size_t count)
{
    struct stlink *stlink = stlink_of(probe);
    uint32_t known[ALL_REGS], values[ALL_REGS];

    if (stlink->all_regs != ALL_REGS_UNKNOWN || !were_all_read(ops, count, known))
        return ERR_OK;
    enum err error = read_all(probe, values);
    if (stlink->lost)
        return error;
    bool agree = error == ERR_OK && memcmp(known, values, sizeof known) == 0;
    stlink->all_regs = agree ? ALL_REGS_AGREE : ALL_REGS_DIFFER;
    if (!agree)
        log_line(probe->job->log, LOG_DEBUG, "READALLREGS and single reads disagree: not used");
    if (error != ERR_OK)
        job_clear(probe->job);
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
    if (wanted < ALL_REGS_WORTH || !stlink_all_regs_usable(stlink))
        return ERR_OK;
    enum err error = read_all(probe, values);
    if (error != ERR_OK && !stlink->lost) { /* one by one they get their retries and sentences */
        job_clear(probe->job);
        return ERR_OK;
    }
    for (size_t i = first; i < end && error == ERR_OK; i++)
        if (!done[i] && in_all_regs(&ops[i])) {
            *ops[i].result = values[ops[i].address];
            done[i] = true;
        }
    return error;
}

/* --- waiting, DP and AP --- */

static enum err run_wait(struct probe *probe, struct op *op)
{
    uint64_t end = clock_now_us(probe->clock) + op->timeout_us;

    for (uint64_t pause = WAIT_FIRST_US;; pause = pause < WAIT_LONGEST_US ? 2 * pause : pause) {
        uint32_t value = 0;
        enum err error = op->ap == 0 ? read_word(probe, op, op->address, &value)
                                     : any_word(probe, op, OP_READ, op->address, &value);
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

/* Writes that must not be done twice, since nobody knows whether the first one arrived: into
 * register-like places, and those that let the core go or reset it. */
static bool happens_once(const struct op *op)
{
    if (op->kind != OP_WRITE)
        return false;
    return !op->increment || stlink_is_action(op);
}

/* Nobody acknowledged: the target may have been reset or power-cycled. Once more from the
 * beginning, but for writes that may have happened. */
enum err stlink_run_one(struct probe *probe, struct op *op)
{
    enum err error = run_one_once(probe, op);

    if (error == ERR_FAULT || error == ERR_WAIT || error == ERR_PARITY)
        stlink_clear_sticky(probe);
    if (error != ERR_NO_TARGET || happens_once(op))
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
    return error == ERR_OK ? learn_all_regs(probe, ops, count) : error;
}

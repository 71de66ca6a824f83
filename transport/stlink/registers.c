/* SPDX-License-Identifier: MIT */
/* Core registers as ST-Link commands: one by one, or all at once where that has shown to be the
 * same.
 */
#include "stlink/stlink.h"

#include <string.h>

#include "base/bytes.h"

#define DHCSR_ADDRESS 0xE000EDF0u
#define DHCSR_S_REGRDY (1u << 16)
#define DCRSR_ADDRESS 0xE000EDF4u
#define DCRSR_WRITE (1u << 16)
#define DCRDR_ADDRESS 0xE000EDF8u

enum { REGISTER_LIMIT_US = 100000 };
enum { ALL_REGS = 19, ALL_REGS_REPLY = 88, ALL_REGS_WORTH = 3, ALL_REGS_KHZ = 15 };

static enum err await_register(struct probe *probe, const struct op *op)
{
    uint64_t end = clock_now_us(probe->clock) + REGISTER_LIMIT_US;
    uint32_t dhcsr = 0;

    do {
        enum err err = stlink_any_word(probe, op, OP_READ, DHCSR_ADDRESS, &dhcsr);
        if (err || (dhcsr & DHCSR_S_REGRDY))
            return err;
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
    enum err err = read ? ERR_OK : stlink_any_word(probe, op, OP_WRITE, DCRDR_ADDRESS, &value);

    if (!err)
        err = stlink_any_word(probe, op, OP_WRITE, DCRSR_ADDRESS, &select);
    if (!err)
        err = await_register(probe, op);
    if (!err && read)
        err = stlink_any_word(probe, op, OP_READ, DCRDR_ADDRESS, op->result);
    return err;
}

enum err stlink_run_reg(struct probe *probe, struct op *op)
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
    enum err err = stlink_ask_status(probe, command, reply, read ? 8 : 2, &status);
    if (err)
        return status ? stlink_fail(probe, op, op->address, status) : err;
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
    enum err err;

    stlink_command(command, STLINK_DEBUG, STLINK_READALLREGS);
    err = stlink_ask_status(probe, command, reply, sizeof reply, NULL);
    for (int i = 0; i < ALL_REGS; i++)
        values[i] = get_le32(reply + 4 + 4 * i);
    return err;
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
enum err stlink_learn_all_regs(struct probe *probe, const struct op *ops, size_t count)
{
    struct stlink *stlink = stlink_of(probe);
    uint32_t known[ALL_REGS], values[ALL_REGS];

    if (stlink->all_regs != ALL_REGS_UNKNOWN || !were_all_read(ops, count, known))
        return ERR_OK;
    enum err err = read_all(probe, values);
    if (stlink->lost)
        return err;
    bool agree = !err && memcmp(known, values, sizeof known) == 0;
    stlink->all_regs = agree ? ALL_REGS_AGREE : ALL_REGS_DIFFER;
    if (!agree)
        log_line(probe->job->log, LOG_DEBUG, "READALLREGS and single reads disagree: not used");
    if (err)
        job_clear(probe->job);
    return ERR_OK;
}

/* Serves all register reads among [first, end) that are not done, if they are worth it. */
enum err stlink_run_all_regs(struct probe *probe, struct op *ops, size_t first, size_t end,
                             bool *done)
{
    struct stlink *stlink = stlink_of(probe);
    uint32_t values[ALL_REGS];
    size_t wanted = 0;

    for (size_t i = first; i < end; i++)
        wanted += !done[i] && in_all_regs(&ops[i]);
    if (wanted < ALL_REGS_WORTH || !stlink_all_regs_usable(stlink))
        return ERR_OK;
    enum err err = read_all(probe, values);
    if (err && !stlink->lost) { /* one by one they get their retries and sentences */
        job_clear(probe->job);
        return ERR_OK;
    }
    for (size_t i = first; i < end && !err; i++)
        if (!done[i] && in_all_regs(&ops[i])) {
            *ops[i].result = values[ops[i].address];
            done[i] = true;
        }
    return err;
}

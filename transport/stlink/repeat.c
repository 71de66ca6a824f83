/* SPDX-License-Identifier: MIT */
/* One operation by itself, once more if the wire failed it: which may be done twice, and what to
 * make of a failure that may be the wire's. */
#include "stlink/stlink.h"

#include <string.h>

#define DHCSR_ADDRESS 0xE000EDF0u

/* Where doing an access again has no effect of its own. What is not in here happens once: device
 * memory above all (DDI 0403, B3.1), then what clears when it is read, or acts when it is written.
 */
static const struct {
    uint32_t first, last;
    bool read, write;
} plain[] = {
    {0x00000000, 0x1FFFFFFF, true, false}, /* code: flash is programmed by writing it */
    {0x20000000, 0x3FFFFFFF, true, true},  /* SRAM */
    {0x60000000, 0x9FFFFFFF, true, false}, /* external memory, flash included */
    {0xE0001000, 0xE0001FFF, false, true}, /* DWT: MATCHED clears (C1.8.17) */
    {0xE0002000, 0xE0002FFF, true, true},  /* FPB */
    {0xE000E014, 0xE000ED2F, true, false}, /* behind SysTick's COUNTFLAG, which clears (B3.3.3) */
    {0xE000ED30, 0xE000ED33, true, true},  /* DFSR */
    {0xE000ED34, 0xE000EDEF, true, false},
    {0xE000EDF0, 0xE000EDF3, false, true}, /* DHCSR: S_RESET_ST, S_RETIRE_ST clear (C1.6.2) */
    {0xE000EDF4, 0xE000EDFF, true, true},  /* DCRSR, DCRDR, DEMCR */
    {0xE000EE00, 0xE000EFFF, true, false},
    {0xE0040000, 0xE0041FFF, true, false}, /* TPIU, ETM */
    {0xE0042000, 0xE0042FFF, true, true},  /* DBGMCU of many families */
    {0xE0043000, 0xE00FFFFF, true, false}, /* ROM tables */
};

static bool is_plain(uint32_t first, uint32_t last, bool write)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (first >= plain[i].first && last <= plain[i].last)
            return write ? plain[i].write : plain[i].read;
    return false;
}

bool stlink_may_repeat(const struct op *op, enum err err)
{
    bool one = !op->increment && op->count != 1;

    switch (op->kind) {
    case OP_WAIT: /* made of repeated reads */
    case OP_REG_READ:
    case OP_REG_WRITE:
        return true;
    case OP_READ:
    case OP_WRITE:
        if (one || stlink_is_action(op))
            return false;
        if (op->still)
            return true;
        /* Silence: nothing was read, and this is how a target that was reset is noticed. */
        if (err == ERR_NO_TARGET && op->kind == OP_READ && op->address == DHCSR_ADDRESS)
            return true;
        return is_plain(op->address, op->address + op->count * op->width - 1, op->kind == OP_WRITE);
    default:
        return false; /* DP and AP registers count accesses, move TAR, and so on */
    }
}

/* Looking costs eight commands: once a connection is enough, and again after the wire failed. */
static bool wire_garbles(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);

    if (stlink->wire_proved)
        return false;
    bool garbles = stlink_link_garbles(probe);
    stlink->wire_proved = !garbles && !stlink->lost;
    return garbles;
}

/* A refusal may be the wire's: data that arrives garbled makes the debug port refuse what follows,
 * and not every firmware tells the two apart. Then the port's own flag does, or a test of the wire.
 */
enum err stlink_judge_refusal(struct probe *probe, const struct op *op, bool write_garbled)
{
    char text[sizeof probe->job->text];
    bool known = probe->failed_address_known;
    uint32_t address = probe->failed_address;

    memcpy(text, probe->job->text, sizeof text);
    bool garbled = write_garbled || wire_garbles(probe);
    job_clear(probe->job);
    enum err err =
        garbled ? probe_fail_op(probe, op, known ? address : op->address, SWD_PARITY)
                : job_fail(probe->job, ERR_FAULT, "%.200s%s%s", text,
                           probe->stats.repeats ? ", or the wire garbled it, as it did before" : "",
                           probe_hint(probe, probe->stats.repeats ? ERR_PARITY : ERR_OK));
    probe->failed = op;
    probe->failed_address_known = known;
    probe->failed_address = address;
    return err;
}

/* *write_garbled: the port says so. */
static enum err try_once(struct probe *probe, struct op *op, stlink_once *once, bool *write_garbled)
{
    enum err err = once(probe, op);

    *write_garbled = err == ERR_FAULT && stlink_write_was_garbled(probe);
    if (err == ERR_FAULT || err == ERR_WAIT || err == ERR_PARITY)
        stlink_clear_sticky(probe);
    return err;
}

enum err stlink_run_repeated(struct probe *probe, struct op *op, stlink_once *once)
{
    bool garbled, garbled_again = false;
    enum err err = try_once(probe, op, once, &garbled), again = ERR_OK;
    uint32_t address = probe->failed_address;

    if (err != ERR_FAULT && err != ERR_PARITY && err != ERR_NO_TARGET)
        return err;
    if (!stlink_may_repeat(op, err) || job_cancelled(probe->job))
        return err == ERR_FAULT ? stlink_judge_refusal(probe, op, garbled) : err;
    job_clear(probe->job);
    if (err == ERR_NO_TARGET) /* the target may have been reset or power-cycled */
        again = stlink_reenter(probe);
    if (again == ERR_OK)
        again = try_once(probe, op, once, &garbled_again);
    if (again == ERR_OK && err != ERR_NO_TARGET)
        stlink_note_repeat(probe);
    if (again != ERR_FAULT)
        return again;
    /* The target refuses the same place each time. */
    bool moved = err == ERR_FAULT && probe->failed_address != address;
    return stlink_judge_refusal(probe, op, garbled || garbled_again || moved || err == ERR_PARITY);
}

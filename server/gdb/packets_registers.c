/* SPDX-License-Identifier: MIT */
/* g G p P: registers in the order of target.xml, in the target's byte order, of the thread that the
 * client chose. */
#include "gdb/packets_internal.h"
#include "gdb/register_bytes.h"
#include "session/threads.h"

/* While the core runs these are the last stop's; what that did not keep is given as unknown. */
enum err packet_read_all(struct packet_call *call)
{
    size_t count;
    const struct target_register *regs = target_registers(call->session->target, &count);

    for (size_t i = 0; i < count; i++) {
        uint64_t value;
        enum err err =
            session_thread_register(call->session, call->job, call->gdb->thread, i, &value);

        if (!err) {
            register_bytes_put(call->reply, &regs[i], value);
        } else if (err == ERR_NOT_HALTED || (err == ERR_FAULT && call->gdb->thread)) {
            /* one thread that cannot be told is no reason to show none of the others */
            job_clear(call->job);
            register_bytes_put_unknown(call->reply, &regs[i]);
        } else {
            return err;
        }
    }
    return ERR_OK;
}

static size_t size_of_all(const struct target_register *regs, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += regs[i].bits / 8;
    return size;
}

/* Of a thread that does not run only what changes is written: not all of it has a place. */
static enum err write_if_other(struct packet_call *call, size_t index, uint64_t value)
{
    uint32_t thread = call->gdb->thread;
    uint64_t now;

    if (thread && thread != session_running_thread(call->session)) {
        enum err err = session_thread_register(call->session, call->job, thread, index, &now);

        if (!err && now == value)
            return ERR_OK;
        if (err != ERR_OK && err != ERR_NOT_HALTED)
            return err;
        job_clear(call->job);
        if (err && value == 0) /* gdb's word for what it was not told */
            return ERR_OK;
    }
    return session_set_thread_register(call->session, call->job, thread, index, value);
}

enum err packet_write_all(struct packet_call *call)
{
    const struct packet_arg *data = &call->args.item[0];
    size_t count, at = 0;
    const struct target_register *regs = target_registers(call->session->target, &count);

    if (data->length != size_of_all(regs, count))
        return job_fail(call->job, ERR_ARGUMENT, "G with %zu bytes of registers, not %zu",
                        data->length, size_of_all(regs, count));
    for (size_t i = 0; i < count; i++) {
        size_t size = regs[i].bits / 8;
        enum err err = write_if_other(call, i, register_bytes_value(data->data + at, size));

        if (err)
            return err;
        at += size;
    }
    return packet_ok(call);
}

/* NULL: recorded as the job's failure, ERR_ARGUMENT. */
static const struct target_register *find(struct packet_call *call)
{
    size_t count, number = call->args.item[0].number;
    const struct target_register *regs = target_registers(call->session->target, &count);

    if (number < count)
        return &regs[number];
    job_fail(call->job, ERR_ARGUMENT, "no register number %zu; there are %zu", number, count);
    return NULL;
}

enum err packet_read_one(struct packet_call *call)
{
    const struct target_register *reg = find(call);
    uint64_t value;

    if (!reg)
        return ERR_ARGUMENT;
    enum err err = session_thread_register(call->session, call->job, call->gdb->thread,
                                           call->args.item[0].number, &value);
    if (!err) {
        register_bytes_put(call->reply, reg, value);
    } else if (err == ERR_NOT_HALTED && call->gdb->thread) {
        job_clear(call->job);
        register_bytes_put_unknown(call->reply, reg);
        return ERR_OK;
    }
    return err;
}

enum err packet_write_one(struct packet_call *call)
{
    const struct packet_arg *data = &call->args.item[1];
    const struct target_register *reg = find(call);

    if (!reg)
        return ERR_ARGUMENT;
    if (data->length != reg->bits / 8u)
        return job_fail(call->job, ERR_ARGUMENT, "%s has %u bits, not %zu", reg->name, reg->bits,
                        data->length * 8);
    enum err err = session_set_thread_register(call->session, call->job, call->gdb->thread,
                                               call->args.item[0].number,
                                               register_bytes_value(data->data, data->length));
    return err ? err : packet_ok(call);
}

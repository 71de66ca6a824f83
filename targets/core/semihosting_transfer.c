/* SPDX-License-Identifier: MIT */
/* SYS_READ and SYS_WRITE: bytes between the program's memory and a file or the console, in pieces
 * that leave room for others. */
#include <string.h>

#include "core/semihosting_internal.h"

/* Bytes that a call moves; programs go on with the rest by themselves. */
enum { MOVED_MAX = 1 << 20 };

/* The words of both calls. */
enum { HANDLE, BUFFER, LENGTH };

/* Moves at most SEMI_CHUNK bytes: *moved is how many, a negative error number, or
 * SEMI_NOTHING_YET. */
typedef enum err piece_mover(struct core *core, uint32_t handle, uint64_t address, uint32_t size,
                             int32_t *moved);

static enum err write_piece(struct core *core, uint32_t handle, uint64_t address, uint32_t size,
                            int32_t *moved)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    const struct semihosting_file *file = semi_file(core, handle);
    uint8_t data[SEMI_CHUNK];
    enum err err = semi_read(core, address, data, size);

    *moved = (int32_t)size;
    if (err)
        return err;
    if (!file)
        semi_emit(core, handle, (const char *)data, size);
    else if (file->kind == SEMI_FILE)
        *moved = setup->files->write(setup->files_user, file->number, data, size);
    else
        *moved = -SEMI_EBADF;
    return ERR_OK;
}

static int32_t read_features(struct semihosting_file *file, uint8_t *data, uint32_t size)
{
    uint32_t left = file->position < SEMI_FEATURES_SIZE ? SEMI_FEATURES_SIZE - file->position : 0;
    uint32_t got = size < left ? size : left;

    if (got > 0)
        memcpy(data, semi_features + file->position, got);
    file->position += got;
    return (int32_t)got;
}

static int32_t fetch(const struct semihosting_setup *setup, struct semihosting_file *file,
                     uint8_t *data, uint32_t size)
{
    if (!file)
        return setup->input ? setup->input(setup->input_user, data, size) : 0;
    if (file->kind == SEMI_FEATURES)
        return read_features(file, data, size);
    return setup->files->read(setup->files_user, file->number, data, size);
}

static enum err read_piece(struct core *core, uint32_t handle, uint64_t address, uint32_t size,
                           int32_t *moved)
{
    struct semihosting_file *file = semi_file(core, handle);
    uint8_t data[SEMI_CHUNK];

    *moved = fetch(&core->target->semihosting, file, data, size);
    return *moved > 0 ? semi_write(core, address, data, (uint32_t)*moved) : ERR_OK;
}

/* The last of it: the file has no more, or the console not yet. */
static bool is_last(const struct semihosting_call *call, const struct semihosting_pending *pending,
                    uint32_t size, int32_t moved)
{
    return moved < (int32_t)size || pending->done == call->word[LENGTH] ||
           pending->done >= MOVED_MAX;
}

static enum err move(struct core *core, struct semihosting_call *call, piece_mover *mover,
                     int32_t *moved)
{
    struct semihosting_pending *pending = &core->semihosting.pending;
    uint64_t began = core_now_us(core);
    enum err err = semi_check(core, call->word[BUFFER], call->word[LENGTH]);

    if (pending->done > call->word[LENGTH]) /* somebody changed the block meanwhile */
        pending->done = call->word[LENGTH];
    while (!err && !call->later) {
        uint32_t left = call->word[LENGTH] - pending->done;
        uint32_t size = left < SEMI_CHUNK ? left : SEMI_CHUNK;

        err = mover(core, call->word[HANDLE], (uint64_t)call->word[BUFFER] + pending->done, size,
                    moved);
        if (err || *moved < 0)
            return err;
        pending->done += (uint32_t)*moved;
        if (is_last(call, pending, size, *moved))
            return ERR_OK;
        err = semi_pause(core, call, began);
    }
    return err;
}

/* The result is the number of bytes that were not moved: the program goes on with the rest of what
 * a cancel cut short. */
static enum err transfer(struct core *core, struct semihosting_call *call, piece_mover *mover)
{
    const struct semihosting_pending *pending = &core->semihosting.pending;
    int32_t moved = 0;
    enum err mark = core_mark(core);
    enum err err = move(core, call, mover, &moved);

    if (err == ERR_CANCELLED && pending->done > 0) { /* else that would be moved twice */
        core_rollback(core, mark);
        err = ERR_OK;
    }
    if (moved == SEMI_NOTHING_YET)
        call->later = pending->done == 0;
    else if (moved < 0 && pending->done == 0)
        return semi_result(core, call, moved);
    call->result = call->word[LENGTH] - pending->done;
    return err;
}

enum err semi_write_call(struct core *core, struct semihosting_call *call)
{
    struct semihosting_file *file = semi_file(core, call->word[HANDLE]);
    enum err err;

    if (file && file->kind == SEMI_REMOTE)
        return semi_remote_write(core, call, file);
    if (file || semi_is_output(call->word[HANDLE]))
        err = transfer(core, call, write_piece);
    else
        err = semi_fail(core, call, SEMI_EBADF);
    if (!err && call->result == SEMI_FAILED) /* the call has no other way to say it */
        call->result = call->word[LENGTH];
    return err;
}

enum err semi_read_call(struct core *core, struct semihosting_call *call)
{
    struct semihosting_file *file = semi_file(core, call->word[HANDLE]);

    if (!file && !semi_is_input(call->word[HANDLE]))
        return semi_fail(core, call, SEMI_EBADF);
    if (file ? file->kind == SEMI_REMOTE : semi_is_remote(core))
        return semi_remote_read(core, call, file ? file->number : 0);
    return transfer(core, call, read_piece);
}

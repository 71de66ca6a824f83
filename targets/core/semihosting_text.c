/* SPDX-License-Identifier: MIT */
/* The program's text, character by character or as strings, and the characters typed for it. */
#include <string.h>

#include "core/memory.h"
#include "core/semihosting_internal.h"

enum { TEXT_MAX = 65536, PIECE = 256 };

static void pass_on(struct core *core, unsigned channel, const char *text, size_t length)
{
    const struct target *target = core->target;
    const struct program_text said = {TEXT_SEMIHOSTING, channel, text, length};

    if (length && target->text)
        target->text(target->text_user, &said);
    else if (length && target->job->output)
        target->job->output(target->job->user, text, length);
}

void target_set_text(struct target *target,
                     void (*text)(void *user, const struct program_text *text), void *user)
{
    target->text = text;
    target->text_user = user;
}

/* Programs write byte by byte, too, but whoever shows it must see characters and escape sequences
 * whole: what is only begun waits for its rest. */
void semi_emit(struct core *core, uint32_t handle, const char *text, size_t length)
{
    struct semihosting_text *kept = &core->semihosting.text[handle];
    char whole[sizeof kept->begun + SEMI_CHUNK];
    size_t begun = kept->length;

    memcpy(whole, kept->begun, begun);
    memcpy(whole + begun, text, length);
    length += begun;
    begun = visible_unfinished(whole, length);
    memcpy(kept->begun, whole + length - begun, begun);
    kept->length = begun;
    pass_on(core, handle, whole, length - begun);
}

void target_end_text(struct target *target)
{
    struct core *core = target->core;

    for (unsigned i = 0; i < SEMI_TEXTS; i++) {
        struct semihosting_text *kept = &core->semihosting.text[i];
        size_t length = kept->length;

        kept->length = 0;
        pass_on(core, i, kept->begun, length);
    }
}

enum err semi_writec(struct core *core, struct semihosting_call *call)
{
    char character;
    enum err err = semi_read(core, call->argument, &character, 1);

    if (!err)
        semi_emit(core, SEMI_DEBUG, &character, 1);
    return err;
}

/* Up to the NUL; a string without end is cut. */
enum err semi_write0(struct core *core, struct semihosting_call *call)
{
    struct semihosting_pending *pending = &core->semihosting.pending;
    uint64_t began = core_now_us(core);
    char text[PIECE];

    while (pending->done < TEXT_MAX) {
        size_t got;
        enum err err =
            semi_read_some(core, (uint64_t)call->argument + pending->done, text, sizeof text, &got);
        if (err)
            return err;
        size_t length = strnlen(text, got);
        semi_emit(core, SEMI_DEBUG, text, length);
        pending->done += (uint32_t)got;
        if (length < got)
            break;
        err = semi_pause(core, call, began);
        if (err || call->later)
            return err;
    }
    return ERR_OK;
}

enum err semi_readc(struct core *core, struct semihosting_call *call)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    uint8_t character;

    if (semi_is_remote(core))
        return semi_remote_readc(core, call);
    int32_t got = setup->input ? setup->input(setup->input_user, &character, 1) : 0;

    call->later = got == SEMI_NOTHING_YET;
    call->result = got > 0 ? character : SEMI_FAILED;
    return ERR_OK;
}

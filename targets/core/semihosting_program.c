/* SPDX-License-Identifier: MIT */
/* What a program asks of itself and its surroundings: errors, time, command line, memory, its end.
 */
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "core/semihosting_internal.h"

enum { TICKS_A_SECOND = 1000000, CENTISECOND_US = 10000 };
#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

/* --- errors --- */

enum err semi_iserror(struct core *core, struct semihosting_call *call)
{
    (void)core;
    call->result = call->word[0] >> 31;
    return ERR_OK;
}

enum err semi_errno(struct core *core, struct semihosting_call *call)
{
    call->result = (uint32_t)core->semihosting.error;
    return ERR_OK;
}

/* --- time: the probe's clock, so that a simulated program's agrees with what it does --- */

static uint64_t elapsed_us(const struct core *core)
{
    return core_now_us(core) - core->reset_us;
}

enum err semi_clock(struct core *core, struct semihosting_call *call)
{
    call->result = (uint32_t)(elapsed_us(core) / CENTISECOND_US) & INT32_MAX;
    return ERR_OK;
}

enum err semi_elapsed(struct core *core, struct semihosting_call *call)
{
    uint8_t bytes[8];
    uint64_t ticks = elapsed_us(core);

    put_le32(bytes, (uint32_t)ticks);
    put_le32(bytes + 4, (uint32_t)(ticks >> 32));
    return semi_write(core, call->argument, bytes, sizeof bytes);
}

enum err semi_tickfreq(struct core *core, struct semihosting_call *call)
{
    (void)core;
    call->result = TICKS_A_SECOND;
    return ERR_OK;
}

enum err semi_time(struct core *core, struct semihosting_call *call)
{
    (void)core;
    call->result = (uint32_t)time(NULL);
    return ERR_OK;
}

/* --- surroundings --- */

/* A program is no user of this machine. */
enum err semi_system(struct core *core, struct semihosting_call *call)
{
    semi_warn(core, call->number,
              "wants a command run (SYS_SYSTEM), which is never done: it gets "
              "-1");
    return semi_fail(core, call, SEMI_EPERM);
}

enum err semi_cmdline(struct core *core, struct semihosting_call *call)
{
    const char *text = core->target->semihosting.command_line;
    uint32_t length = (uint32_t)strlen(text);
    uint8_t word[4];

    if (call->word[1] <= length)
        return semi_fail(core, call, SEMI_E2BIG);
    enum err err = semi_write(core, call->word[0], text, length + 1);
    put_le32(word, length);
    return err ? err : semi_write(core, (uint64_t)call->argument + 4, word, sizeof word);
}

/* Zero: as the C library and its linker script have it. */
enum err semi_heapinfo(struct core *core, struct semihosting_call *call)
{
    static const uint8_t as_linked[16];

    return semi_write(core, call->word[0], as_linked, sizeof as_linked);
}

/* A call of the program's own is a line of the log. */
enum err semi_user(struct core *core, struct semihosting_call *call)
{
    char text[SEMI_USER_TEXT] = "", shown[VISIBLE_GROWTH * SEMI_USER_TEXT];
    uint32_t length = call->word[1];

    if (length >= sizeof text)
        return semi_fail(core, call, SEMI_E2BIG);
    enum err err = length ? semi_read(core, call->word[0], text, length) : ERR_OK;
    if (err)
        return err;
    visible_copy(VISIBLE_LINE, text, strnlen(text, length), shown, sizeof shown);
    snprintf(core->target->semihosting.user_text, SEMI_USER_TEXT, "%s", text);
    log_line(core->target->job->log, LOG_INFO, "the program makes its call 0x%x: %s",
             (unsigned)call->number, shown);
    return ERR_OK;
}

/* --- the end --- */

/* SYS_EXIT has a reason alone, SYS_EXIT_EXTENDED a code, too. Where the block of that cannot be
 * read the program ends all the same, and not well. */
enum err semi_exit(struct core *core, struct semihosting_call *call)
{
    bool extended = call->number == 0x20;
    uint32_t reason = extended ? call->word[0] : call->argument;
    uint32_t code = extended ? call->word[1] : 0;

    semihosting_close_all(core);
    if (core->semihosting.exit_returns)
        return ERR_OK;
    *call->stop =
        (struct target_stop){.reason = STOP_EXIT,
                             .pc = call->stop->pc + 2,
                             .exit_reason = reason,
                             .exit_code = reason == ADP_STOPPED_APPLICATION_EXIT ? (int)code : 1};
    call->exits = true;
    return ERR_OK;
}

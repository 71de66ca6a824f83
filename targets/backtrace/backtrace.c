/* SPDX-License-Identifier: MIT */
#include "backtrace/backtrace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "image/source_lines.h"

#define RESET_LR 0xFFFFFFFFu   /* DDI 0403, B1.5.5 */
#define FNC_RETURN 0xFEFFFFFEu /* DDI 0553: to the other security state; bit 0 as it may be */
#define EXC_RETURN_PSP (1u << 2)
#define EXC_RETURN_BASIC (1u << 4) /* no floating point registers were pushed */
#define XPSR_PADDED (1u << 9)
#define XPSR_IPSR 0x1FFu
enum { BASIC_FRAME = 0x20, EXTENDED_FRAME = 0x68, PUSHED = 8, NEAR_RAM = 0x1000 };

struct walk {
    struct target *target;
    const struct debug_info *info;
    struct frame_registers registers;
    uint32_t psp;
    unsigned handler; /* the exception whose handler the frame belongs to; 0: none's */
    bool called;      /* the frame waits for a call to return, else it was stopped where pc is */
    unsigned interrupted; /* by this exception: its handler's was the frame before */
    bool over;
    struct backtrace *trace;
};

const char *backtrace_exception(unsigned exception, char text[BACKTRACE_EXCEPTION])
{
    static const char *const names[] = {
        [2] = "NMI",        [3] = "HardFault",   [4] = "MemManage", [5] = "BusFault",
        [6] = "UsageFault", [7] = "SecureFault", [11] = "SVCall",   [12] = "DebugMonitor",
        [14] = "PendSV",    [15] = "SysTick",
    };
    enum { EXTERNAL = 16 };

    if (exception >= EXTERNAL)
        snprintf(text, BACKTRACE_EXCEPTION, "interrupt %u", exception - EXTERNAL);
    else
        snprintf(text, BACKTRACE_EXCEPTION, "%s",
                 names[exception] ? names[exception] : "an exception");
    return text;
}

static void end(struct walk *walk, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void end(struct walk *walk, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(walk->trace->end, sizeof walk->trace->end, format, args);
    va_end(args);
    walk->over = true;
}

static bool read_word(void *user, uint32_t address, uint32_t *word)
{
    struct walk *walk = user;
    uint8_t bytes[4];
    struct job unheard;

    job_init(&unheard, NULL);
    struct job *before = target_set_job(walk->target, &unheard);
    enum err err = target_read(walk->target, address, bytes, sizeof bytes, NULL);
    target_set_job(walk->target, before);
    if (!err)
        *word = get_le32(bytes);
    return !err;
}

/* --- what is told of a frame --- */

static uint32_t place_of(const struct walk *walk)
{
    return (walk->registers.value[FRAME_PC] & ~1u) - (walk->called ? 1 : 0);
}

/* The frame that has registers, and those inlined into it. */
static void tell(struct walk *walk)
{
    struct source_place places[SOURCE_PLACES] = {{0}};
    struct backtrace *trace = walk->trace;
    size_t count =
        walk->info ? source_lines_at(walk->info, place_of(walk), places, SOURCE_PLACES) : 1;

    for (size_t i = 0; i < count && trace->count < BACKTRACE_FRAMES; i++)
        trace->frames[trace->count++] = (struct backtrace_frame){
            .pc = walk->registers.value[FRAME_PC] & ~1u,
            .function = places[i].function,
            .file = places[i].file,
            .line = places[i].line,
            .inlined = places[i].inlined,
            .exception = i == 0 ? walk->interrupted : 0,
        };
    const char *outermost = trace->frames[trace->count - 1].function;
    walk->over = outermost && strcmp(outermost, "main") == 0 && !walk->handler;
    if (!walk->over && trace->count == BACKTRACE_FRAMES)
        end(walk, "more than %d frames", BACKTRACE_FRAMES);
}

/* --- to the next frame --- */

static bool may_hold_code(const struct walk *walk, uint32_t address)
{
    const struct target_region *region = target_region_at(walk->target, address);

    return region && region->kind != REGION_DEVICE && region->kind != REGION_EEPROM;
}

/* A stack that grew out of RAM at its lower end. */
static bool has_overflowed(const struct walk *walk, uint32_t sp)
{
    const struct target_region *above = target_region_at(walk->target, sp + NEAR_RAM);

    return !target_region_at(walk->target, sp) && above && above->kind == REGION_RAM;
}

/* What the exception pushed: r0 to r3, r12, lr, pc, xpsr. */
static void leave_exception(struct walk *walk, uint32_t exc_return)
{
    static const uint8_t order[PUSHED - 1] = {0, 1, 2, 3, 12, FRAME_LR, FRAME_PC};
    struct frame_registers *registers = &walk->registers;
    bool psp = exc_return & EXC_RETURN_PSP;
    uint32_t at = psp ? walk->psp : registers->value[FRAME_SP], word[PUSHED];

    for (unsigned i = 0; i < PUSHED; i++)
        if (!read_word(walk, at + 4 * i, &word[i])) {
            end(walk, "what the exception saved at 0x%08" PRIx32 " (%s) cannot be read%s", at,
                psp ? "PSP" : "MSP",
                has_overflowed(walk, at) ? ": the stack has overflowed, that is below RAM" : "");
            return;
        }
    for (unsigned i = 0; i < PUSHED - 1; i++) {
        registers->value[order[i]] = word[i];
        registers->known |= 1u << order[i];
    }
    at += exc_return & EXC_RETURN_BASIC ? BASIC_FRAME : EXTENDED_FRAME;
    registers->value[FRAME_SP] = at + (word[PUSHED - 1] & XPSR_PADDED ? 4 : 0);
    walk->interrupted = walk->handler;
    walk->handler = word[PUSHED - 1] & XPSR_IPSR;
    walk->called = false;
}

/* Where a call returns to, as LR or the stack have it. */
static void leave_call(struct walk *walk, uint32_t sp_before)
{
    const struct frame_registers *registers = &walk->registers;
    uint32_t to = registers->value[FRAME_PC], sp = registers->value[FRAME_SP];

    walk->interrupted = 0;
    if (to == RESET_LR || to == 0)
        walk->over = true;
    else if ((to | 1) == (FNC_RETURN | 1))
        end(walk, "it returns into the other security state");
    else if (to >> 8 == RESET_LR >> 8)
        leave_exception(walk, to);
    else if (!(to & 1) || !may_hold_code(walk, to & ~1u))
        end(walk, "it would return to 0x%08" PRIx32 ", where no code is: the stack is damaged", to);
    else if (sp < sp_before || (sp == sp_before && walk->called))
        end(walk,
            "the frame behind it would begin at 0x%08" PRIx32 ", below 0x%08" PRIx32
            ": the stack is damaged",
            sp, sp_before);
    else
        walk->called = true;
}

/* Nothing is said of the place: one that has called nothing returns where LR says. */
static enum frame_found guess(struct walk *walk)
{
    struct frame_registers *registers = &walk->registers;

    if (walk->called || !(registers->known >> FRAME_LR & 1))
        return FRAME_NO_RULES;
    registers->value[FRAME_PC] = registers->value[FRAME_LR];
    registers->known &= ~(1u << FRAME_LR);
    return FRAME_CALLER;
}

static void go_on(struct walk *walk)
{
    const struct frame_memory memory = {read_word, walk};
    uint32_t sp = walk->registers.value[FRAME_SP];
    enum frame_found found = FRAME_NO_RULES;

    if (walk->info)
        found =
            frame_rules_caller(walk->info, place_of(walk), walk->called, &memory, &walk->registers);
    if (found == FRAME_NO_RULES)
        found = guess(walk);
    switch (found) {
    case FRAME_CALLER:
        leave_call(walk, sp);
        break;
    case FRAME_OUTERMOST:
        walk->over = true;
        break;
    case FRAME_NO_RULES:
        end(walk, "there is no frame information for 0x%08" PRIx32, place_of(walk));
        break;
    case FRAME_UNREADABLE:
        end(walk, "its stack, around 0x%08" PRIx32 ", cannot be read", sp);
        break;
    case FRAME_STRANGE:
        end(walk, "its frame information makes no sense");
        break;
    }
}

void backtrace_walk(struct target *target, const struct debug_info *info,
                    const struct backtrace_start *start, struct backtrace *trace)
{
    struct walk walk = {.target = target,
                        .info = info,
                        .registers = start->registers,
                        .psp = start->psp,
                        .handler = start->exception,
                        .trace = trace};

    *trace = (struct backtrace){0};
    for (tell(&walk); !walk.over;) {
        go_on(&walk);
        if (!walk.over)
            tell(&walk);
    }
}

/* --- from the core --- */

static enum err read_named(struct target *target, const char *name, uint32_t *value)
{
    size_t count;
    const struct target_register *registers = target_registers(target, &count);
    uint64_t wide = 0;
    enum err err = ERR_UNSUPPORTED;

    for (size_t i = 0; i < count; i++)
        if (strcmp(registers[i].name, name) == 0)
            err = target_read_register(target, i, &wide);
    *value = (uint32_t)wide;
    return err;
}

enum err backtrace_take(struct target *target, const struct debug_info *info,
                        struct backtrace *trace)
{
    static const char *const names[FRAME_REGISTERS] = {"r0",  "r1", "r2", "r3", "r4",  "r5",
                                                       "r6",  "r7", "r8", "r9", "r10", "r11",
                                                       "r12", "sp", "lr", "pc"};
    struct backtrace_start start = {.registers.known = (1u << FRAME_REGISTERS) - 1};
    uint32_t xpsr = 0;
    enum err err = ERR_OK;

    *trace = (struct backtrace){0};
    for (size_t i = 0; i < FRAME_REGISTERS && !err; i++)
        err = read_named(target, names[i], &start.registers.value[i]);
    if (!err)
        err = read_named(target, "xpsr", &xpsr);
    if (!err)
        err = read_named(target, "psp", &start.psp);
    start.exception = xpsr & XPSR_IPSR;
    if (!err)
        backtrace_walk(target, info, &start, trace);
    return err;
}

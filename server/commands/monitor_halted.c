/* SPDX-License-Identifier: MIT */
/* The report of a halted core, in the two lines that scripts wait for. */
#include <stdio.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "commands/monitor_words.h"

#define XPSR_EXCEPTION 0x1FFu
#define CONTROL_NPRIV 1u
#define CONTROL_SPSEL 2u
#define LOADED_TEXT                                                                              \
    "it stands where it stood before the flash was programmed: 'monitor reset halt' begins the " \
    "program"
#define OPENED_TEXT                                                                             \
    "read protection kept it from the flash, and has ended since: 'monitor reset halt' begins " \
    "afresh"
enum { FIRST_INTERRUPT = 16 };

size_t monitor_find_register(const struct target *target, const char *name)
{
    size_t count;
    const struct target_register *registers = target_registers(target, &count);
    uint32_t number;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(registers[i].name, name) == 0)
            return i;
    }
    return monitor_number(name, UINT32_MAX, &number) && number < count ? number : count;
}

static uint32_t read(struct target *target, const char *name, enum err *err)
{
    uint64_t value = 0;

    if (!*err)
        *err = target_read_register(target, monitor_find_register(target, name), &value);
    return (uint32_t)value;
}

/* "0x" and eight digits, but zero is eight zeros: C's %#8.8x, which OpenOCD uses. */
static const char *prefix(uint32_t value)
{
    return value ? "0x" : "";
}

static const char *reason(enum stop_reason reason)
{
    static const char *const names[] = {
        [STOP_NONE] = "debug-request",       [STOP_REQUEST] = "debug-request",
        [STOP_STEP] = "single-step",         [STOP_BREAKPOINT_HW] = "breakpoint",
        [STOP_BREAKPOINT_SW] = "breakpoint", [STOP_BKPT] = "breakpoint",
        [STOP_WATCHPOINT] = "watchpoint",    [STOP_FAULT] = "exception-catch",
        [STOP_RESET] = "debug-request",      [STOP_EXIT] = "program-exit",
        [STOP_EXTERNAL] = "debug-request",
    };

    return names[reason];
}

/* Armv7-M, B1.5.2. */
static void name_exception(uint32_t number, char *text, size_t size)
{
    static const char *const names[FIRST_INTERRUPT] = {
        "",         "Reset",    "NMI",      "HardFault", "MemManage", "BusFault",     "UsageFault",
        "RESERVED", "RESERVED", "RESERVED", "RESERVED",  "SVCall",    "DebugMonitor", "RESERVED",
        "PendSV",   "SysTick"};

    if (number < FIRST_INTERRUPT)
        snprintf(text, size, "%s", names[number]);
    else
        snprintf(text, size, "External Interrupt(%u)", (unsigned)(number - FIRST_INTERRUPT));
}

/* What is in the flash now may be another program than the one that stopped, or none. */
const char *monitor_why_halted(const struct session *session)
{
    const struct target_stop *stop = session_stop(session);
    const struct target_chip *chip = target_chip(session->target);

    if (stop->reason != STOP_FAULT && !stop->misled)
        return stop->text;
    if (stop->kept_out && chip->readout_protected && chip->unlocked)
        return TARGET_UNLOCKED_FAULT_TEXT;
    if (session->loaded)
        return LOADED_TEXT;
    return stop->kept_out && !chip->readout_protected ? OPENED_TEXT : stop->text;
}

enum err monitor_print_halted(struct monitor *monitor)
{
    const struct target_stop *stop = session_stop(monitor->session);
    struct target *target = monitor->session->target;
    char exception[32];
    enum err err = ERR_OK;
    uint32_t xpsr = read(target, "xpsr", &err), pc = read(target, "pc", &err);
    uint32_t control = read(target, "control", &err), sp = read(target, "sp", &err);

    if (err)
        return err;
    uint32_t number = xpsr & XPSR_EXCEPTION;
    const char *mode = number ? "Handler" : control & CONTROL_NPRIV ? "User Thread" : "Thread";
    name_exception(number, exception, sizeof exception);
    job_print(monitor->job, "[%s] halted due to %s, current mode: %s %s\n",
              monitor_target_name(target).text, reason(stop->reason), mode, exception);
    job_print(monitor->job, "xPSR: %s%08x pc: %s%08x %csp: %s%08x\n", prefix(xpsr), (unsigned)xpsr,
              prefix(pc), (unsigned)pc, control & CONTROL_SPSEL ? 'p' : 'm', prefix(sp),
              (unsigned)sp);
    if (session_stop_explains(stop) || stop->misled)
        job_print(monitor->job, "%s\n", monitor_why_halted(monitor->session));
    return ERR_OK;
}

/* SPDX-License-Identifier: MIT */
/* Breakpoints and watchpoints of the monitor: bp rbp wp rwp. They belong to no gdb, are listed with
 * everybody's, and stay until they are removed here. */
#include <string.h>

#include "base/bytes.h"
#include "commands/monitor_commands.h"

#define MINE (UINT64_C(1) << SESSION_OWNER_MONITOR)
/* What is listed does not change while it is; the limit is for the loops' sake. */
enum { LIST_MAX = 1024 };

/* --- breakpoints --- */

static enum err list_breakpoints(struct monitor *monitor, struct target *target)
{
    struct target_breakpoint b;
    unsigned comparators = 0;

    for (size_t i = 0; target_breakpoint_get(target, i, &b); i++) {
        uint8_t code[2];

        if (!b.soft) {
            job_print(monitor->job, "Hardware breakpoint(IVA): addr=0x%x, len=0x2, num=%u\n",
                      (unsigned)b.address, comparators++);
            continue;
        }
        enum err err = target_read(target, b.address, code, sizeof code, NULL);
        if (err != ERR_OK)
            return err;
        job_print(monitor->job, "Software breakpoint(IVA): addr=0x%x, len=0x2, orig_instr=0x%x\n",
                  (unsigned)b.address, get_le16(code));
    }
    return ERR_OK;
}

enum err monitor_bp(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    uint32_t address, size;
    enum err err = monitor_target(monitor, &target);

    if (err != ERR_OK)
        return err;
    if (argc == 1)
        return list_breakpoints(monitor, target);
    if (argc == 2 || (argc == 4 && strcmp(argv[3], "hw") != 0))
        return monitor_usage(monitor, argv[0]);
    err = monitor_address(monitor, argv[1], &address);
    if (err == ERR_OK)
        err = monitor_value(monitor, argv[2], "2 or 4, an instruction's length", 4, &size);
    if (err == ERR_OK && size != 2 && size != 4)
        return job_fail(monitor->job, ERR_ARGUMENT, "an instruction has 2 bytes or 4");
    if (err == ERR_OK)
        err = target_breakpoint_set(target, SESSION_OWNER_MONITOR,
                                    argc == 4 ? BREAKPOINT_HW : BREAKPOINT_SW, address & ~1u,
                                    size == 2 ? 2 : 3);
    if (err == ERR_OK)
        job_print(monitor->job, "breakpoint set at 0x%08x\n", (unsigned)address);
    return err;
}

/* Mine at `address`, or anywhere. */
static bool find_breakpoint(const struct target *target, bool all, uint32_t address,
                            struct target_breakpoint *found)
{
    for (size_t i = 0; target_breakpoint_get(target, i, found); i++)
        if (found->owners & MINE && (all || found->address == address))
            return true;
    return false;
}

enum err monitor_rbp(struct monitor *monitor, int argc, const char *const argv[])
{
    bool all = strcmp(argv[1], "all") == 0;
    struct target_breakpoint b;
    struct target *target;
    uint32_t address = 0;
    unsigned removed = 0;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    if (err == ERR_OK && !all)
        err = monitor_address(monitor, argv[1], &address);
    while (err == ERR_OK && removed < LIST_MAX && find_breakpoint(target, all, address & ~1u, &b)) {
        err = target_breakpoint_clear(target, SESSION_OWNER_MONITOR, b.kind, b.address, 2);
        removed++;
    }
    if (err == ERR_OK && !all && removed == 0)
        return job_fail(monitor->job, ERR_ARGUMENT, "no breakpoint at address 0x%08x found",
                        (unsigned)address);
    return err;
}

/* --- watchpoints --- */

static const char *const watch_names[] = {
    [WATCH_WRITE] = "w",
    [WATCH_READ] = "r",
    [WATCH_ACCESS] = "a",
};

static void list_watchpoints(struct monitor *monitor, const struct target *target)
{
    struct target_watchpoint w;

    for (size_t i = 0; target_watchpoint_get(target, i, &w); i++)
        job_print(monitor->job,
                  "address: 0x%08x, len: 0x%08x, r/w/a: %s, value: 0x%08x, mask: 0x%08x\n",
                  (unsigned)w.address, (unsigned)w.length, watch_names[w.kind], 0u, UINT32_MAX);
}

enum err monitor_wp(struct monitor *monitor, int argc, const char *const argv[])
{
    size_t kind = argc > 3 ? monitor_choice(argv[3], watch_names, 3) : (size_t)WATCH_ACCESS;
    struct target *target;
    uint32_t address, length;
    enum err err = monitor_target(monitor, &target);

    if (err != ERR_OK)
        return err;
    if (argc == 1) {
        list_watchpoints(monitor, target);
        return ERR_OK;
    }
    if (argc == 2 || kind == 3)
        return monitor_usage(monitor, argv[0]);
    if (argc > 4)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "a watchpoint that compares the value is not there yet; gdb does it with a "
                        "condition");
    err = monitor_address(monitor, argv[1], &address);
    if (err == ERR_OK)
        err = monitor_value(monitor, argv[2], "a length", UINT32_MAX, &length);
    return err != ERR_OK ? err
                         : target_watchpoint_set(target, SESSION_OWNER_MONITOR,
                                                 (enum watch_kind)kind, address, length);
}

static bool find_watchpoint(const struct target *target, bool all, uint32_t address,
                            struct target_watchpoint *found)
{
    for (size_t i = 0; target_watchpoint_get(target, i, found); i++)
        if (found->owners & MINE && (all || found->address == address))
            return true;
    return false;
}

enum err monitor_rwp(struct monitor *monitor, int argc, const char *const argv[])
{
    bool all = strcmp(argv[1], "all") == 0;
    struct target_watchpoint w;
    struct target *target;
    uint32_t address = 0;
    unsigned removed = 0;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    if (err == ERR_OK && !all)
        err = monitor_address(monitor, argv[1], &address);
    while (err == ERR_OK && removed < LIST_MAX && find_watchpoint(target, all, address, &w)) {
        err = target_watchpoint_clear(target, SESSION_OWNER_MONITOR, w.kind, w.address, w.length);
        removed++;
    }
    if (err == ERR_OK && !all && removed == 0)
        return job_fail(monitor->job, ERR_ARGUMENT, "no watchpoint at address 0x%08x found",
                        (unsigned)address);
    return err;
}

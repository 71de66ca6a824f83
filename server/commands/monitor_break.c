/* SPDX-License-Identifier: MIT */
/* Breakpoints and watchpoints of the monitor: bp rbp wp rwp. They belong to no gdb, are listed with
 * everybody's, and stay until they are removed here. */
#include <string.h>

#include "base/bytes.h"
#include "commands/monitor_commands.h"

#define MINE (UINT64_C(1) << SESSION_OWNER_MONITOR)
/* What is listed does not change while it is; the limit is for the loops' sake. */
enum { LIST_MAX = 1024 };

/* `which` is an address or "all". */
static enum err remove_points(struct monitor *monitor, const char *which, const char *what,
                              enum err (*clear_first)(struct target *target, bool all,
                                                      uint32_t address, bool *found))
{
    bool all = strcmp(which, "all") == 0, found = true;
    struct target *target;
    uint32_t address = 0;
    unsigned removed = 0;
    enum err err = monitor_target(monitor, &target);

    if (!err && !all)
        err = monitor_address(monitor, which, &address);
    while (!err && found && removed < LIST_MAX) {
        err = clear_first(target, all, address, &found);
        removed += found;
    }
    return !err && !all && !removed
               ? job_fail(monitor->job, ERR_ARGUMENT, "no %s at address 0x%08x found", what,
                          (unsigned)address)
               : err;
}

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
        if (err)
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

    if (err)
        return err;
    if (argc == 1)
        return list_breakpoints(monitor, target);
    if (argc == 2 || (argc == 4 && strcmp(argv[3], "hw") != 0))
        return monitor_usage(monitor, argv[0]);
    err = monitor_address(monitor, argv[1], &address);
    if (!err)
        err = monitor_value(monitor, argv[2], "2 or 4, an instruction's length", 4, &size);
    if (!err && size != 2 && size != 4)
        return job_fail(monitor->job, ERR_ARGUMENT, "an instruction has 2 bytes or 4");
    if (!err)
        err = target_breakpoint_set(target, SESSION_OWNER_MONITOR,
                                    argc == 4 ? BREAKPOINT_HW : BREAKPOINT_SW, address & ~1u,
                                    size == 2 ? 2 : 3);
    if (!err)
        job_print(monitor->job, "breakpoint set at 0x%08x\n", (unsigned)address);
    return err;
}

/* The first of mine at `address`, or anywhere. */
static enum err clear_breakpoint(struct target *target, bool all, uint32_t address, bool *found)
{
    struct target_breakpoint b;

    *found = false;
    for (size_t i = 0; !*found && target_breakpoint_get(target, i, &b); i++)
        *found = b.owners & MINE && (all || b.address == (address & ~1u));
    return *found ? target_breakpoint_clear(target, SESSION_OWNER_MONITOR, b.kind, b.address, 2)
                  : ERR_OK;
}

enum err monitor_rbp(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    return remove_points(monitor, argv[1], "breakpoint", clear_breakpoint);
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
                  (unsigned)w.address, (unsigned)w.length, watch_names[w.kind], (unsigned)w.value,
                  w.compares ? 0u : UINT32_MAX);
}

/* VALUE [MASK]: bits of the mask do not count. The chip has no such. */
static enum err set_value(struct monitor *monitor, struct target *target, int argc,
                          const char *const argv[], enum watch_kind kind, uint32_t address,
                          uint32_t length)
{
    uint32_t value, mask = 0;
    enum err err = monitor_value(monitor, argv[4], "a value", UINT32_MAX, &value);

    if (!err && argc > 5)
        err = monitor_value(monitor, argv[5], "a mask", UINT32_MAX, &mask);
    if (!err && mask)
        err = job_fail(monitor->job, ERR_UNSUPPORTED,
                       "the chip compares all bits of 1, 2 or 4 bytes: no mask but 0; gdb does it "
                       "with a condition");
    return err ? err
               : target_watchpoint_set_value(target, SESSION_OWNER_MONITOR, kind, address, length,
                                             value);
}

enum err monitor_wp(struct monitor *monitor, int argc, const char *const argv[])
{
    size_t kind = argc > 3 ? monitor_choice(argv[3], watch_names, 3) : (size_t)WATCH_ACCESS;
    struct target *target;
    uint32_t address, length;
    enum err err = monitor_target(monitor, &target);

    if (err)
        return err;
    if (argc == 1) {
        list_watchpoints(monitor, target);
        return ERR_OK;
    }
    if (argc == 2 || kind == 3)
        return monitor_usage(monitor, argv[0]);
    err = monitor_address(monitor, argv[1], &address);
    if (!err)
        err = monitor_value(monitor, argv[2], "a length", UINT32_MAX, &length);
    if (!err && argc > 4)
        return set_value(monitor, target, argc, argv, (enum watch_kind)kind, address, length);
    return err ? err
               : target_watchpoint_set(target, SESSION_OWNER_MONITOR, (enum watch_kind)kind,
                                       address, length);
}

static enum err clear_watchpoint(struct target *target, bool all, uint32_t address, bool *found)
{
    struct target_watchpoint w;

    *found = false;
    for (size_t i = 0; !*found && target_watchpoint_get(target, i, &w); i++)
        *found = w.owners & MINE && (all || w.address == address);
    return *found
               ? target_watchpoint_clear(target, SESSION_OWNER_MONITOR, w.kind, w.address, w.length)
               : ERR_OK;
}

enum err monitor_rwp(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    return remove_points(monitor, argv[1], "watchpoint", clear_watchpoint);
}

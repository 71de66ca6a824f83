/* SPDX-License-Identifier: MIT */
/* The core and how it is debugged: targets, cortex_m. */
#include <string.h>

#include "commands/monitor_commands.h"

static const char *state_name(const struct target *target)
{
    static const char *const names[] = {
        [TARGET_ABSENT] = "unknown",
        [TARGET_RUNNING] = "running",
        [TARGET_HALTED] = "halted",
        [TARGET_IN_RESET] = "reset",
    };

    return names[target_state(target)];
}

/* The target, and what it does now. */
static enum err measured(struct monitor *monitor, struct target **target)
{
    enum err err = monitor_target(monitor, target);

    return !err ? session_measure(monitor->session, monitor->job) : err;
}

static void list_cores(struct monitor *monitor, struct target *target)
{
    unsigned selected = target_selected_core(target);

    job_print(monitor->job,
              "    TargetName         Type       Endian TapName            State       \n"
              "--  ------------------ ---------- ------ ------------------ ------------\n");
    for (unsigned i = 0; i < target_core_count(target); i++) {
        struct monitor_name name = monitor_core_name(target, i);

        target_select_core(target, i);
        job_print(monitor->job, "%2u%c %-18s %-10s %-6s %-18s %s\n", i, i == selected ? '*' : ' ',
                  name.text, "cortex_m", "little", name.text, state_name(target));
    }
    target_select_core(target, selected);
}

/* Consoles share it; a gdb has the core of its port. */
static enum err pick(struct monitor *monitor, unsigned core)
{
    if (monitor->client)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "this gdb debugs %s; the other core has a gdb port of its own, and "
                        "`%s COMMAND` gives it one command",
                        monitor_target_name(monitor->session->target).text,
                        monitor_core_name(monitor->session->target, core).text);
    monitor->session->picked = core;
    monitor->picks = true;
    return ERR_OK;
}

/* `targets`: which there are; `targets NAME`: what follows is for that one. */
enum err monitor_targets(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    unsigned core;
    enum err err = measured(monitor, &target);

    if (err)
        return err;
    if (argc == 1) {
        list_cores(monitor, target);
        if (target_chip(target)->copy_suspected)
            job_print(monitor->job, "warning: %s\n", target_chip(target)->warning);
        return ERR_OK;
    }
    if (!monitor_core_of(target, argv[1], &core))
        return job_fail(monitor->job, ERR_ARGUMENT, "no target '%.40s'; %s %s", argv[1],
                        target_core_count(target) > 1 ? "the first is" : "the target is",
                        monitor_core_name(target, 0).text);
    return core == target_selected_core(target) ? ERR_OK : pick(monitor, core);
}

enum err monitor_target_current(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    (void)argv;
    if (!err)
        job_print(monitor->job, "%s\n", monitor_target_name(target).text);
    return err;
}

enum err monitor_curstate(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    enum err err = measured(monitor, &target);

    (void)argc;
    (void)argv;
    if (!err)
        job_print(monitor->job, "%s\n", state_name(target));
    return err;
}

/* --- cortex_m --- */

enum err monitor_maskisr(struct monitor *monitor, int argc, const char *const argv[])
{
    static const char *const names[] = {
        [MASKISR_AUTO] = "auto",
        [MASKISR_OFF] = "off",
        [MASKISR_ON] = "on",
        [MASKISR_STEPONLY] = "steponly",
    };
    enum { MODES = sizeof names / sizeof *names };
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    if (err)
        return err;
    if (argc > 1) {
        size_t mode = monitor_choice(argv[1], names, MODES);

        if (mode == MODES)
            return monitor_usage(monitor, argv[0]);
        target_set_maskisr(target, (enum target_maskisr)mode);
    }
    job_print(monitor->job, "cortex_m interrupt mask %s\n", names[target_maskisr(target)]);
    return ERR_OK;
}

/* DEMCR.VC_* (Armv7-M, C1.6.5). */
static const struct {
    const char *name;
    uint32_t bit;
} vectors[] = {
    {"hard_err", 1u << 10}, {"int_err", 1u << 9},  {"bus_err", 1u << 8}, {"state_err", 1u << 7},
    {"chk_err", 1u << 6},   {"nocp_err", 1u << 5}, {"mm_err", 1u << 4},  {"reset", 1u << 0},
};
enum { VECTORS = sizeof vectors / sizeof *vectors };

static bool add_vector(const char *word, uint32_t *bits)
{
    bool all = strcmp(word, "all") == 0, known = all || strcmp(word, "none") == 0;

    for (size_t i = 0; i < VECTORS; i++)
        if (all || strcmp(word, vectors[i].name) == 0) {
            *bits |= vectors[i].bit;
            known = true;
        }
    return known;
}

enum err monitor_vector_catch(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    uint32_t bits = 0;
    enum err err = monitor_target(monitor, &target);

    for (int i = 1; i < argc && !err; i++)
        if (!add_vector(argv[i], &bits))
            err = monitor_usage(monitor, argv[0]);
    if (!err && argc > 1)
        err = target_set_vector_catch(target, bits);
    if (err)
        return err;
    bits = target_vector_catch(target);
    for (size_t i = 0; i < VECTORS; i++)
        job_print(monitor->job, "%9s: %s\n", vectors[i].name,
                  bits & vectors[i].bit ? "catch" : "ignore");
    return ERR_OK;
}

enum err monitor_core_reset_config(struct monitor *monitor, int argc, const char *const argv[])
{
    if (argc > 1 && strcmp(argv[1], "vectreset") == 0)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "vectreset resets the core and leaves its peripherals as they are, which "
                        "no program expects: resets here are always sysresetreq");
    if (argc > 1 && strcmp(argv[1], "sysresetreq") != 0)
        return monitor_usage(monitor, argv[0]);
    job_print(monitor->job, "cortex_m reset_config sysresetreq\n");
    return ERR_OK;
}

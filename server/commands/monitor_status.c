/* SPDX-License-Identifier: MIT */
/* What there is and what was done: status, stats, and the controls on the simulated board. */
#include <inttypes.h>
#include <string.h>

#include "commands/monitor_commands.h"

/* Where it stands now: somebody may have moved it since it stopped. */
static void append_pc(struct target *target, char *text, size_t size)
{
    enum { PC = 15 };
    uint64_t pc;

    if (target_state(target) == TARGET_HALTED && target_read_register(target, PC, &pc) == ERR_OK)
        snprintf(text, size, ", pc: 0x%08x", (unsigned)pc);
}

/* It runs, and does nothing. */
static void append_lockup(struct monitor *monitor, struct target *target, char *text, size_t size)
{
    char why[300];

    if (!target_locked_up(target))
        return;
    enum err err = target_explain_lockup(target, why, sizeof why);
    snprintf(text, size, ": %s", !err ? why : job_text(monitor->job, err));
    job_clear(monitor->job);
}

/* Why it stands. */
static void print_stop(struct monitor *monitor)
{
    const struct target_stop *stop = session_stop(monitor->session);

    if (target_state(monitor->session->target) == TARGET_HALTED && stop->text[0])
        job_print(monitor->job, "stopped by: %s\n", monitor_why_halted(monitor->session));
}

static void print_target(struct monitor *monitor)
{
    struct target *target = monitor->session->target;
    const struct target_chip *chip = target_chip(target);
    char more[400] = "";

    job_print(monitor->job, "chip: %s, %s, %u KiB flash%s, %u KiB RAM%s\n", chip->name,
              target_core(target)->name, (unsigned)(chip->flash_size / 1024),
              chip->flash_size_guessed ? " (guessed)" : "", (unsigned)(chip->ram_size / 1024),
              chip->readout_protected ? ", readout protected" : "");
    if (chip->readout_protected && chip->unlocked)
        job_print(monitor->job, "warning: " TARGET_UNLOCKED_TEXT "\n");
    else if (chip->warning[0])
        job_print(monitor->job, "warning: %s\n", chip->warning);
    append_pc(target, more, sizeof more);
    append_lockup(monitor, target, more, sizeof more);
    job_print(monitor->job, "core: %s%s%s\n", target_locked_up(target) ? "running, " : "",
              session_state_name(monitor->session), more);
    print_stop(monitor);
    if (reset_loop_text(monitor->session))
        job_print(monitor->job, "warning: %s\n", reset_loop_text(monitor->session));
}

static void try_again(struct monitor *monitor, enum err lost)
{
    struct session *session = monitor->session;

    if (lost != ERR_NOT_CONNECTED)
        job_print(monitor->job, "lost meanwhile: %s\n", job_text(monitor->job, lost));
    job_clear(monitor->job);
    if (session_regain(session, monitor->job) == ERR_OK)
        session_measure(session, monitor->job);
}

/* That a chip was lost, and whether it is back, is what is asked here: no failure. */
static void measure(struct monitor *monitor)
{
    struct session *session = monitor->session;
    enum err err =
        session_connected(session) ? session_measure(session, monitor->job) : ERR_NOT_CONNECTED;

    if (!session_connected(session) && !session->probe_gone && session->info.driver)
        try_again(monitor, err);
    job_clear(monitor->job);
}

enum err monitor_status(struct monitor *monitor, int argc, const char *const argv[])
{
    struct session *session = monitor->session;
    unsigned here = 0;

    (void)argc;
    (void)argv;
    measure(monitor);
    if (session->probe && !session->probe_gone)
        job_print(monitor->job, "probe: %s %s %s\n", session->info.product, session->info.serial,
                  probe_info(session->probe)->firmware);
    if (session_connected(session))
        print_target(monitor);
    else
        job_print(monitor->job, "not connected: %s\n", session->core->why_absent);
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        here += session->clients[i].open ? 1 : 0;
    if (session_lost_clients(session) > 0)
        job_print(monitor->job, "the target was away: %s\n", SESSION_LOST_TEXT);
    job_print(monitor->job, "gdb connections: %u of %d\n", here, SESSION_CLIENTS);
    return ERR_OK;
}

enum err monitor_stats(struct monitor *monitor, int argc, const char *const argv[])
{
    struct probe *probe = monitor->session->probe;

    (void)argc;
    (void)argv;
    if (!probe)
        return session_require(monitor->session, monitor->job);
    const struct probe_stats *stats = probe_stats(probe);
    struct clock *clock = probe_clock(probe);
    const struct row {
        const char *name;
        uint64_t value;
        const char *unit;
    } rows[] = {
        {clock->is_virtual ? "virtual time" : "time", clock_now_us(clock), " us"},
        {"DAP transactions", stats->dap_accesses, ""},
        {"flushes", stats->flushes, ""},
        {"operations", stats->operations, ""},
        {"WAIT answers", stats->waits, ""},
        {"repeats", stats->repeats, ""},
        {"USB transfers", stats->transfers, ""},
        {"USB bytes", stats->bytes, ""},
        {"instructions", stats->instructions, ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        job_print(monitor->job, "%s: %" PRIu64 "%s\n", rows[i].name, rows[i].value, rows[i].unit);
    return ERR_OK;
}

enum err monitor_sim(struct monitor *monitor, int argc, const char *const argv[])
{
    struct probe *probe = monitor->session->probe;

    if (!probe)
        return session_require(monitor->session, monitor->job);
    if (strcmp(probe_driver_name(probe), "sim") != 0 && !probe_is_recorded(probe_info(probe)))
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "sim: %s is no simulated board; start probed --sim",
                        monitor->session->info.product);
    return probe_command(probe, argc - 1, argv + 1);
}

/* "sim pin" and its like: what controls do is the word behind the first. */
enum err monitor_sim_hand(struct monitor *monitor, int argc, const char *const argv[])
{
    const char *words[MONITOR_WORDS] = {"sim", strchr(argv[0], ' ') + 1};

    memcpy(&words[2], &argv[1], (size_t)(argc - 1) * sizeof *words);
    return monitor_sim(monitor, argc + 1, words);
}

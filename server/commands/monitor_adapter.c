/* SPDX-License-Identifier: MIT */
/* The probe and the wires: adapter, reset_config, transport, swdp_scan. */
#include <string.h>

#include "commands/monitor_commands.h"

static enum err open_probe(struct monitor *monitor, struct probe **probe)
{
    *probe = monitor->session->probe;
    return *probe ? ERR_OK : session_require(monitor->session, monitor->job);
}

/* --- adapter speed --- */

enum err monitor_speed(struct monitor *monitor, int argc, const char *const argv[])
{
    enum { KHZ_MAX = 100000 };
    struct probe *probe;
    uint32_t khz, actual;
    enum err err = open_probe(monitor, &probe);

    if (err)
        return err;
    actual = probe_now_khz(probe);
    if (argc > 1) {
        err = monitor_value(monitor, argv[1], "a number of kHz", KHZ_MAX, &khz);
        if (!err && khz == 0)
            err = job_fail(monitor->job, ERR_UNSUPPORTED,
                           "0 kHz, adaptive clocking, is JTAG's: give a speed in kHz");
        if (!err)
            err = probe_set_speed(probe, khz, &actual);
        if (err)
            return err;
        if (actual != khz)
            job_print(monitor->job, "Unable to match requested speed %u kHz, using %u kHz\n",
                      (unsigned)khz, (unsigned)actual);
        monitor->session->options.speed_khz = khz; /* for when it is opened again */
    }
    if (actual == 0)
        job_print(monitor->job, "adapter speed: not known until a target was connected\n");
    else
        job_print(monitor->job, "adapter speed: %u kHz\n", (unsigned)actual);
    return ERR_OK;
}

/* --- which probe --- */

enum err monitor_adapter_name(struct monitor *monitor, int argc, const char *const argv[])
{
    struct probe *probe;
    enum err err = open_probe(monitor, &probe);

    (void)argc;
    (void)argv;
    if (!err)
        job_print(monitor->job, "%s\n", probe_driver_name(probe));
    return err;
}

enum err monitor_adapter_list(struct monitor *monitor, int argc, const char *const argv[])
{
    struct probe_list list;
    enum err err = probe_scan(&list, monitor->job);

    (void)argc;
    (void)argv;
    if (err)
        return err;
    job_print(monitor->job, "The following debug adapters are available:\n");
    for (size_t i = 0; i < list.count; i++)
        job_print(monitor->job, "%zu: %s %s %s\n", i + 1, list.items[i].product,
                  list.items[i].serial, list.items[i].place);
    if (list.count == 0)
        job_print(monitor->job, "none on USB\n");
    probe_list_free(&list);
    return ERR_OK;
}

/* Shown, or compared: which probe it is, is said at the start. */
static enum err show_or_refuse(struct monitor *monitor, const char *name, const char *value,
                               int argc, const char *const argv[])
{
    if (argc > 1 && strcmp(argv[1], value) != 0)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "the probe in use is '%s'; another one is chosen at the start: probed "
                        "--probe %.60s",
                        value, argv[1]);
    if (argc == 1)
        job_print(monitor->job, "adapter %s: %s\n", name, value);
    return ERR_OK;
}

enum err monitor_adapter_serial(struct monitor *monitor, int argc, const char *const argv[])
{
    return show_or_refuse(monitor, "serial", monitor->session->info.serial, argc, argv);
}

enum err monitor_adapter_place(struct monitor *monitor, int argc, const char *const argv[])
{
    return show_or_refuse(monitor, "usb location", monitor->session->info.place, argc, argv);
}

/* --- NRST, OpenOCD's srst --- */

/* adapter assert|deassert srst; behind a signal its counterpart may follow. */
enum err monitor_adapter_signal(struct monitor *monitor, int argc, const char *const argv[])
{
    bool assert = strcmp(argv[0], "adapter assert") == 0;
    struct probe *probe;
    enum err err = open_probe(monitor, &probe);

    for (int i = 1; i < argc && !err; i++) {
        bool known = strcmp(argv[i], "assert") == 0 || strcmp(argv[i], "deassert") == 0;

        if (strcmp(argv[i], "trst") == 0)
            err = job_fail(monitor->job, ERR_UNSUPPORTED, "TRST is a wire of JTAG; this is SWD");
        else if (!known && strcmp(argv[i], "srst") != 0)
            err = monitor_usage(monitor, argv[0]);
    }
    if (!err && argc > 2)
        err = monitor_usage(monitor, argv[0]);
    if (!err && assert)
        err = session_may_run(monitor->session, monitor->job);
    if (!err)
        err = probe_nrst(probe, assert ? PROBE_NRST_ASSERT : PROBE_NRST_RELEASE);
    if (!err)
        session_poll(monitor->session, monitor->job); /* the core's state changed */
    return err;
}

/* Times that OpenOCD waits blindly: here a reset is watched until the core answers. */
enum err monitor_adapter_srst(struct monitor *monitor, int argc, const char *const argv[])
{
    uint32_t ms;
    enum err err =
        argc > 1 ? monitor_value(monitor, argv[1], "a number of milliseconds", 60000, &ms) : ERR_OK;

    if (!err)
        job_print(monitor->job,
                  "%s: nothing to set: after a reset the core is watched until it answers\n",
                  argv[0]);
    return err;
}

/* The words of reset_config and what they mean here. */
enum reset_word { WORD_FINE, WORD_CONNECT_UNDER_RESET, WORD_CONNECT_NORMAL, WORD_REFUSED };
static const struct {
    const char *name;
    enum reset_word meaning;
} reset_words[] = {
    {"none", WORD_FINE},
    {"srst_only", WORD_FINE},
    {"separate", WORD_FINE},
    {"srst_nogate", WORD_FINE},
    {"srst_gates_jtag", WORD_FINE},
    {"srst_open_drain", WORD_FINE},
    {"connect_assert_srst", WORD_CONNECT_UNDER_RESET},
    {"connect_deassert_srst", WORD_CONNECT_NORMAL},
    {"srst_push_pull", WORD_REFUSED},
    {"trst_only", WORD_REFUSED},
    {"trst_and_srst", WORD_REFUSED},
    {"combined", WORD_REFUSED},
    {"srst_pulls_trst", WORD_REFUSED},
    {"trst_pulls_srst", WORD_REFUSED},
    {"trst_push_pull", WORD_REFUSED},
    {"trst_open_drain", WORD_REFUSED},
};
enum { RESET_WORDS = sizeof reset_words / sizeof *reset_words };

static enum err take_reset_word(struct monitor *monitor, const char *word)
{
    struct session_options *options = &monitor->session->options;
    size_t i = 0;

    while (i < RESET_WORDS && strcmp(word, reset_words[i].name) != 0)
        i++;
    if (i == RESET_WORDS)
        return monitor_usage(monitor, "reset_config");
    if (reset_words[i].meaning == WORD_REFUSED)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "%s: SWD has no TRST, and NRST is open drain", word);
    if (reset_words[i].meaning == WORD_CONNECT_UNDER_RESET)
        options->connect = TARGET_CONNECT_UNDER_RESET;
    if (reset_words[i].meaning == WORD_CONNECT_NORMAL)
        options->connect = TARGET_CONNECT_LADDER;
    return ERR_OK;
}

/* Resets are by SYSRESETREQ, and by NRST if that shows no effect, whatever is said here. */
enum err monitor_reset_config(struct monitor *monitor, int argc, const char *const argv[])
{
    enum err err = ERR_OK;

    for (int i = 1; i < argc && !err; i++)
        err = take_reset_word(monitor, argv[i]);
    if (!err)
        job_print(monitor->job, "srst_only separate srst_nogate srst_open_drain %s\n",
                  monitor->session->options.connect == TARGET_CONNECT_UNDER_RESET
                      ? "connect_assert_srst"
                      : "connect_deassert_srst");
    return err;
}

/* --- transport --- */

enum err monitor_transport_list(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    (void)argv;
    job_print(monitor->job, "The following transports are available:\n\tswd\n");
    return ERR_OK;
}

enum err monitor_transport_select(struct monitor *monitor, int argc, const char *const argv[])
{
    static const char *const names[] = {"swd", "hla_swd", "dapdirect_swd"};
    enum { NAMES = sizeof names / sizeof *names };

    if (argc > 1 && monitor_choice(argv[1], names, NAMES) == NAMES)
        return job_fail(monitor->job, ERR_UNSUPPORTED, "transport '%.40s' is not there: swd is",
                        argv[1]);
    if (argc == 1)
        job_print(monitor->job, "swd\n");
    return ERR_OK;
}

/* As Black Magic Debug lists what it found; `attach 1` is gdb's to say. */
enum err monitor_scan(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    uint32_t millivolts;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    (void)argv;
    if (err)
        return err;
    if (probe_vtref(monitor->session->probe, &millivolts) == ERR_OK)
        job_print(monitor->job, "Target voltage: %u.%02uV\n", (unsigned)(millivolts / 1000),
                  (unsigned)(millivolts % 1000 / 10));
    else
        job_clear(monitor->job);
    job_print(monitor->job, "Available Targets:\nNo. Att Driver\n 1      %s %s\n",
              target_chip(target)->name, target_core(target)->name);
    return ERR_OK;
}

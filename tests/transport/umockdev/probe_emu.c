/* SPDX-License-Identifier: MIT */
/* Emulated probes, ST-Links and those that speak CMSIS-DAP, each with a simulated board behind it,
 * in front of unmodified libusb programs:
 *
 *   umockdev-wrapper probe-emu [--probe V2J43[,NAME..]] [--board bluepill[,FAULT..]]
 *                              [--control FIFO] [--stats FILE] -- PROGRAM ARGUMENTS...
 *
 * Runs the program in the mocked /sys and /dev and ends with its exit code (77 when not run under
 * the wrapper). The stats file gets one line of counters at the end. The control FIFO takes lines
 * while it runs, about the first probe unless its index from 0 is given:
 *
 *   unplug [PROBE]           plug [PORT [PROBE]]        hands WORDS.. (the first board's own)
 *   freeze                   thaw                       no transfer of the first probe ends
 *   stats FILE               the counters so far, by a rename: the file is whole when it is there
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dap_model.h"
#include "stlink_model.h"
#include "usb_describe.h"
#include "usb_device.h"

struct options {
    const char *probe, *board, *control, *stats;
    char **program;
};

enum { PROBES_MAX = 4, FIRST_NUMBER = 2 };

struct emulated {
    struct sim_board *board;
    struct stlink_model *stlink; /* one of these */
    struct dap_model *dap;
    struct firmware firmware;
    struct usb_device *device;
};

struct emulator {
    UMockdevTestbed *testbed;
    struct emulated probes[PROBES_MAX];
    unsigned count, number; /* the next device number */
};

static bool parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){.probe = "V2J43", .board = "bluepill"};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--") == 0) {
            options->program = argv + i + 1;
            return true;
        }
        const char **to = strcmp(argv[i], "--probe") == 0     ? &options->probe
                          : strcmp(argv[i], "--board") == 0   ? &options->board
                          : strcmp(argv[i], "--control") == 0 ? &options->control
                          : strcmp(argv[i], "--stats") == 0   ? &options->stats
                                                              : NULL;
        if (!to)
            return false;
        *to = argv[i + 1];
    }
    return false;
}

static void make_stlink(struct emulated *probe, const struct stlink_config *config,
                        struct usb_identity *identity)
{
    probe->stlink = stlink_model_create(config, probe->board);
    probe->firmware = stlink_firmware(probe->stlink);
    *identity = stlink_identity(config);
}

static void make_dap(struct emulated *probe, const struct dap_config *config,
                     struct usb_identity *identity)
{
    probe->dap = dap_model_create(config, probe->board);
    probe->firmware = dap_firmware(probe->dap);
    *identity = dap_identity(config);
}

static bool add_probe(struct emulator *emulator, const char *name, const char *board)
{
    const struct stlink_config *stlink = stlink_config_find(name);
    const struct dap_config *dap = dap_config_find(name);
    struct emulated *probe = &emulator->probes[emulator->count];
    struct usb_identity identity;
    char err[400] = "";

    if ((!stlink && !dap) || emulator->count == PROBES_MAX) {
        fprintf(stderr, "probe-emu: no probe called %s, or too many\n", name);
        return false;
    }
    probe->board = sim_board_create(board, err, sizeof err);
    if (!probe->board) {
        fprintf(stderr, "probe-emu: %s\n", err);
        return false;
    }
    if (stlink)
        make_stlink(probe, stlink, &identity);
    else
        make_dap(probe, dap, &identity);
    probe->device = usb_device_create(emulator->testbed, &identity, probe->firmware, probe->board);
    usb_device_plug(probe->device, ++emulator->count, emulator->number++);
    return true;
}

static bool create(struct emulator *emulator, const struct options *options)
{
    char names[128], *save = NULL;

    snprintf(names, sizeof names, "%s", options->probe);
    emulator->number = FIRST_NUMBER;
    usb_describe_add_hub(emulator->testbed);
    for (char *name = strtok_r(names, ",", &save); name; name = strtok_r(NULL, ",", &save))
        if (!add_probe(emulator, name, options->board))
            return false;
    return emulator->count > 0;
}

static void destroy(struct emulator *emulator)
{
    for (unsigned i = 0; i < emulator->count; i++) {
        usb_device_destroy(emulator->probes[i].device);
        stlink_model_destroy(emulator->probes[i].stlink);
        dap_model_destroy(emulator->probes[i].dap);
        sim_board_destroy(emulator->probes[i].board);
    }
}

static void hands(struct emulator *emulator, char *words)
{
    const char *argv[8];
    int argc = 0;
    char reply[512] = "", *save = NULL;

    for (char *word = strtok_r(words, " ", &save); word && argc < 8;
         word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    usb_device_lock(emulator->probes[0].device);
    if (!sim_board_control(emulator->probes[0].board, argc, argv, reply, sizeof reply))
        fprintf(stderr, "probe-emu: %s\n", reply);
    usb_device_unlock(emulator->probes[0].device);
}

static void write_stats(const struct emulator *emulator, const char *file)
{
    const struct emulated *probe = &emulator->probes[0];
    struct usb_counters counters;
    char temporary[512];
    FILE *out;

    snprintf(temporary, sizeof temporary, "%s.new", file);
    if (!(out = fopen(temporary, "w"))) {
        perror(temporary);
        return;
    }
    usb_device_lock(probe->device);
    counters = usb_device_counters(probe->device);
    fprintf(out,
            "commands %llu transfers %llu bytes %llu bus_us %llu virtual_us %llu opens %llu "
            "violations %u\n",
            (unsigned long long)probe->firmware.driver->commands(probe->firmware.model),
            (unsigned long long)counters.transfers, (unsigned long long)counters.bytes,
            (unsigned long long)(counters.bus_ns / 1000),
            (unsigned long long)sim_board_now_us(probe->board), (unsigned long long)counters.opens,
            probe->dap ? dap_model_violations(probe->dap) : 0);
    usb_device_unlock(probe->device);
    fclose(out);
    rename(temporary, file);
}

static void control(struct emulator *emulator, char *line)
{
    unsigned port = 1, index = 0;

    if (sscanf(line, "plug %u %u", &port, &index) > 0 || strcmp(line, "plug") == 0) {
        if (index < emulator->count && !usb_device_plugged(emulator->probes[index].device))
            usb_device_plug(emulator->probes[index].device, port, emulator->number++);
    } else if (sscanf(line, "unplug %u", &index) == 1 || strcmp(line, "unplug") == 0) {
        if (index < emulator->count && usb_device_plugged(emulator->probes[index].device))
            usb_device_unplug(emulator->probes[index].device);
    } else if (strcmp(line, "freeze") == 0 || strcmp(line, "thaw") == 0) {
        usb_device_freeze(emulator->probes[0].device, line[0] == 'f');
    } else if (strncmp(line, "hands ", 6) == 0) {
        hands(emulator, line + 6);
    } else if (strncmp(line, "stats ", 6) == 0) {
        write_stats(emulator, line + 6);
    } else if (line[0]) {
        fprintf(stderr, "probe-emu: what is '%s'?\n", line);
    }
}

static void read_control(struct emulator *emulator, int fd)
{
    char text[1024], *save = NULL;
    ssize_t length = read(fd, text, sizeof text - 1);

    if (length <= 0)
        return;
    text[length] = '\0';
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        control(emulator, line);
}

/* Serves control lines until the program ends; signals that end us are passed on. */
static int watch(struct emulator *emulator, pid_t child, int signals, int control_fd)
{
    struct pollfd fds[2] = {{.fd = signals, .events = POLLIN},
                            {.fd = control_fd, .events = POLLIN}};

    for (;;) {
        struct signalfd_siginfo info;
        int status;

        if (poll(fds, control_fd >= 0 ? 2 : 1, -1) < 0 && errno != EINTR)
            return 1;
        if (control_fd >= 0 && (fds[1].revents & POLLIN))
            read_control(emulator, control_fd);
        if (!(fds[0].revents & POLLIN) || read(signals, &info, sizeof info) != sizeof info)
            continue;
        if (info.ssi_signo != SIGCHLD)
            kill(child, (int)info.ssi_signo);
        else if (waitpid(child, &status, WNOHANG) == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

int main(int argc, char **argv)
{
    struct emulator emulator = {0};
    struct options options;
    sigset_t blocked, before;

    if (!parse(argc, argv, &options)) {
        fprintf(stderr, "usage: probe-emu [--probe NAME] [--board SPEC] [--control FIFO] [--stats "
                        "FILE] -- PROGRAM..\n");
        return 2;
    }
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    pthread_sigmask(SIG_BLOCK, &blocked, &before); /* before umockdev's thread inherits the mask */
    emulator.testbed = umockdev_testbed_new();
    if (!umockdev_in_mock_environment())
        return 77;
    if (!create(&emulator, &options))
        return 2;
    int control_fd = options.control ? open(options.control, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
    int signals = signalfd(-1, &blocked, SFD_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        execvp(options.program[0], options.program);
        perror(options.program[0]);
        _exit(127);
    }
    int code = watch(&emulator, child, signals, control_fd);
    if (options.stats)
        write_stats(&emulator, options.stats);
    destroy(&emulator);
    g_object_unref(emulator.testbed);
    return code;
}

/* SPDX-License-Identifier: MIT */
#include "cli/run_channels.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/run.h"
#include "cli/serial_port.h"
#include "semihosting/directory.h"
#include "session/program_side.h"
#include "session/rtt_service.h"
#include "session/swo_service.h"

enum { PIECE = 1024, LOOKS_MAX = 64, DRAINS_MAX = 1000, BAUD_USUAL = 115200 };

/* --- the tty: the probe's virtual COM port, or an adapter --- */

static const struct {
    unsigned long baud;
    speed_t speed;
} speeds[] = {
    {9600, B9600},       {19200, B19200},     {38400, B38400},     {57600, B57600},
    {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
    {921600, B921600},   {1000000, B1000000}, {1500000, B1500000}, {2000000, B2000000},
    {3000000, B3000000},
};

/* "DEVICE[@BAUD]", DEVICE being "auto" for the one of the probe. */
static enum err read_words(struct run *run, const char *words, speed_t *speed)
{
    struct run_channels *channels = &run->channels;
    const char *at = strrchr(words, '@');
    char *end = NULL;
    unsigned long baud = at ? strtoul(at + 1, &end, 10) : BAUD_USUAL;
    size_t length = at ? (size_t)(at - words) : strlen(words), i = 0;

    while (i < sizeof speeds / sizeof *speeds && speeds[i].baud != baud)
        i++;
    if ((end && *end) || i == sizeof speeds / sizeof *speeds || length == 0 ||
        length >= sizeof channels->device)
        return cli_misuse(run->cli,
                          "--uart %.60s: auto, auto@9600, /dev/ttyACM0 or "
                          "/dev/ttyACM0@921600 is meant",
                          words);
    *speed = speeds[i].speed;
    if (strncmp(words, "auto", length) == 0 && length == 4 && run->session->info.spec[0])
        return ERR_OK; /* a simulated board's is looked at anyway */
    snprintf(channels->device, sizeof channels->device, "%.*s", (int)length, words);
    if (strcmp(channels->device, "auto") != 0 ||
        serial_port_find("/sys", run->session->info.place, channels->device,
                         sizeof channels->device))
        return ERR_OK;
    return job_fail(&run->cli->job, ERR_FILE,
                    "--uart auto: this probe shows no serial port; if an adapter is wired to the "
                    "board, name it: --uart /dev/ttyUSB0");
}

static enum err set_up(struct run *run, speed_t speed)
{
    struct run_channels *channels = &run->channels;
    struct termios mode;

    if (tcgetattr(channels->tty, &mode) != 0)
        return job_fail(&run->cli->job, ERR_FILE, "--uart %s is no serial port: %s",
                        channels->device, strerror(errno));
    cfmakeraw(&mode);
    mode.c_cflag |= CLOCAL | CREAD;
    mode.c_cc[VMIN] = mode.c_cc[VTIME] = 0;
    cfsetspeed(&mode, speed);
    if (tcsetattr(channels->tty, TCSANOW, &mode) != 0)
        return job_fail(&run->cli->job, ERR_FILE, "--uart %s: %s", channels->device,
                        strerror(errno));
    tcflush(channels->tty, TCIFLUSH); /* what the program before it said */
    return ERR_OK;
}

enum err run_channels_open_tty(struct run *run, const char *words)
{
    struct run_channels *channels = &run->channels;
    speed_t speed = B0;

    channels->tty = -1;
    if (!words)
        return ERR_OK;
    enum err err = read_words(run, words, &speed);
    if (err || !channels->device[0])
        return err;
    channels->tty = open(channels->device, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (channels->tty < 0)
        return job_fail(&run->cli->job, ERR_FILE, "--uart %s: %s%s", channels->device,
                        strerror(errno),
                        errno == EACCES ? "; its group (dialout, mostly) may use it" : "");
    return set_up(run, speed);
}

static void say(struct run *run, enum text_source source, const char *bytes, size_t length)
{
    const struct program_text text = {source, 0, bytes, length};

    if (length > 0)
        session_say(run->session, &text);
}

static void look_at_tty(struct run *run)
{
    struct run_channels *channels = &run->channels;
    char bytes[PIECE];
    ssize_t got = channels->tty >= 0 ? read(channels->tty, bytes, sizeof bytes) : 0;

    if (got > 0)
        say(run, TEXT_UART, bytes, (size_t)got);
    if (got >= 0 || errno == EAGAIN || errno == EINTR)
        return;
    run_end(run, RUN_FAILED, "the serial port %s is gone: %s", channels->device, strerror(errno));
    close(channels->tty);
    channels->tty = -1;
}

static void look_at_simulated_port(struct run *run)
{
    char bytes[PIECE];
    size_t got;

    while (run->session->probe &&
           (got = probe_serial_take(run->session->probe, bytes, sizeof bytes)) > 0)
        say(run, TEXT_UART, bytes, got);
}

/* --- RTT and SWO --- */

/* Looks that only search would go on for ever; the next turn comes soon. */
static void look_at_streams(struct run *run)
{
    for (int i = 0; i < LOOKS_MAX && !run_output_is_full(&run->output) &&
                    pollers_look(run->session, &run->cli->job);
         i++)
        ;
}

/* --- standard input --- */

static const struct stream_id terminal = {STREAM_RTT, 0};

static bool listens_by_rtt(const struct run *run)
{
    const struct rtt_service *service = run->session->rtt;

    return service && service->rtt.found && service->rtt.down_count > 0;
}

static bool listens(const struct run *run)
{
    return listens_by_rtt(run) || run->channels.tty >= 0 ||
           (run->session->probe && probe_serial_listens(run->session->probe));
}

/* Of a terminal only the foreground may be asked. */
static void read_input(struct run_channels *channels)
{
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};

    if (channels->input_over || channels->input_length > 0 ||
        (isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) != getpgrp()) || poll(&ready, 1, 0) <= 0)
        return;
    ssize_t got = read(STDIN_FILENO, channels->input, sizeof channels->input);
    channels->input_over = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
    channels->input_length = got > 0 ? (size_t)got : 0;
}

/* Returns how many the program takes now. */
static size_t pass_on(struct run *run)
{
    struct run_channels *channels = &run->channels;
    struct probe *probe = run->session->probe;
    size_t length = channels->input_length, done = 0;
    const uint8_t *waiting;

    if (listens_by_rtt(run)) {
        bool free = stream_sent(run->session, terminal, &waiting) == 0;
        return free && stream_send_here(run->session, terminal, channels->input, length) ? length
                                                                                         : 0;
    }
    if (channels->tty >= 0) {
        ssize_t wrote = write(channels->tty, channels->input, length);
        return wrote > 0 ? (size_t)wrote : 0;
    }
    for (; probe && done < length && probe_serial_listens(probe); done++)
        probe_serial_put(probe, channels->input[done]);
    return done;
}

static void look_at_input(struct run *run)
{
    struct run_channels *channels = &run->channels;

    if (!listens(run))
        return;
    read_input(channels);
    if (channels->input_length == 0)
        return;
    size_t taken = pass_on(run);
    channels->input_length -= taken;
    memmove(channels->input, channels->input + taken, channels->input_length);
}

/* semihosting_input: what the program reads from its console. */
static int32_t type(void *user, void *data, uint32_t size)
{
    struct run_channels *channels = &((struct run *)user)->channels;

    if (channels->input_length == 0)
        read_input(channels);
    if (channels->input_length == 0)
        return channels->input_over ? 0 : SEMI_NOTHING_YET;
    size_t taken = channels->input_length < size ? channels->input_length : size;
    memcpy(data, channels->input, taken);
    channels->input_length -= taken;
    memmove(channels->input, channels->input + taken, channels->input_length);
    return (int32_t)taken;
}

/* --- what is there before it begins --- */

/* One word more; with blanks in it, in quotes, as C libraries part them again. */
static void add_word(char *line, size_t size, const char *word)
{
    size_t used = strlen(line);
    bool quoted = strpbrk(word, " \t") || !word[0];

    snprintf(line + used, size - used, "%s%s%s%s", used ? " " : "", quoted ? "\"" : "", word,
             quoted ? "\"" : "");
}

static enum err set_command_line(struct run *run)
{
    const struct cli *cli = run->cli;
    char line[4 * SEMI_COMMAND_LINE] = "";

    add_word(line, sizeof line, cli->words[0]);
    for (int i = 0; i < cli->argument_count; i++)
        add_word(line, sizeof line, cli->arguments[i]);
    if (strlen(line) >= SEMI_COMMAND_LINE && cli->argument_count > 0)
        return cli_misuse(run->cli, "the program's command line is longer than %d characters",
                          SEMI_COMMAND_LINE - 1);
    program_side_set_command_line(run->session, line);
    return ERR_OK;
}

static enum err open_files(struct run *run)
{
    const char *path = run->cli->options.semihosting_dir;
    char why[300];

    if (!path)
        return ERR_OK;
    if (!directory_open(path, &run->cli->log, &run->channels.files, why, sizeof why))
        return cli_misuse(run->cli, "--semihosting-dir: %s", why);
    target_set_files(run->session->target, &directory_files, run->channels.files);
    return ERR_OK;
}

static void hear(struct text_listener *listener, const struct program_text *text)
{
    struct run *run = (struct run *)((char *)listener - offsetof(struct run, listener));

    run_output_put(&run->output, text->bytes, text->length);
}

enum err run_channels_begin(struct run *run)
{
    struct session *session = run->session;
    enum err err = set_command_line(run);

    if (!err)
        err = open_files(run);
    if (err)
        return err;
    target_set_input(session->target, type, run);
    run->listener.text = hear;
    session_listen(session, &run->listener); /* RTT is read for who listens */
    if (run->cli->flags & CLI_SWO && swo_service(session))
        session->swo->on = true;
    if (run->channels.rtt_block && rtt_service(session)) {
        session->rtt->rtt.symbol = run->channels.rtt_block;
        rtt_service_start(session->rtt);
    }
    return ERR_OK;
}

/* --- all of them --- */

void run_channels_look(struct run *run)
{
    look_at_streams(run);
    look_at_simulated_port(run);
    look_at_tty(run);
    look_at_input(run);
}

void run_channels_drain(struct run *run)
{
    uint64_t said;

    for (int i = 0; i < DRAINS_MAX; i++) {
        said = run->output.total;
        pollers_hurry(run->session);
        look_at_streams(run);
        look_at_simulated_port(run);
        look_at_tty(run);
        run_output_flush(&run->output);
        if (run_output_is_full(&run->output))
            run_output_wait(&run->output, 1);
        else if (run->output.total == said)
            return;
    }
}

void run_channels_end(struct run *run)
{
    struct job job;

    if (run->channels.tty >= 0)
        close(run->channels.tty);
    run->channels.tty = -1;
    if (!run->session->core) /* not even the probe was looked for */
        return;
    job_init_within(&job, &run->cli->job);
    pollers_end(run->session, &job);
    rtt_service_free(run->session);
    swo_service_free(run->session);
    streams_free(run->session);
    session_unlisten(run->session, &run->listener);
    if (run->session->target) {
        target_set_input(run->session->target, NULL, NULL);
        target_set_files(run->session->target, NULL, NULL);
    }
    directory_close(run->channels.files);
    run->channels.files = NULL;
}

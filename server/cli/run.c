/* SPDX-License-Identifier: MIT */
/* probed run */
#include "cli/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/elf_symbols.h"

/* --- the call --- */

static enum err read_call(struct run *run)
{
    struct cli *cli = run->cli;

    if (cli->until && strlen(cli->until) >= RUN_UNTIL_SIZE)
        return cli_misuse(cli, "--until: a text of at most %d characters", RUN_UNTIL_SIZE - 1);
    if (cli->until && strchr(cli->until, '\n'))
        return cli_misuse(cli, "--until: a text within one line is meant");
    return cli_seconds(cli, "--timeout", cli->timeout, &run->limit_us);
}

/* --- the program --- */

/* A file without symbols runs as well: only semihosting tells its end then. */
static void find_places(struct run *run, const struct image *image)
{
    struct elf_symbol symbols[] = {{.name = "main"}, {.name = "_exit"}, {.name = "_SEGGER_RTT"}};
    struct job unheard;

    run->places = (struct run_places){~0u, ~0u, ~0u, 0};
    job_init(&unheard, NULL);
    if (image->format != IMAGE_ELF)
        return;
    (void)debug_info_open(&unheard, run->cli->words[0], &run->debug_info);
    if (elf_symbols_find(&unheard, run->cli->words[0], symbols, 3) != ERR_OK)
        return;
    if (symbols[0].found)
        run->places.main = symbols[0].address;
    if (symbols[1].found)
        run->places.exit = symbols[1].address;
    run->channels.rtt_block = symbols[2].address;
}

static enum err load(struct run *run, struct image *image)
{
    struct cli *cli = run->cli;
    enum err err = image_load(&cli->job, cli->words[0], IMAGE_AUTO, 0, image);

    if (!err && image->format == IMAGE_BINARY)
        err = job_fail(&cli->job, ERR_FILE,
                       "%.100s is a plain binary, which does not say where it belongs: run the "
                       "ELF file that it was made of",
                       cli->words[0]);
    if (!err)
        find_places(run, image);
    return err;
}

static enum err prepare(struct run *run)
{
    struct cli *cli = run->cli;
    struct image image = {0};
    bool changed;
    enum err err = load(run, &image);

    if (!err)
        err = cli_connect(cli);
    if (!err)
        err = run_channels_open_tty(run, cli->uart);
    if (!err)
        err = cli_write_image(cli, &image, false, &changed);
    if (!err)
        err = run_channels_begin(run);
    if (!err)
        err = session_reset(&cli->session, &cli->job, TARGET_RESET_HALT);
    image_finish(&image);
    return err;
}

/* --- what came of it --- */

static void tell(struct run *run)
{
    struct display *display = &run->cli->display;

    if (run->output.terminal && !run->output.at_start)
        display_say(display, "%s", "");
    if (run->output.dropped > 0)
        log_line(&run->cli->log, LOG_WARN, "%" PRIu64 " bytes of what it said had no room",
                 run->output.dropped);
    display_say(display, "run: %s, after %" PRIu64 ".%03" PRIu64 " s", run->reason,
                run->took_us / 1000000, run->took_us % 1000000 / 1000);
    run_trace_print(run);
}

/* Where the program's text goes: standard output is for JSON alone, where that is wanted. */
static int output_of(const struct cli *cli)
{
    return cli->flags & CLI_JSON ? STDERR_FILENO : STDOUT_FILENO;
}

static enum err report(struct run *run)
{
    struct cli *cli = run->cli;

    if (cli->flags & CLI_JSON)
        run_report_json(run);
    return cli->junit ? run_report_junit(run, cli->junit) : ERR_OK;
}

/* What kept it from running is a result, too: the sentence is the job's. */
static enum err report_failure(struct run *run, enum err err)
{
    struct job_failure failure;

    if (run->cli->misused)
        return err;
    run_end(run, err == ERR_CANCELLED ? RUN_CANCELLED : RUN_FAILED, "%s",
            job_text(&run->cli->job, err));
    job_set_aside(&run->cli->job, &failure);
    (void)report(run);
    job_take_back(&run->cli->job, &failure, "and");
    return err;
}

static enum err run_program(struct run *run)
{
    struct cli *cli = run->cli;
    enum err err = read_call(run);

    run_output_init(&run->output, output_of(cli), cli->until);
    if (!err)
        err = prepare(run);
    if (err)
        return report_failure(run, err);
    session_leave(&cli->session, NULL); /* from here on it is told of stops, as a gdb is */
    err = run_loop(run);
    if (err)
        return report_failure(run, err);
    tell(run);
    cli->code = run_exit_code(run);
    return report(run);
}

enum err cli_run_program(struct cli *cli)
{
    struct run *run = calloc(1, sizeof *run);

    if (!run)
        return job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
    run->cli = cli;
    run->session = &cli->session;
    run->channels.tty = -1;
    enum err err = run_program(run);
    run_channels_end(run);
    debug_info_close(run->debug_info);
    free(run);
    return err;
}

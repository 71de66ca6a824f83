/* SPDX-License-Identifier: MIT */
/* Files into flash: flash write_image, program; progress as it happens. */
#include <string.h>

#include "commands/monitor_commands.h"
#include "flash/content.h"
#include "session/rtt_service.h"

enum { TELL_PERCENT = 10, TELL_US = 1000000 };

enum err monitor_flash_allowed(struct monitor *monitor, struct target **target)
{
    session_select_core(monitor->session, 0); /* flash is the first core's, whoever asks */
    enum err err = monitor_target(monitor, target);

    if (!err)
        err = session_may_run(monitor->session, monitor->job);
    if (!err && monitor->client)
        session_end_flash(monitor->session, monitor->client, "a monitor command changes the flash");
    return err;
}

/* --- progress --- */

struct progress {
    struct monitor *monitor;
    uint32_t total;
    uint32_t told_percent;
    uint64_t told_us;
};

static void tell(void *user, const struct flash_report *report)
{
    struct progress *progress = user;
    uint32_t done = report->bytes_programmed + report->bytes_same + report->bytes_blank;
    uint32_t percent = progress->total ? (uint32_t)((uint64_t)done * 100 / progress->total) : 100;
    double seconds = (double)report->elapsed_us / 1e6;

    progress->monitor->session->under_way.percent = percent;
    if (percent >= 100 || done == 0)
        return;
    if (percent < progress->told_percent + TELL_PERCENT &&
        report->elapsed_us < progress->told_us + TELL_US)
        return;
    progress->told_percent = percent;
    progress->told_us = report->elapsed_us;
    job_print(progress->monitor->job, "flash: %u of %u KiB (%u %%), %.1f KiB/s\n",
              (unsigned)(done / 1024), (unsigned)(progress->total / 1024), (unsigned)percent,
              seconds > 0 ? done / 1024.0 / seconds : 0);
}

static void print_report(struct monitor *monitor, const struct flash_report *report)
{
    job_print(monitor->job, "flash: %u bytes programmed, %u were right already, %s%u sectors%s\n",
              (unsigned)report->bytes_programmed, (unsigned)report->bytes_same,
              report->mass_erased ? "mass erase of " : "", (unsigned)report->sectors_erased,
              report->mass_erased ? "" : " erased");
}

/* It was allowed by hand: what now becomes of it. */
static enum err announce_once(struct monitor *monitor, struct target *target,
                              const struct image *image)
{
    struct flash_image_places places;
    char text[400] = "";
    enum err err = flash_image_places(target, image, &places);

    if (!err && places.once)
        err = flash_image_once(target, image, text, sizeof text);
    if (!err && text[0])
        job_print(monitor->job, "%s\n", text);
    return err;
}

enum err monitor_program_image(struct monitor *monitor, struct target *target,
                               const struct image *image)
{
    struct progress progress = {.monitor = monitor, .total = (uint32_t)image->bytes};
    struct flash_image_options options = {.progress = tell, .user = &progress};
    struct flash_report report;
    enum err err = flash_image_made_for(target, image);

    if (!err)
        err = announce_once(monitor, target, image);
    if (!err)
        err = flash_image(target, image, &options, &report);
    if (!err) {
        print_report(monitor, &report);
        monitor->session->loaded = true;
    }
    return err;
}

/* --- flash write_image --- */

enum err monitor_write_image(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    bool erase = false, unlock = false;
    struct target *target;
    struct image image;
    int file = 1;

    for (; file < argc; file++) {
        bool is_erase = strcmp(argv[file], "erase") == 0;

        if (!is_erase && strcmp(argv[file], "unlock") != 0)
            break;
        erase |= is_erase;
        unlock |= !is_erase;
    }
    if (file == argc || argc > file + 3)
        return monitor_usage(monitor, argv[0]);
    enum err err = monitor_flash_allowed(monitor, &target);
    if (!err)
        err = monitor_image(monitor, argc, argv, file, &image);
    if (err)
        return err;
    if (erase)
        job_print(monitor->job, "auto erase enabled\n");
    if (unlock)
        job_print(monitor->job, "auto unlock: write protection, if there is any, ends with flash "
                                "protect 0 FIRST LAST off and a reset\n");
    err = monitor_program_image(monitor, target, &image);
    if (!err)
        rtt_service_learn(monitor->session, argv[file]);
    if (!err)
        job_print(monitor->job, "wrote %zu bytes from file %s in %s\n", image.bytes, argv[file],
                  monitor_rate(monitor, started, image.bytes).text);
    image_finish(&image);
    return err;
}

/* --- program FILE [ADDRESS] [preverify] [verify] [reset] [exit] --- */

struct program_words {
    const char *file[3]; /* for monitor_image(): the command, the file, the address */
    int count;
    bool preverify, verify, reset, exit;
};

static bool take_word(struct program_words *words, const char *word)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"preverify", &words->preverify},
                 {"verify", &words->verify},
                 {"reset", &words->reset},
                 {"exit", &words->exit}};

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(word, flags[i].name) == 0)
            return *flags[i].flag = true;
    if (words->count == 3)
        return false;
    words->file[words->count++] = word;
    return true;
}

static enum err verify(struct monitor *monitor, struct target *target, const struct image *image)
{
    uint32_t differences;
    enum err err;

    job_print(monitor->job, "** Verify Started **\n");
    err = monitor_compare(monitor, target, image, true, &differences);
    if (!err && differences > 0)
        err = job_fail(monitor->job, ERR_VERIFY,
                       "%u bytes differ after programming: %s; if that does not help, the flash is "
                       "worn or something else writes it",
                       (unsigned)differences,
                       probe_one_speed(monitor->session->probe) ? "try again with shorter wires"
                                                                : "try a lower adapter speed");
    job_print(monitor->job, !err ? "** Verified OK **\n" : "** Verify Failed **\n");
    return err;
}

static enum err write_and_verify(struct monitor *monitor, struct target *target,
                                 const struct image *image, const struct program_words *words)
{
    uint64_t started = clock_now_us(monitor_clock(monitor));

    job_print(monitor->job, "** Programming Started **\n");
    enum err err = monitor_program_image(monitor, target, image);
    if (err) {
        job_print(monitor->job, "** Programming Failed **\n");
        return err;
    }
    rtt_service_learn(monitor->session, words->file[1]);
    job_print(monitor->job, "wrote %zu bytes from file %s in %s\n** Programming Finished **\n",
              image->bytes, words->file[1], monitor_rate(monitor, started, image->bytes).text);
    return words->verify ? verify(monitor, target, image) : ERR_OK;
}

static enum err reset_init(struct monitor *monitor)
{
    enum err err = session_reset(monitor->session, monitor->job, TARGET_RESET_INIT);

    if (!err)
        err = monitor_print_halted(monitor);
    if (err)
        job_print(monitor->job, "** Unable to reset target **\n");
    return err;
}

static enum err program(struct monitor *monitor, const struct image *image,
                        const struct program_words *words)
{
    uint32_t differences = 1;
    struct target *target;
    enum err err = monitor_flash_allowed(monitor, &target);

    if (!err)
        err = reset_init(monitor);
    if (!err && words->preverify) {
        job_print(monitor->job, "**pre-verifying**\n");
        err = monitor_compare(monitor, target, image, false, &differences);
    }
    if (err)
        return err;
    if (differences > 0)
        err = write_and_verify(monitor, target, image, words);
    else
        job_print(monitor->job, "**Verified OK - No flashing**\n");
    if (!err && words->reset) {
        job_print(monitor->job, "** Resetting Target **\n");
        err = monitor_reset_run(monitor);
    }
    return err;
}

/* `exit` ends the daemon, whether it worked or not. */
enum err monitor_program(struct monitor *monitor, int argc, const char *const argv[])
{
    struct program_words words = {.file = {argv[0]}, .count = 1};
    struct image image;

    for (int i = 1; i < argc; i++)
        if (!take_word(&words, argv[i]))
            return monitor_usage(monitor, argv[0]);
    if (words.count < 2)
        return monitor_usage(monitor, argv[0]);
    enum err err = monitor_image(monitor, words.count, words.file, 1, &image);
    if (!err) {
        err = program(monitor, &image, &words);
        image_finish(&image);
    } else {
        job_print(monitor->job, "** Programming Failed **\n");
    }
    if (words.exit) {
        job_print(monitor->job, "shutdown command invoked\n");
        monitor->outcome = MONITOR_SHUTDOWN;
        monitor->exit_code = err != ERR_OK;
    }
    return err;
}

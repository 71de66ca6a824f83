/* SPDX-License-Identifier: MIT */
/* probed options */
#include <string.h>

#include "cli/cli.h"
#include "cli/option_bytes.h"
#include "flash/options.h"

enum { LINE = 300 };

struct work {
    struct cli *cli;
    struct target *target;
    const struct flash_options *options;
    struct option_state before, wanted;
};

static enum err show(struct work *work)
{
    bool hidden = work->options->hides_in_force;

    if (work->cli->flags & CLI_JSON) {
        option_bytes_values_json(work->options, &work->before, &work->cli->json);
        return cli_leave_running(work->cli);
    }
    printf("option bytes of %s: name, what is %s, what there is\n", target_chip(work->target)->name,
           hidden ? "stored" : "in force");
    option_bytes_list(work->options, work->target, &work->before, stdout);
    if (hidden)
        printf("%s\n", option_hidden);
    return cli_leave_running(work->cli);
}

/* --- what will happen --- */

static bool ends_read_protection(const struct work *work)
{
    const struct option_field *rdp = &work->options->fields[0];
    uint32_t none = rdp->values[0].value;

    return option_get(rdp, work->before.stored) != none &&
           option_get(rdp, work->wanted.stored) == none;
}

/* *any: something would change. */
static void preview(const struct work *work, bool *any)
{
    struct display *display = &work->cli->display;
    char line[LINE];

    *any = false;
    for (uint32_t i = 0; option_difference(work->options, work->target, i, work->before.stored,
                                           work->wanted.stored, line, LINE);
         i++) {
        if (!line[0])
            continue;
        display_say(display, "%s", line);
        *any = true;
    }
    if (ends_read_protection(work))
        display_say(display, "this erases %s", option_unlock_erases(work->target));
    if (option_one_way(work->options, work->before.stored, work->wanted.stored, line, LINE))
        display_say(display, "there is no way back from %s", line);
    if (option_harms(work->options, work->before.stored, work->wanted.stored, line, LINE))
        display_say(display, "%s: a supply above that damages pins", line);
}

/* --- changing --- */

static enum err take_words(struct work *work)
{
    struct cli *cli = work->cli;
    enum err err;

    work->wanted = work->before;
    err = option_take(&cli->job, work->options, work->target, (size_t)cli->word_count,
                      (const char *const *)cli->words, work->wanted.stored);
    cli->misused = err == ERR_ARGUMENT;
    return err;
}

/* The debug port is shut for ever, from the next power-on on. */
static bool seals(const struct work *work)
{
    const struct option_field *rdp = &work->options->fields[0];
    const struct option_value *value = option_value(rdp, option_get(rdp, work->wanted.stored));

    return value && value->guard == OPTION_ONE_WAY;
}

/* A chip that takes all of it at once has nothing left that waits. */
static const char *when_they_count(const struct work *work)
{
    struct option_state now;

    if (work->cli->flags & CLI_RESET)
        return "";
    if (work->options->at_once && work->options->read(work->target, &now) == ERR_OK &&
        !option_waits(work->options, &now))
        return "; they are in force";
    return work->options->load && !work->options->reset_loads
               ? "; they count after the next power-on, or by --reset"
               : "; they count after the next reset";
}

/* Seen, not believed: what is read is what a debugger may read. */
static bool can_be_read(const struct work *work)
{
    const struct target_region *flash = target_region_of(work->target, REGION_FLASH);
    uint32_t word;

    if (work->options->unlock_wants_power || target_chip(work->target)->readout_protected)
        return false;
    bool read = !flash || target_read_width(work->target, flash->start, 4, &word, 1) == ERR_OK;
    if (!read)
        job_clear(&work->cli->job);
    return read;
}

static enum err conclude_open(const struct work *work)
{
    enum err err = work->options->load ? work->options->load(work->target) : ERR_OK;

    if (!err)
        display_say(&work->cli->display,
                    "options: written and read back; the flash is erased, and can be used%s",
                    can_be_read(work) ? "" : " after a power cycle");
    return err;
}

/* A chip that has no program yet is as good for that as any other. */
static enum err restart(struct cli *cli)
{
    enum err err = cli_start_program(cli);

    if (err != ERR_LOCKUP)
        return err;
    display_say(&cli->display, "%s", job_text(&cli->job, err));
    job_clear(&cli->job);
    return ERR_OK;
}

static enum err restart_sealed(struct cli *cli)
{
    bool answers = session_reset(&cli->session, &cli->job, TARGET_RESET_RUN) == ERR_OK;

    job_clear(&cli->job);
    display_say(&cli->display, "%s",
                answers ? "reset: from the next power-on on no debugger gets in any more"
                        : "reset: no debugger gets in any more");
    return ERR_OK;
}

static enum err conclude(const struct work *work)
{
    struct cli *cli = work->cli;

    if (ends_read_protection(work) && (work->options->load || work->options->unlock_wants_power))
        return conclude_open(work);
    bool moves_banks =
        option_moves_banks(work->options, work->target, work->before.stored, work->wanted.stored);
    display_say(&cli->display, "options: written and read back%s",
                moves_banks ? "; loaded at once, which resets the chip, for they move the banks of "
                              "its flash"
                            : when_they_count(work));
    if (!(cli->flags & CLI_RESET) && !moves_banks)
        return ERR_OK;
    if (seals(work))
        return restart_sealed(cli);
    enum err err = work->options->load ? work->options->load(work->target) : ERR_OK;
    return err ? err : restart(cli);
}

/* What option_change() refuses, whatever anybody answers here. */
static bool is_guarded(const struct work *work)
{
    const uint32_t *before = work->before.stored, *wanted = work->wanted.stored;
    char line[LINE];

    return option_one_way(work->options, before, wanted, line, LINE) ||
           option_harms(work->options, before, wanted, line, LINE);
}

static enum err change(struct work *work)
{
    struct cli *cli = work->cli;
    bool any, irreversible = cli->flags & CLI_IRREVERSIBLE;
    enum err err = take_words(work);

    if (err)
        return err;
    preview(work, &any);
    if (cli->flags & CLI_JSON)
        option_bytes_changes_json(work->options, work->before.stored, work->wanted.stored,
                                  &cli->json);
    if (!any) {
        display_say(&cli->display, "options: they are so already");
        return cli_leave_running(cli);
    }
    if (irreversible || !is_guarded(work))
        err = cli_consent(cli, "change this?");
    if (!err)
        err =
            option_change(work->target, work->options, &work->before, &work->wanted, irreversible);
    cli->misused = err == ERR_ARGUMENT;
    return err ? err : conclude(work);
}

enum err cli_options(struct cli *cli)
{
    struct work work = {.cli = cli};

    if (!cli->word_count && cli->options.connect == TARGET_CONNECT_LADDER)
        cli->options.connect = TARGET_CONNECT_ATTACH; /* to show them resets nobody */
    enum err err = cli_connect(cli);
    if (err)
        return err;
    work.target = cli->session.target;
    work.options = flash_options_for(work.target);
    if (!work.options)
        return job_fail(&cli->job, ERR_UNSUPPORTED, "the option bytes of %s are not known yet",
                        target_chip(work.target)->name);
    err = work.options->read(work.target, &work.before);
    if (err)
        return err;
    return cli->word_count ? change(&work) : show(&work);
}

/* SPDX-License-Identifier: MIT */
#include "cli/option_change.h"

#include <string.h>

#include "cli/option_bytes.h"
#include "cli/unique_id.h"

enum { LINE = 300 };

enum err option_work_begin(struct option_work *work, struct cli *cli)
{
    enum err err = cli_connect(cli);

    *work = (struct option_work){.cli = cli};
    if (err)
        return err;
    work->target = cli->session.target;
    work->options = flash_options_for(work->target);
    if (!work->options)
        return job_fail(&cli->job, ERR_UNSUPPORTED, "the option bytes of %s are not known yet",
                        target_chip(work->target)->name);
    err = work->options->read(work->target, &work->before);
    work->wanted = work->before;
    return err;
}

/* --- what will happen --- */

static bool ends_read_protection(const struct option_work *work)
{
    const struct option_field *rdp = &work->options->fields[0];
    uint32_t none = rdp->values[0].value;

    return option_get(rdp, work->before.stored) != none &&
           option_get(rdp, work->wanted.stored) == none;
}

/* *any: something would change. */
static void preview(const struct option_work *work, bool *any)
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

/* The debug port is shut for ever, from the next power-on on. */
static bool seals(const struct option_work *work)
{
    const struct option_field *rdp = &work->options->fields[0];
    const struct option_value *value = option_value(rdp, option_get(rdp, work->wanted.stored));

    return value && value->guard == OPTION_ONE_WAY;
}

/* A chip that takes all of it at once has nothing left that waits. */
static const char *when_they_count(const struct option_work *work)
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
static bool can_be_read(const struct option_work *work)
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

static enum err conclude_open(const struct option_work *work)
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

static enum err conclude(const struct option_work *work)
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
static bool is_guarded(const struct option_work *work)
{
    const uint32_t *before = work->before.stored, *wanted = work->wanted.stored;
    char line[LINE];

    return option_one_way(work->options, before, wanted, line, LINE) ||
           option_harms(work->options, before, wanted, line, LINE);
}

/* A person types it; a script has said it by --id. */
static enum err ask_id(struct option_work *work, char id[16])
{
    struct cli *cli = work->cli;

    snprintf(id, 16, "%.15s", cli->id ? cli->id : "");
    if (!cli->id && !(cli->flags & CLI_YES) &&
        !cli_type(cli, "the chip's device id, as probed info shows it, to go on: ", id, 16)) {
        cli->declined = !job_cancelled(&cli->job);
        return job_fail(&cli->job, ERR_CANCELLED, "nothing was changed");
    }
    return ERR_OK;
}

enum err option_work_change(struct option_work *work, const char *already)
{
    struct cli *cli = work->cli;
    bool any, irreversible = cli->flags & CLI_IRREVERSIBLE;
    char id[16] = "";
    enum err err = ERR_OK;

    preview(work, &any);
    if (cli->flags & CLI_JSON)
        option_bytes_changes_json(work->options, work->target, work->before.stored,
                                  work->wanted.stored, &cli->json);
    if (!any) {
        display_say(&cli->display, "%s", already);
        return cli_leave_running(cli);
    }
    if (irreversible || !is_guarded(work))
        err = cli_consent(cli, "change this?");
    if (!err && irreversible && seals(work))
        err = ask_id(work, id);
    if (err)
        return err;
    err = option_change(work->target, work->options, &work->before, &work->wanted,
                        option_consent(work->target, irreversible, id));
    cli->misused = err == ERR_ARGUMENT;
    return err ? err : conclude(work);
}

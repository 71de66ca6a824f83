/* SPDX-License-Identifier: MIT */
/* probed options, probed unlock, probed lock: words to a change of option bytes. */
#include <string.h>

#include "cli/cli.h"
#include "cli/option_bytes.h"
#include "cli/option_change.h"

static enum err show(struct option_work *work)
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

static enum err take_words(struct option_work *work)
{
    struct cli *cli = work->cli;
    enum err err;

    err = option_take(&cli->job, work->options, work->target, (size_t)cli->word_count,
                      (const char *const *)cli->words, work->wanted.stored);
    cli->misused = err == ERR_ARGUMENT;
    return err;
}

enum err cli_options(struct cli *cli)
{
    struct option_work work;

    if (!cli->word_count && cli->options.connect == TARGET_CONNECT_LADDER)
        cli->options.connect = TARGET_CONNECT_ATTACH; /* to show them resets nobody */
    enum err err = option_work_begin(&work, cli);
    if (err)
        return err;
    if (!cli->word_count)
        return show(&work);
    err = take_words(&work);
    return err ? err : option_work_change(&work, "options: they are so already");
}

/* --- protection against reading, and writing --- */

/* A chip whose first field is a state of its life has no levels. */
static enum err check_levels(const struct option_work *work, const char *what)
{
    const struct option_field *rdp = &work->options->fields[0];

    if (!work->options->by_life_cycle)
        return ERR_OK;
    return job_fail(&work->cli->job, ERR_UNSUPPORTED,
                    "%s is not %sed by a level, but by its %s, which only goes on: probed options "
                    "shows it",
                    target_chip(work->target)->name, what, rdp->name);
}

/* What does not wipe the chip, but keeps it from being written. */
static enum err release_blocks(struct option_work *work)
{
    uint32_t count = option_block_count(work->options, work->target);

    return count ? option_blocks_set(&work->cli->job, work->options, work->target, 0, count - 1,
                                     false, work->wanted.stored)
                 : ERR_OK;
}

enum err cli_unlock(struct cli *cli)
{
    struct option_work work;
    enum err err = option_work_begin(&work, cli);
    const struct option_field *rdp = !err ? &work.options->fields[0] : NULL;

    if (!err && work.before.readout_protected)
        err = check_levels(&work, "unlock");
    if (err)
        return err;
    if (option_get(rdp, work.before.stored) != rdp->values[0].value)
        option_set(rdp, work.wanted.stored, rdp->values[0].value);
    else
        err = release_blocks(&work);
    return err ? err
               : option_work_change(&work, "unlock: nothing is protected; nothing was changed");
}

/* Level 1, from which a way leads back. */
static const struct option_value *level_1(const struct option_field *rdp)
{
    for (uint8_t i = 1; i < rdp->value_count; i++)
        if (rdp->values[i].guard == OPTION_FREE)
            return &rdp->values[i];
    return NULL;
}

enum err cli_lock(struct cli *cli)
{
    struct option_work work;
    enum err err = option_work_begin(&work, cli);

    if (!err)
        err = check_levels(&work, "lock");
    if (err)
        return err;
    const struct option_field *rdp = &work.options->fields[0];
    const struct option_value *level = level_1(rdp);
    if (level && option_get(rdp, work.before.stored) == rdp->values[0].value)
        option_set(rdp, work.wanted.stored, level->value);
    return option_work_change(&work, "lock: the flash is read-protected already");
}

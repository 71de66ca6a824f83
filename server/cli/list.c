/* SPDX-License-Identifier: MIT */
/* probed list */
#include "cli/cli.h"
#include "cli/probe_facts.h"
#include "session/discovery.h"

static bool is_asked_for(const struct cli *cli, const struct probe_info *info)
{
    return discovery_selects(cli->options.probes, cli->options.probe_count, info);
}

/* Where the probes go: text or JSON. */
struct listing {
    struct cli *cli;
    size_t count, others; /* shown; there, but not asked for */
    size_t plugged;       /* shown, and not described by words */
};

static void list_one(struct listing *listing, const struct probe_info *info)
{
    struct cli_probe facts;

    cli_probe_visit(&facts, info, &listing->cli->log, listing->cli->wire);
    listing->count++;
    listing->plugged += !info->spec[0];
    if (listing->cli->flags & CLI_JSON) {
        json_open(&listing->cli->json, NULL, '{');
        cli_probe_json(&facts, &listing->cli->json);
        json_close(&listing->cli->json, '}');
    } else {
        if (listing->count > 1)
            putchar('\n');
        cli_probe_print(&facts, stdout);
    }
}

static enum err list_all(struct listing *listing)
{
    struct cli *cli = listing->cli;
    struct probe_list list;
    struct probe_info sim;
    enum err err = ERR_OK;

    if (cli->options.sim && probe_sim_info(cli->options.sim, &sim, &cli->job) != ERR_OK) {
        cli->misused = true;
        return cli->job.err;
    }
    err = discovery_list(cli->options.probes, cli->options.probe_count, &list, &cli->job);
    cli->misused = err == ERR_ARGUMENT;
    for (size_t i = 0; i < list.count && !err; i++)
        if (is_asked_for(cli, &list.items[i]))
            list_one(listing, &list.items[i]);
        else
            listing->others++;
    probe_list_free(&list);
    if (!err && cli->options.sim)
        list_one(listing, &sim);
    return err;
}

static enum err check(const struct listing *listing)
{
    struct cli *cli = listing->cli;

    if (listing->count > 0)
        return ERR_OK;
    if (listing->others > 0)
        return job_fail(&cli->job, ERR_OTHER_PROBE,
                        "no debug probe is --probe %.60s; probed list shows the %zu that %s there",
                        cli->options.probes[0], listing->others,
                        listing->others == 1 ? "is" : "are");
    return job_fail(&cli->job, ERR_NO_PROBE, "no debug probe found");
}

enum err cli_list(struct cli *cli)
{
    struct listing listing = {.cli = cli};

    cli->told_board = true;
    if (cli->flags & CLI_JSON)
        json_open(&cli->json, "probes", '[');
    enum err err = list_all(&listing);
    if (cli->flags & CLI_JSON)
        json_close(&cli->json, ']');
    if (!err)
        err = check(&listing);
    if (!err && listing.plugged > 1)
        display_say(&cli->display, "several probes: --probe SERIAL or --probe PLACE says which");
    return err;
}

/* SPDX-License-Identifier: MIT */
#include "cli/result.h"

#include <stdlib.h>
#include <string.h>

#include "cli/unique_id.h"

enum { SCHEMA = 1 }; /* docs/json.md */

/* --- exit codes --- */

static const uint8_t codes[ERR_COUNT] = {
    [ERR_NO_PROBE] = CLI_NO_PROBE,       [ERR_OTHER_PROBE] = CLI_NO_PROBE,
    [ERR_PROBE] = CLI_NO_PROBE,          [ERR_PROBE_GONE] = CLI_NO_PROBE,
    [ERR_PROBE_ACCESS] = CLI_NO_PROBE,   [ERR_PROBE_LOADER] = CLI_NO_PROBE,
    [ERR_NO_TARGET] = CLI_NO_TARGET,     [ERR_WAIT] = CLI_NO_TARGET,
    [ERR_PARITY] = CLI_NO_TARGET,        [ERR_POWER] = CLI_NO_TARGET,
    [ERR_NOT_CONNECTED] = CLI_NO_TARGET, [ERR_RESET_LOST] = CLI_NO_TARGET,
    [ERR_PROTECTED] = CLI_PROTECTED,     [ERR_VERIFY] = CLI_DIFFERS,
};

int result_kind(const struct cli *cli, enum err err)
{
    if (cli->misused)
        return CLI_USAGE;
    if (cli->expired && err == ERR_TIMEOUT)
        return CLI_LATE;
    if (cli->useless)
        return CLI_NO_PROBE;
    return codes[err] ? codes[err] : CLI_FAILED;
}

int result_code(const struct cli *cli, enum err err)
{
    return cli->command->flags & CLI_NOT_RUN ? CLI_NOT_RUN_CODE : result_kind(cli, err);
}

/* The member "error". */
static const char *error_word(const struct cli *cli, enum err err)
{
    static const struct {
        int code;
        const char *word;
    } words[] = {
        {CLI_USAGE, "usage"},         {CLI_NO_PROBE, "no_probe"}, {CLI_NO_TARGET, "no_target"},
        {CLI_PROTECTED, "protected"}, {CLI_DIFFERS, "verify"},    {CLI_LATE, "timeout"},
    };
    int code = result_kind(cli, err);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].code == code)
            return words[i].word;
    return err == ERR_CANCELLED ? "cancelled" : "failed";
}

/* --- the object --- */

static bool says_json(const struct cli *cli, int argc, const char *const argv[])
{
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--json-line") == 0)
            return true;
    return false;
}

bool result_begin(struct cli *cli, int argc, const char *const argv[])
{
    struct json *json = &cli->json;

    if (!says_json(cli, argc, argv))
        return true;
    json->out = open_memstream(&cli->json_text, &cli->json_size);
    if (!json->out)
        return false;
    json->in_one_line = cli->flags & CLI_JSON_LINE;
    json_open(json, NULL, '{');
    json_number(json, "schema", SCHEMA);
    json_text(json, "tool", cli->command->name);
    return true;
}

void result_drop(struct cli *cli)
{
    if (!cli->json.out)
        return;
    fclose(cli->json.out);
    free(cli->json_text);
    cli->json.out = NULL;
}

void result_see(struct cli *cli)
{
    struct result_target *seen = &cli->seen;
    const struct target *target = cli->session.target;

    if (!cli->json.out)
        return;
    seen->dev_id = target_chip(target)->dev_id;
    snprintf(seen->chip, sizeof seen->chip, "%s", target_chip(target)->name);
    snprintf(seen->core, sizeof seen->core, "%s", target_core(target)->name);
    seen->uid_known = unique_id_read(cli, seen->uid);
}

/* Those whose business it is to tell of them have done so. */
static void write_probe(struct cli *cli)
{
    const struct probe_info *info = &cli->session.info;
    struct json *json = &cli->json;

    if (!info->driver) {
        json_null(json, "probe");
        return;
    }
    json_open(json, "probe", '{');
    json_text(json, "product", info->product);
    json_text(json, "serial", info->serial);
    json_text(json, "place", info->place);
    json_close(json, '}');
}

static void write_target(struct cli *cli)
{
    const struct result_target *seen = &cli->seen;
    struct json *json = &cli->json;
    char uid[UNIQUE_ID_TEXT];

    if (!cli->met) {
        json_null(json, "target");
        return;
    }
    json_open(json, "target", '{');
    json_text(json, "chip", seen->chip);
    json_text(json, "core", seen->core);
    json_number(json, "dev_id", seen->dev_id);
    json_text(json, "unique_id", seen->uid_known ? unique_id_text(seen->uid, uid) : NULL);
    json_close(json, '}');
}

void result_problem(struct cli *cli, enum err err, const char *advice)
{
    struct json *json = &cli->json;

    if (!json->out || cli->told_problem)
        return;
    cli->told_problem = true;
    json_text(json, "error", err ? error_word(cli, err) : NULL);
    json_text(json, "problem", err ? job_text(&cli->job, err) : NULL);
    json_text(json, "advice", err ? advice : NULL);
}

void result_end(struct cli *cli, enum err err, int code, const char *advice)
{
    struct json *json = &cli->json;

    if (!json->out)
        return;
    if (!cli->told_board) {
        write_probe(cli);
        write_target(cli);
    }
    json_bool(json, "ok", code == CLI_OK);
    json_number(json, "exit_code", (uint64_t)code);
    result_problem(cli, err, advice);
    json_close(json, '}');
    if (fclose(json->out) == 0)
        fwrite(cli->json_text, 1, cli->json_size, stdout);
    free(cli->json_text);
    json->out = NULL;
}

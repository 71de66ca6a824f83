/* SPDX-License-Identifier: MIT */
/* From a line of text to the handlers of the table; command files. */
#include "commands/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/monitor_commands.h"
#include "commands/monitor_words.h"
#include "suggest.h"

enum { GROUP_TEXT = 240 };

/* --- which command --- */

/* How many words the name has if the words begin with it, else 0. */
static int matches(const char *name, int count, const char *const words[])
{
    for (int i = 0; i < count; i++) {
        size_t length = strlen(words[i]);

        if (length == 0 || strncmp(name, words[i], length) != 0)
            return 0;
        if (name[length] == '\0')
            return i + 1;
        if (name[length] != ' ')
            return 0;
        name += length + 1;
    }
    return 0;
}

static const struct monitor_command *find(int count, const char *const words[], int *used)
{
    const struct monitor_command *found = NULL;

    *used = 0;
    for (size_t i = 0; i < monitor_command_count; i++) {
        int n = matches(monitor_commands[i].name, count, words);

        if (n > *used) {
            *used = n;
            found = &monitor_commands[i];
        }
    }
    return found;
}

/* Puts what an alias means in its place; the words fit: there are MONITOR_NAME_WORDS to spare. */
static int replace_alias(int count, const char *words[])
{
    const struct monitor_alias *found = NULL;
    int longest = 0, means = 0;

    for (size_t i = 0; i < monitor_alias_count; i++) {
        int n = matches(monitor_aliases[i].name, count, words);

        if (n > longest) {
            longest = n;
            found = &monitor_aliases[i];
        }
    }
    if (!found)
        return count;
    while (found->means[means])
        means++;
    memmove(words + means, words + longest, (size_t)(count - longest) * sizeof *words);
    memcpy(words, found->means, (size_t)means * sizeof *words);
    return count - longest + means;
}

/* "stm32f1x.tpiu configure": whichever chip it is said of. */
static bool is_trace_session(const char *word)
{
    const char *dot = strrchr(word, '.');

    return dot && (strcmp(dot, ".tpiu") == 0 || strcmp(dot, ".swo") == 0);
}

/* "stm32f1x.cpu mdw 0": the target's name before a command is OpenOCD's way to say which. */
static int drop_target_name(const struct monitor *monitor, int count, const char *words[])
{
    const struct session *session = monitor->session;

    if (is_trace_session(words[0])) {
        words[0] = "tpiu";
        return count;
    }
    unsigned core;

    if (count < 2 || !session_connected(session) ||
        !monitor_core_of(session->target, words[0], &core))
        return count;
    session_select_core(monitor->session, core);
    memmove(words, words + 1, (size_t)(count - 1) * sizeof *words);
    return count - 1;
}

/* --- what is wrong --- */

/* "flash" alone, or with an unknown second word: what there is. */
static enum err unknown_in_group(struct monitor *monitor, const char *group)
{
    char text[GROUP_TEXT] = "";
    size_t length = strlen(group), used = 0;

    for (size_t i = 0; i < monitor_command_count && used < sizeof text; i++) {
        const char *name = monitor_commands[i].name;

        if (strncmp(name, group, length) == 0 && name[length] == ' ')
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     name + length + 1);
    }
    if (used == 0)
        return ERR_OK;
    return job_fail(monitor->job, ERR_ARGUMENT, "%.40s wants one of: %s", group, text);
}

/* Words of the language that OpenOCD's commands are part of. */
static bool is_tcl(const char *word)
{
    static const char *const words[] = {
        "append",  "catch",     "dict",   "eval",   "expr",   "for",    "foreach",
        "format",  "global",    "if",     "incr",   "info",   "lindex", "list",
        "llength", "namespace", "proc",   "puts",   "rename", "return", "set",
        "source",  "split",     "string", "switch", "unset",  "upvar",  "while",
    };

    return monitor_choice(word, words, sizeof words / sizeof *words) < sizeof words / sizeof *words;
}

static enum err no_tcl(struct monitor *monitor, const char *word)
{
    return job_fail(
        monitor->job, ERR_UNSUPPORTED,
        "'%.60s' is Tcl, which is not here: no variables, no [commands], no procedures; "
        "write the values (in {braces} $ and [ are plain text)",
        word);
}

static enum err unknown(struct monitor *monitor, int count, const char *const words[])
{
    enum { NEAREST_STRIDE = sizeof(struct monitor_command) };
    const char *meant;
    char name[64];

    if (is_tcl(words[0]))
        return no_tcl(monitor, words[0]);
    snprintf(name, sizeof name, "%.30s%s%.30s", words[0], count > 1 ? " " : "",
             count > 1 ? words[1] : "");
    meant =
        count > 1 ? suggest(name, monitor_commands, monitor_command_count, NEAREST_STRIDE) : NULL;
    if (!meant && unknown_in_group(monitor, words[0]) != ERR_OK)
        return ERR_ARGUMENT;
    if (!meant) {
        snprintf(name, sizeof name, "%.60s", words[0]);
        meant = suggest(name, monitor_commands, monitor_command_count, NEAREST_STRIDE);
    }
    if (!meant)
        meant = suggest(name, monitor_aliases, monitor_alias_count, sizeof(struct monitor_alias));
    if (meant)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "unknown command '%s'; did you mean %s? help lists all", name, meant);
    return job_fail(monitor->job, ERR_ARGUMENT, "unknown command '%s'; help lists all", name);
}

/* --- running --- */

/* What OpenOCD returns as a value of Tcl, without a line end, rather than prints. */
static bool is_value(const char *name)
{
    static const char *const names[] = {
        "curstate",       "flash list",   "get_reg",          "read_memory",
        "target current", "target names", "transport select",
    };

    return monitor_choice(name, names, sizeof names / sizeof *names) < sizeof names / sizeof *names;
}

/* Those that reset the chip, or leave nothing of its program: a chip that answers only after a
 * reset may get one for them. */
static bool resets(const struct monitor_command *command, int behind)
{
    static enum err (*const runs[])(struct monitor *, int, const char *const[]) = {
        monitor_reset,         monitor_soft_reset_halt,
        monitor_program,       monitor_write_image,
        monitor_write_bank,    monitor_fill,
        monitor_erase_address, monitor_erase_sector,
        monitor_mass_erase,    monitor_unlock,
        monitor_lock,          monitor_protect,
        monitor_options_write, monitor_option_write,
        monitor_optcr2_write,  monitor_options_load,
        monitor_option_load,
    };

    if (command->run == monitor_options)
        return behind > 0;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (command->run == runs[i])
            return true;
    return false;
}

bool monitor_resets(const char *line)
{
    struct monitor_words split;
    bool found = false;

    while (line && !found && !monitor_split(&line, &split) && !split.tcl) {
        const char *words[MONITOR_WORDS + MONITOR_NAME_WORDS];
        int used;
        memcpy(words, split.words, (size_t)split.count * sizeof *words);
        int count = split.count ? replace_alias(split.count, words) : 0;
        const struct monitor_command *command = find(count, words, &used);
        found = command && resets(command, count - used);
    }
    return found;
}

static enum err run_command(struct monitor *monitor, struct monitor_words *split)
{
    const char *words[MONITOR_WORDS + MONITOR_NAME_WORDS];
    int count = split->count, used;

    memcpy(words, split->words, (size_t)count * sizeof *words);
    count = drop_target_name(monitor, count, words);
    monitor->typed = words[0];
    count = replace_alias(count, words);
    const struct monitor_command *command = find(count, words, &used);
    if (!command)
        return unknown(monitor, count, words);
    int behind = count - used;
    if (behind < command->min_words || behind > command->max_words)
        return monitor_usage(monitor, command->name);
    words[used - 1] = command->name;
    monitor->value = is_value(command->name);
    monitor->resets = resets(command, behind);
    return command->run(monitor, behind + 1, words + used - 1);
}

/* What it did to another core is over; but `targets` may have picked one. */
static enum err run_words(struct monitor *monitor, struct monitor_words *split)
{
    struct session *session = monitor->session;
    unsigned core = (unsigned)(session->core - session->cores);

    monitor->picks = false;
    enum err err = run_command(monitor, split);
    session_select_core(session, monitor->picks ? session->picked : core);
    return err;
}

enum err monitor_run(struct monitor *monitor, const char *line)
{
    struct monitor_words words;
    enum err err = ERR_OK;

    while (line && !err && monitor->outcome == MONITOR_NOTHING) {
        const char *wrong = monitor_split(&line, &words);

        if (wrong)
            return job_fail(monitor->job, ERR_ARGUMENT, "%s", wrong);
        if (words.tcl)
            return no_tcl(monitor, words.tcl);
        if (words.count > 0)
            err = run_words(monitor, &words);
        if (!err && line)
            err = job_checkpoint(monitor->job);
    }
    return err;
}

bool monitor_asks_why(const char *line)
{
    static const char name[] = "doctor";
    const char *first = line + strspn(line, " \t"), *behind = first + strlen(name);

    return !strncmp(first, name, strlen(name)) && (!*behind || strchr(" \t;", *behind));
}

/* That it lost power shows at the next access: better here than in the middle of a command. */
static void look_whether_lost(struct monitor *monitor)
{
    enum err err = target_ping(monitor->session->target);

    if (!err || err == ERR_CANCELLED)
        return;
    job_print(monitor->job, "%s\n", job_text(monitor->job, err));
    if (err != ERR_PROBE_GONE)
        job_clear(monitor->job);
}

enum err monitor_target(struct monitor *monitor, struct target **target)
{
    struct session *session = monitor->session;
    enum err err = ERR_OK;

    if (session_connected(session))
        look_whether_lost(monitor);
    if (monitor->job->err != ERR_OK)
        return monitor->job->err;

    if (!session_connected(session) && session->info.driver)
        err = monitor->resets ? session_connect_anyhow(session, monitor->job)
                              : session_regain(session, monitor->job);
    *target = session->target;
    return err ? err : session_require(session, monitor->job);
}

/* --- files --- */

/* Puts the place before the sentence. */
static enum err fail_at(struct monitor *monitor, enum err err, const char *path, unsigned line)
{
    char why[300];

    snprintf(why, sizeof why, "%s", job_text(monitor->job, err));
    job_clear(monitor->job);
    return job_fail(monitor->job, err, "%.80s line %u: %s", path, line, why);
}

static enum err run_lines(struct monitor *monitor, const char *path, FILE *file)
{
    char line[MONITOR_COMMAND_SIZE];
    enum err err = ERR_OK;

    for (unsigned n = 1; fgets(line, sizeof line, file) && !err; n++) {
        if (strlen(line) == sizeof line - 1 && line[sizeof line - 2] != '\n')
            err = job_fail(monitor->job, ERR_FILE, "the line is too long");
        else if (line[strspn(line, " \t")] != '#')
            err = monitor_run(monitor, line);
        if (!err)
            err = job_checkpoint(monitor->job);
        if (err)
            return fail_at(monitor, err, path, n);
        if (monitor->outcome != MONITOR_NOTHING)
            return ERR_OK;
    }
    return ferror(file) ? job_fail(monitor->job, ERR_FILE, "%s: cannot be read", path) : err;
}

enum err monitor_run_file(struct monitor *monitor, const char *path)
{
    /* Not to wait for a writer, should it be a FIFO. */
    int handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    FILE *file = handle >= 0 ? fdopen(handle, "r") : NULL;
    struct stat info;

    if (!file)
        return job_fail(monitor->job, ERR_FILE, "%s: %s", path, strerror(errno));
    enum err err = fstat(handle, &info) == 0 && S_ISREG(info.st_mode)
                       ? run_lines(monitor, path, file)
                       : job_fail(monitor->job, ERR_FILE, "%s is not a file", path);
    fclose(file);
    return err;
}

/* SPDX-License-Identifier: MIT */
#include "personality_script.h"

#include <stdlib.h>
#include <string.h>

#include "monitor_words.h"

enum { NESTED = 8 }; /* files that name files */

struct source {
    const char *from; /* "-c", or the file's path */
    const char *text; /* its beginning */
    const char *rest; /* what is still to be read; NULL at the end */
    size_t line;      /* in which the command stands */
};

struct script {
    struct personality_reading *reading;
    struct source sources[NESTED];
    size_t depth;
    struct monitor_words words;
    const char *begin, *end; /* the command as it was written */
};

/* A command that sets something before the beginning. */
struct setting {
    const char *words; /* its first words */
    bool (*set)(struct script *script, const struct setting *setting);
    const char *text;
};

static const char *word(const struct script *script, int index)
{
    return index < script->words.count ? script->words.words[index] : "";
}

/* "-c" or "my.cfg:12", then the first word. */
static bool wrong(struct script *script, const char *text)
{
    const struct source *source = &script->sources[script->depth - 1];

    if (source->line == 0)
        return personality_wrong(script->reading, "%s '%.60s': %s", source->from, word(script, 0),
                                 text);
    return personality_wrong(script->reading, "%s:%zu: '%.60s': %s", source->from, source->line,
                             word(script, 0), text);
}

/* --- settings --- */

static bool ignore(struct script *script, const struct setting *setting)
{
    (void)script;
    (void)setting;
    return true;
}

static bool without(struct script *script, const struct setting *setting)
{
    const struct source *source = &script->sources[script->depth - 1];

    personality_warn(script->reading, "%s: %s: %s", source->from, word(script, 0), setting->text);
    return true;
}

static bool refuse(struct script *script, const struct setting *setting)
{
    return wrong(script, setting->text);
}

/* The word behind those of the setting. */
static const char *value(const struct script *script, const struct setting *setting)
{
    int words = 1;

    for (const char *at = setting->words; *at; at++)
        words += *at == ' ';
    return word(script, words);
}

static bool set_endpoint(struct script *script, const struct setting *setting,
                         struct endpoint *endpoint)
{
    script->reading->name = setting->words;
    return personality_endpoint(script->reading, value(script, setting), endpoint);
}

static bool set_gdb_port(struct script *script, const struct setting *setting)
{
    struct endpoint *gdb = &script->reading->options->gdb;

    return set_endpoint(script, setting, gdb);
}

static bool set_telnet_port(struct script *script, const struct setting *setting)
{
    return set_endpoint(script, setting, &script->reading->options->telnet);
}

static bool set_tcl_port(struct script *script, const struct setting *setting)
{
    return set_endpoint(script, setting, &script->reading->options->tcl);
}

static bool set_bindto(struct script *script, const struct setting *setting)
{
    struct options *options = script->reading->options;
    struct endpoint parsed;
    char text[80], why[160];

    snprintf(text, sizeof text, strchr(value(script, setting), ':') ? "[%s]:0" : "%s:0",
             value(script, setting));
    if (!endpoint_parse(text, &parsed, why, sizeof why))
        return wrong(script, "not an address in digits");
    memcpy(options->gdb.address, parsed.address, sizeof parsed.address);
    memcpy(options->telnet.address, parsed.address, sizeof parsed.address);
    memcpy(options->tcl.address, parsed.address, sizeof parsed.address);
    return true;
}

static bool set_speed(struct script *script, const struct setting *setting)
{
    const char *khz = value(script, setting);

    if (!*khz) /* it only asks */
        return true;
    script->reading->name = setting->words;
    script->reading->value = khz;
    return personality_khz(script->reading);
}

static const char *keep(struct script *script, const char *text)
{
    const char *kept = texts_keep(script->reading->texts, text, strlen(text));

    if (!kept)
        personality_wrong(script->reading, "out of memory");
    return kept;
}

static bool set_probe(struct script *script, const struct setting *setting)
{
    const char *kept = keep(script, value(script, setting));

    return kept && personality_add_probe(script->reading, kept);
}

static bool set_probe_place(struct script *script, const struct setting *setting)
{
    char place[64];

    snprintf(place, sizeof place, "usb:%s", value(script, setting));
    const char *kept = keep(script, place);
    return kept && personality_add_probe(script->reading, kept);
}

static bool set_transport(struct script *script, const struct setting *setting)
{
    if (strstr(value(script, setting), "jtag"))
        return wrong(script, "JTAG is not here; say swd");
    return true;
}

static bool set_reset_config(struct script *script, const struct setting *setting)
{
    (void)setting;
    for (int i = 1; i < script->words.count; i++) {
        if (strcmp(word(script, i), "connect_assert_srst") == 0)
            personality_under_reset(script->reading);
    }
    return true; /* whether NRST is wired is found out by itself */
}

/* A target's own command: $_TARGETNAME configure -event .., -rtos .. */
static bool configure(struct script *script, const struct setting *setting)
{
    for (int i = 1; i < script->words.count; i++) {
        if (strcmp(word(script, i), "-event") == 0)
            personality_warn(script->reading, "event %s: its commands are not run",
                             word(script, i + 1));
        if (strcmp(word(script, i), "-rtos") == 0)
            personality_warn(script->reading, "-rtos %s: threads are not shown yet",
                             word(script, i + 1));
    }
    return ignore(script, setting);
}

static const char no_tcl[] =
    "Tcl is not here. Name target/stm32f1x.cfg or the like by name instead "
    "of a copy, or put commands, one a line, into a file for probed -f";

/* Zephyr's boards ask for the serial number that `set` brought before; else it is a program. */
static bool condition(struct script *script, const struct setting *setting)
{
    if (strstr(word(script, 1), "info exists _ZEPHYR_BOARD_SERIAL"))
        return true;
    return refuse(script, setting);
}

static bool push(struct script *script, const char *from, const char *text, size_t line);

/* source [find interface/stlink.cfg] */
static bool source(struct script *script, const struct setting *setting)
{
    bool find = strcmp(word(script, 1), "[find") == 0;
    char path[512];
    const char *text;

    (void)setting;
    snprintf(path, sizeof path, "%s", word(script, find ? 2 : 1));
    if (find)
        path[strcspn(path, "]")] = '\0';
    enum personality_file file = personality_file_find(script->reading, path, &text);
    if (file != PERSONALITY_FILE_READ)
        return file == PERSONALITY_FILE_KNOWN;
    const char *from = keep(script, path);
    return from && push(script, from, text, 1);
}

/* More words first; "*" ends what need not be whole. */
static const struct setting settings[] = {
    {"gdb_port", set_gdb_port, NULL},
    {"gdb port", set_gdb_port, NULL},
    {"telnet_port", set_telnet_port, NULL},
    {"telnet port", set_telnet_port, NULL},
    {"tcl_port", set_tcl_port, NULL},
    {"tcl port", set_tcl_port, NULL},
    {"bindto", set_bindto, NULL},
    {"adapter speed", set_speed, NULL},
    {"adapter_khz", set_speed, NULL},
    {"adapter serial", set_probe, NULL},
    {"hla_serial", set_probe, NULL},
    {"hla serial", set_probe, NULL},
    {"st-link serial", set_probe, NULL},
    {"cmsis_dap_serial", set_probe, NULL},
    {"set _ZEPHYR_BOARD_SERIAL", set_probe, NULL},
    {"adapter usb location", set_probe_place, NULL},
    {"adapter usb", ignore, NULL},
    {"adapter driver", ignore, NULL},
    {"adapter srst", ignore, NULL},
    {"transport select", set_transport, NULL},
    {"reset_config", set_reset_config, NULL},
    {"interface", ignore, NULL},
    {"hla_layout", ignore, NULL},
    {"hla_device_desc", ignore, NULL},
    {"hla_vid_pid", ignore, NULL},
    {"hla layout", ignore, NULL},
    {"hla device_desc", ignore, NULL},
    {"hla vid_pid", ignore, NULL},
    {"st-link vid_pid", ignore, NULL},
    {"cmsis_dap_vid_pid", ignore, NULL},
    {"cmsis-dap vid_pid", ignore, NULL},
    {"cmsis-dap backend", ignore, NULL},
    {"init", ignore, NULL}, /* commands wait for the connection anyway */
    {"noinit", ignore, NULL},
    {"set", ignore, NULL}, /* WORKAREASIZE, CPUTAPID, CHIPNAME: all found out by itself */
    {"source", source, NULL},
    {"$_TARGETNAME*", configure, NULL},
    {"$_CHIPNAME*", configure, NULL},
    {"CDRTOSConfigure", without, "threads are not shown yet"},
    {"CDLiveWatchSetup", ignore, NULL}, /* more than one gdb is always welcome */
    {"proc", refuse, no_tcl},
    {"if", condition, no_tcl},
    {"for", refuse, no_tcl},
    {"foreach", refuse, no_tcl},
    {"while", refuse, no_tcl},
    {"switch", refuse, no_tcl},
    {"expr", refuse, no_tcl},
    {"eval", refuse, no_tcl},
    {"global", refuse, no_tcl},
    {"namespace", refuse, no_tcl},
    {"target create", refuse, no_tcl},
    {"swd newdap", refuse, no_tcl},
    {"jtag newtap", refuse, no_tcl},
    {"dap create", refuse, no_tcl},
    {"flash bank", refuse, no_tcl},
};

/* --- reading --- */

static bool begins_with(const struct script *script, const char *names)
{
    for (int i = 0; *names; i++) {
        size_t size = strcspn(names, " ");
        const char *have = word(script, i);

        if (names[size - 1] == '*')
            return strncmp(have, names, size - 1) == 0;
        if (strlen(have) != size || strncmp(have, names, size) != 0)
            return false;
        names += size + strspn(names + size, " ");
    }
    return true;
}

/* A setting now, or a command for later. */
static bool take(struct script *script)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (begins_with(script, settings[i].words))
            return settings[i].set(script, &settings[i]);
    }
    const char *kept =
        texts_keep(script->reading->texts, script->begin, (size_t)(script->end - script->begin));
    return kept ? personality_add_command(script->reading, kept)
                : personality_wrong(script->reading, "out of memory");
}

/* Moves over blanks, ends of commands and comments, counting lines. */
static void skip(struct source *source)
{
    while (source->rest && *source->rest) {
        if (*source->rest == '#')
            source->rest += strcspn(source->rest, "\n");
        else if (!strchr(" \t\r\n;", *source->rest))
            return;
        else
            source->rest++;
    }
    source->rest = NULL;
}

static size_t line_at(const struct source *source, const char *at)
{
    size_t line = 1;

    for (const char *byte = source->text; byte < at; byte++)
        line += *byte == '\n';
    return line;
}

static bool push(struct script *script, const char *from, const char *text, size_t line)
{
    if (script->depth == NESTED)
        return wrong(script, "files that name files, too deep");
    script->sources[script->depth++] =
        (struct source){.from = from, .text = text, .rest = text, .line = line};
    return true;
}

static bool run(struct script *script)
{
    while (script->depth > 0) {
        struct source *top = &script->sources[script->depth - 1];

        skip(top);
        if (!top->rest) {
            script->depth--;
            continue;
        }
        script->begin = top->rest;
        if (top->line > 0)
            top->line = line_at(top, top->rest);
        const char *complaint = monitor_split(&top->rest, &script->words);
        if (complaint)
            return wrong(script, complaint);
        script->end = top->rest ? top->rest - 1 : script->begin + strlen(script->begin);
        if (!take(script))
            return false;
    }
    return true;
}

bool personality_script_run(struct personality_reading *reading, const char *text, const char *from)
{
    struct script script = {.reading = reading};

    return push(&script, from, text, 0) && run(&script);
}

bool personality_script_file(struct personality_reading *reading, const char *path)
{
    struct script script = {.reading = reading};
    const char *text;
    enum personality_file file = personality_file_find(reading, path, &text);

    if (file != PERSONALITY_FILE_READ)
        return file == PERSONALITY_FILE_KNOWN;
    return push(&script, path, text, 1) && run(&script);
}

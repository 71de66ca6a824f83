/* SPDX-License-Identifier: MIT */
/* What commands mean that OpenOCD takes before it begins. */
#include <stdlib.h>
#include <string.h>

#include "compat/openocd_script.h"
#include "rtos/rtos.h"

/* A command that sets something before the beginning. */
struct setting {
    const char *words; /* its first words */
    bool (*set)(struct script *script, const struct setting *setting);
    const char *text;
};

static bool ignore(struct script *script, const struct setting *setting)
{
    (void)script;
    (void)setting;
    return true;
}

static bool without(struct script *script, const struct setting *setting)
{
    const struct script_source *source = &script->sources[script->depth - 1];

    compat_warn(script->reading, "%s: %s: %s", source->from, script_word(script, 0), setting->text);
    return true;
}

static bool refuse(struct script *script, const struct setting *setting)
{
    return script_wrong(script, setting->text);
}

/* The word behind those of the setting. */
static const char *value(const struct script *script, const struct setting *setting)
{
    int words = 1;

    for (const char *at = setting->words; *at; at++)
        words += *at == ' ';
    return script_word(script, words);
}

static bool set_endpoint(struct script *script, const struct setting *setting,
                         struct endpoint *endpoint)
{
    script->reading->name = setting->words;
    return compat_endpoint(script->reading, value(script, setting), endpoint);
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
        return script_wrong(script, "not an address in digits");
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
    return compat_khz(script->reading);
}

static const char *keep(struct script *script, const char *text)
{
    const char *kept = string_pool_keep(script->reading->pool, text, strlen(text));

    if (!kept)
        compat_wrong(script->reading, "out of memory");
    return kept;
}

static bool set_probe(struct script *script, const struct setting *setting)
{
    const char *kept = keep(script, value(script, setting));

    return kept && compat_add_probe(script->reading, kept);
}

static bool set_probe_place(struct script *script, const struct setting *setting)
{
    char place[64];

    snprintf(place, sizeof place, "usb:%s", value(script, setting));
    const char *kept = keep(script, place);
    return kept && compat_add_probe(script->reading, kept);
}

static bool set_transport(struct script *script, const struct setting *setting)
{
    if (strstr(value(script, setting), "jtag"))
        return script_wrong(script, "JTAG is not here; say swd");
    return true;
}

static bool set_reset_config(struct script *script, const struct setting *setting)
{
    (void)setting;
    for (int i = 1; i < script->words.count; i++) {
        if (strcmp(script_word(script, i), "connect_assert_srst") == 0)
            compat_under_reset(script->reading);
    }
    return true; /* whether NRST is wired is found out by itself */
}

/* Theirs are "auto", "none" and the kernels' names, of which not all are ours. */
static void set_rtos(struct script *script, const char *name)
{
    if (rtos_is_choice(name))
        script->reading->options->rtos = keep(script, name);
    else
        compat_warn(script->reading, "-rtos %s: of that kernel threads are not shown", name);
}

static bool configure_rtos(struct script *script, const struct setting *setting)
{
    (void)setting;
    set_rtos(script, script_word(script, 1));
    return true;
}

/* A target's own command: $_TARGETNAME configure -event .., -rtos .. */
static bool configure(struct script *script, const struct setting *setting)
{
    (void)setting;
    for (int i = 2; i < script->words.count; i++) {
        if (strcmp(script_word(script, i), "-event") == 0)
            compat_warn(script->reading, "event %s: its commands are not run",
                        script_word(script, i + 1));
        if (strcmp(script_word(script, i), "-rtos") == 0)
            set_rtos(script, script_word(script, i + 1));
    }
    return true; /* the rest is about how the target is reached */
}

/* Other probes' drivers would mean another probe than the one that is taken. */
static bool set_driver(struct script *script, const struct setting *setting)
{
    static const char *const ours[] = {"st-link", "hla", "dapdirect", "cmsis-dap"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(value(script, setting), ours[i]) == 0)
            return true;
    return script_wrong(script, "of OpenOCD's probes ST-Link is here: say st-link");
}

/* Of ST's own files: `set CONNECT_UNDER_RESET 1`. */
static bool set_under_reset(struct script *script, const struct setting *setting)
{
    return strcmp(value(script, setting), "0") == 0 || compat_under_reset(script->reading);
}

static const char no_tcl[] =
    "Tcl is not here. Name target/stm32f1x.cfg or the like by name instead "
    "of a copy, or put commands, one a line, into a file for probed -f";

/* Zephyr's boards ask for the serial number that `set` brought before; else it is a program. */
static bool condition(struct script *script, const struct setting *setting)
{
    if (strstr(script_word(script, 1), "info exists _ZEPHYR_BOARD_SERIAL"))
        return true;
    return refuse(script, setting);
}

/* Other variables could change what follows. */
static bool set_variable(struct script *script, const struct setting *setting)
{
    char why[160];

    (void)setting;
    snprintf(why, sizeof why,
             "variables are Tcl, which is not here ('%.40s' is none of those that files of "
             "OpenOCD's know)",
             script_word(script, 1));
    return script_wrong(script, why);
}

/* source [find interface/stlink.cfg] */
static bool source(struct script *script, const struct setting *setting)
{
    bool find = strcmp(script_word(script, 1), "[find") == 0;
    char path[512];
    const char *text;

    (void)setting;
    if (strchr(script_word(script, find ? 2 : 1), '$') ||
        (!find && script_word(script, 1)[0] == '['))
        return script_wrong(script, no_tcl);
    snprintf(path, sizeof path, "%s", script_word(script, find ? 2 : 1));
    if (find)
        path[strcspn(path, "]")] = '\0';
    enum compat_file file = compat_file_find(script->reading, path, &text);
    if (file != COMPAT_FILE_READ)
        return file == COMPAT_FILE_KNOWN;
    const char *from = keep(script, path);
    return from && script_push(script, from, text, 1);
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
    {"adapter driver", set_driver, NULL},
    {"adapter srst", ignore, NULL},
    {"transport select", set_transport, NULL},
    {"reset_config", set_reset_config, NULL},
    {"interface", set_driver, NULL},
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
    {"noinit", without, "the target is connected all the same"},
    /* What files of OpenOCD's and ST's ask for; the first ones are found out by itself. */
    {"set WORKAREASIZE", ignore, NULL},
    {"set CHIPNAME", ignore, NULL},
    {"set ENDIAN", ignore, NULL},
    {"set BOARDNAME", ignore, NULL},
    {"set AP_NUM", ignore, NULL},
    {"set CORE_RESET", ignore, NULL},
    {"set ENABLE_LOW_POWER", ignore, NULL}, /* always so */
    {"set STOP_WATCHDOG", ignore, NULL},    /* so, too */
    {"set CLOCK_FREQ", set_speed, NULL},
    {"set CONNECT_UNDER_RESET", set_under_reset, NULL},
    {"set FLASH_SIZE", without,
     "FLASH_SIZE has no effect: the chip is asked how much flash it has, and more is not used"},
    {"set CPUTAPID", without,
     "CPUTAPID has no effect: any id is taken, and a copy of the chip is told as one"},
    {"set", set_variable, NULL},
    {"source", source, NULL},
    {"$_TARGETNAME configure", configure, NULL},
    {"$_CHIPNAME.cpu configure", configure, NULL},
    {"$_CHIPNAME.tpiu*", without, "SWO is set up by commands: tpiu config, CDSWOConfigure, swo on"},
    {"$_CHIPNAME.swo*", without, "SWO is set up by commands: tpiu config, CDSWOConfigure, swo on"},
    {"CDRTOSConfigure", configure_rtos, NULL},
    {"CDLiveWatchSetup", ignore, NULL}, /* more than one gdb is always welcome */
    {"$*", refuse, no_tcl},
    {"[*", refuse, no_tcl},
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

static bool begins_with(const struct script *script, const char *names)
{
    for (int i = 0; *names; i++) {
        size_t size = strcspn(names, " ");
        const char *have = script_word(script, i);

        if (names[size - 1] == '*')
            return strncmp(have, names, size - 1) == 0;
        if (strlen(have) != size || strncmp(have, names, size) != 0)
            return false;
        names += size + strspn(names + size, " ");
    }
    return true;
}

/* Those that look at $names or [commands] themselves. */
static bool takes_tcl(const struct setting *setting)
{
    return setting->set == source || setting->set == configure || setting->set == condition ||
           setting->set == without;
}

bool script_set(struct script *script, bool *is_setting)
{
    const struct setting *found = NULL;

    for (size_t i = 0; i < sizeof settings / sizeof *settings && !found; i++)
        if (begins_with(script, settings[i].words))
            found = &settings[i];
    *is_setting = found != NULL;
    if (script->words.tcl && !(found && takes_tcl(found)))
        return script_wrong(script, no_tcl);
    return !found || found->set(script, found);
}

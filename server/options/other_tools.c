/* SPDX-License-Identifier: MIT */
#include "options/other_tools.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct other_word {
    const char *words; /* parted by blanks */
    const char *text;
};

static const struct other_word commands[] = {
    {"program write upload download load burn", "probed flash FILE writes a program into flash"},
    {"compare cmp", "probed verify FILE"},
    {"unprotect", "probed unlock erases all flash; then perhaps switch the board off and on"},
    {"protect", "probed lock; probed unlock ends it, and erases the flash"},
    {"option ob option-bytes", "probed options"},
    {"save backup readout", "probed read ADDRESS LENGTH FILE"},
    {"mass-erase mass_erase erase-all erase_all chip-erase wipe", "probed erase"},
    {"probe probes devices scan ls", "probed list"},
    {"chip id detect target", "probed info"},
    {"reboot restart", "probed reset"},
    {"coredump core", "probed dump core.elf"},
    {"gdb gdbserver gdb-server serve server daemon start",
     "probed alone serves gdb at port 3333; probed debug FILE.elf starts gdb, too"},
    {"telnet console shell monitor tcl",
     "probed alone takes telnet localhost 4444; --tcl 6666 for scripts"},
    {"test exec execute", "probed run FILE.elf"},
    {"attach", "probed --connect attach serves gdb and resets nothing"},
    {"swo trace itm", "probed --swo PORT, probed --itm PORT"},
    {"rtt rtt-client jlinkrttclient", "probed --rtt 19021, then nc localhost 19021"},
    {"openocd st-util ST-LINK_gdbserver pyocd", "probed --as NAME takes that program's words"},
    {"st-flash", "probed flash, probed read, probed erase"},
    {"st-info", "probed info"},
};

static const struct other_word options[] = {
    {"-v --verbose -d --debug", "--log debug (-V prints the version)"},
    {"-q --quiet", "--log error"},
    {"-p --port --gdb-port --gdb_port --listen_port --port-number", "--gdb PORT"},
    {"--telnet-port --telnet_port", "--telnet PORT"},
    {"--tcl-port --tcl_port", "--tcl PORT"},
    {"-s --serial -u --uid --serial-number -i", "--probe SERIAL"},
    {"-F --freq --frequency --khz", "--speed KHZ"},
    {"--connect-under-reset --under-reset", "--connect under-reset"},
    {"-n --no-reset --hot-plug --attach -a", "--connect attach"},
    {"-t --target --device --chip", "nothing: the chip is found by itself"},
    {"-l --log-file", "standard error: 2>FILE"},
    {"-m --multi --persist", "always so; --once ends with gdb"},
    {"--mass-erase", "probed erase, or flash FILE --erase"},
};

static bool is_among(const char *words, const char *word)
{
    size_t length = strlen(word);

    while (*words) {
        size_t size = strcspn(words, " ");

        if (size == length && strncmp(words, word, size) == 0)
            return true;
        words += size + strspn(words + size, " ");
    }
    return false;
}

const char *other_tools_command(const char *word)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (is_among(commands[i].words, word))
            return commands[i].text;
    return NULL;
}

const char *other_tools_option(const char *option)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (is_among(options[i].words, option))
            return options[i].text;
    return NULL;
}

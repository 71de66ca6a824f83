/* SPDX-License-Identifier: MIT */
#include "options/given.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/options_internal.h"

/* Descriptors as words of an option, which must outlive the options. */
static const char *const words[] = {"fd:3",  "fd:4",  "fd:5",  "fd:6",  "fd:7",  "fd:8",
                                    "fd:9",  "fd:10", "fd:11", "fd:12", "fd:13", "fd:14",
                                    "fd:15", "fd:16", "fd:17", "fd:18"};

enum { MOST = sizeof words / sizeof *words };

static const struct service {
    const char *name;
    const char *option;
} services[] = {{"gdb", "--gdb"}, {"telnet", "--telnet"}, {"tcl", "--tcl"}};

enum { SERVICES = sizeof services / sizeof *services };

/* Numbers of the environment, as "4711"; 0: none. */
static unsigned long number_of(const char *name)
{
    const char *text = getenv(name);

    return text && *text >= '0' && *text <= '9' ? strtoul(text, NULL, 10) : 0;
}

static struct option_words *words_of(struct options *options, size_t service)
{
    struct option_words *all[SERVICES] = {&options->gdb_words, &options->telnet_words,
                                          &options->tcl_words};

    return all[service];
}

static bool set(struct options *options, const char *name, const char *word, char *why,
                size_t why_size)
{
    for (size_t i = 0; i < option_row_count; i++) {
        struct reading reading = {options, name, word, why, why_size};

        if (strcmp(option_rows[i].name, name) == 0)
            return option_rows[i].set(&reading);
    }
    return false;
}

/* `said`: how often each option stood on the command line. */
static bool take_one(struct options *options, const size_t said[SERVICES], const char *name,
                     size_t length, const char *word, char *why, size_t why_size)
{
    for (size_t i = 0; i < SERVICES; i++) {
        if (strlen(services[i].name) != length || strncmp(services[i].name, name, length) != 0)
            continue;
        if (said[i] == 0)
            return set(options, services[i].option, word, why, why_size);
        snprintf(why, why_size, "%s was said, and LISTEN_FDNAMES has a socket for it, too",
                 services[i].option);
        return false;
    }
    snprintf(why, why_size,
             "LISTEN_FDNAMES: '%.*s' is none of gdb, telnet, tcl: say FileDescriptorName= in its "
             "socket unit",
             (int)(length < 60 ? length : 60), name);
    return false;
}

static bool take_all(struct options *options, unsigned long count, char *why, size_t why_size)
{
    const char *name = getenv("LISTEN_FDNAMES");
    size_t said[SERVICES];

    if (!name)
        name = "";
    for (size_t i = 0; i < SERVICES; i++)
        said[i] = words_of(options, i)->count;
    for (unsigned long i = 0; i < count; i++) {
        size_t length = strcspn(name, ":");

        if (!take_one(options, said, name, length, words[i], why, why_size))
            return false;
        name += length + (name[length] == ':');
    }
    return true;
}

bool options_take_given(struct options *options, char *why, size_t why_size)
{
    unsigned long count =
        number_of("LISTEN_PID") == (unsigned long)getpid() ? number_of("LISTEN_FDS") : 0;
    bool taken = false;

    if (count > MOST)
        snprintf(why, why_size, "LISTEN_FDS: %lu sockets, and there is room for %d", count, MOST);
    else
        taken = take_all(options, count, why, why_size);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return taken;
}

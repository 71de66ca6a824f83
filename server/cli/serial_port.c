/* SPDX-License-Identifier: MIT */
/* Linux, Documentation/ABI/testing/sysfs-bus-usb: a device is a folder named by bus and ports, with
 * a folder an interface ("1-2.3:1.2"). CDC-ACM puts its port into "tty" there, USB serial adapters
 * put it right there. */
#include "cli/serial_port.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* The first entry, in the order of names, that begins so; false if none does. */
static bool first_entry(const char *folder, const char *beginning, char *name, size_t size)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    bool found = false;

    while (dir && (entry = readdir(dir))) {
        if (strncmp(entry->d_name, beginning, strlen(beginning)) != 0 ||
            strlen(entry->d_name) >= size || (found && strcmp(entry->d_name, name) > 0))
            continue;
        snprintf(name, size, "%s", entry->d_name);
        found = true;
    }
    if (dir)
        closedir(dir);
    return found;
}

static bool port_of_interface(const char *folder, char *name, size_t size)
{
    char tty[608];

    snprintf(tty, sizeof tty, "%s/tty", folder);
    return first_entry(tty, "tty", name, size) || first_entry(folder, "ttyUSB", name, size);
}

bool serial_port_find(const char *sys, const char *place, char *device, size_t size)
{
    char folder[256], interface[600], name[64];

    if (strncmp(place, "usb:", 4) != 0)
        return false;
    const char *ports = place + 4;
    snprintf(folder, sizeof folder, "%s/bus/usb/devices/%s", sys, ports);
    for (unsigned i = 0; i < 8; i++) {
        snprintf(interface, sizeof interface, "%s/%s:1.%u", folder, ports, i);
        if (!port_of_interface(interface, name, sizeof name))
            continue;
        snprintf(device, size, "/dev/%s", name);
        return true;
    }
    return false;
}

/* SPDX-License-Identifier: MIT */
/* examples/udev/60-probed.rules is what the drivers' tables of USB ids say. Without an argument
 * this prints it: test-udev-rules > examples/udev/60-probed.rules */
#include <stdio.h>
#include <string.h>

#include "probe/driver.h"

enum { TEXT_SIZE = 16384 };

static const char head[] =
    "# Lets people use debug probes without being root. `meson install` and packages put it where "
    "udev\n"
    "# looks; by hand:\n"
    "#   sudo cp 60-probed.rules /etc/udev/rules.d/\n"
    "#   sudo udevadm control --reload\n"
    "# and replug the probe. Made from the drivers' tables of USB ids.\n"
    "#\n"
    "# uaccess lets in whoever sits at this machine. Who comes by ssh, and services, are let in by "
    "the\n"
    "# group plugdev: sudo adduser USER plugdev (where there is no such group: sudo groupadd -r "
    "plugdev).\n"
    "# Containers have no udev of their own: these rules belong on the host, and the container "
    "gets\n"
    "# /dev/bus/usb (docker run --device=/dev/bus/usb --group-add=$(getent group plugdev | cut -d: "
    "-f3)),\n"
    "# for a probe that may be replugged with\n"
    "# -v /dev/bus/usb:/dev/bus/usb --device-cgroup-rule='c 189:* rmw' instead of --device.\n"
    "# ID_MM_DEVICE_IGNORE keeps ModemManager from talking to the probe's serial port.\n"
    "\n"
    "ACTION==\"remove\", GOTO=\"probed_end\"\n"
    "# CMSIS-DAP probes are found by their names; those of version 1 are HID devices.\n"
    "SUBSYSTEM==\"hidraw\", ATTRS{product}==\"*CMSIS-DAP*\", MODE=\"0660\", GROUP=\"plugdev\", "
    "TAG+=\"uaccess\"\n"
    "SUBSYSTEM!=\"usb\", GOTO=\"probed_end\"\n"
    "ENV{DEVTYPE}!=\"usb_device\", GOTO=\"probed_end\"\n"
    "ATTR{product}==\"*CMSIS-DAP*\", MODE=\"0660\", GROUP=\"plugdev\", TAG+=\"uaccess\", "
    "ENV{ID_MM_DEVICE_IGNORE}=\"1\"\n"
    "\n";

static size_t add_driver(char text[TEXT_SIZE], size_t used, const struct probe_driver *driver)
{
    struct probe_usb_id id;

    for (size_t i = 0; driver->usb_id && driver->usb_id(i, &id); i++)
        used += (size_t)snprintf(
            text + used, TEXT_SIZE - used,
            "# %s\nATTR{idVendor}==\"%04x\", ATTR{idProduct}==\"%04x\", MODE=\"0660\", "
            "GROUP=\"plugdev\", TAG+=\"uaccess\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"\n",
            id.product, id.vid, id.pid);
    return used;
}

static void write_rules(char text[TEXT_SIZE])
{
    size_t used = (size_t)snprintf(text, TEXT_SIZE, "%s", head);

    for (const struct probe_driver *const *driver = probe_drivers; *driver; driver++)
        used = add_driver(text, used, *driver);
    snprintf(text + used, TEXT_SIZE - used, "\nLABEL=\"probed_end\"\n");
}

int main(int argc, char **argv)
{
    char expected[TEXT_SIZE], found[TEXT_SIZE] = "";

    write_rules(expected);
    if (argc < 2) {
        fputs(expected, stdout);
        return 0;
    }
    FILE *file = fopen(argv[1], "r");
    size_t length = file ? fread(found, 1, sizeof found - 1, file) : 0;
    if (file)
        fclose(file);
    if (length == strlen(expected) && strcmp(found, expected) == 0)
        return 0;
    fprintf(stderr, "%s is not what the drivers' tables say: make it anew with %s > %s\n", argv[1],
            argv[0], argv[1]);
    return 1;
}

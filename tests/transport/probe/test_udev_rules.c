/* SPDX-License-Identifier: MIT */
/* examples/udev/60-probed.rules is what the driver's table of products says. Without an argument
 * this prints it: test-udev-rules > examples/udev/60-probed.rules */
#include <stdio.h>
#include <string.h>

#include "stlink/wire.h"

enum { TEXT_SIZE = 8192 };

static const char head[] =
    "# Lets the person at the machine, and the group plugdev, use ST-Links. Install:\n"
    "#   sudo cp 60-probed.rules /etc/udev/rules.d/\n"
    "#   sudo udevadm control --reload\n"
    "# and replug the probe. Made from the table of products in transport/stlink/wire.c.\n"
    "# ID_MM_DEVICE_IGNORE keeps ModemManager from talking to the probe's serial port.\n"
    "\n"
    "ACTION==\"remove\", GOTO=\"probed_end\"\n"
    "SUBSYSTEM!=\"usb\", GOTO=\"probed_end\"\n"
    "ENV{DEVTYPE}!=\"usb_device\", GOTO=\"probed_end\"\n"
    "\n";

static void write_rules(char text[TEXT_SIZE])
{
    size_t used = (size_t)snprintf(text, TEXT_SIZE, "%s", head);

    for (const struct stlink_product *product = stlink_products; product->pid; product++)
        used += (size_t)snprintf(
            text + used, TEXT_SIZE - used,
            "# %s\nATTR{idVendor}==\"%04x\", ATTR{idProduct}==\"%04x\", MODE=\"0660\", "
            "GROUP=\"plugdev\", TAG+=\"uaccess\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"\n",
            product->name, STLINK_VID, product->pid);
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
    fprintf(stderr, "%s is not what the table of products says: make it anew with %s > %s\n",
            argv[1], argv[0], argv[1]);
    return 1;
}

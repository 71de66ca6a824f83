/* SPDX-License-Identifier: MIT */
/* Which program has a USB device open, as far as this user may look. */
#ifndef PROBED_CLI_USB_HOLDER_H
#define PROBED_CLI_USB_HOLDER_H

#include <stdbool.h>

struct usb_holder {
    long pid; /* 0: nobody that we may see */
    char program[32];
};

/* `place` as "usb:1-2.3"; `sys` and `proc` are "/sys" and "/proc", but for tests. This process does
 * not count; of several the oldest process is named. Blocks. False: nobody is seen. */
bool usb_holder_find(const char *sys, const char *proc, const char *place,
                     struct usb_holder *holder);

#endif

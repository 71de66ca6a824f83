/* SPDX-License-Identifier: MIT */
/* Which program has a USB device open, as far as this user may look. */
#ifndef PROBED_USB_HOLDER_H
#define PROBED_USB_HOLDER_H

#include <stdbool.h>

#include "base/job.h"

struct usb_holder {
    long pid; /* 0: nobody that we may see */
    char program[32];
};

/* Where the system keeps what it knows: "/sys", "/dev" and "/proc", but for tests. */
struct usb_roots {
    const char *sys, *dev, *proc;
};

/* `place` as "usb:1-2.3". This process does not count; of several the oldest process is named.
 * Blocks. False: nobody is seen. */
bool usb_holder_find(const struct usb_roots *roots, const char *place, struct usb_holder *holder);
/* `err` is why the probe at `place` was not opened: if another program has it, the job's sentence
 * goes on with which, as far as that is seen. Returns `err`. */
enum err usb_holder_tell(const struct usb_roots *roots, const char *place, struct job *job,
                         enum err err);

#endif

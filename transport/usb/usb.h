/* SPDX-License-Identifier: MIT */
/* USB as probe drivers see it: devices found, and the bulk endpoints of one vendor interface as a
 * pipe. usb.c is the only file that knows libusb; finding devices uses a libusb context of its own.
 */
#ifndef PROBED_USB_H
#define PROBED_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/job.h"
#include "usb/pipe.h"

/* What to do where a device may not be opened. */
#define USB_PERMISSION                                                                 \
    "put examples/udev/60-probed.rules into /etc/udev/rules.d (packages do), replug; " \
    "over ssh join the group plugdev; sudo helps now"

/* One device on the bus. */
struct usb_found {
    uint16_t vid, pid;
    char place[32]; /* "usb:1-2.3": bus and the chain of ports, stable while it stays plugged there
                     */
    char product[64];
    uint8_t serial[256]; /* the raw string descriptor: some firmware stores bytes, not text */
    size_t serial_length;
    bool accessible; /* false: it could not be opened for want of permission */
};

/* Calls `visit` for every device of that vendor whose product id is `wanted`; others are not even
 * opened. Blocks. ERR_PROBE if USB itself does not work. */
enum err usb_find(uint16_t vid, bool (*wanted)(uint16_t pid),
                  void (*visit)(void *user, const struct usb_found *found), void *user,
                  struct job *job);

/* Opens interface 0 of the device at `place` and its first bulk OUT and bulk IN endpoints.
 * ERR_PROBE_GONE, ERR_PROBE_ACCESS (the sentence says what to install), ERR_BUSY (another program).
 */
enum err usb_open(const char *place, struct job *job, struct pipe **pipe);

#endif

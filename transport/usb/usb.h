/* SPDX-License-Identifier: MIT */
/* USB as probe drivers see it: devices found, and the bulk endpoints of one vendor interface as a
 * pipe. usb.c and usb_pipe.c are the only files that know libusb; finding devices uses a libusb
 * context of its own. */
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

enum { USB_INTERFACES_MAX = 12, USB_CLASS_VENDOR = 0xFF };

/* Of a device's active configuration, first alternate setting. */
struct usb_interface {
    uint8_t number, class, subclass, protocol;
    uint8_t out_endpoint, in_endpoint; /* the first bulk ones; 0: none */
    uint8_t trace_endpoint;            /* the second bulk IN; 0: none */
    char name[64];                     /* its string, if the device could be opened */
};

/* One device on the bus. */
struct usb_found {
    uint16_t vid, pid, release; /* the last: bcdDevice */
    char place[32]; /* "usb:1-2.3": bus and the chain of ports, stable while it stays plugged there
                     */
    struct usb_interface interfaces[USB_INTERFACES_MAX];
    size_t interface_count;
    /* From here on: only if it could be opened. */
    char product[64];
    uint8_t serial[256]; /* the raw string descriptor: some firmware stores bytes, not text */
    size_t serial_length;
    bool accessible; /* false: it could not be opened for want of permission */
};

/* Calls `visit` for every device that is `wanted` by its numbers and interfaces; others are not
 * even opened. Blocks. ERR_PROBE if USB itself does not work. */
enum err usb_find(bool (*wanted)(const struct usb_found *found),
                  void (*visit)(void *user, const struct usb_found *found), void *user,
                  struct job *job);
/* A string descriptor as text; what is not printable ASCII is '?'. */
void usb_text(const uint8_t *descriptor, size_t length, char *text, size_t size);

/* Opens that interface of the device at `place`: its first bulk OUT and bulk IN endpoints, a second
 * IN is trace. ERR_PROBE_GONE, ERR_PROBE_ACCESS (the sentence says what to install), ERR_BUSY
 * (another program). */
enum err usb_open(const char *place, uint8_t interface, struct job *job, struct pipe **pipe);

#endif

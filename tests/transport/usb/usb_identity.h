/* SPDX-License-Identifier: MIT */
/* What a modelled probe says of itself on USB, as data: umockdev/usb_describe.h makes descriptors
 * of it. Pure. */
#ifndef PROBED_USB_IDENTITY_H
#define PROBED_USB_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

enum { USB_BULK = 2, USB_INTERRUPT = 3, USB_CLASS_HID = 3 };
enum { USB_IDENTITY_ENDPOINTS = 3, USB_IDENTITY_INTERFACES = 4 };

struct usb_identity_interface {
    uint8_t class, subclass, protocol;
    const char *name;                          /* NULL: it has none */
    uint8_t type;                              /* of its endpoints */
    uint8_t endpoints[USB_IDENTITY_ENDPOINTS]; /* addresses; 0 ends them */
    uint16_t packet;                           /* bytes */
};

struct usb_identity {
    uint16_t vid, pid, release;
    bool high_speed;
    const char *manufacturer, *product, *serial; /* "": it has none */
    bool raw_serial; /* the 12 bytes that 24 hex digits mean, as UTF-16 units */
    bool deaf;       /* asked for a string it stalls */
    struct usb_identity_interface interfaces[USB_IDENTITY_INTERFACES]; /* without class: no more */
    uint8_t probe;    /* the number of the one that debuggers use */
    uint8_t reply_in; /* its endpoint for replies; what else is IN is trace */
    bool hid;         /* hidraw has that interface, too */
};

#endif

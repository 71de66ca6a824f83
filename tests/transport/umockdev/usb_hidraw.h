/* SPDX-License-Identifier: MIT */
/* The same device by the kernel's HID driver: /dev/hidrawN, which reads, writes and answers ioctls.
 * What comes from the device is kept while somebody has it open, as the kernel does. NULL stands
 * for a device that is no HID. */
#ifndef PROBED_USB_HIDRAW_H
#define PROBED_USB_HIDRAW_H

#include "usb_device.h"

struct usb_hidraw;

struct usb_hidraw *usb_hidraw_create(UMockdevTestbed *testbed, struct usb_device *device);
void usb_hidraw_destroy(struct usb_hidraw *hidraw);
void usb_hidraw_plug(struct usb_hidraw *hidraw, const struct usb_identity *identity, unsigned port);
void usb_hidraw_unplug(struct usb_hidraw *hidraw);

#endif

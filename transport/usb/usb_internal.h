/* SPDX-License-Identifier: MIT */
/* Between usb.c, which finds devices, and usb_pipe.c, which opens one. */
#ifndef PROBED_USB_INTERNAL_H
#define PROBED_USB_INTERNAL_H

#include <libusb.h>

#include "usb/usb.h"

/* "usb:1-2.3" as the kernel names it. */
void usb_place_of(libusb_device *device, char *place, size_t size);
/* A handle of the device at `place`, or one of libusb's error codes. */
int usb_handle_at(libusb_context *context, const char *place, libusb_device_handle **handle);
/* The device's interfaces without their names: how many, at most USB_INTERFACES_MAX. */
size_t usb_interfaces_of(libusb_device *device, struct usb_interface *interfaces);

#endif

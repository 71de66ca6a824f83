/* SPDX-License-Identifier: MIT */
/* An identity as USB carries it: descriptors, strings, and its place in /sys. */
#ifndef PROBED_USB_DESCRIBE_H
#define PROBED_USB_DESCRIBE_H

#include <stddef.h>

#include <umockdev.h>

#include "usb_identity.h"

/* Adds the root hub; once. */
void usb_describe_add_hub(UMockdevTestbed *testbed);
/* Adds device and interfaces below the hub, a serial port if it has one; sends the uevents. */
void usb_describe_add(UMockdevTestbed *testbed, const struct usb_identity *identity, unsigned port,
                      unsigned number);
/* Takes them away again. */
void usb_describe_remove(UMockdevTestbed *testbed, const struct usb_identity *identity,
                         unsigned port);
/* "/sys/devices/../1-1", and that of its interface. */
void usb_describe_place(unsigned port, char *path, size_t size);
void usb_describe_interface_place(unsigned port, unsigned interface, char *path, size_t size);
/* One line of text, in the format of umockdev-record. */
void usb_describe_add_text(UMockdevTestbed *testbed, const char *text);

/* The report descriptor of reports of so many bytes in each direction; its length. */
enum { USB_REPORT_DESCRIPTOR = 33 };
size_t usb_describe_report(const struct usb_identity *identity, uint8_t *descriptor);

/* A control request from its 8 setup bytes: writes at most wLength bytes to `reply` (256 bytes);
 * returns how many, or -1: a stall. */
int usb_describe_setup(const struct usb_identity *identity, const uint8_t setup[8], uint8_t *reply);
/* The same for the synchronous ioctl. */
void usb_describe_control(const struct usb_identity *identity, UMockdevIoctlClient *client);

#endif

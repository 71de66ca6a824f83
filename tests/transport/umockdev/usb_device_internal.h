/* SPDX-License-Identifier: MIT */
/* The device's ends that usbfs (usb_device.c) and hidraw (usb_hidraw.c) share. The lock is held. */
#ifndef PROBED_USB_DEVICE_INTERNAL_H
#define PROBED_USB_DEVICE_INTERNAL_H

#include "usb_device.h"

/* The board lives on while its host does something else. */
void usb_device_pass_time(struct usb_device *device);
/* What it took this machine to play it until now is not made up for. */
void usb_device_time_passed(struct usb_device *device);
/* False: not taken until a reply is fetched. */
bool usb_device_send(struct usb_device *device, const uint8_t *data, size_t length);
/* 0: nothing to fetch. */
size_t usb_device_receive(struct usb_device *device, uint8_t *data, size_t capacity);
void usb_device_count(struct usb_device *device, uint64_t bytes, bool alone);
void usb_device_count_open(struct usb_device *device);

/* A FIFO in the place of a device node: with a byte in it a program finds it readable, full it is
 * not writable. Returns the descriptor that keeps it open. */
int usb_node_open(UMockdevTestbed *testbed, const char *node, char *file, size_t size);

#endif

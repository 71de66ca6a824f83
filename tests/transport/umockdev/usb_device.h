/* SPDX-License-Identifier: MIT */
/* A USB device for unmodified libusb programs, by umockdev: answers the ioctls of Linux usbfs for
 * one plugged probe's model. plug() and unplug() are called by the main thread, ioctls come on
 * umockdev's worker thread: one mutex guards the device and the model behind it. */
#ifndef PROBED_USB_DEVICE_H
#define PROBED_USB_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <umockdev.h>

#include "firmware.h"
#include "sim/board/board.h"
#include "usb_identity.h"

struct usb_counters {
    uint64_t transfers, bytes; /* transfers that were completed with data, both directions */
    /* What they would take on a real bus, with the SWD traffic that the probe makes of them, but
     * without any time that the host lets pass between them. */
    uint64_t bus_ns;
    uint64_t opens; /* of the device's node, by any program */
};

struct usb_device;

/* `testbed`, the model and `board` stay the caller's. */
struct usb_device *usb_device_create(UMockdevTestbed *testbed, const struct usb_identity *identity,
                                     struct firmware firmware, struct sim_board *board);
void usb_device_destroy(struct usb_device *device);

/* Appears in port `port` of the bus as device `number`; a kernel never gives one twice. */
void usb_device_plug(struct usb_device *device, unsigned port, unsigned number);
/* Vanishes: transfers under way end, every further ioctl answers ENODEV. */
void usb_device_unplug(struct usb_device *device);
/* While frozen no transfer ends, not even by being cancelled. */
void usb_device_freeze(struct usb_device *device, bool frozen);
bool usb_device_plugged(const struct usb_device *device);

/* Held while somebody else touches the model or the board. */
void usb_device_lock(struct usb_device *device);
void usb_device_unlock(struct usb_device *device);
struct usb_counters usb_device_counters(const struct usb_device *device);

#endif

/* SPDX-License-Identifier: MIT */
/* What an ST-Link says of itself on USB: descriptors, strings, and its place in /sys. */
#ifndef PROBED_USB_DESCRIBE_H
#define PROBED_USB_DESCRIBE_H

#include <umockdev.h>

#include "stlink_model.h"

/* Address of the bulk IN endpoint that carries replies. */
uint8_t usb_describe_in_endpoint(const struct stlink_config *config);
/* Adds the root hub; once. */
void usb_describe_add_hub(UMockdevTestbed *testbed);
/* Adds device and interface below the hub; sends the uevents. */
void usb_describe_add(UMockdevTestbed *testbed, const struct stlink_config *config, unsigned port,
                      unsigned number);
/* A control request from its 8 setup bytes: writes at most wLength bytes to `reply` (256 bytes);
 * returns how many, or -1: a stall. */
int usb_describe_setup(const struct stlink_config *config, const uint8_t setup[8], uint8_t *reply);
/* The same for the synchronous ioctl. */
void usb_describe_control(const struct stlink_config *config, UMockdevIoctlClient *client);

#endif

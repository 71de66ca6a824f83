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
/* Answers a control transfer: standard requests, else a stall. */
void usb_describe_control(const struct stlink_config *config, UMockdevIoctlClient *client);

#endif

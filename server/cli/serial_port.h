/* SPDX-License-Identifier: MIT */
/* The serial port that a probe offers for the board (virtual COM port), as Linux shows it. */
#ifndef PROBED_SERIAL_PORT_H
#define PROBED_SERIAL_PORT_H

#include <stdbool.h>
#include <stddef.h>

/* `sys` is where sysfs is ("/sys"), `place` that of a probe_info ("usb:1-2.3"). True: `device` is
 * the first one's, "/dev/ttyACM0". */
bool serial_port_find(const char *sys, const char *place, char *device, size_t size);

#endif

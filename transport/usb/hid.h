/* SPDX-License-Identifier: MIT */
/* HID devices as probe drivers see them: found, and their reports as a pipe. hid.c is the only file
 * that knows hidapi; by its hidraw back end the kernel keeps its driver. */
#ifndef PROBED_HID_H
#define PROBED_HID_H

#include "usb/usb.h"

enum { HID_REPORT_MAX = 1024 };

/* One HID interface. */
struct hid_found {
    uint16_t vid, pid, release;
    uint16_t usage_page; /* of its first collection */
    char place[32];      /* as struct usb_found has it */
    char path[64];       /* "/dev/hidraw3" */
    char product[64], interface[64];
    char serial[64];
    bool accessible;
};

/* Calls `visit` for every HID interface of a device on USB. Blocks. */
enum err hid_find(void (*visit)(void *user, const struct hid_found *found), void *user,
                  struct job *job);
/* Opens the one at that path. An exchange is a report there, of *report_size bytes, and one back,
 * which may be padded; several may be under way. ERR_PROBE_GONE, ERR_PROBE_ACCESS. */
enum err hid_open_pipe(const char *path, struct job *job, struct pipe **pipe, size_t *report_size);

#endif

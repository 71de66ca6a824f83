/* SPDX-License-Identifier: MIT */
/* USB as probe drivers see it: devices found, and the bulk pipes of one vendor interface. usb.c is
 * the only file that knows libusb; tests put a modelled probe behind the same struct usb_pipe. A
 * pipe is used by one thread; finding devices uses a libusb context of its own. */
#ifndef PROBED_USB_H
#define PROBED_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/job.h"

/* One device on the bus. */
struct usb_found {
    uint16_t vid, pid;
    char place[32]; /* "usb:1-2.3": bus and the chain of ports, stable while it stays plugged there
                     */
    char product[64];
    uint8_t serial[256]; /* the raw string descriptor: some firmware stores bytes, not text */
    size_t serial_length;
    bool accessible; /* false: it could not be opened for want of permission */
};

/* Calls `visit` for every device of that vendor whose product id is `wanted`; others are not even
 * opened. Blocks. ERR_PROBE if USB itself does not work. */
enum err usb_find(uint16_t vid, bool (*wanted)(uint16_t pid),
                  void (*visit)(void *user, const struct usb_found *found), void *user,
                  struct job *job);

/* A command, and behind it either data to the probe or a reply from it. */
struct usb_exchange {
    const void *command;
    size_t command_length;
    const void *out; /* second OUT transfer, or NULL */
    size_t out_length;
    void *in; /* IN transfer, or NULL */
    size_t in_capacity;
    size_t in_length; /* bytes that came */
    unsigned timeout_ms;
};

struct usb_pipe {
    const struct usb_pipe_driver *driver;
    uint64_t transfers, bytes; /* completed, both directions */
};

struct usb_pipe_driver {
    /* All transfers of the exchange are submitted together; returns when all have ended. On error
     * (ERR_PROBE_GONE; ERR_PROBE: no answer in time, or a stall) none is left under way and the
     * job has the sentence; what the probe still holds must be cleared by recover(). */
    enum err (*exchange)(struct usb_pipe *pipe, struct usb_exchange *exchange, struct job *job);
    /* Clears halts and reads away stale replies. */
    enum err (*recover)(struct usb_pipe *pipe, struct job *job);
    /* The last resort: drops the user's serial terminal and disk on a V2-1 or V3. */
    enum err (*reset)(struct usb_pipe *pipe, struct job *job);
    void (*close)(struct usb_pipe *pipe);
};

/* Opens interface 0 of the device at `place` and its first bulk OUT and bulk IN endpoints.
 * ERR_PROBE_GONE, ERR_PROBE_ACCESS (the sentence says what to install), ERR_BUSY (another program).
 */
enum err usb_open(const char *place, struct job *job, struct usb_pipe **pipe);

#endif

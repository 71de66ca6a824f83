/* SPDX-License-Identifier: MIT */
/* The firmware of a modelled probe as the two ends of its USB cable see it, whatever it speaks:
 * model_pipe.h puts it before a driver in the same process, usb_device.h before real libusb
 * programs. */
#ifndef PROBED_FIRMWARE_H
#define PROBED_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct firmware_driver {
    /* One OUT transfer. False: not taken (the endpoint NAKs) until a reply is fetched. */
    bool (*out)(void *model, const uint8_t *data, size_t length);
    /* One IN transfer: moves at most `capacity` bytes of the reply; 0 when there is none (the
     * endpoint NAKs: the host's transfer stays pending). */
    size_t (*in)(void *model, uint8_t *data, size_t capacity);
    /* The same from the endpoint for SWO. */
    size_t (*trace_in)(void *model, uint8_t *data, size_t capacity);
    void (*usb_reset)(void *model);
    /* Commands the host sent since creation. */
    uint64_t (*commands)(const void *model);
};

struct firmware {
    const struct firmware_driver *driver;
    void *model;
    bool high_speed;  /* else full: 12 Mbit/s */
    bool polled;      /* by interrupt transfers, one in a (micro)frame */
    unsigned packets; /* commands that it has buffers for while nobody fetches a reply; 0: any */
};

/* What a transfer of so many bytes takes on the bus. A frame's slot passes before one that comes
 * `alone`: those behind others that are under way wait while these do. Full speed carries 64 bytes
 * in 52.6 us, high speed 512 in 10. */
static inline uint64_t bus_time_ns(const struct firmware *firmware, uint64_t bytes, bool alone)
{
    uint64_t size = firmware->high_speed ? 512 : 64, packets = (bytes + size - 1) / size;
    uint64_t slot = firmware->polled && !firmware->high_speed ? 1000000 : 125000;

    if (firmware->polled)
        return packets * slot;
    return (alone ? slot : 0) + packets * (firmware->high_speed ? 10000 : 52600);
}

#endif

/* SPDX-License-Identifier: MIT */
/* Manual: libusb-1.0 API reference, "Asynchronous device I/O" and "Device handling". */
#include "usb/usb.h"

#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
    TRANSFERS = 3,
    DRAIN_TIMEOUT_MS = 10,
    DRAIN_MAX = 64,
    STRING_TIMEOUT_MS = 300,
    EVENT_SLICE_MS = 50,
    LATE_MS = 200, /* libusb's own time limit should have struck by then */
    CANCEL_MAX_MS = 300
};

struct usb {
    struct pipe pipe; /* first: drivers hold a pointer to it */
    libusb_context *context;
    libusb_device_handle *handle;
    uint8_t out_endpoint, in_endpoint, trace_endpoint; /* the last 0: it has none */
    bool trace_used;
    struct libusb_transfer *transfers[TRANSFERS];
    int under_way; /* submitted and not ended */
};

/* --- finding --- */

/* "usb:1-2.3" as the kernel names it. */
static void place_of(libusb_device *device, char *place, size_t size)
{
    uint8_t ports[8];
    int count = libusb_get_port_numbers(device, ports, sizeof ports);
    int length = snprintf(place, size, "usb:%d", libusb_get_bus_number(device));

    for (int i = 0; i < count && length > 0 && (size_t)length < size; i++)
        length +=
            snprintf(place + length, size - (size_t)length, "%c%d", i == 0 ? '-' : '.', ports[i]);
}

/* The descriptor of string `index` in the first language; its length, 0 if there is none. */
static size_t read_string(libusb_device_handle *handle, uint8_t index, uint8_t *descriptor,
                          size_t size)
{
    int got = 0;

    if (index != 0)
        got = libusb_control_transfer(handle, LIBUSB_ENDPOINT_IN, LIBUSB_REQUEST_GET_DESCRIPTOR,
                                      (uint16_t)(LIBUSB_DT_STRING << 8 | index), 0x0409, descriptor,
                                      (uint16_t)size, STRING_TIMEOUT_MS);
    if (got < 2 || descriptor[1] != LIBUSB_DT_STRING || descriptor[0] > got)
        return 0;
    return descriptor[0];
}

static void ascii_of(const uint8_t *descriptor, size_t length, char *text, size_t size)
{
    size_t at = 0;

    for (size_t i = 2; i + 1 < length && at + 1 < size; i += 2)
        text[at++] = descriptor[i + 1] == 0 && descriptor[i] >= ' ' && descriptor[i] < 0x7F
                         ? (char)descriptor[i]
                         : '?';
    text[at] = '\0';
}

static void describe(libusb_device *device, const struct libusb_device_descriptor *descriptor,
                     struct usb_found *found)
{
    libusb_device_handle *handle;
    uint8_t text[256];

    *found = (struct usb_found){.vid = descriptor->idVendor, .pid = descriptor->idProduct};
    place_of(device, found->place, sizeof found->place);
    int code = libusb_open(device, &handle);
    found->accessible = code != LIBUSB_ERROR_ACCESS;
    if (code != 0)
        return;
    size_t length = read_string(handle, descriptor->iProduct, text, sizeof text);
    ascii_of(text, length, found->product, sizeof found->product);
    found->serial_length =
        read_string(handle, descriptor->iSerialNumber, found->serial, sizeof found->serial);
    libusb_close(handle);
}

enum err usb_find(uint16_t vid, bool (*wanted)(uint16_t pid),
                  void (*visit)(void *user, const struct usb_found *found), void *user,
                  struct job *job)
{
    libusb_context *context;
    libusb_device **devices;
    int code = libusb_init(&context);

    if (code != 0)
        return job_fail(job, ERR_PROBE, "USB cannot be used: %s", libusb_strerror(code));
    ssize_t count = libusb_get_device_list(context, &devices);
    for (ssize_t i = 0; i < count; i++) {
        struct libusb_device_descriptor descriptor;
        struct usb_found found;

        if (libusb_get_device_descriptor(devices[i], &descriptor) != 0 ||
            descriptor.idVendor != vid || !wanted(descriptor.idProduct))
            continue;
        describe(devices[i], &descriptor, &found);
        visit(user, &found);
    }
    if (count >= 0)
        libusb_free_device_list(devices, 1);
    libusb_exit(context);
    return ERR_OK;
}

/* --- exchanges --- */

static void transfer_ended(struct libusb_transfer *transfer)
{
    struct usb *usb = transfer->user_data;

    usb->under_way--;
}

static enum err error_of(int status, struct job *job)
{
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
        return ERR_OK;
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_CANCELLED:
        return job_fail(job, ERR_PROBE, "the probe did not answer in time");
    case LIBUSB_TRANSFER_NO_DEVICE:
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    case LIBUSB_TRANSFER_STALL:
        return job_fail(job, ERR_PROBE, "the probe refused the command (USB stall)");
    default:
        return job_fail(job, ERR_PROBE, "USB transfer failed (status %d)", status);
    }
}

static void run_events(struct usb *usb)
{
    struct timeval slice = {.tv_usec = EVENT_SLICE_MS * 1000};

    libusb_handle_events_timeout_completed(usb->context, &slice, NULL);
}

static uint64_t end_in_ms(unsigned ms)
{
    return clock_now_us(clock_real()) + 1000 * (uint64_t)ms;
}

static bool is_over(uint64_t end)
{
    return clock_now_us(clock_real()) >= end;
}

static void cancel(struct usb *usb, int count)
{
    uint64_t end = end_in_ms(CANCEL_MAX_MS);

    for (int i = 0; i < count; i++)
        libusb_cancel_transfer(usb->transfers[i]);
    while (usb->under_way > 0 && !is_over(end))
        run_events(usb);
}

static int fill(struct usb *usb, struct pipe_exchange *exchange)
{
    int count = 0;
    struct part {
        uint8_t endpoint;
        const void *data;
        size_t length;
    } parts[TRANSFERS] = {{usb->out_endpoint, exchange->command, exchange->command_length},
                          {usb->out_endpoint, exchange->out, exchange->out_length},
                          {exchange->from_trace ? usb->trace_endpoint : usb->in_endpoint,
                           exchange->in, exchange->in_capacity}};

    for (int i = 0; i < TRANSFERS; i++)
        if (parts[i].data && parts[i].length > 0) {
            /* libusb's buffers are not const for OUT either, but it only reads them. */
            unsigned char *data = (unsigned char *)(uintptr_t)parts[i].data;
            usb->transfers[count]->status = LIBUSB_TRANSFER_COMPLETED;
            libusb_fill_bulk_transfer(usb->transfers[count++], usb->handle, parts[i].endpoint, data,
                                      (int)parts[i].length, transfer_ended, usb,
                                      exchange->timeout_ms);
        }
    return count;
}

/* The first transfer's failure explains the others'. */
static enum err outcome(struct usb *usb, struct pipe_exchange *exchange, int count, struct job *job)
{
    for (int i = 0; i < count; i++) {
        struct libusb_transfer *transfer = usb->transfers[i];
        enum err err = error_of(transfer->status, job);

        if (err)
            return err;
        usb->pipe.transfers++;
        usb->pipe.bytes += (uint64_t)transfer->actual_length;
        if (transfer->endpoint & LIBUSB_ENDPOINT_IN)
            exchange->in_length = (size_t)transfer->actual_length;
        else if (transfer->actual_length != transfer->length)
            return job_fail(job, ERR_PROBE, "the probe took only part of a command");
    }
    return ERR_OK;
}

/* A failed command means that the reply behind it would only wait for its time limit. */
static void wait_for(struct usb *usb, const struct pipe_exchange *exchange, int count)
{
    uint64_t end = end_in_ms(exchange->timeout_ms + LATE_MS);

    while (usb->under_way > 0 && !is_over(end)) {
        run_events(usb);
        if (usb->under_way > 0 && usb->transfers[0]->status != LIBUSB_TRANSFER_COMPLETED)
            cancel(usb, count);
    }
    if (usb->under_way > 0)
        cancel(usb, count);
}

/* Transfers that never ended still own their caller's buffers: no event may be handled any more. */
static enum err check_idle(const struct usb *usb, struct job *job)
{
    if (usb->under_way > 0)
        return job_fail(job, ERR_PROBE_GONE, "USB transfers do not end: replug the probe");
    return ERR_OK;
}

static enum err run_exchange(struct pipe *pipe, struct pipe_exchange *exchange, struct job *job)
{
    struct usb *usb = (struct usb *)pipe;
    int submitted = 0;

    exchange->in_length = 0;
    if (check_idle(usb, job) != ERR_OK)
        return ERR_PROBE_GONE;
    if (exchange->from_trace && !usb->trace_endpoint)
        return job_fail(job, ERR_UNSUPPORTED, "the probe has no USB endpoint for SWO");
    usb->trace_used |= exchange->from_trace;
    int count = fill(usb, exchange);
    for (; submitted < count; submitted++) {
        int code = libusb_submit_transfer(usb->transfers[submitted]);
        if (code != 0) {
            cancel(usb, submitted);
            return code == LIBUSB_ERROR_NO_DEVICE
                       ? job_fail(job, ERR_PROBE_GONE, "the probe was unplugged")
                       : job_fail(job, ERR_PROBE, "USB: %s", libusb_strerror(code));
        }
        usb->under_way++;
    }
    wait_for(usb, exchange, count);
    if (usb->under_way > 0)
        return job_fail(job, ERR_PROBE_GONE, "USB transfers do not end: replug the probe");
    return outcome(usb, exchange, count, job);
}

static void drain(struct usb *usb, uint8_t endpoint)
{
    unsigned char stale[512];
    int got = 0;

    for (int i = 0; i < DRAIN_MAX; i++)
        if (libusb_bulk_transfer(usb->handle, endpoint, stale, sizeof stale, &got,
                                 DRAIN_TIMEOUT_MS) != 0)
            break;
}

static enum err usb_recover(struct pipe *pipe, struct job *job)
{
    struct usb *usb = (struct usb *)pipe;

    if (check_idle(usb, job) != ERR_OK)
        return ERR_PROBE_GONE;
    libusb_clear_halt(usb->handle, usb->out_endpoint);
    int code = libusb_clear_halt(usb->handle, usb->in_endpoint);
    if (code == LIBUSB_ERROR_NO_DEVICE)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    drain(usb, usb->in_endpoint);
    if (usb->trace_used)
        drain(usb, usb->trace_endpoint);
    return ERR_OK;
}

static enum err usb_reset(struct pipe *pipe, struct job *job)
{
    struct usb *usb = (struct usb *)pipe;

    if (check_idle(usb, job) != ERR_OK)
        return ERR_PROBE_GONE;
    int code = libusb_reset_device(usb->handle);

    if (code == 0)
        code = libusb_claim_interface(usb->handle, 0);
    return code == 0 ? ERR_OK
                     : job_fail(job, ERR_PROBE_GONE, "the probe is gone after a USB reset");
}

/* With transfers that never ended the device is closed all the same: the next to open it would be
 * told that another program has it. Only libusb's own records of them are leaked. */
static void usb_close(struct pipe *pipe)
{
    struct usb *usb = (struct usb *)pipe;

    if (usb->handle) {
        libusb_release_interface(usb->handle, 0);
        libusb_close(usb->handle);
    }
    if (usb->under_way > 0)
        return;
    for (int i = 0; i < TRANSFERS; i++)
        libusb_free_transfer(usb->transfers[i]);
    if (usb->context)
        libusb_exit(usb->context);
    free(usb);
}

static const struct pipe_driver libusb_pipe = {
    .exchange = run_exchange,
    .recover = usb_recover,
    .reset = usb_reset,
    .close = usb_close,
};

/* --- opening --- */

/* The first bulk OUT and the first bulk IN of interface 0; a second IN is trace. */
static bool find_endpoints(struct usb *usb)
{
    struct libusb_config_descriptor *config;

    if (libusb_get_active_config_descriptor(libusb_get_device(usb->handle), &config) != 0)
        return false;
    if (config->bNumInterfaces > 0 && config->interface[0].num_altsetting > 0) {
        const struct libusb_interface_descriptor *interface = &config->interface[0].altsetting[0];
        for (int i = 0; i < interface->bNumEndpoints; i++) {
            const struct libusb_endpoint_descriptor *endpoint = &interface->endpoint[i];
            if ((endpoint->bmAttributes & 3) != LIBUSB_TRANSFER_TYPE_BULK)
                continue;
            bool in = endpoint->bEndpointAddress & LIBUSB_ENDPOINT_IN;
            uint8_t *to = !in                ? &usb->out_endpoint
                          : usb->in_endpoint ? &usb->trace_endpoint
                                             : &usb->in_endpoint;
            if (*to == 0)
                *to = endpoint->bEndpointAddress;
        }
    }
    libusb_free_config_descriptor(config);
    return usb->in_endpoint && usb->out_endpoint;
}

static enum err open_error(int code, const char *place, struct job *job)
{
    switch (code) {
    case LIBUSB_ERROR_ACCESS:
        return job_fail(job, ERR_PROBE_ACCESS,
                        "no permission to open the probe at %s: " USB_PERMISSION, place);
    case LIBUSB_ERROR_BUSY:
        return job_fail(
            job, ERR_BUSY,
            "another program uses the probe at %s: close it (another probed, openocd, st-util, "
            "an IDE)",
            place);
    case LIBUSB_ERROR_NO_DEVICE:
        return job_fail(job, ERR_PROBE_GONE, "the probe at %s was unplugged", place);
    default:
        return job_fail(job, ERR_PROBE, "the probe at %s cannot be opened: %s", place,
                        libusb_strerror(code));
    }
}

static enum err open_at(struct usb *usb, const char *place, struct job *job)
{
    libusb_device **devices;
    ssize_t count = libusb_get_device_list(usb->context, &devices);
    int code = LIBUSB_ERROR_NO_DEVICE;

    for (ssize_t i = 0; i < count; i++) {
        char found[32];
        place_of(devices[i], found, sizeof found);
        if (strcmp(found, place) == 0) {
            code = libusb_open(devices[i], &usb->handle);
            break;
        }
    }
    if (count >= 0)
        libusb_free_device_list(devices, 1);
    if (code == 0)
        code = libusb_claim_interface(usb->handle, 0);
    return code == 0 ? ERR_OK : open_error(code, place, job);
}

enum err usb_open(const char *place, struct job *job, struct pipe **pipe)
{
    struct usb *usb = calloc(1, sizeof *usb);
    enum err err = ERR_OK;

    if (!usb)
        return job_fail(job, ERR_NO_MEMORY, "out of memory");
    usb->pipe.driver = &libusb_pipe;
    for (int i = 0; i < TRANSFERS && !err; i++)
        if (!(usb->transfers[i] = libusb_alloc_transfer(0)))
            err = job_fail(job, ERR_NO_MEMORY, "out of memory");
    if (!err && libusb_init(&usb->context) != 0)
        err = job_fail(job, ERR_PROBE, "USB cannot be used");
    if (!err)
        err = open_at(usb, place, job);
    if (!err && !find_endpoints(usb))
        err =
            job_fail(job, ERR_PROBE, "the probe at %s has not the endpoints of an ST-Link", place);
    if (err) {
        usb_close(&usb->pipe);
        return err;
    }
    *pipe = &usb->pipe;
    return ERR_OK;
}

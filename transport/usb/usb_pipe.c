/* SPDX-License-Identifier: MIT */
/* Bulk endpoints as a pipe. Manual: libusb-1.0 API reference, "Asynchronous device I/O". */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "usb/usb_internal.h"

enum {
    TRANSFERS = 3, /* of an exchange */
    DRAIN_TIMEOUT_MS = 10,
    DRAIN_MAX = 64,
    EVENT_SLICE_MS = 50,
    LATE_MS = 200, /* libusb's own time limit should have struck by then */
    CANCEL_MAX_MS = 300
};

/* An exchange under way. */
struct slot {
    struct usb *usb;
    struct pipe_exchange *exchange;
    struct libusb_transfer *transfers[TRANSFERS];
    int count, under_way; /* submitted; not ended of these */
};

struct usb {
    struct pipe pipe; /* first: drivers hold a pointer to it */
    libusb_context *context;
    libusb_device_handle *handle;
    struct usb_interface interface;
    bool claimed, trace_used;
    struct slot slots[PIPE_DEPTH];
    size_t first, used; /* the oldest under way, and how many */
    int under_way;      /* transfers of all of them */
};

/* --- exchanges --- */

static void transfer_ended(struct libusb_transfer *transfer)
{
    struct slot *slot = transfer->user_data;

    slot->under_way--;
    slot->usb->under_way--;
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

/* All of them; those that never end stay counted in their slots. */
static void cancel(struct usb *usb)
{
    uint64_t end = end_in_ms(CANCEL_MAX_MS);

    for (size_t i = 0; i < PIPE_DEPTH; i++)
        for (int t = 0; usb->slots[i].under_way > 0 && t < usb->slots[i].count; t++)
            libusb_cancel_transfer(usb->slots[i].transfers[t]);
    while (usb->under_way > 0 && !is_over(end))
        run_events(usb);
    usb->used = 0;
}

static int fill(struct usb *usb, struct slot *slot)
{
    const struct pipe_exchange *exchange = slot->exchange;
    const struct usb_interface *interface = &usb->interface;
    int count = 0;
    struct part {
        uint8_t endpoint;
        const void *data;
        size_t length;
    } parts[TRANSFERS] = {
        {interface->out_endpoint, exchange->command, exchange->command_length},
        {interface->out_endpoint, exchange->out, exchange->out_length},
        {exchange->from_trace ? interface->trace_endpoint : interface->in_endpoint, exchange->in,
         exchange->in_capacity}};

    for (int i = 0; i < TRANSFERS; i++)
        if (parts[i].data && parts[i].length > 0) {
            /* libusb's buffers are not const for OUT either, but it only reads them. */
            unsigned char *data = (unsigned char *)(uintptr_t)parts[i].data;
            struct libusb_transfer *transfer = slot->transfers[count++];
            transfer->status = LIBUSB_TRANSFER_COMPLETED;
            transfer->flags = i == 0 && exchange->zero_packet ? LIBUSB_TRANSFER_ADD_ZERO_PACKET : 0;
            libusb_fill_bulk_transfer(transfer, usb->handle, parts[i].endpoint, data,
                                      (int)parts[i].length, transfer_ended, slot,
                                      exchange->timeout_ms);
        }
    return count;
}

/* The first transfer's failure explains the others'. */
static enum err outcome(struct usb *usb, const struct slot *slot, struct job *job)
{
    for (int i = 0; i < slot->count; i++) {
        struct libusb_transfer *transfer = slot->transfers[i];
        enum err err = error_of(transfer->status, job);

        if (err)
            return err;
        usb->pipe.transfers++;
        usb->pipe.bytes += (uint64_t)transfer->actual_length;
        if (transfer->endpoint & LIBUSB_ENDPOINT_IN)
            slot->exchange->in_length = (size_t)transfer->actual_length;
        else if (transfer->actual_length != transfer->length)
            return job_fail(job, ERR_PROBE, "the probe took only part of a command");
    }
    return ERR_OK;
}

/* A failed command means that the reply behind it would only wait for its time limit. */
static void wait_for(struct usb *usb, const struct slot *slot)
{
    uint64_t end = end_in_ms(slot->exchange->timeout_ms + LATE_MS);

    while (slot->under_way > 0 && !is_over(end)) {
        run_events(usb);
        if (slot->under_way > 0 && slot->transfers[0]->status != LIBUSB_TRANSFER_COMPLETED)
            cancel(usb);
    }
    if (slot->under_way > 0)
        cancel(usb);
}

/* Transfers that never ended still own their caller's buffers: no event may be handled any more. */
static enum err fail_stuck(struct job *job)
{
    return job_fail(job, ERR_PROBE_GONE, "USB transfers do not end: replug the probe");
}

static enum err submit(struct usb *usb, struct slot *slot, int count, struct job *job)
{
    slot->count = 0;
    while (slot->count < count) {
        int code = libusb_submit_transfer(slot->transfers[slot->count]);
        if (code != 0) {
            cancel(usb);
            return code == LIBUSB_ERROR_NO_DEVICE
                       ? job_fail(job, ERR_PROBE_GONE, "the probe was unplugged")
                       : job_fail(job, ERR_PROBE, "USB: %s", libusb_strerror(code));
        }
        slot->count++;
        slot->under_way++;
        usb->under_way++;
    }
    return ERR_OK;
}

static enum err begin(struct pipe *pipe, struct pipe_exchange *exchange, struct job *job)
{
    struct usb *usb = (struct usb *)pipe;
    struct slot *slot = &usb->slots[(usb->first + usb->used) % PIPE_DEPTH];

    exchange->in_length = 0;
    if (slot->under_way > 0 || (usb->used == 0 && usb->under_way > 0))
        return fail_stuck(job);
    if (exchange->from_trace && !usb->interface.trace_endpoint)
        return job_fail(job, ERR_UNSUPPORTED, "the probe has no USB endpoint for SWO");
    usb->trace_used |= exchange->from_trace;
    slot->exchange = exchange;
    enum err err = submit(usb, slot, fill(usb, slot), job);
    if (!err)
        usb->used++;
    return err;
}

static enum err end(struct pipe *pipe, struct job *job)
{
    struct usb *usb = (struct usb *)pipe;
    struct slot *slot = &usb->slots[usb->first];

    wait_for(usb, slot);
    if (slot->under_way > 0)
        return fail_stuck(job);
    enum err err = outcome(usb, slot, job);
    if (err)
        cancel(usb);
    usb->first = (usb->first + 1) % PIPE_DEPTH;
    if (usb->used > 0)
        usb->used--;
    return err;
}

static void drain(struct usb *usb, uint8_t endpoint)
{
    unsigned char stale[1024];
    int got = 0;

    for (int i = 0; i < DRAIN_MAX; i++)
        if (libusb_bulk_transfer(usb->handle, endpoint, stale, sizeof stale, &got,
                                 DRAIN_TIMEOUT_MS) != 0)
            break;
}

static enum err usb_recover(struct pipe *pipe, struct job *job)
{
    struct usb *usb = (struct usb *)pipe;

    if (usb->under_way > 0)
        return fail_stuck(job);
    libusb_clear_halt(usb->handle, usb->interface.out_endpoint);
    int code = libusb_clear_halt(usb->handle, usb->interface.in_endpoint);
    if (code == LIBUSB_ERROR_NO_DEVICE)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    drain(usb, usb->interface.in_endpoint);
    if (usb->trace_used)
        drain(usb, usb->interface.trace_endpoint);
    return ERR_OK;
}

static enum err usb_reset(struct pipe *pipe, struct job *job)
{
    struct usb *usb = (struct usb *)pipe;

    if (usb->under_way > 0)
        return fail_stuck(job);
    int code = libusb_reset_device(usb->handle);

    if (code == 0)
        code = libusb_claim_interface(usb->handle, usb->interface.number);
    return code == 0 ? ERR_OK
                     : job_fail(job, ERR_PROBE_GONE, "the probe is gone after a USB reset");
}

/* With transfers that never ended the device is closed all the same: the next to open it would be
 * told that another program has it. Only libusb's own records of them are leaked. */
static void usb_close(struct pipe *pipe)
{
    struct usb *usb = (struct usb *)pipe;

    if (usb->handle) {
        if (usb->claimed)
            libusb_release_interface(usb->handle, usb->interface.number);
        libusb_close(usb->handle);
    }
    if (usb->under_way > 0)
        return;
    for (size_t i = 0; i < PIPE_DEPTH; i++)
        for (int t = 0; t < TRANSFERS; t++)
            libusb_free_transfer(usb->slots[i].transfers[t]);
    if (usb->context)
        libusb_exit(usb->context);
    free(usb);
}

static const struct pipe_driver libusb_pipe = {
    .begin = begin,
    .end = end,
    .recover = usb_recover,
    .reset = usb_reset,
    .close = usb_close,
};

/* --- opening --- */

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

static bool find_interface(struct usb *usb, uint8_t number)
{
    struct usb_interface interfaces[USB_INTERFACES_MAX];
    size_t count = usb_interfaces_of(libusb_get_device(usb->handle), interfaces);

    for (size_t i = 0; i < count; i++)
        if (interfaces[i].number == number)
            usb->interface = interfaces[i];
    return usb->interface.in_endpoint && usb->interface.out_endpoint;
}

static enum err open_at(struct usb *usb, const char *place, uint8_t interface, struct job *job)
{
    int code = usb_handle_at(usb->context, place, &usb->handle);

    if (code == 0)
        code = libusb_claim_interface(usb->handle, interface);
    if (code != 0)
        return open_error(code, place, job);
    usb->claimed = true;
    return find_interface(usb, interface)
               ? ERR_OK
               : job_fail(job, ERR_PROBE,
                          "the probe at %s has not the USB endpoints of one: replug it", place);
}

static bool allocate(struct usb *usb)
{
    for (size_t i = 0; i < PIPE_DEPTH; i++) {
        usb->slots[i].usb = usb;
        for (int t = 0; t < TRANSFERS; t++)
            if (!(usb->slots[i].transfers[t] = libusb_alloc_transfer(0)))
                return false;
    }
    return true;
}

enum err usb_open(const char *place, uint8_t interface, struct job *job, struct pipe **pipe)
{
    struct usb *usb = calloc(1, sizeof *usb);
    enum err err = ERR_OK;

    if (!usb)
        return job_fail(job, ERR_NO_MEMORY, "out of memory");
    usb->pipe.driver = &libusb_pipe;
    usb->interface.number = interface;
    if (!allocate(usb))
        err = job_fail(job, ERR_NO_MEMORY, "out of memory");
    if (!err && libusb_init(&usb->context) != 0)
        err = job_fail(job, ERR_PROBE, "USB cannot be used");
    if (!err)
        err = open_at(usb, place, interface, job);
    if (err) {
        usb_close(&usb->pipe);
        return err;
    }
    *pipe = &usb->pipe;
    return ERR_OK;
}

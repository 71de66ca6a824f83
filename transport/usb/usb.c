/* SPDX-License-Identifier: MIT */
/* Which devices are there. Manual: libusb-1.0 API reference, "Device handling". */
#include <stdio.h>
#include <string.h>

#include "usb/usb_internal.h"

enum { STRING_TIMEOUT_MS = 300 };

void usb_place_of(libusb_device *device, char *place, size_t size)
{
    uint8_t ports[8];
    int count = libusb_get_port_numbers(device, ports, sizeof ports);
    int length = snprintf(place, size, "usb:%d", libusb_get_bus_number(device));

    for (int i = 0; i < count && length > 0 && (size_t)length < size; i++)
        length +=
            snprintf(place + length, size - (size_t)length, "%c%d", i == 0 ? '-' : '.', ports[i]);
}

int usb_handle_at(libusb_context *context, const char *place, libusb_device_handle **handle)
{
    libusb_device **devices;
    ssize_t count = libusb_get_device_list(context, &devices);
    int code = LIBUSB_ERROR_NO_DEVICE;

    for (ssize_t i = 0; i < count; i++) {
        char found[32];
        usb_place_of(devices[i], found, sizeof found);
        if (strcmp(found, place) == 0) {
            code = libusb_open(devices[i], handle);
            break;
        }
    }
    if (count >= 0)
        libusb_free_device_list(devices, 1);
    return code;
}

/* --- interfaces --- */

static void note_endpoint(struct usb_interface *interface,
                          const struct libusb_endpoint_descriptor *endpoint)
{
    bool in = endpoint->bEndpointAddress & LIBUSB_ENDPOINT_IN;
    uint8_t *to = !in                      ? &interface->out_endpoint
                  : interface->in_endpoint ? &interface->trace_endpoint
                                           : &interface->in_endpoint;

    if ((endpoint->bmAttributes & 3) == LIBUSB_TRANSFER_TYPE_BULK && *to == 0)
        *to = endpoint->bEndpointAddress;
}

static size_t note_interfaces(const struct libusb_config_descriptor *config,
                              struct usb_interface *interfaces, uint8_t *names)
{
    size_t count = 0;

    for (int i = 0; i < config->bNumInterfaces && count < USB_INTERFACES_MAX; i++) {
        if (config->interface[i].num_altsetting < 1)
            continue;
        const struct libusb_interface_descriptor *from = &config->interface[i].altsetting[0];
        struct usb_interface *to = &interfaces[count];
        *to = (struct usb_interface){.number = from->bInterfaceNumber,
                                     .class = from->bInterfaceClass,
                                     .subclass = from->bInterfaceSubClass,
                                     .protocol = from->bInterfaceProtocol};
        for (int e = 0; e < from->bNumEndpoints; e++)
            note_endpoint(to, &from->endpoint[e]);
        names[count++] = from->iInterface;
    }
    return count;
}

/* `names` gets the indexes of their strings. */
static size_t read_interfaces(libusb_device *device, struct usb_interface *interfaces,
                              uint8_t *names)
{
    struct libusb_config_descriptor *config;

    if (libusb_get_active_config_descriptor(device, &config) != 0)
        return 0;
    size_t count = note_interfaces(config, interfaces, names);
    libusb_free_config_descriptor(config);
    return count;
}

size_t usb_interfaces_of(libusb_device *device, struct usb_interface *interfaces)
{
    uint8_t names[USB_INTERFACES_MAX];

    return read_interfaces(device, interfaces, names);
}

/* --- strings --- */

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

void usb_text(const uint8_t *descriptor, size_t length, char *text, size_t size)
{
    size_t at = 0;

    for (size_t i = 2; i + 1 < length && at + 1 < size; i += 2)
        text[at++] = descriptor[i + 1] == 0 && descriptor[i] >= ' ' && descriptor[i] < 0x7F
                         ? (char)descriptor[i]
                         : '?';
    text[at] = '\0';
}

static void read_text(libusb_device_handle *handle, uint8_t index, char *text, size_t size)
{
    uint8_t descriptor[256];

    usb_text(descriptor, read_string(handle, index, descriptor, sizeof descriptor), text, size);
}

static void read_strings(libusb_device *device, const struct libusb_device_descriptor *descriptor,
                         const uint8_t *names, struct usb_found *found)
{
    libusb_device_handle *handle;
    int code = libusb_open(device, &handle);

    found->accessible = code != LIBUSB_ERROR_ACCESS;
    if (code != 0)
        return;
    read_text(handle, descriptor->iProduct, found->product, sizeof found->product);
    found->serial_length =
        read_string(handle, descriptor->iSerialNumber, found->serial, sizeof found->serial);
    for (size_t i = 0; i < found->interface_count; i++)
        if (found->interfaces[i].class == USB_CLASS_VENDOR)
            read_text(handle, names[i], found->interfaces[i].name,
                      sizeof found->interfaces[i].name);
    libusb_close(handle);
}

/* --- finding --- */

static bool describe(libusb_device *device, bool (*wanted)(const struct usb_found *found),
                     struct usb_found *found)
{
    struct libusb_device_descriptor descriptor;
    uint8_t names[USB_INTERFACES_MAX] = {0};

    if (libusb_get_device_descriptor(device, &descriptor) != 0)
        return false;
    *found = (struct usb_found){
        .vid = descriptor.idVendor, .pid = descriptor.idProduct, .release = descriptor.bcdDevice};
    found->interface_count = read_interfaces(device, found->interfaces, names);
    if (!wanted(found))
        return false;
    usb_place_of(device, found->place, sizeof found->place);
    read_strings(device, &descriptor, names, found);
    return true;
}

enum err usb_find(bool (*wanted)(const struct usb_found *found),
                  void (*visit)(void *user, const struct usb_found *found), void *user,
                  struct job *job)
{
    libusb_context *context;
    libusb_device **devices;
    struct usb_found found;
    int code = libusb_init(&context);

    if (code != 0)
        return job_fail(job, ERR_PROBE, "USB cannot be used: %s", libusb_strerror(code));
    ssize_t count = libusb_get_device_list(context, &devices);
    for (ssize_t i = 0; i < count; i++)
        if (describe(devices[i], wanted, &found))
            visit(user, &found);
    if (count >= 0)
        libusb_free_device_list(devices, 1);
    libusb_exit(context);
    return ERR_OK;
}

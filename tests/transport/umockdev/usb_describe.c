/* SPDX-License-Identifier: MIT */
/* Source: USB 2.0, 9.5 and 9.6; Device Class Definition for HID 1.11, 6.2. */
#include "usb_describe.h"

#include <errno.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { DT_HID = 0x21, DT_REPORT = 0x22, CONFIG_MAX = 256 };
enum { STRING_MANUFACTURER = 1, STRING_PRODUCT, STRING_SERIAL, STRING_INTERFACES };

static unsigned interfaces_of(const struct usb_identity *identity)
{
    unsigned count = 0;

    while (count < USB_IDENTITY_INTERFACES && identity->interfaces[count].class)
        count++;
    return count;
}

static unsigned endpoints_of(const struct usb_identity_interface *interface)
{
    unsigned count = 0;

    while (count < USB_IDENTITY_ENDPOINTS && interface->endpoints[count])
        count++;
    return count;
}

/* --- descriptors --- */

static void device_descriptor(const struct usb_identity *identity, uint8_t *d)
{
    const uint8_t fixed[18] = {
        18, USB_DT_DEVICE, 0x00, 0x02, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1};

    memcpy(d, fixed, sizeof fixed);
    put_le16(d + 8, identity->vid);
    put_le16(d + 10, identity->pid);
    put_le16(d + 12, identity->release);
    d[16] = identity->serial[0] ? STRING_SERIAL : 0;
}

size_t usb_describe_report(const struct usb_identity *identity, uint8_t *descriptor)
{
    uint16_t size = identity->interfaces[identity->probe].packet;
    /* Vendor page FF00, usage 1; one collection with an input and an output of `size` bytes. */
    const uint8_t report[USB_REPORT_DESCRIPTOR] = {0x06,
                                                   0x00,
                                                   0xFF,
                                                   0x09,
                                                   0x01,
                                                   0xA1,
                                                   0x01,
                                                   0x15,
                                                   0x00,
                                                   0x26,
                                                   0xFF,
                                                   0x00,
                                                   0x75,
                                                   0x08,
                                                   0x96,
                                                   (uint8_t)size,
                                                   (uint8_t)(size >> 8),
                                                   0x09,
                                                   0x01,
                                                   0x81,
                                                   0x02,
                                                   0x96,
                                                   (uint8_t)size,
                                                   (uint8_t)(size >> 8),
                                                   0x09,
                                                   0x01,
                                                   0x91,
                                                   0x02,
                                                   0xC0};

    memcpy(descriptor, report, sizeof report);
    return 29;
}

static size_t interface_descriptor(const struct usb_identity *identity, unsigned number, uint8_t *d)
{
    const struct usb_identity_interface *interface = &identity->interfaces[number];
    unsigned endpoints = endpoints_of(interface);
    uint8_t *end = d, report[USB_REPORT_DESCRIPTOR];
    const uint8_t head[9] = {9,
                             USB_DT_INTERFACE,
                             (uint8_t)number,
                             0,
                             (uint8_t)endpoints,
                             interface->class,
                             interface->subclass,
                             interface->protocol,
                             interface->name ? (uint8_t)(STRING_INTERFACES + number) : 0};

    memcpy(end, head, sizeof head);
    end += sizeof head;
    if (interface->class == USB_CLASS_HID) {
        uint8_t length = (uint8_t)usb_describe_report(identity, report);
        memcpy(end, (const uint8_t[]){9, DT_HID, 0x11, 0x01, 0, 1, DT_REPORT, length, 0}, 9);
        end += 9;
    }
    for (unsigned i = 0; i < endpoints; i++, end += 7) {
        memcpy(end, (const uint8_t[]){7, USB_DT_ENDPOINT, interface->endpoints[i], interface->type},
               4);
        put_le16(end + 4, interface->packet);
        end[6] = interface->type == USB_INTERRUPT ? 1 : 0;
    }
    return (size_t)(end - d);
}

static size_t config_descriptor(const struct usb_identity *identity, uint8_t *d)
{
    unsigned count = interfaces_of(identity);
    size_t length = 9;

    memcpy(d, (const uint8_t[]){9, USB_DT_CONFIG, 0, 0, (uint8_t)count, 1, 0, 0x80, 50}, 9);
    for (unsigned i = 0; i < count; i++)
        length += interface_descriptor(identity, i, d + length);
    put_le16(d + 2, (uint16_t)length);
    return length;
}

static const char *text_of(const struct usb_identity *identity, unsigned index)
{
    unsigned interface = index - STRING_INTERFACES;

    switch (index) {
    case STRING_MANUFACTURER:
        return identity->manufacturer;
    case STRING_PRODUCT:
        return identity->product;
    case STRING_SERIAL:
        return identity->serial;
    default:
        return interface < interfaces_of(identity) ? identity->interfaces[interface].name : NULL;
    }
}

static size_t raw_serial(const struct usb_identity *identity, uint8_t *d)
{
    enum { BYTES = 12 };

    for (size_t i = 0; i < BYTES; i++) {
        char digits[3] = {identity->serial[2 * i], identity->serial[2 * i + 1], 0};
        put_le16(d + 2 + 2 * i, (uint16_t)strtoul(digits, NULL, 16));
    }
    return BYTES;
}

static size_t string_descriptor(const struct usb_identity *identity, unsigned index, uint8_t *d)
{
    const char *text = text_of(identity, index);
    size_t units = text ? strlen(text) : 0;

    if (index == 0) {
        memcpy(d, (const uint8_t[]){4, USB_DT_STRING, 0x09, 0x04}, 4);
        return 4;
    }
    if (!text || (identity->deaf && index != STRING_PRODUCT))
        return 0;
    if (index == STRING_SERIAL && identity->raw_serial)
        units = raw_serial(identity, d);
    else
        for (size_t i = 0; i < units; i++)
            put_le16(d + 2 + 2 * i, (uint8_t)text[i]);
    d[0] = (uint8_t)(2 + 2 * units);
    d[1] = USB_DT_STRING;
    return d[0];
}

static size_t get_descriptor(const struct usb_identity *identity, uint16_t value, uint8_t *reply)
{
    switch (value >> 8) {
    case USB_DT_DEVICE:
        device_descriptor(identity, reply);
        return 18;
    case USB_DT_CONFIG:
        return config_descriptor(identity, reply);
    case USB_DT_STRING:
        return string_descriptor(identity, value & 0xFF, reply);
    case DT_REPORT:
        return identity->hid ? usb_describe_report(identity, reply) : 0;
    default:
        return 0;
    }
}

int usb_describe_setup(const struct usb_identity *identity, const uint8_t setup[8], uint8_t *reply)
{
    uint16_t wanted = get_le16(setup + 6);
    size_t length = 0;

    if ((setup[0] & 0xFE) == 0x80 && setup[1] == USB_REQ_GET_DESCRIPTOR)
        length = get_descriptor(identity, get_le16(setup + 2), reply);
    if (length == 0)
        return -1;
    return (int)(length < wanted ? length : wanted);
}

void usb_describe_control(const struct usb_identity *identity, UMockdevIoctlClient *client)
{
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    UMockdevIoctlData *data =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_ctrltransfer), NULL);
    struct usbdevfs_ctrltransfer *transfer = (struct usbdevfs_ctrltransfer *)(void *)data->data;
    uint8_t setup[8] = {transfer->bRequestType, transfer->bRequest}, reply[CONFIG_MAX];

    put_le16(setup + 2, transfer->wValue);
    put_le16(setup + 6, transfer->wLength);
    int length = usb_describe_setup(identity, setup, reply);
    if (length > 0) {
        UMockdevIoctlData *buffer = umockdev_ioctl_data_resolve(
            data, offsetof(struct usbdevfs_ctrltransfer, data), transfer->wLength, NULL);
        memcpy(buffer->data, reply, (size_t)length);
        umockdev_ioctl_client_complete(client, length, 0);
        g_object_unref(buffer);
    } else {
        umockdev_ioctl_client_complete(client, -1, EPIPE);
    }
    g_object_unref(data);
}

/* --- /sys --- */

void usb_describe_add_text(UMockdevTestbed *testbed, const char *text)
{
    GError *err = NULL;

    if (!umockdev_testbed_add_from_string(testbed, text, &err)) {
        fprintf(stderr, "probe-emu: %s\n", err->message);
        g_clear_error(&err);
    }
}

void usb_describe_add_hub(UMockdevTestbed *testbed)
{
    usb_describe_add_text(
        testbed,
        "P: /devices/pci0000:00/0000:00:14.0/usb1\n"
        "N: "
        "bus/usb/001/"
        "001="
        "12010002090001406B1D020001060302010109021900010100E0000904000001090000000705810304000C\n"
        "E: DEVNAME=/dev/bus/usb/001/001\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: "
        "MAJOR=189\nE: MINOR=0\n"
        "E: BUSNUM=001\nE: DEVNUM=001\nE: PRODUCT=1d6b/2/601\n"
        "A: busnum=1\\n\nA: devnum=1\\n\nA: speed=480\\n\nA: idVendor=1d6b\\n\nA: "
        "idProduct=0002\\n\n"
        "A: bConfigurationValue=1\\n\nA: bNumConfigurations=1\\n\nA: bDeviceClass=09\\n\nA: "
        "dev=189:0\\n\n"
        "H: "
        "descriptors="
        "12010002090001406B1D020001060302010109021900010100E0000904000001090000000705810304000C\n");
}

void usb_describe_place(unsigned port, char *path, size_t size)
{
    snprintf(path, size, "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-%u", port);
}

void usb_describe_interface_place(unsigned port, unsigned interface, char *path, size_t size)
{
    char device[128];

    usb_describe_place(port, device, sizeof device);
    snprintf(path, size, "%s/1-%u:1.%u", device, port, interface);
}

static void hex(GString *text, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        g_string_append_printf(text, "%02X", data[i]);
}

/* As the kernel decodes them; there is no file for a string that there is not. */
static void string_attribute(GString *text, const char *name, const char *value)
{
    if (value[0])
        g_string_append_printf(text, "A: %s=%s\\n\n", name, value);
}

static void device_text(GString *text, const struct usb_identity *identity, unsigned port,
                        unsigned number)
{
    g_string_append_printf(
        text,
        "P: /devices/pci0000:00/0000:00:14.0/usb1/1-%u\n"
        "E: DEVNAME=/dev/bus/usb/001/%03u\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: MAJOR=189\n"
        "E: MINOR=%u\nE: BUSNUM=001\nE: DEVNUM=%03u\nE: PRODUCT=%x/%x/%x\n",
        port, number, number - 1, number, identity->vid, identity->pid, identity->release);
    g_string_append_printf(
        text,
        "A: busnum=1\\n\nA: devnum=%u\\n\nA: speed=%s\\n\nA: idVendor=%04x\\n\nA: "
        "idProduct=%04x\\n\nA: bcdDevice=%04x\\n\nA: bConfigurationValue=1\\n\n"
        "A: bNumConfigurations=1\\n\nA: bDeviceClass=00\\n\nA: dev=189:%u\\n\n",
        number, identity->high_speed ? "480" : "12", identity->vid, identity->pid,
        identity->release, number - 1);
    string_attribute(text, "manufacturer", identity->manufacturer);
    string_attribute(text, "product", identity->product);
    string_attribute(text, "serial", identity->raw_serial ? "raw" : identity->serial);
}

static void add_interface(UMockdevTestbed *testbed, const struct usb_identity *identity,
                          unsigned port, unsigned number)
{
    const struct usb_identity_interface *interface = &identity->interfaces[number];
    GString *text = g_string_new(NULL);

    g_string_printf(
        text,
        "P: /devices/pci0000:00/0000:00:14.0/usb1/1-%u/1-%u:1.%u\n"
        "E: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\nE: INTERFACE=%u/%u/%u\n"
        "A: bInterfaceNumber=%02x\\n\nA: bInterfaceClass=%02x\\n\nA: bInterfaceSubClass=%02x\\n\n"
        "A: bInterfaceProtocol=%02x\\n\nA: bAlternateSetting= 0\\n\nA: bNumEndpoints=%02x\\n\n",
        port, port, number, interface->class, interface->subclass, interface->protocol, number,
        interface->class, interface->subclass, interface->protocol, endpoints_of(interface));
    if (interface->name && !identity->deaf)
        string_attribute(text, "interface", interface->name);
    usb_describe_add_text(testbed, text->str);
    if (interface->class == USB_CLASS_COMM) {
        g_string_printf(text,
                        "P: /devices/pci0000:00/0000:00:14.0/usb1/1-%u/1-%u:1.%u/tty/ttyACM%u\n"
                        "E: SUBSYSTEM=tty\nE: DEVNAME=/dev/ttyACM%u\n",
                        port, port, number, port, port);
        usb_describe_add_text(testbed, text->str);
    }
    g_string_free(text, TRUE);
}

void usb_describe_add(UMockdevTestbed *testbed, const struct usb_identity *identity, unsigned port,
                      unsigned number)
{
    uint8_t device[18], configuration[CONFIG_MAX];
    GString *text = g_string_new(NULL);

    device_descriptor(identity, device);
    device_text(text, identity, port, number);
    g_string_append(text, "H: descriptors=");
    hex(text, device, sizeof device);
    hex(text, configuration, config_descriptor(identity, configuration));
    g_string_append(text, "\n");
    usb_describe_add_text(testbed, text->str);
    g_string_free(text, TRUE);
    for (unsigned i = 0; i < interfaces_of(identity); i++)
        add_interface(testbed, identity, port, i);
}

static void take_away(UMockdevTestbed *testbed, const char *path)
{
    umockdev_testbed_uevent(testbed, path, "remove");
    umockdev_testbed_remove_device(testbed, path);
}

void usb_describe_remove(UMockdevTestbed *testbed, const struct usb_identity *identity,
                         unsigned port)
{
    char path[160], tty[200];

    for (unsigned i = interfaces_of(identity); i-- > 0;) {
        usb_describe_interface_place(port, i, path, sizeof path);
        if (identity->interfaces[i].class == USB_CLASS_COMM) {
            snprintf(tty, sizeof tty, "%s/tty/ttyACM%u", path, port);
            take_away(testbed, tty);
        }
        take_away(testbed, path);
    }
    usb_describe_place(port, path, sizeof path);
    take_away(testbed, path);
}

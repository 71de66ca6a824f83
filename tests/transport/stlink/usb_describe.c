/* SPDX-License-Identifier: MIT */
#include "usb_describe.h"

#include <errno.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { CONFIG_LENGTH = 9 + 9 + 3 * 7 };
enum { STRING_MANUFACTURER = 1, STRING_PRODUCT = 2, STRING_SERIAL = 3 };

static bool is_v2(const struct stlink_config *config)
{
    return config->generation == STLINK_V2;
}

uint8_t usb_describe_in_endpoint(const struct stlink_config *config)
{
    (void)config;
    return 0x81;
}

static void device_descriptor(const struct stlink_config *config, uint8_t *d)
{
    const uint8_t fixed[18] = {18, USB_DT_DEVICE, 0x00, 0x02, 0, 0, 0, 64, 0x83, 0x04, 0,
                               0,  0x00,          0x01, 1,    2, 3, 1};

    memcpy(d, fixed, sizeof fixed);
    put_le16(d + 10, config->pid);
}

/* Only the vendor interface: it is what debuggers use. */
static void config_descriptor(const struct stlink_config *config, uint8_t *d)
{
    const uint8_t out = is_v2(config) ? 0x02 : 0x01, trace = is_v2(config) ? 0x83 : 0x82;
    const uint16_t packet = config->generation == STLINK_V3 ? 512 : 64;
    const uint8_t endpoints[3] = {0x81, out, trace};
    const uint8_t head[18] = {
        9, USB_DT_CONFIG, CONFIG_LENGTH, 0,    1, 1, 0, 0x80, 50, 9, USB_DT_INTERFACE, 0, 0,
        3, 0xFF,          0xFF,          0xFF, 0};

    memcpy(d, head, sizeof head);
    for (int i = 0; i < 3; i++) {
        uint8_t *e = d + 18 + 7 * i;
        memcpy(e, (const uint8_t[]){7, USB_DT_ENDPOINT, endpoints[i], 2, 0, 0, 0}, 7);
        put_le16(e + 4, packet);
    }
}

static size_t string_descriptor(const struct stlink_config *config, unsigned index, uint8_t *d)
{
    const char *text = index == STRING_MANUFACTURER ? "STMicroelectronics"
                       : index == STRING_PRODUCT    ? config->product
                                                    : config->serial;
    size_t units = strlen(text);

    if (index == 0) {
        memcpy(d, (const uint8_t[]){4, USB_DT_STRING, 0x09, 0x04}, 4);
        return 4;
    }
    if (index == STRING_SERIAL && config->quirks & STLINK_RAW_SERIAL) {
        units = 12;
        for (size_t i = 0; i < units; i++) {
            char digits[3] = {text[2 * i], text[2 * i + 1], 0};
            put_le16(d + 2 + 2 * i, (uint16_t)strtoul(digits, NULL, 16));
        }
    } else {
        for (size_t i = 0; i < units; i++)
            put_le16(d + 2 + 2 * i, (uint8_t)text[i]);
    }
    d[0] = (uint8_t)(2 + 2 * units);
    d[1] = USB_DT_STRING;
    return d[0];
}

static size_t get_descriptor(const struct stlink_config *config, uint16_t value, uint8_t *reply)
{
    switch (value >> 8) {
    case USB_DT_DEVICE:
        device_descriptor(config, reply);
        return 18;
    case USB_DT_CONFIG:
        config_descriptor(config, reply);
        return CONFIG_LENGTH;
    case USB_DT_STRING:
        return (value & 0xFF) <= STRING_SERIAL ? string_descriptor(config, value & 0xFF, reply) : 0;
    default:
        return 0;
    }
}

int usb_describe_setup(const struct stlink_config *config, const uint8_t setup[8], uint8_t *reply)
{
    uint16_t wanted = get_le16(setup + 6);
    size_t length = 0;

    if (setup[0] == 0x80 && setup[1] == USB_REQ_GET_DESCRIPTOR)
        length = get_descriptor(config, get_le16(setup + 2), reply);
    if (length == 0)
        return -1;
    return (int)(length < wanted ? length : wanted);
}

void usb_describe_control(const struct stlink_config *config, UMockdevIoctlClient *client)
{
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    UMockdevIoctlData *data =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_ctrltransfer), NULL);
    struct usbdevfs_ctrltransfer *transfer = (struct usbdevfs_ctrltransfer *)(void *)data->data;
    uint8_t setup[8] = {transfer->bRequestType, transfer->bRequest}, reply[256];

    put_le16(setup + 2, transfer->wValue);
    put_le16(setup + 6, transfer->wLength);
    int length = usb_describe_setup(config, setup, reply);
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

static void add(UMockdevTestbed *testbed, const char *text)
{
    GError *err = NULL;

    if (!umockdev_testbed_add_from_string(testbed, text, &err)) {
        fprintf(stderr, "probe-emu: %s\n", err->message);
        g_clear_error(&err);
    }
}

void usb_describe_add_hub(UMockdevTestbed *testbed)
{
    add(testbed,
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

static void hex(GString *text, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        g_string_append_printf(text, "%02X", data[i]);
}

/* The kernel's serial attribute: what the descriptor decodes to as text. */
static void serial_attribute(GString *text, const struct stlink_config *config)
{
    g_string_append(text, "A: serial=");
    g_string_append(text, config->quirks & STLINK_RAW_SERIAL ? "raw" : config->serial);
    g_string_append(text, "\\n\n");
}

void usb_describe_add(UMockdevTestbed *testbed, const struct stlink_config *config, unsigned port,
                      unsigned number)
{
    uint8_t device[18], configuration[CONFIG_LENGTH];
    GString *text = g_string_new(NULL);

    device_descriptor(config, device);
    config_descriptor(config, configuration);
    g_string_append_printf(
        text,
        "P: /devices/pci0000:00/0000:00:14.0/usb1/1-%u\n"
        "E: DEVNAME=/dev/bus/usb/001/%03u\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: MAJOR=189\n"
        "E: MINOR=%u\nE: BUSNUM=001\nE: DEVNUM=%03u\nE: PRODUCT=483/%x/100\n",
        port, number, number - 1, number, config->pid);
    g_string_append_printf(
        text,
        "A: busnum=1\\n\nA: devnum=%u\\n\nA: speed=%s\\n\nA: idVendor=0483\\n\nA: "
        "idProduct=%04x\\n\n"
        "A: bcdDevice=0100\\n\nA: bConfigurationValue=1\\n\nA: bNumConfigurations=1\\n\n"
        "A: bDeviceClass=00\\n\nA: manufacturer=STMicroelectronics\\n\nA: product=%s\\n\nA: "
        "dev=189:%u\\n\n",
        number, config->generation == STLINK_V3 ? "480" : "12", config->pid, config->product,
        number - 1);
    serial_attribute(text, config);
    g_string_append(text, "H: descriptors=");
    hex(text, device, sizeof device);
    hex(text, configuration, sizeof configuration);
    g_string_append(text, "\n");
    add(testbed, text->str);
    g_string_printf(
        text,
        "P: /devices/pci0000:00/0000:00:14.0/usb1/1-%u/1-%u:1.0\n"
        "E: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\nE: INTERFACE=255/255/255\n"
        "A: bInterfaceNumber=00\\n\nA: bInterfaceClass=ff\\n\nA: bInterfaceSubClass=ff\\n\n"
        "A: bInterfaceProtocol=ff\\n\nA: bAlternateSetting= 0\\n\nA: bNumEndpoints=03\\n\n",
        port, port);
    add(testbed, text->str);
    g_string_free(text, TRUE);
}

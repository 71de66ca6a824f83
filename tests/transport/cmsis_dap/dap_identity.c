/* SPDX-License-Identifier: MIT */
/* What the modelled probes say of themselves on USB. */
#include "dap_model.h"

enum { OUT = 0x01, IN = 0x81, SWO_IN = 0x82 };

static struct usb_identity_interface probe_interface(const struct dap_config *config)
{
    struct usb_identity_interface interface = {
        .class = config->hid ? USB_CLASS_HID : 0xFF,
        .name = config->interface,
        .type = config->hid ? USB_INTERRUPT : USB_BULK,
        .endpoints = {OUT, IN},
        .packet = config->high_speed ? 512 : 64,
    };

    if (config->abilities & DAP_HAS_SWO_STREAM)
        interface.endpoints[2] = SWO_IN;
    return interface;
}

struct usb_identity dap_identity(const struct dap_config *config)
{
    static const struct usb_identity_interface disk = {8,         6,        0x50,
                                                       "USB_MSC", USB_BULK, {0x86, 0x06},
                                                       64},
                                               com = {2, 2, 1, "VCOM", USB_INTERRUPT, {0x83}, 16},
                                               com_data = {10,           0, 0, "VCOM", USB_BULK,
                                                           {0x84, 0x04}, 64};
    struct usb_identity identity = {
        .vid = config->vid,
        .pid = config->pid,
        .release = config->bcd,
        .high_speed = config->high_speed,
        .manufacturer = config->vendor,
        .product = config->product,
        .serial = config->serial,
        .deaf = config->quirks & DAP_NO_NAMES,
        .reply_in = IN,
        .hid = config->hid,
    };
    unsigned count = 0;

    if (config->disk)
        identity.interfaces[count++] = disk;
    if (config->abilities & DAP_HAS_COM_PORT && config->disk) {
        identity.interfaces[count++] = com;
        identity.interfaces[count++] = com_data;
    }
    identity.probe = (uint8_t)count;
    identity.interfaces[count++] = probe_interface(config);
    if (config->abilities & DAP_HAS_COM_PORT && !config->disk) {
        identity.interfaces[count++] = com;
        identity.interfaces[count++] = com_data;
    }
    return identity;
}

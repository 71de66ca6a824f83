/* SPDX-License-Identifier: MIT */
/* Source: Linux, Documentation/hid/hidraw.rst. */
#include "usb_hidraw.h"

#include <errno.h>
#include <linux/hidraw.h>
#include <linux/input.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "usb_describe.h"
#include "usb_device_internal.h"

enum { REPORTS_MAX = 64, REPORT_MAX = 1024 };

struct report {
    uint8_t bytes[REPORT_MAX];
    size_t length;
};

struct usb_hidraw {
    UMockdevTestbed *testbed;
    UMockdevIoctlBase *handler;
    struct usb_device *device;
    struct usb_identity identity;
    char node[64], node_file[512], hid_path[200], path[256];
    int node_fd;
    bool node_ready;
    struct report reports[REPORTS_MAX];
    unsigned count;
    UMockdevIoctlClient *reader; /* waits in read() */
};

typedef struct {
    UMockdevIoctlBase parent;
    struct usb_hidraw *hidraw;
} HidrawHandler;

typedef struct {
    UMockdevIoctlBaseClass parent;
} HidrawHandlerClass;

static GType hidraw_handler_get_type(void);
G_DEFINE_TYPE(HidrawHandler, hidraw_handler, UMOCKDEV_TYPE_IOCTL_BASE)

static struct usb_hidraw *hidraw_of(UMockdevIoctlBase *base)
{
    return ((HidrawHandler *)base)->hidraw;
}

/* Readable: there is a report, or nothing will ever come. */
static void set_ready(struct usb_hidraw *hidraw, bool ready)
{
    char byte = 0;

    if (hidraw->node_ready == ready)
        return;
    hidraw->node_ready = ready;
    ssize_t moved = ready ? write(hidraw->node_fd, &byte, 1) : read(hidraw->node_fd, &byte, 1);
    if (moved != 1)
        fprintf(stderr, "probe-emu: the hidraw node is out of step\n");
}

/* --- reports --- */

static void give(struct usb_hidraw *hidraw, UMockdevIoctlClient *client)
{
    UMockdevIoctlData *room = umockdev_ioctl_client_get_arg(client);
    const struct report *report = &hidraw->reports[0];
    size_t length =
        report->length < (size_t)room->data_len ? report->length : (size_t)room->data_len;

    memcpy(room->data, report->bytes, length);
    hidraw->count--;
    memmove(hidraw->reports, hidraw->reports + 1, hidraw->count * sizeof hidraw->reports[0]);
    umockdev_ioctl_client_complete(client, (glong)length, 0);
}

/* The kernel fetches what the device has, and keeps it. */
static void fetch_all(struct usb_hidraw *hidraw)
{
    while (hidraw->count < REPORTS_MAX) {
        struct report *report = &hidraw->reports[hidraw->count];

        report->length = usb_device_receive(hidraw->device, report->bytes, sizeof report->bytes);
        if (report->length == 0)
            break;
        usb_device_count(hidraw->device, report->length, hidraw->count == 0);
        hidraw->count++;
    }
    if (hidraw->count > 0 && hidraw->reader) {
        give(hidraw, hidraw->reader);
        hidraw->reader = NULL;
    }
    set_ready(hidraw, hidraw->count > 0);
}

static gboolean handle_write(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
    struct usb_hidraw *hidraw = hidraw_of(base);
    UMockdevIoctlData *data = umockdev_ioctl_client_get_arg(client);
    size_t length = (size_t)data->data_len, head = length > 0 && data->data[0] == 0;

    usb_device_lock(hidraw->device);
    if (!usb_device_plugged(hidraw->device)) {
        umockdev_ioctl_client_complete(client, -1, ENODEV);
    } else {
        usb_device_pass_time(hidraw->device);
        /* The number of the report, where there is only one, is not sent. */
        if (!usb_device_send(hidraw->device, data->data + head, length - head)) {
            fetch_all(hidraw);
            usb_device_send(hidraw->device, data->data + head, length - head);
        }
        usb_device_count(hidraw->device, length - head, true);
        fetch_all(hidraw);
        usb_device_time_passed(hidraw->device);
        umockdev_ioctl_client_complete(client, (glong)length, 0);
    }
    usb_device_unlock(hidraw->device);
    return TRUE;
}

static gboolean handle_read(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
    struct usb_hidraw *hidraw = hidraw_of(base);

    usb_device_lock(hidraw->device);
    if (hidraw->count > 0)
        give(hidraw, client);
    else if (!usb_device_plugged(hidraw->device))
        umockdev_ioctl_client_complete(client, -1, EIO);
    else
        hidraw->reader = client;
    if (usb_device_plugged(hidraw->device))
        set_ready(hidraw, hidraw->count > 0);
    usb_device_unlock(hidraw->device);
    return TRUE;
}

/* --- ioctls --- */

static void answer(UMockdevIoctlClient *client, const void *bytes, size_t length, size_t room)
{
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, room, NULL);

    memset(data->data, 0, room);
    memcpy(data->data, bytes, length < room ? length : room);
    umockdev_ioctl_client_complete(client, (glong)length, 0);
    g_object_unref(data);
}

static void answer_text(UMockdevIoctlClient *client, const char *text)
{
    answer(client, text, strlen(text) + 1, _IOC_SIZE(umockdev_ioctl_client_get_request(client)));
}

static gboolean handle_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
    struct usb_hidraw *hidraw = hidraw_of(base);
    const struct usb_identity *identity = &hidraw->identity;
    struct hidraw_report_descriptor report = {0};
    struct hidraw_devinfo info = {BUS_USB, (int16_t)identity->vid, (int16_t)identity->pid};

    report.size = (uint32_t)usb_describe_report(identity, report.value);
    switch (_IOC_NR(umockdev_ioctl_client_get_request(client))) {
    case _IOC_NR(HIDIOCGRDESCSIZE):
        answer(client, &report.size, sizeof(int), sizeof(int));
        return TRUE;
    case _IOC_NR(HIDIOCGRDESC):
        answer(client, &report, sizeof report, sizeof report);
        return TRUE;
    case _IOC_NR(HIDIOCGRAWINFO):
        answer(client, &info, sizeof info, sizeof info);
        return TRUE;
    case _IOC_NR(HIDIOCGRAWNAME(0)):
        answer_text(client, identity->product);
        return TRUE;
    case _IOC_NR(HIDIOCGRAWUNIQ(0)):
        answer_text(client, identity->serial);
        return TRUE;
    default:
        return FALSE;
    }
}

/* --- life --- */

static void file_closed(gpointer data)
{
    struct usb_hidraw *hidraw = data;

    usb_device_lock(hidraw->device);
    hidraw->reader = NULL;
    hidraw->count = 0;
    if (hidraw->node_fd >= 0 && usb_device_plugged(hidraw->device))
        set_ready(hidraw, false);
    usb_device_unlock(hidraw->device);
}

static void client_connected(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
    struct usb_hidraw *hidraw = hidraw_of(base);

    g_object_set_data_full(G_OBJECT(client), "probed-file", hidraw, file_closed);
    usb_device_lock(hidraw->device);
    usb_device_count_open(hidraw->device);
    if (usb_device_plugged(hidraw->device))
        fetch_all(hidraw);
    usb_device_unlock(hidraw->device);
}

static void hidraw_handler_class_init(HidrawHandlerClass *class)
{
    UMockdevIoctlBaseClass *base = UMOCKDEV_IOCTL_BASE_CLASS(class);

    base->handle_ioctl = handle_ioctl;
    base->handle_read = handle_read;
    base->handle_write = handle_write;
    base->client_connected = client_connected;
}

static void hidraw_handler_init(HidrawHandler *handler)
{
    (void)handler;
}

struct usb_hidraw *usb_hidraw_create(UMockdevTestbed *testbed, struct usb_device *device)
{
    struct usb_hidraw *hidraw = calloc(1, sizeof *hidraw);

    if (!hidraw)
        return NULL;
    hidraw->testbed = testbed;
    hidraw->device = device;
    hidraw->node_fd = -1;
    hidraw->handler = g_object_new(hidraw_handler_get_type(), NULL);
    ((HidrawHandler *)hidraw->handler)->hidraw = hidraw;
    return hidraw;
}

void usb_hidraw_destroy(struct usb_hidraw *hidraw)
{
    if (!hidraw)
        return;
    g_object_unref(hidraw->handler);
    free(hidraw);
}

static void add_to_sys(struct usb_hidraw *hidraw, unsigned port)
{
    const struct usb_identity *identity = &hidraw->identity;
    GString *text = g_string_new(NULL);

    g_string_printf(text,
                    "P: %s\nE: SUBSYSTEM=hid\nE: DRIVER=hid-generic\nE: HID_ID=0003:%08X:%08X\n"
                    "E: HID_NAME=%s %s\nE: HID_UNIQ=%s\n",
                    hidraw->hid_path + strlen("/sys"), identity->vid, identity->pid,
                    identity->manufacturer, identity->product, identity->serial);
    /* hidapi reads it as text. */
    g_string_append_printf(
        text,
        "A: uevent=DRIVER=hid-generic\\nHID_ID=0003:%08X:%08X\\nHID_NAME=%s %s\\nHID_UNIQ=%s\\n\n",
        identity->vid, identity->pid, identity->manufacturer, identity->product, identity->serial);
    usb_describe_add_text(hidraw->testbed, text->str);
    uint8_t report[USB_REPORT_DESCRIPTOR];
    size_t length = usb_describe_report(identity, report);
    umockdev_testbed_set_attribute_binary(hidraw->testbed, hidraw->hid_path, "report_descriptor",
                                          report, (gint)length);
    g_string_printf(text,
                    "P: %s\nE: SUBSYSTEM=hidraw\nE: DEVNAME=%s\nE: MAJOR=240\nE: MINOR=%u\n"
                    "A: dev=240:%u\\n\n",
                    hidraw->path + strlen("/sys"), hidraw->node, port, port);
    usb_describe_add_text(hidraw->testbed, text->str);
    g_string_free(text, TRUE);
}

void usb_hidraw_plug(struct usb_hidraw *hidraw, const struct usb_identity *identity, unsigned port)
{
    char interface[160];
    GError *err = NULL;

    if (!hidraw)
        return;
    hidraw->identity = *identity;
    usb_describe_interface_place(port, identity->probe, interface, sizeof interface);
    snprintf(hidraw->node, sizeof hidraw->node, "/dev/hidraw%u", port);
    snprintf(hidraw->hid_path, sizeof hidraw->hid_path, "%s/0003:%04X:%04X.%04X", interface,
             identity->vid, identity->pid, port);
    snprintf(hidraw->path, sizeof hidraw->path, "%s/hidraw/hidraw%u", hidraw->hid_path, port);
    hidraw->count = 0;
    hidraw->node_ready = false;
    hidraw->node_fd =
        usb_node_open(hidraw->testbed, hidraw->node, hidraw->node_file, sizeof hidraw->node_file);
    if (!umockdev_testbed_attach_ioctl(hidraw->testbed, hidraw->node, hidraw->handler, &err))
        fprintf(stderr, "probe-emu: %s\n", err->message);
    add_to_sys(hidraw, port);
}

/* The device is marked as gone: who waits is told. */
void usb_hidraw_unplug(struct usb_hidraw *hidraw)
{
    if (!hidraw)
        return;
    usb_device_lock(hidraw->device);
    if (hidraw->reader)
        umockdev_ioctl_client_complete(hidraw->reader, -1, EIO);
    hidraw->reader = NULL;
    set_ready(hidraw, true);
    usb_device_unlock(hidraw->device);
    umockdev_testbed_detach_ioctl(hidraw->testbed, hidraw->node, NULL);
    umockdev_testbed_uevent(hidraw->testbed, hidraw->path, "remove");
    umockdev_testbed_remove_device(hidraw->testbed, hidraw->path);
    umockdev_testbed_remove_device(hidraw->testbed, hidraw->hid_path);
    unlink(hidraw->node_file);
    close(hidraw->node_fd);
    hidraw->node_fd = -1;
}

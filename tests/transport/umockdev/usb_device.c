/* SPDX-License-Identifier: MIT */
#include "usb_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "usb_describe.h"
#include "usb_device_internal.h"
#include "usb_hidraw.h"

enum { URBS_MAX = 32, REAPERS_MAX = 8, TRANSFER_US = 125 };
enum { CATCH_UP_MAX_US = 200000, CATCH_UP_SLICE_US = 1000, CATCH_UP_WORK_US = 30000 };
enum { CLAIM_PATIENCE_US = 100000, CLAIM_RETRY_US = 2000 };

struct urb {
    UMockdevIoctlData *urb, *buffer;
    UMockdevIoctlClient *client;
    bool done;
    int status, actual;
    uint64_t order;
};

struct usb_device {
    UMockdevTestbed *testbed;
    UMockdevIoctlBase *handler;
    struct usb_identity identity;
    struct firmware firmware;
    struct sim_board *board;
    pthread_mutex_t lock;
    bool plugged;
    bool frozen; /* the host controller ends no transfer any more, cancelled or not */
    char node[64], node_file[512];
    unsigned port;
    int node_fd;
    bool node_ready;
    UMockdevIoctlClient *owner; /* who claimed interface 0 */
    UMockdevIoctlClient *reapers[REAPERS_MAX];
    struct urb urbs[URBS_MAX];
    uint64_t next_order;
    struct usb_counters counters;
    struct usb_hidraw *hidraw;
    struct timespec last; /* when virtual time was last brought up to the wall clock */
};

/* --- the GObject that umockdev calls --- */

typedef struct {
    UMockdevIoctlBase parent;
    struct usb_device *device;
} Handler;

typedef struct {
    UMockdevIoctlBaseClass parent;
} HandlerClass;

static GType handler_get_type(void);
G_DEFINE_TYPE(Handler, handler, UMOCKDEV_TYPE_IOCTL_BASE)

/* --- time: the board lives on while its host does something else --- */

static uint64_t spent_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* A core that works may take this machine longer than that time: the host is not kept waiting. */
static void catch_up(struct usb_device *device, uint64_t us)
{
    uint64_t end = spent_us() + CATCH_UP_WORK_US;

    while (us > 0 && spent_us() < end) {
        uint64_t slice = us < CATCH_UP_SLICE_US ? us : CATCH_UP_SLICE_US;

        sim_board_advance_us(device->board, slice);
        us -= slice;
    }
}

/* What that takes this machine is not made up for: a core faster than its simulation would be ever
 * further behind. */
void usb_device_pass_time(struct usb_device *device)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t us =
        (now.tv_sec - device->last.tv_sec) * 1000000 + (now.tv_nsec - device->last.tv_nsec) / 1000;
    if (us < TRANSFER_US)
        us = TRANSFER_US;
    catch_up(device, (uint64_t)(us < CATCH_UP_MAX_US ? us : CATCH_UP_MAX_US));
    usb_device_time_passed(device);
}

void usb_device_time_passed(struct usb_device *device)
{
    clock_gettime(CLOCK_MONOTONIC, &device->last);
}

/* --- the node: a FIFO whose fullness plays usbfs's POLLOUT --- */

static void node_set_ready(struct usb_device *device, bool ready)
{
    char byte = 0;

    if (device->node_ready == ready || device->node_fd < 0)
        return;
    device->node_ready = ready;
    ssize_t moved = ready ? read(device->node_fd, &byte, 1) : write(device->node_fd, &byte, 1);
    if (moved != 1)
        fprintf(stderr, "probe-emu: the device node is out of step\n");
}

int usb_node_open(UMockdevTestbed *testbed, const char *node, char *file, size_t size)
{
    char *root = umockdev_testbed_get_root_dir(testbed);

    snprintf(file, size, "%s%s", root, node);
    g_free(root);
    char *folder = g_path_get_dirname(file);
    g_mkdir_with_parents(folder, 0755);
    g_free(folder);
    if (mkfifo(file, 0666) != 0)
        perror(file);
    int fd = open(file, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    fcntl(fd, F_SETPIPE_SZ, 4096);
    return fd;
}

static void node_open(struct usb_device *device)
{
    device->node_fd =
        usb_node_open(device->testbed, device->node, device->node_file, sizeof device->node_file);
    device->node_ready = true;
    node_set_ready(device, false);
}

/* --- URBs --- */

static struct usbdevfs_urb *urb_of(struct urb *urb)
{
    return (struct usbdevfs_urb *)(void *)urb->urb->data;
}

static struct urb *oldest_done(struct usb_device *device, UMockdevIoctlClient *client)
{
    struct urb *found = NULL;

    for (int i = 0; i < URBS_MAX; i++) {
        struct urb *urb = &device->urbs[i];
        if (urb->urb && urb->done && urb->client == client && (!found || urb->order < found->order))
            found = urb;
    }
    return found;
}

static void urb_drop(struct urb *urb)
{
    g_object_unref(urb->urb);
    g_object_unref(urb->buffer);
    memset(urb, 0, sizeof *urb);
}

static void reap(UMockdevIoctlClient *client, struct urb *urb)
{
    struct usbdevfs_urb *fields = urb_of(urb);
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    UMockdevIoctlData *pointer = umockdev_ioctl_data_resolve(argument, 0, sizeof(void *), NULL);

    fields->status = urb->status;
    fields->actual_length = urb->actual;
    umockdev_ioctl_data_set_ptr(pointer, 0, urb->urb);
    umockdev_ioctl_client_complete(client, 0, 0);
    g_object_unref(pointer);
    urb_drop(urb);
}

static void wake_reapers(struct usb_device *device)
{
    bool more = !device->plugged;

    for (int i = 0; i < REAPERS_MAX; i++) {
        UMockdevIoctlClient *client = device->reapers[i];
        struct urb *urb = client ? oldest_done(device, client) : NULL;

        if (client && urb) {
            device->reapers[i] = NULL;
            reap(client, urb);
        } else if (client && !device->plugged) {
            device->reapers[i] = NULL;
            umockdev_ioctl_client_complete(client, -1, ENODEV);
        }
    }
    for (int i = 0; i < URBS_MAX; i++)
        more = more || (device->urbs[i].urb && device->urbs[i].done);
    node_set_ready(device, more);
}

static bool is_in(struct urb *urb)
{
    return urb_of(urb)->endpoint & USB_DIR_IN;
}

/* No other one of that direction is still the host's concern: it waited for each. */
static bool is_alone(struct usb_device *device, struct urb *urb)
{
    for (int i = 0; i < URBS_MAX; i++) {
        struct urb *other = &device->urbs[i];
        if (other->urb && other != urb && urb_of(other)->endpoint == urb_of(urb)->endpoint)
            return false;
    }
    return true;
}

static void finish(struct usb_device *device, struct urb *urb, int status, int actual)
{
    urb->done = true;
    urb->status = status;
    urb->actual = actual;
    urb->order = ++device->next_order;
    if (status == 0 && urb_of(urb)->type != USBDEVFS_URB_TYPE_CONTROL)
        usb_device_count(device, (uint64_t)actual, is_alone(device, urb));
}

static struct urb *oldest_pending(struct usb_device *device, uint8_t endpoint)
{
    struct urb *found = NULL;

    for (int i = 0; i < URBS_MAX; i++) {
        struct urb *urb = &device->urbs[i];
        if (urb->urb && !urb->done && urb_of(urb)->endpoint == endpoint &&
            urb_of(urb)->type != USBDEVFS_URB_TYPE_CONTROL && (!found || urb->order < found->order))
            found = urb;
    }
    return found;
}

bool usb_device_send(struct usb_device *device, const uint8_t *data, size_t length)
{
    uint64_t before = sim_board_now_us(device->board);
    bool taken = device->firmware.driver->out(device->firmware.model, data, length);

    device->counters.bus_ns += (sim_board_now_us(device->board) - before) * 1000;
    return taken;
}

size_t usb_device_receive(struct usb_device *device, uint8_t *data, size_t capacity)
{
    return device->firmware.driver->in(device->firmware.model, data, capacity);
}

void usb_device_count(struct usb_device *device, uint64_t bytes, bool alone)
{
    device->counters.transfers++;
    device->counters.bytes += bytes;
    device->counters.bus_ns += bus_time_ns(&device->firmware, bytes, alone);
}

/* One transfer of that endpoint, if the model takes it or has something for it. */
static bool serve(struct usb_device *device, uint8_t endpoint)
{
    struct urb *urb = endpoint ? oldest_pending(device, endpoint) : NULL;
    size_t moved;

    if (!urb)
        return false;
    size_t room = (size_t)urb_of(urb)->buffer_length;
    if (!is_in(urb))
        moved = usb_device_send(device, urb->buffer->data, room) ? room : 0;
    else if (endpoint == device->identity.reply_in)
        moved = usb_device_receive(device, urb->buffer->data, room);
    else
        moved = device->firmware.driver->trace_in(device->firmware.model, urb->buffer->data, room);
    if (moved > 0)
        finish(device, urb, 0, (int)moved);
    return moved > 0;
}

/* All that can move now: what the model did not take it may take when a reply was fetched. */
static void serve_all(struct usb_device *device)
{
    const struct usb_identity_interface *probe =
        &device->identity.interfaces[device->identity.probe];
    bool moved = !device->frozen;

    while (moved) {
        moved = false;
        for (unsigned i = 0; i < USB_IDENTITY_ENDPOINTS; i++)
            moved |= serve(device, probe->endpoints[i]);
    }
}

/* Setup bytes, then room for the data. */
static void control(struct usb_device *device, struct urb *urb)
{
    uint8_t reply[256];
    int length = usb_describe_setup(&device->identity, urb->buffer->data, reply);

    if (length > 0)
        memcpy(urb->buffer->data + 8, reply, (size_t)length);
    finish(device, urb, length >= 0 ? 0 : -EPIPE, length >= 0 ? length : 0);
}

static void submit(struct usb_device *device, UMockdevIoctlClient *client)
{
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    struct urb *urb = NULL;

    for (int i = 0; i < URBS_MAX && !urb; i++)
        if (!device->urbs[i].urb)
            urb = &device->urbs[i];
    if (!urb) {
        umockdev_ioctl_client_complete(client, -1, ENOMEM);
        return;
    }
    urb->urb = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
    urb->buffer = umockdev_ioctl_data_resolve(urb->urb, offsetof(struct usbdevfs_urb, buffer),
                                              (gsize)urb_of(urb)->buffer_length, NULL);
    urb->client = client;
    urb->done = false;
    urb->order = ++device->next_order;
    usb_device_pass_time(device);
    if (!device->frozen && urb_of(urb)->type == USBDEVFS_URB_TYPE_CONTROL)
        control(device, urb);
    serve_all(device);
    usb_device_time_passed(device);
    umockdev_ioctl_client_complete(client, 0, 0);
    wake_reapers(device);
}

static void discard(struct usb_device *device, UMockdevIoctlClient *client)
{
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    gulong address = *(gulong *)(void *)argument->data;
    struct urb *found = NULL;

    for (int i = 0; i < URBS_MAX; i++)
        if (device->urbs[i].urb && !device->urbs[i].done &&
            device->urbs[i].urb->client_addr == address)
            found = &device->urbs[i];
    if (found && !device->frozen)
        finish(device, found, -ENOENT, 0);
    umockdev_ioctl_client_complete(client, found ? 0 : -1, found ? 0 : EINVAL);
    wake_reapers(device);
}

static void reap_request(struct usb_device *device, UMockdevIoctlClient *client, bool block)
{
    struct urb *urb = oldest_done(device, client);

    if (urb) {
        reap(client, urb);
    } else if (!device->plugged) {
        umockdev_ioctl_client_complete(client, -1, ENODEV);
    } else if (!block) {
        umockdev_ioctl_client_complete(client, -1, EAGAIN);
    } else {
        for (int i = 0; i < REAPERS_MAX; i++)
            if (!device->reapers[i]) {
                device->reapers[i] = client;
                return;
            }
        umockdev_ioctl_client_complete(client, -1, ENOMEM);
    }
    wake_reapers(device);
}

/* --- the other ioctls --- */

/* A program that was closed a moment ago may still look like the owner. */
static void claim(struct usb_device *device, UMockdevIoctlClient *client)
{
    for (int waited = 0; device->owner && device->owner != client && waited < CLAIM_PATIENCE_US;
         waited += CLAIM_RETRY_US) {
        usb_device_unlock(device);
        usleep(CLAIM_RETRY_US);
        usb_device_lock(device);
    }
    bool taken = device->owner && device->owner != client;
    if (!taken)
        device->owner = client;
    umockdev_ioctl_client_complete(client, taken ? -1 : 0, taken ? EBUSY : 0);
}

static void capabilities(UMockdevIoctlClient *client)
{
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    UMockdevIoctlData *word = umockdev_ioctl_data_resolve(argument, 0, sizeof(uint32_t), NULL);

    *(uint32_t *)(void *)word->data = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                                      USBDEVFS_CAP_NO_PACKET_SIZE_LIM |
                                      USBDEVFS_CAP_BULK_SCATTER_GATHER |
                                      USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
    umockdev_ioctl_client_complete(client, 0, 0);
    g_object_unref(word);
}

static gboolean dispatch(struct usb_device *device, UMockdevIoctlClient *client)
{
    gulong request = umockdev_ioctl_client_get_request(client);

    if (request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY) {
        reap_request(device, client, request == USBDEVFS_REAPURB);
        return TRUE;
    }
    if (request == USBDEVFS_DISCARDURB) {
        discard(device, client);
        return TRUE;
    }
    if (!device->plugged) {
        umockdev_ioctl_client_complete(client, -1, ENODEV);
        return TRUE;
    }
    switch (request) {
    case USBDEVFS_SUBMITURB:
        submit(device, client);
        return TRUE;
    case USBDEVFS_GET_CAPABILITIES:
        capabilities(client);
        return TRUE;
    case USBDEVFS_CLAIMINTERFACE:
    case USBDEVFS_DISCONNECT_CLAIM:
        claim(device, client);
        return TRUE;
    case USBDEVFS_RELEASEINTERFACE:
        if (device->owner == client)
            device->owner = NULL;
        umockdev_ioctl_client_complete(client, 0, 0);
        return TRUE;
    case USBDEVFS_GETDRIVER:
    case USBDEVFS_IOCTL:
        umockdev_ioctl_client_complete(client, -1, ENODATA);
        return TRUE;
    case USBDEVFS_RESET:
        device->firmware.driver->usb_reset(device->firmware.model);
        umockdev_ioctl_client_complete(client, 0, 0);
        return TRUE;
    case USBDEVFS_SETCONFIGURATION:
    case USBDEVFS_SETINTERFACE:
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESETEP:
        umockdev_ioctl_client_complete(client, 0, 0);
        return TRUE;
    case USBDEVFS_CONTROL:
        usb_describe_control(&device->identity, client);
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean handle_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
    struct usb_device *device = ((Handler *)base)->device;

    usb_device_lock(device);
    gboolean handled = dispatch(device, client);
    usb_device_unlock(device);
    return handled;
}

void usb_device_count_open(struct usb_device *device)
{
    device->counters.opens++;
}

struct open_file {
    struct usb_device *device;
    UMockdevIoctlClient *client;
};

static void file_closed(gpointer data)
{
    struct open_file *file = data;
    struct usb_device *device = file->device;

    usb_device_lock(device);
    if (device->owner == file->client)
        device->owner = NULL;
    for (int i = 0; i < REAPERS_MAX; i++)
        if (device->reapers[i] == file->client)
            device->reapers[i] = NULL;
    for (int i = 0; i < URBS_MAX; i++)
        if (device->urbs[i].urb && device->urbs[i].client == file->client)
            urb_drop(&device->urbs[i]);
    usb_device_unlock(device);
    g_free(file);
}

static void client_connected(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
    struct open_file *file = g_new0(struct open_file, 1);

    file->device = ((Handler *)base)->device;
    file->client = client;
    g_object_set_data_full(G_OBJECT(client), "probed-file", file, file_closed);
    usb_device_lock(file->device);
    usb_device_count_open(file->device);
    usb_device_unlock(file->device);
}

static void handler_class_init(HandlerClass *class)
{
    UMOCKDEV_IOCTL_BASE_CLASS(class)->handle_ioctl = handle_ioctl;
    UMOCKDEV_IOCTL_BASE_CLASS(class)->client_connected = client_connected;
}

static void handler_init(Handler *handler)
{
    (void)handler;
}

/* --- life --- */

struct usb_device *usb_device_create(UMockdevTestbed *testbed, const struct usb_identity *identity,
                                     struct firmware firmware, struct sim_board *board)
{
    struct usb_device *device = calloc(1, sizeof *device);

    if (!device)
        return NULL;
    device->testbed = testbed;
    device->identity = *identity;
    device->firmware = firmware;
    device->board = board;
    device->node_fd = -1;
    pthread_mutex_init(&device->lock, NULL);
    clock_gettime(CLOCK_MONOTONIC, &device->last);
    device->handler = g_object_new(handler_get_type(), NULL);
    ((Handler *)device->handler)->device = device;
    if (identity->hid)
        device->hidraw = usb_hidraw_create(testbed, device);
    return device;
}

void usb_device_destroy(struct usb_device *device)
{
    if (device->plugged)
        usb_device_unplug(device);
    usb_hidraw_destroy(device->hidraw);
    g_object_unref(device->handler);
    pthread_mutex_destroy(&device->lock);
    free(device);
}

void usb_device_plug(struct usb_device *device, unsigned port, unsigned number)
{
    snprintf(device->node, sizeof device->node, "/dev/bus/usb/001/%03u", number);
    usb_device_lock(device);
    device->port = port;
    device->plugged = true;
    device->owner = NULL;
    node_open(device);
    usb_device_unlock(device);
    GError *err = NULL;
    if (!umockdev_testbed_attach_ioctl(device->testbed, device->node, device->handler, &err))
        fprintf(stderr, "probe-emu: %s\n", err->message);
    usb_describe_add(device->testbed, &device->identity, port, number);
    usb_hidraw_plug(device->hidraw, &device->identity, port);
}

void usb_device_unplug(struct usb_device *device)
{
    usb_device_lock(device);
    device->plugged = false;
    for (int i = 0; i < URBS_MAX; i++)
        if (device->urbs[i].urb && !device->urbs[i].done)
            finish(device, &device->urbs[i], -ESHUTDOWN, 0);
    wake_reapers(device);
    device->firmware.driver->usb_reset(device->firmware.model);
    usb_device_unlock(device);
    umockdev_testbed_detach_ioctl(device->testbed, device->node, NULL);
    usb_hidraw_unplug(device->hidraw);
    usb_describe_remove(device->testbed, &device->identity, device->port);
    unlink(device->node_file);
    close(device->node_fd);
    device->node_fd = -1;
}

void usb_device_freeze(struct usb_device *device, bool frozen)
{
    usb_device_lock(device);
    device->frozen = frozen;
    usb_device_unlock(device);
}

bool usb_device_plugged(const struct usb_device *device)
{
    return device->plugged;
}

void usb_device_lock(struct usb_device *device)
{
    pthread_mutex_lock(&device->lock);
}

void usb_device_unlock(struct usb_device *device)
{
    pthread_mutex_unlock(&device->lock);
}

struct usb_counters usb_device_counters(const struct usb_device *device)
{
    return device->counters;
}

/* SPDX-License-Identifier: MIT */
/* Probes that speak CMSIS-DAP: DAPLink, Raspberry Pi's debug probe, MCU-Link and many others.
 * What the protocol is and how sure that is: docs/cmsis-dap.md. */
#include "cmsis_dap/cmsis_dap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adi/mem_ap.h"
#include "base/bytes.h"
#include "base/visible.h"
#include "cmsis_dap/products.h"
#include "usb/usb.h"

enum { SIZE_QUESTIONS = 16 }; /* until a probe that fills its packets first answers */

extern const struct probe_driver cmsis_dap_probe_driver;

/* --- finding --- */

static bool may_be_one(const struct usb_interface *interface)
{
    return interface->class == USB_CLASS_VENDOR && interface->subclass == 0 &&
           interface->protocol == 0 && interface->out_endpoint && interface->in_endpoint;
}

static bool is_candidate(const struct usb_found *found)
{
    for (size_t i = 0; i < found->interface_count; i++)
        if (may_be_one(&found->interfaces[i]))
            return true;
    return cmsis_product(found->vid, found->pid) != NULL;
}

/* The one that is called so; if none has a name, the one that looks like it, of a device called so.
 */
static const struct usb_interface *bulk_interface(const struct usb_found *found)
{
    const struct usb_interface *like = NULL;

    for (size_t i = 0; i < found->interface_count; i++) {
        const struct usb_interface *interface = &found->interfaces[i];
        if (interface->class != USB_CLASS_VENDOR || !interface->out_endpoint ||
            !interface->in_endpoint)
            continue;
        if (cmsis_named(interface->name))
            return interface;
        if (may_be_one(interface) && !interface->name[0] && cmsis_named(found->product))
            like = interface;
    }
    return like;
}

struct search {
    struct probe_list *list; /* NULL: only.. */
    const char *place;       /* ..the one here is looked for */
    enum err err;
    bool here;
    struct usb_interface interface;
    uint32_t quirks;
};

static void list_one(struct search *search, const struct usb_found *found)
{
    const struct cmsis_product *product = cmsis_product(found->vid, found->pid);
    struct probe_info info = {
        .driver = &cmsis_dap_probe_driver, .vid = found->vid, .pid = found->pid};

    snprintf(info.product, sizeof info.product, "%s",
             found->product[0] ? found->product
             : product         ? product->name
                               : "CMSIS-DAP");
    snprintf(info.place, sizeof info.place, "%s", found->place);
    usb_text(found->serial, found->serial_length, info.serial, sizeof info.serial);
    if (!found->accessible)
        snprintf(info.advice, sizeof info.advice, "no permission: " USB_PERMISSION);
    if (search->err == ERR_OK)
        search->err = probe_list_add(search->list, &info);
}

static void visit_device(void *user, const struct usb_found *found)
{
    struct search *search = user;
    const struct usb_interface *interface = bulk_interface(found);

    if (!interface && found->accessible)
        return;
    if (search->list) {
        list_one(search, found);
    } else if (interface && strcmp(found->place, search->place) == 0) {
        search->here = true;
        search->interface = *interface;
        search->quirks = cmsis_quirks(found->vid, found->pid, found->release);
    }
}

static enum err cmsis_dap_scan(struct probe_list *list, struct job *job)
{
    struct search search = {.list = list};
    enum err err = usb_find(is_candidate, visit_device, &search, job);

    return !err ? search.err : err;
}

/* --- what it can --- */

/* Some firmware fills a packet before it looks at it, and the size is not known yet: ask until an
 * answer comes. */
static enum err first_contact(struct probe *probe)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);
    uint8_t size[2];
    size_t got = 0;
    enum err err = ERR_PROBE;

    dap->dirty = true;
    for (int i = 0; i < SIZE_QUESTIONS && err == ERR_PROBE; i++) {
        job_clear(probe->job);
        err = cmsis_dap_info(probe, DAP_INFO_PACKET_SIZE, size, sizeof size, &got);
    }
    if (err)
        return err;
    dap->told_size = got == 2 ? get_le16(size) : 0;
    if (dap->told_size < CMSIS_PACKET_MIN)
        return job_fail(probe->job, ERR_PROBE,
                        "the probe says that its packets have %u bytes: update its firmware",
                        dap->told_size);
    if (dap->packet_size > dap->told_size)
        dap->packet_size = dap->told_size;
    return ERR_OK;
}

static enum err read_abilities(struct probe *probe)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);
    uint8_t count = 1, can[4] = {0};
    size_t got;
    enum err err = cmsis_dap_info(probe, DAP_INFO_PACKET_COUNT, &count, 1, &got);

    if (!err)
        err = cmsis_dap_info(probe, DAP_INFO_CAPABILITIES, can, sizeof can, &got);
    if (err)
        return err;
    dap->depth = count < 1 ? 1 : count < PIPE_DEPTH ? count : PIPE_DEPTH;
    dap->can = get_le32(can);
    if (!(dap->can & CMSIS_CAN_SWD))
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "this probe has no SWD (JTAG only): take another one");
    return ERR_OK;
}

/* A number, maybe with dots, in front of more. */
static enum err read_firmware(struct probe *probe)
{
    uint8_t text[sizeof probe->info.firmware];
    size_t got;
    enum err err = cmsis_dap_info(probe, DAP_INFO_PROTOCOL, text, sizeof text - 1, &got);

    text[got] = '\0';
    visible_copy(VISIBLE_LINE, (const char *)text, got, probe->info.firmware,
                 sizeof probe->info.firmware);
    return err;
}

/* --- life --- */

enum err cmsis_dap_start(struct probe *probe, struct pipe *pipe, struct cmsis_way way)
{
    struct cmsis_dap *dap = calloc(1, sizeof *dap);
    enum err err = ERR_NO_MEMORY;

    if (dap) {
        dap->pipe = pipe;
        dap->report_size = way.report_size;
        dap->packet_size = way.report_size ? way.report_size : CMSIS_PACKET_MAX;
        dap->depth = 1;
        probe->state = dap;
        err = first_contact(probe);
    }
    if (!err)
        err = read_abilities(probe);
    if (!err)
        err = read_firmware(probe);
    if (!err) {
        if (way.quirks & CMSIS_QUIRK_ONE_PACKET)
            dap->depth = 1;
        dap->in_service = true;
        return ERR_OK;
    }
    pipe->driver->close(pipe);
    free(dap);
    probe->state = NULL;
    return err;
}

static enum err cmsis_dap_open(struct probe *probe)
{
    struct search search = {.place = probe->info.place};
    struct pipe *pipe;

    if (probe->info.advice[0])
        return job_fail(probe->job, ERR_PROBE_ACCESS, "%s: %s", probe->info.product,
                        probe->info.advice);
    enum err err = usb_find(is_candidate, visit_device, &search, probe->job);
    if (!err && !search.here)
        err = job_fail(probe->job, ERR_PROBE_GONE, "the probe at %s was unplugged",
                       probe->info.place);
    if (!err)
        err = usb_open(probe->info.place, search.interface.number, probe->job, &pipe);
    if (!err)
        err = cmsis_dap_start(probe, pipe, (struct cmsis_way){.quirks = search.quirks});
    return err;
}

static void cmsis_dap_close(struct probe *probe)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);

    if (dap->nrst_low && !dap->lost)
        (void)cmsis_dap_nrst(probe, PROBE_NRST_RELEASE);
    if (dap->connected && !dap->lost)
        (void)cmsis_dap_disconnect_wires(probe);
    dap->pipe->driver->close(dap->pipe);
    free(dap);
}

/* --- connecting --- */

static enum err cmsis_dap_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    bool under_reset = how == PROBE_CONNECT_UNDER_RESET;
    enum err err = cmsis_dap_connect_wires(probe);

    /* Or a predecessor, killed or not, left NRST low. */
    if (!err)
        err = cmsis_dap_nrst(probe, under_reset ? PROBE_NRST_ASSERT : PROBE_NRST_RELEASE);
    return !err ? dap_connect(probe, dpidr) : err;
}

static enum err cmsis_dap_leave(struct probe *probe)
{
    enum err err = dap_disconnect(probe);
    enum err wires = cmsis_dap_disconnect_wires(probe);

    return err ? err : wires;
}

static bool cmsis_dap_usb_id(size_t index, struct probe_usb_id *id)
{
    const struct cmsis_product *product = cmsis_products;

    while (product->name && index-- > 0)
        product++;
    if (!product->name)
        return false;
    *id = (struct probe_usb_id){product->vid, product->pid, product->name};
    return true;
}

const struct probe_driver cmsis_dap_probe_driver = {
    .name = "cmsis-dap",
    .usb_id = cmsis_dap_usb_id,
    .scan = cmsis_dap_scan,
    .open = cmsis_dap_open,
    .close = cmsis_dap_close,
    .connect = cmsis_dap_connect,
    .disconnect = cmsis_dap_leave,
    .run = mem_ap_run,
    .set_speed = cmsis_dap_set_speed,
    .nrst = cmsis_dap_nrst,
    .transfer = cmsis_dap_transfer,
    .matches = true,
    .line_reset = cmsis_dap_line_reset,
};

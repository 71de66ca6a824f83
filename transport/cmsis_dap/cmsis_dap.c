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
#include "usb/hid.h"

enum { SIZE_QUESTIONS = 16 }; /* until a probe that fills its packets first answers */

extern const struct probe_driver cmsis_dap_probe_driver;

/* --- finding --- */

static bool may_be_one(const struct usb_interface *interface)
{
    return interface->class == USB_CLASS_VENDOR && interface->subclass == 0 &&
           interface->protocol == 0 && interface->out_endpoint && interface->in_endpoint;
}

static bool has_candidate(const struct usb_found *found)
{
    for (size_t i = 0; i < found->interface_count; i++)
        if (may_be_one(&found->interfaces[i]))
            return true;
    return false;
}

static bool is_candidate(const struct usb_found *found)
{
    return has_candidate(found) || cmsis_product(found->vid, found->pid);
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
    bool bulk, hid; /* found: it can be opened by.. */
    struct usb_interface interface;
    char path[64];
    uint32_t quirks;
};

static void list_one(struct search *search, const struct probe_info *like, const char *product,
                     const char *place, bool accessible)
{
    const struct cmsis_product *known = cmsis_product(like->vid, like->pid);
    struct probe_info info = *like;

    info.driver = &cmsis_dap_probe_driver;
    snprintf(info.product, sizeof info.product, "%s",
             product[0] ? product
             : known    ? known->name
                        : "CMSIS-DAP");
    snprintf(info.place, sizeof info.place, "%s", place);
    if (!accessible)
        snprintf(info.advice, sizeof info.advice, "no permission: " USB_PERMISSION);
    if (search->err == ERR_OK)
        search->err = probe_list_add(search->list, &info);
}

/* One that may not be opened is listed by its ids, if it may have bulk endpoints: HID has nodes of
 * its own. */
static void visit_device(void *user, const struct usb_found *found)
{
    struct search *search = user;
    struct probe_info like = {.vid = found->vid, .pid = found->pid};
    const struct usb_interface *interface = bulk_interface(found);
    bool known = cmsis_product(found->vid, found->pid) != NULL;

    if (!interface && (found->accessible || !known || !has_candidate(found)))
        return;
    usb_text(found->serial, found->serial_length, like.serial, sizeof like.serial);
    if (search->list) {
        list_one(search, &like, found->product, found->place, found->accessible);
    } else if (interface && strcmp(found->place, search->place) == 0) {
        search->bulk = true;
        search->interface = *interface;
        search->quirks = cmsis_quirks(found->vid, found->pid, found->release);
    }
}

static bool is_listed(const struct probe_list *list, const char *place)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].place, place) == 0)
            return true;
    return false;
}

/* Some have other collections beside the one of the vendor's. */
static void visit_hid(void *user, const struct hid_found *found)
{
    enum { VENDOR_PAGES = 0xFF00 };
    struct search *search = user;
    struct probe_info like = {.vid = found->vid, .pid = found->pid};

    if ((!cmsis_named(found->product) && !cmsis_named(found->interface)) ||
        (found->usage_page && found->usage_page < VENDOR_PAGES))
        return;
    snprintf(like.serial, sizeof like.serial, "%s", found->serial);
    if (search->list && !is_listed(search->list, found->place)) {
        list_one(search, &like, found->product, found->place, found->accessible);
    } else if (!search->list && strcmp(found->place, search->place) == 0) {
        search->hid = true;
        snprintf(search->path, sizeof search->path, "%s", found->path);
        search->quirks = cmsis_quirks(found->vid, found->pid, found->release);
    }
}

/* Bulk endpoints are the better way where there are both. */
static enum err look(struct search *search, struct job *job)
{
    enum err err = usb_find(is_candidate, visit_device, search, job);

    if (!err && !search->bulk)
        err = hid_find(visit_hid, search, job);
    return !err ? search->err : err;
}

static enum err cmsis_dap_scan(struct probe_list *list, struct job *job)
{
    struct search search = {.list = list};

    return look(&search, job);
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

/* Strings end with a NUL, or not. */
static enum err read_text(struct probe *probe, uint8_t id, char *text, size_t size)
{
    uint8_t bytes[64];
    size_t got;
    enum err err = cmsis_dap_info(probe, id, bytes, sizeof bytes, &got);

    text[0] = '\0';
    if (!err)
        visible_copy(VISIBLE_LINE, (const char *)bytes, strnlen((const char *)bytes, got), text,
                     size);
    return err;
}

/* Some firmware tells its own version where the protocol's belongs. */
static enum err read_firmware(struct probe *probe)
{
    char own[11], protocol[9];
    enum err err = read_text(probe, DAP_INFO_FIRMWARE, own, sizeof own);

    if (!err)
        err = read_text(probe, DAP_INFO_PROTOCOL, protocol, sizeof protocol);
    if (err)
        return err;
    bool both = protocol[0] && strchr(protocol, '.') && strcmp(own, protocol) != 0;
    snprintf(probe->info.firmware, sizeof probe->info.firmware, "%s%s%s", own,
             both && own[0] ? ", CMSIS-DAP "
             : both         ? "CMSIS-DAP "
                            : "",
             both ? protocol : "");
    return ERR_OK;
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

static enum err open_pipe(struct probe *probe, struct pipe **pipe, struct cmsis_way *way)
{
    struct search search = {.place = probe->info.place};
    enum err err = look(&search, probe->job);

    if (err)
        return err;
    way->quirks = search.quirks;
    if (search.bulk)
        return usb_open(probe->info.place, search.interface.number, probe->job, pipe);
    if (search.hid)
        return hid_open_pipe(search.path, probe->job, pipe, &way->report_size);
    return job_fail(probe->job, ERR_PROBE_GONE, "the probe at %s was unplugged", probe->info.place);
}

static enum err cmsis_dap_open(struct probe *probe)
{
    struct cmsis_way way = {0};
    struct pipe *pipe = NULL;

    if (probe->info.advice[0])
        return job_fail(probe->job, ERR_PROBE_ACCESS, "%s: %s", probe->info.product,
                        probe->info.advice);
    enum err err = open_pipe(probe, &pipe, &way);
    return err || !pipe ? err : cmsis_dap_start(probe, pipe, way);
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

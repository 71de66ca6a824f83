/* SPDX-License-Identifier: MIT */
/* ST-Link V2, V2-1, V3 and their clones: opening, connecting, pins. What the protocol is and how
 * sure that is: docs/stlink.md. */
#include "stlink/stlink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* --- finding --- */

struct visit {
    struct probe_list *list;
    enum err err;
};

extern const struct probe_driver stlink_probe_driver;

static bool is_stlink(const struct usb_found *found)
{
    return found->vid == STLINK_VID && stlink_product(found->pid);
}

static void visit_device(void *user, const struct usb_found *found)
{
    const struct stlink_product *product = stlink_product(found->pid);
    struct visit *visit = user;

    struct probe_info info = {.driver = &stlink_probe_driver, .vid = found->vid, .pid = found->pid};
    snprintf(info.product, sizeof info.product, "%s", product->name);
    snprintf(info.place, sizeof info.place, "%s", found->place);
    stlink_serial(found->serial, found->serial_length, info.serial);
    if (product->advice)
        snprintf(info.advice, sizeof info.advice, "%s", product->advice);
    else if (!found->accessible)
        snprintf(info.advice, sizeof info.advice, "no permission: " USB_PERMISSION);
    if (visit->err == ERR_OK)
        visit->err = probe_list_add(visit->list, &info);
}

static enum err stlink_scan(struct probe_list *list, struct job *job)
{
    struct visit visit = {.list = list};
    enum err err = usb_find(is_stlink, visit_device, &visit, job);

    return !err ? visit.err : err;
}

/* --- modes --- */

static enum err simple(struct probe *probe, uint8_t group, uint8_t op)
{
    uint8_t command[STLINK_COMMAND_SIZE];

    stlink_command(command, group, op);
    return stlink_ask(probe, command, NULL, 0);
}

static enum err get_mode(struct probe *probe, uint8_t *mode)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};

    stlink_command(command, STLINK_GET_MODE, 0);
    enum err err = stlink_ask(probe, command, reply, sizeof reply);
    *mode = reply[0];
    return err;
}

static enum err leave_mode(struct probe *probe)
{
    uint8_t mode;
    enum err err = get_mode(probe, &mode);

    stlink_of(probe)->entered = false;
    stlink_of(probe)->aps_open = 0;
    if (err)
        return err;
    switch (mode) {
    case STLINK_MODE_DFU:
        return simple(probe, STLINK_DFU, 0x07);
    case STLINK_MODE_DEBUG:
        return simple(probe, STLINK_DEBUG, STLINK_LEAVE);
    case STLINK_MODE_SWIM:
        return simple(probe, STLINK_SWIM, 0x01);
    case STLINK_MODE_BOOTLOADER:
        return job_fail(probe->job, ERR_PROBE_LOADER,
                        "the probe is in firmware update mode: unplug and replug it");
    default:
        return ERR_OK;
    }
}

/* On the way in one garbled bit must not look like a target that is not there. */
static enum err ask_twice(struct probe *probe, const uint8_t *command, uint8_t *reply,
                          size_t length)
{
    enum err err = stlink_ask_status(probe, command, reply, length, NULL);

    if (err != ERR_NO_TARGET && err != ERR_PARITY && err != ERR_FAULT)
        return err;
    enum err again = stlink_ask_status(probe, command, reply, length, NULL);
    if (again == ERR_OK && err != ERR_NO_TARGET)
        stlink_note_repeat(probe);
    return again;
}

static enum err enter_swd(struct probe *probe)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};

    stlink_command(command, STLINK_DEBUG, STLINK_ENTER);
    command[2] = 0xA3; /* SWD, without a reset */
    enum err err = ask_twice(probe, command, reply, sizeof reply);
    if (!err) {
        stlink_of(probe)->entered = true;
        stlink_of(probe)->aps_open = 0;
        return ERR_OK;
    }
    return job_fail(probe->job, err, "%s (ST-Link status %02X on entering SWD)%s", err_text(err),
                    reply[0], probe_hint(probe, err));
}

enum err stlink_need_ap(struct probe *probe, uint8_t ap)
{
    struct stlink *stlink = stlink_of(probe);
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};
    bool needed = ap == 0 ? stlink->caps.init_ap0 : stlink->caps.init_ap;

    if (!needed || (ap < 32 && (stlink->aps_open >> ap & 1)))
        return ERR_OK;
    stlink_command(command, STLINK_DEBUG, STLINK_INIT_AP);
    command[2] = ap;
    enum err err = ask_twice(probe, command, reply, sizeof reply);
    if (err)
        return job_fail(probe->job, err, "access port %u cannot be opened: %s%s", ap,
                        stlink_status(reply[0])->text, probe_hint(probe, err));
    if (ap < 32)
        stlink->aps_open |= 1u << ap;
    return ERR_OK;
}

enum err stlink_reenter(struct probe *probe)
{
    stlink_of(probe)->wire_proved = false;
    enum err err = stlink_trace_pause(probe);

    if (!err)
        err = leave_mode(probe);
    if (!err)
        err = enter_swd(probe);
    if (!err)
        err = stlink_trace_resume(probe);
    return !err ? stlink_need_ap(probe, stlink_of(probe)->sample_ap) : err;
}

/* --- pins --- */

static enum err stlink_nrst(struct probe *probe, enum probe_nrst level)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};

    stlink_command(command, STLINK_DEBUG, STLINK_DRIVE_NRST);
    command[2] = level == PROBE_NRST_ASSERT ? 0 : 1;
    enum err err = stlink_ask_status(probe, command, reply, sizeof reply, NULL);
    if (!err || level == PROBE_NRST_ASSERT)
        stlink_of(probe)->nrst_low = level == PROBE_NRST_ASSERT;
    return !err ? ERR_OK : job_fail(probe->job, err, "the probe cannot drive NRST");
}

static enum err stlink_vtref(struct probe *probe, uint32_t *millivolts)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[8] = {0};

    stlink_command(command, STLINK_GET_VOLTAGE, 0);
    enum err err = stlink_ask(probe, command, reply, sizeof reply);
    if (err)
        return err;
    if (!stlink_decode_voltage(reply, millivolts))
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "the probe has no reading of the target voltage (some clones)");
    return ERR_OK;
}

/* --- connecting --- */

static enum err read_dpidr(struct probe *probe, uint32_t *dpidr)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[12] = {0};

    stlink_command(command, STLINK_DEBUG, STLINK_READ_IDCODES);
    enum err err = ask_twice(probe, command, reply, sizeof reply);
    *dpidr = get_le32(reply + 4);
    if (err)
        return job_fail(probe->job, err, "the debug port's id cannot be read: %s%s",
                        stlink_status(reply[0])->text, probe_hint(probe, err));
    if (*dpidr == 0 || *dpidr == 0xFFFFFFFF)
        return job_fail(probe->job, ERR_NO_TARGET,
                        "the debug port's id reads 0x%08x: SWDIO is open or shorted", *dpidr);
    return ERR_OK;
}

static enum err stlink_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    struct stlink *stlink = stlink_of(probe);
    bool under_reset = how == PROBE_CONNECT_UNDER_RESET;
    enum err err = stlink_trace_pause(probe);

    if (!err)
        err = leave_mode(probe);
    /* Another target may be there than the one for which a speed was found. */
    if (!err && !stlink->speed_chosen && (stlink->khz == 0 || !under_reset))
        err = stlink_default_speed(probe);
    /* Twice: before SWD is entered some firmware does not know yet which pin to drive. */
    if (!err && under_reset)
        err = stlink_nrst(probe, PROBE_NRST_ASSERT);
    if (!err)
        err = enter_swd(probe);
    /* Or a predecessor, killed or not, left NRST low. */
    if (!err)
        err = stlink_nrst(probe, under_reset ? PROBE_NRST_ASSERT : PROBE_NRST_RELEASE);
    if (!err)
        err = stlink_need_ap(probe, 0);
    if (err == ERR_FAULT) { /* the core may be behind another one */
        job_clear(probe->job);
        err = ERR_OK;
    }
    if (!err)
        err = read_dpidr(probe, dpidr);
    if (!err)
        err = stlink_trace_resume(probe);
    return !err && !under_reset ? stlink_search_speed(probe) : err;
}

static enum err stlink_disconnect(struct probe *probe)
{
    enum err err = stlink_trace_pause(probe);

    return !err ? leave_mode(probe) : err;
}

/* --- life --- */

static enum err read_version(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);
    uint8_t command[STLINK_COMMAND_SIZE], reply[12] = {0};

    stlink_command(command, STLINK_GET_VERSION, 0);
    enum err err = stlink_ask(probe, command, reply, 6);
    if (!err && reply[0] == 0 && reply[1] == 0)
        return job_fail(probe->job, ERR_PROBE, "the probe tells no firmware version");
    memcpy(stlink->version_reply, reply, sizeof stlink->version_reply);
    if (err || stlink_decode_version(reply, stlink->pid, &stlink->version))
        return err;
    stlink_command(command, STLINK_GET_VERSION_EX, 0);
    err = stlink_ask(probe, command, reply, 12);
    stlink_decode_version_ex(reply, &stlink->version);
    return err;
}

/* A program killed in the middle of a command leaves replies and halted pipes behind: first the
 * gentle way, a USB reset only when that did not help. */
static enum err first_contact(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);

    stlink->dirty = true;
    enum err err = read_version(probe);
    if (!err || err == ERR_PROBE_GONE)
        return err;
    job_clear(probe->job);
    stlink->dirty = true;
    err = read_version(probe);
    if (!err || err == ERR_PROBE_GONE)
        return err;
    log_line(probe->job->log, LOG_WARN,
             "the probe does not answer: USB reset (its serial port and disk drop out)");
    job_clear(probe->job);
    err = stlink->pipe->driver->reset(stlink->pipe, probe->job);
    return !err ? read_version(probe) : err;
}

static enum err check_firmware(struct probe *probe)
{
    const struct stlink_version *version = &stlink_of(probe)->version;

    stlink_format_version(version, probe->info.firmware, sizeof probe->info.firmware);
    if (version->j == 0)
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "the probe's firmware %s has no SWD (STM8 only): update it",
                        probe->info.firmware);
    if (version->generation == 2 && version->j < 15)
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "the probe's firmware %s is too old: V2J15 or newer is needed, update it "
                        "with ST's STSW-LINK007",
                        probe->info.firmware);
    return ERR_OK;
}

enum err stlink_start(struct probe *probe, struct pipe *pipe)
{
    struct stlink *stlink = calloc(1, sizeof *stlink);
    enum err err = ERR_NO_MEMORY;

    if (stlink) {
        stlink->pipe = pipe;
        stlink->pid = probe->info.pid;
        probe->state = stlink;
        err = first_contact(probe);
    }
    if (!err)
        err = check_firmware(probe);
    if (!err) {
        stlink->caps = stlink_caps(&stlink->version);
        probe->one_speed = !stlink->caps.swd_freq && !stlink->caps.com_freq;
        err = leave_mode(probe);
    }
    if (!err)
        stlink->in_service = true;
    if (err) {
        pipe->driver->close(pipe);
        free(stlink);
        probe->state = NULL;
    }
    return err;
}

static enum err stlink_open(struct probe *probe)
{
    const struct stlink_product *product = stlink_product(probe->info.pid);
    struct pipe *pipe;

    if (probe->info.advice[0])
        return job_fail(probe->job, product && product->err ? product->err : ERR_PROBE_ACCESS,
                        "%s: %s", probe->info.product, probe->info.advice);
    enum err err = usb_open(probe->info.place, 0, probe->job, &pipe);
    return !err ? stlink_start(probe, pipe) : err;
}

/* Leaves debug mode on every path: a V3 left inside answers nothing at the next start. */
static void stlink_close(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);

    if (stlink->nrst_low && !stlink->lost)
        (void)stlink_nrst(probe, PROBE_NRST_RELEASE);
    if (!stlink->lost)
        (void)stlink_trace_pause(probe);
    if (stlink->entered && !stlink->lost)
        (void)leave_mode(probe);
    stlink->pipe->driver->close(stlink->pipe);
    free(stlink);
}

static bool stlink_usb_id(size_t index, struct probe_usb_id *id)
{
    size_t count = 0;

    while (stlink_products[count].pid)
        count++;
    if (index >= count)
        return false;
    *id =
        (struct probe_usb_id){STLINK_VID, stlink_products[index].pid, stlink_products[index].name};
    return true;
}

const struct probe_driver stlink_probe_driver = {
    .name = "stlink",
    .usb_id = stlink_usb_id,
    .scan = stlink_scan,
    .serial_matches = stlink_serial_matches,
    .open = stlink_open,
    .close = stlink_close,
    .connect = stlink_connect,
    .disconnect = stlink_disconnect,
    .run = stlink_run,
    .set_speed = stlink_set_speed,
    .nrst = stlink_nrst,
    .vtref = stlink_vtref,
    .trace_limit = stlink_trace_limit,
    .trace_start = stlink_trace_start,
    .trace_read = stlink_trace_read,
    .trace_stop = stlink_trace_stop,
};

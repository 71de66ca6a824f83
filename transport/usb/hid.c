/* SPDX-License-Identifier: MIT */
/* Manuals: hidapi's hidapi.h; the kernel's hidraw.txt; HID 1.11, 6.2.2 (report descriptors). */
#include "usb/hid.h"

#include <errno.h>
#include <hidapi.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"

enum { DRAIN_TIMEOUT_MS = 10, DRAIN_MAX = 64, USUAL_REPORT = 64, DESCRIPTOR_MAX = 4096 };

struct hid {
    struct pipe pipe; /* first: drivers hold a pointer to it */
    hid_device *device;
    struct pipe_exchange *exchanges[PIPE_DEPTH]; /* under way, the oldest first */
    size_t used;
};

/* --- finding --- */

static void narrow(const wchar_t *wide, char *text, size_t size)
{
    size_t at = 0;

    for (; wide && *wide && at + 1 < size; wide++)
        text[at++] = *wide >= ' ' && *wide < 0x7F ? (char)*wide : '?';
    text[at] = '\0';
}

/* Where the kernel has what it knows of the HID device behind "/dev/hidraw3". */
static bool folder_of(const char *path, char folder[PATH_MAX])
{
    char link[64];
    const char *node = strrchr(path, '/');

    snprintf(link, sizeof link, "/sys/class/hidraw/%.32s", node ? node + 1 : path);
    if (!realpath(link, folder))
        return false;
    for (int i = 0; i < 2; i++) { /* "hidraw/hidraw3" in it */
        char *end = strrchr(folder, '/');
        if (!end)
            return false;
        *end = '\0';
    }
    return true;
}

/* A file in there; how many bytes it has. */
static size_t read_beside(const char *path, const char *name, void *bytes, size_t size)
{
    char folder[PATH_MAX], file[PATH_MAX + 64];

    if (!folder_of(path, folder))
        return 0;
    snprintf(file, sizeof file, "%s/%s", folder, name);
    FILE *from = fopen(file, "rb");
    if (!from)
        return 0;
    size_t got = fread(bytes, 1, size, from);
    fclose(from);
    return got;
}

/* ".../usb1/1-2/1-2.3/1-2.3:1.0/0003:0D28:0204.0001" is at "usb:1-2.3". */
static void find_place(const char *path, char *place, size_t size)
{
    char folder[PATH_MAX], *save = NULL;

    place[0] = '\0';
    if (!folder_of(path, folder))
        return;
    for (char *part = strtok_r(folder, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
        size_t length = strcspn(part, ":");
        if (part[length] == ':' && strspn(part, "0123456789.-") == length && strchr(part, '-'))
            snprintf(place, size, "usb:%.*s", (int)length, part);
    }
}

static void describe(const struct hid_device_info *from, struct hid_found *found)
{
    *found = (struct hid_found){.vid = from->vendor_id,
                                .pid = from->product_id,
                                .release = from->release_number,
                                .usage_page = from->usage_page,
                                .accessible = access(from->path, R_OK | W_OK) == 0};
    snprintf(found->path, sizeof found->path, "%s", from->path);
    find_place(from->path, found->place, sizeof found->place);
    narrow(from->product_string, found->product, sizeof found->product);
    narrow(from->serial_number, found->serial, sizeof found->serial);
    size_t got =
        read_beside(from->path, "../interface", found->interface, sizeof found->interface - 1);
    found->interface[got] = '\0';
    found->interface[strcspn(found->interface, "\n")] = '\0';
}

enum err hid_find(void (*visit)(void *user, const struct hid_found *found), void *user,
                  struct job *job)
{
    if (hid_init() != 0)
        return job_fail(job, ERR_PROBE, "HID devices cannot be looked for");
    struct hid_device_info *all = hid_enumerate(0, 0);
    for (const struct hid_device_info *device = all; device; device = device->next) {
        struct hid_found found;

        describe(device, &found);
        if (found.place[0])
            visit(user, &found);
    }
    hid_free_enumeration(all);
    return ERR_OK;
}

/* --- the size of a report --- */

/* Of the output report without a number, in bytes; 0: the descriptor has none. */
static size_t output_size(const uint8_t *descriptor, size_t length)
{
    enum { REPORT_SIZE = 0x74, REPORT_COUNT = 0x94, OUTPUT = 0x90, KIND = 0xFC };
    uint32_t bits = 0, count = 0, total = 0;

    for (size_t at = 0; at < length;) {
        uint8_t item = descriptor[at++], size = item & 3;
        uint8_t value[4] = {0};

        size = size == 3 ? 4 : size;
        if (at + size > length)
            break;
        memcpy(value, descriptor + at, size);
        at += size;
        if ((item & KIND) == REPORT_SIZE)
            bits = get_le32(value);
        else if ((item & KIND) == REPORT_COUNT)
            count = get_le32(value);
        else if ((item & KIND) == OUTPUT && bits <= 32 && count <= HID_REPORT_MAX * 8)
            total += bits * count;
    }
    return total / 8;
}

static size_t report_size_of(const char *path)
{
    uint8_t descriptor[DESCRIPTOR_MAX];
    size_t length = read_beside(path, "report_descriptor", descriptor, sizeof descriptor);
    size_t size = output_size(descriptor, length);

    return size >= USUAL_REPORT && size <= HID_REPORT_MAX ? size : USUAL_REPORT;
}

/* --- the pipe --- */

static enum err fail(struct hid *hid, struct job *job)
{
    int code = errno;

    hid->used = 0;
    if (code == ENODEV || code == ENOENT || code == EIO || code == ESHUTDOWN)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    return job_fail(job, ERR_PROBE, "the probe does not take or send reports: %s", strerror(code));
}

static enum err begin(struct pipe *pipe, struct pipe_exchange *exchange, struct job *job)
{
    struct hid *hid = (struct hid *)pipe;
    uint8_t report[1 + HID_REPORT_MAX] = {0}; /* number 0: it has none, and is not sent */
    size_t length = exchange->command_length;

    exchange->in_length = 0;
    if (hid->used == PIPE_DEPTH || length > HID_REPORT_MAX)
        return job_fail(job, ERR_PROBE, "more is under way than a probe takes");
    if (exchange->command) {
        memcpy(report + 1, exchange->command, length);
        errno = ENODEV;
        if (hid_write(hid->device, report, 1 + length) < 0)
            return fail(hid, job);
        pipe->transfers++;
        pipe->bytes += length;
    }
    hid->exchanges[hid->used++] = exchange;
    return ERR_OK;
}

static enum err end(struct pipe *pipe, struct job *job)
{
    struct hid *hid = (struct hid *)pipe;
    struct pipe_exchange *exchange = hid->exchanges[0];

    errno = ENODEV;
    int got = hid_read_timeout(hid->device, exchange->in, exchange->in_capacity,
                               (int)exchange->timeout_ms);
    if (got < 0)
        return fail(hid, job);
    if (got == 0) {
        hid->used = 0;
        return job_fail(job, ERR_PROBE, "the probe did not answer in time");
    }
    exchange->in_length = (size_t)got;
    pipe->transfers++;
    pipe->bytes += (size_t)got;
    hid->used--;
    for (size_t i = 0; i < hid->used; i++)
        hid->exchanges[i] = hid->exchanges[i + 1];
    return ERR_OK;
}

static enum err recover(struct pipe *pipe, struct job *job)
{
    struct hid *hid = (struct hid *)pipe;
    uint8_t stale[HID_REPORT_MAX];
    int got = 1;

    hid->used = 0;
    errno = ENODEV;
    for (int i = 0; i < DRAIN_MAX && got > 0; i++)
        got = hid_read_timeout(hid->device, stale, sizeof stale, DRAIN_TIMEOUT_MS);
    return got < 0 ? fail(hid, job) : ERR_OK;
}

static enum err reset(struct pipe *pipe, struct job *job)
{
    (void)pipe;
    return job_fail(job, ERR_PROBE, "the probe does not answer: replug it");
}

static void close_pipe(struct pipe *pipe)
{
    struct hid *hid = (struct hid *)pipe;

    hid_close(hid->device);
    free(hid);
}

static const struct pipe_driver hid_pipe = {
    .begin = begin,
    .end = end,
    .recover = recover,
    .reset = reset,
    .close = close_pipe,
};

enum err hid_open_pipe(const char *path, struct job *job, struct pipe **pipe, size_t *report_size)
{
    struct hid *hid = calloc(1, sizeof *hid);

    if (!hid)
        return job_fail(job, ERR_NO_MEMORY, "out of memory");
    hid->pipe.driver = &hid_pipe;
    errno = ENODEV;
    hid->device = hid_open_path(path);
    if (!hid->device) {
        int code = errno;
        free(hid);
        if (code == EACCES || code == EPERM)
            return job_fail(job, ERR_PROBE_ACCESS, "no permission to open the probe at %s: %s",
                            path, USB_PERMISSION);
        return job_fail(job, ERR_PROBE_GONE, "the probe at %s cannot be opened: replug it", path);
    }
    *report_size = report_size_of(path);
    *pipe = &hid->pipe;
    return ERR_OK;
}

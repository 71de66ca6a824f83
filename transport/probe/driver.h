/* SPDX-License-Identifier: MIT */
/* Probe drivers, for implementers. A driver is one `const struct probe_driver` at the end of its
 * file and one line in drivers.c. Everything runs on the worker thread of the open probe, except
 * scan(), which must not share state with open probes. */
#ifndef PROBED_PROBE_DRIVER_H
#define PROBED_PROBE_DRIVER_H

#include "adi/dap.h"
#include "probe/ops.h"
#include "probe/probe.h"

struct probe {
    const struct probe_driver *driver;
    struct probe_info info;
    struct job *job; /* never NULL between open and close */
    struct clock *clock;
    struct probe_stats stats;
    FILE *wire;        /* wire log or NULL */
    uint32_t wire_khz; /* now_khz as it says it */
    struct clock told; /* what callers get for a clock while there is one: it notes what it said */
    struct dap dap;    /* DP/AP state; used by drivers that let mem_ap.c expand operations */
    void *state;       /* the driver's own */

    uint32_t asked_khz;      /* as probe_asked_khz() */
    uint32_t speed_khz;      /* as probe_speed_khz() */
    uint32_t supply_mv;      /* as said by probe_say_supply(); 0: not */
    uint32_t now_khz;        /* as probe_now_khz(); a driver sets what it chose by itself */
    bool one_speed;          /* as probe_one_speed(); for the driver's open() to set */
    uint32_t dhcsr_seen;     /* of the run under way, by probe_note_dhcsr() */
    const struct op *failed; /* of the run under way, set by probe_fail_op(), or by the driver for a
                              * wait in vain; else NULL */
    bool failed_address_known;
    uint32_t failed_address;
    bool wait_timed_out; /* as probe_wait_timed_out() */
    bool traces;         /* as probe_traces() */
};

/* A kind of USB device, by its ids. */
struct probe_usb_id {
    uint16_t vid, pid;
    const char *product;
};

struct probe_driver {
    const char *name;
    bool outlives_cable; /* see probe_outlives_cable() */
    bool recorded;       /* see probe_is_recorded() */
    /* Which USB devices are its own, one after another: false behind the last. The udev rules are
     * made from it. NULL: none. */
    bool (*usb_id)(size_t index, struct probe_usb_id *id);

    /* Adds what it sees now by probe_list_add(); NULL: nothing to find, words describe it.. */
    enum err (*scan)(struct probe_list *list, struct job *job);
    /* ..which are info->spec here: fills in the rest, as probe_describe(). NULL: scan() finds it.
     */
    enum err (*describe)(struct probe_info *info, unsigned number, struct job *job);
    /* Whether `request` (a part of a serial number as a user has it) means `serial`; NULL: it does
     * if it is a part of it, whatever the case. */
    bool (*serial_matches)(const char *serial, const char *request);
    /* Fills probe->state, probe->clock, probe->info.firmware. On error nothing stays open. */
    enum err (*open)(struct probe *probe);
    void (*close)(struct probe *probe);

    /* As probe_connect(): `dpidr` is never NULL here. */
    enum err (*connect)(struct probe *probe, enum probe_connect how, uint32_t *dpidr);
    enum err (*disconnect)(struct probe *probe);

    /* Runs operations in order up to the first error, whose sentence it records with
     * probe_fail_op(). WAIT is retried within a limit inside; FAULT clears the sticky flags
     * before it returns; no ACK: one line reset and reconnect, then ERR_NO_TARGET.
     * Must notice a cancelled job within 50 ms. */
    enum err (*run)(struct probe *probe, struct op *ops, size_t count);

    /* The highest speed not above khz, or the lowest there is. 0: as probe_set_speed() says. */
    enum err (*set_speed)(struct probe *probe, uint32_t khz, uint32_t *actual_khz);
    enum err (*nrst)(struct probe *probe, enum probe_nrst level);
    enum err (*vtref)(struct probe *probe, uint32_t *millivolts); /* NULL: cannot */
    /* As probe_trace_*(); all NULL: it has no such wire. trace_start() is not asked for more than
     * the limit, nor trace_read() without it. */
    uint32_t (*trace_limit)(const struct probe *probe);
    enum err (*trace_start)(struct probe *probe, uint32_t baud);
    enum err (*trace_read)(struct probe *probe, uint8_t *bytes, size_t capacity, size_t *count);
    enum err (*trace_stop)(struct probe *probe);
    /* As probe_serial_*(); NULL: it has no port of its own, or Linux has it. */
    size_t (*serial_take)(struct probe *probe, char *text, size_t capacity);
    bool (*serial_listens)(struct probe *probe);
    void (*serial_put)(struct probe *probe, char character);
    /* As probe_command(), but the text for the user goes to `reply`. NULL: it has none. */
    enum err (*command)(struct probe *probe, int argc, const char *const argv[], char *reply,
                        size_t size);

    /* For drivers whose run is mem_ap_run(): register accesses as the wire has them.
     * Runs the list in order, sets *done to how many were acknowledged OK and *ack to the ACK of
     * the next one. AP reads come back complete (posted reads are the driver's business). What
     * stands behind that one may have been done, too (`ran`), but nothing that is `once`.
     * ERR_OK even if *ack is not SWD_OK; an error is the probe's own (ERR_PROBE_GONE..). */
    bool matches; /* it knows accesses that are a `match`: SWD_MISMATCH */
    enum err (*transfer)(struct probe *probe, struct dap_access *list, size_t count, size_t *done,
                         enum swd_ack *ack);
    /* Line reset (50+ ones), JTAG-to-SWD, line reset, idle. Reads nothing. */
    enum err (*line_reset)(struct probe *probe);
};

/* What all of these (NULL at the end) see; as probe_scan(). */
enum err probe_scan_drivers(const struct probe_driver *const drivers[], struct probe_list *list,
                            struct job *job);
/* What ops_flush() calls: the driver's run() with statistics and wire log around it. */
enum err probe_run(struct probe *probe, struct op *ops, size_t count);

/* Keeps the bits of a DHCSR value that reading it cleared, for ops_take_dhcsr_sticky(). */
void probe_note_dhcsr(struct probe *probe, uint32_t dhcsr);

/* Hands out what a word read as, by op->result. */
static inline void probe_deliver(const struct op *op, uint32_t value)
{
    *op->result = op->adds_up ? *op->result | value : value;
}

/* Records the sentence of a failed operation: what it was, at which address and width, which ACK
 * ("AP0 read of 32 bits at 0x40022010: FAULT") and returns the code for that ACK. */
enum err probe_fail_op(struct probe *probe, const struct op *op, uint32_t address,
                       enum swd_ack ack);

/* All drivers, NULL at the end. */
extern const struct probe_driver *const probe_drivers[];

#endif

/* SPDX-License-Identifier: MIT */
#include "adi/dap.h"

#include "probe/driver.h"
#include "probe/wire_log.h"

enum {
    WAIT_LIMIT_US = 500000,  /* of WAIT answers to one access */
    WAIT_PAUSE_US = 100,     /* between them */
    POWER_LIMIT_US = 200000, /* for the power-up acknowledges */
    POWER_PAUSE_US = 200,
    GARBLED_LIMIT = 4,
};

#define POWER_REQUESTS (DP_CTRL_CDBGPWRUPREQ | DP_CTRL_CSYSPWRUPREQ)
#define POWER_ACKS (DP_CTRL_CDBGPWRUPACK | DP_CTRL_CSYSPWRUPACK)

void dap_forget(struct dap *dap)
{
    dap->select_known = false;
    dap->csw_known = 0;
    dap->tar_known = 0;
}

static enum err transfer_once(struct probe *probe, struct dap_access *list, size_t count,
                              size_t *done, enum swd_ack *ack)
{
    *done = 0;
    *ack = SWD_OK;
    enum err err = probe->driver->transfer(probe, list, count, done, ack);
    wire_log_dap(probe, list, count, *done, *ack);
    probe->stats.dap_accesses += *done + (*ack != SWD_OK);
    if (*ack == SWD_WAIT || *ack == SWD_UNSURE)
        probe->stats.waits++;
    return err;
}

enum err dap_transfer(struct probe *probe, struct dap_access *list, size_t count, size_t *done,
                      enum swd_ack *ack)
{
    uint64_t progress = clock_now_us(probe->clock);
    size_t fresh;

    *done = 0;
    for (;;) {
        enum err err = transfer_once(probe, list + *done, count - *done, &fresh, ack);
        *done += fresh;
        if (err || *ack != SWD_WAIT)
            return err;
        uint64_t now = clock_now_us(probe->clock);
        if (fresh)
            progress = now;
        if (now - progress > WAIT_LIMIT_US || job_cancelled(probe->job))
            return ERR_OK;
        clock_sleep_us(probe->clock, WAIT_PAUSE_US);
    }
}

/* --- getting the port to answer --- */

static enum err refuse(struct probe *probe, const char *what, enum swd_ack ack)
{
    if (job_cancelled(probe->job))
        return job_fail(probe->job, ERR_CANCELLED, "interrupted");
    if (ack == SWD_WAIT || ack == SWD_UNSURE)
        return job_fail(probe->job, ERR_WAIT, "%s: the target keeps answering WAIT", what);
    if (ack == SWD_FAULT)
        return job_fail(probe->job, ERR_FAULT, "%s: the debug port answers FAULT", what);
    if (ack == SWD_PARITY)
        return job_fail(probe->job, ERR_PARITY, "%s: %s%s", what, err_text(ERR_PARITY),
                        probe_hint(probe, ERR_PARITY));
    return job_fail(probe->job, ERR_NO_TARGET, "%s: no answer on SWD", what);
}

static struct dap_access dp_read(uint8_t reg)
{
    return (struct dap_access){.port = DAP_PORT_DP, .reg = reg, .read = true};
}

static struct dap_access dp_write(uint8_t reg, uint32_t value)
{
    return (struct dap_access){.port = DAP_PORT_DP, .reg = reg, .value = value};
}

/* A write that arrived garbled was dropped; what came behind it was refused because of that
 * (IHI 0031, B2.2.2: WDATAERR). Clears it. */
static bool write_was_garbled(struct probe *probe)
{
    struct dap_access list[] = {dp_read(DP_CTRL_STAT), dp_write(DP_ABORT, DP_ABORT_CLEAR_STICKY)};
    size_t done;
    enum swd_ack ack;

    enum err err = dap_transfer(probe, list, 2, &done, &ack);
    return !err && done && list[0].value & DP_CTRL_WDATAERR;
}

/* All of `list` or an error. What is done here may be repeated, so what the wire garbled is done
 * again. */
static enum err must_transfer(struct probe *probe, const char *what, struct dap_access *list,
                              size_t count)
{
    size_t done;
    enum swd_ack ack = SWD_PARITY;

    for (int i = 0; i < GARBLED_LIMIT && (ack == SWD_PARITY || ack == SWD_UNSURE); i++) {
        enum err err = dap_transfer(probe, list, count, &done, &ack);
        if (err || ack == SWD_OK)
            return err;
        if (ack == SWD_FAULT && write_was_garbled(probe))
            ack = SWD_PARITY;
    }
    return refuse(probe, what, ack);
}

/* Twice and equal: a floating line also reads as some number (once). */
static enum err read_dpidr(struct probe *probe, uint32_t *dpidr)
{
    struct dap_access list[] = {dp_read(DP_DPIDR), dp_read(DP_DPIDR)};

    enum err err = must_transfer(probe, "read of DPIDR", list, 2);
    if (err)
        return err;
    if (list[0].value != list[1].value)
        return job_fail(probe->job, ERR_PARITY,
                        "DPIDR read twice gave 0x%08x and 0x%08x: the wire is not clean%s",
                        list[0].value, list[1].value, probe_hint(probe, ERR_PARITY));
    if (list[0].value == 0 || list[0].value == 0xFFFFFFFF)
        return job_fail(probe->job, ERR_NO_TARGET,
                        "DPIDR reads 0x%08x: an open or shorted line, not a debug port",
                        list[0].value);
    *dpidr = list[0].value;
    return ERR_OK;
}

static enum err power_up(struct probe *probe)
{
    struct dap_access request[] = {
        dp_write(DP_ABORT, DP_ABORT_CLEAR_STICKY),
        dp_write(DP_SELECT, 0),
        dp_write(DP_CTRL_STAT, POWER_REQUESTS),
    };
    uint64_t started = clock_now_us(probe->clock);

    enum err err = must_transfer(probe, "request for debug power", request, 3);
    while (!err) {
        struct dap_access status = dp_read(DP_CTRL_STAT);
        err = must_transfer(probe, "read of CTRL/STAT", &status, 1);
        if (err || (status.value & POWER_ACKS) == POWER_ACKS)
            return err;
        if (clock_now_us(probe->clock) - started > POWER_LIMIT_US)
            return job_fail(probe->job, ERR_POWER,
                            "the debug domain does not power up (CTRL/STAT 0x%08x): deep sleep, "
                            "held in reset, or locked",
                            status.value);
        clock_sleep_us(probe->clock, POWER_PAUSE_US);
    }
    return err;
}

/* IDR: class in bits 16:13, 8 is a MEM-AP (C2.6.5). */
#define IDR_CLASS(idr) ((idr) >> 13 & 0xF)

static enum err check_ap0(struct probe *probe)
{
    struct dap_access list[] = {
        dp_write(DP_SELECT, AP_IDR & 0xF0),
        {.port = 0, .reg = AP_IDR, .read = true},
        dp_write(DP_SELECT, 0),
        {.port = 0, .reg = AP_CSW, .read = true},
    };

    enum err err = must_transfer(probe, "read of AP0's IDR and CSW", list, 4);
    if (err)
        return err;
    uint32_t idr = list[1].value, csw = list[3].value;
    if (idr == 0)
        return job_fail(probe->job, ERR_NO_TARGET, "AP0 does not exist (its IDR reads 0)");
    if (IDR_CLASS(idr) != 8)
        return job_fail(probe->job, ERR_UNSUPPORTED, "AP0 is no memory access port (IDR 0x%08x)",
                        idr);
    if (!(csw & AP_CSW_DEVICEEN))
        return job_fail(probe->job, ERR_PROTECTED,
                        "AP0 is closed (CSW 0x%08x, DeviceEn is 0): debug access is locked", csw);
    return ERR_OK;
}

enum err dap_connect(struct probe *probe, uint32_t *dpidr)
{
    dap_forget(&probe->dap);
    enum err err = probe->driver->line_reset(probe);
    if (!err)
        err = read_dpidr(probe, dpidr);
    if (!err)
        err = power_up(probe);
    if (!err)
        err = check_ap0(probe);
    probe->dap.select_known = !err; /* check_ap0() left it at 0 */
    probe->dap.select = 0;
    return err;
}

enum err dap_disconnect(struct probe *probe)
{
    struct dap_access list[] = {
        dp_write(DP_ABORT, DP_ABORT_CLEAR_STICKY),
        dp_write(DP_SELECT, 0),
        dp_write(DP_CTRL_STAT, 0),
    };

    dap_forget(&probe->dap);
    return must_transfer(probe, "power-down of debug", list, 3);
}

/* --- recovery --- */

static enum dap_trouble judge(uint32_t status)
{
    if ((status & POWER_REQUESTS) != POWER_REQUESTS)
        return DAP_WAS_RESET;
    if (status & DP_CTRL_WDATAERR)
        return DAP_WRITE_BAD;
    if (status & (DP_CTRL_STICKYERR | DP_CTRL_STICKYORUN | DP_CTRL_STICKYCMP))
        return DAP_REFUSED;
    return DAP_WELL;
}

enum err dap_recover(struct probe *probe, enum dap_trouble *trouble)
{
    struct dap_access status = dp_read(DP_CTRL_STAT),
                      clear = dp_write(DP_ABORT, DP_ABORT_CLEAR_STICKY);

    dap_forget(&probe->dap);
    /* By itself: where the flags must be cleared twice, only the first look finds them. */
    enum err err = must_transfer(probe, "read of the sticky flags", &status, 1);
    *trouble = judge(status.value);
    return !err ? must_transfer(probe, "clearing of the sticky flags", &clear, 1) : err;
}

enum err dap_reconnect(struct probe *probe, enum dap_trouble *trouble)
{
    uint32_t dpidr;

    dap_forget(&probe->dap);
    enum err err = probe->driver->line_reset(probe);
    if (!err)
        err = read_dpidr(probe, &dpidr);
    return !err ? dap_recover(probe, trouble) : err;
}

enum err dap_abort(struct probe *probe)
{
    struct dap_access list[] = {
        dp_write(DP_ABORT, DP_ABORT_DAPABORT | DP_ABORT_CLEAR_STICKY),
    };

    dap_forget(&probe->dap);
    return must_transfer(probe, "abort of a stuck access", list, 1);
}

enum err dap_clear_sticky(struct probe *probe)
{
    struct dap_access list[] = {
        dp_write(DP_ABORT, DP_ABORT_CLEAR_STICKY),
        dp_read(DP_CTRL_STAT),
    };

    dap_forget(&probe->dap);
    enum err err = must_transfer(probe, "clearing of the sticky flags", list, 2);
    if (!err && judge(list[1].value) != DAP_WELL)
        return job_fail(probe->job, ERR_FAULT, "CTRL/STAT stays 0x%08x", list[1].value);
    return err;
}

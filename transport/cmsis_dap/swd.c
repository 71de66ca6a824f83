/* SPDX-License-Identifier: MIT */
/* The wires: speed, the way from JTAG to SWD, NRST. */
#include <string.h>

#include "base/bytes.h"
#include "cmsis_dap/cmsis_dap.h"

enum {
    DEFAULT_KHZ = 4000,
    LOWEST_KHZ = 10,
    HIGHEST_KHZ = 50000,
    /* As long as the probe goes on asking by itself after WAIT: a cancel must be noticed. */
    WAIT_MS = 20,
    WAIT_CYCLES = 14, /* of a packet that ends with its ACK */
};

static uint16_t wait_retries(uint32_t khz)
{
    uint32_t retries = khz * WAIT_MS / WAIT_CYCLES;

    return retries < 64 ? 64 : retries < UINT16_MAX ? (uint16_t)retries : UINT16_MAX;
}

static enum err set_clock(struct probe *probe, uint32_t khz)
{
    uint8_t clock[5] = {DAP_SWJ_CLOCK};
    uint8_t configure[6] = {DAP_TRANSFER_CONFIGURE};

    put_le32(clock + 1, khz * 1000);
    put_le16(configure + 2, wait_retries(khz));
    enum err err = cmsis_dap_tell(probe, clock, sizeof clock, "set its speed");
    if (!err)
        err = cmsis_dap_tell(probe, configure, sizeof configure, "set its retries");
    if (!err)
        probe->now_khz = khz;
    return err;
}

enum err cmsis_dap_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);

    dap->khz = khz == 0            ? DEFAULT_KHZ
               : khz < LOWEST_KHZ  ? LOWEST_KHZ
               : khz < HIGHEST_KHZ ? khz
                                   : HIGHEST_KHZ;
    *actual_khz = khz == 0 ? 0 : dap->khz;
    return dap->connected ? set_clock(probe, dap->khz) : ERR_OK;
}

static enum err set_light(struct probe *probe, uint8_t which, bool on)
{
    uint8_t command[3] = {DAP_HOST_STATUS, which, on};

    return cmsis_dap_tell(probe, command, sizeof command, "switch its light");
}

static enum err connect_port(struct probe *probe)
{
    uint8_t command[2] = {DAP_CONNECT, DAP_PORT_SWD}, reply[2] = {0};
    size_t got;
    enum err err = cmsis_dap_ask(probe, command, sizeof command, reply, sizeof reply, &got);

    if (!err && reply[1] != DAP_PORT_SWD)
        return job_fail(probe->job, ERR_PROBE, "the probe refuses to switch to SWD: replug it");
    return err;
}

/* The speed comes behind DAP_Connect, which may set it back. */
enum err cmsis_dap_connect_wires(struct probe *probe)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);
    uint8_t configure[2] = {DAP_SWD_CONFIGURE, 0};
    enum err err = connect_port(probe);

    if (err)
        return err;
    dap->connected = true;
    err = set_clock(probe, dap->khz ? dap->khz : DEFAULT_KHZ);
    if (!err)
        err = cmsis_dap_tell(probe, configure, sizeof configure, "set up SWD");
    if (!err)
        err = set_light(probe, DAP_LED_CONNECTED, true);
    return err;
}

enum err cmsis_dap_disconnect_wires(struct probe *probe)
{
    uint8_t command[1] = {DAP_DISCONNECT};
    enum err err = set_light(probe, DAP_LED_CONNECTED, false);

    cmsis_dap_of(probe)->connected = false;
    return !err ? cmsis_dap_tell(probe, command, sizeof command, "let go of the wires") : err;
}

/* 51 ones, from JTAG to SWD (IHI 0031, B5.2.1), 51 ones, 8 zeros. */
enum err cmsis_dap_line_reset(struct probe *probe)
{
    static const uint8_t command[] = {
        DAP_SWJ_SEQUENCE,
        126, /* bits */
        0xFF,
        0xFF,
        0xFF,
        0xFF,
        0xFF,
        0xFF,
        0xF7,
        0x3C,
        0xFF,
        0xFF,
        0xFF, /* from here on.. */
        0xFF,
        0xFF,
        0xFF,
        0x3F,
        0x00,
    };

    return cmsis_dap_tell(probe, command, sizeof command, "send a line reset");
}

enum err cmsis_dap_nrst(struct probe *probe, enum probe_nrst level)
{
    uint8_t command[7] = {DAP_SWJ_PINS, level == PROBE_NRST_ASSERT ? 0 : DAP_PIN_NRST,
                          DAP_PIN_NRST};
    uint8_t reply[2];
    size_t got;
    enum err err = cmsis_dap_ask(probe, command, sizeof command, reply, sizeof reply, &got);

    if (!err || level == PROBE_NRST_ASSERT)
        cmsis_dap_of(probe)->nrst_low = level == PROBE_NRST_ASSERT;
    return err;
}

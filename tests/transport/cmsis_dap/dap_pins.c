/* SPDX-License-Identifier: MIT */
#include "dap_model_internal.h"

enum { PIN_SWCLK = 1 << 0, PIN_SWDIO = 1 << 1, PIN_NRESET = 1 << 7 };
enum { PINS_WAIT_MAX_US = 3000000, PINS_STEP_US = 100, FALL_BACK_KHZ = 2000 };
enum { PORT_SWD = 1 };

void dap_do_connect(struct dap_call *call)
{
    struct dap_model *model = call->model;
    uint8_t port = dap_take8(call);

    model->connected = port == 0 || port == PORT_SWD;
    dap_put8(call, model->connected ? PORT_SWD : 0);
}

void dap_do_disconnect(struct dap_call *call)
{
    call->model->connected = false;
    call->model->pins = 0xFF;
    sim_board_nrst(call->model->wire.board, false);
    dap_put_status(call, true);
}

static uint8_t sampled(const struct dap_model *model)
{
    uint8_t pins = model->pins & (PIN_SWCLK | PIN_SWDIO);

    return pins | (sim_board_nrst_is_low(model->wire.board) ? 0 : PIN_NRESET);
}

/* A rising clock takes the data with it. */
static void drive(struct dap_model *model, uint8_t pins)
{
    bool rises = pins & ~model->pins & PIN_SWCLK;
    uint8_t level = pins & PIN_SWDIO ? 1 : 0;

    model->pins = pins;
    sim_board_nrst(model->wire.board, !(pins & PIN_NRESET));
    if (rises)
        dap_wire_out(&model->wire, &level, 1);
}

void dap_do_pins(struct dap_call *call)
{
    struct dap_model *model = call->model;
    uint8_t output = dap_take8(call), select = dap_take8(call);
    uint32_t wait_us = dap_take32(call);

    if (wait_us > PINS_WAIT_MAX_US)
        wait_us = PINS_WAIT_MAX_US;
    drive(model, (uint8_t)((model->pins & ~select) | (output & select)));
    select &= PIN_SWCLK | PIN_SWDIO | PIN_NRESET;
    for (uint32_t waited = 0; waited < wait_us && ((sampled(model) ^ output) & select) != 0;
         waited += PINS_STEP_US)
        sim_board_advance_us(model->wire.board, PINS_STEP_US);
    dap_put8(call, sampled(model));
}

void dap_do_clock(struct dap_call *call)
{
    struct dap_model *model = call->model;
    uint32_t khz = dap_take32(call) / 1000;

    if (khz > model->config->max_khz)
        khz = model->config->max_khz;
    if (khz > 0)
        dap_wire_clock(&model->wire, khz);
    dap_put_status(call, khz > 0);
}

void dap_do_sequence(struct dap_call *call)
{
    struct dap_model *model = call->model;
    unsigned count = dap_take8(call);

    count = count ? count : 256;
    const uint8_t *bits = dap_take_bytes(call, (count + 7) / 8);
    if (bits)
        dap_wire_out(&model->wire, bits, count);
    if (model->config->quirks & DAP_CLOCK_FALLS_BACK)
        dap_wire_clock(&model->wire, FALL_BACK_KHZ);
    dap_put_status(call, bits != NULL);
}

void dap_do_swd_configure(struct dap_call *call)
{
    call->model->wire.turnaround = 1 + (dap_take8(call) & 3);
    dap_put_status(call, true);
}

void dap_do_swd_sequence(struct dap_call *call)
{
    enum { CYCLES = 0x3F, CYCLES_MOST = 64, INPUT = 0x80 };
    struct dap_wire *wire = &call->model->wire;
    uint8_t *status = dap_put_bytes(call, 1);
    bool complete = status != NULL;

    for (unsigned left = dap_take8(call); left > 0; left--) {
        uint8_t info = dap_take8(call);
        unsigned count = info & CYCLES ? info & CYCLES : CYCLES_MOST;
        const uint8_t *out = info & INPUT ? NULL : dap_take_bytes(call, (count + 7) / 8);
        uint8_t *in = info & INPUT ? dap_put_bytes(call, (count + 7) / 8) : NULL;

        if (in)
            dap_wire_in(wire, in, count);
        else if (out)
            dap_wire_out(wire, out, count);
        complete = complete && (in || out);
    }
    if (status)
        *status = complete ? DAP_STATUS_OK : DAP_STATUS_ERROR;
}

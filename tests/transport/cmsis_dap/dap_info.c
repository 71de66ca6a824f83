/* SPDX-License-Identifier: MIT */
/* What it says of itself, and SWO. */
#include "dap_model_internal.h"

#include <string.h>

enum { SWO_BUFFER = 4096, SWO_MAX_BAUD = 10000000, TIMER_HZ = 1000000 };
enum { SWO_NONE = 0, SWO_BY_DATA = 1, SWO_BY_ENDPOINT = 2, SWO_OFF = 0, SWO_UART = 1 };
enum { STATUS_ACTIVE = 1 };

/* With its terminating zero, as the reference firmware counts it; none if there is none. */
static void put_text(struct dap_call *call, const char *text)
{
    size_t length = text[0] ? strlen(text) + 1 : 0;
    uint8_t *room;

    dap_put8(call, (uint8_t)length);
    if (length > 0 && (room = dap_put_bytes(call, length)))
        memcpy(room, text, length);
}

static uint32_t swo_buffer(const struct dap_config *config)
{
    return config->quirks & DAP_SWO_WITHOUT_BUFFER ? 0 : SWO_BUFFER;
}

static const char *text_of(const struct dap_config *config, uint8_t id)
{
    const char *const texts[] = {[1] = config->vendor,
                                 [2] = config->product,
                                 [3] = config->serial,
                                 [4] = config->protocol,
                                 [9] = config->firmware};

    return id < sizeof texts / sizeof *texts && texts[id] ? texts[id] : "";
}

/* Numbers that it knows, and of how many bytes each is. */
static unsigned number_of(const struct dap_config *config, uint8_t id, uint32_t *value)
{
    switch (id) {
    case 0xF0:
        *value = config->abilities;
        return config->abilities > 0xFF ? 2 : 1;
    case 0xF1:
        *value = TIMER_HZ;
        return config->abilities & DAP_HAS_TIME ? 4 : 0;
    case 0xFD:
        *value = swo_buffer(config);
        return config->abilities & DAP_HAS_SWO_UART ? 4 : 0;
    case 0xFE:
        *value = config->packets;
        return 1;
    case 0xFF:
        *value = config->packet;
        return 2;
    default:
        return 0;
    }
}

void dap_do_info(struct dap_call *call)
{
    const struct dap_config *config = call->model->config;
    uint8_t id = dap_take8(call);
    uint32_t value = 0;
    unsigned bytes = number_of(config, id, &value);

    if (bytes == 0) {
        put_text(call, text_of(config, id));
        return;
    }
    dap_put8(call, (uint8_t)bytes);
    for (unsigned i = 0; i < bytes; i++)
        dap_put8(call, (uint8_t)(value >> 8 * i));
}

/* --- SWO: nothing of it changes while it is on --- */

void dap_do_swo_transport(struct dap_call *call)
{
    struct dap_swo *swo = &call->model->swo;
    uint8_t transport = dap_take8(call);
    bool streams = call->model->config->abilities & DAP_HAS_SWO_STREAM;
    bool ok = !swo->active && transport <= (streams ? SWO_BY_ENDPOINT : SWO_BY_DATA);

    if (ok)
        swo->transport = transport;
    dap_put_status(call, ok);
}

void dap_do_swo_mode(struct dap_call *call)
{
    struct dap_swo *swo = &call->model->swo;
    uint8_t mode = dap_take8(call);
    bool ok = !swo->active && mode <= SWO_UART;

    if (ok)
        swo->mode = mode;
    dap_put_status(call, ok);
}

void dap_do_swo_baudrate(struct dap_call *call)
{
    struct dap_swo *swo = &call->model->swo;
    uint32_t baud = dap_take32(call);

    if (!swo->active)
        swo->baud = baud <= SWO_MAX_BAUD ? baud : 0;
    dap_put32(call, swo->active ? 0 : swo->baud);
}

void dap_do_swo_control(struct dap_call *call)
{
    struct dap_swo *swo = &call->model->swo;
    bool start = dap_take8(call) & 1;
    bool ok = !start || (swo->mode == SWO_UART && swo->baud > 0);

    if (ok && start != swo->active) {
        ok = sim_board_swo_listen(call->model->wire.board, start ? swo->baud : 0,
                                  swo_buffer(call->model->config));
        swo->active = start && ok;
    }
    dap_put_status(call, ok);
}

static void put_swo_status(struct dap_call *call)
{
    dap_put8(call, call->model->swo.active ? STATUS_ACTIVE : 0);
}

void dap_do_swo_status(struct dap_call *call)
{
    put_swo_status(call);
    dap_put32(call, (uint32_t)sim_board_swo_waiting(call->model->wire.board));
}

void dap_do_swo_extended_status(struct dap_call *call)
{
    enum { WANTS_STATUS = 1, WANTS_COUNT = 2, WANTS_TIME = 4 };
    uint8_t wanted = dap_take8(call);

    if (wanted & WANTS_STATUS)
        put_swo_status(call);
    if (wanted & WANTS_COUNT)
        dap_put32(call, (uint32_t)sim_board_swo_waiting(call->model->wire.board));
    if (wanted & WANTS_TIME) {
        dap_put32(call, 0);
        dap_put32(call, (uint32_t)sim_board_now_us(call->model->wire.board));
    }
}

void dap_do_swo_data(struct dap_call *call)
{
    struct dap_model *model = call->model;
    size_t most = dap_take16(call), head = 4;
    uint8_t bytes[DAP_PACKET_MAX], *room;

    if (most > (size_t)model->config->packet - head)
        most = model->config->packet - head;
    size_t got = model->swo.transport == SWO_BY_DATA
                     ? sim_board_swo_take(model->wire.board, bytes, most)
                     : 0;
    put_swo_status(call);
    dap_put16(call, (uint16_t)got);
    if (got > 0 && (room = dap_put_bytes(call, got)))
        memcpy(room, bytes, got);
}

size_t dap_model_swo_in(struct dap_model *model, uint8_t *data, size_t capacity)
{
    if (model->swo.transport != SWO_BY_ENDPOINT)
        return 0;
    return sim_board_swo_take(model->wire.board, data, capacity);
}

/* SPDX-License-Identifier: MIT */
#include "dap_model_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { START_KHZ = 1000, INVALID = 0xFF, TRANSFER_ABORT = 0x07 };
enum { QUEUE_COMMANDS = 0x7E, EXECUTE_COMMANDS = 0x7F };

/* --- what calls read and write --- */

const uint8_t *dap_take_bytes(struct dap_call *call, size_t count)
{
    if (count > dap_left(call)) {
        call->model->violations++;
        call->at = call->length;
        return NULL;
    }
    call->at += count;
    return call->request + call->at - count;
}

uint8_t *dap_put_bytes(struct dap_call *call, size_t count)
{
    if (count > call->room - call->used) {
        call->model->violations++;
        return NULL;
    }
    call->used += count;
    return call->response + call->used - count;
}

size_t dap_left(const struct dap_call *call)
{
    return call->length - call->at;
}

uint8_t dap_take8(struct dap_call *call)
{
    const uint8_t *byte = dap_take_bytes(call, 1);

    return byte ? *byte : 0;
}

uint16_t dap_take16(struct dap_call *call)
{
    const uint8_t *bytes = dap_take_bytes(call, 2);

    return bytes ? get_le16(bytes) : 0;
}

uint32_t dap_take32(struct dap_call *call)
{
    const uint8_t *bytes = dap_take_bytes(call, 4);

    return bytes ? get_le32(bytes) : 0;
}

void dap_put8(struct dap_call *call, uint8_t value)
{
    uint8_t *byte = dap_put_bytes(call, 1);

    if (byte)
        *byte = value;
}

void dap_put16(struct dap_call *call, uint16_t value)
{
    uint8_t *bytes = dap_put_bytes(call, 2);

    if (bytes)
        put_le16(bytes, value);
}

void dap_put32(struct dap_call *call, uint32_t value)
{
    uint8_t *bytes = dap_put_bytes(call, 4);

    if (bytes)
        put_le32(bytes, value);
}

void dap_put_status(struct dap_call *call, bool ok)
{
    dap_put8(call, ok ? DAP_STATUS_OK : DAP_STATUS_ERROR);
}

/* --- the commands that are a line each --- */

static void host_status(struct dap_call *call)
{
    (void)dap_take16(call); /* which light, on or off */
    dap_put_status(call, true);
}

static void transfer_configure(struct dap_call *call)
{
    call->model->idle_cycles = dap_take8(call);
    call->model->wait_retries = dap_take16(call);
    call->model->match_retries = dap_take16(call);
    dap_put_status(call, true);
}

static void delay(struct dap_call *call)
{
    sim_board_advance_us(call->model->wire.board, dap_take16(call));
    dap_put_status(call, true);
}

/* There is no sequence of its own for this chip. */
static void reset_target(struct dap_call *call)
{
    dap_put_status(call, true);
    dap_put8(call, 0);
}

static void refuse(struct dap_call *call)
{
    call->at = call->length; /* of what it does not know it does not know the length, either */
    dap_put_status(call, false);
}

static void execute(struct dap_call *call);

struct command {
    uint8_t id;
    unsigned needs; /* enum dap_ability bits, one of which it has */
    void (*run)(struct dap_call *call);
};

static const struct command commands[] = {
    {0x00, 0, dap_do_info},
    {0x01, 0, host_status},
    {0x02, 0, dap_do_connect},
    {0x03, 0, dap_do_disconnect},
    {0x04, 0, transfer_configure},
    {0x05, 0, dap_do_transfer},
    {0x06, 0, dap_do_transfer_block},
    {0x08, 0, dap_do_write_abort},
    {0x09, 0, delay},
    {0x0A, 0, reset_target},
    {0x10, 0, dap_do_pins},
    {0x11, 0, dap_do_clock},
    {0x12, 0, dap_do_sequence},
    {0x13, 0, dap_do_swd_configure},
    {0x14, 0, refuse}, /* JTAG is not wired */
    {0x15, 0, refuse},
    {0x16, 0, refuse},
    {0x17, DAP_HAS_SWO_UART, dap_do_swo_transport},
    {0x18, DAP_HAS_SWO_UART, dap_do_swo_mode},
    {0x19, DAP_HAS_SWO_UART, dap_do_swo_baudrate},
    {0x1A, DAP_HAS_SWO_UART, dap_do_swo_control},
    {0x1B, DAP_HAS_SWO_UART, dap_do_swo_status},
    {0x1C, DAP_HAS_SWO_UART, dap_do_swo_data},
    {0x1D, 0, dap_do_swd_sequence},
    {0x1E, DAP_HAS_SWO_UART, dap_do_swo_extended_status},
    {EXECUTE_COMMANDS, DAP_HAS_ATOMIC, execute},
};

static const struct command *find(const struct dap_model *model, uint8_t id)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].id == id &&
            (!commands[i].needs || commands[i].needs & model->config->abilities))
            return &commands[i];
    return NULL;
}

static void run(struct dap_call *call)
{
    uint8_t id = dap_take8(call);
    const struct command *command = find(call->model, id);

    call->model->commands++;
    if (!command) {
        call->at = call->length;
        dap_put8(call, INVALID);
        return;
    }
    dap_put8(call, id);
    command->run(call);
}

static void execute(struct dap_call *call)
{
    uint8_t count = dap_take8(call);

    dap_put8(call, count);
    for (unsigned i = 0; i < count; i++)
        run(call);
}

/* --- packets --- */

static void drop_first(struct dap_queue *queue)
{
    queue->count--;
    memmove(queue->packets, queue->packets + 1, queue->count * sizeof *queue->packets);
}

static void answer(struct dap_model *model, const struct dap_packet *request)
{
    if (model->config->quirks & DAP_LOSES_PIPELINED)
        model->responses.count = 0;
    struct dap_packet *response = &model->responses.packets[model->responses.count++];
    struct dap_call call = {model, request->bytes,       0, request->length, response->bytes,
                            0,     model->config->packet};

    memset(response->bytes, 0, sizeof response->bytes);
    run(&call);
    response->length = model->config->hid ? model->config->packet : call.used;
}

/* What was queued is held until something else comes, and is then carried out without a gap. */
static void answer_all(struct dap_model *model)
{
    struct dap_queue *queue = &model->requests;

    if (queue->packets[queue->count - 1].bytes[0] == QUEUE_COMMANDS)
        return;
    for (; queue->count > 0; drop_first(queue)) {
        if (queue->packets[0].bytes[0] == QUEUE_COMMANDS)
            queue->packets[0].bytes[0] = EXECUTE_COMMANDS;
        answer(model, &queue->packets[0]);
    }
}

static bool has_room(const struct dap_model *model)
{
    /* What loses answers takes the next request too early. */
    size_t unfetched = model->config->quirks & DAP_LOSES_PIPELINED ? 0 : model->responses.count;

    return model->requests.count + unfetched < model->config->packets;
}

bool dap_model_out(struct dap_model *model, const uint8_t *data, size_t length)
{
    struct dap_packet *request = &model->requests.packets[model->requests.count];
    size_t size = model->config->packet, room = size - model->partial;

    if (length == 0)
        return true; /* the packet that ends one which filled its last */
    if (data[0] == TRANSFER_ABORT && model->partial == 0)
        return true; /* out of band, without a response: what is under way here has ended */
    if (!has_room(model))
        return false;
    model->violations += length > room;
    length = length < room ? length : room;
    memcpy(request->bytes + model->partial, data, length);
    request->length = model->partial += length;
    if (model->config->quirks & DAP_FULL_PACKETS_ONLY && request->length < size)
        return true;
    model->partial = 0;
    model->requests.count++;
    answer_all(model);
    return true;
}

size_t dap_model_in(struct dap_model *model, uint8_t *data, size_t capacity)
{
    struct dap_queue *queue = &model->responses;

    if (queue->count == 0)
        return 0;
    size_t length = queue->packets[0].length;
    model->violations += length > capacity;
    length = length < capacity ? length : capacity;
    memcpy(data, queue->packets[0].bytes, length);
    drop_first(queue);
    return length;
}

/* --- life --- */

struct dap_model *dap_model_create(const struct dap_config *config, struct sim_board *board)
{
    struct dap_model *model = calloc(1, sizeof *model);

    if (!model)
        return NULL;
    model->config = config;
    model->pins = 0xFF;
    dap_wire_init(&model->wire, board);
    dap_wire_clock(&model->wire, config->max_khz < START_KHZ ? config->max_khz : START_KHZ);
    if (config->quirks & DAP_STALE_ANSWER) {
        model->responses.packets[0] = (struct dap_packet){{0x05, 1, 1}, config->packet};
        model->responses.count = 1;
    }
    return model;
}

void dap_model_destroy(struct dap_model *model)
{
    free(model);
}

void dap_model_usb_reset(struct dap_model *model)
{
    model->requests.count = model->responses.count = model->partial = 0;
}

const struct dap_config *dap_model_config(const struct dap_model *model)
{
    return model->config;
}

struct dap_wire *dap_model_wire(struct dap_model *model)
{
    return &model->wire;
}

uint64_t dap_model_commands(const struct dap_model *model)
{
    return model->commands;
}

unsigned dap_model_violations(const struct dap_model *model)
{
    return model->violations;
}

/* --- as any probe's --- */

static bool firmware_out(void *model, const uint8_t *data, size_t length)
{
    return dap_model_out(model, data, length);
}

static size_t firmware_in(void *model, uint8_t *data, size_t capacity)
{
    return dap_model_in(model, data, capacity);
}

static size_t firmware_swo_in(void *model, uint8_t *data, size_t capacity)
{
    return dap_model_swo_in(model, data, capacity);
}

static void firmware_usb_reset(void *model)
{
    dap_model_usb_reset(model);
}

static uint64_t firmware_commands(const void *model)
{
    return dap_model_commands(model);
}

struct firmware dap_firmware(struct dap_model *model)
{
    static const struct firmware_driver driver = {firmware_out, firmware_in, firmware_swo_in,
                                                  firmware_usb_reset, firmware_commands};

    return (struct firmware){.driver = &driver,
                             .model = model,
                             .high_speed = model->config->high_speed,
                             .polled = model->config->hid,
                             .packets = model->config->packets};
}

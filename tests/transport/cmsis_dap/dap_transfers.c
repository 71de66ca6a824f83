/* SPDX-License-Identifier: MIT */
/* DAP_Transfer and DAP_TransferBlock, with the order of packets on the wire that the reference
 * firmware has: an AP read is posted, its word comes with the next AP read or by RDBUFF. It is
 * counted when it was posted, so that after an error the last counted read may be without its word.
 */
#include "dap_model_internal.h"

#include "adi/dap.h"

enum { RQ_AP = 1, RQ_READ = 2, RQ_REG = 0xC, RQ_MATCH = 0x10, RQ_MASK = 0x20, RQ_TIME = 0x80 };
enum { RQ_RDBUFF = RQ_READ | DP_RDBUFF };
enum { MISMATCH = 0x10, SHORT_BLOCK = 8 };

/* One packet, again while the port says WAIT. */
static uint8_t packet(struct dap_model *model, uint8_t request, uint32_t *value)
{
    uint8_t ack;

    for (unsigned left = model->wait_retries;; left--) {
        ack = dap_wire_packet(&model->wire, request & RQ_AP, request & RQ_READ, request & RQ_REG,
                              value);
        dap_wire_idle(&model->wire, model->idle_cycles);
        if (ack != SWD_WAIT || left == 0)
            return ack;
    }
}

static bool answers(const struct dap_model *model)
{
    return model->connected;
}

struct transfer {
    struct dap_call *call;
    bool posted; /* an AP read whose word is still to be fetched, */
    bool timed;  /* which gets the time when it was begun */
    bool written;
    uint32_t begun;
};

static void note_time(struct transfer *transfer, uint8_t request)
{
    const struct dap_model *model = transfer->call->model;

    transfer->timed = request & RQ_TIME && model->config->abilities & DAP_HAS_TIME;
    transfer->begun = (uint32_t)sim_board_now_us(model->wire.board);
}

static void put_time(struct transfer *transfer)
{
    if (transfer->timed)
        dap_put32(transfer->call, transfer->begun);
}

/* Takes the posted word, by `request`: RDBUFF, or the next AP read, which stays posted itself. */
static uint8_t fetch(struct transfer *transfer, uint8_t request)
{
    uint32_t value = 0;
    uint8_t ack = packet(transfer->call->model, request, &value);

    if (ack != SWD_OK)
        return ack;
    put_time(transfer);
    dap_put32(transfer->call, value);
    transfer->posted = request & RQ_AP;
    return ack;
}

static uint8_t read_matching(struct transfer *transfer, uint8_t request)
{
    struct dap_model *model = transfer->call->model;
    uint32_t wanted = dap_take32(transfer->call), value = 0;
    uint8_t ack = request & RQ_AP ? packet(model, request, &value) : SWD_OK;

    for (unsigned left = model->match_retries; ack == SWD_OK; left--) {
        ack = packet(model, request, &value);
        if (ack == SWD_OK && (value & model->match_mask) == wanted)
            return SWD_OK;
        if (ack == SWD_OK && left == 0)
            return SWD_OK | MISMATCH;
    }
    return ack;
}

static uint8_t read_plain(struct transfer *transfer, uint8_t request)
{
    struct dap_model *model = transfer->call->model;
    uint32_t value = 0;
    uint8_t ack;

    note_time(transfer, request);
    ack = packet(model, request, &value);
    if (ack == SWD_OK && request & RQ_AP) {
        transfer->posted = true;
    } else if (ack == SWD_OK) {
        put_time(transfer);
        dap_put32(transfer->call, value);
    }
    return ack;
}

static uint8_t do_read(struct transfer *transfer, uint8_t request)
{
    if (transfer->posted) {
        bool chained = (request & (RQ_AP | RQ_MATCH)) == RQ_AP;
        uint8_t ack = fetch(transfer, chained ? request : RQ_RDBUFF);

        if (ack != SWD_OK)
            return ack;
        if (chained) {
            note_time(transfer, request);
            return ack;
        }
    }
    transfer->written = false;
    return request & RQ_MATCH ? read_matching(transfer, request) : read_plain(transfer, request);
}

static uint8_t do_write(struct transfer *transfer, uint8_t request)
{
    struct dap_model *model = transfer->call->model;
    uint8_t ack = transfer->posted ? fetch(transfer, RQ_RDBUFF) : SWD_OK;

    if (ack != SWD_OK)
        return ack;
    uint32_t value = dap_take32(transfer->call);
    if (request & RQ_MASK) {
        model->match_mask = value;
        return SWD_OK;
    }
    note_time(transfer, request);
    ack = packet(model, request, &value);
    transfer->written = true;
    if (ack == SWD_OK)
        put_time(transfer);
    return ack;
}

/* The word of the last read, or what became of the last write. */
static uint8_t conclude(struct transfer *transfer)
{
    uint32_t value = 0;

    if (transfer->posted)
        return fetch(transfer, RQ_RDBUFF);
    return transfer->written ? packet(transfer->call->model, RQ_RDBUFF, &value) : SWD_OK;
}

void dap_do_transfer(struct dap_call *call)
{
    struct transfer transfer = {.call = call};
    uint8_t *head, none[2];
    uint8_t ack = SWD_OK, done = 0;

    (void)dap_take8(call); /* which device of a JTAG chain */
    uint8_t count = dap_take8(call);
    head = dap_put_bytes(call, 2);
    for (; done < count && ack == SWD_OK && answers(call->model); done += ack == SWD_OK) {
        uint8_t request = dap_take8(call);

        ack = request & RQ_READ ? do_read(&transfer, request) : do_write(&transfer, request);
    }
    if (ack == SWD_OK && done > 0)
        ack = conclude(&transfer);
    if (!head)
        head = none;
    head[0] = done;
    head[1] = count > 0 && answers(call->model) ? ack : 0;
    if (done < count)
        call->at = call->length; /* the rest is skipped */
}

/* --- blocks --- */

static uint8_t read_block(struct dap_call *call, uint8_t request, unsigned count, unsigned *done)
{
    struct dap_model *model = call->model;
    uint32_t value = 0;
    uint8_t ack = request & RQ_AP && count > 0 ? packet(model, request, &value) : SWD_OK;

    while (*done < count && ack == SWD_OK) {
        bool last = *done + 1 == count;

        ack = packet(model, last && request & RQ_AP ? RQ_RDBUFF : request, &value);
        if (ack == SWD_OK) {
            dap_put32(call, value);
            ++*done;
        }
    }
    return ack;
}

static uint8_t write_block(struct dap_call *call, uint8_t request, unsigned count, unsigned *done)
{
    uint8_t ack = SWD_OK;
    uint32_t value = 0;

    while (*done < count && ack == SWD_OK) {
        value = dap_take32(call);
        ack = packet(call->model, request, &value);
        *done += ack == SWD_OK;
    }
    return ack == SWD_OK && count > 0 ? packet(call->model, RQ_RDBUFF, &value) : ack;
}

void dap_do_transfer_block(struct dap_call *call)
{
    struct dap_model *model = call->model;
    unsigned done = 0;
    uint8_t ack = 0;

    (void)dap_take8(call);
    unsigned count = dap_take16(call);
    uint8_t request = dap_take8(call);
    uint8_t *head = dap_put_bytes(call, 3);
    if (model->config->quirks & DAP_SHORT_BLOCKS && request & RQ_READ && count > SHORT_BLOCK)
        count = SHORT_BLOCK;
    if (answers(model) && count > 0)
        ack = request & RQ_READ ? read_block(call, request, count, &done)
                                : write_block(call, request, count, &done);
    if (!head)
        return;
    head[0] = (uint8_t)done;
    head[1] = (uint8_t)(done >> 8);
    head[2] = ack;
}

void dap_do_write_abort(struct dap_call *call)
{
    struct dap_model *model = call->model;
    uint8_t ack = 0;

    (void)dap_take8(call);
    uint32_t value = dap_take32(call);
    if (answers(model))
        ack = dap_wire_packet(&model->wire, false, false, DP_ABORT, &value);
    dap_put_status(call, ack == SWD_OK);
}

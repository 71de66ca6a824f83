/* SPDX-License-Identifier: MIT */
#include "stlink_swd.h"

#include "adi/dap.h"
#include "base/bytes.h"

#define DHCSR 0xE000EDF0u
#define DCRSR 0xE000EDF4u
#define DCRDR 0xE000EDF8u
#define DHCSR_S_REGRDY (1u << 16)
#define TAR_WRAP 0x400u

enum { WAIT_TRIES = 5, REGRDY_TRIES = 10 };

static uint8_t status_of(enum swd_ack ack, bool ap)
{
    switch (ack) {
    case SWD_OK:
        return ST_OK;
    case SWD_WAIT:
    case SWD_UNSURE:
        return ap ? ST_AP_WAIT : ST_DP_WAIT;
    case SWD_FAULT:
        return ap ? ST_AP_FAULT : ST_DP_FAULT;
    case SWD_PARITY:
        return ap ? ST_AP_PARITY : ST_DP_PARITY;
    case SWD_NONE:
    case SWD_MISMATCH:
        break;
    }
    return ap ? ST_AP_ERROR : ST_DP_ERROR;
}

/* One packet; the firmware repeats a WAIT a few times by itself, then waits a little. */
static uint8_t packet(struct stlink_swd *swd, bool ap, bool read, uint8_t reg, uint32_t *value)
{
    enum { SHIFTER_MV = 1200 };
    enum swd_ack ack = SWD_WAIT;

    if (swd->wants_vtref && sim_board_vtref_mv(swd->board) < SHIFTER_MV)
        return status_of(SWD_NONE, ap);
    for (int try = 0; try < WAIT_TRIES && ack == SWD_WAIT; try++)
        ack = sim_board_swd(swd->board, ap, read, reg, value);
    return status_of(ack, ap);
}

static uint8_t clear_sticky(struct stlink_swd *swd, uint8_t status)
{
    uint32_t clear = DP_ABORT_CLEAR_STICKY, flags = 0;

    if (swd->names_write_errors && status == ST_AP_FAULT &&
        packet(swd, false, true, DP_CTRL_STAT, &flags) == ST_OK && flags & DP_CTRL_WDATAERR)
        status = ST_WRITE_DATA;
    packet(swd, false, false, DP_ABORT, &clear);
    swd->select_known = status == ST_OK && swd->select_known;
    return status;
}

uint8_t stlink_swd_dpidr(struct stlink_swd *swd, uint32_t *dpidr)
{
    return packet(swd, false, true, DP_DPIDR, dpidr);
}

uint8_t stlink_swd_enter(struct stlink_swd *swd)
{
    uint32_t value = 0;

    swd->select_known = false;
    sim_board_swd_line_reset(swd->board);
    if (stlink_swd_dpidr(swd, &value) != ST_OK)
        return ST_GET_IDCODE;
    clear_sticky(swd, ST_OK);
    value = 0;
    if (packet(swd, false, false, DP_SELECT, &value) != ST_OK)
        return ST_GET_IDCODE;
    swd->select = 0;
    swd->select_known = true;
    value = DP_CTRL_CDBGPWRUPREQ | DP_CTRL_CSYSPWRUPREQ;
    if (packet(swd, false, false, DP_CTRL_STAT, &value) != ST_OK)
        return ST_GET_IDCODE;
    for (int try = 0; try < 100; try++) {
        if (packet(swd, false, true, DP_CTRL_STAT, &value) != ST_OK)
            return ST_GET_IDCODE;
        if ((value & DP_CTRL_CDBGPWRUPACK) && (value & DP_CTRL_CSYSPWRUPACK))
            return ST_OK;
    }
    return ST_POWER;
}

/* The board has one access port, number 0. */
static uint32_t on_the_board(const struct stlink_swd *swd, uint32_t select)
{
    uint32_t ap = select >> 24, bank = select & 0xFFFFFF;

    if (swd->core_ap == 0)
        return select;
    return bank | (ap == swd->core_ap ? 0 : 0xFFu << 24);
}

static uint8_t select_bank(struct stlink_swd *swd, uint32_t select)
{
    select = on_the_board(swd, select);
    if (swd->select_known && swd->select == select)
        return ST_OK;
    uint8_t status = packet(swd, false, false, DP_SELECT, &select);
    swd->select = select;
    swd->select_known = status == ST_OK;
    return status;
}

uint8_t stlink_swd_dp(struct stlink_swd *swd, bool read, uint8_t reg, uint32_t *value)
{
    uint8_t low = reg & 0xC;
    uint8_t status = ST_OK;

    if (low == DP_SELECT && !read)
        swd->select_known = false;
    else if (low == DP_CTRL_STAT)
        status = select_bank(swd, (swd->select & ~0xFu) | (reg >> 4));
    if (status == ST_OK)
        status = packet(swd, false, read, low, value);
    return status;
}

uint8_t stlink_swd_ap(struct stlink_swd *swd, uint8_t ap, bool read, uint8_t reg, uint32_t *value)
{
    uint8_t status = select_bank(swd, (uint32_t)ap << 24 | (reg & 0xF0));

    if (status == ST_OK)
        status = packet(swd, true, read, reg & 0xC, value);
    /* A posted read's value, or a write's outcome, shows in the next access. */
    uint32_t outcome = 0;
    if (status == ST_OK)
        status = packet(swd, false, true, DP_RDBUFF, &outcome);
    if (status == ST_OK && read)
        *value = outcome;
    if (status == ST_DP_FAULT)
        status = ST_AP_FAULT;
    return status == ST_AP_FAULT ? clear_sticky(swd, status) : status;
}

static uint32_t csw_of(const struct stlink_swd *swd, unsigned width, bool increment)
{
    uint32_t size = width == 4 ? AP_CSW_SIZE_32 : width == 2 ? AP_CSW_SIZE_16 : AP_CSW_SIZE_8;
    uint32_t prot = swd->csw_override ? swd->csw_override << 8 : AP_CSW_PROT;

    return prot | (increment ? AP_CSW_ADDRINC_SINGLE : 0) | size;
}

static uint8_t set_address(struct stlink_swd *swd, uint8_t ap, uint32_t address)
{
    uint8_t status = select_bank(swd, (uint32_t)ap << 24);

    return status == ST_OK ? packet(swd, true, false, AP_TAR, &address) : status;
}

static uint8_t begin(struct stlink_swd *swd, uint8_t ap, uint32_t address, unsigned width,
                     bool increment)
{
    uint32_t csw = csw_of(swd, width, increment);
    uint8_t status = select_bank(swd, (uint32_t)ap << 24);

    if (status == ST_OK)
        status = packet(swd, true, false, AP_CSW, &csw);
    return status == ST_OK ? set_address(swd, ap, address) : status;
}

/* The last write's outcome shows in the next access. */
static uint8_t flush_write(struct stlink_swd *swd, uint8_t status)
{
    uint32_t outcome = 0;

    return status == ST_OK ? packet(swd, false, true, DP_RDBUFF, &outcome) : status;
}

static uint8_t finish(struct stlink_swd *swd, uint8_t status, uint32_t address)
{
    if (status == ST_DP_FAULT)
        status = ST_AP_FAULT;
    if (status == ST_OK)
        return status;
    swd->last_fault = address;
    return clear_sticky(swd, status);
}

/* A block read under way. AP reads are posted: each brings the value of the one before it. */
struct block {
    uint8_t *data;
    unsigned width;
    bool posted;      /* one is under way.. */
    uint32_t at;      /* ..for this offset */
    uint32_t address; /* ..from there */
};

static void store(const struct block *block, uint32_t value)
{
    value >>= 8 * (block->address % 4); /* byte lanes */
    for (unsigned i = 0; i < block->width; i++)
        block->data[block->at + i] = (uint8_t)(value >> 8 * i);
}

/* Takes the posted value: by the next read of DRW, or by RDBUFF. */
static uint8_t take(struct stlink_swd *swd, struct block *block, bool ap)
{
    uint32_t value = 0;
    uint8_t status = packet(swd, ap, true, ap ? AP_DRW : DP_RDBUFF, &value);

    if (status == ST_OK && block->posted)
        store(block, value);
    block->posted = status != ST_OK && block->posted;
    return status;
}

uint8_t stlink_swd_read(struct stlink_swd *swd, uint8_t ap, uint32_t address, unsigned width,
                        bool increment, uint8_t *data, uint32_t length)
{
    struct block block = {.data = data, .width = width};
    uint8_t status = begin(swd, ap, address, width, increment);
    uint32_t now = address;

    for (uint32_t at = 0; at < length && status == ST_OK; at += width) {
        now = increment ? address + at : address;
        if (at > 0 && increment && now % TAR_WRAP == 0) {
            status = take(swd, &block, false);
            if (status == ST_OK)
                status = set_address(swd, ap, now);
        }
        if (status == ST_OK)
            status = take(swd, &block, true);
        if (status == ST_OK)
            block = (struct block){data, width, true, at, now};
    }
    if (status == ST_OK && block.posted)
        status = take(swd, &block, false);
    /* A fault shows in the access after the one that had it. */
    return finish(swd, status == ST_DP_FAULT ? ST_AP_FAULT : status,
                  block.posted ? block.address : now);
}

uint8_t stlink_swd_write(struct stlink_swd *swd, uint8_t ap, uint32_t address, unsigned width,
                         bool increment, const uint8_t *data, uint32_t length)
{
    uint8_t status = begin(swd, ap, address, width, increment);
    uint32_t now = address;

    for (uint32_t at = 0; at < length && status == ST_OK; at += width) {
        uint32_t value = 0;

        now = increment ? address + at : address;
        if (at > 0 && increment && now % TAR_WRAP == 0)
            status = set_address(swd, ap, now);
        for (unsigned i = 0; i < width; i++)
            value |= (uint32_t)data[at + i] << 8 * i;
        value <<= 8 * (now % 4);
        if (status == ST_OK)
            status = packet(swd, true, false, AP_DRW, &value);
    }
    return finish(swd, flush_write(swd, status), now);
}

uint8_t stlink_swd_read32(struct stlink_swd *swd, uint8_t ap, uint32_t address, uint32_t *value)
{
    uint8_t bytes[4] = {0};
    uint8_t status = stlink_swd_read(swd, ap, address, 4, true, bytes, 4);

    *value = get_le32(bytes);
    return status;
}

uint8_t stlink_swd_write32(struct stlink_swd *swd, uint8_t ap, uint32_t address, uint32_t value)
{
    uint8_t bytes[4];

    put_le32(bytes, value);
    return stlink_swd_write(swd, ap, address, 4, true, bytes, 4);
}

static uint8_t wait_ready(struct stlink_swd *swd, uint8_t ap)
{
    for (int try = 0; try < REGRDY_TRIES; try++) {
        uint32_t dhcsr = 0;
        uint8_t status = stlink_swd_read32(swd, ap, DHCSR, &dhcsr);

        if (status != ST_OK)
            return status;
        if (dhcsr & DHCSR_S_REGRDY)
            return ST_OK;
    }
    return ST_UNKNOWN;
}

uint8_t stlink_swd_reg_read(struct stlink_swd *swd, uint8_t ap, uint8_t regsel, uint32_t *value)
{
    uint8_t status = stlink_swd_write32(swd, ap, DCRSR, regsel);

    if (status == ST_OK)
        status = wait_ready(swd, ap);
    return status == ST_OK ? stlink_swd_read32(swd, ap, DCRDR, value) : status;
}

uint8_t stlink_swd_reg_write(struct stlink_swd *swd, uint8_t ap, uint8_t regsel, uint32_t value)
{
    uint8_t status = stlink_swd_write32(swd, ap, DCRDR, value);

    if (status == ST_OK)
        status = stlink_swd_write32(swd, ap, DCRSR, 0x10000u | regsel);
    return status == ST_OK ? wait_ready(swd, ap) : status;
}

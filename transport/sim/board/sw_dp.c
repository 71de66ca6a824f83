/* SPDX-License-Identifier: MIT */
/* The SW-DP, packet by packet (Arm Debug Interface v5, IHI 0031, chapters B2 and B4). */
#include "sim/stm32/stm32_internal.h"

#define CTRL_ORUNDETECT (1u << 0)
#define CTRL_READOK (1u << 6)
#define CTRL_STICKY (DP_CTRL_STICKYORUN | DP_CTRL_STICKYCMP | DP_CTRL_STICKYERR | DP_CTRL_WDATAERR)
/* ORUNDETECT, TRNMODE, MASKLANE, TRNCNT and the three requests. */
#define CTRL_WRITABLE 0x54FFFF0Du
#define WCR_RESET 0x00000040u
#define SELECT_CTRLSEL 1u

void sim_link_power_up(struct sim_board *board)
{
    board->link = (struct sim_link){.state = SIM_LINK_DEAF, .wcr = WCR_RESET};
}

/* Is there a debug port at the other end of the wires? */
static bool link_alive(const struct sim_board *board)
{
    const struct sim_chip *chip = board->chip;

    if (!board->powered || !board->plugged || board->faults.noack ||
        !chip->gpio->swd_reachable(board) ||
        (chip->flash->is_sealed && chip->flash->is_sealed(board)))
        return false;
    return sim_mode_link_alive(board);
}

void sim_link_line_reset(struct sim_board *board)
{
    board->link.state = link_alive(board) ? SIM_LINK_RESET : SIM_LINK_DEAF;
}

/* --- registers --- */

static uint32_t read_ctrl_stat(const struct sim_link *link, bool powered)
{
    /* Power comes at once; a debug reset is never acknowledged, as on every STM32. */
    uint32_t requests = link->ctrl_stat & (DP_CTRL_CDBGPWRUPREQ | DP_CTRL_CSYSPWRUPREQ);

    return link->ctrl_stat | (powered ? requests << 1 : 0) | (link->read_ok ? CTRL_READOK : 0);
}

static uint32_t dp_read(struct sim_board *board, uint8_t reg)
{
    struct sim_link *link = &board->link;

    switch (reg) {
    case DP_DPIDR:
        return board->faults.clone ? board->faults.clone->dpidr : board->chip->dpidr;
    case DP_CTRL_STAT:
        return link->select & SELECT_CTRLSEL ? link->wcr
                                             : read_ctrl_stat(link, !board->faults.no_debug_power);
    case DP_SELECT: /* reads as RESEND */
        return link->last_read;
    default:
        link->read_ok = true;
        return link->last_read = link->rdbuff;
    }
}

static void write_abort(struct sim_board *board, uint32_t value)
{
    /* STKCMPCLR, STKERRCLR, WDERRCLR, ORUNERRCLR are bits 1..4, each for its flag. */
    static const uint32_t flags[] = {0, DP_CTRL_STICKYCMP, DP_CTRL_STICKYERR, DP_CTRL_WDATAERR,
                                     DP_CTRL_STICKYORUN};

    if (value & DP_ABORT_DAPABORT)
        sim_ap_abort(board);
    for (unsigned bit = 1; bit < 5; bit++)
        if (value & 1u << bit)
            board->link.ctrl_stat &= ~flags[bit];
}

static void dp_write(struct sim_board *board, uint8_t reg, uint32_t value)
{
    struct sim_link *link = &board->link;

    if (reg == DP_ABORT)
        write_abort(board, value);
    else if (reg == DP_SELECT)
        link->select = value;
    else if (reg == DP_CTRL_STAT && link->select & SELECT_CTRLSEL)
        link->wcr = value;
    else if (reg == DP_CTRL_STAT)
        link->ctrl_stat = (link->ctrl_stat & ~CTRL_WRITABLE) | (value & CTRL_WRITABLE);
}

/* --- packets --- */

/* Accesses that neither a stalled transfer nor a sticky flag keeps from working (B4.2.3, B4.2.4).
 */
static bool always_answered(bool ap, bool read, uint8_t reg)
{
    if (ap)
        return false;
    return reg == DP_DPIDR || (read && reg == DP_CTRL_STAT);
}

static enum swd_ack refuse(struct sim_link *link, enum swd_ack ack)
{
    if (link->ctrl_stat & CTRL_ORUNDETECT)
        link->ctrl_stat |= DP_CTRL_STICKYORUN;
    if (ack == SWD_FAULT)
        link->read_ok = false;
    return ack;
}

static enum swd_ack check_packet(struct sim_board *board, bool ap, bool read, uint8_t reg)
{
    struct sim_link *link = &board->link;

    if (always_answered(ap, read, reg))
        return SWD_OK;
    if (sim_ap_pending(board))
        return refuse(link, SWD_WAIT);
    if (ap && (!(link->ctrl_stat & DP_CTRL_CDBGPWRUPREQ) || board->faults.no_debug_power))
        link->ctrl_stat |= DP_CTRL_STICKYERR;
    return link->ctrl_stat & CTRL_STICKY ? refuse(link, SWD_FAULT) : SWD_OK;
}

static void do_access(struct sim_board *board, bool ap, bool read, uint8_t reg, uint32_t *value)
{
    struct sim_link *link = &board->link;

    if (!ap && read) {
        *value = dp_read(board, reg);
        link->said = link->alike;
    } else if (!ap) {
        dp_write(board, reg, *value);
    } else {
        uint32_t written = *value;
        uint8_t banked = (uint8_t)((link->select & 0xF0) | reg);
        if (read) {
            link->read_ok = true;
            *value = link->last_read = link->rdbuff;
            link->said = link->alike;
            link->alike = sim_wires_alike(board, link->select >> 24, banked);
        }
        sim_ap_access(board, link->select >> 24, banked, read, written);
    }
}

/* One bit of the data phase tips over. */
static enum swd_ack do_noisy_access(struct sim_board *board, bool ap, bool read, uint8_t reg,
                                    uint32_t *value)
{
    if (!read) { /* The port notices and ignores the data; ABORT has no sticky flag to set. */
        board->link.ctrl_stat |= DP_CTRL_WDATAERR;
        return SWD_OK;
    }
    do_access(board, ap, read, reg, value);
    *value ^= 1u << (board->faults.noise_state & 31);
    return SWD_PARITY;
}

static enum swd_ack silence(struct sim_board *board, bool read, uint32_t *value)
{
    board->link.state = SIM_LINK_DEAF;
    if (read)
        *value = board->faults.wires.low ? 0 : UINT32_MAX; /* the pull-up */
    return SWD_NONE;
}

enum swd_ack sim_link_packet(struct sim_board *board, bool ap, bool read, uint8_t reg,
                             uint32_t *value)
{
    struct sim_link *link = &board->link;

    enum sim_carried carried = sim_wires_carry(board);

    if (carried == SIM_LOST || !link_alive(board) || link->state == SIM_LINK_DEAF)
        return silence(board, read, value);
    if (link->state == SIM_LINK_RESET && (ap || !read || reg != DP_DPIDR))
        return silence(board, read, value);
    link->state = SIM_LINK_ACTIVE;
    enum swd_ack ack = check_packet(board, ap, read, reg);
    if (ack != SWD_OK)
        return ack;
    if (carried == SIM_GARBLED)
        return do_noisy_access(board, ap, read, reg, value);
    do_access(board, ap, read, reg, value);
    return read ? sim_wires_mix(board, ap, reg, value) : SWD_OK;
}

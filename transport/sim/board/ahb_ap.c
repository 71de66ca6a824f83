/* SPDX-License-Identifier: MIT */
/* The AHB-AP of Cortex-M3 and M4 (DDI 0337, chapter 11) as a MEM-AP (IHI 0031, chapter C2). */
#include "sim/stm32/stm32_internal.h"

#define CSW_RESET 0x43000000u
#define CSW_SIZE 0x7u
#define CSW_ADDRINC 0x30u
#define CSW_CACHEABLE (1u << 27) /* HPROT[3] */
#define CSW_WRITABLE (0x3F000000u | CSW_ADDRINC | CSW_SIZE)
/* The address register counts in its twelve lowest bits (DDI 0337, AHB-AP CSW: "wraps within a 4 KB
 * address boundary"); the architecture promises ten. */
#define AUTO_INCREMENT_MASK 0xFFFu
#define TRNMODE(ctrl_stat) ((ctrl_stat) >> 2 & 3)
#define MASKLANE(ctrl_stat) ((ctrl_stat) >> 8 & 15)
enum { TRNMODE_VERIFY = 1, TRNMODE_COMPARE = 2 };

void sim_ap_power_up(struct sim_board *board)
{
    for (unsigned i = 0; i < SIM_APS; i++)
        board->aps[i] = (struct sim_ahb_ap){.csw = CSW_RESET | AP_CSW_SIZE_32};
}

/* NULL: it is a core's. */
static const struct sim_extra_ap *extra_of(const struct sim_board *board,
                                           const struct sim_ahb_ap *ap)
{
    const struct sim_extra_ap *extra = &board->chip->aps[ap - board->aps];

    return extra->idr ? extra : NULL;
}

static bool is_first_cores(const struct sim_board *board, const struct sim_ahb_ap *ap)
{
    return ap == &board->aps[board->chip->core_ap];
}

static struct sim_cpu *cpu_of(const struct sim_board *board, const struct sim_ahb_ap *ap)
{
    return is_first_cores(board, ap) ? board->cpu : board->second;
}

/* A core that was not let go yet has no clock that would answer; one of a closed product is out of
 * reach. */
static bool answers(const struct sim_board *board, const struct sim_ahb_ap *ap)
{
    const struct sim_chip *chip = board->chip;

    if (board->faults.closed)
        return false;
    if (is_first_cores(board, ap))
        return !chip->core_open || chip->core_open(board);
    return extra_of(board, ap) || sim_second_runs(board);
}

/* Its core, for an access with the attributes that CSW has. */
static struct sim_cpu *reach(const struct sim_board *board, const struct sim_ahb_ap *ap)
{
    struct sim_cpu *cpu = cpu_of(board, ap);

    cpu->debug_cacheable = ap->csw & CSW_CACHEABLE;
    return cpu;
}

static bool read_bus(struct sim_board *board, const struct sim_ahb_ap *ap, uint32_t *value)
{
    const struct sim_extra_ap *extra = extra_of(board, ap);
    uint32_t address = ap->pending_address;

    return extra ? sim_extra_ap_read(board, extra, address, ap->pending_width, value)
                 : sim_cpu_debug_read(reach(board, ap), address, ap->pending_width, value);
}

static bool write_bus(struct sim_board *board, const struct sim_ahb_ap *ap, uint32_t value)
{
    const struct sim_extra_ap *extra = extra_of(board, ap);
    uint32_t address = ap->pending_address;

    return extra ? sim_extra_ap_write(board, extra, address, ap->pending_width, value)
                 : sim_cpu_debug_write(reach(board, ap), address, ap->pending_width, value);
}

static uint32_t read_csw(const struct sim_ahb_ap *ap, bool closed)
{
    return ap->csw | (closed ? 0 : AP_CSW_DEVICEEN) | (ap->pending ? AP_CSW_TRINPROG : 0);
}

/* Packed transfers and sizes above a word are not implemented and do not read back (C2.2.1). */
static void write_csw(struct sim_ahb_ap *ap, uint32_t value)
{
    ap->csw = value & CSW_WRITABLE;
    if ((ap->csw & CSW_SIZE) > AP_CSW_SIZE_32)
        ap->csw = (ap->csw & ~CSW_SIZE) | AP_CSW_SIZE_32;
    if ((ap->csw & CSW_ADDRINC) > AP_CSW_ADDRINC_SINGLE)
        ap->csw &= ~CSW_ADDRINC;
}

static void increment_tar(struct sim_ahb_ap *ap, unsigned width)
{
    ap->tar = (ap->tar & ~AUTO_INCREMENT_MASK) | ((ap->tar + width) & AUTO_INCREMENT_MASK);
}

/* Bits of the bus word that an access of this width drives. */
static uint32_t lane_mask(unsigned width)
{
    return width == 4 ? UINT32_MAX : (1u << width * 8) - 1;
}

/* Data of bytes and halfwords travel in the byte lanes of their address (C2.2.6). */
static unsigned lane_shift(const struct sim_ahb_ap *ap)
{
    return (ap->pending_address & 3) * 8;
}

static uint32_t expand_lanes(uint32_t lanes)
{
    uint32_t mask = 0;

    for (unsigned i = 0; i < 4; i++)
        if (lanes & 1u << i)
            mask |= 0xFFu << i * 8;
    return mask;
}

/* Pushed verify and compare: the write's data are only compared (B2.3.2). */
static bool pushed_compare(struct sim_board *board, struct sim_ahb_ap *ap)
{
    uint32_t ctrl = board->link.ctrl_stat, value;

    if (!read_bus(board, ap, &value))
        return false;
    uint32_t differs = (value << lane_shift(ap) ^ ap->pending_value) & expand_lanes(MASKLANE(ctrl));
    if ((TRNMODE(ctrl) == TRNMODE_VERIFY) == (differs != 0))
        board->link.ctrl_stat |= DP_CTRL_STICKYCMP;
    return true;
}

static bool do_write(struct sim_board *board, struct sim_ahb_ap *ap)
{
    uint32_t value = ap->pending_value >> lane_shift(ap) & lane_mask(ap->pending_width);

    if (TRNMODE(board->link.ctrl_stat) != 0)
        return pushed_compare(board, ap);
    return write_bus(board, ap, value);
}

static bool do_read(struct sim_board *board, struct sim_ahb_ap *ap)
{
    uint32_t value = 0;

    if (!read_bus(board, ap, &value))
        return false;
    board->link.rdbuff = value << lane_shift(ap);
    return true;
}

static void complete(struct sim_board *board, struct sim_ahb_ap *ap)
{
    if (!ap->pending ||
        sim_map_busy_until(board, ap->pending_address, ap->pending_read) > board->now_ps)
        return;
    ap->pending = false;
    bool good = answers(board, ap) && ap->pending_address % ap->pending_width == 0;
    if (!good || !(ap->pending_read ? do_read(board, ap) : do_write(board, ap)))
        board->link.ctrl_stat |= DP_CTRL_STICKYERR;
    else if (ap->pending_increments)
        increment_tar(ap, ap->pending_width);
}

void sim_ap_complete(struct sim_board *board)
{
    for (unsigned i = 0; i < SIM_APS; i++)
        complete(board, &board->aps[i]);
}

bool sim_ap_pending(const struct sim_board *board)
{
    bool pending = false;

    for (unsigned i = 0; i < SIM_APS; i++)
        pending |= board->aps[i].pending;
    return pending;
}

void sim_ap_abort(struct sim_board *board)
{
    for (unsigned i = 0; i < SIM_APS; i++)
        board->aps[i].pending = false;
}

static void begin_transfer(struct sim_board *board, struct sim_ahb_ap *ap, uint32_t address,
                           unsigned width, bool increments, bool read, uint32_t value)
{
    board->debugger_seen = true;
    ap->pending = true;
    ap->pending_read = read;
    ap->pending_address = address;
    ap->pending_width = width;
    ap->pending_increments = increments;
    ap->pending_value = value;
    complete(board, ap);
}

static void access_data(struct sim_board *board, struct sim_ahb_ap *ap, uint8_t reg, bool read,
                        uint32_t value)
{
    if (reg == AP_DRW)
        begin_transfer(board, ap, ap->tar, 1u << (ap->csw & CSW_SIZE), (ap->csw & CSW_ADDRINC) != 0,
                       read, value);
    else
        begin_transfer(board, ap, (ap->tar & ~15u) | (reg & 12u), 4, false, read, value);
}

static uint32_t read_register(const struct sim_board *board, const struct sim_ahb_ap *ap,
                              uint8_t reg)
{
    const struct sim_chip *chip = board->chip;
    const struct sim_extra_ap *extra = extra_of(board, ap);
    bool first = is_first_cores(board, ap);

    switch (reg) {
    case AP_CSW:
        return read_csw(ap, board->faults.closed);
    case AP_TAR:
        return ap->tar;
    case AP_BASE:
        return extra ? extra->base : first ? chip->ap_base : chip->second.ap_base;
    case AP_IDR:
        return extra ? extra->idr : first ? chip->ap_idr : chip->second.ap_idr;
    default:
        return 0; /* CFG among them: little-endian */
    }
}

static bool is_there(const struct sim_board *board, unsigned number)
{
    if (number >= SIM_APS)
        return false;
    return number == board->chip->core_ap || (number == 1 && board->second) ||
           board->chip->aps[number].idr;
}

void sim_ap_access(struct sim_board *board, unsigned number, uint8_t reg, bool read, uint32_t value)
{
    bool there = is_there(board, number);
    struct sim_ahb_ap *ap = &board->aps[there ? number : 0];

    if (!there) { /* nothing there: all registers read as 0, IDR too (C1.2.2) */
        if (read)
            board->link.rdbuff = 0;
    } else if (reg == AP_DRW || (reg & 0xF0) == AP_BD0) {
        access_data(board, ap, reg, read, value);
    } else if (read) {
        board->link.rdbuff = read_register(board, ap, reg);
    } else if (reg == AP_CSW) {
        write_csw(ap, value);
    } else if (reg == AP_TAR) {
        ap->tar = value;
    }
}

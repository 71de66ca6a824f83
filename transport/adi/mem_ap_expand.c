/* SPDX-License-Identifier: MIT */
/* IHI 0031 chapter C2 (MEM-AP), DDI 0403 section C1.6 (core registers by DCRSR and DCRDR). */
#include "adi/mem_ap_internal.h"

#include "base/bytes.h"

/* Accesses the longest indivisible step can take: SELECT, CSW, TAR, SELECT, check, data twice. */
enum { STEP_ROOM = 10 };

uint32_t mem_ap_address(const struct op *op, uint32_t step)
{
    bool block = op->kind == OP_READ || op->kind == OP_WRITE;

    return block && op->increment ? op->address + step * op->width : op->address;
}

bool mem_ap_is_data(const struct dap_access *access)
{
    return access->port != DAP_PORT_DP && (access->reg == AP_DRW || (access->reg & 0xF0) == AP_BD0);
}

static void push(struct mem_ap_run *run, enum mem_ap_slot_kind kind, struct dap_access access)
{
    run->list[run->used] = access;
    run->slots[run->used] = (struct mem_ap_slot){.at = run->next, .kind = (uint8_t)kind};
    run->used++;
}

static void push_dp(struct mem_ap_run *run, enum mem_ap_slot_kind kind, uint8_t reg, bool read,
                    uint32_t value)
{
    push(run, kind,
         (struct dap_access){.port = DAP_PORT_DP, .reg = reg, .read = read, .value = value});
}

/* --- SELECT, CSW, TAR: written only when they hold something else --- */

static void set_select(struct mem_ap_run *run, uint32_t select)
{
    struct dap *dap = &run->probe->dap;

    if (dap->select_known && dap->select == select)
        return;
    push_dp(run, SLOT_SETUP, DP_SELECT, false, select);
    dap->select_known = true;
    dap->select = select;
}

static void push_ap(struct mem_ap_run *run, enum mem_ap_slot_kind kind, uint8_t ap, uint8_t reg,
                    bool read, uint32_t value)
{
    set_select(run, (uint32_t)ap << 24 | (reg & 0xF0u));
    push(run, kind, (struct dap_access){.port = ap, .reg = reg, .read = read, .value = value});
}

static bool cached(uint8_t known, uint8_t ap)
{
    return ap < DAP_AP_COUNT && known >> ap & 1;
}

static void set_csw(struct mem_ap_run *run, uint8_t ap, uint32_t csw)
{
    struct dap *dap = &run->probe->dap;

    if (cached(dap->csw_known, ap) && dap->csw[ap] == csw)
        return;
    push_ap(run, SLOT_SETUP, ap, AP_CSW, false, csw);
    if (ap < DAP_AP_COUNT) {
        dap->csw[ap] = csw;
        dap->csw_known |= (uint8_t)(1u << ap);
    }
}

static void set_tar(struct mem_ap_run *run, uint8_t ap, uint32_t address)
{
    struct dap *dap = &run->probe->dap;

    if (cached(dap->tar_known, ap) && dap->tar[ap] == address)
        return;
    push_ap(run, SLOT_SETUP, ap, AP_TAR, false, address);
    if (ap < DAP_AP_COUNT) {
        dap->tar[ap] = address;
        dap->tar_known |= (uint8_t)(1u << ap);
    }
}

static void forget_tar(struct dap *dap, uint8_t ap)
{
    if (ap < DAP_AP_COUNT)
        dap->tar_known &= (uint8_t) ~(1u << ap);
}

/* Increment is only promised for the low ten bits; what follows at a 1 KiB boundary is not. */
static void tar_moved(struct dap *dap, uint8_t ap, uint8_t width)
{
    if (ap >= DAP_AP_COUNT)
        return;
    dap->tar[ap] += width;
    if ((dap->tar[ap] & 0x3FF) == 0)
        forget_tar(dap, ap);
}

/* Banked data registers reach the 16 bytes around TAR whatever its low bits are. */
static void set_tar_block(struct mem_ap_run *run, uint8_t ap, uint32_t address)
{
    const struct dap *dap = &run->probe->dap;

    if (!cached(dap->tar_known, ap) || (dap->tar[ap] ^ address) & ~0xFu)
        set_tar(run, ap, address & ~0xFu);
}

/* --- operations --- */

static void next_op(struct mem_ap_run *run)
{
    run->next.op++;
    run->next.step = 0;
}

static uint32_t csw_of(const struct mem_ap_run *run, uint8_t ap, uint32_t size, bool increment)
{
    bool cacheable = ap < DAP_AP_COUNT && run->probe->dap.cacheable >> ap & 1;

    return AP_CSW_PROT | size | (increment ? AP_CSW_ADDRINC_SINGLE : 0) |
           (cacheable ? AP_CSW_CACHEABLE : 0);
}

static uint32_t csw_for(const struct mem_ap_run *run, const struct op *op)
{
    uint32_t size = op->width == 1   ? AP_CSW_SIZE_8
                    : op->width == 2 ? AP_CSW_SIZE_16
                                     : AP_CSW_SIZE_32;
    /* A single element needs no fixed address: one CSW value less to switch between. */
    bool increment = op->increment || op->count == 1;

    return csw_of(run, op->ap, size, increment);
}

static uint32_t write_value(const struct op *op, uint32_t step)
{
    if (op->inline_data)
        return op->value;
    const uint8_t *from = (const uint8_t *)op->data + (size_t)step * op->width;
    return op->width == 1 ? *from : op->width == 2 ? get_le16(from) : get_le32(from);
}

/* So that a FAULT can be told apart: a write's own shows at the access behind it. */
static void check_write_before(struct mem_ap_run *run)
{
    const struct dap_access *last = run->used ? &run->list[run->used - 1] : NULL;

    if (last && !last->read && mem_ap_is_data(last))
        push_dp(run, SLOT_CHECK, DP_RDBUFF, true, 0);
}

/* Memory may be read early, or again, and RAM written so; everything else is done once (the system
 * address map, DDI 0403, B3.1). The debugger's own registers are not read in vain: note_cleared().
 */
static bool happens_once(const struct op *op, uint32_t address)
{
    bool ram = address >> 29 == 1, device = address >> 29 == 2 || address >> 29 >= 5;
    bool system = address >> 28 == 0xE;

    if (!op->increment && op->count > 1)
        return true;
    return op->kind == OP_READ ? device && !system : !ram;
}

/* The banked data registers show the block around TAR, and it takes no SELECT to reach them. */
static bool is_in_sight(const struct mem_ap_run *run, const struct op *op, uint32_t csw)
{
    const struct dap *dap = &run->probe->dap;

    return op->width == 4 && op->count == 1 && cached(dap->csw_known, op->ap) &&
           cached(dap->tar_known, op->ap) && dap->csw[op->ap] == csw && dap->select_known &&
           dap->select == ((uint32_t)op->ap << 24 | AP_BD0) &&
           ((dap->tar[op->ap] ^ op->address) & ~0xFu) == 0;
}

static void push_element(struct mem_ap_run *run, const struct op *op)
{
    uint32_t address = mem_ap_address(op, run->next.step), csw = csw_for(run, op);
    bool read = op->kind == OP_READ, in_sight = is_in_sight(run, op, csw);
    uint8_t reg = in_sight ? (uint8_t)(AP_BD0 | (address & 0xC)) : AP_DRW;
    uint32_t lane = 8 * (address & 3);

    if (!in_sight) {
        set_csw(run, op->ap, csw);
        set_tar(run, op->ap, address);
    }
    if (read)
        check_write_before(run);
    push_ap(run, SLOT_ELEMENT, op->ap, reg, read,
            read ? 0 : write_value(op, run->next.step) << lane);
    run->list[run->used - 1].once = happens_once(op, address);
    if (!in_sight && csw & AP_CSW_ADDRINC_SINGLE)
        tar_moved(&run->probe->dap, op->ap, op->width);
}

static void expand_block(struct mem_ap_run *run, const struct op *op)
{
    while (run->next.step < op->count && run->used + STEP_ROOM <= run->limit) {
        push_element(run, op);
        run->next.step++;
    }
    if (run->next.step == op->count)
        next_op(run);
}

static void push_reg_request(struct mem_ap_run *run, const struct op *op)
{
    if (op->kind == OP_REG_WRITE) {
        push_ap(run, SLOT_SETUP, op->ap, BD_DCRDR, false, op->value);
        push_ap(run, SLOT_SETUP, op->ap, BD_DCRSR, false, op->address | DCRSR_WRITE);
    } else {
        push_ap(run, SLOT_SETUP, op->ap, BD_DCRSR, false, op->address);
    }
}

/* All steps at once; DHCSR tells afterwards whether what DCRDR gave may be believed. */
static void expand_reg(struct mem_ap_run *run, const struct op *op)
{
    bool idle_first = run->careful && run->next.step == REG_IDLE;

    run->has_reg = true;
    run->has_reg_read |= op->kind == OP_REG_READ;
    set_csw(run, op->ap, csw_of(run, op->ap, AP_CSW_SIZE_32, true));
    set_tar_block(run, op->ap, DEBUG_BLOCK);
    if (idle_first) {
        push_ap(run, SLOT_STATUS, op->ap, BD_DHCSR, true, 0);
        run->next.step = REG_REQUEST;
        return;
    }
    if (run->next.step <= REG_REQUEST) {
        run->next.step = REG_REQUEST;
        push_reg_request(run, op);
    }
    if (run->next.step <= REG_STATUS) {
        run->next.step = REG_STATUS;
        push_ap(run, SLOT_STATUS, op->ap, BD_DHCSR, true, 0);
    }
    run->next.step = REG_VALUE;
    if (op->kind == OP_REG_READ)
        push_ap(run, SLOT_RESULT, op->ap, BD_DCRDR, true, 0);
    next_op(run);
}

/* What follows a wait shares its trip where the probe looks by itself. Reading DHCSR clears what it
 * says of a reset: a look in front keeps that, and behind it a reset takes longer than one read. */
static bool shares_trip(const struct mem_ap_run *run)
{
    return run->probe->driver->matches && run->next.op + 1 < run->count &&
           run->ops[run->next.op + 1].kind != OP_BARRIER;
}

/* Returns false when the batch ends behind it. */
static bool expand_wait(struct mem_ap_run *run, const struct op *op)
{
    uint8_t reg = (uint8_t)(AP_BD0 | (op->address & 0xC));
    bool shared = shares_trip(run);

    set_csw(run, op->ap, csw_of(run, op->ap, AP_CSW_SIZE_32, true));
    set_tar_block(run, op->ap, op->address);
    check_write_before(run);
    push_ap(run, shared ? SLOT_LOOK : SLOT_WAIT, op->ap, reg, true, 0);
    if (shared) {
        push_dp(run, SLOT_SETUP, 0, false, op->mask);
        run->list[run->used - 1].match = true;
        push_ap(run, SLOT_MATCH, op->ap, reg, true, op->value);
        run->list[run->used - 1].match = true;
    }
    next_op(run);
    return shared;
}

/* Between operations SELECT always addresses DP bank 0. */
static void expand_dp(struct mem_ap_run *run, const struct op *op)
{
    uint8_t reg = op->address & 0xC, bank = op->address >> 4 & 0xF;
    bool read = op->kind == OP_DP_READ;

    if (bank || (reg == DP_CTRL_STAT && !run->probe->dap.select_known))
        set_select(run, bank);
    push_dp(run, SLOT_RESULT, reg, read, op->value);
    run->list[run->used - 1].once = true;
    if (bank)
        set_select(run, 0);
    if (!read && reg == DP_SELECT)
        run->probe->dap.select_known = false;
    next_op(run);
}

static void expand_ap(struct mem_ap_run *run, const struct op *op)
{
    struct dap *dap = &run->probe->dap;
    bool read = op->kind == OP_AP_READ;

    push_ap(run, SLOT_RESULT, op->ap, (uint8_t)(op->address & 0xFC), read, op->value);
    run->list[run->used - 1].once = true;
    if (!read && op->address == AP_CSW && op->ap < DAP_AP_COUNT)
        dap->csw_known &= (uint8_t) ~(1u << op->ap);
    if (op->address == AP_DRW || (!read && op->address == AP_TAR))
        forget_tar(dap, op->ap);
    next_op(run);
}

/* A late S_REGRDY makes everything behind it happen twice, so nothing stands behind a register
 * operation in its batch that must not. */
static bool must_see_registers_first(const struct mem_ap_run *run, const struct op *op)
{
    switch (op->kind) {
    case OP_READ:
        return run->has_reg && !op->increment;
    case OP_WRITE:
    case OP_DP_WRITE:
    case OP_AP_WRITE:
    case OP_AP_READ:
        return run->has_reg;
    case OP_REG_WRITE:
        return run->has_reg_read;
    default:
        return false;
    }
}

/* Returns false when the batch ends behind this operation. */
static bool expand_op(struct mem_ap_run *run, const struct op *op)
{
    switch (op->kind) {
    case OP_READ:
    case OP_WRITE:
        expand_block(run, op);
        return true;
    case OP_REG_READ:
    case OP_REG_WRITE:
        expand_reg(run, op);
        return !run->careful;
    case OP_WAIT:
        return expand_wait(run, op);
    case OP_BARRIER:
        next_op(run);
        return false;
    case OP_DP_READ:
    case OP_DP_WRITE:
        expand_dp(run, op);
        return true;
    case OP_AP_READ:
    case OP_AP_WRITE:
        expand_ap(run, op);
        return true;
    }
    return false;
}

void mem_ap_expand(struct mem_ap_run *run)
{
    bool more = true;

    run->used = 0;
    run->has_reg = run->has_reg_read = false;
    while (more && run->next.op < run->count && run->used + STEP_ROOM <= run->limit) {
        const struct op *op = &run->ops[run->next.op];
        if (must_see_registers_first(run, op))
            break;
        more = expand_op(run, op);
    }
    check_write_before(run);
}

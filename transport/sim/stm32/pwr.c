/* SPDX-License-Identifier: MIT */
/* Power control as F0, F1 and F3 have it (RM0008, 5.4): what deep sleep is, whether the backup
 * domain may be written, what woke the chip. Its row's facts say which bits there are. */
#include "sim/stm32/stm32_internal.h"

enum { CR = 0x00, CSR = 0x04 };
#define CR_PDDS (1u << 1)
#define CR_CWUF (1u << 2)
#define CR_CSBF (1u << 3)
#define CR_DBP (1u << 8)
#define CSR_WUF (1u << 0)
#define CSR_SBF (1u << 1)
#define CSR_EWUP (1u << 8)
#define CSR_FLAGS (CSR_WUF | CSR_SBF)
enum { WKUP_PORT = SIM_PA, WKUP_PIN = 0 };

struct pwr {
    uint32_t cr, csr;
    bool wkup; /* the level of that pin */
};

static const struct sim_pwr_facts *facts_of(const struct sim_part *part)
{
    return part->row->facts;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct pwr *pwr = part->state;

    *value = 0;
    if (offset == CR)
        *value = pwr->cr;
    else if (offset == CSR)
        *value = pwr->csr;
    return true;
}

/* What the rest of the chip knows of it. */
static void publish(struct sim_part *part)
{
    const struct pwr *pwr = part->state;

    part->board->backup_open = pwr->cr & CR_DBP;
    part->board->standby_chosen = pwr->cr & CR_PDDS;
}

static void write_cr(struct sim_part *part, uint32_t value)
{
    struct pwr *pwr = part->state;

    pwr->cr = value & facts_of(part)->cr_writable & ~(CR_CWUF | CR_CSBF);
    if (value & CR_CWUF)
        pwr->csr &= ~CSR_WUF;
    if (value & CR_CSBF)
        pwr->csr &= ~CSR_SBF;
    publish(part);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct pwr *pwr = part->state;
    uint32_t writable = facts_of(part)->csr_writable;

    if (offset == CR)
        write_cr(part, value);
    else if (offset == CSR)
        pwr->csr = (pwr->csr & ~writable) | (value & writable);
    return true;
}

static void wake(struct sim_part *part)
{
    struct pwr *pwr = part->state;

    pwr->csr |= CSR_WUF;
    sim_standby_wake(part->board);
}

void sim_pwr_wake(struct sim_board *board)
{
    if (board->pwr)
        wake(board->pwr);
}

void sim_pwr_look(struct sim_board *board)
{
    struct pwr *pwr = board->pwr ? board->pwr->state : NULL;
    bool level = sim_pin_driven_high(board, WKUP_PORT, WKUP_PIN);

    if (!pwr)
        return;
    bool rises = level && !pwr->wkup;
    pwr->wkup = level;
    if (rises && pwr->csr & CSR_EWUP)
        wake(board->pwr);
}

/* Out of Standby the flags tell of it; every other reset but that of power leaves SBF (5.4.2). */
static void reset(struct sim_part *part)
{
    struct pwr *pwr = part->state;
    bool standby = part->board->reset_cause == SIM_CAUSE_STANDBY;
    uint32_t kept = pwr->csr & (standby ? CSR_FLAGS : CSR_SBF);

    if (part->board->reset_cause == SIM_CAUSE_POWER)
        kept = 0;
    *pwr = (struct pwr){.csr = kept, .wkup = pwr->wkup};
    if (standby)
        pwr->csr |= CSR_SBF;
    publish(part);
}

const struct sim_device sim_device_pwr = {
    .state_size = sizeof(struct pwr),
    .read = read,
    .write = write,
    .reset = reset,
};

/* A second wake-up pin can be switched on, and does nothing here. */
const struct sim_pwr_facts sim_pwr_f0 = {.cr_writable = 0x1FF, .csr_writable = 3 * CSR_EWUP};
const struct sim_pwr_facts sim_pwr_f1 = {.cr_writable = 0x1FF, .csr_writable = CSR_EWUP};

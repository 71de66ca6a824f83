/* SPDX-License-Identifier: MIT */
/* An I2C as F1, F2, F4 and L1 have it (RM0008, chapter 26), with nobody else at the bus: a master
 * gets its start condition, and no address is acknowledged; a slave is never called. */
#include "sim/stm32/stm32_internal.h"

enum {
    CR1 = 0x00,
    CR2 = 0x04,
    DR = 0x10,
    SR1 = 0x14,
    SR2 = 0x18,
    TRISE = 0x20,
    WORDS = TRISE / 4 + 1
};
enum { IRQ_EVENT, IRQ_ERROR, STANDARD_KHZ = 100, ADDRESS_BITS = 9 };
#define CR1_PE (1u << 0)
#define CR1_START (1u << 8)
#define CR1_STOP (1u << 9)
#define CR1_SWRST (1u << 15)
#define CR2_ITERREN (1u << 8)
#define CR2_ITEVTEN (1u << 9)
#define SR1_SB (1u << 0)
#define SR1_AF (1u << 10)
#define SR1_ERRORS 0xDF00u
#define SR2_MSL (1u << 0)
#define SR2_BUSY (1u << 1)

struct i2c {
    uint32_t registers[WORDS];     /* by offset / 4 */
    uint64_t start_ps, address_ps; /* when the condition is made, the answer missing; 0: not due */
};

static void update_irqs(struct sim_part *part)
{
    const struct i2c *i2c = part->state;
    uint32_t cr2 = i2c->registers[CR2 / 4], sr1 = i2c->registers[SR1 / 4];

    sim_part_irq(part, IRQ_EVENT, cr2 & CR2_ITEVTEN && sr1 & SR1_SB);
    sim_part_irq(part, IRQ_ERROR, cr2 & CR2_ITERREN && sr1 & SR1_ERRORS);
}

static uint64_t bits_ps(unsigned bits)
{
    return sim_cycles_to_ps(bits, STANDARD_KHZ);
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct i2c *i2c = part->state;

    if (i2c->start_ps != 0 && i2c->start_ps <= now_ps) {
        i2c->start_ps = 0;
        i2c->registers[CR1 / 4] &= ~CR1_START;
        i2c->registers[SR1 / 4] |= SR1_SB;
        i2c->registers[SR2 / 4] |= SR2_MSL | SR2_BUSY;
    }
    if (i2c->address_ps != 0 && i2c->address_ps <= now_ps) {
        i2c->address_ps = 0;
        i2c->registers[SR1 / 4] |= SR1_AF;
    }
    update_irqs(part);
    uint64_t next = i2c->start_ps ? i2c->start_ps : i2c->address_ps;
    return next ? next : SIM_NEVER;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct i2c *i2c = part->state;

    *value = offset / 4 < WORDS ? i2c->registers[offset / 4] : 0;
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct i2c *)part->state = (struct i2c){.registers[TRISE / 4] = 2};
    update_irqs(part);
}

/* The bits that hardware clears are cleared at once, but for START. */
static void write_cr1(struct sim_part *part, uint32_t value)
{
    struct i2c *i2c = part->state;

    i2c->registers[CR1 / 4] = value & 0xFFFF & ~(CR1_STOP | CR1_START);
    if (value & CR1_SWRST) {
        reset(part);
        i2c->registers[CR1 / 4] = CR1_SWRST;
        return;
    }
    if (value & CR1_STOP || !(value & CR1_PE)) {
        i2c->registers[SR2 / 4] &= ~(SR2_MSL | SR2_BUSY);
        i2c->start_ps = i2c->address_ps = 0;
    }
    if (value & CR1_START && value & CR1_PE) {
        i2c->registers[CR1 / 4] |= CR1_START;
        i2c->start_ps = sim_part_now(part) + bits_ps(1);
    }
}

/* Behind a start condition: the address. */
static void write_dr(struct sim_part *part, uint32_t value)
{
    struct i2c *i2c = part->state;

    i2c->registers[DR / 4] = value & 0xFF;
    if (!(i2c->registers[SR1 / 4] & SR1_SB))
        return;
    i2c->registers[SR1 / 4] &= ~SR1_SB;
    i2c->address_ps = sim_part_now(part) + bits_ps(ADDRESS_BITS);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct i2c *i2c = part->state;

    if (offset == CR1)
        write_cr1(part, value);
    else if (offset == DR)
        write_dr(part, value);
    else if (offset == SR1) /* zeros clear errors */
        i2c->registers[SR1 / 4] &= value | ~SR1_ERRORS;
    else if (offset != SR2 && offset / 4 < WORDS)
        i2c->registers[offset / 4] = value & 0xFFFF;
    update_irqs(part);
    return true;
}

const struct sim_device sim_device_i2c = {
    .state_size = sizeof(struct i2c),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
};

/* SPDX-License-Identifier: MIT */
/* The registers of a USART of all families but F1, F2, F4 and L1 (RM0360, chapter 23): flags in
 * ISR, cleared in ICR, a register for each direction. */
#include "sim/stm32/usart_internal.h"

enum {
    CR1 = 0x00,
    CR2 = 0x04,
    CR3 = 0x08,
    BRR = 0x0C,
    GTPR = 0x10,
    RQR = 0x18,
    ISR = 0x1C,
    ICR = 0x20,
    RDR = 0x24,
    TDR = 0x28,
};
#define CR1_UE (1u << 0)
#define CR1_RE (1u << 2)
#define CR1_TE (1u << 3)
#define RQR_RXFRQ (1u << 3)
#define ISR_TEACK (1u << 21)
#define ISR_REACK (1u << 22)

static uint32_t *plain_register(struct usart *usart, uint32_t offset)
{
    uint32_t *const registers[] = {&usart->cr1, &usart->cr2, &usart->cr3, &usart->brr,
                                   &usart->gtpr};

    return offset <= GTPR ? registers[offset / 4] : NULL;
}

/* Enabled is acknowledged at once. */
static uint32_t read_isr(const struct usart *usart)
{
    bool on = usart->cr1 & CR1_UE;

    return usart->sr | (on && usart->cr1 & CR1_TE ? ISR_TEACK : 0) |
           (on && usart->cr1 & CR1_RE ? ISR_REACK : 0);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    struct usart *usart = part->state;
    const uint32_t *plain = plain_register(usart, offset);

    if (plain)
        *value = *plain;
    else if (offset == RDR)
        *value = sim_usart_take(part);
    else
        *value = offset == ISR ? read_isr(usart) : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct usart *usart = part->state;
    uint32_t *plain = plain_register(usart, offset);

    if (plain)
        *plain = value;
    else if (offset == TDR)
        sim_usart_send(part, value);
    else if (offset == ICR)
        usart->sr &= ~(value & (SIM_USART_ORE | SIM_USART_TC));
    else if (offset == RQR && value & RQR_RXFRQ)
        usart->sr &= ~SIM_USART_RXNE;
    sim_usart_update_irq(part);
    return true;
}

static void reset(struct sim_part *part)
{
    sim_usart_reset(part, CR1_UE);
}

const struct sim_device sim_device_usart_isr = {
    .state_size = sizeof(struct usart),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_usart_sync,
};

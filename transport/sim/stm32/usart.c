/* SPDX-License-Identifier: MIT */
/* A USART as an asynchronous port: a character takes its time on the wire. What the program sends
 * is collected, what the user types is received. Its registers as F1, F2, F4 and L1 have them
 * (RM0008, chapter 27); usart_isr.c has the others'. */
#include <string.h>

#include "sim/stm32/usart_internal.h"

enum { SR = 0x00, DR = 0x04, BRR = 0x08, CR1 = 0x0C, CR2 = 0x10, CR3 = 0x14, GTPR = 0x18 };
enum { BITS_A_CHARACTER = 10, SLOWEST_BRR = 0xFFFF };
#define CR1_RE (1u << 2)
#define CR1_TE (1u << 3)
#define CR1_RXNEIE (1u << 5)
#define CR1_TCIE (1u << 6)
#define CR1_TXEIE (1u << 7)
#define CR3_DMAR (1u << 6)
#define CR3_DMAT (1u << 7)
enum { DMA_RX, DMA_TX }; /* in its row */
#define CR1_UE (1u << 13)

uint64_t sim_usart_character_ps(const struct sim_part *part)
{
    const struct usart *usart = part->state;
    uint32_t divider = usart->brr & SLOWEST_BRR;

    if (divider == 0)
        divider = SLOWEST_BRR;
    return (uint64_t)divider * BITS_A_CHARACTER * 1000000000 /
           part->board->chip->rcc->khz(part->board, part->row->clock);
}

void sim_usart_update_irq(struct sim_part *part)
{
    const struct usart *usart = part->state;
    bool on = usart->cr1 & usart->enable;
    uint32_t causes = 0;

    if (usart->cr1 & CR1_RXNEIE)
        causes |= SIM_USART_RXNE | SIM_USART_ORE;
    causes |= usart->cr1 & (CR1_TCIE | CR1_TXEIE); /* same places in SR */
    sim_part_irq(part, 0, on && usart->sr & causes);
    sim_dma_line(part, DMA_RX, on && usart->cr3 & CR3_DMAR && usart->sr & SIM_USART_RXNE);
    sim_dma_line(part, DMA_TX, on && usart->cr3 & CR3_DMAT && usart->sr & SIM_USART_TXE);
}

/* --- sending --- */

static void collect(struct usart *usart, uint8_t character)
{
    if (usart->output_length == sizeof usart->output) { /* nobody reads: the oldest half goes */
        usart->output_length /= 2;
        memmove(usart->output, usart->output + sizeof usart->output - usart->output_length,
                usart->output_length);
    }
    usart->output[usart->output_length++] = (char)character;
}

static void start_shifting(struct sim_part *part, uint64_t from_ps)
{
    struct usart *usart = part->state;

    usart->shifting = usart->holding;
    usart->holding_full = false;
    usart->sr |= SIM_USART_TXE;
    usart->shift_done_ps = from_ps + sim_usart_character_ps(part);
}

static uint64_t sync_output(struct sim_part *part, uint64_t now_ps)
{
    struct usart *usart = part->state;

    while (usart->shift_done_ps != 0 && usart->shift_done_ps <= now_ps) {
        collect(usart, usart->shifting);
        if (usart->holding_full) {
            start_shifting(part, usart->shift_done_ps);
        } else {
            usart->shift_done_ps = 0;
            usart->sr |= SIM_USART_TC;
        }
    }
    return usart->shift_done_ps ? usart->shift_done_ps : SIM_NEVER;
}

void sim_usart_send(struct sim_part *part, uint32_t value)
{
    struct usart *usart = part->state;

    if ((usart->cr1 & (usart->enable | CR1_TE)) != (usart->enable | CR1_TE))
        return;
    usart->holding = (uint8_t)value;
    usart->holding_full = true;
    usart->sr &= ~(SIM_USART_TXE | SIM_USART_TC);
    if (usart->shift_done_ps == 0)
        start_shifting(part, sim_part_now(part));
}

/* --- receiving --- */

static void receive(struct usart *usart)
{
    char character = usart->input[usart->input_head];

    usart->input_head = (usart->input_head + 1) % SIM_USART_INPUT;
    usart->input_count--;
    if ((usart->cr1 & (usart->enable | CR1_RE)) != (usart->enable | CR1_RE))
        return;
    if (usart->sr & SIM_USART_RXNE) {
        usart->sr |= SIM_USART_ORE; /* the new one is lost */
        return;
    }
    usart->dr_in = (uint8_t)character;
    usart->sr |= SIM_USART_RXNE;
}

static uint64_t sync_input(struct sim_part *part, uint64_t now_ps)
{
    struct usart *usart = part->state;

    while (usart->input_count > 0 && usart->input_next_ps <= now_ps) {
        receive(usart);
        usart->input_next_ps += sim_usart_character_ps(part);
    }
    return usart->input_count > 0 ? usart->input_next_ps : SIM_NEVER;
}

/* --- registers --- */

uint64_t sim_usart_sync(struct sim_part *part, uint64_t now_ps)
{
    uint64_t output = sync_output(part, now_ps), input = sync_input(part, now_ps);

    sim_usart_update_irq(part);
    return output < input ? output : input;
}

/* Reading DR takes the character (and, since SR was read before, ends an overrun: 27.3.3). */
uint32_t sim_usart_take(struct sim_part *part)
{
    struct usart *usart = part->state;

    usart->sr &= ~(SIM_USART_RXNE | SIM_USART_ORE);
    sim_usart_update_irq(part);
    return usart->dr_in;
}

static bool is_plain(uint32_t offset)
{
    return offset >= BRR && offset <= GTPR;
}

static uint32_t *plain_register(struct usart *usart, uint32_t offset)
{
    uint32_t *const registers[] = {&usart->brr, &usart->cr1, &usart->cr2, &usart->cr3,
                                   &usart->gtpr};

    return registers[(offset - BRR) / 4];
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    struct usart *usart = part->state;

    if (offset == SR)
        *value = usart->sr;
    else if (offset == DR)
        *value = sim_usart_take(part);
    else
        *value = is_plain(offset) ? *plain_register(usart, offset) : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct usart *usart = part->state;

    if (offset == SR) /* zeros clear TC and RXNE */
        usart->sr &= value | ~(SIM_USART_TC | SIM_USART_RXNE);
    else if (offset == DR)
        sim_usart_send(part, value);
    else if (is_plain(offset))
        *plain_register(usart, offset) = value & 0xFFFF;
    sim_usart_update_irq(part);
    return true;
}

/* What was sent before stays with the user; what was typed and not yet received is lost. */
void sim_usart_reset(struct sim_part *part, uint32_t enable)
{
    struct usart *usart = part->state;

    usart->sr = SIM_USART_TXE | SIM_USART_TC;
    usart->enable = enable;
    usart->dr_in = usart->brr = usart->cr1 = usart->cr2 = usart->cr3 = usart->gtpr = 0;
    usart->holding_full = false;
    usart->shift_done_ps = 0;
    usart->input_count = 0;
    sim_usart_update_irq(part);
}

static void reset(struct sim_part *part)
{
    sim_usart_reset(part, CR1_UE);
}

const struct sim_device sim_device_usart = {
    .state_size = sizeof(struct usart),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_usart_sync,
};

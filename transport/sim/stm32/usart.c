/* SPDX-License-Identifier: MIT */
/* A USART (RM0008, chapter 27) as an asynchronous port: a character takes its time on the wire.
 * What the program sends is collected, what the user types is received. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { SR = 0x00, DR = 0x04, BRR = 0x08, CR1 = 0x0C, CR2 = 0x10, CR3 = 0x14, GTPR = 0x18 };
enum { BITS_A_CHARACTER = 10, SLOWEST_BRR = 0xFFFF };
enum { OUTPUT_CAPACITY = 16 * 1024, INPUT_CAPACITY = 256 };
#define SR_ORE (1u << 3)
#define SR_RXNE (1u << 5)
#define SR_TC (1u << 6)
#define SR_TXE (1u << 7)
#define CR1_RE (1u << 2)
#define CR1_TE (1u << 3)
#define CR1_RXNEIE (1u << 5)
#define CR1_TCIE (1u << 6)
#define CR1_TXEIE (1u << 7)
#define CR1_UE (1u << 13)

struct usart {
    uint32_t sr, dr_in, brr, cr1, cr2, cr3, gtpr;
    bool holding_full;
    uint8_t holding, shifting;
    uint64_t shift_done_ps; /* 0: the shifter is empty */
    char output[OUTPUT_CAPACITY];
    size_t output_length;
    char input[INPUT_CAPACITY];
    unsigned input_head, input_count;
    uint64_t input_next_ps;
};

static uint64_t character_ps(const struct sim_part *part)
{
    const struct usart *usart = part->state;
    uint32_t divider = usart->brr & SLOWEST_BRR;

    if (divider == 0)
        divider = SLOWEST_BRR;
    return (uint64_t)divider * BITS_A_CHARACTER * 1000000000 /
           part->board->chip->rcc->khz(part->board, part->row->clock);
}

static void update_irq(struct sim_part *part)
{
    const struct usart *usart = part->state;
    uint32_t causes = 0;

    if (usart->cr1 & CR1_RXNEIE)
        causes |= SR_RXNE | SR_ORE;
    causes |= usart->cr1 & (CR1_TCIE | CR1_TXEIE); /* same places in SR */
    sim_cpu_irq(part->board->cpu, part->row->irq, usart->cr1 & CR1_UE && usart->sr & causes);
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
    usart->sr |= SR_TXE;
    usart->shift_done_ps = from_ps + character_ps(part);
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
            usart->sr |= SR_TC;
        }
    }
    return usart->shift_done_ps ? usart->shift_done_ps : SIM_NEVER;
}

static void send(struct sim_part *part, uint32_t value)
{
    struct usart *usart = part->state;

    if ((usart->cr1 & (CR1_UE | CR1_TE)) != (CR1_UE | CR1_TE))
        return;
    usart->holding = (uint8_t)value;
    usart->holding_full = true;
    usart->sr &= ~(SR_TXE | SR_TC);
    if (usart->shift_done_ps == 0)
        start_shifting(part, sim_now_ps(part->board));
}

/* --- receiving --- */

static void receive(struct usart *usart)
{
    char character = usart->input[usart->input_head];

    usart->input_head = (usart->input_head + 1) % INPUT_CAPACITY;
    usart->input_count--;
    if ((usart->cr1 & (CR1_UE | CR1_RE)) != (CR1_UE | CR1_RE))
        return;
    if (usart->sr & SR_RXNE) {
        usart->sr |= SR_ORE; /* the new one is lost */
        return;
    }
    usart->dr_in = (uint8_t)character;
    usart->sr |= SR_RXNE;
}

static uint64_t sync_input(struct sim_part *part, uint64_t now_ps)
{
    struct usart *usart = part->state;

    while (usart->input_count > 0 && usart->input_next_ps <= now_ps) {
        receive(usart);
        usart->input_next_ps += character_ps(part);
    }
    return usart->input_count > 0 ? usart->input_next_ps : SIM_NEVER;
}

void sim_board_uart_put(struct sim_board *board, char character)
{
    struct sim_part *part = sim_part_of(board, &sim_device_usart);
    struct usart *usart = part->state;

    if (usart->input_count == INPUT_CAPACITY)
        return;
    if (usart->input_count == 0)
        usart->input_next_ps = board->now_ps + character_ps(part);
    usart->input[(usart->input_head + usart->input_count++) % INPUT_CAPACITY] = character;
}

size_t sim_board_uart_take(struct sim_board *board, char *text, size_t capacity)
{
    struct usart *usart = sim_part_of(board, &sim_device_usart)->state;
    size_t length = usart->output_length < capacity ? usart->output_length : capacity;

    memcpy(text, usart->output, length);
    usart->output_length -= length;
    memmove(usart->output, usart->output + length, usart->output_length);
    return length;
}

/* --- registers --- */

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    uint64_t output = sync_output(part, now_ps), input = sync_input(part, now_ps);

    update_irq(part);
    return output < input ? output : input;
}

/* Reading DR takes the character (and, since SR was read before, ends an overrun: 27.3.3). */
static uint32_t read_dr(struct sim_part *part)
{
    struct usart *usart = part->state;

    usart->sr &= ~(SR_RXNE | SR_ORE);
    update_irq(part);
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
        *value = read_dr(part);
    else
        *value = is_plain(offset) ? *plain_register(usart, offset) : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct usart *usart = part->state;

    if (offset == SR) /* zeros clear TC and RXNE */
        usart->sr &= value | ~(SR_TC | SR_RXNE);
    else if (offset == DR)
        send(part, value);
    else if (is_plain(offset))
        *plain_register(usart, offset) = value & 0xFFFF;
    update_irq(part);
    return true;
}

/* What was sent before stays with the user; what was typed and not yet received is lost. */
static void reset(struct sim_part *part)
{
    struct usart *usart = part->state;

    usart->sr = SR_TXE | SR_TC;
    usart->dr_in = usart->brr = usart->cr1 = usart->cr2 = usart->cr3 = usart->gtpr = 0;
    usart->holding_full = false;
    usart->shift_done_ps = 0;
    usart->input_count = 0;
    update_irq(part);
}

const struct sim_device sim_device_usart = {sizeof(struct usart), read, write, reset, NULL, sync};

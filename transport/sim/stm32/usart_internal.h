/* SPDX-License-Identifier: MIT */
/* What the two kinds of USART share: usart.c, which does all that happens, and usart_isr.c. */
#ifndef PROBED_SIM_USART_INTERNAL_H
#define PROBED_SIM_USART_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

enum { SIM_USART_OUTPUT = 16 * 1024, SIM_USART_INPUT = 256 };

/* Bits of SR, and of ISR. */
#define SIM_USART_ORE (1u << 3)
#define SIM_USART_RXNE (1u << 5)
#define SIM_USART_TC (1u << 6)
#define SIM_USART_TXE (1u << 7)

struct usart {
    uint32_t sr, dr_in, brr, cr1, cr2, cr3, gtpr;
    uint32_t enable; /* UE, where this kind has it in CR1 */
    bool holding_full;
    uint8_t holding, shifting;
    uint64_t shift_done_ps; /* 0: the shifter is empty */
    char output[SIM_USART_OUTPUT];
    size_t output_length;
    char input[SIM_USART_INPUT];
    unsigned input_head, input_count;
    uint64_t input_next_ps;
};

uint64_t sim_usart_character_ps(const struct sim_part *part);
void sim_usart_send(struct sim_part *part, uint32_t value);
/* The character that was received. */
uint32_t sim_usart_take(struct sim_part *part);
void sim_usart_update_irq(struct sim_part *part);
/* For struct sim_device. */
uint64_t sim_usart_sync(struct sim_part *part, uint64_t now_ps);
void sim_usart_reset(struct sim_part *part, uint32_t enable);

#endif

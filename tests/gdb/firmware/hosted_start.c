/* SPDX-License-Identifier: MIT */
/* newlib's own start (rdimon-crt0) counts on a loader that has put .data to its place. */
#include <stdint.h>

extern uint32_t _stack_top, _data_load, _data_start, _data_end;
void _start(void);

void Reset_Handler(void)
{
    const uint32_t *from = &_data_load;

    for (uint32_t *to = &_data_start; to < &_data_end;)
        *to++ = *from++;
    _start();
}

__attribute__((section(".isr_vector"), used)) const uintptr_t vectors[16] = {
    (uintptr_t)&_stack_top, (uintptr_t)Reset_Handler};

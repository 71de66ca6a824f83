/* SPDX-License-Identifier: MIT */
/* Vector table and start of a program for an STM32F103, or for what lies in another chip's core:
 * switch on the FPU that it was compiled for, copy .data, clear .bss, call main. */
#include <stdint.h>

extern uint32_t _stack_top, _data_load, _data_start, _data_end, _bss_start, _bss_end;
int main(void);

void Reset_Handler(void)
{
    const uint32_t *from = &_data_load;

#ifdef __ARM_FP
    *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20; /* CPACR: full access to CP10 and CP11 */
    __asm__ volatile("dsb\n isb");
#endif
    for (uint32_t *to = &_data_start; to < &_data_end;)
        *to++ = *from++;
    for (uint32_t *to = &_bss_start; to < &_bss_end;)
        *to++ = 0;
    main();
    for (;;)
        ;
}

void Default_Handler(void)
{
    for (;;)
        ;
}

/* A program replaces a handler by defining a function of this name. */
#define HANDLER(name) void name(void) __attribute__((weak, alias("Default_Handler")))
HANDLER(NMI_Handler);
HANDLER(HardFault_Handler);
HANDLER(MemManage_Handler);
HANDLER(BusFault_Handler);
HANDLER(UsageFault_Handler);
HANDLER(SVC_Handler);
HANDLER(DebugMon_Handler);
HANDLER(PendSV_Handler);
HANDLER(SysTick_Handler);
HANDLER(TIM2_IRQHandler);
HANDLER(USART1_IRQHandler);

#define ENTRY(handler) ((uintptr_t)(handler))
__attribute__((section(".isr_vector"), used)) const uintptr_t vectors[16 + 43] = {
    (uintptr_t)&_stack_top, ENTRY(Reset_Handler),
    [2] = ENTRY(NMI_Handler),
    [3] = ENTRY(HardFault_Handler),
    [4] = ENTRY(MemManage_Handler),
    [5] = ENTRY(BusFault_Handler),
    [6] = ENTRY(UsageFault_Handler),
    [11] = ENTRY(SVC_Handler),
    [12] = ENTRY(DebugMon_Handler),
    [14] = ENTRY(PendSV_Handler),
    [15] = ENTRY(SysTick_Handler),
    [16] = ENTRY(Default_Handler),
    [16 + 28] = ENTRY(TIM2_IRQHandler),
    [16 + 37] = ENTRY(USART1_IRQHandler),
};

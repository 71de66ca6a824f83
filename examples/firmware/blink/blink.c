/* SPDX-License-Identifier: MIT */
/* Blinks the LED of a Blue Pill (PC13) from the SysTick interrupt: the program of the quick start.
 * It has what a first debug session wants: a call, a local, a global that changes. */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))
#define RCC_APB2ENR REG(0x40021018)
#define GPIOC_CRH REG(0x40011004)
#define GPIOC_ODR REG(0x4001100C)
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)

volatile uint32_t ticks;  /* milliseconds since start */
volatile uint32_t blinks; /* how often the LED changed */

void SysTick_Handler(void)
{
    ticks++;
}

static void led_init(void)
{
    RCC_APB2ENR |= 1u << 4;
    GPIOC_CRH = (GPIOC_CRH & ~(0xFu << 20)) | 0x2u << 20;
}

static void led_toggle(void)
{
    GPIOC_ODR ^= 1u << 13;
    blinks++;
}

static uint32_t sum_to(uint32_t n)
{
    uint32_t sum = 0;

    for (uint32_t i = 1; i <= n; i++)
        sum += i;
    return sum;
}

int main(void)
{
    uint32_t period = 10;
    volatile uint32_t checksum;

    led_init();
    checksum = sum_to(period);
    SYST_RVR = 8000 - 1; /* 1 ms at 8 MHz */
    SYST_CVR = 0;
    SYST_CSR = 7;
    for (;;) {
        uint32_t start = ticks;

        while (ticks - start < period)
            ;
        led_toggle();
        checksum += sum_to(blinks % 8);
    }
}

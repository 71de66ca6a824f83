/* SPDX-License-Identifier: MIT */
/* A program that talks by ITM, at 8 MHz as after a reset: a counted line on port 0 and four bytes
 * on port 1, again and again. What it shall do is written to WISH while it runs. */
#include <stdint.h>

#define WISH (*(volatile uint32_t *)0x20004000)
enum { TALK, FLOOD, FAST /* at 72 MHz, and talk */ };

#define ITM_STIM(n) (*(volatile uint32_t *)(0xE0000000 + 4 * (n)))
#define ITM_STIM8(n) (*(volatile uint8_t *)(0xE0000000 + 4 * (n)))
#define ITM_TER (*(volatile uint32_t *)0xE0000E00)
#define ITM_TCR (*(volatile uint32_t *)0xE0000E80)
#define RCC_CR (*(volatile uint32_t *)0x40021000)
#define RCC_CFGR (*(volatile uint32_t *)0x40021004)
#define FLASH_ACR (*(volatile uint32_t *)0x40022000)

volatile uint32_t rounds;

static int listens(unsigned port)
{
    return ITM_TCR & 1 && ITM_TER >> port & 1;
}

static void put(char c)
{
    if (!listens(0))
        return;
    while (!ITM_STIM(0))
        ;
    ITM_STIM8(0) = (uint8_t)c;
}

static void say(const char *text)
{
    while (*text)
        put(*text++);
}

static void say_number(uint32_t n)
{
    for (uint32_t unit = 100000; unit; unit /= 10)
        put((char)('0' + n / unit % 10));
}

static void wait(uint32_t turns)
{
    for (volatile uint32_t i = 0; i < turns; i++)
        ;
}

/* HSE of 8 MHz, times 9. */
static void hurry(void)
{
    FLASH_ACR = 0x12;
    RCC_CR |= 1u << 16;
    while (!(RCC_CR >> 17 & 1))
        ;
    RCC_CFGR = 7u << 18 | 1u << 16 | 4u << 8;
    RCC_CR |= 1u << 24;
    while (!(RCC_CR >> 25 & 1))
        ;
    RCC_CFGR |= 2;
    while ((RCC_CFGR >> 2 & 3) != 2)
        ;
}

int main(void)
{
    WISH = TALK;
    for (;; rounds++) {
        say("round ");
        say_number(rounds);
        say("\n");
        if (listens(1)) {
            while (!ITM_STIM(1))
                ;
            ITM_STIM(1) = 0x64636261;
        }
        if (WISH == FAST) {
            hurry();
            WISH = TALK;
        }
        if (WISH != FLOOD)
            wait(2000);
    }
}

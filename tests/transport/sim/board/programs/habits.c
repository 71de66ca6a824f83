/* SPDX-License-Identifier: MIT */
/* A program with the habits of those that people run: it waits for what ST's HAL, LL and SPL,
 * libopencm3 and Arduino's cores wait for, without any time limit, and reads back what they do.
 * Written for this test; the registers are RM0008's. */
#include "habits.h"

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define BIT(address, bit) REG(0x42000000 + ((address)-0x40000000) * 32 + (bit)*4)
#define RCC 0x40021000
#define RCC_CR REG(RCC + 0x00)
#define RCC_CFGR REG(RCC + 0x04)
#define RCC_CIR REG(RCC + 0x08)
#define RCC_APB2RSTR REG(RCC + 0x0C)
#define RCC_APB1RSTR REG(RCC + 0x10)
#define RCC_APB2ENR REG(RCC + 0x18)
#define RCC_APB1ENR REG(RCC + 0x1C)
#define RCC_BDCR REG(RCC + 0x20)
#define RCC_CSR REG(RCC + 0x24)
#define PWR_CR REG(0x40007000)
#define FLASH_ACR REG(0x40022000)
#define AFIO_MAPR REG(0x40010004)
#define AFIO_EXTICR2 REG(0x4001000C)
#define GPIOA 0x40010800
#define GPIOB 0x40010C00
#define CRL(port) REG((port) + 0x00)
#define CRH(port) REG((port) + 0x04)
#define IDR(port) REG((port) + 0x08)
#define ODR(port) REG((port) + 0x0C)
#define LCKR(port) REG((port) + 0x18)
#define USART1 0x40013800
#define TIM2 0x40000000

#define SWJ_CFG (7u << 24)
#define SWJ_JTAG_OFF (2u << 24)
#define SPI1_REMAP (1u << 0)
#define USART1_REMAP (1u << 2)
#define TIM2_REMAP (3u << 8)

#define AFIOEN (1u << 0)
#define IOPAEN (1u << 2)
#define IOPBEN (1u << 3)
#define USART1EN (1u << 14)

#define WAIT_FOR(condition) while (!(condition))

static volatile struct report *const report = (volatile struct report *)0x20000000;

static void check(int right)
{
    if (!right)
        report->wrong |= 1u << report->next;
}

/* Clock on, and read back to wait for it, as the HAL's macros do. */
static void clock_on(uint32_t bits)
{
    RCC_APB2ENR |= bits;
    check((RCC_APB2ENR & bits) == bits);
}

static void clocks_up(void)
{
    RCC_CR |= 1u << 16;
    WAIT_FOR(RCC_CR & 1u << 17);
    RCC_CR &= ~(1u << 24);
    WAIT_FOR(!(RCC_CR & 1u << 25));
    RCC_CFGR = (RCC_CFGR & ~0x003F0000u) | 7u << 18 | 1u << 16;
    RCC_CR |= 1u << 24;
    WAIT_FOR(RCC_CR & 1u << 25);
    FLASH_ACR = (FLASH_ACR & ~7u) | 2;
    check((FLASH_ACR & 7) == 2);
    RCC_CFGR = (RCC_CFGR & ~0x7F0u) | 4u << 8;
    RCC_CFGR = (RCC_CFGR & ~3u) | 2;
    WAIT_FOR((RCC_CFGR & 0xC) == 2u << 2);
}

static void clocks_down(void)
{
    RCC_CR |= 1;
    WAIT_FOR(RCC_CR & 2);
    RCC_CR = (RCC_CR & ~0xF8u) | 16u << 3;
    RCC_CFGR = 0;
    WAIT_FOR((RCC_CFGR & 0xC) == 0);
    RCC_CR &= ~(1u << 24);
    WAIT_FOR(!(RCC_CR & 1u << 25));
    RCC_CFGR = 0;
    RCC_CR &= ~(1u << 16 | 1u << 19);
    WAIT_FOR(!(RCC_CR & 1u << 17));
    RCC_CSR |= 1u << 24;
    RCC_CIR = 0;
    check((RCC_CSR & 0xFC000000) == 0);
}

static void swd_only(void)
{
    clock_on(AFIOEN);
    AFIO_MAPR &= ~SWJ_CFG;
    AFIO_MAPR |= SWJ_JTAG_OFF;
    WAIT_FOR((AFIO_MAPR & SWJ_JTAG_OFF) == SWJ_JTAG_OFF);
}

static void remaps(void)
{
    AFIO_MAPR |= SPI1_REMAP | SWJ_CFG;
    check((AFIO_MAPR & (SWJ_CFG | SPI1_REMAP)) == (SWJ_JTAG_OFF | SPI1_REMAP));
    uint32_t mapr = AFIO_MAPR; /* GPIO_PinRemapConfig() */
    mapr &= ~TIM2_REMAP;
    mapr |= 0x0F000000;
    AFIO_MAPR = mapr | TIM2_REMAP;
    check((AFIO_MAPR & (SWJ_CFG | TIM2_REMAP)) == (SWJ_JTAG_OFF | TIM2_REMAP));
    AFIO_EXTICR2 = 0x1234;
    check(AFIO_EXTICR2 == 0x1234);
}

static void arduino_ports(void)
{
    AFIO_MAPR = (AFIO_MAPR & ~SWJ_CFG) | SWJ_JTAG_OFF;
    check((AFIO_MAPR & SWJ_CFG) == SWJ_JTAG_OFF);
    AFIO_MAPR = (AFIO_MAPR & ~SWJ_CFG) | SWJ_CFG | USART1_REMAP; /* pinmap's remaps */
    check((AFIO_MAPR & (SWJ_CFG | USART1_REMAP)) == (SWJ_JTAG_OFF | USART1_REMAP));
}

static void libopencm3(void)
{
    AFIO_MAPR |= SWJ_JTAG_OFF | SPI1_REMAP;
    check((AFIO_MAPR & (SWJ_CFG | SPI1_REMAP)) == (SWJ_JTAG_OFF | SPI1_REMAP));
    RCC_APB2RSTR |= AFIOEN;
    RCC_APB2RSTR &= ~AFIOEN;
    check(AFIO_MAPR == 0);
}

static void bit_band(void)
{
    BIT(RCC + 0x18, 3) = 1;
    check(RCC_APB2ENR & IOPBEN);
    BIT(GPIOB + 0x0C, 5) = 1;
    check(ODR(GPIOB) == 1u << 5);
    BIT(RCC + 0x00, 16) = 1;
    WAIT_FOR(BIT(RCC + 0x00, 17));
    BIT(RCC + 0x00, 16) = 0;
}

static void port_deinit(void)
{
    CRL(GPIOB) = 0x33333333;
    ODR(GPIOB) = 0xFFFF;
    RCC_APB2RSTR |= IOPBEN;
    check(RCC_APB2RSTR == IOPBEN);
    RCC_APB2RSTR &= ~IOPBEN;
    check(CRL(GPIOB) == 0x44444444 && ODR(GPIOB) == 0);
}

static void locked_pin(void)
{
    enum { KEY = 1 << 16, PIN = 1 << 9 };

    LCKR(GPIOB) = KEY | PIN;
    LCKR(GPIOB) = PIN;
    LCKR(GPIOB) = KEY | PIN;
    (void)LCKR(GPIOB);
    WAIT_FOR(LCKR(GPIOB) & KEY);
    CRH(GPIOB) = 0x33333333;
    check(CRH(GPIOB) == 0x33333343);
}

static void slow_clocks(void)
{
    RCC_CSR |= 1;
    WAIT_FOR(RCC_CSR & 2);
    RCC_APB1ENR |= 3u << 27;
    PWR_CR |= 1u << 8;
    RCC_BDCR |= 1;
    WAIT_FOR(RCC_BDCR & 2);
    RCC_BDCR |= 1u << 16;
    check((RCC_BDCR & 3) == 0);
    RCC_BDCR &= ~(1u << 16);
    RCC_BDCR |= 1;
    WAIT_FOR(RCC_BDCR & 2);
}

static void timer(void)
{
    RCC_APB1ENR |= 1;
    RCC_APB1RSTR |= 1;
    RCC_APB1RSTR &= ~1u;
    REG(TIM2 + 0x28) = 7;
    REG(TIM2 + 0x2C) = 99;
    REG(TIM2 + 0x14) = 1;
    REG(TIM2 + 0x10) = 0;
    REG(TIM2) = 1;
    WAIT_FOR(REG(TIM2 + 0x10) & 1);
}

static void serial(void)
{
    clock_on(USART1EN | IOPAEN);
    REG(USART1 + 0x08) = 69;
    REG(USART1 + 0x0C) = 0x200C;
    for (const char *at = "ready\n"; *at; at++) {
        WAIT_FOR(REG(USART1) & 0x80);
        REG(USART1 + 0x04) = (uint8_t)*at;
    }
    WAIT_FOR(REG(USART1) & 0x40);
}

static void button(void)
{
    clock_on(IOPAEN);
    CRL(GPIOA) = (CRL(GPIOA) & ~15u) | 8;
    ODR(GPIOA) |= 1;
    WAIT_FOR(!(IDR(GPIOA) & 1));
    WAIT_FOR(IDR(GPIOA) & 1);
}

int main(void)
{
    static void (*const habits[HABITS])(void) = {
        [CLOCKS_UP] = clocks_up,
        [CLOCKS_DOWN] = clocks_down,
        [SWD_ONLY] = swd_only,
        [REMAPS] = remaps,
        [ARDUINO_PORTS] = arduino_ports,
        [LIBOPENCM3] = libopencm3,
        [BIT_BAND] = bit_band,
        [PORT_DEINIT] = port_deinit,
        [LOCKED_PIN] = locked_pin,
        [SLOW_CLOCKS] = slow_clocks,
        [TIMER] = timer,
        [SERIAL] = serial,
        [BUTTON] = button,
    };

    report->wrong = 0;
    for (report->next = 0; report->next < HABITS; report->next++)
        habits[report->next]();
    for (;;)
        __asm__ volatile("wfi");
}

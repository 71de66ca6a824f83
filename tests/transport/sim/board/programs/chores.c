/* SPDX-License-Identifier: MIT */
/* A program that uses what peripherals are there for, as RM0008's sequences say: it waits for flags
 * and interrupts without any time limit, and checks what it sees. Written from the manual for this
 * test, not from the simulator. */
#include "chores.h"

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define RCC 0x40021000
#define RCC_CIR REG(RCC + 0x08)
#define RCC_AHBENR REG(RCC + 0x14)
#define RCC_APB2ENR REG(RCC + 0x18)
#define RCC_APB1ENR REG(RCC + 0x1C)
#define RCC_BDCR REG(RCC + 0x20)
#define RCC_CSR REG(RCC + 0x24)
#define PWR_CR REG(0x40007000)
#define PWR_CSR REG(0x40007004)
#define BKP_DR(n) REG(0x40006C00 + 4 * (n))
#define RTC 0x40002800
#define EXTI 0x40010400
#define AFIO 0x40010000
#define GPIOA 0x40010800
#define GPIOB 0x40010C00
#define NVIC_ISER(n) REG(0xE000E100 + 4 * (n))
#define NVIC_ICER(n) REG(0xE000E180 + 4 * (n))
#define SCR REG(0xE000ED10)
#define VTOR REG(0xE000ED08)
#define DMA1 0x40020000
#define DMA_CH(n, offset) REG(DMA1 + 0x08 + 0x14 * ((n)-1) + (offset))
#define USART2 0x40004400
#define USART3 0x40004800
#define ADC1 0x40012400
#define SPI1 0x40013000
#define I2C1 0x40005400
#define CAN 0x40006400
#define TIM1 0x40012C00
#define TIM2 0x40000000
#define TIM3 0x40000400
#define TIM4 0x40000800
#define IWDG 0x40003000
#define WWDG 0x40002C00

#define WAIT_FOR(condition) while (!(condition))

static volatile struct report *const report = (volatile struct report *)REPORT_AT;
static volatile uint32_t interrupts[60];
static uint32_t vectors[16 + 60] __attribute__((aligned(512)));

static void check(int right)
{
    if (!right)
        report->wrong |= 1u << report->next;
}

/* --- interrupts: one handler, which quiets what it knows --- */

static void handler(void)
{
    uint32_t irq;

    __asm__ volatile("mrs %0, ipsr" : "=r"(irq));
    irq -= 16;
    interrupts[irq]++;
    if ((irq >= 6 && irq <= 10) || irq == 23 || irq == 41)
        REG(EXTI + 0x14) = REG(EXTI + 0x14);
    else if (irq == 5)
        RCC_CIR |= 0x009F0000;
    else if (irq == 3)
        REG(RTC + 0x04) &= ~7u;
    else if (irq == 25 || irq == 27)
        REG(TIM1 + 0x10) = 0;
    else if (irq == 28)
        REG(TIM2 + 0x10) = 0;
    else if (irq == 11)
        REG(DMA1 + 0x04) = 0xF;
    else
        NVIC_ICER(irq / 32) = 1u << irq % 32;
}

static void take_vectors(void)
{
    const uint32_t *old = (const uint32_t *)0x08000000;

    for (unsigned i = 0; i < 16; i++)
        vectors[i] = old[i];
    for (unsigned i = 16; i < 16 + 60; i++)
        vectors[i] = (uint32_t)(uintptr_t)handler;
    VTOR = (uint32_t)(uintptr_t)vectors;
}

static void enable_irq(unsigned irq)
{
    interrupts[irq] = 0;
    NVIC_ISER(irq / 32) = 1u << irq % 32;
}

/* --- EXTI --- */

static void exti_software(void)
{
    enable_irq(6);
    REG(EXTI) = 1;
    REG(EXTI + 0x10) = 1;
    WAIT_FOR(interrupts[6]);
    check(interrupts[6] == 1 && REG(EXTI + 0x14) == 0 && REG(EXTI + 0x10) == 0);
    REG(EXTI) = 0;
    REG(EXTI + 0x10) = 2; /* masked: nothing is pending */
    check(REG(EXTI + 0x14) == 0);
}

static void exti_pin(void)
{
    RCC_APB2ENR |= 1u << 3 | 1;
    REG(AFIO + 0x0C) = 0x0010; /* line 5: port B */
    REG(GPIOB) = (REG(GPIOB) & ~(15u << 20)) | 8u << 20;
    REG(GPIOB + 0x10) = 1u << 5; /* pulled up */
    enable_irq(23);
    REG(EXTI + 0x0C) = 1u << 5;
    REG(EXTI) = 1u << 5;
    WAIT_FOR(interrupts[23]);
    check(interrupts[23] == 1 && interrupts[6] == 1);
    REG(EXTI) = REG(EXTI + 0x0C) = 0;
}

/* --- clocks --- */

static void backup_open(void)
{
    RCC_APB1ENR |= 3u << 27;
    PWR_CR |= 1u << 8;
}

static void ready_interrupts(void)
{
    backup_open();
    enable_irq(5);
    RCC_CIR = 0x0300; /* LSIRDYIE, LSERDYIE */
    RCC_CSR |= 1;
    WAIT_FOR(interrupts[5] == 1);
    check(RCC_CSR & 2);
    RCC_BDCR |= 1;
    WAIT_FOR(interrupts[5] == 2);
    check(RCC_BDCR & 2 && (RCC_CIR & 0x1F) == 0);
    RCC_CIR = 0;
}

/* --- timers: at 8 MHz --- */

static void tim_compare(void)
{
    RCC_APB1ENR |= 7;
    enable_irq(28);
    REG(TIM2 + 0x28) = 7; /* 1 MHz */
    REG(TIM2 + 0x2C) = 999;
    REG(TIM2 + 0x14) = 1;
    REG(TIM2 + 0x10) = 0;
    REG(TIM2 + 0x34) = 250;
    REG(TIM2 + 0x38) = 750;
    REG(TIM2 + 0x0C) = 1u << 1 | 1u << 2;
    REG(TIM2) = 1;
    WAIT_FOR(interrupts[28] == 1);
    uint32_t first = REG(TIM2 + 0x24);
    WAIT_FOR(interrupts[28] == 2);
    uint32_t second = REG(TIM2 + 0x24);
    check(first >= 250 && first < 300 && second >= 750 && second < 800);
    WAIT_FOR(interrupts[28] == 3); /* of the next round */
    first = REG(TIM2 + 0x24);
    check(first >= 250 && first < 300);
    REG(TIM2) = REG(TIM2 + 0x0C) = 0;
}

static void tim_down(void)
{
    REG(TIM3 + 0x28) = 7;
    REG(TIM3 + 0x2C) = 5000;
    REG(TIM3) = 1u << 4;
    REG(TIM3 + 0x14) = 1;
    REG(TIM3 + 0x10) = 0;
    check(REG(TIM3 + 0x24) == 5000);
    REG(TIM3) = 1u << 4 | 1;
    uint32_t before = REG(TIM3 + 0x24);
    check(before <= 5000 && before > 4900);
    WAIT_FOR(REG(TIM3 + 0x10) & 1);
    check(REG(TIM3 + 0x24) > 4900);
    REG(TIM3) = 0;
}

/* It turns at the reload value, and with CMS = 2 tells of compare 1 on its way up only. */
static void tim_centred(void)
{
    REG(TIM4 + 0x28) = 79; /* 100 kHz */
    REG(TIM4 + 0x2C) = 100;
    REG(TIM4 + 0x34) = 60;
    REG(TIM4) = 2u << 5;
    REG(TIM4 + 0x14) = 1;
    REG(TIM4 + 0x10) = 0;
    REG(TIM4) = 2u << 5 | 1;
    WAIT_FOR(REG(TIM4 + 0x10) & 2);
    check(!(REG(TIM4) & 1u << 4) && REG(TIM4 + 0x24) >= 60);
    WAIT_FOR(REG(TIM4) & 1u << 4);
    REG(TIM4 + 0x10) = 0;
    WAIT_FOR(REG(TIM4 + 0x24) < 50);
    check(REG(TIM4) & 1u << 4 && !(REG(TIM4 + 0x10) & 2));
    WAIT_FOR(!(REG(TIM4) & 1u << 4));
    REG(TIM4) = 0;
}

static void tim_one_pulse(void)
{
    REG(TIM4 + 0x2C) = 10;
    REG(TIM4) = 1u << 3;
    REG(TIM4 + 0x14) = 1;
    REG(TIM4 + 0x10) = 0;
    REG(TIM4) = 1u << 3 | 1;
    WAIT_FOR(!(REG(TIM4) & 1));
    check(REG(TIM4 + 0x10) & 1 && REG(TIM4 + 0x24) == 0);
}

/* One update for three rounds; its interrupt and that of compare are two. */
static void tim1_repeats(void)
{
    RCC_APB2ENR |= 1u << 11;
    enable_irq(25);
    enable_irq(27);
    REG(TIM1 + 0x28) = 7;
    REG(TIM1 + 0x2C) = 499;
    REG(TIM1 + 0x30) = 2;
    REG(TIM1 + 0x34) = 100;
    REG(TIM1 + 0x14) = 1;
    REG(TIM1 + 0x10) = 0;
    REG(TIM1 + 0x0C) = 1u << 1 | 1;
    REG(TIM1) = 1;
    WAIT_FOR(interrupts[25]);
    check(interrupts[27] == 3);
    REG(TIM1) = 0;
}

/* TIM3 counts the rounds of TIM2. */
static void tim_chained(void)
{
    REG(TIM3 + 0x08) = 1u << 4 | 7; /* ITR1, external clock mode 1 */
    REG(TIM3 + 0x28) = 0;
    REG(TIM3 + 0x2C) = 0xFFFF;
    REG(TIM3 + 0x14) = 1;
    REG(TIM3) = 1;
    REG(TIM2 + 0x04) = 2u << 4; /* update is TRGO */
    REG(TIM2 + 0x28) = 7;
    REG(TIM2 + 0x2C) = 99;
    REG(TIM2 + 0x14) = 1;
    REG(TIM3 + 0x24) = 0;
    REG(TIM2 + 0x24) = 0;
    REG(TIM2) = 1;
    WAIT_FOR(REG(TIM3 + 0x24) == 7);
    check(REG(TIM2 + 0x24) < 30);
    REG(TIM2) = REG(TIM3) = 0;
    REG(TIM3 + 0x08) = 0;
    REG(TIM2 + 0x04) = 0;
}

/* --- DMA, serial ports --- */

static void dma_memory(void)
{
    static const uint16_t from[5] = {0x1111, 0x2222, 0x3333, 0x4444, 0x8555};
    static uint32_t to[5];

    RCC_AHBENR |= 1;
    enable_irq(11);
    DMA_CH(1, 0x4) = 5;
    DMA_CH(1, 0x8) = (uint32_t)(uintptr_t)from;
    DMA_CH(1, 0xC) = (uint32_t)(uintptr_t)to;
    DMA_CH(1, 0x0) = 1u << 14 | 2u << 10 | 1u << 8 | 1u << 7 | 1u << 6 | 1u << 1 | 1;
    WAIT_FOR(interrupts[11]);
    for (unsigned i = 0; i < 5; i++)
        check(to[i] == from[i]);
    check(DMA_CH(1, 0x4) == 0);
    DMA_CH(1, 0x0) = 0;
}

static void dma_serial(void)
{
    static const char text[] = "by dma\n";

    RCC_APB1ENR |= 3u << 17;
    REG(USART2 + 0x08) = 69;
    REG(USART2 + 0x14) = 1u << 7;
    REG(USART2 + 0x0C) = 1u << 13 | 1u << 3;
    DMA_CH(7, 0x4) = sizeof text - 1;
    DMA_CH(7, 0x8) = USART2 + 0x04;
    DMA_CH(7, 0xC) = (uint32_t)(uintptr_t)text;
    DMA_CH(7, 0x0) = 1u << 7 | 1u << 4 | 1;
    WAIT_FOR(REG(DMA1) & 2u << 24);
    WAIT_FOR(REG(USART2) & 1u << 6);
    check(DMA_CH(7, 0x4) == 0);
    DMA_CH(7, 0x0) = 0;
}

static void serial_echo(void)
{
    uint32_t c;

    REG(USART3 + 0x08) = 69;
    REG(USART3 + 0x0C) = 1u << 13 | 3u << 2;
    do {
        WAIT_FOR(REG(USART3) & 1u << 5);
        c = REG(USART3 + 0x04);
        WAIT_FOR(REG(USART3) & 1u << 7);
        REG(USART3 + 0x04) = c;
    } while (c != '\n');
    WAIT_FOR(REG(USART3) & 1u << 6);
}

/* --- ADC --- */

static void adc_on(void)
{
    RCC_APB2ENR |= 1u << 9;
    REG(ADC1 + 0x08) = 1;
    REG(ADC1 + 0x08) |= 1u << 3;
    WAIT_FOR(!(REG(ADC1 + 0x08) & 1u << 3));
    REG(ADC1 + 0x08) |= 1u << 2;
    WAIT_FOR(!(REG(ADC1 + 0x08) & 1u << 2));
}

static int is_half(uint32_t value)
{
    return value >= 2040 && value <= 2055;
}

static int is_vrefint(uint32_t value) /* 1.2 V of 3.3 V */
{
    return value > 1450 && value < 1530;
}

static void adc_single(void)
{
    adc_on();
    REG(ADC1 + 0x34) = 1;
    REG(ADC1 + 0x08) |= 7u << 17 | 1u << 20;
    REG(ADC1 + 0x08) |= 1u << 22;
    WAIT_FOR(REG(ADC1) & 2);
    check(is_half(REG(ADC1 + 0x4C)) && !(REG(ADC1) & 2));
}

static void adc_scan_dma(void)
{
    static uint16_t values[4];

    REG(ADC1 + 0x04) = 1u << 8;
    REG(ADC1 + 0x2C) = 1u << 20; /* two of them */
    REG(ADC1 + 0x34) = 1 | 17u << 5;
    DMA_CH(1, 0x4) = 4;
    DMA_CH(1, 0x8) = ADC1 + 0x4C;
    DMA_CH(1, 0xC) = (uint32_t)(uintptr_t)values;
    DMA_CH(1, 0x0) = 1u << 10 | 1u << 8 | 1u << 7 | 1;
    REG(ADC1 + 0x08) = 1 | 1u << 1 | 1u << 8 | 7u << 17 | 1u << 20 | 1u << 23;
    REG(ADC1 + 0x08) |= 1u << 22;
    WAIT_FOR(REG(DMA1) & 2);
    check(is_half(values[0]) && is_vrefint(values[1]) && is_half(values[2]) &&
          is_vrefint(values[3]));
    REG(DMA1 + 0x04) = 0xF;
    DMA_CH(1, 0x0) = 0;
    REG(ADC1 + 0x08) = 0;
}

static void adc_injected(void)
{
    adc_on();
    REG(ADC1 + 0x08) |= 1u << 23;
    REG(ADC1 + 0x04) = 1u << 8;
    REG(ADC1 + 0x38) = 1u << 20 | 17u << 15 | 1u << 10; /* JSQ3: 1, JSQ4: 17 */
    REG(ADC1 + 0x08) |= 7u << 12 | 1u << 15;
    REG(ADC1 + 0x08) |= 1u << 21;
    WAIT_FOR(REG(ADC1) & 4);
    check(is_half(REG(ADC1 + 0x3C)) && is_vrefint(REG(ADC1 + 0x40)));
    REG(ADC1 + 0x08) = 0;
}

/* Each millisecond, by TRGO of TIM3. */
static void adc_by_timer(void)
{
    static uint16_t values[3];

    adc_on();
    REG(ADC1 + 0x04) = 0;
    REG(ADC1 + 0x2C) = 0;
    REG(ADC1 + 0x34) = 1;
    DMA_CH(1, 0x4) = 3;
    DMA_CH(1, 0x8) = ADC1 + 0x4C;
    DMA_CH(1, 0xC) = (uint32_t)(uintptr_t)values;
    DMA_CH(1, 0x0) = 1u << 10 | 1u << 8 | 1u << 7 | 1;
    REG(ADC1 + 0x08) |= 1u << 8 | 4u << 17 | 1u << 20;
    REG(TIM3 + 0x04) = 2u << 4;
    REG(TIM3 + 0x28) = 7;
    REG(TIM3 + 0x2C) = 999;
    REG(TIM3) = 1;
    WAIT_FOR(DMA_CH(1, 0x4) == 1);
    check(!(REG(DMA1) & 2));
    WAIT_FOR(REG(DMA1) & 2);
    check(is_half(values[0]) && is_half(values[2]));
    REG(TIM3) = REG(TIM3 + 0x04) = 0;
    REG(DMA1 + 0x04) = 0xF;
    DMA_CH(1, 0x0) = 0;
    REG(ADC1 + 0x08) = 0;
}

/* --- the rest --- */

/* Bit by bit, as the manual draws it. */
static uint32_t crc_of(uint32_t crc, uint32_t word)
{
    crc ^= word;
    for (unsigned i = 0; i < 32; i++)
        crc = crc & 0x80000000 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
    return crc;
}

static void crc_unit(void)
{
    RCC_AHBENR |= 1u << 6;
    REG(0x40023008) = 1;
    REG(0x40023000) = 0x12345678;
    REG(0x40023000) = 0x9ABCDEF0;
    check(REG(0x40023000) == crc_of(crc_of(UINT32_MAX, 0x12345678), 0x9ABCDEF0));
}

static void spi_open(void)
{
    RCC_APB2ENR |= 1u << 12;
    REG(SPI1) = 1u << 9 | 1u << 8 | 1u << 2 | 2u << 3;
    REG(SPI1) |= 1u << 6;
    for (unsigned i = 0; i < 3; i++) {
        WAIT_FOR(REG(SPI1 + 0x08) & 2);
        REG(SPI1 + 0x0C) = 0x55;
        WAIT_FOR(REG(SPI1 + 0x08) & 1);
        check(REG(SPI1 + 0x0C) == 0xFF);
    }
    WAIT_FOR(!(REG(SPI1 + 0x08) & 1u << 7));
    REG(SPI1) &= ~(1u << 6);
}

static void i2c_nobody(void)
{
    RCC_APB1ENR |= 1u << 21;
    REG(I2C1 + 0x04) = 8;
    REG(I2C1 + 0x1C) = 40;
    REG(I2C1 + 0x20) = 9;
    REG(I2C1) = 1;
    REG(I2C1) |= 1u << 8;
    WAIT_FOR(REG(I2C1 + 0x14) & 1);
    check((REG(I2C1 + 0x18) & 3) == 3);
    REG(I2C1 + 0x10) = 0xA0;
    WAIT_FOR(REG(I2C1 + 0x14) & 1u << 10);
    REG(I2C1 + 0x14) &= ~(1u << 10);
    REG(I2C1) |= 1u << 9;
    WAIT_FOR(!(REG(I2C1 + 0x18) & 2));
    check(!(REG(I2C1 + 0x14) & (1u << 10 | 2)));
}

static void can_loop(void)
{
    RCC_APB1ENR |= 1u << 25;
    REG(CAN) &= ~2u;
    REG(CAN) |= 1;
    WAIT_FOR(REG(CAN + 0x04) & 1);
    check(!(REG(CAN + 0x04) & 2));
    REG(CAN + 0x1C) = 1u << 30 | 2u << 20 | 3u << 16 | 3;
    REG(CAN + 0x200) |= 1;
    REG(CAN + 0x20C) = 1; /* one filter of 32 bits that lets all through */
    REG(CAN + 0x240) = REG(CAN + 0x244) = 0;
    REG(CAN + 0x21C) = 1;
    REG(CAN + 0x200) &= ~1u;
    REG(CAN) &= ~1u;
    WAIT_FOR(!(REG(CAN + 0x04) & 1));
    check(REG(CAN + 0x08) & 1u << 26);
    REG(CAN + 0x184) = 8;
    REG(CAN + 0x188) = 0x01234567;
    REG(CAN + 0x18C) = 0x89ABCDEF;
    REG(CAN + 0x180) = 0x321u << 21 | 1;
    WAIT_FOR((REG(CAN + 0x08) & 3) == 3);
    WAIT_FOR((REG(CAN + 0x0C) & 3) == 1);
    check(REG(CAN + 0x1B0) == 0x321u << 21 && (REG(CAN + 0x1B4) & 15) == 8 &&
          REG(CAN + 0x1B8) == 0x01234567 && REG(CAN + 0x1BC) == 0x89ABCDEF);
    REG(CAN + 0x0C) = 1u << 5;
    WAIT_FOR((REG(CAN + 0x0C) & 3) == 0);
}

static void trace_units(void)
{
    REG(0xE000EDFC) |= 1u << 24;
    REG(0xE0040010) = 71;
    REG(0xE00400F0) = 2;
    REG(0xE0040304) = 0x100;
    check(REG(0xE0040010) == 71 && REG(0xE00400F0) == 2 && REG(0xE0040304) == 0x100);
    REG(0xE0041FB0) = 0xC5ACCE55;
    REG(0xE0041000) = 0x1D1E;
    check(REG(0xE0041000) == 0x1D1E);
    REG(0xE000EDFC) &= ~(1u << 24);
}

static void backup(void)
{
    PWR_CR &= ~(1u << 8);
    BKP_DR(2) = 0x1234;
    check(BKP_DR(2) == 0);
    PWR_CR |= 1u << 8;
    BKP_DR(2) = 0x1234;
    check(BKP_DR(2) == 0x1234);
    RCC_BDCR |= 1u << 16;
    RCC_BDCR &= ~(1u << 16);
    check(BKP_DR(2) == 0 && !(RCC_BDCR & 1));
    BKP_DR(3) = 0xCAFE;
}

static void rtc_configure(void)
{
    WAIT_FOR(REG(RTC + 0x04) & 1u << 5);
    REG(RTC + 0x04) |= 1u << 4;
}

static void rtc_configured(void)
{
    REG(RTC + 0x04) &= ~(1u << 4);
    WAIT_FOR(REG(RTC + 0x04) & 1u << 5);
}

static uint32_t rtc_count(void)
{
    return REG(RTC + 0x18) << 16 | REG(RTC + 0x1C);
}

static void rtc_seconds(void)
{
    RCC_BDCR |= 1;
    WAIT_FOR(RCC_BDCR & 2);
    RCC_BDCR |= 1u << 8;
    RCC_BDCR |= 1u << 15;
    REG(RTC + 0x04) &= ~(1u << 3);
    WAIT_FOR(REG(RTC + 0x04) & 1u << 3);
    rtc_configure();
    REG(RTC + 0x08) = 0;
    REG(RTC + 0x0C) = 0x1FF; /* 64 a second */
    REG(RTC + 0x18) = 0;
    REG(RTC + 0x1C) = 100;
    rtc_configured();
    enable_irq(3);
    REG(RTC) = 1;
    WAIT_FOR(interrupts[3] == 3);
    check(rtc_count() == 103);
    REG(RTC) = 0;
}

static void window_fed(void)
{
    RCC_APB1ENR |= 1u << 11;
    REG(WWDG + 0x04) = 0x5F;
    REG(WWDG) = 0xFF;
    for (unsigned i = 0; i < 3; i++) {
        WAIT_FOR((REG(WWDG) & 0x7F) < 0x58);
        REG(WWDG) = 0xFF;
    }
    check(REG(WWDG) & 0x40);
    RCC_APB1ENR |= 1u << 11;
    *(volatile uint32_t *)0x40021010 |= 1u << 11; /* its only way to stop here: its reset */
    *(volatile uint32_t *)0x40021010 &= ~(1u << 11);
}

static void sleep_by_timer(void)
{
    REG(TIM2 + 0x2C) = 2999;
    REG(TIM2 + 0x24) = 0;
    REG(TIM2 + 0x10) = 0;
    REG(TIM2 + 0x0C) = 1;
    interrupts[28] = 0;
    REG(TIM2) = 1;
    while (interrupts[28] < 2)
        __asm__ volatile("wfi");
    check(interrupts[28] == 2);
    REG(TIM2) = 0;
}

static void set_alarm(uint32_t ticks)
{
    uint32_t at = rtc_count() + ticks;

    rtc_configure();
    REG(RTC + 0x20) = at >> 16;
    REG(RTC + 0x24) = at;
    rtc_configured();
}

/* Timers stand meanwhile, the RTC does not, and the core runs by HSI afterwards. */
static void stop_by_alarm(void)
{
    RCC_APB1ENR |= 1;
    REG(RCC) |= 1u << 16;
    WAIT_FOR(REG(RCC) & 1u << 17);
    REG(RCC + 4) |= 1;
    WAIT_FOR((REG(RCC + 4) & 0xC) == 4);
    REG(TIM3 + 0x28) = 7999; /* 1 kHz */
    REG(TIM3 + 0x2C) = 0xFFFF;
    REG(TIM3 + 0x14) = 1;
    REG(TIM3) = 1;
    set_alarm(32); /* half a second */
    enable_irq(41);
    REG(EXTI + 0x08) = 1u << 17;
    REG(EXTI) = 1u << 17;
    uint32_t before = rtc_count();
    PWR_CR &= ~2u;
    SCR |= 4;
    __asm__ volatile("wfi");
    SCR &= ~4u;
    check(interrupts[41] == 1 && rtc_count() - before >= 31 && rtc_count() - before <= 33);
    check(REG(TIM3 + 0x24) < 50);
    check((REG(RCC + 4) & 0xF) == 0 && !(REG(RCC) & 1u << 16));
    REG(TIM3) = 0;
}

/* --- resets --- */

static void check_start(int right)
{
    if (!right)
        BKP_DR(4) |= 1u << BKP_DR(1);
    RCC_CSR |= 1u << 24;
}

static uint32_t reset_flags(void)
{
    return RCC_CSR & 0xFC000000;
}

static void be_bitten(void)
{
    RCC_CSR |= 1u << 24;
    BKP_DR(1) = START_IWDG;
    REG(IWDG) = 0x5555;
    REG(IWDG + 0x04) = 0;
    REG(IWDG + 0x08) = 40;
    WAIT_FOR(REG(IWDG + 0x0C) == 0);
    REG(IWDG) = 0xAAAA;
    REG(IWDG) = 0xCCCC;
    for (;;) {
    }
}

static void be_bitten_by_the_other(void)
{
    check_start(reset_flags() == 0x24000000);
    BKP_DR(1) = START_WWDG;
    RCC_APB1ENR |= 1u << 11;
    REG(WWDG) = 0xFF;
    for (;;) {
    }
}

static void feed_too_early(void)
{
    check_start(reset_flags() == 0x44000000);
    BKP_DR(1) = START_WINDOW;
    RCC_APB1ENR |= 1u << 11;
    REG(WWDG + 0x04) = 0x50;
    REG(WWDG) = 0xFF;
    REG(WWDG) = 0xFF;
    for (;;) {
    }
}

static void stand_by(void)
{
    PWR_CR |= 1u << 2 | 1u << 1;
    SCR |= 4;
    for (;;)
        __asm__ volatile("wfi");
}

static void stand_by_until_alarm(void)
{
    check_start(reset_flags() == 0x44000000);
    BKP_DR(1) = START_STANDBY;
    set_alarm(16);
    stand_by();
}

static void stand_by_until_wkup(void)
{
    check_start(reset_flags() == 0 && (PWR_CSR & 3) == 3 && BKP_DR(3) == 0xCAFE);
    PWR_CR |= 3u << 2;
    BKP_DR(1) = START_WKUP;
    PWR_CSR |= 1u << 8;
    stand_by();
}

static void all_done(void)
{
    check_start(reset_flags() == 0 && (PWR_CSR & 3) == 3);
    BKP_DR(1) = START_DONE;
}

static void chores(void)
{
    static void (*const all[CHORES])(void) = {
        [EXTI_SOFTWARE] = exti_software,
        [EXTI_PIN] = exti_pin,
        [READY_INTERRUPTS] = ready_interrupts,
        [TIM_COMPARE] = tim_compare,
        [TIM_DOWN] = tim_down,
        [TIM_CENTRED] = tim_centred,
        [TIM_ONE_PULSE] = tim_one_pulse,
        [TIM1_REPEATS] = tim1_repeats,
        [TIM_CHAINED] = tim_chained,
        [DMA_MEMORY] = dma_memory,
        [DMA_SERIAL] = dma_serial,
        [SERIAL_ECHO] = serial_echo,
        [ADC_SINGLE] = adc_single,
        [ADC_SCAN_DMA] = adc_scan_dma,
        [ADC_INJECTED] = adc_injected,
        [ADC_BY_TIMER] = adc_by_timer,
        [CRC_UNIT] = crc_unit,
        [SPI_OPEN] = spi_open,
        [I2C_NOBODY] = i2c_nobody,
        [CAN_LOOP] = can_loop,
        [TRACE_UNITS] = trace_units,
        [BACKUP] = backup,
        [RTC_SECONDS] = rtc_seconds,
        [WINDOW_FED] = window_fed,
        [SLEEP_BY_TIMER] = sleep_by_timer,
        [STOP_BY_ALARM] = stop_by_alarm,
    };

    report->wrong = 0;
    for (report->next = 0; report->next < CHORES; report->next++)
        all[report->next]();
}

int main(void)
{
    static void (*const starts[])(void) = {[START_IWDG] = be_bitten_by_the_other,
                                           [START_WWDG] = feed_too_early,
                                           [START_WINDOW] = stand_by_until_alarm,
                                           [START_STANDBY] = stand_by_until_wkup,
                                           [START_WKUP] = all_done};

    take_vectors();
    backup_open();
    if (BKP_DR(1) == START_FIRST) {
        chores();
        be_bitten();
    } else if (BKP_DR(1) < START_DONE) {
        starts[BKP_DR(1)]();
    }
    for (;;)
        __asm__ volatile("wfi");
}

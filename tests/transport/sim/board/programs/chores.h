/* SPDX-License-Identifier: MIT */
/* What chores.c tells the test: in RAM how far it is, in backup registers what outlives resets. */
#ifndef PROBED_TESTS_CHORES_H
#define PROBED_TESTS_CHORES_H

#include <stdint.h>

enum chore {
    EXTI_SOFTWARE,
    EXTI_PIN, /* the test presses PB5 */
    READY_INTERRUPTS,
    TIM_COMPARE,
    TIM_DOWN,
    TIM_CENTRED,
    TIM_ONE_PULSE,
    TIM1_REPEATS,
    TIM_CHAINED,
    DMA_MEMORY,
    DMA_SERIAL,  /* USART2 sends "by dma\n" */
    SERIAL_ECHO, /* USART3: the test types a line, it comes back */
    ADC_SINGLE,  /* the test set channel 1 to 1650 mV */
    ADC_SCAN_DMA,
    ADC_INJECTED,
    ADC_BY_TIMER,
    CRC_UNIT,
    SPI_OPEN,
    I2C_NOBODY,
    CAN_LOOP,
    TRACE_UNITS,
    BACKUP,
    RTC_SECONDS,
    WINDOW_FED,
    SLEEP_BY_TIMER,
    STOP_BY_ALARM,
    CHORES,
};

/* Backup register 1: what the next start is for. Register 4: a bit for each before which the flags
 * of the reset were others. */
enum start {
    START_FIRST = 0,   /* after the chores: */
    START_IWDG = 1,    /* the watchdog bites, */
    START_WWDG = 2,    /* the other one, */
    START_WINDOW = 3,  /* is fed too early, */
    START_STANDBY = 4, /* Standby ends with an alarm, */
    START_WKUP = 5,    /* and with WKUP: the test drives PA0 */
    START_DONE = 6,
};

struct report {
    uint32_t next;  /* the chore under way; CHORES: all done */
    uint32_t wrong; /* a bit a chore */
};
#define REPORT_AT 0x20004000u /* above what the program has, below its stack */

#endif

/* SPDX-License-Identifier: MIT */
/* What the program tells the test, at the start of SRAM. */
#ifndef PROBED_TESTS_HABITS_H
#define PROBED_TESTS_HABITS_H

#include <stdint.h>

enum habit {
    CLOCKS_UP,     /* ST's HAL: each oscillator waited for, FLASH_ACR read back */
    CLOCKS_DOWN,   /* HAL_RCC_DeInit() */
    SWD_ONLY,      /* the LL examples of SPI: wait until SWJ_CFG reads what was written */
    REMAPS,        /* HAL, LL and SPL: 111 into SWJ_CFG with every remap */
    ARDUINO_PORTS, /* Maple's core: read, modify, write */
    LIBOPENCM3,    /* the remap ORed to what is read; reset by a pulse */
    BIT_BAND,      /* SPL: one bit by its alias */
    PORT_DEINIT,   /* GPIO_DeInit(): by APB2RSTR */
    LOCKED_PIN,    /* HAL_GPIO_LockPin(): LCKK read until it holds */
    SLOW_CLOCKS,   /* LSI and LSE waited for, the backup domain reset between */
    TIMER,         /* update flag of TIM2 waited for */
    SERIAL,        /* every character waited for */
    BUTTON,        /* wait until PA0 is pressed, and released */
    HABITS,
};

struct report {
    uint32_t next;  /* the habit under way; HABITS at the end */
    uint32_t wrong; /* one bit a habit: it read something else than it wrote */
};

#endif

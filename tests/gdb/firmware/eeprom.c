/* SPDX-License-Identifier: MIT */
/* What chip.c finds in the data EEPROM. */
__attribute__((section(".eeprom"), used)) const char settings[] = "as delivered";

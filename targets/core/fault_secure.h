/* SPDX-License-Identifier: MIT */
/* What the Security Extension of Armv8-M refused, in words: SFSR and SFAR (DDI 0553). Pure. */
#ifndef PROBED_FAULT_SECURE_H
#define PROBED_FAULT_SECURE_H

#include <stddef.h>
#include <stdint.h>

#define FAULT_SFSR 0xE000EDE4u /* SFAR follows it */

/* Or "", where nothing is set: both read as zero to a debugger who may not see the Secure state. */
void fault_secure_explain(uint32_t sfsr, uint32_t sfar, char *text, size_t size);

#endif

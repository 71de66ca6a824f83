/* SPDX-License-Identifier: MIT */
/* Data EEPROM in a programming session: bytes that are written as they come, without an erase, and
 * leave their neighbours alone. They are collected, and written behind the flash. Knows no chip:
 * the driver writes a word (flash/driver.h: queue_data).
 *
 * Worker thread, core halted. Errors come with a sentence in the session's job. */
#ifndef PROBED_DATA_EEPROM_H
#define PROBED_DATA_EEPROM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct flash;
struct target;

struct data_eeprom {
    uint32_t start, size; /* bytes; 0: the chip has none, or nobody knows how to write it */
    uint8_t *want, *kind; /* `size` bytes each, NULL as long as nobody wants anything: what it shall
                           * hold, and enum data_byte */
    uint32_t reached;     /* behind the last word that was written; 0: none was */
};

/* No traffic. */
void data_eeprom_find(struct flash *flash);
bool data_eeprom_holds(const struct flash *flash, uint32_t address);
/* Both: ERR_NOT_FLASH, and nothing taken, if any byte lies outside. ERR_NO_MEMORY. What is
 * announced and not written ends erased. */
enum err data_eeprom_announce(struct flash *flash, uint32_t address, uint32_t length);
enum err data_eeprom_take(struct flash *flash, uint32_t address, const void *data, uint32_t length);
/* Writes the words that differ from what was asked for, and looks at each behind that. */
enum err data_eeprom_work(struct flash *flash);
/* Adds to a sentence that tells how the memories were left. */
void data_eeprom_describe(const struct flash *flash, char *text, size_t size);
void data_eeprom_finish(struct flash *flash);

#endif

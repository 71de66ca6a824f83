/* SPDX-License-Identifier: MIT */
/* A flash algorithm of a CMSIS-Pack (.FLM): position-independent code with a description of the
 * flash that it programs, in an ELF file. Pure: from a file's bytes to what is in it.
 *
 * Source: Open-CMSIS-Pack specification, "Flash Programming". Files come from anywhere: every
 * offset, size and table in them is checked. */
#ifndef PROBED_FLM_H
#define PROBED_FLM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"

enum {
    FLM_RUNS_MAX = 8,
    FLM_NAME = 129,
    FLM_CODE_MAX = 256 * 1024, /* with its data: more than any RAM that it may be meant for */
    FLM_PAGE_MAX = 65536,
};

/* What an algorithm can be called for. */
enum flm_function {
    FLM_INIT,
    FLM_UNINIT,
    FLM_ERASE_SECTOR,
    FLM_PROGRAM_PAGE,
    FLM_REQUIRED, /* all before; those behind may be missing */
    FLM_ERASE_CHIP = FLM_REQUIRED,
    FLM_FUNCTIONS,
};
#define FLM_NONE UINT32_MAX

/* Sectors of one size that follow each other. */
struct flm_run {
    uint32_t offset, size; /* from the start of the flash; of all of them */
    uint32_t sector_size;
};

struct flm {
    char name[FLM_NAME]; /* of the device, as the algorithm says it: printable */
    bool external;       /* outside of the chip */
    uint32_t start;      /* of the flash that it was made for */
    uint32_t size;       /* bytes: whole sectors */
    uint32_t page_size;  /* at most so much is programmed at once */
    uint8_t erased;
    uint32_t program_ms, erase_ms; /* limits of a page and a sector */
    struct flm_run runs[FLM_RUNS_MAX];
    size_t run_count;
    uint8_t *code; /* what goes into RAM: code, data, zeroes; a multiple of 4 bytes */
    uint32_t code_size;
    uint32_t data_offset;              /* where r9 points to */
    uint32_t functions[FLM_FUNCTIONS]; /* offsets in the code; or FLM_NONE */
};

/* "EraseSector", for sentences. */
const char *flm_function_name(enum flm_function function);
/* `name` for sentences. ERR_FILE says what is wrong with it. On success flm_free() is due. */
enum err flm_read(struct job *job, const char *name, const uint8_t *data, size_t size,
                  struct flm *flm);
/* The same of a file. */
enum err flm_read_file(struct job *job, const char *path, struct flm *flm);
/* Some chips of a family have less: sectors behind `size` are left out. ERR_FILE if none is left.
 */
enum err flm_place(struct job *job, struct flm *flm, uint32_t start, uint32_t size);
void flm_free(struct flm *flm);

#endif

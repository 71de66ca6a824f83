/* SPDX-License-Identifier: MIT */
/* An ELF file opened with libelf, for those who read its segments, symbols or debug information. */
#ifndef PROBED_ELF_OPEN_H
#define PROBED_ELF_OPEN_H

#include <gelf.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"

struct elf_open {
    uint8_t *data; /* the whole file, which libelf and what it gives point into */
    size_t size;
    Elf *elf;
};

/* `data` stays the caller's, who ends *elf; `name` for sentences. ERR_FILE. */
enum err elf_of_memory(struct job *job, const char *name, const uint8_t *data, size_t size,
                       Elf **elf);
/* ERR_FILE if it is nothing for a 32-bit, little-endian Arm. */
enum err elf_check_arm(struct job *job, const char *name, Elf *elf, GElf_Ehdr *header);
/* ERR_FILE if it is no linked program for a 32-bit, little-endian Arm. */
enum err elf_check_header(struct job *job, const char *name, Elf *elf, GElf_Ehdr *header);
/* Both, of a file. Closed by elf_open_finish(), which also takes one that is all zero. */
enum err elf_open_file(struct job *job, const char *path, struct elf_open *file);
void elf_open_finish(struct elf_open *file);

#endif

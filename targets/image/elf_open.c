/* SPDX-License-Identifier: MIT */
#include "image/elf_open.h"

#include <stdlib.h>

#include "image/image_internal.h"

static enum err wrong(struct job *job, const char *name, const char *what)
{
    return job_fail(job, ERR_FILE, "%s: %s", name, what);
}

enum err elf_check_arm(struct job *job, const char *name, Elf *elf, GElf_Ehdr *header)
{
    const char *ident = elf_getident(elf, NULL);

    *header = (GElf_Ehdr){0};

    if (elf_kind(elf) != ELF_K_ELF || !ident)
        return wrong(job, name, "not an ELF file, or cut short");
    if (ident[EI_CLASS] != ELFCLASS32 || ident[EI_DATA] != ELFDATA2LSB)
        return wrong(job, name, "not a 32-bit little-endian ELF file");
    if (!gelf_getehdr(elf, header))
        return wrong(job, name, "not an ELF file, or cut short");
    if (header->e_machine != EM_ARM)
        return wrong(job, name, "not a program for Arm");
    return ERR_OK;
}

enum err elf_check_header(struct job *job, const char *name, Elf *elf, GElf_Ehdr *header)
{
    enum err err = elf_check_arm(job, name, elf, header);

    if (err)
        return err;
    return header->e_type == ET_EXEC ? ERR_OK : wrong(job, name, "not linked (not an executable)");
}

enum err elf_of_memory(struct job *job, const char *name, const uint8_t *data, size_t size,
                       Elf **elf)
{
    if (elf_version(EV_CURRENT) == EV_NONE)
        return wrong(job, name, "libelf is too old");
    /* libelf's parameter is not const, but memory opened this way is only read. */
    *elf = elf_memory((char *)(uintptr_t)data, size);
    return *elf ? ERR_OK : wrong(job, name, "not an ELF file, or cut short");
}

enum err elf_open_file(struct job *job, const char *path, struct elf_open *file)
{
    GElf_Ehdr header;

    *file = (struct elf_open){0};
    enum err err = image_file_read(job, path, IMAGE_AUTO, &file->data, &file->size);
    if (!err)
        err = elf_of_memory(job, path, file->data, file->size, &file->elf);
    if (!err)
        err = elf_check_header(job, path, file->elf, &header);
    if (err)
        elf_open_finish(file);
    return err;
}

void elf_open_finish(struct elf_open *file)
{
    if (file->elf)
        elf_end(file->elf);
    free(file->data);
    *file = (struct elf_open){0};
}

/* SPDX-License-Identifier: MIT */
#include "cli/core_file.h"

#include <elf.h>
#include <string.h>

#include "base/bytes.h"

/* struct elf_prstatus of 32-bit Arm: 148 bytes, the signal at 12, the thread at 24, registers
 * at 72.
 */
enum {
    PRSTATUS = 148,
    PRSTATUS_SIGNAL = 12,
    PRSTATUS_PID = 24,
    PRSTATUS_REGISTERS = 72,
    SIGNAL_TRAP = 5,
    VFP = 32 * 8 + 4,
    NOTE_GDB_DESCRIPTION = (int)0xff000000u,
    NOTE_HEAD = 12,
};

static size_t padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

static size_t note_size(const char *name, size_t size)
{
    return NOTE_HEAD + padded(strlen(name) + 1) + padded(size);
}

static void put_note(FILE *out, const char *name, uint32_t type, const void *data, size_t size)
{
    static const uint8_t zeros[4];
    uint8_t head[NOTE_HEAD];
    size_t length = strlen(name) + 1;

    put_le32(head, (uint32_t)length);
    put_le32(head + 4, (uint32_t)size);
    put_le32(head + 8, type);
    fwrite(head, 1, sizeof head, out);
    fwrite(name, 1, length, out);
    fwrite(zeros, 1, padded(length) - length, out);
    fwrite(data, 1, size, out);
    fwrite(zeros, 1, padded(size) - size, out);
}

static void put_thread(FILE *out, const struct core_thread *thread)
{
    uint8_t status[PRSTATUS] = {0}, vfp[VFP] = {0};

    status[PRSTATUS_SIGNAL] = SIGNAL_TRAP;
    put_le32(status + PRSTATUS_PID, thread->id);
    for (size_t i = 0; i < CORE_REGISTERS; i++)
        put_le32(status + PRSTATUS_REGISTERS + 4 * i, thread->registers[i]);
    put_note(out, "CORE", NT_PRSTATUS, status, sizeof status);
    if (!thread->has_fpu)
        return;
    for (size_t i = 0; i < CORE_DOUBLES; i++) {
        put_le32(vfp + 8 * i, (uint32_t)thread->doubles[i]);
        put_le32(vfp + 8 * i + 4, (uint32_t)(thread->doubles[i] >> 32));
    }
    put_le32(vfp + VFP - 4, thread->fpscr);
    put_note(out, "LINUX", NT_ARM_VFP, vfp, sizeof vfp);
}

static size_t notes_size(const struct core_file *file)
{
    size_t size = note_size("GDB", strlen(file->description) + 1);

    for (size_t i = 0; i < file->thread_count; i++) {
        size += note_size("CORE", PRSTATUS);
        size += file->threads[i].has_fpu ? note_size("LINUX", VFP) : 0;
    }
    return size;
}

static void put_headers(const struct core_file *file, FILE *out)
{
    size_t notes = notes_size(file),
           at = sizeof(Elf32_Ehdr) + (1 + file->range_count) * sizeof(Elf32_Phdr);
    Elf32_Ehdr head = {.e_type = ET_CORE,
                       .e_machine = EM_ARM,
                       .e_version = EV_CURRENT,
                       .e_flags = EF_ARM_EABI_VER5,
                       .e_phoff = sizeof head,
                       .e_ehsize = sizeof head,
                       .e_phentsize = sizeof(Elf32_Phdr),
                       .e_phnum = (Elf32_Half)(1 + file->range_count)};
    Elf32_Phdr part = {
        .p_type = PT_NOTE, .p_offset = (Elf32_Off)at, .p_filesz = (Elf32_Word)notes, .p_align = 4};

    memcpy(head.e_ident, ELFMAG, SELFMAG);
    head.e_ident[EI_CLASS] = ELFCLASS32;
    head.e_ident[EI_DATA] = ELFDATA2LSB;
    head.e_ident[EI_VERSION] = EV_CURRENT;
    fwrite(&head, sizeof head, 1, out);
    fwrite(&part, sizeof part, 1, out);
    at += notes;
    for (size_t i = 0; i < file->range_count; i++) {
        const struct core_range *range = &file->ranges[i];

        part = (Elf32_Phdr){.p_type = PT_LOAD,
                            .p_offset = (Elf32_Off)at,
                            .p_vaddr = range->address,
                            .p_paddr = range->address,
                            .p_filesz = range->size,
                            .p_memsz = range->size,
                            .p_flags = PF_R | PF_W | PF_X,
                            .p_align = 1};
        fwrite(&part, sizeof part, 1, out);
        at += range->size;
    }
}

bool core_file_write(const struct core_file *file, FILE *out)
{
    put_headers(file, out);
    put_note(out, "GDB", (uint32_t)NOTE_GDB_DESCRIPTION, file->description,
             strlen(file->description) + 1);
    for (size_t i = 0; i < file->thread_count; i++)
        put_thread(out, &file->threads[i]);
    for (size_t i = 0; i < file->range_count; i++)
        fwrite(file->ranges[i].data, 1, file->ranges[i].size, out);
    return fflush(out) == 0 && !ferror(out);
}

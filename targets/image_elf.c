/* SPDX-License-Identifier: MIT */
/* ELF32 for Arm (System V ABI, "Object Files"; AAELF32): PT_LOAD segments at their physical (load)
 * addresses. libelf reads the file's structures, copied out because nothing in a file need be
 * aligned; what they say is checked here. */
#include "image.h"

#include <gelf.h>
#include <inttypes.h>
#include <string.h>

/* Each is looked for in all sections: no place for absurd numbers. */
enum { SEGMENTS_MAX = 256 };

static enum err wrong(struct image_reader *reader, const char *what)
{
    return job_fail(reader->job, ERR_FILE, "%s: %s", reader->name, what);
}

static bool fits(const struct image_reader *reader, uint64_t offset, uint64_t size)
{
    return offset <= reader->size && size <= reader->size - offset;
}

static enum err check_header(struct image_reader *reader, Elf *elf, GElf_Ehdr *header)
{
    const char *ident = elf_getident(elf, NULL);

    if (elf_kind(elf) != ELF_K_ELF || !ident)
        return wrong(reader, "not an ELF file, or cut short");
    if (ident[EI_CLASS] != ELFCLASS32 || ident[EI_DATA] != ELFDATA2LSB)
        return wrong(reader, "not a 32-bit little-endian ELF file");
    if (!gelf_getehdr(elf, header))
        return wrong(reader, "not an ELF file, or cut short");
    if (header->e_machine != EM_ARM)
        return wrong(reader, "not a program for Arm");
    if (header->e_type != ET_EXEC)
        return wrong(reader, "not linked (not an executable)");
    return ERR_OK;
}

static bool is_loaded(const GElf_Shdr *section)
{
    return section->sh_type != SHT_NOBITS && (section->sh_flags & SHF_ALLOC) &&
           section->sh_size > 0;
}

/* Linkers like to map the file's own headers with the first segment. Nobody wants them in flash:
 * a segment begins with its first section (as gdb and objcopy see it). */
static uint32_t bytes_before_sections(Elf *elf, const GElf_Phdr *segment)
{
    uint64_t first = segment->p_filesz;
    Elf_Scn *at = elf_nextscn(elf, NULL);

    if (!at)
        return 0;
    for (; at; at = elf_nextscn(elf, at)) {
        GElf_Shdr section;

        if (gelf_getshdr(at, &section) && is_loaded(&section) &&
            section.sh_offset >= segment->p_offset && section.sh_offset - segment->p_offset < first)
            first = section.sh_offset - segment->p_offset;
    }
    return (uint32_t)first;
}

static enum err take_segment(struct image_reader *reader, Elf *elf, const GElf_Phdr *segment)
{
    uint32_t address = (uint32_t)segment->p_paddr, size = (uint32_t)segment->p_filesz;

    if (segment->p_type != PT_LOAD || size == 0)
        return ERR_OK;
    if (!fits(reader, segment->p_offset, size))
        return job_fail(reader->job, ERR_FILE,
                        "%s: the segment for 0x%08" PRIx32 " is not all in the file: cut short?",
                        reader->name, address);
    if (size > segment->p_memsz)
        return job_fail(reader->job, ERR_FILE,
                        "%s: the segment for 0x%08" PRIx32 " is larger in the file than in memory",
                        reader->name, address);
    uint32_t skip = bytes_before_sections(elf, segment);
    return image_add(reader, (uint64_t)address + skip, reader->data + segment->p_offset + skip,
                     size - skip);
}

static enum err read_segments(struct image_reader *reader, Elf *elf)
{
    GElf_Ehdr header = {0};
    size_t count = 0;
    enum err err = check_header(reader, elf, &header);

    if (err)
        return err;
    if (header.e_phentsize != sizeof(Elf32_Phdr) || elf_getphdrnum(elf, &count) != 0 || !count ||
        !fits(reader, header.e_phoff, (uint64_t)count * sizeof(Elf32_Phdr)))
        return wrong(reader, "the program headers are missing or cut short");
    if (count > SEGMENTS_MAX)
        return wrong(reader, "more program headers than any program has");
    for (size_t i = 0; i < count && !err; i++) {
        GElf_Phdr segment;

        err = gelf_getphdr(elf, (int)i, &segment)
                  ? take_segment(reader, elf, &segment)
                  : wrong(reader, "the program headers are missing or cut short");
    }
    image_set_entry(reader, (uint32_t)header.e_entry);
    return err;
}

enum err image_read_elf(struct image_reader *reader)
{
    if (elf_version(EV_CURRENT) == EV_NONE)
        return wrong(reader, "libelf is too old");
    /* libelf's parameter is not const, but memory opened this way is only read. */
    Elf *elf = elf_memory((char *)(uintptr_t)reader->data, reader->size);
    if (!elf)
        return wrong(reader, "not an ELF file, or cut short");
    enum err err = read_segments(reader, elf);
    elf_end(elf);
    return err;
}

/* SPDX-License-Identifier: MIT */
/* ELF32 for Arm (System V ABI, "Object Files"; AAELF32): PT_LOAD segments at their physical (load)
 * addresses. Read field by field, since nothing in the file can be trusted to be aligned or there.
 */
#include "image.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"

#define FIELD16(at, type, field) get_le16((at) + offsetof(type, field))
#define FIELD32(at, type, field) get_le32((at) + offsetof(type, field))

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

static enum err check_header(struct image_reader *reader)
{
    const uint8_t *header = reader->data;

    if (!fits(reader, 0, sizeof(Elf32_Ehdr)) || memcmp(header, ELFMAG, SELFMAG) != 0)
        return wrong(reader, "not an ELF file, or cut short");
    if (header[EI_CLASS] != ELFCLASS32 || header[EI_DATA] != ELFDATA2LSB)
        return wrong(reader, "not a 32-bit little-endian ELF file");
    if (FIELD16(header, Elf32_Ehdr, e_machine) != EM_ARM)
        return wrong(reader, "not a program for Arm");
    if (FIELD16(header, Elf32_Ehdr, e_type) != ET_EXEC)
        return wrong(reader, "not linked (not an executable)");
    return ERR_OK;
}

/* One of the two tables of headers; NULL when it is not wholly in the file. */
static const uint8_t *table(const struct image_reader *reader, uint32_t offset, uint32_t count,
                            uint32_t size, uint32_t expected_size)
{
    if (!count || size != expected_size || !fits(reader, offset, (uint64_t)count * size))
        return NULL;
    return reader->data + offset;
}

static bool is_loaded_section(const uint8_t *section)
{
    return FIELD32(section, Elf32_Shdr, sh_type) != SHT_NOBITS &&
           FIELD32(section, Elf32_Shdr, sh_flags) & SHF_ALLOC &&
           FIELD32(section, Elf32_Shdr, sh_size) > 0;
}

/* Linkers like to map the file's own headers with the first segment. Nobody wants them in flash:
 * a segment begins with its first section (as gdb and objcopy see it). */
static uint32_t bytes_before_sections(const struct image_reader *reader, uint32_t offset,
                                      uint32_t size)
{
    const uint8_t *header = reader->data;
    uint32_t count = FIELD16(header, Elf32_Ehdr, e_shnum), first = size;
    const uint8_t *sections = table(reader, FIELD32(header, Elf32_Ehdr, e_shoff), count,
                                    FIELD16(header, Elf32_Ehdr, e_shentsize), sizeof(Elf32_Shdr));

    for (uint32_t i = 0; sections && i < count; i++) {
        const uint8_t *section = sections + i * sizeof(Elf32_Shdr);
        uint32_t at = FIELD32(section, Elf32_Shdr, sh_offset);

        if (is_loaded_section(section) && at >= offset && at - offset < first)
            first = at - offset;
    }
    return sections ? first : 0;
}

static enum err take_segment(struct image_reader *reader, const uint8_t *segment)
{
    uint32_t offset = FIELD32(segment, Elf32_Phdr, p_offset);
    uint32_t size = FIELD32(segment, Elf32_Phdr, p_filesz);
    uint32_t address = FIELD32(segment, Elf32_Phdr, p_paddr);

    if (FIELD32(segment, Elf32_Phdr, p_type) != PT_LOAD || size == 0)
        return ERR_OK;
    if (!fits(reader, offset, size))
        return job_fail(reader->job, ERR_FILE,
                        "%s: the segment for 0x%08" PRIx32 " is not all in the file: cut short?",
                        reader->name, address);
    if (size > FIELD32(segment, Elf32_Phdr, p_memsz))
        return job_fail(reader->job, ERR_FILE,
                        "%s: the segment for 0x%08" PRIx32 " is larger in the file than in memory",
                        reader->name, address);
    uint32_t skip = bytes_before_sections(reader, offset, size);
    return image_add(reader, (uint64_t)address + skip, reader->data + offset + skip, size - skip);
}

enum err image_read_elf(struct image_reader *reader)
{
    const uint8_t *header = reader->data;
    enum err err = check_header(reader);

    if (err)
        return err;
    uint32_t count = FIELD16(header, Elf32_Ehdr, e_phnum);
    const uint8_t *segments = table(reader, FIELD32(header, Elf32_Ehdr, e_phoff), count,
                                    FIELD16(header, Elf32_Ehdr, e_phentsize), sizeof(Elf32_Phdr));
    if (!segments)
        return wrong(reader, "the program headers are missing or cut short");
    if (count > SEGMENTS_MAX)
        return wrong(reader, "more program headers than any program has");
    for (uint32_t i = 0; i < count && !err; i++)
        err = take_segment(reader, segments + i * sizeof(Elf32_Phdr));
    image_set_entry(reader, FIELD32(header, Elf32_Ehdr, e_entry));
    return err;
}

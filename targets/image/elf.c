/* SPDX-License-Identifier: MIT */
/* ELF32 for Arm (System V ABI, "Object Files"; AAELF32): PT_LOAD segments at their physical (load)
 * addresses. libelf reads the file's structures, copied out because nothing in a file need be
 * aligned; what they say is checked here. */
#include "image/elf_open.h"
#include "image/image_internal.h"

#include <inttypes.h>
#include <string.h>

/* Each is looked for in all sections: no place for absurd numbers. */
enum { SEGMENTS_MAX = 256, SECTIONS_MAX = 256, TABLES = 3 };

static enum err wrong(struct image_reader *reader, const char *what)
{
    return job_fail(reader->job, ERR_FILE, "%s: %s", reader->name, what);
}

static bool fits(const struct image_reader *reader, uint64_t offset, uint64_t size)
{
    return offset <= reader->size && size <= reader->size - offset;
}

static bool is_loaded(const GElf_Shdr *section)
{
    return section->sh_type != SHT_NOBITS && (section->sh_flags & SHF_ALLOC) &&
           section->sh_size > 0;
}

/* --- the file's own headers: linkers like to map them with the first segment, and nobody wants
 * them in flash --- */

struct elf_file {
    struct image_reader *reader;
    Elf *elf;
    size_t sections;
    struct range {
        uint64_t start, end; /* in the file */
    } headers[TABLES];       /* the file's, the programs', the sections' */
};

/* The end of the header that covers `offset`; `offset` itself if none does. */
static uint64_t behind_header(const struct elf_file *file, uint64_t offset)
{
    for (size_t i = 0; i < TABLES; i++)
        if (offset >= file->headers[i].start && offset < file->headers[i].end)
            return file->headers[i].end;
    return offset;
}

/* Where the next header begins, or `end`. */
static uint64_t next_header(const struct elf_file *file, uint64_t offset, uint64_t end)
{
    for (size_t i = 0; i < TABLES; i++)
        if (file->headers[i].start > offset && file->headers[i].start < end)
            end = file->headers[i].start;
    return end;
}

/* Where the first section at or behind `offset` begins, or `end`. */
static uint64_t next_section(const struct elf_file *file, uint64_t offset, uint64_t end)
{
    for (Elf_Scn *at = elf_nextscn(file->elf, NULL); at; at = elf_nextscn(file->elf, at)) {
        GElf_Shdr section;

        if (gelf_getshdr(at, &section) && is_loaded(&section) && section.sh_offset >= offset &&
            section.sh_offset < end)
            end = section.sh_offset;
    }
    return end;
}

/* Behind a header linkers fill with zeros up to the first section: written, they would lie over
 * what is below the program, a boot loader perhaps. What is not zero is program, section or not,
 * from its word on: the first one of a vector table may begin with zeros. */
static uint64_t behind_fill(const struct elf_file *file, uint64_t offset, uint64_t end)
{
    uint64_t start = offset, limit = next_section(file, offset, end);

    while (offset < limit && file->reader->data[offset] == 0)
        offset++;
    return offset == limit ? limit : offset - (offset - start) % 4;
}

/* The end of the section that covers `offset`; `offset` itself if none does. */
static uint64_t behind_section(const struct elf_file *file, uint64_t offset)
{
    for (Elf_Scn *at = elf_nextscn(file->elf, NULL); at; at = elf_nextscn(file->elf, at)) {
        GElf_Shdr section;

        if (gelf_getshdr(at, &section) && is_loaded(&section) && offset >= section.sh_offset &&
            offset - section.sh_offset < section.sh_size)
            return section.sh_offset + section.sh_size;
    }
    return offset;
}

/* Zeros and ones between sections are fill. */
static void count_unsectioned(const struct elf_file *file, uint32_t address, uint64_t at,
                              uint64_t end)
{
    struct image *image = file->reader->image;

    for (uint64_t offset = at, next; file->sections <= SECTIONS_MAX && offset < end;) {
        next = behind_section(file, offset);
        if (next == offset)
            next = next_section(file, offset, end);
        else
            offset = next;
        for (; offset < next; offset++)
            if (file->reader->data[offset] != 0 && file->reader->data[offset] != UINT8_MAX &&
                image->unsectioned++ == 0)
                image->unsectioned_at = address + (uint32_t)(offset - at);
    }
}

static enum err take_bytes(const struct elf_file *file, const GElf_Phdr *segment)
{
    uint64_t at = segment->p_offset, end = at + segment->p_filesz;
    enum err err = ERR_OK;

    while (at < end && !err) {
        uint64_t from = behind_header(file, at);
        if (from != at) {
            at = from < end ? behind_fill(file, from, end) : end;
            continue;
        }
        uint64_t until = next_header(file, at, end);
        uint64_t address = segment->p_paddr + (at - segment->p_offset);
        err = image_add(file->reader, address, file->reader->data + at, until - at);
        count_unsectioned(file, (uint32_t)address, at, until);
        at = until;
    }
    return err;
}

static enum err take_segment(const struct elf_file *file, const GElf_Phdr *segment)
{
    struct image_reader *reader = file->reader;
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
    return take_bytes(file, segment);
}

static void read_needs(struct image_reader *reader, Elf *elf)
{
    for (Elf_Scn *at = elf_nextscn(elf, NULL); at; at = elf_nextscn(elf, at)) {
        GElf_Shdr section;

        if (gelf_getshdr(at, &section) && section.sh_type == SHT_ARM_ATTRIBUTES &&
            fits(reader, section.sh_offset, section.sh_size))
            reader->image->needs =
                image_needs_of(reader->data + section.sh_offset, section.sh_size);
    }
}

static enum err read_segments(struct image_reader *reader, Elf *elf)
{
    GElf_Ehdr header = {0};
    size_t count = 0, sections = 0;
    enum err err = elf_check_header(reader->job, reader->name, elf, &header);

    if (err)
        return err;
    if (header.e_phnum == 0)
        return wrong(reader, "it has no program headers, which say what goes where: linked without "
                             "them, or only symbols");
    if (header.e_phentsize != sizeof(Elf32_Phdr) || elf_getphdrnum(elf, &count) != 0 || !count ||
        !fits(reader, header.e_phoff, (uint64_t)count * sizeof(Elf32_Phdr)))
        return wrong(reader, "the program headers are missing or cut short");
    if (count > SEGMENTS_MAX)
        return wrong(reader, "more program headers than any program has");
    if (elf_getshdrnum(elf, &sections) != 0)
        sections = 0;
    struct elf_file file = {
        .reader = reader,
        .elf = elf,
        .sections = sections,
        .headers = {{0, sizeof(Elf32_Ehdr)},
                    {header.e_phoff, header.e_phoff + count * sizeof(Elf32_Phdr)},
                    {header.e_shoff, header.e_shoff + sections * sizeof(Elf32_Shdr)}},
    };
    for (size_t i = 0; i < count && !err; i++) {
        GElf_Phdr segment;

        err = gelf_getphdr(elf, (int)i, &segment)
                  ? take_segment(&file, &segment)
                  : wrong(reader, "the program headers are missing or cut short");
    }
    image_set_entry(reader, (uint32_t)header.e_entry);
    read_needs(reader, elf);
    return err;
}

enum err image_read_elf(struct image_reader *reader)
{
    Elf *elf;
    enum err err = elf_of_memory(reader->job, reader->name, reader->data, reader->size, &elf);

    if (err)
        return err;
    err = read_segments(reader, elf);
    elf_end(elf);
    return err;
}

/* SPDX-License-Identifier: MIT */
#include "flash/flm/flm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "image/elf_open.h"
#include "image/image_internal.h"

/* struct FlashDevice, by offsets (FlashOS.h). */
enum {
    DEVICE_NAME = 2,
    DEVICE_TYPE = 130,
    DEVICE_START = 132,
    DEVICE_SIZE = 136,
    DEVICE_PAGE = 140,
    DEVICE_ERASED = 148,
    DEVICE_PROGRAM_MS = 152,
    DEVICE_ERASE_MS = 156,
    DEVICE_SECTORS = 160, /* pairs of words: size, offset */
    SECTOR_ENTRY = 8,
    SECTORS_MOST = 512,
    TYPE_ON_CHIP = 1,
    TYPE_UNKNOWN = 0,
    DEFAULT_MS = 10000,
};
#define SECTORS_END 0xFFFFFFFFu

static const char *const names[FLM_FUNCTIONS] = {
    [FLM_INIT] = "Init",
    [FLM_UNINIT] = "UnInit",
    [FLM_ERASE_SECTOR] = "EraseSector",
    [FLM_PROGRAM_PAGE] = "ProgramPage",
    [FLM_ERASE_CHIP] = "EraseChip",
};

const char *flm_function_name(enum flm_function function)
{
    return names[function];
}

/* A file that is being read. */
struct reader {
    struct job *job;
    const char *name;
    Elf *elf;
    struct flm *flm;
    uint32_t base; /* where the code was linked */
    bool code_found;
    const uint8_t *device; /* section DevDscr .. */
    size_t device_size;
    uint32_t device_base; /* .. linked there */
    bool of_st;           /* an external loader of ST's tools, which works otherwise */
    uint32_t device_at;   /* of the structure in it, where a symbol says so */
};

static enum err wrong(const struct reader *reader, const char *what)
{
    return job_fail(reader->job, ERR_FILE, "%s: no flash algorithm that can be used: %s",
                    reader->name, what);
}

/* --- sections --- */

enum section { CODE, DATA, DEVICE, OTHER };

static enum section section_of(Elf *elf, size_t strings, const GElf_Shdr *header)
{
    const char *name = elf_strptr(elf, strings, header->sh_name);

    if (!name)
        return OTHER;
    return strcmp(name, "PrgCode") == 0   ? CODE
           : strcmp(name, "PrgData") == 0 ? DATA
           : strcmp(name, "DevDscr") == 0 ? DEVICE
                                          : OTHER;
}

/* How much of RAM the sections take, from the code's base on. */
static enum err measure(struct reader *reader, const GElf_Shdr *header)
{
    uint64_t end = header->sh_addr + header->sh_size - reader->base;

    if (header->sh_addr < reader->base || end > FLM_CODE_MAX || header->sh_size > FLM_CODE_MAX)
        return wrong(reader, "its code and data do not lie together, or take more than 256 KiB");
    if (reader->flm->code_size < end)
        reader->flm->code_size = (uint32_t)end;
    return ERR_OK;
}

static enum err copy(struct reader *reader, Elf_Scn *section, const GElf_Shdr *header)
{
    struct flm *flm = reader->flm;
    const Elf_Data *data = elf_rawdata(section, NULL);

    if (header->sh_type == SHT_NOBITS || !header->sh_size)
        return ERR_OK;
    if (!data || !data->d_buf || data->d_size != header->sh_size)
        return wrong(reader, "cut short");
    memcpy(flm->code + (header->sh_addr - reader->base), data->d_buf, data->d_size);
    return ERR_OK;
}

typedef enum err visit_section(struct reader *reader, enum section kind, Elf_Scn *section,
                               const GElf_Shdr *header);

static enum err each_section(struct reader *reader, visit_section *visit)
{
    size_t strings = 0;
    GElf_Shdr header;
    enum err err = ERR_OK;

    if (elf_getshdrstrndx(reader->elf, &strings) != 0)
        return wrong(reader, "it has no sections");
    for (Elf_Scn *section = elf_nextscn(reader->elf, NULL); section && !err;
         section = elf_nextscn(reader->elf, section))
        if (gelf_getshdr(section, &header))
            err = visit(reader, section_of(reader->elf, strings, &header), section, &header);
    return err;
}

static enum err look_for_code(struct reader *reader, enum section kind, Elf_Scn *section,
                              const GElf_Shdr *header)
{
    const Elf_Data *data;

    if (kind == CODE && !reader->code_found) {
        reader->base = (uint32_t)header->sh_addr;
        reader->code_found = true;
    }
    if (kind != DEVICE)
        return ERR_OK;
    data = elf_rawdata(section, NULL);
    if (!data || !data->d_buf)
        return wrong(reader, "cut short");
    reader->device = data->d_buf;
    reader->device_size = data->d_size;
    reader->device_base = (uint32_t)header->sh_addr;
    return ERR_OK;
}

static enum err measure_section(struct reader *reader, enum section kind, Elf_Scn *section,
                                const GElf_Shdr *header)
{
    if (kind == DATA && reader->flm->data_offset == FLM_NONE)
        reader->flm->data_offset = (uint32_t)header->sh_addr - reader->base;
    return kind == CODE || kind == DATA ? measure(reader, header) : ERR_OK;
}

static enum err copy_section(struct reader *reader, enum section kind, Elf_Scn *section,
                             const GElf_Shdr *header)
{
    return kind == CODE || kind == DATA ? copy(reader, section, header) : ERR_OK;
}

static enum err read_code(struct reader *reader)
{
    struct flm *flm = reader->flm;

    if (!reader->code_found)
        return wrong(reader, "it has no section PrgCode");
    if (!reader->device)
        return wrong(reader, "it has no section DevDscr, which describes the flash");
    flm->data_offset = FLM_NONE;
    enum err err = each_section(reader, measure_section);
    if (err)
        return err;
    flm->code_size = (flm->code_size + 3) & ~3u;
    if (flm->data_offset == FLM_NONE)
        flm->data_offset = flm->code_size;
    flm->code = calloc(1, flm->code_size ? flm->code_size : 1);
    if (!flm->code)
        return job_fail(reader->job, ERR_NO_MEMORY, "out of memory");
    return each_section(reader, copy_section);
}

/* --- symbols --- */

static void take_symbol(struct reader *reader, const char *name, const GElf_Sym *symbol)
{
    struct flm *flm = reader->flm;
    uint32_t offset = ((uint32_t)symbol->st_value & ~1u) - reader->base;

    if (strcmp(name, "FlashDevice") == 0 && symbol->st_value >= reader->device_base)
        reader->device_at = (uint32_t)symbol->st_value - reader->device_base;
    reader->of_st |= strcmp(name, "StorageInfo") == 0;
    for (unsigned i = 0; i < FLM_FUNCTIONS; i++)
        if (strcmp(name, names[i]) == 0 && (symbol->st_value & 1))
            flm->functions[i] = offset;
}

static enum err read_symbols_of(struct reader *reader, enum section kind, Elf_Scn *section,
                                const GElf_Shdr *header)
{
    Elf_Data *data = header->sh_type == SHT_SYMTAB ? elf_getdata(section, NULL) : NULL;
    size_t count = data ? data->d_size / sizeof(Elf32_Sym) : 0;
    GElf_Sym symbol;

    for (size_t i = 0; i < count && gelf_getsym(data, (int)i, &symbol); i++) {
        const char *name = elf_strptr(reader->elf, header->sh_link, symbol.st_name);

        if (name && symbol.st_shndx != SHN_UNDEF)
            take_symbol(reader, name, &symbol);
    }
    return ERR_OK;
}

static enum err read_symbols(struct reader *reader)
{
    for (unsigned i = 0; i < FLM_FUNCTIONS; i++)
        reader->flm->functions[i] = FLM_NONE;
    enum err err = each_section(reader, read_symbols_of);

    if (err || !reader->of_st)
        return err;
    return job_fail(reader->job, ERR_UNSUPPORTED,
                    "%s is an external loader of ST's tools (.stldr), which probed cannot use; the "
                    "flash algorithm (.FLM) for the same memory does it, from the board's or the "
                    "chip's CMSIS-Pack",
                    reader->name);
}

/* Those outside of the code are none. */
static enum err check_functions(struct reader *reader)
{
    struct flm *flm = reader->flm;
    char what[80];

    for (unsigned i = 0; i < FLM_FUNCTIONS; i++)
        if (flm->functions[i] >= flm->code_size)
            flm->functions[i] = FLM_NONE;
    for (unsigned i = 0; i < FLM_REQUIRED; i++)
        if (flm->functions[i] == FLM_NONE) {
            snprintf(what, sizeof what, "it has no function %s", names[i]);
            return wrong(reader, what);
        }
    return ERR_OK;
}

/* --- the device --- */

static enum err add_run(struct reader *reader, uint32_t sector_size, uint32_t offset)
{
    struct flm *flm = reader->flm;
    struct flm_run *last = flm->run_count ? &flm->runs[flm->run_count - 1] : NULL;

    if (!sector_size || offset >= flm->size || (last ? offset <= last->offset : offset != 0))
        return wrong(reader, "its sectors do not follow each other from the flash's start");
    if (last && (offset - last->offset) % last->sector_size)
        return wrong(reader, "a sector ends inside of the next one");
    if (last)
        last->size = offset - last->offset;
    if (last && last->sector_size == sector_size)
        return ERR_OK;
    if (flm->run_count == FLM_RUNS_MAX)
        return wrong(reader, "it has more than 8 runs of equal sectors");
    flm->runs[flm->run_count++] = (struct flm_run){offset, 0, sector_size};
    return ERR_OK;
}

/* What fills no sector at the end is left out. */
static enum err end_runs(struct reader *reader)
{
    struct flm *flm = reader->flm;
    struct flm_run *last = flm->run_count ? &flm->runs[flm->run_count - 1] : NULL;

    if (!last)
        return wrong(reader, "it names no sectors");
    last->size = (flm->size - last->offset) / last->sector_size * last->sector_size;
    flm->size = last->offset + last->size;
    return last->size ? ERR_OK : wrong(reader, "its last sector is larger than the flash");
}

static enum err read_sectors(struct reader *reader)
{
    const uint8_t *entry = reader->device + reader->device_at + DEVICE_SECTORS;
    size_t room = (reader->device_size - reader->device_at - DEVICE_SECTORS) / SECTOR_ENTRY;
    enum err err = ERR_OK;

    for (size_t i = 0; !err; i++, entry += SECTOR_ENTRY) {
        if (i >= room || i > SECTORS_MOST)
            return wrong(reader, "its table of sectors has no end");
        if (get_le32(entry) == SECTORS_END || get_le32(entry + 4) == SECTORS_END)
            return end_runs(reader);
        err = add_run(reader, get_le32(entry), get_le32(entry + 4));
    }
    return err;
}

static void read_name(struct flm *flm, const uint8_t *device)
{
    size_t i = 0;

    for (; i < FLM_NAME - 1 && device[DEVICE_NAME + i]; i++)
        flm->name[i] = device[DEVICE_NAME + i] >= ' ' && device[DEVICE_NAME + i] < 0x7F
                           ? (char)device[DEVICE_NAME + i]
                           : '?';
    flm->name[i] = '\0';
}

static uint32_t limit_ms(uint32_t said)
{
    return said && said < SECTORS_END ? said : DEFAULT_MS;
}

static enum err read_device(struct reader *reader)
{
    struct flm *flm = reader->flm;

    if (reader->device_at > reader->device_size ||
        reader->device_size - reader->device_at < DEVICE_SECTORS)
        return wrong(reader, "its description of the flash is cut short");
    const uint8_t *device = reader->device + reader->device_at;
    unsigned type = device[DEVICE_TYPE] | device[DEVICE_TYPE + 1] << 8;
    read_name(flm, device);
    flm->external = type != TYPE_ON_CHIP && type != TYPE_UNKNOWN;
    flm->start = get_le32(device + DEVICE_START);
    flm->size = get_le32(device + DEVICE_SIZE);
    flm->page_size = get_le32(device + DEVICE_PAGE);
    flm->erased = device[DEVICE_ERASED];
    flm->program_ms = limit_ms(get_le32(device + DEVICE_PROGRAM_MS));
    flm->erase_ms = limit_ms(get_le32(device + DEVICE_ERASE_MS));
    if (!flm->size || (uint64_t)flm->start + flm->size > 1ull << 32)
        return wrong(reader, "its flash has no size, or passes the end of memory");
    if (!flm->page_size || flm->page_size > FLM_PAGE_MAX)
        return wrong(reader, "its pages have no size, or more than 64 KiB");
    return read_sectors(reader);
}

/* --- reading --- */

static enum err read_all(struct reader *reader)
{
    GElf_Ehdr header;
    enum err err = elf_check_arm(reader->job, reader->name, reader->elf, &header);

    if (!err)
        err = each_section(reader, look_for_code);
    if (!err)
        err = read_symbols(reader);
    if (!err)
        err = read_code(reader);
    if (!err)
        err = check_functions(reader);
    return err ? err : read_device(reader);
}

enum err flm_read(struct job *job, const char *name, const uint8_t *data, size_t size,
                  struct flm *flm)
{
    struct reader reader = {.job = job, .name = name, .flm = flm};

    *flm = (struct flm){0};
    enum err err = elf_of_memory(job, name, data, size, &reader.elf);
    if (err)
        return err;
    err = read_all(&reader);
    elf_end(reader.elf);
    if (err)
        flm_free(flm);
    return err;
}

enum err flm_read_file(struct job *job, const char *path, struct flm *flm)
{
    uint8_t *data;
    size_t size;
    enum err err = image_file_read(job, path, IMAGE_AUTO, &data, &size);

    if (err)
        return err;
    err = flm_read(job, path, data, size, flm);
    free(data);
    return err;
}

enum err flm_place(struct job *job, struct flm *flm, uint32_t start, uint32_t size)
{
    size_t kept = 0;

    for (; kept < flm->run_count && flm->runs[kept].offset < size; kept++) {
        struct flm_run *run = &flm->runs[kept];
        uint32_t room = size - run->offset;

        if (run->size > room)
            run->size = room / run->sector_size * run->sector_size;
        if (!run->size)
            break;
    }
    if (!kept)
        return job_fail(job, ERR_FILE,
                        "the flash algorithm %s has no sector within %" PRIu32 " bytes", flm->name,
                        size);
    flm->run_count = kept;
    flm->start = start;
    flm->size = flm->runs[kept - 1].offset + flm->runs[kept - 1].size;
    if ((uint64_t)start + flm->size > 1ull << 32)
        return job_fail(job, ERR_FILE,
                        "the flash algorithm %s is for 0x%08" PRIx32
                        " and so much flash that it passes the end of the address space",
                        flm->name, start);
    return ERR_OK;
}

void flm_free(struct flm *flm)
{
    free(flm->code);
    flm->code = NULL;
}

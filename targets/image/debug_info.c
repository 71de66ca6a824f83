/* SPDX-License-Identifier: MIT */
#include "image/debug_info_internal.h"

#include <dwarf.h>
#include <stdlib.h>

enum { ENTRIES_MAX = 4 * 1024 * 1024 };

/* Room for one more of `size` bytes each, grown by doubling; NULL without memory. */
static void *one_more(void **array, size_t *count, size_t size)
{
    if ((*count & (*count + 1)) == 0) { /* full: the room is a power of two less one */
        if (*count >= ENTRIES_MAX)
            return NULL;
        void *grown = realloc(*array, (2 * *count + 1) * size);
        if (!grown)
            return NULL;
        *array = grown;
    }
    return (char *)*array + (*count)++ * size;
}

static int by_start(const void *one, const void *other)
{
    const uint32_t *a = one, *b = other; /* the first member of both kinds */

    return (*a > *b) - (*a < *b);
}

/* --- compile units: .debug_aranges, which would say the same, is not there for every compiler ---
 */

static bool add_unit(struct debug_info *info, Dwarf_Die *unit)
{
    Dwarf_Addr base, start, end;

    for (ptrdiff_t at = 0; (at = dwarf_ranges(unit, at, &base, &start, &end)) > 0;) {
        if (start >= end || end > UINT32_MAX)
            continue;
        struct unit_range *range =
            one_more((void **)&info->units, &info->unit_count, sizeof *range);
        if (!range)
            return false;
        *range = (struct unit_range){(uint32_t)start, (uint32_t)end, *unit};
    }
    return true;
}

static bool read_units(struct debug_info *info)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    uint8_t kind;

    while (dwarf_get_units(info->dwarf, unit, &unit, NULL, &kind, &die, NULL) == 0)
        if (kind == DW_UT_compile && !add_unit(info, &die))
            return false;
    if (info->unit_count > 0)
        qsort(info->units, info->unit_count, sizeof *info->units, by_start);
    return true;
}

/* --- functions of the symbol table --- */

static bool add_functions(struct debug_info *info, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t all = data ? data->d_size / sizeof(Elf32_Sym) : 0;
    GElf_Sym found;

    for (size_t i = 0; i < all && gelf_getsym(data, (int)i, &found); i++) {
        if (GELF_ST_TYPE(found.st_info) != STT_FUNC || found.st_shndx == SHN_UNDEF)
            continue;
        const char *name = elf_strptr(info->file.elf, header->sh_link, found.st_name);
        struct function_symbol *function =
            name ? one_more((void **)&info->functions, &info->function_count, sizeof *function)
                 : NULL;
        if (name && !function)
            return false;
        uint32_t start = (uint32_t)found.st_value & ~1u, size = (uint32_t)found.st_size;
        if (function)
            *function = (struct function_symbol){
                start, size <= UINT32_MAX - start ? start + size : UINT32_MAX, name};
    }
    return true;
}

/* Of hand-written ones the size is often not said: they go up to the next. */
static void end_endless(struct debug_info *info)
{
    for (size_t i = 0; i + 1 < info->function_count; i++)
        if (info->functions[i].start == info->functions[i].end)
            info->functions[i].end = info->functions[i + 1].start;
}

static bool read_functions(struct debug_info *info)
{
    GElf_Shdr header;
    bool fits = true;

    for (Elf_Scn *at = elf_nextscn(info->file.elf, NULL); at && fits;
         at = elf_nextscn(info->file.elf, at))
        if (gelf_getshdr(at, &header) && header.sh_type == SHT_SYMTAB)
            fits = add_functions(info, at, &header);
    if (info->function_count > 0)
        qsort(info->functions, info->function_count, sizeof *info->functions, by_start);
    end_endless(info);
    return fits;
}

/* --- both --- */

/* The last entry of `array` that begins at or before the address; NULL: none. */
static const void *last_before(const void *array, size_t count, size_t size, uint32_t address)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (*(const uint32_t *)((const char *)array + middle * size) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? (const char *)array + (low - 1) * size : NULL;
}

const struct unit_range *debug_info_unit(const struct debug_info *info, uint32_t address)
{
    const struct unit_range *unit =
        last_before(info->units, info->unit_count, sizeof *info->units, address);

    return unit && address < unit->end ? unit : NULL;
}

const struct function_symbol *debug_info_function(const struct debug_info *info, uint32_t address)
{
    const struct function_symbol *function =
        last_before(info->functions, info->function_count, sizeof *info->functions, address);

    /* Of several names of one place the last may be the one without a size. */
    while (function && function > info->functions && address >= function->end &&
           function[-1].start == function->start)
        function--;
    return function && address < function->end ? function : NULL;
}

bool debug_info_has_lines(const struct debug_info *info)
{
    return info->unit_count > 0;
}

enum err debug_info_open(struct job *job, const char *path, struct debug_info **result)
{
    struct debug_info *info = calloc(1, sizeof *info);

    *result = NULL;
    if (!info)
        return job_fail(job, ERR_NO_MEMORY, "out of memory");
    enum err err = elf_open_file(job, path, &info->file);
    if (!err)
        info->dwarf = dwarf_begin_elf(info->file.elf, DWARF_C_READ, NULL);
    if (!err)
        info->exception_rules = dwarf_getcfi_elf(info->file.elf);
    if (!err && ((info->dwarf && !read_units(info)) || !read_functions(info)))
        err = job_fail(job, ERR_NO_MEMORY, "%s: too much debug information for the memory", path);
    if (err)
        debug_info_close(info);
    else
        *result = info;
    return err;
}

void debug_info_close(struct debug_info *info)
{
    if (!info)
        return;
    if (info->exception_rules)
        dwarf_cfi_end(info->exception_rules);
    if (info->dwarf)
        dwarf_end(info->dwarf);
    elf_open_finish(&info->file);
    free(info->units);
    free(info->functions);
    free(info);
}

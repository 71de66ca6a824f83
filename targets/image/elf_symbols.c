/* SPDX-License-Identifier: MIT */
#include "image/elf_symbols.h"

#include <string.h>

#include "image/elf_open.h"

/* How much a symbol is what is meant. */
enum rank { NONE, RENAMED, LOCAL, WEAK, GLOBAL };
enum { NAMES_MAX = 512 };

static const char renaming[] = ".lto_priv.";

/* The length of `found` without what link-time optimisation put behind it; *renamed: there was. */
static size_t own_length(const char *found, bool *renamed)
{
    const char *behind = strstr(found, renaming);
    size_t digits = behind ? strspn(behind + strlen(renaming), "0123456789") : 0;

    *renamed = digits > 0 && behind[strlen(renaming) + digits] == '\0';
    return *renamed ? (size_t)(behind - found) : strlen(found);
}

static enum rank rank_of(const GElf_Sym *symbol, bool renamed)
{
    if (renamed)
        return RENAMED;
    switch (GELF_ST_BIND(symbol->st_info)) {
    case STB_GLOBAL:
        return GLOBAL;
    case STB_WEAK:
        return WEAK;
    default:
        return LOCAL;
    }
}

static bool says_something(const GElf_Sym *symbol)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);

    return symbol->st_shndx != SHN_UNDEF && type != STT_FILE && type != STT_SECTION;
}

static void take(struct elf_symbol *symbol, const GElf_Sym *found)
{
    bool function = GELF_ST_TYPE(found->st_info) == STT_FUNC;

    symbol->found = true;
    symbol->address = (uint32_t)found->st_value & (function ? ~1u : ~0u);
    symbol->size = (uint32_t)found->st_size;
}

static void compare(struct elf_symbol *symbols, uint8_t *ranks, size_t count, const char *name,
                    const GElf_Sym *found)
{
    bool renamed;
    size_t length = own_length(name, &renamed);
    enum rank rank = rank_of(found, renamed);

    for (size_t i = 0; i < count; i++) {
        const char *wanted = symbols[i].name;

        if (!wanted || rank <= ranks[i] || strncmp(wanted, name, length) != 0 ||
            wanted[length] != '\0')
            continue;
        ranks[i] = (uint8_t)rank;
        take(&symbols[i], found);
    }
}

static void search(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, struct elf_symbol *symbols,
                   uint8_t *ranks, size_t count)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t all = data && header->sh_entsize ? data->d_size / sizeof(Elf32_Sym) : 0;
    GElf_Sym found;

    for (size_t i = 0; i < all && gelf_getsym(data, (int)i, &found); i++) {
        const char *name =
            says_something(&found) ? elf_strptr(elf, header->sh_link, found.st_name) : NULL;

        if (name && name[0])
            compare(symbols, ranks, count, name, &found);
    }
}

static void search_all(Elf *elf, struct elf_symbol *symbols, uint8_t *ranks, size_t count)
{
    GElf_Shdr header;

    for (Elf_Scn *at = elf_nextscn(elf, NULL); at; at = elf_nextscn(elf, at))
        if (gelf_getshdr(at, &header) && header.sh_type == SHT_SYMTAB)
            search(elf, at, &header, symbols, ranks, count);
}

enum err elf_symbols_find(struct job *job, const char *path, struct elf_symbol *symbols,
                          size_t count)
{
    uint8_t ranks[NAMES_MAX];
    struct elf_open file;
    enum err err = elf_open_file(job, path, &file);

    for (size_t i = 0; i < count; i++)
        symbols[i] = (struct elf_symbol){.name = symbols[i].name};
    for (size_t first = 0, n; !err && first < count; first += n) {
        n = count - first < NAMES_MAX ? count - first : NAMES_MAX;
        memset(ranks, NONE, sizeof ranks);
        search_all(file.elf, symbols + first, ranks, n);
    }
    elf_open_finish(&file);
    return err;
}

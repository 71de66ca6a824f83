/* SPDX-License-Identifier: MIT */
/* A unit's tree of DIEs is descended along those that hold the address (DWARF 5, 3.3): functions,
 * blocks in them, and functions inlined there. */
#include "image/source_lines.h"

#include <dwarf.h>

#include "image/debug_info_internal.h"

enum { DEPTH_MAX = 64 }; /* of nested scopes; the file may say anything */

/* What an address lies in, the outermost first. */
struct scopes {
    Dwarf_Addr address;
    Dwarf_Die functions[SOURCE_PLACES];
    size_t count;
};

static bool may_hold_functions(int tag)
{
    return tag == DW_TAG_namespace || tag == DW_TAG_module || tag == DW_TAG_structure_type ||
           tag == DW_TAG_class_type || tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type;
}

/* The child of `parent` that goes on towards the address, to `next`; false: none. Depth is counted
 * where nothing but the tree itself shows the way. */
static bool descend(Dwarf_Die *parent, Dwarf_Addr address, unsigned depth, Dwarf_Die *next)
{
    Dwarf_Die child, inner;

    if (depth > DEPTH_MAX || dwarf_child(parent, &child) != 0)
        return false;
    do {
        int tag = dwarf_tag(&child);

        if (may_hold_functions(tag) && descend(&child, address, depth + 1, &inner)) {
            *next = inner;
            return true;
        }
        if ((tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
             tag == DW_TAG_lexical_block) &&
            dwarf_haspc(&child, address) == 1) {
            *next = child;
            return true;
        }
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

static void find_scopes(struct scopes *scopes, Dwarf_Die *unit)
{
    Dwarf_Die at = *unit, next;

    for (unsigned depth = 0; depth < DEPTH_MAX && scopes->count < SOURCE_PLACES &&
                             descend(&at, scopes->address, depth, &next);
         depth++, at = next)
        if (dwarf_tag(&next) != DW_TAG_lexical_block)
            scopes->functions[scopes->count++] = next;
}

static void read_line(const struct unit_range *range, uint32_t address, struct source_place *place)
{
    Dwarf_Die unit = range->unit;
    Dwarf_Line *line = dwarf_getsrc_die(&unit, address);
    int number;

    if (!line || dwarf_lineno(line, &number) != 0)
        return;
    place->file = dwarf_linesrc(line, NULL, NULL);
    place->line = number > 0 ? (unsigned)number : 0;
}

static bool read_number(Dwarf_Die *die, unsigned name, Dwarf_Word *number)
{
    Dwarf_Attribute attribute;

    return dwarf_attr(die, name, &attribute) && dwarf_formudata(&attribute, number) == 0;
}

/* Where an inlined function was called. */
static void read_call(const struct unit_range *range, Dwarf_Die *inlined,
                      struct source_place *place)
{
    Dwarf_Die unit = range->unit;
    Dwarf_Files *files;
    Dwarf_Word file, line;
    size_t count;

    if (!read_number(inlined, DW_AT_call_line, &line) || line > INT32_MAX)
        return;
    place->line = (unsigned)line;
    if (read_number(inlined, DW_AT_call_file, &file) &&
        dwarf_getsrcfiles(&unit, &files, &count) == 0 && file < count)
        place->file = dwarf_filesrc(files, file, NULL, NULL);
}

static size_t by_symbol(const struct debug_info *info, uint32_t address, struct source_place *place)
{
    const struct function_symbol *function = debug_info_function(info, address);

    if (function)
        place->function = function->name;
    return 1;
}

size_t source_lines_at(const struct debug_info *info, uint32_t address, struct source_place *places,
                       size_t max)
{
    const struct unit_range *range = debug_info_unit(info, address);
    struct scopes scopes = {.address = address};
    size_t count = 0;

    places[0] = (struct source_place){0};
    if (range) {
        Dwarf_Die unit = range->unit;

        find_scopes(&scopes, &unit);
        read_line(range, address, &places[0]);
    }
    for (size_t i = scopes.count; i-- > 0 && count < max; count++) {
        Dwarf_Die *function = &scopes.functions[i];

        if (count > 0) {
            places[count] = (struct source_place){0};
            read_call(range, &scopes.functions[i + 1], &places[count]);
        }
        places[count].function = dwarf_diename(function);
        places[count].inlined = dwarf_tag(function) == DW_TAG_inlined_subroutine;
    }
    return count > 0 ? count : by_symbol(info, address, &places[0]);
}

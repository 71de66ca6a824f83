/* SPDX-License-Identifier: MIT */
#include "cli/profile_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/visible.h"
#include "image/source_lines.h"

enum { NAME = 120, LINES_SHOWN = 8, PER_MILLE = 1000 };

/* --- rows --- */

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Semicolons part frames, and a blank the count; names in C++ have both. */
static void put_frame(FILE *to, const char *name)
{
    char shown[NAME];
    size_t length = visible_copy(VISIBLE_LINE, name, strlen(name), shown, sizeof shown - 1);

    for (size_t i = 0; i < length; i++)
        fputc(shown[i] == ';' ? ':' : shown[i] == ' ' ? '_' : shown[i], to);
}

static char *make_place(const struct source_place *place, uint32_t pc)
{
    char text[NAME + 16];

    if (place->file && place->line)
        snprintf(text, sizeof text, "%.100s:%u", base_of(place->file), place->line);
    else
        snprintf(text, sizeof text, "0x%08" PRIx32, pc);
    return strdup(text);
}

static char *make_stack(const struct source_place *places, size_t count, const char *place)
{
    char *stack = NULL;
    size_t size;
    FILE *text = open_memstream(&stack, &size);

    if (!text)
        return NULL;
    for (size_t i = count; i > 0; i--) {
        put_frame(text, places[i - 1].function ? places[i - 1].function : "(unknown)");
        fputc(';', text);
    }
    put_frame(text, place);
    return fclose(text) == 0 ? stack : NULL;
}

static bool make_row(struct profile_row *row, const struct pc_count *sampled,
                     const struct debug_info *info)
{
    struct source_place places[SOURCE_PLACES];
    size_t count = source_lines_at(info, sampled->pc, places, SOURCE_PLACES);

    row->count = sampled->count;
    row->function = strdup(places[0].function ? places[0].function : "(unknown)");
    row->place = make_place(&places[0], sampled->pc);
    row->stack = row->place ? make_stack(places, count, row->place) : NULL;
    return row->function && row->stack;
}

static int by_stack(const void *a, const void *b)
{
    return strcmp(((const struct profile_row *)a)->stack, ((const struct profile_row *)b)->stack);
}

static void free_row(struct profile_row *row)
{
    free(row->function);
    free(row->place);
    free(row->stack);
}

/* Addresses of one place become one row. */
static void merge(struct profile_report *report)
{
    size_t kept = 0;

    qsort(report->rows, report->count, sizeof *report->rows, by_stack);
    for (size_t i = 0; i < report->count; i++) {
        if (kept > 0 && by_stack(&report->rows[kept - 1], &report->rows[i]) == 0) {
            report->rows[kept - 1].count += report->rows[i].count;
            free_row(&report->rows[i]);
        } else {
            report->rows[kept++] = report->rows[i];
        }
    }
    report->count = kept;
}

bool profile_report_make(const struct pc_histogram *histogram, const struct debug_info *info,
                         struct profile_report *report)
{
    *report = (struct profile_report){
        .samples = histogram->samples, .asleep = histogram->asleep, .unknown = histogram->unknown};
    report->rows = calloc(histogram->used + 1, sizeof *report->rows);
    for (size_t i = 0; report->rows && i < histogram->capacity; i++)
        if (histogram->items[i].count &&
            !make_row(&report->rows[report->count++], &histogram->items[i], info))
            return false;
    if (report->rows && report->count > 0)
        merge(report);
    return report->rows != NULL;
}

void profile_report_free(struct profile_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        free_row(&report->rows[i]);
    free(report->rows);
    *report = (struct profile_report){0};
}

/* --- the table --- */

/* Of the rows in another order. */
struct ref {
    const struct profile_row *row;
};

/* A function, and where its rows are among those sorted by function. */
struct group {
    const struct ref *refs;
    size_t count;
    uint64_t total;
};

static int by_function(const void *a, const void *b)
{
    const struct profile_row *one = ((const struct ref *)a)->row,
                             *other = ((const struct ref *)b)->row;
    int order = strcmp(one->function, other->function);

    return order ? order : (one->count < other->count) - (one->count > other->count);
}

static int by_total(const void *a, const void *b)
{
    const struct group *one = a, *other = b;

    return (one->total < other->total) - (one->total > other->total);
}

static void print_line(const struct profile_report *report, FILE *out, const char *indent,
                       const char *name, uint64_t count)
{
    char shown[NAME];
    uint64_t mille = count * PER_MILLE / report->samples;

    shown[visible_copy(VISIBLE_LINE, name, strlen(name), shown, sizeof shown - 1)] = '\0';
    fprintf(out, "%s%3" PRIu64 ".%" PRIu64 " %% %8" PRIu64 "  %s\n", indent, mille / 10, mille % 10,
            count, shown);
}

static void print_group(const struct profile_report *report, FILE *out, const struct group *group)
{
    uint64_t rest = group->total;

    print_line(report, out, "", group->refs[0].row->function, group->total);
    for (size_t i = 0; i < group->count && i < LINES_SHOWN; i++) {
        print_line(report, out, "        ", group->refs[i].row->place, group->refs[i].row->count);
        rest -= group->refs[i].row->count;
    }
    if (rest > 0)
        print_line(report, out, "        ", "other lines", rest);
}

static size_t make_groups(const struct ref *refs, size_t count, struct group *groups)
{
    size_t made = 0;

    for (size_t i = 0; i < count; i++) {
        if (made == 0 || strcmp(groups[made - 1].refs[0].row->function, refs[i].row->function) != 0)
            groups[made++] = (struct group){.refs = &refs[i]};
        groups[made - 1].count++;
        groups[made - 1].total += refs[i].row->count;
    }
    qsort(groups, made, sizeof *groups, by_total);
    return made;
}

void profile_print_table(const struct profile_report *report, FILE *out)
{
    struct ref *refs = calloc(report->count + 1, sizeof *refs);
    struct group *groups = calloc(report->count + 1, sizeof *groups);

    for (size_t i = 0; refs && i < report->count; i++)
        refs[i].row = &report->rows[i];
    if (refs && groups && report->samples > 0) {
        qsort(refs, report->count, sizeof *refs, by_function);
        size_t count = make_groups(refs, report->count, groups);
        fprintf(out, "  share  samples  function, lines\n");
        if (report->asleep)
            print_line(report, out, "", "(asleep)", report->asleep);
        for (size_t i = 0; i < count; i++)
            print_group(report, out, &groups[i]);
        if (report->unknown)
            print_line(report, out, "", "(no PC was to be had)", report->unknown);
    }
    free(refs);
    free(groups);
}

void profile_print_folded(const struct profile_report *report, FILE *out)
{
    for (size_t i = 0; i < report->count; i++)
        fprintf(out, "%s %" PRIu64 "\n", report->rows[i].stack, report->rows[i].count);
    if (report->asleep)
        fprintf(out, "(asleep) %" PRIu64 "\n", report->asleep);
}

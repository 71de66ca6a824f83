/* SPDX-License-Identifier: MIT */
/* A flame graph: what stands on what is inside it, and as wide as the time spent there. */
#include <inttypes.h>
#include <string.h>

#include "cli/profile_report.h"

enum { WIDTH = 1200, ROW = 18, TOP = 34, DEPTH_MAX = 18, LETTER = 7, LEAST_TEXT = 3 };

static void put_escaped(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        switch (text[i]) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(text[i], out);
        }
}

/* The frame number `depth` of a stack: *length bytes; NULL: it is not that high. */
static const char *frame_at(const char *stack, unsigned depth, size_t *length)
{
    for (; depth > 0; depth--) {
        stack = strchr(stack, ';');
        if (!stack)
            return NULL;
        stack++;
    }
    *length = strcspn(stack, ";");
    return stack;
}

/* The same up to and with that frame. */
static bool shares(const char *one, const char *other, unsigned depth)
{
    size_t length = 0, own = 0;
    const char *end = frame_at(one, depth, &length), *others = frame_at(other, depth, &own);

    if (!end || !others || length != own)
        return false;
    size_t whole = (size_t)(end - one) + length;
    return (size_t)(others - other) + own == whole && memcmp(one, other, whole) == 0;
}

static unsigned colour_of(const char *name, size_t length)
{
    unsigned sum = 0;

    for (size_t i = 0; i < length; i++)
        sum = sum * 31 + (uint8_t)name[i];
    return sum % 60; /* red to yellow, as flame graphs are */
}

static void put_box(FILE *out, const struct profile_report *report, unsigned depth, uint64_t before,
                    uint64_t count, const char *name, size_t length)
{
    double x = (double)before * WIDTH / report->samples,
           width = (double)count * WIDTH / report->samples;
    unsigned y = TOP + ROW * depth;
    size_t fits = width > LETTER ? (size_t)((width - LETTER) / LETTER) : 0;

    fprintf(out, "<g><title>");
    put_escaped(out, name, length);
    fprintf(out, ": %" PRIu64 " of %" PRIu64 " samples, %.1f %%</title>", count, report->samples,
            100.0 * count / report->samples);
    fprintf(out,
            "<rect x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%d\" fill=\"hsl(%u,75%%,65%%)\" "
            "stroke=\"white\" stroke-width=\"0.5\"/>",
            x, y, width, ROW - 1, colour_of(name, length));
    if (fits >= LEAST_TEXT) {
        fprintf(out, "<text x=\"%.2f\" y=\"%u\">", x + 3, y + 13);
        put_escaped(out, name, length < fits ? length : fits);
        fprintf(out, "</text>");
    }
    fprintf(out, "</g>\n");
}

/* The frames at this height, of rows that are sorted by stack. */
static void put_level(FILE *out, const struct profile_report *report, unsigned depth)
{
    uint64_t before = 0, count;
    size_t end, length = 0;

    for (size_t i = 0; i < report->count; i = end) {
        const char *name = frame_at(report->rows[i].stack, depth, &length);
        count = 0;
        end = i;
        do
            count += report->rows[end++].count;
        while (name && end < report->count &&
               shares(report->rows[i].stack, report->rows[end].stack, depth));
        if (name)
            put_box(out, report, depth, before, count, name, length);
        before += count;
    }
    if (depth == 0 && report->asleep)
        put_box(out, report, depth, before, report->asleep, "(asleep)", 8);
}

static unsigned height_of(const struct profile_report *report)
{
    unsigned height = 1;
    size_t length = 0;

    for (size_t i = 0; i < report->count; i++)
        while (height < DEPTH_MAX && frame_at(report->rows[i].stack, height, &length))
            height++;
    return height;
}

void profile_print_svg(const struct profile_report *report, const char *title, FILE *out)
{
    unsigned height = height_of(report);

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
            "font-family=\"monospace\" font-size=\"11\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fafafa\"/>\n"
            "<text x=\"6\" y=\"20\" font-size=\"14\">",
            WIDTH, TOP + ROW * height + 8);
    put_escaped(out, title, strlen(title));
    fprintf(out, "</text>\n");
    for (unsigned depth = 0; depth < height && report->samples > 0; depth++)
        put_level(out, report, depth);
    fprintf(out, "</svg>\n");
}

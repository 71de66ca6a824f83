/* SPDX-License-Identifier: MIT */
#include "base/visible.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ESCAPE = 0x1B, DELETE = 0x7F, SET_1_END = 0xA0 };

/* How long the character is that begins with this byte. */
static size_t length_by_lead(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/* RFC 3629, section 4: after some leads not every second byte makes a character of its own. */
static bool second_fits(uint8_t lead, uint8_t second)
{
    uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;

    return second >= low && second <= high;
}

/* So many of its bytes are there and right. */
static size_t begun(const char *text, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)text;
    size_t whole = length_by_lead(bytes[0]), have = 1;

    if (whole > 1 && length > 1 && !second_fits(bytes[0], bytes[1]))
        return 1;
    while (have < whole && have < length && (bytes[have] & 0xC0) == 0x80)
        have++;
    return have;
}

size_t visible_utf8(const char *text, size_t length)
{
    size_t whole = length_by_lead((uint8_t)*text);

    return whole > 0 && begun(text, length) == whole ? whole : 0;
}

/* SGR: ESC [ numbers m. Returns its length, or 0; *open: the bytes end before it does. */
static size_t colour(const char *text, size_t length, bool *open)
{
    size_t at = 0;

    *open = false;
    while (at < length && at < VISIBLE_SEQUENCE) {
        char byte = text[at++];

        if (at > 2 && byte == 'm')
            return at;
        if (at <= 2 ? byte != "\033["[at - 1] : byte == '\0' || !strchr("0123456789;:", byte))
            return 0;
    }
    *open = at < VISIBLE_SEQUENCE;
    return 0;
}

static bool stays(enum visible_kind kind, const char *text, size_t length)
{
    uint8_t byte = (uint8_t)*text;

    if (byte >= ' ' && byte < DELETE)
        return true;
    if (byte >= SET_1_END) /* alone: of another character set */
        return kind == VISIBLE_PROGRAM;
    if (kind == VISIBLE_LINE || byte > DELETE)
        return byte == '\t';
    if (kind == VISIBLE_PROGRAM)
        return byte != ESCAPE;
    return byte == '\n' || byte == '\t' || (byte == '\r' && length > 1 && text[1] == '\n');
}

static void show(struct visible_piece *piece, uint8_t byte)
{
    static const char letters[] = "\tt\nn\rr";
    const char *letter = byte ? strchr(letters, byte) : NULL;
    int length = byte && letter && byte < ' '
                     ? snprintf(piece->text, sizeof piece->text, "\\%c", letter[1])
                     : snprintf(piece->text, sizeof piece->text, "\\x%02x", byte);

    piece->length = (size_t)length;
}

static size_t take(struct visible_piece *piece, const char *text, size_t length)
{
    memcpy(piece->text, text, length);
    return piece->length = length;
}

size_t visible_next(enum visible_kind kind, const char *text, size_t length,
                    struct visible_piece *piece)
{
    size_t character = visible_utf8(text, length);
    bool open;

    if (character == 2 && (uint8_t)text[0] == 0xC2 && (uint8_t)text[1] < SET_1_END) {
        show(piece, (uint8_t)text[1]);
        return 2;
    }
    if (character > 1)
        return take(piece, text, character);
    size_t sequence = kind == VISIBLE_PROGRAM ? colour(text, length, &open) : 0;
    if (sequence > 0)
        return take(piece, text, sequence);
    if (stays(kind, text, length))
        return take(piece, text, 1);
    show(piece, (uint8_t)*text);
    return 1;
}

size_t visible_copy(enum visible_kind kind, const char *text, size_t length, char *out, size_t size)
{
    struct visible_piece piece;
    size_t used = 0;

    while (length > 0) {
        size_t taken = visible_next(kind, text, length, &piece);

        if (used + piece.length >= size)
            break;
        memcpy(out + used, piece.text, piece.length);
        used += piece.length;
        text += taken;
        length -= taken;
    }
    out[used] = '\0';
    return used;
}

size_t visible_unfinished(const char *text, size_t length)
{
    size_t from = length < VISIBLE_SEQUENCE ? 0 : length - VISIBLE_SEQUENCE + 1;

    for (; from < length; from++) {
        size_t left = length - from, whole = length_by_lead((uint8_t)text[from]);
        bool open;

        if (whole > left && begun(text + from, left) == left)
            return left;
        colour(text + from, left, &open);
        if (open || (left == 1 && text[from] == '\r'))
            return left;
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "session/rtt_text.h"

#include <string.h>

enum { SWITCH = 0xFF, PIECE = 512, MARK = 4 }; /* "F> " and the byte itself */

/* The text on its way out. */
struct piece {
    struct rtt_text *text;
    char bytes[VISIBLE_SEQUENCE + PIECE];
    size_t length;
    void (*out)(void *user, const char *bytes, size_t length);
    void *user;
};

static void flush(struct piece *piece)
{
    struct rtt_text *text = piece->text;
    size_t begun = visible_unfinished(piece->bytes, piece->length);

    if (piece->length > begun)
        piece->out(piece->user, piece->bytes, piece->length - begun);
    memcpy(text->begun, piece->bytes + piece->length - begun, begun);
    text->begun_length = begun;
}

/* What is only begun waits for its rest. */
static void take_up(struct piece *piece)
{
    memcpy(piece->bytes, piece->text->begun, piece->text->begun_length);
    piece->length = piece->text->begun_length;
}

static bool terminal_of(uint8_t byte, unsigned *terminal)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *at = byte ? strchr(digits, byte) : NULL;

    if (at)
        *terminal = (unsigned)(at - digits);
    return at != NULL;
}

static void put(struct piece *piece, uint8_t byte)
{
    struct rtt_text *text = piece->text;

    if (text->several && !text->in_line) {
        piece->bytes[piece->length++] = "0123456789ABCDEF"[text->terminal];
        piece->bytes[piece->length++] = '>';
        piece->bytes[piece->length++] = ' ';
    }
    text->in_line = byte != '\n';
    piece->bytes[piece->length++] = (char)byte;
}

/* Another terminal's text begins a line of its own. */
static void switch_to(struct piece *piece, unsigned terminal)
{
    struct rtt_text *text = piece->text;

    if (terminal != text->terminal && text->in_line)
        put(piece, '\n');
    text->several |= terminal != 0;
    text->terminal = terminal;
}

void rtt_text_feed(struct rtt_text *text, const uint8_t *bytes, size_t length,
                   void (*out)(void *user, const char *bytes, size_t length), void *user)
{
    struct piece piece = {.text = text, .out = out, .user = user};
    unsigned terminal;

    take_up(&piece);
    for (size_t i = 0; i < length; i++) {
        bool switched = text->switching && terminal_of(bytes[i], &terminal);

        text->switching = !switched && bytes[i] == SWITCH;
        if (switched)
            switch_to(&piece, terminal);
        else if (!text->switching)
            put(&piece, bytes[i]);
        if (piece.length + MARK + 1 > sizeof piece.bytes) {
            flush(&piece);
            take_up(&piece);
        }
    }
    flush(&piece);
}

/* SPDX-License-Identifier: MIT */
#include "gdb/gdb_console.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/visible.h"
#include "base/wrapped.h"
#include "gdb/rsp.h"

enum { CHUNK = 1024 }; /* text bytes a packet: well inside RSP_PACKET_SIZE, on the stack */

void gdb_send(struct client *client, const void *payload, size_t length)
{
    struct gdb_state *gdb = gdb_of(client);

    gdb->send(gdb, payload, length, false);
}

enum { OF_OURS, OF_OTHERS }; /* words */

static void send_packet(struct client *client, const char *text, size_t length, bool others)
{
    struct gdb_state *gdb = gdb_of(client);
    char memory[2 * CHUNK + 1];
    struct buf packet;

    buf_init(&packet, memory, sizeof memory);
    buf_byte(&packet, 'O');
    buf_hex(&packet, text, length);
    gdb->send(gdb, packet.data, packet.length, others);
}

static void send_raw(struct client *client, const char *text, size_t length)
{
    for (size_t part; length > 0; text += part, length -= part) {
        part = length < CHUNK ? length : CHUNK;
        send_packet(client, text, part, OF_OTHERS);
    }
}

static void send_text(struct client *client, const char *text, size_t length)
{
    char shown[CHUNK];
    size_t used = 0;

    while (length > 0) {
        struct visible_piece piece;
        size_t taken = visible_next(VISIBLE_PROGRAM, text, length, &piece);

        if (used + piece.length > sizeof shown) {
            send_packet(client, shown, used, OF_OTHERS);
            used = 0;
        }
        memcpy(shown + used, piece.text, piece.length);
        used += piece.length;
        text += taken;
        length -= taken;
    }
    if (used > 0)
        send_packet(client, shown, used, OF_OTHERS);
}

void gdb_console_text(struct client *client, const struct session *session, const char *text,
                      size_t length)
{
    (session->options.console_escapes ? send_raw : send_text)(client, text, length);
}

void gdb_console_say(struct client *client, const char *format, ...)
{
    char text[1000], shown[sizeof text], lines[sizeof text];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    visible_copy(VISIBLE_TEXT, text, strlen(text), shown, sizeof shown);
    size_t length = wrapped_copy(shown, 0, lines, sizeof lines - 1);
    lines[length++] = '\n';
    send_packet(client, lines, length, OF_OURS);
}

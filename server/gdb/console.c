/* SPDX-License-Identifier: MIT */
#include "console.h"

#include <stdarg.h>
#include <stdio.h>

#include "rsp.h"

enum { CHUNK = 1024 }; /* text bytes a packet: well inside RSP_PACKET_SIZE, on the stack */

static void send_text(struct client *client, const char *text, size_t length)
{
    while (length > 0) {
        size_t part = length < CHUNK ? length : CHUNK;
        char memory[2 * CHUNK + 1];
        struct buf packet;

        buf_init(&packet, memory, sizeof memory);
        buf_byte(&packet, 'O');
        buf_hex(&packet, text, part);
        client->send(client->user, packet.data, packet.length);
        text += part;
        length -= part;
    }
}

static void console_output(void *user, const char *text, size_t length)
{
    struct console *console = user;

    if (console->client) {
        send_text(console->client, text, length);
        return;
    }
    for (size_t i = 0; i < UNIT_CLIENTS; i++)
        if (console->unit->clients[i].open && console->unit->clients[i].waiting)
            send_text(&console->unit->clients[i], text, length);
}

void console_begin(struct console *console, struct job *job, struct unit *unit,
                   struct client *client)
{
    *console = (struct console){
        .job = job, .unit = unit, .client = client, .output = job->output, .user = job->user};
    job->output = console_output;
    job->user = console;
}

void console_end(struct console *console)
{
    console->job->output = console->output;
    console->job->user = console->user;
}

void console_say(struct client *client, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(text, sizeof text - 1, format, args);
    va_end(args);
    if (length < 0)
        return;
    if ((size_t)length > sizeof text - 2)
        length = sizeof text - 2;
    text[length++] = '\n';
    send_text(client, text, (size_t)length);
}

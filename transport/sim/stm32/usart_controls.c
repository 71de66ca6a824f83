/* SPDX-License-Identifier: MIT */
/* Controls of the serial ports: what the program sent, and what the user types. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/stm32/usart_internal.h"

#define CR1_RE (1u << 2)

/* The next one behind `part`, the chip's first behind NULL; NULL: no more. */
static struct sim_part *next_port(const struct sim_board *board, struct sim_part *part)
{
    struct sim_part *end = board->parts + board->chip->peripheral_count;

    for (part = part ? part + 1 : board->parts; part < end; part++)
        if (part->row->device == &sim_device_usart || part->row->device == &sim_device_usart_isr)
            return part;
    return NULL;
}

static bool listens(const struct sim_part *part)
{
    const struct usart *usart = part->state;

    return usart->cr1 & usart->enable && usart->cr1 & CR1_RE;
}

static bool has_sent(const struct sim_part *part)
{
    const struct usart *usart = part->state;

    return usart->output_length > 0;
}

/* The first of which `is` holds; else the chip's first, or NULL. */
static struct sim_part *first_port(const struct sim_board *board,
                                   bool (*is)(const struct sim_part *part))
{
    struct sim_part *part = next_port(board, NULL), *first = part;

    while (part && !is(part))
        part = next_port(board, part);
    return part ? part : first;
}

/* --- one character, one port --- */

static void put(struct sim_part *part, char character)
{
    struct usart *usart = part->state;

    if (usart->input_count == SIM_USART_INPUT)
        return;
    sim_parts_touched(part->board);
    if (usart->input_count == 0)
        usart->input_next_ps = sim_part_now(part) + sim_usart_character_ps(part);
    usart->input[(usart->input_head + usart->input_count++) % SIM_USART_INPUT] = character;
}

static size_t take(struct sim_part *part, char *text, size_t capacity)
{
    struct usart *usart = part->state;
    size_t length = usart->output_length < capacity ? usart->output_length : capacity;

    memcpy(text, usart->output, length);
    usart->output_length -= length;
    memmove(usart->output, usart->output + length, usart->output_length);
    return length;
}

void sim_board_uart_put(struct sim_board *board, char character)
{
    struct sim_part *part = first_port(board, listens);

    if (part)
        put(part, character);
}

bool sim_board_uart_listens(const struct sim_board *board)
{
    const struct sim_part *part = first_port(board, listens);

    return part && listens(part) &&
           ((const struct usart *)part->state)->input_count < SIM_USART_INPUT;
}

size_t sim_board_uart_take(struct sim_board *board, char *text, size_t capacity)
{
    struct sim_part *part = first_port(board, has_sent);

    return part ? take(part, text, capacity) : 0;
}

/* --- controls --- */

static struct sim_part *find_port(const struct sim_board *board, const char *name)
{
    struct sim_part *part = next_port(board, NULL);

    while (part && strcasecmp(part->row->name, name) != 0)
        part = next_port(board, part);
    return part;
}

static bool refuse_name(const struct sim_board *board, const char *name, char *reply, size_t size)
{
    int length = snprintf(reply, size, "no serial port '%.20s'; there is:", name);

    for (struct sim_part *part = next_port(board, NULL); part && (size_t)length < size;
         part = next_port(board, part))
        length += snprintf(reply + length, size - (size_t)length, " %s", part->row->name);
    return false;
}

/* Each with its name before it, if several have something to say. */
static void show_all(struct sim_board *board, char *reply, size_t size)
{
    unsigned speakers = 0;
    size_t used = 0;

    for (struct sim_part *part = next_port(board, NULL); part; part = next_port(board, part))
        speakers += has_sent(part);
    for (struct sim_part *part = next_port(board, NULL); part; part = next_port(board, part)) {
        if (!has_sent(part))
            continue;
        if (speakers > 1)
            used += (size_t)snprintf(reply + used, size - used, "%s%s:\n", used ? "\n" : "",
                                     part->row->name);
        if (used + 20 >= size)
            break;
        used += take(part, reply + used, size - used - 20);
    }
    reply[used] = '\0';
}

/* One character of what the user typed, \n \r \t \\ and \xNN among them. */
static char unescape(const char **at)
{
    static const char names[] = "nrt\\0", values[] = "\n\r\t\\";
    char c = *(*at)++;

    if (c != '\\' || !**at)
        return c;
    c = *(*at)++;
    if (c == 'x') {
        char digits[3] = "", *end;
        memcpy(digits, *at, strnlen(*at, 2));
        c = (char)strtoul(digits, &end, 16);
        *at += end - digits;
        return c;
    }
    const char *found = strchr(names, c);
    return found ? values[found - names] : c;
}

static bool send(struct sim_board *board, struct sim_part *part, const char *text, char *reply,
                 size_t size)
{
    if (!part)
        part = first_port(board, listens);
    if (!listens(part)) {
        snprintf(reply, size, "the program does not listen at %s", part->row->name);
        return false;
    }
    while (*text)
        put(part, unescape(&text));
    snprintf(reply, size, "sent to %s\n", part->row->name);
    return true;
}

/* "", "NAME", "send TEXT", "NAME send TEXT" */
bool sim_usart_control(struct sim_board *board, const char *const words[], char *reply, size_t size)
{
    bool named = words[0] && strcmp(words[0], "send") != 0;
    struct sim_part *part = named ? find_port(board, words[0]) : NULL;
    const char *const *rest = words + named;

    if (named && !part)
        return refuse_name(board, words[0], reply, size);
    if (rest[0] && (strcmp(rest[0], "send") != 0 || !rest[1])) {
        snprintf(reply, size, "sim uart [NAME] [send TEXT]");
        return false;
    }
    if (rest[0])
        return send(board, part, rest[1], reply, size);
    if (part)
        reply[take(part, reply, size - 1)] = '\0';
    else
        show_all(board, reply, size);
    return true;
}

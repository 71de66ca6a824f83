/* SPDX-License-Identifier: MIT */
#include "gdb/packet_args.h"

#include <string.h>

#include "gdb/rsp.h"

/* What is left to read. */
struct span {
    char *at, *end;
};

static bool take_number(struct span *span, uint32_t *number)
{
    uint64_t value = 0;
    char *start = span->at;

    while (span->at < span->end && rsp_hex_digit(*span->at) >= 0) {
        value = value << 4 | (unsigned)rsp_hex_digit(*span->at++);
        if (value > UINT32_MAX)
            return false;
    }
    *number = (uint32_t)value;
    return span->at > start;
}

static bool take_thread(struct span *span, uint32_t *number)
{
    if (span->end - span->at >= 2 && span->at[0] == '-' && span->at[1] == '1') {
        span->at += 2;
        *number = PACKET_ALL_THREADS;
        return true;
    }
    return take_number(span, number);
}

static bool take_char(struct span *span, char c)
{
    if (span->at == span->end || *span->at != c)
        return false;
    span->at++;
    return true;
}

static bool take_rest(struct span *span, struct packet_arg *arg)
{
    arg->data = span->at;
    arg->length = (size_t)(span->end - span->at);
    span->at = span->end;
    return true;
}

static bool take_word(struct span *span, char until, struct packet_arg *arg)
{
    char *end = span->end;

    if (until)
        end = memchr(span->at, until, (size_t)(span->end - span->at));
    if (!end)
        return false;
    arg->data = span->at;
    arg->length = (size_t)(end - span->at);
    span->at = end;
    return true;
}

static bool take_hex_bytes(struct span *span, struct packet_arg *arg)
{
    take_rest(span, arg);
    if (arg->length % 2 != 0)
        return false;
    arg->length /= 2;
    for (size_t i = 0; i < arg->length; i++) {
        int high = rsp_hex_digit(arg->data[2 * i]), low = rsp_hex_digit(arg->data[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        arg->data[i] = (char)(high << 4 | low);
    }
    return true;
}

static bool take_binary(struct span *span, struct packet_arg *arg)
{
    take_rest(span, arg);
    arg->length = rsp_unescape(arg->data, arg->length);
    return arg->length != SIZE_MAX;
}

static bool take_argument(struct span *span, const char *schema, struct packet_arg *arg)
{
    switch (*schema) {
    case 'a':
    case 'l':
    case 'n':
        return take_number(span, &arg->number);
    case 't':
        return take_thread(span, &arg->number);
    case 'w':
        return take_word(span, schema[1], arg);
    case 'h':
        return take_hex_bytes(span, arg);
    case 'b':
    case 'p':
        return take_binary(span, arg);
    default:
        return take_rest(span, arg);
    }
}

/* What arguments say about each other. */
struct relations {
    bool has_address, has_length;
    uint32_t address, length;
};

static bool relations_hold(struct relations *seen, char letter, const struct packet_arg *arg)
{
    uint64_t room = seen->has_address ? (UINT64_C(1) << 32) - seen->address : UINT64_MAX;

    switch (letter) {
    case 'a':
        seen->has_address = true;
        seen->address = arg->number;
        return true;
    case 'l':
        seen->has_length = true;
        seen->length = arg->number;
        return arg->number <= room;
    case 'h':
    case 'b':
        return arg->length <= room && (!seen->has_length || arg->length == seen->length);
    default:
        return true;
    }
}

enum err packet_args_parse(const char *schema, char *text, size_t length, struct packet_args *args)
{
    struct span span = {text, text + length};
    struct relations seen = {0};

    memset(args, 0, sizeof *args);
    for (; *schema; schema++) {
        if (*schema == '?') {
            if (span.at == span.end)
                return ERR_OK;
        } else if (strchr("alntwhbps", *schema)) {
            struct packet_arg *arg = &args->item[args->count];

            if (args->count == PACKET_ARGS || !take_argument(&span, schema, arg) ||
                !relations_hold(&seen, *schema, arg))
                return ERR_ARGUMENT;
            args->count++;
        } else if (!take_char(&span, *schema)) {
            return ERR_ARGUMENT;
        }
    }
    return span.at == span.end ? ERR_OK : ERR_ARGUMENT;
}

/* --- vCont --- */

static bool take_action(struct span *span, struct vcont *vcont)
{
    uint32_t signal;

    if (span->at == span->end)
        return false;
    *vcont = (struct vcont){.action = *span->at++};
    switch (vcont->action) {
    case 'c':
    case 's':
        return true;
    case 'C':
    case 'S':
        /* A core takes no signals from gdb; the action counts. */
        vcont->action = vcont->action == 'C' ? 'c' : 's';
        return take_number(span, &signal) && signal <= 0xFF;
    case 'r':
        return take_number(span, &vcont->start) && take_char(span, ',') &&
               take_number(span, &vcont->end);
    default:
        return false;
    }
}

/* -1 is all, and so is none given; 0 is any. */
static bool take_whose(struct span *span, uint32_t running, uint32_t *thread)
{
    *thread = PACKET_ALL_THREADS;
    if (take_char(span, ':') && !take_thread(span, thread))
        return false;
    if (*thread == 0 || *thread == PACKET_ALL_THREADS)
        *thread = running;
    return true;
}

enum err packet_args_vcont(char *text, size_t length, uint32_t running, struct vcont *vcont)
{
    struct span span = {text, text + length};
    struct vcont other = {0};
    bool found = false;

    while (span.at < span.end) {
        struct vcont action;
        uint32_t thread;

        if (!take_char(&span, ';') || !take_action(&span, &action) ||
            !take_whose(&span, running, &thread))
            return ERR_ARGUMENT;
        if (thread == running && !found) {
            *vcont = action;
            found = true;
        }
        action.thread = thread;
        if (thread != running && !other.thread)
            other = action;
    }
    if (other.thread && (!found || other.action != 'c')) {
        *vcont = other;
        vcont->alone = !found;
    }
    return found || other.thread ? ERR_OK : ERR_ARGUMENT;
}

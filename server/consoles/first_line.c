/* SPDX-License-Identifier: MIT */
#include "consoles/first_line.h"

#include <string.h>

#include "consoles/line_editor.h"

enum {
    METHOD_MIN = 3, /* GET, PUT; commands are no capitals */
};

/* What scripts send, and terminals that do not say that they are one. */
static bool is_text(uint8_t byte, bool after_return)
{
    return byte >= ' ' || (byte && strchr("\t\r\n\b\003", byte)) || (byte == 0 && after_return);
}

/* " HTTP/": its blank stands nowhere else in it. */
static void match_version(struct first_line *line, char byte)
{
    static const char version[] = " HTTP/";

    line->version = byte == version[line->version] ? line->version + 1 : byte == version[0];
    if (version[line->version] == '\0')
        line->foreign = "is an HTTP request's";
}

/* A page that got hold of our name (DNS rebinding) may choose the method, but not the version
 * behind it; gateways and old clients leave that away, but have methods that are known. */
static void match_method(struct first_line *line, char byte)
{
    bool capital = (byte >= 'A' && byte <= 'Z') || byte == '-';

    if (capital && line->method == line->begun)
        line->method++;
    else if (byte == ' ' && line->method == line->begun && line->method >= METHOD_MIN)
        line->foreign = "begins with a method as HTTP has them";
}

/* How no command begins, but protocols of lines, which a server may be tricked into speaking for
 * somebody else: SSH (RFC 4253, 4.2), Redis ("*1"), markup, JSON. '0' is any digit. */
static void match_opening(struct first_line *line, char byte)
{
    static const char *const openings[] = {"SSH-", "*0", "<", "{\""};
    char *known = line->opening;

    if (line->begun >= sizeof line->opening)
        return;
    known[line->begun] = byte >= '0' && byte <= '9' ? '0' : byte;
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
        if (strlen(openings[i]) == line->begun + 1 &&
            memcmp(openings[i], known, line->begun + 1) == 0)
            line->foreign = "begins as SSH's, Redis's, XML's or JSON's";
}

static void take_text(struct first_line *line, char byte)
{
    match_version(line, byte);
    match_method(line, byte);
    if (line->begun > 0 || !strchr(" \t", byte)) {
        match_opening(line, byte);
        line->begun++;
    }
    if (++line->length >= LINE_SIZE && !line->foreign)
        line->foreign = "is longer than 4095 characters";
}

static void end_line(struct first_line *line)
{
    line->over = line->begun > 0;
    line->length = line->method = line->version = 0;
}

void first_line_byte(struct first_line *line, uint8_t byte, bool keys, uint8_t end)
{
    bool after_return = line->after_return;

    if (line->over || line->foreign)
        return;
    line->after_return = byte == '\r';
    if (byte == end || byte == '\r' || byte == '\n')
        end_line(line);
    else if (!keys && !is_text(byte, after_return))
        line->foreign = "has control bytes, as TLS, SOCKS and proxies send them";
    else if (byte)
        take_text(line, (char)byte);
}

/* SPDX-License-Identifier: MIT */
#include "cli/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/visible.h"

/* Bytes that are not UTF-8 are taken for Latin-1: whatever a probe calls itself, the file stays
 * valid. */
static void put_string(FILE *out, const char *text)
{
    size_t length = strlen(text), taken;

    fputc('"', out);
    for (; length > 0; text += taken, length -= taken) {
        size_t character = visible_utf8(text, length);
        unsigned char c = (unsigned char)*text;

        taken = character > 1 ? character : 1;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c == 0xC2 && taken == 2 && (unsigned char)text[1] < 0xA0)
            fprintf(out, "\\u%04x", (unsigned char)text[1]);
        else if (taken == 1 && (c < 0x20 || c >= 0x7F))
            fprintf(out, "\\u%04x", c);
        else
            fwrite(text, 1, taken, out);
    }
    fputc('"', out);
}

static void begin_line(struct json *json)
{
    if (!json->in_one_line)
        fprintf(json->out, "\n%*s", 2 * (int)json->depth, "");
}

static void begin_value(struct json *json, const char *key)
{
    if (json->follows)
        fputs(json->in_one_line ? ", " : ",", json->out);
    if (json->depth > 0)
        begin_line(json);
    json->follows = true;
    if (!key)
        return;
    put_string(json->out, key);
    fputs(": ", json->out);
}

void json_open(struct json *json, const char *key, char bracket)
{
    begin_value(json, key);
    fputc(bracket, json->out);
    json->depth++;
    json->follows = false;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    if (json->follows)
        begin_line(json);
    fputc(bracket, json->out);
    if (json->depth == 0)
        fputc('\n', json->out);
    json->follows = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
    if (!text || !text[0]) {
        json_null(json, key);
        return;
    }
    begin_value(json, key);
    put_string(json->out, text);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
    begin_value(json, key);
    fprintf(json->out, "%" PRIu64, number);
}

void json_known(struct json *json, const char *key, bool known, uint64_t number)
{
    if (known)
        json_number(json, key, number);
    else
        json_null(json, key);
}

void json_bool(struct json *json, const char *key, bool value)
{
    begin_value(json, key);
    fputs(value ? "true" : "false", json->out);
}

void json_null(struct json *json, const char *key)
{
    begin_value(json, key);
    fputs("null", json->out);
}

/* SPDX-License-Identifier: MIT */
/* Writes JSON (RFC 8259), indented or in one line. Keys are NULL inside arrays. */
#ifndef PROBED_CLI_JSON_H
#define PROBED_CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    unsigned depth;
    bool in_one_line;
    bool follows; /* something stands before in the innermost object or array */
};

void json_open(struct json *json, const char *key, char bracket);     /* '{' or '[' */
void json_close(struct json *json, char bracket);                     /* '}' or ']' */
void json_text(struct json *json, const char *key, const char *text); /* NULL or empty: null */
void json_number(struct json *json, const char *key, uint64_t number);
void json_known(struct json *json, const char *key, bool known, uint64_t number); /* or null */
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif

/* SPDX-License-Identifier: MIT */
#include "base/err.h"

static const char *const texts[] = {
#define ERR_TEXT(name, text) text,
    ERR_LIST(ERR_TEXT)
#undef ERR_TEXT
};

const char *err_text(enum err code)
{
    return (unsigned)code < ERR_COUNT ? texts[code] : "unknown error";
}

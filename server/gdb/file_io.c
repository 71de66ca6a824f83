/* SPDX-License-Identifier: MIT */
#include "gdb/file_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* gdb manual, "Open Flags" and "mode_t Values". */
enum {
    FILEIO_WRONLY = 1,
    FILEIO_RDWR = 2,
    FILEIO_APPEND = 8,
    FILEIO_CREAT = 0x200,
    FILEIO_TRUNC = 0x400,
    FILEIO_MODE = 0644,
};

static unsigned flags_of(unsigned how)
{
    unsigned flags = how & SEMI_WRITE ? how & SEMI_READ ? FILEIO_RDWR : FILEIO_WRONLY : 0;

    return flags | (how & SEMI_APPEND ? FILEIO_APPEND : 0) |
           (how & SEMI_CREATE ? FILEIO_CREAT : 0) | (how & SEMI_TRUNCATE ? FILEIO_TRUNC : 0);
}

void file_io_write(struct buf *out, const struct semihosting_question *question)
{
    unsigned file = (unsigned)question->file, name = question->name, length = question->length;

    switch (question->what) {
    case SEMI_ASK_OPEN:
        buf_printf(out, "Fopen,%x/%x,%x,%x", name, length + 1, flags_of(question->how),
                   FILEIO_MODE);
        break;
    case SEMI_ASK_CLOSE:
        buf_printf(out, "Fclose,%x", file);
        break;
    case SEMI_ASK_READ:
        buf_printf(out, "Fread,%x,%x,%x", file, name, length);
        break;
    case SEMI_ASK_WRITE:
        buf_printf(out, "Fwrite,%x,%x,%x", file, name, length);
        break;
    case SEMI_ASK_SEEK:
        buf_printf(out, "Flseek,%x,%x,%x", file, (unsigned)question->offset,
                   (unsigned)question->whence);
        break;
    case SEMI_ASK_REMOVE:
        buf_printf(out, "Funlink,%x/%x", name, length + 1);
        break;
    case SEMI_ASK_RENAME:
        buf_printf(out, "Frename,%x/%x,%x/%x", name, length + 1, (unsigned)question->other,
                   (unsigned)question->other_length + 1);
        break;
    }
}

/* A hex number that begins at *text; false: there is none. */
static bool take_number(const char **text, int64_t *number)
{
    char *end;
    const char *digits = **text == '-' ? *text + 1 : *text;

    if (!strchr("0123456789abcdefABCDEF", *digits) || !*digits)
        return false;
    errno = 0;
    *number = strtoll(*text, &end, 16);
    *text = end;
    return errno == 0;
}

/* result[,errno[,C]] */
struct file_io_answer file_io_parse(const char *text, size_t length)
{
    char copy[64] = "";
    const char *at = copy;
    struct file_io_answer answer = {.result = -SEMI_EIO};
    int64_t result, number = 0;

    if (length >= sizeof copy)
        return answer;
    memcpy(copy, text, length);
    if (!take_number(&at, &result) || (*at == ',' && at++ && !take_number(&at, &number)))
        return answer;
    answer.interrupted = strcmp(at, ",C") == 0;
    if (*at && !answer.interrupted)
        return answer;
    if (result >= 0)
        answer.result = result;
    else if (number > 0 && number <= UINT16_MAX)
        answer.result = -number;
    return answer;
}

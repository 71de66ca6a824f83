/* SPDX-License-Identifier: MIT */
/* What a program's semihosting calls reach outside the chip: files, typed input, its command line.
 * Given from above; without it the program has a console to write to, and clocks. Nothing here may
 * wait. Worker thread. */
#ifndef PROBED_SEMIHOSTING_HOST_H
#define PROBED_SEMIHOSTING_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target;

/* What SYS_ERRNO gives: newlib's numbers, which are those of gdb's File-I/O ("Errno Values"), too.
 */
enum semihosting_errno {
    SEMI_EPERM = 1,
    SEMI_ENOENT = 2,
    SEMI_EINTR = 4,
    SEMI_EIO = 5,
    SEMI_E2BIG = 7,
    SEMI_EBADF = 9,
    SEMI_EACCES = 13,
    SEMI_EFAULT = 14,
    SEMI_EBUSY = 16,
    SEMI_EEXIST = 17,
    SEMI_ENODEV = 19,
    SEMI_ENOTDIR = 20,
    SEMI_EISDIR = 21,
    SEMI_EINVAL = 22,
    SEMI_ENFILE = 23,
    SEMI_EMFILE = 24,
    SEMI_EFBIG = 27,
    SEMI_ENOSPC = 28,
    SEMI_ESPIPE = 29,
    SEMI_EROFS = 30,
    SEMI_ENOSYS = 88,
    SEMI_ENAMETOOLONG = 91,
};

/* How a file is opened. */
enum {
    SEMI_READ = 1,
    SEMI_WRITE = 2,
    SEMI_CREATE = 4,
    SEMI_TRUNCATE = 8,
    SEMI_APPEND = 16,
};

enum {
    SEMI_NAME_MAX = 1023,    /* bytes of a file's name */
    SEMI_COMMAND_LINE = 512, /* bytes of the program's, with its NUL */
    SEMI_FILES = 32,         /* open at once, a core */
    SEMI_USER_TEXT = 256,    /* bytes of a call of the program's own, with its NUL */
};

/* Each returns a negative enum semihosting_errno if it fails. A name has no NUL inside and is not
 * empty; it is the program's word, and may be anything else. */
struct semihosting_files {
    int (*open)(void *user, const char *name, unsigned how);
    int (*close)(void *user, int file);
    /* How many bytes of `size`; 0: the end. */
    int32_t (*read)(void *user, int file, void *data, uint32_t size);
    int32_t (*write)(void *user, int file, const void *data, uint32_t size);
    int (*seek)(void *user, int file, uint32_t position);
    int64_t (*length)(void *user, int file);
    int (*remove)(void *user, const char *name);
    int (*rename)(void *user, const char *from, const char *to);
};

/* NULL: there are none, and what is open is closed. */
void target_set_files(struct target *target, const struct semihosting_files *files, void *user);

/* --- files of somebody who reads and writes the program's memory himself --- */

/* Where an offset counts from: gdb's numbers, too ("Lseek Flags"). */
enum semihosting_whence { SEMI_FROM_START, SEMI_FROM_HERE, SEMI_FROM_END };
enum semihosting_asked_for {
    SEMI_ASK_OPEN, /* `name`, `length`, `how`; the answer is what `file` of the others is */
    SEMI_ASK_CLOSE,
    SEMI_ASK_READ,  /* to `name`, `length` bytes; answer: how many */
    SEMI_ASK_WRITE, /* from there */
    SEMI_ASK_SEEK,  /* `offset`, `whence`; answer: the position */
    SEMI_ASK_REMOVE,
    SEMI_ASK_RENAME, /* `name` to `other` */
};
struct semihosting_question {
    enum semihosting_asked_for what;
    int file;                                   /* 0: what is typed */
    uint32_t name, length, other, other_length; /* in target memory; names without their NUL */
    unsigned how;
    uint32_t offset;
    enum semihosting_whence whence;
};
/* The answer comes later, by target_answer(). False: nobody can be asked now, try again. */
typedef bool semihosting_ask(void *user, const struct semihosting_question *question);
/* From now on files are opened there, and what is typed comes from there. NULL: no more, and what
 * is open there is not any more. */
void target_set_remote_files(struct target *target, semihosting_ask *ask, void *user);
/* What came of the question that the program of the selected core asked; negative: an enum
 * semihosting_errno. It gets it at the next look. */
void target_answer(struct target *target, int64_t result);
/* Nothing came of it, and it is to be asked again when the core has gone on. */
void target_ask_again(struct target *target);

/* What was typed for the program: how many bytes, 0 at its end, SEMI_NOTHING_YET. NULL: nobody
 * types. */
enum { SEMI_NOTHING_YET = INT32_MIN };
typedef int32_t semihosting_input(void *user, void *data, uint32_t size);
void target_set_input(struct target *target, semihosting_input *input, void *user);

/* What the program's last call from 0x100 to 0x107 said, which are for its own use; empty: none. */
const char *target_user_call_text(const struct target *target);

/* Cut to SEMI_COMMAND_LINE; copied. */
void target_set_command_line(struct target *target, const char *text);
const char *target_command_line(const struct target *target);

#endif

/* SPDX-License-Identifier: MIT */
/* What the files of semihosting share: semihosting.c (a call from its BKPT to its result), and the
 * calls by subject. */
#ifndef PROBED_SEMIHOSTING_INTERNAL_H
#define PROBED_SEMIHOSTING_INTERNAL_H

#include "core/core.h"

enum { SEMI_WORDS = 4, SEMI_CHUNK = 2048 };
#define SEMI_FAILED 0xFFFFFFFFu

/* Handles that need not be opened: 0 is what many programs take for input, but OPEN must not give
 * it. */
enum { SEMI_DEBUG = 0, SEMI_OUT = 1, SEMI_ERR = 2, SEMI_IN = 3, SEMI_FIRST_FILE = 4 };

struct semihosting_call {
    uint32_t number, argument;
    uint32_t word[SEMI_WORDS]; /* of the block at `argument`, as many as the call has */
    enum stop_of of;
    struct target_stop *stop;
    uint32_t result;
    bool later; /* asked again, with what is in semihosting.pending */
    bool exits; /* `stop` says how */
};

/* The number of the error, for the program: result -1. ERR_OK. */
enum err semi_fail(struct core *core, struct semihosting_call *call, enum semihosting_errno number);
/* `got` is a result, or a negative error. ERR_OK. */
enum err semi_result(struct core *core, struct semihosting_call *call, int64_t got);
/* Once a core: `what` the program does that is not served, as a clause. */
void semi_warn(struct core *core, uint32_t number, const char *what);

/* Addresses and lengths are the program's word: one that runs past 4 GiB, or into what is no
 * memory, is its mistake, as is memory where nothing answers. ERR_FAULT. */
enum err semi_read(struct core *core, uint64_t address, void *data, uint64_t length);
enum err semi_write(struct core *core, uint64_t address, const void *data, uint64_t length);
/* Whether they may be memory. */
enum err semi_check(struct core *core, uint64_t address, uint64_t length);
/* Up to where memory ends: *got, at least 1. */
enum err semi_read_some(struct core *core, uint64_t address, void *data, size_t length,
                        size_t *got);
/* Between two parts of a call, of which semihosting.pending knows: others have their turn. Of a
 * call that a running core makes, the rest may have to wait for the next look: call->later.
 * `began_us` is core_now_us() when this one began. */
enum err semi_pause(struct core *core, struct semihosting_call *call, uint64_t began_us);

/* --- semihosting_text.c --- */

/* `handle`: SEMI_OUT, SEMI_ERR, or SEMI_DEBUG for what has none. At most SEMI_CHUNK bytes. */
void semi_emit(struct core *core, uint32_t handle, const char *text, size_t length);

/* --- semihosting_handles.c --- */

/* The open file of a handle; NULL: it is none, or the console's. */
struct semihosting_file *semi_file(struct core *core, uint32_t handle);
/* A place for one more, and its handle; NULL: there are too many. */
struct semihosting_file *semi_free_file(struct core *core);
uint32_t semi_handle_of(const struct core *core, const struct semihosting_file *file);

typedef enum err semi_handler(struct core *core, struct semihosting_call *call);

/* semihosting_text.c */
semi_handler semi_writec, semi_write0, semi_readc;
/* semihosting_transfer.c */
semi_handler semi_write_call, semi_read_call;
/* semihosting_files.c */
semi_handler semi_open, semi_close, semi_istty, semi_seek, semi_flen, semi_tmpnam, semi_remove,
    semi_rename;

/* semihosting_remote.c: as far as they are asked of somebody else */
bool semi_is_remote(const struct core *core);
semi_handler semi_remote_remove, semi_remote_rename, semi_remote_readc;
enum err semi_remote_open(struct core *core, struct semihosting_call *call, unsigned how);
enum err semi_remote_close(struct core *core, struct semihosting_call *call,
                           struct semihosting_file *file);
enum err semi_remote_seek(struct core *core, struct semihosting_call *call,
                          const struct semihosting_file *file);
enum err semi_remote_flen(struct core *core, struct semihosting_call *call,
                          const struct semihosting_file *file);
enum err semi_remote_write(struct core *core, struct semihosting_call *call,
                           const struct semihosting_file *file);
enum err semi_remote_read(struct core *core, struct semihosting_call *call, int number);

/* semihosting_program.c */
semi_handler semi_iserror, semi_clock, semi_time, semi_system, semi_errno, semi_cmdline,
    semi_heapinfo, semi_exit, semi_elapsed, semi_tickfreq, semi_user;

static inline bool semi_is_input(uint32_t handle)
{
    return handle == 0 || handle == SEMI_IN;
}

static inline bool semi_is_output(uint32_t handle)
{
    return handle == SEMI_OUT || handle == SEMI_ERR;
}

/* ":semihosting-features": magic, and that SYS_EXIT_EXTENDED is there and output and errors are
 * two. */
enum { SEMI_FEATURES_SIZE = 5 };
extern const uint8_t semi_features[SEMI_FEATURES_SIZE];

#endif

/* SPDX-License-Identifier: MIT */
/* The calls that open, close and ask. Files are somebody else's
 * (semihosting_host.h); the console and the file of features are ours. */
#include <string.h>

#include "base/bytes.h"
#include "core/semihosting_internal.h"

enum { MODES = 12, TMPNAM_IDS = 256 };

const uint8_t semi_features[SEMI_FEATURES_SIZE] = {'S', 'H', 'F', 'B', 0x03};

/* --- names --- */

/* *name is empty if the program's is none that a file can have: the call has failed. */
static enum err read_name(struct core *core, struct semihosting_call *call, uint32_t address,
                          uint32_t length, char name[SEMI_NAME_MAX + 1])
{
    name[0] = '\0';
    if (length == 0)
        return semi_fail(core, call, SEMI_ENOENT);
    if (length > SEMI_NAME_MAX)
        return semi_fail(core, call, SEMI_ENAMETOOLONG);
    enum err err = semi_read(core, address, name, length);
    name[length] = '\0';
    if (!err && strlen(name) == length)
        return ERR_OK;
    name[0] = '\0';
    return err ? err : semi_fail(core, call, SEMI_EINVAL);
}

/* Nobody serves files: the program's mistake is none that it can know of. */
static enum err no_files(struct core *core, struct semihosting_call *call)
{
    semi_warn(core, 0x01,
              "asks for files, which it is not given: start probed with --semihosting-dir DIR");
    return semi_fail(core, call, SEMI_EACCES);
}

/* --- handles --- */

static bool is_console(uint32_t handle)
{
    return semi_is_input(handle) || semi_is_output(handle);
}

/* --- SYS_OPEN --- */

/* As fopen()'s "r", "r+", "w", "w+", "a" and "a+"; every second is binary, which changes nothing.
 */
static unsigned how_of(uint32_t mode)
{
    static const unsigned how[MODES / 4] = {SEMI_READ, SEMI_WRITE | SEMI_CREATE | SEMI_TRUNCATE,
                                            SEMI_WRITE | SEMI_CREATE | SEMI_APPEND};

    return how[mode / 4] | (mode & 2 ? SEMI_READ | SEMI_WRITE : 0);
}

static int64_t open_place(struct core *core, const char *name, uint32_t mode, bool features)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    struct semihosting_file *file = semi_free_file(core);
    int number = 0;

    if (!file)
        return -SEMI_EMFILE;
    if (features && mode > 1)
        return -SEMI_EACCES;
    if (!features)
        number = setup->files->open(setup->files_user, name, how_of(mode));
    if (number < 0)
        return number;
    *file = (struct semihosting_file){features ? SEMI_FEATURES : SEMI_FILE, number, 0};
    return semi_handle_of(core, file);
}

/* ":tt" is the console: modes 0-3 read, 4-7 write, 8-11 append, which C libraries use for input,
 * output and errors. */
enum err semi_open(struct core *core, struct semihosting_call *call)
{
    static const uint32_t consoles[MODES / 4] = {SEMI_IN, SEMI_OUT, SEMI_ERR};
    char name[SEMI_NAME_MAX + 1];
    uint32_t mode = call->word[1];

    if (mode >= MODES)
        return semi_fail(core, call, SEMI_EINVAL);
    enum err err = read_name(core, call, call->word[0], call->word[2], name);
    if (err || !name[0])
        return err;
    if (strcmp(name, ":tt") == 0) {
        call->result = consoles[mode / 4];
        return ERR_OK;
    }
    bool features = strcmp(name, ":semihosting-features") == 0;
    if (!features && semi_is_remote(core))
        return semi_remote_open(core, call, how_of(mode));
    if (!features && !core->target->semihosting.files)
        return no_files(core, call);
    return semi_result(core, call, open_place(core, name, mode, features));
}

/* --- what is asked of an open one --- */

enum err semi_close(struct core *core, struct semihosting_call *call)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    struct semihosting_file *file = semi_file(core, call->word[0]);

    if (!file)
        return is_console(call->word[0]) ? ERR_OK : semi_fail(core, call, SEMI_EBADF);
    if (file->kind == SEMI_REMOTE)
        return semi_remote_close(core, call, file);
    bool of_host = file->kind == SEMI_FILE;
    file->kind = SEMI_CLOSED;
    return of_host ? semi_result(core, call, setup->files->close(setup->files_user, file->number))
                   : ERR_OK;
}

enum err semi_istty(struct core *core, struct semihosting_call *call)
{
    bool console = is_console(call->word[0]);

    if (!console && !semi_file(core, call->word[0]))
        return semi_fail(core, call, SEMI_EBADF);
    call->result = console;
    return ERR_OK;
}

enum err semi_seek(struct core *core, struct semihosting_call *call)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    struct semihosting_file *file = semi_file(core, call->word[0]);

    if (!file)
        return semi_fail(core, call, is_console(call->word[0]) ? SEMI_ESPIPE : SEMI_EBADF);
    if (file->kind == SEMI_REMOTE)
        return semi_remote_seek(core, call, file);
    if (file->kind == SEMI_FILE)
        return semi_result(core, call,
                           setup->files->seek(setup->files_user, file->number, call->word[1]));
    file->position = call->word[1];
    return ERR_OK;
}

/* Of the console it is 0: C libraries take a stream whose length is an error for no terminal, and
 * keep its lines back. */
enum err semi_flen(struct core *core, struct semihosting_call *call)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    struct semihosting_file *file = semi_file(core, call->word[0]);
    int64_t length = 0;

    if (!file && !is_console(call->word[0]))
        return semi_fail(core, call, SEMI_EBADF);
    if (file && file->kind == SEMI_REMOTE)
        return semi_remote_flen(core, call, file);
    if (file)
        length = file->kind == SEMI_FILE ? setup->files->length(setup->files_user, file->number)
                                         : SEMI_FEATURES_SIZE;
    return semi_result(core, call, length > INT32_MAX ? -SEMI_EFBIG : length);
}

/* --- names alone --- */

enum err semi_remove(struct core *core, struct semihosting_call *call)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    char name[SEMI_NAME_MAX + 1];
    enum err err = read_name(core, call, call->word[0], call->word[1], name);

    if (err || !name[0])
        return err;
    if (semi_is_remote(core))
        return semi_remote_remove(core, call);
    return setup->files ? semi_result(core, call, setup->files->remove(setup->files_user, name))
                        : no_files(core, call);
}

enum err semi_rename(struct core *core, struct semihosting_call *call)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    char from[SEMI_NAME_MAX + 1], to[SEMI_NAME_MAX + 1] = "";
    enum err err = read_name(core, call, call->word[0], call->word[1], from);

    if (!err && from[0])
        err = read_name(core, call, call->word[2], call->word[3], to);
    if (err || !from[0] || !to[0])
        return err;
    if (semi_is_remote(core))
        return semi_remote_rename(core, call);
    return setup->files ? semi_result(core, call, setup->files->rename(setup->files_user, from, to))
                        : no_files(core, call);
}

/* The same identifier has the same name, in the directory of all the others. */
enum err semi_tmpnam(struct core *core, struct semihosting_call *call)
{
    char name[24];

    if (call->word[1] >= TMPNAM_IDS)
        return semi_fail(core, call, SEMI_EINVAL);
    int length = snprintf(name, sizeof name, "semihosting-%u.tmp", (unsigned)call->word[1]);
    if (call->word[2] <= (uint32_t)length)
        return semi_fail(core, call, SEMI_ENAMETOOLONG);
    return semi_write(core, call->word[0], name, (size_t)length + 1);
}

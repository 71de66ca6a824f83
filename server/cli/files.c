/* SPDX-License-Identifier: MIT */
#include "cli/files.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 100, SLICE = 65536 };

static const char *const format_names[] = {
    [IMAGE_AUTO] = "",         [IMAGE_ELF] = "ELF",       [IMAGE_IHEX] = "Intel HEX",
    [IMAGE_SREC] = "S-record", [IMAGE_UF2] = "UF2",       [IMAGE_DFUSE] = "DfuSe",
    [IMAGE_DFU] = "DFU",       [IMAGE_BINARY] = "binary",
};

static bool is_standard_input(const struct cli_file *file)
{
    return strcmp(file->path, "-") == 0;
}

/* --- words --- */

/* "FILE@ADDRESS", unless there is a file of that whole name. */
static enum err take_word(struct cli *cli, struct cli_files *files, const char *word)
{
    struct cli_file *file = &files->items[files->count];
    const char *at = strrchr(word, '@');

    file->path = word;
    if (at && access(word, F_OK) != 0) {
        files->paths[files->count] = strndup(word, (size_t)(at - word));
        if (!files->paths[files->count])
            return job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
        file->path = files->paths[files->count];
        file->has_address = true;
        if (!cli_number(at + 1, &file->address))
            return cli_misuse(cli, "'%.60s' is no address; one looks like 0x08000000", at + 1);
    } else if (files->count > 0 && strcmp(word, "-") != 0 && !options_is_file(word)) {
        return cli_misuse(
            cli, "'%.60s' is no address, and no file; an address looks like 0x08000000", word);
    }
    files->count++;
    return ERR_OK;
}

static enum err take_words(struct cli *cli, struct cli_files *files)
{
    enum err err = ERR_OK;

    cli_place_file(cli, 0);
    if (cli->word_count == 2 && cli_number(cli->words[1], &files->items[0].address)) {
        files->items[0].path = cli->words[0];
        files->items[0].has_address = true;
        files->count = 1;
        return ERR_OK;
    }
    for (int i = 0; i < cli->word_count && !err; i++)
        err = take_word(cli, files, cli->words[i]);
    return err;
}

/* --- standard input --- */

static enum err read_slice(struct cli *cli, uint8_t **data, size_t *size, bool *end)
{
    uint8_t *grown = realloc(*data, *size + SLICE);

    if (!grown)
        return job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
    *data = grown;
    ssize_t got = read(STDIN_FILENO, *data + *size, SLICE);
    if (got < 0 && errno != EINTR && errno != EAGAIN)
        return job_fail(&cli->job, ERR_FILE, "standard input: %s", strerror(errno));
    *end = got == 0;
    *size += got > 0 ? (size_t)got : 0;
    if (*size > IMAGE_FILE_MAX)
        return job_fail(&cli->job, ERR_FILE, "standard input is larger than %d MiB",
                        IMAGE_FILE_MAX >> 20);
    return ERR_OK;
}

static enum err read_input(struct cli *cli, uint8_t **data, size_t *size)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    bool end = false;
    enum err err = ERR_OK;

    while (!err && !end) {
        if (poll(&in, 1, LOOK_MS) > 0)
            err = read_slice(cli, data, size, &end);
        if (!err)
            err = job_checkpoint(&cli->job);
    }
    return err;
}

static enum err load_input(struct cli *cli, struct cli_file *file)
{
    uint8_t *data = NULL;
    size_t size = 0;
    enum err err = read_input(cli, &data, &size);

    if (!err)
        err = image_parse(&cli->job, "standard input", data, size, IMAGE_AUTO, 0, &file->image);
    free(data);
    return err;
}

/* --- images --- */

/* A binary does not say where it belongs; the other formats do. */
static enum err check_address(struct cli *cli, const struct cli_file *file)
{
    bool binary = file->image.format == IMAGE_BINARY;

    if (file->has_address == binary)
        return ERR_OK;
    if (file->has_address)
        return cli_misuse(cli, "%.100s is %s and says itself where it belongs: probed %s %.100s",
                          file->path, format_names[file->image.format], cli->command->name,
                          file->path);
    return cli_misuse(cli,
                      "%.100s is a plain binary, which does not say where it belongs; flash "
                      "begins at 0x08000000: probed %s %.100s 0x08000000",
                      file->path, cli->command->name, file->path);
}

/* A binary's bytes are one piece, at 0 so far. */
static enum err move(struct cli *cli, struct cli_file *file)
{
    struct image_segment *bytes = file->image.segments;

    if (bytes->size - 1 > UINT32_MAX - file->address)
        return job_fail(&cli->job, ERR_FILE,
                        "%s: %" PRIu32 " bytes at 0x%08" PRIx32 " run past 0xffffffff", file->path,
                        bytes->size, file->address);
    bytes->address = file->address;
    return ERR_OK;
}

static enum err load(struct cli *cli, struct cli_file *file)
{
    enum err err = is_standard_input(file)
                       ? load_input(cli, file)
                       : image_load(&cli->job, file->path, IMAGE_AUTO, 0, &file->image);

    if (!err)
        err = check_address(cli, file);
    return !err && file->image.format == IMAGE_BINARY ? move(cli, file) : err;
}

/* --- all of them --- */

static const char *owner_of(const struct cli_files *files, const uint8_t *data)
{
    for (size_t i = 0; i < files->count; i++)
        for (size_t n = 0; n < files->items[i].image.count; n++)
            if (files->items[i].image.segments[n].data == data)
                return files->items[i].path;
    return "";
}

static int by_address(const void *a, const void *b)
{
    const struct image_segment *first = a, *second = b;

    return (first->address > second->address) - (first->address < second->address);
}

static enum err check_overlaps(struct cli *cli, const struct cli_files *files)
{
    for (size_t i = 1; i < files->all.count; i++) {
        const struct image_segment *a = &files->all.segments[i - 1], *b = a + 1;

        if (b->address - a->address < a->size)
            return job_fail(&cli->job, ERR_FILE,
                            "%.100s and %.100s both have bytes at 0x%08" PRIx32
                            ": which of them are meant? Nothing was written",
                            owner_of(files, a->data), owner_of(files, b->data), b->address);
    }
    return ERR_OK;
}

static enum err join(struct cli *cli, struct cli_files *files)
{
    struct image *all = &files->all;
    size_t count = 0;

    for (size_t i = 0; i < files->count; i++)
        count += files->items[i].image.count;
    all->format = files->items[0].image.format;
    all->segments = calloc(count + 1, sizeof *all->segments);
    if (!all->segments)
        return job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < files->count; i++) {
        const struct image *image = &files->items[i].image;

        memcpy(all->segments + all->count, image->segments, image->count * sizeof *image->segments);
        all->count += image->count;
        all->bytes += image->bytes;
    }
    qsort(all->segments, all->count, sizeof *all->segments, by_address);
    return check_overlaps(cli, files);
}

enum err cli_files_load(struct cli *cli, struct cli_files *files)
{
    unsigned inputs = 0;

    *files = (struct cli_files){0};
    enum err err = take_words(cli, files);
    for (size_t i = 0; i < files->count && !err; i++)
        inputs += is_standard_input(&files->items[i]);
    if (inputs > 1)
        return cli_misuse(cli, "standard input can be read once: one '-'");
    for (size_t i = 0; i < files->count && !err; i++)
        err = load(cli, &files->items[i]);
    return err ? err : join(cli, files);
}

void cli_files_add(struct cli_files *files, uint32_t address, uint8_t *data, uint32_t size)
{
    struct image *all = &files->all;

    all->segments[all->count++] =
        (struct image_segment){address, size, data}; /* join() left room */
    all->bytes += size;
    qsort(all->segments, all->count, sizeof *all->segments, by_address);
}

void cli_files_finish(struct cli_files *files)
{
    free(files->all.segments);
    for (size_t i = 0; i < CLI_WORDS; i++) {
        image_finish(&files->items[i].image);
        free(files->paths[i]);
    }
    *files = (struct cli_files){0};
}

void cli_files_json(const struct cli_files *files, struct json *json)
{
    json_open(json, "files", '[');
    for (size_t i = 0; i < files->count; i++)
        json_text(json, NULL, files->items[i].path);
    json_close(json, ']');
    json_number(json, "bytes", files->all.bytes);
}

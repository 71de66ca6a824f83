/* SPDX-License-Identifier: MIT */
#include "cli/serial_number.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/unique_id.h"

enum { NUMBER_BYTES = 4, UID_BYTES = 4 * UNIQUE_ID_WORDS };

static bool is_uid(const struct cli *cli)
{
    return strncmp(cli->serial, "uid@", 4) == 0;
}

static uint32_t size_of(const struct cli *cli)
{
    return is_uid(cli) ? UID_BYTES : NUMBER_BYTES;
}

static enum err read_words(struct cli *cli, char path[CLI_PATH], uint32_t *address)
{
    const char *at = strrchr(cli->serial, '@');
    size_t length = at ? (size_t)(at - cli->serial) : 0;

    if (!length || length >= CLI_PATH || !cli_number(at + 1, address) ||
        *address > UINT32_MAX - size_of(cli))
        return cli_misuse(cli,
                          "--serial-from %.60s: FILE@ADDRESS is meant, or uid@ADDRESS: "
                          "counter.txt@0x0800fc00",
                          cli->serial);
    memcpy(path, cli->serial, length);
    path[length] = '\0';
    return ERR_OK;
}

/* Of the segment at [address, address + size); NULL: there are none, or *partly. */
static uint8_t *bytes_at(const struct cli_files *files, uint32_t address, uint32_t size,
                         bool *partly)
{
    *partly = false;
    for (size_t i = 0; i < files->all.count; i++) {
        const struct image_segment *segment = &files->all.segments[i];
        uint64_t start = segment->address, end = start + segment->size;

        if (address >= start && (uint64_t)address + size <= end)
            return segment->data + (address - segment->address);
        *partly |= address < end && (uint64_t)address + size > start;
    }
    return NULL;
}

enum err serial_number_check(struct cli *cli, struct cli_files *files)
{
    char path[CLI_PATH];
    uint32_t address = 0;
    bool partly = false;
    enum err err = read_words(cli, path, &address);

    if (err)
        return err;
    if (bytes_at(files, address, size_of(cli), &partly))
        return ERR_OK;
    if (partly)
        return job_fail(&cli->job, ERR_FILE,
                        "--serial-from: the %" PRIu32 " bytes at 0x%08" PRIx32
                        " lie partly in a file: all of them, or none; nothing was written",
                        size_of(cli), address);
    cli_files_add(files, address, files->serial, size_of(cli));
    return ERR_OK;
}

static enum err take_uid(struct cli *cli, uint8_t *bytes)
{
    uint32_t uid[UNIQUE_ID_WORDS];

    if (!unique_id_read(cli, uid))
        return job_fail(&cli->job, ERR_UNSUPPORTED, "the unique id of %s cannot be read",
                        target_chip(cli->session.target)->name);
    for (unsigned i = 0; i < UNIQUE_ID_WORDS; i++)
        put_le32(bytes + 4 * (size_t)i, uid[i]);
    return ERR_OK;
}

static enum err take_number(struct cli *cli, const char *path, uint8_t *bytes)
{
    uint32_t number = 0;
    enum err err = serial_number_take(&cli->job, path, &number);

    if (err)
        return err;
    put_le32(bytes, number);
    display_say(&cli->display, "serial number: %" PRIu32, number);
    if (cli->flags & CLI_JSON)
        json_number(&cli->json, "serial", number);
    return ERR_OK;
}

enum err serial_number_put(struct cli *cli, struct cli_files *files)
{
    char path[CLI_PATH];
    uint32_t address = 0;
    bool partly;
    enum err err = read_words(cli, path, &address);

    if (err)
        return err;
    uint8_t *bytes = bytes_at(files, address, size_of(cli), &partly);
    return is_uid(cli) ? take_uid(cli, bytes) : take_number(cli, path, bytes);
}

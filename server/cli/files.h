/* SPDX-License-Identifier: MIT */
/* The files that a call names: `boot.hex app.elf assets.bin@0x08010000`, or `blink.bin 0x08000000`,
 * in which `-` is standard input. */
#ifndef PROBED_CLI_FILES_H
#define PROBED_CLI_FILES_H

#include "cli/cli.h"

struct cli_file {
    const char *path; /* ours, or the call's */
    bool has_address;
    uint32_t address;
    struct image image;
};

struct cli_files {
    size_t count;
    struct cli_file items[CLI_WORDS];
    char *paths[CLI_WORDS]; /* those that had an address behind them */
    uint8_t serial[16];     /* serial_number.h */
    struct image all;       /* the segments of all of them, whose bytes are theirs */
};

/* By the call's words; nothing is touched but the files. cli_files_finish() in any case. A byte
 * that two files want is an error that names both. */
enum err cli_files_load(struct cli *cli, struct cli_files *files);
void cli_files_finish(struct cli_files *files);
/* Bytes beside those of the files, which the caller keeps; once. */
void cli_files_add(struct cli_files *files, uint32_t address, uint8_t *data, uint32_t size);
/* "files" */
void cli_files_json(const struct cli_files *files, struct json *json);

#endif

/* SPDX-License-Identifier: MIT */
/* probed dump */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/core_file.h"
#include "gdb/target_xml.h"
#include "rtos/rtos.h"
#include "session/symbols.h"
#include "session/threads.h"

enum { CHUNK = 8192 };

struct work {
    struct cli *cli;
    struct core_file file;
    struct core_thread threads[RTOS_THREADS];
    char description[DESCRIBE_SIZE];
    uint64_t bytes;
};

/* All of it is held in memory, and a core file's offsets have 32 bits. */
#define BYTES_MOST (512u << 20)

/* --- the call: FILE [PROGRAM] [ADDRESS LENGTH].. --- */

static enum err add_range(struct work *work, uint32_t address, uint32_t size)
{
    struct core_file *file = &work->file;

    if (file->range_count == CORE_RANGES)
        return cli_misuse(work->cli, "more than %d ranges", CORE_RANGES);
    file->ranges[file->range_count++] = (struct core_range){address, size, NULL};
    work->bytes += size;
    if (work->bytes > BYTES_MOST)
        return cli_misuse(work->cli, "more than %u MiB in all", BYTES_MOST >> 20);
    return ERR_OK;
}

static enum err read_call(struct work *work, const char **program)
{
    struct cli *cli = work->cli;
    uint32_t address = 0, length = 0;
    enum err err = ERR_OK;
    int at = 1;

    *program =
        at < cli->word_count && !cli_number(cli->words[at], &address) ? cli->words[at++] : NULL;
    for (; at + 1 < cli->word_count && !err; at += 2) {
        err = cli_range(cli, at, &address, &length);
        if (!err)
            err = add_range(work, address, length);
    }
    if (!err && at < cli->word_count)
        err = cli_misuse(cli, "'%.60s': a range is an address and a length", cli->words[at]);
    return err;
}

/* --- registers --- */

/* What the kernel did not keep of a thread is 0. */
static enum err take_register(struct work *work, struct core_thread *thread, size_t index,
                              const struct target_register *info)
{
    struct session *session = &work->cli->session;
    uint64_t value = 0;
    enum err err = session_thread_register(session, &work->cli->job, thread->id, index, &value);

    if (err == ERR_NOT_HALTED && thread->id != session_running_thread(session)) {
        job_clear(&work->cli->job);
        err = ERR_OK;
    }
    if (index < CORE_REGISTERS)
        thread->registers[index] = (uint32_t)value;
    if (info->bits == 64 && info->name[0] == 'd') {
        thread->has_fpu = true;
        thread->doubles[strtoul(info->name + 1, NULL, 10) % CORE_DOUBLES] = value;
    }
    if (strcmp(info->name, "fpscr") == 0)
        thread->fpscr = (uint32_t)value;
    return err;
}

static enum err take_threads(struct work *work)
{
    struct session *session = &work->cli->session;
    const struct rtos_thread *thread;
    size_t count;
    const struct target_register *registers = target_registers(session->target, &count);
    enum err err = ERR_OK;

    for (size_t i = 0; i < RTOS_THREADS && !err && (thread = session_thread(session, i)) != NULL;
         i++) {
        work->threads[i] = (struct core_thread){.id = thread->id};
        for (size_t n = 0; n < count && !err; n++)
            err = take_register(work, &work->threads[i], n, &registers[n]);
        work->file.thread_count = i + 1;
    }
    return err;
}

static void describe(struct work *work)
{
    size_t count;
    const struct target_register *registers = target_registers(work->cli->session.target, &count);
    struct buf text;

    buf_init(&text, work->description, sizeof work->description - 1);
    describe_target(&text, registers, count);
    work->description[text.length] = '\0';
    work->file.description = work->description;
    work->file.threads = work->threads;
}

/* --- memory --- */

static enum err add_ram(struct work *work)
{
    size_t count;
    const struct target_region *regions = target_regions(work->cli->session.target, &count);
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && !err; i++)
        if (regions[i].kind == REGION_RAM)
            err = add_range(work, regions[i].start, regions[i].size);
    return err;
}

static enum err read_range(struct work *work, struct core_range *range, uint64_t before)
{
    struct cli *cli = work->cli;
    enum err err = ERR_OK;

    range->data = malloc(range->size);
    if (!range->data)
        return job_fail(&cli->job, ERR_NO_MEMORY, "no memory for %" PRIu32 " bytes", range->size);
    for (uint32_t at = 0, part; at < range->size && !err; at += part) {
        part = range->size - at < CHUNK ? range->size - at : CHUNK;
        display_progress(&cli->display, "reading", before + at, work->bytes);
        err = target_read(cli->session.target, range->address + at, range->data + at, part, NULL);
        if (!err)
            err = job_checkpoint(&cli->job);
    }
    return err;
}

static enum err read_memory(struct work *work)
{
    uint64_t before = 0;
    enum err err = add_ram(work);

    for (size_t i = 0; i < work->file.range_count && !err; i++) {
        err = read_range(work, &work->file.ranges[i], before);
        before += work->file.ranges[i].size;
    }
    return err;
}

/* --- all of it --- */

static enum err take(struct work *work)
{
    enum err err = take_threads(work);

    describe(work);
    return err ? err : read_memory(work);
}

static enum err write_file(struct work *work)
{
    struct cli *cli = work->cli;
    FILE *out = fopen(cli->words[0], "wbe");
    bool written = out && core_file_write(&work->file, out);

    if (!written)
        job_fail(&cli->job, ERR_FILE, "%s: %s", cli->words[0], strerror(errno));
    if (out)
        fclose(out);
    if (!written) {
        if (out)
            (void)unlink(cli->words[0]); /* half of one says less than none */
        return ERR_FILE;
    }
    display_say(&cli->display,
                "dump: registers of %zu thread%s and %" PRIu64
                " bytes of memory to %s: gdb PROGRAM.elf %s",
                work->file.thread_count, work->file.thread_count == 1 ? "" : "s", work->bytes,
                cli->words[0], cli->words[0]);
    if (cli->flags & CLI_JSON) {
        json_text(&cli->json, "file", cli->words[0]);
        json_number(&cli->json, "threads", work->file.thread_count);
        json_number(&cli->json, "bytes", work->bytes);
    }
    return ERR_OK;
}

/* A core that runs is halted for it, and goes on behind it. */
static enum err dump(struct work *work)
{
    struct cli *cli = work->cli;
    struct job_failure failure;
    bool was_running = target_state(cli->session.target) == TARGET_RUNNING;

    if (!was_running || session_halt(&cli->session, &cli->job) == ERR_OK)
        (void)take(work); /* the job keeps what went wrong */
    job_set_aside(&cli->job, &failure);
    if (was_running)
        (void)session_resume(&cli->session, &cli->job);
    job_take_back(&cli->job, &failure, "and");
    return cli->job.err ? cli->job.err : write_file(work);
}

enum err cli_dump(struct cli *cli)
{
    struct work *work = calloc(1, sizeof *work);
    const char *program = NULL;

    if (!work)
        return job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
    work->cli = cli;
    enum err err = read_call(work, &program);
    if (!err)
        err = cli_connect(cli);
    if (!err) {
        cli->session.options.elf = program;
        session_read_symbols(&cli->session, &cli->job);
        err = dump(work);
    }
    for (size_t i = 0; i < work->file.range_count; i++)
        free(work->file.ranges[i].data);
    free(work);
    return err;
}

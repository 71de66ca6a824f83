/* SPDX-License-Identifier: MIT */
/* Any line, on a simulated board: words inside their buffer, a defined end, a sentence for every
 * error, and a board that still answers. Lines that name a file to be written are left out: they
 * would write it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "commands/monitor.h"
#include "commands/monitor_words.h"
#include "fuzz.h"
#include "probe/probe.h"

enum { CHECKPOINTS = 20, BOARD_LINES = 16 };

static void swallow(void *user, const char *text, size_t length)
{
    (void)user;
    assert(text && length > 0);
}

/* Whatever goes on for long is cancelled. */
static void count_down(void *user)
{
    struct job *job = user;
    static unsigned left;

    if (left == 0)
        left = CHECKPOINTS;
    if (--left == 0)
        atomic_store(&job->cancelled, true);
}

static void split_only(const char *line)
{
    struct monitor_words *words = malloc(sizeof *words);
    size_t length = strlen(line);

    for (const char *at = line, *before = NULL; at;) {
        assert(at <= line + length && (!before || at > before));
        before = at;
        if (monitor_split(&at, words))
            break;
        assert(words->count >= 0 && words->count <= MONITOR_WORDS);
        for (int i = 0; i < words->count; i++) {
            assert(words->words[i] >= words->text);
            assert(words->words[i] + strlen(words->words[i]) < words->text + sizeof words->text);
        }
    }
    free(words);
}

static bool writes_files(const char *line)
{
    return strstr(line, "dump_image") || strstr(line, "read_bank");
}

static struct session *board(bool fresh)
{
    static const struct session_options options;
    static struct session session;
    static bool open;
    struct probe_info info;
    struct job job;

    if (open && !fresh)
        return &session;
    if (open)
        session_finish(&session);
    job_init(&job, NULL);
    assert(probe_sim_info("bluepill,still", &info, &job) == ERR_OK);
    session_init(&session, NULL, &options, &info, NULL);
    open = true;
    return &session;
}

static void run_line(const char *line)
{
    static unsigned lines;
    struct session *session = board(lines++ % BOARD_LINES == 0);
    struct job job;
    struct monitor monitor = {.session = session, .job = &job};

    job_init(&job, NULL);
    job.output = swallow;
    job.between = count_down;
    job.between_user = &job;
    struct job *before = session_enter(session, &job);
    enum err err = monitor_run(&monitor, line);
    session_leave(session, before);
    assert(err < ERR_COUNT);
    assert(!err || job_text(&job, err)[0] != '\0');
    assert(monitor.exit_code >= 0 && monitor.exit_code <= 255);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = malloc(size + 1);

    if (size > 0)
        memcpy(line, data, size);
    line[size] = '\0';
    split_only(line);
    if (!writes_files(line))
        run_line(line);
    free(line);
    return 0;
}

/* One command each: the first that fails is the end of its line. */
const char *const fuzz_seeds[] = {
    "halt",
    "reg pc",
    "step 0x20000000",
    "resume",
    "wait_halt 10",
    "poll",
    "mdw 0x20000000 4",
    "mwd phys 0x20000000 0x1122334455667788 2",
    "mdb 0xfffffffe 9",
    "read_memory 0x20000000 32 4",
    "write_memory 0x20000000 8 {1 2 0xff}",
    "get_reg {pc r0}",
    "set_reg {r0 1 r1 2}",
    "reg 3 0xffffffff",
    "bp 0x08000100 2 hw",
    "bp",
    "rbp all",
    "wp 0x20000000 4 w",
    "wp",
    "rwp 0x20000000",
    "load_image /etc/hostname 0x20000000",
    "verify_image /etc 0",
    "test_image /dev/null 0 elf",
    "flash probe 0",
    "flash info 0 sectors",
    "flash erase_check 0",
    "flash list",
    "flash erase_sector 0 1 last",
    "flash erase_address pad 0x08000000 100",
    "flash fillw 0x08000000 0x12345678 16",
    "flash protect 0 0 1 on",
    "flash write_bank 0 /x",
    "program /etc/hostname 0x08000000 verify reset",
    "flash write_image erase /etc/hostname 0",
    "stm32f1x options_read 0",
    "stm32f1x options_write 0 HWWDG USEROPT 0x1234",
    "stm32f1x unlock 0",
    "adapter speed 1000",
    "adapter assert srst",
    "adapter deassert srst",
    "reset_config none",
    "cortex_m vector_catch all",
    "cortex_m maskisr on",
    "arm semihosting disable",
    "targets",
    "echo \"a \\\" b\" {c {d} e}; sleep 5 busy; help flash; shutdown 3; debug_level",
    "gdb_sync",
    "gdb_memory_map enable",
    "gdb breakpoint_override hard",
    "sim power off",
    "sim plug",
    "reset halt",
    "reset init",
    "soft_reset_halt",
    "sim fault +noack",
    "status",
    "stats",
    "swdp_scan",
    "halt; reg r0 1; mww 0x20000000 0xbe00; resume 0x20000000; wait_halt; poll",
    NULL,
};

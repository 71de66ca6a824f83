/* SPDX-License-Identifier: MIT */
#include "cli/debug.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/debug_gdb.h"
#include "daemon.h"
#include "image/image.h"

enum { GDB_WORDS = 256, OWN_WORDS = 13, SCRIPTS = 4, NAME_SIZE = 32 };

/* One call. */
struct call {
    struct debug_command *command;
    struct options *options;
    const char *gdb; /* the program */
    const char *file;
    const char *words[GDB_WORDS]; /* gdb's, from OWN_WORDS on the user's */
    size_t count;
    char load[2 * PATH_MAX + 300]; /* gdb's commands for that */
    char why[240];
    bool batch;  /* nobody reads what gdb says of a load that failed: the exit code tells */
    bool failed; /* the call was right */
};

const char debug_text[] =
    "  probed debug blink.elf                     stopped at main\n"
    "  probed debug --sim blink.elf               the same without hardware\n"
    "  probed debug blink.elf -batch -ex bt       what stands behind the file is gdb's\n"
    "\n"
    "Starts gdb on FILE.elf: it loads the program, breaks at main and runs. When gdb is left, all\n"
    "ends. The exit code is gdb's.\n";

static void say(struct call *call, const char *format, va_list args)
{
    vsnprintf(call->why, sizeof call->why, format, args);
}

__attribute__((format(printf, 2, 3))) static bool complain(struct call *call, const char *format,
                                                           ...)
{
    va_list args;

    va_start(args, format);
    say(call, format, args);
    va_end(args);
    return false;
}

/* The call was right, the world is not: exit code 1, as with all tools. */
__attribute__((format(printf, 2, 3))) static bool fail(struct call *call, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(call, format, args);
    va_end(args);
    call->failed = true;
    return false;
}

/* --- the command line --- */

static bool take_gdb_path(struct call *call, int argc, const char *const argv[], int *at)
{
    static const char name[] = "--gdb-path";
    size_t length = sizeof name - 1;

    if (strncmp(argv[*at], name, length) != 0 || !strchr("=", argv[*at][length]))
        return false;
    if (argv[*at][length] == '=')
        call->gdb = argv[*at] + length + 1;
    else
        call->gdb = ++*at < argc ? argv[*at] : "";
    return true;
}

static void add_gdb_word(struct call *call, const char *word)
{
    call->batch |= strcmp(word, "-batch") == 0 || strcmp(word, "--batch") == 0;
    call->words[call->count++] = word;
}

/* Ours wherever they stand, the first plain word is the file, the rest is gdb's. */
static bool take_word(struct call *call, int argc, const char *const argv[], int *at)
{
    const char *word = argv[*at];
    enum options_taken taken = OPTION_UNKNOWN;

    if (strncmp(word, "--", 2) == 0 || (!call->file && word[0] == '-')) {
        if (take_gdb_path(call, argc, argv, at))
            return true;
        taken = options_take(call->options, argc, argv, at, call->why, sizeof call->why);
    }
    if (taken != OPTION_UNKNOWN)
        return taken == OPTION_TAKEN;
    if (!call->file && word[0] == '-')
        return complain(call, "unknown option '%s'; gdb's own stand behind the file", word);
    if (!call->file)
        call->file = word;
    else if (call->count < GDB_WORDS - 1)
        add_gdb_word(call, word);
    else
        return complain(call, "too many words");
    return true;
}

static bool check_gdb(struct call *call)
{
    if (!call->gdb)
        call->gdb = debug_gdb_find();
    if (!call->gdb)
        return fail(call,
                    "no gdb for Arm found: install gdb-multiarch (Debian, Ubuntu: apt install "
                    "gdb-multiarch) or arm-none-eabi-gdb, or name one with --gdb-path");
    if (!debug_gdb_exists(call->gdb))
        return fail(call, "--gdb-path: no program '%s'", call->gdb);
    return true;
}

/* What it begins with for Arm (ELF specification, and ELF for the Arm Architecture, 5.2): 32 bits,
 * little-endian, machine 40. */
static bool is_for_arm(const unsigned char *head)
{
    return head[4] == 1 && head[5] == 1 && head[18] == 40 && head[19] == 0;
}

/* A word in braces, as `monitor` takes it, in a script of one command a line. */
static bool can_be_quoted(const char *name)
{
    return strpbrk(name, "{}\n\r\\\"") == NULL;
}

/* gdb's `load` sends sections. What of the program lies in none is missing then: the file is loaded
 * by us. */
static void load_whole_file(struct call *call, const struct image *image)
{
    bool can = can_be_quoted(call->file);
    char text[400];

    if (can)
        snprintf(call->load, sizeof call->load,
                 "define hookpost-load\n"
                 "echo probed: `load` has left bytes out: monitor flash write_image {%.*s}\\n\n"
                 "end\n"
                 "monitor flash write_image {%.*s}\n",
                 PATH_MAX, call->file, PATH_MAX, call->file);
    snprintf(text, sizeof text,
             "%s: %zu bytes from 0x%08x on belong to no section, and gdb's `load` leaves them "
             "out: %s",
             call->file, image->unsectioned, (unsigned)image->unsectioned_at,
             can ? "the file is loaded by `monitor flash write_image` instead; do so after each "
                   "change"
                 : "the program is not complete; `probed flash` loads all of it");
    log_say(stderr, "probed", LOG_WARN, text);
}

/* Whole, before gdb says "Load failed". */
static bool check_program(struct call *call)
{
    struct image image;
    struct job job;

    job_init(&job, NULL);
    if (image_load(&job, call->file, IMAGE_ELF, 0, &image) != ERR_OK)
        return fail(call, "%s", job.text);
    if (image.unsectioned > 0)
        load_whole_file(call, &image);
    image_finish(&image);
    return true;
}

static bool check_file(struct call *call)
{
    unsigned char head[20] = "";

    if (!call->file)
        return complain(call, "which program? probed debug [options] FILE.elf [gdb options]");
    if (options_wrong_board(call->options, call->file, call->why, sizeof call->why))
        return false;
    FILE *file = fopen(call->file, "re");
    if (!file)
        return fail(call, "%s: %s", call->file, strerror(errno));
    size_t got = fread(head, 1, sizeof head, file);
    fclose(file);
    if (got != sizeof head || memcmp(head, "\177ELF", 4) != 0)
        return fail(call, "%s: not an ELF file, which gdb needs to know the program", call->file);
    if (!is_for_arm(head))
        return fail(call,
                    "%s: not a program for a 32-bit Arm but for another machine: built by gcc "
                    "instead of arm-none-eabi-gcc?",
                    call->file);
    return check_program(call);
}

static bool only_asks(const struct call *call)
{
    return call->options->help || call->options->version;
}

static bool parse(struct call *call, int argc, const char *const argv[])
{
    options_init(call->options);
    call->options->log_level = LOG_WARN; /* the terminal is gdb's */
    for (int i = 2; i < argc; i++) {
        if (!take_word(call, argc, argv, &i))
            return false;
    }
    return only_asks(call) || (options_settle(call->options, call->why, sizeof call->why) &&
                               options_one_probe(call->options, call->why, sizeof call->why) &&
                               check_file(call) && check_gdb(call));
}

/* --- the two processes --- */

static bool make_place(struct call *call)
{
    struct endpoint *gdb = &call->options->gdb;
    char *folder = call->command->folder;

    snprintf(folder, sizeof call->command->folder, "/tmp/probed-debug-XXXXXX");
    if (!mkdtemp(folder)) {
        folder[0] = '\0';
        return fail(call, "cannot make a folder in /tmp: %s", strerror(errno));
    }
    *gdb = (struct endpoint){.is_unix = true};
    snprintf(gdb->path, sizeof gdb->path, "%s/gdb", folder);
    return true;
}

/* Out of the terminal's reach; ends with its parent, whatever ends that. */
static void become_daemon(struct call *call, int ready)
{
    struct options *options = call->options;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        close(null);
    }
    call->command->ready = ready;
    options->telnet.is_off = options->tcl.is_off = true;
    options->needs_target = options->launches = true;
    options->program = call->file;
}

/* gdb shows where the core stood before the load, which is no place of this program. What it says
 * can be kept from the terminal since gdb 12. */
static const char quiet[] = "if $_gdb_major >= 12\n"
                            "set logging file /dev/null\n"
                            "set logging redirect on\n"
                            "set logging enabled on\n"
                            "end\n";
static const char loud[] = "if $_gdb_major >= 12\n"
                           "set logging enabled off\n"
                           "set logging redirect off\n"
                           "set logging file gdb.txt\n"
                           "end\n";
static const char begin[] = "monitor reset halt\n"
                            "set $probed_loaded = 1\n"
                            "break main\n"
                            "continue\n";
/* gdb's own code in a batch is that of the user's last command, whatever came before it. */
static const char judge[] = "if $probed_loaded == 0\n"
                            "set confirm off\n"
                            "quit 1\n"
                            "end\n";

/* A file without a name for gdb's -x, which stops at the first command that fails: what must come
 * all the same is another one. */
static bool write_script(const char *head, const char *text, int *script, char name[NAME_SIZE])
{
    *script = memfd_create("probed-debug", 0);
    snprintf(name, NAME_SIZE, "/dev/fd/%d", *script);
    return *script >= 0 && dprintf(*script, "%s%s", head, text) > 0;
}

static int run_scripts(struct call *call, char names[SCRIPTS][NAME_SIZE])
{
    char target[160];
    const char *const words[OWN_WORDS] = {call->gdb, "-q",   call->file, "-x",     names[0],
                                          "-ex",     target, "-x",       names[1], "-x",
                                          names[2],  "-x",   names[3]};

    snprintf(target, sizeof target, "target extended-remote %s", call->options->gdb.path);
    memcpy(call->words, words, sizeof words);
    return debug_gdb_run(call->gdb, call->words);
}

static int run_gdb(struct call *call)
{
    const char *const heads[SCRIPTS] = {"set $probed_loaded = 0\n", "", call->load, ""};
    const char *const pool[SCRIPTS] = {quiet, loud, begin, call->batch ? judge : "\n"};
    char names[SCRIPTS][NAME_SIZE];
    int scripts[SCRIPTS], code = DAEMON_FAILED;
    bool written = true;

    for (int i = 0; i < SCRIPTS; i++)
        written &= write_script(heads[i], pool[i], &scripts[i], names[i]);
    if (written)
        code = run_scripts(call, names);
    else
        log_say(stderr, "probed", LOG_ERROR, "no memory for gdb's commands");
    for (int i = 0; i < SCRIPTS; i++)
        if (scripts[i] >= 0)
            close(scripts[i]);
    return code;
}

/* Until the daemon accepts, then gdb, then the daemon's end; which only SIGTERM brings, lest a
 * second reason to end cuts the first short. */
static int lead(struct call *call, pid_t daemon, int ready)
{
    char byte;
    int status, code = DAEMON_FAILED;
    bool accepts = read(ready, &byte, 1) == 1;

    close(ready);
    if (accepts)
        code = run_gdb(call);
    kill(daemon, SIGTERM);
    waitpid(daemon, &status, 0);
    return code; /* why it did not accept, it has said itself */
}

static bool split(struct call *call, int *code)
{
    int ends[2];
    pid_t daemon = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;

    if (daemon < 0) {
        log_say(stderr, "probed", LOG_ERROR, strerror(errno));
        *code = DAEMON_FAILED;
        return false;
    }
    if (daemon == 0) {
        close(ends[0]);
        become_daemon(call, ends[1]);
        return true;
    }
    close(ends[1]);
    *code = lead(call, daemon, ends[0]);
    return false;
}

bool debug_command_run(struct debug_command *command, int argc, const char *const argv[],
                       struct options *options, int *code)
{
    struct call call = {
        .command = command, .options = options, .count = OWN_WORDS, .load = "load\n"};

    *code = DAEMON_OK;
    if (!parse(&call, argc, argv) || (!only_asks(&call) && !make_place(&call))) {
        log_say(stderr, "probed", LOG_ERROR, call.why);
        *code = call.failed ? DAEMON_FAILED : DAEMON_USAGE;
        return false;
    }
    if (options->help) {
        printf("probed debug [options] " DEBUG_USAGE ": " DEBUG_HELP "\n\n%s\noptions:\n",
               debug_text);
        options_print_pair(stdout, "--gdb-path GDB", DEBUG_GDB_PATH);
        options_print_tools(stdout);
        return false;
    }
    if (options->version) {
        puts("probed " PROBED_VERSION);
        return false;
    }
    return split(&call, code);
}

void debug_command_ready(struct debug_command *command)
{
    if (write(command->ready, "r", 1) != 1)
        log_say(stderr, "probed", LOG_ERROR, "gdb's side is gone");
    close(command->ready);
}

void debug_command_finish(struct debug_command *command)
{
    if (command->folder[0])
        rmdir(command->folder);
}

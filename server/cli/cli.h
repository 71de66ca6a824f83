/* SPDX-License-Identifier: MIT */
/* The tools on the command line: `probed list`, `probed flash FILE`.. One table of commands, one
 * file a group. They use what the daemon uses (options, discovery, session), in one thread, and
 * end. What is asked for goes to standard output, what is told on the way to standard error. */
#ifndef PROBED_CLI_H
#define PROBED_CLI_H

#include <stdio.h>

#include "cli/display.h"
#include "cli/json.h"
#include "image/image.h"
#include "options/options.h"
#include "session/session.h"

enum { CLI_WORDS = 16, CLI_PATH = 512 };

/* Exit codes of the process. */
enum {
    CLI_OK = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,          /* the call was wrong; nothing was done */
    CLI_NO_PROBE = 3,       /* none is there, it is another's, or it went away */
    CLI_NO_TARGET = 4,      /* none answers, or it stopped to */
    CLI_PROTECTED = 5,      /* against reading or writing */
    CLI_DIFFERS = 6,        /* memory is not what the file is */
    CLI_LATE = 124,         /* not done within --timeout */
    CLI_NOT_RUN_CODE = 125, /* of a call with CLI_NOT_RUN that failed or was wrong */
};

enum cli_flag {
    CLI_JSON = 1 << 0,
    CLI_ERASE = 1 << 1,
    CLI_VERIFY = 1 << 2,
    CLI_RESET = 1 << 3,
    CLI_YES = 1 << 4,
    CLI_IRREVERSIBLE = 1 << 5,
    CLI_OPTIONS = 1 << 6,
    CLI_ALLOW_RESET = 1 << 7,
    CLI_THOROUGH = 1 << 8,
    CLI_WATCH = 1 << 9,
    CLI_REPORT = 1 << 10,
    CLI_BOARD = 1 << 11,
    CLI_SVG = 1 << 12,
    CLI_TIMEOUT = 1 << 13,
    CLI_UNTIL = 1 << 14,
    CLI_JUNIT = 1 << 15,
    CLI_ARGUMENTS = 1 << 16, /* words behind "--" are the program's */
    CLI_UART = 1 << 18,
    CLI_TIME = 1 << 19,
    CLI_FOLDED = 1 << 20,
    CLI_SWO = 1 << 21,
    CLI_NOT_RUN = 1 << 17, /* the lower exit codes are the program's, too */
    CLI_QUIET = 1 << 22,
    CLI_UNLOCK = 1 << 23,
    CLI_ID = 1 << 24,
    CLI_MANY = 1 << 25, /* several --probe are several boards, each with a process */
    CLI_JSON_LINE = 1 << 26,
    CLI_WAIT = 1 << 27,
    CLI_COUNT = 1 << 28,
    CLI_FOREVER = 1 << 29,
    CLI_SERIAL = 1 << 30,
    CLI_BOARDS = CLI_MANY | CLI_WAIT | CLI_COUNT | CLI_FOREVER,
    CLI_EVERY = CLI_JSON | CLI_QUIET | CLI_TIMEOUT, /* what every tool takes */
};

enum { UNIQUE_ID_WORDS = 3 };

/* The chip that answered, for JSON. */
struct result_target {
    char chip[64], core[32];
    unsigned dev_id;
    bool uid_known;
    uint32_t uid[UNIQUE_ID_WORDS];
};

struct cli_command;

/* One call of a tool. */
struct cli {
    const struct cli_command *command;
    struct options options;
    unsigned flags; /* enum cli_flag */
    const char *words[CLI_WORDS + 1];
    int word_count;
    const char *board, *svg, *timeout, *until, *junit, *uart, *time, *id, *count,
        *serial; /* values of flags; NULL: not said */
    int argc;    /* the whole call */
    const char *const *argv;
    const char *const *arguments; /* behind "--" */
    int argument_count;

    struct display display; /* on standard error */
    struct log log;         /* its lines and the display's do not mix */
    struct job job;         /* cancelled by Ctrl-C */
    FILE *wire;
    struct pack *pack; /* what --pack says of the chip; or NULL */
    struct session session;
    bool met;         /* the target answered */
    bool locked;      /* ..and its flash was read-protected */
    struct json json; /* result.h; no out: --json was not said */
    char *json_text;
    size_t json_size;
    struct result_target seen;
    bool told_board;   /* "probe" and "target" are in the object */
    bool told_problem; /* so are "error", "problem", "advice" */
    bool misused;      /* the call was wrong, not the world: exit code 2 */
    bool useless;      /* the probe is there, perhaps, but cannot be opened */
    bool expired;      /* --timeout passed */
    bool declined;     /* the question was answered with no: nothing to try */
    int code;          /* what a call that did not fail ends with */
};

struct cli_command {
    const char *name;  /* first member: suggest() searches the table */
    const char *usage; /* words behind the name */
    const char *help;  /* one line */
    const char *text;  /* for --help: what it does and how it is used */
    uint8_t min_words, max_words;
    unsigned flags;              /* those it takes */
    enum target_connect connect; /* unless --connect says otherwise */
    /* An error's sentence is in cli->job. */
    enum err (*run)(struct cli *cli);
};

bool cli_is_tool(const char *word);
/* Runs the tool that argv[1] names; returns the exit code. The process must ignore SIGPIPE. */
int cli_main(int argc, const char *const argv[]);
/* The commands, for --help. */
void cli_print_commands(FILE *out);

/* --- for the commands --- */

/* Opens the probe that is meant; the target is not touched. session.probe is it. */
enum err cli_open(struct cli *cli);
/* Opens the probe and connects to the target. */
enum err cli_reach(struct cli *cli);
/* The same; what there is to warn of about the chip goes to the log. */
enum err cli_connect(struct cli *cli);
/* Everything of ours off the chip, the probe closed; whatever is open. For cli.c. */
void cli_close(struct cli *cli);
/* If connecting has halted the core by a reset, as --connect allows: lets it run again. */
enum err cli_leave_running(struct cli *cli);
/* Writes what of the image the chip does not hold yet, checked; says what it did (what was not
 * needed only if `all`), and whether it changed anything. */
enum err cli_write_image(struct cli *cli, struct image *image, bool all, bool *changed);
/* Resets and lets run, and says so. A program that switches its debug pins off is no error. */
enum err cli_start_program(struct cli *cli);
/* The call is wrong: ERR_ARGUMENT with the sentence, exit code 2. */
enum err cli_misuse(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A value of --timeout, --time..: more than 0 seconds, "10" or "0.5"; not said: 0. */
enum err cli_seconds(struct cli *cli, const char *option, const char *value, uint64_t *us);
/* A word as a number: decimal or 0x.., with k, K or M behind it for 1024 and 1024 * 1024. */
bool cli_number(const char *word, uint32_t *value);
/* If exactly one word is no number, it is the file: moves it to `place`, in whatever order they
 * were typed. */
void cli_place_file(struct cli *cli, int place);
/* Reads every byte back over the wire, and says so. */
enum err cli_verify_image(struct cli *cli, const struct image *image);
/* Asks for a line at the terminal; false: none, or it was Ctrl-C. */
bool cli_type(struct cli *cli, const char *question, char *line, size_t size);
/* Asks at the terminal; false: no, or it was Ctrl-C, which job_cancelled() tells. */
bool cli_answer(struct cli *cli, const char *question);
/* The same before what changes the chip, unless --yes was said: not where nobody is to be asked.
 * ERR_CANCELLED. */
enum err cli_consent(struct cli *cli, const char *question);
/* The words from `first` on: an address, then a length that is not 0 and fits behind it. */
enum err cli_range(struct cli *cli, int first, uint32_t *address, uint32_t *length);

/* --- words.c, for cli.c --- */

/* Fills in options, flags and words; a wrong call is ERR_ARGUMENT with the sentence. */
enum err cli_read_call(struct cli *cli, int argc, const char *const argv[]);
/* For help or the version: nothing is to be done. */
bool cli_only_asks(const struct cli *cli);
/* The call is wrong: if a word behind --sim may have been meant for a board, says so. */
void cli_add_board(struct cli *cli);
/* Lines of help on these flags. */
void cli_print_flags(FILE *out, unsigned flags);
/* As options_told(), of these flags. */
bool cli_flag_told(size_t index, unsigned flags, struct option_told *told);

typedef enum err cli_run(struct cli *cli);
cli_run cli_list, cli_info, cli_doctor, cli_flash, cli_run_program, cli_profile, cli_erase,
    cli_read, cli_reset, cli_options, cli_unlock, cli_lock, cli_verify, cli_dump, cli_diff;

#endif

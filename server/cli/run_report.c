/* SPDX-License-Identifier: MIT */
/* The result for programs: JSON, and the XML that Jenkins, GitLab and others take for JUnit's. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/visible.h"
#include "cli/json.h"
#include "cli/run.h"

static const char *const outcomes[] = {
    [RUN_GOES_ON] = "failed",      [RUN_ENDED] = "exit",        [RUN_SILENT] = "exit",
    [RUN_UNTIL] = "until",         [RUN_TIMED_OUT] = "timeout", [RUN_CRASHED] = "crash",
    [RUN_CANCELLED] = "cancelled", [RUN_FAILED] = "failed",
};

/* --- JSON --- */

static void frame_json(struct json *json, const struct backtrace_frame *frame)
{
    char name[BACKTRACE_EXCEPTION];

    json_open(json, NULL, '{');
    json_number(json, "pc", frame->pc);
    json_text(json, "function", frame->function);
    json_text(json, "file", frame->file);
    json_number(json, "line", frame->line);
    json_bool(json, "inlined", frame->inlined);
    json_text(json, "interrupted_by",
              frame->exception ? backtrace_exception(frame->exception, name) : NULL);
    json_close(json, '}');
}

void run_report_json(const struct run *run)
{
    struct json *json = &run->cli->json;
    char text[RUN_OUTPUT_KEPT + 1];

    memcpy(text, run->output.kept, run->output.kept_length);
    text[run->output.kept_length] = '\0';
    json_text(json, "file", run->cli->words[0]);
    json_text(json, "outcome", outcomes[run->outcome]);
    json_text(json, "reason", run->reason);
    json_known(json, "program_code", run->has_program_code, run->program_code);
    json_number(json, "microseconds", run->took_us);
    json_open(json, "backtrace", '[');
    for (size_t i = 0; i < run->trace.count; i++)
        frame_json(json, &run->trace.frames[i]);
    json_close(json, ']');
    json_text(json, "backtrace_end", run->trace.end);
    json_text(json, "output", text);
}

/* --- JUnit --- */

/* XML 1.0 has no way to write most control characters: they are shown; so are bytes that are no
 * UTF-8. */
static void put_xml(FILE *out, const char *text, size_t length)
{
    struct visible_piece piece;

    for (size_t taken; length > 0; text += taken, length -= taken) {
        taken = visible_next(VISIBLE_TEXT, text, length, &piece);
        for (size_t i = 0; i < piece.length; i++) {
            char c = piece.text[i];

            if (c == '&')
                fputs("&amp;", out);
            else if (c == '<')
                fputs("&lt;", out);
            else if (c == '>')
                fputs("&gt;", out);
            else if (c == '"')
                fputs("&quot;", out);
            else
                fputc(c, out);
        }
    }
}

static void put_text(FILE *out, const char *text)
{
    put_xml(out, text, strlen(text));
}

static void put_trace(FILE *out, const struct backtrace *trace)
{
    char line[600];

    for (size_t i = 0; i < trace->count; i++) {
        const struct backtrace_frame *frame = &trace->frames[i];

        snprintf(line, sizeof line, "#%zu 0x%08" PRIx32 " %.200s at %.300s:%u\n", i, frame->pc,
                 frame->function ? frame->function : "??", frame->file ? frame->file : "??",
                 frame->line);
        put_text(out, line);
    }
}

/* A program that ended badly has failed; what kept it from ending is an error of the test. */
static void put_failure(const struct run *run, FILE *out)
{
    const char *kind = run->outcome == RUN_ENDED || run->outcome == RUN_SILENT ||
                               run->outcome == RUN_CRASHED || run->outcome == RUN_TIMED_OUT
                           ? "failure"
                           : "error";

    fprintf(out, "    <%s type=\"%s\" message=\"", kind, outcomes[run->outcome]);
    put_text(out, run->reason);
    fputs("\">", out);
    put_trace(out, &run->trace);
    fprintf(out, "</%s>\n", kind);
}

static void put_case(const struct run *run, FILE *out)
{
    const char *file = run->cli->words[0], *name = strrchr(file, '/');
    int code = run_exit_code(run);
    bool errs = code != 0 && (run->outcome == RUN_FAILED || run->outcome == RUN_CANCELLED);

    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"probed run\" "
            "tests=\"1\" failures=\"%d\" errors=\"%d\">\n  <testcase classname=\"",
            code != 0 && !errs, errs);
    put_text(out, file);
    fputs("\" name=\"", out);
    put_text(out, name ? name + 1 : file);
    fprintf(out, "\" time=\"%" PRIu64 ".%06" PRIu64 "\">\n", run->took_us / 1000000,
            run->took_us % 1000000);
    if (code != 0)
        put_failure(run, out);
    fputs("    <system-out>", out);
    put_xml(out, run->output.kept, run->output.kept_length);
    fputs("</system-out>\n  </testcase>\n</testsuite>\n", out);
}

enum err run_report_junit(const struct run *run, const char *path)
{
    FILE *file = fopen(path, "we");
    bool written = false;

    if (file) {
        put_case(run, file);
        written = fflush(file) == 0 && !ferror(file);
    }
    if (!written)
        job_fail(&run->cli->job, ERR_FILE, "--junit %s: %s", path, strerror(errno));
    if (file)
        fclose(file);
    return written ? ERR_OK : ERR_FILE;
}

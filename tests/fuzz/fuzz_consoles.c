/* SPDX-License-Identifier: MIT */
/* Any bytes for the telnet and the TCL port, libtelnet included; the worker is played here.
 * Whatever came, commands are lines of sane size, one at a time, a browser's request runs none, and
 * the session ends with its client. */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "consoles/line_editor.h"
#include "consoles/tcl.h"
#include "consoles/telnet.h"
#include "fuzz.h"
#include "session/worker.h"

static struct bench {
    uv_loop_t loop;
    uv_pipe_t listener;
    struct sockaddr_un address;
    socklen_t address_length;
    struct log log;
    struct console_host host;
    struct console *console;
    struct command_request *command; /* posted, not answered */
    bool tcl, gone;
    unsigned commands;
} bench;

/* In place of worker.c. */
void worker_watch(struct request *request, struct session *session) {}
void worker_unwatch(struct request *request, struct session *session) {}

void worker_post(struct worker *worker, struct request *request)
{
    (void)worker;
    if (request->run == worker_watch || request->run == worker_unwatch) {
        request_destroy(request);
        return;
    }
    struct command_request *command = (struct command_request *)request;
    size_t length = strlen(command->text);
    assert(!bench.command);
    assert(length < LINE_SIZE);
    for (size_t i = 0; i < length && !bench.tcl; i++)
        assert((uint8_t)command->text[i] >= ' ' && command->text[i] != 0x7F);
    bench.command = command;
    bench.commands++;
}

static void on_gone(void *user, struct console *console)
{
    (void)user;
    assert(console == bench.console);
    bench.gone = true;
}

static void on_shutdown(void *user, int exit_code)
{
    (void)user;
    (void)exit_code;
}

static void on_connection(uv_stream_t *listener, int status)
{
    assert(status == 0);
    bench.console = bench.tcl ? tcl_console_create(&bench.host, listener)
                              : telnet_console_create(&bench.host, listener);
    assert(bench.console);
}

static void on_log(void *user, enum log_level level, const char *line)
{
    (void)user;
    (void)level;
    (void)line;
}

/* Listens at a name that the kernel chooses and no file has. */
static void begin(void)
{
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr_un any = {.sun_family = AF_UNIX};

    assert(bind(listener, (const struct sockaddr *)&any, sizeof any.sun_family) == 0);
    bench.address_length = sizeof bench.address;
    assert(getsockname(listener, (struct sockaddr *)&bench.address, &bench.address_length) == 0);
    assert(uv_loop_init(&bench.loop) == 0);
    uv_pipe_init(&bench.loop, &bench.listener, 0);
    assert(uv_pipe_open(&bench.listener, listener) == 0);
    assert(uv_listen((uv_stream_t *)&bench.listener, 1, on_connection) == 0);
    bench.log = (struct log){.level = LOG_ERROR, .write = on_log};
    bench.host = (struct console_host){
        .loop = &bench.loop, .log = &bench.log, .gone = on_gone, .shutdown = on_shutdown};
}

/* Some text, an error now and then, `exit` is obeyed. */
static void answer(void)
{
    struct command_request *command = bench.command;
    size_t length = strlen(command->text);
    struct command_text *text = command_text_create(command, command->text, length);

    text->request.done(&text->request);
    bench.command = NULL;
    if (length % 5 == 4)
        command->request.err = job_fail(&command->request.job, ERR_ARGUMENT, "no");
    if (strcmp(command->text, "exit") == 0)
        command->outcome = MONITOR_EXIT;
    command->request.done(&command->request);
}

static void tell_event(void)
{
    static const char text[] = "the core runs\n";
    struct event_notice *notice =
        event_notice_create(&bench.log, EVENT_RUNNING, text, sizeof text - 1);

    console_tell(bench.console, notice);
    request_destroy(&notice->request);
}

static void pump(int client)
{
    char bytes[4096];

    while (!bench.gone) {
        uv_run(&bench.loop, UV_RUN_NOWAIT);
        if (bench.command && !bench.gone)
            answer();
        if (!bench.gone && bench.console && bench.commands % 3 == 1)
            tell_event();
        while (recv(client, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
            ;
    }
}

/* As a browser begins: capitals, a blank, text, the end of the line. */
static bool is_request(const uint8_t *data, size_t size)
{
    size_t method = 0, line;

    while (method < size && isupper(data[method]))
        method++;
    for (line = method; line < size && data[line] >= ' ' && data[line] < 0x7F;)
        line++;
    return method >= 3 && method < line && data[method] == ' ' && line < size &&
           strchr("\r\n", data[line]);
}

/* A '!' before the bytes: they are for the TCL port. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!bench.host.loop)
        begin();
    bench.tcl = size > 0 && data[0] == '!';
    data += bench.tcl;
    size -= bench.tcl;
    bench.console = NULL;
    bench.gone = false;
    bench.commands = 0;
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(connect(client, (struct sockaddr *)&bench.address, bench.address_length) == 0);
    (void)!send(client, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(client, SHUT_WR);
    pump(client);
    close(client);
    assert(!bench.command);
    uv_run(&bench.loop, UV_RUN_NOWAIT);
    assert(!is_request(data, size) || bench.commands == 0);
    return 0;
}

const char *const fuzz_seeds[] = {
    "halt\r\nmdw 0x20000000\r\nexit\r\n",
    "\377\375\001\377\373\037\377\372\037\001\120\001\030\377\360fla\tpro\t\033[A\r\nhalt\r\n\004",
    "\377\364halt\n\377\366\377\367\377\370\377\363echo x;\r\n\377\372\030\001x\377\377y\377\360",
    "POST / HTTP/1.1\r\nHost: localhost:4444\r\n\r\n\003shutdown\r\n",
    "\377\372\126\377\360\377\373\126\377\375\126halt\r\n",
    "!halt\032capture {mdw 0}\032tcl_notifications on\032resume\032exit\032",
    "!POST / HTTP/1.1\r\nHost: x\r\n\r\nshutdown\032shutdown\032",
    NULL};

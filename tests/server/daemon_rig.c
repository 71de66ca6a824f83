/* SPDX-License-Identifier: MIT */
#include "daemon_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon_text.h"

enum { WORDS = 24, PATIENCE_S = 120 };

static void append(struct rig *rig, const char *text)
{
    size_t used = strlen(rig->log);

    snprintf(rig->log + used, sizeof rig->log - used, "%s\n", text);
}

static void on_log(void *user, enum log_level level, const char *line)
{
    struct rig *rig = user;

    (void)level;
    uv_mutex_lock(&rig->lock);
    append(rig, line);
    uv_cond_broadcast(&rig->changed);
    uv_mutex_unlock(&rig->lock);
}

static void on_ready(void *user, const char *name, const char *service,
                     const struct endpoint *endpoint)
{
    struct rig *rig = user;

    uv_mutex_lock(&rig->lock);
    if (name[0] >= '0' && name[0] < '0' + RIG_STATIONS)
        (strcmp(service, "gdb") == 0 ? rig->gdbs : rig->telnets)[name[0] - '0'] = endpoint->port;
    if (strcmp(service, "telnet") == 0)
        rig->telnet = endpoint->port;
    else if (strcmp(service, "tcl") == 0)
        rig->tcl = endpoint->port;
    else
        daemon_ready_line(name, service, endpoint, rig->ready, sizeof rig->ready);
    uv_cond_broadcast(&rig->changed);
    uv_mutex_unlock(&rig->lock);
}

static void run(void *user)
{
    struct rig *rig = user;
    int code = daemon_run(rig->daemon);

    uv_mutex_lock(&rig->lock);
    rig->ended = true;
    rig->code = code;
    uv_cond_broadcast(&rig->changed);
    uv_mutex_unlock(&rig->lock);
}

static void parse(struct rig *rig, const char *options)
{
    static char pool[8][256]; /* options point into their words */
    static unsigned next;
    char *text = pool[next++ % 8], why[240];
    const char *argv[WORDS] = {"probed"};
    int argc = 1;

    if (!strstr(options, "--gdb"))
        argv[argc++] = "--gdb=0";
    if (!strstr(options, "--telnet"))
        argv[argc++] = "--telnet=off";
    snprintf(text, sizeof pool[0], "%s", options);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    assert_true(options_parse(&rig->options, argc, argv, why, sizeof why));
}

void rig_start(struct rig *rig, const char *options)
{
    memset(rig, 0, sizeof *rig);
    uv_mutex_init(&rig->lock);
    uv_cond_init(&rig->changed);
    parse(rig, options);
    const struct daemon_setup setup = {
        .options = &rig->options,
        .log = {.level = rig->options.log_level, .write = on_log, .user = rig},
        .ready = on_ready,
        .user = rig,
    };
    rig->code = daemon_create(&setup, &rig->daemon);
    if (rig->code != DAEMON_OK) {
        rig->ended = true;
        return;
    }
    assert_int_equal(uv_thread_create(&rig->thread, run, rig), 0);
    uv_mutex_lock(&rig->lock);
    while (!rig->ready[0] && !rig->ended)
        uv_cond_wait(&rig->changed, &rig->lock);
    uv_mutex_unlock(&rig->lock);
}

void rig_wait_for_log(struct rig *rig, const char *text)
{
    bool found = true;

    uv_mutex_lock(&rig->lock);
    while (found && !strstr(rig->log, text))
        found =
            uv_cond_timedwait(&rig->changed, &rig->lock, PATIENCE_S * UINT64_C(1000000000)) == 0;
    if (!found)
        fprintf(stderr, "no \"%s\" in:\n%s", text, rig->log);
    uv_mutex_unlock(&rig->lock);
    assert_true(found);
}

int rig_port(struct rig *rig)
{
    const char *colon = strrchr(rig->ready, ':');

    assert_non_null(colon);
    return atoi(colon + 1);
}

int rig_gdb_of(struct rig *rig, size_t station)
{
    uv_mutex_lock(&rig->lock);
    while (!rig->gdbs[station] && !rig->ended)
        uv_cond_wait(&rig->changed, &rig->lock);
    uv_mutex_unlock(&rig->lock);
    assert_true(rig->gdbs[station] > 0);
    return rig->gdbs[station];
}

int rig_join(struct rig *rig)
{
    if (rig->daemon)
        uv_thread_join(&rig->thread);
    daemon_destroy(rig->daemon);
    uv_cond_destroy(&rig->changed);
    uv_mutex_destroy(&rig->lock);
    return rig->code;
}

int rig_stop(struct rig *rig)
{
    daemon_stop(rig->daemon);
    return rig_join(rig);
}

int client_connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)},
                                  .sin_port = htons((uint16_t)port)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    assert_true(client >= 0);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

int client_connect(struct rig *rig)
{
    return client_connect_to(rig_port(rig));
}

void client_write(int client, const char *bytes, size_t length)
{
    /* A connection that the daemon has closed shows when it is read. */
    (void)!send(client, bytes, length, MSG_NOSIGNAL);
}

void client_send(int client, const char *payload)
{
    char frame[1024];
    uint8_t sum = 0;

    for (const char *at = payload; *at; at++)
        sum = (uint8_t)(sum + (uint8_t)*at);
    int length = snprintf(frame, sizeof frame, "$%s#%02x", payload, sum);
    client_write(client, frame, (size_t)length);
}

static int read_byte(int client)
{
    unsigned char byte;
    ssize_t got = recv(client, &byte, 1, 0);

    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("no answer within %d s", PATIENCE_S);
    return got == 1 ? byte : -1;
}

bool client_receive(int client, char *payload, size_t size)
{
    size_t length = 0;
    int byte;

    while ((byte = read_byte(client)) != '$')
        if (byte < 0)
            return false;
    while ((byte = read_byte(client)) != '#') {
        int repeats = byte == '*' ? read_byte(client) - 29 : 1;

        if (byte < 0)
            return false;
        if (byte == '*')
            byte = payload[length - 1];
        for (; repeats > 0 && length < size - 1; repeats--)
            payload[length++] = (char)byte;
    }
    payload[length] = '\0';
    read_byte(client);
    read_byte(client);
    return true;
}

void client_expect(int client, const char *payload, const char *reply)
{
    char got[4096];

    client_send(client, payload);
    assert_true(client_receive(client, got, sizeof got));
    assert_string_equal(got, reply);
}

void client_no_ack(int client)
{
    client_expect(client, "QStartNoAckMode", "OK");
    client_write(client, "+", 1);
}

void client_wait_for_end(int client)
{
    char bytes[4096];

    while (recv(client, bytes, sizeof bytes, 0) > 0)
        ;
}

/* SPDX-License-Identifier: MIT */
/* Any packet, known or not, on a target made of variables: a defined reply within its limits,
 * arguments inside the packet. The input is a series of packets with line ends between them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fake_target.h"
#include "fuzz.h"
#include "gdb/gdb_console.h"
#include "gdb/gdb_told.h"
#include "gdb/packets_internal.h"
#include "rtos/rtos.h"

static void ignore(struct gdb_state *gdb, const void *payload, size_t length, bool text)
{
    (void)gdb, (void)text;
    assert(length > 0 && length <= RSP_PACKET_SIZE);
    assert(strchr("OTWX", *(const char *)payload));
}

static void parse_only(const char *schema, const uint8_t *data, size_t size)
{
    /* As large as it is: the sanitizer sees the first byte behind it. */
    char *text = malloc(size ? size : 1);
    struct packet_args args;

    memcpy(text, data, size);
    if (packet_args_parse(schema, text, size, &args) == ERR_OK) {
        assert(args.count <= PACKET_ARGS);
        for (size_t i = 0; i < args.count; i++)
            if (args.item[i].data)
                assert(args.item[i].data >= text &&
                       args.item[i].data + args.item[i].length <= text + size);
    }
    free(text);
}

/* What follows a packet's name, by its schema; and vCont's actions. */
static void parse_one(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < packet_count; i++) {
        size_t name = strlen(packets[i].name);

        if (size >= name && memcmp(data, packets[i].name, name) == 0)
            parse_only(packets[i].schema, data + name, size - name);
    }
    char *text = malloc(size ? size : 1);
    struct vcont vcont;
    memcpy(text, data, size);
    size_t skip = size > 5 ? 5 : size; /* "vCont" */
    if (packet_args_vcont(text + skip, size - skip, RTOS_CORE, &vcont) == ERR_OK)
        assert(strchr("csr", vcont.action));
    free(text);
}

static void run_one(struct session *session, struct client *client, const uint8_t *data,
                    size_t size)
{
    char *payload = malloc(size + 1), *memory = malloc(RSP_PACKET_SIZE);
    unsigned actions;
    struct job job;
    struct buf reply;

    memcpy(payload, data, size);
    payload[size] = '\0';
    job_init(&job, NULL);
    buf_init(&reply, memory, RSP_PACKET_SIZE);
    packet_run(session, client, &job, payload, size, &reply, &actions);
    assert(!reply.overflow);
    assert(!memchr(memory, '#', reply.length) && !memchr(memory, '$', reply.length));
    free(memory);
    free(payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct session_options options;
    static const struct probe_info info;
    static struct session session;
    struct job job;

    if (size > RSP_PACKET_SIZE)
        return 0;
    fake_reset();
    session_init(&session, NULL, &options, &info, NULL);
    job_init(&job, NULL);
    session_connect(&session, &job);
    struct gdb_state gdbs[2] = {{.send = ignore}, {.send = ignore}};
    struct client *clients[2] = {session_client_open(&session, 0, &gdb_told, &gdbs[0]),
                                 session_client_open(&session, 0, &gdb_told, &gdbs[1])};
    for (size_t n = 0; size > 0; n++) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t length = end ? (size_t)(end - data) : size;

        parse_one(data, length);
        run_one(&session, clients[n & 1], data, length);
        fake.log[0] = '\0';
        length += end != NULL;
        data += length;
        size -= length;
    }
    session_finish(&session);
    return 0;
}

const char *const fuzz_seeds[] = {
    "?\nqSupported:swbreak+;hwbreak+;error-message+\nvCont;s:1;c\nvCont;r8000000,8000010:1;c",
    "?\n?\nm20000000,40\nx8000000,4000\nM20000000,2:1234\nX20000000,3:a}\x03",
    "?\ng\nG00112233\np1\nP0=01020304\nPf=00000008",
    "Z0,8000000,2\nz0,8000000,2\nZ2,20000000,4\nz4,20000000,4\nc\nC05;8000000\ns\nS05",
    "vFlashErase:08000000,00000400\nD\nvFlashWrite:8000000:abc}]\nD\nvFlashDone",
    "qXfer:features:read:target.xml:0,1000\nqXfer:memory-map:read::0,10\nqXfer:threads:read::1,2",
    "qRcmd,73617920686f\nqCRC:8000000,100\nqSearch:memory:20000000;1000;a}\x03\nqThreadExtraInfo,1",
    "vRun;\nvAttach;1\nvKill;1\nR00\nk\nD;1\n!\nHg0\nHc-1\nT1\nqC\nqAttached:1\nqSymbol::",
    NULL};

/* SPDX-License-Identifier: MIT */
#include "session/symbols.h"

#include <stdlib.h>

#include "image/elf_symbols.h"
#include "session/rtt_service.h"
#include "session/threads.h"

static size_t kernel_count(const struct rtos *rtos)
{
    size_t count = 0;

    while (rtos && rtos_symbol(rtos, count))
        count++;
    return count;
}

/* RTT's is the last. */
const char *session_symbol(struct session *session, size_t index)
{
    const struct rtos *rtos = session_rtos(session);
    const char *name = rtos ? rtos_symbol(rtos, index) : NULL;

    return name ? name : rtos && index == kernel_count(rtos) ? RTT_SYMBOL : NULL;
}

void session_forget_symbols(struct session *session)
{
    struct rtos *rtos = session_rtos(session);

    if (rtos)
        rtos_forget_symbols(rtos);
}

void session_set_symbol(struct session *session, size_t index, uint32_t address)
{
    struct rtos *rtos = session_rtos(session);

    if (rtos && rtos_symbol(rtos, index))
        rtos_set_symbol(rtos, index, address);
    else
        rtt_service_expect(session, address);
}

/* The file is read again whenever somebody comes: it may have been built anew. */
void session_read_symbols(struct session *session, struct job *job)
{
    size_t count = 0;

    while (session->options.elf && session_symbol(session, count))
        count++;
    struct elf_symbol *symbols = count ? calloc(count, sizeof *symbols) : NULL;
    if (!symbols)
        return;
    for (size_t i = 0; i < count; i++)
        symbols[i].name = session_symbol(session, i);
    if (elf_symbols_find(job, session->options.elf, symbols, count) != ERR_OK) {
        log_line(session->log, LOG_WARN, "--elf: %s", job_text(job, job->err));
    } else {
        session_forget_symbols(session);
        for (size_t i = 0; i < count; i++)
            if (symbols[i].found)
                session_set_symbol(session, i, symbols[i].address);
    }
    free(symbols);
}

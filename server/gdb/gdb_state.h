/* SPDX-License-Identifier: MIT */
/* One gdb as the worker sees it, beside its struct client: the way to it, what it said of itself,
 * the load and the line of code that it is in. Worker thread. */
#ifndef PROBED_GDB_STATE_H
#define PROBED_GDB_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/client.h"

/* The code that it steps through, told to its user when it takes long (long_step.h). */
struct gdb_line {
    uint32_t start, end;
    uint64_t since_ns, left_ns; /* uv_hrtime() */
    bool told;
};

/* What became of a load that began. Its gdb has to hear of it in the load itself: nothing else that
 * it is told would keep it from taking the load for a good one. */
enum gdb_load {
    LOAD_GOOD,
    LOAD_CUT,  /* ended before its vFlashDone, and its gdb does not know */
    LOAD_TOLD, /* and its gdb knows, or has turned to something else */
};

/* A client's `user`, as long as it is open. All zero but `send`: nothing said yet. */
struct gdb_state {
    /* One payload outside a request's own reply (stop reply, 'O' text). Thread-safe, copies. */
    /* `text`: of a program or a command, for gdb's console. */
    void (*send)(struct gdb_state *gdb, const void *payload, size_t length, bool text);
    bool extended;      /* '!' was received */
    bool error_message; /* E.text may be sent */
    bool swbreak, hwbreak;
    uint32_t thread;  /* whose registers it means (Hg); 0: the running one's */
    bool interrupted; /* the resume that runs now was interrupted before it came: runs nothing */
    bool begins;      /* `run` began the program, and it has not been resumed yet */
    struct gdb_line line;
    bool steps; /* its step is under way, [step_start, step_end) if that is a range */
    uint32_t step_start, step_end;
    uint32_t step_thread; /* that need not run yet; 0: what runs */
    enum gdb_load load;
    char load_cut[200]; /* why */
    bool resets_load;   /* the target was lost before it: behind it the core is reset */
};

static inline struct gdb_state *gdb_of(const struct client *client)
{
    return client->user;
}

#endif

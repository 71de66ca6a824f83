/* SPDX-License-Identifier: MIT */
/* rtos: whose threads gdb is shown, and which there are. */
#include "commands/monitor_commands.h"
#include "session/threads.h"

static void print_threads(struct monitor *monitor)
{
    const struct rtos_thread *thread;

    for (size_t i = 0; (thread = session_thread(monitor->session, i)); i++)
        job_print(monitor->job, "%3u  0x%08x  %s%s%s\n", (unsigned)thread->id, thread->handle,
                  thread->name, thread->state[0] ? ": " : "", thread->state);
}

static enum err choose(struct monitor *monitor, struct rtos *rtos, const char *name)
{
    char names[160];

    if (rtos_choose(rtos, name))
        return ERR_OK;
    rtos_names(names, sizeof names);
    return job_fail(monitor->job, ERR_ARGUMENT, "no kernel %.40s; there are auto, none, %s", name,
                    names);
}

enum err monitor_rtos(struct monitor *monitor, int argc, const char *const argv[])
{
    struct rtos *rtos = session_rtos(monitor->session);

    if (!rtos)
        return ERR_NO_MEMORY;
    if (argc > 1) {
        enum err err = choose(monitor, rtos, argv[1]);
        if (err)
            return err;
    }
    const char *kernel = rtos_kernel_name(rtos);
    job_print(monitor->job, "rtos %s: %s\n", rtos_chosen(rtos),
              kernel ? kernel : "no kernel is known by its symbols (gdb's, or of --elf FILE)");
    if (argc == 1 && kernel && session_connected(monitor->session))
        print_threads(monitor);
    return ERR_OK;
}

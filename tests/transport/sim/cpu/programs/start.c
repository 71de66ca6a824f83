/* SPDX-License-Identifier: MIT */
/* The least a program needs in the flat machine: no vectors, no system calls. It starts at the
 * first word of code with the stack set, and ends with BKPT 0; anything unforeseen is BKPT 1. */
#include "work.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];
extern char heap_start[], heap_end[];

void start(void);
void *_sbrk(ptrdiff_t increment);

__attribute__((section(".results"))) uint32_t results[WORK_PARTS];

__attribute__((section(".start"), noreturn)) void start(void)
{
    for (uint32_t *from = data_load, *to = data_start; to < data_end;)
        *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;)
        *to++ = 0;
    work(results);
    for (;;)
        __asm volatile("bkpt 0");
}

void *_sbrk(ptrdiff_t increment)
{
    static char *end = heap_start;
    char *start_of_new = end;
    if (increment > heap_end - end) {
        errno = ENOMEM;
        return (void *)-1;
    }
    end += increment;
    return start_of_new;
}

/* What newlib links but must not be called here. */
#define UNFORESEEN(name)          \
    int name(void);               \
    int name(void)                \
    {                             \
        __asm volatile("bkpt 1"); \
        return -1;                \
    }

UNFORESEEN(_close)
UNFORESEEN(_fstat)
UNFORESEEN(_getpid)
UNFORESEEN(_isatty)
UNFORESEEN(_kill)
UNFORESEEN(_lseek)
UNFORESEEN(_read)
UNFORESEEN(_write)

void __attribute__((noreturn)) _exit(int code)
{
    for (;;)
        __asm volatile("bkpt 1");
}

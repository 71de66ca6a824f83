/* SPDX-License-Identifier: MIT */
/* The CMSIS-DAP driver before the modelled firmware with a simulated board behind it, all in this
 * process and in virtual time. */
#ifndef PROBED_CMSIS_BENCH_H
#define PROBED_CMSIS_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmsis_dap/cmsis_dap.h"
#include "dap_model.h"
#include "model_pipe.h"

#define DHCSR 0xE000EDF0u
#define DHCSR_HALT 0xA05F0003u
#define DHCSR_S_HALT (1u << 17)
#define CPUID 0xE000ED00u
#define RAM 0x20000000u

struct bench {
    struct sim_board *board;
    struct dap_model *model;
    struct model_pipe pipe;
    struct probe_driver driver;
    struct probe *probe;
    struct job job;
    struct ops ops;
};

/* Board and model, no open probe. */
void bench_init(struct bench *bench, const char *name, const char *board);
/* As the daemon does it; may be called again after bench_shut(). */
enum err bench_open_probe(struct bench *bench);
void bench_shut(struct bench *bench);

/* Both, and it must succeed. */
void bench_open(struct bench *bench, const char *name, const char *board);
/* That no packet was one that no firmware can be trusted with. */
void bench_close(struct bench *bench);
/* The same after faults, which make such. */
void bench_shut_down(struct bench *bench);
void bench_connect(struct bench *bench);
/* Flushes; fails the test with the job's sentence. */
void bench_flush(struct bench *bench);
void bench_halt(struct bench *bench);
/* All three, with a Blue Pill. */
void bench_open_halted(struct bench *bench, const char *name);

#endif

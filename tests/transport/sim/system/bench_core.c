/* SPDX-License-Identifier: MIT */
/* Instructions a second of wall-clock time, by kind of run. For optimised builds. */
#include <stdio.h>
#include <time.h>

#include "machine.h"

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void measure(struct machine *m, const char *what)
{
    uint64_t executed = m->cpu->instructions;
    double start = seconds();

    sim_cpu_run(m->cpu, 100000000);
    double million = (double)(m->cpu->instructions - executed) / 1e6;
    printf("%-44s %7.1f M instructions/s\n", what, million / (seconds() - start));
}

/* A loop of loads, stores, arithmetic and a taken branch in five. */
static struct machine *loop(void)
{
    struct machine *m = machine_create(&sim_core_m3_r1p1);

    PROGRAM(m, START, LDR(0, 1), ADDS(0, 1), STR(0, 1), SUBS(2, 1), B_BACK(4));
    m->cpu->r[1] = SRAM + 0x100;
    machine_go(m, 2);
    return m;
}

int main(void)
{
    struct machine *m = loop();

    measure(m, "free running");
    machine_write(m, SYST_RVR, 72000 - 1);
    machine_write(m, SYST_CVR, 0);
    PROGRAM(m, HANDLER(SIM_EXC_SYSTICK), BX_LR);
    machine_write(m, SYST_CSR, 7);
    measure(m, "with a SysTick every 72000 cycles");
    machine_write(m, FP_CTRL, 3);
    for (unsigned n = 0; n < 6; n++)
        machine_write(m, FP_COMP(n), 0xC0000000 | (START + 0x100 + 4 * n) | 1);
    measure(m, "and six breakpoints elsewhere");
    machine_write(m, DEMCR, TRCENA);
    for (unsigned n = 0; n < 4; n++) {
        machine_write(m, DWT_COMP(n), SRAM + 0x1000 + 4 * n);
        machine_write(m, DWT_MASK(n), 2);
        machine_write(m, DWT_FUNCTION(n), 7);
    }
    measure(m, "and four watchpoints elsewhere");
    machine_destroy(m);
    return 0;
}

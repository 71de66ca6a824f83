/* SPDX-License-Identifier: MIT */
/* A core with 64 KiB of flash at 0x08000000 (and at 0), 20 KiB of SRAM, one word of a peripheral,
 * and nothing else: enough for tests of the system side. */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/cpu/cpu.h"
#include "thumb.h"

#define FLASH 0x08000000u
#define SRAM 0x20000000u
#define DEVICE 0x40000000u  /* a word of the peripheral region */
#define NOWHERE 0x30000000u /* bus error */
#define STACK 0x20004000u
#define START 0x08000400u
/* Handlers of 16 halfwords each; a loop unless the test writes something else there. */
#define HANDLER(exception) (0x08000800u + 32u * (exception))

/* Registers of the PPB that the tests touch. */
#define ICTR 0xE000E004u
#define SYST_CSR 0xE000E010u
#define SYST_RVR 0xE000E014u
#define SYST_CVR 0xE000E018u
#define SYST_CALIB 0xE000E01Cu
#define NVIC_ISER 0xE000E100u
#define NVIC_ICER 0xE000E180u
#define NVIC_ISPR 0xE000E200u
#define NVIC_ICPR 0xE000E280u
#define NVIC_IABR 0xE000E300u
#define NVIC_IPR 0xE000E400u
#define CPUID 0xE000ED00u
#define ICSR 0xE000ED04u
#define VTOR 0xE000ED08u
#define AIRCR 0xE000ED0Cu
#define SCR 0xE000ED10u
#define CCR 0xE000ED14u
#define SHPR1 0xE000ED18u
#define SHPR2 0xE000ED1Cu
#define SHPR3 0xE000ED20u
#define SHCSR 0xE000ED24u
#define CFSR 0xE000ED28u
#define HFSR 0xE000ED2Cu
#define DFSR 0xE000ED30u
#define BFAR 0xE000ED38u
#define DHCSR 0xE000EDF0u
#define DCRSR 0xE000EDF4u
#define DCRDR 0xE000EDF8u
#define DEMCR 0xE000EDFCu
#define STIR 0xE000EF00u
#define DWT_CTRL 0xE0001000u
#define DWT_CYCCNT 0xE0001004u
#define DWT_PCSR 0xE000101Cu
#define DWT_COMP(n) (0xE0001020u + 16 * (n))
#define DWT_MASK(n) (0xE0001024u + 16 * (n))
#define DWT_FUNCTION(n) (0xE0001028u + 16 * (n))
#define FP_CTRL 0xE0002000u
#define FP_COMP(n) (0xE0002008u + 4 * (n))

#define ICSR_PENDSTSET (1u << 26)
#define ICSR_PENDSVSET (1u << 28)
#define ICSR_NMIPENDSET (1u << 31)
#define SHCSR_FAULTS_ENABLED (7u << 16)
#define AIRCR_KEY 0x05FA0000u
#define DBGKEY 0xA05F0000u
#define C_DEBUGEN 1u
#define C_HALT 2u
#define C_STEP 4u
#define C_MASKINTS 8u
#define S_REGRDY (1u << 16)
#define S_HALT (1u << 17)
#define S_SLEEP (1u << 18)
#define S_LOCKUP (1u << 19)
#define S_RETIRE_ST (1u << 24)
#define S_RESET_ST (1u << 25)
#define DFSR_HALTED 1u
#define DFSR_BKPT 2u
#define DFSR_DWTTRAP 4u
#define DFSR_VCATCH 8u
#define TRCENA (1u << 24)

#define EXC_RETURN_HANDLER 0xFFFFFFF1u
#define EXC_RETURN_MSP 0xFFFFFFF9u
#define EXC_RETURN_PSP 0xFFFFFFFDu

struct machine {
    struct sim_bus bus;
    struct sim_cpu *cpu;
    uint8_t flash[64 * 1024], sram[20 * 1024];
    uint32_t device;
    unsigned resets;
};

/* Out of power-on, vectors in place, at START with MSP = STACK; nothing executed yet. */
struct machine *machine_create(const struct sim_core_model *model);
void machine_destroy(struct machine *m);

void machine_program_halves(struct machine *m, uint32_t address, const uint16_t *halves,
                            size_t count);
#define PROGRAM(m, address, ...)                                        \
    machine_program_halves(m, address, (const uint16_t[]){__VA_ARGS__}, \
                           sizeof((const uint16_t[]){__VA_ARGS__}) / 2)
/* Words of flash or SRAM. */
void machine_poke(struct machine *m, uint32_t address, uint32_t value);
uint32_t machine_peek(struct machine *m, uint32_t address);

/* The debugger's accesses; the test fails on a bus fault. */
uint32_t machine_read(struct machine *m, uint32_t address);
void machine_write(struct machine *m, uint32_t address, uint32_t value);

/* One instruction or exception entry at a time, so many of them. */
void machine_go(struct machine *m, unsigned count);
/* So many cycles. */
void machine_run(struct machine *m, uint64_t cycles);

/* As a debugger does it. */
void machine_halt(struct machine *m);
void machine_resume(struct machine *m);
void machine_step(struct machine *m);
uint32_t machine_get(struct machine *m, unsigned regsel);
void machine_set(struct machine *m, unsigned regsel, uint32_t value);

/* Setup and teardown of a test on sim_core_m3_r1p1; *state is the machine. */
int machine_setup(void **state);
int machine_teardown(void **state);
#define MACHINE_TEST(name) cmocka_unit_test_setup_teardown(name, machine_setup, machine_teardown)

#endif

/* SPDX-License-Identifier: MIT */
/* The simulated core: Armv7-M (Armv6-M and Armv8-M by table) with exceptions, NVIC, SysTick and
 * halting debug. Section numbers: Armv7-M Architecture Reference Manual, DDI 0403; names of rules
 * and registers of Armv8-M: DDI 0553.
 *
 * Files: insn*.c execute instructions; exception.c, nvic.c, scs.c the system side; debug.c, fpb.c,
 * dwt.c what a debugger sees; cpu.c the run loop. They share this struct; nothing else is shared.
 */
#ifndef PROBED_SIM_CPU_H
#define PROBED_SIM_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_cpu;

enum { SIM_WINDOWS = 10 };

/* The bus matrix the board offers to the core and the AHB-AP. Of the private peripheral bus
 * (0xE0000000..0xE00FFFFF) only what the core has not itself above 0xE0040000 gets here: the
 * vendor's registers there, such as DBGMCU. */
struct sim_bus {
    /* False: bus error. `width` 1, 2 or 4, address aligned to it. `debugger`: by the AHB-AP. */
    bool (*read)(void *board, uint32_t address, unsigned width, uint32_t *value, bool debugger);
    bool (*write)(void *board, uint32_t address, unsigned width, uint32_t value, bool debugger);
    void *board;
    /* Plain memory that may be read (and written) directly, for speed; checked before the calls.
     * The board changes these when it maps memory differently (boot pins, flash busy, RDP). */
    struct sim_window {
        uint32_t start, size;
        uint8_t *memory;
        bool writable;
    } windows[SIM_WINDOWS]; /* size 0: unused */
    uint32_t initial_vtor;  /* of Cortex-M7 and Armv8-M: where a reset finds its vectors */
    /* The board calls back nothing; the core asks and tells here: */
    void (*system_reset)(void *board); /* AIRCR.SYSRESETREQ was written: reset everything */
    void (*deep_sleep)(void *board);   /* the core fell asleep with SLEEPDEEP; or NULL */
    /* A character leaves by the pin of the single-wire output, after so many cycles, each of its
     * bits as long as so many; or NULL. */
    void (*swo)(void *board, uint8_t byte, uint64_t after, uint32_t bit_cycles);
};

enum { SIM_IRQ_WORDS = 5 }; /* 32 external interrupts in each */
enum sim_exception {
    SIM_EXC_NONE = 0,
    SIM_EXC_RESET = 1,
    SIM_EXC_NMI = 2,
    SIM_EXC_HARDFAULT = 3,
    SIM_EXC_MEMMANAGE = 4,
    SIM_EXC_BUSFAULT = 5,
    SIM_EXC_USAGEFAULT = 6,
    SIM_EXC_SVCALL = 11,
    SIM_EXC_DEBUGMON = 12,
    SIM_EXC_PENDSV = 14,
    SIM_EXC_SYSTICK = 15,
    SIM_EXC_IRQ0 = 16,
    SIM_EXC_COUNT = SIM_EXC_IRQ0 + 32 * SIM_IRQ_WORDS,
};

enum sim_fpu { SIM_NO_FPU, SIM_FPV4_SP, SIM_FPV5_SP, SIM_FPV5_DP };

/* One row a core: what differs between Cortex-M0 and M7 is here, not in code. */
struct sim_core_model {
    const char *name;
    uint32_t cpuid;
    bool armv7m;  /* else Armv6-M: no IT, no MemManage.., no unaligned, no BASEPRI */
    bool armv8m;  /* with `armv7m`: Armv8-M with the Main Extension: armv8m.c */
    bool choices; /* of Armv6-M: it has VTOR and an unprivileged mode, as M0+ and all Armv7-M do */
    bool dsp;     /* Armv7E-M */
    bool m7;      /* caches, tightly coupled memories, no bit-band */
    bool late_mask; /* erratum: what is pending when C_MASKINTS rises is not masked by it */
    enum sim_fpu fpu;
    uint8_t fpb_code, fpb_literal; /* comparators */
    uint8_t fpb_revision;          /* 0: FPBv1, 1: FPBv2 */
    uint8_t dwt_comparators;
};

/* What the maker of the chip chose when it took the core. */
struct sim_integration {
    uint8_t irqs;           /* external interrupts */
    uint8_t priority_bits;  /* implemented; 2 on Armv6-M */
    uint16_t rom_designer;  /* of the ROM table: JEP106 continuation code << 8 | identity code */
    uint16_t rom_part;      /* of the ROM table: on STM32 the DEV_ID */
    uint32_t systick_calib; /* SYST_CALIB */
    /* Of a Cortex-M7, in KiB, and whether it has a cross trigger interface. */
    uint8_t icache_kib, dcache_kib, itcm_kib, dtcm_kib;
    bool cti;
};
enum { SIM_DESIGNER_ARM = 4 << 8 | 0x3B, SIM_DESIGNER_ST = 0x20 };

#define SIM_APSR_N (1u << 31)
#define SIM_APSR_Z (1u << 30)
#define SIM_APSR_C (1u << 29)
#define SIM_APSR_V (1u << 28)
#define SIM_APSR_Q (1u << 27)

/* Reasons to leave the fast path of the run loop; cpu->attention is the OR of them. */
enum sim_attention {
    SIM_ATTN_PENDING = 1, /* an exception may be taken */
    SIM_ATTN_DEBUG = 2,   /* halt requested, halted, stepping */
    SIM_ATTN_SLEEP = 4,   /* WFI or WFE */
    SIM_ATTN_LOCKUP = 8,
    SIM_ATTN_RESET = 16,      /* held in reset, or a reset was requested by the program */
    SIM_ATTN_BREAKPOINT = 32, /* instruction comparators are armed: compare before each one */
    SIM_ATTN_RETURN = 64,     /* sim_cpu_run() ends early: the board has something to do */
};

struct sim_cpu {
    const struct sim_core_model *model;
    const struct sim_integration *integration;
    struct sim_bus *bus;

    /* Registers. r[13] is the active stack pointer (bits 1:0 always 0), r[15] the address of the
     * instruction to execute next (bit 0 clear), between instructions. */
    uint32_t r[16];
    uint32_t inactive_sp; /* the other of MSP and PSP; which: see sim_cpu_sp_is_psp() */
    struct {
        uint32_t msp, psp;
    } limit;       /* Armv8-M: MSPLIM, PSPLIM; else 0 */
    uint32_t apsr; /* NZCVQ (and GE) in place */
    uint32_t ipsr; /* exception number */
    bool thumb;    /* EPSR.T */
    uint8_t itstate;
    uint8_t control, primask, faultmask, basepri;
    uint32_t s[32], fpscr; /* with an FPU */
    bool event;            /* WFE's event register */
    bool exclusive;        /* local monitor */
    uint32_t exclusive_address;
    bool mpu_on;               /* accesses may be forbidden: no short ways to memory */
    bool icache_on, dcache_on; /* of a Cortex-M7, which has what it sees in them */
    bool counts_asleep;        /* DBGMCU's DBG_SLEEP: the clock of a core asleep goes on for DWT */
    bool debug_cacheable;      /* the debugger's accesses look into the data cache: HPROT[3] */

    uint32_t attention; /* enum sim_attention bits */
    uint64_t cycles;    /* core clock cycles since power-up */
    uint64_t instructions;

    /* Set by an instruction's execution for the run loop; see insn.h and exception.h. */
    struct sim_system *system; /* SCB, NVIC, SysTick: scs.c owns it */
    struct sim_debug *debug;   /* DHCSR.., FPB, DWT: debug.c owns it */
};

/* All three stay the caller's. NULL without memory. The core is in power-on reset. */
struct sim_cpu *sim_cpu_create(const struct sim_core_model *model,
                               const struct sim_integration *integration, struct sim_bus *bus);
void sim_cpu_destroy(struct sim_cpu *cpu);

extern const struct sim_core_model sim_core_m3_r1p1; /* CPUID 0x411FC231, 6+2 FPB, 4 DWT */
extern const struct sim_core_model sim_core_m3_r2p0; /* CPUID 0x412FC230 as F103 clones have */
extern const struct sim_core_model sim_core_m3_r2p1; /* CPUID 0x412FC231, as others have */
extern const struct sim_core_model sim_core_m4;      /* CPUID 0x410FC241, as above, no FPU */
extern const struct sim_core_model sim_core_m4f;     /* CPUID 0x410FC241, as above; FPv4-SP */
extern const struct sim_core_model sim_core_m7_r0p1; /* CPUID 0x410FC271, 8 FPBv2, 4 DWT; FPv5-SP */
extern const struct sim_core_model sim_core_m7_r1p1; /* CPUID 0x411FC271, as above; FPv5-DP */
extern const struct sim_core_model sim_core_m33;     /* CPUID 0x410FD214, as above; FPv5-SP */
extern const struct sim_core_model sim_core_m0;      /* Armv6-M, CPUID 0x410CC200, 4 FPB, 2 DWT */
extern const struct sim_core_model sim_core_m0p;     /* CPUID 0x410CC601, as above */

/* Power-on reset also resets the debug registers; a system reset keeps them (C1.4). After either
 * the core fetches its vectors when it next runs, unless vector catch halts it first. */
enum sim_reset { SIM_RESET_POWER_ON, SIM_RESET_SYSTEM, SIM_RESET_CORE /* VECTRESET */ };
void sim_cpu_reset(struct sim_cpu *cpu, enum sim_reset kind);
/* NRST held low: the core is reset and does not run, debug registers stay reachable. */
void sim_cpu_hold(struct sim_cpu *cpu, bool held);

/* Runs at most `cycles` core clock cycles (a few more to finish the last instruction, fewer if
 * sim_cpu_return() was called); returns how many passed. While the core sleeps, only SysTick counts
 * and time is skipped, not looped. */
uint64_t sim_cpu_run(struct sim_cpu *cpu, uint64_t cycles);
/* Nothing but an interrupt, the debugger or a reset can make anything happen. */
bool sim_cpu_is_idle(const struct sim_cpu *cpu);
bool sim_cpu_is_halted(const struct sim_cpu *cpu);
/* Called in the midst of sim_cpu_run(): it returns after the instruction under way. */
void sim_cpu_return(struct sim_cpu *cpu);

/* Level of an external interrupt line, from a peripheral. */
void sim_cpu_irq(struct sim_cpu *cpu, unsigned irq, bool level);

/* Its NMI input: an edge. */
void sim_cpu_nmi(struct sim_cpu *cpu);

/* Asleep by WFI, WFE or SLEEPONEXIT; `deep`: with SCR.SLEEPDEEP, so that the chip's clocks stop. */
bool sim_cpu_is_asleep(const struct sim_cpu *cpu, bool *deep);
/* Asleep, and something is there that wakes it when it next runs. */
bool sim_cpu_wakes(const struct sim_cpu *cpu);
/* Its event input: what WFE waits for. */
void sim_cpu_event(struct sim_cpu *cpu);

/* An access to any address as the AHB-AP makes it: private peripherals, bit-band aliases, the bus.
 * `width` 1, 2 or 4, address aligned to it. False: bus fault. */
bool sim_cpu_debug_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value);
bool sim_cpu_debug_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value);

/* The debugger's access by the AHB-AP to the private peripheral bus; width as on the bus. The SCS
 * from outside (DHCSR with S_RESET_ST.. clear on read). False: bus fault. */
bool sim_cpu_ppb_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value);
bool sim_cpu_ppb_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value);

#endif

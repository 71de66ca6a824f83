/* SPDX-License-Identifier: MIT */
/* What the files of the core's system side share; nobody else includes this. Bit names and section
 * numbers are those of DDI 0403 (Armv7-M Architecture Reference Manual). */
#ifndef PROBED_SIM_SYSTEM_INTERNAL_H
#define PROBED_SIM_SYSTEM_INTERNAL_H

#include "sim/cpu/cpu.h"
#include "sim/cpu/exception.h"

#define SIM_CCR_NONBASETHRDENA (1u << 0)
#define SIM_CCR_USERSETMPEND (1u << 1)
#define SIM_CCR_UNALIGN_TRP (1u << 3)
#define SIM_CCR_DIV_0_TRP (1u << 4)
#define SIM_CCR_BFHFNMIGN (1u << 8)
#define SIM_CCR_STKALIGN (1u << 9)
#define SIM_CCR_DC (1u << 16)
#define SIM_CCR_IC (1u << 17)
#define SIM_CCR_STKOFHFNMIGN (1u << 10) /* Armv8-M */

enum { SIM_CONTROL_NPRIV = 1, SIM_CONTROL_SPSEL = 2, SIM_CONTROL_FPCA = 4 };

#define SIM_SCR_SLEEPONEXIT (1u << 1)
#define SIM_SCR_SLEEPDEEP (1u << 2)
#define SIM_SCR_SEVONPEND (1u << 4)

#define SIM_HFSR_VECTTBL (1u << 1)
#define SIM_HFSR_FORCED (1u << 30)
#define SIM_HFSR_DEBUGEVT (1u << 31)

#define SIM_DHCSR_C_DEBUGEN (1u << 0)
#define SIM_DHCSR_C_HALT (1u << 1)
#define SIM_DHCSR_C_STEP (1u << 2)
#define SIM_DHCSR_C_MASKINTS (1u << 3)
#define SIM_DHCSR_C_SNAPSTALL (1u << 5)

#define SIM_DFSR_HALTED (1u << 0)
#define SIM_DFSR_BKPT (1u << 1)
#define SIM_DFSR_DWTTRAP (1u << 2)
#define SIM_DFSR_VCATCH (1u << 3)

#define SIM_DEMCR_VC_CORERESET (1u << 0)
#define SIM_DEMCR_VC_MMERR (1u << 4)
#define SIM_DEMCR_VC_NOCPERR (1u << 5)
#define SIM_DEMCR_VC_CHKERR (1u << 6)
#define SIM_DEMCR_VC_STATERR (1u << 7)
#define SIM_DEMCR_VC_BUSERR (1u << 8)
#define SIM_DEMCR_VC_INTERR (1u << 9)
#define SIM_DEMCR_VC_HARDERR (1u << 10)
#define SIM_DEMCR_MON_EN (1u << 16)
#define SIM_DEMCR_MON_PEND (1u << 17)
#define SIM_DEMCR_MON_STEP (1u << 18)
#define SIM_DEMCR_TRCENA (1u << 24)

/* One bit an exception. */
struct sim_exceptions {
    uint32_t system;              /* 0..15 */
    uint32_t irqs[SIM_IRQ_WORDS]; /* 16.. */
};

static inline uint32_t *sim_exceptions_word(struct sim_exceptions *set, unsigned n)
{
    return n < SIM_EXC_IRQ0 ? &set->system : &set->irqs[(n - SIM_EXC_IRQ0) / 32];
}

static inline uint32_t sim_exceptions_bit(unsigned n)
{
    return 1u << (n < SIM_EXC_IRQ0 ? n : (n - SIM_EXC_IRQ0) % 32);
}

static inline bool sim_exceptions_has(const struct sim_exceptions *set, unsigned n)
{
    const uint32_t *word = n < SIM_EXC_IRQ0 ? &set->system : &set->irqs[(n - SIM_EXC_IRQ0) / 32];

    return n < SIM_EXC_COUNT && *word & sim_exceptions_bit(n);
}

static inline void sim_exceptions_put(struct sim_exceptions *set, unsigned n, bool member)
{
    if (n >= SIM_EXC_COUNT)
        return;
    uint32_t *word = sim_exceptions_word(set, n), bit = sim_exceptions_bit(n);
    *word = member ? *word | bit : *word & ~bit;
}

/* How many are in it. */
static inline unsigned sim_exceptions_count(const struct sim_exceptions *set)
{
    unsigned count = (unsigned)__builtin_popcount(set->system);

    for (unsigned i = 0; i < SIM_IRQ_WORDS; i++)
        count += (unsigned)__builtin_popcount(set->irqs[i]);
    return count;
}

struct sim_systick {
    bool enabled, tickint, core_clock, countflag;
    uint32_t reload;
    uint32_t value;   /* while not counting */
    uint64_t zero_at; /* core clock when it next counts from 1 to 0; UINT64_MAX: never */
    uint32_t period;  /* ticks of the round that ends then */
};

enum { SIM_M7_KEPT = 6, SIM_MPU_REGIONS = 8, SIM_CACHE_LINE = 32 };

struct sim_cache {
    uint32_t sets, ways;
    unsigned victim; /* whose turn it is to go */
    struct sim_cache_line {
        uint32_t address;
        bool valid, dirty;
        uint8_t data[SIM_CACHE_LINE];
    } * lines;
};

struct sim_system {
    struct sim_exceptions pending, active, enabled;
    uint8_t priority[SIM_EXC_COUNT];
    uint32_t levels[SIM_IRQ_WORDS]; /* of the external interrupt lines */
    uint32_t vtor, prigroup, scr, ccr, actlr;
    uint32_t cfsr, hfsr, mmfar, bfar;
    uint32_t cpacr, fpccr, fpcar, fpdscr; /* with an FPU */
    uint32_t m7[SIM_M7_KEPT];             /* m7.c */
    struct sim_cache icache, dcache;      /* cache.c */
    struct sim_mpu {
        uint32_t ctrl, rnr, mair[2];
        struct {
            uint32_t rbar, rlar;
        } regions[SIM_MPU_REGIONS];
    } mpu; /* of Armv8-M */
    struct sim_systick systick;
    uint64_t stopped; /* cycles while halted or in reset: SysTick and CYCCNT miss them */
    uint64_t slept;   /* cycles asleep, without their clock: CYCCNT misses them too */

    /* What the instruction just executed asked for. */
    uint32_t exc_return; /* not 0: an exception return */
    bool synchronous;    /* it raised an exception, which is pending */
    uint32_t catches;    /* DEMCR.VC_* bits that stand for the faults raised and not yet taken */

    bool asleep, waits_for_event, lockup;
    bool held;        /* NRST is low */
    bool vectors_due; /* out of reset, vectors not fetched yet */
    enum sim_reset_due { SIM_DUE_NOTHING, SIM_DUE_SYSTEM, SIM_DUE_CORE } reset_due;
};

#define SIM_FPB_MAX 16
#define SIM_DWT_MAX 4

/* Where instruction comparators may match, one bit for (address >> 1) % 1024: they are looked at
 * only there. */
struct sim_filter {
    uint64_t words[16];
};

static inline bool sim_filter_has(const struct sim_filter *filter, uint32_t address)
{
    return filter->words[address >> 7 & 15] >> (address >> 1 & 63) & 1;
}

static inline void sim_filter_add(struct sim_filter *filter, uint32_t address)
{
    filter->words[address >> 7 & 15] |= 1ull << (address >> 1 & 63);
}

enum { SIM_ETM_WORDS = 0x204 / 4 };

struct sim_debug {
    uint32_t control; /* DHCSR bits C_* */
    uint32_t demcr, dfsr, dcrdr;
    bool halted;
    bool halt_due; /* a debug event asked to halt before the next instruction */
    bool stepping;
    bool register_ready, reset_seen;
    struct sim_exceptions slips; /* with `late_mask`: C_MASKINTS came too late for them */
    bool restarted;              /* Armv8-M: since DHCSR was last read */
    uint64_t instructions_seen;  /* at the last read of DHCSR */

    struct sim_fpb {
        bool enabled;
        uint32_t comparator[SIM_FPB_MAX];
    } fpb;
    struct sim_dwt {
        uint32_t ctrl;
        uint32_t cyccnt;      /* at `counted` */
        uint64_t counted;     /* see sim_dwt_clock() */
        uint32_t counters[5]; /* CPICNT..FOLDCNT: kept, not counted */
        struct sim_dwt_comparator {
            uint32_t comp, mask, function;
        } comparator[SIM_DWT_MAX];
        uint64_t sample_at, sync_at; /* core clock when packets are due; UINT64_MAX: none is */
    } dwt;
    struct sim_itm {
        uint32_t enable, privilege, control;
        bool unlocked;
        bool overflowed;  /* packets were lost since the last one that was sent */
        uint64_t stamped; /* cycles at the last local timestamp */
    } itm;
    struct sim_tpiu {
        uint32_t port_size, prescaler, protocol, formatter; /* what differs from after reset */
        uint64_t sent_at;                                   /* cycles when the pin is idle again */
        uint8_t frame[16];                                  /* the formatter's, */
        unsigned framed;                                    /* with so many bytes of data */
    } tpiu;
    struct sim_etm {
        uint32_t registers[SIM_ETM_WORDS]; /* by offset / 4 */
        bool unlocked;
    } etm;

    bool breaks; /* an instruction comparator is armed */
    struct sim_filter filter;
    bool watches; /* a data comparator is armed, for accesses that begin in this range */
    uint32_t watch_first, watch_last;
};

/* Cycles of the core's own clock. */
static inline uint64_t sim_core_clock(const struct sim_cpu *cpu)
{
    return cpu->cycles - cpu->system->stopped;
}

/* --- cpu.c --- */
/* Works attention out anew from the state behind it, but for SIM_ATTN_PENDING. */
void sim_cpu_refresh(struct sim_cpu *cpu);
/* Does the reset that was written to AIRCR. */
void sim_cpu_reset_if_due(struct sim_cpu *cpu);
/* Out of reset, if vectors are due and nothing holds the core: fetches them. */
void sim_cpu_start(struct sim_cpu *cpu);

/* --- nvic.c --- */
/* B1.5.4 ExecutionPriority(): 256 when nothing is active. `primask` false: as if PRIMASK were 0. */
int sim_nvic_execution_priority(const struct sim_cpu *cpu, bool primask);
/* Priority with which it would preempt (group priority). */
int sim_nvic_group_priority(const struct sim_cpu *cpu, unsigned exception);
/* The pending exception to take now; SIM_EXC_NONE. */
unsigned sim_nvic_next(const struct sim_cpu *cpu);
bool sim_nvic_any_irq(const struct sim_exceptions *set);
/* The pending and enabled exception of the highest priority, masked or not. */
unsigned sim_nvic_highest_pending(const struct sim_cpu *cpu);
void sim_nvic_pend(struct sim_cpu *cpu, unsigned exception);
void sim_nvic_unpend(struct sim_cpu *cpu, unsigned exception);
/* The exception ended; a line still high pends it again. */
void sim_nvic_deactivate(struct sim_cpu *cpu, unsigned exception);
/* To be called after every change of what decides about preemption. */
void sim_nvic_update(struct sim_cpu *cpu);
void sim_nvic_reset(struct sim_cpu *cpu);
/* Offsets are those in the SCS; `lanes` are the bits written. */
uint32_t sim_nvic_read(struct sim_cpu *cpu, uint32_t offset);
void sim_nvic_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);

/* --- exception.c, fault.c --- */
/* After an instruction: what it asked for and what comes before anything else. */
void sim_exception_finish_instruction(struct sim_cpu *cpu);
/* Takes `exception`: stacks, fetches the vector, enters the handler. */
void sim_exception_take(struct sim_cpu *cpu, unsigned exception);
/* The vectors of a core that came out of reset. */
void sim_exception_take_reset(struct sim_cpu *cpu);
/* Pends a synchronous exception, escalated to HardFault or lockup where it cannot be taken. False:
 * locked up. */
bool sim_raise(struct sim_cpu *cpu, unsigned exception);
/* Sets a fault's status bits and notes its vector catch; returns its exception. */
unsigned sim_fault_record(struct sim_cpu *cpu, enum sim_fault fault, uint32_t address);
void sim_lockup(struct sim_cpu *cpu);
/* sleep.c: something that wakes the core is there. */
bool sim_sleep_may_end(const struct sim_cpu *cpu);
void sim_sleep_end(struct sim_cpu *cpu);
void sim_sleep_on_exit(struct sim_cpu *cpu);

/* --- special.c --- */
struct sim_stacks {
    uint32_t msp, psp;
};
struct sim_stacks sim_stacks_get(const struct sim_cpu *cpu);
/* After mode or CONTROL.SPSEL may have changed, too. */
void sim_stacks_put(struct sim_cpu *cpu, struct sim_stacks stacks);
uint32_t sim_xpsr_get(const struct sim_cpu *cpu);
/* APSR, IT and T; not IPSR. */
void sim_xpsr_put(struct sim_cpu *cpu, uint32_t xpsr);

/* --- armv8m.c --- */
void sim_stack_limit_write(struct sim_cpu *cpu, bool psp, uint32_t value);
/* What Armv8-M has in the SCS above Armv7-M; offsets are those there. */
uint32_t sim_armv8m_read(const struct sim_cpu *cpu, uint32_t offset);
void sim_armv8m_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);
bool sim_armv8m_has(const struct sim_cpu *cpu, uint32_t offset);

/* --- mpu.c: Armv8-M --- */
enum sim_access { SIM_ACCESS_READ, SIM_ACCESS_WRITE, SIM_ACCESS_EXECUTE };
void sim_mpu_reset(struct sim_cpu *cpu);
bool sim_mpu_forbids(const struct sim_cpu *cpu, uint32_t address, enum sim_access access,
                     bool privileged);
uint32_t sim_mpu_read(const struct sim_cpu *cpu, uint32_t offset);
void sim_mpu_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);

/* --- systick.c --- */
/* Brings COUNTFLAG and pending up to now. */
void sim_systick_sync(struct sim_cpu *cpu);
/* Cycles until it pends its exception; UINT64_MAX: it will not. */
uint64_t sim_systick_due(const struct sim_cpu *cpu);
uint32_t sim_systick_read(struct sim_cpu *cpu, uint32_t offset, bool debugger);
void sim_systick_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);

/* --- scs.c, ppb.c, trace.c --- */
uint32_t sim_scs_read(struct sim_cpu *cpu, uint32_t offset, bool debugger);
void sim_scs_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger);
/* The system control block (scb.c): ACTLR and D00 to D8F without the debug registers. */
uint32_t sim_scb_read(struct sim_cpu *cpu, uint32_t offset);
void sim_scb_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);
void sim_scb_reset(struct sim_cpu *cpu);
bool sim_ppb_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value,
                  bool debugger);
bool sim_ppb_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value,
                   bool debugger);
uint32_t sim_itm_read(struct sim_cpu *cpu, uint32_t offset, bool debugger);
uint32_t sim_etm_read(struct sim_cpu *cpu, uint32_t offset, bool debugger);
void sim_etm_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger);
void sim_itm_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger);
/* A packet of DWT's. */
void sim_itm_hardware(struct sim_cpu *cpu, const uint8_t *packet, unsigned length);
void sim_itm_synchronise(struct sim_cpu *cpu);
/* How many bytes TPIU takes now; sending may be behind that by as much as it has taken. */
unsigned sim_tpiu_room(const struct sim_cpu *cpu);
void sim_tpiu_send(struct sim_cpu *cpu, const uint8_t *bytes, unsigned length);
uint32_t sim_tpiu_read(struct sim_cpu *cpu, uint32_t offset, bool debugger);
void sim_tpiu_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                    bool debugger);

/* --- memory.c --- */
/* Data accesses that raise nothing; watchpoints see them. */
bool sim_data_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value);
bool sim_data_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value);

/* --- debug.c --- */
uint32_t sim_debug_read(struct sim_cpu *cpu, uint32_t offset, bool debugger);
void sim_debug_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                     bool debugger);
/* Enters Debug state now. */
void sim_debug_halt(struct sim_cpu *cpu, uint32_t dfsr);
/* A breakpoint at r[15], by instruction or FPB (C1.3): halts, DebugMonitor or HardFault. */
void sim_debug_breakpoint(struct sim_cpu *cpu);
/* Any other debug event; nobody listening: ignored. */
void sim_debug_event(struct sim_cpu *cpu, uint32_t dfsr);
/* Vector catch: the exception just taken was raised by what `catches` stands for. */
void sim_debug_catch(struct sim_cpu *cpu, uint32_t catches);
void sim_debug_reset(struct sim_cpu *cpu, enum sim_reset kind);
/* Comparators changed. */
void sim_debug_rearm(struct sim_cpu *cpu);
bool sim_debug_masks_interrupts(const struct sim_cpu *cpu);

/* --- fpb.c, dwt.c --- */
uint32_t sim_fpb_read(struct sim_cpu *cpu, uint32_t offset, bool debugger);
void sim_fpb_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger);
bool sim_fpb_breaks(const struct sim_cpu *cpu, uint32_t pc);
/* Adds where its breakpoints are; false: there are none. */
bool sim_fpb_arm(const struct sim_cpu *cpu, struct sim_filter *filter);
uint32_t sim_dwt_read(struct sim_cpu *cpu, uint32_t offset, bool debugger);
void sim_dwt_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger);
void sim_dwt_data(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value,
                  bool write);
void sim_dwt_executed(struct sim_cpu *cpu, uint32_t pc);
/* As sim_fpb_arm(), for PC comparators. */
bool sim_dwt_arm(const struct sim_cpu *cpu, struct sim_filter *filter);
/* The smallest range that holds the first bytes of all accesses that data comparators may match;
 * false: there are none. */
bool sim_dwt_watches(const struct sim_cpu *cpu, uint32_t *first, uint32_t *last);
/* Before CYCCNT starts or stops counting. */
void sim_dwt_sync(struct sim_cpu *cpu);

/* --- dwt_trace.c --- */
/* DWT_CTRL was written. */
void sim_dwt_trace_plan(struct sim_cpu *cpu);
/* Cycles until a packet is due; UINT64_MAX: none will be. */
uint64_t sim_dwt_trace_due(const struct sim_cpu *cpu);
/* Sends those that are due. */
void sim_dwt_trace_sync(struct sim_cpu *cpu);
enum sim_trace_event { SIM_TRACE_ENTERED = 1, SIM_TRACE_EXITED, SIM_TRACE_RETURNED };
void sim_dwt_trace_exception(struct sim_cpu *cpu, unsigned exception, enum sim_trace_event event);

/* --- cache.c --- */
/* False: no memory. */
bool sim_caches_create(struct sim_cpu *cpu);
void sim_caches_destroy(struct sim_cpu *cpu);
/* CCR has changed. */
void sim_caches_switch(struct sim_cpu *cpu);
/* Is it memory that is cached? The next three are for such, with the cache on. False: bus error. */
bool sim_cache_covers(const struct sim_cpu *cpu, uint32_t address);
bool sim_cache_fetch(struct sim_cpu *cpu, uint32_t address, uint16_t *half);
bool sim_cache_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value);
/* *through: it goes to memory as well. */
bool sim_cache_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value,
                     bool *through);
/* The debugger's that look into the cache. False: memory is to be read, or written. */
bool sim_cache_debug_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value);
bool sim_cache_debug_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value);
/* Writes to ICIALLU and its kin. False: it is another register. */
bool sim_cache_maintain(struct sim_cpu *cpu, uint32_t offset, uint32_t value);

/* --- m7.c: whether a register of the SCS is one of its own --- */
bool sim_m7_has(const struct sim_cpu *cpu, uint32_t offset);
uint32_t sim_m7_read(struct sim_cpu *cpu, uint32_t offset);
void sim_m7_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);
void sim_m7_reset(struct sim_cpu *cpu);

/* --- fp_context.c --- */

void sim_fp_reset(struct sim_cpu *cpu);
/* The upper part of an exception's frame, for S0 to S15 and FPSCR. False: a bus error. */
bool sim_fp_stack(struct sim_cpu *cpu, uint32_t address);
bool sim_fp_restore(struct sim_cpu *cpu, uint32_t address);
/* An exception returns: what its handler left in S0 to S15, nobody shall see, if that is wanted. */
void sim_fp_leave(struct sim_cpu *cpu);
/* By DCRSR.REGSEL; NULL: there is none. */
uint32_t *sim_fp_debug_register(struct sim_cpu *cpu, unsigned regsel, uint32_t *writable);
/* CPACR, FPCCR and their like, by their offset in the SCS. */
uint32_t sim_fp_read(const struct sim_cpu *cpu, uint32_t offset);
void sim_fp_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);

#endif

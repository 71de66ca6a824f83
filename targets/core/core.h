/* SPDX-License-Identifier: MIT */
/* Inside targets/: what a core and its chip are made of, and how the files of this room work
 * together.
 * Sections cited are of the Armv7-M Architecture Reference Manual, DDI 0403.
 *
 * Each needs only what stands above it: profile.c and profile_*.c; core.c flushes, what DHCSR says,
 * epochs; registers.c, watchpoints.c over dwt.c, breakpoints.c over fpb.c, memory.c and
 * debug_writes.c, memory_cached.c over cache.c; prepare.c before the core runs; vectors.c and
 * stop.c why it stands; semihosting.c, stop_filter.c over the table of filters; halt.c; step.c,
 * go.c, step_ahead.c and step_range.c, reset.c, poll.c; attach.c what is taken over and given back;
 * target.c life and connecting. */
#ifndef PROBED_CORE_H
#define PROBED_CORE_H

#include "chip/dbgmcu.h"
#include "chip/detect.h"
#include "core/busy.h"
#include "core/cache.h"
#include "core/dwt.h"
#include "core/fpb.h"
#include "core/profile.h"
#include "core/semihosting.h"
#include "core/stop_filter.h"
#include "probe/ops.h"
#include "target.h"

/* --- system control space (B3.2, C1.6) --- */
#define SCB_CPUID 0xE000ED00u
#define SCB_ICSR 0xE000ED04u
#define SCB_AIRCR 0xE000ED0Cu
#define SCB_CFSR 0xE000ED28u /* CFSR, HFSR, DFSR, MMFAR, BFAR follow each other */
#define SCB_DFSR 0xE000ED30u
#define SCB_MVFR0 0xE000EF40u
#define DHCSR 0xE000EDF0u
#define DEMCR 0xE000EDFCu

#define ICSR_VECTPENDING 0x001FF000u
#define ICSR_ISRPENDING (1u << 22)
#define ICSR_PENDSTSET (1u << 26)
#define ICSR_PENDSVSET (1u << 28)
#define AIRCR_SYSRESETREQ 0x05FA0004u

#define DHCSR_KEY 0xA05F0000u
#define DHCSR_C_DEBUGEN (1u << 0)
#define DHCSR_C_HALT (1u << 1)
#define DHCSR_C_STEP (1u << 2)
#define DHCSR_C_MASKINTS (1u << 3)
#define DHCSR_S_HALT (1u << 17)
#define DHCSR_S_SLEEP (1u << 18)
#define DHCSR_S_LOCKUP (1u << 19)
#define DHCSR_S_RETIRE_ST (1u << 24) /* an instruction was executed; clears when read */
#define DHCSR_S_RESET_ST (1u << 25)  /* clears when read */

#define DEMCR_VC_CORERESET (1u << 0)
#define DEMCR_VC_FAULTS 0x1F0u /* MemManage, BusFault, UsageFault; not in Armv6-M */
#define DEMCR_VC_HARDERR (1u << 10)
#define DEMCR_VC_ALL 0x7F1u
#define DEMCR_TRCENA (1u << 24)

#define DFSR_HALTED (1u << 0)
#define DFSR_BKPT (1u << 1)
#define DFSR_DWTTRAP (1u << 2)
#define DFSR_VCATCH (1u << 3)
#define DFSR_EXTERNAL (1u << 4)
#define DFSR_ALL 0x1Fu

#define XPSR_IPSR 0x1FFu

/* --- registers: one slot a word that DCRSR selects --- */
enum reg_slot {
    SLOT_SP = 13,
    SLOT_LR = 14,
    SLOT_PC = 15,
    SLOT_XPSR = 16,
    SLOT_MSP = 17,
    SLOT_PSP = 18,
    SLOT_SPECIAL = 19, /* CONTROL, FAULTMASK, BASEPRI, PRIMASK in one word */
    SLOT_CORE_COUNT,
    SLOT_FPSCR = SLOT_CORE_COUNT,
    SLOT_S0,
    SLOT_COUNT = SLOT_S0 + 32,
};

struct register_cache {
    uint32_t epoch;   /* in which word[] is what the core has, but for the dirty ones; 0: none */
    uint64_t seen_us; /* when the core last was known to stand as word[] says */
    uint64_t dirty;   /* bit s: word[s] has to reach the core before it runs */
    uint32_t word[SLOT_COUNT];
};

/* --- breakpoints and watchpoints --- */
enum { BREAKPOINT_MAX = 64, WATCHPOINT_MAX = 16, OWNER_INTERNAL = 32, NO_ADDRESS = 1 };

struct breakpoint {
    uint32_t address;
    enum breakpoint_kind kind; /* as it was asked for */
    bool soft;                 /* by an instruction in RAM, else by a comparator */
    uint64_t owners;           /* 0: leaves the chip with the next resume, then the list */
    bool inserted;             /* soft: the BKPT stands in memory in place of `saved` .. */
    bool unsure;               /* .. or may: an error came between */
    bool reading, lifting;     /* until the flush */
    bool saved_valid;
    uint8_t found[2], saved[2];
};

struct watchpoint {
    uint32_t address, length;
    enum watch_kind kind;
    uint32_t owners; /* 0: free */
};

/* Facts about a stop, read in one flush. */
struct stop_facts {
    uint32_t dhcsr, icsr;
    uint32_t scb[5];            /* CFSR, HFSR, DFSR, MMFAR, BFAR */
    uint32_t pc, special, xpsr; /* when no other registers were asked for */
};
enum { FACT_CFSR, FACT_HFSR, FACT_DFSR, FACT_MMFAR, FACT_BFAR };

/* One core, seen through its access port. */
struct core {
    struct target *target;
    struct ops ops; /* the queue of whoever works just now; empty between functions */

    enum target_state state;
    /* What is known of the core (registers, memory) is true in the epoch in which it was read: one
     * ends when the core runs. What stands in its debug units and its RAM outlives that, but not
     * the power. Both count from 1. */
    uint32_t epoch, power_epoch;
    const struct core_profile *profile; /* never NULL */

    bool attached;           /* ours is on the chip, and what was found there is below */
    uint32_t vector_catch;   /* the user's choice */
    uint32_t demcr_original; /* as found at connect */
    uint32_t demcr;          /* as last written; 0: not known */
    bool reset_seen;         /* a DHCSR read showed S_RESET_ST that nobody has taken yet */
    bool locked_up;          /* when last polled */
    bool masked;             /* C_MASKINTS as last written .. */
    bool mask_unsure;        /* .. if that arrived */
    bool no_ahead;           /* memory is not read before it is asked for */
    bool stop_pending;       /* resume stopped again at once: the next poll says so */
    bool borrowed;           /* to a flash loader: the program's registers are in `regs` alone */
    uint32_t lent_ram, lent_size; /* what the loader uses of RAM; 0 bytes: nothing */
    struct target_stop stop, reset;
    enum target_maskisr maskisr;
    uint32_t icsr, icsr_epoch; /* as of icsr_at_us, in this epoch; 0: not known */
    uint64_t icsr_at_us;

    struct register_cache regs;
    struct cache cache;
    size_t slice;       /* bytes that take well under 50 ms on the wire, learnt.. */
    uint32_t slice_khz; /* ..at this speed of SWD */

    struct fpb fpb;
    struct dwt dwt;
    struct breakpoint breakpoints[BREAKPOINT_MAX];
    struct watchpoint watchpoints[WATCHPOINT_MAX];

    struct semihosting semihosting;
};

enum { TARGET_CORES_MAX = 2 };

/* A chip and its cores. */
struct target {
    struct probe *probe;
    struct job *job;
    struct target_chip chip;
    struct detect_regions regions;
    char advice[200]; /* how it had to be connected; part of chip.warning */
    struct dbgmcu dbgmcu;
    struct busy busy;
    struct core cores[TARGET_CORES_MAX];
    unsigned core_count;
    struct core *core; /* the one of these that whoever calls means */
};

/* --- core.c --- */

/* The core is about to run, or did: nothing read before is true any more. */
void core_new_epoch(struct core *core);
/* Power was gone, or may have been: nor is what was written to its debug units. */
void core_new_power_epoch(struct core *core);
/* Memory as it was read in this epoch. */
static inline struct cache *core_cache(struct core *core)
{
    return cache_of_epoch(&core->cache, core->epoch);
}

/* Flushes the queue. A target that is gone makes the state ABSENT. */
enum err core_flush(struct core *core);
/* The same for work on a halted core: DHCSR is looked at in the same flush, and a core that was
 * reset behind our back is ERR_RESET_LOST instead of wrong data. */
enum err core_flush_halted(struct core *core);
/* A flush failed with `err` because a wait in its queue was in vain; all before that was done. */
bool core_wait_failed(const struct core *core, enum err err);
/* After traffic that went by itself, as the chip's does: an error that means that the target is
 * gone makes the state ABSENT. Returns it. */
enum err core_note_loss(struct core *core, enum err err);
/* S_RESET_ST was set in `dhcsr` while the core should run or stand: the state says what came of it,
 * and ERR_RESET_LOST; ERR_OK if it was known to be held in reset and still is. */
enum err core_look_at_reset(struct core *core, uint32_t dhcsr);

/* Something was refused (`err`; `mark` is the job's error before it): if a halted core was reset,
 * or the core is held in reset, that is the error instead, and the state says so. */
enum err core_check_reset(struct core *core, enum err err, enum err mark);
/* If the core is held in reset by now, that is what the error `err` says, and the state. */
enum err core_check_held(struct core *core, enum err err, enum err mark);
/* DHCSR of a core that we left alone says something else than we know: ERR_RESET_LOST, and the
 * state is what it says. */
enum err core_report_reset(struct core *core, uint32_t dhcsr);
/* The job's error before an attempt that may fail, and back to it: an error that was expected is
 * forgotten. What stood before stays. */
enum err core_mark(const struct core *core);
void core_rollback(struct core *core, enum err mark);
uint64_t core_now_us(const struct core *core);
/* Every DHCSR value read goes through here, because reading clears S_RESET_ST. */
void core_saw_dhcsr(struct core *core, uint32_t dhcsr);
/* Whether the core was reset since the last call. */
bool core_take_reset(struct core *core);
/* ICSR as it is now. */
void core_saw_icsr(struct core *core, uint32_t icsr);
enum err core_need_halted(struct core *core);
enum err core_need_connected(struct core *core);
/* A cancelled job may not leave a core half stepped: work between these two goes on all the same.
 * `uncancellable` is the caller's memory. */
void core_uncancellable_begin(struct core *core, struct job *uncancellable, struct job **before);
void core_uncancellable_end(struct core *core, struct job *before);

/* --- regions.c --- */

/* Asks the chip whether its flash is protected against reading; false if that cannot be known. */
bool core_protection_is_on(struct core *core);

/* --- prepare.c --- */

/* Queues what has to be on the chip before the core runs: registers, breakpoints (but the one at
 * `exclude`), watchpoints. */
void core_queue_prepare(struct core *core, uint32_t exclude);
/* Writes DEMCR. */
void core_queue_demcr(struct core *core, uint32_t value);
/* What is caught when the core goes: the user's choice and, if `faults`, every fault. */
void core_queue_catch(struct core *core, bool faults);
/* C_MASKINTS as it shall be when the core goes. */
void core_queue_mask(struct core *core, bool masked);
/* Queues DHCSR writes that let the halted core go; C_MASKINTS changes while it is still halted. */
void core_queue_go(struct core *core, uint32_t dhcsr_bits, bool masked);
/* After the flush of core_queue_prepare() and core_queue_go(). */
void core_prepared(struct core *core, enum err err);

/* --- halt.c --- */

/* Writes C_HALT, waits, collects the stop: `plain` if there is no better reason that is anybody's
 * to hear of. */
enum err core_halt_now(struct core *core, uint32_t timeout_us, enum stop_reason plain,
                       struct target_stop *stop);

/* --- go.c --- */

/* Lets the halted core run from where pc is; a breakpoint there is hit at once. */
enum err core_go(struct core *core);
/* The same after `stop`, which nobody hears of: past a breakpoint at its pc. */
enum err core_go_on(struct core *core, const struct target_stop *stop);

/* --- stop.c --- */

/* Where a core stands that began with a vector table of ones, and in lockup. */
#define BLANK_PC 0xFFFFFFFEu
/* PM0075, 2.4.1, and the other families' level 1 alike. */
#define PROTECTED_TEXT                                                                           \
    "the flash is read-protected: with a debugger connected the core cannot read it either, so " \
    "no program runs before a power cycle without one; to end the protection erases the flash"

/* Appends the reads of the facts; `full`: with the fault status registers. */
void stop_queue(struct core *core, bool full, struct stop_facts *facts);
void stop_queue_faults(struct core *core, struct stop_facts *facts);
/* And which comparator matched. */
void stop_queue_matches(struct core *core);
/* After the flush: reads ahead around pc and sp, then says why the core stands. `plain` is the
 * reason when it was asked to. Also fills core->stop. */
enum err stop_explain(struct core *core, const struct stop_facts *facts, enum stop_reason plain,
                      struct target_stop *stop);
/* The core stands where pc is, for no reason of its own. Also fills core->stop. */
void stop_plain(struct core *core, enum stop_reason reason, struct target_stop *stop);
/* `stop` is one at this breakpoint, which need not have been executed. */
void stop_at_breakpoint(const struct core *core, const struct breakpoint *breakpoint,
                        struct target_stop *stop);
/* Where the core will probably stop, and what has room beside the facts of what is there. */
uint32_t stop_likely_pc(const struct core *core);
void stop_queue_likely(struct core *core);
/* Before cache_commit(): a flush was refused what it read ahead (a clone has less memory than its
 * name says), and nothing will be read ahead any more. What stood before it was done. */
bool stop_ahead_failed(struct core *core, enum err err);
/* Appends reads of the cache lines at pc and sp that are missing. */
void stop_queue_ahead(struct core *core, uint32_t pc, uint32_t sp);

/* A sentence on a fault, whose cause may be the vector table or read protection. */
void stop_say_fault(struct core *core, const struct stop_facts *facts, unsigned exception,
                    uint32_t faulting_pc, char *text, size_t size);

/* --- vectors.c --- */

/* A program cannot begin with the vector table, for the reason that `text` then says. */
bool vectors_mislead(struct core *core, char *text, size_t size);
/* The same of a core that stands behind a reset, by the registers that it has got from there. */
bool vectors_misled(struct core *core, char *text, size_t size);

/* --- fault_text.c, pure --- */

/* A sentence on a fault: which, where, by which instruction (0: not known). */
void fault_explain(const struct stop_facts *facts, unsigned exception, uint32_t faulting_pc,
                   char *text, size_t size);

/* --- attach.c --- */

/* Takes over the debug units without disturbing the core. `halted_by`: why it stands, if it does
 * and DFSR does not know better. */
enum err attach_core(struct core *core, enum stop_reason halted_by);
enum err detach_core(struct core *core);

/* --- registers.c --- */

/* word[] is true, in this epoch. */
bool regs_are_known(const struct core *core);
void regs_forget(struct core *core);
/* word[] is what the core has now. */
void regs_valid(struct core *core);
void regs_queue_read(struct core *core);
void regs_queue_dirty(struct core *core);
/* Fetches them if need be. */
enum err regs_need(struct core *core);
/* Changes pc in the cache. */
void regs_set_slot(struct core *core, enum reg_slot slot, uint32_t value);

/* --- breakpoints.c, watchpoints.c --- */

void breakpoints_queue(struct core *core, uint32_t exclude);
void breakpoints_flushed(struct core *core, enum err err);
/* After a lost connection: which of the inserted ones RAM still holds. The others are gone, with
 * the power or by somebody else's hand. */
enum err breakpoints_look_again(struct core *core);
/* Brings the chip up to date with both lists at once, one flush. */
enum err breakpoints_apply(struct core *core);
/* Queues the removal of everything. */
void breakpoints_queue_remove(struct core *core);
/* A comparator is left for one of our own. */
bool breakpoints_have_room(const struct core *core);
/* The only address with a users' comparator; `otherwise` if there are none or more. */
uint32_t breakpoints_single(const struct core *core, uint32_t otherwise);
const struct breakpoint *breakpoint_at(const struct core *core, uint32_t address);
/* The users of all breakpoints at the address, whatever their kind. */
uint64_t breakpoint_owners(const struct core *core, uint32_t address);
enum err breakpoint_add(struct core *core, unsigned owner, enum breakpoint_kind kind,
                        uint32_t address);
void breakpoint_remove(struct core *core, unsigned owner, enum breakpoint_kind kind,
                       uint32_t address);
/* Puts back what soft breakpoints cover in data read from memory. */
void breakpoints_hide(const struct core *core, uint32_t address, void *data, size_t length);
/* Queues what keeps soft breakpoints in memory that was just overwritten with `data`. */
void breakpoints_queue_keep(struct core *core, uint32_t address, const void *data, size_t length);
void watchpoints_queue(struct core *core);
/* What is on the chip is not known any more. */
void watchpoints_forget(struct core *core);
void watchpoints_queue_remove(struct core *core);
void watchpoints_drop_owner(struct core *core, unsigned owner);

/* --- memory.c --- */

/* target_read() by this core. */
enum err memory_read(struct core *core, uint32_t address, void *data, size_t length, size_t *done);
/* Appends accesses of [address, address + length), the widest that alignment allows. */
void memory_queue_read(struct core *core, uint32_t address, void *data, size_t length);

/* --- debug_writes.c: around a write to memory --- */

/* It may reach debug registers of which something is believed. */
bool debug_write_concerns(uint32_t address, size_t length);
/* Queues what has to be there before. ERR_BUSY: a routine of ours needs them. */
enum err debug_write_begin(struct core *core, uint32_t address, size_t length);
/* After its flush, which must not have asked whether the core still stands. */
enum err debug_write_end(struct core *core, uint32_t address, size_t length);

/* --- memory_cached.c --- */

/* Queues a read of the line, if it may be cached and is not. */
void memory_want_line(struct core *core, uint32_t address);
bool memory_is_cacheable(const struct core *core, uint32_t address);
/* Could be read without asking the target. */
bool memory_is_cached(struct core *core, uint32_t address, size_t length);
/* Reads it so; false: it cannot be. Anything may be queued. */
bool memory_peek(struct core *core, uint32_t address, void *data, size_t length);
/* *got is `length`, or 0: it has to be read another way. */
enum err memory_read_cached(struct core *core, uint32_t address, uint8_t *data, size_t length,
                            size_t *got);

/* --- step.c --- */

/* One step of the hardware: an instruction, or straight code up to a comparator. */
struct hw_step {
    uint32_t pc;   /* where the core stands; whatever is there is lifted */
    uint32_t to;   /* where a breakpoint of OWNER_INTERNAL ends it; NO_ADDRESS: one instruction */
    uint32_t next; /* `full`: where it probably ends, to read ahead there .. */
    uint32_t sp;   /* .. and at the stack; NO_ADDRESS: not known */
    bool masked;
    bool full;   /* all registers, else only those in the facts */
    bool stores; /* with `to`: something on the way may write to memory, other than to the stack */
};
/* The registers before need not be cached. */
enum err step_once(struct core *core, const struct hw_step *hw_step, struct stop_facts *facts);
/* Lets pending handlers run. *returned: the core is back where it was; else the stop is explained.
 */
enum err step_handlers(struct core *core, bool *returned, struct target_stop *stop);
/* Whether a handler would run before a step at `pc`; asks the core if what is known is stale, and
 * writes what the step needs in the same flush. `special`: the word with PRIMASK and FAULTMASK. */
enum err step_pending(struct core *core, uint32_t pc, uint32_t special, bool *pending);
/* After an error in step_once(): a step that did not end is halted, as is one of a cancelled job;
 * `stop` then says where, with `plain` as reason. Other errors come back. */
enum err step_rescue(struct core *core, enum err err, enum err mark, struct target_stop *stop);
/* Once the stop of a step is explained: asks the filters. *served: the step may go on; `stop` is
 * what it is if it does not. */
enum err step_ended(struct core *core, bool *served, struct target_stop *stop);
/* A BKPT of the program at pc, not executed yet: `stop` is STOP_BKPT, else STOP_NONE. */
enum err step_find_bkpt(struct core *core, struct target_stop *stop);
/* It is passed by without executing it, or is a filter's. *passed: the step is done. */
enum err step_over_bkpt(struct core *core, bool *passed, struct target_stop *stop);
/* A step's job was cancelled before the core moved: it stands where it was, STOP_REQUEST. */
enum err step_stand(struct core *core, enum err mark, struct target_stop *stop);

/* --- step_ahead.c --- */

/* Where the code at pc leads for certain, faults apart. */
struct ahead {
    unsigned count; /* instructions to be executed until `to` is reached; 0: not known */
    uint32_t to;
    bool leaves; /* `to` is outside of the range */
    bool stores; /* as struct hw_step */
};
/* Inside [start, end), and one instruction out of it; `xpsr` as it is at pc. May read code. */
enum err step_ahead(struct core *core, uint32_t pc, uint32_t xpsr, uint32_t start, uint32_t end,
                    struct ahead *ahead);
/* May the instruction at pc write to memory, other than to the stack? What is not known without
 * asking the target may. */
bool step_may_store(struct core *core, uint32_t pc);

#endif

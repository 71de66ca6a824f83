/* SPDX-License-Identifier: MIT */
/* Inside targets/: what a core and its chip are made of, and how the files of this room work
 * together.
 * Sections cited are of the Armv7-M Architecture Reference Manual, DDI 0403.
 */
#ifndef PROBED_CORE_H
#define PROBED_CORE_H

#include "chip/dbgmcu.h"
#include "chip/detect.h"
#include "core/busy.h"
#include "core/cache.h"
#include "core/cpu_caches.h"
#include "core/dwt.h"
#include "core/ecc.h"
#include "core/fpb.h"
#include "core/profile.h"
#include "core/registers.h"
#include "core/scs.h"
#include "core/semihosting.h"
#include "core/stop_filter.h"
#include "probe/ops.h"
#include "target.h"

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
    bool compares;   /* this value alone */
    uint32_t value;
};

/* What a loader uses of RAM (0 bytes: nothing), and what stood there. */
struct lent_ram {
    uint32_t start, size;
    uint32_t saved_size; /* of it; the rest was not written to */
    const uint8_t *saved;
};

/* One core, seen through its access port. */
struct core {
    struct target *target;
    struct ops ops; /* the queue of whoever works just now; empty between functions */

    enum target_state state;
    /* What is known of the core (registers, memory) is true in the epoch in which it was read: one
     * ends when the core runs. What stands in its debug units and its RAM outlives that, but not
     * the power. Both count from 1. */
    uint32_t epoch, power_epoch;
    uint32_t steps; /* of an instruction or a few, which do not end it: counts */
    const struct core_profile *profile; /* never NULL */
    struct target_core found;
    const char *held_by; /* not the first: why it does not run after a reset, as a clause */

    bool attached;           /* ours is on the chip, and what was found there is below */
    uint32_t vector_catch;   /* the user's choice */
    uint32_t demcr_original; /* as found at connect */
    uint32_t demcr;          /* as last written; 0: not known */
    bool reset_seen;         /* a DHCSR read showed S_RESET_ST that nobody has taken yet */
    bool locked_up;          /* when last polled */
    bool masked;             /* C_MASKINTS as last written .. */
    bool mask_unsure;        /* .. if that arrived */
    bool missed;             /* a write before an instruction was stepped, and after it */
    bool no_ahead;           /* memory is not read before it is asked for */
    bool stop_pending;       /* resume stopped again at once: the next poll says so */
    bool borrowed;           /* to a flash loader: the program's registers are in `regs` alone */
    struct lent_ram lent;
    struct target_stop stop, reset;
    enum target_maskisr maskisr;
    uint32_t icsr, icsr_epoch; /* as of icsr_at_us, in this epoch; 0: not known */
    uint64_t icsr_at_us;

    struct register_cache regs;
    struct cache cache;
    struct cpu_caches cpu_caches;
    struct ecc ecc;
    size_t slice;       /* bytes that take well under 50 ms on the wire, learnt.. */
    uint32_t slice_khz; /* ..at this speed of SWD */

    struct fpb fpb;
    struct dwt dwt;
    struct breakpoint breakpoints[BREAKPOINT_MAX];
    struct watchpoint watchpoints[WATCHPOINT_MAX];

    struct semihosting semihosting;
    unsigned resets;   /* counted as they are noticed.. */
    uint64_t reset_us; /* ..the last one then */
};

/* A chip and its cores. */
struct target {
    struct probe *probe;
    struct job *job;
    uint32_t writes; /* of memory, by us: counts */
    struct target_chip chip;
    bool found_protected; /* what the chip's register says of read protection, in force or stored */
    bool found_reset;     /* when it was connected: as findings.reset_seen */
    struct detect_regions regions;
    const struct chip_description *description; /* by somebody who knows; or NULL */
    uint32_t said_flash; /* bytes, by somebody who knows; 0: what the chip says */
    char advice[240];    /* how it had to be connected; part of chip.warning */
    struct dbgmcu dbgmcu;
    struct busy busy;
    struct core cores[TARGET_CORES_MAX];
    unsigned core_count;
    struct core *core; /* the one of these that whoever calls means */
    void (*text)(void *user, const struct program_text *text); /* may be NULL */
    void *text_user;
    struct semihosting_setup semihosting;
};

/* --- core.c --- */

/* The core is about to run, or did: nothing read before is true any more. */
void core_new_epoch(struct core *core);
/* Power was gone, or may have been: nor is what was written to its debug units. */
void core_new_power_epoch(struct core *core);
/* Memory as it was read in this epoch. Any core may write to it: it ends when one of them runs. */
static inline struct cache *core_cache(struct core *core)
{
    const struct target *target = core->target;
    uint32_t epochs = 0;

    for (unsigned i = 0; i < TARGET_CORES_MAX; i++)
        epochs += target->cores[i].epoch;
    return cache_of_epoch(&core->cache, epochs);
}
/* Another core of the chip runs, or may: memory changes under this one. */
bool core_has_company(const struct core *core);
/* This one may have written to memory: what the others know of it is not true any more. */
void core_drop_other_caches(struct core *core);

/* Flushes the queue. A target that is gone makes the state ABSENT. */
enum err core_flush(struct core *core);
/* The same for work on a halted core: DHCSR is looked at in the same flush, and a core that was
 * reset behind our back is ERR_RESET_LOST instead of wrong data. */
enum err core_flush_halted(struct core *core);
/* A flush failed with `err` because a wait in its queue was in vain; all before that was done. */
bool core_wait_failed(const struct core *core, enum err err);
/* The first one has the chip: its debug unit, its resets, its flash. Another is reached by its own
 * access port, which refuses while it was not let go. */
static inline bool core_is_first(const struct core *core)
{
    return core == core->target->cores;
}
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
/* It was reset, or may have been. */
void core_was_reset(struct core *core);
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

/* A read was refused (`err`; `mark` is the job's error before it): where flash itself has a reason
 * for that, which the bus does not tell, the sentence ends with it. */
enum err core_explain_refusal(const struct core *core, uint32_t address, enum err err,
                              enum err mark);

/* Asks the chip whether its flash is protected against reading; false if that cannot be known. */
bool core_protection_is_on(struct core *core);

/* --- prepare.c --- */

/* Queues what has to be on the chip before the core runs: registers, breakpoints (but the one at
 * `exclude`), watchpoints. */
void core_queue_prepare(struct core *core, uint32_t exclude);
/* The same for one instruction at `pc`, as far as it needs it; C_MASKINTS too. In one trip with it:
 * a write may be missed, which core_prepared() finds. */
void core_queue_prepare_step(struct core *core, uint32_t pc, bool masked);
/* Writes DEMCR. */
void core_queue_demcr(struct core *core, uint32_t value);
/* What is caught when the core goes: the user's choice and, if `faults`, every fault. */
void core_queue_catch(struct core *core, bool faults);
/* C_MASKINTS as it shall be when the core goes. */
void core_queue_mask(struct core *core, bool masked);
/* The same, in one trip with letting it go; if it was missed, core_prepared() says
 * core->mask_unsure.
 */
void core_queue_mask_loosely(struct core *core, bool masked);
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

/* --- breakpoints.c, watchpoints.c --- */

void breakpoints_queue(struct core *core, uint32_t exclude);
/* The same for one instruction at `pc`: only what would stop that is lifted. What was cleared may
 * stay on the chip, and what was set may wait, until the core runs. `core->missed`: nothing of it
 * may have been done. */
void breakpoints_queue_lift(struct core *core, uint32_t pc);
void breakpoints_queue_put_back(struct core *core);
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
/* The same for one instruction, which what is not wanted any more may watch, too.. */
void watchpoints_queue_for_step(struct core *core);
/* ..and that alone was hit. */
bool watchpoints_nobody_hit(const struct core *core);
/* What is on the chip is not known any more. */
void watchpoints_forget(struct core *core);
void watchpoints_queue_remove(struct core *core);
void watchpoints_drop_owner(struct core *core, unsigned owner);

#endif

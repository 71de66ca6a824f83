/* SPDX-License-Identifier: MIT */
/* A target: a chip with its Cortex-M cores, memory and breakpoints, seen through a probe; calls are
 * for one core of it. What server/ calls. No sockets, packets or probe brands here.
 *
 * Worker thread only. Every function works for the job given to target_set_job(): it returns an
 * error code and leaves the sentence in that job. Functions block for as long as the target takes,
 * within stated limits; long ones call job_checkpoint(). */
#ifndef PROBED_TARGET_H
#define PROBED_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/job.h"
#include "probe/probe.h"

struct target;

enum target_state {
    TARGET_ABSENT,  /* never connected, or lost: target_connect() is next */
    TARGET_RUNNING, /* includes sleeping in WFI */
    TARGET_HALTED,
    TARGET_IN_RESET, /* NRST held low: debug answers, the core does not run */
};

/* Behind an address of it and "is ". */
#define TARGET_OTP_TEXT                                                                         \
    "one-time programmable memory: what is written there stays for ever, so nothing is unless " \
    "--irreversible says that it is meant (probed flash)"
#define TARGET_UNLOCKED_TEXT \
    "unlocked already: the read protection ends when the board is switched off and on"
/* The same as the reason of a fault. */
#define TARGET_UNLOCKED_FAULT_TEXT                                                             \
    "the flash is unlocked already, but stays read-protected until the board is switched off " \
    "and on"
#define TARGET_HELD_TEXT                                                               \
    "the core is held in reset: NRST is low (reset button pressed, NRST wire shorted " \
    "to ground, or held by a program?)"

/* How target_connect() gets there; what --connect says. */
enum target_connect {
    TARGET_CONNECT_LADDER,    /* gently, but if that fails by a reset: the ways below in turn */
    TARGET_CONNECT_ATTENDED,  /* and then by the hand of a person, whom the job's output asks */
    TARGET_CONNECT_NORMAL,    /* undisturbed; what something else holds in reset is halted then */
    TARGET_CONNECT_ATTACH,    /* undisturbed whatever happens */
    TARGET_CONNECT_ONCE,      /* so, too, at the clock there is; why it failed is not looked for */
    TARGET_CONNECT_PRE_RESET, /* NRST pulled and released, then at once in; halted at the vector */
    TARGET_CONNECT_UNDER_RESET, /* NRST first, halted at the reset vector when it is released */
};

enum target_reset {
    TARGET_RESET_RUN,
    TARGET_RESET_HALT, /* halted before the first instruction */
    TARGET_RESET_INIT, /* as halt; then what flashing wants (watchdogs frozen) */
};

enum stop_reason {
    STOP_NONE,
    STOP_REQUEST,       /* somebody asked to halt */
    STOP_STEP,          /* a step or a range step ended */
    STOP_BREAKPOINT_HW, /* one of ours */
    STOP_BREAKPOINT_SW, /* one of ours */
    STOP_BKPT,          /* a BKPT instruction of the program */
    STOP_WATCHPOINT,
    STOP_FAULT,    /* vector catch of a fault, or lockup; `text` explains CFSR and HFSR */
    STOP_RESET,    /* halted by a reset (vector catch) */
    STOP_EXIT,     /* the program called semihosting SYS_EXIT; `exit_code` */
    STOP_EXTERNAL, /* halted by something else (EDBGRQ) */
};

enum watch_kind { WATCH_WRITE, WATCH_READ, WATCH_ACCESS };

/* A watchpoint that was hit, as it was set. */
struct target_watch_hit {
    uint32_t address;
    enum watch_kind kind;
    uint64_t owners; /* a bit an owner */
};

enum { STOP_WATCH_HITS = 4 };

struct target_stop {
    enum stop_reason reason;
    uint32_t pc;
    uint64_t owners; /* who had set the breakpoint or watchpoints; 0: cleared meanwhile */
    struct target_watch_hit watch[STOP_WATCH_HITS]; /* STOP_WATCHPOINT; unused: no owners */
    uint8_t bkpt;                                   /* STOP_BKPT: the number in the instruction */
    uint32_t exit_reason;                           /* STOP_EXIT: ADP_Stopped_.. of SYS_EXIT */
    int exit_code;                                  /* its 32 bits; 1 if the reason is a bad one */
    bool kept_out;  /* STOP_FAULT: read protection kept the core from the flash */
    bool misled;    /* STOP_RESET: no program can begin with the vector table; `text` says why */
    char text[400]; /* a sentence worth showing, or empty */
};

/* An alias shows the flash at other addresses, unless the boot pins or a program chose otherwise;
 * what is written there is programmed where the flash is (flash/flash.h). */
enum region_kind {
    REGION_FLASH,
    REGION_FLASH_ALIAS,
    REGION_EEPROM, /* data that is written by flash/flash.h, too, byte by byte */
    REGION_RAM,
    REGION_ROM,
    REGION_DEVICE
};

struct target_region {
    const char *name; /* "flash", "sram", "system memory" */
    enum region_kind kind;
    uint32_t start, size;
    uint32_t sector_size; /* flash, alias, EEPROM: what one erase erases; 0: none of them */
    uint32_t shows;       /* alias: the flash's own address of its first byte */
};

/* What detection found. Strings are never NULL. */
struct target_chip {
    char name[64]; /* "STM32F101/F102/F103 medium-density" */
    uint32_t dpidr, idcode;
    uint16_t dev_id;         /* low 12 bits of idcode; 0 unknown */
    uint32_t flash_size;     /* bytes; what we go by */
    bool flash_size_guessed; /* the size register read 0 or 0xFFFF */
    bool banks_swapped;      /* of two banks the second shows first */
    uint32_t flash_kept;     /* so much of it, at its end, another core keeps for itself */
    uint32_t ram_size;
    bool readout_protected;
    bool protection_known; /* false: the register that tells could not be read, or is not known */
    bool copy_suspected;   /* ids that contradict each other: no genuine ST part */
    bool unlocked; /* read protection was removed from here, and counts until a power cycle, or a
                      load of option bytes where that does it: readout_protected, whatever is stored
                    */
    bool writes_one_time; /* somebody said that it is meant (flash/one_time.h) */
    char warning[800];    /* clone suspected, protected.., how it had to be connected; or empty */
};

enum { TARGET_CORES_MAX = 2 };

/* And of the core that calls are for. */
struct target_core {
    const char *name; /* "Cortex-M3"; never NULL */
    uint8_t ap;       /* its access port */
    uint32_t cpuid;
    uint8_t breakpoints, watchpoints; /* comparators */
};

/* One register as gdb sees it. Index in the table = gdb's register number. */
struct target_register {
    const char *name;
    const char *feature; /* gdb feature: "org.gnu.gdb.arm.m-profile".. */
    const char *type;    /* gdb type: "int", "data_ptr", "code_ptr", "ieee_double" */
    uint8_t bits;        /* 8, 32 or 64 */
    uint8_t regsel;      /* DCRSR.REGSEL */
    uint8_t shift;       /* bit position inside the selected word (CONTROL 24, PRIMASK 0..) */
};

/* --- life --- */

/* `probe` stays the caller's and must outlive the target. No traffic yet. */
enum err target_create(struct probe *probe, struct target **target);
/* How large the flash is, whatever the chip says of it; 0: what that says. Counts from the next
 * connection on, and of a connected target at once: ERR_ARGUMENT if it is seen to be smaller. */
enum err target_say_flash_size(struct target *target, uint32_t bytes);
/* What is to be believed of the chip before what we know of it, from the next connection on. It
 * stays the caller's and outlives the target; NULL: nothing. */
struct chip_description;
void target_describe(struct target *target, const struct chip_description *description);
/* Frees; no traffic. NULL is fine. */
void target_destroy(struct target *target);
/* Also sets the probe's job. Returns the job before, so that a nested short job can put it back. */
struct job *target_set_job(struct target *target, struct job *job);
struct probe *target_probe(const struct target *target);

/* Connects, detects core and chip, sizes breakpoints. Leaves the core as it is (running or
 * halted), except where a reset led in, which leaves it halted. Called again after a loss. */
enum err target_connect(struct target *target, enum target_connect how);
/* Everything of ours off the chip (breakpoints, watchpoints, vector catch, DBGMCU bits, C_DEBUGEN
 * when the core runs); the core keeps its state. For the end of the daemon. */
enum err target_disconnect(struct target *target);
enum target_state target_state(const struct target *target); /* as last seen; no traffic */
const struct target_chip *target_chip(const struct target *target);
const struct target_core *target_core(const struct target *target);
/* Whether the core has the Security Extension of Armv8-M (an STM32 with TZEN set), and where it is.
 */
enum target_security {
    TARGET_ONE_STATE, /* it has not */
    TARGET_SECURE,
    TARGET_NONSECURE,
    TARGET_NONSECURE_ONLY, /* and a debugger may not look at the other one */
};
enum err target_security(struct target *target, enum target_security *security);
/* Cores that a debugger may have: another one of the chip is counted whether or not it runs yet.
 * The first is the one that target_connect() looks for. */
unsigned target_core_count(const struct target *target);
/* What is to say of another core: "Cortex-M0+, runs"; false: there is none. No traffic. */
bool target_other_core(const struct target *target, char *text, size_t size);
/* Until another is selected all calls are for this one; flash, resets and what is of the chip are
 * the first one's, whoever asks. Returns the one before. No traffic. */
unsigned target_select_core(struct target *target, unsigned index);
unsigned target_selected_core(const struct target *target);
/* target_connect() for the selected core alone, of a connected chip: ERR_NOT_CONNECTED while the
 * first has not let it run. */
enum err target_reach_core(struct target *target);
const struct target_region *target_regions(const struct target *target, size_t *count);
const struct target_region *target_region_at(const struct target *target, uint32_t address);
/* The first of a kind; NULL: there is none. */
const struct target_region *target_region_of(const struct target *target, enum region_kind kind);
/* Where memory belongs, the chip is not known to have any. */
bool target_lacks_memory(const struct target *target, uint32_t address);
/* In an alias: the flash's own address of this byte. Others: itself. */
uint32_t target_own_address(const struct target *target, uint32_t address);

/* --- run control --- */

/* Looks once (one flush). When the core was running and is halted now, *stop says why, and the
 * registers are on their way into the cache. Semihosting calls are served inside: their text goes
 * to the job's output, the core runs on and the state stays RUNNING. A reset or a lost target
 * noticed here is reported once as error ERR_RESET_LOST or the wire's. The state then says what to
 * do: RUNNING or HALTED: the core was reset and our breakpoints are still there; IN_RESET: NRST is
 * low, keep polling; ABSENT: power was lost, target_connect() brings breakpoints back. Any other
 * function may return ERR_RESET_LOST in the same sense. */
enum err target_poll(struct target *target, struct target_stop *stop);
/* It was when last polled, and still counts as running: somebody who waits for a stop waits in
 * vain. target_halt() then stops it for STOP_FAULT. */
bool target_locked_up(const struct target *target);
/* What the flash's ECC has told since the last reset, as a clause; "": nothing. Valid for ever. */
enum err target_flash_ecc(struct target *target, const char **text);
/* Why, without halting it. */
enum err target_explain_lockup(struct target *target, char *text, size_t size);
/* When it was connected, there had been a reset since a debugger looked last, or none ever did. */
bool target_found_reset(const struct target *target);
/* The chip resets again and again: one sentence of by what, as its reset flags say, and what to do.
 * Reads these alone; if they cannot be read, the sentence says that. */
enum err target_explain_reset_loop(struct target *target, char *text, size_t size);
/* Reads one word that every core has: that power or probe were lost shows there. */
enum err target_ping(struct target *target);
/* Measures what may have changed since somebody looked (one flush): as target_poll(), of a halted
 * core too, and whether the flash is read-protected; target_chip() is what it is now. */
enum err target_measure(struct target *target, struct target_stop *stop);
/* All that can be measured of why the chip answers or does not (connect/doctor.h, which says what
 * is disturbed), whether or not it is connected. A reset that was seen, or made, shows at the next
 * look; so does a loss. */
struct doctor_limits;
struct measurements;
enum err target_examine(struct target *target, const struct doctor_limits *limits,
                        struct measurements *measured);
/* Everything, after what the chip goes by may have become another: memory that could not be read
 * can be now, or the other way round, or the flash is other banks. */
enum err target_detect_again(struct target *target);
/* Halted already: STOP_NONE. Waits at most 1 s, then ERR_TIMEOUT. */
enum err target_halt(struct target *target, struct target_stop *stop);
/* Steps over a breakpoint at pc first. Running already: fine. Held in reset: ERR_NOT_HALTED. */
enum err target_resume(struct target *target);
/* The same for an owner that lifts its breakpoints itself when it wants to pass them: what it has
 * set at pc is hit before anything runs. Those of others are stepped over. */
enum err target_continue(struct target *target, unsigned owner);
/* One instruction; interrupts as target_set_maskisr() says. */
enum err target_step(struct target *target, struct target_stop *stop);
/* Steps until pc leaves [start, end), a breakpoint or watchpoint hits, or the job is cancelled
 * (then STOP_REQUEST and ERR_OK). At least one step. */
enum err target_step_range(struct target *target, uint32_t start, uint32_t end,
                           struct target_stop *stop);
/* One more breakpoint by a comparator would find one: with none, a range is stepped instruction by
 * instruction. No traffic. */
bool target_comparator_free(const struct target *target);
/* SYSRESETREQ; if the core shows no reset, NRST. */
enum err target_reset(struct target *target, enum target_reset kind);
/* How the core stood behind the last reset that was made here, whether or not it runs by now. */
const struct target_stop *target_last_reset(const struct target *target);
/* The stop the core stands in (halted): what `?` reports. */
const struct target_stop *target_last_stop(const struct target *target);

enum target_maskisr { MASKISR_AUTO, MASKISR_OFF, MASKISR_ON, MASKISR_STEPONLY };
void target_set_maskisr(struct target *target, enum target_maskisr mode);
enum target_maskisr target_maskisr(const struct target *target);
/* DEMCR.VC_* bits of the user's choice (bits 0, 4-10). Default: VC_HARDERR alone. It catches every
 * fault that the program has no handler of its own for, since those escalate to HardFault; programs
 * that enable their MemManage, BusFault or UsageFault handlers keep them. */
enum err target_set_vector_catch(struct target *target, uint32_t vc_bits);
uint32_t target_vector_catch(const struct target *target);

/* --- registers: core halted, else ERR_NOT_HALTED --- */

const struct target_register *target_registers(const struct target *target, size_t *count);
enum err target_read_register(struct target *target, size_t index, uint64_t *value);
/* Cached; reaches the core before it next runs or is stepped. What chooses a stack pointer (xPSR,
 * CONTROL and its neighbours) reaches it at once: ERR_BUSY while flash is being programmed. */
enum err target_write_register(struct target *target, size_t index, uint64_t value);

/* --- memory: halted or running --- */

/* Any alignment and length, widest accesses the alignment allows; reads what is there up to the
 * first unreadable address: *done bytes (may be NULL; then a short read is an error). An error
 * with *done > 0 is ERR_OK if `done` was given. Cached while halted (flash and RAM only). */
enum err target_read(struct target *target, uint32_t address, void *data, size_t length,
                     size_t *done);
/* Flash and ROM: ERR_FAULT, without traffic. */
enum err target_write(struct target *target, uint32_t address, const void *data, size_t length);
/* Accesses of exactly this width, never cached; for mdb/mdh/mdw and registers of peripherals. */
enum err target_read_width(struct target *target, uint32_t address, unsigned width, void *data,
                           size_t count);
enum err target_write_width(struct target *target, uint32_t address, unsigned width,
                            const void *data, size_t count);
/* gdb's qCRC (polynomial 04C11DB7, start FFFFFFFF, most significant bit first). */
enum err target_crc(struct target *target, uint32_t address, size_t length, uint32_t *crc);
/* Forgets everything read before; for writes that bypass the target. */
void target_drop_caches(struct target *target);

/* --- breakpoints and watchpoints ---
 * Shared by several owners (a bit in a mask each): the same address set twice
 * is one comparator, removed with its last owner. They reach the chip with the next resume or step.
 */

enum breakpoint_kind { BREAKPOINT_SW, BREAKPOINT_HW };

/* `size` is what the caller takes the instruction for; any will do, and clearing goes by kind and
 * address alone. BREAKPOINT_SW outside RAM becomes a hardware one.
 * ERR_NO_RESOURCE names how many there are and who has them. */
enum err target_breakpoint_set(struct target *target, unsigned owner, enum breakpoint_kind kind,
                               uint32_t address, unsigned size);
enum err target_breakpoint_clear(struct target *target, unsigned owner, enum breakpoint_kind kind,
                                 uint32_t address, unsigned size);
/* Any length that comparators can cover; ERR_NO_RESOURCE if they cannot. Clearing with a length
 * that is not set takes one of another length at this address. */
enum err target_watchpoint_set(struct target *target, unsigned owner, enum watch_kind kind,
                               uint32_t address, uint32_t length);
/* The same for accesses of `length` bytes at once (1, 2, 4, aligned) whose value is this one. Takes
 * two comparators, and there is one such watchpoint at a time. ERR_UNSUPPORTED where the core's
 * comparators do not compare values. */
enum err target_watchpoint_set_value(struct target *target, unsigned owner, enum watch_kind kind,
                                     uint32_t address, uint32_t length, uint32_t value);
enum err target_watchpoint_clear(struct target *target, unsigned owner, enum watch_kind kind,
                                 uint32_t address, uint32_t length);
/* All of one owner; from the chip too, at once if it can be reached and flash is not being
 * programmed. */
enum err target_breakpoints_drop_owner(struct target *target, unsigned owner);

/* What is set, of all owners, for lists. `owners`: a bit an owner. */
struct target_breakpoint {
    uint32_t address;
    enum breakpoint_kind kind; /* as it was asked for */
    bool soft;                 /* by an instruction in RAM, else by a comparator */
    uint64_t owners;
};
struct target_watchpoint {
    uint32_t address, length;
    enum watch_kind kind;
    uint64_t owners;
    bool compares; /* this value alone */
    uint32_t value;
};
/* The breakpoint number `index` of those set; false behind the last. */
bool target_breakpoint_get(const struct target *target, size_t index,
                           struct target_breakpoint *breakpoint);
bool target_watchpoint_get(const struct target *target, size_t index,
                           struct target_watchpoint *watchpoint);

/* --- semihosting --- */

/* On from the start: BKPT 0xAB is a call that is served. Off: it is a BKPT like others. */
void target_set_semihosting(struct target *target, bool on);
bool target_semihosting(const struct target *target);
/* Whether SYS_EXIT returns to the program, as any call; false from the start: STOP_EXIT. */
void target_set_exit_returns(struct target *target, bool on);
bool target_exit_returns(const struct target *target);
/* The last target_poll() of one of the cores served a call: the next look is best at once. */
bool target_talks(const struct target *target);

/* A routine of ours runs on one of the cores: RAM is not as the program left it. */
bool target_is_borrowed(const struct target *target);

/* --- what the program says --- */

/* The ways in which programs say something. */
enum text_source { TEXT_SEMIHOSTING, TEXT_RTT, TEXT_SWO, TEXT_UART };
enum { TEXT_SOURCES = TEXT_UART + 1 };

/* A piece of it as it came, but in whole characters and escape sequences (visible.h). */
struct program_text {
    enum text_source source;
    unsigned channel; /* RTT: of its buffer; SWO: ITM port; semihosting: 1, or 2 for
                         errors, 0 by SYS_WRITEC and SYS_WRITE0 */
    const char *bytes;
    size_t length;
};

/* Where what it says by semihosting goes; NULL: to the job's output. */
void target_set_text(struct target *target,
                     void (*text)(void *user, const struct program_text *text), void *user);
/* The rest of a character or a sequence that never came: once the core stands. */
void target_end_text(struct target *target);

#endif

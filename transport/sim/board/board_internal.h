/* SPDX-License-Identifier: MIT */
/* The inside of the simulated board: one struct that the board's own files and its chip's share.
 * Nothing outside transport/sim/ includes this; users see board.h.
 *
 * board.c, boards.c what a spec means; power.c supply and resets; run.c virtual time that passes,
 * time.c what it is now; swo.c the trace wire; second_core.c the other core of a chip that has two;
 * sw_dp.c, ahb_ap.c, debug_bus.c what is at the wires; wires.c the wires themselves; faults.c,
 * fault_table.c, preloaded_programs.c, controls.c what a tester does to the board. */
#ifndef PROBED_SIM_BOARD_INTERNAL_H
#define PROBED_SIM_BOARD_INTERNAL_H

#include "sim/board/board.h"
#include "sim/cpu/cpu.h"
#include "sim/stm32/chip.h"

#define SIM_NEVER UINT64_MAX
#define SIM_PS_PER_US 1000000ull
#define SIM_PS_PER_NS 1000ull

/* --- the board as a table (boards.c) --- */

struct sim_board_model {
    const char *name;  /* in a spec */
    const char *title; /* on the box */
    const struct sim_chip *chip;
    bool unfinished;  /* found by those who know its name; not listed */
    uint32_t hse_khz; /* its crystal; 0: none */
    uint16_t
        pulled_up[SIM_PORTS_MAX]; /* pins that read 1 when nothing drives them; others read 0 */
};

extern const struct sim_board_model sim_board_models[];
extern const size_t sim_board_model_count;

/* --- debug port --- */

enum sim_link_state {
    SIM_LINK_DEAF,  /* JTAG selected, or out of step: nothing but a line reset is understood */
    SIM_LINK_RESET, /* after a line reset: only a read of DPIDR is */
    SIM_LINK_ACTIVE,
};

struct sim_link {
    enum sim_link_state state;
    uint32_t ctrl_stat, select, wcr;
    uint32_t rdbuff;    /* result of the last AP read */
    uint32_t last_read; /* what RESEND repeats */
    bool read_ok;
    bool alike; /* a second chip of the kind would have the same in its RDBUFF.. */
    bool said;  /* ..and in what was read last */
};

enum { SIM_DEBUG_UNITS = 12 };

struct sim_ahb_ap {
    uint32_t csw, tar;
    /* A transfer that the bus has not answered yet. */
    bool pending, pending_read, pending_increments;
    uint32_t pending_address, pending_value;
    unsigned pending_width;
};

/* --- the trace wire --- */

enum { SIM_SPOILED_MAX = 32 };
enum { SIM_SWO_LINE = 32 };

struct sim_swo {
    uint8_t *received; /* a ring, NULL while nobody listens: what is too much for it is lost */
    size_t capacity, first, count;
    uint64_t bit_ps; /* of the receiver */
    /* Where the rates differ: the characters sent last, and from when on it looks for another. */
    struct sim_swo_character {
        uint64_t begin_ps, bit_ps; /* the latter 0: none */
        uint8_t byte;
    } line[SIM_SWO_LINE];
    unsigned next;
    uint64_t listens_ps;
};

/* --- the tester's side --- */

/* Small programs that are in flash when the board comes to the tester. */
enum sim_preloaded_program {
    SIM_PROGRAM_NONE,
    SIM_PROGRAM_RUNS, /* as a healthy one does */
    SIM_PROGRAM_SWJ_OFF,
    SIM_PROGRAM_SLEEP,
    SIM_PROGRAM_STOP,
    SIM_PROGRAM_STANDBY,
    SIM_PROGRAM_RESET_LOOP,
    SIM_PROGRAM_LOCKUP,
};

/* What stands between the probe and the chip, if it is not just wire. */
struct sim_wires {
    bool deaf;        /* no packet gets through */
    bool low;         /* the probe then reads 0s, not 1s */
    bool resets_chip; /* what the probe drives pulls at NRST */
    uint32_t lost_per_mille, garbled_per_mille;
    bool two_chips;       /* another one answers at the same time */
    uint32_t other_dpidr; /* its DPIDR; 0: the same */
};

struct sim_faults {
    uint32_t seed; /* of everything that is drawn */
    bool noack, nrst_open, nrst_clone, nrst_low, no_debug_power, closed;
    const struct sim_clone *clone; /* NULL: a genuine chip */
    struct sim_wires wires;
    const char *wiring; /* which fault of the table made these; NULL: none */
    bool vtref_set;     /* the supply, to this: */
    uint32_t vtref_mv;  /* the supply */
    bool sense_set;     /* the probe's sense pin sees something else: */
    uint32_t sense_mv;
    enum sim_probe_trouble probe_trouble;
    bool flash_size_set;
    uint16_t flash_size; /* what the size register says */
    uint32_t noise;      /* one access in so many; 0: none */
    uint32_t noise_state;
    uint32_t wires_khz;    /* so long that they garble above this clock; 0: short */
    uint64_t vanish_after; /* SWD packets left; 0: stays */
    enum sim_preloaded_program program;
    uint8_t *first_page; /* of flash, before a program took its place; the chip's page_size */
};

/* --- the chip at run time --- */

/* A peripheral and what is in it. */
struct sim_part {
    struct sim_board *board;
    const struct sim_peripheral *row;
    void *state;
    struct sim_part *next_synced;
    uint64_t listens_to; /* which signals start it: triggers.c */
    uint32_t irqs_high;  /* which of its interrupts it raises */
    /* Who used it without a clock since the last reset. */
    struct sim_misuse {
        uint8_t seen, due; /* not said yet */
        uint32_t pc;       /* where the program did */
    } misuse;
};

struct sim_board {
    const struct sim_board_model *model;
    const struct sim_chip *chip;
    struct sim_chip resized; /* that one, if its flash has another size than the model's */
    struct sim_bus bus;
    struct sim_cpu *cpu;
    struct sim_cpu *second; /* NULL: the chip has one core */

    uint8_t *memory[SIM_MEMORIES_MAX]; /* as chip->memories */
    struct sim_part *parts;            /* as chip->peripherals */
    struct sim_part *rcc, *flash, *dbgmcu, *exti, *pwr, *dma,
        *ports[SIM_PORTS_MAX];     /* of these; a port may be NULL */
    struct sim_part *last_used;    /* of these; may be NULL */
    struct sim_part *first_synced; /* of these: those that do something by themselves */
    uint64_t parts_event_ps;       /* when the first of them does, */
    bool parts_touched;            /* unless something was done to one since */
    bool halted;                   /* the core, when they were last looked at: it freezes some */
    uint64_t listened_to;          /* which signals of theirs start another */
    /* As chip->gates; those of the second core, too. */
    uint32_t enables[SIM_GATES_MAX], resets[SIM_GATES_MAX], second_enables[SIM_GATES_MAX];
    enum sim_memory_kind booted;  /* from which memory: BOOT0 at the last reset said it */
    enum sim_memory_kind at_zero; /* what stands at address 0: that one, until the program remaps */
    bool debugger;                /* the bus access under way comes from the AHB-AP */
    bool debugger_seen;           /* there was one since power-on */
    bool backup_open;             /* PWR: the backup domain may be written */
    bool standby_chosen;          /* PWR: deep sleep is Standby, not Stop */
    bool remarks_due;
    struct sim_unmodelled { /* what the program used of that since the last reset */
        uint32_t seen;      /* a bit a range */
        bool due;           /* not said yet: */
        uint32_t pc, address;
    } unmodelled;
    uint8_t irqs_high[SIM_IRQ_WORDS * 32];   /* how many parts raise each */
    uint32_t analog_mv[SIM_ANALOG_CHANNELS]; /* what the ADC's channels measure */
    bool spi_loop;                           /* a wire from MOSI to MISO */

    struct sim_link link;
    struct sim_swo swo;
    struct sim_ahb_ap aps[SIM_APS];
    uint32_t debug_units[SIM_DEBUG_UNITS]; /* their first registers */
    struct sim_faults faults;
    struct sim_spoiled {
        uint32_t offset; /* of the flash as it was seen */
        bool corrected;
    } spoiled[SIM_SPOILED_MAX]; /* flash_ecc.c */
    unsigned spoiled_count;

    bool switched_on; /* the supply's switch */
    bool powered;     /* switch and a voltage the chip runs at */
    bool plugged;     /* the probe in its host */
    bool nrst_probe;  /* the probe pulls */
    bool nrst_button; /* a finger presses */
    bool nrst_low;    /* what the chip's pin sees */
    bool boot0;
    enum sim_mode { SIM_MODE_RUN, SIM_MODE_STOP, SIM_MODE_STANDBY } mode;
    bool clocks_stopped;              /* all but those of LSI and LSE: in the two latter modes */
    uint64_t clocks_stopped_ps;       /* since when */
    uint64_t clocks_lag_ps;           /* how much time they missed before */
    bool reset_wanted;                /* by something inside the chip, for this reason: */
    enum sim_reset_cause reset_cause; /* of the last one, or that */
    struct sim_driven {
        uint16_t pins, levels; /* one bit a pin */
    } driven[SIM_PORTS_MAX];   /* from outside, by hand */
    enum sim_pace pace;
    uint32_t swclk_khz;

    /* Time in picoseconds: a cycle at 72 MHz is no whole number of anything coarser. The core runs
     * in slices; it may end one a few cycles late, so it has a time of its own. */
    uint64_t now_ps;
    bool core_runs;        /* inside sim_cpu_run(): time follows the core's cycles */
    uint64_t core_ps;      /* time at core_cycles */
    uint64_t slice_end_ps; /* when it ends by itself */
    uint64_t core_cycles;
    uint32_t core_khz;
};

/* --- time.c, run.c --- */

uint64_t sim_cycles_to_ps(uint64_t cycles, uint32_t khz);
/* Now, also in the midst of an instruction. */
uint64_t sim_now_ps(const struct sim_board *board);
/* The running core waits for the bus until then. */
void sim_stall_core(struct sim_board *board, uint64_t until_ps);
/* How much time the chip has had without its clocks. */
uint64_t sim_clocks_lag_ps(const struct sim_board *board);
/* Lets the running core return if something happens before it would. */
void sim_expect_event(struct sim_board *board, uint64_t at_ps);
/* Something was done to a peripheral: when it next does something itself is not known. */
void sim_parts_touched(struct sim_board *board);
/* The core clock may have changed: RCC knows. */
void sim_clock_changed(struct sim_board *board);
/* Lets virtual time pass. */
void sim_advance_ps(struct sim_board *board, uint64_t ps);

/* --- power.c --- */

/* Something on the outside changed: switch, voltage, NRST. */
void sim_pins_changed(struct sim_board *board);
/* The probe loses its host: it is gone, and drives nothing any more. */
void sim_unplug(struct sim_board *board);
/* Resets the chip but for what only power resets; the core too. */
void sim_chip_reset(struct sim_board *board, enum sim_reset_cause cause);
/* The same for the core: see struct sim_bus. */
void sim_system_reset(void *board);

void sim_reset_if_wanted(struct sim_board *board);

/* --- reset.c --- */

/* Something inside the chip resets it, before the next instruction. */
void sim_reset_request(struct sim_board *board, enum sim_reset_cause cause);
/* One of the events that wake from Standby came: a reset, if it is in it. */
void sim_standby_wake(struct sim_board *board);

/* --- low_power.c --- */

/* Enters Stop or Standby, or leaves Stop, as the core's sleep says. True: it did. */
bool sim_mode_update(struct sim_board *board);
/* A reset ends them all. */
void sim_mode_reset(struct sim_board *board);
bool sim_mode_core_stands(const struct sim_board *board);
bool sim_mode_link_alive(const struct sim_board *board);
/* See struct sim_bus. */
void sim_deep_sleep(void *board);

/* --- sw_dp.c, ahb_ap.c --- */

void sim_link_power_up(struct sim_board *board);
void sim_link_line_reset(struct sim_board *board);
enum swd_ack sim_link_packet(struct sim_board *board, bool ap, bool read, uint8_t reg,
                             uint32_t *value);

void sim_ap_power_up(struct sim_board *board);
/* One AP register access; a read leaves its result in link.rdbuff when it is complete. */
void sim_ap_access(struct sim_board *board, unsigned number, uint8_t reg, bool read,
                   uint32_t value);
/* Finishes a transfer under way unless the bus still stalls it. */
void sim_ap_complete(struct sim_board *board);
bool sim_ap_pending(const struct sim_board *board);
void sim_ap_abort(struct sim_board *board);

/* --- debug_bus.c --- */

/* By an access port that is not a core's. False: bus error. */
bool sim_extra_ap_read(struct sim_board *board, const struct sim_extra_ap *ap, uint32_t address,
                       unsigned width, uint32_t *value);
bool sim_extra_ap_write(struct sim_board *board, const struct sim_extra_ap *ap, uint32_t address,
                        unsigned width, uint32_t value);

/* --- swo.c --- */

/* See struct sim_bus. */
void sim_swo_put(void *board, uint8_t byte, uint64_t after, uint32_t bit_cycles);

/* --- second_core.c --- */

/* The chip's other core, if it has one; all else: nothing happens. False: out of memory. */
bool sim_second_create(struct sim_board *board);
void sim_second_reset(struct sim_board *board, enum sim_reset kind);
/* It does what takes so many cycles of its clock, which is the first core's. */
void sim_second_run(struct sim_board *board, uint64_t cycles);
/* It is there, and was let go since the reset. */
bool sim_second_runs(const struct sim_board *board);
bool sim_second_is_idle(const struct sim_board *board);

/* --- faults.c, fault_table.c --- */

enum sim_fault_value {
    SIM_NO_VALUE,
    SIM_COUNT,
    SIM_KHZ,
    SIM_VOLTS,
    SIM_KIND, /* of a clone, or none */
};

/* A fault by name. */
struct sim_fault {
    const char *name;
    enum sim_fault_value kind;
    uint32_t least, most; /* of a value; millivolts for SIM_VOLTS */
    void (*set)(struct sim_board *board, bool on, uint32_t value);
    bool (*is_set)(const struct sim_board *board);
    bool (*is_possible)(const struct sim_board *board); /* NULL: always */
};
extern const struct sim_fault sim_faults[];
extern const size_t sim_fault_count;

void sim_faults_init(struct sim_board *board);
/* "+NAME[=N]" sets, "-NAME" clears; false: `error` says why not and lists what there is. */
bool sim_fault_apply(struct sim_board *board, const char *word, char *err, size_t error_size);
/* Names of the faults that are set, in one line. */
void sim_faults_list(const struct sim_board *board, char *text, size_t size);

/* --- wires.c --- */

/* From `least` to `most`, by the board's seed and the name of what is drawn. */
uint32_t sim_draw(const struct sim_board *board, const char *what, uint32_t least, uint32_t most);
void sim_wires_restart(struct sim_faults *faults);
/* Decides about one packet. */
enum sim_carried { SIM_CARRIED, SIM_LOST, SIM_GARBLED };
enum sim_carried sim_wires_carry(struct sim_board *board);
/* Whether two chips of a kind have the same in that register of an access port. */
bool sim_wires_alike(const struct sim_board *board, unsigned ap, uint8_t reg);
/* What the probe sees of a register that a second chip answers for, too: SWD_OK or SWD_PARITY. */
enum swd_ack sim_wires_mix(const struct sim_board *board, bool ap, uint8_t reg, uint32_t *value);

/* --- preloaded_programs.c --- */

/* Puts a small program into the first page of flash (or takes it out again). */
void sim_preloaded_program(struct sim_board *board, enum sim_preloaded_program program);
/* The bootloader's place holds a program too: a loop. */
void sim_preloaded_bootloader(struct sim_board *board);

#endif

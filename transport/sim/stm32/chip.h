/* SPDX-License-Identifier: MIT */
/* A simulated chip as a table: what its manuals say of it, nothing that happens in it. Another chip
 * is another row of constants (f103.c) and, where its controllers are new, a file for each. What
 * happens is in struct sim_board; the two meet in the functions that the tables name.
 *
 * No table is shared with targets/: a mistake there has to show here. */
#ifndef PROBED_SIM_CHIP_H
#define PROBED_SIM_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/cpu/cpu.h"

struct sim_board;
struct sim_part;

enum {
    SIM_GATES_MAX = 10,
    SIM_MEMORIES_MAX = 10,
    SIM_PORTS_MAX = 11,
    SIM_PINS = 16,
    SIM_DMA_LINES = 6,
    SIM_ANALOG_CHANNELS = 18
};
enum { SIM_OSCILLATORS_MAX = 10, SIM_RCC_PLAIN_MAX = 12 }; /* with the empty one at the end */
enum { SIM_APS = 4 };                                      /* access ports */
enum { SIM_PA, SIM_PB, SIM_PC, SIM_PD, SIM_PE, SIM_PF, SIM_PG, SIM_PH, SIM_PI, SIM_PJ, SIM_PK };

/* --- memories --- */

enum sim_memory_kind {
    SIM_NO_MEMORY,
    SIM_FLASH,   /* the program's */
    SIM_RAM,     /* scrambled by power-on */
    SIM_SYSTEM,  /* bootloader, size register, unique id: read-only */
    SIM_OPTIONS, /* option bytes */
    SIM_OTP,
    SIM_EEPROM, /* data that is written without an erase */
};

struct sim_memory {
    enum sim_memory_kind kind;
    uint32_t start, size; /* bytes */
};

/* The same memory once more, for reading. */
struct sim_alias {
    uint32_t start, size, shows; /* size 0: no more */
};

/* Addresses from `start` to below `end`. */
struct sim_range {
    uint32_t start, end;
};

/* --- peripherals --- */

/* A kind of peripheral: registers by word offset. */
struct sim_device {
    size_t state_size; /* of what is behind sim_part.state; all 0 at first */
    /* False: bus error. */
    bool (*read)(struct sim_part *part, uint32_t offset, uint32_t *value);
    bool (*write)(struct sim_part *part, uint32_t offset, uint32_t value);
    void (*reset)(struct sim_part *part);
    /* NULL, or what only power-on resets. */
    void (*power_on)(struct sim_part *part);
    /* Catches up with now; returns the time of its next own event or SIM_NEVER. NULL: has none. */
    uint64_t (*sync)(struct sim_part *part, uint64_t now_ps);
    /* NULL, or what an edge of a signal that it listens to does: triggers.c. */
    void (*trigger)(struct sim_part *part, uint64_t signal);
    bool off_reads_true; /* without a clock it reads as 0, as it would with one: no remark */
    bool always_on;      /* its clock is LSI, LSE or its own: it goes on in Stop and Standby */
    bool backed_up;      /* in the backup domain: only its own reset and power reset it: power_on */
};

/* Which of the chip's registers of clock gates, and which bit there; its reset has the same bit. */
struct sim_gate {
    uint8_t reg, bit;
};
#define SIM_UNGATED      \
    {                    \
        SIM_GATES_MAX, 0 \
    }

/* Clocks that peripherals count by. */
enum sim_clock { SIM_HCLK, SIM_PCLK1, SIM_PCLK2, SIM_TIMCLK1, SIM_TIMCLK2, SIM_ADCCLK };

/* One on this chip. */
struct sim_peripheral {
    const char *name;
    uint32_t base;
    const struct sim_device *device;
    struct sim_gate gate;
    uint8_t unit; /* of its kind: port B is 1 */
    uint8_t irq;
    const uint8_t *irqs; /* if there are several, in the order of its kind */
    enum sim_clock clock;
    struct sim_freeze { /* the bit of DBGMCU that stops it while the core is halted; */
        uint8_t offset; /* of the register; 0: there is none */
        uint8_t bit;
    } freeze;
    uint8_t dma[SIM_DMA_LINES]; /* channels of its requests, from 1, in the order of its kind */
    const void *facts;          /* what else its kind wants to know of it */
};

/* A register of RCC that gives clocks, and the one beside it that resets. */
struct sim_gate_register {
    const char *name;      /* "APB2ENR" */
    uint8_t enable, reset; /* offsets in RCC; reset 0: there is none */
    uint32_t bits;         /* that the chip has of both */
    uint32_t at_reset;     /* clocks that are on after a reset */
    uint16_t second;       /* the second core's, one of the two is enough; 0: there is none */
};

/* --- what the board asks of a family's controllers --- */

enum sim_reset_cause {
    SIM_CAUSE_POWER,
    SIM_CAUSE_PIN,
    SIM_CAUSE_SOFTWARE,
    SIM_CAUSE_OPTIONS, /* they were to be loaded */
    SIM_CAUSE_IWDG,
    SIM_CAUSE_WWDG,
    SIM_CAUSE_LOW_POWER, /* Stop or Standby was entered, and option bytes forbid it */
    SIM_CAUSE_STANDBY,   /* out of it */
    SIM_CAUSES
};

/* An oscillator or a PLL, by its bits of RCC_CR, or of a plain register; on 0: no more. The first
 * is the internal one that a reset chooses. */
struct sim_oscillator {
    uint32_t on, ready;
    uint8_t reg;     /* offset of the plain register; 0: in CR */
    bool is_crystal; /* the board has it, or it never gets ready */
    bool is_source;  /* of the system clock, as CFGR.SW says: */
    uint8_t sw;
    uint8_t flag; /* its bit in CIR */
    /* Of a source: how fast it is, or what says so; else a crystal is as fast as the board's. */
    uint32_t khz;
    uint32_t (*khz_now)(const struct sim_board *board);
};
enum { SIM_LSI_FLAG, SIM_LSE_FLAG };

/* Registers of RCC that keep what is written, but for bits that stay as a reset leaves them;
 * writable 0: no more. */
struct sim_rcc_plain {
    uint16_t first, last; /* offsets */
    uint32_t reset, writable;
};

/* Where a family has what rcc.c does: offsets of registers, bits in them. */
struct sim_rcc_family {
    uint8_t cr, cfgr, bdcr, csr;
    uint32_t cr_reset, cr_writable;
    struct sim_oscillator oscillators[SIM_OSCILLATORS_MAX];
    uint8_t sw_bits;                    /* of CFGR.SW, from bit 0; SWS stands above it */
    uint32_t cfgr_reset, cfgr_writable; /* what is not writable stays */
    uint8_t cfgr2;                      /* where the prescalers are; 0: in CFGR, too */
    uint32_t cfgr2_writable;
    uint8_t hpre, ppre1, ppre2;  /* their lowest bits there */
    uint32_t bdcr_writable;      /* but for BDRST */
    uint32_t bdcr_lsi;           /* LSION, if it is there; its ready bit stands above it */
    uint32_t csr_remove;         /* RMVF */
    uint32_t csr_power_on;       /* what power puts there */
    uint32_t csr_backed_up;      /* what a family without BDCR has in CSR */
    uint32_t csr_lse;            /* of that: LSEON */
    uint32_t csr_flags;          /* all that tell of resets, */
    uint32_t causes[SIM_CAUSES]; /* and what each one sets */
    uint8_t flags_at;            /* the register that has them; 0: CSR */
    struct sim_rcc_plain plain[SIM_RCC_PLAIN_MAX];
    uint32_t rtc_hse_divider;
    uint8_t adcpre; /* its lowest bit in CFGR; 0: elsewhere */
    uint8_t cir;    /* flags, above them enables, above them what clears; 0: none of that kind */
    uint32_t lsi_hz;
};
#define SIM_BDCR_BDRST (1u << 16)

struct sim_rcc_kind {
    const struct sim_device *device;
    uint32_t (*khz)(const struct sim_board *board, enum sim_clock clock);
    void (*note_reset)(struct sim_board *board, enum sim_reset_cause cause);
    /* Out of Stop the core runs by the internal oscillator. */
    void (*after_stop)(struct sim_board *board);
    uint32_t (*rtc_hz)(const struct sim_board *board);
    const struct sim_rcc_family *family; /* for rcc.c, whose those above are */
};

/* Registers that tell what ECC found, for flash_ecc.c. */
struct sim_ecc_registers {
    uint8_t unit;           /* bytes that have an ECC together; 0: there are none */
    uint16_t first, second; /* offsets; second 0: there is one alone */
    bool by_kind;           /* the second is of errors that were not corrected, not of bank 2 */
    bool banks;             /* they count in the bank, */
    uint32_t bank;          /* and have a bit for the second one */
    uint8_t address_shift;  /* they count in units of so many bits of the address */
    uint32_t irq_enable;
};

/* Where a family has what flash.c does: offsets of registers, bits in them. */
struct sim_flash_registers {
    uint8_t acr, keyr, sr, cr;
    uint32_t acr_reset, acr_writable;
    uint32_t busy, done, errors; /* of SR */
    uint32_t operation_error;    /* of SR: any error, if its interrupt is on; 0: there is none */
    uint32_t start, lock, done_irq, error_irq; /* of CR */
    bool done_needs_irq;                       /* done only tells those who want its interrupt */
    uint32_t keys[2];
    bool opens_twice; /* right keys while it is open are no error */
    struct sim_ecc_registers ecc;
};

/* How the families differ whose controller is that of the F1, for f1_flash.c and f1_options.c. */
struct sim_fpec_family {
    uint8_t open, sealed;           /* bytes RDP; sealed 0: there is no level 2 */
    uint8_t user_shift, data_shift; /* in OBR */
    uint8_t user;                   /* bits of the byte USER that the chip has */
    uint32_t ones;                  /* bits of OBR that are always 1 */
    bool keeps_until_power;         /* read protection ends with power only */
    bool reset_loads;               /* any reset does; else only power and OBL_LAUNCH */
    bool launches;                  /* CR.OBL_LAUNCH loads the option bytes and resets */
    bool keeps_out;                 /* level 1: from everyone once a debugger was there */
};

/* User options, as the option bytes of most families have them in a row. */
enum { SIM_WDG_SW = 1, SIM_NRST_STOP = 2, SIM_NRST_STDBY = 4, SIM_USER_OPTIONS = 7 };

/* How those differ whose controller is that of the F4, for f4_flash.c and f4_options.c. */
struct sim_f4_family {
    uint32_t optcr, optcr1;     /* bits that the chip has */
    uint32_t factory, factory1; /* of these, as it leaves the factory */
    bool two_banks;             /* OPTCR1 has the second one's write protection.. */
    bool boots;                 /* ..or the boot addresses, of a Cortex-M7 */
    bool pcrop;                 /* OPTCR.SPRMOD */
    uint8_t smallest_kib;       /* sector: four of them, one of four times, more of eight times */
    uint8_t otp_block;          /* bytes */
    const uint16_t (*erase_ms)[4]; /* of these three, and of a mass erase for each large one */
};

/* How those differ whose controller is that of the L0 and L1, for l0_flash.c and l0_options.c. */
struct sim_l0_family {
    uint32_t optr;         /* bits that the chip has */
    uint32_t factory_user; /* its upper half, as it leaves the factory */
    uint8_t wrp_words;     /* option bytes of write protection: 16 sectors each */
    bool refuses_not_zero; /* a word that is not erased is not programmed: NOTZEROERR */
    bool counts_words;     /* of a half page, whatever their addresses */
    bool refuses_fetches;  /* ..and none of it from flash by a program that runs there: FWWERR */
};

/* How those differ whose controller is that of the L4, for l4_flash.c and l4_options.c. */
enum { SIM_L4_OPTIONS = 14 };
struct sim_l4_family {
    uint32_t program_ns, page_erase_ns, mass_erase_ns;
    uint32_t page_bits; /* of a page's number in its bank, in PNB */
    uint32_t cr_kept;   /* bits of CR that keep what is written */
    uint32_t bker;      /* of CR: the second bank is meant; 0: there is none */
    uint32_t two_banks; /* bit of OPTR: it is so; 0: it never is */
    uint32_t nswap;     /* ..: if clear, the second shows first; 0: it never does */
    uint32_t empty;     /* of ACR: the flash was found empty; 0: nobody looks */
    uint8_t nrst_stop;  /* bit of OPTR, nRST_STDBY above it */
    uint8_t secr;       /* which of options[]; 0: none has BOOT_LOCK */
    /* Of OPTR: the bit nBOOT0 counts, not the pin, if by_option is set, or by_pin is not. */
    struct {
        uint32_t by_option, by_pin, nboot0, nboot1;
    } boot;
    /* Flash from a page on is the second core's: SFR and SRRVR, of options[], and bits of SFR; sfr
     * 0: there is no such thing. */
    struct {
        uint8_t sfr, srrvr;
        uint32_t sfsa, fsd;
    } secure;
    bool optverr_at_reset; /* ES0394, 2.2.9 */
    struct {
        uint8_t offset; /* of the register; bits 0: no more */
        uint32_t bits, factory;
    } options[SIM_L4_OPTIONS]; /* OPTR, PCROP1SR, PCROP1ER, WRP1AR, WRP1BR; alike of a second
                                * bank; others */
};

/* How those differ whose controller is that of the H5, for h5_flash.c and h5_options.c. */
enum { SIM_H5_OPTIONS = 13 };
struct sim_h5_family {
    uint32_t sectors_a_bit; /* of write protection */
    struct {
        uint16_t
            offset; /* of the register in force, below that which is programmed; bits 0: none */
        uint32_t bits, factory;
    } options[SIM_H5_OPTIONS]; /* in the order of h5_flash_internal.h */
};

struct sim_flash_kind {
    const struct sim_device *device;
    const struct sim_flash_registers *registers;
    const struct sim_fpec_family *fpec; /* of those that have it */
    const struct sim_f4_family *f4;     /* of those that have that one */
    const struct sim_l0_family *l0;     /* of those that have that one */
    const struct sim_l4_family *l4;     /* of those that have that one */
    const struct sim_h5_family *h5;     /* of those that have that one */
    bool hides_size;                    /* the size register reads as 0 under read protection */
    /* Offsets of registers whose writes stall while the controller is busy; 0: no more. */
    uint8_t stalling[2];
    /* Option bytes as the chip leaves the factory; everything else is erased. */
    void (*factory)(struct sim_board *board);
    /* NULL: the pin BOOT0 says whether it starts from SIM_FLASH or SIM_SYSTEM; else what does. */
    enum sim_memory_kind (*boots)(const struct sim_board *board);
    /* What a reset loads from the option bytes. */
    void (*load_options)(struct sim_board *board, bool power_on);
    bool (*is_protected)(const struct sim_board *board);
    /* NULL, or whether protection is so strong that no debugger gets in. */
    bool (*is_sealed)(const struct sim_board *board);
    /* Read protection as by magic: no erase, no reset. For the fault `locked`. */
    void (*set_protection)(struct sim_board *board, bool protect);
    /* The same for the level that is for ever (`locked2`), and for the first blocks of flash
     * against writing (`write-protected`); NULL: there is no such thing. */
    void (*seal)(struct sim_board *board);
    void (*protect_writing)(struct sim_board *board, bool protect);
    bool (*protects_writing)(const struct sim_board *board); /* any of it */
    /* NULL, or so much of flash is for everyone; what is behind reads as 0. */
    uint32_t (*open_flash)(const struct sim_board *board);
    /* May the access under way read the program's flash? */
    bool (*readable)(const struct sim_board *board);
    /* SIM_WDG_SW.., as the option bytes say; NULL: all of them. */
    uint32_t (*user_options)(const struct sim_board *board);
    /* Until when an access to flash or option bytes stalls; 0: not at all. */
    uint64_t (*busy_until)(const struct sim_board *board);
    /* NULL, or the same for an access to the program's flash, where its banks are busy apart. */
    uint64_t (*stalls_until)(const struct sim_board *board, uint32_t offset, bool read);
    /* NULL, or whether the cells that are read there have lost what they held: bus error. */
    bool (*read_fails)(struct sim_board *board, uint32_t offset);
    bool (*any_fails)(const struct sim_board *board); /* that there are some */
    /* NULL, or the ECC of the cells there is wrong from now on, as by magic; of which `registers`
     * have an ECC, flash_ecc.c does it. */
    void (*spoil)(struct sim_board *board, uint32_t offset);
    /* NULL, or FB_MODE: the program wants the second of two banks to show first. */
    void (*show_second_first)(struct sim_board *board, bool second);
    /* A data write to one of its memories. False: bus error. */
    bool (*write)(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                  unsigned width, uint32_t value);
};

enum sim_pin_kind {
    SIM_PIN_ANALOG,
    SIM_PIN_FLOATING,
    SIM_PIN_PULL_UP,
    SIM_PIN_PULL_DOWN,
    SIM_PIN_RESERVED,
    SIM_PIN_OUTPUT,
    SIM_PIN_OPEN_DRAIN,
    SIM_PIN_ALTERNATE,
    SIM_PIN_ALTERNATE_OPEN_DRAIN,
    SIM_PIN_DEBUG, /* belongs to the debug port, whatever its configuration says */
};

/* A pin as the program has set it up. */
struct sim_pin {
    enum sim_pin_kind kind;
    bool high; /* an output's level; of the debug port's: where it is pulled */
};

struct sim_gpio_kind {
    const struct sim_device *device;
    struct sim_pin (*pin)(const struct sim_board *board, unsigned port, unsigned pin);
    /* Do the pins still reach the SW-DP? */
    bool (*swd_reachable)(const struct sim_board *board);
    bool no_jtag;         /* the debug port has two pins */
    bool analog;          /* pins are, from the start.. */
    uint32_t inputs_of_a; /* ..but for those of port A: their bits in MODER */
};

/* The MCU debug component: registers by word offset, IDCODE first. */
enum { SIM_DBGMCU_REGISTERS = 22 };
struct sim_dbgmcu_facts {
    uint32_t idcode;
    bool hidden_from_program; /* it reads IDCODE as 0 */
    bool gated;               /* all but IDCODE want a clock: */
    struct sim_gate gate;
    uint32_t writable[SIM_DBGMCU_REGISTERS];
    /* What CR must say before TRACESWO is at its pin; all 0: nothing. */
    struct {
        uint32_t mask, value;
    } trace_pin;
    uint32_t (*access_ports)(const struct sim_board *board); /* NULL, or what DBGMCU_SR says */
};

/* What is sold with the chip's name on it: what a debugger sees that differs. */
struct sim_clone {
    const char *name; /* in `clone=NAME`; NULL: no more */
    const struct sim_core_model *core;
    struct sim_integration integration;
    uint32_t dpidr;
    uint32_t idcode; /* of DBGMCU */
    bool ram_above;  /* the KiB of RAM stand above those of flash */
    bool size_unset; /* the size register reads as 0 */
};

/* How a program takes the debug pins away: what it writes to a register that gives a clock, and
 * then to the one of the pins: all inputs, unless a chip has a bit for it. */
struct sim_pins_off {
    uint32_t enable, clock;
    uint32_t pins, off;
};

/* How a program chooses Standby: bits of PWR, behind a clock. */
struct sim_standby {
    uint32_t enable, clock;   /* the register of clocks, and the bit there */
    uint32_t select, standby; /* the one of PWR; its bits; 0: not modelled */
};

/* Another core of the chip, behind AP 1: memories and peripherals are the same, but interrupts go
 * to the first core alone. */
struct sim_second_core {
    const struct sim_core_model *core; /* NULL: there is none */
    struct sim_integration integration;
    uint32_t ap_idr, ap_base;
    /* The first one let it run since the reset: until then it is held, and its AP refuses. */
    bool (*booted)(const struct sim_board *board);
};

/* What hangs on a bus for debugging alone, seen by an access port of its own: CoreSight units by
 * their identification, with the first register, and ROM tables. */
struct sim_debug_unit {
    uint32_t base; /* 0: no more */
    uint16_t designer, part;
    uint8_t class;
    const uint32_t *table; /* of a ROM table: addresses of what it lists; ends with 0 */
};

/* An access port besides the cores'. */
struct sim_extra_ap {
    uint32_t idr, base;                 /* idr 0: it is not there */
    const struct sim_debug_unit *units; /* NULL: it leads to the bus matrix, to no core's own */
    uint32_t dbgmcu;                    /* where DBGMCU is seen there */
};

/* --- the chip --- */

struct sim_chip {
    const char *name;
    const struct sim_core_model *core;
    struct sim_integration integration;
    uint32_t dpidr;
    uint32_t ap_idr, ap_base; /* of the core's AP, which is AP 0; base: the ROM table */
    unsigned core_ap;         /* or that one */
    bool (*core_open)(const struct sim_board *board); /* NULL, or the product lets debuggers in */
    const struct sim_clone *clones;                   /* NULL: none is known */
    bool can_be_closed;                               /* without its debug port falling silent */
    uint32_t power_on_mv;                             /* V(POR) */

    struct sim_memory memories[SIM_MEMORIES_MAX];
    /* NULL: what was booted from stands at 0, too. A Cortex-M7 has a memory of its own there, a
     * Cortex-M33 has nothing, and these. */
    const struct sim_alias *aliases;
    uint32_t size_register, unique_id; /* addresses, in system memory */
    uint32_t unique_id_third;          /* offset of its last word; 0: behind the others */
    uint32_t page_size;                /* the smallest that can be erased: the first one of flash */
    uint32_t most_flash;               /* bytes a board may ask for; 0: what memories say */

    const struct sim_peripheral *peripherals;
    size_t peripheral_count;
    /* Those that the chip has and the simulation has no model of; ends with an empty one. */
    const struct sim_range *unmodelled;
    uint32_t ahb_start; /* peripherals below hang on bridges to APB */

    struct sim_gate_register gates[SIM_GATES_MAX];
    const struct sim_rcc_kind *rcc;
    const struct sim_flash_kind *flash;
    const struct sim_gpio_kind *gpio;
    /* Which port feeds a line of EXTI; NULL: no EXTI is modelled. */
    unsigned (*exti_port)(const struct sim_board *board, unsigned line);
    struct sim_dbgmcu_facts dbgmcu;
    struct sim_pins_off pins_off;
    struct sim_standby standby;
    struct sim_second_core second;
    struct sim_extra_ap aps[SIM_APS]; /* by their numbers; those of cores are empty here */
};

extern const struct sim_chip sim_chip_f031x6, sim_chip_f072rb, sim_chip_f103c8, sim_chip_f205vg,
    sim_chip_f303k8, sim_chip_f401cc, sim_chip_f411ce, sim_chip_f429zi, sim_chip_f446re,
    sim_chip_f746zg, sim_chip_c031c6, sim_chip_g071rb, sim_chip_g0b1re, sim_chip_g431kb,
    sim_chip_h563zi, sim_chip_h743zi, sim_chip_l053r8, sim_chip_l152rc, sim_chip_l152re,
    sim_chip_l476rg, sim_chip_u575zi, sim_chip_wb55rg, sim_chip_wl55jc;

#endif

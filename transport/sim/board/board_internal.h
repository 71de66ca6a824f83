/* SPDX-License-Identifier: MIT */
/* The inside of the simulated board: one struct that the board's own files share. Nothing outside
 * transport/sim/ includes this; users see board.h. The chip is an STM32F103C8 (RM0008, PM0075).
 *
 * board.c power, reset, pins, virtual time; link.c SW-DP; ahb_ap.c AHB-AP; stm32f1_map.c the bus;
 * peripherals.c clock gates; stm32f1_flash.c, stm32f1_options.c flash controller; rcc.c, gpio.c,
 * usart.c, tim.c, dbgmcu.c peripherals; pins.c what is at their pins; faults.c, bench_programs.c,
 * controls.c what a tester does to the board. */
#ifndef PROBED_SIM_BOARD_INTERNAL_H
#define PROBED_SIM_BOARD_INTERNAL_H

#include "sim/board/board.h"
#include "sim/cpu/cpu.h"

#define SIM_NEVER UINT64_MAX
#define SIM_PS_PER_US 1000000ull

enum {
    SIM_FLASH_SIZE = 64 * 1024,
    SIM_PAGE_SIZE = 1024,
    SIM_SRAM_SIZE = 20 * 1024,
    SIM_SYSTEM_SIZE = 2 * 1024,
    SIM_OPTION_SIZE = 16,
    SIM_UART_CAPACITY = 16 * 1024,
    SIM_UART_INPUT = 256,
};

/* --- parts of the chip --- */

struct sim_flash {
    uint8_t main[SIM_FLASH_SIZE];
    uint8_t system[SIM_SYSTEM_SIZE]; /* bootloader, size register, unique id */
    uint8_t options[SIM_OPTION_SIZE];
    uint32_t acr, sr, cr, ar, obr, wrpr;
    uint8_t key_step, option_key_step; /* first key was right */
    bool locked_until_reset, options_locked_until_reset;
    uint64_t busy_until_ps; /* 0: idle */
};

struct sim_rcc {
    uint32_t cr, cfgr, bdcr, csr;
    uint32_t sws;        /* the clock in use; CFGR.SW is the one asked for */
    uint32_t enables[3]; /* AHBENR, APB2ENR, APB1ENR, by enum sim_clock_bus */
    uint32_t resets[3];  /* none, APB2RSTR, APB1RSTR */
};

enum { SIM_GPIO_PORTS = 5, SIM_PERIPHERALS_MAX = 16 };

struct sim_gpio {
    uint32_t crl, crh, odr, lckr;
    uint8_t lock_step;
};

struct sim_afio {
    uint32_t evcr, mapr, exticr[4];
};

struct sim_usart {
    uint32_t sr, dr_in, brr, cr1, cr2, cr3, gtpr;
    bool holding_full;
    uint8_t holding, shifting;
    uint64_t shift_done_ps; /* 0: the shifter is empty */
    char output[SIM_UART_CAPACITY];
    size_t output_length;
    char input[SIM_UART_INPUT];
    unsigned input_head, input_count;
    uint64_t input_next_ps;
};

struct sim_tim {
    uint32_t cr1, dier, sr, psc, arr;
    uint32_t count;
    uint64_t anchor_ps; /* when `count` was true */
};

struct sim_chip {
    struct sim_flash flash;
    uint8_t sram[SIM_SRAM_SIZE];
    struct sim_rcc rcc;
    struct sim_gpio gpio[SIM_GPIO_PORTS];
    struct sim_afio afio;
    struct sim_usart usart1;
    struct sim_tim tim2;
    uint32_t dbgmcu_cr;
    bool boots_system; /* BOOT0 as sampled at the last reset */
    bool debugger;     /* the bus access under way comes from the AHB-AP */
};

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
};

struct sim_ahb_ap {
    uint32_t csw, tar;
    /* A transfer that the bus has not answered yet. */
    bool pending, pending_read, pending_increments;
    uint32_t pending_address, pending_value;
    unsigned pending_width;
};

/* --- the tester's side --- */

/* Small programs that are in flash when the board comes to the bench. */
enum sim_preloaded_program { SIM_PROGRAM_NONE, SIM_PROGRAM_SWJ_OFF, SIM_PROGRAM_SLEEP };

struct sim_faults {
    bool noack, clone, nrst_open;
    uint32_t vtref_mv;
    bool flash_size_set;
    uint16_t flash_size; /* what the size register says */
    uint32_t noise;      /* one access in so many; 0: none */
    uint32_t noise_state;
    uint32_t wires_khz;    /* so long that they garble above this clock; 0: short */
    uint64_t vanish_after; /* SWD packets left; 0: stays */
    enum sim_preloaded_program program;
    uint8_t first_page[SIM_PAGE_SIZE]; /* of flash, before a bench program took its place */
};

struct sim_board_model;

struct sim_board {
    const struct sim_board_model *model;
    struct sim_bus bus;
    struct sim_cpu *cpu;
    struct sim_chip chip;
    struct sim_link link;
    struct sim_ahb_ap ap;
    struct sim_faults faults;

    bool switched_on; /* the supply's switch */
    bool powered;     /* switch and a voltage the chip runs at */
    bool plugged;     /* the probe in its host */
    bool nrst_probe;  /* the probe pulls */
    bool nrst_button; /* a finger presses */
    bool nrst_low;    /* what the chip's pin sees */
    bool boot0;
    struct sim_driven {
        uint16_t pins, levels; /* one bit a pin */
    } driven[SIM_GPIO_PORTS];  /* from outside, by hand */
    enum sim_pace pace;
    uint32_t swclk_khz;

    /* Who used a peripheral without a clock since the last reset. */
    struct sim_misuse {
        uint8_t seen, due; /* not said yet */
        uint32_t pc;       /* where the program did */
    } misuses[SIM_PERIPHERALS_MAX];
    bool remarks_due;

    /* Time in picoseconds: a cycle at 72 MHz is no whole number of anything coarser. The core runs
     * in slices; it may end one a few cycles late, so it has a time of its own. */
    uint64_t now_ps;
    bool core_runs;   /* inside sim_cpu_run(): time follows the core's cycles */
    uint64_t core_ps; /* time at core_cycles */
    uint64_t core_cycles;
    uint32_t core_khz;
};

/* --- board.c --- */

/* Now, also in the midst of an instruction. */
uint64_t sim_now_ps(const struct sim_board *board);
void sim_advance_ps(struct sim_board *board, uint64_t ps);
/* The running core waits for the bus until then. */
void sim_stall_core(struct sim_board *board, uint64_t until_ps);
/* The core clock changed (rcc.c). */
void sim_clock_changed(struct sim_board *board, uint32_t khz);
/* Something on the outside changed: switch, voltage, NRST, model. */
void sim_pins_changed(struct sim_board *board);
/* The probe loses its host: it is gone, and drives nothing any more. */
void sim_unplug(struct sim_board *board);

enum sim_reset_cause { SIM_CAUSE_POWER, SIM_CAUSE_PIN, SIM_CAUSE_SOFTWARE };
/* Resets the chip but for what only power resets; the core too. */
void sim_chip_reset(struct sim_board *board, enum sim_reset_cause cause);

/* --- link.c, ahb_ap.c --- */

void sim_link_power_up(struct sim_board *board);
void sim_link_line_reset(struct sim_board *board);
enum swd_ack sim_link_packet(struct sim_board *board, bool ap, bool read, uint8_t reg,
                             uint32_t *value);

void sim_ap_power_up(struct sim_board *board);
/* One AP register access; a read leaves its result in link.rdbuff when it is complete. */
void sim_ap_access(struct sim_board *board, unsigned ap, uint8_t reg, bool read, uint32_t value);
/* Finishes a transfer under way unless the bus still stalls it. */
void sim_ap_complete(struct sim_board *board);

/* --- stm32f1_map.c --- */

/* The bus as the core and the AHB-AP see it; see struct sim_bus. */
bool sim_map_read(void *board, uint32_t address, unsigned width, uint32_t *value, bool debugger);
bool sim_map_write(void *board, uint32_t address, unsigned width, uint32_t value, bool debugger);
/* Until when an access there stalls; 0: not at all. */
uint64_t sim_map_busy_until(const struct sim_board *board, uint32_t address);
/* Sets the core's windows after boot mode, flash state or protection changed. */
void sim_map_update_windows(struct sim_board *board);

/* --- peripherals.c --- */

/* A kind of peripheral: registers by word offset. `unit` counts those of one kind from 0. */
struct sim_device {
    /* False: bus error. */
    bool (*read)(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t *value);
    bool (*write)(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t value);
    void (*reset)(struct sim_board *board, unsigned unit);
    /* Catches up with now; returns the time of its next own event or SIM_NEVER. NULL: has none. */
    uint64_t (*sync)(struct sim_board *board, unsigned unit, uint64_t now_ps);
};

extern const struct sim_device sim_device_flash, sim_device_rcc, sim_device_gpio, sim_device_afio,
    sim_device_usart1, sim_device_tim2, sim_device_dbgmcu;

/* The registers of RCC that give clocks: which of them, and its bit. The peripheral's reset has the
 * same bit in APB2RSTR or APB1RSTR. */
enum sim_clock_bus { SIM_AHB, SIM_APB2, SIM_APB1, SIM_UNGATED };
struct sim_gate {
    enum sim_clock_bus bus;
    uint8_t bit;
};

/* One on this chip. */
struct sim_peripheral {
    const char *name;
    uint32_t base;
    const struct sim_device *device;
    uint8_t unit;
    struct sim_gate gate;
};

/* The table is in stm32f1_map.c. */
extern const struct sim_peripheral sim_peripherals[];
extern const size_t sim_peripheral_count;

/* The one at that address, caught up with now; or NULL. */
const struct sim_peripheral *sim_peripheral_at(struct sim_board *board, uint32_t address);
/* Without a clock it reads as 0 and what is written is lost; false: bus error. */
bool sim_peripheral_read(struct sim_board *board, const struct sim_peripheral *peripheral,
                         uint32_t offset, uint32_t *value);
bool sim_peripheral_write(struct sim_board *board, const struct sim_peripheral *peripheral,
                          uint32_t offset, uint32_t value);
bool sim_has_clock(const struct sim_board *board, const struct sim_device *device, unsigned unit);
void sim_devices_reset(struct sim_board *board);
/* Resets those that RCC's reset registers name: they changed. */
void sim_devices_hold_reset(struct sim_board *board);
/* Lets all peripherals catch up with now; returns when the next one changes by itself. */
uint64_t sim_devices_sync(struct sim_board *board);

/* --- stm32f1_flash.c, stm32f1_options.c --- */

#define SIM_FLASH_SR_BSY (1u << 0)
#define SIM_FLASH_SR_PGERR (1u << 2)
#define SIM_FLASH_SR_WRPRTERR (1u << 4)
#define SIM_FLASH_SR_EOP (1u << 5)
#define SIM_FLASH_OBR_RDPRT (1u << 1)

/* The chip as it leaves the factory: everything erased, unprotected. */
void sim_flash_factory(struct sim_board *board);
/* A data write to main flash at `offset`, or to an option byte. */
bool sim_flash_write(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value);
bool sim_option_write(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value);
/* May the access under way read main flash? */
bool sim_flash_readable(const struct sim_board *board);
bool sim_flash_protected(const struct sim_board *board);
/* Makes the controller busy; in tenths of a microsecond. */
void sim_flash_begin(struct sim_board *board, uint64_t tenths_us);

void sim_options_factory(struct sim_flash *flash);
/* Loads OBR and WRPR, as every reset does; read protection only ends at power-on. */
void sim_options_load(struct sim_board *board, bool power_on);
void sim_options_erase(struct sim_flash *flash);
/* True: the write lifted read protection and so erased main flash. */
bool sim_option_program(struct sim_board *board, uint32_t offset, uint8_t value);
/* Read protection as by magic: no erase, no reset. For the fault `locked`. */
void sim_options_set_protection(struct sim_board *board, bool protect);
bool sim_page_write_protected(const struct sim_board *board, uint32_t page);
/* What the size register says, after protection or a fault changed. */
void sim_flash_update_size(struct sim_board *board);

/* --- rcc.c, dbgmcu.c, gpio.c, tim.c, usart.c --- */

uint32_t sim_rcc_hclk_khz(const struct sim_board *board);
/* Clocks of the buses: USART1 hangs on APB2, TIM2 on APB1 (doubled when that is divided). */
uint32_t sim_rcc_pclk2_khz(const struct sim_board *board);
uint32_t sim_rcc_tim_khz(const struct sim_board *board);
void sim_rcc_note_reset(struct sim_board *board, enum sim_reset_cause cause);
/* AFIO_MAPR.SWJ_CFG: who has the debug pins. */
enum sim_swj { SIM_SWJ_FULL = 0, SIM_SWJ_NO_NJTRST = 1, SIM_SWJ_SWD = 2, SIM_SWJ_OFF = 4 };
enum sim_swj sim_swj_config(const struct sim_board *board);

#define SIM_DBGMCU_TIM2_STOP (1u << 10)

/* --- pins.c --- */

/* What IDR says of each of a port's pins. */
uint32_t sim_pins_read(const struct sim_board *board, unsigned port);
/* Controls: no pin lists those that are driven; a pin ("PA0") alone is shown; a level ("0", "1",
 * "float") drives it. False: a sentence in `reply`. */
bool sim_pins_hand(struct sim_board *board, const char *pin, const char *level, char *reply,
                   size_t reply_size);

/* --- faults.c, bench_programs.c --- */

void sim_faults_init(struct sim_board *board);
/* "+NAME[=N]" sets, "-NAME" clears; false: `error` says why not and lists what there is. */
bool sim_fault_apply(struct sim_board *board, const char *word, char *error, size_t error_size);
/* Names of the faults that are set, in one line. */
void sim_faults_list(const struct sim_board *board, char *text, size_t size);
/* Decides about one access. */
bool sim_noise_strikes(struct sim_board *board);

/* Puts a small program into the first page of flash (or takes it out again). */
void sim_preloaded_program(struct sim_board *board, enum sim_preloaded_program program);
/* The bootloader's place holds a program too: a loop. */
void sim_preloaded_bootloader(uint8_t *memory);

#endif

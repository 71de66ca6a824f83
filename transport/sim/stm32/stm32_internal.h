/* SPDX-License-Identifier: MIT */
/* What the files of a simulated chip share: its memories, its bus, its peripherals, its pins. */
#ifndef PROBED_SIM_STM32_INTERNAL_H
#define PROBED_SIM_STM32_INTERNAL_H

#include "sim/board/board_internal.h"

/* --- memories.c --- */

/* Gets the memories of the chip, as it leaves the factory. False: out of memory. */
bool sim_memories_create(struct sim_board *board);
void sim_memories_destroy(struct sim_board *board);
/* The chip's first of a kind. */
const struct sim_memory *sim_memory_row(const struct sim_chip *chip, enum sim_memory_kind kind);
uint8_t *sim_memory_bytes(const struct sim_board *board, enum sim_memory_kind kind);
/* All of it gets that value, as by an erase. */
void sim_memory_fill(struct sim_board *board, enum sim_memory_kind kind, uint8_t value);
/* The one that holds the address; NULL: none does. */
const struct sim_memory *sim_memory_at(const struct sim_chip *chip, uint32_t address);
uint8_t *sim_memory_cell(const struct sim_board *board, const struct sim_memory *memory,
                         uint32_t address);
/* What SRAM cells hold at power-on. */
void sim_memories_scramble(struct sim_board *board);
/* What the size register says, after protection or a fault changed. */
void sim_size_register_update(struct sim_board *board);

/* --- map.c --- */

/* The bus as the core and the AHB-AP see it; see struct sim_bus. */
bool sim_map_read(void *board, uint32_t address, unsigned width, uint32_t *value, bool debugger);
bool sim_map_write(void *board, uint32_t address, unsigned width, uint32_t value, bool debugger);
/* Until when an access there stalls; 0: not at all. */
/* What an address of chip.aliases stands for; any other: itself. */
uint32_t sim_map_behind(const struct sim_board *board, uint32_t address);
uint64_t sim_map_busy_until(const struct sim_board *board, uint32_t address, bool read);

/* --- windows.c --- */

/* Sets the core's windows after boot mode, flash state or protection changed. */
void sim_windows_update(struct sim_board *board);
/* SYSCFG's FB_MODE, of chips that have two banks to show; and what becomes of the bytes. */
void sim_show_second_first(struct sim_board *board, bool second);
void sim_swap_halves(struct sim_board *board);
/* SYSCFG's MEM_MODE: what the program wants at address 0. */
void sim_map_zero(struct sim_board *board, uint32_t mode);

/* --- unmodelled.c --- */

/* A peripheral that the simulation has no model of; that the program uses it is noted. */
bool sim_is_unmodelled(struct sim_board *board, uint32_t address);
bool sim_unmodelled_remark(struct sim_board *board, char *text, size_t size);

/* --- peripherals.c --- */

bool sim_parts_create(struct sim_board *board);
void sim_parts_destroy(struct sim_board *board);
/* The first of a kind; the chip has one. */
struct sim_part *sim_part_of(const struct sim_board *board, const struct sim_device *device);
/* The one at that address, caught up with now; or NULL. */
struct sim_part *sim_part_at(struct sim_board *board, uint32_t address);
/* Without a clock it reads as 0 and what is written is lost; false: bus error. */
bool sim_part_read(struct sim_part *part, uint32_t offset, uint32_t *value);
bool sim_part_write(struct sim_part *part, uint32_t offset, uint32_t value);
bool sim_part_has_clock(const struct sim_part *part);
void sim_parts_power_on(struct sim_board *board);
void sim_parts_reset(struct sim_board *board);
/* What time it is for one: its clock may have stood. */
uint64_t sim_part_now(const struct sim_part *part);
/* The reset of the backup domain. */
void sim_backup_reset(struct sim_board *board);
/* Raises, or lowers, one of its interrupts. */
void sim_part_irq(struct sim_part *part, unsigned number, bool level);
/* PWR's DBP, where there is a PWR. */
bool sim_backup_writable(const struct sim_board *board);
/* Lets all peripherals catch up with now; returns when the next one changes by itself. */
uint64_t sim_parts_sync(struct sim_board *board);
/* The same, if there is something to catch up with. */
uint64_t sim_parts_due(struct sim_board *board);

/* Registers of RCC that are clock gates or resets. False: that register is neither. */
bool sim_gates_read(struct sim_board *board, uint32_t offset, uint32_t *value);
bool sim_gates_write(struct sim_board *board, uint32_t offset, uint32_t value);
/* As after a reset of the chip. */
void sim_gates_reset(struct sim_board *board);

/* --- flash.c --- */

/* The lock of a flash controller's register that two words in a row open. */
struct sim_keys {
    uint8_t step; /* first word was right */
    bool blocked; /* until the next reset */
};

/* What the state of every flash controller begins with. */
struct sim_flash {
    uint32_t acr, sr, cr;
    struct sim_keys keys, option_keys;
    uint64_t busy_until_ps; /* 0: idle */
    bool launching;         /* a reset by OBL_LAUNCH is due */
    uint32_t ecc[2];        /* flash_ecc.c */
};

/* Any wrong word, and any word once it is `open`, blocks and is a bus error: then false. */
bool sim_key_take(struct sim_keys *keys, const uint32_t words[2], bool open, uint32_t value,
                  bool *opens);
/* Makes the controller busy for so long. */
void sim_flash_begin(struct sim_board *board, uint64_t ns);
/* The operation did not begin, or ended at once, with these bits of SR. */
void sim_flash_fail(struct sim_board *board, uint32_t errors);
/* --- flash_ecc.c: chips whose row has registers for it --- */

/* From now on what is read there is wrong, or would be but for the ECC. */
void sim_ecc_spoil(struct sim_board *board, uint32_t offset, bool corrected);
/* Erased or programmed anew: nothing is wrong there any more. */
void sim_ecc_written(struct sim_board *board, uint32_t start, uint32_t size);
/* Somebody reads there: flags and NMI. Whether what is read is wrong. */
bool sim_ecc_read(struct sim_board *board, uint32_t offset);
/* False: that is none of these registers. */
bool sim_ecc_register_read(const struct sim_part *part, uint32_t offset, uint32_t *value);
bool sim_ecc_register_write(struct sim_part *part, uint32_t offset, uint32_t value);

uint64_t sim_flash_busy_until(const struct sim_board *board);
/* Lets the core wait until it is idle. */
void sim_flash_wait(struct sim_board *board);
void sim_flash_update_irq(struct sim_board *board);
/* OBL_LAUNCH: asks for a reset that loads the option bytes. */
void sim_flash_launch(struct sim_board *board);
/* For load_options(): it was asked for; from now on it is not. */
bool sim_flash_launched(struct sim_board *board);
/* Under read protection flash is only for a program that was booted from it, and only while no
 * debugger has been there since power-on (RM0368, 3.6.3; RM0038, 3.7.4; RM0351, 3.5.1). */
bool sim_flash_accessible(const struct sim_board *board);
/* For struct sim_device: what the registers of all have in common. Read and write say whether it
 * was one of ACR, SR, CR (read) and ACR, KEYR, SR (written); not `ok`: bus error. */
bool sim_flash_read(struct sim_part *part, uint32_t offset, uint32_t *value);
bool sim_flash_write(struct sim_part *part, uint32_t offset, uint32_t value, bool *ok);
void sim_flash_reset(struct sim_part *part);
uint64_t sim_flash_sync(struct sim_part *part, uint64_t now_ps);

/* --- rcc.c --- */

extern const struct sim_device sim_device_rcc;

/* --- clocks.c --- */

/* What a prescaler makes of a clock, by its code in RCC_CFGR: of AHB (HPRE), and of APB (PPRE),
 * whose timers get twice as much unless it is 1. */
uint32_t sim_hpre_khz(uint32_t khz, uint32_t code);
uint32_t sim_ppre_khz(uint32_t khz, uint32_t code, bool timer);
/* Whole ticks of a divided clock in that time, and the time that those take, rounded down. */
uint64_t sim_ticks_in(uint64_t ps, uint32_t khz, uint64_t divider);
uint64_t sim_ticks_to_ps(uint64_t ticks, uint32_t khz, uint64_t divider);

/* --- dbgmcu.c --- */

extern const struct sim_device sim_device_dbgmcu;
/* A register by its offset. */
uint32_t sim_dbgmcu(const struct sim_board *board, uint32_t offset);
/* Its bit there stops it while the core is halted. */
bool sim_part_is_frozen(const struct sim_part *part);
/* DBGMCU_CR.DBG_SLEEP: the core's clocks go on while it sleeps; DBG_STOP: those for the debug port
 * in Stop mode. */
#define SIM_DBGMCU_CR 4
#define SIM_DBGMCU_DBG_SLEEP (1u << 0)
#define SIM_DBGMCU_DBG_STOP (1u << 1)
#define SIM_DBGMCU_DBG_STANDBY (1u << 2)

/* --- pins.c --- */

/* What IDR says of each of a port's pins. */
uint32_t sim_pins_read(const struct sim_board *board, unsigned port);
bool sim_pin_level(const struct sim_board *board, unsigned port, unsigned pin);
/* Whatever the program made of the pin. */
bool sim_pin_driven_high(const struct sim_board *board, unsigned port, unsigned pin);

/* --- pin_controls.c, usart_controls.c, adc_controls.c --- */

/* Controls: no pin lists those that are driven; a pin ("PA0") alone is shown; a level ("0", "1",
 * "float") drives it. False: a sentence in `reply`. */
bool sim_pins_hand(struct sim_board *board, const char *pin, const char *level, char *reply,
                   size_t reply_size);

/* Nothing, a port's name, "send" and a text, or all of that. */
bool sim_usart_control(struct sim_board *board, const char *const words[], char *reply,
                       size_t reply_size);
/* A channel, and millivolts. */
bool sim_adc_control(struct sim_board *board, const char *const words[], char *reply,
                     size_t reply_size);

void sim_adc_init(struct sim_board *board);

/* --- exti.c --- */

/* Pins may have changed. */
void sim_exti_look(struct sim_board *board);
/* Something inside the chip that is wired to a line went up or down. */
void sim_exti_edge(struct sim_board *board, unsigned line, bool rising);

/* --- pwr.c --- */

/* The pin WKUP may have changed. */
void sim_pwr_look(struct sim_board *board);
/* An event that wakes from Standby. */
void sim_pwr_wake(struct sim_board *board);

/* What a family has of PWR. */
struct sim_pwr_facts {
    uint32_t cr_writable, csr_writable;
};
extern const struct sim_pwr_facts sim_pwr_f0, sim_pwr_f1; /* F3, too */

/* --- triggers.c --- */

/* What a timer has inside the chip, besides its channels' outputs 1 to 4. */
enum sim_tim_output { SIM_TRGO, SIM_CC1, SIM_CC2, SIM_CC3, SIM_CC4 };

/* One of the timer with that number, below 8. */
static inline uint64_t sim_signal(unsigned timer, enum sim_tim_output output)
{
    return UINT64_C(1) << (timer * 8 + (unsigned)output);
}

/* From now on it is started by these; 0: by none. */
void sim_trigger_listen(struct sim_part *part, uint64_t signals);
/* A timer's output has an edge. */
void sim_trigger(struct sim_part *part, enum sim_tim_output output);

/* --- dma.c --- */

/* A peripheral's request by its number in row->dma: up until it is taken back, or once. */
void sim_dma_line(const struct sim_part *part, unsigned line, bool wanted);
void sim_dma_pulse(const struct sim_part *part, unsigned line);

/* --- rom_table.c --- */

/* Who made the chip, and its number with them: facts of both rows. */
struct sim_rom_table {
    uint16_t designer, part;
};
extern const struct sim_device sim_device_rom_table, sim_device_rom_ids;

/* --- kinds of peripherals --- */

extern const struct sim_device sim_device_exti, sim_device_pwr, sim_device_dma, sim_device_crc,
    sim_device_iwdg, sim_device_wwdg, sim_device_spi, sim_device_i2c, sim_device_can,
    sim_device_f1_adc, sim_device_f1_bkp, sim_device_f1_rtc;
unsigned sim_f1_exti_port(const struct sim_board *board, unsigned line);
unsigned sim_syscfg_exti_port(const struct sim_board *board, unsigned line);

extern const struct sim_device sim_device_usart, sim_device_usart_isr, sim_device_tim,
    sim_device_tim32;

extern const struct sim_device sim_device_f1_afio, sim_device_f1_gpio, sim_device_f1_flash;
extern const struct sim_flash_kind sim_f1_flash;
extern const struct sim_rcc_kind sim_f1_rcc;
extern const struct sim_gpio_kind sim_f1_gpio;

extern const struct sim_device sim_device_f0_syscfg; /* F3's, too */
extern const struct sim_flash_kind sim_f0_flash, sim_f3_flash;
extern const struct sim_rcc_kind sim_f0_rcc, sim_f3_rcc;

extern const struct sim_device sim_device_gpio, sim_device_f4_flash, sim_device_f4_pwr,
    sim_device_f4_syscfg;
extern const struct sim_flash_kind sim_f2_flash, sim_f4_flash, sim_f42x_flash, sim_f74x_flash;
/* Which f4_pwr.c it is: the `unit` of its row. */
enum sim_f4_pwr {
    SIM_F4_PWR_F2,
    SIM_F4_PWR_SCALES,
    SIM_F4_PWR_OVERDRIVE,
    SIM_F4_PWR_L0,
    SIM_F4_PWR_L1
};
extern const struct sim_rcc_kind sim_f4_rcc, sim_f7_rcc;
extern const struct sim_device sim_device_l0_flash; /* L1's, too */
extern const struct sim_flash_kind sim_l0_cat3_flash, sim_l1_cat3_flash, sim_l1_cat5_flash;
extern const struct sim_rcc_kind sim_l0_rcc, sim_l1_rcc;
extern const struct sim_gpio_kind sim_gpio;            /* all families but F1 */
extern const struct sim_gpio_kind sim_gpio_swd;        /* without JTAG: Cortex-M0 and M0+ */
extern const struct sim_gpio_kind sim_gpio_analog;     /* L4 and later */
extern const struct sim_gpio_kind sim_gpio_swd_analog; /* both */
extern const struct sim_gpio_kind sim_gpio_l0;

extern const struct sim_device sim_device_l4_flash, sim_device_l4_pwr;
extern const uint32_t sim_l4_pwr_g0; /* facts of its row: CR1 behind a reset, where it is another */
extern const struct sim_flash_kind sim_l4_flash, sim_g4_flash, sim_g07_flash, sim_g0b_flash,
    sim_c03_flash;
extern const struct sim_rcc_kind sim_l4_rcc, sim_g4_rcc, sim_g0_rcc, sim_g0b_rcc, sim_c0_rcc;
extern const struct sim_device sim_device_h5_flash, sim_device_h5_pwr, sim_device_icache,
    sim_device_latches;
extern const struct sim_flash_kind sim_h5_flash;
extern const struct sim_rcc_kind sim_h5_rcc;
bool sim_h5_core_open(const struct sim_board *board);
uint32_t sim_h5_access_ports(const struct sim_board *board);
extern const struct sim_device sim_device_h7_flash, sim_device_h7_pwr, sim_device_h7_syscfg;
extern const struct sim_flash_kind sim_h7_flash;
extern const struct sim_rcc_kind sim_h7_rcc;
extern const struct sim_device sim_device_u5_flash, sim_device_u5_pwr;
extern const struct sim_flash_kind sim_u5_flash;
extern const struct sim_rcc_kind sim_u5_rcc;
extern const struct sim_device sim_device_wb_pwr, sim_device_wb_flash, sim_device_hsem;
extern const struct sim_flash_kind sim_wb_flash, sim_wl_flash;
extern const struct sim_rcc_kind sim_wb_rcc, sim_wl_rcc;
/* PWR_CR4.C2BOOT. */
bool sim_wb_core2_booted(const struct sim_board *board);

#endif

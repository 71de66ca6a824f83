/* SPDX-License-Identifier: MIT */
/* What may be wrong with a board and its probe, by name: what each does where it does it in
 * reality. What differs from one such board to the next is drawn by the board's seed, from the
 * ranges of docs/faults.md. */
#include <stdlib.h>

#include "sim/stm32/stm32_internal.h"

enum { NORMAL_MILLIVOLTS = 3300, MAX_MILLIVOLTS = 6000 };

/* A fault that is a flag of struct sim_faults. */
#define SWITCH(field)                                                         \
    static void set_##field(struct sim_board *board, bool on, uint32_t value) \
    {                                                                         \
        board->faults.field = on;                                             \
        sim_pins_changed(board);                                              \
    }                                                                         \
    static bool is_##field(const struct sim_board *board)                     \
    {                                                                         \
        return board->faults.field;                                           \
    }

SWITCH(noack)
SWITCH(no_debug_power)
SWITCH(closed)
SWITCH(nrst_open)
SWITCH(nrst_clone) /* the probe's pin drives SWIM's reset only */
SWITCH(nrst_low)

/* --- the supply, and what the probe sees of it --- */

static void sense(struct sim_board *board, bool on, uint32_t millivolts)
{
    board->faults.sense_set = on;
    board->faults.sense_mv = millivolts;
}

static void set_vtref(struct sim_board *board, bool on, uint32_t millivolts)
{
    board->faults.vtref_set = on;
    board->faults.vtref_mv = on ? millivolts : NORMAL_MILLIVOLTS;
    sim_pins_changed(board);
}

static void set_vtref_open(struct sim_board *board, bool on, uint32_t value)
{
    sense(board, on, sim_draw(board, "open sense", 0, 200));
}

static void set_vtref_internal(struct sim_board *board, bool on, uint32_t value)
{
    sense(board, on, sim_draw(board, "own rail", 3150, 3350));
}

static bool is_vtref(const struct sim_board *board)
{
    return board->faults.vtref_set;
}

static bool is_vtref_open(const struct sim_board *board)
{
    return board->faults.sense_set && board->faults.sense_mv <= 200 && !board->faults.wiring;
}

static bool is_vtref_internal(const struct sim_board *board)
{
    return board->faults.sense_set && board->faults.sense_mv >= 3150 && !board->faults.wiring;
}

/* --- wires --- */

static void wire(struct sim_board *board, bool on, const char *name, struct sim_wires wires)
{
    board->faults.wiring = on ? name : NULL;
    board->faults.wires = on ? wires : (struct sim_wires){0};
}

static const char misprint[] = "misprint-a-on-b", swapped[] = "swapped", shorted[] = "short",
                  ground[] = "gnd-open", parallel[] = "two-targets";

/* SWDIO on GND, SWCLK on SWDIO, GND on SWCLK: the probe's SWDIO ends at an input with a pull-down.
 */
static void set_misprint(struct sim_board *board, bool on, uint32_t value)
{
    wire(board, on, misprint, (struct sim_wires){.deaf = true, .low = true});
}

/* The chip's pull-up at SWDIO, and its pull-down at SWCLK, which is what the probe listens to. */
static void set_swapped(struct sim_board *board, bool on, uint32_t value)
{
    wire(board, on, swapped, (struct sim_wires){.deaf = true, .low = true});
}

static void set_short(struct sim_board *board, bool on, uint32_t value)
{
    static const struct sim_wires shorts[] = {
        {.deaf = true, .low = true},         /* SWDIO to GND */
        {.deaf = true},                      /* SWDIO to 3.3 V */
        {.deaf = true},                      /* SWCLK to GND or 3.3 V */
        {.deaf = true, .low = true},         /* SWDIO to SWCLK */
        {.deaf = true, .resets_chip = true}, /* SWCLK to NRST */
    };
    enum { KINDS = sizeof shorts / sizeof *shorts };

    wire(board, on, shorted, shorts[sim_draw(board, shorted, 0, KINDS - 1)]);
}

/* The current returns through another wire, or through the supplies of the two. */
static void set_gnd_open(struct sim_board *board, bool on, uint32_t value)
{
    bool shared = sim_draw(board, "another way for the current", 0, 9) >= 6;
    struct sim_wires wires = {
        .deaf = !shared && sim_draw(board, "nothing gets through", 0, 1),
        .lost_per_mille = sim_draw(board, "lost", shared ? 5 : 200, shared ? 300 : 1000),
        .garbled_per_mille = sim_draw(board, "garbled", 20, 400),
    };

    wire(board, on, ground, wires);
    sense(board, on,
          shared ? sim_draw(board, "sense", 3100, 3400) : sim_draw(board, "sense", 0, 2000));
}

/* A Nucleo's own chip is still on the wires: often of another family. */
static void set_two_targets(struct sim_board *board, bool on, uint32_t value)
{
    static const uint32_t others[] = {0, 0, 0x0BB11477, 0x1BA01477, 0x2BA01477, 0x0BC11477};
    uint32_t other = others[sim_draw(board, parallel, 0, 5)];

    wire(board, on, parallel,
         (struct sim_wires){.two_chips = true,
                            .other_dpidr = other == board->chip->dpidr ? 0 : other});
}

#define WIRING(name, which)                              \
    static bool is_##name(const struct sim_board *board) \
    {                                                    \
        return board->faults.wiring == (which);          \
    }

WIRING(misprint, misprint)
WIRING(swapped, swapped)
WIRING(short, shorted)
WIRING(gnd_open, ground)
WIRING(two_targets, parallel)

static void set_noise(struct sim_board *board, bool on, uint32_t one_in)
{
    board->faults.noise = on ? one_in : 0;
    sim_wires_restart(&board->faults);
}

static void set_long_wires(struct sim_board *board, bool on, uint32_t khz)
{
    board->faults.wires_khz = on ? khz : 0;
}

static bool is_noise(const struct sim_board *board)
{
    return board->faults.noise != 0;
}

static bool is_long_wires(const struct sim_board *board)
{
    return board->faults.wires_khz != 0;
}

/* --- the chip --- */

static void set_locked(struct sim_board *board, bool on, uint32_t value)
{
    board->chip->flash->set_protection(board, on);
}

static void set_locked2(struct sim_board *board, bool on, uint32_t value)
{
    board->chip->flash->set_protection(board, on);
    if (on)
        board->chip->flash->seal(board);
}

static void set_write_protected(struct sim_board *board, bool on, uint32_t value)
{
    board->chip->flash->protect_writing(board, on);
}

/* DPIDR, the id code and the size register come with it. */
static void set_clone(struct sim_board *board, bool on, uint32_t kind)
{
    const struct sim_chip *chip = board->chip;
    const struct sim_clone *clone = &chip->clones[on ? kind : 0];

    board->faults.clone = on ? clone : NULL;
    board->cpu->model = on ? clone->core : chip->core;
    board->cpu->integration = on ? &clone->integration : &chip->integration;
    sim_size_register_update(board);
}

static void set_flash_size(struct sim_board *board, bool on, uint32_t kib)
{
    board->faults.flash_size_set = on;
    board->faults.flash_size = (uint16_t)kib;
    sim_size_register_update(board);
}

/* Cut short by a reset, or worn: the first address is that of the flash. */
static void set_ecc(struct sim_board *board, bool on, uint32_t address)
{
    const struct sim_memory *flash = sim_memory_row(board->chip, SIM_FLASH);
    uint32_t offset = address - flash->start;

    if (!on)
        sim_ecc_written(board, 0, flash->size);
    else if (offset < flash->size && board->chip->flash->spoil)
        board->chip->flash->spoil(board, offset);
    else if (offset < flash->size)
        sim_ecc_spoil(board, offset, false);
}

static void set_ecc_corrected(struct sim_board *board, bool on, uint32_t address)
{
    const struct sim_memory *flash = sim_memory_row(board->chip, SIM_FLASH);

    if (!on)
        sim_ecc_written(board, 0, flash->size);
    else if (address - flash->start < flash->size)
        sim_ecc_spoil(board, address - flash->start, true);
}

static bool any_is(const struct sim_board *board, bool corrected)
{
    for (unsigned i = 0; i < board->spoiled_count; i++)
        if (board->spoiled[i].corrected == corrected)
            return true;
    return false;
}

static bool is_ecc(const struct sim_board *board)
{
    const struct sim_flash_kind *flash = board->chip->flash;

    return any_is(board, false) || (flash->any_fails && flash->any_fails(board));
}

static bool is_ecc_corrected(const struct sim_board *board)
{
    return any_is(board, true);
}

static bool has_ecc_registers(const struct sim_board *board)
{
    const struct sim_flash_registers *registers = board->chip->flash->registers;

    return registers && registers->ecc.unit;
}

static bool has_ecc(const struct sim_board *board)
{
    return board->chip->flash->spoil || has_ecc_registers(board);
}

static void set_boot0(struct sim_board *board, bool on, uint32_t value)
{
    board->boot0 = on;
    if (board->powered)
        sim_chip_reset(board, SIM_CAUSE_PIN);
}

static bool is_sealed(const struct sim_board *board)
{
    return board->chip->flash->is_sealed && board->chip->flash->is_sealed(board);
}

static bool is_locked(const struct sim_board *board)
{
    return board->chip->flash->is_protected(board) && !is_sealed(board);
}

static bool is_write_protected(const struct sim_board *board)
{
    return board->chip->flash->protects_writing && board->chip->flash->protects_writing(board);
}

static bool is_clone(const struct sim_board *board)
{
    return board->faults.clone;
}

static bool is_flash_size(const struct sim_board *board)
{
    return board->faults.flash_size_set;
}

static bool is_boot0(const struct sim_board *board)
{
    return board->boot0;
}

static bool can_be_sealed(const struct sim_board *board)
{
    return board->chip->flash->seal != NULL;
}

static bool can_protect_writing(const struct sim_board *board)
{
    return board->chip->flash->protect_writing != NULL;
}

/* No clone is known of every chip. */
static bool can_be_clone(const struct sim_board *board)
{
    return board->chip->clones != NULL;
}

/* TrustZone, product states: what shuts an access port and leaves the debug port. */
static bool can_be_closed(const struct sim_board *board)
{
    return board->chip->can_be_closed;
}

/* --- its program --- */

static void program(struct sim_board *board, bool on, enum sim_preloaded_program program)
{
    if (on)
        sim_preloaded_program(board, program);
    else if (board->faults.program == program)
        sim_preloaded_program(board, SIM_PROGRAM_NONE);
}

#define PROGRAM(name, which)                                                 \
    static void set_##name(struct sim_board *board, bool on, uint32_t value) \
    {                                                                        \
        program(board, on, which);                                           \
    }                                                                        \
    static bool is_##name(const struct sim_board *board)                     \
    {                                                                        \
        return board->faults.program == (which);                             \
    }

PROGRAM(runs, SIM_PROGRAM_RUNS)
PROGRAM(swj_off, SIM_PROGRAM_SWJ_OFF)
PROGRAM(sleep, SIM_PROGRAM_SLEEP)
PROGRAM(stop, SIM_PROGRAM_STOP)
PROGRAM(standby, SIM_PROGRAM_STANDBY)
PROGRAM(reset_loop, SIM_PROGRAM_RESET_LOOP)
PROGRAM(lockup, SIM_PROGRAM_LOCKUP)

static bool has_standby(const struct sim_board *board)
{
    return board->chip->standby.select != 0;
}

/* As it leaves the factory: there is none. */
static void set_blank(struct sim_board *board, bool on, uint32_t value)
{
    if (on)
        sim_preloaded_program(board, SIM_PROGRAM_NONE);
}

static bool is_blank(const struct sim_board *board)
{
    return false;
}

/* --- the probe --- */

static void set_vanish(struct sim_board *board, bool on, uint32_t operations)
{
    board->faults.vanish_after = on ? operations : 0;
}

static bool is_vanish(const struct sim_board *board)
{
    return board->faults.vanish_after != 0;
}

#define PROBE(name, which)                                                   \
    static void set_##name(struct sim_board *board, bool on, uint32_t value) \
    {                                                                        \
        board->faults.probe_trouble = on ? (which) : SIM_PROBE_FINE;         \
    }                                                                        \
    static bool is_##name(const struct sim_board *board)                     \
    {                                                                        \
        return board->faults.probe_trouble == (which);                       \
    }

PROBE(in_use, SIM_PROBE_IN_USE)
PROBE(no_permission, SIM_PROBE_NO_PERMISSION)
PROBE(loader, SIM_PROBE_LOADER)
PROBE(old_firmware, SIM_PROBE_OLD_FIRMWARE)

/* --- the table --- */

/* clang-format off */
const struct sim_fault sim_faults[] = {
    {"blank", SIM_NO_VALUE, 0, 0, set_blank, is_blank, NULL},
    {"boot0", SIM_NO_VALUE, 0, 0, set_boot0, is_boot0, NULL},
    {"clone", SIM_KIND, 0, 0, set_clone, is_clone, can_be_clone},
    {"closed", SIM_NO_VALUE, 0, 0, set_closed, is_closed, can_be_closed},
    {"dongle-loader", SIM_NO_VALUE, 0, 0, set_loader, is_loader, NULL},
    {"dongle-old-firmware", SIM_NO_VALUE, 0, 0, set_old_firmware, is_old_firmware, NULL},
    {"ecc", SIM_COUNT, 0, UINT32_MAX, set_ecc, is_ecc, has_ecc},
    {"ecc-corrected", SIM_COUNT, 0, UINT32_MAX, set_ecc_corrected, is_ecc_corrected, has_ecc_registers},
    {"flash-size", SIM_COUNT, 0, 0xFFFF, set_flash_size, is_flash_size, NULL},
    {ground, SIM_NO_VALUE, 0, 0, set_gnd_open, is_gnd_open, NULL},
    {"in-use", SIM_NO_VALUE, 0, 0, set_in_use, is_in_use, NULL},
    {"locked", SIM_NO_VALUE, 0, 0, set_locked, is_locked, NULL},
    {"locked2", SIM_NO_VALUE, 0, 0, set_locked2, is_sealed, can_be_sealed},
    {"lockup", SIM_NO_VALUE, 0, 0, set_lockup, is_lockup, NULL},
    {misprint, SIM_NO_VALUE, 0, 0, set_misprint, is_misprint, NULL},
    {"no-debug-power", SIM_NO_VALUE, 0, 0, set_no_debug_power, is_no_debug_power, NULL},
    {"no-permission", SIM_NO_VALUE, 0, 0, set_no_permission, is_no_permission, NULL},
    {"noack", SIM_NO_VALUE, 0, 0, set_noack, is_noack, NULL},
    {"noise", SIM_COUNT, 2, UINT32_MAX, set_noise, is_noise, NULL},
    {"nrst-clone", SIM_NO_VALUE, 0, 0, set_nrst_clone, is_nrst_clone, NULL},
    {"nrst-low", SIM_NO_VALUE, 0, 0, set_nrst_low, is_nrst_low, NULL},
    {"nrst-open", SIM_NO_VALUE, 0, 0, set_nrst_open, is_nrst_open, NULL},
    {"reset-loop", SIM_NO_VALUE, 0, 0, set_reset_loop, is_reset_loop, NULL},
    {"runs", SIM_NO_VALUE, 0, 0, set_runs, is_runs, NULL},
    {shorted, SIM_NO_VALUE, 0, 0, set_short, is_short, NULL},
    {"sleep", SIM_NO_VALUE, 0, 0, set_sleep, is_sleep, NULL},
    {"standby", SIM_NO_VALUE, 0, 0, set_standby, is_standby, has_standby},
    {"stop", SIM_NO_VALUE, 0, 0, set_stop, is_stop, NULL},
    {swapped, SIM_NO_VALUE, 0, 0, set_swapped, is_swapped, NULL},
    {"swj-off", SIM_NO_VALUE, 0, 0, set_swj_off, is_swj_off, NULL},
    {parallel, SIM_NO_VALUE, 0, 0, set_two_targets, is_two_targets, NULL},
    {"vanish", SIM_COUNT, 1, UINT32_MAX, set_vanish, is_vanish, NULL},
    {"vtref", SIM_VOLTS, 0, MAX_MILLIVOLTS, set_vtref, is_vtref, NULL},
    {"vtref-internal", SIM_NO_VALUE, 0, 0, set_vtref_internal, is_vtref_internal, NULL},
    {"vtref-open", SIM_NO_VALUE, 0, 0, set_vtref_open, is_vtref_open, NULL},
    {"wires", SIM_KHZ, 1, UINT32_MAX, set_long_wires, is_long_wires, NULL},
    {"write-protected", SIM_NO_VALUE, 0, 0, set_write_protected, is_write_protected, can_protect_writing},
};
/* clang-format on */
const size_t sim_fault_count = sizeof sim_faults / sizeof *sim_faults;

void sim_faults_init(struct sim_board *board)
{
    board->faults = (struct sim_faults){.vtref_mv = NORMAL_MILLIVOLTS};
    sim_wires_restart(&board->faults);
}

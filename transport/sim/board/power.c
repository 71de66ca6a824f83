/* SPDX-License-Identifier: MIT */
/* Supply and resets: what the switch, the button, the probe and the program do to the chip. */
#include "sim/stm32/stm32_internal.h"

static enum sim_memory_kind boots(const struct sim_board *board)
{
    if (board->chip->flash->boots)
        return board->chip->flash->boots(board);
    return board->boot0 ? SIM_SYSTEM : SIM_FLASH;
}

void sim_chip_reset(struct sim_board *board, enum sim_reset_cause cause)
{
    board->reset_cause = cause;
    board->reset_wanted = false;
    sim_mode_reset(board);
    board->booted = board->at_zero = boots(board);
    sim_parts_reset(board);
    board->chip->rcc->note_reset(board, cause);
    board->chip->flash->load_options(board, cause == SIM_CAUSE_POWER);
    sim_size_register_update(board);
    sim_clock_changed(board);
    sim_windows_update(board);
    enum sim_reset kind = cause == SIM_CAUSE_POWER ? SIM_RESET_POWER_ON : SIM_RESET_SYSTEM;
    sim_cpu_reset(board->cpu, kind);
    sim_second_reset(board, kind);
}

void sim_system_reset(void *board)
{
    sim_chip_reset(board, SIM_CAUSE_SOFTWARE);
}

/* Standby has cost SRAM its contents. */
void sim_reset_if_wanted(struct sim_board *board)
{
    if (!board->reset_wanted)
        return;
    if (board->mode == SIM_MODE_STANDBY)
        sim_memories_scramble(board);
    sim_chip_reset(board, board->reset_cause);
}

static void power_up(struct sim_board *board)
{
    board->powered = true;
    sim_memories_scramble(board);
    sim_parts_power_on(board);
    board->debugger_seen = false;
    sim_link_power_up(board);
    sim_ap_power_up(board);
    board->core_ps = board->now_ps;
    sim_chip_reset(board, SIM_CAUSE_POWER);
}

static void update_nrst(struct sim_board *board)
{
    const struct sim_faults *faults = &board->faults;
    bool probe = board->nrst_probe && !faults->nrst_open && !faults->nrst_clone;
    bool low = board->nrst_button || faults->nrst_low || probe;

    if (low == board->nrst_low)
        return;
    board->nrst_low = low;
    /* Reset state is entered with the falling edge and BOOT0 sampled after the rising one. */
    if (board->powered)
        sim_chip_reset(board, SIM_CAUSE_PIN);
    sim_cpu_hold(board->cpu, low);
}

void sim_pins_changed(struct sim_board *board)
{
    bool powered = board->switched_on && board->faults.vtref_mv >= board->chip->power_on_mv;

    if (board->powered && !powered)
        board->powered = false;
    else if (!board->powered && powered)
        power_up(board);
    update_nrst(board);
}

void sim_board_nrst(struct sim_board *board, bool asserted)
{
    board->nrst_probe = asserted;
    sim_pins_changed(board);
}

bool sim_board_nrst_is_low(const struct sim_board *board)
{
    bool wired = !board->faults.nrst_open && !board->faults.nrst_clone;

    return board->nrst_probe || (wired && board->nrst_low);
}

uint32_t sim_board_vtref_mv(const struct sim_board *board)
{
    if (board->faults.sense_set)
        return board->faults.sense_mv;
    return board->switched_on ? board->faults.vtref_mv : 0;
}

bool sim_board_probe_present(const struct sim_board *board)
{
    return board->plugged;
}

void sim_unplug(struct sim_board *board)
{
    board->plugged = false;
    board->link.state = SIM_LINK_DEAF;
    sim_board_nrst(board, false);
}

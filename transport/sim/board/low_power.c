/* SPDX-License-Identifier: MIT */
/* Sleep, Stop and Standby (RM0008, 5.3): in Sleep the core alone stands; in Stop the chip's clocks
 * do, but for those of LSI and LSE, until EXTI wakes the core; in Standby everything but the backup
 * domain has lost power, and what wakes it is a reset. DBGMCU can keep clocks and power for the
 * debugger. */
#include "sim/stm32/stm32_internal.h"

static bool is_asleep_deeply(const struct sim_board *board)
{
    bool deep;

    if (sim_second_runs(board) && !(sim_cpu_is_asleep(board->second, &deep) && deep))
        return false;
    return sim_cpu_is_asleep(board->cpu, &deep) && deep;
}

/* --- Stop --- */

static void stop_clocks(struct sim_board *board)
{
    sim_parts_sync(board);
    board->clocks_stopped = true;
    board->clocks_stopped_ps = board->now_ps;
    sim_parts_touched(board);
}

static void start_clocks(struct sim_board *board)
{
    board->clocks_lag_ps = sim_clocks_lag_ps(board);
    board->clocks_stopped = false;
    sim_parts_touched(board);
}

static void enter(struct sim_board *board)
{
    uint32_t options = board->chip->flash->user_options ? board->chip->flash->user_options(board)
                                                        : SIM_USER_OPTIONS;
    bool standby = board->standby_chosen;

    if (!(options & (standby ? SIM_NRST_STDBY : SIM_NRST_STOP))) {
        sim_reset_request(board, SIM_CAUSE_LOW_POWER);
        return;
    }
    board->mode = standby ? SIM_MODE_STANDBY : SIM_MODE_STOP;
    if (standby || !(sim_dbgmcu(board, SIM_DBGMCU_CR) & SIM_DBGMCU_DBG_STOP))
        stop_clocks(board);
}

static void leave_stop(struct sim_board *board)
{
    if (board->clocks_stopped)
        start_clocks(board);
    board->mode = SIM_MODE_RUN;
    board->chip->rcc->after_stop(board);
}

bool sim_mode_update(struct sim_board *board)
{
    bool deep = is_asleep_deeply(board), wakes = sim_cpu_wakes(board->cpu);
    enum sim_mode before = board->mode;

    if (board->mode == SIM_MODE_RUN && deep && !wakes)
        enter(board);
    else if (board->mode == SIM_MODE_STOP && (!deep || wakes))
        leave_stop(board);
    return board->mode != before;
}

void sim_mode_reset(struct sim_board *board)
{
    if (board->clocks_stopped)
        start_clocks(board);
    board->mode = SIM_MODE_RUN;
}

bool sim_mode_core_stands(const struct sim_board *board)
{
    return board->mode == SIM_MODE_STANDBY || board->clocks_stopped;
}

bool sim_mode_link_alive(const struct sim_board *board)
{
    static const uint32_t keeps[] = {
        [SIM_MODE_STOP] = SIM_DBGMCU_DBG_STOP, [SIM_MODE_STANDBY] = SIM_DBGMCU_DBG_STANDBY};

    return board->mode == SIM_MODE_RUN ||
           (sim_dbgmcu(board, SIM_DBGMCU_CR) & keeps[board->mode]) != 0;
}

/* The core's own word for it: see struct sim_bus. */
void sim_deep_sleep(void *user)
{
    struct sim_board *board = user;

    sim_cpu_return(board->cpu);
}

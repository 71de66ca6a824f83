/* SPDX-License-Identifier: MIT */
/* Power, reset, pins and virtual time: what makes the parts a board. */
#include "sim/board/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board/board_internal.h"

struct sim_board_model {
    const char *name;  /* in a spec */
    const char *title; /* on the box */
};

static const struct sim_board_model models[] = {
    {"bluepill", "Blue Pill"},
};

enum {
    DEFAULT_SWCLK_KHZ = 1800,
    PACKET_CYCLES = 46,         /* 8 request, turnaround, 3 ACK, 33 data and parity, idle */
    LINE_RESET_CYCLES = 136,    /* 51 ones, 16 JTAG-to-SWD, 51 ones, idle */
    SLICE_CYCLES = 2000,        /* how late a peripheral's interrupt may be seen by a busy core */
    POWER_ON_MILLIVOLTS = 1920, /* V(POR), STM32F103 data sheet, table 13 */
};

/* The longest step of a core that does nothing; keeps the arithmetic inside 64 bits. */
#define IDLE_SLICE_PS 1000000000000ull

/* --- time --- */

static uint64_t cycles_to_ps(uint64_t cycles, uint32_t khz)
{
    return cycles * 1000000000 / khz;
}

uint64_t sim_now_ps(const struct sim_board *board)
{
    if (!board->core_runs)
        return board->now_ps;
    return board->core_ps + cycles_to_ps(board->cpu->cycles - board->core_cycles, board->core_khz);
}

void sim_clock_changed(struct sim_board *board, uint32_t khz)
{
    if (board->core_runs)
        board->core_ps = sim_now_ps(board);
    board->core_cycles = board->cpu->cycles;
    board->core_khz = khz;
}

void sim_stall_core(struct sim_board *board, uint64_t until_ps)
{
    uint64_t now = sim_now_ps(board);

    if (board->core_runs && until_ps > now)
        board->cpu->cycles += (until_ps - now) * board->core_khz / 1000000000 + 1;
}

/* Runs the core up to `end_ps`, at most one slice; returns when it is. */
static uint64_t run_slice(struct sim_board *board, uint64_t end_ps)
{
    if (end_ps - board->core_ps > IDLE_SLICE_PS)
        end_ps = board->core_ps + IDLE_SLICE_PS;
    uint64_t cycles = (end_ps - board->core_ps) * board->core_khz / 1000000000;

    if (cycles == 0)
        return end_ps;
    if (cycles > SLICE_CYCLES && !sim_cpu_is_idle(board->cpu))
        cycles = SLICE_CYCLES;
    uint64_t planned_ps = board->core_ps + cycles_to_ps(cycles, board->core_khz);
    board->core_cycles = board->cpu->cycles;
    board->core_runs = true;
    sim_cpu_run(board->cpu, cycles);
    board->core_ps = sim_now_ps(board);
    board->core_runs = false;
    board->core_cycles = board->cpu->cycles;
    /* A halted core counts no cycles, but time passes. */
    if (board->core_ps < planned_ps)
        board->core_ps = planned_ps;
    return board->core_ps < end_ps ? board->core_ps : end_ps;
}

/* Lets peripherals and a stalled transfer of the debugger catch up with now. */
static uint64_t sync_parts(struct sim_board *board)
{
    uint64_t event = sim_devices_sync(board);

    sim_ap_complete(board);
    return event;
}

void sim_advance_ps(struct sim_board *board, uint64_t ps)
{
    uint64_t end = board->now_ps + ps;

    while (board->now_ps < end) {
        uint64_t step = end;
        if (board->powered) {
            uint64_t event = sync_parts(board);
            if (event > board->now_ps && event < step)
                step = event;
            if (!board->nrst_low && board->core_ps < step)
                step = run_slice(board, step);
        }
        board->now_ps = step;
        if (!board->powered || board->nrst_low)
            board->core_ps = step;
    }
    if (board->powered)
        sync_parts(board);
}

uint64_t sim_board_now_us(const struct sim_board *board)
{
    return board->now_ps / SIM_PS_PER_US;
}

void sim_board_advance_us(struct sim_board *board, uint64_t us)
{
    sim_advance_ps(board, us * SIM_PS_PER_US);
}

void sim_board_set_swclk(struct sim_board *board, uint32_t khz)
{
    board->swclk_khz = khz ? khz : 1;
}

/* --- reset and power --- */

void sim_chip_reset(struct sim_board *board, enum sim_reset_cause cause)
{
    board->chip.boots_system = board->boot0;
    sim_devices_reset(board);
    sim_rcc_note_reset(board, cause);
    sim_options_load(board, cause == SIM_CAUSE_POWER);
    sim_flash_update_size(board);
    sim_clock_changed(board, sim_rcc_hclk_khz(board));
    sim_map_update_windows(board);
    sim_cpu_reset(board->cpu, cause == SIM_CAUSE_POWER ? SIM_RESET_POWER_ON : SIM_RESET_SYSTEM);
}

static void system_reset(void *board)
{
    sim_chip_reset(board, SIM_CAUSE_SOFTWARE);
}

/* What SRAM cells hold at power-on is undefined: anything but zeros, the same in every run. */
static void scramble_sram(struct sim_chip *chip)
{
    uint32_t state = 0x2545F491;

    for (size_t i = 0; i < sizeof chip->sram; i++) {
        state = state * 1664525 + 1013904223;
        chip->sram[i] = (uint8_t)(state >> 24);
    }
}

static void power_up(struct sim_board *board)
{
    board->powered = true;
    scramble_sram(&board->chip);
    board->chip.dbgmcu_cr = 0;
    sim_link_power_up(board);
    sim_ap_power_up(board);
    board->core_ps = board->now_ps;
    sim_chip_reset(board, SIM_CAUSE_POWER);
}

static void update_nrst(struct sim_board *board)
{
    bool low = board->nrst_button || (board->nrst_probe && !board->faults.nrst_open);

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
    bool powered = board->switched_on && board->faults.vtref_mv >= POWER_ON_MILLIVOLTS;

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

uint32_t sim_board_vtref_mv(const struct sim_board *board)
{
    return board->switched_on ? board->faults.vtref_mv : 0;
}

bool sim_board_probe_present(const struct sim_board *board)
{
    return board->plugged;
}

/* --- SWD --- */

static void pass_swclk(struct sim_board *board, unsigned cycles)
{
    sim_advance_ps(board, cycles_to_ps(cycles, board->swclk_khz));
}

void sim_unplug(struct sim_board *board)
{
    board->plugged = false;
    board->link.state = SIM_LINK_DEAF;
    sim_board_nrst(board, false);
}

/* The fault `vanish` counts down; when it strikes, it is over. */
static void count_operation(struct sim_board *board)
{
    if (board->faults.vanish_after > 0 && --board->faults.vanish_after == 0)
        sim_unplug(board);
}

enum swd_ack sim_board_swd(struct sim_board *board, bool ap, bool read, uint8_t reg,
                           uint32_t *value)
{
    count_operation(board);
    pass_swclk(board, PACKET_CYCLES);
    return sim_link_packet(board, ap, read, reg, value);
}

void sim_board_swd_line_reset(struct sim_board *board)
{
    pass_swclk(board, LINE_RESET_CYCLES);
    sim_link_line_reset(board);
}

/* --- the board --- */

const char *sim_board_name(const struct sim_board *board)
{
    return board->model->title;
}

enum sim_pace sim_board_pace(const struct sim_board *board)
{
    return board->pace;
}

uint64_t sim_board_instructions(const struct sim_board *board)
{
    return board->cpu->instructions;
}

static const struct sim_board_model *find_model(const char *name)
{
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (strcmp(models[i].name, name) == 0)
            return &models[i];
    return NULL;
}

bool sim_board_named(const char *spec)
{
    char name[32];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(spec, ","), spec);
    return find_model(name) != NULL;
}

static void list_models(const char *wrong, char *error, size_t size)
{
    int length = snprintf(error, size, "no simulated board '%.60s'; there is:", wrong);

    for (size_t i = 0; i < sizeof models / sizeof *models && (size_t)length < size; i++)
        length += snprintf(error + length, size - (size_t)length, " %s", models[i].name);
}

static bool apply_word(struct sim_board *board, const char *word, char *error, size_t size)
{
    static const char *const paces[] = {
        [SIM_PACE_STILL] = "still", [SIM_PACE_REALTIME] = "realtime"};
    char fault[80];

    for (enum sim_pace pace = SIM_PACE_STILL; pace <= SIM_PACE_REALTIME; pace++) {
        if (strcmp(word, paces[pace]) == 0) {
            board->pace = pace;
            return true;
        }
    }
    snprintf(fault, sizeof fault, "+%s", word);
    return sim_fault_apply(board, fault, error, size);
}

/* `words` is the spec; it is cut up. */
static bool apply_spec(struct sim_board *board, char *words, char *error, size_t size)
{
    char *rest = words;
    const char *name = strsep(&rest, ",");

    board->model = find_model(name);
    if (!board->model) {
        list_models(name, error, size);
        return false;
    }
    for (const char *word; (word = strsep(&rest, ",")) != NULL;)
        if (!apply_word(board, word, error, size))
            return false;
    return true;
}

static struct sim_board *create_parts(void)
{
    struct sim_board *board = calloc(1, sizeof *board);

    if (!board)
        return NULL;
    board->bus = (struct sim_bus){
        .read = sim_map_read, .write = sim_map_write, .board = board, .system_reset = system_reset};
    board->cpu = sim_cpu_create(&sim_core_m3_r1p1, &board->bus);
    if (!board->cpu) {
        free(board);
        return NULL;
    }
    board->switched_on = board->plugged = true;
    board->swclk_khz = DEFAULT_SWCLK_KHZ;
    board->core_khz = 8000;
    sim_faults_init(board);
    sim_flash_factory(board);
    return board;
}

struct sim_board *sim_board_create(const char *spec, char *error, size_t error_size)
{
    char words[192];

    error[0] = '\0';
    if ((size_t)snprintf(words, sizeof words, "%s", spec) >= sizeof words) {
        snprintf(error, error_size, "the name of the simulated board is too long");
        return NULL;
    }
    struct sim_board *board = create_parts();
    if (!board) {
        snprintf(error, error_size, "out of memory");
        return NULL;
    }
    if (!apply_spec(board, words, error, error_size)) {
        sim_board_destroy(board);
        return NULL;
    }
    sim_pins_changed(board);
    return board;
}

void sim_board_destroy(struct sim_board *board)
{
    if (!board)
        return;
    sim_cpu_destroy(board->cpu);
    free(board);
}

/* SPDX-License-Identifier: MIT */
/* The simulated board as an ordinary probe: this file plays the probe's firmware (posted reads,
 * collecting their results) and its USB cable (plugged or not). */
#include <stdio.h>
#include <stdlib.h>

#include "adi/mem_ap.h"
#include "probe/driver.h"
#include "sim/board/wall.h"

extern const struct probe_driver sim_probe_driver; /* at the end, as in every driver */

enum {
    SPEED_DEFAULT_KHZ = 1800,
    SPEED_MAX_KHZ = 10000,
    /* As long as the host goes on asking by itself; a posted read must not be issued twice. */
    WAIT_LIMIT_US = 500000,
    MUCH_LOST_US = 100000, /* worth a line in the log */
    SWO_LIMIT_BAUD = 24000000,
    SWO_BUFFER = 1 << 20, /* a second of the wall's time may come at once */
};

struct sim_probe {
    struct clock clock;
    struct sim_board *board;
    struct sim_wall wall;
    bool told_of_loss;
};

static struct sim_probe *sim_of(struct probe *probe)
{
    return probe->state;
}

static struct sim_probe *sim_of_clock(struct clock *clock)
{
    return (struct sim_probe *)clock; /* its first member */
}

/* --- time --- */

/* To look at the clock is to look at the board. */
static uint64_t now_us(struct clock *clock)
{
    sim_wall_begin(&sim_of_clock(clock)->wall);
    return sim_board_now_us(sim_of_clock(clock)->board);
}

static void sleep_us(struct clock *clock, uint64_t us)
{
    struct sim_probe *sim = sim_of_clock(clock);

    sim_wall_begin(&sim->wall);
    sim_board_advance_us(sim->board, us);
    sim_wall_end(&sim->wall);
}

/* --- what the board has to say --- */

static void log_remarks(struct probe *probe)
{
    struct sim_probe *sim = sim_of(probe);
    char text[256];

    if (sim->wall.lost_us >= MUCH_LOST_US && !sim->told_of_loss) {
        sim->told_of_loss = true;
        log_line(probe->job->log, LOG_INFO,
                 "simulating the program takes this machine longer than the chip: its time falls "
                 "behind the wall's");
    }
    while (sim_board_remark(sim_of(probe)->board, text, sizeof text))
        log_line(probe->job->log, LOG_WARN, "%s", text);
}

/* --- the cable --- */

/* Every request begins with this. */
static enum err check_present(struct probe *probe)
{
    sim_wall_begin(&sim_of(probe)->wall);
    if (sim_board_probe_present(sim_of(probe)->board))
        return ERR_OK;
    return job_fail(probe->job, ERR_PROBE_GONE, "the simulated probe is unplugged");
}

/* What a probe's host or firmware would say. */
static enum err check_usable(struct probe *probe, enum sim_probe_trouble trouble)
{
    static const struct {
        enum err err;
        const char *text;
    } troubles[] = {
        [SIM_PROBE_IN_USE] = {ERR_BUSY, "another program uses the simulated probe: close it"},
        [SIM_PROBE_NO_PERMISSION] = {ERR_PROBE_ACCESS, "no permission to open the simulated probe"},
        [SIM_PROBE_LOADER] = {ERR_PROBE_LOADER,
                              "the simulated probe is in firmware update mode: unplug "
                              "and replug it"},
        [SIM_PROBE_OLD_FIRMWARE] = {ERR_UNSUPPORTED, "the simulated probe's firmware is too old: "
                                                     "update it"},
    };

    if (trouble == SIM_PROBE_FINE)
        return ERR_OK;
    return job_fail(probe->job, troubles[trouble].err, "%s", troubles[trouble].text);
}

static enum err sim_open(struct probe *probe)
{
    char err[400];
    struct sim_probe *sim = calloc(1, sizeof *sim);

    if (!sim)
        return job_fail(probe->job, ERR_NO_MEMORY, "out of memory");
    sim->board = sim_board_create(probe->info.spec, err, sizeof err);
    if (!sim->board) {
        free(sim);
        return job_fail(probe->job, ERR_ARGUMENT, "%s", err);
    }
    enum err unusable = check_usable(probe, sim_board_probe_trouble(sim->board));
    if (unusable) {
        sim_board_destroy(sim->board);
        free(sim);
        return unusable;
    }
    sim->clock = (struct clock){now_us, sleep_us,
                                .is_virtual = sim_board_pace(sim->board) != SIM_PACE_REALTIME,
                                .stands_still = sim_board_pace(sim->board) == SIM_PACE_STILL};
    sim_wall_init(&sim->wall, sim->board, clock_real());
    sim_board_set_swclk(sim->board, SPEED_DEFAULT_KHZ);
    probe->state = sim;
    probe->clock = &sim->clock;
    probe->now_khz = SPEED_DEFAULT_KHZ;
    return ERR_OK;
}

static void sim_close(struct probe *probe)
{
    struct sim_probe *sim = sim_of(probe);

    sim_board_destroy(sim->board);
    free(sim);
    probe->state = NULL;
    probe->clock = clock_real();
}

/* --- SWD --- */

static enum swd_ack packet(struct sim_board *board, const struct dap_access *access,
                           uint32_t *value)
{
    return sim_board_swd(board, access->port != DAP_PORT_DP, access->read, access->reg & 0xC,
                         value);
}

/* Repeats a packet that brings the result of an AP read before it, while the answer is WAIT. */
static enum swd_ack patient_packet(struct probe *probe, const struct dap_access *access,
                                   uint32_t *value)
{
    struct sim_board *board = sim_of(probe)->board;
    uint64_t start = sim_board_now_us(board);
    enum swd_ack ack;

    do
        ack = packet(board, access, value);
    while (ack == SWD_WAIT && sim_board_now_us(board) - start < WAIT_LIMIT_US &&
           sim_board_probe_present(board) && !job_cancelled(probe->job));
    return ack;
}

static bool is_ap_read(const struct dap_access *access)
{
    return access->port != DAP_PORT_DP && access->read;
}

/* An AP read, and the result of the AP read `before` it that travels in the same packet. */
static enum swd_ack read_ap(struct probe *probe, const struct dap_access *access,
                            struct dap_access *before)
{
    uint32_t stale, *result = before ? &before->value : &stale;

    return before ? patient_packet(probe, access, result)
                  : packet(sim_of(probe)->board, access, result);
}

static enum swd_ack collect(struct probe *probe, struct dap_access *posted)
{
    static const struct dap_access rdbuff = {.port = DAP_PORT_DP, .reg = DP_RDBUFF, .read = true};

    return patient_packet(probe, &rdbuff, &posted->value);
}

/* Runs the list; an AP read is done when its result was collected. */
static enum swd_ack run_list(struct probe *probe, struct dap_access *list, size_t count,
                             size_t *done)
{
    struct dap_access *posted = NULL;
    enum swd_ack ack = SWD_OK;

    *done = 0;
    for (size_t i = 0; i < count; i++) {
        if (posted && !is_ap_read(&list[i])) {
            if ((ack = collect(probe, posted)) != SWD_OK)
                return ack;
            posted = NULL;
            (*done)++;
        }
        ack = is_ap_read(&list[i]) ? read_ap(probe, &list[i], posted)
                                   : packet(sim_of(probe)->board, &list[i], &list[i].value);
        if (ack != SWD_OK)
            return ack;
        *done = is_ap_read(&list[i]) ? i : i + 1;
        posted = is_ap_read(&list[i]) ? &list[i] : NULL;
    }
    if (posted && (ack = collect(probe, posted)) == SWD_OK)
        (*done)++;
    return ack;
}

static enum err sim_transfer(struct probe *probe, struct dap_access *list, size_t count,
                             size_t *done, enum swd_ack *ack)
{
    struct sim_probe *sim = sim_of(probe);
    enum err err = check_present(probe);

    *done = 0;
    *ack = SWD_OK;
    if (err)
        return err;
    *ack = run_list(probe, list, count, done);
    sim_wall_end(&sim->wall);
    log_remarks(probe);
    probe->stats.instructions = sim_board_instructions(sim->board);
    if ((err = check_present(probe)) != ERR_OK)
        *ack = SWD_OK; /* the error says it; there was no acknowledge */
    return err;
}

static enum err sim_line_reset(struct probe *probe)
{
    enum err err = check_present(probe);

    if (!err)
        sim_board_swd_line_reset(sim_of(probe)->board);
    return err;
}

/* --- the rest of a probe --- */

static enum err sim_nrst(struct probe *probe, enum probe_nrst level)
{
    enum err err = check_present(probe);

    if (!err)
        sim_board_nrst(sim_of(probe)->board, level == PROBE_NRST_ASSERT);
    return err;
}

static enum err sim_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    enum err err = ERR_OK;

    if (how == PROBE_CONNECT_UNDER_RESET)
        err = sim_nrst(probe, PROBE_NRST_ASSERT);
    return !err ? dap_connect(probe, dpidr) : err;
}

static enum err sim_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    enum err err = check_present(probe);

    if (err)
        return err;
    *actual_khz = khz == 0 ? SPEED_DEFAULT_KHZ : khz < SPEED_MAX_KHZ ? khz : SPEED_MAX_KHZ;
    sim_board_set_swclk(sim_of(probe)->board, *actual_khz);
    return ERR_OK;
}

static enum err sim_vtref(struct probe *probe, uint32_t *millivolts)
{
    enum err err = check_present(probe);

    if (!err)
        *millivolts = sim_board_vtref_mv(sim_of(probe)->board);
    return err;
}

/* --- SWO --- */

static uint32_t sim_trace_limit(const struct probe *probe)
{
    return SWO_LIMIT_BAUD;
}

static enum err sim_trace_start(struct probe *probe, uint32_t baud)
{
    enum err err = check_present(probe);

    if (!err && !sim_board_swo_listen(sim_of(probe)->board, baud, SWO_BUFFER))
        err = job_fail(probe->job, ERR_NO_MEMORY, "out of memory");
    return err;
}

static enum err sim_trace_read(struct probe *probe, uint8_t *bytes, size_t capacity, size_t *count)
{
    enum err err = check_present(probe);

    if (!err)
        *count = sim_board_swo_take(sim_of(probe)->board, bytes, capacity);
    return err;
}

static enum err sim_trace_stop(struct probe *probe)
{
    (void)sim_board_swo_listen(sim_of(probe)->board, 0, 0);
    return check_present(probe);
}

static size_t sim_serial_take(struct probe *probe, char *text, size_t capacity)
{
    return sim_board_uart_take(sim_of(probe)->board, text, capacity);
}

static bool sim_serial_listens(struct probe *probe)
{
    return sim_board_uart_listens(sim_of(probe)->board);
}

static void sim_serial_put(struct probe *probe, char character)
{
    sim_board_uart_put(sim_of(probe)->board, character);
}

/* Controls reach the board also while the probe is unplugged. */
static enum err sim_command(struct probe *probe, int argc, const char *const argv[], char *reply,
                            size_t size)
{
    sim_wall_begin(&sim_of(probe)->wall);
    if (!sim_board_control(sim_of(probe)->board, argc, argv, reply, size))
        return job_fail(probe->job, ERR_ARGUMENT, "%.240s", reply);
    return ERR_OK;
}

bool probe_sim_named(const char *word)
{
    return sim_board_named(word);
}

const char *probe_sim_board(size_t index)
{
    return sim_board_listed(index);
}

bool probe_sim_fault(size_t index, const char **name, const char **value)
{
    return sim_fault_listed(index, name, value);
}

/* Trying it out is the whole check: the words live in one place. */
static enum err sim_describe(struct probe_info *info, unsigned number, struct job *job)
{
    char err[400];
    struct sim_board *board = sim_board_create(info->spec, err, sizeof err);

    if (!board)
        return job_fail(job, ERR_ARGUMENT, "%s", err);
    snprintf(info->product, sizeof info->product, "simulated %s", sim_board_name(board));
    snprintf(info->serial, sizeof info->serial, "SIM%u", number);
    snprintf(info->place, sizeof info->place, "sim:%u", number);
    sim_board_destroy(board);
    return ERR_OK;
}

enum err probe_sim_info(const char *spec, struct probe_info *info, struct job *job)
{
    *info = (struct probe_info){.driver = &sim_probe_driver};
    snprintf(info->spec, sizeof info->spec, "%s", spec);
    return sim_describe(info, 0, job);
}

const struct probe_driver sim_probe_driver = {
    .name = "sim",
    .outlives_cable = true,
    .describe = sim_describe,
    .open = sim_open,
    .close = sim_close,
    .connect = sim_connect,
    .disconnect = dap_disconnect,
    .run = mem_ap_run,
    .set_speed = sim_set_speed,
    .nrst = sim_nrst,
    .vtref = sim_vtref,
    .trace_limit = sim_trace_limit,
    .trace_start = sim_trace_start,
    .trace_read = sim_trace_read,
    .trace_stop = sim_trace_stop,
    .serial_take = sim_serial_take,
    .serial_listens = sim_serial_listens,
    .serial_put = sim_serial_put,
    .command = sim_command,
    .transfer = sim_transfer,
    .line_reset = sim_line_reset,
};

/* SPDX-License-Identifier: MIT */
#include "stlink_bench.h"

const char *const bench_firmwares[] = {"V2J43", "V2J24", "V2J17", "V2-1",
                                       "V3",    "V3J2",  "clone", NULL};

static struct bench *current; /* open() has no other way to the bench */

extern const struct probe_driver stlink_probe_driver;

static enum err open_model(struct probe *probe)
{
    probe->clock = &current->pipe.clock;
    return stlink_start(probe, &current->pipe.pipe);
}

void bench_init(struct bench *bench, const char *stlink, const char *board)
{
    char err[256];

    memset(bench, 0, sizeof *bench);
    bench->board = sim_board_create(board, err, sizeof err);
    assert_non_null(bench->board);
    bench->model = stlink_model_create(stlink_config_find(stlink), bench->board);
    struct firmware firmware = stlink_firmware(bench->model);
    firmware.high_speed = false; /* what the tests say of costs is said of full speed */
    model_pipe_init(&bench->pipe, firmware, bench->board);
    bench->driver = stlink_probe_driver;
    bench->driver.open = open_model;
    job_init(&bench->job, NULL);
}

enum err bench_open_probe(struct bench *bench)
{
    struct probe_info info = {.driver = &bench->driver, .pid = stlink_model_pid(bench->model)};

    current = bench;
    enum err err = probe_open(&info, &bench->job, NULL, &bench->probe);
    if (!err)
        ops_init(&bench->ops, bench->probe);
    return err;
}

void bench_shut(struct bench *bench)
{
    probe_close(bench->probe);
    bench->probe = NULL;
}

void bench_open(struct bench *bench, const char *stlink, const char *board)
{
    bench_init(bench, stlink, board);
    if (bench_open_probe(bench) != ERR_OK)
        fail_msg("%s", bench->job.text);
}

void bench_close(struct bench *bench)
{
    bench_shut(bench);
    stlink_model_destroy(bench->model);
    sim_board_destroy(bench->board);
}

void bench_connect(struct bench *bench)
{
    uint32_t dpidr = 0;

    if (probe_connect(bench->probe, PROBE_CONNECT_NORMAL, &dpidr) != ERR_OK)
        fail_msg("%s", bench->job.text);
    assert_int_equal(dpidr, 0x1BA01477);
}

void bench_flush(struct bench *bench)
{
    if (ops_flush(&bench->ops) != ERR_OK)
        fail_msg("%s", bench->job.text);
}

void bench_halt(struct bench *bench)
{
    ops_write32(&bench->ops, DHCSR, DHCSR_HALT);
    ops_wait32(&bench->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 10000);
    bench_flush(bench);
}

void bench_open_halted(struct bench *bench, const char *stlink)
{
    bench_open(bench, stlink, "bluepill");
    bench_connect(bench);
    bench_halt(bench);
}

uint64_t bench_commands(struct bench *bench, uint64_t *mark)
{
    uint64_t now = stlink_model_commands(bench->model), used = now - *mark;

    *mark = now;
    return used;
}

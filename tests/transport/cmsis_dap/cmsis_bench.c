/* SPDX-License-Identifier: MIT */
#include "cmsis_bench.h"

#include "cmsis_dap/products.h"

static struct bench *current; /* open() has no other way to the bench */

extern const struct probe_driver cmsis_dap_probe_driver;

static enum err open_model(struct probe *probe)
{
    const struct dap_config *config = dap_model_config(current->model);
    struct cmsis_way way = {.report_size = config->hid ? config->packet : 0,
                            .quirks = cmsis_quirks(config->vid, config->pid, config->bcd)};

    probe->clock = &current->pipe.clock;
    return cmsis_dap_start(probe, &current->pipe.pipe, way);
}

void bench_init(struct bench *bench, const char *name, const char *board)
{
    char err[256];

    memset(bench, 0, sizeof *bench);
    bench->board = sim_board_create(board, err, sizeof err);
    assert_non_null(bench->board);
    bench->model = dap_model_create(dap_config_find(name), bench->board);
    assert_non_null(bench->model);
    model_pipe_init(&bench->pipe, dap_firmware(bench->model), bench->board);
    bench->driver = cmsis_dap_probe_driver;
    bench->driver.open = open_model;
    job_init(&bench->job, NULL);
}

enum err bench_open_probe(struct bench *bench)
{
    struct probe_info info = {.driver = &bench->driver};

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

void bench_open(struct bench *bench, const char *name, const char *board)
{
    bench_init(bench, name, board);
    if (bench_open_probe(bench) != ERR_OK)
        fail_msg("%s", bench->job.text);
}

void bench_close(struct bench *bench)
{
    assert_int_equal(dap_model_violations(bench->model), 0);
    bench_shut_down(bench);
}

void bench_shut_down(struct bench *bench)
{
    if (bench->probe)
        bench_shut(bench);
    dap_model_destroy(bench->model);
    sim_board_destroy(bench->board);
}

void bench_connect(struct bench *bench)
{
    uint32_t dpidr = 0;

    if (probe_connect(bench->probe, PROBE_CONNECT_NORMAL, &dpidr) != ERR_OK)
        fail_msg("%s", bench->job.text);
    assert_int_not_equal(dpidr, 0);
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

void bench_open_halted(struct bench *bench, const char *name)
{
    bench_open(bench, name, "bluepill");
    bench_connect(bench);
    bench_halt(bench);
}

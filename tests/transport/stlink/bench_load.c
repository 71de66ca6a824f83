/* SPDX-License-Identifier: MIT */
/* What a load takes of each family on the modelled probes, as docs/benchmark.md has it; or of one
 * board, command by command:
 *
 *   bench-load                                all rows of the table
 *   bench-load BOARD FIRMWARE KIB [BYTES]     a blank chip, in packets of so many bytes
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "flash/flash.h"
#include "stlink_bench.h"
#include "target.h"

enum { FLASH = 0x08000000, MOST = 2048 * 1024, GDB_PACKET = 16000, PIECE = 4096, BLOCK = 6144 };

static const struct row {
    const char *text, *board;
    uint32_t kib;
    uint32_t unit, unit_ns; /* what the flash programs at once, bytes, and how long it takes */
} rows[] = {
    {"F0: `f031`, all 32 KiB", "f031", 32, 2, 52500},
    {"F3: `nucleo-f303k8`, all 64 KiB", "nucleo-f303k8", 64, 2, 52500},
    {"F2: `nucleo-f205`, all 1024 KiB", "nucleo-f205", 1024, 4, 16000},
    {"F4: `blackpill-f401`, all 256 KiB", "blackpill-f401", 256, 4, 16000},
    {"F7: `nucleo-f746`, all 1024 KiB", "nucleo-f746", 1024, 4, 16000},
    {"F7: `nucleo-f746`, 256 KiB of 1024", "nucleo-f746", 256, 4, 16000},
    {"L0: `nucleo-l053`, all 64 KiB", "nucleo-l053", 64, 64, 3280000},
    {"L1: `nucleo-l152`, 128 KiB of 512", "nucleo-l152", 128, 128, 3280000},
    {"L4: `nucleo-l476`, 128 KiB of 1024", "nucleo-l476", 128, 8, 81690},
    {"G4: `nucleo-g431`, all 128 KiB", "nucleo-g431", 128, 8, 81690},
    {"G0: `nucleo-g071`, all 128 KiB", "nucleo-g071", 128, 8, 85000},
    {"C0: `nucleo-c031`, all 32 KiB", "nucleo-c031", 32, 8, 85000},
    {"WB: `nucleo-wb55`, 128 KiB of 1024", "nucleo-wb55", 128, 8, 81690},
    {"WL: `nucleo-wl55`, 128 KiB of 256", "nucleo-wl55", 128, 8, 81690},
    {"H7: `nucleo-h743`, all 2048 KiB", "nucleo-h743", 2048, 32, 100000},
    {"H7: `nucleo-h743`, 256 KiB of 2048", "nucleo-h743", 256, 32, 100000},
    {"U5: `nucleo-u575`, all 2048 KiB", "nucleo-u575", 2048, 128, 384000},
    {"H5: `nucleo-h563`, all 2048 KiB", "nucleo-h563", 2048, 16, 30000},
};
static const char *const firmwares[] = {"V2J43", "V3"};

static uint8_t image[MOST];

static void make_image(void)
{
    uint32_t x = 1;

    for (size_t i = 0; i < sizeof image; i++) {
        x = x * 1664525 + 1013904223;
        image[i] = (uint8_t)(x >> 24);
    }
}

static void give_up(const struct bench *bench)
{
    fprintf(stderr, "%s\n", bench->job.text);
    exit(1);
}

static struct target *open_board(struct bench *bench, const char *firmware, const char *board)
{
    struct target *target = NULL;
    struct target_stop stop;

    bench_open(bench, firmware, board);
    if (target_create(bench->probe, &target) != ERR_OK ||
        target_connect(target, TARGET_CONNECT_NORMAL) != ERR_OK ||
        target_halt(target, &stop) != ERR_OK)
        give_up(bench);
    return target;
}

static uint64_t load(struct bench *bench, struct target *target, uint32_t size, uint32_t packet)
{
    uint64_t start = sim_board_now_us(bench->board);
    struct flash *flash;
    enum err err = flash_open(target, &flash);

    if (!err)
        err = flash_erase(flash, FLASH, size);
    for (uint32_t at = 0; at < size && !err; at += packet)
        err = flash_write(flash, FLASH + at, image + at, size - at < packet ? size - at : packet);
    if (!err)
        err = flash_done(flash);
    flash_close(flash);
    if (err)
        give_up(bench);
    return sim_board_now_us(bench->board) - start;
}

/* --- the table --- */

struct measured {
    uint64_t wire, one, packets, same;
};

/* In pieces as large as all RAM has room for, but for the smallest ones. */
static uint64_t into_ram(struct bench *bench, struct target *target, uint32_t size)
{
    uint32_t most = target_chip(target)->ram_size < 2 * BLOCK ? PIECE : BLOCK;
    uint64_t start = sim_board_now_us(bench->board);

    for (uint32_t at = 0, piece; at < size; at += piece) {
        piece = size - at < most ? size - at : most;
        if (target_write(target, RAM, image + at, piece) != ERR_OK)
            give_up(bench);
    }
    return sim_board_now_us(bench->board) - start;
}

static struct measured measure(const struct row *row, const char *firmware)
{
    uint32_t size = row->kib * 1024;
    struct measured measured;
    struct bench bench;
    struct target *target = open_board(&bench, firmware, row->board);

    measured.wire = into_ram(&bench, target, size);
    measured.packets = load(&bench, target, size, GDB_PACKET);
    measured.same = load(&bench, target, size, GDB_PACKET);
    target_destroy(target);
    bench_close(&bench);
    target = open_board(&bench, firmware, row->board);
    measured.one = load(&bench, target, size, size);
    target_destroy(target);
    bench_close(&bench);
    return measured;
}

/* Of the larger one. */
static unsigned percent(uint64_t us, uint64_t flash_us, uint64_t wire_us)
{
    uint64_t least = flash_us > wire_us ? flash_us : wire_us;

    return (unsigned)((us * 100 + least / 2) / least);
}

static unsigned ms(uint64_t us)
{
    return (unsigned)((us + 500) / 1000);
}

static void print_row(const struct row *row)
{
    uint64_t flash = (uint64_t)row->kib * 1024 / row->unit * row->unit_ns / 1000;
    struct measured v2 = measure(row, firmwares[0]), v3 = measure(row, firmwares[1]);

    printf("| %s | %u | %u, %u | %u, %u %% (%u %%) | %u, %u %% (%u %%) | %u %%, %u %% |\n",
           row->text, ms(flash), ms(v2.wire), ms(v3.wire), ms(v2.one),
           percent(v2.one, flash, v2.wire), percent(v2.packets, flash, v2.wire), ms(v3.one),
           percent(v3.one, flash, v3.wire), percent(v3.packets, flash, v3.wire),
           percent(v2.same, flash, v2.wire), percent(v3.same, flash, v3.wire));
    fflush(stdout);
}

static void print_table(void)
{
    printf("| | flash | wire V2, V3 | V2J43 | V3 | identical V2, V3 |\n"
           "|---|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        print_row(&rows[i]);
}

/* --- command by command --- */

static uint64_t began_us;

/* RW_MISC's items as they are: what they do, and to what. */
static void print_list(const uint8_t *data, uint32_t items)
{
    uint32_t operands = (items + 3) / 4 * 4;

    for (uint32_t i = 0; i < items; i++)
        printf(" %u:%" PRIx32, data[i], get_le32(data + operands + 4 * i));
}

static void print_command(void *user, const struct pipe_exchange *x)
{
    const struct bench *bench = user;
    const uint8_t *c = x->command;

    printf("\n%9.3f ms ", (double)(sim_board_now_us(bench->board) - began_us) / 1000);
    if (!c)
        return;
    printf("%02x %02x %08" PRIx32 " out %zu in %zu", c[0], c[1], get_le32(c + 2),
           x->out ? x->out_length : 0, x->in ? x->in_capacity : 0);
    if (c[0] == 0xF2 && c[1] == 0x51 && x->out)
        print_list(x->out, get_le32(c + 2));
}

static void print_timeline(const char *board, const char *firmware, uint32_t size, uint32_t packet)
{
    struct bench bench;
    struct target *target = open_board(&bench, firmware, board);

    began_us = sim_board_now_us(bench.board);
    bench.pipe.spy = print_command;
    bench.pipe.spy_user = &bench;
    printf("\n%9.3f ms: all\n", (double)load(&bench, target, size, packet) / 1000);
    target_destroy(target);
    bench_close(&bench);
}

int main(int argc, char **argv)
{
    make_image();
    if (argc < 4) {
        print_table();
        return 0;
    }
    uint32_t size = (uint32_t)strtoul(argv[3], NULL, 10) * 1024;
    uint32_t packet = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : size;
    if (size == 0 || size > MOST || packet == 0 || !stlink_config_find(argv[2])) {
        fprintf(stderr, "bench-load [BOARD FIRMWARE KIB [BYTES]], at most %u KiB\n", MOST / 1024);
        return 2;
    }
    print_timeline(argv[1], argv[2], size, packet);
    return 0;
}

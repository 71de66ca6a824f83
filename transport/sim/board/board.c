/* SPDX-License-Identifier: MIT */
/* A board from its spec to its end, and what its users ask of it. */
#include "sim/board/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum {
    DEFAULT_SWCLK_KHZ = 1800,
    PACKET_CYCLES = 46,      /* 8 request, turnaround, 3 ACK, 33 data and parity, idle */
    LINE_RESET_CYCLES = 136, /* 51 ones, 16 JTAG-to-SWD, 51 ones, idle */
};

/* --- SWD --- */

void sim_board_set_swclk(struct sim_board *board, uint32_t khz)
{
    board->swclk_khz = khz ? khz : 1;
}

static void pass_swclk(struct sim_board *board, unsigned cycles)
{
    sim_advance_ps(board, sim_cycles_to_ps(cycles, board->swclk_khz));
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
    for (size_t i = 0; i < sim_board_model_count; i++)
        if (strcmp(sim_board_models[i].name, name) == 0)
            return &sim_board_models[i];
    return NULL;
}

bool sim_board_named(const char *spec)
{
    char name[32];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(spec, ","), spec);
    return find_model(name) != NULL;
}

const char *sim_board_listed(size_t index)
{
    for (size_t i = 0; i < sim_board_model_count; i++)
        if (!sim_board_models[i].unfinished && index-- == 0)
            return sim_board_models[i].name;
    return NULL;
}

/* Those that have `part` in their names, as many as fit. */
static size_t list_boards(const char *part, char *text, size_t size)
{
    static const char more[] = " .. (--help lists all)";
    size_t count = 0, used = 0;
    const char *name;

    for (size_t i = 0; (name = sim_board_listed(i)) != NULL; i++) {
        if (!strstr(name, part))
            continue;
        if (used + 1 + strlen(name) + sizeof more > size) {
            snprintf(text + used, size - used, "%s", more);
            break;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s", count++ ? " " : "", name);
    }
    return count;
}

static void refuse_name(const char *wrong, char *err, size_t size)
{
    char names[160]; /* of a sentence that stands in another one */
    bool near = *wrong && list_boards(wrong, names, sizeof names) > 0;

    if (!near)
        list_boards("", names, sizeof names);
    snprintf(err, size, "no simulated board '%.60s'; %s: %s", wrong,
             near ? "there is, with that in its name" : "there is", names);
}

static const char flash_word[] = ",flash=", seed_word[] = ",seed=";

static bool apply_word(struct sim_board *board, const char *word, char *err, size_t size)
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
    return sim_fault_apply(board, fault, err, size);
}

/* `words` are those behind the board's name; they are cut up. */
static bool apply_words(struct sim_board *board, char *words, char *err, size_t size)
{
    for (const char *word; (word = strsep(&words, ",")) != NULL;)
        if (strncmp(word, flash_word + 1, sizeof flash_word - 2) != 0 &&
            strncmp(word, seed_word + 1, sizeof seed_word - 2) != 0 &&
            !apply_word(board, word, err, size))
            return false;
    return true;
}

/* --- the seed, which counts for words before it, too --- */

static bool take_seed(struct sim_board *board, const char *spec, char *err, size_t size)
{
    const char *at = strstr(spec, seed_word);
    char *end;

    if (!at)
        return true;
    unsigned long seed = strtoul(at + sizeof seed_word - 1, &end, 10);
    if (end == at + sizeof seed_word - 1 || (*end != '\0' && *end != ',') || seed > UINT32_MAX) {
        snprintf(err, size, "seed=N takes a number");
        return false;
    }
    board->faults.seed = (uint32_t)seed;
    board->faults.vtref_mv = sim_draw(board, "supply", 3200, 3390);
    sim_wires_restart(&board->faults);
    return true;
}

/* --- another size of flash --- */

static uint32_t own_flash_kib(const struct sim_chip *chip)
{
    return sim_memory_row(chip, SIM_FLASH)->size / 1024;
}

/* What a spec asks for, in KiB; `own` if it does not. 0: no number. */
static uint32_t parse_flash(const char *spec, uint32_t own)
{
    const char *at = strstr(spec, flash_word);
    char *end;

    if (!at)
        return own;
    unsigned long kib = strtoul(at + sizeof flash_word - 1, &end, 10);
    return (*end == '\0' || *end == ',') && kib <= UINT16_MAX ? (uint32_t)kib : 0;
}

static bool choose_flash(const struct sim_chip *chip, const char *spec, uint32_t *kib, char *err,
                         size_t size)
{
    uint32_t own = own_flash_kib(chip), most = chip->most_flash / 1024;

    *kib = parse_flash(spec, own);
    if (*kib == own || (*kib == most && most != 0))
        return true;
    if (most)
        snprintf(err, size, "the simulated %s has %u KiB of flash, or %u with flash=%u", chip->name,
                 (unsigned)own, (unsigned)most, (unsigned)most);
    else
        snprintf(err, size, "the simulated %s has %u KiB of flash", chip->name, (unsigned)own);
    return false;
}

static void resize_flash(struct sim_board *board, uint32_t kib)
{
    if (kib == own_flash_kib(board->chip))
        return;
    board->resized = *board->chip;
    board->chip = &board->resized;
    for (unsigned i = 0; i < SIM_MEMORIES_MAX; i++)
        if (board->resized.memories[i].kind == SIM_FLASH)
            board->resized.memories[i].size = kib * 1024;
}

static bool create_parts(struct sim_board *board)
{
    const struct sim_chip *chip = board->chip;

    board->bus = (struct sim_bus){.read = sim_map_read,
                                  .write = sim_map_write,
                                  .board = board,
                                  .system_reset = sim_system_reset,
                                  .deep_sleep = sim_deep_sleep,
                                  .swo = sim_swo_put};
    board->cpu = sim_cpu_create(chip->core, &chip->integration, &board->bus);
    board->faults.first_page = malloc(chip->page_size);
    return board->cpu && sim_second_create(board) && board->faults.first_page &&
           sim_memories_create(board) && sim_parts_create(board);
}

/* Out of the factory, without power; NULL: out of memory. */
static struct sim_board *create(const struct sim_board_model *model, uint32_t flash_kib)
{
    struct sim_board *board = calloc(1, sizeof *board);

    if (!board)
        return NULL;
    board->model = model;
    board->chip = model->chip;
    resize_flash(board, flash_kib);
    board->switched_on = board->plugged = true;
    board->swclk_khz = DEFAULT_SWCLK_KHZ;
    sim_faults_init(board);
    sim_adc_init(board);
    if (!create_parts(board)) {
        sim_board_destroy(board);
        return NULL;
    }
    sim_clock_changed(board);
    sim_preloaded_bootloader(board);
    board->chip->flash->factory(board);
    return board;
}

struct sim_board *sim_board_create(const char *spec, char *err, size_t error_size)
{
    char words[192], *rest = words;

    err[0] = '\0';
    if ((size_t)snprintf(words, sizeof words, "%s", spec) >= sizeof words) {
        snprintf(err, error_size, "the name of the simulated board is too long");
        return NULL;
    }
    const char *name = strsep(&rest, ",");
    const struct sim_board_model *model = find_model(name);
    if (!model) {
        refuse_name(name, err, error_size);
        return NULL;
    }
    uint32_t flash_kib;
    if (!choose_flash(model->chip, spec, &flash_kib, err, error_size))
        return NULL;
    struct sim_board *board = create(model, flash_kib);
    if (!board) {
        snprintf(err, error_size, "out of memory");
        return NULL;
    }
    if (!take_seed(board, spec, err, error_size) || !apply_words(board, rest, err, error_size)) {
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
    sim_parts_destroy(board);
    sim_memories_destroy(board);
    free(board->faults.first_page);
    free(board->swo.received);
    sim_cpu_destroy(board->second);
    sim_cpu_destroy(board->cpu);
    free(board);
}

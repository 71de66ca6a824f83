/* SPDX-License-Identifier: MIT */
/* What may be wrong with a board, by name. Each can be set and cleared while it runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { NORMAL_MILLIVOLTS = 3300, MAX_MILLIVOLTS = 6000 };

/* --- what each does --- */

static void set_noack(struct sim_board *board, bool on, uint32_t value)
{
    board->faults.noack = on;
}

static void set_nrst_open(struct sim_board *board, bool on, uint32_t value)
{
    board->faults.nrst_open = on;
    sim_pins_changed(board);
}

static void set_vtref(struct sim_board *board, bool on, uint32_t millivolts)
{
    board->faults.vtref_mv = on ? millivolts : NORMAL_MILLIVOLTS;
    sim_pins_changed(board);
}

static void set_locked(struct sim_board *board, bool on, uint32_t value)
{
    board->chip->flash->set_protection(board, on);
}

/* DPIDR comes with the flag. */
static void set_clone(struct sim_board *board, bool on, uint32_t value)
{
    const struct sim_chip *chip = board->chip;

    board->faults.clone = on;
    board->cpu->model = on ? chip->clone->core : chip->core;
    board->cpu->integration = on ? &chip->clone->integration : &chip->integration;
}

static void set_flash_size(struct sim_board *board, bool on, uint32_t kib)
{
    board->faults.flash_size_set = on;
    board->faults.flash_size = (uint16_t)kib;
    sim_size_register_update(board);
}

static void set_noise(struct sim_board *board, bool on, uint32_t one_in)
{
    board->faults.noise = on ? one_in : 0;
    sim_noise_restart(&board->faults);
}

static void set_wires(struct sim_board *board, bool on, uint32_t khz)
{
    board->faults.wires_khz = on ? khz : 0;
}

static void set_vanish(struct sim_board *board, bool on, uint32_t operations)
{
    board->faults.vanish_after = on ? operations : 0;
}

static void set_program(struct sim_board *board, bool on, enum sim_preloaded_program program)
{
    if (on)
        sim_preloaded_program(board, program);
    else if (board->faults.program == program)
        sim_preloaded_program(board, SIM_PROGRAM_NONE);
}

static void set_swj_off(struct sim_board *board, bool on, uint32_t value)
{
    set_program(board, on, SIM_PROGRAM_SWJ_OFF);
}

static void set_sleep(struct sim_board *board, bool on, uint32_t value)
{
    set_program(board, on, SIM_PROGRAM_SLEEP);
}

static bool is_noack(const struct sim_board *board)
{
    return board->faults.noack;
}

static bool is_nrst_open(const struct sim_board *board)
{
    return board->faults.nrst_open;
}

static bool is_vtref(const struct sim_board *board)
{
    return board->faults.vtref_mv != NORMAL_MILLIVOLTS;
}

static bool is_locked(const struct sim_board *board)
{
    return board->chip->flash->is_protected(board);
}

static bool is_clone(const struct sim_board *board)
{
    return board->faults.clone;
}

static bool is_flash_size(const struct sim_board *board)
{
    return board->faults.flash_size_set;
}

static bool is_noise(const struct sim_board *board)
{
    return board->faults.noise != 0;
}

static bool is_wires(const struct sim_board *board)
{
    return board->faults.wires_khz != 0;
}

static bool is_vanish(const struct sim_board *board)
{
    return board->faults.vanish_after != 0;
}

static bool is_swj_off(const struct sim_board *board)
{
    return board->faults.program == SIM_PROGRAM_SWJ_OFF;
}

static bool is_sleep(const struct sim_board *board)
{
    return board->faults.program == SIM_PROGRAM_SLEEP;
}

/* --- the table --- */

enum value_kind { NO_VALUE, COUNT, VOLTS };

static const struct fault {
    const char *name;
    enum value_kind kind;
    uint32_t least, most; /* of a value; millivolts for VOLTS */
    void (*set)(struct sim_board *board, bool on, uint32_t value);
    bool (*is_set)(const struct sim_board *board);
} faults[] = {
    {"clone", NO_VALUE, 0, 0, set_clone, is_clone},
    {"flash-size", COUNT, 0, 0xFFFF, set_flash_size, is_flash_size},
    {"locked", NO_VALUE, 0, 0, set_locked, is_locked},
    {"noack", NO_VALUE, 0, 0, set_noack, is_noack},
    {"noise", COUNT, 2, UINT32_MAX, set_noise, is_noise},
    {"nrst-open", NO_VALUE, 0, 0, set_nrst_open, is_nrst_open},
    {"sleep", NO_VALUE, 0, 0, set_sleep, is_sleep},
    {"swj-off", NO_VALUE, 0, 0, set_swj_off, is_swj_off},
    {"vanish", COUNT, 1, UINT32_MAX, set_vanish, is_vanish},
    {"vtref", VOLTS, 0, MAX_MILLIVOLTS, set_vtref, is_vtref},
    {"wires", COUNT, 1, UINT32_MAX, set_wires, is_wires},
};
enum { FAULT_COUNT = sizeof faults / sizeof *faults };

static const char *value_hint(enum value_kind kind)
{
    return kind == COUNT ? "=N" : kind == VOLTS ? "=V" : "";
}

/* --- words --- */

static bool parse_count(const char *text, uint32_t *value)
{
    char *end;

    errno = 0;
    unsigned long long number = strtoull(text, &end, 0);
    *value = (uint32_t)number;
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && number <= UINT32_MAX;
}

/* Volts with up to three decimals, independent of the locale. */
static bool parse_volts(const char *text, uint32_t *millivolts)
{
    unsigned scale = 1000;

    *millivolts = 0;
    if (*text < '0' || *text > '9' || strlen(text) > 5)
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        *millivolts = *millivolts * 10 + (uint32_t)(*text - '0') * 1000;
    if (*text == '.')
        text++;
    for (; *text >= '0' && *text <= '9' && scale > 1; text++)
        *millivolts += (uint32_t)(*text - '0') * (scale /= 10);
    return *text == '\0';
}

static bool parse_value(const struct fault *fault, const char *text, uint32_t *value)
{
    bool good = fault->kind == VOLTS ? parse_volts(text, value) : parse_count(text, value);

    return good && *value >= fault->least && *value <= fault->most;
}

/* No clone is known of every chip. */
static bool is_possible(const struct sim_board *board, const struct fault *fault)
{
    return fault->set != set_clone || board->chip->clone;
}

static const struct fault *find_fault(const struct sim_board *board, const char *name,
                                      size_t length)
{
    for (size_t i = 0; i < FAULT_COUNT; i++)
        if (strlen(faults[i].name) == length && strncmp(faults[i].name, name, length) == 0)
            return is_possible(board, &faults[i]) ? &faults[i] : NULL;
    return NULL;
}

static bool complain(const struct sim_board *board, const char *wrong, char *err, size_t size)
{
    int length = snprintf(err, size, "no fault '%.40s' of a simulated board; there is:", wrong);

    for (size_t i = 0; i < FAULT_COUNT && (size_t)length < size; i++)
        if (is_possible(board, &faults[i]))
            length += snprintf(err + length, size - (size_t)length, " %s%s", faults[i].name,
                               value_hint(faults[i].kind));
    return false;
}

bool sim_fault_apply(struct sim_board *board, const char *word, char *err, size_t size)
{
    bool on = word[0] == '+';
    const char *name = word + 1;

    if (!on && word[0] != '-') {
        snprintf(err, size, "a fault begins with + (set it) or - (clear it): '%.40s'", word);
        return false;
    }
    size_t length = strcspn(name, "=");
    const struct fault *fault = find_fault(board, name, length);
    if (!fault)
        return complain(board, name, err, size);
    bool has_value = name[length] == '=', wants_value = on && fault->kind != NO_VALUE;
    uint32_t value = 0;
    if (has_value != wants_value ||
        (wants_value && !parse_value(fault, name + length + 1, &value))) {
        snprintf(err, size, "'%.40s' has to be written %s%s%s%s", name, on ? "" : "-", fault->name,
                 on ? value_hint(fault->kind) : "",
                 on && fault->kind == VOLTS ? ", as in vtref=1.8: volts up to 6" : "");
        return false;
    }
    fault->set(board, on, value);
    return true;
}

void sim_faults_list(const struct sim_board *board, char *text, size_t size)
{
    int length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < FAULT_COUNT && (size_t)length < size; i++)
        if (faults[i].is_set(board))
            length += snprintf(text + length, size - (size_t)length, "%s%s", length ? " " : "",
                               faults[i].name);
}

void sim_faults_init(struct sim_board *board)
{
    board->faults = (struct sim_faults){.vtref_mv = NORMAL_MILLIVOLTS};
    sim_noise_restart(&board->faults);
}

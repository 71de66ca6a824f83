/* SPDX-License-Identifier: MIT */
/* Faults as words: "+vtref=1.8" sets one, "-vtref" clears it, while the board runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board/board_internal.h"

static const char *value_hint(enum sim_fault_value kind)
{
    static const char *const hints[] = {[SIM_NO_VALUE] = "",
                                        [SIM_COUNT] = "=N",
                                        [SIM_KHZ] = "=KHZ",
                                        [SIM_VOLTS] = "=V",
                                        [SIM_KIND] = "[=KIND]"};

    return hints[kind];
}

/* --- values --- */

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

/* Of the clones that are known of the chip; the first one without a word. */
static bool parse_kind(const struct sim_board *board, const char *text, uint32_t *kind)
{
    const struct sim_clone *clones = board->chip->clones;

    for (*kind = 0; *text && clones[*kind].name; ++*kind)
        if (strcmp(clones[*kind].name, text) == 0)
            return true;
    return *text == '\0';
}

static bool parse_value(const struct sim_board *board, const struct sim_fault *fault,
                        const char *text, uint32_t *value)
{
    if (fault->kind == SIM_KIND)
        return parse_kind(board, text, value);
    bool good = fault->kind == SIM_VOLTS ? parse_volts(text, value) : parse_count(text, value);

    return good && *value >= fault->least && *value <= fault->most;
}

/* --- words --- */

static bool is_possible(const struct sim_board *board, const struct sim_fault *fault)
{
    return !fault->is_possible || fault->is_possible(board);
}

static const struct sim_fault *find_fault(const struct sim_board *board, const char *name,
                                          size_t length)
{
    for (size_t i = 0; i < sim_fault_count; i++)
        if (strlen(sim_faults[i].name) == length && strncmp(sim_faults[i].name, name, length) == 0)
            return is_possible(board, &sim_faults[i]) ? &sim_faults[i] : NULL;
    return NULL;
}

static bool complain(const struct sim_board *board, const char *wrong, char *err, size_t size)
{
    int length = snprintf(err, size, "no fault '%.30s' of this board; there is:", wrong);

    for (size_t i = 0; i < sim_fault_count && (size_t)length < size; i++)
        if (is_possible(board, &sim_faults[i]))
            length += snprintf(err + length, size - (size_t)length, " %s%s", sim_faults[i].name,
                               value_hint(sim_faults[i].kind));
    return false;
}

/* "cks32, apm32" */
static void name_kinds(const struct sim_board *board, char *text, size_t size)
{
    const struct sim_clone *clones = board->chip->clones;
    size_t length = 0;

    text[0] = '\0';
    for (unsigned i = 0; clones[i].name && length < size; i++)
        length +=
            (size_t)snprintf(text + length, size - length, "%s%s", i ? ", " : "", clones[i].name);
}

static bool misspelt(const struct sim_board *board, const struct sim_fault *fault, bool on,
                     const char *word, char *err, size_t size)
{
    char kinds[100] = "";

    if (on && fault->kind == SIM_KIND)
        name_kinds(board, kinds, sizeof kinds);
    snprintf(err, size, "'%.40s' has to be written %s%s%s%s%s", word, on ? "" : "-", fault->name,
             on ? value_hint(fault->kind) : "",
             on && fault->kind == SIM_VOLTS ? ", as in vtref=1.8: volts up to 6"
             : kinds[0]                     ? ": "
                                            : "",
             kinds);
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
    const struct sim_fault *fault = find_fault(board, name, length);
    if (!fault)
        return complain(board, name, err, size);
    bool has_value = name[length] == '=';
    bool wants_value = on && fault->kind != SIM_NO_VALUE, may_do_without = fault->kind == SIM_KIND;
    uint32_t value = 0;
    if ((has_value != wants_value && !(wants_value && may_do_without)) ||
        (has_value && !parse_value(board, fault, name + length + 1, &value)))
        return misspelt(board, fault, on, name, err, size);
    fault->set(board, on, value);
    return true;
}

void sim_faults_list(const struct sim_board *board, char *text, size_t size)
{
    int length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < sim_fault_count && (size_t)length < size; i++)
        if (sim_faults[i].is_set(board))
            length += snprintf(text + length, size - (size_t)length, "%s%s", length ? " " : "",
                               sim_faults[i].name);
}

const char *sim_board_fault(const struct sim_board *board, size_t index)
{
    for (size_t i = 0; i < sim_fault_count; i++)
        if (is_possible(board, &sim_faults[i]) && index-- == 0)
            return sim_faults[i].name;
    return NULL;
}

bool sim_fault_listed(size_t index, const char **name, const char **value)
{
    if (index >= sim_fault_count)
        return false;
    *name = sim_faults[index].name;
    *value = value_hint(sim_faults[index].kind);
    return true;
}

enum sim_probe_trouble sim_board_probe_trouble(const struct sim_board *board)
{
    return board->faults.probe_trouble;
}

bool sim_board_is_genuine(const struct sim_board *board)
{
    return !board->faults.clone;
}

/* SPDX-License-Identifier: MIT */
/* Hands on the bench: what a person does to a board, as command lines. */
#include <stdio.h>
#include <string.h>

#include "sim/parts.h"

struct answer {
    char *text;
    size_t size;
};

static bool do_power(struct sim_board *board, const char *word, struct answer *answer)
{
    board->switched_on = strcmp(word, "on") == 0;
    sim_pins_changed(board);
    snprintf(answer->text, answer->size, "power is %s\n", word);
    return true;
}

static bool do_nrst(struct sim_board *board, const char *word, struct answer *answer)
{
    board->nrst_button = strcmp(word, "press") == 0;
    sim_pins_changed(board);
    snprintf(answer->text, answer->size, "reset button %s\n",
             board->nrst_button ? "pressed" : "released");
    return true;
}

static bool do_boot0(struct sim_board *board, const char *word, struct answer *answer)
{
    board->boot0 = word[0] == '1';
    snprintf(answer->text, answer->size, "BOOT0 is %s; it counts at the next reset\n", word);
    return true;
}

static bool do_plug(struct sim_board *board, const char *word, struct answer *answer)
{
    board->plugged = true;
    snprintf(answer->text, answer->size, "probe plugged in\n");
    return true;
}

static bool do_unplug(struct sim_board *board, const char *word, struct answer *answer)
{
    sim_unplug(board);
    snprintf(answer->text, answer->size, "probe unplugged\n");
    return true;
}

static bool do_fault(struct sim_board *board, const char *word, struct answer *answer)
{
    if (!sim_fault_apply(board, word, answer->text, answer->size))
        return false;
    char set[128];
    sim_faults_list(board, set, sizeof set);
    snprintf(answer->text, answer->size, "faults: %s\n", set[0] ? set : "none");
    return true;
}

static bool do_uart(struct sim_board *board, const char *word, struct answer *answer)
{
    answer->text[sim_board_uart_take(board, answer->text, answer->size - 1)] = '\0';
    return true;
}

static const struct hand {
    const char *name;
    const char *words[2]; /* the ones allowed; none: no word; "": any one */
    bool (*act)(struct sim_board *board, const char *word, struct answer *answer);
} hands[] = {
    {"boot0", {"0", "1"}, do_boot0},         {"fault", {"", NULL}, do_fault},
    {"nrst", {"press", "release"}, do_nrst}, {"plug", {NULL}, do_plug},
    {"power", {"off", "on"}, do_power},      {"uart", {NULL}, do_uart},
    {"unplug", {NULL}, do_unplug},
};

static const char usage[] =
    "boot0 0|1, fault +NAME[=N]|-NAME, nrst press|release, plug, power off|on, uart, unplug";

static bool allowed(const struct hand *hand, const char *word)
{
    if (!hand->words[0])
        return word == NULL;
    if (!word)
        return false;
    if (hand->words[0][0] == '\0')
        return true;
    return strcmp(word, hand->words[0]) == 0 || strcmp(word, hand->words[1]) == 0;
}

static bool show_state(const struct sim_board *board, struct answer *answer)
{
    char set[128];

    sim_faults_list(board, set, sizeof set);
    snprintf(answer->text, answer->size,
             "simulated %s: power %s, probe %s, NRST %s, BOOT0 %d, core clock %u kHz\n"
             "faults: %s\n"
             "commands: %s\n",
             sim_board_name(board), board->switched_on ? "on" : "off",
             board->plugged ? "plugged in" : "unplugged", board->nrst_low ? "low" : "high",
             board->boot0, board->core_khz, set[0] ? set : "none", usage);
    return true;
}

bool sim_board_hands(struct sim_board *board, int argc, const char *const argv[], char *reply,
                     size_t reply_size)
{
    struct answer answer = {reply, reply_size};

    reply[0] = '\0';
    if (argc == 0)
        return show_state(board, &answer);
    for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
        const char *word = argc > 1 ? argv[1] : NULL;
        if (strcmp(argv[0], hands[i].name) == 0 && argc <= 2 && allowed(&hands[i], word))
            return hands[i].act(board, word, &answer);
    }
    snprintf(reply, reply_size, "what hands can do to the board: %s", usage);
    return false;
}

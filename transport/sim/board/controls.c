/* SPDX-License-Identifier: MIT */
/* Board controls: what a person does to a board, as command lines. */
#include <stdio.h>
#include <string.h>

#include "sim/stm32/stm32_internal.h"

struct answer {
    char *text;
    size_t size;
};

static bool do_power(struct sim_board *board, const char *const words[], struct answer *answer)
{
    board->switched_on = strcmp(words[0], "on") == 0;
    sim_pins_changed(board);
    snprintf(answer->text, answer->size, "power is %s\n", words[0]);
    return true;
}

static bool do_nrst(struct sim_board *board, const char *const words[], struct answer *answer)
{
    board->nrst_button = strcmp(words[0], "press") == 0;
    sim_pins_changed(board);
    snprintf(answer->text, answer->size, "reset button %s\n",
             board->nrst_button ? "pressed" : "released");
    return true;
}

static bool do_boot0(struct sim_board *board, const char *const words[], struct answer *answer)
{
    board->boot0 = words[0][0] == '1';
    snprintf(answer->text, answer->size, "BOOT0 is %s; it counts at the next reset\n", words[0]);
    return true;
}

static bool do_plug(struct sim_board *board, const char *const words[], struct answer *answer)
{
    board->plugged = true;
    snprintf(answer->text, answer->size, "probe plugged in\n");
    return true;
}

static bool do_unplug(struct sim_board *board, const char *const words[], struct answer *answer)
{
    sim_unplug(board);
    snprintf(answer->text, answer->size, "probe unplugged\n");
    return true;
}

static bool do_fault(struct sim_board *board, const char *const words[], struct answer *answer)
{
    if (!sim_fault_apply(board, words[0], answer->text, answer->size))
        return false;
    char set[128];
    sim_faults_list(board, set, sizeof set);
    snprintf(answer->text, answer->size, "faults: %s\n", set[0] ? set : "none");
    return true;
}

static bool do_uart(struct sim_board *board, const char *const words[], struct answer *answer)
{
    return sim_usart_control(board, words, answer->text, answer->size);
}

static bool do_adc(struct sim_board *board, const char *const words[], struct answer *answer)
{
    return sim_adc_control(board, words, answer->text, answer->size);
}

static bool do_spi(struct sim_board *board, const char *const words[], struct answer *answer)
{
    board->spi_loop = words[0][0] == 'l';
    snprintf(answer->text, answer->size, "MISO %s\n",
             board->spi_loop ? "is wired to MOSI" : "is open: it reads 1s");
    return true;
}

static bool do_pin(struct sim_board *board, const char *const words[], struct answer *answer)
{
    return sim_pins_hand(board, words[0], words[0] ? words[1] : NULL, answer->text, answer->size);
}

static const struct control {
    const char *name;
    int least, most;     /* words behind it */
    const char *choices; /* what the one word may be; NULL: the control looks itself */
    bool (*act)(struct sim_board *board, const char *const words[], struct answer *answer);
} controls[] = {
    {"adc", 1, 2, NULL, do_adc},         {"boot0", 1, 1, "0|1", do_boot0},
    {"fault", 1, 1, NULL, do_fault},     {"nrst", 1, 1, "press|release", do_nrst},
    {"pin", 0, 2, NULL, do_pin},         {"plug", 0, 0, NULL, do_plug},
    {"power", 1, 1, "off|on", do_power}, {"spi", 1, 1, "loop|open", do_spi},
    {"uart", 0, 3, NULL, do_uart},       {"unplug", 0, 0, NULL, do_unplug},
};

static const char usage[] =
    "adc CHANNEL [MILLIVOLTS], boot0 0|1, fault +NAME[=N]|-NAME, nrst press|release, "
    "pin [PA0 [0|1|float]], plug, power off|on, spi loop|open, uart [NAME] [send TEXT], unplug";

/* Is `word` one of "a|b"? */
static bool is_choice(const char *choices, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = choices; *at; at += strspn(at, "|")) {
        size_t choice = strcspn(at, "|");
        if (choice == length && memcmp(at, word, length) == 0)
            return true;
        at += choice;
    }
    return false;
}

static bool understands(const struct control *control, int argc, const char *const argv[])
{
    if (strcmp(argv[0], control->name) != 0 || argc - 1 < control->least ||
        argc - 1 > control->most)
        return false;
    return !control->choices || is_choice(control->choices, argv[1]);
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

bool sim_board_control(struct sim_board *board, int argc, const char *const argv[], char *reply,
                       size_t reply_size)
{
    struct answer answer = {reply, reply_size};

    reply[0] = '\0';
    sim_parts_touched(board);
    if (argc == 0)
        return show_state(board, &answer);
    const char *words[] = {argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL,
                           argc > 3 ? argv[3] : NULL, NULL};
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (understands(&controls[i], argc, argv))
            return controls[i].act(board, words, &answer);
    snprintf(reply, reply_size, "what can be done to the board: %s", usage);
    return false;
}

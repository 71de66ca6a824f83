/* SPDX-License-Identifier: MIT */
/* Connectors and headers. UM1075 (ST-LINK/V2), UM1724 (Nucleo, CN4), UM2448 (STDC14); the dongle by
 * what its owners read from its circuit board. */
#include <string.h>
#include <strings.h>

#include "doctor/wiring.h"

/* clang-format off */
#define NO_PIN {NULL, -1}
#define PIN(label) {label, -1}
#define ROW(...) {__VA_ARGS__}

static const struct wiring_connector v2_20_pins = {
    "ST-LINK/V2, 20 pins", "pin 1 is where the notch's row begins; it senses, it does not supply", 2, 10, {
        ROW({"VTref", WIRE_VTREF},  PIN("VTref")),
        ROW(PIN("TRST"),            {"GND", WIRE_GND}),
        ROW(PIN("TDI"),             PIN("GND")),
        ROW({"SWDIO", WIRE_SWDIO},  PIN("GND")),
        ROW({"SWCLK", WIRE_SWCLK},  PIN("GND")),
        ROW(PIN("-"),               PIN("GND")),
        ROW(PIN("SWO"),             PIN("GND")),
        ROW({"NRST", WIRE_NRST},    PIN("GND")),
        ROW(PIN("-"),               PIN("GND")),
        ROW(PIN("3.3 V"),           PIN("GND")),
    }};
static const struct wiring_connector dongle_a = {
    "ST-Link dongle, variant A (circuit board with an F101)",
    "which variant it is says the print on the circuit board inside, not the case", 2, 5, {
        ROW({"RST", WIRE_NRST},     {"SWCLK", WIRE_SWCLK}),
        ROW(PIN("SWIM"),            {"SWDIO", WIRE_SWDIO}),
        ROW({"GND", WIRE_GND},      PIN("GND")),
        ROW({"3.3V", WIRE_VTREF},   PIN("3.3V")),
        ROW(PIN("5.0V"),            PIN("5.0V")),
    }};
static const struct wiring_connector dongle_b = {
    "ST-Link dongle, variant B (circuit board with an F103)",
    "which variant it is says the print on the circuit board inside, not the case", 2, 5, {
        ROW({"RST", WIRE_NRST},     {"SWDIO", WIRE_SWDIO}),
        ROW({"GND", WIRE_GND},      PIN("GND")),
        ROW(PIN("SWIM"),            {"SWCLK", WIRE_SWCLK}),
        ROW({"3.3V", WIRE_VTREF},   PIN("3.3V")),
        ROW(PIN("5.0V"),            PIN("5.0V")),
    }};
static const struct wiring_connector nucleo_cn4 = {
    "Nucleo, CN4 (both jumpers of CN2 removed)",
    "pin 1 senses the target's voltage, it does not supply", 1, 6, {
        ROW({"VDD_TARGET", WIRE_VTREF}, NO_PIN),
        ROW({"SWCLK", WIRE_SWCLK},      NO_PIN),
        ROW({"GND", WIRE_GND},          NO_PIN),
        ROW({"SWDIO", WIRE_SWDIO},      NO_PIN),
        ROW({"NRST", WIRE_NRST},        NO_PIN),
        ROW(PIN("SWO"),                 NO_PIN),
    }};
static const struct wiring_connector stdc14 = {
    "STLINK-V3, STDC14", "pins 3 to 12 are the 10 pins of an Arm connector", 2, 7, {
        ROW(PIN("-"),               PIN("-")),
        ROW({"T_VCC", WIRE_VTREF},  {"T_SWDIO", WIRE_SWDIO}),
        ROW({"GND", WIRE_GND},      {"T_SWCLK", WIRE_SWCLK}),
        ROW(PIN("GND"),             PIN("T_SWO")),
        ROW(PIN("T_JRCLK"),         PIN("T_JTDI")),
        ROW(PIN("GNDDetect"),       {"T_NRST", WIRE_NRST}),
        ROW(PIN("T_VCP_RX"),        PIN("T_VCP_TX")),
    }};

static const struct wiring_header headers[] = {
    {"Blue Pill", {"3V3", "DIO (PA13)", "CLK (PA14)", "GND", "R (long row)"},
     "four pins opposite the USB socket, in the order printed there"},
    {"Black Pill", {"3V3", "DIO (PA13)", "CLK (PA14)", "GND", "R (long row)"},
     "four pins opposite the USB socket"},
    {"Nucleo", {"3V3", "PA13", "PA14", "GND", "NRST"},
     "its own ST-Link sits on PA13 and PA14, too: take off both jumpers of CN2"},
    {"board", {"3.3 V (VDD)", "SWDIO (PA13)", "SWCLK (PA14)", "GND (VSS)", "NRST"}, NULL},
};
enum { HEADERS = sizeof headers / sizeof *headers };
/* clang-format on */

const char *const wire_names[WIRES] = {"VTref", "SWDIO", "SWCLK", "GND", "NRST"};

const char *wire_state_word(enum wire_state state)
{
    static const char *const words[] = {[WIRE_NOT_SEEN] = "",
                                        [WIRE_GOOD] = "good",
                                        [WIRE_SUSPECT] = "look here",
                                        [WIRE_MISSING] = "missing"};

    return words[state];
}

const struct wiring_connector *wiring_connector_of(unsigned pid, size_t index)
{
    static const struct {
        unsigned pid;
        const struct wiring_connector *connectors[4];
    } rows[] = {
        {0x3748, {&dongle_a, &dongle_b, &v2_20_pins}},
        {0x374B, {&nucleo_cn4}},
        {0x3752, {&nucleo_cn4}},
        {0x374E, {&stdc14}},
        {0x374F, {&stdc14}},
        {0x3753, {&stdc14}},
        {0x3754, {&stdc14}},
    };
    static const struct wiring_connector *const others[4] = {&dongle_a, &dongle_b};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].pid == pid)
            return rows[i].connectors[index];
    return others[index];
}

/* "blackpill-f401", "Blue Pill": letters alone count. */
static bool begins_alike(const char *text, const char *with)
{
    for (; *with; with++) {
        if (*with == ' ')
            continue;
        while (*text == ' ' || *text == '-')
            text++;
        if ((*text++ | 0x20) != (*with | 0x20))
            return false;
    }
    return true;
}

const struct wiring_header *wiring_header_at(size_t index)
{
    return index < HEADERS ? &headers[index] : NULL;
}

const struct wiring_header *wiring_header_named(const char *board)
{
    for (size_t i = 0; i < HEADERS; i++)
        if (begins_alike(board, headers[i].title))
            return &headers[i];
    return NULL;
}

const struct wiring_header *wiring_header_of(const char *board)
{
    const struct wiring_header *header = wiring_header_named(board);

    return header ? header : &headers[HEADERS - 1];
}

const struct wiring_header *wiring_header_of_chip(const char *chip)
{
    static const struct {
        const char *chip, *board;
    } rows[] = {
        {"STM32F101/F102/F103 medium-density", "Blue Pill"},
        {"STM32F401", "Black Pill"},
        {"STM32F411", "Black Pill"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(chip, rows[i].chip, strlen(rows[i].chip)) == 0)
            return wiring_header_of(rows[i].board);
    return wiring_header_of("");
}

bool wiring_is_dongle(const struct wiring_connector *connector)
{
    return connector == &dongle_a || connector == &dongle_b;
}

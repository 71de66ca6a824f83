/* SPDX-License-Identifier: MIT */
/* The boards there are, by the names that --sim takes. */
#include "sim/board/board_internal.h"

const struct sim_board_model sim_board_models[] = {
    {.name = "bluepill",
     .title = "Blue Pill",
     .chip = &sim_chip_f103c8,
     .hse_khz = 8000,
     /* The LED and its resistor, to the supply. BOOT1's jumper holds PB2 at 0. */
     .pulled_up = {[SIM_PC] = 1u << 13}},
    {.name = "blackpill-f401",
     .title = "Black Pill F401",
     .chip = &sim_chip_f401cc,
     .hse_khz = 25000,
     .pulled_up = {[SIM_PC] = 1u << 13}},
    {.name = "blackpill-f411",
     .title = "Black Pill F411",
     .chip = &sim_chip_f411ce,
     .hse_khz = 25000,
     .pulled_up = {[SIM_PC] = 1u << 13}},
    {.name = "nucleo-f446",
     .title = "Nucleo-64 F446RE",
     .chip = &sim_chip_f446re,
     .hse_khz = 8000,
     .pulled_up = {[SIM_PC] = 1u << 13}}, /* the button */
    {.name = "nucleo-f746",
     .title = "Nucleo-144 F746ZG",
     .chip = &sim_chip_f746zg,
     .hse_khz = 8000},
    {.name = "nucleo-f205", .title = "STM32F205 board", .chip = &sim_chip_f205vg, .hse_khz = 8000},
    {.name = "f429i-disco", .title = "F429I Discovery", .chip = &sim_chip_f429zi, .hse_khz = 8000},
    {.name = "f031", /* home-made */
     .title = "STM32F031 board",
     .chip = &sim_chip_f031x6,
     .hse_khz = 8000},
    {.name = "nucleo-f072",
     .title = "Nucleo-64 F072RB",
     .chip = &sim_chip_f072rb,
     .hse_khz = 8000,
     .pulled_up = {[SIM_PC] = 1u << 13}}, /* the button */
    {.name = "nucleo-f303k8", .title = "Nucleo-32 F303K8", .chip = &sim_chip_f303k8},
    {.name = "nucleo-l053",
     .title = "Nucleo-64 L053R8",
     .chip = &sim_chip_l053r8,
     .hse_khz = 8000,
     .pulled_up = {[SIM_PC] = 1u << 13}}, /* the button */
    {.name = "l152c-disco", .title = "L152C Discovery", .chip = &sim_chip_l152rc, .hse_khz = 8000},
    {.name = "nucleo-l152",
     .title = "Nucleo-64 L152RE",
     .chip = &sim_chip_l152re,
     .hse_khz = 8000,
     .pulled_up = {[SIM_PC] = 1u << 13}}, /* the button */
    {.name = "nucleo-c031", .title = "Nucleo-64 C031C6", .chip = &sim_chip_c031c6},
    {.name = "nucleo-g071",
     .title = "Nucleo-64 G071RB",
     .chip = &sim_chip_g071rb,
     .pulled_up = {[SIM_PC] = 1u << 13}}, /* the button; the board has no crystal for HSE */
    {.name = "nucleo-g0b1",
     .title = "Nucleo-64 G0B1RE",
     .chip = &sim_chip_g0b1re,
     .pulled_up = {[SIM_PC] = 1u << 13}}, /* the button; the board has no crystal for HSE */
    {.name = "nucleo-g431", .title = "Nucleo-32 G431KB", .chip = &sim_chip_g431kb},
    {.name = "nucleo-l476",
     .title = "Nucleo-64 L476RG",
     .chip = &sim_chip_l476rg,            /* the board has no crystal for HSE */
     .pulled_up = {[SIM_PC] = 1u << 13}}, /* the button */
    {.name = "nucleo-h563",
     .title = "Nucleo-144 H563ZI",
     .chip = &sim_chip_h563zi,
     .hse_khz = 8000}, /* from the ST-Link */
    {.name = "nucleo-h743",
     .title = "Nucleo-144 H743ZI",
     .chip = &sim_chip_h743zi,
     .hse_khz = 8000}, /* from the ST-Link */
    {.name = "nucleo-u575", .title = "Nucleo-144 U575ZI", .chip = &sim_chip_u575zi},
    {.name = "nucleo-wb55",
     .title = "Nucleo-68 WB55RG",
     .chip = &sim_chip_wb55rg,
     .hse_khz = 32000,
     .pulled_up = {[SIM_PC] = 1u << 4}}, /* the button */
    {.name = "nucleo-wl55",
     .title = "Nucleo-64 WL55JC",
     .chip = &sim_chip_wl55jc,
     .hse_khz = 32000},
};
const size_t sim_board_model_count = sizeof sim_board_models / sizeof *sim_board_models;

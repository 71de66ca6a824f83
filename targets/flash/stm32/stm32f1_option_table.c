/* SPDX-License-Identifier: MIT */
/* What the option bytes of STM32F1, F0 and F3 mean: PM0075, 2.4, 2.5, 3.7 and 3.8; RM0091, RM0316
 * and RM0313, chapters 3 and 4. The words of the tables are FLASH_OBR, which holds the bytes USER
 * and DATA where the family has them in it, and FLASH_WRPR. */
#include "flash/stm32/stm32f1.h"

#include "flash/controller.h"
#include "flash/stm32/option_values.h"

enum { OBR, WRPR, REGISTERS };
enum { LEVEL_1 = 1, LEVEL_2 = 3 }; /* OBR.RDPRT of F0 and F3 */

static const struct option_register registers[REGISTERS] = {
    [OBR] = {"option byte register", STM32F1_OBR},
    [WRPR] = {"write protection register", STM32F1_WRPR},
};

static const struct option_value rdprt[] = {{.value = 0, .text = "off"},
                                            {.value = 1, .text = "on"}};
static const struct option_value wdg_sw[] = {
    {1, "SWWDG", "software", "watchdog by software", false},
    {0, "HWWDG", "hardware", "watchdog by hardware (it always runs)", false},
};
static const struct option_value nrst_stop[] = {
    {1, "NORSTSTOP", "no reset generated upon entry", "no reset in Stop mode", false},
    {0, "RSTSTOP", "reset generated upon entry", "a reset in Stop mode", false},
};
static const struct option_value nrst_stdby[] = {
    {1, "NORSTSTNDBY", "no reset generated upon entry", "no reset in Standby mode", false},
    {0, "RSTSTNDBY", "reset generated upon entry", "a reset in Standby mode", false},
};

static const struct option_field fields[] = {
    {"RDPRT", "read protection", NULL, NULL, 0, OBR, 1, 1, VALUES(rdprt)},
    {"WDG_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OBR, 2, 1, VALUES(wdg_sw)},
    {"nRST_STOP", "stop mode", NULL, "reset_in_stop", 0, OBR, 3, 1, VALUES(nrst_stop)},
    {"nRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, OBR, 4, 1, VALUES(nrst_stdby)},
    {"DATA", "user data", "USEROPT", "data", 0, OBR, 10, 16, NULL, 0},
};

/* --- F0, F3 --- */

static const struct option_value levels[] = {
    {0, "off", "off", NULL, false},
    {LEVEL_1, "on", "on", NULL, false},
    {LEVEL_2, "level2", "on for ever (level 2)", NULL, true},
};
/* nBOOT0 and nBOOT1: which memory it starts from is a table of the manual. */
static const struct option_value monitor[] = {
    {1, NULL, "on", NULL, false},
    {0, NULL, "off", NULL, false},
};

/* clang-format off */
#define FIELDS                                                                                     \
    {"RDPRT", "read protection", NULL, NULL, 0, OBR, 1, 2, VALUES(levels)},                        \
    {"WDG_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OBR, 8, 1, VALUES(wdg_sw)},            \
    {"nRST_STOP", "stop mode", NULL, "reset_in_stop", 0, OBR, 9, 1, VALUES(nrst_stop)},            \
    {"nRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, OBR, 10, 1, VALUES(nrst_stdby)},   \
    {"DATA", "user data", "USEROPT", "data", 0, OBR, 16, 16, NULL, 0},                             \
    {"nBOOT1", "boot mode, nBOOT1", NULL, NULL, 0, OBR, 12, 1, VALUES(stm32_bit)},                 \
    {"VDDA_MONITOR", "supply monitor of VDDA", NULL, NULL, 0, OBR, 13, 1, VALUES(monitor)}
/* clang-format on */

static const struct option_field fields_of_f0[] = {
    FIELDS,
    {"RAM_PARITY_CHECK", "parity check of RAM", NULL, NULL, 0, OBR, 14, 1, VALUES(stm32_on_off)},
};
static const struct option_field fields_of_f09[] = {
    FIELDS,
    {"RAM_PARITY_CHECK", "parity check of RAM", NULL, NULL, 0, OBR, 14, 1, VALUES(stm32_on_off)},
    {"nBOOT0", "boot mode, nBOOT0", NULL, NULL, 0, OBR, 11, 1, VALUES(stm32_bit)},
    {"BOOT_SEL", "boot mode by", NULL, NULL, 0, OBR, 15, 1, VALUES(stm32_boot_by)},
};
static const struct option_field fields_of_f3[] = {
    FIELDS,
    {"SRAM_PE", "parity check of SRAM", NULL, NULL, 0, OBR, 14, 1, VALUES(stm32_on_off)},
};
static const struct option_field fields_of_f37[] = {
    FIELDS,
    {"SRAM_PE", "parity check of SRAM", NULL, NULL, 0, OBR, 14, 1, VALUES(stm32_on_off)},
    {"SDADC12_VDD_MONITOR", "supply monitor of SDADC12", NULL, NULL, 0, OBR, 15, 1,
     VALUES(monitor)},
};

/* --- reading, writing --- */

static uint32_t level_of(const struct stm32f1_layout *layout, uint8_t rdp)
{
    if (rdp == layout->open)
        return 0;
    return layout->sealed && rdp == layout->sealed ? LEVEL_2 : LEVEL_1;
}

/* F0, F3: bits of blocks behind the end of the flash need not be there. */
static uint32_t absent_blocks(const struct target *target, const struct stm32f1_layout *layout)
{
    uint32_t blocks = target_chip(target)->flash_size / 4096;

    return layout->sealed && blocks < 32 ? UINT32_MAX << blocks : 0;
}

static enum err read(struct target *target, struct option_state *state)
{
    const struct stm32f1_layout *layout = stm32f1_layout_of(target);
    struct stm32f1_options stored;
    enum err err = stm32f1_options_read(target, &stored);

    *state = (struct option_state){0};
    for (unsigned i = 0; i < REGISTERS && !err; i++)
        err = target_read_width(target, controller_at(target, registers[i].offset), 4,
                                &state->in_force[i], 1);
    if (err)
        return err;
    state->readout_protected = stored.readout_protected;
    state->broken = stored.broken;
    state->stored[OBR] = level_of(layout, stored.rdp) << 1 |
                         (uint32_t)stored.user << layout->user_shift |
                         (uint32_t)stored.data[0] << layout->data_shift |
                         (uint32_t)stored.data[1] << (layout->data_shift + 8);
    uint32_t absent = absent_blocks(target, layout);
    state->stored[WRPR] = (stored.wrp & ~absent) | (state->in_force[WRPR] & absent);
    return ERR_OK;
}

static enum err write(struct target *target, const struct option_state *state)
{
    const struct stm32f1_layout *layout = stm32f1_layout_of(target);
    uint32_t obr = state->stored[OBR];
    const struct stm32f1_options options = {
        .user = (uint8_t)(obr >> layout->user_shift),
        .data = {(uint8_t)(obr >> layout->data_shift), (uint8_t)(obr >> (layout->data_shift + 8))},
        .wrp = state->stored[WRPR],
    };

    return stm32f1_options_write(target, &options);
}

/* Blocks of four pages of 1 KiB or two of 2 KiB (2.4.2); a protected chip keeps the first from
 * being written (2.4.1). */
const struct flash_options stm32f1_option_table = {
    .says = "stm32x",
    .registers = registers,
    .fields = fields,
    .register_count = REGISTERS,
    .field_count = sizeof fields / sizeof *fields,
    .blocks = {.reg = WRPR, .most = 32, .size = 4096, .with_rdp = 1},
    .no_load = "STM32F1 cannot load its option bytes on demand: any reset does it, and the end of "
               "read protection takes a power cycle",
    .unlock_wants_power = true,
    .read = read,
    .write = write,
    .lock = stm32f1_options_lock,
    .unlock = stm32f1_options_unlock,
};

/* Blocks of 4 KiB, as of the F1; none is special. */
#define TABLE(list, by_reset)                                                                    \
    {                                                                                            \
        .says = "stm32x", .registers = registers, .fields = (list), .register_count = REGISTERS, \
        .field_count = sizeof(list) / sizeof *(list),                                            \
        .blocks = {.reg = WRPR, .most = 32, .size = 4096}, .read = read, .write = write,         \
        .lock = stm32f1_options_lock, .unlock = stm32f1_options_unlock,                          \
        .seal = stm32f1_options_seal, .load = stm32f1_options_load,                              \
        .load_command = "options_load", .reset_loads = (by_reset)                                \
    }

/* F0: power or a load on demand, not a reset (RM0360, chapter 4). */
const struct flash_options stm32f0_option_table = TABLE(fields_of_f0, false);
const struct flash_options stm32f09_option_table = TABLE(fields_of_f09, false);
const struct flash_options stm32f3_option_table = TABLE(fields_of_f3, true);
const struct flash_options stm32f37_option_table = TABLE(fields_of_f37, true);

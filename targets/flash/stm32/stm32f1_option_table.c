/* SPDX-License-Identifier: MIT */
/* What the option bytes of STM32F1 mean: PM0075, 2.4, 2.5, 3.7 and 3.8. The words of the table are
 * FLASH_OBR, whose bits 9 to 2 are the byte USER and 25 to 10 the bytes DATA, and FLASH_WRPR. */
#include "flash/stm32/stm32f1.h"

#include "flash/controller.h"

enum { OBR, WRPR, REGISTERS };
enum { USER_SHIFT = 2, DATA0_SHIFT = 10, DATA1_SHIFT = 18, RDP_OPEN = 0xA5 };

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
    {"RDPRT", "read protection", NULL, NULL, 0, OBR, 1, 1, rdprt, 2},
    {"WDG_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OBR, 2, 1, wdg_sw, 2},
    {"nRST_STOP", "stop mode", NULL, "reset_in_stop", 0, OBR, 3, 1, nrst_stop, 2},
    {"nRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, OBR, 4, 1, nrst_stdby, 2},
    {"DATA", "user data", "USEROPT", "data", 0, OBR, DATA0_SHIFT, 16, NULL, 0},
};

static enum err read(struct target *target, struct option_state *state)
{
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
    state->stored[OBR] =
        (stored.rdp == RDP_OPEN ? 0 : STM32F1_OBR_RDPRT) | (uint32_t)stored.user << USER_SHIFT |
        (uint32_t)stored.data[0] << DATA0_SHIFT | (uint32_t)stored.data[1] << DATA1_SHIFT;
    state->stored[WRPR] = stored.wrp;
    return ERR_OK;
}

static enum err write(struct target *target, const struct option_state *state)
{
    uint32_t obr = state->stored[OBR];
    const struct stm32f1_options options = {
        .user = (uint8_t)(obr >> USER_SHIFT),
        .data = {(uint8_t)(obr >> DATA0_SHIFT), (uint8_t)(obr >> DATA1_SHIFT)},
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

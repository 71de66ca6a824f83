/* SPDX-License-Identifier: MIT */
/* Small programs that are in flash when the board comes to the bench: one that runs, those of
 * faults, and the bootloader. Real ones, so that erasing them cures what they did. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/stm32_internal.h"

enum { VECTORS = 4, CODE = 4 * VECTORS, WORDS_MAX = 5 };

struct sim_program {
    const uint16_t *code;
    size_t halves;
};

/* Thumb instructions of Armv6-M, in the order of memory; words that they load stand behind them, at
 * a whole word's address. */
static const uint16_t sleep[] = {
    0xBF30, /* again: wfi */
    0xE7FD, /*        b     again */
};
static const uint16_t bootloader[] = {
    0x2000, /*        movs  r0, #0 */
    0x3001, /* again: adds  r0, #1 */
    0xE7FD, /*        b     again */
};
static const uint16_t lockup[] = {
    0xDE00, /*        udf   #0               in HardFault, too */
};
static const uint16_t runs[] = {
    0x4802, /*        ldr   r0, counter */
    0x2100, /*        movs  r1, #0 */
    0x3101, /* again: adds  r1, #1 */
    0x6001, /*        str   r1, [r0] */
    0xE7FC, /*        b     again */
    0xBF00,
};
static const uint16_t deep_sleep[] = {
    0x4802, /*        ldr   r0, SCR */
    0x2104, /*        movs  r1, #4           SLEEPDEEP */
    0x6001, /*        str   r1, [r0] */
    0xBF30, /* again: wfi */
    0xE7FD, /*        b     again */
    0xBF00,
};
static const uint16_t swj_off[] = {
    0x4803, /*        ldr   r0, enable */
    0x4904, /*        ldr   r1, clock */
    0x6001, /*        str   r1, [r0] */
    0x4804, /*        ldr   r0, pins */
    0x4904, /*        ldr   r1, off */
    0x6001, /*        str   r1, [r0] */
    0xE7FE, /*        b     . */
    0xBF00,
};
static const uint16_t standby[] = {
    0x4807, /*        ldr   r0, enable */
    0x4908, /*        ldr   r1, clock */
    0x6802, /*        ldr   r2, [r0] */
    0x430A, /*        orrs  r2, r1 */
    0x6002, /*        str   r2, [r0] */
    0x4807, /*        ldr   r0, select */
    0x4907, /*        ldr   r1, standby */
    0x6802, /*        ldr   r2, [r0] */
    0x430A, /*        orrs  r2, r1 */
    0x6002, /*        str   r2, [r0] */
    0x4806, /*        ldr   r0, SCR */
    0x2104, /*        movs  r1, #4           SLEEPDEEP */
    0x6001, /*        str   r1, [r0] */
    0xBF30, /* again: wfi */
    0xE7FD, /*        b     again */
    0xBF00,
};
static const uint16_t software_loop[] = {
    0x4803, /*        ldr   r0, count */
    0x3801, /* again: subs  r0, #1 */
    0xD1FD, /*        bne   again */
    0x4803, /*        ldr   r0, AIRCR */
    0x4903, /*        ldr   r1, SYSRESETREQ */
    0x6001, /*        str   r1, [r0] */
    0xE7FE, /*        b     . */
    0xBF00,
};
static const uint16_t watchdog_loop[] = {
    0x4804, /*        ldr   r0, IWDG */
    0x4905, /*        ldr   r1, start */
    0x6001, /*        str   r1, [r0] */
    0x4905, /*        ldr   r1, access */
    0x6001, /*        str   r1, [r0] */
    0x4905, /*        ldr   r1, count */
    0x6081, /*        str   r1, [r0, #8]     RLR */
    0x4905, /*        ldr   r1, reload */
    0x6001, /*        str   r1, [r0] */
    0xE7FE, /*        b     . */
};

#define PROGRAM(code)                       \
    {                                       \
        code, sizeof(code) / sizeof *(code) \
    }
static const struct sim_program bootloader_program = PROGRAM(bootloader);
static const struct sim_program swj_off_program = PROGRAM(swj_off);
static const struct sim_program standby_program = PROGRAM(standby);
static const struct sim_program software_loop_program = PROGRAM(software_loop);
static const struct sim_program watchdog_loop_program = PROGRAM(watchdog_loop);

/* Those that are alike on all chips; words: 0 for the first of RAM. */
#define SCR 0xE000ED10u
#define AIRCR 0xE000ED0Cu
static const struct {
    struct sim_program program;
    uint32_t word;
} common[] = {
    [SIM_PROGRAM_RUNS] = {PROGRAM(runs), 0},
    [SIM_PROGRAM_SLEEP] = {PROGRAM(sleep), 0},
    [SIM_PROGRAM_STOP] = {PROGRAM(deep_sleep), SCR},
    [SIM_PROGRAM_LOCKUP] = {PROGRAM(lockup), 0},
};

/* Stack, reset, NMI and HardFault: all start the program. */
static void place(struct sim_board *board, enum sim_memory_kind kind,
                  const struct sim_program *program, const uint32_t words[WORDS_MAX])
{
    const struct sim_memory *ram = sim_memory_row(board->chip, SIM_RAM);
    uint8_t *memory = sim_memory_bytes(board, kind), *behind = &memory[CODE + 2 * program->halves];
    uint32_t start = sim_memory_row(board->chip, kind)->start;

    put_le32(memory, ram->start + ram->size);
    for (size_t i = 1; i < VECTORS; i++)
        put_le32(&memory[4 * i], (start + CODE) | 1);
    for (size_t i = 0; i < program->halves; i++)
        put_le16(&memory[CODE + 2 * i], program->code[i]);
    for (size_t i = 0; words && i < WORDS_MAX; i++)
        put_le32(behind + 4 * i, words[i]);
}

void sim_preloaded_bootloader(struct sim_board *board)
{
    place(board, SIM_SYSTEM, &bootloader_program, NULL);
}

static void place_swj_off(struct sim_board *board)
{
    const struct sim_pins_off *how = &board->chip->pins_off;
    const uint32_t words[WORDS_MAX] = {how->enable, how->clock, how->pins, how->off};

    place(board, SIM_FLASH, &swj_off_program, words);
}

static void place_standby(struct sim_board *board)
{
    const struct sim_standby *how = &board->chip->standby;
    const uint32_t words[WORDS_MAX] = {how->enable, how->clock, how->select, how->standby, SCR};

    place(board, SIM_FLASH, &standby_program, words);
}

static const struct sim_peripheral *watchdog_of(const struct sim_chip *chip)
{
    for (size_t i = 0; i < chip->peripheral_count; i++)
        if (chip->peripherals[i].device == &sim_device_iwdg)
            return &chip->peripherals[i];
    return NULL;
}

/* By the watchdog, or by the program itself: after a fraction of a second. */
static void place_reset_loop(struct sim_board *board)
{
    const struct sim_peripheral *watchdog = watchdog_of(board->chip);
    const uint32_t by_watchdog[WORDS_MAX] = {watchdog ? watchdog->base : 0, 0xCCCC, 0x5555,
                                             sim_draw(board, "until it bites", 20, 2000), 0xAAAA};
    const uint32_t by_software[WORDS_MAX] = {sim_draw(board, "until it gives up", 1000, 200000),
                                             AIRCR, 0x05FA0004};

    if (watchdog && sim_draw(board, "who resets", 0, 1))
        place(board, SIM_FLASH, &watchdog_loop_program, by_watchdog);
    else
        place(board, SIM_FLASH, &software_loop_program, by_software);
}

static void place_in_flash(struct sim_board *board, enum sim_preloaded_program program)
{
    uint32_t words[WORDS_MAX] = {sim_memory_row(board->chip, SIM_RAM)->start};

    if (program == SIM_PROGRAM_SWJ_OFF) {
        place_swj_off(board);
    } else if (program == SIM_PROGRAM_STANDBY) {
        place_standby(board);
    } else if (program == SIM_PROGRAM_RESET_LOOP) {
        place_reset_loop(board);
    } else {
        words[0] = common[program].word ? common[program].word : words[0];
        place(board, SIM_FLASH, &common[program].program, words);
    }
}

void sim_preloaded_program(struct sim_board *board, enum sim_preloaded_program program)
{
    uint8_t *page = sim_memory_bytes(board, SIM_FLASH);
    uint8_t *kept = board->faults.first_page;
    uint32_t page_size = board->chip->page_size;

    if (board->faults.program == SIM_PROGRAM_NONE)
        memcpy(kept, page, page_size);
    board->faults.program = program;
    memcpy(page, kept, page_size);
    if (program != SIM_PROGRAM_NONE) {
        memset(page, 0xFF, page_size);
        place_in_flash(board, program);
    }
    if (board->powered)
        sim_chip_reset(board, SIM_CAUSE_PIN);
}

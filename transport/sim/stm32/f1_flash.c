/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32F1 with one bank (PM0075; RM0008, 3.3.3), which F0 and F3 have,
 * too (RM0360, chapter 3; RM0366, chapter 3). */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/f1_flash_internal.h"

#define CR_PG (1u << 0)
#define CR_PER (1u << 1)
#define CR_MER (1u << 2)
#define CR_OPTPG (1u << 4)
#define CR_OPTER (1u << 5)
#define CR_STRT (1u << 6)
#define CR_LOCK (1u << 7)
#define CR_OPTWRE (1u << 9)
#define CR_ERRIE (1u << 10)
#define CR_EOPIE (1u << 12)
#define CR_OBL_LAUNCH (1u << 13)
#define CR_WRITABLE (CR_PG | CR_PER | CR_MER | CR_OPTPG | CR_OPTER | CR_LOCK | CR_ERRIE | CR_EOPIE)
#define SR_BSY (1u << 0)
#define SR_PGERR (1u << 2)
#define SR_WRPRTERR (1u << 4)
#define SR_EOP (1u << 5)
#define ACR_PRFTBE (1u << 4)
enum {
    ACR = 0x00,
    KEYR = 0x04,
    OPTKEYR = 0x08,
    SR = 0x0C,
    CR = 0x10,
    AR = 0x14,
    OBR = 0x1C,
    WRPR = 0x20,

    /* Data sheet, table 29: t_prog 52.5 us typical, t_ERASE and t_ME 20 ms minimum. */
    PROGRAM_NS = 52500,
    ERASE_NS = 20000000,
};

/* --- protection --- */

/* Code in main flash, when booted from there, is the only one that level 1 trusts (PM0075, 2.4.1).
 */
static bool trusted(const struct sim_board *board)
{
    const struct sim_memory *main = sim_memory_row(board->chip, SIM_FLASH);
    uint32_t pc = board->cpu->r[15];
    bool in_flash = pc < main->size || pc - main->start < main->size;

    return !board->debugger && in_flash && board->booted == SIM_FLASH;
}

static bool readable(const struct sim_board *board)
{
    if (!sim_f1_is_protected(board))
        return true;
    return trusted(board) && !(sim_fpec(board)->keeps_out && board->debugger_seen);
}

/* Where level 1 keeps out it answers with an error of programming (RM0366, 3.3.1). */
static bool kept_out(struct sim_board *board)
{
    if (!sim_fpec(board)->keeps_out || readable(board))
        return false;
    sim_flash_fail(board, SR_PGERR);
    return true;
}

static uint32_t user_options(const struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;

    return flash->obr >> sim_fpec(board)->user_shift & SIM_USER_OPTIONS;
}

static bool write_protected(const struct sim_board *board, uint32_t offset)
{
    enum { BYTES_A_BIT = 4096, LAST_BIT = 31 };
    const struct sim_f1_flash *flash = board->flash->state;
    uint32_t bit = offset / BYTES_A_BIT;

    if (!(flash->wrpr >> (bit < LAST_BIT ? bit : LAST_BIT) & 1))
        return true;
    return !sim_fpec(board)->keeps_out && sim_f1_is_protected(board) &&
           (bit == 0 || !trusted(board));
}

/* --- erase and program --- */

static void erase_page(struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;
    const struct sim_memory *main = sim_memory_row(board->chip, SIM_FLASH);
    uint32_t offset = flash->ar - main->start, page_size = board->chip->page_size;

    if (offset >= main->size || write_protected(board, offset)) {
        sim_flash_fail(board, SR_WRPRTERR);
        return;
    }
    memset(&sim_memory_bytes(board, SIM_FLASH)[offset / page_size * page_size], 0xFF, page_size);
    sim_flash_begin(board, ERASE_NS);
}

/* Write protection keeps the whole chip; that of read protection alone does not (PM0075, 2.4.1). */
static void erase_all(struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;

    if (flash->wrpr != UINT32_MAX) {
        sim_flash_fail(board, SR_WRPRTERR);
        return;
    }
    sim_memory_fill(board, SIM_FLASH, 0xFF);
    sim_flash_begin(board, ERASE_NS);
}

static void start(struct sim_board *board)
{
    struct sim_f1_flash *flash = board->flash->state;

    if (flash->common.cr & (CR_MER | CR_PER) && kept_out(board))
        return;
    if (flash->common.cr & CR_MER) {
        erase_all(board);
    } else if (flash->common.cr & CR_PER) {
        erase_page(board);
    } else if (flash->common.cr & CR_OPTER && flash->common.cr & CR_OPTWRE) {
        sim_f1_options_erase(board);
        sim_flash_begin(board, ERASE_NS);
    } else {
        flash->common.cr &= ~CR_STRT;
    }
}

static bool write_main(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    const struct sim_f1_flash *flash = board->flash->state;
    uint8_t *cell = &sim_memory_bytes(board, SIM_FLASH)[offset];

    /* Without PG the manual is silent; the chip answers with a bus error. */
    if (width != 2 || (flash->common.cr & (CR_PG | CR_LOCK)) != CR_PG)
        return false;
    if (kept_out(board))
        return true;
    if (write_protected(board, offset)) {
        sim_flash_fail(board, SR_WRPRTERR);
    } else if (get_le16(cell) != 0xFFFF && value != 0) {
        sim_flash_fail(board, SR_PGERR);
    } else {
        put_le16(cell, (uint16_t)value);
        sim_flash_begin(board, PROGRAM_NS);
    }
    return true;
}

static bool write_option(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    const struct sim_f1_flash *flash = board->flash->state;

    if (width != 2 ||
        (flash->common.cr & (CR_OPTPG | CR_OPTWRE | CR_LOCK)) != (CR_OPTPG | CR_OPTWRE))
        return false;
    if (sim_f1_is_sealed(board)) {
        sim_flash_fail(board, SR_WRPRTERR);
        return true;
    }
    if (get_le16(&sim_memory_bytes(board, SIM_OPTIONS)[offset]) != 0xFFFF) {
        sim_flash_fail(board, SR_PGERR);
        return true;
    }
    bool lifts = sim_f1_option_program(board, offset, (uint8_t)value);
    sim_flash_begin(board, lifts ? ERASE_NS + PROGRAM_NS : PROGRAM_NS);
    return true;
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    return (kind == SIM_FLASH ? write_main : write_option)(board, offset, width, value);
}

/* --- registers --- */

#define KEYS                   \
    {                          \
        0x45670123, 0xCDEF89AB \
    } /* of both registers */

/* A second right pair is no error, as of KEYR: OpenOCD gives it between erasing and programming. */
static bool write_optkeyr(struct sim_f1_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = KEYS;
    bool opens = false;
    bool right = sim_key_take(&flash->common.option_keys, keys, false, value, &opens);

    if (!right)
        flash->common.cr &= ~CR_OPTWRE;
    else if (opens)
        flash->common.cr |= CR_OPTWRE;
    return right;
}

/* OPTWRE can only be cleared by writing, LOCK only set. Locked or busy, CR does not listen. */
static void write_cr(struct sim_board *board, uint32_t value)
{
    struct sim_f1_flash *flash = board->flash->state;

    if (flash->common.cr & CR_LOCK || flash->common.sr & SR_BSY)
        return;
    flash->common.cr =
        (value & CR_WRITABLE) | (flash->common.cr & value & CR_OPTWRE) | (value & CR_STRT);
    if (value & CR_LOCK)
        flash->common.cr &= ~CR_OPTWRE;
    sim_flash_update_irq(board);
    if (value & CR_OBL_LAUNCH && sim_fpec(board)->launches)
        sim_flash_launch(board);
    if (value & CR_STRT && !(value & CR_LOCK))
        start(board);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_f1_flash *flash = part->state;

    if (sim_flash_read(part, offset, value))
        return true;
    *value = offset == OBR ? flash->obr : offset == WRPR ? flash->wrpr : 0; /* or write-only */
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_f1_flash *flash = part->state;
    bool ok;

    if (sim_flash_write(part, offset, value, &ok)) {
        if (offset == ACR) /* PRFTBS follows PRFTBE */
            flash->common.acr |= (flash->common.acr & ACR_PRFTBE) << 1;
        return ok;
    }
    if (offset == OPTKEYR)
        return write_optkeyr(flash, value);
    if (offset == CR)
        write_cr(part->board, value);
    else if (offset == AR && !(flash->common.sr & SR_BSY))
        flash->ar = value;
    return true;
}

/* OBR and WRPR follow from sim_f1_options_load(). */
static void reset(struct sim_part *part)
{
    struct sim_f1_flash *flash = part->state;

    sim_flash_reset(part);
    flash->ar = 0;
}

static const struct sim_flash_registers registers = {
    .acr = ACR,
    .keyr = KEYR,
    .sr = SR,
    .cr = CR,
    .acr_reset = 0x30,
    .acr_writable = 0x1F,
    .busy = SR_BSY,
    .done = SR_EOP,
    .errors = SR_PGERR | SR_WRPRTERR,
    .start = CR_STRT,
    .lock = CR_LOCK,
    .done_irq = CR_EOPIE,
    .error_irq = CR_ERRIE,
    .keys = KEYS,
    .opens_twice = true,
};
const struct sim_device sim_device_f1_flash = {
    .state_size = sizeof(struct sim_f1_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_flash_sync,
    .always_on = true,
};
static const struct sim_fpec_family f1 = {
    .open = 0xA5,
    .user_shift = 2,
    .data_shift = 10,
    .user = 0x07,
    .ones = 0x1Fu << 5,
    .keeps_until_power = true,
    .reset_loads = true,
};
static const struct sim_fpec_family f0 = {
    .open = 0xAA,
    .sealed = 0xCC,
    .user_shift = 8,
    .data_shift = 16,
    .user = 0xFF,
    .launches = true,
    .keeps_out = true,
};
static const struct sim_fpec_family f3 = {
    .open = 0xAA,
    .sealed = 0xCC,
    .user_shift = 8,
    .data_shift = 16,
    .user = 0xFF,
    .reset_loads = true,
    .launches = true,
    .keeps_out = true,
};
#define CONTROLLER(family)                                                                  \
    .device = &sim_device_f1_flash, .registers = &registers, .fpec = &(family),             \
    .factory = sim_f1_options_factory, .load_options = sim_f1_options_load,                 \
    .is_protected = sim_f1_is_protected, .set_protection = sim_f1_set_protection,           \
    .protect_writing = sim_f1_protect_writing, .protects_writing = sim_f1_protects_writing, \
    .readable = readable, .user_options = user_options, .busy_until = sim_flash_busy_until, \
    .write = write_memory
const struct sim_flash_kind sim_f1_flash = {CONTROLLER(f1), .hides_size = true};
const struct sim_flash_kind sim_f0_flash = {CONTROLLER(f0), .is_sealed = sim_f1_is_sealed,
                                            .seal = sim_f1_seal};
const struct sim_flash_kind sim_f3_flash = {CONTROLLER(f3), .is_sealed = sim_f1_is_sealed,
                                            .seal = sim_f1_seal};

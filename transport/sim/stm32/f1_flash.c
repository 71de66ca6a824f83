/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32F1 with one bank (PM0075; RM0008, 3.3.3). */
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
#define CR_WRITABLE (CR_PG | CR_PER | CR_MER | CR_OPTPG | CR_OPTER | CR_LOCK | CR_ERRIE | CR_EOPIE)
#define SR_BSY (1u << 0)
#define SR_PGERR (1u << 2)
#define SR_WRPRTERR (1u << 4)
#define SR_EOP (1u << 5)
#define SR_CLEARABLE (SR_PGERR | SR_WRPRTERR | SR_EOP)
#define ACR_RESET 0x30u
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
    PROGRAM_TENTH_US = 525,
    ERASE_TENTH_US = 200000,
};

/* Makes the controller busy. */
static void begin(struct sim_board *board, uint64_t tenths_us)
{
    struct sim_f1_flash *flash = board->flash->state;

    flash->sr |= SR_BSY;
    flash->busy_until_ps = sim_now_ps(board) + tenths_us * (SIM_PS_PER_US / 10);
    sim_map_update_windows(board);
}

static void update_irq(struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;
    bool err = flash->sr & (SR_PGERR | SR_WRPRTERR);

    sim_cpu_irq(board->cpu, board->flash->row->irq,
                (err && flash->cr & CR_ERRIE) || (flash->sr & SR_EOP && flash->cr & CR_EOPIE));
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct sim_f1_flash *flash = part->state;

    if (flash->busy_until_ps == 0)
        return SIM_NEVER;
    if (flash->busy_until_ps > now_ps)
        return flash->busy_until_ps;
    flash->busy_until_ps = 0;
    flash->sr = (flash->sr & ~SR_BSY) | SR_EOP;
    flash->cr &= ~CR_STRT;
    sim_map_update_windows(part->board);
    update_irq(part->board);
    return SIM_NEVER;
}

static uint64_t busy_until(const struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;

    return flash->busy_until_ps;
}

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
    return !sim_f1_is_protected(board) || trusted(board);
}

static bool write_protected(const struct sim_board *board, uint32_t offset)
{
    enum { PAGES_A_BIT = 4, ALWAYS_WITH_RDP = 4 };
    const struct sim_f1_flash *flash = board->flash->state;
    uint32_t page = offset / board->chip->page_size;

    if (!(flash->wrpr & 1u << page / PAGES_A_BIT))
        return true;
    return sim_f1_is_protected(board) && (page < ALWAYS_WITH_RDP || !trusted(board));
}

/* --- erase and program --- */

static void fail(struct sim_board *board, uint32_t bit)
{
    struct sim_f1_flash *flash = board->flash->state;

    flash->sr |= bit;
    flash->cr &= ~CR_STRT;
    update_irq(board);
}

static void erase_page(struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;
    const struct sim_memory *main = sim_memory_row(board->chip, SIM_FLASH);
    uint32_t offset = flash->ar - main->start, page_size = board->chip->page_size;

    if (offset >= main->size || write_protected(board, offset)) {
        fail(board, SR_WRPRTERR);
        return;
    }
    memset(&sim_memory_bytes(board, SIM_FLASH)[offset / page_size * page_size], 0xFF, page_size);
    begin(board, ERASE_TENTH_US);
}

/* Write protection keeps the whole chip; that of read protection alone does not (PM0075, 2.4.1). */
static void erase_all(struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;

    if (flash->wrpr != UINT32_MAX) {
        fail(board, SR_WRPRTERR);
        return;
    }
    memset(sim_memory_bytes(board, SIM_FLASH), 0xFF, sim_memory_row(board->chip, SIM_FLASH)->size);
    begin(board, ERASE_TENTH_US);
}

static void start(struct sim_board *board)
{
    struct sim_f1_flash *flash = board->flash->state;

    if (flash->cr & CR_MER) {
        erase_all(board);
    } else if (flash->cr & CR_PER) {
        erase_page(board);
    } else if (flash->cr & CR_OPTER && flash->cr & CR_OPTWRE) {
        sim_f1_options_erase(board);
        begin(board, ERASE_TENTH_US);
    } else {
        flash->cr &= ~CR_STRT;
    }
}

static bool write_main(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    const struct sim_f1_flash *flash = board->flash->state;
    uint8_t *cell = &sim_memory_bytes(board, SIM_FLASH)[offset];

    /* Without PG the manual is silent; the chip answers with a bus error. */
    if (width != 2 || (flash->cr & (CR_PG | CR_LOCK)) != CR_PG)
        return false;
    if (write_protected(board, offset)) {
        fail(board, SR_WRPRTERR);
    } else if (get_le16(cell) != 0xFFFF && value != 0) {
        fail(board, SR_PGERR);
    } else {
        put_le16(cell, (uint16_t)value);
        begin(board, PROGRAM_TENTH_US);
    }
    return true;
}

static bool write_option(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    const struct sim_f1_flash *flash = board->flash->state;

    if (width != 2 || (flash->cr & (CR_OPTPG | CR_OPTWRE | CR_LOCK)) != (CR_OPTPG | CR_OPTWRE))
        return false;
    if (get_le16(&sim_memory_bytes(board, SIM_OPTIONS)[offset]) != 0xFFFF) {
        fail(board, SR_PGERR);
        return true;
    }
    bool lifts = sim_f1_option_program(board, offset, (uint8_t)value);
    begin(board, lifts ? ERASE_TENTH_US + PROGRAM_TENTH_US : PROGRAM_TENTH_US);
    return true;
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    return (kind == SIM_FLASH ? write_main : write_option)(board, offset, width, value);
}

/* --- registers --- */

static const uint32_t keys[2] = {0x45670123, 0xCDEF89AB}; /* of both registers */

static bool write_keyr(struct sim_f1_flash *flash, uint32_t value)
{
    bool opens = false,
         right = sim_key_take(&flash->keys, keys, !(flash->cr & CR_LOCK), value, &opens);

    if (!right)
        flash->cr |= CR_LOCK;
    else if (opens)
        flash->cr &= ~CR_LOCK;
    return right;
}

static bool write_optkeyr(struct sim_f1_flash *flash, uint32_t value)
{
    bool opens = false,
         right = sim_key_take(&flash->option_keys, keys, flash->cr & CR_OPTWRE, value, &opens);

    if (!right)
        flash->cr &= ~CR_OPTWRE;
    else if (opens)
        flash->cr |= CR_OPTWRE;
    return right;
}

/* OPTWRE can only be cleared by writing, LOCK only set. Locked or busy, CR does not listen. */
static void write_cr(struct sim_board *board, uint32_t value)
{
    struct sim_f1_flash *flash = board->flash->state;

    if (flash->cr & CR_LOCK || flash->sr & SR_BSY)
        return;
    flash->cr = (value & CR_WRITABLE) | (flash->cr & value & CR_OPTWRE) | (value & CR_STRT);
    if (value & CR_LOCK)
        flash->cr &= ~CR_OPTWRE;
    update_irq(board);
    if (value & CR_STRT && !(value & CR_LOCK))
        start(board);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_f1_flash *flash = part->state;

    switch (offset) {
    case ACR:
        *value = flash->acr;
        break;
    case SR:
        *value = flash->sr;
        break;
    case CR:
        *value = flash->cr;
        break;
    case OBR:
        *value = flash->obr;
        break;
    case WRPR:
        *value = flash->wrpr;
        break;
    default: /* the rest is write-only */
        *value = 0;
    }
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_f1_flash *flash = part->state;

    switch (offset) {
    case ACR: /* PRFTBS follows PRFTBE */
        flash->acr = (value & 0x1F) | (value & ACR_PRFTBE) << 1;
        return true;
    case KEYR:
        return write_keyr(flash, value);
    case OPTKEYR:
        return write_optkeyr(flash, value);
    case SR:
        flash->sr &= ~(value & SR_CLEARABLE);
        update_irq(part->board);
        return true;
    case CR:
        write_cr(part->board, value);
        return true;
    case AR:
        if (!(flash->sr & SR_BSY))
            flash->ar = value;
        return true;
    default:
        return true;
    }
}

/* A reset ends an operation under way; OBR and WRPR follow from sim_f1_options_load(). */
static void reset(struct sim_part *part)
{
    struct sim_f1_flash *flash = part->state;

    flash->acr = ACR_RESET;
    flash->sr = 0;
    flash->cr = CR_LOCK;
    flash->ar = 0;
    flash->keys = flash->option_keys = (struct sim_keys){0};
    flash->busy_until_ps = 0;
    update_irq(part->board);
}

const struct sim_device sim_device_f1_flash = {
    sizeof(struct sim_f1_flash), read, write, reset, NULL, sync};
const struct sim_flash_kind sim_f1_flash = {
    .device = &sim_device_f1_flash,
    .hides_size = true,
    .factory = sim_f1_options_factory,
    .load_options = sim_f1_options_load,
    .is_protected = sim_f1_is_protected,
    .set_protection = sim_f1_set_protection,
    .readable = readable,
    .busy_until = busy_until,
    .write = write_memory,
};

/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32F4 with one bank (RM0368, 3.8; data sheet DS9716, 6.3.12). Cells
 * have no ECC: a write only clears bits, and any write may. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/f4_flash_internal.h"

#define SR_EOP (1u << 0)
#define SR_OPERR (1u << 1)
#define SR_WRPERR (1u << 4)
#define SR_PGAERR (1u << 5)
#define SR_PGPERR (1u << 6)
#define SR_PGSERR (1u << 7)
#define SR_RDERR (1u << 8)
#define SR_BSY (1u << 16)
#define SR_ERRORS (SR_WRPERR | SR_PGAERR | SR_PGPERR | SR_PGSERR | SR_RDERR)
#define CR_PG (1u << 0)
#define CR_SER (1u << 1)
#define CR_MER (1u << 2)
#define CR_STRT (1u << 16)
#define CR_EOPIE (1u << 24)
#define CR_ERRIE (1u << 25)
#define CR_LOCK (1u << 31)
#define CR_WRITABLE 0x8300037Fu /* LOCK, ERRIE, EOPIE, PSIZE, SNB, MER, SER, PG */
#define CR_SNB(cr) ((cr) >> 3 & 15)
#define CR_PSIZE(cr) ((cr) >> 8 & 3) /* 1 << this: bytes that are programmed at once */
#define ACR_WRITABLE 0x1F0Fu
enum {
    ACR = 0x00,
    KEYR = 0x04,
    OPTKEYR = 0x08,
    SR = 0x0C,
    CR = 0x10,
    OPTCR = 0x14,

    SMALL_SECTORS = 4,
    SMALL_SECTOR = 16 * 1024,
    MIDDLE_SECTOR = 64 * 1024, /* the fifth */
    LARGE_SECTOR = 128 * 1024,
    SMALL_UNITS = LARGE_SECTOR, /* the first five together */

    OTP_BLOCK = 32, /* bytes; behind 16 of them a lock byte for each */
    OTP_LOCKS = 16 * OTP_BLOCK,
    PROGRAM_US = 16, /* whatever the width */
};

/* --- sectors --- */

static uint32_t sector_of(uint32_t offset)
{
    if (offset < SMALL_SECTORS * SMALL_SECTOR)
        return offset / SMALL_SECTOR;
    return offset < SMALL_UNITS ? SMALL_SECTORS : SMALL_SECTORS + offset / LARGE_SECTOR;
}

struct sector {
    uint32_t start, size; /* start: offset in flash; size 0: there is none */
};

static struct sector sector_at(const struct sim_board *board, uint32_t number)
{
    struct sector sector = {number * SMALL_SECTOR, SMALL_SECTOR};

    if (number == SMALL_SECTORS)
        sector.size = MIDDLE_SECTOR;
    else if (number > SMALL_SECTORS)
        sector = (struct sector){(number - SMALL_SECTORS) * LARGE_SECTOR, LARGE_SECTOR};
    if (sector.start >= sim_memory_row(board->chip, SIM_FLASH)->size)
        sector.size = 0;
    return sector;
}

/* --- time and errors --- */

static void update_irq(struct sim_board *board)
{
    const struct sim_f4_flash *flash = board->flash->state;

    sim_cpu_irq(board->cpu, board->flash->row->irq,
                (flash->sr & SR_OPERR && flash->cr & CR_ERRIE) ||
                    (flash->sr & SR_EOP && flash->cr & CR_EOPIE));
}

static void begin(struct sim_board *board, uint64_t us)
{
    struct sim_f4_flash *flash = board->flash->state;

    flash->sr |= SR_BSY;
    flash->busy_until_ps = sim_now_ps(board) + us * SIM_PS_PER_US;
    sim_map_update_windows(board);
}

/* EOP and OPERR tell only those who asked for the interrupt. */
static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct sim_f4_flash *flash = part->state;

    if (flash->busy_until_ps == 0)
        return SIM_NEVER;
    if (flash->busy_until_ps > now_ps)
        return flash->busy_until_ps;
    flash->busy_until_ps = 0;
    flash->sr &= ~SR_BSY;
    flash->cr &= ~CR_STRT;
    if (flash->cr & CR_EOPIE)
        flash->sr |= SR_EOP;
    sim_map_update_windows(part->board);
    update_irq(part->board);
    return SIM_NEVER;
}

static uint64_t busy_until(const struct sim_board *board)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return flash->busy_until_ps;
}

static void fail(struct sim_board *board, uint32_t errors)
{
    struct sim_f4_flash *flash = board->flash->state;

    flash->sr |= errors | (flash->cr & CR_ERRIE ? SR_OPERR : 0);
    flash->cr &= ~CR_STRT;
    update_irq(board);
}

/* Wider than the supply allows (3.5.2): nothing is promised of the cells, and no flag tells. Here
 * they stay as they were. */
static bool has_the_voltage(const struct sim_board *board)
{
    static const uint16_t least_mv[] = {1700, 2100, 2700, 0 /* with VPP */};
    const struct sim_f4_flash *flash = board->flash->state;

    return board->faults.vtref_mv >= least_mv[CR_PSIZE(flash->cr)];
}

/* --- erase --- */

/* Milliseconds by PSIZE: typical values. */
static const uint16_t erase_ms[][4] = {
    {400, 300, 250, 230},    /* 16 KiB */
    {1200, 700, 550, 490},   /* 64 KiB */
    {2000, 1300, 1000, 875}, /* 128 KiB; a mass erase takes as long for each */
};

static uint64_t erase_us(const struct sim_board *board, uint32_t size)
{
    const struct sim_f4_flash *flash = board->flash->state;
    unsigned row = size == SMALL_SECTOR ? 0 : size == MIDDLE_SECTOR ? 1 : 2;
    uint32_t times = size > LARGE_SECTOR ? size / LARGE_SECTOR : 1;

    return UINT64_C(1000) * erase_ms[row][CR_PSIZE(flash->cr)] * times;
}

static void erase(struct sim_board *board, struct sector sector)
{
    if (has_the_voltage(board))
        memset(&sim_memory_bytes(board, SIM_FLASH)[sector.start], 0xFF, sector.size);
    begin(board, erase_us(board, sector.size));
}

static bool write_protected(const struct sim_board *board, uint32_t sector)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return !(flash->unprotected >> sector & 1) || !sim_f4_accessible(board);
}

static bool any_write_protected(const struct sim_board *board)
{
    for (uint32_t i = 0; sector_at(board, i).size; i++)
        if (write_protected(board, i))
            return true;
    return false;
}

static void start(struct sim_board *board)
{
    struct sim_f4_flash *flash = board->flash->state;
    uint32_t what = flash->cr & (CR_SER | CR_MER);
    struct sector all = {0, sim_memory_row(board->chip, SIM_FLASH)->size};
    struct sector sector = sector_at(board, CR_SNB(flash->cr));
    uint32_t number = CR_SNB(flash->cr);

    if (what == CR_MER && any_write_protected(board))
        fail(board, SR_WRPERR);
    else if (what == CR_MER)
        erase(board, all);
    else if (what == CR_SER && (sector.size == 0 || write_protected(board, number)))
        fail(board, SR_WRPERR);
    else if (what == CR_SER)
        erase(board, sector);
    else /* neither, or both: nothing happens */
        flash->cr &= ~CR_STRT;
}

/* --- program --- */

static uint32_t get(const uint8_t *cell, unsigned width)
{
    return width == 4 ? get_le32(cell) : width == 2 ? get_le16(cell) : *cell;
}

static void clear_bits(uint8_t *cell, unsigned width, uint32_t value)
{
    value &= get(cell, width);
    for (unsigned i = 0; i < width; i++)
        cell[i] = (uint8_t)(value >> 8 * i);
}

static bool otp_locked(const struct sim_board *board, uint32_t offset)
{
    const uint8_t *otp = sim_memory_bytes(board, SIM_OTP);

    return offset < OTP_LOCKS && otp[OTP_LOCKS + offset / OTP_BLOCK] == 0;
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    const struct sim_f4_flash *flash = board->flash->state;
    uint32_t errors = 0;

    if (kind == SIM_OPTIONS) /* only by OPTCR */
        return false;
    if (!(flash->cr & CR_PG) || flash->cr & CR_LOCK)
        errors |= SR_PGSERR;
    if (width != 1u << CR_PSIZE(flash->cr))
        errors |= SR_PGPERR;
    if (kind == SIM_FLASH ? write_protected(board, sector_of(offset)) : otp_locked(board, offset))
        errors |= SR_WRPERR;
    if (errors) {
        fail(board, errors);
        return true;
    }
    if (has_the_voltage(board))
        clear_bits(&sim_memory_bytes(board, kind)[offset], width, value);
    begin(board, PROGRAM_US);
    return true;
}

/* --- registers --- */

static bool write_keyr(struct sim_f4_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = {0x45670123, 0xCDEF89AB};

    bool opens = false;

    if (!sim_key_take(&flash->keys, keys, !(flash->cr & CR_LOCK), value, &opens))
        return false;
    if (opens)
        flash->cr &= ~CR_LOCK;
    return true;
}

/* A write while the controller is busy waits on the bus (RM0090, 3.9.5); the AHB-AP asked before.
 */
static void wait(struct sim_part *part)
{
    uint64_t until = busy_until(part->board), now = sim_now_ps(part->board);

    sim_stall_core(part->board, until);
    sync(part, until > now ? until : now);
}

static void write_cr(struct sim_part *part, uint32_t value)
{
    struct sim_f4_flash *flash = part->state;

    wait(part);
    if (flash->cr & CR_LOCK)
        return;
    flash->cr = value & (CR_WRITABLE | CR_STRT);
    update_irq(part->board);
    if (value & CR_STRT && !(value & CR_LOCK))
        start(part->board);
    else
        flash->cr &= ~CR_STRT;
}

static void write_optcr(struct sim_part *part, uint32_t value)
{
    const struct sim_board *board = part->board;
    bool erases = false;

    wait(part);
    if (!sim_f4_optcr_write(part->board, value, &erases))
        return;
    begin(part->board,
          erase_us(board, SMALL_SECTOR) +
              (erases ? erase_us(board, sim_memory_row(board->chip, SIM_FLASH)->size) : 0));
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_f4_flash *flash = part->state;

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
    case OPTCR:
        *value = flash->optcr;
        break;
    default: /* the rest is write-only */
        *value = 0;
    }
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_f4_flash *flash = part->state;

    switch (offset) {
    case ACR:
        flash->acr = value & ACR_WRITABLE;
        break;
    case KEYR:
        return write_keyr(flash, value);
    case OPTKEYR:
        return sim_f4_optkeyr_write(flash, value);
    case SR: /* ones clear */
        flash->sr &= ~(value & (SR_EOP | SR_OPERR | SR_ERRORS));
        update_irq(part->board);
        break;
    case CR:
        write_cr(part, value);
        break;
    case OPTCR:
        write_optcr(part, value);
        break;
    default:
        break;
    }
    return true;
}

/* A reset ends an operation under way; OPTCR follows from the option bytes. */
static void reset(struct sim_part *part)
{
    *(struct sim_f4_flash *)part->state = (struct sim_f4_flash){.cr = CR_LOCK};
    update_irq(part->board);
}

const struct sim_device sim_device_f4_flash = {
    sizeof(struct sim_f4_flash), read, write, reset, NULL, sync};
const struct sim_flash_kind sim_f4_flash = {
    .device = &sim_device_f4_flash,
    .stalling = {CR, OPTCR},
    .factory = sim_f4_options_factory,
    .load_options = sim_f4_options_load,
    .is_protected = sim_f4_is_protected,
    .is_sealed = sim_f4_is_sealed,
    .set_protection = sim_f4_set_protection,
    .readable = sim_f4_accessible,
    .busy_until = busy_until,
    .write = write_memory,
};

/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32L0 and L1 (RM0376, 3.7; RM0038, 3.9): program memory that is
 * erased to zeros by pages, and programmed by words or half pages; data memory that is written as
 * it comes. Of two banks the idle one waits for the busy one, too, which on the chip it does not.
 */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/l0_flash_internal.h"

#define PECR_PELOCK (1u << 0)
#define PECR_PRGLOCK (1u << 1)
#define PECR_OPTLOCK (1u << 2)
#define PECR_LOCKS (PECR_PELOCK | PECR_PRGLOCK | PECR_OPTLOCK)
#define PECR_PROG (1u << 3)
#define PECR_ERASE (1u << 9)
#define PECR_FPRG (1u << 10)
#define PECR_EOPIE (1u << 16)
#define PECR_ERRIE (1u << 17)
#define PECR_OBL_LAUNCH (1u << 18)
/* ERRIE, EOPIE, PARALLBANK, FPRG, ERASE, FTDW or FIX, DATA, PROG */
#define PECR_WRITABLE 0x00038718u
#define SR_BSY (1u << 0)
#define SR_EOP (1u << 1)
#define SR_IDLE (3u << 2) /* ENDHV, READY: always, as it is never without power */
#define SR_WRPERR (1u << 8)
#define SR_PGAERR (1u << 9)
#define SR_SIZERR (1u << 10)
#define SR_OPTVERR (1u << 11)
#define SR_NOTZEROERR (1u << 16)
#define SR_FWWERR (1u << 17)
#define SR_ERRORS (SR_WRPERR | SR_PGAERR | SR_SIZERR | SR_OPTVERR | SR_NOTZEROERR | SR_FWWERR)
enum {
    ACR = 0x00,
    PECR = 0x04,
    PEKEYR = 0x0C,
    PRGKEYR = 0x10,
    OPTKEYR = 0x14,
    SR = 0x18,
    OPTR = 0x1C,
    WRPR = 0x20,
    WRPR2 = 0x80, /* the third and the fourth behind it */

    /* Data sheets: a page erase takes as long as a word or a half page. How long the end of read
     * protection takes none of them says. */
    STEP_NS = 3280000,
    MASS_ERASE_NS = 100000000,
};

static uint32_t half_page_size(const struct sim_board *board)
{
    return board->chip->page_size / 2;
}

/* --- program memory --- */

static void erase_page(struct sim_board *board, uint32_t offset)
{
    uint32_t size = board->chip->page_size;

    memset(&sim_memory_bytes(board, SIM_FLASH)[offset / size * size], 0, size);
    sim_flash_begin(board, STEP_NS);
}

/* A cell that is not erased: the L0 refuses, the L1 adds the bits. */
static void program(struct sim_board *board, uint32_t offset, const uint32_t *words, unsigned count)
{
    uint8_t *cells = &sim_memory_bytes(board, SIM_FLASH)[offset];

    for (unsigned i = 0; sim_l0_family(board)->refuses_not_zero && i < count; i++)
        if (get_le32(&cells[4 * i])) {
            sim_flash_fail(board, SR_NOTZEROERR);
            return;
        }
    for (unsigned i = 0; i < count; i++)
        put_le32(&cells[4 * i], get_le32(&cells[4 * i]) | words[i]);
    sim_flash_begin(board, STEP_NS);
}

/* Words go to rising addresses; the L0 counts them, and takes one address for all as well. */
static bool follows(const struct sim_board *board, uint32_t offset)
{
    const struct sim_l0_flash *flash = board->flash->state;
    bool one_address = sim_l0_family(board)->counts_words && offset == flash->half_page;

    if (!flash->collected)
        return offset % half_page_size(board) == 0;
    return one_address || offset == flash->half_page + 4 * flash->collected;
}

/* Between two words that a program writes it fetches the next instruction. */
static bool is_fetched_between(const struct sim_board *board)
{
    const struct sim_memory *from = sim_memory_at(board->chip, board->cpu->r[15]);

    return sim_l0_family(board)->refuses_fetches && !board->debugger && from &&
           from->kind == SIM_FLASH;
}

static void collect(struct sim_board *board, uint32_t offset, uint32_t value)
{
    struct sim_l0_flash *flash = board->flash->state;
    bool fetched = is_fetched_between(board);

    if (fetched || !follows(board, offset)) {
        flash->collected = 0;
        sim_flash_fail(board, fetched ? SR_FWWERR : SR_PGAERR);
        return;
    }
    if (!flash->collected)
        flash->half_page = offset;
    flash->words[flash->collected++] = value;
    if (4 * flash->collected < half_page_size(board))
        return;
    program(board, flash->half_page, flash->words, flash->collected);
    flash->collected = 0;
}

static void write_main(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    const struct sim_l0_flash *flash = board->flash->state;
    uint32_t how = flash->common.cr & (PECR_PROG | PECR_ERASE | PECR_FPRG);

    if (flash->common.cr & PECR_PRGLOCK || sim_l0_write_protected(board, offset))
        sim_flash_fail(board, SR_WRPERR);
    else if (width != 4)
        sim_flash_fail(board, SR_SIZERR);
    else if (how == (PECR_PROG | PECR_ERASE))
        erase_page(board, offset);
    else if (how == (PECR_PROG | PECR_FPRG))
        collect(board, offset, value);
    else if (!(how & (PECR_ERASE | PECR_FPRG)))
        program(board, offset, &value, 1);
    else
        sim_flash_fail(board, SR_PGAERR);
}

/* --- data memory, option bytes --- */

static bool is_zero(const uint8_t *cells, unsigned width)
{
    while (width && *cells == 0)
        cells++, width--;
    return width == 0;
}

/* Old bits are erased first, if there are any; zeros need not be programmed. What of the L1's
 * smallest ones cannot write a byte of zeros is not modelled. */
static void write_data(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    const struct sim_l0_flash *flash = board->flash->state;
    uint8_t *cells = &sim_memory_bytes(board, SIM_EEPROM)[offset];

    if (flash->common.cr & PECR_PELOCK || !sim_flash_accessible(board)) {
        sim_flash_fail(board, SR_WRPERR);
        return;
    }
    bool both = !is_zero(cells, width) && value;
    for (unsigned i = 0; i < width; i++)
        cells[i] = (uint8_t)(value >> 8 * i);
    sim_flash_begin(board, both ? 2 * STEP_NS : STEP_NS);
}

static void write_option(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    const struct sim_l0_flash *flash = board->flash->state;

    if (flash->common.cr & PECR_OPTLOCK || sim_l0_is_sealed(board))
        sim_flash_fail(board, SR_WRPERR);
    else if (width != 4)
        sim_flash_fail(board, SR_SIZERR);
    else
        sim_flash_begin(board,
                        sim_l0_option_program(board, offset, value) ? MASS_ERASE_NS : 2 * STEP_NS);
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    if (kind == SIM_FLASH)
        write_main(board, offset, width, value);
    else if (kind == SIM_EEPROM)
        write_data(board, offset, width, value);
    else
        write_option(board, offset, width, value);
    return true;
}

static uint32_t user_options(const struct sim_board *board)
{
    const struct sim_l0_flash *flash = board->flash->state;

    return flash->optr >> 20 & SIM_USER_OPTIONS;
}

/* --- registers --- */

/* PELOCK shut shuts the others, and what was chosen is chosen no more (RM0376, 3.7.2). */
static void shut(struct sim_l0_flash *flash)
{
    if (flash->common.cr & PECR_PELOCK)
        flash->common.cr = PECR_LOCKS;
}

/* The keys of a lock behind PELOCK. */
static bool take_key(struct sim_l0_flash *flash, struct sim_keys *keys, const uint32_t words[2],
                     uint32_t lock, uint32_t value)
{
    bool opens = false, open = !(flash->common.cr & lock);

    if (flash->common.cr & PECR_PELOCK)
        return false;
    bool right = sim_key_take(keys, words, open, value, &opens);
    flash->common.cr = opens ? flash->common.cr & ~lock : flash->common.cr;
    return right;
}

/* The write waits while the controller is busy; the AHB-AP asked before. Locks are shut by writing,
 * not opened. */
static void write_pecr(struct sim_part *part, uint32_t value)
{
    struct sim_l0_flash *flash = part->state;

    sim_flash_wait(part->board);
    if (flash->common.cr & PECR_PELOCK)
        return;
    bool launches = value & PECR_OBL_LAUNCH && !(flash->common.cr & PECR_OPTLOCK);
    flash->common.cr = (value & PECR_WRITABLE) | ((flash->common.cr | value) & PECR_LOCKS);
    shut(flash);
    flash->collected = 0;
    sim_flash_update_irq(part->board);
    if (launches)
        sim_flash_launch(part->board);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_l0_flash *flash = part->state;

    if (sim_flash_read(part, offset, value)) {
        *value |= offset == SR ? SR_IDLE : 0;
        return true;
    }
    *value = 0; /* the rest is write-only */
    if (offset == OPTR)
        *value = flash->optr;
    else if (offset == WRPR)
        *value = flash->wrpr[0];
    else if (offset >= WRPR2 && offset < WRPR2 + 4 * (SIM_L0_WRPRS - 1))
        *value = flash->wrpr[1 + (offset - WRPR2) / 4];
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    static const uint32_t program_keys[2] = {0x8C9DAEBF, 0x13141516};
    static const uint32_t option_keys[2] = {0xFBEAD9C8, 0x24252627};
    struct sim_l0_flash *flash = part->state;
    bool ok = true;

    if (offset == PECR)
        write_pecr(part, value);
    else if (offset == PRGKEYR)
        ok = take_key(flash, &flash->program_keys, program_keys, PECR_PRGLOCK, value);
    else if (offset == OPTKEYR)
        ok = take_key(flash, &flash->common.option_keys, option_keys, PECR_OPTLOCK, value);
    else if (sim_flash_write(part, offset, value, &ok))
        shut(flash);
    return ok;
}

/* OPTR and WRPR follow from sim_l0_options_load(). */
static void reset(struct sim_part *part)
{
    struct sim_l0_flash *flash = part->state;

    sim_flash_reset(part);
    flash->common.cr = PECR_LOCKS;
    flash->program_keys = (struct sim_keys){0};
    flash->collected = 0;
}

static const struct sim_flash_registers registers = {
    .acr = ACR,
    .keyr = PEKEYR,
    .sr = SR,
    .cr = PECR,
    .acr_writable = 0x7F,
    .busy = SR_BSY,
    .done = SR_EOP,
    .errors = SR_ERRORS,
    .lock = PECR_PELOCK,
    .done_irq = PECR_EOPIE,
    .error_irq = PECR_ERRIE,
    .keys = {0x89ABCDEF, 0x02030405},
};
const struct sim_device sim_device_l0_flash = {
    .state_size = sizeof(struct sim_l0_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_flash_sync,
    .always_on = true,
};
/* nBOOT1, nRST_STDBY, nRST_STOP, IWDG_SW, BOR_LEV, WPRMOD, RDP */
static const struct sim_l0_family l0_cat3 = {.optr = 0x807F01FF,
                                             .factory_user = 0x8070,
                                             .wrp_words = 1,
                                             .refuses_not_zero = true,
                                             .counts_words = true,
                                             .refuses_fetches = true};
/* nBFB2, nRST_STDBY, nRST_STOP, IWDG_SW, BOR_LEV, SPRMOD, RDP */
static const struct sim_l0_family l1_cat3 = {
    .optr = 0x007F01FF, .factory_user = 0x78, .wrp_words = 4};
static const struct sim_l0_family l1_cat5 = {
    .optr = 0x00FF01FF, .factory_user = 0xF8, .wrp_words = 8};

#define KIND(family)                                                                             \
    {                                                                                            \
        .device = &sim_device_l0_flash, .registers = &registers, .l0 = &(family),                \
        .stalling = {PECR}, .factory = sim_l0_options_factory,                                   \
        .load_options = sim_l0_options_load, .is_protected = sim_l0_is_protected,                \
        .is_sealed = sim_l0_is_sealed, .set_protection = sim_l0_set_protection,                  \
        .seal = sim_l0_seal, .protect_writing = sim_l0_protect_writing,                          \
        .protects_writing = sim_l0_protects_writing, .readable = sim_flash_accessible,           \
        .user_options = user_options, .busy_until = sim_flash_busy_until, .write = write_memory, \
    }
const struct sim_flash_kind sim_l0_cat3_flash = KIND(l0_cat3);
const struct sim_flash_kind sim_l1_cat3_flash = KIND(l1_cat3);
const struct sim_flash_kind sim_l1_cat5_flash = KIND(l1_cat5);

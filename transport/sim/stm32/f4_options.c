/* SPDX-License-Identifier: MIT */
/* The option bytes of the STM32F2, F4 and F7, behind OPTCR (RM0368, 3.6) and OPTCR1, of a second
 * bank (RM0090, 3.7) or with the boot addresses (RM0385, 3.4): write protection holds as soon as it
 * is programmed, the rest from the next reset on. The second bank's are kept behind the first
 * one's; on the chip they are elsewhere. */
#include "base/bytes.h"
#include "sim/stm32/f4_flash_internal.h"

#define OPTCR_OPTLOCK (1u << 0)
#define OPTCR_OPTSTRT (1u << 1)
#define OPTCR_LOW 0x0000FFFCu /* what the first of the words in memory holds: RDP, USER */
#define OPTCR_DB1M (1u << 30)
#define OPTCR_SPRMOD (1u << 31)
#define OPTCR_NWRP_SHIFT 16
#define NWRP 0xFFFu
/* Offsets of the half-words. */
enum { RDP_USER = 0, NWRP_WORD = 8, NWRP_WORD_2 = 12, BOOT_ADD0 = 16, BOOT_ADD1 = 24 };
enum { BOOT_SHIFT = 14 };
enum { MIB = 1024 * 1024 };

static const struct sim_f4_family *family_of(const struct sim_board *board)
{
    return board->chip->flash->f4;
}

static uint32_t stored(const struct sim_board *board)
{
    const uint8_t *bytes = sim_memory_bytes(board, SIM_OPTIONS);

    return get_le16(&bytes[RDP_USER]) | (uint32_t)get_le16(&bytes[NWRP_WORD]) << OPTCR_NWRP_SHIFT;
}

static void store(struct sim_board *board, uint32_t value)
{
    uint8_t *bytes = sim_memory_bytes(board, SIM_OPTIONS);

    put_le16(&bytes[RDP_USER], (uint16_t)(value & OPTCR_LOW));
    put_le16(&bytes[NWRP_WORD], (uint16_t)(value >> OPTCR_NWRP_SHIFT));
}

static uint8_t rdp_of(uint32_t value)
{
    return (uint8_t)(value >> 8);
}

static uint32_t stored1(const struct sim_board *board)
{
    const uint8_t *bytes = sim_memory_bytes(board, SIM_OPTIONS);

    if (family_of(board)->boots)
        return get_le16(&bytes[BOOT_ADD0]) | (uint32_t)get_le16(&bytes[BOOT_ADD1]) << 16;
    return (uint32_t)get_le16(&bytes[NWRP_WORD_2]) << OPTCR_NWRP_SHIFT & family_of(board)->optcr1;
}

static void store1(struct sim_board *board, uint32_t value)
{
    uint8_t *bytes = sim_memory_bytes(board, SIM_OPTIONS);

    if (family_of(board)->boots) {
        put_le16(&bytes[BOOT_ADD0], (uint16_t)value);
        put_le16(&bytes[BOOT_ADD1], (uint16_t)(value >> 16));
    } else {
        put_le16(&bytes[NWRP_WORD_2], (uint16_t)(value >> OPTCR_NWRP_SHIFT));
    }
}

void sim_f4_options_factory(struct sim_board *board)
{
    store(board, family_of(board)->factory);
    store1(board, family_of(board)->factory1);
}

static bool has_pcrop(const struct sim_board *board, uint32_t optcr)
{
    return family_of(board)->pcrop && optcr & OPTCR_SPRMOD;
}

static void protect_sectors(const struct sim_board *board)
{
    struct sim_f4_flash *flash = board->flash->state;

    flash->pcrop = has_pcrop(board, flash->optcr);
    flash->unprotected[0] = flash->optcr >> OPTCR_NWRP_SHIFT & NWRP;
    flash->unprotected[1] = flash->optcr1 >> OPTCR_NWRP_SHIFT & NWRP;
}

/* Where a Cortex-M7 finds its vectors: BOOT0 chooses one of two addresses. */
static void boot(struct sim_board *board)
{
    uint32_t address = (board->boot0 ? stored1(board) >> 16 : stored1(board) & 0xFFFF)
                       << BOOT_SHIFT;
    const struct sim_memory *memory = sim_memory_at(board->chip, sim_map_behind(board, address));

    board->bus.initial_vtor = address;
    board->booted = memory ? memory->kind : SIM_SYSTEM;
}

void sim_f4_options_load(struct sim_board *board, bool power_on)
{
    uint32_t value = stored(board), size = sim_memory_row(board->chip, SIM_FLASH)->size;
    struct sim_f4_flash *flash = board->flash->state;

    flash->optcr = (value & family_of(board)->optcr) | OPTCR_OPTLOCK;
    flash->optcr1 = stored1(board);
    protect_sectors(board);
    flash->two_banks =
        family_of(board)->two_banks && (size > MIB || (size == MIB && value & OPTCR_DB1M));
    flash->rdp = rdp_of(value);
    if (family_of(board)->boots)
        boot(board);
}

bool sim_f4_is_protected(const struct sim_board *board)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return flash->rdp != SIM_F4_RDP_OPEN;
}

bool sim_f4_is_sealed(const struct sim_board *board)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return flash->rdp == SIM_F4_RDP_SEALED;
}

/* --- OPTCR --- */

bool sim_f4_optkeyr_write(struct sim_f4_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = {0x08192A3B, 0x4C5D6E7F};
    bool opens = false;

    if (!sim_key_take(&flash->common.option_keys, keys, !(flash->optcr & OPTCR_OPTLOCK), value,
                      &opens))
        return false;
    if (opens)
        flash->optcr &= ~OPTCR_OPTLOCK;
    return true;
}

/* Sectors that are protected against reading stay so, unless read protection ends (3.6.5). */
static void keep_pcrop(struct sim_board *board)
{
    const uint32_t nwrp = NWRP << OPTCR_NWRP_SHIFT;
    struct sim_f4_flash *flash = board->flash->state;

    if (!has_pcrop(board, stored(board)))
        return;
    flash->optcr |= stored(board) & (OPTCR_SPRMOD | nwrp);
    flash->optcr1 |= stored1(board) & nwrp;
}

/* Level 2 cannot be left: then nothing can be changed. */
static bool program(struct sim_board *board, bool *erases)
{
    struct sim_f4_flash *flash = board->flash->state;
    uint8_t before = rdp_of(stored(board)), after = rdp_of(flash->optcr);

    if (before == SIM_F4_RDP_SEALED)
        return false;
    *erases = before != SIM_F4_RDP_OPEN && after == SIM_F4_RDP_OPEN;
    if (*erases)
        sim_memory_fill(board, SIM_FLASH, 0xFF);
    if (!*erases)
        keep_pcrop(board);
    store(board, flash->optcr);
    store1(board, flash->optcr1);
    protect_sectors(board);
    return true;
}

bool sim_f4_optcr_write(struct sim_board *board, uint32_t value, bool *erases)
{
    struct sim_f4_flash *flash = board->flash->state;

    if (flash->optcr & OPTCR_OPTLOCK)
        return false;
    flash->optcr = value & (family_of(board)->optcr | OPTCR_OPTLOCK);
    return value & OPTCR_OPTSTRT && program(board, erases);
}

void sim_f4_optcr1_write(struct sim_board *board, uint32_t value)
{
    struct sim_f4_flash *flash = board->flash->state;

    if (!(flash->optcr & OPTCR_OPTLOCK))
        flash->optcr1 = value & family_of(board)->optcr1;
}

/* As by magic. */
static void put(struct sim_board *board, uint32_t value)
{
    store(board, value);
    sim_f4_options_load(board, true);
    sim_windows_update(board);
}

void sim_f4_set_protection(struct sim_board *board, bool protect)
{
    put(board, (stored(board) & ~0xFF00u) | (protect ? 0x5500u : SIM_F4_RDP_OPEN << 8));
}

void sim_f4_seal(struct sim_board *board)
{
    put(board, (stored(board) & ~0xFF00u) | SIM_F4_RDP_SEALED << 8);
}

void sim_f4_protect_writing(struct sim_board *board, bool protect)
{
    const uint32_t first = 3u << OPTCR_NWRP_SHIFT;

    put(board, protect ? stored(board) & ~first : stored(board) | first);
}

bool sim_f4_protects_writing(const struct sim_board *board)
{
    return ~stored(board) & 3u << OPTCR_NWRP_SHIFT;
}

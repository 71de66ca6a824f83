/* SPDX-License-Identifier: MIT */
/* Option bytes of the STM32H5 and what they say (RM0481, 7.4 and 7.11): pairs of registers, what is
 * in force and what OPTSTRT programs. Its end puts them into force but for the swap of banks and
 * the product's state, which a reset brings. The state goes forwards only: what leads back asks for
 * debug authentication, which is not simulated. */
#include "sim/stm32/h5_flash_internal.h"

enum { STATE_OPEN = 0xED, STATE_CLOSED = 0x72, STATE_LOCKED = 0x5C };
enum { LOCKED = 0xB4 }; /* NSBOOT_LOCK, SECBOOT_LOCK; and TZEN: it is on */
#define STATE(optsr) ((optsr) >> 8 & 0xFF)
#define AT_RESET (SIM_H5_SWAP_BANK | 0xFFu << 8)

/* As it goes on. */
static const uint8_t states[] = {STATE_OPEN, 0x17, 0x2E, 0xC6, STATE_CLOSED, STATE_LOCKED};

static struct sim_h5_flash *flash_of(const struct sim_board *board)
{
    return board->flash->state;
}

const struct sim_h5_family *sim_h5(const struct sim_board *board)
{
    return board->chip->flash->h5;
}

/* Bits that the chip has not are as delivered. */
uint32_t sim_h5_option_word(const struct sim_board *board, unsigned i, uint32_t value)
{
    uint32_t bits = sim_h5(board)->options[i].bits;

    return (value & bits) | (sim_h5(board)->options[i].factory & ~bits);
}

void sim_h5_options_factory(struct sim_board *board)
{
    struct sim_h5_flash *flash = flash_of(board);

    for (unsigned i = 0; i < SIM_H5_OPTIONS; i++)
        flash->stored[i] = sim_h5(board)->options[i].factory;
}

/* The program's flash at the other half of the addresses. */
static void swap_banks(struct sim_board *board)
{
    uint32_t half = sim_memory_row(board->chip, SIM_FLASH)->size / 2;
    uint8_t *bytes = sim_memory_bytes(board, SIM_FLASH);

    for (uint32_t i = 0; i < half; i++) {
        uint8_t byte = bytes[i];
        bytes[i] = bytes[half + i];
        bytes[half + i] = byte;
    }
}

void sim_h5_options_load(struct sim_board *board, bool power_on)
{
    struct sim_h5_flash *flash = flash_of(board);
    uint32_t before = flash->in_force[SIM_H5_OPTSR], after = flash->stored[SIM_H5_OPTSR];

    (void)power_on;
    for (unsigned i = 0; i < SIM_H5_OPTIONS; i++)
        flash->asked[i] = flash->in_force[i] = flash->stored[i];
    if ((before ^ after) & SIM_H5_SWAP_BANK)
        swap_banks(board);
}

bool sim_h5_option_at(const struct sim_board *board, uint32_t offset, unsigned *i, bool *asked)
{
    const struct sim_h5_family *family = sim_h5(board);

    for (*i = 0; *i < SIM_H5_OPTIONS; ++*i) {
        uint32_t first = family->options[*i].offset;
        *asked = offset == first + 4;
        if (family->options[*i].bits && (offset == first || *asked))
            return true;
    }
    return false;
}

/* --- programming --- */

static unsigned rank_of(uint32_t state)
{
    unsigned rank = 0;

    while (rank < sizeof states && states[rank] != state)
        rank++;
    return rank;
}

/* Behind what a lock holds. */
static uint32_t held(uint32_t before, uint32_t after)
{
    return (before & 0xFF) == LOCKED ? before ^ after : 0;
}

static bool may_program(const struct sim_h5_flash *flash)
{
    const uint32_t *from = flash->stored, *to = flash->asked;
    unsigned before = rank_of(STATE(from[SIM_H5_OPTSR])), after = rank_of(STATE(to[SIM_H5_OPTSR]));

    if (after < before || after == sizeof states || states[before] == STATE_LOCKED)
        return false;
    if (from[SIM_H5_OTPBLR] & ~to[SIM_H5_OTPBLR])
        return false;
    return !held(from[SIM_H5_NSBOOTR], to[SIM_H5_NSBOOTR]) &&
           !held(from[SIM_H5_SECBOOTR], to[SIM_H5_SECBOOTR]);
}

bool sim_h5_options_program(struct sim_board *board)
{
    struct sim_h5_flash *flash = flash_of(board);
    uint32_t optsr = flash->in_force[SIM_H5_OPTSR] & AT_RESET;

    if (!may_program(flash))
        return false;
    for (unsigned i = 0; i < SIM_H5_OPTIONS; i++)
        flash->stored[i] = flash->in_force[i] = flash->asked[i];
    flash->in_force[SIM_H5_OPTSR] = (flash->asked[SIM_H5_OPTSR] & ~AT_RESET) | optsr;
    return true;
}

void sim_h5_set_closed(struct sim_board *board, bool closed)
{
    struct sim_h5_flash *flash = flash_of(board);
    uint32_t *optsr = &flash->stored[SIM_H5_OPTSR], state = closed ? STATE_CLOSED : STATE_OPEN;

    *optsr = (*optsr & ~0xFF00u) | state << 8;
    sim_h5_options_load(board, true);
    sim_windows_update(board);
}

/* --- what is in force --- */

bool sim_h5_is_closed(const struct sim_board *board)
{
    uint32_t state = STATE(flash_of(board)->in_force[SIM_H5_OPTSR]);

    return state == STATE_CLOSED || state == STATE_LOCKED;
}

bool sim_h5_core_open(const struct sim_board *board)
{
    return !sim_h5_is_closed(board);
}

/* DBGMCU_SR: present in the low half, open in the high one. */
uint32_t sim_h5_access_ports(const struct sim_board *board)
{
    return sim_h5_core_open(board) ? 0x00030003 : 0x00010003;
}

unsigned sim_h5_bank_at(const struct sim_board *board, unsigned half)
{
    return flash_of(board)->in_force[SIM_H5_OPTSR] & SIM_H5_SWAP_BANK ? !half : half;
}

/* A clear bit protects. */
bool sim_h5_write_protected(const struct sim_board *board, unsigned bank, uint32_t sector)
{
    uint32_t bits = flash_of(board)->in_force[SIM_H5_WRP1R + bank];

    return !(bits >> sector / sim_h5(board)->sectors_a_bit & 1);
}

uint32_t sim_h5_data_sectors(const struct sim_board *board, unsigned bank)
{
    uint32_t edata = flash_of(board)->in_force[SIM_H5_EDATA1R + bank];

    return edata >> 15 & 1 ? (edata & 7) + 1 : 0;
}

bool sim_h5_is_secure(const struct sim_board *board, unsigned bank, uint32_t sector)
{
    const struct sim_h5_flash *flash = flash_of(board);
    uint32_t area = flash->in_force[SIM_H5_SECWM1R + bank];

    return flash->in_force[SIM_H5_OPTSR2] >> 24 == LOCKED && sector >= (area & 0x7F) &&
           sector <= (area >> 16 & 0x7F);
}

/* SPDX-License-Identifier: MIT */
/* What each family's registers tell of cells whose ECC is wrong (RM0351, 3.7.7; RM0444, 3.7.7 and
 * 3.7.8; RM0434, 3.10.8; RM0456, 7.9.12; RM0481, 7.11.41). */
#include "rig.h"

#define ECCC (1u << 30)
#define ECCD (1u << 31)
#define ICSR 0xE000ED04u
#define NMIPENDSET (1u << 31)
#define PENDNMICLR (1u << 30)

/* Of an address: which register tells of it, and how. */
static const struct told {
    const char *board;
    uint32_t address, corrected, not_corrected; /* addresses of the registers */
    uint32_t place;
    bool pending_can_be_cleared; /* Armv8-M */
} told[] = {
    {"nucleo-l476", 0x08001008, 0x40022018, 0x40022018, 0x1008, false},
    {"nucleo-l476", 0x08081008, 0x40022018, 0x40022018, 1u << 19 | 0x1008, false},
    {"nucleo-g431", 0x08001008, 0x40022018, 0x40022018, 0x1008, false},
    {"nucleo-g071", 0x08001008, 0x40022018, 0x40022018, 0x1008 / 8, false},
    {"nucleo-g0b1", 0x08041008, 0x4002201C, 0x4002201C, 0x1008 / 8, false},
    {"nucleo-c031", 0x08001008, 0x40022018, 0x40022018, 0x1008 / 8, false},
    {"nucleo-wb55", 0x08001008, 0x58004018, 0x58004018, 0x1008 / 8, false},
    {"nucleo-wl55", 0x08001008, 0x58004018, 0x58004018, 0x1008 / 8, false},
    {"nucleo-u575", 0x08101010, 0x40022030, 0x40022030, 1u << 21 | 0x1010, true},
    {"nucleo-h563", 0x08101010, 0x40022100, 0x40022104, 1u << 22 | 0x1010 / 16, true},
};

static void spoil(struct sim_board *board, const char *fault, uint32_t address)
{
    char word[40];

    snprintf(word, sizeof word, "+%s=0x%08x", fault, (unsigned)address);
    rig_hand(board, "fault", word);
}

static void two_wrong_bits_raise_an_nmi_and_one_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const struct told *row = &told[i];
        struct sim_board *board = rig_halted(row->board);
        uint32_t good = peek32(board, row->address);

        spoil(board, "ecc-corrected", row->address);
        assert_int_equal(peek32(board, row->address), good);
        assert_int_equal(peek32(board, row->corrected), ECCC | row->place);
        assert_int_equal(peek32(board, ICSR) & NMIPENDSET, 0);
        poke32(board, row->corrected, ECCC);
        spoil(board, "ecc", row->address);
        assert_int_not_equal(peek32(board, row->address), good);
        assert_int_equal(peek32(board, row->not_corrected), ECCD | row->place);
        assert_int_equal(peek32(board, ICSR) & NMIPENDSET, NMIPENDSET);
        poke32(board, ICSR, PENDNMICLR);
        assert_int_equal(!(peek32(board, ICSR) & NMIPENDSET), row->pending_can_be_cleared);
        sim_board_destroy(board);
    }
}

/* What was met first is what is told, until its flag is cleared. */
static void a_flag_that_stands_is_not_overwritten(void **state)
{
    struct sim_board *board = rig_halted("nucleo-l476");

    (void)state;
    spoil(board, "ecc", 0x08001008);
    spoil(board, "ecc", 0x08002010);
    peek32(board, 0x08001008);
    peek32(board, 0x08002010);
    assert_int_equal(peek32(board, 0x40022018), ECCD | 0x1008);
    poke32(board, 0x40022018, ECCD);
    peek32(board, 0x08002010);
    assert_int_equal(peek32(board, 0x40022018), ECCD | 0x2010);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_wrong_bits_raise_an_nmi_and_one_does_not),
        cmocka_unit_test(a_flag_that_stands_is_not_overwritten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What leaves by TRACESWO: ITM's ports, DWT's samples and exceptions, as bytes (DDI 0403, D4). */
#include "machine.h"

#include <string.h>

#define ITM_STIM(n) (0xE0000000u + 4 * (n))
#define ITM_TER 0xE0000E00u
#define ITM_TPR 0xE0000E40u
#define ITM_TCR 0xE0000E80u
#define ITM_LAR 0xE0000FB0u
#define TPIU_ACPR 0xE0040010u
#define TPIU_SPPR 0xE00400F0u
#define TPIU_FFCR 0xE0040304u
#define NRZ 2

enum { ITMENA = 1, TSENA = 2, SYNCENA = 4, TXENA = 8 };
enum {
    CYCCNTENA = 1,
    CYCTAP = 1 << 9,
    SYNCTAP_24 = 1 << 10,
    PCSAMPLENA = 1 << 12,
    EXCTRCENA = 1 << 16
};

static struct wire {
    uint8_t bytes[4096];
    size_t length;
    uint32_t bit_cycles;
} wire;

static void take(void *board, uint8_t byte, uint64_t after, uint32_t bit_cycles)
{
    if (wire.length < sizeof wire.bytes)
        wire.bytes[wire.length++] = byte;
    wire.bit_cycles = bit_cycles;
}

/* On, with a character of ten times so many cycles. */
static struct machine *traced(void **state, uint32_t control, uint32_t bit_cycles)
{
    struct machine *m = *state;

    wire = (struct wire){0};
    m->bus.swo = take;
    machine_write(m, DEMCR, TRCENA);
    machine_write(m, TPIU_ACPR, bit_cycles - 1);
    machine_write(m, TPIU_SPPR, NRZ);
    machine_write(m, TPIU_FFCR, 0x100);
    machine_write(m, ITM_LAR, 0xC5ACCE55);
    machine_write(m, ITM_TER, 0x80000001);
    machine_write(m, ITM_TCR, 1 << 16 | control);
    return m;
}

#define assert_wire(...)                                            \
    do {                                                            \
        const uint8_t expected[] = {__VA_ARGS__};                   \
        assert_int_equal(wire.length, sizeof expected);             \
        assert_memory_equal(wire.bytes, expected, sizeof expected); \
    } while (0)

static void a_port_says_what_is_written_in_its_width(void **state)
{
    struct machine *m = traced(state, ITMENA, 1);

    PROGRAM(m, START, STRB(0, 1), STRH(0, 1), STR(0, 2), SELF);
    m->cpu->r[0] = 0x44332241;
    m->cpu->r[1] = ITM_STIM(0);
    m->cpu->r[2] = ITM_STIM(31);
    machine_run(m, 100);
    assert_wire(0x01, 0x41, 0x02, 0x41, 0x22, 0xFB, 0x41, 0x22, 0x33, 0x44);
    assert_int_equal(wire.bit_cycles, 1);
}

static void a_port_that_is_off_says_nothing(void **state)
{
    struct machine *m = traced(state, ITMENA, 1);

    machine_write(m, ITM_STIM(1), 'x');
    machine_write(m, ITM_TCR, 0);
    machine_write(m, ITM_STIM(0), 'x');
    machine_write(m, ITM_TCR, ITMENA);
    machine_write(m, DEMCR, 0);
    machine_write(m, ITM_STIM(0), 'x');
    assert_int_equal(wire.length, 0);
}

static void an_unprivileged_program_may_write_where_tpr_lets_it(void **state)
{
    struct machine *m = traced(state, ITMENA, 1);

    machine_write(m, ITM_TPR, 1); /* ports 0 to 7 */
    PROGRAM(m, START, MSR(CONTROL, 3), STRB(0, 1), STRB(0, 2), SELF);
    m->cpu->r[0] = 'u';
    m->cpu->r[1] = ITM_STIM(0);
    m->cpu->r[2] = ITM_STIM(31);
    m->cpu->r[3] = 1;
    machine_run(m, 100);
    assert_wire(0xF9, 'u');
}

static void what_comes_too_fast_is_lost_and_said(void **state)
{
    struct machine *m = traced(state, ITMENA, 1000);
    unsigned ready = 0, lost = 0;

    for (unsigned i = 0; i < 20; i++) {
        ready += machine_read(m, ITM_STIM(0));
        machine_write(m, ITM_STIM(0), 0x01010101);
    }
    assert_true(ready > 0 && ready < 20);
    size_t before = wire.length;
    PROGRAM(m, START, SELF);
    machine_run(m, 1000000);
    assert_int_equal(machine_read(m, ITM_STIM(0)), 1);
    machine_write(m, ITM_STIM(0), 0x02020202);
    assert_int_equal(wire.length, before + 6);
    assert_int_equal(wire.bytes[before], 0x70);
    for (size_t i = 0; i < before; i++)
        lost += wire.bytes[i] == 0x70;
    assert_int_equal(lost, 0); /* none could be said before */
}

static void time_between_packets_is_stamped(void **state)
{
    struct machine *m = traced(state, ITMENA | TSENA, 1);

    PROGRAM(m, START, SELF);
    machine_run(m, 20000);
    machine_write(m, ITM_STIM(0), 0x01010101);
    wire.length = 0;
    uint64_t before = m->cpu->cycles;
    machine_run(m, 300);
    uint64_t passed = m->cpu->cycles - before;
    machine_write(m, ITM_STIM(0), 0x02020202);
    assert_wire(0x03, 2, 2, 2, 2, 0xC0, (uint8_t)(0x80 | (passed & 0x7F)), (uint8_t)(passed >> 7));
}

static void samples_tell_where_the_core_is(void **state)
{
    struct machine *m = traced(state, ITMENA | TXENA, 1);

    PROGRAM(m, START, SELF);
    machine_write(m, DWT_CTRL, CYCCNTENA | PCSAMPLENA | 3 << 1); /* every 256 cycles */
    machine_run(m, 2600);
    assert_int_equal(wire.length, 50);
    for (unsigned i = 0; i < 10; i++) {
        const uint8_t sample[] = {0x17, 0x00, 0x04, 0x00, 0x08};
        assert_memory_equal(wire.bytes + (size_t)5 * i, sample, sizeof sample);
    }
}

static void a_sleeping_core_gives_samples_of_its_own_while_its_clock_goes_on(void **state)
{
    struct machine *m = traced(state, ITMENA | TXENA, 1);

    PROGRAM(m, START, WFI, SELF);
    machine_write(m, DWT_CTRL, CYCCNTENA | PCSAMPLENA | CYCTAP);
    machine_run(m, 10240);
    assert_int_equal(wire.length, 0);
    m->cpu->counts_asleep = true;
    machine_run(m, 2048);
    assert_wire(0x15, 0, 0x15, 0);
}

static void exceptions_are_told_as_they_come_and_go(void **state)
{
    struct machine *m = traced(state, ITMENA | TXENA, 1);

    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    PROGRAM(m, START, SVC(0), SELF);
    machine_write(m, DWT_CTRL, EXCTRCENA);
    machine_run(m, 1000);
    assert_wire(0x0E, 11, 0x10, 0x0E, 11, 0x20, 0x0E, 0, 0x30);
}

static void who_joins_late_finds_a_beginning(void **state)
{
    struct machine *m = traced(state, ITMENA | SYNCENA, 1);

    PROGRAM(m, START, SELF);
    machine_write(m, DWT_CTRL, CYCCNTENA | SYNCTAP_24);
    machine_run(m, (1 << 24) - 1000);
    assert_int_equal(wire.length, 0);
    machine_run(m, 2000);
    assert_wire(0, 0, 0, 0, 0, 0x80);
}

static void the_formatter_makes_frames(void **state)
{
    struct machine *m = traced(state, ITMENA, 1);

    machine_write(m, TPIU_FFCR, 0x102);
    PROGRAM(m, START, SELF);
    for (unsigned i = 0; i < 7; i++) {
        machine_write(m, ITM_STIM(0), 0x01010141); /* of which the debugger writes all four */
        machine_run(m, 1000);
    }
    assert_int_equal(wire.length, 32);
    assert_int_equal(wire.bytes[0], 3); /* source 1 speaks */
    assert_int_equal(wire.bytes[1], 0x03);
    assert_int_equal(wire.bytes[2], 0x40); /* the lowest bit of an even byte is in the last one */
    assert_int_equal(wire.bytes[15] & 2, 2);
}

static void another_protocol_is_nothing_to_a_uart(void **state)
{
    struct machine *m = traced(state, ITMENA, 1);

    machine_write(m, TPIU_SPPR, 1); /* Manchester */
    machine_write(m, ITM_STIM(0), 'x');
    assert_int_equal(wire.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(a_port_says_what_is_written_in_its_width),
        MACHINE_TEST(a_port_that_is_off_says_nothing),
        MACHINE_TEST(an_unprivileged_program_may_write_where_tpr_lets_it),
        MACHINE_TEST(what_comes_too_fast_is_lost_and_said),
        MACHINE_TEST(time_between_packets_is_stamped),
        MACHINE_TEST(samples_tell_where_the_core_is),
        MACHINE_TEST(a_sleeping_core_gives_samples_of_its_own_while_its_clock_goes_on),
        MACHINE_TEST(exceptions_are_told_as_they_come_and_go),
        MACHINE_TEST(who_joins_late_finds_a_beginning),
        MACHINE_TEST(the_formatter_makes_frames),
        MACHINE_TEST(another_protocol_is_nothing_to_a_uart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

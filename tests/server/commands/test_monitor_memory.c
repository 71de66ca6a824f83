/* SPDX-License-Identifier: MIT */
/* Memory, registers, breakpoints and watchpoints by monitor commands. */
#include "monitor_rig.h"

static void memory_is_shown_as_openocd_does(void **state)
{
    (void)state;
    assert_prints("mww 0x20000000 0x11223344 9; mwh 0x20000004 0xabcd; mwb 0x20000008 0x5a 3", "");
    assert_prints("mdw 0x20000000", "0x20000000: 11223344 \n");
    assert_prints("mdw 0x20000000 9",
                  "0x20000000: 11223344 1122abcd 115a5a5a 11223344 11223344 11223344 "
                  "11223344 11223344 \n0x20000020: 11223344 \n");
    assert_prints("mdh phys 0x20000004 2", "0x20000004: abcd 1122 \n");
    assert_prints("mdb 536870920 4", "0x20000008: 5a 5a 5a 11 \n");
    assert_prints("flash mdw 0x20000000", "0x20000000: 11223344 \n");
    assert_says("mdw 0x60000000", "FAULT");
    assert_says("mdw 0x20004ff8 4", "FAULT"); /* no zeros behind the end of memory */
}

static void double_words_have_64_bits(void **state)
{
    (void)state;
    assert_prints("mwd 0x20000010 0x1122334455667788 2; mwd phys 0x20000020 5", "");
    assert_prints("mdd 0x20000010 3", "0x20000010: 1122334455667788 1122334455667788 "
                                      "0000000000000005 \n");
    assert_says("mwd 0x20000010 0x112233445566778899", "not a number of 64 bits");
}

static void wrong_places_and_numbers_are_refused(void **state)
{
    (void)state;
    assert_says("mdw zero", "not an address");
    assert_says("mdw 0x20000000 -1", "not a count");
    assert_says("mdw 0x20000002", "not a multiple of 4");
    assert_says("mdw 0xfffffffc 2", "beyond the last address");
    assert_says("mwb 0x20000000 256", "not a number of 8 bits");
    assert_prints("mww 0x20000000", "[usage: mww [phys] ADDRESS VALUE [COUNT]]");
    assert_prints("mww phys 0x20000000", "[usage: mww [phys] ADDRESS VALUE [COUNT]]");
}

static void a_long_display_can_be_interrupted(void **state)
{
    (void)state;
    rig.cancel_at = 4;
    assert_says("mdw 0x20000000 4096", "[interrupted]");
    assert_true(rig.chunks > 3 && rig.chunks < 10); /* and came line by line */
}

static void memory_is_a_tcl_list_too(void **state)
{
    (void)state;
    assert_prints("write_memory 0x20000000 16 {1 2 0xffff}", "");
    assert_prints("read_memory 0x20000000 16 3", "0x1 0x2 0xffff\n");
    assert_prints("read_memory 0x20000000 8 4 phys", "0x1 0x0 0x2 0x0\n");
    assert_prints("write_memory 0x20000000 64 {0x1122334455667788} phys", "");
    assert_prints("read_memory 0x20000000 32 2", "0x55667788 0x11223344\n");
    assert_prints("read_memory 0x20000000 64 1", "0x1122334455667788\n");
    assert_prints("write_memory 0x20000000 8 {}", "");
    assert_says("read_memory 0x20000000 24 1", "[usage: read_memory");
    assert_says("read_memory 0x20000000 8 65537", "more than 65536 elements");
    assert_says("write_memory 0x20000000 8 {1 256}", "'256' is not a number of 8 bits");
    assert_says("write_memory 0xfffffffc 32 {1 2}", "past the last address");
    assert_says("read_memory 0x20000001 32 1", "not a multiple of 4");
    /* More than one access, and its list has no gap. */
    monitor("mwb 0x20000000 7 2000; read_memory 0x20000000 8 2000");
    assert_int_equal(strlen(rig.output), 2000 * 4);
}

static void registers_need_a_halted_core(void **state)
{
    (void)state;
    monitor("reset run; resume"); /* a blank chip: from HardFault into lockup */
    assert_null(strstr(monitor("reg"), "====="));
    assert_says("reg", "halted");
    assert_says("halt", "pc: 0x"); /* a blank chip: it stood in lockup */
    assert_prints("reg r3 0x1234", "r3 (/32): 0x00001234\n");
    assert_prints("reg r3", "r3 (/32): 0x00001234\n");
    assert_prints("reg r3 force", "r3 (/32): 0x00001234\n");
    assert_prints("reg 3", "r3 (/32): 0x00001234\n");
    assert_prints("reg primask 1", "primask (/8): 0x01\n");
    assert_prints("reg r99", "[register r99 not found in current target]");
    assert_says("reg r3 0x100000000", "not a number of 32 bits");
    assert_says("reg", "===== arm v7m registers\n(0) r0 (/32): 0x");
    assert_says("reg", "\n(3) r3 (/32): 0x00001234\n");
}

static void registers_are_tcl_dictionaries_too(void **state)
{
    (void)state;
    assert_prints("set_reg {r0 1 r1 0x20}; get_reg {r1 r0}", "r1 0x00000020 r0 0x00000001\n");
    assert_prints("get_reg -force r0", "r0 0x00000001\n");
    assert_says("get_reg {r99}", "[register r99 not found");
    assert_says("set_reg {r0}", "[usage: set_reg");
    assert_says("set_reg {r0 x}", "'x' is not a number");
    assert_says("set_reg {r0 1;r1 2}", "more than words");
    assert_says("get_reg fast r0", "[usage: get_reg");
}

static void breakpoints_are_listed(void **state)
{
    (void)state;
    assert_prints("bp 0x08000100 2 hw", "breakpoint set at 0x08000100\n");
    assert_prints("mwh 0x20000100 0xbf00; bp 0x20000100 2", "breakpoint set at 0x20000100\n");
    assert_prints("bp", "Hardware breakpoint(IVA): addr=0x8000100, len=0x2, num=0\n"
                        "Software breakpoint(IVA): addr=0x20000100, len=0x2, orig_instr=0xbf00\n");
    assert_prints("rbp 0x08000100", "");
    assert_prints("rbp 0x08000100", "[no breakpoint at address 0x08000100 found]");
    assert_prints("rbp all", "");
    assert_prints("bp", "");
    assert_prints("rbp all", "");
    assert_says("bp 0x08000100", "[usage: bp");
    assert_says("bp 0x08000100 3", "2 bytes or 4");
    assert_says("bp 0x08000100 2 soft", "[usage: bp");
}

static void others_breakpoints_are_shown_and_kept(void **state)
{
    (void)state;
    assert_int_equal(target_breakpoint_set(rig.session.target, 0, BREAKPOINT_HW, 0x08000200, 2),
                     ERR_OK);
    assert_says("bp", "addr=0x8000200");
    assert_prints("rbp 0x08000200", "[no breakpoint at address 0x08000200 found]");
    assert_prints("clrbp", "");
    assert_says("bp", "addr=0x8000200");
    target_breakpoints_drop_owner(rig.session.target, 0);
}

static void a_breakpoint_of_the_monitor_stops_the_core(void **state)
{
    (void)state;
    monitor("halt; mww 0x20000400 0xbf00bf00; mwh 0x20000404 0xe7fe; reg xpsr 0x01000000;"
            "reg pc 0x20000400; bp 0x20000402 2; resume; wait_halt");
    assert_says("poll", "halted due to breakpoint, current mode: Thread \n"
                        "xPSR: 0x01000000 pc: 0x20000402");
    monitor("rbp all");
}

static void comparators_run_out_with_a_sentence(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 6; i++)
        monitorf("bp 0x%x 2 hw", 0x08000100 + 16 * i);
    assert_says("bp 0x08001000 2 hw", "the chip has 6");
    monitor("rbp all");
}

static void watchpoints_are_listed(void **state)
{
    (void)state;
    assert_prints("wp 0x20000000 4; wp 0x20000010 8 w; wp 0x20000020 1 r", "");
    assert_prints("wp", "address: 0x20000000, len: 0x00000004, r/w/a: a, value: 0x00000000, "
                        "mask: 0xffffffff\n"
                        "address: 0x20000010, len: 0x00000008, r/w/a: w, value: 0x00000000, "
                        "mask: 0xffffffff\n"
                        "address: 0x20000020, len: 0x00000001, r/w/a: r, value: 0x00000000, "
                        "mask: 0xffffffff\n");
    assert_prints("rwp 0x20000010", "");
    assert_prints("rwp 0x20000010", "[no watchpoint at address 0x20000010 found]");
    assert_prints("rwp all; wp", "");
    assert_says("wp 0x20000000 4 x", "[usage: wp");
    assert_says("wp 0x20000000 4 w 1 0xff", "no mask but 0");
    assert_says("wp 0x20000001 4 w 1", "a value is compared of 1, 2 or 4 bytes");
    assert_prints("wp 0x20000000 2 w 0x1234; wp; rwp all",
                  "address: 0x20000000, len: 0x00000002, r/w/a: w, value: 0x00001234, "
                  "mask: 0x00000000\n");
    assert_says("wp 0x20000000 0", "cannot be watched");
}

static void a_watchpoint_of_the_monitor_stops_the_core(void **state)
{
    (void)state;
    /* str r0, [r1]; b . */
    monitor("halt; mww 0x20000400 0xe7fe6008; reg xpsr 0x01000000; reg pc 0x20000400;"
            "reg r1 0x20000800; wp 0x20000800 4 w; resume; wait_halt");
    assert_says("poll", "halted due to watchpoint");
    monitor("rwp all");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_shown_as_openocd_does),
        cmocka_unit_test(double_words_have_64_bits),
        cmocka_unit_test(wrong_places_and_numbers_are_refused),
        cmocka_unit_test(a_long_display_can_be_interrupted),
        cmocka_unit_test(memory_is_a_tcl_list_too),
        cmocka_unit_test(registers_need_a_halted_core),
        cmocka_unit_test(registers_are_tcl_dictionaries_too),
        cmocka_unit_test(breakpoints_are_listed),
        cmocka_unit_test(others_breakpoints_are_shown_and_kept),
        cmocka_unit_test(a_breakpoint_of_the_monitor_stops_the_core),
        cmocka_unit_test(comparators_run_out_with_a_sentence),
        cmocka_unit_test(watchpoints_are_listed),
        cmocka_unit_test(a_watchpoint_of_the_monitor_stops_the_core),
    };

    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}

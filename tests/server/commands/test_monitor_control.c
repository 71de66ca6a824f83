/* SPDX-License-Identifier: MIT */
/* Run control by monitor commands; the formats are OpenOCD's, which scripts match. */
#include "monitor_rig.h"

/* nop; nop; b . at 0x20000400 */
static const char program[] =
    "halt; mww 0x20000400 0xbf00bf00; mwh 0x20000404 0xe7fe; reg xpsr 0x01000000; "
    "reg sp 0x20001000; reg pc 0x20000400";

static void a_halted_core_is_reported_in_two_lines(void **state)
{
    (void)state;
    monitor(program);
    assert_prints("step", "[stm32f1x.cpu] halted due to single-step, current mode: Thread \n"
                          "xPSR: 0x01000000 pc: 0x20000402 msp: 0x20001000\n");
    assert_prints("step 0x20000400",
                  "[stm32f1x.cpu] halted due to single-step, current mode: Thread \n"
                  "xPSR: 0x01000000 pc: 0x20000402 msp: 0x20001000\n");
    assert_prints("resume", "");
    assert_prints("curstate", "running\n");
    assert_prints("halt", "[stm32f1x.cpu] halted due to debug-request, current mode: Thread \n"
                          "xPSR: 0x01000000 pc: 0x20000404 msp: 0x20001000\n");
    assert_prints("resume 0x20000404; halt 1000",
                  "[stm32f1x.cpu] halted due to debug-request, current mode: Thread \n"
                  "xPSR: 0x01000000 pc: 0x20000404 msp: 0x20001000\n");
    assert_prints("curstate", "halted\n");
    assert_says("step nowhere", "'nowhere' is not an address");
}

static void zeros_have_no_prefix(void **state)
{
    (void)state;
    monitor(program);
    assert_says("reg sp 0; poll", "msp: 00000000\n");
}

static void the_other_stack_and_modes_have_names(void **state)
{
    (void)state;
    monitor(program);
    assert_says("reg psp 0x20002000; reg control 3; poll",
                "current mode: User Thread \nxPSR: 0x01000000 pc: 0x20000400 psp: 0x20002000\n");
    assert_says("reg control 0; reg xpsr 0x0100000f; poll", "current mode: Handler SysTick\n");
    assert_says("reg xpsr 0x01000012; poll", "current mode: Handler External Interrupt(2)\n");
    monitor(program);
}

static void reset_halts_when_asked_to(void **state)
{
    (void)state;
    monitor("flash fillw 0x08000000 0x20005000 1; flash fillw 0x08000004 0x08000101 1;"
            "flash fillw 0x08000100 0xe7fee7fe 1");
    assert_says("reset halt", "halted due to debug-request, current mode: Thread \n"
                              "xPSR: 0x01000000 pc: 0x08000100 msp: 0x20005000\n");
    assert_says("reset init", "pc: 0x08000100 msp: 0x20005000\n");
    assert_says("soft_reset_halt", "requesting target halt and executing a soft reset\n");
    assert_also("pc: 0x08000100 msp");
    assert_prints("reset", "");
    assert_prints("curstate", "running\n");
    assert_prints("reset run", "");
    rig.session.options.reset_halts = true;
    assert_says("reset", "halted due to debug-request");
    rig.session.options.reset_halts = false;
}

static void waiting_has_a_limit(void **state)
{
    (void)state;
    monitor(program);
    assert_prints("wait_halt 10", "");
    monitor("resume");
    assert_prints("wait_halt 10", "[timed out while waiting for target halted]");
    rig.cancel_at = 3;
    assert_prints("wait_halt", "[interrupted]");
    monitor("halt; mwh 0x20000404 0xbe00; reg pc 0x20000400");
    assert_prints("resume; wait_halt", "");
    assert_says("poll", "background polling: on\nTAP: stm32f1x.cpu (enabled)\n"
                        "[stm32f1x.cpu] halted due to breakpoint, current mode: Thread \n");
}

static void polling_is_always_on(void **state)
{
    (void)state;
    monitor(program);
    monitor("resume");
    assert_prints("poll", "background polling: on\nTAP: stm32f1x.cpu (enabled)\n");
    assert_prints("poll on", "");
    assert_says("poll off", "[the running core is looked at only while");
    assert_prints("poll sometimes", "[usage: poll [on]]");
}

static void the_target_has_a_name(void **state)
{
    (void)state;
    monitor(program);
    assert_prints("targets",
                  "    TargetName         Type       Endian TapName            State       \n"
                  "--  ------------------ ---------- ------ ------------------ ------------\n"
                  " 0* stm32f1x.cpu       cortex_m   little stm32f1x.cpu       halted\n");
    assert_prints("targets stm32f1x.cpu", "");
    assert_prints("targets other.cpu", "[no target 'other.cpu'; the target is stm32f1x.cpu]");
    assert_prints("target names", "stm32f1x.cpu\n");
    assert_prints("target current", "stm32f1x.cpu\n");
}

static void interrupts_and_vectors_are_chosen(void **state)
{
    (void)state;
    assert_prints("cortex_m maskisr", "cortex_m interrupt mask auto\n");
    assert_prints("cortex_m maskisr steponly", "cortex_m interrupt mask steponly\n");
    assert_int_equal(target_maskisr(rig.session.target), MASKISR_STEPONLY);
    assert_says("cortex_m maskisr never", "[usage: cortex_m maskisr");
    monitor("cortex_m maskisr auto");
    assert_prints("cortex_m vector_catch", " hard_err: catch\n  int_err: ignore\n"
                                           "  bus_err: ignore\nstate_err: ignore\n"
                                           "  chk_err: ignore\n nocp_err: ignore\n"
                                           "   mm_err: ignore\n    reset: ignore\n");
    assert_says("cortex_m vector_catch mm_err bus_err", "  bus_err: catch\n");
    assert_int_equal(target_vector_catch(rig.session.target), 1u << 8 | 1u << 4);
    assert_says("cortex_m vector_catch all", "    reset: catch\n");
    assert_says("cortex_m vector_catch none", " hard_err: ignore\n");
    assert_says("cortex_m vector_catch some", "[usage: cortex_m vector_catch");
    monitor("cortex_m vector_catch hard_err");
    assert_prints("cortex_m reset_config sysresetreq", "cortex_m reset_config sysresetreq\n");
    assert_says("cortex_m reset_config vectreset", "[vectreset resets the core and leaves");
}

/* nop; bkpt 0xAB; b . with SYS_ERRNO, the call that needs nothing. */
static void semihosting_can_be_switched_off(void **state)
{
    static const char call[] =
        "halt; mww 0x20000400 0xbeabbf00; mwh 0x20000404 0xe7fe; reg xpsr 0x01000000; "
        "reg r0 0x13; reg pc 0x20000400; resume; sleep 1; poll; sleep 1; poll";

    (void)state;
    assert_prints("arm semihosting", "semihosting is enabled\n");
    monitor(call);
    assert_says("curstate", "running");
    assert_prints("arm semihosting disable", "semihosting is disabled\n");
    monitor(call);
    assert_says("curstate", "halted");
    assert_says("reg pc", "0x20000402");
    assert_prints("semihosting enable", "semihosting is enabled\n");
    monitor(call);
    assert_says("curstate", "running");
    assert_says("arm semihosting maybe", "[usage: arm semihosting");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_halted_core_is_reported_in_two_lines),
        cmocka_unit_test(zeros_have_no_prefix),
        cmocka_unit_test(the_other_stack_and_modes_have_names),
        cmocka_unit_test(reset_halts_when_asked_to),
        cmocka_unit_test(waiting_has_a_limit),
        cmocka_unit_test(polling_is_always_on),
        cmocka_unit_test(the_target_has_a_name),
        cmocka_unit_test(interrupts_and_vectors_are_chosen),
        cmocka_unit_test(semihosting_can_be_switched_off),
    };

    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}

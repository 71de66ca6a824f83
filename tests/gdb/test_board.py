# SPDX-License-Identifier: MIT
"""A debugging session on any simulated board: what everybody does on the first day."""
from inside import *

connect()
run("load")


@test
def the_program_that_was_loaded_is_there():
    contains(run("compare-sections"), r"Section \.text, range .*: matched")
    assert "MIS-MATCHED" not in run("compare-sections")


@test
def it_stands_at_main_after_the_reset():
    at("main")
    equal(value("rounds"), 0, "rounds")


@test
def lines_calls_and_instructions_are_stepped():
    stops_at("tbreak " + mark("work"), "main")
    stops_at("continue", "work")
    run("next")
    stops_at("step", "add")
    equal(value("a"), 20, "a")
    contains(run("finish"), r"Value returned is \$\d+ = 42")
    before = value("(unsigned)$pc")
    run("stepi")
    assert value("(unsigned)$pc") != before


@test
def a_written_variable_is_stopped_at():
    run("watch total")
    output = run("continue")
    contains(output, r"Old value = 0\s+New value = 42")
    run("delete")
    run("rwatch width")
    contains(run("continue"), r"Value = 1\.5")


@test
def a_breakpoint_is_hit_every_round():
    run("break " + mark("done"))
    for round_number in range(3):
        stops_at("continue", "done")
        equal(value("rounds"), round_number, "rounds")


@test
def floats_are_passed_and_returned():
    run("tbreak multiply")
    run("continue")
    contains(run("print a"), r"= 2\.5$")
    contains(run("print b"), r"= 1\.5$")
    contains(run("finish"), r"Value returned is \$\d+ = 3\.75")


@test
def float_registers_are_the_programs():
    if not value("has_fpu"):
        assert "d0" not in run("info all-registers").split(), "this core has no FPU"
        return
    run("tbreak *multiply")  # before anything of it
    run("continue")
    contains(run("print $s0"), r"= 2\.5$")
    contains(run("print $s1"), r"= 1\.5$")
    contains(run("print/x $fpscr"), r"= 0x[0-9a-f]+$")
    run("set var $s1 = 4.0")
    run("set var $d15 = 0.125")
    run("maintenance flush register-cache")
    contains(run("print $d15"), r"= 0\.125$")
    run("tbreak " + mark("done"))
    run("continue")
    contains(run("print area"), r"= 10$")


@test
def an_interrupt_is_seen_with_what_it_interrupted():
    run("tbreak wait_for_a_tick")
    run("continue")
    run("tbreak count_a_tick")
    run("continue")
    output = run("backtrace")
    contains(output, r"#0  count_a_tick .*\n#1 .* SysTick_Handler .*\n#2  <signal handler called>\n")
    contains(output, r"\n#\d+ .*wait_for_a_tick \(a=1\.5\) .*\n#\d+ .* in main \(\) at ")
    equal(value("(unsigned)$xpsr & 0x1ff"), 15, "IPSR")


@test
def the_interrupted_function_has_its_variables():
    run("tbreak " + mark("waits"))
    run("continue")
    run("tbreak count_a_tick")
    run("continue")
    run("frame function wait_for_a_tick")
    contains(run("print before"), r"= 0$")
    contains(run("print kept >= 3"), r"= 1$")
    run("tbreak " + mark("done"))
    run("continue")
    equal(value("ticks"), 1, "ticks")


@test
def it_can_be_interrupted_while_it_runs():
    interrupt_when_changed("rounds")
    contains(run("continue"), "SIGINT")
    contains(run("backtrace"), r"main \(\) at ")


@test
def it_is_loaded_again_in_the_middle():
    run("tbreak " + mark("done"))
    run("continue")
    run("load")
    assert "MIS-MATCHED" not in run("compare-sections")
    restart()
    at("main")


@test
def a_reset_begins_it_anew():
    run("tbreak " + mark("done"))
    run("continue")
    run("monitor reset halt")
    run("maintenance flush register-cache")
    equal(value("(unsigned)$pc"), value("(unsigned)&Reset_Handler") & ~1, "pc")
    equal(value("(unsigned)$sp"), value("(unsigned)&_stack_top"), "sp")


@test
def a_fault_is_explained_on_every_core():
    run("tbreak work")
    run("continue")
    run("set var crash = 0x60000000")
    output = run("continue")
    contains(output, "SIGSEGV")
    contains(output, r"HardFault: .*data bus error at 0x60000000.*, instruction at 0x0800")
    restart()
    at("main")

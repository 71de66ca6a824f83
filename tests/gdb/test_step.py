# SPDX-License-Identifier: MIT
"""Stepping: lines, instructions, over calls, past interrupts."""
from inside import *

connect()
run("load")


def stand_at(name, what):
    command(what)
    run(f"tbreak {mark(name)}")
    run("continue")
    at(name)


@test
def next_steps_over_calls():
    stand_at("calls start", "CALLS")
    run("next")
    run("next")
    equal(value("b"), 5, "b")
    contains(run("backtrace 1"), "do_calls")


@test
def step_goes_into_calls_and_finish_out():
    stand_at("calls start", "CALLS")
    run("step")
    contains(run("step"), r"add \(a=2, b=3\)")
    contains(run("finish"), r"Value returned is \$\d+ = 5")


@test
def stepi_moves_one_instruction():
    stand_at("calls start", "CALLS")
    before = value("(unsigned)$pc")
    run("stepi")
    assert value("(unsigned)$pc") - before in (2, 4), "one instruction"


@test
def next_over_a_loop_is_range_stepping():
    """A packet a range: by single steps it would be thousands."""
    stand_at("loop", "LOOP")
    run("set debug remote on")
    packets = re.findall(r"Sending packet: \$(vCont[^#]*)", run("next"))
    run("set debug remote off")
    at("after loop")
    assert 0 < len(packets) < 5 and all(packet.startswith("vCont;r") for packet in packets), (len(packets), packets[:5])
    equal(value("sum"), sum(i * i for i in range(1000)) & 0xFFFFFFFF, "sum")


@test
def until_and_advance():
    stand_at("calls start", "CALLS")
    run(f"advance {mark('calls end')}")
    at("calls end")


@test
def stepped_line_never_dives_into_a_handler():
    """SysTick fires all the time; the steps must show the program's own lines."""
    stand_at("calls start", "CALLS")
    run("set var *(unsigned*)0xE000E014 = 100")  # an interrupt every 100 cycles
    run("set var *(unsigned*)0xE000E018 = 0")
    before = value("ticks")
    for _ in range(100):
        run("stepi")
        assert "SysTick" not in (gdb.selected_frame().name() or ""), "stepped into the handler"
    assert value("ticks") > before + 1, "it fired, and its handler ran"
    run("monitor cortex_m maskisr off")
    for _ in range(100):
        run("stepi")
        if "SysTick" in (gdb.selected_frame().name() or ""):
            break
    else:
        raise AssertionError("this way is none to miss the handler")
    run("monitor cortex_m maskisr auto")


@test
def waiting_for_an_interrupt_can_be_stepped_over():
    """`while (!tick);` ends only if handlers run although steps mask interrupts."""
    stand_at("ticks wait", "TICKS")
    run("next")
    at("ticks over")
    run("next")
    run("next")
    at("ticks end")


@test
def interrupts_are_counted_while_stepping():
    stand_at("ticks wait", "TICKS")
    before = value("ticks")
    run("next")
    assert value("ticks") > before


@test
def breakpoint_in_a_handler_hits_and_can_be_left():
    run("tbreak SysTick_Handler")
    run("continue")
    contains(run("backtrace"), r"SysTick_Handler.*\n.*<signal handler called>.*\n.*")
    run("tbreak " + mark("dispatch"))
    run("continue")
    at("dispatch")


@test
def breakpoint_inside_a_stepped_over_call_stops_there():
    stand_at("calls start", "CALLS")
    run("break factorial if n == 1")
    run("next")
    run("next")
    contains(run("next 2"), r"[Bb]reakpoint")
    equal(value("n"), 1, "n")


@test
def stepping_over_wfi_does_not_hang():
    """SysTick wakes it: the handler cannot run while one steps, but its interrupt is there."""
    stand_at("sleep", "SLEEP")
    contains(run("x/i $pc"), r"wfi")
    before = value("(unsigned)$pc")
    run("stepi")
    equal(value("(unsigned)$pc"), before + 2, "pc behind the wfi")
    run("set $pc = $pc - 2")
    run("next")
    run("next")
    run("next")
    contains(run("backtrace 1"), "main")


@test
def stepping_with_maskisr_in_a_critical_place_keeps_primask():
    """However interrupts are kept away from steps, the program's own mask is the program's."""
    for mode in ("on", "off", "steponly", "auto"):
        contains(run(f"monitor cortex_m maskisr {mode}"), f"mask {mode}")
        for primask in (1, 0):
            run(f"set var $primask = {primask}")
            run("stepi 5")
            run("maintenance flush register-cache")
            equal(value("$primask"), primask, f"primask after steps, maskisr {mode}")

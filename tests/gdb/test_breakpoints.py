# SPDX-License-Identifier: MIT
"""Breakpoints: hardware in flash, software in RAM, their limits and their ends."""
from inside import *

connect()
run("load")


@test
def breakpoint_stops_where_it_says():
    command("CALLS")
    run(f"break {mark('calls start')}")
    run("continue")
    at("calls start")


@test
def breakpoint_is_reported_as_such():
    command("CALLS")
    run("break add")
    contains(run("continue"), r"Breakpoint \d+, add \(a=2, b=3\)")


@test
def temporary_breakpoint_hits_once():
    command("CALLS")
    run("tbreak add")
    run("continue")
    run("break factorial")
    run("continue")
    contains(run("backtrace 1"), "factorial")


@test
def condition_is_honoured():
    command("CALLS")
    run("break factorial if n == 2")
    run("continue")
    equal(value("n"), 2, "n")
    contains(run("backtrace"), r"#\d+ .* do_calls")


@test
def six_comparators_and_no_more():
    start = value("(unsigned)&do_watch") & ~3
    for number in range(7):
        run(f"hbreak *{start + 4 * number}")
    contains(fails("continue"), r"Command aborted|annot insert")
    run("delete")
    for number in range(6):
        run(f"hbreak *{start + 4 * number}")
    command("WATCH")
    run("continue")
    contains(run("backtrace 1"), "do_watch")


@test
def software_breakpoint_in_ram():
    command("RAM")
    run(f"break {mark('ram body')}")
    before = bytes(gdb.selected_inferior().read_memory(value("(unsigned)&ram_add") & ~1, 8))
    run("continue")
    at("ram body")
    run("maintenance flush dcache")
    equal(bytes(gdb.selected_inferior().read_memory(value("(unsigned)&ram_add") & ~1, 8)), before,
          "code under a breakpoint")
    run("delete")
    run(f"tbreak {mark('ram end')}")
    run("continue")
    equal(value("result"), 42, "result")


@test
def seven_breakpoints_in_ram_do_not_use_comparators():
    start = value("(unsigned)&ram_add") & ~1
    for offset in range(0, 14, 2):
        run(f"break *{start + offset}")
    command("RAM")
    run("continue")
    equal(value("(unsigned)$pc"), start, "pc")


@test
def hardware_breakpoint_in_ram_works():
    """FPBv1 compares code addresses only: an hbreak in SRAM is a BKPT there."""
    command("RAM")
    run("hbreak ram_add")
    contains(run("continue"), r"Breakpoint \d+, ram_add")
    contains(run("backtrace 1"), "ram_add")


@test
def ignore_count():
    command("CALLS")
    run("break add")
    run("ignore $bpnum 3")
    rounds = value("rounds")
    run("continue")
    equal(value("rounds"), rounds + 1, "rounds when the fourth call stops")


@test
def deleted_breakpoint_is_gone():
    command("CALLS")
    run("break add")
    run("continue")
    run("delete")
    run("tbreak " + mark("calls end"))
    run("continue")
    at("calls end")


@test
def programs_own_bkpt_stops_and_can_be_left():
    command("BKPT")
    contains(run("continue"), "SIGTRAP")
    contains(run("x/i $pc"), r"bkpt\s+(0x0003|3)")
    rounds = value("rounds")
    command("IDLE")
    run("set $pc = $pc + 2")
    run("tbreak " + mark("dispatch"))
    run("continue")
    equal(value("rounds"), rounds + 1, "rounds")


def owners_line(what):
    return what + r" at 0x[0-9a-f]{8}.*, set by a monitor or telnet command"


@test
def monitors_breakpoint_stops_continue_and_says_whose_it_is():
    command("CALLS")
    run(f"monitor bp {value('(unsigned)&add') & ~1:#x} 2 hw")
    for _ in range(2):
        contains(run("continue"), owners_line("breakpoint") + r"(.*\n)*.*SIGTRAP(.*\n)*.*add \(a")
    run("monitor rbp all")


@test
def monitors_breakpoint_stops_next_in_the_call_and_in_the_line():
    """In a call gdb waits for its own breakpoint behind it; in a line it steps."""
    command("CALLS")
    run(f"tbreak {mark('calls start')}")
    run("continue")
    run("next")
    run(f"monitor bp {value('(unsigned)&add') & ~1:#x} 2 hw")
    contains(run("next"), owners_line("breakpoint"))
    contains(run("backtrace 1"), "add")
    run("monitor rbp all")
    run(f"tbreak {mark('calls end')}")
    run("continue")
    line = gdb.selected_frame().find_sal()
    inside = line.pc + 4  # the line has several instructions
    run(f"monitor bp {inside:#x} 2 hw")
    contains(run("next"), owners_line("breakpoint"))
    equal(value("(unsigned)$pc"), inside, "pc")
    run("monitor rbp all")


@test
def own_breakpoint_stays_ones_own_beside_the_monitors():
    command("CALLS")
    run(f"monitor bp {value('(unsigned)&add') & ~1:#x} 2 hw")
    run(f"hbreak *{value('(unsigned)&add') & ~1:#x}")
    said = run("continue")
    contains(said, r"Breakpoint \d+, add")
    equal("set by" in said, False, said)
    run("monitor rbp all")

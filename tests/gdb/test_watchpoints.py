# SPDX-License-Identifier: MIT
"""Watchpoints by the DWT: written, read, accessed; size and place."""
from inside import *

connect()
run("load")


@test
def write_watchpoint_shows_old_and_new():
    command("WATCH")
    run("watch words[1]")
    output = run("continue")
    contains(output, r"[Ww]atchpoint \d+: words\[1\]")
    contains(output, r"Old value = 1432778632")
    contains(output, r"New value = 1\b")


@test
def byte_watchpoint_ignores_its_neighbours():
    """gdb itself would pass over a value that did not change, but not over an access."""
    command("WATCH")
    run("awatch bytes[3]")
    contains(run("continue"), r"New value = 204 ")
    run("delete")
    run("awatch bytes[2]")
    run("tbreak " + mark("watch end"))
    stops_at("continue", "watch end")


@test
def halfword_watchpoint():
    command("WATCH")
    run("watch halves[1]")
    contains(run("continue"), r"New value = 48879")


@test
def read_watchpoint():
    command("WATCH")
    run("rwatch words[2]")
    contains(run("continue"), r"[Rr]ead watchpoint \d+: words\[2\]")
    contains(run("backtrace 1"), "do_watch")


@test
def access_watchpoint():
    command("WATCH")
    run("awatch point.weight")
    contains(run("continue"), r"[Aa]ccess \(read/write\) watchpoint \d+: point.weight")


@test
def four_watchpoints_and_no_more():
    command("WATCH")
    for name in ("words[0]", "words[3]", "halves[1]", "words[1]"):
        run(f"watch {name}")
    run("watch ticks")
    contains(fails("continue"), r"Command aborted|ould not insert")
    run("delete $bpnum")
    for name in (r"words\[1\]", r"halves\[1\]", r"words\[1\]"):
        contains(run("continue"), r"atchpoint \d+: " + name)


@test
def watching_a_whole_array():
    command("WATCH")
    run("watch *(char(*)[8])bytes")
    contains(run("continue"), r"New value = .*\\314")
    contains(run("backtrace 1"), "do_watch")


@test
def watchpoint_in_an_interrupt_handler():
    run("watch ticks if ticks % 2 == 0")
    run("continue")
    contains(run("backtrace"), r"SysTick_Handler.*\n.*<signal handler called>")


@test
def watchpoint_gone_after_delete():
    command("WATCH")
    run("watch words[1]")
    run("continue")
    run("delete")
    run("tbreak " + mark("watch end"))
    run("continue")
    at("watch end")


WHOSE = r"write watchpoint at 0x[0-9a-f]{8}, 4 bytes, set by a monitor or telnet command"


@test
def monitors_watchpoint_stops_continue_and_step_and_says_whose_it_is():
    command("WATCH")
    run(f"tbreak {mark('watch start')}")
    run("continue")
    run(f"monitor wp {value('(unsigned)&words[1]'):#x} 4 w")
    contains(run("continue"), WHOSE + r"(.*\n)*.*SIGTRAP")
    equal(value("words[1]"), 1, "words[1]")
    run("next")
    run("next")
    run("break *$pc")  # gdb steps off it before it continues
    contains(run("next"), WHOSE)
    equal(value("words[1]"), 2, "words[1]")
    run("monitor rwp all")


@test
def own_watchpoint_is_found_beside_the_monitors():
    command("WATCH")
    run(f"monitor wp {value('(unsigned)&words[0]'):#x} 16 a")
    run("watch words[1]")
    contains(run("continue"), r"atchpoint \d+: words\[1\]")
    run("monitor rwp all")

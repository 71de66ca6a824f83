# SPDX-License-Identifier: MIT
"""Ctrl-C while gdb itself keeps resuming: it comes when the core stands as often as when it runs."""
from inside import *

connect()
run("load")


def goes_spinning():
    run(f"tbreak {mark('go spin')}")
    contains(run("continue"), "SIGTRAP")
    run("continue")
    run("set var endless = true")


def is_interrupted(command):
    interrupt_after(0.3)
    contains(run(command), "SIGINT")
    run("set var endless = false")
    run("delete")
    run(f"tbreak {mark('not endless')}")
    stops_at("continue", "not endless")


@test
def ctrl_c_ends_a_breakpoint_with_a_false_condition():
    goes_spinning()
    run("break work if n < 0")
    is_interrupted("continue")


@test
def ctrl_c_ends_a_breakpoint_that_goes_on_by_its_commands():
    goes_spinning()
    run("break work")
    run("ignore $bpnum 1000000")
    is_interrupted("continue")


@test
def ctrl_c_ends_a_next_over_an_endless_line():
    goes_spinning()
    run("tbreak " + mark("endless"))
    run("continue")
    is_interrupted("next")


@test
def ctrl_c_ends_a_software_watchpoint():
    goes_spinning()
    run("set can-use-hw-watchpoints 0")
    run("watch rounds")
    run("set can-use-hw-watchpoints 1")
    is_interrupted("continue")


@test
def ctrl_c_ends_a_dprintf_in_a_loop():
    goes_spinning()
    run('dprintf work,"."')
    is_interrupted("continue")


# What gdb sends instead of 0x03 then: telnet's break, with a 'g' for BREAK-g.
@test
def ctrl_c_may_be_a_break():
    for sequence in ("BREAK", "BREAK-g", "Ctrl-C"):
        run(f"set remote interrupt-sequence {sequence}")
        goes_spinning()
        interrupt_after(0.1)
        contains(run("continue"), "SIGINT")
        is_interrupted("continue")  # and what came behind it is no longer taken for a part of it


@test
def signals_are_passed_and_not():
    goes_spinning()
    interrupt_after(0.05)
    contains(run("continue"), "SIGINT")
    interrupt_after(0.05)
    contains(run("signal SIGINT"), "SIGINT")
    interrupt_after(0.05)
    contains(run("signal 0"), "SIGINT")

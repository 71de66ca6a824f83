# SPDX-License-Identifier: MIT
"""A fault stops the program with a sentence that explains it."""
from inside import *

connect()
run("load")


@test
def bus_fault():
    command("FAULT_BUS")
    output = run("continue")
    contains(output, r"SIGSEGV")
    contains(output, r"HardFault.*bus error at 0x60000000")
    contains(run("monitor status"), r"0x60000000")


@test
def status_says_where_it_stands_now():
    run("set var $pc = 0x08000200")
    contains(run("monitor status"), r"pc: 0x08000200")


@test
def undefined_instruction():
    command("FAULT_UNDEF")
    output = run("continue")
    for said in (output, run("monitor status")):
        contains(said, r"HardFault: undefined instruction, instruction at 0x0800")


@test
def division_by_zero():
    command("FAULT_DIV0")
    output = run("continue")
    for said in (output, run("monitor status")):
        contains(said, r"HardFault: division by zero, instruction at 0x0800")


@test
def program_can_be_restarted_after_a_fault():
    command("FAULT_BUS")
    run("continue")
    restart()
    at("main")

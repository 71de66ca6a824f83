# SPDX-License-Identifier: MIT
"""Running, interrupting, resetting, restarting, leaving."""
from inside import *

connect()
run("load")


@test
def ctrl_c_stops_the_running_program():
    command("IDLE")
    before = value("idle_rounds")
    interrupt_when_changed("idle_rounds")
    contains(run("continue"), "SIGINT")
    assert value("idle_rounds") > before


@test
def interrupted_program_goes_on():
    for _ in range(3):
        interrupt_when_changed("idle_rounds")
        contains(run("continue"), "SIGINT")


@test
def run_starts_over():
    command("CALLS")
    run("tbreak " + mark("calls end"))
    run("continue")
    run("tbreak main")
    run("run")
    at("main")
    equal(value("rounds"), 0, "rounds")


@test
def start_stops_at_main():
    run("start")
    at("main")


@test
def kill_and_run_again():
    run("kill")
    run("tbreak main")
    run("run")
    at("main")


@test
def monitor_reset_halt_stands_at_the_reset_vector():
    run("monitor reset halt")
    run("maintenance flush register-cache")
    equal(value("(unsigned)$pc"), value("(unsigned)&Reset_Handler") & ~1, "pc")
    equal(value("(unsigned)$sp"), 0x20005000, "sp")


@test
def monitor_reset_lets_it_run():
    run("monitor reset")
    contains(run("monitor status"), r"(?i)running")
    interrupt_when_changed("idle_rounds")
    contains(run("continue"), "SIGINT")


@test
def detach_lets_it_run_and_attach_comes_back():
    command("CALLS")
    run("break add")
    run("detach")
    connect()
    run("delete")
    run("monitor halt")
    first = value("rounds")
    interrupt_when_changed("rounds")
    contains(run("continue"), "SIGINT")
    assert value("rounds") > first, "the program ran although a breakpoint had been set"


@test
def disconnect_keeps_it_halted():
    pc = value("(unsigned)$pc")
    run("disconnect")
    connect()
    equal(value("(unsigned)$pc"), pc, "pc")


@test
def plain_remote_works_too():
    run("disconnect")
    connect(extended=False)
    at("main")
    run("disconnect")
    connect()


@test
def monitor_knows_help_and_rejects_nonsense():
    contains(run("monitor help"), r"reset")
    contains(run("monitor help reset"), r"run\|halt\|init")
    fails("monitor rest")
    fails("monitor mdw")


@test
def monitor_memory_and_registers():
    contains(run("monitor mdw 0xE000ED00"), r"0xe000ed00: 411fc231")
    run("monitor mww 0x20000f00 0x12345678")
    contains(run("monitor mdb 0x20000f00 4"), r"0x20000f00: 78 56 34 12")
    contains(run("monitor mdh 0x20000f00 2"), r"0x20000f00: 5678 1234")
    contains(run("monitor reg pc"), r"pc \(/32\): 0x080")
    equal(value("*(unsigned*)0x20000f00"), 0x12345678, "gdb sees what monitor wrote")


@test
def threads_are_one():
    contains(run("info threads"), r"\* 1")

# SPDX-License-Identifier: MIT
"""Registers: all of them, both ways."""
from inside import *

connect()
run("load")


@test
def core_and_system_registers_are_there():
    output = run("info registers")
    for name in ["r0", "r12", "sp", "lr", "pc", "xpsr"]:
        contains(output, rf"(?m)^{name}\s")
    everything = run("info all-registers")
    for name in ["msp", "psp", "primask", "basepri", "faultmask", "control"]:
        contains(everything, rf"(?m)^{name}\s")
    assert "d0 " not in everything, "an M3 has no FPU"


@test
def written_registers_read_back():
    for name in ["r0", "r5", "r12", "lr"]:
        run(f"set var ${name} = 0x12345678")
        run("maintenance flush register-cache")
        equal(value(f"(unsigned)${name}"), 0x12345678, name)


@test
def written_register_reaches_the_program():
    command("CALLS")
    run("break add")
    run("continue")
    run("set var a = 100")
    run("delete")
    run("tbreak " + mark("calls end"))
    run("continue")
    equal(value("b"), 103, "b")


@test
def stack_pointers():
    equal(value("(unsigned)$sp"), value("(unsigned)$msp"), "sp is msp")
    run("set var $psp = 0x20001000")
    run("maintenance flush register-cache")
    equal(value("(unsigned)$psp"), 0x20001000, "psp")
    equal(value("(unsigned)$sp"), value("(unsigned)$msp"), "sp is still msp")


@test
def masks_are_one_byte_each():
    run("set var $basepri = 0x40")
    run("set var $primask = 1")
    run("maintenance flush register-cache")
    equal(value("(unsigned)$basepri & 0xFF"), 0x40, "basepri")
    equal(value("(unsigned)$primask & 0xFF"), 1, "primask")
    equal(value("(unsigned)$control & 0xFF"), 0, "control")
    run("set var $primask = 0")
    run("set var $basepri = 0")


@test
def thumb_bit_is_set():
    equal(value("(unsigned)$xpsr") >> 24 & 1, 1, "T")
    equal(value("(unsigned)$xpsr") & 0x1FF, 0, "thread mode")


@test
def exception_number_in_a_handler():
    run("tbreak SysTick_Handler")
    run("continue")
    equal(value("(unsigned)$xpsr") & 0x1FF, 15, "IPSR")


@test
def call_a_function_of_the_program():
    equal(value("add(20, 22)"), 42, "add(20, 22)")
    equal(value("factorial(5)"), 120, "factorial(5)")
    at("main")


@test
def jump_elsewhere():
    command("CALLS")
    run("tbreak " + mark("calls end"))
    run("continue")
    run("tbreak " + mark("calls start"))
    run("jump do_calls")
    at("calls start")


@test
def return_from_a_function():
    command("CALLS")
    run("tbreak add")
    run("continue")
    run("return 77")
    run("next")
    equal(value("b"), 77, "b")

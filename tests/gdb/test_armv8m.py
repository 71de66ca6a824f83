# SPDX-License-Identifier: MIT
"""A debugging session on an Armv8-M core: what it has that older ones lack."""
from inside import *

connect()
run("load")


def in_function(name):
    equal(gdb.selected_frame().name(), name, "function")


def to_work():
    run("tbreak " + mark("begin"))
    stops_at("continue", "begin")


@test
def stack_limits_are_registers():
    to_work()
    equal(value("(unsigned)$psplim"), value("(unsigned)&process_stack"), "psplim")
    equal(value("(unsigned)$msplim"), 0, "msplim")
    run("set var $msplim = 0x20000100")
    run("stepi")
    run("maintenance flush register-cache")
    equal(value("(unsigned)$msplim"), 0x20000100, "msplim")
    run("set var $msplim = 0")


@test
def tables_are_watched_as_a_whole():
    to_work()
    contains(run("watch table"), "Hardware watchpoint")
    contains(run("watch other"), "Hardware watchpoint")
    contains(run("continue"), r"New value = {0, 0, 0, 1, 0, 0, 0}")
    in_function("fill")
    contains(run("continue"), r"New value = {0, 1, 0, 0, 0}")
    in_function("SVC_Handler")


@test
def there_are_pairs_for_two_tables_only():
    run("monitor wp 0x20000101 28 w")
    run("monitor wp 0x20000200 20 r")
    fails("monitor wp 0x20000300 12 w")
    run("monitor rwp 0x20000200")
    run("monitor wp 0x20000300 12 w")
    run("monitor rwp all")


@test
def code_in_ram_has_breakpoints_of_the_hardware():
    to_work()
    address = value("(unsigned)&in_ram")
    assert address >= 0x20000000, "it is in RAM"
    run(f"thbreak *{address:#x}")
    run("continue")
    equal(value("(unsigned)$pc"), address, "pc")


@test
def the_way_out_of_an_exception_leads_to_the_process_stack():
    to_work()
    run("tbreak SVC_Handler")
    run("continue")
    in_function("SVC_Handler")
    # thread mode, PSP; bit 4 is clear: the frame has floats in it
    equal(value("(unsigned)$lr"), 0xFFFFFFAC, "EXC_RETURN")
    contains(run("backtrace"),
             r"#0  SVC_Handler .*\n#1  <signal handler called>\n#2 .*work \(\) .*\n#3 .*main \(\) ")
    run("up 2")
    assert value("(unsigned)&process_stack") < value("(unsigned)$sp") <= value("(unsigned)(process_stack + 64)")


@test
def a_stack_that_overflows_is_named():
    to_work()
    run("set var overflow = 1")
    output = run("continue")
    contains(output, "SIGSEGV")
    contains(output, f"HardFault: stack overflow, PSPLIM is 0x{value('(unsigned)&process_stack'):08x}")
    assert value("depth") > 2, "it dug"

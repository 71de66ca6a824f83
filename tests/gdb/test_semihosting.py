# SPDX-License-Identifier: MIT
"""Semihosting console calls reach gdb; the program's exit too."""
from inside import *

connect()
run("load")


@test
def console_output_reaches_gdb():
    command("SEMIHOST")
    run("tbreak " + mark("semihost end"))
    output = run("continue")
    at("semihost end")
    equal(value("result"), 0, "SYS_WRITE's result: bytes not written")
    contains(output, r"by write0\nc\nby write\n")


@test
def exit_ends_the_program():
    command("EXIT")
    contains(run("continue"), "exited normally")
    run("tbreak main")
    run("run")
    at("main")

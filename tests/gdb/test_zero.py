# SPDX-License-Identifier: MIT
"""A program linked at 0, where the flash shows when the chip starts from it: loaded, stepped, stopped as any other."""
from inside import *


def setup():
    connect()
    contains(run("load"), r"Start address 0x0000")


setup()


@test
def it_is_in_the_flash():
    assert "MIS-MATCHED" not in run("compare-sections")
    inferior = gdb.selected_inferior()
    equal(bytes(inferior.read_memory(0, 64)), bytes(inferior.read_memory(0x08000000, 64)), "vectors")


@test
def breakpoints_and_steps_work():
    contains(run("monitor reset halt"), "pc: 0x0000")
    run("tbreak main")
    run("continue")
    at("main")
    line = gdb.selected_frame().find_sal().line
    run("next")
    assert gdb.selected_frame().find_sal().line > line
    run("monitor reset halt")


@test
def what_another_memory_shows_at_0_is_not_programmed():
    before = bytes(gdb.selected_inferior().read_memory(0x08000000, 1024))
    run("monitor sim boot0 1")
    run("monitor reset halt")
    fails("load")
    run("monitor sim boot0 0")
    run("monitor reset halt")
    equal(bytes(gdb.selected_inferior().read_memory(0x08000000, 1024)), before, "flash after the refused load")

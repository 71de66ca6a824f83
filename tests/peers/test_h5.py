# SPDX-License-Identifier: MIT
"""The simulated H563, whose flash no OpenOCD of today knows: it debugs the core behind access port 1 by a target of
its own making, and reads back what probed wrote: test_h5.py PROBE_EMU PROBED"""
import os
import random
import sys
import tempfile

from chips import INFO, STLINK_FLASH, refusal
from emulator import SCRIPTS, tool
from daemon import run_tests

probe_emu, probed = sys.argv[1:3]
SIZE = 12 * 1000
TARGET = ("transport select dapdirect_swd", "gdb_port disabled", "telnet_port disabled", "tcl_port disabled",
          "swd newdap h5 cpu -expected-id 0x6ba02477", "dap create h5.dap -chain-position h5.cpu",
          "target create h5.cpu cortex_m -dap h5.dap -ap-num 1", "adapter speed 4000", "init", "halt")


def openocd(*commands):
    words = [word for command in (*TARGET, *commands, "shutdown") for word in ("-c", command)]
    return ["openocd", "-s", SCRIPTS, "-f", "interface/stlink-dap.cfg", *words]


def run(*program, stlink="V2J43", board="nucleo-h563", code=0):
    return tool(probe_emu, *program, stlink=stlink, board=board, code=code)


def openocd_debugs_the_core_behind_port_1():
    """MOVS R0, #1; ADDS R0, R0, #1 from RAM."""
    output = run(*openocd("mww 0x20000000 0x30012001", "reg pc 0x20000000", "step", "step", "echo [reg r0]",
                          "echo [reg pc]", "echo id:[read_memory 0x44024000 32 1]"))
    assert "Cortex-M33 r0p4 processor detected" in output and "8 breakpoints, 4 watchpoints" in output, output
    assert "r0 (/32): 0x00000002" in output and "pc (/32): 0x20000004" in output, output
    assert f"id:{0x10016484:#x}" in output, output


def openocd_reads_back_what_probed_wrote():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path, back = os.path.join(folder, "image.bin"), os.path.join(folder, "back.bin")
        with open(path, "wb") as file:
            file.write(random.Random(563).randbytes(SIZE))
        judge = " ".join(f"'{word}'" for word in openocd(f"dump_image {back} 0x080fe000 {SIZE}"))
        output = run("sh", "-c", f"{probed} flash {path} 0x080fe000 && {judge}")
        with open(path, "rb") as written, open(back, "rb") as read:
            assert written.read() == read.read(), output


def stlink_tools_do_not_find_its_core():
    assert refusal("nucleo-h563", INFO).says in run("st-info", "--probe")
    assert refusal("nucleo-h563", STLINK_FLASH).says in run("sh", "-c", "st-flash erase 2>&1; echo ended with $?")


def firmware_that_reaches_port_0_alone_is_named():
    output = run(probed, "info", stlink="V2J24", code=1)
    assert "says it is an STM32H562/H563/H573" in output, output
    assert "this probe's firmware does not reach: update it" in output, output


def a_closed_product_is_explained():
    output = run(probed, "info", board="nucleo-h563,locked", code=5)
    assert "keeps debuggers from its core" in output and "Debug Authentication" in output, output


run_tests([openocd_debugs_the_core_behind_port_1, openocd_reads_back_what_probed_wrote, stlink_tools_do_not_find_its_core,
           firmware_that_reaches_port_0_alone_is_named, a_closed_product_is_explained])

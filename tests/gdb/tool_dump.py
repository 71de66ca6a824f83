# SPDX-License-Identifier: MIT
"""probed dump: a core file that gdb opens.

tool_dump.py PROBED"""
import os
import re
import subprocess
import sys
import tempfile

from daemon import LIMIT, run_tests

PROBED = sys.argv[1]
FAILED, USAGE = 1, 2
FOLDER = tempfile.TemporaryDirectory(prefix="probed-")
CORE = os.path.join(FOLDER.name, "core.elf")


def call(*words, code=0):
    done = subprocess.run([PROBED, *words], capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL, text=True)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


def gdb(*commands):
    words = [word for command in commands for word in ("-ex", command)]
    done = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", f"core-file {CORE}", *words], capture_output=True,
                          timeout=LIMIT, stdin=subprocess.DEVNULL, text=True)
    assert "warning" not in done.stderr, done.stderr
    return done.stdout


def registers(text):
    return {name: int(value, 16) for name, value in re.findall(r"^(\w+) +(0x[0-9a-f]+)", text, re.M)}


def gdb_shows_registers_and_ram():
    """A program that counts in RAM: r1 is what it counts, a step behind memory at most."""
    for board, ram in (("bluepill", 20), ("nucleo-f446", 128), ("f031", 4)):
        said = call("dump", CORE, "--sim", board + ",runs").stderr
        assert f"registers of 1 thread and {ram * 1024} bytes" in said, said
        text = gdb("info threads", "info registers", "x/wx 0x20000000", f"x/bx {0x20000000 + ram * 1024 - 1}")
        assert re.search(r"^\* 1 ", text, re.M), text
        values = registers(text)
        assert 0x08000000 <= values["pc"] < 0x08000100 and values["xpsr"] == 0x01000000, values
        assert values["sp"] == 0x20000000 + ram * 1024 and values["r0"] == 0x20000000, values
        word = int(re.search(r"^0x20000000:\s+(0x\w+)", text, re.M)[1], 16)
        assert word > 100 and values["r1"] - word in (0, 1), (values, hex(word))


def a_cortex_m4_has_its_fpu():
    call("dump", CORE, "--sim", "nucleo-f446,runs")
    text = gdb("info registers fpscr", "p $d15", "p $s1")
    assert re.search(r"^fpscr +0x0", text, re.M) and "$1 = 0" in text and "$2 = 0" in text, text


def peripherals_are_read_if_they_are_named():
    call("dump", CORE, "--sim", "bluepill,runs")
    assert "Cannot access memory" in subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", f"core-file {CORE}", "-ex",
                                                     "x/wx 0xe0042000"], capture_output=True, timeout=LIMIT, text=True).stderr
    call("dump", CORE, "0xe0042000", "4", "0x1ffff7e0", "2", "--sim", "bluepill,runs")
    text = gdb("x/wx 0xe0042000", "x/hx 0x1ffff7e0")
    assert re.search(r"0xe0042000:\s+0x20036410", text) and re.search(r"0x1ffff7e0:\s+0x0040", text), text


def what_cannot_be_is_said():
    assert "an address and a length" in call("dump", CORE, "0x20000000", "--sim", code=USAGE).stderr
    assert "length" in call("dump", CORE, "0x20000000", "none", "--sim", code=USAGE).stderr
    assert "No such file" in call("dump", os.path.join(FOLDER.name, "none", "core"), "--sim", "bluepill,runs", code=FAILED).stderr
    os.remove(CORE)
    call("dump", CORE, "0x60000000", "4", "--sim", "bluepill,runs", code=FAILED)
    assert not os.path.exists(CORE)


run_tests([gdb_shows_registers_and_ram, a_cortex_m4_has_its_fpu, peripherals_are_read_if_they_are_named, what_cannot_be_is_said])

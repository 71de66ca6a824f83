# SPDX-License-Identifier: MIT
"""Small programs for the simulated Blue Pill, compiled where they are used, and `probed run` as a shell calls it."""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "gdb"))
from daemon import LIMIT  # noqa: E402

PROBED = os.path.abspath(sys.argv[1])
BUILD = HERE.parent.parent / "examples/firmware/common/build.sh"
FOLDER = tempfile.TemporaryDirectory(prefix="probed-run-")

# What each of them may use.
HEAD = """
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline int semihost(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static inline void say(const char *text)
{
    semihost(4, text);
}
"""


def build(name, source, *options):
    """The ELF file of a program; the lines of `source` are counted from 1."""
    path = os.path.join(FOLDER.name, name + ".c")
    head = os.path.join(FOLDER.name, "head.h")
    pathlib.Path(head).write_text(HEAD)
    pathlib.Path(path).write_text(source)
    elf = os.path.join(FOLDER.name, name + ".elf")
    done = subprocess.run([BUILD, elf, path, "-include", head, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return elf


def start(elf, *options, board="bluepill", **more):
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen([PROBED, "run", "--sim", board, elf, *options], **streams)


def finish(process, expect):
    """(what the program said, what probed said)."""
    said, told = process.communicate(timeout=LIMIT)
    said, told = (said or b"").decode(errors="replace"), (told or b"").decode(errors="replace")
    assert process.returncode == expect, (process.args, process.returncode, said, told)
    return said, told


def run(elf, *options, expect=0, board="bluepill", **more):
    return finish(start(elf, *options, board=board, **more), expect)

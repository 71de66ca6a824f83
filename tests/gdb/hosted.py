# SPDX-License-Identifier: MIT
"""Programs of newlib (rdimon) and picolibc, which know nothing but C: their files, words, time and exit code by
semihosting, inside one directory. hosted.py PROBED PROGRAM.elf... """

import os
import re
import subprocess
import sys
import tempfile

from daemon import Daemon

probed, programs = sys.argv[1], sys.argv[2:]

# What each leaves behind: picolibc 1.8 opens "r+" as "a+".
LEFT = {"hosted_newlib.elf": "Jello file\nmore\n", "hosted_picolibc.elf": "hello file\nJmore\n"}


def session(daemon, program, *commands, cwd=None):
    """One gdb that loads the program and runs it to its end; what it said."""
    words = [word for command in ("load", "monitor reset halt", *commands, "continue") for word in ("-ex", command)]
    return subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "set style enabled off",
                           "-ex", f"target extended-remote 127.0.0.1:{daemon.port}", *words, program],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200, cwd=cwd,
                          check=False, env=dict(os.environ, LD_PRELOAD="")).stdout


def inside_a_directory(program):
    with tempfile.TemporaryDirectory(prefix="probed-hosted-") as top:
        inside = os.path.join(top, "inside")
        os.mkdir(inside)
        with Daemon(probed, "--sim", "bluepill,still", "--gdb", "0", "--semihosting-dir", inside) as daemon:
            said = session(daemon, program, "monitor arm semihosting_cmdline test alpha beta")
        assert "FAIL" not in said and "ok nothing outside\n" in said, said
        assert "failures: 0\n" in said and "exited with code 045]" in said, said  # 37
        assert sorted(os.listdir(top)) == ["inside"] and os.listdir(inside) == ["second"], os.listdir(inside)
        with open(os.path.join(inside, "second")) as text:
            assert text.read() == LEFT[os.path.basename(program)]
        assert "the program may not have the file '../outside'" in daemon.log, daemon.log


def by_gdb(program):
    """gdb serves files of its own machine, and any: it is asked."""
    with tempfile.TemporaryDirectory(prefix="probed-hosted-") as top:
        inside = os.path.join(top, "inside")
        os.mkdir(inside)
        with Daemon(probed, "--sim", "bluepill,still", "--gdb", "0") as daemon:
            said = session(daemon, os.path.abspath(program), "monitor arm semihosting_cmdline test alpha beta",
                           "monitor arm semihosting_fileio enable", cwd=inside)
        assert re.findall("^FAIL .*", said, re.MULTILINE) == ["FAIL nothing outside"], said
        assert "exited with code 01]" in said and sorted(os.listdir(top)) == ["inside", "outside"], said
        with open(os.path.join(inside, "second")) as text:
            assert text.read() == LEFT[os.path.basename(program)]


def without_one(program):
    with Daemon(probed, "--sim", "bluepill,still", "--gdb", "0") as daemon:
        said = session(daemon, program)
    for line in ("FAIL words", "FAIL open to write", "ok nothing outside", "ok no command", "ok the time of day"):
        assert line + "\n" in said, said
    assert "exited with code 01]" in said, said
    assert daemon.log.count("--semihosting-dir") == 1, daemon.log


def alone(program):
    """Nobody debugs it, and nobody looks on: the daemon that was given a directory for it serves it all the same."""
    for board in ("bluepill", "bluepill,still"):
        with tempfile.TemporaryDirectory(prefix="probed-hosted-") as top:
            inside = os.path.join(top, "inside")
            os.mkdir(inside)
            with Daemon(probed, "--sim", board, "--gdb", "0", "--semihosting-dir", inside, "-c", "arm semihosting_cmdline test alpha beta",
                        "-c", f"program {program} reset") as daemon:
                daemon.says("the program ended with exit code 37")
            with open(os.path.join(inside, "second")) as text:
                assert text.read() == LEFT[os.path.basename(program)]


def a_directory_that_is_none():
    ended = subprocess.run([probed, "--sim", "bluepill,still", "--gdb", "0", "--telnet", "off", "--semihosting-dir", __file__],
                           capture_output=True, text=True, timeout=1200, check=False)
    assert ended.returncode == 1 and f"--semihosting-dir {__file__}: not a directory" in ended.stderr, ended


for program in programs:
    inside_a_directory(program)
    by_gdb(program)
    without_one(program)
    alone(program)
    print("ok   ", os.path.basename(program), flush=True)
a_directory_that_is_none()

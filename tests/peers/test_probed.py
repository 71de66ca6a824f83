# SPDX-License-Identifier: MIT
"""The same scenarios with probed: test_probed.py PROBE_EMU FIRMWARE.elf SOURCE.c STLINK PROBED"""
import os
import re
import select
import subprocess
import sys
import tempfile

from emulator import Program, gdb, server
from daemon import Client, run_tests

probe_emu, firmware, source, stlink, probed = sys.argv[1:6]


def session_through_probed():
    running, port = server("probed", probe_emu, probed, stlink=stlink)
    with running:
        code, output = gdb(port, "session.py", firmware, source, PROBED_PEER="probed")
        assert code == 0, f"gdb said:\n{output}\nprobed said:\n{running.log}"
        assert running.end() == 0, running.log


def flash_holds_the_image():
    """Loaded by gdb through probed, read back by st-flash from the same board."""
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        binary, back = os.path.join(folder, "image.bin"), os.path.join(folder, "back.bin")
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", firmware, binary], check=True)
        length = os.path.getsize(binary)
        script = (f"{probed} --gdb 0 --once & wait $!; st-flash read {back} 0x08000000 {length}")
        with Program(probe_emu, "sh", "-c", script, stlink=stlink) as running:
            port = running.read_log(r"^Listening on \S+:(\d+) for gdb").group(1)
            loaded = subprocess.run(
                ["gdb-multiarch", "-q", "-nx", "-batch", "-iex", "set remotetimeout 120", "-ex", f"target extended-remote :{port}", "-ex", "load",
                 "-ex", "compare-sections", "-ex", "detach", firmware],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
            assert "matched" in loaded.stdout and "MIS" not in loaded.stdout, loaded.stdout
            assert running.wait() == 0, running.log
        with open(binary, "rb") as written, open(back, "rb") as read:
            assert written.read() == read.read(), "flash differs from what was loaded"


def is_answered(client):
    """Something came that was not read yet."""
    return bool(select.select([client.socket], [], [], 0)[0])


def a_load_lets_others_in():
    """Short packets of another gdb are answered while a long load is under way, not behind it."""
    running, port = server("probed", probe_emu, probed, stlink=stlink)
    with running, Client(port) as loader, Client(port) as other:
        assert loader.ask("?")[:1] == b"T" and other.ask("?")[:1] == b"T"
        data = bytes(n * 7 & 0x1F | 0x40 for n in range(14000))  # nothing that needs escaping
        assert loader.ask("vFlashErase:08000000,00003800") == b"OK"
        before = running.stats()["commands"]
        loader.send(b"vFlashWrite:08000000:" + data)
        while running.stats()["commands"] < before + 10 and not is_answered(loader):  # until it has begun
            pass
        waits = []  # commands to the probe from each question of the other to its answer
        while not is_answered(loader):
            asked = running.stats()["commands"]
            assert len(other.ask("m20000000,4")) == 8
            waits.append(running.stats()["commands"] - asked)
        assert loader.receive() == b"OK" and loader.ask("vFlashDone") == b"OK"
        total = running.stats()["commands"] - before
        assert waits and max(waits) < total / 2, f"of {total} commands the other waited for {waits}"
        assert bytes.fromhex(other.ask("m8000000,400").decode()) == data[:1024]
        assert running.end() == 0, running.log


def a_blank_chip_is_cheap_to_attach_to():
    """Its core stands in lockup at 0xfffffffe, and gdb asks for the words around that again and again."""
    running, port = server("probed", probe_emu, probed, stlink=stlink)
    with running:
        before = running.stats()["commands"]
        done = subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-iex", "set remotetimeout 120", "-ex", f"target extended-remote :{port}",
                               "-ex", "info registers pc", "-ex", "x/4i $pc", "-ex", "backtrace"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=600)
        commands = running.stats()["commands"] - before
    assert re.search(r"^pc +0xfffffffe", done.stdout, re.MULTILINE), done.stdout
    # Older firmware takes one word a command.
    assert commands <= (90 if stlink in ("V2J24", "V2J17") else 60), f"{commands} commands"


run_tests([session_through_probed, flash_holds_the_image, a_load_lets_others_in, a_blank_chip_is_cheap_to_attach_to])

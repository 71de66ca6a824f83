# SPDX-License-Identifier: MIT
"""SWO through the emulated ST-Link: OpenOCD, which we did not write, gets what the program says, and so does probed.

test_swo.py PROBE_EMU ITM.elf STLINK PROBED"""
import os
import re
import sys
import tempfile

from emulator import Program, openocd, tool
from daemon import Client, run_tests
from listener import Listener
from ports import free_ports

probe_emu, firmware, stlink, probed = sys.argv[1:5]
# What a line is on the wire: a packet a character, then four bytes of port 1.
LINE = rb"(?:\x01[round 0-9]){12}\x01\n"


def openocd_reads_it():
    """Unmodified OpenOCD, by its own commands, to a file."""
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path = os.path.join(folder, "swo")
        output = tool(probe_emu, *openocd(
            "hla", "gdb_port disabled", "telnet_port disabled", "tcl_port disabled", "init", f"program {firmware}",
            f"tpiu config internal {path} uart off 8000000 2000000", "itm port 0 on", "reset run",
            f"while {{![file exists {path}] || [file size {path}] < 600}} {{sleep 10}}", "shutdown"), stlink=stlink)
        with open(path, "rb") as file:
            said = file.read()
        assert len(re.findall(LINE, said)) > 10, (said[:400], output)


def probed_reads_it():
    ports = free_ports(2)
    with Program(probe_emu, probed, "--gdb", str(ports), "--swo", str(ports + 1), "--swo-clock", "8000000", "-c",
                 f"program {firmware} reset", stlink=stlink) as running:
        assert running.read_log(r"^Listening on \S+ for gdb"), running.log
        with Listener(ports + 1) as raw, Client(ports) as gdb:
            said = raw.until(b"\n\x0babcd")
            while len(re.findall(LINE, said)) < 10:
                said += raw.until(b"\n\x0babcd")
            assert gdb.ask("?")[:1] == b"T"
            assert len(gdb.ask("m20000000,400")) == 0x800
        assert running.end() == 0, running.log


run_tests([openocd_reads_it, probed_reads_it])

# SPDX-License-Identifier: MIT
"""RTT through the emulated ST-Link: OpenOCD's judges the program that the other tests print with, and both servers are held
against what the wire gives for reads, by the time that the emulator counts for the wire: how quick this machine is shows
nowhere.

test_rtt.py PROBE_EMU RTT.elf STLINK PROBED"""
import os
import re
import socket
import sys
import tempfile

from emulator import Program, openocd
from daemon import LIMIT, Client, run_tests
from ports import free_ports

probe_emu, firmware, stlink, probed = sys.argv[1:5]
KIB = 128
LINE = b"line %08d of a flood " + b"." * 74 + b" " + b"." * 69 + b" that wants to be read\n"


class Listener:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def until(self, wanted):
        while (line := self.file.readline()) != wanted:
            assert line, f"closed before {wanted!r}"

    def send(self, letters):
        self.socket.sendall(letters)


def flood_cost(running, zero):
    """Microseconds of the wire a KiB, each line being there once and in its place."""
    zero.send(b"w")
    zero.until(LINE % 0)
    first, lines = running.stats()["bus_us"], KIB * 1024 // len(LINE % 0)
    for number in range(1, lines + 1):
        line = zero.file.readline()
        assert line == LINE % number, (number, line)
    cost = (running.stats()["bus_us"] - first) / KIB
    zero.send(b"F")
    zero.until(b"the flood is over\n")
    return cost


def with_openocd():
    gdb, rtt = free_ports(2), free_ports(2)
    commands = (f"gdb_port {gdb}", "telnet_port disabled", "tcl_port disabled", "init", "reset halt",
                f"flash write_image erase {firmware}", "reset run", "sleep 100",
                "rtt setup 0x20000000 0x5000 {SEGGER RTT}", "rtt polling_interval 1", f"rtt server start {rtt} 0", "rtt start",
                "rtt channels", "echo ready")
    with Program(probe_emu, *openocd("hla", *commands), stlink=stlink) as running:
        assert running.read_log(r"^ready$"), running.log
        assert "Control block found at 0x" in running.log and re.search(r"^0: Terminal \d+ 0$", running.log, re.MULTILINE), running.log
        with Listener(rtt) as zero:
            zero.until(b"the program begins\n")
            zero.send(b"h")
            zero.until(b"hello by channel 0\n")
            return flood_cost(running, zero)


def with_probed():
    """Its cost of RTT, and of reads of the same core that runs."""
    with Program(probe_emu, probed, "--gdb", "0", "--telnet", "off", "--rtt", "0", "-c", f"program {firmware} reset", stlink=stlink) as running, \
            tempfile.TemporaryDirectory(prefix="probed-") as folder:
        gdb = int(running.read_log(r"^Listening on \S+:(\d+) for gdb").group(1))
        rtt = int(re.search(r"^Listening on \S+:(\d+) for rtt", running.log, re.MULTILINE).group(1))
        with Listener(rtt) as zero:
            zero.until(b"the program begins\n")
            cost = flood_cost(running, zero)
        with Client(gdb) as client:
            command = f"dump_image {os.path.join(folder, 'ram')} 0x20000000 0x5000"
            client.monitor(command)  # once to learn how much goes at once
            before = running.stats()["bus_us"]
            for _ in range(2):
                client.monitor(command)
            reads = (running.stats()["bus_us"] - before) / 40
        assert running.end() == 0, running.log
        return cost, reads


def floods_come_at_the_rate_of_reads():
    theirs = with_openocd()
    ours, reads = with_probed()
    print(f"      {stlink}: microseconds of the wire a KiB: reads {reads:.0f}, RTT {ours:.0f} "
          f"({1e6 / ours:.0f} KiB/s, {100 * reads / ours:.0f} % of reads), OpenOCD's RTT {theirs:.0f}")
    assert reads / ours >= 0.8, (reads, ours)
    assert ours < theirs, (ours, theirs)


run_tests([floods_come_at_the_rate_of_reads])

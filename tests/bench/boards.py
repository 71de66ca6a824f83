# SPDX-License-Identifier: MIT
"""Many simulated boards in one daemon: start, memory, idle CPU, and how long a register takes on one board while others
load flash.

boards.py PROBED [BOARDS]"""
import os
import re
import resource
import sys
import threading
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(FOLDER, "..", "gdb"))

from daemon import Client, Daemon  # noqa: E402

PROBED, BOARDS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
LOADERS = 8
CHIP_KIB = 64 + 20  # flash and RAM of the simulated chip: what it remembers, whoever simulates it
READS = 2000
FILES = 1024


def boards(count):
    return [word for number in range(count) for word in ("--probe", f"sim:bluepill,still@b{number}")]


def start(count):
    """A daemon whose boards all listen, and the seconds that took."""
    begin = time.monotonic()
    daemon = Daemon(PROBED, *boards(count), "--gdb", "0", "-c", "halt")
    for number in range(count):
        assert daemon.read_log(rf"^Listening on \S+ for gdb connections to b{number}\n"), daemon.log
    return daemon, time.monotonic() - begin


def port_of(daemon, number):
    return int(re.search(rf":(\d+) for gdb connections to b{number}\n", daemon.log).group(1))


def resident_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def cpu_seconds(daemon):
    with open(f"/proc/{daemon.process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load_for_ever(port, stop):
    """Erases and programs the whole flash, with other bytes each time."""
    with Client(port) as client:
        client.ask("?")
        byte = 0
        while not stop.is_set():
            byte = (byte + 1) % 100
            assert client.ask("vFlashErase:08000000,10000") == b"OK"
            for offset in range(0, 0x10000, 1024):
                client.send(b"vFlashWrite:%x:" % (0x08000000 + offset) + bytes([byte + 128]) * 1024)
                assert client.receive() == b"OK"
            assert client.ask("vFlashDone") == b"OK"


def register_times(port):
    with Client(port) as client:
        client.ask("?")
        times = []
        for value in range(READS):
            assert client.ask(f"P0={value:08x}") == b"OK"
            begin = time.perf_counter()
            client.ask("p0")
            times.append(time.perf_counter() - begin)
    times.sort()
    return times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3, times[-1] * 1e3


def row(name, text):
    print(f"| {name} | {text} |", flush=True)


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, FILES), hard), hard))
    one, _ = start(1)
    alone = resident_kib(one)
    one.end()
    daemon, seconds = start(BOARDS)
    row(f"start of {BOARDS} boards until all listen", f"{seconds:.2f} s")
    each = (resident_kib(daemon) - alone) / (BOARDS - 1)
    row("resident memory a board", f"{each:.0f} KiB, {each - CHIP_KIB:.0f} KiB without its chip's {CHIP_KIB}")
    before = cpu_seconds(daemon)
    time.sleep(10)
    row("CPU time in 10 s, cores halted, no client", f"{cpu_seconds(daemon) - before:.2f} s")
    quiet = register_times(port_of(daemon, 0))
    row("a register, others quiet", "median %.2f ms, p99 %.2f ms, longest %.2f ms" % quiet)
    stop = threading.Event()
    threads = [threading.Thread(target=load_for_ever, args=(port_of(daemon, number), stop)) for number in range(1, LOADERS + 1)]
    for thread in threads:
        thread.start()
    busy = register_times(port_of(daemon, 0))
    stop.set()
    for thread in threads:
        thread.join()
    row(f"a register while {LOADERS} boards load flash", "median %.2f ms, p99 %.2f ms, longest %.2f ms" % busy)
    begin = time.monotonic()
    assert daemon.end() == 0, daemon.log
    row("end", f"{time.monotonic() - begin:.2f} s")


main()

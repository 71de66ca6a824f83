# SPDX-License-Identifier: MIT
"""What a debugging session costs on the simulated board: DAP accesses, flushes, virtual time.

costs.py PROBED BENCH.elf IMAGE64K.elf      (runs itself inside gdb-multiarch for the gdb part)"""

import os
import random
import re
import subprocess
import sys
import tempfile
import time

FOLDER = os.path.dirname(os.path.abspath(__file__)) if "__file__" in globals() else os.environ["PROBED_BENCH"]
sys.path.insert(0, os.path.join(FOLDER, "..", "gdb"))

STATS = ("DAP transactions", "flushes", "virtual time")


def parse(text):
    return [int(re.search(rf"{name}: (\d+)", text).group(1)) for name in STATS]


def inside_gdb():
    """The rows that need a real gdb; prints 'ROW name|accesses|flushes|us'."""
    import gdb

    def execute(command):
        return gdb.execute(command, to_string=True)

    def stats():
        return parse(execute("monitor stats"))

    def row(name, *commands):
        before = stats()
        for command in commands:
            execute(command)
        used = [after - first for after, first in zip(stats(), before)]
        print("ROW " + "|".join([name, *map(str, used)]), flush=True)

    for setting in ("pagination off", "confirm off", "remotetimeout 60", "style enabled off"):
        execute("set " + setting)
    before = [int(number) for number in os.environ["PROBED_STATS"].split()]
    execute(f"target extended-remote 127.0.0.1:{os.environ['PROBED_PORT']}")
    used = [after - first for after, first in zip(stats(), before)]
    print("ROW " + "|".join(["connect gdb (halt, registers, its reads)", *map(str, used)]), flush=True)
    image = os.environ["PROBED_IMAGE"]
    row("load 64 KiB, blank chip", f"load {image}")
    row("load 64 KiB, identical content", f"load {image}")
    execute(f"file {image}")
    row("verify 64 KiB (compare-sections)", "compare-sections")
    execute(f"file {os.environ['PROBED_ELF']}")
    row("load a 1.4 KiB program over it", "load")
    execute("monitor reset halt")
    execute("maintenance flush register-cache")
    execute("tbreak main")
    row("run to a breakpoint", "continue")
    row("read all registers again", "maintenance flush register-cache", "info registers")
    row("stepi", "stepi")
    row("step (a line)", "step")
    row("read 16 KiB of RAM", "dump binary memory /dev/null 0x20000000 0x20004000")
    execute("set var command = LOOP")
    execute("tbreak do_loop")
    execute("continue")
    row("next over a loop of 1000 rounds", "next", "next")
    execute("set var command = CALLS")
    execute("tbreak do_calls")
    execute("continue")
    execute("next")
    row("next over a call", "next")
    execute("detach")


def image_of_64k(path):
    """An ELF file whose one section fills the flash with numbers of a fixed seed."""
    with tempfile.NamedTemporaryFile(suffix=".bin") as binary:
        binary.write(random.Random(1).randbytes(64 * 1024))
        binary.flush()
        subprocess.check_call(["arm-none-eabi-objcopy", "-I", "binary", "-O", "elf32-littlearm",
                               "--change-section-address", ".data=0x08000000",
                               "--set-section-flags", ".data=contents,alloc,load,readonly,code",
                               binary.name, path])


def main(probed, elf):
    from daemon import Client, Daemon

    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, "image.elf")
        image_of_64k(image)
        started = time.monotonic()
        with Daemon(probed, "--sim", "bluepill,still", "--gdb", "0") as daemon:
            listening = time.monotonic() - started
            with open(f"/proc/{daemon.process.pid}/status") as status:
                rss = int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))
            print(f"{'operation':40} {'DAP accesses':>13} {'flushes':>8} {'virtual ms':>11}")
            with Client(daemon.port) as c:
                costs = parse(c.monitor("stats"))
                print(f"{'attach (detect the chip)':40} {costs[0]:13} {costs[1]:8} {costs[2] / 1000:11.2f}")
                rounds = 5000
                begun = time.monotonic()
                for _ in range(rounds):
                    c.ask("qC")
                costs = parse(c.monitor("stats"))
                trips = rounds / (time.monotonic() - begun)
            output = subprocess.run(
                ["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "python PROBED_IN_GDB = 1", "-x", os.path.abspath(__file__), elf],
                env=dict(os.environ, PROBED_PORT=str(daemon.port), PROBED_IMAGE=image, PROBED_ELF=elf, PROBED_BENCH=FOLDER,
                         PROBED_STATS=" ".join(map(str, costs)),
                         PYTHONDONTWRITEBYTECODE="1"),
                capture_output=True, text=True, timeout=600)
            rows = re.findall(r"^ROW (.*)$", output.stdout, re.MULTILINE)
            for row in rows:
                name, accesses, flushes, us = row.split("|")
                print(f"{name:40} {accesses:>13} {flushes:>8} {int(us) / 1000:11.2f}")
            if "next over a call" not in output.stdout:
                sys.exit(output.stdout + output.stderr)
    print(f"\nstart to listening: {listening * 1000:.0f} ms (wall clock of this machine)")
    print(f"resident memory, idle: {rss} KiB")
    print(f"protocol round trips: {trips:.0f} a second (wall clock)")
    print(f"flash physics of 64 KiB, blank: {32768 * 52.5 / 1000:.0f} ms of programming, nothing to erase")


if "PROBED_IN_GDB" in globals():
    inside_gdb()
else:
    main(sys.argv[1], sys.argv[2])

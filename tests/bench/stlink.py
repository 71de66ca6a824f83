# SPDX-License-Identifier: MIT
"""What one debug session costs on USB, by probed, OpenOCD and st-util on the same emulated probe, an ST-Link or one that
speaks CMSIS-DAP.

stlink.py PROBED PROBE_EMU BENCH.elf BENCH.c [--dap] [SERVER..]      (runs itself inside gdb-multiarch for the gdb part)

Modelled, not measured on hardware: a bulk transfer costs 125 us, plus 52.6 us for each 64-byte packet (V3: 10 us
for each 512-byte packet), plus the SWD clocks of what the probe does for it. What the host waits is not counted.
A command is one 16-byte block and its data phase, two transfers."""

import os
import random
import subprocess
import sys
import tempfile
import time

FOLDER = os.path.dirname(os.path.abspath(__file__)) if "__file__" in globals() else os.environ["PROBED_BENCH"]
sys.path[:0] = [os.path.join(FOLDER, "..", "peers"), os.path.join(FOLDER, "..", "gdb")]

COLUMNS = ("commands", "transfers", "bytes", "bus_us")
DAPS = ("debugprobe", "mcu-link")
RUNS = [(dap, name) for dap in DAPS for name in ("probed", "cmsis-dap")]
RUNS += [("V2J43", "probed"), ("V2J43", "hla"), ("V2J43", "st-util"), ("V3", "probed"), ("V3", "hla")]
NAMES = {"probed": "probed", "hla": "OpenOCD", "cmsis-dap": "OpenOCD", "st-util": "st-util"}


def inside_gdb():
    import gdb

    fifo, path, source = os.environ["PROBED_FIFO"], os.environ["PROBED_FIFO"] + ".stats", os.environ["PROBED_SOURCE"]

    def stats():
        with open(fifo, "w") as control:
            control.write(f"stats {path}\n")
        while not os.path.exists(path):
            time.sleep(0.002)
        with open(path) as text:
            words = text.read().split()
        os.unlink(path)
        numbers = dict(zip(words[::2], map(int, words[1::2])))
        return [numbers[name] for name in COLUMNS]

    def execute(command):
        return gdb.execute(command, to_string=True)

    def row(name, *commands):
        before = stats()
        for command in commands:
            execute(command)
        print("ROW " + "|".join([name, *(str(b - a) for a, b in zip(before, stats()))]), flush=True)

    def stand_at(mark):
        with open(source) as lines:
            line = next(n for n, text in enumerate(lines, 1) if f"mark: {mark} */" in text)
        execute(f"tbreak {os.path.basename(source)}:{line}")
        execute("continue")

    for setting in ("pagination off", "confirm off", "remotetimeout 60", "style enabled off"):
        execute("set " + setting)
    reset = "monitor reset" if os.environ["PROBED_PEER"] == "st-util" else "monitor reset halt"
    image, ram = os.environ["PROBED_IMAGE"], os.environ["PROBED_RAM"]
    connect = f"target extended-remote 127.0.0.1:{os.environ['PROBED_PORT']}"
    execute(connect)
    row("load 64 KiB, blank chip", f"load {image}")
    row("load 64 KiB, identical content", f"load {image}")
    execute(f"file {image}")
    row("compare-sections, 64 KiB", "compare-sections")
    execute(f"file {os.environ['PROBED_ELF']}")
    execute("load")
    execute(reset)
    execute("disconnect")
    row("gdb connects to a halted core", connect)
    execute("maintenance flush register-cache")
    execute("tbreak main")
    row("run to main", "continue")
    row("info registers after a stop", "maintenance flush register-cache", "info registers")
    row("stepi", "stepi")
    row("stepi again", "stepi")
    execute("set var command = CALLS")
    stand_at("calls start")
    row("step (a line)", "step")
    row("next over a call with arguments and a result", "next")
    stand_at("plain call")
    row("next over a plain call", "next")
    execute("break add")
    execute("ignore $bpnum 99")
    row("a breakpoint hit 100 times", "continue")
    execute("delete")
    stand_at("calls start")
    row("a breakpoint in a leaf, backtrace", "tbreak add", "continue", "backtrace")
    execute("set var command = WATCH")
    execute("tbreak do_watch")
    execute("continue")
    execute("watch words[1]")
    row("a watchpoint hit", "continue")
    execute("delete")
    row("read 16 KiB of RAM", "dump binary memory /dev/null 0x20000000 0x20004000")
    row("write 16 KiB of RAM", f"restore {ram} binary 0x20000000")
    execute(f"dump binary memory {ram}.back 0x20000000 0x20004000")
    with open(ram, "rb") as written, open(f"{ram}.back", "rb") as back:
        if written.read() != back.read():
            print("WRONG write 16 KiB of RAM", flush=True)
    execute("disconnect")
    print("ROW " + "|".join(["all of this, from the attach on", *map(str, stats())]), flush=True)


def make_images(folder):
    """64 KiB of flash and 16 KiB of RAM, of numbers with a fixed seed."""
    binary, image, ram = (os.path.join(folder, name) for name in ("image.bin", "image.elf", "ram.bin"))
    with open(binary, "wb") as out:
        out.write(random.Random(1).randbytes(64 * 1024))
    with open(ram, "wb") as out:
        out.write(random.Random(2).randbytes(16 * 1024))
    subprocess.check_call(["arm-none-eabi-objcopy", "-I", "binary", "-O", "elf32-littlearm",
                           "--change-section-address", ".data=0x08000000",
                           "--set-section-flags", ".data=contents,alloc,load,readonly,code", binary, image])
    return image, ram


def attach(running):
    """What the server did until it listened; a moment longer, for the one that goes on behind that."""
    time.sleep(0.3)
    return [running.stats()[name] for name in COLUMNS]


def halt(running, port):
    """The core runs; 0x03, the stop reply, and the registers that gdb asks for."""
    from daemon import Client

    with Client(port, no_ack=False) as client:
        client.ask("?")
        for _ in range(2):  # the second time counts: at the first one probed compares two ways to read registers
            client.send("c")
            time.sleep(0.3)
            before = running.stats()
            client.send_raw(b"\x03")
            client.receive_stop()
            client.ask("g")
        after = running.stats()
        return [after[name] - before[name] for name in COLUMNS]


def measure(probed, probe_emu, elf, source, stlink, name, image, ram):
    from emulator import ENVIRONMENT, server

    rows = {}
    again = ("--multi",) if name == "st-util" else ()  # else it ends with its first client
    running, port = server(name, probe_emu, probed, again, stlink=stlink)
    with running:
        rows["attach"] = attach(running)
        output = subprocess.run(
            ["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "python PROBED_IN_GDB = 1", "-x", os.path.abspath(__file__), elf],
            env=dict(ENVIRONMENT, PROBED_PORT=str(port), PROBED_FIFO=running.fifo, PROBED_SOURCE=source, PROBED_ELF=elf,
                     PROBED_IMAGE=image, PROBED_RAM=ram, PROBED_PEER=name, PROBED_BENCH=FOLDER),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
        for line in output.stdout.splitlines():
            if line.startswith("ROW "):
                title, *numbers = line[4:].split("|")
                rows[title] = [int(number) for number in numbers]
            elif line.startswith("WRONG "):
                rows[line[6:]] = None
        if "all of this, from the attach on" not in rows:
            sys.exit(f"{name} on {stlink}:\n{output.stdout}\n{running.log}")
    running, port = server(name, probe_emu, probed, again, stlink=stlink)
    with running:
        rows["halt by 0x03, registers"] = halt_after_loading(running, port, elf)
    return rows


def halt_after_loading(running, port, elf):
    subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-ex", f"target extended-remote :{port}", "-ex", "load",
                    "-ex", "monitor reset", "-ex", "disconnect", elf], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return halt(running, port)


def main(probed, probe_emu, elf, source, *only):
    """`only`: servers to measure, instead of all; with --dap before CMSIS-DAP probes, else before ST-Links."""
    probes = DAPS if "--dap" in only else ("V2J43", "V3")
    only = [name for name in only if name != "--dap"]
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        image, ram = make_images(folder)
        results = {}
        for stlink, name in (run for run in RUNS if run[0] in probes and run[1] in (only or NAMES)):
            results[stlink, name] = measure(probed, probe_emu, elf, source, stlink, name, image, ram)
    for stlink in probes:
        print_table(stlink, {name: results[probe, name] for probe, name in results if probe == stlink})


def print_table(stlink, results):
    """Commands, USB transfers, modelled milliseconds, and how many times probed's transfers and milliseconds that is."""
    print(f"\n| {stlink} | " + " | ".join(NAMES[name] for name in results) + " |")
    print("|---" + "|---:" * len(results) + "|")
    for title, ours in results["probed"].items():
        cells = []
        for name, rows in results.items():
            if not rows[title]:
                cells.append("wrong")
                continue
            commands, transfers, _, us = rows[title]
            ratio = f" ({transfers / ours[1]:.1f}x, {us / ours[3]:.1f}x)" if name != "probed" and ours[1] else ""
            cells.append(f"{commands} / {transfers} / {us / 1000:.1f}{ratio}")
        print(f"| {title} | " + " | ".join(cells) + " |")


if "PROBED_IN_GDB" in globals():
    inside_gdb()
else:
    main(*sys.argv[1:])

# SPDX-License-Identifier: MIT
"""What a session of debugging costs in USB transfers, by probed, OpenOCD (hla) and st-util on the same emulated V2J43.

work_list.py PROBED PROBE_EMU BENCH.elf BENCH.c [SERVER..]      (runs itself inside gdb-multiarch for the gdb part)

The list is what somebody does who looks for a mistake: attach, load, run to main, 50 steps (`next`, `step`, `stepi`), 10 breakpoint hits with a backtrace, 5 watchpoint hits, memory, compare-sections, detach. What a server cannot do counts as it comes: the last line
says how many of gdb's commands failed."""

import os
import subprocess
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__)) if "__file__" in globals() else os.environ["PROBED_BENCH"]
sys.path[:0] = [os.path.join(FOLDER, "..", "peers"), os.path.join(FOLDER, "..", "gdb")]

STLINK = "V2J43"
NAMES = {"probed": "probed", "hla": "OpenOCD", "st-util": "st-util"}
LIMIT = 240  # s, for one server's list
ROUND = ("tbreak do_calls", "continue", "next", "step", "stepi", "next", "next")  # into a function and out of it


def inside_gdb():
    import gdb

    fifo, path, peer = os.environ["PROBED_FIFO"], os.environ["PROBED_FIFO"] + ".stats", os.environ["PROBED_PEER"]
    failed = []

    def transfers():
        with open(fifo, "w") as control:
            control.write(f"stats {path}\n")
        while not os.path.exists(path):
            time.sleep(0.002)
        with open(path) as text:
            words = text.read().split()
        os.unlink(path)
        return int(words[words.index("transfers") + 1])

    def execute(command):
        try:
            gdb.execute(command, to_string=True)
        except gdb.error as error:
            failed.append(f"{command}: {error}")

    def row(name, *commands):
        before = transfers()
        for command in commands:
            execute(command)
        print(f"ROW {name}|{transfers() - before}", flush=True)

    for setting in ("pagination off", "confirm off", "remotetimeout 60", "style enabled off"):
        execute("set " + setting)
    reset = "monitor reset" if peer == "st-util" else "monitor reset halt"
    row("gdb connects, `load`", f"target extended-remote 127.0.0.1:{os.environ['PROBED_PORT']}", "load")
    row("reset, run to main", reset, "maintenance flush register-cache", "tbreak main", "continue")
    row("10 runs to a function, with 50 steps", "set var command = CALLS", *ROUND * 10)
    row("10 breakpoint hits, each with `backtrace`", "set var command = CALLS", "break add", "break count_a_call",
        *["continue", "backtrace", "info locals"] * 10, "delete")
    row("5 watchpoint hits", "set var command = WATCH", "tbreak do_watch", "continue", "watch words[1]",
        *["continue", "set var command = WATCH"] * 5, "delete")
    row("memory, registers, variables", "x/256xw 0x20000000", "x/16i $pc", "print words", "print point",
        "print greeting", "info registers", "print $sp", "x/8xw $sp", "set var words[2] = 5", "print words[2]")
    row("compare-sections", "compare-sections")
    row("detach", "disconnect" if peer == "st-util" else "detach")  # st-util 1.7 does not answer D
    for text in failed:
        print("FAILED " + text.replace("\n", " "), flush=True)


def run_gdb(command, env):
    """Its output, as far as it came within the limit."""
    try:
        return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=LIMIT).stdout
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace")


def measure(probed, probe_emu, elf, name):
    from emulator import ENVIRONMENT, server

    again = ("--multi",) if name == "st-util" else ()  # else it ends with its first client
    running, port = server(name, probe_emu, probed, again, stlink=STLINK)
    with running:
        time.sleep(0.3)  # for the one that goes on behind its ready line
        rows = {"attach": running.stats()["transfers"]}
        output = run_gdb(
            ["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "python PROBED_IN_GDB = 1", "-x", os.path.abspath(__file__), elf],
            dict(ENVIRONMENT, PROBED_PORT=str(port), PROBED_FIFO=running.fifo, PROBED_PEER=name, PROBED_BENCH=FOLDER))
        lines = output.splitlines()
        for line in lines:
            if line.startswith("ROW "):
                title, transfers = line[4:].split("|")
                rows[title] = int(transfers)
        if "detach" in rows:
            running.end()
            rows["the whole list, server ended"] = running.stats()["transfers"]
    return rows, [line[7:] for line in lines if line.startswith("FAILED ")]


def cell(name, transfers, ours):
    if transfers is None:
        return f"not within {LIMIT} s"
    return f"{transfers}" + ("" if name == "probed" else f" ({transfers / ours:.1f}x)")


def main(probed, probe_emu, elf, source, *only):
    """`only`: servers to measure, instead of all."""
    results = {name: measure(probed, probe_emu, elf, name) for name in NAMES if name in (only or NAMES)}
    ours = results.get("probed", next(iter(results.values())))[0]
    print(f"\n| USB transfers, {STLINK} | " + " | ".join(NAMES[name] for name in results) + " |")
    print("|---" + "|---:" * len(results) + "|")
    for title in ours:
        cells = [cell(name, rows.get(title), ours[title]) for name, (rows, _) in results.items()]
        print(f"| {title} | " + " | ".join(cells) + " |")
    print("| gdb's commands that failed | " + " | ".join(str(len(failed)) for _, failed in results.values()) + " |")
    for name, (_, failed) in results.items():
        for text in failed:
            print(f"{NAMES[name]}: {text}")


if "PROBED_IN_GDB" in globals():
    inside_gdb()
else:
    main(*sys.argv[1:])

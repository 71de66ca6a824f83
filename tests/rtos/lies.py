# SPDX-License-Identifier: MIT
"""Kernels whose memory lies: words of their structures changed at random (with a fixed seed), lists without an end, ten thousand
tasks. What is read stays bounded by the board's own clock, gdb always has a thread and gets its registers, one warning at
most is told, and what is put right again is shown as before.

lies.py PROBED BOARD FIRMWARE.elf, a program of layouts.py"""
import os
import random
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gdb"))
from daemon import Client, Daemon, run_tests  # noqa: E402

PROBED, BOARD, ELF = sys.argv[1:4]
ROUNDS, MOST_THREADS, LIMIT_US = 120, 256, 1500000
TOOL_SYMBOLS = [(name, int(address, 16), kind) for address, kind, name in
                (line.split() for line in subprocess.run(["arm-none-eabi-nm", ELF], capture_output=True, text=True, check=True)
                 .stdout.splitlines() if len(line.split()) == 3)]
SYMBOLS = {name: address for name, address, _ in TOOL_SYMBOLS}
RAM = SYMBOLS["_data_start"], SYMBOLS["_bss_end"]


def stopped():
    daemon = Daemon(PROBED, "--sim", BOARD + ",still", "--elf", ELF, "--gdb", "0").start()
    client = Client(daemon.port)
    client.monitor(f"program {ELF}")
    client.monitor("reset halt")
    client.ask("?")
    assert client.ask(f"Z1,{SYMBOLS['stop_here']:x},2") == b"OK"
    assert client.ask("vCont;c").startswith(b"T05")
    return daemon, client


def threads(client):
    """Ids and names, which may be missing."""
    text, at = "", 0
    while True:
        part = client.ask(f"qXfer:threads:read::{at:x},3000").decode()
        text, at = text + part[1:], at + len(part) - 1
        if part[0] == "l":
            return re.findall(r'<thread id="([0-9a-f]+)"[^>]*?(?:name="(.*?)")?>', text)


def now(client):
    return int(re.search(r"time: (\d+)", client.monitor("stats")).group(1))


def get(client, address, count):
    return bytearray.fromhex(client.ask(f"m{address:x},{count:x}").decode())


def put(client, address, data):
    for at in range(0, len(data), 1024):
        assert client.ask(f"M{address + at:x},{len(data[at:at + 1024]):x}:{bytes(data[at:at + 1024]).hex()}") == b"OK"


def look(client):
    began = now(client)
    found = threads(client)
    assert now(client) - began < LIMIT_US
    assert 1 <= len(found) <= MOST_THREADS and len({number for number, _ in found}) == len(found), found
    assert client.ask("qC") == b"QC" + found[0][0].encode()
    for number, _ in (*found[:4], *found[-2:]):
        assert client.ask(f"Hg{number}") == b"OK"
        began = now(client)
        registers = client.ask("g")
        assert now(client) - began < LIMIT_US
        assert re.match(rb"[0-9a-fx]+$", registers), registers
    assert re.match(rb"[0-9a-f]{32}", client.ask("Hg0") and client.ask("g"))
    return found


def interesting(client):
    """Words that lead into RAM or are small: what the structures are made of."""
    memory = get(client, RAM[0], RAM[1] - RAM[0] & ~3)
    words = struct.unpack(f"<{len(memory) // 4}I", memory)
    stacks = range(SYMBOLS["stacks"], SYMBOLS["stacks"] + 0x1000)
    return [RAM[0] + 4 * i for i, word in enumerate(words) if RAM[0] + 4 * i not in stacks or random.random() < 0.05
            if 0 < word < 64 or RAM[0] <= word < RAM[1] or 0x08000000 <= word < 0x08010000]


def lie(places, where):
    return random.choice((0, 0xFFFFFFFF, where, where & ~31, where - 4, where + 1, RAM[1], RAM[1] + 0x100000, 0xE000ED00, 0x40020000, 3,
                          random.choice(places), random.choice(places) - 4, random.getrandbits(32), 10000))


def memory_that_lies():
    random.seed(ELF.rsplit("/", 1)[-1])
    daemon, client = stopped()
    with client:
        before, places = look(client), interesting(client)
        for _ in range(ROUNDS):
            wheres = random.sample(places, random.choice((1, 1, 1, 2, 5)))
            kept = [get(client, where, 4) for where in wheres]
            for where in wheres:
                put(client, where, struct.pack("<I", lie(places, where) & 0xFFFFFFFF))
            look(client)
            for where, data in zip(wheres, kept):
                put(client, where, data)
        assert [name for _, name in look(client)] == [name for _, name in before]
    assert daemon.end() == 0
    assert daemon.log.count("is damaged") <= 1, daemon.log


def ten_thousand_tasks():
    if "xDelayedTaskList1" not in SYMBOLS or BOARD != "nucleo-h563":
        return
    daemon, client = stopped()
    with client:
        tasks, size, first, where = 10000, 24, (RAM[1] + 0x1FFF) & ~0xFFF, SYMBOLS["xDelayedTaskList1"]
        data = bytearray()
        for i in range(tasks):
            item = first + size * i
            data += struct.pack("<6I", 7, item + size if i < tasks - 1 else where + 8, item - size if i else where + 8, item - 4, where, 0)
        put(client, first, data)
        put(client, where, struct.pack("<2I", tasks, where + 8))
        put(client, where + 12, struct.pack("<I", first))
        put(client, SYMBOLS["uxCurrentNumberOfTasks"], struct.pack("<I", tasks))
        assert [name for _, name in look(client)] == ["core"]
        put(client, first + size * (tasks - 1) + 4, struct.pack("<I", first))  # and without an end
        assert [name for _, name in look(client)] == ["core"]
        assert client.ask("vCont;s")[:3] == b"T05"
    assert daemon.end() == 0
    assert daemon.log.count("has more than 256") == 1 and "is damaged" not in daemon.log, daemon.log


run_tests([memory_that_lies, ten_thousand_tasks])

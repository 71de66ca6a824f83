# SPDX-License-Identifier: MIT
"""Threads for clients without symbols, what they cost, and lists that are broken. no_symbols.py PROBED FIRMWARE.elf

The program is freertos-m3 of layouts.py: what it keeps is in variables of FreeRTOS' names."""
import os
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gdb"))
from daemon import Client, Daemon, run_tests  # noqa: E402

PROBED, ELF = sys.argv[1:3]
SYMBOLS = {name: int(address, 16) for address, _, name in
           (line.split() for line in subprocess.run(["arm-none-eabi-nm", ELF], capture_output=True, text=True, check=True)
            .stdout.splitlines() if len(line.split()) == 3)}


def stopped(*options, elf=True):
    """A daemon whose program stands at stop_here, with its client."""
    daemon = Daemon(PROBED, "--sim", "bluepill,still", *(["--elf", ELF] if elf else []), *options, "--gdb", "0").start()
    client = Client(daemon.port)
    client.ask_text(f"program {ELF}")
    client.ask_text("reset halt")
    client.ask("?")
    assert client.ask(f"Z1,{SYMBOLS['stop_here']:x},2") == b"OK"
    reply = client.ask("vCont;c")
    assert reply.startswith(b"T05"), reply
    return daemon, client, reply


def names(client):
    return re.findall(r'name="(.*?)">(.*?)<', client.ask("qXfer:threads:read::0,3000").decode())


def threads_come_from_the_file():
    daemon, client, reply = stopped()
    with client:
        found = names(client)
        assert len(found) == 8 and found[0] == ("main task", "Running, prio 3"), found
        running = re.search(rb"thread:([0-9a-f]+);", reply).group(1)
        assert client.ask("qC") == b"QC" + running
        text, final = client.ask_text("rtos")
        assert final == "OK" and "rtos auto: FreeRTOS" in text and "delayed: Blocked until tick 1234, prio 2" in text, text
        assert client.ask_text("rtos none")[1] == "OK" and len(names(client)) == 1
        assert client.ask_text("rtos freertos")[1] == "OK" and len(names(client)) == 8
        assert "no kernel" in client.ask_text("rtos x")[1]
    assert daemon.end() == 0


def without_symbols_there_is_one():
    for options in (("--rtos", "none"), ("--rtos", "ThreadX")):
        daemon, client, _ = stopped(*options)
        with client:
            assert [name for name, _ in names(client)] == ["core"]
        assert daemon.end() == 0


def two_clients_see_the_same_ids():
    daemon, client, _ = stopped()
    with client, Client(daemon.port) as other:
        other.ask("?")
        assert other.ask("qfThreadInfo") == client.ask("qfThreadInfo")
        assert client.ask("Hg3") == b"OK" and other.ask("Hg4") == b"OK"
        assert client.ask("g") != other.ask("g")
    assert daemon.end() == 0


def put(client, address, value):
    assert client.ask(f"M{address:x},4:{struct.pack('<I', value).hex()}") == b"OK"


def broken_lists_end_and_are_told_once():
    end = SYMBOLS["xDelayedTaskList1"] + 8
    for where, value in ((end + 4, 0x40020000), (end + 4, 0xFFFFFFFC), (end + 4, 0x20004FF0), (SYMBOLS["xDelayedTaskList1"], 10000),
                         (SYMBOLS["pxReadyTasksLists"] + 8 + 4, 3), (SYMBOLS["pxCurrentTCB"], 0x20010000),
                         (SYMBOLS["uxCurrentNumberOfTasks"], 10000), (SYMBOLS["pxReadyTasksLists"] + 8, 0)):
        daemon, client, _ = stopped()
        with client:
            put(client, where, value)
            for _ in range(3):
                assert 1 <= len(names(client)) <= 8
                assert client.ask("g")[:2] != b"E."
            assert client.ask("vCont;s")[:3] == b"T05"  # off its own breakpoint, ..
            assert client.ask("vCont;c")[:3] == b"T05"  # .. and the program puts its lists right
            assert len(names(client)) == 8
        assert daemon.end() == 0
        assert daemon.log.count("is damaged") <= 1, daemon.log


def a_thread_without_a_frame_is_unknown_and_no_error():
    daemon, client, _ = stopped()
    with client:
        block = next(int(line.split()[1], 16) for line in client.ask_text("rtos")[0].splitlines() if "delayed" in line)
        put(client, block, 0x20000000)
        number = next(line.split()[0] for line in client.ask_text("rtos")[0].splitlines() if "delayed" in line)
        assert client.ask(f"Hg{int(number):x}") == b"OK"
        assert re.match(rb"x+$", client.ask("g").split(b";")[0][:128])
    assert daemon.end() == 0


def flushes(client):
    return int(re.search(r"^flushes: (\d+)", client.monitor("stats"), re.MULTILINE).group(1))


def nothing_is_read_while_nobody_asks():
    used = []
    for option in ("auto", "none"):
        daemon, client, _ = stopped("--rtos", option)
        with client:
            before = flushes(client)
            for _ in range(10):
                client.monitor("step")
                client.ask("g")
            used.append(flushes(client) - before)
            before = flushes(client)
            names(client)
            assert (flushes(client) > before) == (option == "auto")
        assert daemon.end() == 0
    assert used[0] == used[1], used


def a_step_reads_the_list_in_one_trip():
    used = []
    for option in ("auto", "none"):
        daemon, client, _ = stopped("--rtos", option)
        with client:
            assert client.ask("vCont;s")[:3] == b"T05"
            before = flushes(client)
            for _ in range(10):
                assert client.ask("vCont;s")[:3] == b"T05"
            used.append(flushes(client) - before)
        assert daemon.end() == 0
    assert 0 <= used[0] - used[1] <= 10, used


def registers_are_there_as_long_as_the_core_stands():
    daemon, client, _ = stopped()
    with client:
        number = next(line.split()[0] for line in client.ask_text("rtos")[0].splitlines() if "delayed" in line)
        client.monitor("sleep 5000")
        assert client.ask(f"Hg{int(number):x}") == b"OK"
        assert struct.unpack("<I", bytes.fromhex(client.ask("p4").decode()))[0] == 0x22220004
    assert daemon.end() == 0


def id_of(client, name):
    return next(int(line.split()[0]) for line in client.ask_text("rtos")[0].splitlines() if name in line)


def waiting_for_a_thread_ends():
    """At somebody's breakpoint, or after some seconds."""
    daemon, client, _ = stopped()
    with client:
        never, running = id_of(client, "new"), id_of(client, "main task")
        assert client.ask("vCont;s")[:3] == b"T05"
        reply = client.ask(f"vCont;s:{never:x};c")
        assert reply.startswith(b"T05") and b"thread:%x;" % running in reply, reply
        assert b"0f:" + struct.pack("<I", SYMBOLS["stop_here"] & ~1).hex().encode() in reply, reply
        assert client.ask(f"z1,{SYMBOLS['stop_here']:x},2") == b"OK"
        client.send(f"vCont;s:{never:x};c")
        reply = client.receive_stop()
        assert reply.startswith(b"T02") and "did not run within" in client.console, (reply, client.console)
    assert daemon.end() == 0


def without_a_comparator_it_is_an_error():
    daemon, client, _ = stopped()
    with client:
        for number in range(5):
            assert client.ask(f"Z1,{0x08000100 + 4 * number:x},2") == b"OK"
        before = client.ask("g")
        assert b"comparator" in client.ask(f"vCont;s:{id_of(client, 'delayed'):x};c")
        assert client.ask("g") == before
    assert daemon.end() == 0


run_tests([waiting_for_a_thread_ends, without_a_comparator_it_is_an_error, a_step_reads_the_list_in_one_trip, nothing_is_read_while_nobody_asks, registers_are_there_as_long_as_the_core_stands, threads_come_from_the_file, without_symbols_there_is_one, two_clients_see_the_same_ids,
           broken_lists_end_and_are_told_once, a_thread_without_a_frame_is_unknown_and_no_error])

# SPDX-License-Identifier: MIT
"""Unplugging and replugging an emulated ST-Link under a real gdb: test_hotplug.py PROBE_EMU FIRMWARE.elf SOURCE.c
STLINK PROBED"""
import os
import re
import signal
import sys
import tempfile
import time

from emulator import Program
from daemon import Client, run_tests

probe_emu, firmware, source, stlink, probed = sys.argv[1:6]
TICK = os.sysconf("SC_CLK_TCK")


def start(*options, **probe):
    probe.setdefault("stlink", stlink)
    running = Program(probe_emu, probed, "--gdb", "0", *options, **probe)
    found = running.read_log(r"^Listening on \S+:(\d+) for gdb")
    if not found:
        raise RuntimeError(running.log)
    return running, int(found.group(1))


def run_core(running, client):
    """A loop in RAM, `c`; returns once the daemon looks at the running core again and again."""
    assert client.ask("M20000000,2:fee7") == b"OK"
    assert client.ask("Pf=00000020") == b"OK" and client.ask("P10=00000001") == b"OK"
    client.send("c")
    end = running.stats()["commands"] + 20
    while running.stats()["commands"] < end:
        time.sleep(0.01)


def connected_again(running, where):
    assert running.read_log(r"connected: STM32F10", start=where), running.log


def cpu_seconds(pid):
    """Of all threads, user and system."""
    with open(f"/proc/{pid}/stat") as text:
        fields = text.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def still_well(client):
    """The session can go on: halted, memory and registers readable."""
    assert re.fullmatch(rb"[0-9a-f]{8}", client.ask("m20000000,4"))
    assert re.fullmatch(rb"[0-9a-f]{100,}", client.ask("g"))


def unplugged_while_halted():
    running, port = start()
    with running, Client(port) as client:
        assert client.ask("?")[:1] == b"T"
        where = len(running.log)
        running.control("unplug")
        while (reply := client.ask("m20000000,4"))[:1] != b"E":  # until the daemon has noticed
            assert len(reply) == 8
        running.control("plug 1")
        connected_again(running, where)
        assert client.ask("vAttach;1")[:1] == b"T"
        still_well(client)
        assert running.end() == 0, running.log


def unplugged_while_running():
    running, port = start()
    with running, Client(port) as client:
        assert client.ask("?")[:1] == b"T"
        run_core(running, client)
        where = len(running.log)
        running.control("unplug")
        reply = client.receive_stop()
        assert reply == b"X09", reply
        assert "unplugged" in client.console, client.console
        running.control("plug 3")  # another port of the same hub
        connected_again(running, where)
        with Client(port) as other:
            assert other.ask("?")[:1] == b"T"
            assert re.fullmatch(rb"[0-9a-f]{8}", other.ask("m20000000,4")), "one who looks on"
        assert client.ask("vAttach;1")[:1] == b"T"
        still_well(client)
        assert running.end() == 0, running.log


def unplugged_while_flashing():
    """The write or the end of it is refused; after the replug a load works."""
    running, port = start()
    with running, Client(port) as client:
        assert client.ask("?")[:1] == b"T"
        data = bytes(n & 0x1F | 0x40 for n in range(1024))  # nothing that needs escaping
        assert client.ask("vFlashErase:08000000,00004000") == b"OK"
        replies = []
        for page in range(16):
            if page == 5:
                running.control("unplug")
            replies.append(client.ask(b"vFlashWrite:%08x:" % (0x08000000 + 1024 * page) + data))
        replies.append(client.ask("vFlashDone"))
        assert any(reply[:1] == b"E" for reply in replies), replies
        assert replies[-1] != b"OK", replies
        where = len(running.log)
        running.control("plug 1")
        connected_again(running, where)
        assert client.ask("vAttach;1")[:1] == b"T"
        assert client.ask("vFlashErase:08000000,00000400") == b"OK"
        assert client.ask(b"vFlashWrite:08000000:" + data) == b"OK"
        assert client.ask("vFlashDone") == b"OK"
        assert bytes.fromhex(client.ask("m8000000,400").decode()) == data
        assert running.end() == 0, running.log


def absent_probe_costs_nothing():
    running, port = start()
    with running, Client(port) as client:
        assert client.ask("?")[:1] == b"T"
        run_core(running, client)
        running.control("unplug")
        assert client.receive_stop() == b"X09"
        pid = running.child()
        before = cpu_seconds(pid)
        time.sleep(4)  # what is measured
        used = cpu_seconds(pid) - before
        assert used < 0.4, f"{used:.2f} s of CPU in 4 s without a probe"
        assert running.end() == 0, running.log


def idle_probe_costs_nothing():
    running, port = start()
    with running, Client(port) as client:
        assert client.ask("?")[:1] == b"T"
        pid = running.child()
        commands, before = running.stats()["commands"], cpu_seconds(pid)
        time.sleep(2)
        assert cpu_seconds(pid) - before < 0.1
        assert running.stats()["commands"] == commands, "commands were sent to a halted target for nobody"
        assert running.end() == 0, running.log


def started_without_a_probe():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        go = os.path.join(folder, "go")
        script = f"until test -e {go}; do sleep 0.02; done; exec {probed} --gdb 0"
        running = Program(probe_emu, "sh", "-c", script, stlink=stlink)
        running.control("unplug")
        running.stats()  # it is done
        open(go, "w").close()
        running.read_log("^Listening")
    with running:
        port = int(running.read_log(r"^Listening on \S+:(\d+) for gdb").group(1))
        assert running.read_log("no debug probe found"), running.log
        with Client(port) as client:
            assert client.ask("?") == b"W00"
            running.control("plug 2")
            connected_again(running, 0)
            assert client.ask("vAttach;1")[:1] == b"T"
            still_well(client)
        assert running.end() == 0, running.log


def target_lost_and_back_while_the_probe_stays():
    running, port = start()
    with running, Client(port) as client:
        assert client.ask("?")[:1] == b"T"
        run_core(running, client)
        where = len(running.log)
        running.control("hands power off")
        reply = client.receive_stop()
        assert reply == b"X09", (reply, client.console)
        running.control("hands power on")
        connected_again(running, where)
        assert client.ask("vAttach;1")[:1] == b"T"
        still_well(client)
        assert running.end() == 0, running.log


def transfers_that_never_end_do_not_keep_the_probe():
    """Not even when they are cancelled. When they do again, the probe is not in anybody's hands."""
    running, port = start()
    with running, Client(port) as client:
        assert client.ask("?")[:1] == b"T"
        running.control("freeze")
        while (reply := client.ask("m20000000,4"))[:1] != b"E":  # the line is read beside the packets
            assert len(reply) == 8
        where = len(running.log)
        running.control("thaw")
        connected_again(running, where)
        assert client.ask("vAttach;1")[:1] == b"T"
        still_well(client)
        assert "another program" not in running.log, running.log
        assert running.end() == 0, running.log


def two_probes_must_be_told_apart():
    twins = f"{stlink},{stlink}"
    with Program(probe_emu, probed, "--gdb", "0", stlink=twins) as running:
        assert running.wait() == 2, running.log
        assert "--probe usb:1-1" in running.log and "--probe usb:1-2" in running.log, running.log
    running, port = start("--probe", "usb:1-2", "-c", "status", stlink=twins)
    with running, Client(port) as client:
        assert client.ask("?")[:1] == b"T"
        running.control("unplug 0")  # the other one
        running.stats()  # it is done, and nobody is to be told any more once the daemon has ended
        still_well(client)
        assert running.end() == 0, running.log


def killed_predecessor_leaves_no_trace():
    """Killed in the middle of traffic, then started again before the same probe."""
    script = f"{probed} --gdb 0 & pid=$!; echo it is $pid; wait $pid 2>/dev/null; exec {probed} --gdb 0"
    with Program(probe_emu, "sh", "-c", script, stlink=stlink) as running:
        first = int(running.read_log(r"^it is (\d+)").group(1))
        port = int(running.read_log(r"^Listening on \S+:(\d+) for gdb").group(1))
        with Client(port) as client:
            assert client.ask("?")[:1] == b"T"
            for _ in range(20):
                client.ask("m8000000,400")
            client.send("m8000000,400")
            os.kill(first, signal.SIGKILL)
            try:
                while True:  # until it is dead
                    client.ask("m8000000,400")
            except (EOFError, ConnectionResetError, BrokenPipeError):
                pass
        port = int(running.read_log(r"Listening on \S+:(\d+) for gdb", start=running.log.index("for gdb")).group(1))
        with Client(port) as client:
            assert client.ask("?")[:1] == b"T"
            still_well(client)
        assert running.end() == 0, running.log


run_tests([unplugged_while_halted, unplugged_while_running, unplugged_while_flashing, absent_probe_costs_nothing,
           idle_probe_costs_nothing, started_without_a_probe, target_lost_and_back_while_the_probe_stays,
           transfers_that_never_end_do_not_keep_the_probe, two_probes_must_be_told_apart, killed_predecessor_leaves_no_trace])

# SPDX-License-Identifier: MIT
"""Several ST-Links in one daemon, and a session with one played back without it:
test_stations.py PROBE_EMU ELF PROBED"""
import os
import re
import subprocess
import sys
import tempfile

from emulator import LIMIT, Program, tool
from daemon import Client, Daemon, run_tests

probe_emu, firmware, probed = sys.argv[1:4]
SCRIPT = ["load", "compare-sections", "monitor reset halt", "break main", "continue", "next", "info registers", "break add",
          "set var command = CALLS", "continue", "backtrace", "finish", "x/4xw 0x60000000", "delete", "detach"]


def port_to(running, name):
    return int(running.read_log(rf"^Listening on \S*:(\d+) for gdb connections to {re.escape(name)}$").group(1))


def gdb(port, *commands):
    """What a real gdb says, without how quick it was."""
    words = ["gdb-multiarch", "-q", "-nx", "-batch", firmware, "-ex", f"target extended-remote :{port}"]
    for command in commands:
        words += ["-ex", command]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, done
    return re.sub("Transfer rate.*", "", done.stdout + done.stderr)


def loop_in_ram(client):
    assert client.ask("?")[:1] == b"T"
    assert client.ask("M20000400,2:fee7") == b"OK" and client.ask("Pf=00040020") == b"OK"


def all_are_taken_and_losing_one_is_its_own_trouble():
    """Serials are told apart from places where both have the same."""
    for probes in ("V2J43,V3", "V2J43,V2J43"):
        with Program(probe_emu, probed, "--gdb", "0", "--telnet", "off", "--probe", "all", stlink=probes) as running:
            names = [running.read_log(r"^probed: (\S+): connected: STM32F10").group(1)]
            names.append(running.read_log(rf"^probed: (?!{re.escape(names[0])}: )(\S+): connected: STM32F10").group(1))
            with Client(port_to(running, names[0])) as one, Client(port_to(running, names[1])) as other:
                loop_in_ram(one)
                loop_in_ram(other)
                running.control("unplug 0")
                answers = {}
                while not any(reply[:1] == b"E" for reply in answers.values()):  # the line is read beside the packets
                    answers = {client: client.ask("m20000400,2") for client in (one, other)}
                gone, stays = (one, other) if answers[one][:1] == b"E" else (other, one)
                lost = names[0] if gone is one else names[1]
                assert answers[stays] == b"fee7", answers
                stays.send("vCont;c")
                stays.send_raw(b"\x03")
                assert stays.receive_stop()[:3] == b"T02"
                assert stays.ask("P0=78563412") == b"OK" and stays.ask("p0") == b"78563412"
                where = len(running.log)
                running.control("plug 1 0")
                assert running.read_log(rf"^probed: {re.escape(lost)}: connected: STM32F10", start=where)
                assert gone.ask("vAttach;1")[:1] == b"T" and gone.ask("m20000400,2") == b"fee7"
            assert running.end() == 0, running.log


def what_is_selected_twice_is_said():
    """Two selectors for one probe: one station has it, the other waits, and says for what."""
    with Program(probe_emu, probed, "--gdb", "0", "--telnet", "off", "--probe", "usb:1-1@place", "--probe", "0483:3748@id",
                 stlink="V2J43") as running:
        assert running.read_log(r"^probed: (place|id): connected: STM32F10")
        assert running.read_log(r"^probed: warning: (place|id): .*uses the probe at usb:1-1"), running.log
        assert running.end() == 0, running.log


def one_that_is_not_there_yet_is_waited_for():
    with Program(probe_emu, probed, "--gdb", "0", "--telnet", "off", "--probe", "usb:1-1@here", "--probe", "usb:1-3@later",
                 stlink="V2J43,V3") as running:
        assert running.read_log(r"^probed: here: connected: STM32F10")
        assert running.read_log(r"^probed: warning: later: no debug probe is --probe usb:1-3"), running.log
        running.control("unplug 1")
        running.control("plug 3 1")
        assert running.read_log(r"^probed: later: connected: STM32F10"), running.log
        assert running.end() == 0, running.log


def a_session_plays_back_without_the_probe():
    for stlink in ("V2J43", "V2J24", "V3"):
        with tempfile.TemporaryDirectory(prefix="probed-replay-") as folder:
            path = os.path.join(folder, "wire.log")
            with Program(probe_emu, probed, "--gdb", "0", "--wire-log", path, "-c", "halt", stlink=stlink) as running:
                first = gdb(int(running.read_log(r"^Listening on \S*:(\d+) for gdb").group(1)), *SCRIPT)
                assert running.end() == 0, running.log
            with Daemon(probed, "--gdb", "0", "--probe", f"replay:{path}", "-c", "halt") as daemon:
                again = gdb(daemon.port, *SCRIPT)
            assert again == first, f"{stlink}:\n{first}\n--- and again:\n{again}\n{daemon.log}"
            assert "Breakpoint 2, add" in first and "depart" not in daemon.log, first + daemon.log


def a_tool_takes_a_driver_by_name():
    text = tool(probe_emu, probed, "list", "--probe", "stlink:", stlink="V2J43,V3")
    assert "usb:1-1" in text and "usb:1-2" in text, text
    text = tool(probe_emu, probed, "info", "--probe", "stlink:usb:1-2", stlink="V2J43,V3")
    assert "STLINK-V3" in text, text


run_tests([all_are_taken_and_losing_one_is_its_own_trouble, what_is_selected_twice_is_said,
           one_that_is_not_there_yet_is_waited_for, a_session_plays_back_without_the_probe, a_tool_takes_a_driver_by_name])

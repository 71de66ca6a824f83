# SPDX-License-Identifier: MIT
"""A chip with two cores: each has a gdb port, and what one gdb does to its core leaves the other alone. cores.py PROBED"""
import re
import socket
import subprocess
import sys
import time

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]
BOARD = ("--sim", "nucleo-wl55,still", "--gdb", "0")
LOOP = "0130" "0860" "fce7"  # adds r0, #1; str r0, [r1]; b to the first
PROGRAMS = {0: 0x20000100, 1: 0x20001000}
COUNTERS = {0: 0x20002000, 1: 0x20003000}
CR4, C2BOOT = 0x5800040C, "00800000"


class Chip(Daemon):
    def __init__(self, *options):
        super().__init__(PROBED, *(options or BOARD), telnet="off")

    def start(self):
        self.ports = [self.port_to(""), self.port_to(" to Cortex-M0+")]
        return self

    def port_to(self, name):
        found = self.read_log(rf"^Listening on \S*:(\d+) for gdb connections{re.escape(name)}\n")
        assert found, f"the daemon ended instead of listening:\n{self.log}"
        return int(found.group(1))

    def client(self, core):
        return Client(self.ports[core])


def word(value):
    return value.to_bytes(4, "little").hex()


def place(client, core):
    """The core stands at the beginning of its program."""
    for register, value in ((0, 0), (1, COUNTERS[core]), (15, PROGRAMS[core]), (16, 0x01000000)):
        assert client.ask(f"P{register:x}={word(value)}") == b"OK", register


def start_second(first):
    """Programs and counters are in RAM; the first core stands, and has let the other one go."""
    first.ask("?")
    for core in PROGRAMS:
        assert first.ask(f"M{PROGRAMS[core]:x},6:{LOOP}") == b"OK"
        assert first.ask(f"M{COUNTERS[core]:x},4:00000000") == b"OK"
    place(first, 0)
    assert first.ask(f"M{CR4:x},4:{C2BOOT}") == b"OK"
    assert first.ask("vCont;s")[:3] == b"T05"


def await_counting(client, core):
    """Whoever reads it, that core runs."""
    seen = client.ask(f"m{COUNTERS[core]:x},4")
    end = time.monotonic() + LIMIT
    while client.ask(f"m{COUNTERS[core]:x},4") == seen:
        assert time.monotonic() < end, f"core {core} does not run"


def pc_of(client):
    return int.from_bytes(bytes.fromhex(client.ask("pf").decode()), "little")


def a_core_that_does_not_run_yet_is_said_and_found_later():
    with Chip() as chip, chip.client(0) as first, chip.client(1) as second:
        assert "another core: Cortex-M0+ behind access port 1, not started yet" in chip.log
        assert second.ask("?") == b"W00"
        chip.says(r"nothing for this gdb: the Cortex-M0\+ does not answer: it waits until the Cortex-M4 starts it")
        assert second.ask("vAttach;1")[:1] == b"E"
        start_second(first)
        assert second.ask("vAttach;1")[:1] == b"T"
        place(second, 1)
        assert second.ask("vCont;s")[:3] == b"T05" and pc_of(second) == PROGRAMS[1] + 2
        assert pc_of(first) == PROGRAMS[0] + 2


def one_steps_while_the_other_runs_or_stands():
    with Chip() as chip, chip.client(0) as first:
        start_second(first)
        with chip.client(1) as second:
            assert second.ask("?")[:1] == b"T"
            place(second, 1)
            first.send("vCont;c")
            for step in (1, 2, 0):
                assert second.ask("vCont;s")[:3] == b"T05" and pc_of(second) == PROGRAMS[1] + 2 * step
            await_counting(second, 0)
            first.send_raw(b"\x03")
            assert first.receive_stop()[:3] == b"T02"
            second.send("vCont;c")
            stands = pc_of(first)
            await_counting(first, 1)
            assert pc_of(first) == stands
            second.send_raw(b"\x03")
            assert second.receive_stop()[:3] == b"T02"


def a_reset_takes_the_second_core_away_until_it_is_started_again():
    with Chip() as chip, chip.client(0) as first:
        start_second(first)
        with chip.client(1) as second:
            second.ask("?")
            place(second, 1)
            second.send("vCont;c")
            first.monitor("reset halt")
            assert second.receive_stop() == b"X09"
            start_second(first)
            assert second.ask("vAttach;1")[:1] == b"T"
            assert second.ask("vRun;")[:1] == b"E", "it would reset the chip, and be gone"


def two_gdbs_stop_at_their_own_breakpoints():
    def gdb(chip, core, architecture):
        commands = ["set architecture " + architecture, f"target extended-remote :{chip.ports[core]}",
                    f"set $pc = {PROGRAMS[core]}", f"set $r1 = {COUNTERS[core]}", "set $r0 = 0", "set $xpsr = 0x01000000",
                    f"break *{PROGRAMS[core] + 4}", "continue", "printf \"first %#x %d\\n\", $pc, $r0", "continue",
                    "printf \"second %#x %d\\n\", $pc, $r0", "stepi", "printf \"stepped %#x %d\\n\", $pc, $r0"]
        words = ["gdb-multiarch", "-q", "-nx", "-batch"]
        for command in commands:
            words += ["-ex", command]
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    with Chip() as chip:
        with chip.client(0) as first:
            start_second(first)
        both = {0: gdb(chip, 0, "armv7e-m"), 1: gdb(chip, 1, "armv6s-m")}
        for core, process in both.items():
            said = process.communicate(timeout=LIMIT)[0]
            start = PROGRAMS[core]
            for line in (f"first {start + 4:#x} 1\n", f"second {start + 4:#x} 2\n", f"stepped {start:#x} 2\n"):
                assert line in said, said


class Tcl:
    """A script of the TCL port."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), LIMIT)

    def ask(self, command):
        self.socket.sendall(command.encode() + b"\x1a")
        answer = b""
        while not answer.endswith(b"\x1a"):
            more = self.socket.recv(4096)
            assert more, answer
            answer += more
        return answer[:-1].decode()


def rows(text):
    """core -> (selected, name, state) of `targets`"""
    found = re.findall(r"^ (\d)([* ]) (\S+) +cortex_m +little \S+ +(\w+)$", text, re.MULTILINE)
    return {int(core): (mark == "*", name, state) for core, mark, name, state in found}


def targets_lists_the_cores_and_picks_one():
    with Chip(*BOARD, "--tcl", "0") as chip, chip.client(0) as first:
        tcl = Tcl(chip.port_of("tcl"))
        start_second(first)
        with chip.client(1) as second:
            second.ask("?")
            place(second, 1)
            second.send("vCont;c")
            await_counting(first, 1)
            assert rows(first.monitor("targets")) == {0: (True, "stm32wlx.cpu", "halted"), 1: (False, "stm32wlx.cpu1", "running")}
            assert first.monitor("stm32wlx.cpu1 curstate").strip() == "running"
            assert first.monitor("curstate").strip() == "halted", "for that command alone"
            said = first.ask_text("targets stm32wlx.cpu1")[1]
            assert "this gdb debugs stm32wlx.cpu; the other core has a gdb port of its own" in said, said
            assert first.monitor("targets stm32wlx.cpu0") == ""
            assert "no target 'stm32wlx.cpu2'" in first.ask_text("targets stm32wlx.cpu2")[1]
            assert tcl.ask("curstate").strip() == "halted"
            tcl.ask("targets stm32wlx.cpu1")
            assert tcl.ask("curstate").strip() == "running"
            assert rows(tcl.ask("targets"))[1] == (True, "stm32wlx.cpu1", "running")
            tcl.ask("halt")
            assert second.receive_stop()[:1] == b"T"
            assert rows(second.monitor("targets"))[1] == (True, "stm32wlx.cpu1", "halted")
            tcl.ask("targets stm32wlx.cpu")
            assert tcl.ask("target current").strip() == "stm32wlx.cpu"


def flash_is_the_first_cores_whoever_asks():
    with Chip() as chip, chip.client(0) as first:
        first.ask("?")
        with chip.client(1) as second:
            second.monitor("flash fillw 0x08008000 0x12345678 2")  # that core does not run yet
        assert first.ask("m08008000,8") == b"7856341278563412"
        start_second(first)
        with chip.client(1) as second:
            second.ask("?")
            place(second, 1)
            second.monitor("flash fillw 0x08010000 0x12345678 2")
            assert second.ask("m08010000,8") == first.ask("m08010000,8") == b"7856341278563412"
            assert pc_of(second) == PROGRAMS[1], "its registers are its own"


def a_reset_that_nobody_waits_for_leaves_the_first_core_running():
    """It resets the chip by itself, while a gdb waits for the other core alone."""
    with Chip() as chip, chip.client(0) as hands:
        with chip.client(0) as first:
            start_second(first)
            first.ask(f"M{PROGRAMS[0]:x},8:" + "0138" "fdd1" "1a60" "fee7")  # counts r0 down; *r3 = r2; stays
            for register, value in ((0, 200000), (2, 0x05FA0004), (3, 0xE000ED0C), (15, PROGRAMS[0])):
                assert first.ask(f"P{register:x}={word(value)}") == b"OK"
            with chip.client(1) as second:
                second.ask("?")
                place(second, 1)
                assert first.ask("D") == b"OK"
                second.send("vCont;c")
                assert second.receive_stop() == b"X09"
                assert rows(hands.monitor("targets"))[0][2] == "running"


class Named(Chip):
    def start(self):
        self.ports = [self.port_to(" to b"), self.port_to(" to b, Cortex-M0+")]
        return self


def a_port_of_a_second_core_bears_its_stations_name():
    with Named("--probe", "sim:bluepill,still@a", "--probe", "sim:nucleo-wl55,still@b", "--gdb", "0") as chip:
        with chip.client(0) as first:
            start_second(first)
        with chip.client(1) as second:
            assert second.ask("?")[:1] == b"T"


run_tests([targets_lists_the_cores_and_picks_one, flash_is_the_first_cores_whoever_asks,
           a_reset_that_nobody_waits_for_leaves_the_first_core_running, a_core_that_does_not_run_yet_is_said_and_found_later, one_steps_while_the_other_runs_or_stands,
           a_reset_takes_the_second_core_away_until_it_is_started_again, two_gdbs_stop_at_their_own_breakpoints,
           a_port_of_a_second_core_bears_its_stations_name])

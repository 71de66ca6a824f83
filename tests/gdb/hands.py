# SPDX-License-Identifier: MIT
"""Hands on the bench, and corners that nothing else reaches: boot pin, serial port, Unix socket, --once.

hands.py PROBED"""
import os
import re
import socket
import struct
import sys
import tempfile

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]
SYSTEM_MEMORY = range(0x1FFFF000, 0x1FFFF800)


def board(*options):
    return Daemon(PROBED, "--sim", "bluepill", "--gdb", "0", *options)


def word(reply):
    return int.from_bytes(bytes.fromhex(reply.decode()), "little")


def a_run_that_is_misled_says_so():
    """On gdb's console, which takes text once it resumes; the program may run all the same."""
    with board() as daemon, Client(daemon.port) as c:
        c.ask("!")
        c.ask("?")
        assert c.ask("vFlashErase:08000000,00000400") == b"OK"
        assert c.ask(b"vFlashWrite:08000000:" + struct.pack("<II", 0x20010000, 0x08000009) + b"\xfe\xe7") == b"OK"
        assert c.ask("vFlashDone") == b"OK"
        for action in ("c", "s", "c"):
            assert c.ask("vRun;")[:1] == b"T"
            c.send("vCont;" + action)
            if action == "c":
                c.send_raw(b"\x03")
            assert c.receive_stop()[:1] == b"T"
            assert c.console.count("the stack begins at 0x20010000, but RAM ends at 0x20004fff") == 1, c.console
        c.send("vCont;s")
        assert c.receive_stop()[:1] == b"T" and not c.console, c.console


def a_kill_of_what_is_gone_is_a_kill():
    """gdb's `attach 1` kills first; a target that was away since it last looked has no program to be kept from."""
    for word, repair in (("power off", "power on"), ("power off", None), ("unplug", "plug"), ("nrst press", "nrst release")):
        with board() as daemon, Client(daemon.port) as c, Client(daemon.port) as hands:
            c.ask("!")
            c.ask("?")
            hands.monitor("sim " + word)
            if repair:
                hands.monitor("sim " + repair)
            assert c.ask("vKill;1") == b"OK", (word, repair)
            if not repair:
                hands.monitor("sim power on")
            assert c.ask("vAttach;1")[:1] == b"T", (word, repair)


def boot0_starts_the_system_memory():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.monitor("sim boot0 1")
        c.monitor("reset halt")
        assert word(c.ask("pf")) in SYSTEM_MEMORY, hex(word(c.ask("pf")))
        c.monitor("sim boot0 0")
        c.monitor("reset halt")
        assert word(c.ask("pf")) not in SYSTEM_MEMORY


def serial_port_is_readable():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert c.ask("M40021018,4:00400000") == b"OK"  # RCC_APB2ENR: USART1EN
        assert c.ask("M40013808,4:45000000") == b"OK"  # USART1_BRR: 115200 at 8 MHz
        assert c.ask("M4001380c,4:0c200000") == b"OK"  # CR1: UE, TE, RE
        for letter in b"hi":
            assert c.ask("M40013804,4:%02x000000" % letter) == b"OK"
            c.monitor("sleep 20")
        assert "hi" in c.monitor("sim uart")


def answers_are_measured():
    """status and its like ask the chip: what hands did since the last look is in the answer."""
    with board() as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
        c.ask("?")
        assert re.search("core: halted, pc: 0xfffffffe$", c.monitor("status"), re.M)
        other.monitor("sim power off")
        text = c.monitor("status")
        assert re.search("^lost meanwhile: .*no target answers", text, re.M), text
        assert re.search("^not connected: no chip answers.*VTref reads 0.00 V", text, re.M) and "core:" not in text, text
        other.monitor("sim power on")
        text = c.monitor("status")
        assert re.search("^core: running, locked up: the vectors at 0x08000000 read 0xffffffff", text, re.M), text
        c.monitor("halt")
        for press, state, word in (("press", "held in reset", "reset"), ("release", "halted", "halted")):
            other.monitor(f"sim nrst {press}")
            assert re.search(f"^core: ({state})", c.monitor("status"), re.M)
            assert re.fullmatch(word, c.monitor("curstate").strip())
            assert re.search(f" ({word})$", c.monitor("targets").strip())
        other.monitor("sim unplug")
        text = c.monitor("status")
        assert text.startswith("not connected: the simulated probe is unplugged\n") and "probe:" not in text, text
        other.monitor("sim plug")
        assert re.search("^core: ", c.monitor("status"), re.M)


def a_power_cycle_between_two_looks_is_told():
    with board() as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
        c.ask("?")
        other.monitor("sim power off")
        other.monitor("sim power on")
        text = c.monitor("status")
        assert re.search("^lost meanwhile: .*lost power", text, re.M) and re.search("^core: running", text, re.M), text


def a_poll_of_a_halted_core_looks():
    with board() as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
        c.ask("?")
        assert "halted due to" in c.monitor("poll")
        other.monitor("sim power off")
        text = "".join(c.ask_text("poll"))
        assert "no target answers" in text and "halted" not in text, text


def protection_is_measured():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert "readout protected" not in c.monitor("status")
        c.monitor("stm32f1x lock 0")
        assert "readout protected" not in c.monitor("status"), "in force with the next reset"
        assert "the flash is read-protected: with a debugger connected" in c.monitor("reset halt")
        text = c.monitor("status")
        assert "readout protected" in text and "warning: the flash is read-protected" in text, text
        c.send("vCont;c")
        assert c.receive_stop().startswith(b"T0b")
        assert "read-protected" in c.console and "bus error" not in c.console, c.console
        assert "erases the whole flash" in c.monitor("stm32f1x unlock 0")
        for command in ("flash erase_sector 0 0 1", "flash fillw 0x08000000 0x12345678 1"):
            text = "".join(c.ask_text(command))
            assert "unlocked already" in text and "switched off and on" in text and "unlock 0" not in text, text
        for command in ("stm32f1x unlock 0", "status", "flash probe 0", "reset halt"):
            text = c.monitor(command)
            assert "unlocked already" in text and "erases" not in text, text
        c.monitor("sim power off")
        c.monitor("sim power on")
        assert "protected" not in c.monitor("status")
        c.monitor("stm32f1x lock 0")
        c.monitor("reset halt")
        assert "unlocked already" not in c.monitor("status"), "locked anew"


def a_reset_that_runs_nothing_says_so():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert re.match("the program stopped at once: the vectors at 0x08000000 read 0xffffffff", c.monitor("reset run"))
        c.monitor("resume")
        assert "locked up: the vectors" in c.monitor("status")
        c.monitor("sim fault +sleep")
        assert c.monitor("reset run") == ""


def what_a_core_says_before_a_load_is_not_said_after():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert "flash is empty" in c.monitor("status")
        assert c.ask("vFlashErase:08000000,00000400") == b"OK"
        assert c.ask(b"vFlashWrite:8000000:" + bytes.fromhex("00500020 09000008 fee7")) == b"OK"
        assert c.ask("vFlashDone") == b"OK"
        for command in ("halt", "status"):
            text = c.monitor(command)
            assert "stood before the flash was programmed" in text and "empty" not in text, text
        assert "programmed" not in c.monitor("reset halt")


def range_step_ends_where_a_branch_leaves_the_range():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        # 400: nop, nop, b 0x20000420, nop
        assert c.ask("M20000400,8:00bf00bf0ce000bf") == b"OK"
        assert c.ask("M20000420,4:00bf00bf") == b"OK"
        assert c.ask("Pf=00040020") == b"OK"
        assert c.ask("vCont;r20000400,20000408:1;c").startswith(b"T05")
        assert word(c.ask("pf")) == 0x20000420, hex(word(c.ask("pf")))


def browser_at_a_unix_socket_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gdb")
        daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", f"unix:{path}")
        assert daemon.read_log(r"^Listening on unix:.* for gdb connections\n")
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            s.settimeout(LIMIT)
            s.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n$qC#b4")
            try:
                answered = s.recv(100)
            except ConnectionResetError:
                answered = b""
            assert answered == b"", answered
        assert daemon.end() == 0


def log_that_nobody_reads_stops_nothing():
    daemon = board("--log", "debug").start()
    for _ in range(1500):  # each is two lines in a pipe of 64 KiB
        with Client(daemon.port, no_ack=False) as c:
            assert c.ask("qC") == b"QC1"
    with Client(daemon.port) as c:
        assert c.ask("?")[:1] == b"T"
    assert daemon.end() == 0
    assert 100 < daemon.log.count("a gdb connected") < 1500, "the pipe was not full"


def once_waits_for_the_last_of_several():
    daemon = board("--once").start()
    first, second = Client(daemon.port), Client(daemon.port)
    first.ask("?")
    first.close()
    assert second.ask("qAttached") == b"1", "one is still here"
    second.close()
    assert daemon.process.wait(LIMIT) == 0


run_tests([answers_are_measured, a_power_cycle_between_two_looks_is_told, a_poll_of_a_halted_core_looks,
           protection_is_measured, a_reset_that_runs_nothing_says_so, a_run_that_is_misled_says_so, a_kill_of_what_is_gone_is_a_kill,
           what_a_core_says_before_a_load_is_not_said_after,
           boot0_starts_the_system_memory, serial_port_is_readable,
           range_step_ends_where_a_branch_leaves_the_range, browser_at_a_unix_socket_is_refused,
           log_that_nobody_reads_stops_nothing, once_waits_for_the_last_of_several])

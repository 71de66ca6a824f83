# SPDX-License-Identifier: MIT
"""A session that was recorded with --wire-log plays back without a board, and says where another one departs from it.

replay.py PROBED FIRMWARE.elf"""
import os
import re
import subprocess
import sys
import tempfile
import time

from daemon import LIMIT, Client, Daemon, run_tests

PROBED, FIRMWARE = sys.argv[1:3]
SCRIPT = ["load", "monitor reset halt", "break main", "continue", "next", "info registers", "break add",
          "set var command = CALLS", "continue", "backtrace", "finish", "x/4xw 0x20004ff8", "x/4xw 0x60000000", "watch ticks",
          "set var command = TICKS", "continue", "delete", "monitor reg", "monitor stm32f1x options_read 0", "detach"]


class Record:
    """A daemon that records, or one that plays it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="probed-replay-")
        self.path = os.path.join(self.folder.name, "wire.log")

    def record(self, *options, board="bluepill"):
        return Daemon(PROBED, "--sim", board, "--gdb", "0", "--wire-log", self.path, *options)

    def play(self, *options):
        return Daemon(PROBED, "--probe", f"replay:{self.path}", "--gdb", "0", *options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def gdb(daemon, *commands):
    """What a real gdb says, without how quick it was."""
    words = ["gdb-multiarch", "-q", "-nx", "-batch", FIRMWARE, "-ex", f"target extended-remote :{daemon.port}"]
    for command in commands:
        words += ["-ex", command]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, done
    return re.sub("Transfer rate.*", "", done.stdout + done.stderr)


def what_gdb_saw_once_it_sees_again():
    for board in ("bluepill,still", "bluepill", "bluepill,realtime", "bluepill,vtref=2.5,noise=2000"):
        with Record() as record:
            with record.record("-c", "halt", board=board) as daemon:
                first = gdb(daemon, *SCRIPT)
            assert "Hardware watchpoint" in first and "Cannot access memory at address 0x60000000" in first, first
            with record.play("-c", "halt") as daemon:
                again = gdb(daemon, *SCRIPT)
            assert again == first, f"{board}:\n{first}\n--- and again:\n{again}\n{daemon.log}"
            assert "depart" not in daemon.log and "ends here" not in daemon.log, daemon.log


def run_and_interrupt(client, seconds):
    """A core that runs for so long as it is looked at."""
    client.ask("?")
    assert client.ask("M20000400,2:fee7") == b"OK"
    assert client.ask("Pf=00040020") == b"OK"
    client.send("vCont;c")
    time.sleep(seconds)  # no event: the length of a run is what differs
    client.send_raw(b"\x03")
    return client.receive_stop(), client.ask("m20000400,8")


def how_often_it_was_looked_at_does_not_matter():
    for recorded, played in ((0.3, 0), (0, 0.3)):
        with Record() as record:
            with record.record() as daemon, Client(daemon.port) as client:
                first = run_and_interrupt(client, recorded)
                assert first[0][:3] == b"T02", first
            with record.play() as daemon, Client(daemon.port) as client:
                again = run_and_interrupt(client, played)
            assert again == first, (first, again, daemon.log)


def a_read_that_fails_in_the_middle_delivers_the_same():
    with Record() as record:
        with record.record() as daemon, Client(daemon.port) as client:
            client.ask("?")
            first = client.ask("m20004ff0,40")
            assert len(first) == 32, first
        with record.play() as daemon, Client(daemon.port) as client:
            client.ask("?")
            assert client.ask("m20004ff0,40") == first, daemon.log


def a_reset_behind_ones_back_is_seen_again():
    def session(daemon):
        with Client(daemon.port) as client:
            client.ask("?")
            assert client.ask("M20000400,2:fee7") == b"OK" and client.ask("Pf=00040020") == b"OK"
            said = client.monitor("sim nrst press") + client.monitor("sim nrst release") + client.monitor("sim pin")
            return said, client.ask("g"), client.ask("m20000400,4")

    with Record() as record:
        with record.record() as daemon:
            first = session(daemon)
            assert first[2][:1] == b"E", "memory of before the reset"
        assert "reset button pressed" in first[0], first
        with record.play() as daemon:
            assert session(daemon) == first, daemon.log


def what_was_not_done_to_the_board_cannot_be_done_to_its_record():
    with Record() as record:
        with record.record() as daemon, Client(daemon.port) as client:
            client.ask("?")
            client.monitor("sim pin PA0 1")
            first = client.ask("m20000400,4")
        with record.play() as daemon, Client(daemon.port) as client:
            client.ask("?")
            final = client.ask_text("sim power off")[1]
            assert "this is a record" in final, final
            client.monitor("sim pin PA0 1")  # it has not departed from it
            assert client.ask("m20000400,4") == first, daemon.log


def another_session_is_told_where_it_departs():
    with Record() as record:
        with record.record() as daemon, Client(daemon.port) as client:
            client.ask("?")
            client.ask("m20000400,4")
        with record.play() as daemon, Client(daemon.port) as client:
            client.ask("?")
            said = client.ask("M20000400,4:01020304").decode()
            found = re.search(rf"{record.path}:(\d+): here the session departs from the record: recorded was \"read ap0 \S+ "
                              r"20000400 \d+\", asked is \"write ap0 4 20000400 1 01020304\"", said)
            assert found, said
            with open(record.path) as log:
                line = log.read().splitlines()[int(found.group(1)) - 1]
            assert " read ap0 " in line and "20000400" in line, line
            assert daemon.read_log("here the session departs from the record"), daemon.log
            assert "trying again" not in daemon.log, daemon.log


def the_end_of_a_record_is_told():
    with Record() as record:
        with record.record() as daemon:
            pass
        with open(record.path) as log:
            lines = log.read().splitlines(keepends=True)
        with open(record.path, "w") as log:
            log.writelines(lines[:len(lines) // 2])
        with record.play() as daemon:
            assert re.search(rf"{record.path}: the record ends here; asked is \"", daemon.log), daemon.log
            assert "trying again" not in daemon.log, daemon.log


def other_options_than_recorded_are_told():
    with Record() as record:
        with record.record("--speed", "1000"):
            pass
        with record.play() as daemon:
            assert 'recorded was "speed 1000", asked is "connect normal" (the same options' in daemon.log, daemon.log


def tools_play_back_too():
    with Record() as record:
        for words in (["info"], ["info", "--json"], ["read", "0x1ffff000", "16", "-"]):
            first, again = (subprocess.run([PROBED, *words, *more], capture_output=True, timeout=LIMIT)
                            for more in (["--sim", "bluepill,still", "--wire-log", record.path],
                                         ["--probe", f"replay:{record.path}"]))
            assert first.returncode == again.returncode == 0, (words, first, again)
            facts = [re.sub(rb"(?m)^.*(SIM0|sim:0|replay:0|imulated Blue Pill|\"serial\").*\n", b"", done.stdout)
                     for done in (first, again)]
            assert facts[0] == facts[1] and len(facts[0]) > 15, (words, first, again)
        with open(record.path) as log:
            before = log.read()
        for words in (["info"], ["--gdb", "0", "--telnet", "off"]):
            folder, name = os.path.split(record.path)
            lost = subprocess.run([PROBED, *words, "--probe", f"replay:{record.path}", "--wire-log", f"{folder}/./{name}"],
                                  capture_output=True, text=True, timeout=LIMIT)
            assert lost.returncode == 1 and "that is the record being replayed" in lost.stderr, lost
        with open(record.path) as log:
            assert log.read() == before
        recorded = subprocess.run([PROBED, "info", "--probe", f"replay:{record.path}"], capture_output=True, text=True,
                                  timeout=LIMIT)
        assert "recorded: " in recorded.stdout and "\\n" not in recorded.stdout, recorded
        more = subprocess.run([PROBED, "read", "--probe", f"replay:{record.path}", "0x20000000", "16", "-"], capture_output=True,
                              text=True, timeout=LIMIT)
        assert more.returncode == 3 and "the session departs from the record" in more.stderr, more
        assert "plug" not in more.stderr and "try: the command and the options with which it was recorded" in more.stderr, more
        missing = subprocess.run([PROBED, "info", "--probe", "replay:/not/there"], capture_output=True, text=True, timeout=LIMIT)
        assert missing.returncode == 1 and "/not/there cannot be read: No such file" in missing.stderr, missing


def what_is_no_record_is_not_waited_for():
    for path, said in (("/not/there", "/not/there cannot be read: No such file"), (FIRMWARE, "does not begin as a wire log")):
        done = subprocess.run([PROBED, "--probe", f"replay:{path}", "--gdb", "0", "--telnet", "off"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=LIMIT)
        assert done.returncode == 1 and said in done.stderr and "Listening" not in done.stderr, done


run_tests([what_gdb_saw_once_it_sees_again, how_often_it_was_looked_at_does_not_matter,
           what_was_not_done_to_the_board_cannot_be_done_to_its_record, a_read_that_fails_in_the_middle_delivers_the_same, a_reset_behind_ones_back_is_seen_again,
           another_session_is_told_where_it_departs, the_end_of_a_record_is_told, other_options_than_recorded_are_told,
           tools_play_back_too, what_is_no_record_is_not_waited_for])

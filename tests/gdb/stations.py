# SPDX-License-Identifier: MIT
"""Several boards in one daemon: each with its own ports, and what befalls one leaves the others alone.

stations.py PROBED FIRMWARE.elf"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

from daemon import LIMIT, Client, Daemon, run_tests
from ports import free_ports

PROBED, FIRMWARE = sys.argv[1:3]
BOARD_KIB = 1024 + 84
TWO = ("--probe", "sim:bluepill,still@left", "--probe", "sim:bluepill,still@right")


class Stations(Daemon):
    """Started with several --probe; ports are known by the stations' names."""

    def __init__(self, *options, names=("left", "right"), **more):
        super().__init__(PROBED, *options, **{"telnet": "off", **more})
        self.names = names

    def start(self):
        for name in self.names:
            self.port_to(name)
        return self

    def port_to(self, name, service="gdb"):
        """Waits for it."""
        found = self.read_log(rf"^Listening on \S*:(\d+) for {service} connections to {re.escape(name)}\n")
        assert found, f"the daemon ended instead of listening:\n{self.log}"
        return int(found.group(1))

    def client(self, name):
        return Client(self.port_to(name))


def loop_in_ram(client):
    """The core stands at an endless loop."""
    client.ask("?")
    assert client.ask("M20000400,2:fee7") == b"OK"
    assert client.ask("Pf=00040020") == b"OK"


def gdb(daemon, name, *commands):
    """A real gdb on a station, with the program loaded; what it prints, once awaited."""
    words = ["gdb-multiarch", "-q", "-nx", "-batch", FIRMWARE, "-ex", f"target extended-remote :{daemon.port_to(name)}",
             "-ex", "load", "-ex", "monitor reset halt", "-ex", "break main", "-ex", "continue"]
    for command in commands:
        words += ["-ex", command]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def two_gdbs_debug_two_boards_at_once():
    with Stations(*TWO, "--gdb", "0") as daemon:
        both = {name: gdb(daemon, name, f"set var words[0] = {value}", "break add", "set var command = CALLS", "continue",
                          "printf \"words %#x\\n\", words[0]")
                for name, value in (("left", "0x11"), ("right", "0x22"))}
        said = {name: process.communicate(timeout=LIMIT)[0] for name, process in both.items()}
        for name, value in (("left", "0x11"), ("right", "0x22")):
            assert both[name].returncode == 0 and f"words {value}\n" in said[name], said[name]
            assert re.search(r"^Breakpoint 2, add ", said[name], re.MULTILINE), said[name]


def each_has_memory_and_a_core_of_its_own():
    with Stations(*TWO, "--gdb", "0") as daemon, daemon.client("left") as left, daemon.client("right") as right:
        loop_in_ram(left)
        assert left.ask("M20000000,4:11121314") == b"OK"
        left.send("vCont;c")
        right.ask("?")
        assert right.ask("M20000000,4:01020304") == b"OK" and right.ask("m20000000,4") == b"01020304"
        left.send_raw(b"\x03")
        assert left.receive_stop()[:3] == b"T02"
        assert left.ask("m20000000,4") == b"11121314"


def what_befalls_one_probe_leaves_the_other_alone():
    with Stations(*TWO, "--gdb", "0") as daemon, daemon.client("left") as left, daemon.client("right") as right:
        loop_in_ram(left)
        loop_in_ram(right)
        right.send("vCont;c")
        left.monitor("sim unplug")
        assert left.ask("m20000000,4")[:1] == b"E"
        assert daemon.read_log(r"left: .*unplugged")
        right.send_raw(b"\x03")
        assert right.receive_stop()[:3] == b"T02"
        assert right.ask("P0=78563412") == b"OK" and right.ask("p0") == b"78563412"
        assert left.ask("vAttach;1")[:1] == b"E"
        left.monitor("sim plug")
        assert left.ask("vAttach;1")[:1] == b"T" and left.ask("m20000400,2") == b"fee7"
        assert not re.search(r"(warning|error): right: ", daemon.log), daemon.log


def one_without_a_target_waits_for_it_beside_one_that_works():
    with Stations("--probe", "sim:bluepill,still,noack@left", "--probe", "sim:bluepill,still@right", "--gdb", "0") as daemon, \
            daemon.client("left") as left, daemon.client("right") as right:
        assert left.ask("?") == b"W00" and right.ask("?")[:1] == b"T"
        assert "left: no chip answers" in daemon.log, daemon.log
        left.monitor("sim fault -noack")
        assert daemon.read_log(r"left: connected: ")


def a_shutdown_ends_its_board_and_the_last_one_the_daemon():
    daemon = Stations(*TWO, "--gdb", "0").start()
    with daemon.client("left") as left, daemon.client("right") as right:
        left.ask_text("shutdown")
        assert left.closed()
        right.ask("?")
        assert right.ask("M20000000,4:01020304") == b"OK" and right.ask("m20000000,4") == b"01020304"
        right.ask_text("shutdown 5")
        assert right.closed()
    daemon.read_log(r"(?!)")
    assert daemon.process.wait(LIMIT) == 5, daemon.log
    assert daemon.log.count("a command ends the station") == 2, daemon.log


def commands_run_on_each():
    daemon = Stations(*TWO, "--gdb", "off", "-c", "halt", "-c", "mww 0x20000000 0x1234", "-c", "mdw 0x20000000", "-c", "shutdown")
    daemon.read_log(r"(?!)")
    assert daemon.process.wait(LIMIT) == 0, daemon.log
    for name in ("left", "right"):
        assert re.search(rf"^probed: {name}: .*20000000: 00001234", daemon.log, re.MULTILINE), daemon.log


def a_wrong_command_shows_in_the_exit_code_whoever_is_last():
    daemon = Stations("--probe", "sim:bluepill,still@left", "--probe", "sim:bluepill,still@right", "--gdb", "off", "-c",
                      "WRONG", "-c", "shutdown")
    daemon.read_log(r"(?!)")
    assert daemon.process.wait(LIMIT) == 1 and daemon.log.count("-c WRONG: ") == 2, daemon.log


def once_is_over_when_no_board_has_a_gdb():
    daemon = Stations(*TWO, "--gdb", "0", "--once").start()
    left, right = daemon.client("left"), daemon.client("right")
    left.close()
    right.ask("?")
    assert right.ask("qAttached") == b"1"
    right.close()
    daemon.read_log(r"(?!)")
    assert daemon.process.wait(LIMIT) == 0


def ports_are_counted_from_the_first():
    first = free_ports(4)
    with Stations(*TWO, "--gdb", str(first), telnet=str(first + 2)) as daemon:
        assert [daemon.port_to(name) for name in daemon.names] == [first, first + 1], daemon.log
        assert [daemon.port_to(name, "telnet") for name in daemon.names] == [first + 2, first + 3], daemon.log


def a_port_that_is_taken_ends_the_daemon():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        daemon = Stations(*TWO, "--gdb", "0", "--gdb", str(port))
        daemon.read_log(r"(?!)")
        assert daemon.process.wait(LIMIT) == 1 and re.search(rf"error: right: .*:{port} is in use", daemon.log), daemon.log


def places_of_our_own_that_collide_are_refused_before_anything_is_opened():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])  # taken by another program: nobody shall get so far as to notice
        for words, said in (
                (["--sim", "bluepill", "--gdb", port, "--telnet", port], f"--gdb and --telnet would both be 127.0.0.1:{port}"),
                ([*TWO, "--gdb", port, "--gdb", port], f"--gdb of left and --gdb of right would both be 127.0.0.1:{port}"),
                (["--sim", "bluepill", "--gdb", port, "--gdb", port], "--gdb 2 times: one for each probe, and there is 1")):
            done = subprocess.run([PROBED, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
            assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and said in done.stderr, (words, done)


def sockets_and_wire_logs_are_named_after_the_boards():
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(PROBED, *TWO, "--gdb", f"unix:{folder}/{{serial}}.sock", "--wire-log", f"{folder}/{{serial}}.log")
        for name in ("left", "right"):
            assert daemon.read_log(rf"^Listening on unix:{folder}/{name}.sock for gdb connections to {name}\n")
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(f"{folder}/{name}.sock")
                client.sendall(b"$qC#b4")
                assert client.recv(1) == b"+"
        assert daemon.end() == 0, daemon.log
        for name in ("left", "right"):
            with open(f"{folder}/{name}.log") as log:
                assert log.readline().startswith("# probed wire log") and "connect normal" in log.read()
        assert sorted(os.listdir(folder)) == ["left.log", "right.log"]


def signals_end_all_of_them():
    daemon = Stations(*TWO, "--gdb", "0").start()
    with daemon.client("left") as left, daemon.client("right") as right:
        for client in (left, right):
            loop_in_ram(client)
            client.send("vCont;c")
        assert daemon.end(signal.SIGINT) == 0, daemon.log


def who_serves_one_board_takes_one_probe():
    for words in (["debug", *TWO, FIRMWARE], [*TWO, "--as", "openocd"], ["--probe", "all", "--as", "st-util"],
                  [*TWO, "--gdb", "pipe"]):
        done = subprocess.run([PROBED, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "one" in done.stderr, (words, done)


def tools_take_a_board_in_words():
    done = subprocess.run([PROBED, "info", "--probe", "sim:bluepill,vtref=2.5@left", "--json"], capture_output=True, text=True,
                          timeout=LIMIT)
    assert done.returncode == 0 and json.loads(done.stdout)["probe"]["vtref_mv"] == 2500, done
    done = subprocess.run([PROBED, "list", *TWO, "--json"], capture_output=True, text=True, timeout=LIMIT)
    assert [probe["serial"] for probe in json.loads(done.stdout)["probes"]] == ["SIM0", "SIM1"], done
    for words in (TWO, ("--probe", "sim:bluepill", "--probe", "sim:bluepill,noack@x")):
        done = subprocess.run([PROBED, "read", *words, "0x08000000", "4", "-"], capture_output=True, text=True, timeout=LIMIT)
        assert done.returncode == 2 and done.stderr.endswith(f"say which: --probe {words[1]} or --probe {words[3]}\n"), done
        done = subprocess.run([PROBED, "list", *words], capture_output=True, text=True, timeout=LIMIT)
        assert done.returncode == 0 and "says which" not in done.stderr, done
    done = subprocess.run([PROBED, "info", "--probe", "sim:redpill"], capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 2 and "bluepill" in done.stderr, done


def resident_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def twenty_boards_are_served_and_small():
    """The chip's own memory is 84 KiB of it."""
    names = [f"b{number}" for number in range(20)]
    words = [word for name in names for word in ("--probe", f"sim:bluepill,still@{name}")]
    with Stations(*words, "--gdb", "0", "-c", "halt", names=names) as daemon:
        clients = [daemon.client(name) for name in names]
        for number, client in enumerate(clients):
            assert client.ask("?")[:1] == b"T"
            assert client.ask(f"P0={number:02x}000000") == b"OK"
        for number, client in enumerate(clients):
            assert client.ask("p0") == b"%02x000000" % number
        many = resident_kib(daemon)
        for client in clients:
            client.close()
    with Stations(*words[:4], "--gdb", "0", "-c", "halt", names=names[:2]) as daemon:
        each = (many - resident_kib(daemon)) / 18
    assert each < BOARD_KIB, f"{each:.0f} KiB a board"


run_tests([two_gdbs_debug_two_boards_at_once, each_has_memory_and_a_core_of_its_own,
           what_befalls_one_probe_leaves_the_other_alone, one_without_a_target_waits_for_it_beside_one_that_works,
           a_shutdown_ends_its_board_and_the_last_one_the_daemon, commands_run_on_each,
           a_wrong_command_shows_in_the_exit_code_whoever_is_last, once_is_over_when_no_board_has_a_gdb,
           ports_are_counted_from_the_first, places_of_our_own_that_collide_are_refused_before_anything_is_opened, a_port_that_is_taken_ends_the_daemon,
           sockets_and_wire_logs_are_named_after_the_boards, signals_end_all_of_them, who_serves_one_board_takes_one_probe,
           tools_take_a_board_in_words, twenty_boards_are_served_and_small])

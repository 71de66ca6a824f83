# SPDX-License-Identifier: MIT
"""What a program, the name of a file or of a place sends to a terminal: nothing is executed there.

terminals.py PROBED"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]
CODE, TEXT = 0x20000400, 0x20000500

# Writes the text that r1 points to, byte by byte (SYS_WRITEC) or at once (SYS_WRITE0), then stops.
BY_BYTE = bytes.fromhex("0a78" "002a" "03d0" "0320" "abbe" "0131" "f8e7" "00be")
AT_ONCE = bytes.fromhex("0420" "abbe" "00be")

HOSTILE = "1 %\r\x1b[31mred\x1b[0m caf\u00e9 \x1b[2J\x1b]0;title\a \u009b2J \U0001f600\n".encode()
ON_GDB = "1 %\r\x1b[31mred\x1b[0m caf\u00e9 \\x1b[2J\\x1b]0;title\a \\x9b2J \U0001f600\n"
ELSEWHERE = "1 %\\r\\x1b[31mred\\x1b[0m caf\u00e9 \\x1b[2J\\x1b]0;title\\x07 \\x9b2J \U0001f600"


def words(address, data):
    """Monitor commands that write the bytes."""
    data += bytes(-len(data) % 4)
    return [f"mww {address + at:#x} {int.from_bytes(data[at:at + 4], 'little'):#x}" for at in range(0, len(data), 4)]


def program(code, text):
    return ["halt", *words(CODE, code), *words(TEXT, text + b"\0"), f"reg r1 {TEXT:#x}", f"reg pc {CODE:#x}"]


def prepare(client, code, text):
    client.ask("?")
    for line in program(code, text):
        client.monitor(line)


def console_of(client, code, text):
    """What gdb's console gets while the program runs."""
    prepare(client, code, text)
    client.send("vCont;c")
    assert client.receive_stop().startswith(b"T05")
    return client.console.partition("BKPT 0x00 in the program")[0]


def gdb_gets_colours_but_no_escapes():
    with Daemon(PROBED, "--sim", "--gdb", "0") as daemon, Client(daemon.port) as c:
        for code in (AT_ONCE, BY_BYTE):
            assert console_of(c, code, HOSTILE) == ON_GDB, repr(c.console)


def what_was_begun_comes_when_the_program_stops():
    with Daemon(PROBED, "--sim", "--gdb", "0") as daemon, Client(daemon.port) as c:
        for code in (AT_ONCE, BY_BYTE):
            assert console_of(c, code, b"end\x1b[1") == "end\\x1b[1", repr(c.console)
            assert console_of(c, code, b"next") == "next"


def escapes_are_passed_on_when_asked_for():
    with Daemon(PROBED, "--sim", "--gdb", "0") as daemon, Client(daemon.port) as c:
        assert "shown" in c.monitor("console_escapes")
        c.monitor("console_escapes on")
        for code in (AT_ONCE, BY_BYTE):
            assert console_of(c, code, HOSTILE).encode() == HOSTILE
        c.monitor("console_escapes off")
        assert console_of(c, AT_ONCE, HOSTILE) == ON_GDB


def telnet_and_tcl_show_them():
    lines = [*program(AT_ONCE, HOSTILE), "step", "step"]
    with Daemon(PROBED, "--sim", "--gdb", "0", "--tcl", "0", telnet="0") as daemon:
        for service, end in (("telnet", "\n"), ("tcl", "\x1a")):
            with socket.create_connection(("127.0.0.1", daemon.port_of(service)), timeout=LIMIT) as s:
                s.sendall("".join(line + end for line in lines).encode())
                s.shutdown(socket.SHUT_WR)
                with s.makefile("rb") as answer:
                    text = answer.read().decode(errors="replace")
            assert ELSEWHERE in text, (service, text)
            assert "\x1b" not in text and "\u009b" not in text, (service, text)


def commands_of_the_start_show_them_in_the_log():
    options = [word for line in [*program(AT_ONCE, HOSTILE), "step", "step"] for word in ("-c", line)]
    with Daemon(PROBED, "--sim", "--gdb", "0", *options) as daemon:
        pass
    assert ELSEWHERE in daemon.log, daemon.log
    assert "\x1b" not in daemon.log and "\u009b" not in daemon.log, daemon.log


# --- names ---

NAME, SHOWN = "a\x1b[2J\u00e9\u009b.elf", "a\\x1b[2J\u00e9\\x9b.elf"


def names_of_files_are_shown():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, NAME)
        with open(path, "wb") as file:
            file.write(b"\x7fELF, but no more")
        for call in (("flash", "--sim", "bluepill", path), ("debug", "--sim", "bluepill", path + "x"),
                     ("--sim", "--gdb", "0", "-f", path + "x"), ("--sim", "--wire-log", path + "/x"),
                     ("--sim", "--gdb", "0", "-c", f"load_image {{{path}x}}", "-c", "shutdown"),
                     ("--as", "openocd", "-f", path + "x"), ("info", "--" + NAME), (NAME,)):
            said = subprocess.run([PROBED, *call], capture_output=True, timeout=LIMIT).stderr.decode()
            assert SHOWN in said, (call, said)
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", said), (call, said)


def a_name_makes_no_line_of_its_own():
    said = subprocess.run([PROBED, "flash", "--sim", "bluepill", "a\nprobed: flash: all is well"], capture_output=True,
                          timeout=LIMIT).stderr.decode()
    assert "a\\nprobed: flash" in said and "\nprobed: flash" not in said, said


def places_are_shown():
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(PROBED, "--sim", "--gdb", "unix:" + os.path.join(folder, NAME))
        assert daemon.read_log(r"^Listening on unix:\S+ for gdb connections\n").group().count(SHOWN) == 1
        assert daemon.end() == 0 and "\x1b" not in daemon.log


def json_stays_json():
    said = subprocess.run([PROBED, "info", "--json", "--sim", "x\x1b[2J\u00e9\u009b"], capture_output=True, timeout=LIMIT)
    problem = json.loads(said.stdout)["problem"]
    assert "x\\x1b[2J\u00e9\\x9b" in problem and b"\x1b" not in said.stdout, said


run_tests([gdb_gets_colours_but_no_escapes, what_was_begun_comes_when_the_program_stops,
           escapes_are_passed_on_when_asked_for, telnet_and_tcl_show_them, commands_of_the_start_show_them_in_the_log,
           names_of_files_are_shown, a_name_makes_no_line_of_its_own, places_are_shown, json_stays_json])

# SPDX-License-Identifier: MIT
"""What the program says and is told where it is more than a line on gdb's console: a port of its own, floods, calls of
its own. wire_semihosting.py PROBED"""

import os
import re
import socket
import sys
import tempfile

from consoles import Script
from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]
folder = tempfile.TemporaryDirectory(prefix="probed-semihosting-")
os.mkdir(os.path.join(folder.name, "sub"))
daemon = Daemon(PROBED, "--sim", "bluepill,still", "--gdb", "0", "--semihosting-dir", folder.name).start()
CODE, BLOCK, DATA, FLOOD = 0x20000400, 0x20000800, 0x20000A00, 0x20001000
OPEN, WRITEC, WRITE0, WRITE, READ, READC = 1, 3, 4, 5, 6, 7


def word(value):
    return value.to_bytes(4, "little").hex()


def put(c, address, data):
    assert c.ask("M%x,%x:%s" % (address, len(data), data.hex())) == b"OK"


def at_call(c, number, *words, argument=BLOCK, code="abbe" "01be"):
    """The core stands at a call; behind it is a breakpoint of the program's."""
    put(c, CODE, bytes.fromhex(code))
    if words:
        put(c, BLOCK, b"".join(value.to_bytes(4, "little") for value in words))
    for register, value in ((0, number), (1, argument), (15, CODE)):
        assert c.ask(f"P{register:x}={word(value)}") == b"OK"


def register(c, number):
    return int.from_bytes(bytes.fromhex(c.ask(f"p{number:x}").decode()), "little")


def call(c, number, *words, **others):
    """Makes one call to its end: the result and what the console got."""
    at_call(c, number, *words, **others)
    c.send("vCont;c")
    assert c.receive_stop().startswith(b"T05")
    return register(c, 0), c.console.removesuffix(f"BKPT 0x01 in the program at {CODE + 2:#010x}\n")


def debugger():
    c = Client(daemon.port)
    assert c.ask("?").startswith(b"T")
    return c


def port_of(text):
    return int(re.fullmatch(r"Listening on port (\d+) for semihosting connections\n", text).group(1))


class Listener:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.got = b""

    def hears(self, expected):
        while len(self.got) < len(expected):
            got = self.socket.recv(4096)
            assert got, self.got
            self.got += got
        assert self.got == expected, self.got
        self.got = b""


def the_console_may_be_a_port():
    with debugger() as c:
        listener = Listener(port_of(c.monitor("arm semihosting_redirect tcp 0")))
        listener.socket.sendall(b"typed")
        put(c, DATA, b"........")
        at_call(c, READ, 0, DATA, 8)
        c.send("vCont;c")  # waits until it is there
        assert c.receive_stop().startswith(b"T05")
        assert register(c, 0) == 3 and c.ask(f"m{DATA:x},8") == b"typed...".hex().encode()
        put(c, DATA, b"hello\0")
        got = call(c, WRITE, 1, DATA, 5)
        assert got == (0, ""), got
        listener.hears(b"hello")
        call(c, WRITE0, argument=DATA)
        listener.hears(b"hello")
        listener.socket.sendall(b"k")
        assert call(c, READC, argument=0)[0] == ord("k")
        c.monitor("arm semihosting_redirect disable")
        assert listener.socket.recv(1) == b""
        put(c, DATA, b"hello\0")
        assert call(c, WRITE, 1, DATA, 5) == (0, "hello")
        assert call(c, READ, 0, DATA, 8)[0] == 8  # nobody types


def half_of_it_may_be_a_port():
    with debugger() as c:
        put(c, DATA, b"hello\0")
        c.monitor("arm semihosting_redirect tcp 0 debug")
        assert call(c, WRITE0, argument=DATA)[1] == "" and call(c, WRITE, 1, DATA, 5) == (0, "hello")
        c.monitor("arm semihosting_redirect tcp 0 stdio")  # instead
        assert call(c, WRITE0, argument=DATA)[1] == "hello" and call(c, WRITE, 1, DATA, 5) == (0, "")
        c.monitor("arm semihosting_redirect disable")
        text, final = c.ask_text("arm semihosting_redirect tcp 0 nothing")
        assert "usage" in text + final, (text, final)


def web_pages_type_nothing():
    with debugger() as c:
        listener = Listener(port_of(c.monitor("arm semihosting_redirect tcp 0")))
        listener.socket.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert listener.socket.recv(1) == b""
        c.monitor("arm semihosting_redirect disable")


def a_flood_keeps_nobody_waiting():
    """movs r0, #5; bkpt 0xAB; b back to the first."""
    with debugger() as c, Client(daemon.port) as other:
        put(c, DATA, b"flood\n")
        at_call(c, WRITE, 1, DATA, 6, code="0520" "abbe" "fce7")
        c.send("vCont;c")
        reply = c.receive()
        assert reply.startswith(b"O"), reply
        for _ in range(50):
            assert other.ask(f"m{DATA:x},6") == b"flood\n".hex().encode()
        c.send_raw(b"\x03")
        assert c.receive_stop().startswith(b"T02")
        assert set(c.console.split("\n")) <= {"flood", ""}


def consoles_are_told_what_no_gdb_waits_for():
    """Whole lines; of more than a person reads, how much there was."""
    with Daemon(PROBED, "--sim", "bluepill,still", "--gdb", "0", telnet="0") as other, Script(other.port_of("telnet")) as person:
        with Client(other.port) as c:
            c.ask("?")
            put(c, DATA, b"hello \x1b[2J")
            put(c, DATA + 10, b"\nname? \0")
            at_call(c, WRITE0, argument=DATA)
            person.send(b"resume\n")
            person.until(rb"hello \\x1b\[2J\r\n")
            person.until(rb"name\? \r\n(?s:.)*halted")
            for at in range(0, 8192, 512):
                put(c, FLOOD + at, b"flood of the program's, 32 long\n" * 16)
            at_call(c, WRITE, 1, FLOOD, 8192, code="0520" "abbe" "fce7")
            person.send(b"resume\n")
            person.until(rb"\[\d+ bytes of what the program said are left out\]\r\n")
            person.until(rb"flood of the program's, 32 long\r\n")


def calls_of_the_program_s_own_are_told():
    with debugger() as c:
        put(c, DATA, b"note \x1b[2J")
        assert call(c, 0x103, DATA, 9)[0] == 0
        daemon.says(r"its call 0x103: note \\x1b\[2J")
        assert c.monitor("arm semihosting_read_user_param") == "note \\x1b[2J\n"
        assert call(c, 0x103, DATA, 256)[0] == 0xFFFFFFFF
        assert call(c, 0x108, DATA, 9)[0] == 0xFFFFFFFF


def the_directory_may_be_one_further_inside():
    with debugger() as c:
        assert c.monitor("arm semihosting_basedir") == f"semihosting base dir: {folder.name}\n"
        assert c.monitor("arm semihosting_basedir sub") == f"semihosting base dir: {folder.name}/sub\n"
        put(c, DATA, b"made\0")
        assert call(c, OPEN, DATA, 4, 4)[0] != 0xFFFFFFFF
        assert os.listdir(os.path.join(folder.name, "sub")) == ["made"]
        for name in ("..", "sub/..", "/", folder.name, "none", "sub/made"):
            text, final = c.ask_text(f"arm semihosting_basedir {name}")
            assert "no directory inside" in text + final, (name, text, final)
        assert c.monitor('arm semihosting_basedir ""') == f"semihosting base dir: {folder.name}\n"


run_tests([the_console_may_be_a_port, half_of_it_may_be_a_port, web_pages_type_nothing, a_flood_keeps_nobody_waiting,
           consoles_are_told_what_no_gdb_waits_for, calls_of_the_program_s_own_are_told, the_directory_may_be_one_further_inside])

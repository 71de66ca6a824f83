# SPDX-License-Identifier: MIT
"""Clients of the telnet and the TCL port, and a daemon that has them."""
import os
import re
import socket
import sys
import time

from daemon import LIMIT, Daemon

PROBED = sys.argv[1]
# The address sanitizer keeps freed memory: little of it, where memory is measured.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
IAC, DONT, DO, WONT, WILL, SB, SE, AYT, IP, NOP = 255, 254, 253, 252, 251, 250, 240, 246, 244, 241
ECHO, SGA, NAWS = 1, 3, 31
OFFER = bytes([IAC, WILL, SGA, IAC, WILL, ECHO, IAC, DO, SGA, IAC, DO, NAWS])
PROMPT = b"\r> "
HALTED = rb"\[stm32f1x.cpu\] halted due to"


class Telnet:
    """A raw connection: `received` is all that came."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.received = b""
        self.seen = 0

    def send(self, data):
        self.socket.sendall(data)

    def until(self, pattern, limit=LIMIT):
        """What came since the last call, up to the end of the match."""
        end = time.monotonic() + limit
        while not (found := re.compile(pattern, re.DOTALL).search(self.received, self.seen)):
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            try:
                chunk = self.socket.recv(65536)
            except TimeoutError:
                raise TimeoutError(f"no {pattern!r} in {self.received[self.seen:]!r}") from None
            if not chunk:
                raise EOFError(f"closed without {pattern!r}: {self.received[self.seen:]!r}")
            self.received += chunk
        text, self.seen = self.received[self.seen:found.end()], found.end()
        return text

    def prompt(self):
        return self.until(re.escape(PROMPT))

    def ask(self, line):
        """A plain line's output, without the prompt behind it."""
        self.send(line.encode() + b"\n")
        return self.prompt()[:-len(PROMPT)].decode()

    def rest(self):
        """Everything up to the end of the connection."""
        self.socket.settimeout(LIMIT)
        try:
            while chunk := self.socket.recv(65536):
                self.received += chunk
        except ConnectionResetError:
            pass
        return self.received[self.seen:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class Script(Telnet):
    """Answers no negotiation."""

    def __init__(self, port):
        super().__init__(port)
        self.prompt()


class Person(Telnet):
    """Agrees to everything and has a terminal of 80 columns."""

    def __init__(self, port, width=80):
        super().__init__(port)
        self.until(re.escape(OFFER))
        self.send(bytes([IAC, DO, SGA, IAC, DO, ECHO, IAC, WILL, SGA, IAC, WILL, NAWS,
                         IAC, SB, NAWS, 0, width, 0, 24, IAC, SE]))
        self.prompt()
        # When something comes back for what is typed, the negotiation is over.
        self.send(b"\x15")
        self.until(rb"\r> \x1b\[K")

    def ask(self, line):
        self.send(line.encode() + b"\r\0")
        text = self.until(rb"\r\n(.*?)\r> ")
        return text[text.index(b"\r\n") + 2:-len(PROMPT)].decode()


def start(*options, sim="bluepill"):
    return Daemon(PROBED, "--sim", sim, "--gdb", "0", "--telnet", "0", *options)


def memory_of(daemon):
    """Resident kilobytes."""
    with open(f"/proc/{daemon.process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def answers(daemon):
    """Somebody new is served as ever."""
    with Script(daemon.port_of("telnet")) as other:
        assert "00001234" in other.ask("mww 0x20000000 0x1234; mdw 0x20000000")


def answers_soon(daemon):
    """Places are free once the daemon has noticed who left."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            return answers(daemon)
        except (EOFError, ConnectionError):
            assert time.monotonic() < end, "nobody is let in any more"
            time.sleep(0.05)


def running_program(script):
    """Leaves the core halted at a loop that counts at 20000500: 20000402 is passed again and again."""
    code = (0x68084903, 0x60083001, 0xBF00E7FB, 0xBF00BF00, 0x20000500)
    for i, word in enumerate(code):
        assert script.ask(f"mww 0x{0x20000400 + 4 * i:08x} 0x{word:08x}") == ""
    script.ask("reg pc 0x20000400")

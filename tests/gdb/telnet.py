# SPDX-License-Identifier: MIT
"""The telnet port: people, scripts, browsers and noise.

telnet.py PROBED"""
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]
# The address sanitizer keeps freed memory: little of it, where memory is measured.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
IAC, DONT, DO, WONT, WILL, SB, SE, AYT, IP = 255, 254, 253, 252, 251, 250, 240, 246, 244
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


# --- scripts ---

def greeting_is_an_offer_and_a_prompt():
    with start() as daemon, Telnet(daemon.port_of("telnet")) as script:
        assert re.fullmatch(re.escape(OFFER) + rb"[^\n]*\r\n\r> ", script.prompt()), script.received


def plain_lines_are_not_echoed():
    with start("-c", "halt") as daemon, Script(daemon.port_of("telnet")) as script:
        assert script.ask("mww 0x20000000 0x1234") == ""
        assert script.ask("mdw 0x20000000") == "0x20000000: 00001234 \r\n"
        assert re.fullmatch(r"Error: unknown command 'mwd0'.*\r\n", script.ask("mwd0"))
        assert script.ask("") == ""


def lines_through_a_pipe_are_all_answered():
    with start("-c", "halt") as daemon, Telnet(daemon.port_of("telnet")) as script:
        lines = [f"mww 0x{0x20000000 + 4 * i:08x} {i}; mdw 0x{0x20000000 + 4 * i:08x}" for i in range(500)]
        script.send("\n".join(lines).encode() + b"\nhalf a li")
        script.socket.shutdown(socket.SHUT_WR)
        text = script.rest().decode(errors="replace")
        assert re.findall(r": (\w{8}) \r\n", text) == [f"{i:08x}" for i in range(500)], text[-300:]
        assert "half" not in text, "what has no end must not be run"


def refusing_everything_is_being_a_script():
    with start("-c", "halt") as daemon, Telnet(daemon.port_of("telnet")) as script:
        script.prompt()
        script.send(bytes([IAC, DONT, SGA, IAC, DONT, ECHO, IAC, WONT, SGA, IAC, WONT, NAWS]))
        assert script.ask("mdw 0x08000000 1").startswith("0x08000000: ")


# --- people ---

def typing_is_echoed_and_edited():
    with start("-c", "halt", "-c", "mww 0x20000000 0x1234") as daemon, Person(daemon.port_of("telnet")) as person:
        person.send(b"mdw")
        person.until(rb"mdw")
        person.send(b" 0x2000000x\x7f0\x1b[D\x1b[D\x1b[C\x01\x05\r\n")
        assert b"0x20000000: 00001234 \r\n\r> " in person.until(rb"00001234 \r\n\r> ")
        person.send(b"\x1b[A\r")
        person.until(rb"mdw 0x20000000.*00001234 \r\n\r> ")


def words_are_completed():
    with start("-c", "halt", "-c", "mww 0x20000000 0x1234") as daemon, Person(daemon.port_of("telnet")) as person:
        person.send(b"fla\t")
        person.until(rb"flash ")
        person.send(b"pro\t")
        person.until(rb"be ")
        person.send(b"\x15rese\t \t")
        text = person.until(rb"run\r\n\r> reset ")
        assert b"halt" in text and b"init" in text, text
        person.send(b"\x15xyz\t")
        person.until(rb"\a")


def leaving_is_easy():
    for keys in (b"\x04", b"exit\r\n", b"halt; exit\r\n"):
        with start() as daemon, Person(daemon.port_of("telnet")) as person:
            person.send(keys)
            person.rest()
            answers(daemon)


def shutdown_ends_the_daemon():
    for line, code in (("shutdown", 0), ("shutdown error", 1), ("shutdown 7", 7)):
        daemon = start().start()
        with Script(daemon.port_of("telnet")) as script, Script(daemon.port_of("telnet")) as other:
            script.send(line.encode() + b"\n")
            assert b"shutdown command invoked\r\n" in script.rest()
            other.rest()
            assert daemon.process.wait(LIMIT) == code


def running_program(script):
    """Leaves the core halted at a loop that counts at 20000500: 20000402 is passed again and again."""
    code = (0x68084903, 0x60083001, 0xBF00E7FB, 0xBF00BF00, 0x20000500)
    for i, word in enumerate(code):
        assert script.ask(f"mww 0x{0x20000400 + 4 * i:08x} 0x{word:08x}") == ""
    script.ask("reg pc 0x20000400")


def control_c_stops_the_command():
    with start("-c", "reset halt") as daemon:
        with Person(daemon.port_of("telnet")) as person, Script(daemon.port_of("telnet")) as other:
            running_program(person)
            person.ask("resume")
            for interrupt in (b"\x03", bytes([IAC, IP])):
                person.send(b"echo begun; wait_halt 86400000\r\nmdw 0\r\n")
                person.until(rb"\nbegun\r\n")  # output comes as it happens
                person.send(interrupt)
                text = person.until(rb"Error: interrupted\r\n\r> ").decode()
                assert "0x00000000:" not in text, "what was typed ahead is forgotten"
            person.send(b"hal\x03")
            person.until(rb"\^C\r\n\r> ")
            other.send(b"halt\n")
            other.until(HALTED)


def are_you_there():
    with start("-c", "reset halt") as daemon, Person(daemon.port_of("telnet")) as person:
        person.send(b"hal" + bytes([IAC, AYT]))
        person.until(rb"hal\r\x1b\[Kyes\r\n\r> hal\x1b\[K")


# --- news ---

def news_do_not_break_the_line():
    with start("-c", "reset halt") as daemon, Person(daemon.port_of("telnet")) as person, \
            Script(daemon.port_of("telnet")) as other:
        running_program(other)
        person.send(b"md\x1b[D")
        person.until(rb"md.*\x1b\[3C")
        other.ask("resume")
        person.until(rb"\r\x1b\[Kthe core runs\r\n\r> md\x1b\[K\r\x1b\[3C")
        other.ask("bp 0x20000402 2 hw")
        other.ask("halt")
        person.until(rb"\r\x1b\[K" + HALTED + rb" [^>]*\r\n\r> md\x1b\[K\r\x1b\[3C")
        other.ask("resume")
        for client in (person, other):  # found by looking: nobody's command
            client.until(HALTED + rb" breakpoint.*pc: 0x20000402[^>]*\r> ")
        other.ask("rbp all")
        other.ask("reset halt")
        person.until(rb"the target was reset\r\n\r> md")


def gdb_is_news():
    with start("-c", "reset halt") as daemon, Script(daemon.port_of("telnet")) as script, Client(daemon.port) as gdb:
        running_program(script)
        gdb.ask("?")
        gdb.send("vCont;c")
        script.until(rb"the core runs\r\n")
        gdb.send_raw(b"\x03")
        assert gdb.receive().startswith(b"T02")
        script.until(HALTED + rb" debug-request")


def probes_come_and_go():
    with start("-c", "reset halt") as daemon, Person(daemon.port_of("telnet")) as person, \
            Script(daemon.port_of("telnet")) as other:
        other.send(b"sim unplug\n")
        person.until(rb"lost the target: [^\r]*\r\n")
        other.send(b"sim plug\n")
        person.until(rb"connected: STM32[^\r]*\r\n.*" + HALTED)


# --- what a daemon has to stand ---

def browsers_are_rejected():
    for first in (b"POST / HTTP/1.1\r\nHost: localhost:4444\r\n\r\n", b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n",
                  b"OPTIONS * HTTP/1.1\r\n"):
        with start("-c", "halt", "-c", "mww 0x20000000 1") as daemon:
            with Telnet(daemon.port_of("telnet")) as browser:
                browser.send(first + b"mww 0x20000000 2\n")
                browser.rest()
            assert daemon.read_log("telnet port speaks HTTP.*nothing was run")
            with Script(daemon.port_of("telnet")) as script:
                assert "00000001" in script.ask("mdw 0x20000000")


def long_lines_are_cut():
    with start("-c", "halt") as daemon, Script(daemon.port_of("telnet")) as script:
        before = memory_of(daemon)
        script.send(b"mdw " + b"0" * 1000000 + b"\n")
        assert re.fullmatch(rb"Error: [^\n]*longer than 4095[^\n]*\r\n\r> ", script.prompt())
        assert "0x20000000" in script.ask("mdw 0x20000000")
        assert memory_of(daemon) - before < 8192


def who_never_reads_is_left():
    with start("-c", "halt") as daemon, Telnet(daemon.port_of("telnet")) as deaf:
        before = memory_of(daemon)
        deaf.socket.settimeout(2)
        try:
            while True:
                deaf.send(b"help\n" * 1000)
        except (TimeoutError, ConnectionError):
            pass
        answers(daemon)
        assert memory_of(daemon) - before < 32768, memory_of(daemon) - before


def long_output_arrives_whole():
    with start("-c", "halt") as daemon, Script(daemon.port_of("telnet")) as script:
        text = script.ask("mdw 0x08000000 16384")
        lines = text.splitlines()
        assert len(lines) == 2048 and lines[-1].startswith("0x0800ffe0: "), (len(lines), lines[-1:])


def fifty_clients():
    with start("-c", "reset halt") as daemon:
        clients = [Script(daemon.port_of("telnet")) for _ in range(50)]
        for client in clients:
            client.send(b"halt\n")
        for client in clients:
            client.until(HALTED)
        extra = []
        while len(extra) < 20:  # 64 are let in
            extra.append(Telnet(daemon.port_of("telnet")))
        assert extra[-1].rest() == b""
        assert daemon.read_log("turned away")
        for client in clients + extra:
            client.socket.close()
        answers_soon(daemon)


def answers_soon(daemon):
    """Places are free once the daemon has noticed who left."""
    for _ in range(100):
        try:
            answers(daemon)
            return
        except (EOFError, ConnectionError):
            time.sleep(0.05)
    answers(daemon)


def broken_connections_do_no_harm():
    with start("-c", "reset halt") as daemon:
        for _ in range(30):
            client = Telnet(daemon.port_of("telnet"))
            client.send(b"wait_halt 1000000\nhelp\n" * 3)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.socket.close()  # with a reset
        answers_soon(daemon)


def noise_does_no_harm():
    rng = random.Random(4)
    likely = bytes([IAC] * 6 + [SB, SE, DO, DONT, WILL, WONT, IP, AYT, 242, 0, 1, 3, 24, 31, 36, 39, 70, 86, 93]) + b"a\r\n"
    with start("-c", "halt") as daemon:
        before = memory_of(daemon)
        for _ in range(40):
            with Telnet(daemon.port_of("telnet")) as noise:
                try:
                    noise.send(bytes(rng.choice(likely) for _ in range(20000)))
                except ConnectionError:
                    pass
        endless = Telnet(daemon.port_of("telnet"))
        endless.send(bytes([IAC, SB, NAWS]) + b"x" * 100000)
        endless.rest()
        assert daemon.read_log("option without end")
        answers_soon(daemon)
        assert memory_of(daemon) - before < 32768


def contradictions_are_errors():
    """Two clients give each other's orders the lie; the target's state stays known."""
    with start("-c", "reset halt") as daemon, Script(daemon.port_of("telnet")) as one, \
            Script(daemon.port_of("telnet")) as two:
        running_program(one)
        for _ in range(20):
            one.send(b"resume\n")
            two.send(b"halt\n")
        for client in (one, two):
            client.send(b"echo over\n")
            client.until(rb"over\r\n\r> ")
        assert "halted due to" in one.ask("halt")
        assert "halted" in two.ask("targets")


def wrong_files_are_errors():
    with start("-c", "reset halt") as daemon, Script(daemon.port_of("telnet")) as script, \
            tempfile.TemporaryDirectory() as folder:
        text = os.path.join(folder, "text")
        binary = os.path.join(folder, "image.bin")
        for path in (text, binary):
            with open(path, "w") as file:
                file.write("this is no image\n")
        for path in ("/nonexistent/file", folder, text, binary):
            assert script.ask(f"flash write_image erase {path}").startswith("Error: "), path
        assert "wrote 17 bytes" in script.ask(f"flash write_image erase {binary} 0x08000000")


# --- the port ---

def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run([PROBED, "--sim", "--gdb", "0", "--telnet", str(port)], capture_output=True, text=True,
                              timeout=LIMIT)
        assert done.returncode == 1 and re.search(rf"{port} is in use.*--telnet", done.stderr), done


def busy_default_port():
    """Two daemons want 4444: one of them at most gets it, whoever else has it here."""
    with Daemon(PROBED, "--sim", "--gdb", "0", telnet=None), \
            Daemon(PROBED, "--sim", "--gdb", "0", telnet=None) as second:
        assert re.search("4444 is in use.*going on without telnet", second.log), second.log


# --- the well-known story ---

def locked_chip_is_unlocked():
    with start(sim="bluepill,locked") as daemon, Person(daemon.port_of("telnet")) as person, \
            tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, "image.bin")
        with open(image, "wb") as file:
            file.write(struct.pack("<II", 0x20005000, 0x08000009) + b"\xfe\xe7" + bytes(64))
        person.ask("halt")
        assert "read-protected" in person.ask("flash probe 0")
        text = person.ask("stm32f1x unlock 0")
        assert re.search(r"erases the whole flash.*unlocked.*power cycle", text, re.DOTALL), text
        person.send(b"sim power off\r\n")
        person.until(rb"lost the target")
        person.send(b"sim power on\r\n")
        person.until(rb"connected: ")
        person.prompt()
        assert "halted due to" in person.ask("reset halt")
        assert "flash size = 64 KiB" in person.ask("flash probe 0")
        assert "wrote 74 bytes" in person.ask(f"flash write_image erase {image} 0x08000000")
        assert "verified 74 bytes" in person.ask(f"verify_image {image} 0x08000000")
        assert "pc: 0x08000008" in person.ask("reset halt")
        person.ask("reset")
        assert "running" in person.ask("targets")


run_tests([greeting_is_an_offer_and_a_prompt, plain_lines_are_not_echoed, lines_through_a_pipe_are_all_answered,
           refusing_everything_is_being_a_script, typing_is_echoed_and_edited, words_are_completed, leaving_is_easy,
           shutdown_ends_the_daemon, control_c_stops_the_command, are_you_there, news_do_not_break_the_line,
           gdb_is_news, probes_come_and_go, browsers_are_rejected, long_lines_are_cut, who_never_reads_is_left,
           long_output_arrives_whole, fifty_clients, broken_connections_do_no_harm, noise_does_no_harm,
           contradictions_are_errors, wrong_files_are_errors, busy_port, busy_default_port, locked_chip_is_unlocked])

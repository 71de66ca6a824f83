# SPDX-License-Identifier: MIT
"""The TCL port, as OpenOCD's: what scripts in Python and the like use.

tcl.py PROBED"""
import random
import re
import socket
import struct

from daemon import LIMIT, Client, Daemon, run_tests
from consoles import PROBED, Telnet, memory_of

END = b"\x1a"


class Tcl(Telnet):
    """A script of the TCL port."""

    def ask(self, command):
        self.send(command.encode() + END)
        return self.until(END)[:-1].decode()


def start(*options):
    return Daemon(PROBED, "--sim", "bluepill", "--gdb", "0", "--tcl", "0", "-c", "reset halt", *options)


def connect(daemon):
    return Tcl(daemon.port_of("tcl"))


def answers(daemon):
    """Somebody new is served as ever."""
    with connect(daemon) as other:
        assert other.ask("mww 0x20000000 0x1234; mdw 0x20000000") == "0x20000000: 00001234 \n"


# --- the protocol ---

def it_is_off_unless_asked_for():
    with Daemon(PROBED, "--sim", "--gdb", "0") as daemon:
        pass
    assert "tcl" not in daemon.log


def results_end_with_a_byte():
    with start() as daemon, connect(daemon) as script:
        assert script.ask("mww 0x20000000 0x1234") == ""
        assert script.ask("mdw 0x20000000") == "0x20000000: 00001234 \n"
        assert script.ask("capture {mdw 0x20000000}") == "0x20000000: 00001234 \n"
        assert script.ask('capture "mdw 0x20000000"') == "0x20000000: 00001234 \n"
        assert script.ask("read_memory 0x20000000 32 2").split()[0] == "0x1234"
        assert script.ask("  \n mdw 0x20000000\n ") == "0x20000000: 00001234 \n"
        assert script.ask("") == ""
        assert re.match("unknown command 'mdw0'; did you mean mdw\\?", script.ask("mdw0 0"))
        assert script.received.count(END) == 8, "one end a command, nothing unasked"


def values_have_no_line_end():
    """What OpenOCD returns as values of Tcl; what it prints keeps its line ends."""
    with start("--telnet", "0") as daemon, connect(daemon) as script, Telnet(daemon.port_of("telnet")) as person:
        for command, value in (("curstate", "halted"), ("stm32f1x.cpu curstate", "halted"), ("target current", "stm32f1x.cpu"),
                               ("target names", "stm32f1x.cpu"), ("transport select", "swd"),
                               ("read_memory 0x20000000 32 2", "0x[0-9a-f]+ 0x[0-9a-f]+"), ("get_reg {pc}", "pc 0x[0-9a-f]+"),
                               ("flash list", "{.*}"), ("halt; curstate", "(.|\n)*\nhalted")):
            answer = script.ask(command)
            assert re.fullmatch(value, answer), (command, answer)
            assert not answer.endswith("\n"), answer
        assert script.ask("mdw 0x20000000").endswith("\n") and script.ask("echo x") == "x\n"
        person.prompt()
        assert person.ask("curstate") == "halted\r\n"


def adapter_speed_is_a_number():
    with start() as daemon, connect(daemon) as script:
        assert script.ask("adapter speed") == "adapter speed: 1800 kHz\n"
        assert script.ask("adapter speed 480").endswith("adapter speed: 480 kHz\n")
        assert script.ask("adapter speed") == "adapter speed: 480 kHz\n"


def tcl_is_refused_loudly():
    with start("-c", "mww 0x20000000 1", "--telnet", "0") as daemon, connect(daemon) as script, \
            Client(daemon.port) as gdb, Telnet(daemon.port_of("telnet")) as person:
        person.prompt()
        for line in ("mww $x 2", "mww 0x20000000 [expr 2]", "$_TARGETNAME mww 0x20000000 2", "set x 2", "puts x",
                     "proc f {} {}", "foreach x {1} {mww 0x20000000 2}", 'echo "$x"'):
            text, final = gdb.ask_text(line)
            assert final[:1] == "E", (line, final)
            for said in (script.ask(line), script.ask("capture {%s}" % line), person.ask(line), text + final):
                assert "is Tcl, which is not here" in said, (line, said)
        assert script.ask("mdw 0x20000000") == "0x20000000: 00000001 \n"
        assert script.ask("echo {$x [y]}") == "$x [y]\n"


def commands_may_come_at_once_and_in_pieces():
    with start() as daemon, connect(daemon) as script:
        script.send(b"".join(b"echo %d\x1a" % i for i in range(500)) + b"echo ha")
        for i in range(500):
            assert script.until(END) == b"%d\n\x1a" % i
        script.send(b"lf\x1a")
        assert script.until(END) == b"half\n\x1a"


def a_pipe_gets_all_its_answers():
    with start() as daemon, connect(daemon) as script:
        script.send(b"echo one\x1asleep 50\x1aecho two\x1aecho three")
        script.socket.shutdown(socket.SHUT_WR)
        assert script.rest() == b"one\n\x1a\x1atwo\n\x1a", "what has no end must not be run"


def exit_leaves_and_shutdown_ends():
    with start() as daemon:
        with connect(daemon) as script:
            script.send(b"exit\x1a")
            script.rest()
        answers(daemon)
    daemon = start().start()
    with connect(daemon) as script:
        script.send(b"shutdown\x1a")
        assert b"shutdown command invoked" in script.rest()
        assert daemon.process.wait(LIMIT) == 0


# --- notifications ---

RESUMED = [b"target_event event resume-start", b"target_event event resumed", b"target_state state running",
           b"target_event event resume-end"]
HALTED = [b"target_event event gdb-halt", b"target_state state halted", b"target_event event halted"]


def expect_notes(script, notes):
    for note in notes:
        assert script.until(END) == b"type " + note + b"\r\n\x1a"


def notifications_come_when_asked_for():
    with start() as daemon, connect(daemon) as script, connect(daemon) as other, Client(daemon.port) as gdb:
        other.ask("mww 0x20000400 0xe7fee7fe")
        other.ask("reg pc 0x20000400")
        for spelling in ("tcl_notifications", "tcl notifications"):
            assert script.ask(spelling) == "Target Notification output is disabled"
            assert script.ask(spelling + " on") == "Target Notification output is enabled"
            script.send(b"resume\x1a")
            expect_notes(script, RESUMED)
            assert script.until(END) == END, "the result comes last"
            other.ask("halt")  # somebody else's
            expect_notes(script, HALTED)
            gdb.ask("?")
            gdb.send("vCont;c")
            expect_notes(script, RESUMED)
            gdb.send_raw(b"\x03")
            expect_notes(script, HALTED)
            gdb.receive_stop()
            script.send(b"reset halt\x1a")
            assert b"type target_reset mode halt\r\n\x1a" in script.until(END + rb"[^\x1a]*pc:[^\x1a]*" + END)
            assert script.ask(spelling + " off") == "Target Notification output is disabled"
            other.ask("mww 0x20000400 0xe7fee7fe")
            other.ask("reg pc 0x20000400")
            assert script.ask("resume") == "" and b"pc:" in script.ask("halt").encode()
        assert "usage: tcl_notifications" in script.ask("tcl_notifications maybe")


# --- what a daemon has to stand ---

def browsers_are_rejected():
    for head in (b"POST / HTTP/1.1\r\nHost: localhost:6666\r\n\r\n", b"POST / HTTP/1.1",
                 b"GET /\x1aHTTP", b"GET /" + b"a" * 5000, b"\r\n POST / HTTP/1.1", b"patch / HTTP/1.1",
                 b"x /" + b"a" * 5000, b"\x16\x03\x01\x02\x00", b"\x00\x50\x00\x01"):
        with start("-c", "mww 0x20000000 1") as daemon:
            with connect(daemon) as browser:
                browser.send(head + b"\x1amww 0x20000000 2\x1ashutdown\x1a\r\nshutdown\r\n")
                assert browser.rest() == b""
            assert daemon.read_log("tcl port speaks HTTP.*nothing was run")
            with connect(daemon) as script:
                assert script.ask("mdw 0x20000000") == "0x20000000: 00000001 \n"


def a_request_line_is_enough():
    with start() as daemon, connect(daemon) as browser:
        browser.send(b"POST / HTTP/1.1\r\n")
        assert browser.rest() == b"", "closed before the rest comes"


def long_commands_are_cut():
    with start() as daemon, connect(daemon) as script:
        before = memory_of(daemon)
        assert script.ask("echo a script") == "a script\n"
        assert "longer than 4095" in script.ask("mdw " + "0" * 1000000)
        script.send(b"x" * 3000000)
        script.send(END)
        assert b"longer than 4095" in script.until(END)
        assert script.ask("echo still here") == "still here\n"
        assert memory_of(daemon) - before < 8192


def long_results_are_errors():
    with start() as daemon, connect(daemon) as script:
        assert len(script.ask("mdw 0x08000000 16384")) > 150000
        assert "longer than" in script.ask("; ".join(["mdw 0x08000000 16384"] * 10))
        answers(daemon)


def who_never_reads_is_left():
    with start() as daemon, connect(daemon) as deaf:
        before = memory_of(daemon)
        deaf.socket.settimeout(1)
        try:
            while True:
                deaf.send(b"mdw 0x08000000 16384\x1a" * 100)
        except (TimeoutError, ConnectionError):
            pass
        answers(daemon)
        assert memory_of(daemon) - before < 32768


def noise_does_no_harm():
    rng = random.Random(6)
    words = [b"mdw", b"reset", b"echo", b"capture", b"{", b"}", b'"', b";", b" ", b"\n", b"0x20000000", b"[", b"$x",
             b"tcl_notifications", b"on", b"halt", b"resume", END, END, END, b"\x00", b"\xff"]
    with start() as daemon:
        before = memory_of(daemon)
        for _ in range(40):
            with connect(daemon) as noise:
                try:
                    noise.send(b"a" + b"".join(rng.choice(words + [rng.randbytes(3)]) for _ in range(1500)))
                except ConnectionError:
                    pass
        answers(daemon)
        assert memory_of(daemon) - before < 32768


def fifty_clients_vanish():
    talk = b"tcl_notifications on\x1aresume\x1ahalt\x1amdw 0x08000000 4096\x1await_halt 100000\x1a"
    with start() as daemon:
        for i in range(50):
            client = connect(daemon)
            client.send(talk[:(i // 2) * len(talk) // 24])
            if i % 2:  # with a reset, else as if only its questions were over
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.socket.close()
        answers(daemon)


run_tests([it_is_off_unless_asked_for, results_end_with_a_byte, values_have_no_line_end, adapter_speed_is_a_number,
           tcl_is_refused_loudly, commands_may_come_at_once_and_in_pieces,
           a_pipe_gets_all_its_answers, exit_leaves_and_shutdown_ends, notifications_come_when_asked_for,
           browsers_are_rejected, a_request_line_is_enough, long_commands_are_cut, long_results_are_errors,
           who_never_reads_is_left, noise_does_no_harm, fifty_clients_vanish])

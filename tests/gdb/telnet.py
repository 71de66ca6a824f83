# SPDX-License-Identifier: MIT
"""The telnet port: scripts, people and the news.

telnet.py PROBED"""
import os
import re
import socket
import subprocess
import tempfile

from daemon import LIMIT, Client, Daemon, run_tests
from consoles import (AYT, DONT, ECHO, HALTED, IAC, IP, NAWS, OFFER, PROBED, SGA, WONT, Person, Script, Telnet,
                    answers, running_program, start)


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
        person.send(b"prob\t")
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


def a_reset_loop_is_told_once():
    """A console looks on, and sees it reset; news come between answers."""
    why = "the chip resets again and again: its independent watchdog"
    with start(sim="bluepill,reset-loop,seed=1") as daemon, Script(daemon.port_of("telnet")) as script:
        script.send(b"status\n")
        while True:
            if b"warning: " + why.encode() in script.until(rb"gdb connections: [^\r]*\r\n"):
                break
            script.send(b"status\n")
    assert daemon.log.count(why) == 1, daemon.log
    assert daemon.log.count("the target was reset (") == 3, "then all is said"


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


# --- the port ---

def socket_of_its_own():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "telnet")
        with Daemon(PROBED, "--sim", "--gdb", "0", "--telnet", "unix:" + path):
            with socket.socket(socket.AF_UNIX) as client:
                assert os.stat(path).st_mode & 0o777 == 0o600
                client.settimeout(LIMIT)
                client.connect(path)
                client.sendall(b"echo here\nexit\n")
                with client.makefile("rb") as answer:
                    assert b"here\r\n" in answer.read()


def other_addresses_are_warned_of():
    for address, warned in (("0.0.0.0:0", True), ("127.0.0.1:0", False)):
        with Daemon(PROBED, "--sim", "--gdb", "0", "--telnet", address) as daemon:
            pass
        assert ("telnet port: it has no password" in daemon.log) == warned


def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run([PROBED, "--sim", "--gdb", "0", "--telnet", str(port)], capture_output=True, text=True,
                              timeout=LIMIT)
        assert done.returncode == 1 and re.search(rf"{port} is in use.*--telnet", done.stderr), done


def busy_default_port():
    """Two daemons want 4444: one of them at most gets it, whoever else has it here, and until when."""
    with Daemon(PROBED, "--sim", "--gdb", "0", telnet=None) as first, \
            Daemon(PROBED, "--sim", "--gdb", "0", telnet=None) as second:
        pass
    refused = [daemon.log for daemon in (first, second) if re.search("4444 is in use.*going on without telnet", daemon.log)]
    assert refused, (first.log, second.log)


run_tests([greeting_is_an_offer_and_a_prompt, plain_lines_are_not_echoed, lines_through_a_pipe_are_all_answered,
           refusing_everything_is_being_a_script, typing_is_echoed_and_edited, words_are_completed, leaving_is_easy,
           shutdown_ends_the_daemon, control_c_stops_the_command, are_you_there, news_do_not_break_the_line,
           a_reset_loop_is_told_once, gdb_is_news, probes_come_and_go, socket_of_its_own,
           other_addresses_are_warned_of, busy_port, busy_default_port])

# SPDX-License-Identifier: MIT
"""The telnet port: what a daemon has to stand from browsers, noise and clients that do not behave.

telnet_noise.py PROBED"""
import os
import random
import re
import socket
import struct
import tempfile

from daemon import run_tests
from shells import (AYT, DO, DONT, HALTED, IAC, IP, NAWS, PROMPT, SB, SE, WILL, WONT, Script, Telnet, answers,
                    answers_soon, memory_of, running_program, start)


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


run_tests([browsers_are_rejected, long_lines_are_cut, who_never_reads_is_left, long_output_arrives_whole, fifty_clients,
           broken_connections_do_no_harm, noise_does_no_harm, contradictions_are_errors, wrong_files_are_errors])

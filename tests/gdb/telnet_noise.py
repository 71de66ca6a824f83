# SPDX-License-Identifier: MIT
"""The telnet port: what a daemon has to stand from browsers, noise and clients that do not behave.

telnet_noise.py PROBED"""
import os
import random
import re
import socket
import struct
import tempfile

from daemon import Client, run_tests
from consoles import (AYT, DO, DONT, ECHO, HALTED, IAC, IP, NAWS, NOP, SB, SE, WILL, WONT, Script, Telnet, answers,
                    answers_soon, memory_of, running_program, start)


# --- browsers ---

def browsers_are_rejected():
    evil = b"mww 0x20000000 2\r\nshutdown\r\n"
    for request in (b"POST / HTTP/1.1\r\nHost: localhost:4444\r\nContent-Length: 30\r\n\r\n" + evil,
                    b"POST /;shutdown HTTP/1.1\r\nHost: evil.example:4444\r\nX: y\r\n" + evil,  # its name is ours now
                    b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n" + evil, b"OPTIONS * HTTP/1.1\n" + evil,
                    b"POST / HTTP/1.1\r\n\r\n\x03" + evil, b"POST / HTTP/1.1\r\n\r\n" + bytes([IAC, IP]) + evil,
                    b"PUT /x HTTP/1.0\r" + evil, b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n" + evil,
                    b"\r\n  \r\nPOST / HTTP/1.1\r\n\r\n" + evil, b"patch / HTTP/1.1\r\n\r\n" + evil,
                    b"x /" + b"a" * 5000 + b" HTTP/1.1\r\n" + evil, b"\x16\x03\x01\x02\x00\n" + evil,  # TLS
                    b"\x00\x50\x00\x01\n" + evil):  # TURN
        with start("-c", "halt", "-c", "mww 0x20000000 1") as daemon:
            with Telnet(daemon.port_of("telnet")) as browser:
                browser.send(request)
                browser.rest()
            assert daemon.read_log("telnet port speaks HTTP.*nothing was run")
            with Script(daemon.port_of("telnet")) as script:
                assert "00000001" in script.ask("mdw 0x20000000")


def a_request_line_is_enough():
    with start() as daemon, Telnet(daemon.port_of("telnet")) as browser:
        browser.send(b"POST / HTTP/1.1\r\n")
        assert b"Error" not in browser.rest(), "closed before the rest comes"


def gdb_port_rejects_browsers():
    with start("-c", "halt") as daemon, Telnet(daemon.port) as browser:
        browser.send(b"POST / HTTP/1.1\r\nHost: localhost:3333\r\n\r\n$qRcmd,73687574646f776e#00")
        assert browser.rest() == b""
        assert daemon.read_log("HTTP")
        answers(daemon)


# --- too much ---

def long_lines_are_cut():
    with start("-c", "halt") as daemon, Script(daemon.port_of("telnet")) as script:
        before = memory_of(daemon)
        assert script.ask("echo a script") == "a script\r\n"
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


def output_nobody_reads_ends():
    """One line of commands, more text than is kept for anybody."""
    line = "; ".join(["mdw 0x08000000 16384"] * 100).encode() + b"\n"
    with start("-c", "halt") as daemon, Telnet(daemon.port_of("telnet")) as deaf:
        before = memory_of(daemon)
        deaf.send(line)
        assert daemon.read_log("does not read")
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
        while len(extra) < 20:  # there are 64 places: those who never said a line give way, the oldest first
            extra.append(Telnet(daemon.port_of("telnet")))
        extra[0].rest()
        assert daemon.read_log("takes the place of one of the telnet port that never sent a line")
        for client in clients:
            client.send(b"halt\n")
        for client in clients:
            client.until(HALTED)
        while len(extra) < 34:
            extra.append(Script(daemon.port_of("telnet")))
            extra[-1].send(b"halt\n")
            extra[-1].until(HALTED)
        assert Telnet(daemon.port_of("telnet")).rest() == b"", "all 64 have spoken"
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


def fifty_clients_vanish():
    talk = bytes([IAC, DO, ECHO, IAC, SB, NAWS, 0, 80, 0, 24, IAC, SE]) + \
        b"halt\r\n\x1b[Amdw 0x08000000 4096\r\nfla\tresume\r\nwait_halt 86400000\r\n"
    with start("-c", "reset halt") as daemon:
        with Script(daemon.port_of("telnet")) as script:
            running_program(script)
        for i in range(50):
            client = Telnet(daemon.port_of("telnet"))
            client.send(talk[:(i // 2) * len(talk) // 24])
            if i % 2:  # with a reset
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.socket.close()
        answers_soon(daemon)


def who_left_ends_its_command():
    """A script that is killed looks like one that only has no more to say."""
    with start("-c", "reset halt") as daemon:
        gone = Script(daemon.port_of("telnet"))
        running_program(gone)
        gone.send(b"resume; echo begun; wait_halt 86400000\n")
        gone.until(rb"begun\r\n")
        gone.socket.close()
        answers(daemon)


def who_has_no_more_to_say_is_waited_for():
    with start("-c", "reset halt") as daemon, Script(daemon.port_of("telnet")) as script, \
            Script(daemon.port_of("telnet")) as other:
        running_program(other)
        script.send(b"resume; echo begun; wait_halt 86400000; echo over\n")
        script.socket.shutdown(socket.SHUT_WR)
        script.until(bytes([IAC, NOP]))  # is anybody there?
        other.socket.close()
        assert b"over" not in script.received


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


def negotiation_says_nothing():
    """Whatever is negotiated between the bytes of a line, the line is what it was."""
    rng = random.Random(44)
    options = [0, 3, 5, 24, 31, 34, 36, 39, 255]  # not ECHO: a line would be seen twice

    def babble():
        option = rng.choice(options)
        return rng.choice([bytes([IAC, rng.choice([DO, DONT, WILL, WONT]), option]),
                           bytes([IAC, SB, option % 255]) + rng.randbytes(rng.randrange(20)).replace(b"\xff", b"") +
                           bytes([IAC, SE]),
                           bytes([IAC, rng.choice([NOP, 242, 249])])]) if rng.random() < 0.3 else b""

    with start("-c", "halt") as daemon, Telnet(daemon.port_of("telnet")) as client:
        client.prompt()
        for i in range(300):
            client.send(b"".join(babble() + bytes([byte]) for byte in b"echo <%d>\r\n" % i))
            client.until(rb"<%d>\r\n" % i)
        assert b"Error" not in client.received
        answers(daemon)


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


def commands_meet_a_flash_write():
    """Others wait or are refused, the write is whole; stopped half-way it says so and can be done again."""
    with start("-c", "reset halt") as daemon, Script(daemon.port_of("telnet")) as one, \
            Script(daemon.port_of("telnet")) as two, Client(daemon.port) as gdb, tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, "image.bin")
        with open(image, "wb") as file:
            file.write(random.Random(1).randbytes(60000))
        gdb.ask("?")
        one.send(f"flash write_image erase {image} 0x08000000\n".encode())
        one.until(rb"flash: \d+ of 58 KiB \(1\d %\)")  # text comes while it runs
        two.send(b"reset run; halt; flash erase_sector 0 0 0; mdw 0x08000000 1\n")
        gdb.send("vCont;c")  # behind it a run
        assert b"wrote 60000 bytes" in one.prompt()
        assert b"0x08000000: ffffffff" in two.until(rb"0x08000000: \w+ \r\n\r> ")
        two.send(b"halt\n")
        assert gdb.receive_stop()[:1] == b"T"
        one.send(f"flash write_image erase {image} 0x08000000\n".encode())
        one.until(rb"wrote 60000 bytes[^>]*\r> ")
        for _ in range(20):  # it may be over before a busy machine lets us speak
            one.send(f"flash erase_sector 0 0 last; flash write_image {image} 0x08000000\n".encode())
            one.until(rb"\(1\d %\)")
            one.send(b"\x03")
            stopped = one.until(rb"(Error: [^\n]*|wrote 60000 bytes[^\n]*)\r\n\r> ")
            if b"wrote" not in stopped:
                break
        assert b"Error: " in stopped, stopped
        two.send(f"flash write_image erase {image} 0x08000000\n".encode())
        two.until(rb"wrote 60000 bytes")
        assert "verified 60000 bytes" in one.ask(f"verify_image {image} 0x08000000")


def wrong_files_are_errors():
    with start("-c", "reset halt") as daemon, Script(daemon.port_of("telnet")) as script, \
            tempfile.TemporaryDirectory() as folder:
        text = os.path.join(folder, "text")
        binary = os.path.join(folder, "image.bin")
        for path in (text, binary):
            with open(path, "w") as file:
                file.write("this is no image\n")
        for path, why in (("/nonexistent/file", "No such file"), (folder, "is not a file"), (text, "address"),
                          (binary, r"write_image.* 0x08000000")):
            answer = script.ask(f"flash write_image erase {path}")
            assert re.search(f"^Error: .*{why}", answer, re.MULTILINE) and "wrote" not in answer, (path, answer)
        assert "wrote 17 bytes" in script.ask(f"flash write_image erase {binary} 0x08000000")


run_tests([browsers_are_rejected, a_request_line_is_enough, gdb_port_rejects_browsers, long_lines_are_cut,
           who_never_reads_is_left, output_nobody_reads_ends, long_output_arrives_whole, fifty_clients,
           broken_connections_do_no_harm, fifty_clients_vanish, who_left_ends_its_command,
           who_has_no_more_to_say_is_waited_for, noise_does_no_harm, negotiation_says_nothing, contradictions_are_errors,
           commands_meet_a_flash_write, wrong_files_are_errors])

# SPDX-License-Identifier: MIT
"""Hands on the bench, and corners that nothing else reaches: boot pin, serial port, Unix socket, --once.

hands.py PROBED"""
import os
import socket
import sys
import tempfile

from daemon import Client, Daemon, run_tests

PROBED = sys.argv[1]
SYSTEM_MEMORY = range(0x1FFFF000, 0x1FFFF800)


def board(*options):
    return Daemon(PROBED, "--sim", "bluepill", "--gdb", "0", *options)


def word(reply):
    return int.from_bytes(bytes.fromhex(reply.decode()), "little")


def boot0_starts_the_system_memory():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.monitor("sim boot0 1")
        c.monitor("reset halt")
        assert word(c.ask("pf")) in SYSTEM_MEMORY, hex(word(c.ask("pf")))
        c.monitor("sim boot0 0")
        c.monitor("reset halt")
        assert word(c.ask("pf")) not in SYSTEM_MEMORY


def serial_port_is_readable():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert c.ask("M40021018,4:00400000") == b"OK"  # RCC_APB2ENR: USART1EN
        assert c.ask("M40013808,4:45000000") == b"OK"  # USART1_BRR: 115200 at 8 MHz
        assert c.ask("M4001380c,4:0c200000") == b"OK"  # CR1: UE, TE, RE
        for letter in b"hi":
            assert c.ask("M40013804,4:%02x000000" % letter) == b"OK"
            c.monitor("sleep 20")
        assert "hi" in c.monitor("sim uart")


def range_step_ends_where_a_branch_leaves_the_range():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        # 400: nop, nop, b 0x20000420, nop
        assert c.ask("M20000400,8:00bf00bf0ce000bf") == b"OK"
        assert c.ask("M20000420,4:00bf00bf") == b"OK"
        assert c.ask("Pf=00040020") == b"OK"
        assert c.ask("vCont;r20000400,20000408:1;c").startswith(b"T05")
        assert word(c.ask("pf")) == 0x20000420, hex(word(c.ask("pf")))


def browser_at_a_unix_socket_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gdb")
        daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", f"unix:{path}")
        assert daemon.read_log(r"^Listening on unix:.* for gdb connections\n")
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            s.settimeout(20)
            s.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n$qC#b4")
            try:
                answered = s.recv(100)
            except ConnectionResetError:
                answered = b""
            assert answered == b"", answered
        assert daemon.end() == 0


def log_that_nobody_reads_stops_nothing():
    daemon = board().start()
    for _ in range(1500):  # each is a line in a pipe of 64 KiB
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=20) as s:
            s.sendall(b"GET / HTTP/1.1\r\n\r\n")
            try:
                s.recv(10)
            except ConnectionResetError:
                pass
    with Client(daemon.port) as c:
        assert c.ask("?")[:1] == b"T"
    assert daemon.end() == 0


def once_waits_for_the_last_of_several():
    daemon = board("--once").start()
    first, second = Client(daemon.port), Client(daemon.port)
    first.ask("?")
    first.close()
    assert second.ask("qAttached") == b"1", "one is still here"
    second.close()
    assert daemon.process.wait(20) == 0


run_tests([boot0_starts_the_system_memory, serial_port_is_readable,
           range_step_ends_where_a_branch_leaves_the_range, browser_at_a_unix_socket_is_refused,
           log_that_nobody_reads_stops_nothing, once_waits_for_the_last_of_several])

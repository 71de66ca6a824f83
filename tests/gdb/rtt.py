# SPDX-License-Identifier: MIT
"""RTT as users meet it: ports of the built daemon beside a simulated board whose program talks by a control block.

rtt.py PROBED RTT.elf"""
import contextlib
import re
import socket
import sys

from daemon import LIMIT, Client, Daemon, run_tests

PROBED, FIRMWARE = sys.argv[1:3]


class Listener:
    """One who listens at an RTT port."""

    def __init__(self, port, room=None):
        self.socket = socket.socket()
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.settimeout(LIMIT)
        self.socket.connect(("127.0.0.1", port))
        self.got = b""

    def send(self, data):
        self.socket.sendall(data)

    def until(self, end):
        """What came, up to these bytes; the rest is for the next time."""
        while end not in self.got:
            chunk = self.socket.recv(65536)
            assert chunk, f"closed before {end!r} came: {self.got[-200:]!r}"
            self.got += chunk
        at = self.got.index(end) + len(end)
        taken, self.got = self.got[:at], self.got[at:]
        return taken

    def is_closed(self):
        with contextlib.suppress(ConnectionResetError):
            return self.socket.recv(1) == b""
        return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def daemon(*options, board="bluepill", firmware=FIRMWARE):
    return Daemon(PROBED, "--sim", board, "--gdb", "0", "-c", f"program {firmware} reset", *options)


def ports(daemon):
    return [int(port) for port in re.findall(r"^Listening on \S*:(\d+) for rtt connections", daemon.log, re.MULTILINE)]


def flood_line(number):
    return b"line %08d of a flood that wants to be read\n" % number


def channels_come_and_go_both_ways():
    with daemon("--rtt", "0", "--rtt", "0@1") as d, Listener(ports(d)[0]) as zero, Listener(ports(d)[1]) as one:
        zero.until(b"the program begins\n")
        zero.send(b"h")
        assert zero.until(b"\n") == b"hello by channel 0\n"
        assert one.until(b"\n") == b"hello by channel 1\n"
        text = b"0123456789" * 30  # the buffer down has 16 bytes
        zero.send(text + b".")
        assert zero.until(b".") == text + b"."
        one.send(b"to the other")
        assert one.until(b"other") == b"to the other"


def what_was_said_before_somebody_came_is_there():
    with daemon("--rtt", "0") as d:
        with Listener(ports(d)[0]) as zero:
            zero.until(b"the program begins\n")
            zero.send(b"h.")
            zero.until(b"hello by channel 0\n.")
            zero.send(b"h")
        with Listener(ports(d)[0]) as again:
            again.send(b",")
            again.until(b",")


def a_block_that_moves_is_found_again():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero:
        zero.until(b"begins\n")
        for _ in range(2):
            zero.send(b"m")
            zero.until(b"moved\n")
        zero.send(b"k")
        zero.until(b"back again\n")
    d.says(r"(?s)(Control block found at 0x[0-9a-f]{8}.*){4}")


def a_reset_begins_anew_with_the_same_listener():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Client(d.port) as gdb:
        zero.until(b"begins\n")
        gdb.ask("?")
        gdb.monitor("reset run")
        zero.until(b"the program begins\n")
        gdb.monitor("reset halt")
        gdb.send("c")
        zero.until(b"the program begins\n")
        zero.send(b"h")
        zero.until(b"hello by channel 0\n")


def a_flood_loses_nothing_and_keeps_gdb_waiting_for_nothing():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Client(d.port) as gdb:
        zero.until(b"begins\n")
        zero.send(b"f")
        gdb.ask("?")
        gdb.send("c")
        assert zero.until(flood_line(2000)) == b"".join(flood_line(i) for i in range(2001))
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:1] == b"T"
        assert len(gdb.ask("m20000000,40")) == 128


def a_browser_is_refused():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero:
        zero.until(b"begins\n")
        for request in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"POST /" + b"a" * 2000):
            with Listener(ports(d)[0]) as browser:
                browser.send(request)
                assert browser.is_closed()
        zero.send(b"LED ON.")
        assert zero.until(b".") == b"LED ON."
    d.says("speaks HTTP")


def a_string_of_jlinks_clients_is_not_the_programs():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Listener(ports(d)[0]) as one:
        one.send(b"$$SEGGER_TELNET_Con")
        one.send(b"figStr=RTTCh;1;SetRTTAddr;0x20000000$$by the other")
        zero.send(b"$$SEGGER_TELNET_ConfigStr=RTTCh;0$$")
        assert b"SEGGER" not in one.until(b"by the other")
        assert b"SEGGER" not in zero.until(b"begins\n")
        zero.send(b"$.")
        assert zero.until(b".") == b"$."


def one_who_does_not_read_loses_his_own_bytes():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Listener(ports(d)[0], 4096) as lazy:
        lazy.until(b"begins\n")
        zero.until(b"begins\n")
        zero.send(b"f")
        assert zero.until(flood_line(8000)) == b"".join(flood_line(i) for i in range(8001))
        zero.send(b"F")
        zero.until(b"the flood is over\n")
        d.says("does not read")
        with contextlib.ExitStack() as reading:
            reading.callback(lazy.socket.settimeout, LIMIT)
            lazy.socket.settimeout(0.1)
            while "bytes were lost to it" not in d.log:
                with contextlib.suppress(TimeoutError):
                    lazy.got += lazy.socket.recv(1 << 20)
                with contextlib.suppress(TimeoutError):
                    d.read_log("bytes were lost to it", 0.01)
        zero.send(b"h")
        assert lazy.until(b"hello by channel 0\n").startswith(flood_line(0) + flood_line(1))


run_tests([channels_come_and_go_both_ways, what_was_said_before_somebody_came_is_there, a_block_that_moves_is_found_again,
           a_reset_begins_anew_with_the_same_listener, a_flood_loses_nothing_and_keeps_gdb_waiting_for_nothing,
           a_browser_is_refused, a_string_of_jlinks_clients_is_not_the_programs,
           one_who_does_not_read_loses_his_own_bytes])

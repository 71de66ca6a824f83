# SPDX-License-Identifier: MIT
"""What a web page makes a browser send, and other protocols' first words, at every port: nothing of it runs, the
connection ends, a line is logged, and nobody else notices.

strangers.py PROBED"""
import os
import random
import re
import socket
import sys
import tempfile

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]


def packet(payload):
    return b"$%s#%02x" % (payload, sum(payload) & 255)


def gdb_body(target):
    """Packets that would write a file and end the daemon."""
    commands = [f"dump_image {target} 0x20000000 4".encode(), b"shutdown"]
    return b"".join(packet(b"qRcmd," + command.hex().encode()) for command in commands) + packet(b"k")


def line_body(target, end):
    return end.join([b"", f"dump_image {target} 0x20000000 4".encode(), b"shutdown", b""])


def requests(seed, body, methods):
    """Methods as long as no buffer of ours, bodies hidden in the method, path, header and body."""
    rng = random.Random(seed)
    for method in methods:
        path = b"/" + bytes(rng.choice(b"abc/%?=&") for _ in range(rng.randrange(20)))
        yield method + b" " + path + b" HTTP/1.1\r\nHost: localhost:3333\r\nOrigin: http://evil\r\n\r\n" + body
        yield method + b" " + path + body + b" HTTP/1.1\r\nHost: x\r\n\r\n"
        yield method + b" / HTTP/1.1\r\nX-" + bytes(rng.choice(b"ABC") for _ in range(8)) + b": " + body + b"\r\n\r\n"


def long_methods():
    """A method may be any token (RFC 9110, 5.6.2), as a page can choose with fetch()."""
    for size in (3, 40, 254, 255, 256, 257, 1023, 1024, 1025, 4094, 4095, 4096, 4097, 8191, 16384, 65535):
        yield b"M" * size
    yield from (b"GET", b"POST", b"PUT", b"OPTIONS", b"CONNECT", b"PRI")


def gdb_methods():
    """Methods that are packets, good ones and ones that swallow what follows."""
    yield from (packet(b"?"), packet(b"k"), b"$g#67AAAA$", b"$k#6b", b"$M20000000", b"+$qC#b4", b"$" + b"A" * 5000, b"$!#21$k#6b")


HELLOS = {
    "TLS": bytes.fromhex("160301020001000001fc0303") + b"\x00" * 500,
    "SOCKS5": b"\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01\x11\x5c",
    "SOCKS4": b"\x04\x01\x11\x5c\x7f\x00\x00\x01\x00",
    "PROXY v2": b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + b"\x00" * 12,
    "STUN": bytes.fromhex("000100002112a442") + b"\x00" * 12,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    "WebSocket": b"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
}


def pieces(data, cut):
    return [data] if not 0 < cut < len(data) else [data[:cut], data[cut:]]


def strike(port, data, cut):
    """Sends it in two pieces and reads to the end; what came back."""
    with socket.create_connection(("127.0.0.1", port), LIMIT) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answer = b""
        try:
            for piece in pieces(data, cut):
                s.sendall(piece)
            s.shutdown(socket.SHUT_WR)
            while chunk := s.recv(65536):
                answer += chunk
        except OSError:  # it was closed meanwhile, whichever call notices
            pass
        return answer


def attack(service, body_of, methods):
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        target = os.path.join(folder, "written")
        with Daemon(PROBED, "--sim", "bluepill,still", "--gdb", "0", "--tcl", "0", telnet="0") as daemon:
            with Client(daemon.port) as witness:
                witness.ask("?")
                before = witness.ask("g")
                port = daemon.port if service == "gdb" else daemon.port_of(service)
                rng, count = random.Random(service), 0
                attacks = list(requests(service, body_of(target), methods)) + list(HELLOS.values())
                for data in attacks:
                    for cut in (0, rng.randrange(1, len(data)), min(len(data) - 1, rng.choice((1, 255, 1024, 4096)))):
                        strike(port, data, cut)
                        count += 1
                        assert not os.path.exists(target), f"{data[:80]!r} cut at {cut} wrote a file"
                assert witness.ask("g") == before, "the core moved"
                assert witness.monitor("targets").count("halted") == 1
            assert count > 150, count
            assert daemon.process.poll() is None, "something ended the daemon"
            daemon.end()
        each_was_told(daemon.log, count)


def each_was_told(log, count):
    """Each leaves a line or counts in one, but so many do not fill a disk."""
    lines = [line for line in log.splitlines() if "closing it" in line]
    told = [re.search(r"warning: (\d+) more like this", line) for line in lines]
    assert sum(int(match[1]) if match else 1 for match in told) == count, (count, lines)
    assert len(lines) < count / 4, lines


def a_web_page_runs_nothing_on_the_gdb_port():
    attack("gdb", gdb_body, [*long_methods(), *gdb_methods()])


def a_web_page_runs_nothing_on_the_telnet_port():
    attack("telnet", lambda target: line_body(target, b"\r\n"), list(long_methods()))


def a_web_page_runs_nothing_on_the_tcl_port():
    attack("tcl", lambda target: line_body(target, b"\x1a"), list(long_methods()))


run_tests([a_web_page_runs_nothing_on_the_gdb_port, a_web_page_runs_nothing_on_the_telnet_port,
           a_web_page_runs_nothing_on_the_tcl_port])

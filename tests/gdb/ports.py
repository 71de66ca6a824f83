# SPDX-License-Identifier: MIT
"""Ports for programs that must be told one. A port that was found free and let go may be somebody else's when it is
used: by another test, or by a connection that the kernel gives a number. So they come from below the kernel's own range,
in blocks whose first port this process keeps; other tests look at that one first."""

import os
import socket

BLOCK = 8
_kept = []


def _bound(port):
    guard = socket.socket()
    try:
        guard.bind(("127.0.0.1", port))
    except OSError:
        guard.close()
        return None
    return guard


def _is_free(port):
    """As servers take it: beside connections that are over."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count=1):
    """That many ports in a row that are nobody else's until this process ends; the first of them."""
    assert count < BLOCK
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as limits:
        end = int(limits.read().split()[0])
    blocks = (end - 10000) // BLOCK
    for turn in range(blocks):
        first = 10000 + (os.getpid() * 7 + turn) % blocks * BLOCK
        if not (guard := _bound(first)):
            continue
        _kept.append(guard)
        if all(_is_free(port) for port in range(first + 1, first + 1 + count)):
            return first + 1
    raise RuntimeError("no ports are free")

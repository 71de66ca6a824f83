# SPDX-License-Identifier: MIT
"""One who listens at a port where bytes of the program's come."""
import contextlib
import socket

from daemon import LIMIT


class Listener:
    """What came and was not asked for yet is in self.got."""

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

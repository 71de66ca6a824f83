# SPDX-License-Identifier: MIT
"""Starts the daemon under test and talks to it: for the scripts that run outside gdb."""

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import time

LIMIT = 240  # seconds; only a hang ever gets near it


class Daemon:
    """One probed process. Its log is collected; start() returns once a gdb port is ready. Many run at once: telnet
    only if asked for. Root may give it to another user."""

    def __init__(self, program, *options, telnet="off", user=None, env=None, started=None):
        if telnet and "--telnet" not in options:
            options = (*options, "--telnet", telnet)
        self.process = subprocess.Popen([program, *options], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, user=user,
                                        group=user, extra_groups=None if user is None else [], preexec_fn=started)
        self.log = ""
        self.ports = []

    def read_log(self, until, limit=LIMIT):
        """Collects log text until the pattern matches all of it so far; None at end of file."""
        end = time.monotonic() + limit
        while not (found := re.search(until, self.log, re.MULTILINE)):
            ready, _, _ = select.select([self.process.stderr], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no {until!r} in the log:\n{self.log}")
            chunk = os.read(self.process.stderr.fileno(), 65536)
            if not chunk:
                return None
            self.log += chunk.decode(errors="replace")
        return found

    def says(self, pattern):
        """Waits until the log has it: what a thread of the daemon writes may come behind the line that a port is ready."""
        if not self.read_log(pattern):
            raise AssertionError(f"no {pattern!r} in the log:\n{self.log}")

    def start(self):
        found = self.read_log(r"^Listening on (?:\S*:)?(\d+) for gdb connections\n")
        if not found:
            raise RuntimeError(f"the daemon ended instead of listening:\n{self.log}")
        self.ports = [int(found.group(1))]
        return self

    @contextlib.contextmanager
    def stopped(self):
        """It stands still meanwhile, as it does now and then on a busy machine; what is sent to it is there at once."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    @property
    def port(self):
        return self.ports[0]

    def port_of(self, service):
        """The port of a service that was told before gdb's: "telnet", "tcl"."""
        return int(re.search(rf"^Listening on \S*:(\d+) for {service} connections\n", self.log, re.MULTILINE).group(1))

    def end(self, sig=signal.SIGTERM):
        """Sends the signal, returns the exit code; the rest of the log is in self.log."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            self.read_log(r"(?!)")  # to the end of the file
            return self.process.wait(LIMIT)
        finally:
            self.process.kill()  # one that hangs shall not outlive its test

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        code = self.end()
        if code != 0:
            raise AssertionError(f"the daemon ended with {code}:\n{self.log}")


class Client:
    """A raw client of gdb's remote serial protocol, for what gdb itself never sends."""

    def __init__(self, port, no_ack=True, room=None):
        """`room`: bytes that the kernel shall keep for it."""
        self.socket = socket.socket()
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.settimeout(LIMIT)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.acks = True
        if no_ack:
            self.ask("qSupported:swbreak+;hwbreak+;error-message+;vContSupported+")
            assert self.ask("QStartNoAckMode") == b"OK"
            self.acks = False

    def send_raw(self, data):
        self.socket.sendall(data)

    def send(self, payload):
        if isinstance(payload, str):
            payload = payload.encode()
        self.send_raw(b"$" + payload + b"#%02x" % (sum(payload) & 255))

    def _byte(self):
        if not self.buffer:
            self.buffer = self.socket.recv(65536)
            if not self.buffer:
                raise EOFError("the daemon closed the connection")
        byte, self.buffer = self.buffer[:1], self.buffer[1:]
        return byte

    def arrived(self):
        """How many packets are here and not yet received."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while chunk := self.socket.recv(65536):
                self.buffer += chunk
        return self.buffer.count(b"#")

    def receive(self, timeout=LIMIT):
        """The next packet's payload, run lengths expanded; acknowledged if acks are on."""
        self.socket.settimeout(timeout)
        while self._byte() != b"$":
            pass
        payload, checked = b"", 0
        while (byte := self._byte()) != b"#":
            checked += byte[0]
            if byte == b"*":
                count = self._byte()
                checked += count[0]
                payload += payload[-1:] * (count[0] - 29)
            else:
                payload += byte
        assert int(self._byte() + self._byte(), 16) == checked & 255, "wrong checksum"
        if self.acks:
            self.send_raw(b"+")
        return payload

    def receive_stop(self, timeout=LIMIT):
        """The next stop reply; console output before it is kept in self.console."""
        self.console = ""
        while (reply := self.receive(timeout))[:1] == b"O":
            self.console += bytes.fromhex(reply[1:].decode()).decode(errors="replace")
        return reply

    def ask(self, payload, timeout=LIMIT):
        self.send(payload)
        return self.receive(timeout)

    def resume(self, packet="vCont;c"):
        """Sends what has no answer of its own and returns when it is done: packets are taken in turn. For programs that
        run until somebody stops them."""
        self.send(packet)
        assert self.ask("vMustReplyEmpty") == b""

    def ask_text(self, payload):
        """A qRcmd's output and final reply: (text, final)."""
        self.send("qRcmd," + payload.encode().hex())
        return self.result()

    def result(self):
        """Of a qRcmd that was sent."""
        text = ""
        while True:
            reply = self.receive()
            if reply.startswith(b"O") and reply != b"OK":
                text += bytes.fromhex(reply[1:].decode()).decode(errors="replace")
            elif reply == b"OK" or reply.startswith(b"E"):
                return text, reply.decode()
            else:
                return text + bytes.fromhex(reply.decode()).decode(errors="replace"), "OK"

    def monitor(self, line):
        text, final = self.ask_text(line)
        assert final == "OK", f"monitor {line}: {final}: {text}"
        return text

    def closed(self, timeout=LIMIT):
        """True once the daemon has closed the connection."""
        self.socket.settimeout(timeout)
        try:
            while self.socket.recv(65536):
                pass
            return True
        except ConnectionResetError:
            return True

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def run_tests(tests):
    """Runs functions in order; prints each; exits 1 if any failed."""
    import sys
    import traceback

    # What nohup or the background of a shell makes of these would be passed on to the programs under test.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    failed = 0
    for test in tests:
        try:
            test()
            print(f"ok    {test.__name__}", flush=True)
        except Exception:  # a failing test must not hide the others
            failed += 1
            print(f"FAIL  {test.__name__}", flush=True)
            traceback.print_exc()
    sys.exit(1 if failed else 0)

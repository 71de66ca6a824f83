# SPDX-License-Identifier: MIT
"""Runs unmodified programs in front of an emulated probe with a simulated Blue Pill behind it."""

import contextlib
import errno
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gdb"))

from daemon import LIMIT  # noqa: E402
from ports import free_ports  # noqa: E402

ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:verify_asan_link_order=0", PYTHONDONTWRITEBYTECODE="1")
SCRIPTS = "/usr/share/openocd/scripts"


class Program:
    """One program (a server, or a tool that ends by itself) with its probes plugged in."""

    def __init__(self, probe_emu, *program, stlink="V2J43", dap=None, board="bluepill"):
        self.folder = tempfile.TemporaryDirectory(prefix="probed-")
        self.fifo = os.path.join(self.folder.name, "control")
        os.mkfifo(self.fifo)
        self.log = ""
        self.process = subprocess.Popen(
            ["umockdev-wrapper", probe_emu, "--probe", dap or stlink, "--board", board, "--control", self.fifo,
             "--stats", self.folder.name + "/end", "--", *program],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENVIRONMENT)

    def read_log(self, until, limit=LIMIT, start=0):
        """Collects output until the pattern matches it from `start` on; None at end of file."""
        end = time.monotonic() + limit
        while not (found := re.compile(until, re.MULTILINE).search(self.log, start)):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no {until!r} in the output:\n{self.log}")
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                return None
            self.log += chunk.decode(errors="replace")
        return found

    def wait(self, limit=LIMIT):
        """The exit code, when it ends by itself; all output is in self.log."""
        self.read_log(r"(?!)", limit)
        return self.process.wait(limit)

    def control(self, line):
        fifo = self.open_fifo(line)
        os.write(fifo, (line + "\n").encode())
        os.close(fifo)

    def open_fifo(self, line):
        """Once the emulator has it open; an ordinary open() would wait for one that has ended."""
        while True:
            try:
                return os.open(self.fifo, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO or self.process.poll() is not None:
                    raise RuntimeError(f"no emulator hears {line!r}:\n{self.log}") from error
            time.sleep(0.002)

    def stats(self):
        """Counters so far: commands, transfers, bytes, bus_us, virtual_us."""
        if self.process.poll() is None:
            path = os.path.join(self.folder.name, "stats")
            self.control("stats " + path)
            while not os.path.exists(path):
                assert self.process.poll() is None, self.log
                time.sleep(0.002)
        else:
            path = os.path.join(self.folder.name, "end")
        with open(path) as text:
            words = text.read().split()
        os.unlink(path)
        return {name: int(number) for name, number in zip(words[::2], words[1::2])}

    def child(self):
        """The program's own process id: the wrapper's and the emulator's are others."""
        pid = self.process.pid
        while True:
            with open(f"/proc/{pid}/task/{pid}/children") as text:
                children = text.read().split()
            if not children:
                return pid
            pid = int(children[0])

    def end(self, sig=signal.SIGTERM):
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # it was about to end by itself
                os.kill(self.child(), sig)
        return self.wait()

    def close(self):
        if self.process.poll() is None:
            try:
                self.end(signal.SIGKILL)
            except TimeoutError:
                self.process.kill()
        self.process.stdout.close()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def tool(probe_emu, *program, code=0, **probe):
    """Runs a tool to its end, checks its exit code, returns its output."""
    with Program(probe_emu, *program, **probe) as running:
        got = running.wait()
        assert got == code, f"{' '.join(program)} ended with {got}:\n{running.log}"
        return running.log


def openocd(mode, *commands, target="stm32f1x"):
    """A command line; mode is "hla" or "dap" (an ST-Link's), or "cmsis-dap"."""
    interface = {"hla": "stlink", "dap": "stlink-dap", "cmsis-dap": "cmsis-dap"}[mode]
    words = ["openocd", "-s", SCRIPTS, "-f", f"interface/{interface}.cfg"]
    if mode == "cmsis-dap":
        words += ["-c", "transport select swd"]
    words += ["-f", f"target/{target}.cfg"]
    return words + [word for command in commands for word in ("-c", command)]


def server(name, probe_emu, probed=None, options=(), target="stm32f1x", **probe):
    """A gdb server by name: (Program, port) once it listens."""
    port = free_ports()
    if name == "probed":
        running = Program(probe_emu, probed, "--gdb", str(port), **probe)
        ready = r"^Listening on \S+ for gdb"
    elif name == "st-util":
        running = Program(probe_emu, "st-util", "-p", str(port), *options, **probe)
        ready = r"Listening at \*:"
    else:
        running = Program(probe_emu, *openocd(name, f"gdb_port {port}", "telnet_port disabled", "tcl_port disabled",
                                              "init", target=target), **probe)
        ready = r"Listening on port \d+ for gdb"
    if not running.read_log(ready):
        log = running.log
        running.close()
        raise RuntimeError(f"{name} ended instead of listening:\n{log}")
    return running, port


def gdb(port, script, firmware, source, limit=600, **environment):
    """Runs a script inside gdb-multiarch against a port; its exit code and output."""
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory(prefix="probed-gdb-") as folder:
        log = os.path.join(folder, "log")
        variables = dict(ENVIRONMENT, PROBED_PORT=str(port), PROBED_SOURCE=source, PROBED_FIRMWARE=firmware,
                         PROBED_GDB_LOG=log, **environment)
        done = subprocess.run(
            ["gdb-multiarch", "-q", "-nx", "-batch", "-ex", f"set logging file {log}", "-ex", "set logging enabled on",
             "-ex", f"python import sys; sys.path[:0] = ['{here}', '{here}/../gdb']",
             "-ex", "python from inside import *", "-x", os.path.join(here, script), "-ex", "python run_all()",
             firmware],
            env=variables, timeout=limit, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace")
    return done.returncode, done.stdout

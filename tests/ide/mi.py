# SPDX-License-Identifier: MIT
"""What the clients' scripts share: a server started as the client starts it, a real gdb driven through
its machine interface, and the arguments of the test.

SCRIPT.py PROBED FIRMWARE.elf EXAMPLES_FOLDER"""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gdb"))
from daemon import LIMIT, run_tests  # noqa: E402,F401
from ports import free_ports  # noqa: E402,F401

PROBED, ELF, EXAMPLES = (os.path.abspath(word) for word in sys.argv[1:4])
INSTALLED = "/usr/local/libexec/probed"  # where the examples say that the servers' names are

FOLDER = tempfile.mkdtemp(prefix="probed-ide-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
for _name in ("st-util", "ST-LINK_gdbserver", "openocd", "pyocd"):
    os.symlink(PROBED, os.path.join(FOLDER, _name))

ENVIRONMENT = dict(os.environ, PROBED_SIM="bluepill")
ENVIRONMENT.pop("LD_PRELOAD", None)


# A server that starts or answers slowly on a busy machine is none that fails.
PATIENT = ["-iex", "set tcp connect-timeout 240", "-iex", "set remotetimeout 120"]


def program(name):
    """The server of that name, or the program that an example calls so."""
    return os.path.join(FOLDER, os.path.basename(name))


class Server:
    """One server process: no shell, a standard input that stays open, both outputs collected."""

    def __init__(self, argv, cwd=None):
        self.argv = argv
        self.process = subprocess.Popen(argv, cwd=cwd or FOLDER, env=ENVIRONMENT, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.text = {"stdout": "", "stderr": ""}
        self.open = 2
        self.news = threading.Condition()
        for name in self.text:
            threading.Thread(target=self._collect, args=(name,), daemon=True).start()

    def _collect(self, name):
        stream = getattr(self.process, name)
        while chunk := os.read(stream.fileno(), 4096):
            with self.news:
                self.text[name] += chunk.decode(errors="replace")
                self.news.notify_all()
        with self.news:
            self.open -= 1
            self.news.notify_all()

    def wait_for(self, pattern, streams=("stdout", "stderr"), limit=LIMIT):
        """The match, once the text of one stream has it; fails if the server ends first."""
        def found():
            return next((m for s in streams if (m := re.search(pattern, self.text[s]))), None)

        with self.news:
            ok = self.news.wait_for(lambda: found() or self.open == 0, limit)
            match = found()
        assert ok and match, f"no {pattern!r} from {self.argv}:\n{self.text}"
        return match

    def ended(self, limit=LIMIT):
        """The exit code, if it ends by itself within so many seconds; else None."""
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, sig=signal.SIGTERM, limit=LIMIT):
        """Ends it as IDEs do; returns the exit code. Only behind it is `text` all that was said: the two outputs are read side by side."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        code = self.ended(limit)
        assert code is not None, f"{self.argv} does not end:\n{self.text}"
        with self.news:
            self.news.wait_for(lambda: self.open == 0, limit)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Mi:
    """A gdb-multiarch in --interpreter=mi2."""

    def __init__(self, *options, elf=ELF):
        self.process = subprocess.Popen(
            ["gdb-multiarch", "-q", "-nx", *PATIENT, "--interpreter=mi2", *options, *([elf] if elf else [])], env=ENVIRONMENT,
            cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)
        self.lines, self.results, self.stops = [], {}, []
        self.running = False
        self.news = threading.Condition()
        self.ended = False
        self.token = 0
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        for line in self.process.stdout:
            with self.news:
                self._take(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def _take(self, line):
        self.lines.append(line)
        if found := re.match(r"(\d+)\^(.*)", line):
            self.results[int(found.group(1))] = found.group(2)
            self.running |= found.group(2).startswith("running")
        elif line.startswith("*stopped"):
            self.running = False
            self.stops.append(line)
        elif line.startswith("*running"):
            self.running = True

    def _wait(self, condition, what):
        with self.news:
            self.news.wait_for(lambda: condition() or self.ended, LIMIT)
            assert condition(), f"{what}:\n" + "\n".join(self.lines[-60:])

    def wait_for(self, pattern):
        """Waits until a line of its output matches."""
        self._wait(lambda: any(re.search(pattern, line) for line in self.lines), f"no line {pattern!r}")

    def burst(self, *commands):
        """Sends all commands without waiting, then wants each of them to succeed; their results. What does not
        begin with '-' is a console command."""
        tokens, text = [], ""
        for command in commands:
            if not command.startswith("-"):
                quoted = command.replace("\\", "\\\\").replace('"', '\\"')
                command = f'-interpreter-exec console "{quoted}"'
            self.token += 1
            tokens.append(self.token)
            text += f"{self.token}{command}\n"
        self.process.stdin.write(text)
        self.process.stdin.flush()
        for token, command in zip(tokens, commands):
            self._wait(lambda: token in self.results, f"no answer to {command!r}")
            assert not self.results[token].startswith("error"), f"{command!r}: {self.results[token]}"
        return [self.results[token] for token in tokens]

    def monitor(self, *lines):
        """`monitor` commands as one burst; what they printed."""
        before = len(self.lines)
        self.burst(*(f"monitor {line}" for line in lines))
        return self.text(before)

    def text(self, first=0):
        """What console, target and log said since then."""
        said = [line[2:-1] for line in self.lines[first:] if line[:2] in ('~"', '@"', '&"')]
        return "".join(said).replace("\\n", "\n").replace('\\"', '"')

    def stopped(self, pattern=""):
        """Waits for the next stop and takes it; it must match."""
        self._wait(lambda: self.stops, f"no stop ({pattern})")
        stop = self.stops.pop(0)
        assert re.search(pattern, stop), f"not {pattern!r}: {stop}"
        return stop

    def value(self, expression):
        result, = self.burst(f'-data-evaluate-expression "{expression}"')
        return int(re.search(r'value="(-?\w+)', result).group(1), 0)

    def interrupt(self):
        self.burst("-exec-interrupt")
        return self.stopped()

    def quit(self):
        """-gdb-exit; kills it after half a second as IDEs do."""
        try:
            self.process.stdin.write("-gdb-exit\n")
            self.process.stdin.flush()
            self.process.wait(0.5)
        except (subprocess.TimeoutExpired, OSError):
            self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def to_main(gdb):
    """A temporary breakpoint at main, hit."""
    gdb.stops.clear()
    gdb.burst("-break-insert -t --function main", "-exec-continue --all")
    while 'func="main"' not in (stop := gdb.stopped()):  # what came late of a reset's
        assert 'reason="' not in stop, stop
    return stop


def watch_advances(gdb, expression="idle_rounds", limit=LIMIT):
    """True once the value changes while the program runs."""
    first, end = gdb.value(expression), time.monotonic() + limit
    while time.monotonic() < end:
        if gdb.value(expression) != first:
            return True
    return False

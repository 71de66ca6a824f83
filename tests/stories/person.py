# SPDX-License-Identifier: MIT
"""Somebody at a desk, with a probe plugged in and a board on its wires: types commands one by one, reads what they say,
and changes the board with their hands. Scripts get PROBED PROBE_EMU BLINK.elf."""

import errno
import json
import os
import re
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "peers"), os.path.join(HERE, "..", "gdb")]

from emulator import Program  # noqa: E402
from consoles import Telnet  # noqa: E402
from daemon import run_tests  # noqa: E402, F401

PROBED, PROBE_EMU, BLINK = sys.argv[1:4]


class Person(Program):
    """A shell, in which `probed` and `blink.elf` are at hand."""

    def __init__(self, **probe):
        self.desk = tempfile.TemporaryDirectory(prefix="probed-")
        self.keyboard = os.path.join(self.desk.name, "keyboard")
        self.typed = 0
        os.mkfifo(self.keyboard)
        os.symlink(os.path.abspath(PROBED), os.path.join(self.desk.name, "probed"))
        os.symlink(os.path.abspath(BLINK), os.path.join(self.desk.name, "blink.elf"))
        super().__init__(PROBE_EMU, "env", "-C", self.desk.name, f"PATH={self.desk.name}:{os.environ['PATH']}",
                         "sh", self.keyboard, **probe)
        self.hand = self._sit_down()

    def _sit_down(self):
        """Once the shell has it open; an ordinary open() would wait for one that has ended."""
        while True:
            try:
                return os.open(self.keyboard, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO or self.process.poll() is not None:
                    raise RuntimeError("there is no shell") from error
            time.sleep(0.002)

    def types(self, line):
        os.write(self.hand, (line + "\n").encode())

    def asks(self, command, code=0):
        """What a command says; it must end so."""
        start, self.typed = len(self.log), self.typed + 1
        self.types(f"{command}\nprintf '\\n[{self.typed}: %d]\\n' $?")
        found = self.read_log(rf"^\[{self.typed}: (\d+)\]\n", start=start)
        assert found, f"the shell ended at {command}:\n{self.log}"
        text = self.log[start:found.start()]
        assert int(found[1]) == code, f"{command} ended with {found[1]}:\n{text}"
        return text

    def hands(self, words):
        """Something is done to the board, and done when this returns."""
        self.control("hands " + words)
        self.stats()

    def doctor(self, *options, well=False):
        """The first verdict, (class, causes); and that somebody who reads it finds its sentence."""
        code = 0 if well else 1
        told = json.loads(self.asks(" ".join(["probed doctor --json", *options, "2>errors"]), code))
        assert told["healthy"] is well, told
        first = told["verdicts"][0]
        screen = " ".join(self.asks(" ".join(["probed doctor", *options]), code).split())
        assert first["text"] in screen, (first["text"], screen)
        for cause in first["causes"]:
            assert " ".join(cause["what"].split()) in screen, (cause, screen)
        return first["class"], [cause["cause"] for cause in first["causes"]]

    def starts_daemon(self, *options):
        """In the background. Returns its telnet port."""
        start = len(self.log)
        self.types(" ".join(["probed --gdb 0 --telnet 127.0.0.1:0", *options, "& daemon=$!"]))
        found = self.read_log(r"^Listening on \S*:(\d+) for telnet connections\n", start=start)
        assert found and self.read_log(r"^Listening on \S+ for gdb", start=start), self.log
        return int(found[1])

    def ends_daemon(self):
        self.asks("kill $daemon; wait $daemon")
        self.types("daemon=")

    def close(self):
        if self.process.poll() is None:
            self.types('[ -z "$daemon" ] || kill $daemon; exit')
            self.wait()
        os.close(self.hand)
        super().close()
        self.desk.cleanup()


def telnet(port):
    """A connection whose prompt is there."""
    console = Telnet(port)
    console.prompt()
    return console

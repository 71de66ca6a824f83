# SPDX-License-Identifier: MIT
"""Sessions typed into the real telnet program, on a terminal.

telnet_client.py PROBED"""
import os
import re
import struct
import tempfile

import pexpect

from daemon import LIMIT, run_tests
from consoles import HALTED, running_program, start

PROMPT = r"\r> "


class Terminal:
    """The telnet program; what it shows is what a person sees."""

    def __init__(self, daemon):
        self.telnet = pexpect.spawn("telnet", ["127.0.0.1", str(daemon.port_of("telnet"))], timeout=LIMIT,
                                    encoding="utf-8", env={**os.environ, "TERM": "xterm", "LC_ALL": "C"})
        self.telnet.delaybeforesend = None
        self.expect(r"help lists the commands.*" + PROMPT)
        # The editor draws the line anew: from here on both sides have agreed.
        self.press("\x15")
        self.expect(r"\r> \x1b\[K")

    def press(self, keys):
        self.telnet.send(keys)

    def expect(self, pattern):
        self.telnet.expect(pattern)
        return self.telnet.before + (self.telnet.after if isinstance(self.telnet.after, str) else "")

    def ask(self, line):
        """What the line, typed, brings."""
        self.press(line + "\r")
        return self.expect(r"\r\n(.*?)\r> ").partition("\r\n")[2][:-len("\r> ")]

    def end(self):
        self.expect(pexpect.EOF)
        self.telnet.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.telnet.close(force=True)


def keys_do_what_they_do_everywhere():
    with start("-c", "reset halt") as daemon, Terminal(daemon) as person:
        assert person.ask("mww 0x20000000 0x1234") == ""
        person.press("mdx")
        person.expect("mdx")  # echo, once: the terminal leaves it to us
        person.press("\x7fw 0x20000004")
        person.expect("0x20000004")
        person.press("\x1b[D\x1b[3~0\r")  # cursor left, delete
        person.expect(r"\r\n0x20000000: 00001234 \r\n\r> ")
        person.press("\x1b[A\x1b[A\x1b[B\r")  # cursor up, up, down: history
        person.expect(r"mdw 0x20000000.*\r\n0x20000000: 00001234 \r\n\r> ")


def tab_completes():
    with start("-c", "reset halt") as daemon, Terminal(daemon) as person:
        person.press("fla\t")
        person.expect("flash ")
        person.press("pro\t\t")
        person.expect(r"probe +protect\r\n\r> flash pro\x1b\[K")
        person.press("b\t")
        person.expect("be ")
        person.press("0\r")
        person.expect(r"flash size = 64 KiB\r\n.*" + PROMPT)
        person.press("reset h\t")
        person.expect("reset halt ")
        person.press("\r")
        person.expect(HALTED.decode() + ".*" + PROMPT)


def control_c_stops_control_d_leaves():
    with start("-c", "reset halt") as daemon, Terminal(daemon) as person:
        running_program(person)
        person.ask("resume")
        person.press("echo begun; wait_halt 86400000\r")
        person.expect(r"\nbegun\r\n")
        person.press("\x03")
        person.expect(r"Error: interrupted\r\n\r> ")
        person.press("hal")
        person.expect("hal")
        person.press("\x03")
        person.expect(r"\^C\r\n\r> ")
        person.press("\x04")
        person.expect("Connection closed by foreign host")
        person.end()


def news_come_while_one_types():
    with start("-c", "reset halt") as daemon, Terminal(daemon) as person, Terminal(daemon) as other:
        running_program(other)
        other.ask("bp 0x20000402 2 hw")
        person.press("mdw 0x2000")
        person.expect("mdw 0x2000")
        other.ask("resume")
        person.expect(HALTED.decode() + r" breakpoint.*\r\n\r> mdw 0x2000\x1b\[K")
        person.press("0000\r")
        person.expect(r"\r\n0x20000000: ")


def image_in(folder):
    path = os.path.join(folder, "image.bin")
    with open(path, "wb") as file:
        file.write(struct.pack("<II", 0x20005000, 0x08000009) + b"\xfe\xe7" + bytes(64))
    return path


def locked_chip_is_unlocked():
    """The well-known story, as it is told for OpenOCD: probe, unlock, reset, flash."""
    with start(sim="bluepill,locked") as daemon, Terminal(daemon) as person, \
            tempfile.TemporaryDirectory() as folder:
        image = image_in(folder)
        assert "read-protected" in person.ask("flash probe 0")
        text = person.ask("stm32f1x unlock 0")
        assert re.search(r"erases the whole flash.*unlocked.*power cycle", text, re.DOTALL), text
        person.press("sim power off\r")
        person.expect("lost the target")
        person.press("sim power on\r")
        person.expect("connected: .*" + PROMPT)
        assert re.search(HALTED.decode(), person.ask("reset halt"))
        assert "flash size = 64 KiB" in person.ask("flash probe 0")
        assert "wrote 74 bytes" in person.ask(f"flash write_image erase {image} 0x08000000")
        assert "verified 74 bytes" in person.ask(f"verify_image {image} 0x08000000")
        assert "pc: 0x08000008" in person.ask("reset halt")
        person.ask("reset")
        assert "running" in person.ask("targets")


def locked_chip_stays_locked_without_power_cycle():
    with start(sim="bluepill,locked") as daemon, Terminal(daemon) as person, \
            tempfile.TemporaryDirectory() as folder:
        person.ask("stm32f1x unlock 0")
        person.ask("reset halt")
        assert "Error: unlocked already: the read protection ends when the board is switched off and on" in person.ask(f"flash write_image erase {image_in(folder)} 0x08000000")


run_tests([keys_do_what_they_do_everywhere, tab_completes, control_c_stops_control_d_leaves, news_come_while_one_types,
           locked_chip_is_unlocked, locked_chip_stays_locked_without_power_cycle])

# SPDX-License-Identifier: MIT
"""`probed debug FILE.elf`: one command, stopped at main, in a terminal of its own."""

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import time

from mi import ELF, ENVIRONMENT, FOLDER, LIMIT, PATIENT, PROBED, run_tests

# Of the same folder and source.
ELF_AT_ZERO = os.path.join(os.path.dirname(ELF), "bench_zero.elf")


def call(*words, environment=None):
    done = subprocess.run([PROBED, "debug", *words], capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
                          env=environment or ENVIRONMENT)
    return done.returncode, done.stdout + done.stderr


class Terminal:
    """The command with a terminal in front of it."""

    def __init__(self, *words):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(PROBED, [PROBED, "debug", *words], dict(ENVIRONMENT, TERM="dumb"))
        self.text = ""

    def wait_for(self, pattern):
        end = time.monotonic() + LIMIT
        while not (found := re.search(pattern, self.text)):
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            assert ready, f"no {pattern!r} in {self.text}"
            self.text += os.read(self.fd, 4096).decode(errors="replace")
        self.text = self.text[found.end():]
        return found

    def ask(self, line, pattern):
        self.type(line + "\n")
        return self.wait_for(pattern)

    def type(self, text):
        os.write(self.fd, text.encode())

    def code(self):
        _, status = os.waitpid(self.pid, 0)
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.code()
        os.close(self.fd)


def daemons():
    """Command lines of the daemons of this test's probed."""
    listed = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.startswith(f"{PROBED} debug") and ELF in line]


def stops_at_main():
    code, text = call("--sim", ELF, "-nx", *PATIENT, "-batch", "-ex", "bt")
    assert code == 0 and "#0  main ()" in text, text
    assert "probed:" not in text, "the terminal is gdb's"
    for line in text.splitlines():  # what comes before main
        if "main ()" in line:
            break
        assert re.match(r"Loading |Start address|Transfer rate|\[stm32f1x.cpu\] halted|xPSR:|Breakpoint 1 at|Note: |$", line), text


def words_in_any_order():
    for words in (["--sim", "bluepill", ELF], [ELF, "--sim"], ["--sim=bluepill", "--gdb-path", "gdb-multiarch", ELF]):
        code, text = call(*words, "-nx", *PATIENT, "-batch", "-ex", "info line main")
        assert code == 0 and "bench.c" in text, (words, text)
    done = subprocess.run([PROBED, "--sim", "debug", ELF, "-nx", *PATIENT, "-batch", "-ex", "info line main"], capture_output=True,
                          text=True, timeout=LIMIT, stdin=subprocess.DEVNULL, env=ENVIRONMENT)
    assert done.returncode == 0 and "bench.c" in done.stdout, done


def exit_code_is_gdbs():
    code, text = call("--sim", ELF, "-nx", *PATIENT, "-batch", "-ex", "quit 7")
    assert code == 7, (code, text)
    assert not daemons(), daemons()


def a_program_at_zero_is_loaded():
    """Where the flash shows when the chip starts from it."""
    code, text = call("--sim", ELF_AT_ZERO, "-nx", *PATIENT, "-batch", "-ex", "info line main", "-ex", "x/2xw 0x08000000")
    assert code == 0 and "Breakpoint 1, main ()" in text and "starts at address 0x4" in text, text
    assert "0x8000000:\t0x20005000\t0x000000" in text and "probed:" not in text, text


def elf_with_a_bare_segment(name, address=0x08008000):
    """The program of these tests, and words that stand in a segment but in no section."""
    bare = os.path.join(FOLDER, name)
    with open(ELF, "rb") as file:
        program = bytearray(file.read())
    table, count = struct.unpack_from("<I", program, 28)[0], struct.unpack_from("<H", program, 44)[0]
    headers = program[table:table + 32 * count] + struct.pack("<8I", 1, len(program), address, address, 8, 8, 4, 4)
    program += b"no gdb's" + headers
    struct.pack_into("<I", program, 28, len(program) - len(headers))
    struct.pack_into("<H", program, 44, count + 1)
    with open(bare, "wb") as file:
        file.write(program)
    return bare


def bytes_of_no_section_are_loaded():
    """gdb's own `load` leaves them out."""
    for name, loaded in (("bare segment.elf", True), ("bare{segment.elf", False)):
        path = elf_with_a_bare_segment(name)
        code, text = call("--sim", path, "-nx", *PATIENT, "-batch", "-ex", "x/s 0x08008000", "-ex", "bt", "-ex", "load")
        assert code == 0 and "#0  main ()" in text and ('"no gdb\'s' in text) == loaded, text
        assert "8 bytes from 0x08008000 on belong to no section" in text, text
        assert ("monitor flash write_image {%s}" % path in text) == loaded and ("probed flash" in text) != loaded, text


def clear_errors():
    text = os.path.join(FOLDER, "text.elf")
    with open(text, "w") as file:
        file.write("no program")
    for wanted, pattern, *words in ((2, "which program", "--sim"), (1, "there.elf: No such file", "--sim", "/not/there.elf"),
                                    (1, "not an ELF file", "--sim", text),
                                    (1, "instead of arm-none-eabi-gcc", "--sim", os.path.realpath(sys.executable)),
                                    (1, "/no/gdb", "--gdb-path", "/no/gdb", ELF),
                                    (2, "redpill.*bluepill", "--sim", "redpill", ELF), (2, "--simm", "--simm", ELF)):
        code, said = call(*words)
        assert code == wanted and re.search(pattern, said), (words, code, said)
        assert len(said.strip().splitlines()) == 1, said
    code, said = call(ELF, environment=dict(ENVIRONMENT, PATH="/nowhere"))
    assert code == 1 and "apt install gdb-multiarch" in said, said


def without_a_target():
    code, said = call("--sim", "bluepill,noack", ELF, "-batch")
    assert code == 1 and "no chip answers" in said and "GNU gdb" not in said, said


def a_program_for_another_chip_is_refused():
    """As `probed flash` does, by the same sentence; gdb would load it."""
    for board, why in (("f031", "made for a Cortex-M3 .*Cortex-M0 of this chip"),
                       ("nucleo-l053", r"made for a Cortex-M3 .*Cortex-M0\+ of this chip")):
        code, said = call("--sim", board, ELF, "-nx", *PATIENT, "-batch", "-ex", "echo here")
        assert code == 1 and re.search(why, said) and "Nothing" not in said and "here" not in said, (board, code, said)
        flash = subprocess.run([PROBED, "flash", "--sim", board, ELF], capture_output=True, text=True, timeout=LIMIT,
                               stdin=subprocess.DEVNULL, env=ENVIRONMENT)
        assert flash.returncode == 1 and re.search(why, flash.stderr), flash
    far = elf_with_a_bare_segment("far.elf", 0x90000000)
    code, said = call("--sim", far, "-nx", *PATIENT, "-batch", "-ex", "echo here")
    assert code == 1 and "0x90000000 is neither in flash nor in RAM" in said and "here" not in said, (code, said)


def a_failed_load_is_a_failure():
    """gdb's own exit code is that of the last command."""
    for batch in ("-batch", "--batch"):
        code, said = call("--sim", "bluepill,write-protected", ELF, "-nx", *PATIENT, batch, "-ex", "echo here")
        assert code == 1 and "write protected" in said and "here" not in said, (code, said)
    with Terminal("--sim", "bluepill,write-protected", ELF, "-nx", *PATIENT) as terminal:
        terminal.wait_for(r"Error finishing flash operation(.|\n)*\(gdb\) ")  # and somebody is there who can see to it
        terminal.ask("quit", "y or n")
        terminal.type("y\n")
        assert terminal.code() == 0


def ctrl_c_reaches_gdb_only():
    with Terminal("--sim", ELF, "-nx", *PATIENT) as terminal:
        terminal.wait_for(r"Breakpoint 1, main(.|\n)*\(gdb\) ")
        end, value = time.monotonic() + LIMIT, "0"
        while value == "0":
            terminal.ask("continue", "Continuing")
            time.sleep(0.3)  # the program runs meanwhile
            terminal.type("\x03")
            terminal.wait_for(r"SIGINT(.|\n)*\(gdb\) ")
            value = terminal.ask("print idle_rounds > 0", r"\$\d+ = ([01])(.|\n)*\(gdb\) ").group(1)
            assert time.monotonic() < end, "the program does not run"
        terminal.ask("kill", "y or n")
        terminal.ask("y", "killed")
        terminal.type("quit\n")
        assert terminal.code() == 0
    assert not daemons(), daemons()


def killed_by_surprise():
    """SIGKILL to the command: no daemon stays."""
    with Terminal("--sim", ELF, "-nx", *PATIENT) as terminal:
        terminal.wait_for(r"Breakpoint 1, main")
    end = time.monotonic() + LIMIT
    while daemons():
        assert time.monotonic() < end, daemons()
        time.sleep(0.05)


run_tests([stops_at_main, words_in_any_order, exit_code_is_gdbs, a_program_at_zero_is_loaded, bytes_of_no_section_are_loaded,
           a_program_for_another_chip_is_refused, a_failed_load_is_a_failure, clear_errors, without_a_target, ctrl_c_reaches_gdb_only, killed_by_surprise])

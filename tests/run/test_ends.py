# SPDX-License-Identifier: MIT
"""How `probed run` ends: the exit code is what scripts go by. test_ends.py PROBED"""

import os
import re
import signal
import subprocess

from programs import PROBED, build, finish, run, start
from daemon import LIMIT, run_tests

CODES = {0: 0, 1: 1, 7: 7, 123: 123, 124: 123, 126: 123, 255: 123, 256: 123, -1: 123, 0x7FFFFFFF: 123}
FOREVER = "int main(void) { say(\"begun\\n\"); for (;;); }"


def a_return_from_main_is_the_code():
    for code, expected in CODES.items():
        elf = build("returns", f"int main(void) {{ say(\"said\\n\"); return {code}; }}")
        said, told = run(elf, expect=expected)
        assert said == "said\n", said
        assert f"main returned: exit code {code}," in told, told


def exit_is_the_code_wherever_it_is_called():
    """newlib's exit runs what atexit was given before _exit, which is a loop here."""
    elf = build("exits", """
        static void last(void) { say("last\\n"); }
        static void deep(int depth) { if (depth) deep(depth - 1); else exit(9); }
        int main(void) { atexit(last); deep(5); return 1; }""")
    said, told = run(elf, expect=9)
    assert said == "last\n" and "called exit: exit code 9," in told, (said, told)


def what_is_buffered_behind_main_is_said():
    """Start-up code that calls exit with what main returned: the text of a full buffer comes after the return."""
    elf = build("buffered", """
        static void last(void) { say("flushed\\n"); }
        int main(void) { atexit(last); return 5; }
        void start(void) { exit(main()); }
        __attribute__((section(".isr_vector.first"), used)) const void *const first[2] = {(void *)0x20005000, start};""",
                "-Wl,--section-start=.isr_vector.first=0x0800F000", "-Wl,--defsym=start_here=start")
    said, told = run(elf, expect=5)
    assert said == "flushed\n", (said, told)


def semihosting_ends_with_its_reason_and_code():
    for body, code in (("uint32_t a[] = {0x20026, 42}; semihost(0x20, a);", 42),
                       ("uint32_t a[] = {0x20026, 0x10000}; semihost(0x20, a);", 123),
                       ("semihost(0x18, (void *)0x20026);", 0), ("semihost(0x18, (void *)0x20023);", 1)):
        elf = build("semihosting", f"int main(void) {{ {body} return 99; }}")
        said, told = run(elf, expect=code)
        assert said == "" and "the program ended" in told, (said, told)


def a_program_that_does_not_end_is_ended():
    elf = build("forever", FOREVER)
    said, told = run(elf, "--timeout", "0.05", expect=124)
    assert said == "begun\n" and "did not end within 0.050 s" in told, (said, told)
    for wrong in ("0", "-1", "soon", "1h"):
        said, told = run(elf, "--timeout", wrong, expect=125)
        assert "--timeout" in told, told


def until_ends_well_when_it_is_said():
    elf = build("until", """
        int main(void) {
            for (const char *at = "starting\\nall PASSED in 3 s\\n"; *at; at++) semihost(3, at);
            for (;;) say("more\\n");
        }""")
    said, told = run(elf, "--until", "PASSED in")
    assert said.startswith("starting\nall PASSED in") and "said 'PASSED in'" in told, (said, told)
    said, _ = run(elf, "--until", "all more", "--timeout", "0.5", expect=124)
    assert "more\nmore\n" in said, said
    elf = build("until_never", "int main(void) { say(\"FAILED\\n\"); return 0; }")
    run(elf, "--until", "PASSED", expect=1)


def a_crash_is_told_in_words():
    elf = build("fault", "int main(void) { say(\"x\\n\"); return *(volatile int *)0xE1000000; }")
    said, told = run(elf, expect=126)
    assert said == "x\n" and re.search("HardFault|BusFault|bus fault", told), told
    elf = build("bkpt", "int main(void) { __asm__ volatile(\"bkpt 3\"); return 0; }")
    said, told = run(elf, expect=126)
    assert "BKPT 0x03" in told, told
    elf = build("lockup", """
        void HardFault_Handler(void) { __asm__ volatile("udf 1"); }
        int main(void) { *(volatile uint32_t *)0xE000EDFC = 0; __asm__ volatile("cpsid f\\n udf 2"); return 0; }""")
    said, told = run(elf, expect=126)
    assert "lockup" in told or "locked up" in told, told


def ctrl_c_ends_it():
    elf = build("forever", FOREVER)
    for number in (signal.SIGINT, signal.SIGTERM):
        process = start(elf)
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(number)
        finish(process, 130)


def a_reader_that_goes_ends_it():
    """`| head -1`, with a program that never stops talking; and with one that is silent by then."""
    for name, body in (("flood", "for (;;) say(\"line\\n\");"), ("silent", "say(\"line\\n\"); for (;;);")):
        process = start(build(name, f"int main(void) {{ {body} }}"))
        assert process.stdout.readline() == b"line\n"
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait(LIMIT) == 125 and "nobody reads standard output" in told, told


def what_a_full_pipe_does_not_take_makes_the_program_wait():
    """Nothing is lost, and nothing grows, though its reader comes late."""
    elf = build("much", "int main(void) { for (int i = 0; i < 3000; i++) say(\"0123456789012345678901234567890123456789\\n\"); }")
    read, write = os.pipe()
    process = start(elf, stdout=write)
    os.close(write)
    text = b""
    while piece := os.read(read, 65536):
        text += piece
    os.close(read)
    finish(process, 0)
    assert text == b"0123456789012345678901234567890123456789\n" * 3000, len(text)


def what_cannot_be_run_is_125():
    elf = build("fine", "int main(void) { return 0; }")
    for words, pattern in ((["run", "no_such.elf"], "no_such.elf"), (["run"], "usage"), (["run", "--frob", elf], "--frob"),
                           (["run", "--sim", "bluepill,noack", elf], "no chip answers"),
                           (["run", "--probe", "no-such-serial", elf], "no debug probe found"),
                           (["run", "--sim", "bluepill", elf, "--until"], "needs a value")):
        done = subprocess.run([PROBED, *words], capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
        assert done.returncode == 125 and pattern in done.stderr and not done.stdout, (words, done)


def a_probe_that_goes_away_is_125():
    elf = build("forever", FOREVER)
    _, told = run(elf, board="bluepill,vanish=3000", expect=125)
    assert "probe" in told, told


run_tests([a_return_from_main_is_the_code, exit_is_the_code_wherever_it_is_called, semihosting_ends_with_its_reason_and_code,
           a_program_that_does_not_end_is_ended, until_ends_well_when_it_is_said, a_crash_is_told_in_words, ctrl_c_ends_it,
           a_reader_that_goes_ends_it, what_a_full_pipe_does_not_take_makes_the_program_wait, what_cannot_be_run_is_125,
           a_probe_that_goes_away_is_125])

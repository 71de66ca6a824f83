# SPDX-License-Identifier: MIT
"""`probed run` on several boards at once. test_many.py PROBED"""

import json
import signal
import subprocess

from programs import PROBED, build
from daemon import LIMIT, run_tests

# Which board it is shows in its ids: an F411 and an F103 differ in DBGMCU_IDCODE.
WHO = """
int main(void)
{
    say((*(volatile uint32_t *)0xE0042000 & 0xFFF) == 0x431 ? "an F411\\nends with 5\\n" : "another\\nends with 0\\n");
    return (*(volatile uint32_t *)0xE0042000 & 0xFFF) == 0x431 ? 5 : 0;
}
"""
BOARDS = ("--probe", "sim:bluepill@left", "--probe=sim:blackpill-f411@right")


def start(*words, **more):
    return subprocess.Popen([PROBED, "run", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, **more)


def finish(process, expect):
    said, told = process.communicate(timeout=LIMIT)
    assert process.returncode == expect, (process.args, process.returncode, said, told)
    return said, told


def each_line_has_its_boards_name_and_the_worst_code_counts():
    elf = build("who", WHO)
    said, told = finish(start(*BOARDS, elf), 5)
    for name, lines in (("left", ["another", "ends with 0"]), ("right", ["an F411", "ends with 5"])):
        assert [line.split(": ", 1)[1] for line in said.splitlines() if line.startswith(name + ": ")] == lines, said
    assert "left: exit code 0" in told and "right: exit code 5" in told, told
    assert "left: run: main returned: exit code 0" in told, told
    said, told = finish(start(*BOARDS, "--probe", "sim:f031,noack@dead", elf), 125)
    assert "right: an F411" in said and "dead: exit code 125" in told, (said, told)


def ctrl_c_ends_them_all():
    elf = build("forever", "int main(void) { say(\"begun\\n\"); for (;;); }")
    for number in (signal.SIGINT, signal.SIGTERM):
        process = start(*BOARDS, elf)
        begun = {process.stdout.readline(), process.stdout.readline()}
        assert begun == {"left: begun\n", "right: begun\n"}, begun
        process.send_signal(number)
        _, told = finish(process, 130)
        assert told.count("exit code 130") == 2, told


def a_reader_that_goes_ends_them_all():
    elf = build("flood", "int main(void) { for (;;) say(\"line\\n\"); }")
    process = start(*BOARDS, elf)
    assert process.stdout.readline().endswith(": line\n")
    process.stdout.close()
    told = process.stderr.read()
    assert process.wait(LIMIT) == 125, told


def json_is_a_line_a_board():
    said, _ = finish(start(*BOARDS, "--json", build("who", WHO)), 5)
    boards = sorted((json.loads(line) for line in said.splitlines()), key=lambda board: board["exit_code"])
    assert [board["exit_code"] for board in boards] == [0, 5] and boards[1]["output"] == "an F411\nends with 5\n", said


def what_is_for_one_board_is_refused():
    elf = build("who", WHO)
    _, told = finish(start(*BOARDS, "--junit", "x.xml", elf), 125)
    assert "for one board" in told, told
    _, told = finish(start("--probe", "all", elf), 125)
    assert "no debug probe found" in told, told


run_tests([each_line_has_its_boards_name_and_the_worst_code_counts, ctrl_c_ends_them_all, a_reader_that_goes_ends_them_all, json_is_a_line_a_board,
           what_is_for_one_board_is_refused])

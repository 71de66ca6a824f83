# SPDX-License-Identifier: MIT
"""Many boards: --probe all and several --probe, --wait, --count and --forever, --serial-from.

tool_series.py PROBED PROGRAM.elf"""
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile

from daemon import LIMIT, run_tests

PROBED, PROGRAM = sys.argv[1:3]
FAILED, USAGE, NO_PROBE, NO_TARGET, LATE = 1, 2, 3, 4, 124
FOLDER = tempfile.TemporaryDirectory(prefix="probed-")
BOARDS = 20


def path(name, text=None):
    name = os.path.join(FOLDER.name, name)
    if text is not None:
        with open(name, "w", encoding="ascii") as file:
            file.write(text)
    return name


def content(name):
    with open(name, encoding="ascii") as file:
        return file.read()


def call(*words, code=0):
    done = subprocess.run([PROBED, *words], capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL, text=True)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


# --- side by side ---

def twenty_boards_side_by_side():
    probes = [word for i in range(BOARDS) for word in ("--probe", f"sim:bluepill@b{i}")]
    done = call("flash", *probes, PROGRAM, "--json")
    boards = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(boards) == BOARDS and all(board["ok"] and board["changed"] for board in boards), done.stdout
    for i in range(BOARDS):
        assert f"b{i}: exit code 0\n" in done.stderr, done.stderr
    done = call("flash", *probes, PROGRAM)
    assert done.stdout == "" and len(re.findall(r"^b\d+: flash: .* checked$", done.stderr, re.M)) == BOARDS, done.stderr


def one_that_fails_does_not_stop_the_others():
    done = call("info", "--probe", "sim:bluepill,noack,still@dead", "--probe", "sim:f031,runs@well", "--json", code=NO_TARGET)
    one, two = sorted((json.loads(line) for line in done.stdout.splitlines()), key=lambda board: board["exit_code"])
    assert (one["exit_code"], two["exit_code"]) == (0, NO_TARGET) and one["target"]["core"] == "Cortex-M0", done.stdout
    assert "dead: exit code 4" in done.stderr and "well: exit code 0" in done.stderr, done.stderr


# --- one after another ---

def a_board_is_waited_for():
    done = call("reset", "--sim", "bluepill,noack,still", "--wait", "--timeout", "0.5", code=LATE)
    assert done.stderr.count("waiting for a board: no chip answers") == 1 and done.stderr.count("\n") < 5, done.stderr
    done = call("reset", "--probe", "no-such-serial", "--wait", "--timeout", "0.5", code=LATE)
    assert "waiting for a board: no debug probe found" in done.stderr, done.stderr
    call("reset", "--sim", "bluepill,runs", "--wait")


# What one reset takes is less than half of it; looking on whether the board is there takes the rest.
LEAVES = "bluepill,runs,vanish=800"


def so_many_boards_one_after_another():
    done = call("reset", "--sim", LEAVES, "--count", "3", "--json")
    boards = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(boards) == 3 and all(board["ok"] and board["tool"] == "reset" for board in boards), done.stdout
    assert done.stderr.count("take this board away") == 2, done.stderr
    assert call("reset", "--sim", LEAVES, "--count=2", "--quiet").stdout == "board 1: done\nboard 2: done\n"


def a_board_that_fails_is_told_and_the_next_one_comes():
    done = call("flash", "--sim", "bluepill,locked,vanish=800", PROGRAM, "--count", "2", code=5)
    assert done.stdout == "board 1: exit code 5\nboard 2: exit code 5\n", done.stdout


def wrong_words_end_it():
    assert call("reset", "--sim", LEAVES, "stop", "--forever", code=USAGE).stdout == "board 1: exit code 2\n"
    for words in (["--count", "0"], ["--count", "x"], ["--count", "2", "--forever"]):
        assert "count" in call("reset", "--sim", LEAVES, *words, code=USAGE).stderr


def ctrl_c_ends_it_well():
    running = subprocess.Popen([PROBED, "reset", "--sim", LEAVES, "--forever"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    assert [running.stdout.readline() for _ in range(2)] == ["board 1: done\n", "board 2: done\n"]
    running.send_signal(signal.SIGINT)
    running.stdout.read()
    running.stdout.close()
    assert running.wait(LIMIT) == 0


# --- numbers ---

def a_number_goes_into_the_image_and_is_counted_on():
    counter = path("counter", "41\n")
    for expected in (41, 42):
        one = json.loads(call("flash", "--sim", "bluepill", PROGRAM, "--serial-from", f"{counter}@0x0800fc00", "--verify", "--json").stdout)
        assert one["serial"] == expected and one["verified"], one
    assert content(counter) == "43\n" and sorted(os.listdir(FOLDER.name)).count("counter.next") == 0


def written(place, *words):
    """What the wire carried to the chip: the image is in the recorded writes, or in the file that is compared."""
    log = path("wire.log")
    call("flash", "--sim", "bluepill", *words, "--serial-from", place, "--wire-log", log)
    return content(log).replace(" ", "").lower()


def the_bytes_are_those_of_the_number():
    place = path("place.bin")
    with open(place, "wb") as file:
        file.write(bytes([0x5A] * 64))
    number = 0x12345678
    traffic = written(path("counter", str(number)) + "@0x08000410", place, "0x08000400")
    assert "78563412" in traffic or "12345678" in traffic, "the word is sent"
    uid = json.loads(call("info", "--sim", "bluepill", "--json").stdout)["target"]["unique_id"]
    first = struct.pack("<I", int(uid[:8], 16)).hex()
    traffic = written("uid@0x08000420", place, "0x08000400")
    assert traffic.count(first) + traffic.count(uid[:8]) > traffic.count("1ffff7e8"), "read, and written"


def no_number_is_lost_to_a_call_that_cannot_work():
    counter = path("counter", "7")
    for code, words in ((FAILED, ["none.elf", "--sim"]), (NO_TARGET, [PROGRAM, "--sim", "bluepill,noack,still"]),
                        (NO_PROBE, [PROGRAM, "--probe", "no-such-serial"])):
        call("flash", *words, "--serial-from", f"{counter}@0x0800fc00", code=code)
        assert content(counter) == "7", words
    for wrong in (counter, f"{counter}@", f"{counter}@here", "@0x08000000", f"{counter}@0xffffffff"):
        assert "FILE@ADDRESS" in call("flash", PROGRAM, "--sim", "--serial-from", wrong, code=USAGE).stderr
    begin = path("begin.bin")
    with open(begin, "wb") as file:
        file.write(bytes(range(66)))
    assert "lie partly" in call("flash", begin, "0x08000000", "--sim", "--serial-from", f"{counter}@0x08000040", code=FAILED).stderr
    assert content(counter) == "7"


def a_file_that_holds_no_number_is_refused():
    for text in ("", "x", "-1", "0x10", "7 8", "4294967295", "99999999999999999999999999999999999"):
        counter = path("counter", text)
        said = call("flash", PROGRAM, "--sim", "--serial-from", f"{counter}@0x0800fc00", code=FAILED).stderr
        assert "in decimal" in said and "programm" not in said and content(counter) == text, said
    assert "No such file" in call("flash", PROGRAM, "--sim", "--serial-from", path("none") + "@0x0800fc00", code=FAILED).stderr


def start(counter, *words):
    return subprocess.Popen([PROBED, "flash", "--sim", "bluepill", PROGRAM, "--serial-from", f"{counter}@0x0800fc00", *words],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def none_is_given_twice():
    """Ten at the same time, through a link, and some that are killed as soon as they have one."""
    counter, link = path("counter", "100\n"), path("link")
    os.symlink(counter, link)
    running = [start(link if i % 2 else counter, "--json") for i in range(10)]
    given = [json.loads(one.communicate(timeout=LIMIT)[0])["serial"] for one in running]
    assert sorted(given) == list(range(100, 110)), given
    assert content(counter) == "110\n" and os.path.islink(link)
    given = []
    for _ in range(5):
        one = start(counter)
        for line in one.stderr:
            if found := re.match(r"serial number: (\d+)", line):
                given.append(int(found[1]))
                one.kill()
                break
        one.communicate()
    assert given == list(range(110, 115)) and content(counter) == "115\n", (given, content(counter))


run_tests([twenty_boards_side_by_side, one_that_fails_does_not_stop_the_others, a_board_is_waited_for, so_many_boards_one_after_another,
           a_board_that_fails_is_told_and_the_next_one_comes, wrong_words_end_it, ctrl_c_ends_it_well,
           a_number_goes_into_the_image_and_is_counted_on, the_bytes_are_those_of_the_number,
           no_number_is_lost_to_a_call_that_cannot_work, a_file_that_holds_no_number_is_refused, none_is_given_twice])

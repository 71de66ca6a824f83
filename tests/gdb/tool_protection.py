# SPDX-License-Identifier: MIT
"""probed unlock, lock, erase --unlock, verify, several files in one call; on the simulated board, new in every process.

tool_protection.py PROBED PROGRAM.elf"""
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile

from daemon import LIMIT, run_tests

PROBED, PROGRAM = sys.argv[1:3]
FAILED, USAGE, PROTECTED, DIFFERS = 1, 2, 5, 6
FOLDER = tempfile.TemporaryDirectory(prefix="probed-")
LEVELS = ["bluepill", "blackpill-f411", "nucleo-f205", "nucleo-f746", "nucleo-f072", "nucleo-f303k8", "nucleo-l053", "nucleo-l152",
          "nucleo-l476", "nucleo-g071", "nucleo-g431", "nucleo-h743", "nucleo-u575"]


def write(name, data):
    path = os.path.join(FOLDER.name, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def call(*words, code=0, data=None):
    stdin = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    done = subprocess.run([PROBED, *words], capture_output=True, timeout=LIMIT, **stdin)
    done.said = done.stderr.decode()
    assert done.returncode == code, (words, done.returncode, done.stdout, done.said)
    return done


# --- protection ---

def unlock_wipes_only_if_that_is_meant():
    for board in LEVELS:
        said = call("unlock", "--sim", board + ",locked,still", code=USAGE).said
        assert "this erases the whole flash" in said and "say --yes if that is meant; nothing was changed" in said, said
        said = call("unlock", "--sim", board + ",locked,still", "--yes").said
        assert re.search(r"the flash is erased, and can be used( after a power cycle)?$", said, re.M), (board, said)
        assert "nothing is protected" in call("unlock", "--sim", board + ",still").said


def unlock_releases_sectors_without_wiping():
    done = call("unlock", "--sim", "bluepill,write-protected,runs", "--yes", "--reset", "--json")
    assert "erases" not in done.said, done.said
    assert json.loads(done.stdout)["changes"] == [{"name": "WRP", "before": "0-3", "after": "none"}], done.stdout


def lock_sets_level_1():
    for board in LEVELS:
        change, = json.loads(call("lock", "--sim", board + ",still", "--yes", "--json").stdout)["changes"]
        assert change["name"].startswith("RDP"), change
        said = call("lock", "--sim", board + ",still", code=USAGE).said
        assert re.search(r"^RDP\w*: \w+ -> (level1|on)$", said, re.M), said
        assert "already" in call("lock", "--sim", board + ",still,locked", "--yes").said


def a_life_cycle_has_no_levels():
    assert "PRODUCT_STATE" in call("lock", "--sim", "nucleo-h563,still", "--yes", code=FAILED).said
    assert "Debug Authentication" in call("unlock", "--sim", "nucleo-h563,locked,still", "--yes", code=PROTECTED).said


def erase_can_unlock_before():
    """Board after board, the words are the same."""
    for board in LEVELS:
        assert "read-protect" in call("erase", "--sim", board + ",locked,still", code=PROTECTED).said
        said = call("erase", "--unlock", "--yes", "--sim", board + ",locked,still").said
        assert "the flash is erased" in said and said.count("warning: the flash is read-protected") == 1, said
        assert "erase: done" in call("erase", "--unlock", "--yes", "--sim", board + ",still").said
    said = call("erase", "--unlock", "--yes", "--sim", "bluepill,write-protected,still").said
    assert "WRP: 0-3 -> none" in said and "erase: done" in said, said


LEVEL_2 = ["options", "RDP=level2", "--sim", "nucleo-f446,still"]


def level_2_wants_the_chips_id():
    for words in ([], ["--yes"], ["--id", "0x421"], ["--irreversible", "--yes"], ["--irreversible", "--yes", "--id", "0x413"],
                  ["--irreversible", "--yes", "--id", ""], ["--irreversible", "--id", "0x421"]):
        said = call(*LEVEL_2, *words, code=USAGE).said
        assert "written" not in said, (words, said)
    assert "written and read back" in call(*LEVEL_2, "--irreversible", "--yes", "--id", "0x421").said


def at_a_terminal(*answers):
    """What a person sees who answers so, and the exit code."""
    pid, handle = pty.fork()
    if pid == 0:
        os.execv(PROBED, [PROBED, *LEVEL_2, "--irreversible"])
    text = b""
    for question, answer in zip((b"change this? [y/N] ", b"to go on: "), answers):
        while not text.endswith(question):
            text += os.read(handle, 4096)
        os.write(handle, answer)
    try:
        while chunk := os.read(handle, 4096):
            text += chunk
    except OSError:  # the other end is closed
        pass
    os.close(handle)
    return text.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def level_2_is_typed_at_a_terminal():
    text, code = at_a_terminal(b"y\n", b"0x421\n")
    assert code == 0 and "written and read back" in text, text
    text, code = at_a_terminal(b"y\n", b"yes\n")
    assert code == USAGE and "nothing was changed" in text, text
    text, code = at_a_terminal(b"n\n")
    assert code == FAILED and "to go on" not in text, text


def advice_is_a_command_of_the_shell():
    """With the words that say which board."""
    said = call("flash", "--sim", "bluepill,locked", PROGRAM, code=PROTECTED).said
    assert "`probed unlock --sim bluepill,locked` removes it" in said and "monitor" not in said, said
    said = call("info", "--probe=sim:bluepill,noack", code=4).said
    assert "`probed doctor --probe=sim:bluepill,noack` looks closer" in said, said


# --- verify ---

def verify_compares():
    same = os.path.join(FOLDER.name, "same.bin")
    call("read", "--sim", "bluepill,runs,still", "0x08000000", "2k", same)
    call("verify", "--sim", "bluepill,runs,still", same, "0x08000000")
    with open(same, "rb") as file:
        data = bytearray(file.read())
    data[0x321] ^= 1
    said = call("verify", "--sim", "bluepill,runs,still", write("other.bin", data) + "@0x08000000", code=DIFFERS).said
    assert "0x08000321" in said or "0x08000320" in said, said
    one = json.loads(call("verify", "--sim", "bluepill,still", PROGRAM, "--json", code=DIFFERS).stdout)
    assert one["error"] == "verify" and one["exit_code"] == DIFFERS, one
    call("verify", "--sim", "bluepill,locked,still", PROGRAM, code=PROTECTED)
    assert "neither in flash nor in RAM" in call("verify", "--sim", "bluepill,still", same, "0x60000000", code=FAILED).said


def diff_names_sectors():
    same = os.path.join(FOLDER.name, "same.bin")
    call("read", "--sim", "bluepill,runs,still", "0x08000000", "4k", same)
    done = call("diff", "--sim", "bluepill,runs,still", same, "0x08000000")
    assert done.stdout == b"" and "0 of 4 sectors differ" in done.said, done
    with open(same, "rb") as file:
        data = bytearray(file.read())
    data[0x7ff], data[0xc01], data[0xc08] = 0x11, 0x22, 0x33
    other = write("other.bin", data)
    done = call("diff", "--sim", "bluepill,runs,still", other, "0x08000000", code=DIFFERS)
    assert done.stdout == (b"0x08000400-0x080007ff: 1 bytes differ, the first at 0x080007ff: 0x11 in the file, 0xff on the chip\n"
                           b"0x08000c00-0x08000fff: 2 bytes differ, the first at 0x08000c01: 0x22 in the file, 0xff on the chip\n"), done
    one = json.loads(call("diff", "--sim", "bluepill,runs,still", other, "0x08000000", "--json", code=DIFFERS).stdout)
    assert [(row["start"], row["bytes"], row["differ"], row["first"]) for row in one["sectors"]] == \
        [(0x08000400, 1024, 1, 0x080007ff), (0x08000c00, 1024, 2, 0x08000c01)], one
    call("diff", "--sim", "bluepill,locked,still", other, "0x08000000", code=PROTECTED)


# --- several files ---

def several_files_in_one_call():
    boot, data = write("boot.bin", bytes(range(200))), write("data.bin", bytes(range(100, 255)))
    one = json.loads(call("flash", "--sim", "bluepill", f"{boot}@0x08008000", PROGRAM, f"{data}@0x0800c000", "--verify", "--json").stdout)
    assert one["files"] == [boot, PROGRAM, data] and one["verified"], one
    alone = json.loads(call("flash", "--sim", "bluepill", PROGRAM, "--json").stdout)
    assert one["bytes"] == alone["bytes"] + 200 + 155, (one, alone)
    odd = write("odd@0x10", bytes(range(200)))
    assert "identical" in call("flash", "--sim", "bluepill", odd, "0x08008000", "--verify").said


def overlaps_are_refused_by_name():
    one, two = write("one.bin", bytes(range(200))), write("two.bin", bytes(range(100)))
    said = call("flash", "--sim", "bluepill", f"{one}@0x08000000", f"{two}@0x080000c7", code=FAILED).said
    assert f"{one} and {two} both have bytes at 0x080000c7" in said and "Nothing was written" in said, said
    call("flash", "--sim", "bluepill", f"{one}@0x08000000", f"{two}@0x080000c8")


def each_file_must_be_for_this_chip():
    vectors = struct.pack("<II", 0x20020000, 0x08000009) + b"\xfe\xe7" * 50
    said = call("flash", "--sim", "bluepill", PROGRAM.replace("load", "load") and write("far.bin", bytes(range(64))) + "@0x08008000",
                write("big.bin", vectors) + "@0x08000000", code=FAILED).said
    assert "RAM ends at 0x20004fff" in said and "programm" not in said.split("error:")[1], said


def standard_input_is_a_file():
    with open(PROGRAM, "rb") as file:
        elf = file.read()
    assert "identical" in call("flash", "--sim", "bluepill", "-", "--verify", data=elf).said
    assert "identical" in call("flash", "--sim", "bluepill", "-@0x08000000", "--verify", data=bytes(range(200))).said
    assert "identical" in call("flash", "--sim", "bluepill", "-", "0x08000000", "--verify", data=bytes(range(200))).said
    assert "plain binary" in call("flash", "--sim", "bluepill", "-", code=USAGE, data=bytes(range(200))).said
    assert "once" in call("flash", "--sim", "bluepill", "-", "-", code=USAGE, data=elf).said
    assert "nothing to load" in call("flash", "--sim", "bluepill", "-@0x08000000", code=FAILED, data=b"").said


run_tests([unlock_wipes_only_if_that_is_meant, unlock_releases_sectors_without_wiping, lock_sets_level_1, a_life_cycle_has_no_levels,
           erase_can_unlock_before, level_2_wants_the_chips_id, level_2_is_typed_at_a_terminal, advice_is_a_command_of_the_shell,
           verify_compares, diff_names_sectors, several_files_in_one_call, overlaps_are_refused_by_name, each_file_must_be_for_this_chip,
           standard_input_is_a_file])

# SPDX-License-Identifier: MIT
"""probed profile, on a simulated board: profile.py PROBED LOAD.elf"""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from daemon import LIMIT, run_tests

PROBED, FIRMWARE = sys.argv[1:3]


def profile(*words, code=0, board="bluepill,still"):
    done = subprocess.run([PROBED, "profile", "--sim", board, *words], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LIMIT)
    assert done.returncode == code, (words, done)
    return done.stdout, done.stderr


def shares(table):
    """Of functions: lines are indented."""
    return {name: float(share) for share, name in re.findall(r"^ *(\d+\.\d) % +\d+  (\S+)$", table, re.MULTILINE)
            if ":" not in name}


def time_goes_where_it_goes():
    table, said = profile(FIRMWARE, "--reset", "--time", "2")
    found = shares(table)
    assert 73 < found["three_quarters"] < 77 and 23 < found["one_quarter"] < 27, table
    assert list(found)[:2] == ["three_quarters", "one_quarter"], table
    assert re.search(r"^ {8,}\d+\.\d % +\d+  load\.c:10$", table, re.MULTILINE), table
    assert re.search(r"^\d{4,} samples in 2\.0 s", said, re.MULTILINE), said


def so_it_does_by_swo():
    table, said = profile(FIRMWARE, "--reset", "--time", "1", "--by-swo")
    found = shares(table)
    assert 73 < found["three_quarters"] < 77 and 23 < found["one_quarter"] < 27, table
    count = int(re.search(r"^(\d+) samples in 1\.\d s, sent by SWO", said, re.MULTILINE).group(1))
    assert count > 8000, said  # three times as many as by reading


def stacks_for_other_programs_hold_what_was_inlined():
    stacks, _ = profile(FIRMWARE, "--reset", "--time", "0.5", "--folded")
    lines = stacks.splitlines()
    assert all(re.fullmatch(r"[^ ]+ \d+", line) for line in lines), stacks
    assert any(line.startswith("around;one_quarter;load.c:16 ") for line in lines), stacks


def a_flame_graph_is_a_picture_of_them():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path = os.path.join(folder, "flame.svg")
        profile(FIRMWARE, "--reset", "--time", "0.5", "--svg", path)
        root = xml.etree.ElementTree.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    boxes = {group.find(space + "title").text.split(":")[0]: group.find(space + "rect") for group in root.iter(space + "g")}
    width = {name: float(box.get("width")) for name, box in boxes.items()}
    assert width["three_quarters"] > 2 * width["around"], width
    assert abs(width["around"] - width["one_quarter"]) < 20 and width["around"] >= width["one_quarter"], width
    assert float(boxes["one_quarter"].get("y")) > float(boxes["around"].get("y"))


def what_cannot_be_is_said():
    for words, why in (((FIRMWARE,), "holds another program than"), ((FIRMWARE, "--time", "0"), "--time 0: seconds"),
                       ((os.path.abspath(__file__), "--reset"), "is text, no program"), ((FIRMWARE, "--svg", "/nowhere/x", "--reset",
                                                                        "--time", "0.1"), "/nowhere/x cannot be written")):
        _, said = profile(*words, code=2 if "--time 0:" in why else 1)
        assert re.search(why, said), (words, said)


run_tests([time_goes_where_it_goes, so_it_does_by_swo, stacks_for_other_programs_hold_what_was_inlined, a_flame_graph_is_a_picture_of_them,
           what_cannot_be_is_said])

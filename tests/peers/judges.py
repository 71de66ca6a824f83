# SPDX-License-Identifier: MIT
"""The table of docs/judges.md, from what test_chips.py and test_h5.py hold the judges to (chips.py): prints it, or says
whether it stands there, and whether each simulated board has a row.

judges.py, judges.py PROBED ROOT"""
import os
import re
import subprocess
import sys

from chips import CHIPS, DIFFERENCES, INFO, LOCK, MASS_ERASE, OPTIONS, PROTECT, STLINK_ERASE, STLINK_FLASH, \
    UNLOCKED_BY_POWER, WRITE, refusal

COLUMNS = (INFO, STLINK_FLASH, STLINK_ERASE, WRITE, PROTECT, LOCK, OPTIONS, MASS_ERASE)
AS_PROBED = "probed says the same"
UNICORN = {"M0": "armv6m", "M0+": "armv6m", "M3": "armv7m", "M4": "m4f", "M4F": "m4f", "M7": "m7", "M7, singles": "m7sp",
           "M33": "m33"}


class Notes:
    """Numbered in the order in which they are first needed."""

    def __init__(self):
        self.texts = []

    def number(self, text):
        if text not in self.texts:
            self.texts.append(text)
        return f"[{self.texts.index(text) + 1}]"

    def refused(self, found):
        return self.number(f"says `{found.says.strip()}`: {found.why}" if found.says else found.why)


def row(board, notes):
    cells = [f"`{board}`"]
    for what in COLUMNS:
        found = refusal(board, what)
        cells.append("no " + notes.refused(found) if found else "yes")
        if what == LOCK and board in UNLOCKED_BY_POWER:
            cells[-1] += " " + notes.number("its flash is read again behind a power cycle, as on the chip (PM0075, 2.4.1)")
    if not CHIPS[board].driver:
        cells.append("not asked")
    else:
        cells.append(f"but {notes.number(DIFFERENCES[board].why)}" if board in DIFFERENCES else "yes")
    return [*cells, f"yes ({CHIPS[board].core})"]


def table():
    notes = Notes()
    heads = ["board", INFO, STLINK_FLASH, STLINK_ERASE, *("OpenOCD: " + COLUMNS[3], *COLUMNS[4:]), AS_PROBED,
             "gdb; Unicorn, newlib"]
    lines = [heads, ["---"] * len(heads), *(row(board, notes) for board in CHIPS)]
    text = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    return text + "\n\n" + "\n".join(f"- [{i}] {note}" for i, note in enumerate(notes.texts, 1)) + "\n"


def simulated(probed):
    """Which boards there are, by what it says of itself."""
    said = subprocess.run([probed, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.search(r"Boards: ((?:[a-z0-9-]+\s+)*?)--", said + " --")[1].split())


def check(probed, root):
    problems = []
    with open(os.path.join(root, "docs", "judges.md")) as file:
        if table() not in file.read():
            problems.append("docs/judges.md does not hold the table that tests/peers/judges.py prints")
    for board in sorted(simulated(probed) ^ set(CHIPS)):
        problems.append(f"{board}: of the table and the simulated boards only one has it")
    with open(os.path.join(root, "tests", "peers", "test_chips.py")) as file:
        for board in re.findall(r'"((?:nucleo|blackpill)-\w+|bluepill|f031|f429i-disco|l152c-disco)"', file.read()):
            problems.append(f"test_chips.py has an exception of its own for {board}: it belongs into chips.py")
    with open(os.path.join(root, "tests", "gdb", "meson.build")) as file:
        gdb = set(re.findall(r"^  '([\w-]+)': \[.*'Cortex-M", file.read(), re.MULTILINE))
    for board in sorted(gdb ^ set(CHIPS)):
        problems.append(f"{board}: gdb debugs a program on it, or the table has it: not both")
    with open(os.path.join(root, "tests", "transport", "sim", "cpu", "meson.build")) as file:
        cores = file.read()
    for board, chip in CHIPS.items():
        if f"'{UNICORN[chip.core]}'" not in cores:
            problems.append(f"{board}: no test of a {chip.core}")
    print("\n".join(problems or ["judges: ok"]))
    return 1 if problems else 0


if len(sys.argv) < 3:
    print(table(), end="")
else:
    sys.exit(check(*sys.argv[1:3]))

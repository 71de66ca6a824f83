# SPDX-License-Identifier: MIT
"""What others say of a board that does not connect, beside what `probed doctor` says of it:
test_verdicts.py PROBE_EMU PROBED DOCUMENT [--write]

The others are not made to say it: a pattern picks out of their output what its reader would go by. A table of it stands
in the document."""
import json
import os
import sys

from emulator import Program, openocd

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kept import check  # noqa: E402

probe_emu, probed, document = sys.argv[1:4]
ST_UTIL_LOST = r"Can not connect to target. Please use 'connect under reset' and try again"
OPENOCD_LOST = r"init mode failed \(unable to connect to the target\)"
OPENOCD_FINE = r"\[stm32f1x.cpu\] Cortex-M3 r1p1 processor detected"

# The board, the ST-Link; what st-info --probe, st-util and openocd go by; the doctor's verdict, and one of
# the first three causes that it names.
CASES = [
    ("SWDIO and SWCLK exchanged", "V2J43", "bluepill,runs,swapped",
     r"chipid: +0x0000", ST_UTIL_LOST, OPENOCD_LOST, "silence", "wires"),
    ("no ground wire, VTref floats at 0.57 V", "V2J43", "bluepill,runs,gnd-open,seed=4",
     r"chipid: +0x0000", ST_UTIL_LOST, r"target voltage may be too low for reliable debugging",
     "silence-odd-supply", "ground-open"),
    ("VTref not connected", "V2J43", "bluepill,runs,vtref-open",
     r"chipid: +0x0000", ST_UTIL_LOST, r"target voltage may be too low for reliable debugging",
     "no-supply-seen", "vtref-open"),
    ("the program switches SWD off", "V2J43", "bluepill,swj-off",
     r"chipid: +0x0000", ST_UTIL_LOST, OPENOCD_LOST, "swd-off", "swd-off"),
    ("NRST is held low", "V2J43", "bluepill,runs,nrst-low",
     r"flash: +\d{8}", r"63456 KiB flash", OPENOCD_FINE, "nrst-held", "nrst-short"),
    ("read protection, level 1", "V2J43", "bluepill,runs,locked",
     r"flash: +0 ", r"0 KiB flash", OPENOCD_FINE, "read-protected", "level-1"),
    ("a CKS32 sold as an STM32F103", "V2J43", "bluepill,runs,clone=cks32",
     r"F1xx Medium-density", r"F1xx Medium-density", r"UNEXPECTED idcode: 0x2ba01477", "copy", "copy"),
    ("the same before an STLINK-V3", "V3", "bluepill,runs,clone=cks32",
     r"chipid: +0x0000", ST_UTIL_LOST, OPENOCD_LOST, "silence", "chip-silent"),
]


def says(pattern, *program, **probe):
    """The part of what it says that the pattern matches, as soon as it is there: some never end by themselves."""
    with Program(probe_emu, *program, **probe) as running:
        found = running.read_log(pattern)
        assert found, f"{program[0]} does not say {pattern!r} before {probe}:\n{running.log}"
        return " ".join(found.group(0).split())


def doctor(**probe):
    with Program(probe_emu, "sh", "-c", f"{probed} doctor --json --allow-reset 2>/dev/null", **probe) as running:
        running.wait()
        first = json.loads(running.log)["verdicts"][0]
        return first["class"], [cause["cause"] for cause in first["causes"]]


rows = ["| what is wrong | `st-info --probe` | `st-util` | `openocd` | `probed doctor` |\n", "|---|---|---|---|---|\n"]
wrong = 0
for title, stlink, board, st_info, st_util, ocd, verdict, cause in CASES:
    probe = {"stlink": stlink, "board": board}
    others = [says(st_info, "st-info", "--probe", **probe), says(st_util, "st-util", "-p", "0", **probe),
              says(ocd, *openocd("hla", "gdb_port disabled", "telnet_port disabled", "tcl_port disabled", "init",
                                 "shutdown"), **probe)]
    told, named = doctor(**probe)
    if told != verdict or cause not in named[:3]:
        print(f"{board} behind {stlink}: {told} {named} in place of {verdict} by {cause}")
        wrong += 1
    cells = [f"\"{text}\"" for text in others] + [f"`{told}`: {cause}"]
    rows.append(f"| {title} | {' | '.join(cells)} |\n")
print("".join(rows))
sys.exit(check(document, "what others say", "".join(rows), "--write" in sys.argv) or wrong)

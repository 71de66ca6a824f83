# SPDX-License-Identifier: MIT
"""`dap info` of unmodified OpenOCD and of probed, line by line, before the same chip: test_dap_info.py PROBE_EMU PROBED"""
import os
import re
import sys

from emulator import Program, openocd, tool

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gdb"))
from chips import CHIPS  # noqa: E402
from daemon import run_tests  # noqa: E402

probe_emu, probed = sys.argv[1:]
# One of each kind of core and of table, and of a port without one: the board, its ports.
BOARDS = (("bluepill", (0,)), ("blackpill-f401", (0,)), ("nucleo-f746", (0,)), ("nucleo-h743", (0, 1)), ("nucleo-g071", (0,)),
          ("nucleo-u575", (0,)))


def lists(text):
    """What it says of each port, without what else it says."""
    return re.findall(r"^AP # (?:.*\n)(?:(?:\t|\[L|MEM-AP).*\n)+", text, re.MULTILINE)


def all_ports_are_listed_alike():
    for board, ports in BOARDS:
        asked = "; ".join(f"echo [dap info {port}]" for port in ports)
        theirs = lists(tool(probe_emu, *openocd("dap", f"init; {asked}; shutdown", target=CHIPS[board].target), board=board))
        with Program(probe_emu, probed, "--gdb", "off", "-c", "; ".join(f"dap info {port}" for port in ports), "-c", "shutdown",
                     board=board) as running:
            assert running.wait() == 0, running.log
            ours = lists(re.sub(r"(?m)^probed: (?:info: )?", "", running.log))
        assert len(ours) == len(ports) and len(theirs) == len(ports), (board, ours, theirs)
        for own, other in zip(ours, theirs):
            assert [line.rstrip() for line in own.splitlines()] == [line.rstrip() for line in other.splitlines()], (board, own, other)


run_tests([all_ports_are_listed_alike])

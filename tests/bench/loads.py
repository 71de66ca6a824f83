# SPDX-License-Identifier: MIT
"""What it takes to fill 64 KiB of a blank chip, a row a family: probed and OpenOCD 0.12 before the same emulated ST-Link.

loads.py PROBED PROBE_EMU [STLINK]

The time is the simulated board's: SWD bits, core cycles, flash; the host's own waits count as far as the board's time
follows them."""
import os
import random
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(FOLDER, "..", "peers"), os.path.join(FOLDER, "..", "gdb")]

from emulator import Program, openocd  # noqa: E402

PROBED, PROBE_EMU = sys.argv[1:3]
STLINK = sys.argv[3] if len(sys.argv) > 3 else "V2J43"
KIB, SIZE, FLASH = 1024, 64 * 1024, 0x08000000
# Board, OpenOCD's target file, microseconds that the flash takes for 64 KiB at 3.3 V by its data sheet.
BOARDS = [("bluepill", "stm32f1x", 52.5 * SIZE / 2), ("nucleo-f205", "stm32f2x", 16 * SIZE / 4),
          ("blackpill-f401", "stm32f4x", 16 * SIZE / 4), ("nucleo-f746", "stm32f7x", 16 * SIZE / 4),
          ("nucleo-l053", "stm32l0", 3280 * SIZE / 64),
          ("l152c-disco", "stm32l1", 3280 * SIZE / 128), ("nucleo-g071", "stm32g0x", 85 * SIZE / 8)]


def run(board, *words):
    """Transfers and milliseconds of the board's time, from the attach to the end."""
    with Program(PROBE_EMU, *words, stlink=STLINK, board=board) as program:
        code = program.wait()
        assert code == 0, program.log
        counted = program.stats()
    return counted["transfers"], counted["virtual_us"] / 1e3


def main():
    no_ports = ("gdb_port disabled", "telnet_port disabled", "tcl_port disabled")
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path = os.path.join(folder, "image.bin")
        with open(path, "wb") as file:
            file.write(random.Random(64).randbytes(SIZE))
        print(f"{STLINK}: transfers / ms of the board | flash alone | probed | OpenOCD")
        for board, target, flash_us in BOARDS:
            ours = run(board, PROBED, "flash", path, f"{FLASH:#x}")
            theirs = run(board, *openocd("dap", *no_ports, f"program {path} {FLASH:#x} verify", "shutdown", target=target))
            print(f"| {board} | {flash_us / 1e3:.0f} | {ours[0]} / {ours[1]:.0f} | {theirs[0]} / {theirs[1]:.0f} |", flush=True)


main()

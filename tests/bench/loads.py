# SPDX-License-Identifier: MIT
"""What it takes to fill 64 KiB of a blank chip, or all of a smaller one, a row a family: probed and OpenOCD 0.12
before the same emulated ST-Link.

loads.py PROBED PROBE_EMU [STLINK [BOARD...]]

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
SMALL = {"f031": 32 * KIB}  # bytes, where 64 KiB are more than there is
# Board, OpenOCD's target file, microseconds that the flash takes for 64 KiB at 3.3 V by its data sheet.
BOARDS = [("bluepill", "stm32f1x", 52.5 * SIZE / 2), ("f031", "stm32f0x", 52.5 * SIZE / 2),
          ("nucleo-f303k8", "stm32f3x", 52.5 * SIZE / 2),
          ("nucleo-f205", "stm32f2x", 16 * SIZE / 4),
          ("blackpill-f401", "stm32f4x", 16 * SIZE / 4), ("nucleo-f746", "stm32f7x", 16 * SIZE / 4),
          ("nucleo-l053", "stm32l0", 3280 * SIZE / 64),
          ("l152c-disco", "stm32l1", 3280 * SIZE / 128), ("nucleo-g071", "stm32g0x", 85 * SIZE / 8),
          ("nucleo-g431", "stm32g4x", 81.69 * SIZE / 8), ("nucleo-l476", "stm32l4x", 81.69 * SIZE / 8),
          ("nucleo-wb55", "stm32wbx", 81.69 * SIZE / 8), ("nucleo-wl55", "stm32wlx", 81.69 * SIZE / 8),
          ("nucleo-h743", "stm32h7x", 100 * SIZE / 32), ("nucleo-u575", "stm32u5x", 384 * SIZE / 128)]
CHOSEN = sys.argv[4:] or [row[0] for row in BOARDS]


def run(board, *words):
    """Transfers and milliseconds of the board's time, from the attach to the end; or that it did not come to that."""
    with Program(PROBE_EMU, *words, stlink=STLINK, board=board) as program:
        if program.wait() != 0:
            return "failed"
        counted = program.stats()
    return f"{counted['transfers']} / {counted['virtual_us'] / 1e3:.0f}"


def main():
    no_ports = ("gdb_port disabled", "telnet_port disabled", "tcl_port disabled")
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        print(f"{STLINK}: transfers / ms of the board | flash alone | probed | OpenOCD")
        for board, target, flash_us in BOARDS:
            if board not in CHOSEN:
                continue
            size = SMALL.get(board, SIZE)
            path = os.path.join(folder, f"{size}.bin")
            with open(path, "wb") as file:
                file.write(random.Random(64).randbytes(size))
            ours = run(board, PROBED, "flash", path, f"{FLASH:#x}")
            theirs = run(board, *openocd("dap", *no_ports, f"program {path} {FLASH:#x} verify", "shutdown", target=target))
            print(f"| {board}, {size // KIB} KiB | {flash_us * size / SIZE / 1e3:.0f} | {ours} | {theirs} |", flush=True)


main()

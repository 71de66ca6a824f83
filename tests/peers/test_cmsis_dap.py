# SPDX-License-Identifier: MIT
"""Programs that we did not write judge the emulated CMSIS-DAP probes: test_cmsis_dap.py PROBE_EMU FIRMWARE.elf SOURCE.c PROBE

OpenOCD takes v2 by libusb and v1 by the kernel's hidraw; Debian's pyOCD, an old one, v1 alone, by libusb (its gdb
server closes gdb 13's connection at once, and is not asked)."""
import os
import re
import subprocess
import sys
import tempfile

from emulator import Program, gdb, openocd, server, tool
from daemon import run_tests

probe_emu, firmware, source, probe = sys.argv[1:5]
BOARDS = {"debugprobe": "bluepill", "mcu-link": "blackpill-f411", "daplink": "blackpill-f411", "daplink-v1": "bluepill",
          "ice": "blackpill-f411"}
TARGETS = {"bluepill": "stm32f1x", "blackpill-f411": "stm32f4x"}
board = BOARDS[probe]
target = TARGETS[board]


def ends_well(running):
    """No request was one that firmware cannot be trusted with: the judge and the model count alike."""
    assert running.stats()["violations"] == 0, running.log


def openocd_programs_and_verifies():
    with Program(probe_emu, *openocd("cmsis-dap", f"program {firmware} verify reset exit", target=target), dap=probe,
                 board=board) as running:
        assert running.wait() == 0, running.log
        assert "** Verified OK **" in running.log, running.log
        ends_well(running)


def gdb_through_openocd():
    running, port = server("cmsis-dap", probe_emu, dap=probe, board=board, target=target)
    with running:
        code, output = gdb(port, "session.py", firmware, source, PROBED_PEER="dap")
        assert code == 0, f"gdb said:\n{output}\nOpenOCD said:\n{running.log}"
        running.end()
        ends_well(running)


def openocd_resets_by_the_pin():
    """NRST by DAP_SWJ_Pins, and the core halts under it."""
    output = tool(probe_emu, *openocd("cmsis-dap", "reset_config srst_only srst_nogate connect_assert_srst", "init",
                                      "reset halt", "reg pc", "shutdown", target=target), dap=probe, board=board)
    assert re.search(r"halted due to debug-request", output), output


def image(folder):
    binary = os.path.join(folder, "image.bin")
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", firmware, binary], check=True)
    return binary


def pyocd(*words, **options):
    return tool(probe_emu, *words, dap=probe, board=board, **options)


def pyocd_says_its_version():
    print("pyOCD", pyocd("pyocd-tool", "--version").strip())


def pyocd_programs_what_it_reads_back():
    """It has no F103C8: the RC has the same controller and sectors of twice the size."""
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        binary, back = image(folder), os.path.join(folder, "back.bin")
        length = os.path.getsize(binary)
        output = pyocd("sh", "-c", f"pyocd-flashtool -t stm32f103rc {binary} && "
                       f"pyocd-tool -t stm32f103rc savemem 0x08000000 {length} {back}")
        assert f"Programmed {length} bytes" in output, output
        with open(binary, "rb") as written, open(back, "rb") as read:
            assert written.read() == read.read(), "flash differs from what was written"


def pyocd_halts_and_steps():
    """Registers, RAM and a step."""
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        output = pyocd("sh", "-c", f"pyocd-flashtool -t stm32f103rc {image(folder)} >/dev/null 2>&1 && printf "
                       "'reset -h\\nwreg r3 0x1234\\nreg r3\\nw32 0x20000100 0xCAFE0001\\nr32 0x20000100\\nstep\\nstatus\\n' "
                       "| pyocd-tool -t stm32f103rc -H")
    assert "0x00001234" in output and "cafe0001" in output, output
    assert "Halted" in output, output


tests = [openocd_programs_and_verifies, gdb_through_openocd, openocd_resets_by_the_pin]
if probe == "daplink-v1":
    tests += [pyocd_says_its_version, pyocd_programs_what_it_reads_back, pyocd_halts_and_steps]
run_tests(tests)

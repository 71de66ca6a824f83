# SPDX-License-Identifier: MIT
"""The same scenarios with probed: test_probed.py PROBE_EMU FIRMWARE.elf SOURCE.c STLINK PROBED"""
import os
import subprocess
import sys
import tempfile

from emulator import Program, gdb, server
from daemon import run_tests

probe_emu, firmware, source, stlink, probed = sys.argv[1:6]


def session_through_probed():
    running, port = server("probed", probe_emu, probed, stlink=stlink)
    with running:
        code, output = gdb(port, "session.py", firmware, source, PROBED_PEER="probed")
        assert code == 0, f"gdb said:\n{output}\nprobed said:\n{running.log}"
        assert running.end() == 0, running.log


def flash_holds_the_image():
    """Loaded by gdb through probed, read back by st-flash from the same board."""
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        binary, back = os.path.join(folder, "image.bin"), os.path.join(folder, "back.bin")
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", firmware, binary], check=True)
        length = os.path.getsize(binary)
        script = (f"{probed} --gdb 0 --once & wait $!; st-flash read {back} 0x08000000 {length}")
        with Program(probe_emu, "sh", "-c", script, stlink=stlink) as running:
            port = running.read_log(r"^Listening on \S+:(\d+) for gdb").group(1)
            loaded = subprocess.run(
                ["gdb-multiarch", "-q", "-nx", "-batch", "-ex", f"target extended-remote :{port}", "-ex", "load",
                 "-ex", "compare-sections", "-ex", "detach", firmware],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
            assert "matched" in loaded.stdout and "MIS" not in loaded.stdout, loaded.stdout
            assert running.wait() == 0, running.log
        with open(binary, "rb") as written, open(back, "rb") as read:
            assert written.read() == read.read(), "flash differs from what was loaded"


run_tests([session_through_probed, flash_holds_the_image])

# SPDX-License-Identifier: MIT
"""Programs that we did not write judge the emulated ST-Link: test_others.py PROBE_EMU FIRMWARE.elf SOURCE.c STLINK"""
import os
import re
import subprocess
import sys
import tempfile

from emulator import gdb, openocd, server, tool
from daemon import run_tests

probe_emu, firmware, source, stlink = sys.argv[1:5]
VERSIONS = {"V2J43": "V2J43S7", "V2J24": "V2J24S4", "V3": "V3J15M7"}


def run(*program, **options):
    return tool(probe_emu, *program, stlink=stlink, **options)


def image(folder):
    binary = os.path.join(folder, "image.bin")
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", firmware, binary], check=True)
    return binary


def st_info_names_probe_and_chip():
    output = run("st-info", "--probe")
    assert "Found 1 stlink" in output, output
    assert re.search("chipid: +0x0?410$", output, re.MULTILINE), output
    assert "flash:      65536" in output, output


def st_flash_writes_what_it_reads_back():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        binary = image(folder)
        length = os.path.getsize(binary)
        back = os.path.join(folder, "back.bin")
        script = (f"st-flash write {binary} 0x08000000 && st-flash read {back} 0x08000000 {length}")
        run("sh", "-c", script)
        with open(binary, "rb") as written, open(back, "rb") as read:
            assert written.read() == read.read(), "flash differs from what was written"


def openocd_programs_and_verifies(mode):
    output = run(*openocd(mode, f"program {firmware} verify reset exit"))
    assert "** Verified OK **" in output, output
    assert VERSIONS[stlink] in output, output


def openocd_hla_programs_and_verifies():
    openocd_programs_and_verifies("hla")


def openocd_dap_programs_and_verifies():
    openocd_programs_and_verifies("dap")


def session_through(name):
    running, port = server(name, probe_emu, stlink=stlink)
    with running:
        code, output = gdb(port, "session.py", firmware, source, PROBED_PEER=name)
        assert code == 0, f"gdb said:\n{output}\n{name} said:\n{running.log}"


def gdb_through_openocd_hla():
    session_through("hla")


def gdb_through_openocd_dap():
    session_through("dap")


def gdb_through_st_util():
    session_through("st-util")


run_tests([st_info_names_probe_and_chip, st_flash_writes_what_it_reads_back, openocd_hla_programs_and_verifies,
           openocd_dap_programs_and_verifies, gdb_through_openocd_hla, gdb_through_openocd_dap, gdb_through_st_util])

# SPDX-License-Identifier: MIT
"""A user's walk with each kind of CMSIS-DAP probe: list, info, doctor, flash, debug, RTT, run.

test_dap_walk.py PROBE_EMU FIRMWARE.elf SOURCE.c PROBE PROBED"""
import json
import os
import re
import subprocess
import sys
import tempfile

from emulator import Program, gdb, server, tool
from daemon import run_tests

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "run"))

probe_emu, firmware, source, probe, probed = sys.argv[1:6]
# What each says of itself; those with a serial port have it at the interface behind it.
NAMES = {"debugprobe": "Debugprobe on Pico (CMSIS-DAP)", "debugprobe-old": "Picoprobe (CMSIS-DAP)", "daplink": "DAPLink CMSIS-DAP",
         "mcu-link": "MCU-LINK (r0FF) CMSIS-DAP V3.128", "nameless": "CMSIS-DAP", "daplink-v1": "DAPLink CMSIS-DAP",
         "ice": "Atmel-ICE CMSIS-DAP", "short-blocks": "WCH CMSIS-DAP"}
WITH_PORT = {"debugprobe", "debugprobe-old", "daplink", "daplink-v1"}


def ask(script, code=0, board="bluepill"):
    return tool(probe_emu, "sh", "-e", "-c", script, dap=probe, board=board, code=code)


def it_is_listed():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        text = ask(f"{probed} list; {probed} list --json >{folder}/list")
        with open(f"{folder}/list") as file:
            found, = json.load(file)["probes"]
    assert found["product"] == NAMES[probe] and found["usable"] and found["place"] == "usb:1-1", found
    assert ("/dev/ttyACM1" in text) == (probe in WITH_PORT), text
    assert "\\x" not in text, text


def it_tells_of_the_chip_and_the_doctor_of_the_board():
    text = ask(f"{probed} flash {firmware} --reset; {probed} info; {probed} doctor")
    assert "STM32F101/F102/F103 medium-density" in text and "0x1ba01477" in text, text
    assert "healthy" in text, text
    text = ask(f"{probed} doctor", code=1, board="bluepill,noack")
    assert re.search(r"^silence", text, re.MULTILINE), text


def what_is_flashed_is_read_back():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        binary = os.path.join(folder, "image.bin")
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", firmware, binary], check=True)
        length = os.path.getsize(binary)
        text = ask(f"{probed} flash {firmware} --verify; {probed} read 0x08000000 {length} {folder}/back")
        assert "identical" in text, text
        with open(binary, "rb") as wanted, open(f"{folder}/back", "rb") as got:
            assert wanted.read() == got.read()


def gdb_debugs_by_it():
    running, port = server("probed", probe_emu, probed, dap=probe)
    with running:
        code, output = gdb(port, "session.py", firmware, source, PROBED_PEER="probed")
        assert code == 0, f"gdb said:\n{output}\nprobed said:\n{running.log}"
        assert running.end() == 0, running.log
        stats = running.stats()
    assert stats["violations"] == 0, stats  # no request that a firmware cannot be trusted with


def a_program_is_run_to_its_exit_code():
    from programs import build  # its folder goes with this process

    elf = build("ends", 'int main(void) { say("by the probe\\n"); return 5; }')
    text = ask(f"{probed} run {elf}", code=5)
    assert "by the probe\n" in text, text


def a_program_speaks_by_rtt():
    from programs import build

    elf = build("speaks", """
        static char up[64];
        struct { char id[16]; int ups, downs; struct { const char *name; char *at; unsigned size, put, got, flags; } up; } _SEGGER_RTT;
        int main(void) {
            _SEGGER_RTT.ups = 1; _SEGGER_RTT.up.name = "Terminal"; _SEGGER_RTT.up.at = up; _SEGGER_RTT.up.size = sizeof up;
            const char said[] = "by RTT\\n", id[] = "TTR REGGES";
            for (unsigned i = 0; i < sizeof said - 1; i++) up[i] = said[i];
            _SEGGER_RTT.up.put = sizeof said - 1;
            for (unsigned i = 0; i < 10; i++) _SEGGER_RTT.id[i] = id[9 - i];
            while (1) { }
        }""")
    text = ask(f"{probed} run {elf} --until 'by RTT'")
    assert "by RTT\n" in text, text


run_tests([it_is_listed, it_tells_of_the_chip_and_the_doctor_of_the_board, what_is_flashed_is_read_back, gdb_debugs_by_it,
           a_program_is_run_to_its_exit_code, a_program_speaks_by_rtt])

# SPDX-License-Identifier: MIT
"""Zephyr's west runners openocd, stlink_gdbserver and pyocd, with the commands of examples/ide/zephyr/west.sh and the
board file beside it.

Facts: zephyr scripts/west_commands/runners/{openocd,stlink_gdbserver,pyocd,core}.py: command lines, the version check in
its three forms, server and gdb started back to back, SIGTERM to the server when gdb ends."""

import os
import re
import subprocess

from mi import ELF, ENVIRONMENT, EXAMPLES, FOLDER, INSTALLED, LIMIT, PATIENT, Server, free_ports, program, run_tests

BOARD = os.path.join(EXAMPLES, "zephyr", "openocd.cfg")
SCRIPT = ["-ex", "break main", "-ex", "continue", "-ex", "bt", "-ex", "detach"]


def named_in_west(runner):
    """The program that west.sh gives the runner."""
    with open(os.path.join(EXAMPLES, "zephyr", "west.sh")) as file:
        lines = [line for line in file if f"-r {runner}" in line]
    found = re.search(rf"{re.escape(INSTALLED)}(/\S+)?", lines[0]).group(0).split(":")[0]
    return program(found if found != INSTALLED else "ST-LINK_gdbserver")


def client(*commands):
    return subprocess.run(["gdb-multiarch", "-nx", *PATIENT, "-q", "-batch", *commands, *SCRIPT, ELF], env=ENVIRONMENT,
                          capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)


def debug(argv, *commands):
    """As run_server_and_client(): nothing is waited for, gdb tries again until it can connect."""
    with Server(argv) as server:
        done = client(*commands)
        text = done.stdout + done.stderr
        assert done.returncode == 0 and "#0  main ()" in text, text
        server.stop()  # it may have ended by itself


def openocd(*behind, port):
    return [named_in_west("openocd"), "-s", FOLDER, "-s", os.path.dirname(BOARD), "-c", "set _ZEPHYR_BOARD_SERIAL 0670FF",
            "-f", BOARD, "-c", f"tcl_port {port + 2}", "-c", f"telnet_port {port + 1}", "-c", f"gdb_port {port}", *behind]


def openocd_version():
    done = subprocess.run([named_in_west("openocd"), "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=LIMIT)
    first = done.stdout.split("\n")[0]
    forms = [first.split(" ")[3], re.search(r"Open On-Chip Debugger v?(\d+.\d+.\d+)", done.stdout).group(1),
             re.search(r"Open On-Chip Debugger.* v?(\d+.\d+.\d+)", done.stdout).group(1)]
    assert forms == ["0.12.0"] * 3, (forms, done.stdout)
    assert done.returncode == 0 and "not OpenOCD" in first and "probed" in done.stdout, done.stdout


def openocd_debug():
    port = free_ports(3)
    debug(openocd("-c", "$_TARGETNAME configure -rtos Zephyr", "-c init", "-c targets", "-c halt", port=port),
          "-ex", f"target extended-remote :{port}", "-ex", "load")


def openocd_debugserver():
    port = free_ports(3)
    with Server(openocd("-c", "init", "-c", "targets", "-c", "reset init", port=port)) as server:
        server.wait_for(r"Listening on port \d+ for gdb connections\n")
        assert server.stop() == 0


def openocd_flash():
    image = os.path.join(FOLDER, "zephyr.hex")
    subprocess.run(["arm-none-eabi-objcopy", "-O", "ihex", ELF, image], check=True)
    words = openocd("-c", "init", "-c", "targets", "-c", "reset init", "-c", f"flash write_image erase {image}", "-c",
                    "reset init", "-c", f"verify_image {image}", "-c", "reset run", "-c", "shutdown", port=free_ports(3))
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    assert re.search(r"wrote \d+ bytes from file", done.stderr), done.stderr
    words[words.index(f"verify_image {image}")] = "verify_image /not/there.hex"
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    assert done.returncode != 0, "a flash that fails must not look like one that worked"


def stlink_gdbserver():
    port = free_ports(1)
    argv = [named_in_west("stlink_gdbserver"), "--stm32cubeprogrammer-path", "/opt/st/bin", "--port-number", str(port),
            "--apid", "0", "--halt", "--swd"]
    debug(argv, "-ex", f"target remote :{port}", ELF, "-ex", f"load {ELF}", "-ex", "monitor reset")
    debug([*argv, "--initialize-reset", "--extload", "/x.stldr"], "-ex", f"target remote :{port}", ELF, "-ex", f"load {ELF}", "-ex", "monitor reset")


def pyocd():
    port = free_ports(2)
    debug([named_in_west("pyocd"), "gdbserver", "-da", "x", "-p", str(port), "-T", str(port + 1), "-t", "stm32f103rc",
           "-f", "4000000"], "-ex", f"target remote :{port}", "-ex", "monitor halt", "-ex", "monitor reset", "-ex", "load",
          "-ex", "monitor reset halt")


run_tests([openocd_version, openocd_debug, openocd_debugserver, openocd_flash, stlink_gdbserver, pyocd])

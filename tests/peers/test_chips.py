# SPDX-License-Identifier: MIT
"""Programs that we did not write judge the simulated chips through the emulated ST-Link: flash, verification, option
bytes, locking: test_chips.py PROBE_EMU BOARD PROBED"""
import os
import random
import re
import sys
import tempfile

from emulator import openocd, tool
from daemon import run_tests

probe_emu, board, probed = sys.argv[1:4]

# How OpenOCD calls the chip and its driver, what st-info reads, what puts option bytes into force.
KIB = 1024
CHIPS = {
    "blackpill-f401": ("stm32f4x", "stm32f2x", "0x0423", 256 * KIB, "reset halt"),
    "blackpill-f411": ("stm32f4x", "stm32f2x", "0x0431", 512 * KIB, "reset halt"),
    "f031": ("stm32f0x", "stm32f1x", "0x0444", 32 * KIB, "stm32f1x options_load 0"),
    "f429i-disco": ("stm32f4x", "stm32f2x", "0x0419", 2048 * KIB, "reset halt"),
    "nucleo-f072": ("stm32f0x", "stm32f1x", "0x0448", 128 * KIB, "stm32f1x options_load 0"),
    "nucleo-f205": ("stm32f2x", "stm32f2x", "0x0411", 1024 * KIB, "reset halt"),
    # Its target file counts on 16 KiB of RAM.
    "nucleo-f303k8": ("stm32f3x", "stm32f1x", "0x0438", 64 * KIB, "reset halt",
                      "stm32f3x.cpu configure -work-area-size 0x3000"),
    "nucleo-f446": ("stm32f4x", "stm32f2x", "0x0421", 512 * KIB, "reset halt"),
    "nucleo-f746": ("stm32f7x", "stm32f2x", "0x0449", 1024 * KIB, "reset halt"),
    # It has no word for it.
    "nucleo-l053": ("stm32l0", "stm32lx", "0x0417", 64 * KIB, "catch {mww 0x40022004 0x40000}"),
    "l152c-disco": ("stm32l1", "stm32lx", "0x0427", 256 * KIB, "catch {mww 0x40023c04 0x40000}"),
    "nucleo-l152": ("stm32l1", "stm32lx", "0x0437", 512 * KIB, "catch {mww 0x40023c04 0x40000}"),
    # Newer than both: by the target file of its kin the core is debugged.
    "nucleo-c031": ("stm32g0x", None, "0x0453", 32 * KIB, "reset halt"),
    # Empty, it runs its boot loader behind a load.
    "nucleo-g071": ("stm32g0x", "stm32l4x", "0x0460", 128 * KIB, "stm32l4x option_load 0; reset halt"),
    "nucleo-g0b1": ("stm32g0x", "stm32l4x", "0x0467", 512 * KIB, "stm32l4x option_load 0; reset halt"),
    "nucleo-h743": ("stm32h7x", "stm32h7x", "0x0450", 2048 * KIB, "reset halt"),
    "nucleo-g431": ("stm32g4x", "stm32l4x", "0x0468", 128 * KIB, "stm32l4x option_load 0"),
    "nucleo-l476": ("stm32l4x", "stm32l4x", "0x0415", 1024 * KIB, "stm32l4x option_load 0"),
    "nucleo-u575": ("stm32u5x", "stm32l4x", "0x0482", 2048 * KIB, "stm32l4x option_load 0"),
    "nucleo-wb55": ("stm32wbx", "stm32l4x", "0x0495", 1024 * KIB, "stm32l4x option_load 0; reset halt"),
    "nucleo-wl55": ("stm32wlx", "stm32l4x", "0x0497", 256 * KIB, "stm32l4x option_load 0; reset halt"),
}
target, driver, chip_id, flash_size, loads, *settings = CHIPS[board]
IMAGE_SIZE = min(40 * 1000, flash_size - 1000)
KNOWN = driver is not None
KEEPS = {"nucleo-wb55": 244}.get(board)  # from this page on flash is the second core's
BLOCKS = "sectors" if driver in ("stm32f2x", "stm32l4x") else "blocks"  # of write protection
ERASED = "0x0" if driver == "stm32lx" else "0xffffffff"
# How each driver shows option bytes, changes them, and makes them as they were: resets at STOP, STANDBY or brown-out. A
# watchdog started by hardware would bite whoever is slow.
OPTIONS = {
    "stm32f1x": ("options_read 0", "options_write 0 RSTSTNDBY USEROPT 0x1234", "options_write 0 NORSTSTNDBY"),
    "stm32f2x": ("options_read 0", "options_write 0 0xe0", "options_write 0 0xec"),
    "stm32h7x": ("option_read 0 0x1c", "option_write 0 0x20 0 0x40", "option_write 0 0x20 0x40 0x40"),
    # The boot addresses are words of their own.
    "nucleo-f746": ("options_read 0", "options_write 0 0xcf0 0x80 0x40", "options_write 0 0xcfc 0x80 0x40"),
    "stm32l4x": ("option_read 0 0x20", "option_write 0 0x20 0 0x2000", "option_write 0 0x20 0x2000 0x2000"),
    "nucleo-u575": ("option_read 0 0x40", "option_write 0 0x40 0 0x2000", "option_write 0 0x40 0x2000 0x2000"),
}
STRANGE_TO_STLINK = ("nucleo-u575",)  # stlink-tools 1.7 has no row for it
# OpenOCD 0.12 writes a range of WRP with UNLOCK = 0: what it protected stays so until read protection ends.
PROTECTS_FOR_GOOD = ("nucleo-u575",)
SMALL_SIZE = 4000  # st-flash gives its loader half a second by the wall, which is much of a busy machine's


def run(*program, **options):
    return tool(probe_emu, *program, board=board, **options)


def image(folder, size=IMAGE_SIZE):
    path = os.path.join(folder, "image.bin")
    with open(path, "wb") as file:
        file.write(random.Random(401).randbytes(size))
    return path


def by_openocd(*commands, code=0):
    no_ports = ("gdb_port disabled", "telnet_port disabled", "tcl_port disabled")
    start = ("init", *settings, "reset init")
    return run(*openocd("dap", *no_ports, *start, *commands, "shutdown", target=target), code=code)


def st_info_knows_it():
    output = run("st-info", "--probe")
    assert f"chipid:     {chip_id}" in output, output
    if board in STRANGE_TO_STLINK:
        assert "flash:      0 (pagesize: 0)" in output, output
        return
    assert f"flash:      {flash_size} " in output, output


def st_flash_reads_back_what_it_wrote():
    if board in STRANGE_TO_STLINK:
        output = run("sh", "-c", "st-flash erase 2>&1; echo ended with $?")
        assert f"unknown chip id! {int(chip_id, 16):#x}" in output, output
        return
    if board == "nucleo-l152":  # st-flash 1.7 has the address of its controller wrong
        output = run("sh", "-c", "st-flash erase 2>&1; echo ended with $?")
        assert "Flash base use default L0 address" in output, output
        return
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path, back = image(folder, SMALL_SIZE), os.path.join(folder, "back.bin")
        output = run("sh", "-c", f"st-flash write {path} 0x08000000 && st-flash read {back} 0x08000000 {SMALL_SIZE}")
        with open(path, "rb") as written, open(back, "rb") as read:
            assert written.read() == read.read(), output


def openocd_verifies_what_it_wrote():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path = image(folder)
        output = by_openocd(f"flash write_image erase {path} 0x08000000", f"verify_image {path} 0x08000000")
    assert f"verified {IMAGE_SIZE} bytes" in output, output


def openocd_protects_sectors_and_frees_them():
    in_force = (loads, "reset halt")
    if driver == "stm32lx":
        assert "Flash protection is not supported" in by_openocd("catch {flash protect 0 0 3 on}")
        return
    if board in PROTECTS_FOR_GOOD:
        output = by_openocd("flash erase_sector 0 0 0", "flash protect 0 0 3 on", *in_force,
                            "catch {flash erase_sector 0 0 0}", "flash protect 0 0 3 off", *in_force,
                            "catch {flash erase_sector 0 0 0}")
        assert output.count("erased sectors 0 through 0") == 1, output
        assert output.count("stm32x device protected") == 2, output
        return
    output = by_openocd("flash protect 0 0 3 on", *in_force, "flash probe 0", "flash info 0",
                        "catch {flash erase_sector 0 0 0}", "flash protect 0 0 3 off", *in_force, "flash probe 0",
                        "flash erase_sector 0 0 0", "flash info 0")
    assert ") protected" in output, output
    protected, free = output.split(f"cleared protection for {BLOCKS} 0 through 3")
    assert "erased sectors 0 through 0" not in protected, output
    assert "erased sectors 0 through 0" in free and ") protected" not in free, output


def openocd_locks_and_unlocks_it():
    """Locked, flash cannot be read; unlocked it is erased."""
    in_force = (loads, "reset halt")
    output = by_openocd("flash fillw 0x08000000 0x12345678 4", "echo [mrw 0x08000000]", f"{driver} lock 0",
                        *in_force, "catch {echo [mrw 0x08000000]}", f"{driver} unlock 0", *in_force,
                        "echo erased:[mrw 0x08000000]")
    assert output.count("0x12345678") == 1, output
    assert "Failed to read memory at 0x08000000" in output, output
    assert f"erased:{ERASED}" in output, output


def openocd_is_refused_a_mass_erase():
    """The radio's core keeps flash for itself, of which OpenOCD does not know (RM0434, "Flash memory mass erase")."""
    output = by_openocd("flash fillw 0x08000000 0x12345678 1", "catch {stm32l4x mass_erase 0}", "echo after:[mrw 0x08000000]",
                        "echo kept:[mrw 0x080f4000]", "catch {flash erase_sector 0 244 244}")
    assert "Failed to write memory at 0x58004014" in output and "after:0x12345678" in output, output
    assert "kept:0x0" in output and "erased sectors" not in output, output


def openocd_erases_all_of_it():
    banks = 2 if board in ("nucleo-l152", "nucleo-h743") else 1  # of which the target file knows the first
    last = 0x08000000 + flash_size // banks - 4
    output = by_openocd(f"flash fillw {last:#x} 0x12345678 1", f"echo before:[mrw {last:#x}]", f"{driver} mass_erase 0",
                        f"echo after:[mrw {last:#x}]")
    assert "before:0x12345678" in output and f"after:{ERASED}" in output, output


def answers(output, commands):
    """What came between the echoes, a list of lines a command, without what a log begins its lines with."""
    parts = re.split(r"^(?:probed: )?say \d+$", output, flags=re.MULTILINE)[1:]
    assert len(parts) == len(commands) + 1, output
    return [[line.removeprefix("probed: ") for line in part.splitlines() if line.strip()] for part in parts[:-1]]


def probed_answers_as_openocd_does():
    """Each line that OpenOCD's command prints, probed started by the same command line prints too."""
    if driver == "stm32lx":
        commands = ["flash probe 0", f"{driver} mass_erase 0", f"{driver} lock 0", f"{driver} unlock 0"]
    else:
        shows, changes, restores = (f"{driver} {words}" for words in OPTIONS.get(board) or OPTIONS[driver])
        areas = [f"{driver} wrp_info 0"] if driver == "stm32l4x" else []
        protects = [] if board in PROTECTS_FOR_GOOD else ["flash protect 0 1 2 on", loads, "flash info 0", *areas,
                                                          "flash protect 0 1 2 off", loads]
        commands = ["flash probe 0", shows, *areas, *protects, changes, loads, shows, restores, loads,
                    *([] if KEEPS else [f"{driver} mass_erase 0"]), f"{driver} lock 0", f"{driver} unlock 0"]
    said = [word for number, command in enumerate(commands) for word in (f"echo {{say {number}}}", command)]
    script = ("gdb_port disabled", "telnet_port disabled", "tcl_port disabled", "init", "reset init", *said,
              f"echo {{say {len(commands)}}}", "shutdown")
    line = openocd("dap", *script, target=target)
    theirs = answers(run(*line), commands)
    output = run(probed, "--as", *line)
    ours = answers(output, commands)
    assert "this is another chip" not in output, output
    for command, expected, got in zip(commands, theirs, ours):
        for text in expected:
            if command == "flash probe 0":
                text = text.removeprefix("Info : ")
            if board == "nucleo-f072" and text.startswith("\t#"):
                continue  # it takes blocks of write protection for 8 KiB, which have 4 (RM0091, 3.2.1)
            sector = re.match(r"\t# *(\d+): ", text)
            if KEEPS and (text.startswith("#0 : ") or sector and int(sector[1]) >= KEEPS):
                continue  # what the second core keeps is no part of the bank
            # Its log, its names for the chip, where the core stands; stm32l4x and stm32h7x log more about it.
            if not re.match(r"Info :|Error: \[|Error: Fail|Device: |STM32|Dual Bank|xPSR|\[|device idcode|"
                            r"RDP level|TZEN = |flash mode|flash size probed|Bank \(|Warn : (un)?locking", text):
                assert text in got, (command, text, got)


def st_flash_refuses_it():
    output = run("st-info", "--probe")
    assert f"chipid:     {chip_id}" in output and "flash:      0 " in output, output
    output = run("sh", "-c", "st-flash erase 2>&1; echo ended with $?")
    assert f"unknown chip id! {chip_id.replace('0x0', '0x')}" in output and "ended with 255" in output, output


def openocd_debugs_it_and_refuses_its_flash():
    output = by_openocd("mww 0x20000000 0x12345678", "echo ram:[mrw 0x20000000]", "echo id:[mrw 0x40015800]", "step",
                        "catch {flash probe 0}")
    assert "ram:0x12345678" in output and "halted due to single-step" in output, output
    assert f"id:0x10000{chip_id.removeprefix('0x0')}" in output, output
    assert "Cannot identify target as an STM32" in output, output


BY_STLINK = [st_info_knows_it, st_flash_reads_back_what_it_wrote]
if board in ("nucleo-c031", "nucleo-g0b1", "nucleo-wl55"):
    BY_STLINK = [st_flash_refuses_it]
if not KNOWN:
    run_tests([*BY_STLINK, openocd_debugs_it_and_refuses_its_flash])
run_tests([*BY_STLINK, openocd_verifies_what_it_wrote,
           openocd_protects_sectors_and_frees_them, openocd_locks_and_unlocks_it,
           openocd_is_refused_a_mass_erase if KEEPS else openocd_erases_all_of_it, probed_answers_as_openocd_does])

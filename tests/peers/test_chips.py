# SPDX-License-Identifier: MIT
"""Programs that we did not write judge the simulated chips through the emulated ST-Link: flash, verification, option
bytes, locking; what each says of which is in chips.py: test_chips.py PROBE_EMU BOARD PROBED"""
import os
import random
import re
import sys
import tempfile

from chips import (CHIPS, DIFFERENCES, FIRST_BANK_ALONE, INFO, KEEPS, MASS_ERASE, OPTION_WORDS, OPTIONS, PROTECT,
                   STLINK_ERASE, STLINK_FLASH, UNLOCKED_BY_POWER, WRITE, refusal)
from emulator import openocd, tool
from daemon import run_tests

probe_emu, board, probed = sys.argv[1:4]
chip = CHIPS[board]
driver, flash_size = chip.driver, chip.flash
FLASH = 0x08000000
IMAGE_SIZE = min(40 * 1000, flash_size - 1000)
BLOCKS = "sectors" if driver in ("stm32f2x", "stm32l4x") else "blocks"  # of write protection
ERASED = 0 if driver == "stm32lx" else 0xFFFFFFFF
SMALL_SIZE = 4000  # st-flash gives its loader half a second by the wall, which is much of a busy machine's


def run(*program, faults="", **options):
    return tool(probe_emu, *program, board=board + faults, **options)


def image(folder, size=IMAGE_SIZE):
    path = os.path.join(folder, "image.bin")
    with open(path, "wb") as file:
        file.write(random.Random(401).randbytes(size))
    return path


def by_openocd(*commands, code=0):
    no_ports = ("gdb_port disabled", "telnet_port disabled", "tcl_port disabled")
    start = ("init", *chip.settings, "reset init")
    return run(*openocd("dap", *no_ports, *start, *commands, "shutdown", target=chip.target), code=code)


def st_info_knows_it():
    output, strange = run("st-info", "--probe"), refusal(board, INFO)
    assert f"chipid:     {chip.chip_id}" in output, output
    assert (strange.says if strange else f"flash:      {flash_size} ") in output, output


def st_flash_refuses_it():
    output = run("sh", "-c", "st-flash erase 2>&1; echo ended with $?")
    assert refusal(board, STLINK_FLASH).says in output and "ended with 0" not in output, output


def st_flash_reads_back_what_it_wrote():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path, back = image(folder, SMALL_SIZE), os.path.join(folder, "back.bin")
        output = run("sh", "-c", f"st-flash write {path} {FLASH:#x} && st-flash read {back} {FLASH:#x} {SMALL_SIZE}")
        with open(path, "rb") as written, open(back, "rb") as read:
            assert written.read() == read.read(), output


def st_flash_erases_it():
    """A program that is there from the start: behind its own `write` it leaves SER of F2, F4 and F7 set, and what SER and
    MER do together no manual says."""
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        before, after = (os.path.join(folder, name) for name in ("before.bin", "after.bin"))
        output = run("sh", "-c", f"st-flash read {before} {FLASH:#x} 64 && st-flash erase && "
                     f"st-flash read {after} {FLASH:#x} 64", faults=",runs")
        with open(before, "rb") as there, open(after, "rb") as left:
            assert set(there.read()) != set(ERASED.to_bytes(4, "little")) == set(left.read()), output


def openocd_verifies_what_it_wrote():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path = image(folder)
        output = by_openocd(f"flash write_image erase {path} {FLASH:#x}", f"verify_image {path} {FLASH:#x}")
    assert f"verified {IMAGE_SIZE} bytes" in output, output


def openocd_protects_sectors_and_frees_them():
    in_force = (chip.loads, "reset halt")
    if driver == "stm32lx":
        assert refusal(board, PROTECT).says in by_openocd("catch {flash protect 0 0 3 on}")
        return
    if refusal(board, PROTECT):  # it does, but does not free them
        output = by_openocd("flash erase_sector 0 0 0", "flash protect 0 0 3 on", *in_force,
                            "catch {flash erase_sector 0 0 0}", "flash protect 0 0 3 off", *in_force,
                            "catch {flash erase_sector 0 0 0}")
        assert output.count("erased sectors 0 through 0") == 1, output
        assert output.count(refusal(board, PROTECT).says) == 2, output
        return
    output = by_openocd("flash protect 0 0 3 on", *in_force, "flash probe 0", "flash info 0",
                        "catch {flash erase_sector 0 0 0}", "flash protect 0 0 3 off", *in_force, "flash probe 0",
                        "flash erase_sector 0 0 0", "flash info 0")
    assert ") protected" in output, output
    protected, free = output.split(f"cleared protection for {BLOCKS} 0 through 3")
    assert "erased sectors 0 through 0" not in protected, output
    assert "erased sectors 0 through 0" in free and ") protected" not in free, output


def openocd_locks_and_unlocks_it():
    """Locked, flash cannot be read; unlocked it is erased (F1: behind a power cycle)."""
    in_force = (chip.loads, "reset halt")
    looks = [] if board in UNLOCKED_BY_POWER else ["echo erased:[mrw 0x08000000]"]
    output = by_openocd("flash fillw 0x08000000 0x12345678 4", "echo [mrw 0x08000000]", f"{driver} lock 0",
                        *in_force, "catch {echo [mrw 0x08000000]}", f"{driver} unlock 0", *in_force, *looks)
    assert output.count("0x12345678") == 1, output
    assert "Failed to read memory at 0x08000000" in output, output
    assert (f"erased:{ERASED:#x}" if looks else "stm32x unlocked.") in output, output


def openocd_is_refused_a_mass_erase():
    output = by_openocd("flash fillw 0x08000000 0x12345678 1", "catch {stm32l4x mass_erase 0}", "echo after:[mrw 0x08000000]",
                        "echo kept:[mrw 0x080f4000]", f"catch {{flash erase_sector 0 {KEEPS[board]} {KEEPS[board]}}}")
    assert refusal(board, MASS_ERASE).says in output and "after:0x12345678" in output, output
    assert "kept:0x0" in output and "erased sectors" not in output, output


def openocd_erases_all_of_it():
    banks = 2 if board in FIRST_BANK_ALONE else 1
    last = 0x08000000 + flash_size // banks - 4
    output = by_openocd(f"flash fillw {last:#x} 0x12345678 1", f"echo before:[mrw {last:#x}]", f"{driver} mass_erase 0",
                        f"echo after:[mrw {last:#x}]")
    assert "before:0x12345678" in output and f"after:{ERASED:#x}" in output, output


def answers(output, commands):
    """What came between the echoes, a list of lines a command, without what a log begins its lines with."""
    parts = re.split(r"^(?:probed: )?say \d+$", output, flags=re.MULTILINE)[1:]
    assert len(parts) == len(commands) + 1, output
    return [[line.removeprefix("probed: ") for line in part.splitlines() if line.strip()] for part in parts[:-1]]


def differs_on_purpose(text):
    """Lines that DIFFERENCES tells of."""
    return board in DIFFERENCES and re.match(DIFFERENCES[board].lines, text)


def probed_answers_as_openocd_does():
    """Each line that OpenOCD's command prints, probed started by the same command line prints too."""
    if refusal(board, OPTIONS):
        commands = ["flash probe 0", f"{driver} mass_erase 0", f"{driver} lock 0", f"{driver} unlock 0"]
    else:
        shows, changes, restores = (f"{driver} {words}" for words in OPTION_WORDS.get(board) or OPTION_WORDS[driver])
        areas = [f"{driver} wrp_info 0"] if driver == "stm32l4x" else []
        protects = [] if refusal(board, PROTECT) else ["flash protect 0 1 2 on", chip.loads, "flash info 0", *areas,
                                                       "flash protect 0 1 2 off", chip.loads]
        commands = ["flash probe 0", shows, *areas, *protects, changes, chip.loads, shows, restores, chip.loads,
                    *([] if refusal(board, MASS_ERASE) else [f"{driver} mass_erase 0"]), f"{driver} lock 0", f"{driver} unlock 0"]
    said = [word for number, command in enumerate(commands) for word in (f"echo {{say {number}}}", command)]
    script = ("gdb_port disabled", "telnet_port disabled", "tcl_port disabled", "init", "reset init", *said,
              f"echo {{say {len(commands)}}}", "shutdown")
    line = openocd("dap", *script, target=chip.target)
    theirs = answers(run(*line), commands)
    output = run(probed, "--as", *line)
    ours = answers(output, commands)
    assert "this is another chip" not in output, output
    for command, expected, got in zip(commands, theirs, ours):
        for text in expected:
            if command == "flash probe 0":
                text = text.removeprefix("Info : ")
            if differs_on_purpose(text):
                continue
            # Its log, its names for the chip, where the core stands; stm32l4x and stm32h7x log more about it.
            if not re.match(r"Info :|Error: \[|Error: Fail|Device: |STM32|Dual Bank|xPSR|\[|device idcode|"
                            r"RDP level|TZEN = |flash mode|flash size probed|Bank \(|Warn : (un)?locking", text):
                assert text in got, (command, text, got)


def openocd_debugs_it_and_refuses_its_flash():
    output = by_openocd("mww 0x20000000 0x12345678", "echo ram:[mrw 0x20000000]", "echo id:[mrw 0x40015800]", "step",
                        "catch {flash probe 0}")
    assert "ram:0x12345678" in output and "halted due to single-step" in output, output
    assert f"id:0x10000{chip.chip_id.removeprefix('0x0')}" in output, output
    assert refusal(board, WRITE).says in output, output


BY_STLINK = [st_info_knows_it, *([st_flash_refuses_it] if refusal(board, STLINK_FLASH) else [
    st_flash_reads_back_what_it_wrote, *([] if refusal(board, STLINK_ERASE) else [st_flash_erases_it])])]
if not driver:
    run_tests([*BY_STLINK, openocd_debugs_it_and_refuses_its_flash])
run_tests([*BY_STLINK, openocd_verifies_what_it_wrote,
           openocd_protects_sectors_and_frees_them, openocd_locks_and_unlocks_it,
           openocd_is_refused_a_mass_erase if refusal(board, MASS_ERASE) else openocd_erases_all_of_it,
           probed_answers_as_openocd_does])

# SPDX-License-Identifier: MIT
"""The tools of the command line on any simulated board: board_tools.py PROBED FIRMWARE.elf BOARD FLASH RAM CORE"""
import json
import re
import subprocess
import sys

from daemon import LIMIT, run_tests

PROBED, FIRMWARE, BOARD, FLASH, RAM, CORE = sys.argv[1:]
KIB = 1024
LOADS = not re.match("bluepill|blackpill|f429i|nucleo-f[247]", BOARD)  # option bytes on demand
RUNS_LOADER = re.match("nucleo-(c0|g0|w)", BOARD)  # where the flash is empty, in place of a lockup
LIFE_CYCLE = BOARD == "nucleo-h563"  # in place of levels of read protection
AFTER = "" if LOADS else " after a power cycle"
WDG_SW = "IWDG1_SW" if "h7" in BOARD else "WDG_SW" if re.match(r"bluepill|blackpill|f\d|nucleo-f(?!7)", BOARD) else "IWDG_SW"


def call(*words, board=BOARD + ",still", code=0):
    done = subprocess.run([PROBED, *words, "--sim", board], capture_output=True, text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


def target(board=BOARD + ",still"):
    return json.loads(call("info", "--json", board=board).stdout)["target"]


def info_knows_the_chip():
    found = target()
    assert found["core"] == CORE, found
    assert found["flash_bytes"] == int(FLASH.removesuffix("K")) * KIB, found
    assert found["ram_bytes"] >= int(RAM.removesuffix("K")) * KIB, found
    assert not found["flash_size_guessed"] and not found["readout_protected"] and found["protection_known"] is not LIFE_CYCLE, found
    assert found["warning"] is None, found


def info_reads_the_option_bytes():
    found = target()
    assert found["write_protected"] == [] and found["write_protected_blocks"] == 0 < found["write_blocks"], found
    assert found["option_bytes"]["watchdog_by_hardware"] is False, found
    assert "watchdog by software" in call("info").stdout


def options_are_shown_by_name():
    said = call("options").stdout
    assert re.search(rf"^  {WDG_SW} +(software|SWWDG) +(software|SWWDG), (hardware|HWWDG)$", said, re.MULTILINE), said
    assert re.search(r"^  WRP +none +none, all, or blocks of 0-\d+$", said, re.MULTILINE), said


def options_are_changed_and_read_back():
    said = call("options", WDG_SW + "=hardware", "WRP=0-1,3", "--yes").stderr
    assert re.search(rf"^{WDG_SW}: \w+ -> (hardware|HWWDG)\nWRP: none -> 0-1,3\noptions: written and read back", said,
                     re.MULTILINE), said
    assert ("they are in force" in said) == (BOARD == "nucleo-h743"), said
    assert "they are so already" in call("options", "WRP=none").stderr


def options_that_move_banks_are_loaded_at_once():
    """What is in force the chip does not tell: the next load would take what is stored for it, and erase other pages."""
    change = {"nucleo-g0b1": "DUAL_BANK=one", "nucleo-u575": "SWAP_BANK=on"}.get(BOARD)
    if not change:
        return
    assert "loaded at once, which resets the chip, for they move the banks" in call("options", change, "--yes").stderr


def options_ask_before_they_change():
    said = call("options", WDG_SW + "=hardware", code=2).stderr
    assert "say --yes if that is meant; nothing was changed" in said, said


def options_name_what_there_is():
    for word, sentence in ((WDG_SW + "=maybe", f"'maybe' is nothing that {WDG_SW} can be"), ("WDG=1", "is no option of this chip"),
                           ("WRP=3-1", "are no blocks"), ("WRP", "a change looks like WDG_SW=hardware")):
        said = call("options", word, "--yes", code=2).stderr
        assert sentence in said, said


def read_protection_ends_by_name_and_by_itself():
    locked = BOARD + ",still,locked"
    said = call("options", "RDP=off", "--yes", board=locked).stderr
    assert "this erases the whole flash" in said and re.search(rf"erased, and can be used{AFTER}$", said, re.M), said
    said = call("options", "RDP=off", WDG_SW + "=hardware", "--yes", board=locked, code=2).stderr
    assert "read protection is ended by itself" in said, said


def info_sees_read_protection():
    found = target(BOARD + ",still,locked")
    assert found["readout_protected"] and "removing that erases it" in found["warning"], found
    if RUNS_LOADER:
        assert found["state"] == "running" and not found.get("lockup"), found
    else:
        assert "the flash is read-protected: with a debugger connected" in found["lockup"], found


def a_reset_says_that_protection_keeps_it_locked_up():
    said = call("reset", board=BOARD + ",still,locked", code=0 if RUNS_LOADER else 1).stderr
    assert ("reset: the core runs" if RUNS_LOADER else "the core is locked up: the flash is read-protected") in said, said


def flash_programs_checks_and_starts():
    said = call("flash", FIRMWARE, "--verify", "--reset").stderr
    assert "verify: read back, identical" in said and "reset: the core runs" in said, said


def flash_takes_no_longer_behind_a_stop():
    """Reset into on the way in, its clocks stood meanwhile: whatever program enters Stop can be replaced."""
    assert "identical" in call("flash", FIRMWARE, "--verify", board=BOARD + ",stop").stderr


def a_size_that_is_said_is_looked_at():
    half = int(FLASH.removesuffix("K")) // 2
    if BOARD == "nucleo-wb55":  # the end is the radio's, wherever somebody says it is
        assert "second core keeps" in call("info", "--flash-size", f"{half}k", code=1).stderr
        return
    said = json.loads(call("info", "--json", "--flash-size", f"{half}k").stdout)["target"]
    assert said["flash_bytes"] == half * KIB, said
    lies = BOARD + f",still,flash-size={half}"
    assert target(lies)["flash_bytes"] == half * KIB
    said = json.loads(call("info", "--json", "--flash-size", f"{2 * half}k", board=lies).stdout)["target"]
    assert said["flash_bytes"] == 2 * half * KIB, said
    if BOARD in ("nucleo-f746", "nucleo-h563", "nucleo-h743", "nucleo-u575"):
        assert "no whole sectors" in call("info", "--flash-size", "9k", code=1).stderr
    said = call("info", "--flash-size", f"{4 * half}k", code=1).stderr
    assert "nothing answers at" in said or "has more than" in said, said


def flash_believes_what_is_said_of_the_supply():
    """Below 2.1 V more than a byte at once is written by no F4; and what is said is not read as another option."""
    low = BOARD + ",still,vtref=2.05"
    assert "identical" in call("flash", FIRMWARE, "--verify", "--vtref", "2.05", board=low).stderr
    assert "between 1.6 and 3.7" in call("flash", FIRMWARE, "--vtref", "33", code=2).stderr


def flash_is_refused_while_protected():
    said = call("flash", FIRMWARE, board=BOARD + ",still,locked", code=5).stderr
    assert "read protection is on" in said, said


def erase_clears_all_of_it():
    said = call("erase").stderr
    assert "erasing all flash" in said and "checked; the core is halted" in said, said


def a_life_cycle_goes_on_only_if_that_is_meant():
    assert re.search(r"^  PRODUCT_STATE +open +open, provisioning \(no way back\)", call("options").stdout, re.MULTILINE)
    said = call("options", "PRODUCT_STATE=closed", "--yes", code=2).stderr
    assert "no way back" in said and "Debug Authentication" in said and "nothing was changed" in said, said
    said = call("options", "PRODUCT_STATE=closed", "--irreversible", "--yes", code=2).stderr
    assert "by --id and its device id" in said, said
    said = call("options", "PRODUCT_STATE=closed", "--irreversible", "--yes", "--id", "0x484").stderr
    assert "PRODUCT_STATE: open -> closed" in said and "written and read back" in said, said


def a_closed_product_is_explained():
    said = call("info", board=BOARD + ",still,locked", code=5).stderr
    assert "keeps debuggers from its core" in said and "Debug Authentication" in said and "RDP" not in said, said


PROTECTION = [a_life_cycle_goes_on_only_if_that_is_meant, a_closed_product_is_explained] if LIFE_CYCLE else [
    info_sees_read_protection, a_reset_says_that_protection_keeps_it_locked_up,
    read_protection_ends_by_name_and_by_itself, flash_is_refused_while_protected]
run_tests([info_knows_the_chip, info_reads_the_option_bytes, options_are_shown_by_name,
           options_are_changed_and_read_back, options_that_move_banks_are_loaded_at_once, options_ask_before_they_change, options_name_what_there_is,
           flash_programs_checks_and_starts,
           flash_takes_no_longer_behind_a_stop, a_size_that_is_said_is_looked_at,
           flash_believes_what_is_said_of_the_supply, erase_clears_all_of_it, *PROTECTION])

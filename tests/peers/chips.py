# SPDX-License-Identifier: MIT
"""What programs that we did not write make of each simulated board: how they call its chip, and what they say where they
do not do what they are asked. test_chips.py and test_h5.py hold them to it, docs/judges.md shows it (judges.py)."""
from typing import NamedTuple, Optional

KIB = 1024


class Chip(NamedTuple):
    target: Optional[str]  # OpenOCD's target file
    driver: Optional[str]  # its flash driver; None: it has none that takes this chip
    chip_id: str  # as st-info prints it
    flash: int
    core: str
    loads: str = "reset halt"  # what puts option bytes into force
    settings: tuple = ()  # before OpenOCD connects


L4 = "stm32l4x option_load 0"
# Empty, some run their boot loader behind a load.
L4_AND_HALT = "stm32l4x option_load 0; reset halt"
F0 = "stm32f1x options_load 0"

CHIPS = {
    "bluepill": Chip("stm32f1x", "stm32f1x", "0x0410", 64 * KIB, "M3"),
    "f031": Chip("stm32f0x", "stm32f1x", "0x0444", 32 * KIB, "M0", F0),
    "nucleo-f072": Chip("stm32f0x", "stm32f1x", "0x0448", 128 * KIB, "M0", F0),
    # Its target file counts on 16 KiB of RAM.
    "nucleo-f303k8": Chip("stm32f3x", "stm32f1x", "0x0438", 64 * KIB, "M4F",
                          settings=("stm32f3x.cpu configure -work-area-size 0x3000",)),
    "blackpill-f401": Chip("stm32f4x", "stm32f2x", "0x0423", 256 * KIB, "M4F"),
    "blackpill-f411": Chip("stm32f4x", "stm32f2x", "0x0431", 512 * KIB, "M4F"),
    "nucleo-f446": Chip("stm32f4x", "stm32f2x", "0x0421", 512 * KIB, "M4F"),
    "f429i-disco": Chip("stm32f4x", "stm32f2x", "0x0419", 2048 * KIB, "M4F"),
    "nucleo-f205": Chip("stm32f2x", "stm32f2x", "0x0411", 1024 * KIB, "M3"),
    "nucleo-f746": Chip("stm32f7x", "stm32f2x", "0x0449", 1024 * KIB, "M7, singles"),
    # It has no word for a load of option bytes.
    "nucleo-l053": Chip("stm32l0", "stm32lx", "0x0417", 64 * KIB, "M0+", "catch {mww 0x40022004 0x40000}"),
    "l152c-disco": Chip("stm32l1", "stm32lx", "0x0427", 256 * KIB, "M3", "catch {mww 0x40023c04 0x40000}"),
    "nucleo-l152": Chip("stm32l1", "stm32lx", "0x0437", 512 * KIB, "M3", "catch {mww 0x40023c04 0x40000}"),
    # Newer than both: by the target file of its kin the core is debugged.
    "nucleo-c031": Chip("stm32g0x", None, "0x0453", 32 * KIB, "M0+"),
    "nucleo-g071": Chip("stm32g0x", "stm32l4x", "0x0460", 128 * KIB, "M0+", L4_AND_HALT),
    "nucleo-g0b1": Chip("stm32g0x", "stm32l4x", "0x0467", 512 * KIB, "M0+", L4_AND_HALT),
    "nucleo-g431": Chip("stm32g4x", "stm32l4x", "0x0468", 128 * KIB, "M4F", L4),
    "nucleo-h563": Chip(None, None, "0x0484", 2048 * KIB, "M33"),
    "nucleo-h743": Chip("stm32h7x", "stm32h7x", "0x0450", 2048 * KIB, "M7"),
    "nucleo-l476": Chip("stm32l4x", "stm32l4x", "0x0415", 1024 * KIB, "M4F", L4),
    "nucleo-u575": Chip("stm32u5x", "stm32l4x", "0x0482", 2048 * KIB, "M33", L4),
    "nucleo-wb55": Chip("stm32wbx", "stm32l4x", "0x0495", 1024 * KIB, "M4F", L4_AND_HALT),
    "nucleo-wl55": Chip("stm32wlx", "stm32l4x", "0x0497", 256 * KIB, "M4", L4_AND_HALT),
}

# What is asked of them: the columns of the table.
INFO, STLINK_FLASH, STLINK_ERASE = "st-info", "st-flash write, read", "st-flash erase"
WRITE, PROTECT, LOCK, OPTIONS, MASS_ERASE = "write, verify", "protect", "lock, unlock", "option bytes", "mass erase"


class Refusal(NamedTuple):
    says: str  # by the judge, word for word
    why: str


NO_ROW = "stlink-tools 1.7 has no row for the chip"
TOO_NEW = "OpenOCD 0.12 is older than the chip: its core alone is debugged"
BEHIND_PORT_1 = "stlink-tools look for a core behind access port 0 alone"
NO_PROTECTION = "OpenOCD's stm32lx has no write protection"
NO_OPTIONS = "nor words for option bytes"


PAGE_BY_PAGE = "it goes page by page, which takes a minute: not asked in the tests"


UNKNOWN = {INFO: Refusal("flash:      0 (pagesize: 0)", NO_ROW)} | dict.fromkeys(
    (STLINK_FLASH, STLINK_ERASE), Refusal("unknown chip id!", NO_ROW))
LX = {STLINK_ERASE: Refusal("", PAGE_BY_PAGE), PROTECT: Refusal("Flash protection is not supported", NO_PROTECTION),
      OPTIONS: Refusal("", NO_OPTIONS)}
REFUSALS = {
    "nucleo-l053": LX,
    "l152c-disco": LX,
    "nucleo-l152": LX | dict.fromkeys((STLINK_FLASH, STLINK_ERASE), Refusal(
        "Flash base use default L0 address", "st-flash 1.7 has the address of its controller wrong")),
    "nucleo-c031": UNKNOWN | dict.fromkeys(
        (WRITE, PROTECT, LOCK, OPTIONS, MASS_ERASE), Refusal("Cannot identify target as an STM32", TOO_NEW)),
    "nucleo-g0b1": UNKNOWN,
    "nucleo-wl55": UNKNOWN,
    "nucleo-h563": {INFO: Refusal("unknown device", BEHIND_PORT_1)}
    | dict.fromkeys((STLINK_FLASH, STLINK_ERASE), Refusal("Failed to connect to target", BEHIND_PORT_1))
    | dict.fromkeys((WRITE, PROTECT, LOCK, OPTIONS, MASS_ERASE), Refusal("", TOO_NEW)),
    "nucleo-u575": UNKNOWN | {PROTECT: Refusal(
        "stm32x device protected", "it protects, and clears UNLOCK with it: what it protected stays so until read "
        "protection ends")},
    "nucleo-wb55": {STLINK_ERASE: Refusal("", "it goes page by page, up to the first that the radio keeps: not asked in the "
                                          "tests"), MASS_ERASE: Refusal(
        "Failed to write memory at 0x58004014", "of the radio's core, which keeps flash for itself, OpenOCD does not know "
        "(RM0434)")},
}


def refusal(board, what):
    """None: it does it."""
    return REFUSALS.get(board, {}).get(what)


class Difference(NamedTuple):
    lines: str  # of OpenOCD's, that probed does not print
    why: str


# Where probed's answers differ from OpenOCD's on purpose.
DIFFERENCES = {
    "bluepill": Difference("INFO: power cycle is required",
                           "OpenOCD asks for a power cycle, where a reset is enough (PM0075, 2.5)"),
    "nucleo-f072": Difference(r"\t#", "OpenOCD takes blocks of write protection for 8 KiB, which have 4 (RM0091, 3.2.1)"),
    "nucleo-wb55": Difference(r"#0 : |\t# *(24[4-9]|25\d): ", "what the second core keeps is no part of probed's bank, and a "
                              "mass erase is refused by name"),
}
# Where only that ends read protection (PM0075, 2.4.1).
UNLOCKED_BY_POWER = ("bluepill",)
# From this page on flash is the second core's.
KEEPS = {"nucleo-wb55": 244}
# Of these the target file knows the first of two banks.
FIRST_BANK_ALONE = ("nucleo-l152", "nucleo-h743")
# How each driver shows option bytes, changes them, and makes them as they were: resets at STOP, STANDBY or brown-out. A
# watchdog started by hardware would bite whoever is slow.
OPTION_WORDS = {
    "stm32f1x": ("options_read 0", "options_write 0 RSTSTNDBY USEROPT 0x1234", "options_write 0 NORSTSTNDBY"),
    "stm32f2x": ("options_read 0", "options_write 0 0xe0", "options_write 0 0xec"),
    "stm32h7x": ("option_read 0 0x1c", "option_write 0 0x20 0 0x40", "option_write 0 0x20 0x40 0x40"),
    # The boot addresses are words of their own.
    "nucleo-f746": ("options_read 0", "options_write 0 0xcf0 0x80 0x40", "options_write 0 0xcfc 0x80 0x40"),
    "stm32l4x": ("option_read 0 0x20", "option_write 0 0x20 0 0x2000", "option_write 0 0x20 0x2000 0x2000"),
    "nucleo-u575": ("option_read 0 0x40", "option_write 0 0x40 0 0x2000", "option_write 0 0x40 0x2000 0x2000"),
}

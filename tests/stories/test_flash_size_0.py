# SPDX-License-Identifier: MIT
"""st-info says "flash: 0", and nothing can be flashed: the chip is read-protected. Its owner unlocks it by telnet, as
they read of OpenOCD, switches the board off and on, and flashes the sketch with a reset behind it."""
from person import Person, run_tests, telnet

LOCKED = "bluepill,runs,locked"


def answers(console, line, pattern):
    """News may come before the answer, and prompts."""
    console.send(line.encode() + b"\n")
    console.until(pattern.encode())


def st_info_says_0_and_probed_says_why():
    with Person(board=LOCKED) as person:
        assert "flash:      0" in person.asks("st-info --probe")
        text = person.asks("probed info")
        assert "the flash is read-protected" in text and "removing that erases it" in text, text
        assert person.doctor()[0] == "read-protected"
        text = person.asks("probed flash blink.elf --verify --reset", code=5)
        assert "read-protected" in text and "erase" in text, text


def unlocked_by_telnet_and_flashed_with_reset():
    with Person(board=LOCKED) as person:
        port = person.starts_daemon()
        with telnet(port) as console:
            answers(console, "flash probe 0", "read-protected")
            answers(console, "stm32f1x unlock 0", "erases the whole flash.*unlocked.*power cycle")
            person.hands("power off")
            console.until(rb"lost the target")
            person.hands("power on")
            console.until(rb"connected: ")
            answers(console, "flash probe 0", "flash size = 64 KiB")
            answers(console, "program blink.elf verify reset", "erified")
            answers(console, "targets", "running")
        person.ends_daemon()
        text = person.asks("probed info")
        assert "protection:   none against reading" in text and "locked up" not in text, text
        assert person.doctor("--allow-reset", well=True)[0] == "healthy"
        assert "flash:      65536" in person.asks("st-info --probe")


run_tests([st_info_says_0_and_probed_says_why, unlocked_by_telnet_and_flashed_with_reset])

# SPDX-License-Identifier: MIT
"""A dongle whose case carries another circuit board's drawing. Its owner wires by the case, and nothing works; then by
the circuit board, and all does."""
from person import Person, run_tests

BROKEN = "bluepill,misprint-a-on-b"


def it_is_found_and_mended():
    with Person(stlink="clone", board=BROKEN) as person:
        assert "ST-LINK/V2" in person.asks("probed list")
        text = person.asks("probed info", code=4)
        assert "SWDIO" in text and "SWCLK" in text and "circuit board" in text, text
        person.asks("probed flash blink.elf --verify --reset", code=4)
        verdict, causes = person.doctor("--allow-reset")
        assert verdict == "silence" and causes[0] == "wires", (verdict, causes)
        picture = person.asks("probed doctor --allow-reset --board bluepill", code=1)
        assert "variant A" in picture and "variant B" in picture and "look here (1)" in picture, picture
        person.hands("fault -misprint-a-on-b")
        assert "STM32F101/F102/F103 medium-density" in person.asks("probed info")
        text = person.asks("probed flash blink.elf --verify --reset")
        assert "identical" in text and "reset: the core runs" in text, text
        assert person.doctor("--allow-reset", well=True)[0] == "healthy"


def a_daemon_meanwhile_waits_and_goes_on():
    with Person(stlink="clone", board=BROKEN) as person:
        person.starts_daemon()
        assert person.read_log(r"SWDIO or SWCLK.*\n"), person.log
        person.hands("fault -misprint-a-on-b")
        assert person.read_log(r"connected: STM32F10"), person.log
        person.ends_daemon()


run_tests([it_is_found_and_mended, a_daemon_meanwhile_waits_and_goes_on])

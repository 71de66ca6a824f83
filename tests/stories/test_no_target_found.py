# SPDX-License-Identifier: MIT
"""CubeIDE says "No STM32 target found", three times: the solder joint of GND has broken; then VTref (VAPP, pin 1) is not
connected; then the chip is a copy. Each time it is said which."""
from person import Person, run_tests


def first_ground_then_vtref_then_a_copy():
    for seed in (3, 4, 8, 12):
        with Person(stlink="V2J43", board=f"bluepill,runs,gnd-open,seed={seed}") as person:
            assert "error: " in person.asks("probed info", code=1)
            person.hands("fault -gnd-open")
            person.hands("fault +vtref-open")
            text = person.asks("probed info", code=1)
            assert "VTref" in text, text
            person.hands("fault -vtref-open")
            person.hands("fault +clone=cks32")
            text = person.asks("probed info")
            assert "probably not made by ST but a copy" in text and "412fc230" in text, text


def a_copy_behind_an_stlink_v3_is_said_to_be_possible():
    with Person(stlink="V3", board="bluepill,runs,clone=cks32") as person:
        person.asks("probed info", code=1)


run_tests([first_ground_then_vtref_then_a_copy, a_copy_behind_an_stlink_v3_is_said_to_be_possible])

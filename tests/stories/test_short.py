# SPDX-License-Identifier: MIT
"""An STM32F031 on a home-made cable in which two wires touch; then they no longer do."""
from person import Person, run_tests


def the_cable_is_named_and_then_it_works():
    for seed in range(1, 6):  # to ground, to the supply, to each other, to NRST
        with Person(stlink="V2J43", board=f"f031,runs,short,seed={seed}") as person:
            text = person.asks("probed info", code=4)
            assert "SWDIO" in text and "SWCLK" in text, text
            verdict, causes = person.doctor("--allow-reset")
            assert verdict == "silence" and causes[0] == "wires", (verdict, causes)
            person.hands("fault -short")
            text = person.asks("probed info")
            assert "STM32F03" in text and "running" in text, text
            assert person.doctor("--allow-reset", well=True)[0] == "healthy"


run_tests([the_cable_is_named_and_then_it_works])

# SPDX-License-Identifier: MIT
"""CubeIDE says "No STM32 target found", three times: the solder joint of GND has broken; then VTref (VAPP, pin 1) is not
connected; then the chip is a copy. Each time it is said which."""
from person import Person, run_tests


# Where VTref floats without a ground: 0.0 V, 0.6 V, 1.6 V.
SEEN = {2: "no-supply-seen", 4: "silence-odd-supply", 10: "silence-odd-supply"}


def first_ground_then_vtref_then_a_copy():
    for seed, said in SEEN.items():
        with Person(stlink="V2J43", board=f"bluepill,runs,gnd-open,seed={seed}") as person:
            assert "error: " in person.asks("probed info", code=4)
            verdict, causes = person.doctor("--allow-reset")
            assert verdict == said and "ground-open" in causes[:3], (verdict, causes)
            person.hands("fault -gnd-open")
            person.hands("fault +vtref-open")
            text = person.asks("probed info", code=4)
            assert "VTref" in text, text
            verdict, causes = person.doctor("--allow-reset")
            assert verdict == "no-supply-seen" and "vtref-open" in causes[:3], (verdict, causes)
            person.hands("fault -vtref-open")
            person.hands("fault +clone=cks32")
            text = person.asks("probed info")
            assert "probably not made by ST but a copy" in text and "412fc230" in text, text
            assert person.doctor("--allow-reset")[0] == "copy"


def a_copy_behind_an_stlink_v3_is_said_to_be_possible():
    with Person(stlink="V3", board="bluepill,runs,clone=cks32") as person:
        person.asks("probed info", code=4)
        verdict, causes = person.doctor("--allow-reset")
        assert verdict == "silence" and "chip-silent" in causes[:3], (verdict, causes)
        assert "a copy, which an STLINK-V3 refuses" in " ".join(person.asks("probed doctor", code=1).split())


run_tests([first_ground_then_vtref_then_a_copy, a_copy_behind_an_stlink_v3_is_said_to_be_possible])

# SPDX-License-Identifier: MIT
"""An ST-Link that somebody built: V2-1 firmware in a Blue Pill, with its virtual COM port. It is listed, recognised and
used."""
import json
import os

from person import Person, run_tests

TTY = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.2/tty/ttyACM3"


def it_is_listed_recognised_and_used():
    with Person(stlink="V2-1", board="bluepill") as person:
        person.asks(f'mkdir -p "$UMOCKDEV_DIR/{TTY}"')
        text = person.asks("probed list")
        assert "ST-LINK/V2-1" in text and "(0483:374b)" in text and "/dev/ttyACM3" in text, text
        probe, = json.loads(person.asks("probed list --json"))["probes"]
        assert probe["usable"] and probe["serial_port"] == "/dev/ttyACM3", probe
        assert "STM32F101/F102/F103 medium-density" in person.asks("probed info")
        text = person.asks("probed flash blink.elf --verify --reset")
        assert "identical" in text and "reset: the core runs" in text, text
        assert "running" in person.asks("probed info")
        assert person.doctor("--allow-reset", well=True)[0] == "healthy"
        person.asks("probed read 0x08000000 1024 back.bin")
        assert os.path.getsize(os.path.join(person.desk.name, "back.bin")) == 1024


run_tests([it_is_listed_recognised_and_used])

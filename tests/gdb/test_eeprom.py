# SPDX-License-Identifier: MIT
"""A program with a section in data EEPROM."""
import os
import tempfile

from inside import *

connect()
run("load")


@test
def gdb_sees_it_as_flash_of_bytes():
    contains(run("info mem"), r"0x08080000 0x0808[0-9a-f]+\s+flash blocksize 0x1 ")


@test
def load_fills_it():
    contains(run("compare-sections"), r"Section \.eeprom, range .*: matched")
    contains(run("x/s 0x08080000"), "as delivered")


@test
def what_is_beside_it_stays():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        path = os.path.join(folder, "serial.bin")
        with open(path, "wb") as file:
            file.write(b"1234")
        run(f"monitor flash write_image {path} 0x0808000d bin")  # right behind the section
    run("load")
    contains(run("x/s 0x08080000"), "as delivered")
    contains(run("x/s 0x0808000d"), "1234")


@test
def it_is_not_written_like_ram():
    contains(fails("set var *(char *)0x08080000 = 1"), "Writing to flash memory forbidden")

# SPDX-License-Identifier: MIT
"""gdb takes the description of every kind of core that probed may send, and knows all its registers.

    descriptions.py PRINT_DESCRIPTIONS
"""
import subprocess
import sys
import tempfile


def gdb_on(path):
    """What gdb says to a description, and the registers that it has then."""
    done = subprocess.run(
        ["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "set architecture arm", "-ex", f"set tdesc filename {path}",
         "-ex", "maint print registers"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    rows = [line.split() for line in done.stdout.splitlines()]
    return done.stderr.strip(), {row[0] for row in rows if row}


with tempfile.TemporaryDirectory() as folder:
    printed = subprocess.run([sys.argv[1], folder], capture_output=True, text=True, timeout=60, check=True)
    cores = [line.split("|") for line in printed.stdout.splitlines()]
    assert len(cores) == 9, cores
    for number, name, registers in cores:
        said, known = gdb_on(f"{folder}/{number}.xml")
        missing = [register for register in registers.split() if register not in known]
        assert not said, f"{name}: {said}"
        assert not missing, f"{name}: gdb has no {missing}"
        print(f"{name}: {len(registers.split())} registers")

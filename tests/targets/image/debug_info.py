# SPDX-License-Identifier: MIT
"""Names and lines of real programs, as binutils read them from the same files. debug_info.py PRINT-DEBUG-INFO FOLDER ELF.."""

import pathlib
import random
import re
import subprocess
import sys

printer, folder, programs = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode in (0, 1) and not done.stderr, f"{command[:3]}: {done.returncode}\n{done.stderr}"
    return done.stdout


def symbols_of(elf):
    """name: {(address, size)} of all that have one, as nm says; only names that are there once."""
    found = {}
    for line in run("arm-none-eabi-nm", "-S", elf).splitlines():
        if match := re.fullmatch(r"(\w{8}) (?:(\w{8}) )?([a-zA-Z]) (\S+)", line):
            address, size, kind, name = match.groups()
            if kind not in "aN" and not name.startswith("$"):
                # nm says a function's Thumb bit no more than we do.
                found.setdefault(name, set()).add((int(address, 16) & (~1 if kind in "tTwW" else ~0), int(size or "0", 16)))
    return {name: next(iter(all)) for name, all in found.items() if len(all) == 1 and not re.search(r"\.(lto_priv|c)\.", name)}


def names_are_where_nm_sees_them(elf):
    expected = symbols_of(elf)
    assert len(expected) > 10, expected
    ours = {}
    for line in run(printer, elf, "names", "no_such_name", *expected).splitlines():
        name, address, size = line.split()
        ours[name] = (int(address, 16), int(size, 16))
    assert ours == expected, set(ours.items()) ^ set(expected.items())


def ours_at(elf, addresses):
    result = {}
    for line in run(printer, elf, "lines", *map(hex, addresses)).splitlines():
        address, rest = line.split(" ", 1)
        result[int(address, 16)] = re.findall(r"(\S+) (\S+):(\d+)(?: in)?", rest)
    return result


def theirs_at(elf, addresses):
    result, now = {}, None
    lines = iter(run("arm-none-eabi-addr2line", "-a", "-i", "-f", "-e", elf, *map(hex, addresses)).splitlines())
    for line in lines:
        if line.startswith("0x"):
            now = result.setdefault(int(line, 16), [])
            continue
        file, number = re.sub(r" \(discriminator \d+\)", "", next(lines)).rsplit(":", 1)
        now.append((line, file, number.replace("?", "0")))
    return result


def lines_are_those_of_addr2line(elf):
    """At every instruction of functions with debug information: function, line and what was inlined where."""
    addresses = [int(line.split(":")[0], 16) for line in run("arm-none-eabi-objdump", "-d", elf).splitlines()
                 if re.match(r"\s*[0-9a-f]+:\t[0-9a-f]{4}( [0-9a-f]{4})?\s+\t(?!\.)", line)]
    random.Random(1).shuffle(addresses)
    addresses = addresses[:1500]
    ours, theirs = ours_at(elf, addresses), theirs_at(elf, addresses)
    known = [a for a in addresses if theirs[a][0][1] not in ("", "??")]
    assert len(known) > 50, len(known)
    for address in known:
        # addr2line shortens no path, and we none: but the folders may be told in other ways.
        tell = [[(function, pathlib.Path(file).name, number) for function, file, number in all]
                for all in (ours[address], theirs[address])]
        assert tell[0] == tell[1], f"{elf} {address:#x}: {tell[0]} and {tell[1]}"
    # Where there is no line, the symbol that covers the address; addr2line takes the one before for it, however short.
    symbols = symbols_of(elf).items()
    for address in (a for a in addresses if ours[a][0][2] == "0"):
        covers = {name for name, (start, size) in symbols if start <= address < start + size} or {"??"}
        assert ours[address][0][0] in covers, f"{elf} {address:#x}: {ours[address]}, not {covers}"
    return sum(len(theirs[a]) > 1 for a in known)


def broken_files_are_refused(elf):
    """Cut short anywhere, or with bytes of the tables turned over: an error or an answer, never a crash."""
    whole = pathlib.Path(elf).read_bytes()
    broken = folder / "broken.elf"
    broken.write_bytes(whole[:40])
    assert run(printer, str(broken), "names", "main").startswith("error: "), "taken"
    broken.write_bytes(b"\x7fELF\x02" + whole[5:])
    assert "32-bit" in run(printer, str(broken), "names", "main")
    choose = random.Random(2)
    for _ in range(60):
        bytes_ = bytearray(whole[:choose.randrange(100, len(whole))] if choose.random() < 0.4 else whole)
        for _ in range(choose.randrange(40)):
            bytes_[choose.randrange(52, len(bytes_))] = choose.randrange(256)
        broken.write_bytes(bytes_)
        run(printer, str(broken), "names", "main", "_estack")
        run(printer, str(broken), "lines", "0x08000100", "0x08000200", "0x08000400")


def renamed_ones_are_found():
    source = folder / "renamed.s"
    source.write_text("""
        .syntax unified
        .thumb
        .text
        .thumb_func
        .type list.lto_priv.0, %function
        list.lto_priv.0: bx lr
        .size list.lto_priv.0, 2
        .type plain.lto_priv.x, %function
        plain.lto_priv.x: bx lr
        .data
        .type both.lto_priv.7, %object
        both.lto_priv.7: .word 1
        .weak both
        .type both, %object
        both: .word 2
        .size both, 4
        """)
    elf = str(folder / "renamed.elf")
    run("arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb", "-nostdlib", "-Wl,-e,0", "-Wl,-Ttext=0x8000000",
        "-Wl,-Tdata=0x20000000", str(source), "-o", elf)
    assert run(printer, elf, "names", "list", "plain", "both") == \
        "list 08000000 00000002\nboth 20000004 00000004\n", run(printer, elf, "names", "list", "plain", "both")


inlined = 0
for program in programs:
    names_are_where_nm_sees_them(program)
    inlined += lines_are_those_of_addr2line(program)
assert inlined > 10, f"only {inlined} addresses with inlined functions: the test says little"
folder.mkdir(exist_ok=True)
broken_files_are_refused(programs[0])
renamed_ones_are_found()

# SPDX-License-Identifier: MIT
"""Files that no linker makes: gdb's load of overlapping, misplaced and absurd segments."""
import struct
import tempfile

from inside import *

connect()
run("load")
FLASH = 0x08000000


def elf(segments):
    """An ELF file of (address, data, size in memory, size said to be in the file); returns its name."""
    headers = sections = contents = b""
    names = b"\0.names\0"
    start = 52 + 32 * len(segments)
    for number, (address, data, memory, said) in enumerate(segments):
        at, said = start + len(contents), len(data) if said is None else said
        headers += struct.pack("<8I", 1, at, address, address, said, memory, 7, 1)
        sections += struct.pack("<10I", len(names), 1, 7, address, at, said, 0, 0, 1, 0)
        names += b".s%d\0" % number
        contents += data
    sections = bytes(40) + sections + struct.pack("<10I", 1, 3, 0, 0, start + len(contents), len(names), 0, 0, 1, 0)
    count = len(segments) + 2
    header = b"\x7fELF\1\1\1" + bytes(9) + struct.pack(
        "<2H5I6H", 2, 40, 1, FLASH | 1, 52, start + len(contents) + len(names), 0x05000200, 52, 32, len(segments), 40,
        count, count - 1)
    with tempfile.NamedTemporaryFile(suffix=".elf", delete=False) as out:
        out.write(header + headers + contents + names + sections)
    return out.name


def load(*segments):
    name = elf([(address, data, *rest, *[len(data), None][len(rest):]) for address, data, *rest in segments])
    try:
        return run(f"load {name}")
    finally:
        os.unlink(name)


def refused(*segments):
    before = memory(FLASH, 0x400)
    try:
        output = load(*segments)
    except gdb.error as error:
        contains(str(error), r"fail|fault|memory|overlap")
    else:
        raise AssertionError(f"should have been refused: {output}")
    equal(memory(FLASH, 0x400), before, "the vector table after a refused load")


def memory(address, length):
    run("maintenance flush dcache")
    return bytes(gdb.selected_inferior().read_memory(address, length))


@test
def segments_outside_all_memory_are_refused():
    refused((0x60000000, b"A" * 1000))
    refused((FLASH + 0x10000, b"A" * 1000))
    refused((0x20004FF0, b"A" * 64))


@test
def segments_across_the_end_of_flash_are_refused():
    refused((FLASH + 0xFF00, b"A" * 1000))


@test
def segments_that_wrap_are_refused():
    refused((0xFFFFFFF0, b"A" * 64))


@test
def segments_larger_than_their_file_are_refused():
    refused((FLASH, b"A" * 64, 0xFFFFFFFF, 0x40000000))


@test
def overlapping_segments_leave_the_last_one_whole():
    load((FLASH + 0x4000, b"A" * 1000), (FLASH + 0x4000 + 500, b"B" * 1000))
    equal(memory(FLASH + 0x4000, 1500)[500:], b"B" * 1000, "the second segment")


@test
def segments_of_odd_bytes_touch_nothing_else():
    load((FLASH + 0x5001, b"AAA"), (FLASH + 0x53FF, b"BB"), (FLASH + 0x8003, b"D"))
    expected = bytearray(b"\xff" * 0x800)
    expected[1:4], expected[0x3FF:0x401] = b"AAA", b"BB"
    equal(memory(FLASH + 0x5000, 0x800), bytes(expected), "two sectors")
    equal(memory(FLASH + 0x8000, 8), b"\xff\xff\xffD\xff\xff\xff\xff", "one byte")


@test
def flash_and_ram_in_one_file():
    load((FLASH + 0x6000, b"A" * 100), (0x20001000, b"C" * 300))
    equal(memory(FLASH + 0x6000, 100), b"A" * 100, "flash")
    equal(memory(0x20001000, 300), b"C" * 300, "RAM")


@test
def a_difference_is_found():
    run("monitor mww 0x20001000 0x12345678")
    name = elf([(0x20001000, b"\x78\x56\x34\x12", 4, None), (0x20001004, b"\1\2\3\4", 4, None)])
    run("set var *(int*)0x20001004 = 0")
    run(f"file {name}")
    try:
        contains(run("compare-sections"), r"(?s)\.s0.*matched\..*\.s1.*MIS-MATCHED")
    finally:
        os.unlink(name)
        run(f"file {os.environ['PROBED_FIRMWARE']}")

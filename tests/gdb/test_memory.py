# SPDX-License-Identifier: MIT
"""Memory: every size and alignment, found, written, unreadable."""
from inside import *

connect()
run("load")


def memory(address, length):
    return bytes(gdb.selected_inferior().read_memory(address, length))


@test
def sizes_and_alignments():
    base = value("(unsigned)&words")
    expected = bytes.fromhex("44332211887766 55ccbbaa9900ffeedd".replace(" ", ""))
    for offset in range(8):
        for length in range(1, 9):
            equal(memory(base + offset, length), expected[offset:offset + length],
                  f"{length} bytes at +{offset}")


@test
def unaligned_writes_touch_nothing_else():
    base = value("(unsigned)&words")
    original = memory(base, 16)
    inferior = gdb.selected_inferior()
    for offset in range(1, 6):
        for length in range(1, 8):
            inferior.write_memory(base, original)
            inferior.write_memory(base + offset, bytes(range(0xA0, 0xA0 + length)))
            run("maintenance flush dcache")
            equal(memory(base, 16), original[:offset] + bytes(range(0xA0, 0xA0 + length)) +
                  original[offset + length:], f"{length} bytes written at +{offset}")


@test
def large_blocks_both_ways():
    inferior = gdb.selected_inferior()
    data = bytes((i * 7 + i // 256) & 255 for i in range(9000))
    inferior.write_memory(0x20001000, data)
    run("maintenance flush dcache")
    equal(memory(0x20001000, len(data)), data, "9000 bytes")


@test
def unreadable_memory_is_an_error():
    for address in (0x60000000, 0x08010000, 0x20005000, 0x1FFF0000):
        contains(fails(f"x/wx {address:#x}"), r"Cannot access memory")


@test
def reading_across_the_end_of_ram():
    contains(fails("x/8wx 0x20004ff8"), r"Cannot access memory at address 0x20005")


@test
def variables():
    equal(value("point.x"), -3, "point.x")
    run("set var point.y = -5")
    equal(value("point.y"), -5, "point.y")
    contains(run("print greeting"), "hello, flash")
    contains(run("print words"), r"\{287454020, 1432778632, ")
    contains(run("x/s greeting"), "hello, flash")


@test
def find_in_flash():
    contains(run('find 0x08000000, +2048, \'h\', \'e\', \'l\', \'l\', \'o\''), r"0x80\w+ <greeting>")


@test
def disassemble():
    contains(run("disassemble add"), r"bx\s+lr")
    contains(run("x/2i $pc"), r"=> 0x80")


@test
def chip_registers():
    equal(value("*(unsigned*)0xE000ED00"), 0x411FC231, "CPUID")
    equal(value("*(unsigned*)0xE0042000"), 0x20036410, "DBGMCU_IDCODE")
    equal(value("*(unsigned short*)0x1FFFF7E0"), 64, "flash size")


@test
def memory_map_names_flash_and_ram():
    output = run("info mem")
    contains(output, r"0x08000000\s+0x08010000\s+flash blocksize 0x400")
    contains(output, r"0x20000000\s+0x20005000\s+rw")


@test
def dump_and_compare():
    name = f"/tmp/probed-dump-{os.getpid()}.bin"
    run(f"dump binary memory {name} 0x08000000 0x08000100")
    try:
        with open(name, "rb") as dumped:
            equal(dumped.read(), memory(0x08000000, 256), "dump")
    finally:
        os.unlink(name)

# SPDX-License-Identifier: MIT
"""What people hand in by mistake, on any simulated board: files for other chips, sizes that lie, flash that is protected
in the middle, loads that were cut short, options that contradict each other. Each is a sentence, and what was in the
flash before is in it still: bad_input.py PROBED BOARD FLASH RAM CORE"""
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

from daemon import Client, Daemon, run_tests

PROBED, BOARD, FLASH_SIZE, _, CORE = sys.argv[1:]
FLASH, KIB = 0x08000000, 1024
SIZE = int(FLASH_SIZE.removesuffix("K")) * KIB
BLANK = b"\0" if re.search("l0|l1", BOARD) else b"\xff"
# Bytes of a block of write protection, at the start of the flash.
BLOCK = KIB * next(kib for boards, kib in (("bluepill|f0|nucleo-f0|nucleo-f3|.*l0|.*l1", 4), ("nucleo-f7|nucleo-h5", 32),
                                           ("nucleo-h7", 128), ("nucleo-u5", 8), ("nucleo-wb", 4),
                                           ("nucleo-[lgcw]", 2), ("", 16)) if re.match(boards, BOARD))
# Where memory is programmed once and for ever (F0, F1, F3, L0, L1 and the H743 have none).
OTP = next((at for boards, at in (("blackpill|f4|nucleo-f2|nucleo-f4", 0x1FFF7800), ("nucleo-f7", 0x1FF0F000),
                                  ("nucleo-u5", 0x0BFA0000), ("nucleo-h5", 0x08FFF000), ("nucleo-(l4|g|c|w)", 0x1FFF7000))
            if re.match(boards, BOARD)), None)
# Build attributes of an ELF file (IHI 0045): Tag_CPU_arch, the name of cores that lack what it has.
V6M, V7M, V7EM, V8M_MAIN, V8A = 12, 10, 13, 17, 14
EXECUTES = {"Cortex-M0": {V6M}, "Cortex-M0+": {V6M}, "Cortex-M3": {V6M, V7M}, "Cortex-M4": {V6M, V7M, V7EM},
            "Cortex-M7": {V6M, V7M, V7EM}, "Cortex-M33": {V6M, V7M, V7EM, V8M_MAIN}}[CORE]
NAMES = {V6M: "Cortex-M0", V7M: "Cortex-M3", V7EM: "Cortex-M4 or M7", V8M_MAIN: "Cortex-M33", V8A: "Cortex-A"}
FPU = CORE in ("Cortex-M4", "Cortex-M7", "Cortex-M33") and BOARD != "nucleo-wl55"
DOUBLES = BOARD == "nucleo-h743"


class Bench:
    """A board that lives on, a person at it, and a folder for files."""

    def __init__(self, *faults):
        self.folder = tempfile.TemporaryDirectory(prefix="probed-")
        self.daemon = Daemon(PROBED, "--sim", ",".join((BOARD, "still", *faults)), "--gdb", "0", "-c", "reset halt").start()
        self.client = Client(self.daemon.port)

    def write(self, name, data):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def tell(self, line):
        """What it says, and whether that is an error."""
        text, final = self.client.ask_text(line)
        return (text, False) if final == "OK" else (text + final, True)

    def refused(self, line):
        text, failed = self.tell(line)
        assert failed, (line, text)
        return text

    def load(self, data, address=FLASH):
        self.client.monitor(f"flash write_image {self.write('image.bin', data)} {address:#x}")

    def read(self, address, size):
        data = b""
        while len(data) < size:
            part = bytes.fromhex(self.client.ask(f"m{address + len(data):x},{min(size - len(data), 4096):x}").decode())
            assert part, hex(address + len(data))
            data += part
        return data

    def switched_off_and_on(self):
        self.client.monitor("sim power off")
        self.client.monitor("sim power on")
        self.client.monitor("reset halt")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()
        self.daemon.end()
        self.folder.cleanup()


def bytes_of(seed, size):
    return random.Random(seed).randbytes(size)


def program(stack=0x20000400, size=512):
    return struct.pack("<II", stack, FLASH + 9) + b"\xfe\xe7" + bytes_of(1, size - 10)


def elf(architecture, fpu=0, single=False):
    """A program at the start of the flash, and the section that says what it was built for."""
    values = bytes((6, architecture, 7, ord("A" if architecture == V8A else "M"), 9, 2))
    values += bytes((10, fpu)) if fpu else b""
    values += bytes((27, 1)) if single else b""
    of_file = struct.pack("<BI", 1, 5 + len(values)) + values
    attributes = b"A" + struct.pack("<I", 4 + 6 + len(of_file)) + b"aeabi\0" + of_file
    data, sections = program(), 84 + 512 + len(attributes)
    header = struct.pack("<4s5B7x2H5I6H", b"\x7fELF", 1, 1, 1, 0, 0, 2, 40, 1, FLASH | 9, 52, sections, 0x5000000, 52, 32, 1,
                         40, 3, 0)
    segment = struct.pack("<8I", 1, 84, FLASH, FLASH, len(data), len(data), 5, 4)
    table = bytes(40) + struct.pack("<10I", 0, 1, 6, FLASH, 84, len(data), 0, 0, 4, 0) \
        + struct.pack("<10I", 0, 0x70000003, 0, 0, 84 + 512, len(attributes), 0, 0, 1, 0)
    return header + segment + data + attributes + table


def files_for_other_cores_are_refused():
    with Bench() as bench:
        before = bytes_of(2, 1024)
        bench.load(before)
        for architecture, name in NAMES.items():
            if architecture in EXECUTES:
                continue
            said = bench.refused(f"flash write_image {bench.write('other.elf', elf(architecture))}")
            assert f"made for a {name}" in said and f"the {CORE} of this chip" in said and "nothing was written" in said, said
        floats, doubles = (bench.write(f"float{fpu[0]}.elf", elf(max(EXECUTES), *fpu)) for fpu in ((6, True), (8,)))
        if not FPU:
            assert "made for a core with an FPU" in bench.refused(f"flash write_image {floats}")
        if not DOUBLES:
            said = bench.refused(f"flash write_image {doubles}")
            assert ("double precision" if FPU else "a core with an FPU") in said and "nothing was written" in said, said
        assert bench.read(FLASH, 1024) == before


def files_for_this_core_and_its_elders_are_taken():
    with Bench() as bench:
        for architecture in EXECUTES:
            bench.client.monitor(f"flash write_image {bench.write('mine.elf', elf(architecture))}")
            assert bench.read(FLASH, 512) == program()
        if FPU:
            bench.client.monitor(f"flash write_image {bench.write('float.elf', elf(max(EXECUTES), 6, True))}")
        if DOUBLES:
            bench.client.monitor(f"flash write_image {bench.write('double.elf', elf(max(EXECUTES), 8))}")


def a_program_for_more_ram_is_refused():
    """Its vector table tells: whatever the format."""
    with Bench() as bench:
        before = bytes_of(3, 1024)
        bench.load(before)
        said = bench.refused(f"flash write_image {bench.write('large.bin', program(0x20400000))} {FLASH:#x}")
        assert "the stack begins at 0x20400000, but RAM ends at 0x2" in said and "Nothing was written" in said, said
        assert bench.read(FLASH, 1024) == before
        bench.load(program(0x0, 1024))  # data, or a program that sets its stack by itself
        assert bench.read(FLASH, 1024) == program(0x0, 1024)


def a_program_for_more_flash_is_refused():
    """By its last byte, before the first one is erased. (Behind the flash of the L152 there are 16 KiB of EEPROM.)"""
    with Bench() as bench:
        before = bytes_of(4, 1024)
        bench.load(before)
        line = f"flash write_image {bench.write('large.bin', bytes_of(5, SIZE + 20 * KIB))} {FLASH:#x}"
        said = bench.refused(line)
        behind = {"nucleo-wb55": "in the flash that the chip's other core keeps for itself",
                  "nucleo-l152": f"flash ends at {FLASH + SIZE - 1:#010x}; what follows at {FLASH + SIZE:#010x} is data EEPROM"}
        assert behind.get(BOARD, f"{FLASH + SIZE:#010x} is neither in flash nor in RAM of this chip") in said, said
        assert bench.read(FLASH, 1024) == before


def a_register_that_promises_too_much_is_found_out():
    """Before anything is erased; and one that no such chip can have is not believed."""
    with Bench(f"flash-size={2 * SIZE // KIB}") as bench:
        if BOARD != "bluepill":  # the others have all that theirs can have
            bench.daemon.says("KiB assumed")
            return
        before = bytes_of(6, 1024)
        bench.load(before, FLASH + SIZE - 1024)
        line = f"flash write_image {bench.write('long.bin', bytes_of(7, 4096))} {FLASH + SIZE - 1024:#x}"
        said = bench.refused(line)
        assert "nothing answers at" in said and "--flash-size" in said and "flash: unchanged" in said, said
        assert bench.read(FLASH + SIZE - 1024, 1024) == before


def protection_in_the_middle_is_seen_first():
    with Bench() as bench:
        before, after = (bytes_of(seed, 2 * BLOCK + 1024) for seed in (8, 9))
        bench.load(before)
        bench.client.monitor("options WRP=1")
        bench.switched_off_and_on()
        said = bench.refused(f"flash write_image {bench.write('after.bin', after)} {FLASH:#x}")
        assert f"{FLASH + BLOCK:#010x} is write protected" in said and "flash: unchanged" in said, said
        assert bench.read(FLASH, len(before)) == before


def memory_for_ever_is_not_written():
    """Neither by a file nor by gdb."""
    with Bench() as bench:
        before = bytes_of(12, 1024)
        bench.load(before)
        said = bench.refused(f"flash write_image {bench.write('otp.bin', bytes(32))} {OTP or 0x1FFF7000:#x}")
        assert ("is one-time programmable memory" if OTP else "neither in flash nor in RAM") in said, said
        if OTP:
            held = bench.read(OTP, 32)
            assert bench.client.ask(f"M{OTP:x},4:00000000").startswith(b"E"), hex(OTP)
            assert bench.read(OTP, 32) == held == b"\xff" * 32
        assert bench.read(FLASH, 1024) == before


def memory_for_ever_is_written_when_that_is_meant():
    """By the word alone, and each unit once."""
    word = "stm32f2x" if OTP in (0x1FFF7800, 0x1FF0F000) else "stm32l4x"
    unit = 1 if word == "stm32f2x" else 16 if BOARD.startswith("nucleo-u5") else 8
    if not OTP or BOARD.startswith("nucleo-h5"):  # whose half-words are locked by option bytes
        with Bench() as bench:
            assert re.search("is written is not known here|another", bench.refused(f"{word} otp 1 enable --irreversible"))
        return
    with Bench() as bench:
        before, once = bytes_of(12, 1024), bytes(range(1, 1 + 3 * unit))
        bench.load(before)
        path = bench.write("once.bin", once)
        assert "say --irreversible" in bench.refused(f"{word} otp 1 enable")
        assert "is one-time programmable memory" in bench.refused(f"flash write_image {path} {OTP + 32:#x}")
        assert bench.client.monitor(f"{word} otp 1 enable --irreversible") == "OTP memory bank #1 is enabled for write commands.\n"
        said = bench.client.monitor(f"flash write_image {path} {OTP + 32:#x}")
        assert f"{len(once)} bytes between {OTP + 32:#010x} and {OTP + 31 + len(once):#010x} are written for ever" in said, said
        assert bench.read(OTP, 32) == b"\xff" * 32 and bench.read(OTP + 32, 64) == once + b"\xff" * (64 - len(once))
        assert "for ever" not in bench.client.monitor(f"flash write_image {path} {OTP + 32:#x}")  # nothing is left to do
        for at, other in ((32, b"\0"), (32 + 2 * unit, bytes(unit))):  # bits could go on, but never a unit
            said = bench.refused(f"flash write_image {bench.write('other.bin', other)} {OTP + at:#x}")
            assert "holds something else already" in said and "nothing was written" in said, said
        assert bench.read(OTP + 32, 64) == once + b"\xff" * (64 - len(once))
        if unit > 1:  # what is spent with it is said
            said = bench.client.monitor(f"flash write_image {bench.write('short.bin', bytes(4))} {OTP + 128:#x}")
            assert f"; {unit - 4} bytes beside them cannot be written any more" in said, said
        else:
            locks_a_block(bench)
        for more, code, said in (((), 1, "is one-time programmable memory"), (("--irreversible",), 2, "say --yes if that is meant"),
                                 (("--irreversible", "--yes"), 0, "one-time memory: written, and read back")):
            tool = subprocess.run([PROBED, "flash", "--sim", BOARD, path, f"{OTP + 32:#x}", *more], capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=120)
            assert tool.returncode == code and said in tool.stderr, (more, tool)
            assert ("are written for ever" in tool.stderr) == bool(more), tool  # shown before it is asked
        bench.client.monitor(f"{word} otp 1 disable")
        assert "is one-time programmable memory" in bench.refused(f"flash write_image {path} {OTP + 256:#x}")
        assert bench.read(FLASH, 1024) == before


def locks_a_block(bench):
    size = 64 if OTP == 0x1FF0F000 else 32
    locks = OTP + 16 * size
    assert "is a lock byte" in bench.refused(f"flash write_image {bench.write('half.bin', bytes([1]))} {locks + 3:#x}")
    said = bench.client.monitor(f"flash write_image {bench.write('lock.bin', bytes(1))} {locks + 3:#x}")
    assert "1 of them locks a block" in said, said
    said = bench.refused(f"flash write_image {bench.write('locked.bin', bytes(1))} {OTP + 3 * size + 1:#x}")
    assert "is locked for ever by its lock byte" in said and bench.read(OTP + 3 * size, 4) == b"\xff" * 4, said


def a_binary_does_not_run_on_into_data_eeprom():
    """Which begins where the flash of an L152RE ends."""
    eeprom = FLASH + SIZE
    with Bench() as bench:
        before = bytes_of(15, 1024)
        bench.load(before)
        said = bench.refused(f"flash write_image {bench.write('long.bin', bytes(SIZE + 64))} {FLASH:#x}")
        assert f"flash ends at {eeprom - 1:#010x}; what follows at {eeprom:#010x} is data EEPROM" in said, said
        assert bench.read(FLASH, 1024) == before and bench.read(eeprom, 64) == bytes(64)
        bench.load(bytes_of(16, 64), eeprom)  # by itself it is taken
        assert bench.read(eeprom, 64) == bytes_of(16, 64)


# Bytes that have an ECC together, those of a sector, and the register whose highest bit tells of it; none: the bus does.
ECC = next((facts for boards, facts in (("nucleo-h7", (32, 128 * KIB, None)), ("nucleo-h5", (16, 8 * KIB, 0x40022104)),
                                        ("nucleo-u5", (16, 8 * KIB, 0x40022030)), ("nucleo-wb", (8, 4 * KIB, 0x58004018)),
                                        ("nucleo-wl", (8, 2 * KIB, 0x58004018)),
                                        ("nucleo-(l4|g|c)", (8, 2 * KIB, 0x40022018))) if re.match(boards, BOARD)), None)
ECCD, ICSR, NMIPENDSET = 1 << 31, 0xE000ED04, 1 << 31


def word_of(bench, address):
    return int(bench.client.monitor(f"mdw {address:#x}").split()[1], 16)


def an_erase_is_asked_for(bench, start, spoiled, before):
    """The address is said to whoever reads it; what lies around it can be read, and is no reason to lose it; what covers it
    mends it."""
    unit, sector, _ = ECC
    start, at = FLASH + start, FLASH + start + spoiled
    begins = FLASH + (at - FLASH) // sector * sector
    why = r"the ECC of that flash (is wrong|can correct) .*: an erase of its sector mends it"
    for said in (bench.client.ask(f"m{at:x},4").decode(), bench.refused(f"mdw {at:#x} 4"),
                 bench.refused(f"verify_image {bench.write('before.bin', before)} {start:#x}"),
                 bench.refused(f"dump_image {os.path.join(bench.folder.name, 'dump.bin')} {start:#x} {len(before)}")):
        assert re.search(f"{at:#010x}: .*{why}", said), said
    behind = spoiled + unit
    assert bench.read(start, spoiled) == before[:spoiled]
    assert bench.read(start + behind, len(before) - behind) == before[behind:]
    said = bench.refused(f"flash write_image {bench.write('beside.bin', bytes(64))} {start + behind:#x}")
    assert f"{at:#010x} cannot be read" in said and "flash: unchanged" in said, said
    assert f"erase all of {begins:#010x}-{begins + sector - 1:#010x} first" in said, said
    bench.load(bytes_of(14, unit + 68), at)
    after = before[:spoiled] + bytes_of(14, unit + 68)
    assert bench.read(start, len(before)) == after + before[len(after):]


def a_flash_word_programmed_twice_is_an_address():
    """Of an H7: what its ECC cannot be right for is a bus error to who reads it."""
    keyr, sr, cr, spoiled = 0x52002004, 0x52002010, 0x5200200C, 0x1000
    with Bench() as bench:
        before = bytes_of(13, 0x1000)
        bench.load(before)
        for key in (0x45670123, 0xCDEF89AB):
            bench.client.monitor(f"mww {keyr:#x} {key:#x}")
        for word in (0x12345678, 0x87654321):
            bench.client.monitor(f"mww {cr:#x} 0x32")
            for at in range(FLASH + spoiled, FLASH + spoiled + 32, 4):
                bench.client.monitor(f"mww {at:#x} {word + at:#x}")
            bench.client.monitor(f"mdw {sr:#x}")
        bench.client.monitor(f"mww {cr:#x} 1")
        an_erase_is_asked_for(bench, 0, spoiled, before + b"\xff" * 0x400)


def flash_whose_ecc_is_wrong_is_an_address():
    """Cut short by a reset, in either half of the flash."""
    with Bench() as bench:
        for start in (0, (SIZE // 2) & ~0xFFFF):
            before = bytes_of(13, 0x3000)
            bench.load(before, FLASH + start)
            spoiled = 0x1000 + 3 * ECC[0]
            bench.client.monitor(f"sim fault +ecc={FLASH + start + spoiled:#x}")
            an_erase_is_asked_for(bench, start, spoiled, before)


def what_a_read_has_raised_is_not_left_to_the_program():
    """A read by the debugger raises an NMI: a load takes it, and leaves none behind."""
    with Bench() as bench:
        bench.load(bytes_of(13, 0x2000))
        bench.client.monitor(f"sim fault +ecc={FLASH + 0x1000:#x}")
        bench.refused(f"mdw {FLASH + 0x1000:#x}")
        bench.load(bytes_of(14, 0x2000))
        assert bench.read(FLASH, 0x2000) == bytes_of(14, 0x2000)
        assert not word_of(bench, ICSR) & NMIPENDSET and not word_of(bench, ECC[2]) & ECCD


def what_the_program_ran_into_is_left_to_its_handler():
    """Its NMI stands with the flag that tells why, whatever is read of flash meanwhile."""
    handler, spoiled = FLASH + 0x60, FLASH + 0x2000
    code = struct.pack("<3I", 0x20000400, FLASH + 0x41, handler + 1).ljust(0x40, b"\0")
    code += struct.pack("<4HI", 0x4801, 0x6801, 0xE7FE, 0xBF00, spoiled).ljust(0x20, b"\0") + struct.pack("<H", 0xE7FE)
    with Bench() as bench:
        bench.load(code + bytes_of(13, 0x3000 - len(code)))
        bench.client.monitor(f"sim fault +ecc={spoiled:#x}")
        bench.switched_off_and_on()
        assert bench.client.ask(f"Z1,{handler:x},2") == b"OK"
        bench.client.send("vCont;c")
        bench.client.receive_stop()
        assert bench.read(FLASH, len(code)) == code and word_of(bench, ICSR) & 0x1FF == 2
        assert word_of(bench, ECC[2]) & ECCD
        told = subprocess.run([PROBED, "info", "--sim", f"{BOARD},ecc={FLASH:#x},runs"], capture_output=True, text=True,
                              timeout=120)
        assert "ECC of flash: since the last reset something was read whose bits it could not correct" in told.stdout, told


def a_corrected_bit_is_no_error():
    with Bench() as bench:
        before = bytes_of(13, 0x2000)
        bench.load(before)
        bench.client.monitor(f"sim fault +ecc-corrected={FLASH + 0x1008:#x}")
        assert bench.read(FLASH, 0x2000) == before
        told = subprocess.run([PROBED, "info", "--sim", f"{BOARD},ecc-corrected={FLASH:#x},runs"], capture_output=True,
                              text=True, timeout=120)
        assert told.returncode == 0 and "ECC of flash: since the last reset a wrong bit was met, and corrected" in told.stdout


def a_load_that_was_cut_short_is_done_again():
    """Whenever the cable is pulled: each byte is the old one, the new one or an erased one, and the same command again
    makes it right."""
    old, new = (bytes_of(seed, 6000) for seed in (10, 11))
    cuts = 0
    with Bench() as bench:
        path = bench.write("new.bin", new)
        for packets in (200, 400, 700, 1100, 1600):
            bench.load(old)
            bench.client.monitor(f"sim fault +vanish={packets}")
            text, failed = bench.tell(f"flash write_image {path} {FLASH:#x}")
            bench.client.monitor("sim fault -vanish")
            cuts += failed
            if failed:
                assert "unplugged" in text, text
                bench.client.monitor("sim plug")
                bench.client.monitor("reset halt")
            got = bench.read(FLASH, 6000)
            assert all(byte in (old[i], new[i], BLANK[0]) for i, byte in enumerate(got)), packets
            bench.client.monitor(f"flash write_image {path} {FLASH:#x}")
            assert bench.read(FLASH, 6000) == new, packets
    assert cuts > 0


def options_that_contradict_are_refused():
    with Bench() as bench:
        before = bench.client.monitor("options")
        for words, sentence in (("WRP=none WRP=all", "which of the two"), ("WRP=0 WRP=1", "which of the two"),
                                ("WRP=3-1", "are no blocks"), ("WRP=0-99999", "blocks"), ("WRP=none,1", "blocks")):
            assert sentence in bench.refused(f"options {words}"), words
        assert bench.client.monitor("options") == before


run_tests([files_for_other_cores_are_refused, files_for_this_core_and_its_elders_are_taken,
           a_program_for_more_ram_is_refused, a_program_for_more_flash_is_refused,
           a_register_that_promises_too_much_is_found_out, protection_in_the_middle_is_seen_first,
           memory_for_ever_is_not_written, memory_for_ever_is_written_when_that_is_meant,
           *([a_binary_does_not_run_on_into_data_eeprom] if BOARD == "nucleo-l152" else []),
           *([a_flash_word_programmed_twice_is_an_address] if BOARD == "nucleo-h743" else []),
           *([flash_whose_ecc_is_wrong_is_an_address] if ECC else []),
           *([what_a_read_has_raised_is_not_left_to_the_program, what_the_program_ran_into_is_left_to_its_handler,
              a_corrected_bit_is_no_error] if ECC and ECC[2] else []),
           a_load_that_was_cut_short_is_done_again, options_that_contradict_are_refused])

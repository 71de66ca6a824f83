# SPDX-License-Identifier: MIT
"""What vFlashErase, vFlashWrite and vFlashDone promise, and what a load that ends early leaves behind.

flash_contract.py PROBED"""
import os
import random
import re
import struct
import sys

from daemon import Client, Daemon, run_tests

PROBED = sys.argv[1]
# The address sanitizer keeps freed memory: little of it, where memory is measured.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
FLASH = 0x08000000
IMAGE = random.Random(5).randbytes(20000)


def board(spec="bluepill", *options):
    return Daemon(PROBED, "--sim", spec, "--gdb", "0", *options)


def escaped(data):
    return b"".join(bytes([0x7D, b ^ 0x20]) if b in b"#$}*" else bytes([b]) for b in data)


def erase(c, address, length):
    return c.ask(f"vFlashErase:{address:08x},{length:08x}")


def write(c, address, data):
    return c.ask(b"vFlashWrite:%x:" % address + escaped(data))


def load(c, address, data, chunk=3000, midway=None):
    """As gdb does it; the first reply that is not OK, or OK. `midway` is called when some of it is there."""
    replies = [erase(c, address & ~0x3FF, (address % 0x400 + len(data) + 0x3FF) & ~0x3FF)]
    for at in range(0, len(data), chunk):
        if at == 2 * chunk and midway:
            midway()
        if replies[-1] == b"OK":
            replies.append(write(c, address + at, data[at:at + chunk]))
    if replies[-1] == b"OK":
        replies.append(c.ask("vFlashDone"))
    return replies[-1]


def memory(c, address, length):
    data = b""
    while len(data) < length:
        data += bytes.fromhex(c.ask(f"m{address + len(data):x},{min(0x1000, length - len(data)):x}").decode())
    return data


def bytes_that_nothing_covers_end_erased():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert load(c, FLASH, b"\x55" * 0x2000) == b"OK"
        assert erase(c, FLASH + 0x400, 0x800) == b"OK"
        assert write(c, FLASH + 0x410, b"first") == b"OK"
        assert write(c, FLASH + 0x931, b"second, at an odd address") == b"OK"
        assert c.ask("vFlashDone") == b"OK"
        expected = bytearray(b"\x55" * 0x400 + b"\xff" * 0x800 + b"\x55" * 0x400)
        expected[0x410:0x415] = b"first"
        expected[0x931:0x931 + 25] = b"second, at an odd address"
        assert memory(c, FLASH, 0x1000) == bytes(expected)


def an_erase_alone_erases():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert load(c, FLASH, IMAGE) == b"OK"
        assert erase(c, FLASH + 0x400, 0x400) == b"OK"
        assert c.ask("vFlashDone") == b"OK"
        assert memory(c, FLASH, 0x1000) == IMAGE[:0x400] + b"\xff" * 0x400 + IMAGE[0x800:0x1000]


def an_image_may_end_inside_a_sector_and_at_the_end_of_flash():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        for address, length in ((FLASH, 1), (FLASH + 0x3FE, 5), (FLASH + 0xFFF0, 16), (FLASH + 0x8001, 1023)):
            assert load(c, address, IMAGE[:length]) == b"OK", (address, length)
            assert memory(c, address, length) == IMAGE[:length], (address, length)


def the_same_and_another_image_every_time():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        for round in range(4):
            image = IMAGE if round % 2 == 0 else IMAGE[::-1]
            for _ in range(2):
                assert load(c, FLASH, image) == b"OK"
                assert memory(c, FLASH, len(image)) == image


def ram_and_registers_survive_a_load():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        pattern = random.Random(6).randbytes(0x1800)
        assert c.ask("M20000000,1800:" + pattern.hex()) == b"OK"
        registers = c.ask("g")
        assert load(c, FLASH, IMAGE) == b"OK"
        assert memory(c, 0x20000000, len(pattern)) == pattern
        assert c.ask("g") == registers


def what_is_not_flash_is_refused():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        for address, length in ((0x20000000, 0x400), (FLASH + 0x10000, 0x400), (FLASH + 0xFC00, 0x800),
                                (0xFFFFFC00, 0x400), (FLASH, 0xF8000000)):
            assert erase(c, address, length)[:1] == b"E", hex(address)
            assert c.ask("vFlashDone") == b"OK", "nothing was begun"
        assert erase(c, FLASH, 0x400) == b"OK"
        assert write(c, FLASH + 0xFFFE, b"long") == b"E.memtype"
        assert load(c, FLASH, IMAGE) == b"OK", "the next load is a new one"


def a_load_to_no_memory_leaves_one_warning_with_the_reason():
    """gdb says nothing but "Load failed"; a variable that is set there says enough itself."""
    places = "flash 0x08000000-0x0800ffff, RAM 0x20000000-0x20004fff"
    for address, reply, said in (
            (0x00000000, b"E", "1024 bytes are not loaded: 0x00000000 is flash, which is not written like RAM"),
            (0x08000400, b"E", "1024 bytes are not loaded: 0x08000400 is flash, which is not written like RAM"),
            (0x1FFFF000, b"E", f"1024 bytes are not loaded: 0x1ffff000 is system memory, not flash or RAM: {places}"),
            (0x08010000, b"E", f"1024 bytes are not loaded: 0x08010000 is no memory of this chip: {places}"),
            (0x1FFFE000, b"E", f"1024 bytes are not loaded: 0x1fffe000 is no memory of this chip: {places}"),
            (0x20005000, b"E", f"1024 bytes are not loaded: 0x20005000 is no memory of this chip: {places}"),
            (0x60000000, b"E", f"1024 bytes are not loaded: 0x60000000 is no memory of this chip: {places}"),
            (0x20004F00, b"E", "1 KiB do not fit: ends at 0x200052ff, RAM ends at 0x20004fff"),
            (0x40021000, b"O", f"32 bytes were written into registers: 0x40021000 is peripherals, not flash or RAM: {places}")):
        with board() as daemon, Client(daemon.port) as c:
            c.ask("?")
            c.ask(f"M{address:x},4:00000000")
            length = 0x20 if reply == b"O" else 0x400
            assert c.ask(b"X%x,%x:" % (address, length) + bytes(length))[:1] == reply, hex(address)
        warnings = [line for line in daemon.log.splitlines() if "warning" in line]
        assert len(warnings) == 1 and said in warnings[0], (hex(address), daemon.log)


def a_load_without_a_target_leaves_the_reason():
    """A gdb that never saw the chip has no map of its memory, and writes everywhere as into RAM."""
    with Daemon(PROBED, "--sim", "bluepill,vtref=0", "--gdb", "0") as daemon, Client(daemon.port) as c:
        assert c.ask("?") == b"W00"
        assert c.ask(b"X8000000,4:" + bytes(4))[:1] == b"E"
        assert c.ask(b"X8000000,40:" + bytes(64))[:1] == b"E"
    told = [line for line in daemon.log.splitlines() if "nothing is loaded" in line]
    assert len(told) == 1 and re.search("VTref reads 0.00 V.*when that is mended, 'attach 1' and 'load' again", told[0]), daemon.log


def writes_without_end_grow_nothing():
    def resident():
        with open(f"/proc/{daemon.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * 4096

    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert erase(c, FLASH, 0x10000) == b"OK"
        before = resident()
        for _ in range(2000):  # 16 MB
            assert write(c, FLASH, IMAGE[:8000]) == b"OK"
        assert resident() - before < 4 << 20
        c.ask("vFlashDone")
        assert load(c, FLASH, IMAGE) == b"OK"


def a_client_that_leaves_in_mid_load_ends_it():
    with board() as daemon:
        with Client(daemon.port) as c:
            c.ask("?")
            assert erase(c, FLASH, 0x5000) == b"OK"
            assert write(c, FLASH, IMAGE[:9000]) == b"OK"
        assert re.search(r"flash: programming ended early.*20480 bytes announced, \d+ programmed",
                         daemon.read_log(r"(?m)^.*ended early.*$")[0])
        with Client(daemon.port) as c:
            assert c.ask("?")[:1] == b"T"
            assert load(c, FLASH, IMAGE) == b"OK"
            assert memory(c, FLASH, len(IMAGE)) == IMAGE


def hands_on_the_bench_in_mid_load():
    """Whatever happens on the bench, a load that is called good is good, and the next one works."""
    for word, repair in (("power off", "power on"), ("unplug", "plug"), ("nrst press", "nrst release"),
                         ("fault +noack", "fault -noack"), ("fault +noise=6", "fault -noise")):
        with board("bluepill,realtime") as daemon, Client(daemon.port) as c, Client(daemon.port) as hands:
            c.ask("?")
            strike = "qRcmd," + ("sim " + word).encode().hex()
            reply = load(c, FLASH, IMAGE, midway=lambda: hands.send(strike))
            hands.result()
            assert reply[:1] == b"E" or word.endswith("noise=6"), (word, reply)
            hands.ask_text("sim " + repair)
            assert c.ask("vAttach;1")[:1] == b"T", word
            if reply == b"OK":
                assert memory(c, FLASH, len(IMAGE)) == IMAGE, f"{word}: the load lied"
            assert load(c, FLASH, IMAGE[::-1]) == b"OK", word
            assert memory(c, FLASH, len(IMAGE)) == IMAGE[::-1], word


def lose_and_find(other, word, repair):
    """The bench has hands, and another session notices what they did."""
    other.monitor("sim " + word)
    other.monitor("status")
    other.monitor("sim " + repair)
    other.monitor("status")


def a_load_that_was_cut_is_not_finished():
    """Another session's packet finds the target lost in the middle of a load: gdb, which has heard of nothing, is told in
    whatever it sends next of it, and the load after that is a new one."""
    part = len(IMAGE) // 2 & ~0x3FF
    for word, repair in (("power off", "power on"), ("unplug", "plug")):
        for sent in range(4):
            with board() as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
                c.ask("?")
                steps = [lambda: erase(c, FLASH, part), lambda: erase(c, FLASH + part, 0x4000),
                         lambda: write(c, FLASH, IMAGE[:part]), lambda: write(c, FLASH + part, IMAGE[part:]),
                         lambda: c.ask("vFlashDone")]
                assert [step() for step in steps[:sent + 1]] == [b"OK"] * (sent + 1)
                lose_and_find(other, word, repair)
                reply = steps[sent + 1]()
                assert reply[:1] == b"E", (word, sent, reply)
                for step in steps[max(sent + 2, 2):]:  # a client that goes on all the same
                    assert step()[:1] == b"E", (word, sent)
                assert load(c, FLASH, IMAGE[::-1]) == b"OK", (word, sent, daemon.log)
                assert memory(c, FLASH, len(IMAGE)) == IMAGE[::-1], (word, sent)
            assert daemon.log.count("programming ended early") == 1, daemon.log


def a_load_after_a_loss_begins_the_program():
    """gdb does not write a pc that it believes to be there: the target was away, and gdb has not looked since."""
    program = struct.pack("<II", 0x20005000, 0x08000009) + b"\x02\xe0" + bytes(6) + b"\xfe\xe7"  # to 0x08000010, and stay
    with board() as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
        c.ask("?")
        assert load(c, FLASH, program) == b"OK"
        c.monitor("reset halt")
        assert c.ask("pf") == b"08000008"
        lose_and_find(other, "power off", "power on")
        other.monitor("sleep 20")
        assert load(c, FLASH, program) == b"OK"
        assert c.ask("pf") == b"08000008"


def a_refused_page_is_as_it_was():
    """Empty or not, in what the load says and in the counts."""
    for held in (0, 200):
        with board() as daemon, Client(daemon.port) as c, Client(daemon.port) as hands:
            c.ask("?")
            assert held == 0 or load(c, FLASH, b"a" * held) == b"OK"
            c.monitor("flash protect 0 0 0 on")
            hands.monitor("sim power off")
            hands.monitor("sim power on")
            assert erase(c, FLASH, 0x400) == b"OK"
            assert write(c, FLASH, b"a" * held + b"b" * 400) == b"OK"
            reply = c.ask("vFlashDone").decode()
            assert "write protected by the option bytes" in reply and reply.endswith("; flash: unchanged"), reply
            assert memory(c, FLASH, 0x400) == b"a" * held + b"\xff" * (0x400 - held)
        assert "1024 bytes announced, 0 programmed, 0 sectors erased" in daemon.log, daemon.log


def noise_on_the_wire_does_not_stop_a_load():
    with board("bluepill,noise=20") as daemon, Client(daemon.port) as c:
        c.ask("?")
        for image in (IMAGE, IMAGE[::-1]):
            assert load(c, FLASH, image) == b"OK"
            assert memory(c, FLASH, len(image)) == image
        assert int(re.search(r"repeats: (\d+)", c.monitor("stats")).group(1)) > 10, "nothing was garbled"


def a_probe_that_vanishes_at_any_moment_never_lies():
    outcomes = set()
    for operations in range(1, 4000, 133):
        with board(f"bluepill,vanish={operations}") as daemon, Client(daemon.port) as c:
            c.ask("?")
            outcomes.add(reply := load(c, FLASH, IMAGE[:3000])[:1])
            c.ask_text("sim fault -vanish")
            c.monitor("sim plug")
            assert c.ask("vAttach;1")[:1] == b"T", operations
            assert reply == b"E" or memory(c, FLASH, 3000) == IMAGE[:3000], operations
            assert load(c, FLASH, IMAGE[:3000]) == b"OK", operations
            assert memory(c, FLASH, 3000) == IMAGE[:3000], operations
    assert outcomes == {b"O", b"E"}, "some moments were in the load, some behind it"


run_tests([bytes_that_nothing_covers_end_erased, an_erase_alone_erases,
           an_image_may_end_inside_a_sector_and_at_the_end_of_flash, the_same_and_another_image_every_time,
           ram_and_registers_survive_a_load, what_is_not_flash_is_refused,
           a_load_to_no_memory_leaves_one_warning_with_the_reason, a_load_without_a_target_leaves_the_reason,
           writes_without_end_grow_nothing,
           a_client_that_leaves_in_mid_load_ends_it, hands_on_the_bench_in_mid_load,
           a_load_that_was_cut_is_not_finished, a_load_after_a_loss_begins_the_program, a_refused_page_is_as_it_was,
           noise_on_the_wire_does_not_stop_a_load, a_probe_that_vanishes_at_any_moment_never_lies])

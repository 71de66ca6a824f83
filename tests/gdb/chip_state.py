# SPDX-License-Identifier: MIT
"""What reaches the chip, by the wire log: the rules of halting debug, and that everything of ours is taken back.

chip_state.py PROBED"""
import os
import random
import re
import signal
import sys
import tempfile
import time

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]
DHCSR, DEMCR, DBGMCU_CR, FP_CTRL = 0xE000EDF0, 0xE000EDFC, 0xE0042004, 0xE0002000
C_HALT, C_STEP, C_MASKINTS, S_HALT = 2, 4, 8, 1 << 17
#   400 4903 ldr r1, =0x20000500   402 6808 ldr r0, [r1]   404 3001 adds r0, #1
#   406 6008 str r0, [r1]          408 e7fb b 0x20000402   (410: the address)
COUNT = "0349" "0868" "0130" "0860" "fbe7" "00bf" "00bf00bf" "00050020"


class Session:
    """A daemon with a wire log, and a client that has halted the core in a counting program."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="probed-wire-")
        self.path = os.path.join(self.folder.name, "wire")
        self.daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", "0", "--wire-log", self.path).start()
        self.client = Client(self.daemon.port)
        return self

    def __exit__(self, *_):
        self.client.close()
        self.daemon.end()
        self.folder.cleanup()

    def begin(self):
        c = self.client
        c.ask("?")
        assert c.ask("M20000400,%x:%s" % (len(COUNT) // 2, COUNT)) == b"OK"
        assert c.ask("Pf=00040020") == b"OK"
        return c

    def accesses(self):
        """(operation, address, value) of every single word read, written or waited for, in order."""
        with open(self.path) as log:
            for line in log:
                if found := re.search(r" write ap0 4 ([0-9a-f]{8}) 1 ([0-9a-f]{8}) -> ok", line):
                    yield "write", int(found[1], 16), int.from_bytes(bytes.fromhex(found[2]), "little")
                elif found := re.search(r" read ap0 4 ([0-9a-f]{8}) 1 -> ([0-9a-f]{8})$", line):
                    yield "read", int(found[1], 16), int(found[2], 16)
                elif found := re.search(r" wait ap0 ([0-9a-f]{8}) [0-9a-f]{8} ([0-9a-f]{8}) \d+ -> ok", line):
                    yield "wait", int(found[1], 16), int(found[2], 16)

    def last_written(self):
        return {address: value for what, address, value in self.accesses() if what == "write"}


def everything_is_tried(c):
    for packet in ("vCont;s:1", "vCont;r20000400,20000408:1;c", "s"):
        assert c.ask(packet).startswith(b"T05"), packet
    for what, off in (("Z0,20000406,2", "z0,20000406,2"), ("Z2,20000500,4", "z2,20000500,4")):
        assert c.ask(what) == b"OK"
        c.send("vCont;c")
        assert c.receive_stop().startswith(b"T05")
        c.ask("vCont;s:1")
        assert c.ask(off) == b"OK"
    c.send("vCont;c")
    c.send_raw(b"\x03")
    assert c.receive_stop().startswith(b"T02")
    image = random.Random(1).randbytes(2000).replace(b"}", b"-").replace(b"$", b"-").replace(b"#", b"-").replace(b"*", b"-")
    assert c.ask("vFlashErase:08000000,00000800") == b"OK"
    assert c.ask(b"vFlashWrite:8000000:" + image) == b"OK"
    assert c.ask("vFlashDone") == b"OK"


def interrupts_are_masked_and_unmasked_only_while_halted():
    """DDI 0403, C1.6.2: C_MASKINTS must not change while the core runs, nor with C_HALT in one write."""
    with Session() as session:
        everything_is_tried(session.begin())
        session.daemon.end()
        halted, before, changes = False, 0, 0
        for what, address, value in session.accesses():
            if address != DHCSR:
                continue
            if what == "read":
                halted = bool(value & S_HALT)
            elif what == "wait":
                halted |= bool(value & S_HALT)
            else:
                if (value ^ before) & C_MASKINTS:
                    changes += 1
                    assert halted and value & C_HALT, f"DHCSR {before:08x} -> {value:08x}, halted: {halted}"
                if not value & C_HALT:
                    halted = False
                before = value
        assert changes >= 2, changes
        assert not before & C_MASKINTS, "they are not masked in the end"


def given_back(session, running):
    written = session.last_written()
    dhcsr = written[DHCSR]
    assert dhcsr & 0xFFFF == (0 if running else 3), f"DHCSR {dhcsr:08x}"
    assert written[DEMCR] == 0, "vector catch and TRCENA as they were"
    assert written[DBGMCU_CR] == 0, "as it was"
    assert written[FP_CTRL] & 1 == 0
    for number in range(6):
        assert written.get(0xE0002008 + 4 * number, 0) & 1 == 0, "an FPB comparator"
    for number in range(4):
        assert written.get(0xE0001028 + 16 * number, 0) == 0, "a DWT comparator"


def a_signal_gives_everything_back(sig=signal.SIGTERM):
    for running in (False, True):
        with Session() as session:
            c = session.begin()
            for packet in ("Z0,20000404,2", "Z1,8000100,2", "Z1,8000104,2", "Z2,20000600,4", "Z4,20000700,4"):
                assert c.ask(packet) == b"OK"
            c.send("vCont;c")
            assert c.receive_stop().startswith(b"T05")
            assert c.ask("z0,20000404,2") == b"OK"
            assert c.ask("Z0,20000420,2") == b"OK"
            if running:
                c.resume()
            else:
                c.ask("vCont;s:1")
            assert session.daemon.end(sig) == 0
            given_back(session, running)
            with open(session.path) as log:
                code = re.findall(r" write ap0 2 20000420 1 ([0-9a-f]{4}) -> ok", log.read())
            assert code[0] == "00be" and code[-1] != "00be", f"the BKPT is taken back: {code}"


def an_interrupt_gives_everything_back():
    a_signal_gives_everything_back(signal.SIGINT)


def starting_and_observing_write_nothing_that_halts():
    with Session() as session:
        c = session.client
        for packet in ("qSupported", "qXfer:memory-map:read::0,1000", "qXfer:features:read:target.xml:0,1000", "qAttached",
                       "m20000000,40", "g", "qfThreadInfo"):
            c.ask(packet)
        c.monitor("status")
        written = [value for what, address, value in session.accesses() if what == "write" and address == DHCSR]
        assert written and not any(value & C_HALT for value in written), [f"DHCSR {value:08x}" for value in written]


def counter(c):
    return int.from_bytes(bytes.fromhex(c.ask("m20000500,4").decode()), "little")


def detaching_lets_it_run_without_our_breakpoints():
    with Session() as session:
        c = session.begin()
        for packet in ("Z0,20000406,2", "Z1,8000100,2", "Z2,20000500,4"):
            assert c.ask(packet) == b"OK"
        c.send("vCont;c")
        assert c.receive_stop().startswith(b"T05")
        assert c.ask("D") == b"OK"
        with Client(session.daemon.port) as other:
            first = counter(other)
            deadline = time.monotonic() + LIMIT
            while counter(other) == first:
                assert time.monotonic() < deadline, "it does not run"
            assert re.search("running", other.monitor("status"))
            assert other.ask("m20000406,2") == b"0860"
        written = session.last_written()
        for address in [0xE0002008 + 4 * n for n in range(6)]:
            assert written.get(address, 0) & 1 == 0
        assert written.get(0xE0001028, 0) == 0


run_tests([interrupts_are_masked_and_unmasked_only_while_halted, a_signal_gives_everything_back,
           an_interrupt_gives_everything_back, starting_and_observing_write_nothing_that_halts,
           detaching_lets_it_run_without_our_breakpoints])

# SPDX-License-Identifier: MIT
"""Programs that say more than anybody reads, by every way there is, to listeners that are slow, dead or gone: memory stays
bounded, breakpoints hold, and gdb is answered within 1.5 s of the board's own time, however slow this machine is.

floods.py PROBED RTT.elf ITM.elf"""
import os
import re
import sys

from daemon import Client, Daemon, run_tests
from listener import Listener

PROBED, RTT, ITM = sys.argv[1:4]
MHZ = 8
ANSWER_US = 1500000
MIB = 1024 * 1024
DWT_CTRL, DWT_CYCCNT = 0xE0001000, 0xE0001004
# Of a sanitizer that keeps what was freed, nothing may be taken for a leak.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"}


def daemon(*options, firmware=None):
    program = ("-c", f"program {firmware} reset") if firmware else ()
    return Daemon(PROBED, "--sim", "bluepill,still", "--gdb", "0", *program, *options, env=ENVIRONMENT)


def ports(d, service):
    return [int(port) for port in re.findall(rf"^Listening on \S*:(\d+) for {service} connections", d.log, re.MULTILINE)]


def resident(d):
    """Bytes of memory that the daemon has."""
    with open(f"/proc/{d.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"^VmRSS:\s+(\d+) kB", status.read(), re.MULTILINE).group(1)) * 1024


def value(reply):
    return int.from_bytes(bytes.fromhex(reply.decode()), "little")


def register(gdb, number):
    return value(gdb.ask(f"p{number:x}"))


def write(gdb, address, data):
    assert gdb.ask(f"M{address:x},{len(data):x}:{data.hex()}") == b"OK"


def set_registers(gdb, **registers):
    for name, word in registers.items():
        assert gdb.ask("P%x=%s" % (int(name[1:]), word.to_bytes(4, "little").hex())) == b"OK"


def is_answered_in_time(gdb):
    """The cycles that the core counts between two answers to questions that came together."""
    write(gdb, DWT_CTRL, (value(gdb.ask(f"m{DWT_CTRL:x},4")) | 1).to_bytes(4, "little"))
    packet = b"$m%x,4#" % DWT_CYCCNT
    packet += b"%02x" % (sum(packet[1:-1]) & 255)
    for _ in range(10):
        gdb.send_raw(packet * 2)
        first, second = value(gdb.receive()), value(gdb.receive())
        assert 0 < ((second - first) & 0xFFFFFFFF) // MHZ < ANSWER_US, (first, second)


def holds(gdb, pc):
    """A breakpoint there is met again and again."""
    for _ in range(3):
        gdb.send("vCont;c")
        assert gdb.receive_stop()[:1] == b"T"
        assert register(gdb, 15) == pc


CODE, BLOCK, TEXT = 0x20000400, 0x20000800, 0x20001000
LINES = b"".join(b"line %05d of a program that says the same again and again, whoever hears it\n" % i for i in range(100))


def says_lines(gdb):
    """movs r0, #5; bkpt 0xAB; b back to the first; nop; nop: SYS_WRITE of all the lines at once, for ever."""
    write(gdb, CODE, bytes.fromhex("0520" "abbe" "fce7" "00bf" "00bf"))
    write(gdb, BLOCK, b"".join(word.to_bytes(4, "little") for word in (1, TEXT, len(LINES))))
    for at in range(0, len(LINES), 512):
        write(gdb, TEXT + at, LINES[at:at + 512])
    set_registers(gdb, r1=BLOCK, r15=CODE)


def is_answered(gdb):
    """The core mostly stands at calls, and counts nothing; as often as one asks it is one's turn."""
    for _ in range(100):
        assert bytes.fromhex(gdb.ask(f"m{TEXT:x},40").decode()) == LINES[:64]


def a_gdb_that_does_not_read_loses_lines_but_not_its_session():
    """As one does whose person was asked by its pager."""
    with daemon() as d, Client(d.port, room=4096) as gdb, Client(d.port) as other:
        gdb.ask("?")
        says_lines(gdb)
        assert gdb.ask(f"Z1,{CODE + 8:x},2") == b"OK"
        gdb.send("vCont;c")
        d.says(r"does not read: what the program says is lost to it")
        before = resident(d)
        is_answered(other)
        assert resident(d) - before < MIB
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:3] == b"T02"
        said = re.split(r"\n\[[1-9]\d* bytes of what the program said were lost: this gdb did not read them\]\n", gdb.console)
        assert len(said) > 1, gdb.console[-300:]
        for piece in said:
            assert piece in LINES.decode() * (len(piece) // len(LINES) + 2), piece[:300]
        set_registers(gdb, r15=CODE + 6)
        gdb.send("vCont;c")
        assert gdb.receive_stop()[:1] == b"T" and register(gdb, 15) == CODE + 8


def a_port_of_semihosting_that_is_not_read_grows_nothing():
    with daemon() as d, Client(d.port) as gdb, Client(d.port) as other:
        gdb.ask("?")
        port = int(re.search(r"port (\d+) for semihosting", gdb.monitor("arm semihosting_redirect tcp 0")).group(1))
        with Listener(port) as quick, Listener(port, 4096):
            says_lines(gdb)
            gdb.send("vCont;c")
            quick.until(LINES)
            d.says("does not read: what comes for it is lost, to it alone")
            before, came = resident(d), 0
            while came < 4 * MIB:
                came += len(quick.until(LINES))
            assert resident(d) - before < MIB
            is_answered(other)
            gdb.send_raw(b"\x03")
            assert gdb.receive_stop()[:3] == b"T02" and not gdb.console


def rtt_that_is_not_read_grows_nothing():
    with daemon("--rtt", "0", "--rtt", "0", firmware=RTT) as d, Client(d.port) as gdb, Client(d.port) as other, \
            Listener(ports(d, "rtt")[0]) as quick, Listener(ports(d, "rtt")[1], 4096):
        gdb.ask("?")
        gdb.send("c")
        quick.until(b"begins\n")
        quick.send(b"w")
        d.says("does not read: what comes for it is lost, to it alone")
        before, came = resident(d), 0
        while came < MIB:
            came += len(quick.until(b"wants to be read\n"))
        assert resident(d) - before < MIB // 2
        is_answered_in_time(other)
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:1] == b"T"
        pc = register(gdb, 15)
        assert gdb.ask(f"Z1,{pc:x},2") == b"OK"
        holds(gdb, pc)


def swallow(listener, size):
    while size > 0:
        chunk = listener.socket.recv(65536)
        assert chunk
        size -= len(chunk)


def swo_at_the_wrong_baud_is_said_once_and_disturbs_nobody():
    with daemon("--swo-clock", "5000000", "--swo-baud", "1000000", "--swo", "0", "--itm", "0", firmware=ITM) as d, \
            Client(d.port) as gdb, Client(d.port) as other, Listener(ports(d, "swo")[0]) as raw, Listener(ports(d, "itm")[0], 4096):
        gdb.ask("?")
        write(gdb, 0x20004000, b"\x01\0\0\0")
        gdb.send("c")
        d.says(r"swo: what comes makes no sense: the core's clock is about (7\.9|8\.0) MHz, and not the 5\.000 MHz")
        swallow(raw, MIB * 3 // 4)
        before = resident(d)
        swallow(raw, MIB // 2)
        assert resident(d) - before < MIB // 4
        is_answered_in_time(other)
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:1] == b"T"
        pc = register(gdb, 15)
        assert gdb.ask(f"Z1,{pc:x},2") == b"OK"
        holds(gdb, pc)
    assert d.log.count("makes no sense") == 1, d.log
    assert len(d.log.splitlines()) < 40, d.log


def who_leaves_in_the_middle_is_no_loss_to_others():
    """A closed pipe, again and again, each with much that waits for it."""
    with daemon("--rtt", "0", firmware=RTT) as d, Client(d.port) as gdb, Listener(ports(d, "rtt")[0]) as stays:
        gdb.ask("?")
        gdb.send("c")
        stays.until(b"begins\n")
        stays.send(b"w")
        stays.until(b"wants to be read\n")
        before = resident(d)
        for _ in range(30):
            with Listener(ports(d, "rtt")[0], 4096) as leaves:
                leaves.until(b"wants to be read\n")
            for _ in range(20):
                assert stays.until(b"wants to be read\n").startswith(b"line ")
        assert resident(d) - before < 2 * MIB
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:1] == b"T"


run_tests([a_gdb_that_does_not_read_loses_lines_but_not_its_session, a_port_of_semihosting_that_is_not_read_grows_nothing,
           rtt_that_is_not_read_grows_nothing, swo_at_the_wrong_baud_is_said_once_and_disturbs_nobody,
           who_leaves_in_the_middle_is_no_loss_to_others])

# SPDX-License-Identifier: MIT
"""RTT as users meet it: ports of the built daemon beside a simulated board whose program talks by a control block.

rtt.py PROBED RTT.elf DEFMT.elf"""
import contextlib
import os
import re
import struct
import subprocess
import sys
import tempfile
import time

from consoles import Script
from daemon import LIMIT, Client, Daemon, run_tests
from listener import Listener

PROBED, FIRMWARE, DEFMT = sys.argv[1:4]
DESCRIPTOR, FLAGS, READ = 24, 20, 16


def daemon(*options, board="bluepill", firmware=FIRMWARE, telnet="off"):
    return Daemon(PROBED, "--sim", board, "--gdb", "0", "-c", f"program {firmware} reset", *options, telnet=telnet)


def ports(daemon):
    return [int(port) for port in re.findall(r"^Listening on \S*:(\d+) for rtt connections", daemon.log, re.MULTILINE)]


def flood_line(number):
    return b"line %08d of a flood that wants to be read\n" % number


def channels_come_and_go_both_ways():
    with daemon("--rtt", "0", "--rtt", "0@1") as d, Listener(ports(d)[0]) as zero, Listener(ports(d)[1]) as one:
        zero.until(b"the program begins\n")
        zero.send(b"h")
        assert zero.until(b"\n") == b"hello by channel 0\n"
        assert one.until(b"\n") == b"hello by channel 1\n"
        text = b"0123456789" * 30  # the buffer down has 16 bytes
        zero.send(text + b".")
        assert zero.until(b".") == text + b"."
        one.send(b"to the other")
        assert one.until(b"other") == b"to the other"


def what_was_said_before_somebody_came_is_there():
    with daemon("--rtt", "0") as d:
        with Listener(ports(d)[0]) as zero:
            zero.until(b"the program begins\n")
            zero.send(b"h.")
            zero.until(b"hello by channel 0\n.")
            zero.send(b"h")
        with Listener(ports(d)[0]) as again:
            again.send(b",")
            again.until(b",")


def a_block_that_moves_is_found_again():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero:
        zero.until(b"begins\n")
        for _ in range(2):
            zero.send(b"m")
            zero.until(b"moved\n")
        zero.send(b"k")
        zero.until(b"back again\n")
    d.says(r"(?s)(Control block found at 0x[0-9a-f]{8}.*){4}")


def a_reset_begins_anew_with_the_same_listener():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Client(d.port) as gdb:
        zero.until(b"begins\n")
        gdb.ask("?")
        gdb.monitor("reset run")
        zero.until(b"the program begins\n")
        gdb.monitor("reset halt")
        assert word(gdb, block(d)) == 0, "a dead block may not be taken for the one that will be"
        gdb.send("c")
        zero.until(b"the program begins\n")
        zero.send(b"h")
        zero.until(b"hello by channel 0\n")


def a_flood_loses_nothing_and_keeps_gdb_waiting_for_nothing():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Client(d.port) as gdb:
        zero.until(b"begins\n")
        zero.send(b"f")
        gdb.ask("?")
        gdb.send("c")
        assert zero.until(flood_line(2000)) == b"".join(flood_line(i) for i in range(2001))
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:1] == b"T"
        assert len(gdb.ask("m20000000,40")) == 128


def a_browser_is_refused():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero:
        zero.until(b"begins\n")
        for request in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"POST /" + b"a" * 2000):
            with Listener(ports(d)[0]) as browser:
                browser.send(request)
                assert browser.is_closed()
        zero.send(b"LED ON.")
        assert zero.until(b".") == b"LED ON."
    d.says("speaks HTTP")


def a_string_of_jlinks_clients_is_not_the_programs():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Listener(ports(d)[0]) as one:
        one.send(b"$$SEGGER_TELNET_Con")
        one.send(b"figStr=RTTCh;1;SetRTTAddr;0x20000000$$by the other")
        zero.send(b"$$SEGGER_TELNET_ConfigStr=RTTCh;0$$")
        assert b"SEGGER" not in one.until(b"by the other")
        assert b"SEGGER" not in zero.until(b"begins\n")
        zero.send(b"$.")
        assert zero.until(b".") == b"$."


def one_who_does_not_read_loses_his_own_bytes():
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Listener(ports(d)[0], 4096) as lazy:
        lazy.until(b"begins\n")
        zero.until(b"begins\n")
        zero.send(b"f")
        assert zero.until(flood_line(8000)) == b"".join(flood_line(i) for i in range(8001))
        zero.send(b"F")
        zero.until(b"the flood is over\n")
        d.says("does not read")
        with contextlib.ExitStack() as reading:
            reading.callback(lazy.socket.settimeout, LIMIT)
            lazy.socket.settimeout(0.1)
            while "bytes were lost to it" not in d.log:
                with contextlib.suppress(TimeoutError):
                    lazy.got += lazy.socket.recv(1 << 20)
                with contextlib.suppress(TimeoutError):
                    d.read_log("bytes were lost to it", 0.01)
        zero.send(b"h")
        assert lazy.until(b"hello by channel 0\n").startswith(flood_line(0) + flood_line(1))


def block(daemon):
    daemon.says("Control block found at 0x")
    return int(re.findall(r"Control block found at 0x([0-9a-f]{8})", daemon.log)[-1], 16)


def word(gdb, address):
    return int.from_bytes(bytes.fromhex(gdb.ask(f"m{address:x},4").decode()), "little")


def becomes(gdb, address, value):
    """Waits until memory has it."""
    end = time.monotonic() + LIMIT
    while (now := word(gdb, address)) != value:
        assert time.monotonic() < end, f"{address:#x} stays {now:#x}"


def openocds_commands_serve_it():
    with daemon() as d, Client(d.port) as gdb:
        gdb.ask("?")
        gdb.monitor("resume")
        assert "Control block not available" in "".join(gdb.ask_text("rtt channels"))
        assert gdb.monitor("rtt polling_interval") == "50 ms\n"
        gdb.monitor("rtt polling_interval 10")
        assert gdb.monitor("rtt polling_interval") == "10 ms\n"
        gdb.monitor("rtt setup 0x20000000 0x5000 {SEGGER RTT}")
        found = gdb.monitor("rtt start")
        assert re.search(r"rtt: Searching for control block 'SEGGER RTT'\nrtt: Control block found at 0x200[0-9a-f]+\n", found), found
        assert gdb.monitor("rtt channels") == ("Channels: up=2, down=2\nUp-channels:\n0: Terminal 1024 0\n1: Data 256 0\n"
                                               "Down-channels:\n0: Terminal 16 0\n1: Data 32 0\n")
        assert gdb.monitor("rtt channellist") == ("{{name Terminal size 1024 flags 0} {name Data size 256 flags 0}} "
                                                  "{{name Terminal size 16 flags 0} {name Data size 32 flags 0}}\n")
        port = int(re.search(r"port (\d+) for rtt", gdb.monitor("rtt server start 0 0 {welcome here}")).group(1))
        with Listener(port) as zero:
            assert zero.until(b"\n") == b"welcome here\n"
            zero.until(b"the program begins\n")
            assert f"{port} is in use" in "".join(gdb.ask_text(f"rtt server start {port} 1"))
            gdb.monitor("rtt stop")
            zero.send(b"h")
            gdb.monitor("rtt start")
            zero.until(b"hello by channel 0\n")
            gdb.monitor(f"rtt server stop {port}")
            assert zero.is_closed()
        assert "no port" in "".join(gdb.ask_text(f"rtt server stop {port}"))
        gdb.monitor("rtt setup 0x20004000 0x1000")
        assert "No control block found" in gdb.monitor("rtt start")
        assert "1 to 15" in "".join(gdb.ask_text("rtt setup 0x20000000 0x1000 {an id of too many letters}"))


def symbol(name):
    names = subprocess.run(["arm-none-eabi-nm", FIRMWARE], check=True, capture_output=True, text=True).stdout
    return int(re.search(rf"^(\w+) . {name}$", names, re.MULTILINE).group(1), 16)


def the_programmed_file_says_where_the_block_is():
    """Before the search, which would find a copy that stands lower."""
    real, copy = symbol("_SEGGER_RTT"), symbol("elsewhere")
    assert copy < real
    with daemon() as d, Client(d.port) as gdb:
        gdb.ask("?")
        gdb.monitor("resume")
        becomes(gdb, real, int.from_bytes(b"SEGG", "little"))
        block_bytes = gdb.ask(f"m{real:x},78").decode()
        assert gdb.ask(f"M{copy:x},78:{block_bytes}") == b"OK"
        assert f"found at {real:#x}\n" in gdb.monitor("rtt start")


def with_a_copy_that_stands_lower(daemon, say):
    """Where a block is found, once say(gdb) has told where it is."""
    real, copy = symbol("_SEGGER_RTT"), symbol("elsewhere")
    with daemon as d, Client(d.port) as gdb:
        gdb.ask("?")
        say(gdb)
        gdb.monitor("resume")
        becomes(gdb, real, int.from_bytes(b"SEGG", "little"))
        block_bytes = gdb.ask(f"m{real:x},78").decode()
        assert gdb.ask(f"M{copy:x},78:{block_bytes}") == b"OK"
        return int(re.search(r"found at (0x[0-9a-f]+)\n", gdb.monitor("rtt start")).group(1), 16)


def answer_symbols(gdb):
    """As gdb does that has the file."""
    reply = gdb.ask("qSymbol::")
    while reply.startswith(b"qSymbol:"):
        name = reply.removeprefix(b"qSymbol:").decode()
        known = f"{symbol('_SEGGER_RTT'):x}" if bytes.fromhex(name) == b"_SEGGER_RTT" else ""
        reply = gdb.ask(f"qSymbol:{known}:{name}")
    assert reply == b"OK"


def gdb_or_a_file_says_where_the_block_is():
    """Of a program without symbols, which came as a binary."""
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        binary = os.path.join(folder, "rtt.bin")
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", FIRMWARE, binary], check=True)

        def start(*options):
            return Daemon(PROBED, "--sim", "bluepill", "--gdb", "0", "-c", f"program {binary} reset 0x08000000", *options)

        assert with_a_copy_that_stands_lower(start(), lambda gdb: None) == symbol("elsewhere")
        assert with_a_copy_that_stands_lower(start(), answer_symbols) == symbol("_SEGGER_RTT")
        assert with_a_copy_that_stands_lower(start("--elf", FIRMWARE), lambda gdb: None) == symbol("_SEGGER_RTT")


def a_long_command_keeps_nobody_from_it():
    """Ten hours of sleep, of which nobody waits for the end."""
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Client(d.port) as gdb:
        zero.until(b"begins\n")
        gdb.send("qRcmd," + b"sleep 36000000".hex())
        for _ in range(3):
            zero.send(b"h")
            zero.until(b"hello by channel 0\n")
        gdb.send_raw(b"\x03")
        assert "interrupted" in "".join(gdb.result())


def channel_0_is_shown_by_consoles_and_gdbs():
    """When that is asked for, and to all of them."""
    with daemon("--rtt", "0", telnet="0") as d, Script(d.port_of("telnet")) as person, Client(d.port) as gdb:
        person.ask("rtt console on")
        person.until(rb"the program begins\r\n")
        with Listener(ports(d)[0]) as zero:
            zero.send(b"hq1h")
            person.until(rb"hello by channel 0\r\n.*q1hello by channel 0\r\n")
            gdb.ask("?")
            gdb.send("vCont;c")
            zero.send(b"h")
            person.until(rb"hello by channel 0\r\n")
            text = b""
            while b"hello by channel 0\n" not in text:
                reply = gdb.receive()
                assert reply[:1] == b"O", reply
                text += bytes.fromhex(reply[1:].decode())
            person.ask("rtt console off")
            zero.send(b"h,")
            zero.until(b",")
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:3] == b"T02" and not gdb.console
        assert b"hello" not in person.until(rb"halted")
        assert "usage" in "".join(gdb.ask_text("rtt console perhaps"))


def a_full_channel_that_blocks_is_told_once_or_drained():
    with daemon("--rtt", "0") as d, Client(d.port) as gdb:
        with Listener(ports(d)[0]) as zero:
            zero.until(b"begins\n")
            zero.send(b"f")
            zero.until(flood_line(50))
        d.says("rtt: channel 0 is full and its program waits")
        with Listener(ports(d)[0]) as zero:
            zero.until(flood_line(200))
        assert gdb.ask("?")[:1] == b"T"
        assert d.log.count("its program waits") == 1
    with daemon("--rtt", "0", "--rtt-drain") as d:
        with Listener(ports(d)[0]) as zero:
            zero.send(b"f")
            zero.until(flood_line(50))
        with Listener(ports(d)[0]) as zero:  # goes on with whatever line it is by now
            line = zero.until(b"\n")
            while not line.startswith(b"line ") or int(line[5:13]) < 500:
                line = zero.until(b"\n")
    assert "its program waits" not in d.log


def a_flood_lets_gdb_in_and_loses_no_breakpoint():
    """Answers within a second and a half, of which the flood may take a part: as many lines as the wire carries then."""
    with daemon("--rtt", "0") as d, Listener(ports(d)[0]) as zero, Client(d.port) as gdb:
        zero.until(b"begins\n")
        zero.send(b"f")
        zero.until(flood_line(100))
        gdb.ask("?")
        at = re.search(r"\bpc .*?0x([0-9a-f]+)", gdb.monitor("reg pc")).group(1)
        assert gdb.ask(f"Z1,{int(at, 16):x},2") == b"OK"
        for _ in range(20):
            gdb.send("vCont;c")
            assert gdb.receive_stop()[:1] == b"T"
            assert int(re.search(r"0x([0-9a-f]+)", gdb.monitor("reg pc")).group(1), 16) == int(at, 16)
        gdb.ask(f"z1,{int(at, 16):x},2")
        gdb.send("vCont;c")
        zero.until(flood_line(2000))
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:1] == b"T"


def a_block_that_lies_is_not_followed():
    """Its buffer a peripheral, or nowhere; the good channel beside it goes on."""
    with daemon("--rtt", "0", "--rtt", "0@1") as d, Listener(ports(d)[0]) as zero, Listener(ports(d)[1]) as one, Client(d.port) as gdb:
        zero.until(b"begins\n")
        at = block(d) + DESCRIPTOR
        good = gdb.ask(f"m{at:x},18").decode()
        for buffer, size, write in ((0x40013804, 16, 8), (0xE000ED00, 1024, 1000), (0x20004FF0, 64, 60), (0xFFFFFFF0, 64, 60),
                                    (0x20001000, 0xFFFFFFFF, 0xFFFFFFF0), (0x20001000, 64, 64), (0x20001000, 0, 5)):
            lie = struct.pack("<6I", 0, buffer, size, write, 0, 0).hex()
            assert gdb.ask(f"M{at:x},18:{lie}") == b"OK"
            one.send(b"still")
            assert one.until(b"still") == b"still"
            assert word(gdb, at + READ) == 0
        assert gdb.ask(f"M{at:x},18:{good}") == b"OK"
        zero.send(b"h")
        zero.until(b"hello by channel 0\n")


def defmts_channel_blocks_while_somebody_reads():
    with tempfile.TemporaryDirectory(prefix="probed-") as folder:
        wire = os.path.join(folder, "wire")
        with daemon("--rtt", "0", "--wire-log", wire, firmware=DEFMT) as d, Client(d.port) as gdb:
            with Listener(ports(d)[0]) as zero:
                zero.until(b"begins\n")
                gdb.ask("?")
                flags = block(d) + DESCRIPTOR + FLAGS
                gdb.send("c")
                live = Client(d.port)
                becomes(live, flags, 2)
                with Listener(ports(d)[0]) as second:
                    second.send(b"h")
                    second.until(b"hello by channel 0\n")
                    assert word(live, flags) == 2
            becomes(live, flags, 0)
            with Listener(ports(d)[0]) as zero:
                becomes(live, flags, 2)
                live.monitor("rtt stop")
                assert word(live, flags) == 0
                live.monitor("rtt start")
                becomes(live, flags, 2)
                assert d.end() == 0
        with open(wire, encoding="utf-8") as lines:
            last = [line for line in lines if f"write ap0 4 {flags:08x} 1 " in line][-1]
        assert "1 00000000" in last, last


run_tests([channels_come_and_go_both_ways, what_was_said_before_somebody_came_is_there, a_block_that_moves_is_found_again,
           a_reset_begins_anew_with_the_same_listener, a_flood_loses_nothing_and_keeps_gdb_waiting_for_nothing,
           a_browser_is_refused, a_string_of_jlinks_clients_is_not_the_programs,
           one_who_does_not_read_loses_his_own_bytes, openocds_commands_serve_it,
           the_programmed_file_says_where_the_block_is, gdb_or_a_file_says_where_the_block_is, a_long_command_keeps_nobody_from_it,
           channel_0_is_shown_by_consoles_and_gdbs,
           a_full_channel_that_blocks_is_told_once_or_drained, a_flood_lets_gdb_in_and_loses_no_breakpoint,
           a_block_that_lies_is_not_followed, defmts_channel_blocks_while_somebody_reads])

# SPDX-License-Identifier: MIT
"""A 03 at every moment, and the time an answer may take.

interrupts.py PROBED"""
import random
import re
import sys
import threading
import time

from daemon import Client, Daemon, run_tests

PROBED = sys.argv[1]
QUICK = 1.7  # seconds: 1.5 are promised; gdb 13 asks again after 2
IMAGE = random.Random(1).randbytes(20000)


def board(spec="bluepill", *options):
    return Daemon(PROBED, "--sim", spec, "--gdb", "0", *options)


def escaped(data):
    return b"".join(bytes([0x7D, b ^ 0x20]) if b in b"#$}*" else bytes([b]) for b in data)


def spin(c):
    assert (reply := c.ask("M20000400,2:fee7")) == b"OK", reply
    assert c.ask("Pf=00040020") == b"OK"


def idle_and_between_packets():
    """gdb's manual, Interrupts: the stub interrupts the program; one that stands is so at its next resume."""
    with board() as daemon, Client(daemon.port) as c:
        c.send_raw(b"\x03")
        c.ask("?")
        spin(c)
        assert c.ask("vCont;s:1").startswith(b"T05"), "before the first stop there is nothing to interrupt"
        for resume in ("vCont;s:1", "vCont;c", "s", "c", "vCont;r20000400,20000402:1;c"):
            for _ in range(20):
                c.send_raw(b"\x03")
                assert c.ask("qC") == b"QC1"
            c.send_raw(b"\x03\x03\x03")
            assert c.ask(resume, timeout=QUICK).startswith(b"T02"), resume
            assert c.ask("vCont;s:1").startswith(b"T05"), "one is kept, not all"


def crossing_a_stop():
    """The 03 leaves before the stop that comes by itself is seen, as when gdb passes by a false condition."""
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.ask("M20000400,4:00bffde7")  # nop, and again
        c.ask("Z0,20000400,2")
        for moment in range(40):
            c.ask("Pf=02040020")
            c.send("vCont;c")
            time.sleep(moment / 20000)
            c.send_raw(b"\x03")
            stops = [c.receive(timeout=QUICK)[:3]]
            if stops[0] == b"T05":
                c.ask("Pf=02040020")
                stops += [c.ask("vCont;c", timeout=QUICK)[:3]]
            assert stops[-1] == b"T02", (moment, stops)


def what_ends_a_kept_one():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("!")
        c.ask("?")
        for between in (c.ask, "?"), (c.ask, "D"), (c.ask, "vAttach;1"), (c.ask, "vRun;"), (c.monitor, "reset halt"):
            c.send_raw(b"\x03")
            between[0](between[1])
            c.monitor("halt")
            spin(c)
            assert c.ask("vCont;s:1", timeout=QUICK).startswith(b"T05"), between[1]
        c.send_raw(b"\x03")
        time.sleep(2.2)
        assert c.ask("vCont;s:1").startswith(b"T05"), "a person has seen the stop since"


def lldb_keeps_none():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("QListThreadsInStopReply")
        c.ask("?")
        spin(c)
        for _ in range(5):
            c.send_raw(b"\x03")
            assert c.ask("vCont;s:1").startswith(b"T05")
            c.send("c")
            c.send_raw(b"\x03")
            assert c.receive(timeout=QUICK).startswith(b"T02"), "what runs is stopped"


def inside_a_packet_it_is_data():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert c.ask(b"X20000100,3:\x03a\x03") == b"OK"
        assert c.ask("m20000100,3") == b"036103"


def while_it_steps_a_range():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        spin(c)
        for _ in range(5):
            c.send("vCont;r20000400,20000402:1;c")
            time.sleep(0.01)
            c.send_raw(b"\x03")
            assert c.receive(timeout=QUICK).startswith(b"T0")


def said(packet):
    return bytes.fromhex(packet[1:].decode()).decode() if packet[:1] == b"O" else ""


def a_line_that_waits_is_told_once():
    """A `next` in a loop is one long packet; gdb's user hears what goes on, and stops it."""
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        spin(c)
        c.send("vCont;r20000400,20000402:1;c")
        assert "inside the line of 0x20000400" in said(c.receive(timeout=30))
        c.send_raw(b"\x03")
        assert c.receive(timeout=QUICK).startswith(b"T02"), "told a second time, or not stopped"


def a_line_that_waits_by_a_call_is_told_too():
    """gdb steps into the call, runs to its end and asks for the same line again."""
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.ask("M20000400,8:00e000bffce7c046")  # b 404; nop; b 400
        c.ask("Pf=00040020")
        end, told, rounds = time.monotonic() + 60, False, 0
        while not told and time.monotonic() < end:
            rounds += 1
            c.send("vCont;r20000400,20000402:1;c")
            while (packet := c.receive(timeout=QUICK))[:1] == b"O":
                told = told or "inside the line" in said(packet)
            assert packet.startswith(b"T05"), packet
            assert c.ask("vCont;s:1").startswith(b"T05")
        assert told and rounds > 10, rounds


def glued_to_the_resume():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        spin(c)
        for _ in range(20):
            payload = b"vCont;c"
            c.send_raw(b"$%s#%02x\x03" % (payload, sum(payload) & 255))
            assert c.receive(timeout=QUICK).startswith(b"T02")


def during_a_reset():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("!")
        c.ask("?")
        for _ in range(10):
            c.send("vRun;")
            c.send_raw(b"\x03")
            assert c.receive(timeout=QUICK)[:1] in (b"T", b"E")
        assert c.ask("vRun;")[:1] == b"T"


def load_in_real_time(c):
    assert c.ask("vFlashErase:08000000,00005000") == b"OK"
    return b"vFlashWrite:8000000:" + escaped(IMAGE[:14000])


def during_a_load_it_ends_the_load():
    with board("bluepill,realtime") as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.send(load_in_real_time(c))
        time.sleep(0.15)
        c.send_raw(b"\x03")
        reply = c.receive(timeout=QUICK)
        assert re.match(rb"E\..*flash: .*0x08000000.*programmed", reply), reply
        assert c.ask("g")[:1] != b"E", "the core is halted and whole"


def during_a_monitor_command():
    with board("bluepill", "--speed", "5") as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.send("qRcmd," + b"mdw 0x08000000 0x4000".hex())
        c.send_raw(b"\x03")
        while (reply := c.receive())[:1] == b"O" and reply != b"OK":
            pass
        assert c.ask("qC") == b"QC1"


def a_load_leaves_others_served():
    with board("bluepill,realtime") as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
        c.ask("?")
        assert other.ask("?")[:1] == b"T"
        done = []
        loader = threading.Thread(target=lambda: done.append(c.ask(load_in_real_time(c))))
        loader.start()
        answers = 0
        while loader.is_alive():
            for packet in ("m20004f00,40", "?", "g", "qXfer:memory-map:read::0,1000"):
                reply = other.ask(packet, timeout=0.3)
                assert reply[:1] != b"E", (packet, reply)
                answers += loader.is_alive()
        loader.join()
        assert done == [b"OK"] and answers >= 4, (done, answers)


def during_a_load_others_do_not_run_the_core():
    with board("bluepill") as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
        c.ask("?")
        other.ask("?")
        c.ask(load_in_real_time(c))
        for packet in ("c", "vCont;s:1", "vRun;", "vFlashErase:08000000,00000400"):
            assert other.ask(packet)[:1] == b"E", packet
        assert c.ask("vFlashDone") == b"OK"


def a_slow_wire_is_answered_in_time():
    """At 5 kHz 8 KiB take 19 s: shorter answers, or errors, but never silence."""
    with board("bluepill,realtime", "--speed", "5") as daemon, Client(daemon.port) as c:
        assert b"PacketSize=200;" in c.ask("qSupported:error-message+")
        c.ask("?", timeout=5)
        for packet in ("m20000000,2000", "x20000000,2000", "m08000000,2000", "g", "p1", "qCRC:8000000,10000",
                       "qSearch:memory:8000000;10000;abcd", "Z1,8000100,2", "z1,8000100,2", "Z2,20000500,4",
                       "z2,20000500,4", "?", "qC", b"X20000600,1e0:" + b"a" * 0x1E0):
            begun = time.monotonic()
            reply = c.ask(packet, timeout=5)
            assert time.monotonic() - begun < QUICK, packet
            assert reply, packet
            if packet[:1] in ("m", "x", b"X"):
                assert reply[:1] != b"E", (packet, reply)


def no_ack_mode_drops_what_is_garbled():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.send_raw(b"$qC#00")
        c.send_raw(b"$m20000000,4#zz")
        assert c.ask("vCont?").startswith(b"vCont;"), "neither a reply nor a '-' before it"


def a_stop_is_told_at_once():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.ask("M20000400,4:00bffde7")
        c.ask("Z0,20000400,2")
        latencies = []
        for _ in range(20):
            c.ask("Pf=02040020")
            begun = time.monotonic()
            c.send("vCont;c")
            c.receive(timeout=QUICK)
            latencies.append(time.monotonic() - begun)
        assert sorted(latencies)[10] < 0.05, latencies


run_tests([idle_and_between_packets, crossing_a_stop, what_ends_a_kept_one, lldb_keeps_none,
           inside_a_packet_it_is_data, while_it_steps_a_range, a_line_that_waits_is_told_once,
           a_line_that_waits_by_a_call_is_told_too, glued_to_the_resume,
           during_a_reset, during_a_load_it_ends_the_load, during_a_monitor_command, a_load_leaves_others_served,
           during_a_load_others_do_not_run_the_core, a_slow_wire_is_answered_in_time, no_ack_mode_drops_what_is_garbled,
           a_stop_is_told_at_once])

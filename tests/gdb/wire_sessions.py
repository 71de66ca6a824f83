# SPDX-License-Identifier: MIT
"""Several gdbs on one port: one holds run control, the others look on.

wire_sessions.py PROBED"""
import re
import sys

from daemon import Client, Daemon, run_tests

daemon = Daemon(sys.argv[1], "--sim", "bluepill", "--gdb", "0").start()


def counting_program(c):
    #   400 4903     ldr r1, [pc, #12] -> 0x20000410
    #   402 6808     ldr r0, [r1]
    #   404 3001     adds r0, #1
    #   406 6008     str r0, [r1]
    #   408 e7fb     b 0x20000402
    code = bytes.fromhex("034908680130" "0860" "fbe7" "00bf" "00bf00bf" "00050020")
    assert c.ask("M20000400,%x:%s" % (len(code), code.hex())) == b"OK"
    assert c.ask("M20000500,4:00000000") == b"OK"
    assert c.ask("Pf=00040020") == b"OK"


def counter(c):
    return int.from_bytes(bytes.fromhex(c.ask("m20000500,4").decode()), "little")


def is_error(reply):
    return reply[:1] == b"E"


def observer_sees_the_stop_without_halting():
    with Client(daemon.port) as holder, Client(daemon.port) as observer:
        holder.ask("?")
        counting_program(holder)
        holder.resume()
        assert observer.ask("?")[:1] in (b"T", b"S")
        first = counter(observer)
        second = counter(observer)
        assert second > first, "memory is live while the core runs"
        observer.ask("g")
        assert counter(observer) > second, "the observer's g did not halt the core"
        holder.send_raw(b"\x03")
        assert holder.receive().startswith(b"T02")


def observer_cannot_resume_while_the_holder_waits():
    with Client(daemon.port) as holder, Client(daemon.port) as observer:
        holder.ask("?")
        counting_program(holder)
        holder.resume()
        observer.ask("?")
        for packet in ("c", "s", "vCont;c", "vCont;s:1", "vRun;"):
            observer.send(packet)
            assert is_error(observer.receive_stop()), packet
        holder.send_raw(b"\x03")
        assert holder.receive().startswith(b"T02")


def who_must_wait_is_told_for_whom():
    """A load between its packets, and one long job: a step over a loop that never ends."""
    with Client(daemon.port) as holder, Client(daemon.port) as observer:
        name = f"gdb from 127.0.0.1:{holder.socket.getsockname()[1]}"
        holder.ask("?")
        observer.ask("?")
        assert holder.ask("vFlashErase:08000000,00000800") == b"OK"
        holder.send(b"vFlashWrite:08000000:" + bytes(1024))
        assert holder.receive() == b"OK"
        final = observer.ask_text("reset halt")[1]
        assert re.search(rf"the flash is being programmed by {name}: a load, for \d+ s, 1 of 2 KiB so far", final), final
        assert holder.ask("vFlashDone") == b"OK"
        assert holder.ask("M20000400,4:fee7fee7") == b"OK" and holder.ask("Pf=00040020") == b"OK"
        holder.send("vCont;r20000400,20000404:1")
        said = observer.ask("P0=00000000").decode()
        while said == "OK":  # it came before the step began
            said = observer.ask("P0=00000000").decode()
        assert re.search(rf"{name} is at a longer job, for \d+ s", said), said
        holder.send_raw(b"\x03")
        assert holder.receive_stop()[:2] == b"T0"


def every_waiting_session_gets_the_stop():
    with Client(daemon.port) as holder, Client(daemon.port) as observer:
        holder.ask("?")
        counting_program(holder)
        observer.ask("?")
        holder.resume()
        observer.monitor("halt")
        assert holder.receive()[:1] == b"T"


def monitor_resume_then_continue_just_joins():
    with Client(daemon.port) as c:
        c.ask("?")
        counting_program(c)
        c.monitor("resume")
        first = counter(c)
        assert counter(c) > first
        c.send("vCont;c")
        c.send_raw(b"\x03")
        assert c.receive().startswith(b"T02")
        assert counter(c) > first


def observer_coming_and_going_changes_nothing():
    with Client(daemon.port) as holder:
        holder.ask("?")
        counting_program(holder)
        holder.ask("Z0,20000406,2")
        with Client(daemon.port) as observer:
            observer.ask("?")
            observer.ask("D")
        holder.send("vCont;c")
        assert holder.receive().startswith(b"T05"), "the holder's breakpoint still hits"
        assert holder.ask("pf") == b"06040020"
        with Client(daemon.port) as observer:
            observer.ask("?")
        assert holder.ask("pf") == b"06040020", "still halted there"
        holder.ask("z0,20000406,2")


def breakpoints_are_counted_per_session():
    with Client(daemon.port) as holder, Client(daemon.port) as other:
        holder.ask("?")
        other.ask("?")
        counting_program(holder)
        assert holder.ask("Z0,20000406,2") == b"OK"
        assert other.ask("Z0,20000406,2") == b"OK"
        assert other.ask("z0,20000406,2") == b"OK"
        holder.send("vCont;c")
        assert holder.receive().startswith(b"T05")
        holder.ask("z0,20000406,2")


def closed_connection_takes_its_breakpoints_along():
    with Client(daemon.port) as c:
        c.ask("?")
        counting_program(c)
        c.ask("Z0,20000406,2")
        c.send("vCont;c")
        c.receive()
    with Client(daemon.port) as c:
        c.ask("?")
        assert c.ask("pf") == b"06040020", "the core stayed halted"
        assert c.ask("m20000406,2") == b"0860"
        c.send("vCont;c")
        c.send_raw(b"\x03")
        assert c.receive().startswith(b"T02"), "no breakpoint left behind"


def closed_while_running_keeps_running():
    with Client(daemon.port) as c:
        c.ask("?")
        counting_program(c)
        c.resume()
    with Client(daemon.port) as c:
        assert re.search("running", c.monitor("status"), re.I)
        first = counter(c)
        assert counter(c) > first


def next_in_line_becomes_holder():
    first = Client(daemon.port)
    first.ask("?")
    counting_program(first)
    with Client(daemon.port) as second:
        second.ask("?")
        first.resume()
        second.send("vCont;c")
        assert is_error(second.receive_stop())
        first.close()
        second.monitor("halt")
        second.send("vCont;c")
        second.send_raw(b"\x03")
        assert second.receive().startswith(b"T02")


def daemon_ends_cleanly():
    assert daemon.end() == 0, daemon.log


run_tests([observer_sees_the_stop_without_halting, observer_cannot_resume_while_the_holder_waits,
           who_must_wait_is_told_for_whom, every_waiting_session_gets_the_stop, monitor_resume_then_continue_just_joins,
           observer_coming_and_going_changes_nothing, breakpoints_are_counted_per_session,
           closed_connection_takes_its_breakpoints_along, closed_while_running_keeps_running,
           next_in_line_becomes_holder, daemon_ends_cleanly])

# SPDX-License-Identifier: MIT
"""What a stop reply holds: the thread in every one, the reasons a client asked for, the address watched.

stop_replies.py PROBED"""
import re
import sys

from daemon import Client, Daemon, run_tests

PROBED = sys.argv[1]
daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", "0").start()


def program(c, code, at=0x20000400):
    """Thumb code in RAM, pc there."""
    code = bytes.fromhex(code)
    assert c.ask("M%x,%x:%s" % (at, len(code), code.hex())) == b"OK"
    assert c.ask("Pf=" + at.to_bytes(4, "little").hex()) == b"OK"


#   400 4903 ldr r1, =0x20000500   402 6808 ldr r0, [r1]   404 3001 adds r0, #1
#   406 6008 str r0, [r1]          408 e7fb b 0x20000402   (410: the address)
COUNT = "0349" "0868" "0130" "0860" "fbe7" "00bf" "00bf00bf" "00050020"


def is_stop(reply):
    assert re.match(rb"T[0-9a-f]{2}", reply), reply
    assert b"thread:1;" in reply, reply
    return reply


def run_until_stop(c, packet="vCont;c"):
    c.send(packet)
    return is_stop(c.receive_stop())


def every_kind_of_stop_names_the_thread():
    with Client(daemon.port) as c:
        is_stop(c.ask("?"))
        program(c, COUNT)
        is_stop(c.ask("vCont;s:1"))
        is_stop(c.ask("s"))
        is_stop(c.ask("vCont;r20000400,20000404:1;c"))
        c.send("vCont;c")
        c.send_raw(b"\x03")
        is_stop(c.receive())
        c.ask("Z0,20000406,2")
        assert b"swbreak:;" in run_until_stop(c)
        c.ask("z0,20000406,2")
        c.ask("Z2,20000500,4")
        run_until_stop(c)
        c.ask("z2,20000500,4")
        is_stop(c.ask("vAttach;1"))
        is_stop(c.ask("vRun;"))
        is_stop(c.ask("?"))


def each_kind_of_watchpoint_is_named_with_its_address():
    with Client(daemon.port) as c:
        c.ask("?")
        for kind, name in ((2, b"watch"), (3, b"rwatch"), (4, b"awatch")):
            program(c, COUNT)
            assert c.ask(f"Z{kind},20000500,4") == b"OK"
            reply = run_until_stop(c)
            assert reply.startswith(b"T05") and b";" + name + b":20000500;" in b";" + reply[3:], (kind, reply)
            assert c.ask(f"z{kind},20000500,4") == b"OK"


def reasons_are_told_only_to_those_who_know_them():
    with Client(daemon.port, no_ack=False) as c:
        c.ask("qSupported:xmlRegisters=i386")
        c.ask("?")
        program(c, COUNT)
        c.ask("Z0,20000406,2")
        reply = run_until_stop(c)
        assert b"break" not in reply, reply
        c.ask("z0,20000406,2")
        assert c.ask("m60000000,4")[:2] != b"E.", "no sentence either"
    with Client(daemon.port, no_ack=False) as c:
        c.ask("qSupported:hwbreak+;swbreak+")
        c.ask("?")
        program(c, COUNT)
        c.ask("Z0,20000406,2")
        assert b"swbreak:;" in run_until_stop(c)
        c.ask("z0,20000406,2")


def software_breakpoint_in_flash_takes_a_comparator():
    with Client(daemon.port) as c:
        c.ask("?")
        for number in range(6):
            assert c.ask(f"Z0,{0x08000100 + 4 * number:x},2") == b"OK"
        assert c.ask("Z0,8000200,2")[:1] == b"E", "a seventh"
        for number in range(6):
            assert c.ask(f"z0,{0x08000100 + 4 * number:x},2") == b"OK"


def signals_of_the_client_do_not_stop_it():
    """`C05` and `vCont;C05` continue: there is nobody on the chip to take a signal."""
    with Client(daemon.port) as c:
        c.ask("?")
        program(c, COUNT)
        for packet in ("C05", "vCont;C05", "vCont;C05:1;c"):
            c.ask("Z0,20000406,2")
            assert run_until_stop(c, packet).startswith(b"T05"), packet
            assert c.ask("pf") == b"06040020", packet
            c.ask("z0,20000406,2")
        program(c, "00bf" * 8)
        for number, packet in enumerate(("S05", "vCont;S05:1"), 1):
            is_stop(c.ask(packet))
            assert c.ask("pf") == (0x20000400 + 2 * number).to_bytes(4, "little").hex().encode(), packet


def registers_in_the_reply_are_the_ones_g_reads():
    with Client(daemon.port) as c:
        c.ask("?")
        program(c, COUNT)
        c.ask("Z0,20000406,2")
        reply = run_until_stop(c)
        c.ask("z0,20000406,2")
        g = c.ask("g")
        for number, value in re.findall(rb"(?<=;)([0-9a-f]{2}):([0-9a-f]{8});", reply):
            at = int(number, 16) * 8
            assert g[at:at + 8] == value, (number, value)
        assert b";0f:06040020;" in reply, "pc is among them"


def a_reset_while_running_is_a_stop():
    with Client(daemon.port) as c, Client(daemon.port) as hands:
        c.ask("?")
        program(c, COUNT)
        c.resume()
        hands.monitor("sim nrst press")
        hands.monitor("sim nrst release")
        reply = c.receive_stop()
        is_stop(reply)
        assert re.search("reset", c.console), c.console


def kill_has_no_reply_and_ends_a_plain_remote_session():
    with Client(daemon.port) as c:
        c.ask("?")
        c.send("k")
        assert c.closed()
    with Client(daemon.port) as c:
        c.ask("!")
        c.ask("?")
        c.send("k")
        assert c.ask("vMustReplyEmpty") == b"", "extended: the connection stays, and k had no reply"
        is_stop(c.ask("vRun;"))
        assert c.ask("vKill;1") == b"OK"


def registers_written_one_by_one_show_in_g():
    with Client(daemon.port) as c:
        c.ask("?")
        before = c.ask("g")
        assert c.ask("P4=78563412") == b"OK"
        after = c.ask("g")
        assert after[32:40] == b"78563412"
        assert after[:32] + after[40:] == before[:32] + before[40:]
        xml = c.ask("qXfer:features:read:target.xml:0,3000").decode()
        assert 'name="d0"' not in xml and "arm.vfp" not in xml, "a Cortex-M3 has no FPU"
        names = re.findall(r'<reg name="(\w+)"', xml)
        for number in range(len(names)):
            assert c.ask(f"p{number:x}")[:1] != b"E", names[number]
        assert c.ask(f"p{len(names):x}")[:1] == b"E"


def daemon_ends_cleanly():
    assert daemon.end() == 0, daemon.log


run_tests([every_kind_of_stop_names_the_thread, each_kind_of_watchpoint_is_named_with_its_address,
           reasons_are_told_only_to_those_who_know_them, software_breakpoint_in_flash_takes_a_comparator,
           signals_of_the_client_do_not_stop_it, registers_in_the_reply_are_the_ones_g_reads,
           a_reset_while_running_is_a_stop, kill_has_no_reply_and_ends_a_plain_remote_session,
           registers_written_one_by_one_show_in_g, daemon_ends_cleanly])

# SPDX-License-Identifier: MIT
"""gdb's File-I/O on the wire: what the program asks, when, and what becomes of Ctrl-C, steps and other clients
meanwhile. wire_file_io.py PROBED"""

import re
import sys

from daemon import Client, Daemon, run_tests

PROBED = sys.argv[1]
daemon = Daemon(PROBED, "--sim", "bluepill,still", "--gdb", "0").start()
CODE, BLOCK, NAME, DATA = 0x20000400, 0x20000800, 0x20000900, 0x20000A00
OPEN, WRITE, READ, REMOVE, ERRNO = 1, 5, 6, 0xE, 0x13


def word(value):
    return value.to_bytes(4, "little").hex()


def put(c, address, data):
    assert c.ask("M%x,%x:%s" % (address, len(data), data.hex())) == b"OK"


def at_call(c, number, *words):
    """The core stands at a call; behind it is a breakpoint of the program's."""
    put(c, CODE, bytes.fromhex("abbe" "01be"))
    put(c, BLOCK, b"".join(value.to_bytes(4, "little") for value in words))
    put(c, NAME, b"name\0")
    for register, value in ((0, number), (1, BLOCK), (15, CODE)):
        assert c.ask(f"P{register:x}={word(value)}") == b"OK"


def register(c, number):
    return int.from_bytes(bytes.fromhex(c.ask(f"p{number:x}").decode()), "little")


def lender():
    """A client that lends its files."""
    c = Client(daemon.port)
    assert c.ask("?").startswith(b"T")
    text = c.monitor("arm semihosting_fileio enable")
    assert "semihosting fileio is enabled\n" in text and "any that its user may" in text, text
    return c


def stopped(c, signal):
    reply = c.receive_stop()
    assert re.match(rb"T%s" % signal, reply), reply


def expect(c, packet):
    reply = c.receive()
    assert reply == packet.encode(), reply


def a_question_is_answered_and_the_program_goes_on():
    with lender() as c:
        at_call(c, OPEN, NAME, 4, 4)
        c.send("vCont;c")
        expect(c, f"Fopen,{NAME:x}/5,601,1a4")
        assert c.ask(f"m{NAME:x},5") == b"6e616d6500"
        put(c, DATA, b"gdb wrote")
        c.send("F3")
        stopped(c, b"05")
        handle = register(c, 0)
        assert 3 < handle < 100 and register(c, 15) == CODE + 2, handle
        at_call(c, READ, handle, DATA, 9)
        c.send("vCont;c")
        expect(c, f"Fread,3,{DATA:x},9")
        put(c, DATA, b"hello")
        c.send("F5")
        stopped(c, b"05")
        assert register(c, 0) == 4 and c.ask(f"m{DATA:x},9") == b"hellorote".hex().encode()
        at_call(c, WRITE, handle, DATA, 5)
        c.send("vCont;c")
        expect(c, f"Fwrite,3,{DATA:x},5")
        c.send("F-1,1C")
        stopped(c, b"05")
        assert register(c, 0) == 5
        at_call(c, ERRNO)
        c.send("vCont;c")
        stopped(c, b"05")
        assert register(c, 0) == 0x1C


def a_step_over_a_call_ends_behind_it():
    with lender() as c:
        for packet in ("vCont;s:1", f"vCont;r{CODE:x},{CODE + 2:x}:1"):
            at_call(c, REMOVE, NAME, 4)
            c.send(packet)
            expect(c, f"Funlink,{NAME:x}/5")
            c.send("F-1,2")
            stopped(c, b"05")
            assert register(c, 15) == CODE + 2 and register(c, 0) == 0xFFFFFFFF


def ctrl_c_that_came_first_does_the_call_again():
    with lender() as c:
        at_call(c, REMOVE, NAME, 4)
        c.send("vCont;c")
        expect(c, f"Funlink,{NAME:x}/5")
        c.send("F-1,4,C")
        stopped(c, b"02")
        assert register(c, 15) == CODE
        c.send("vCont;c")
        expect(c, f"Funlink,{NAME:x}/5")
        c.send("F0")
        stopped(c, b"05")
        assert register(c, 0) == 0 and register(c, 15) == CODE + 2


def ctrl_c_that_came_last_keeps_what_was_done():
    with lender() as c:
        at_call(c, REMOVE, NAME, 4)
        c.send("vCont;c")
        expect(c, f"Funlink,{NAME:x}/5")
        c.send("F-1,2,C")
        stopped(c, b"02")
        assert register(c, 15) == CODE
        c.send("vCont;c")
        stopped(c, b"05")
        assert register(c, 0) == 0xFFFFFFFF and register(c, 15) == CODE + 2


def no_stop_comes_before_the_answer():
    with lender() as c, Client(daemon.port) as other:
        at_call(c, REMOVE, NAME, 4)
        c.send("vCont;c")
        expect(c, f"Funlink,{NAME:x}/5")
        c.send_raw(b"\x03")
        other.monitor("halt")
        assert c.ask("qC") == b"QC1"  # and nothing before that
        c.send("F0")
        stopped(c, b"02")
        c.send("vCont;c")
        stopped(c, b"05")
        assert register(c, 0) == 0


def an_answer_to_nothing_is_nothing():
    with lender() as c:
        c.send("F5")
        assert c.ask("qC") == b"QC1"
        at_call(c, REMOVE, NAME, 4)
        c.send("vCont;c")
        expect(c, f"Funlink,{NAME:x}/5")
        c.send("Fgarbage")
        stopped(c, b"05")
        assert register(c, 0) == 0xFFFFFFFF


def who_asks_anew_is_not_waited_for():
    with lender() as c:
        at_call(c, REMOVE, NAME, 4)
        c.send("vCont;c")
        expect(c, f"Funlink,{NAME:x}/5")
        c.send("?")
        stopped(c, b"02")  # of the resume
        stopped(c, b"05")  # the answer
        c.send("vCont;c")
        expect(c, f"Funlink,{NAME:x}/5")
        c.send("F0")
        stopped(c, b"05")


def only_who_lends_is_asked_and_until_he_leaves():
    with Client(daemon.port) as other:
        with lender() as c:
            at_call(c, OPEN, NAME, 0, 4)
            c.send("vCont;c")
            expect(c, f"Fopen,{NAME:x}/5,0,1a4")
            c.send("F3")
            stopped(c, b"05")
            handle = register(c, 0)
            text, final = other.ask_text("arm semihosting_fileio enable")
            assert "another gdb" in text + final, (text, final)
            at_call(c, READ, handle, DATA, 9)
            c.send("vCont;c")
            expect(c, f"Fread,3,{DATA:x},9")
        while other.monitor("arm semihosting_fileio") != "semihosting fileio is disabled\n":
            pass  # it is gone once the daemon has noticed
        assert other.ask("?").startswith(b"T05")  # the call is over, and what stands behind it is met
        assert register(other, 0) == 0xFFFFFFFF and register(other, 15) == CODE + 2
        at_call(other, OPEN, NAME, 0, 4)
        other.send("vCont;c")
        stopped(other, b"05")
        assert register(other, 0) == 0xFFFFFFFF  # no files at all


def a_console_has_none_to_lend():
    with Daemon(PROBED, "--sim", "bluepill,still", "--gdb", "0", "-c", "arm semihosting_fileio enable") as one:
        one.says("those of the gdb that lends them")
        one.process.terminate()
        assert one.process.wait() == 1
        one.process.returncode = 0  # that is what the failed command says


run_tests([a_question_is_answered_and_the_program_goes_on, a_step_over_a_call_ends_behind_it,
           ctrl_c_that_came_first_does_the_call_again, ctrl_c_that_came_last_keeps_what_was_done,
           no_stop_comes_before_the_answer, an_answer_to_nothing_is_nothing, who_asks_anew_is_not_waited_for,
           only_who_lends_is_asked_and_until_he_leaves, a_console_has_none_to_lend])

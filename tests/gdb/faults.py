# SPDX-License-Identifier: MIT
"""Boards with something wrong, seen through gdb's protocol: every fault by its name.

faults.py PROBED"""
import re
import sys

from daemon import Client, Daemon, run_tests

PROBED = sys.argv[1]


def board(spec, *options):
    return Daemon(PROBED, "--sim", spec, "--gdb", "0", *options)


def is_error(reply):
    return reply[:1] == b"E"


def unpowered_board():
    with board("bluepill,vtref=0") as daemon:
        daemon.says(r"VTref reads 0\.00 V: no supply is seen")


def locked_chip_says_so_and_refuses_flash():
    with board("bluepill,locked") as daemon, Client(daemon.port) as c:
        daemon.says(r"warning: the flash is read-protected; removing that erases it")
        c.ask("?")
        assert is_error(c.ask("m08000000,4")), "protected flash is not readable"
        assert len(c.ask("m20000000,4")) == 8, "SRAM is"
        reply = c.ask("vFlashErase:08000000,00000400")
        assert reply.startswith(b"E.read protection is on (level 1)"), reply
        daemon.read_log(r"nothing was programmed: .*protect")  # gdb 13 shows no text of the reply


def clone_is_warned_of_and_works():
    with board("bluepill,clone") as daemon, Client(daemon.port) as c:
        daemon.says(r"warning: probably not made by ST but a copy: .*debugging works")
        assert "probably not made by ST" in c.monitor("targets")
        c.ask("?")
        assert c.ask("mE000ED00,4") == b"30c22f41"


def flash_size_register_of_zero_is_a_warning():
    with board("bluepill,flash-size=0") as daemon, Client(daemon.port) as c:
        daemon.says(r"warning: the flash size register reads 0: 64 KiB assumed")
        c.ask("?")
        assert b'type="flash" start="0x08000000" length="0x10000"' in c.ask("qXfer:memory-map:read::0,1000")


def flash_size_of_another_chip():
    with board("bluepill,flash-size=128") as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert b'type="flash" start="0x08000000" length="0x20000"' in c.ask("qXfer:memory-map:read::0,1000")


def swj_off_needs_reset():
    with board("bluepill,swj-off", "--connect", "attach") as daemon:
        daemon.says(r"no chip answers on SWD at any clock \(under reset was not tried\); VTref reads 3\.30 V")
    with board("bluepill,swj-off", "--connect", "under-reset") as daemon, Client(daemon.port) as c:
        assert c.ask("?")[:1] == b"T"
        assert c.ask("mE000ED00,4") == b"31c21f41"


def only_what_resets_anyway_resets():
    """To look, and to come with a gdb, leaves a program alone that answers nobody."""
    for words in ("reset halt", "flash erase_address 0x08000000 0x400"):
        with board("bluepill,swj-off") as daemon, Client(daemon.port) as c:
            daemon.says(r"no chip answers on SWD at any clock \(under reset was not tried\)")
            assert c.ask("?") == b"W00"
            assert "not connected" in c.monitor("status")
            assert c.ask_text("mdw 0x08000000")[1][:1] == "E"
            c.monitor(words)
            assert "core: halted" in c.monitor("status"), words
            daemon.says(r"connected under reset: the chip answers only after a reset")
    with board("bluepill,swj-off") as daemon, Client(daemon.port) as c:
        assert c.ask("!") == b"OK"
        assert c.ask("?") == b"W00"
        assert c.ask("vAttach;1")[:1] == b"E"
        assert c.ask("vRun;")[:1] == b"T", "to begin the program anew is a reset"
    with board("bluepill,swj-off", "-c", "reset halt") as daemon, Client(daemon.port) as c:
        daemon.says(r"connected under reset")
        assert c.ask("?")[:1] == b"T", "who is to reset it once connected may"


def a_lost_link_is_not_regained_by_a_reset():
    with board("bluepill,swj-off", "--connect", "under-reset") as daemon, Client(daemon.port) as c:
        assert c.ask("!") == b"OK"
        assert c.ask("?")[:1] == b"T"
        c.ask_text("reset run")
        c.monitor("sleep 10")
        assert "not connected: no chip answers" in c.monitor("status"), "its program has switched SWD off"
        assert c.ask_text("mdw 0x08000000")[1][:1] == "E"
        assert c.ask("vAttach;1")[:1] == b"T", "by the words of the command line"


def nrst_open_resets_by_software():
    with board("bluepill,nrst-open") as daemon, Client(daemon.port) as c:
        c.ask("?")
        load(c)
        assert c.ask("Pf=00000020") == b"OK"
        assert "pc: 0x08000008" in c.monitor("reset halt"), "by its vectors, not where it stood"
        assert "core: halted, pc: 0x08000008" in c.monitor("status")


def sleeping_core_is_attached_undisturbed():
    with board("bluepill,sleep") as daemon, Client(daemon.port) as c:
        assert re.search("^core: running$", c.monitor("status"), re.M)
        assert c.ask("?")[:1] == b"T"


def noisy_wire_gives_right_answers_or_errors():
    with board("bluepill,noise=50") as daemon, Client(daemon.port) as c:
        c.ask("?")
        good = 0
        for number in range(100):
            word = "%08x" % (0x11110000 + number)
            if c.ask(f"M20000100,4:{word}") == b"OK":
                reply = c.ask("m20000100,4")
                assert is_error(reply) or reply == word.encode(), (reply, word)
                good += reply == word.encode()
        assert good > 90, good
        assert int(re.search(r"repeats: (\d+)", c.monitor("stats")).group(1)) > 10, "nothing was garbled"


def vanished_probe_is_reported_and_comes_back():
    with board("bluepill,vanish=2000") as daemon, Client(daemon.port) as c:
        c.ask("?")
        for _ in range(3000):
            reply = c.ask("M20000000,4:01020304")
            if is_error(reply):
                break
        assert is_error(reply)
        assert c.ask("qAttached") == b"1", "the session lives on"
        c.monitor("sim plug")
        assert c.ask("vAttach;1")[:1] == b"T"
        assert not is_error(c.ask("m20000000,4"))


def unplugged_while_running():
    with board("bluepill") as daemon, Client(daemon.port) as c, Client(daemon.port) as hands:
        c.ask("?")
        c.ask("M20000400,2:fee7")
        c.ask("Pf=00040020")
        c.resume()
        hands.monitor("sim unplug")
        assert c.receive_stop() == b"X09"
        assert is_error(c.ask("m20000000,4"))
        hands.monitor("sim plug")
        assert c.ask("vAttach;1")[:1] == b"T"


def power_cycle_while_running():
    with board("bluepill") as daemon, Client(daemon.port) as c, Client(daemon.port) as hands:
        c.ask("?")
        c.ask("M20000400,2:fee7")
        c.ask("Pf=00040020")
        c.resume()
        hands.monitor("sim power off")
        assert c.receive_stop() == b"X09"
        hands.monitor("sim power on")
        assert c.ask("vAttach;1")[:1] == b"T"
        assert c.ask("mE000ED00,4") == b"31c21f41"


def power_cycle_gives_the_board_to_the_first_who_asks():
    with board("bluepill") as daemon, Client(daemon.port) as first, Client(daemon.port) as hands:
        first.ask("?")
        first.ask("M20000400,2:fee7")
        first.ask("Pf=00040020")
        first.resume()
        hands.monitor("sim power off")
        assert first.receive_stop() == b"X09"
        hands.monitor("sim power on")
        with Client(daemon.port) as newcomer:
            newcomer.ask("?")
            newcomer.ask("vAttach;1")
            assert b"x" not in newcomer.ask("g"), "the core stands, and its registers are known"


def power_cycle_while_halted_is_told_until_gdb_attaches_again():
    with board("bluepill") as daemon, Client(daemon.port) as c, Client(daemon.port) as hands:
        c.ask("?")
        hands.monitor("sim power off")
        assert is_error(c.ask("m20000000,4"))
        hands.monitor("sim power on")
        hands.monitor("halt")  # a command connects again
        for packet in ("g", "m20000000,4", "vCont;s:1", "vCont;c", "Z1,8000000,2"):
            assert b"lost" in c.ask(packet), packet
        assert c.ask("vKill;1") == b"OK", "there is nothing left to kill"
        assert c.ask("vAttach;1")[:1] == b"T"
        assert c.ask("mE000ED00,4") == b"31c21f41"


def reset_button_is_noticed_by_registers_too():
    with board("bluepill") as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.ask("P0=12345678")
        c.monitor("sim nrst press")
        c.monitor("sim nrst release")
        c.monitor("sleep 200")
        assert is_error(c.ask("p0")), "registers of before the reset are nobody's any more"


def button_pressed_while_halted():
    with board("bluepill") as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.monitor("sim nrst press")
        c.monitor("sim nrst release")
        c.monitor("halt")
        assert not is_error(c.ask("g"))


def button_held_while_halted():
    with board("bluepill") as daemon, Client(daemon.port) as c, Client(daemon.port) as hands:
        c.ask("?")
        c.ask("M20000400,2:fee7")
        c.ask("Pf=00040020")
        hands.monitor("sim nrst press")
        assert b"NRST is low" in c.ask("m20000400,2")
        assert b"NRST is low" in c.ask("Pf=00040020")
        c.send("vCont;c")
        assert c.receive()[:1] == b"O", "it waits for the button"
        hands.monitor("sim nrst release")
        assert c.receive_stop()[:1] == b"T", "there is a core to stop again"
        assert c.ask("m20000400,2") == b"fee7"


def held_in_reset_is_what_every_command_says():
    with board("bluepill") as daemon, Client(daemon.port) as c, Client(daemon.port) as hands:
        for seen_before in (False, True):
            for packet in ("vCont;s:1", "vCont;r8000000,8000010:1", "vCont;c", "s"):
                c.ask("?")
                c.ask("M20000400,2:fee7")
                c.ask("Pf=00040020")
                hands.monitor("sim nrst press")
                if seen_before:
                    assert b"NRST is low" in c.ask("m20000400,2")
                c.send(packet)
                told = c.receive()
                assert told[:1] == b"O" and b"NRST is low" in bytes.fromhex(told[1:].decode()), (packet, told)
                hands.monitor("sim nrst release")
                assert c.receive_stop()[:1] == b"T", "it is halted when the button is released"
        hands.monitor("sim nrst press")
        for line in ("reset halt", "reset", "halt 10", "step", "resume", "reg", "reg pc", "mdw 0x20000000", "mww 0x20000000 1"):
            text, final = c.ask_text(line)
            assert "NRST is low" in final, (line, text, final)
        assert "held in reset" in c.monitor("status")
        hands.monitor("sim nrst release")
        assert re.search("halted", c.monitor("halt"))


def load(c):
    image = bytes.fromhex("00500020 09000008 fee7")  # sp, reset vector; there: b .
    assert c.ask("vFlashErase:08000000,00000400") == b"OK"
    assert c.ask(b"vFlashWrite:8000000:" + image) == b"OK"
    assert c.ask("vFlashDone") == b"OK"
    assert c.ask("Pf=08000008") == b"OK"


def empty_flash_is_named_and_its_trap_too():
    with board("bluepill") as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert "flash is empty" in c.monitor("status"), "lockup"
        load(c)
        c.send("vCont;c")
        told = bytes.fromhex(c.receive()[1:].decode()).decode()
        assert "empty flash" in told and "monitor reset halt" in told, told
        c.send_raw(b"\x03")
        c.receive_stop()
        assert "flash is empty" not in c.monitor("reset halt")
        c.send("vCont;c")
        c.send_raw(b"\x03")
        assert c.receive_stop()[:3] == b"T02" and not c.console
        assert daemon.read_log("'monitor reset halt' lets the program begin afresh")
    with board("bluepill") as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert re.search("flash is empty, .*; load one", c.monitor("reset halt"))
        load(c)
        c.send("vCont;c")
        assert "empty flash" in bytes.fromhex(c.receive()[1:].decode()).decode(), "sp is 0xfffffffc"


run_tests([unpowered_board, locked_chip_says_so_and_refuses_flash, clone_is_warned_of_and_works,
           flash_size_register_of_zero_is_a_warning, flash_size_of_another_chip, swj_off_needs_reset,
           only_what_resets_anyway_resets, a_lost_link_is_not_regained_by_a_reset,
           nrst_open_resets_by_software, sleeping_core_is_attached_undisturbed,
           noisy_wire_gives_right_answers_or_errors, vanished_probe_is_reported_and_comes_back,
           unplugged_while_running, power_cycle_while_running, power_cycle_gives_the_board_to_the_first_who_asks,
           power_cycle_while_halted_is_told_until_gdb_attaches_again, reset_button_is_noticed_by_registers_too,
           button_pressed_while_halted, button_held_while_halted, held_in_reset_is_what_every_command_says,
           empty_flash_is_named_and_its_trap_too])

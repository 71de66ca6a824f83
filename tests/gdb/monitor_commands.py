# SPDX-License-Identifier: MIT
"""Monitor commands as gdb sends them and as -c runs them: what IDEs rely on, text that comes while
the command runs, exit codes, and lines that make no sense.

monitor_commands.py PROBED"""
import os
import re
import subprocess
import sys
import tempfile

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]

# Sent by default settings of IDEs: an error breaks the launch.
UNCONDITIONAL = ["reset", "reset halt", "reset init", "halt", "init", "reg", "arm semihosting enable", "gdb_sync"]

# OpenOCD's words that scripts use: known here, done or refused with a reason.
KNOWN = """halt, resume, step, reset, soft_reset_halt, wait_halt, poll, targets, reg, get_reg, set_reg, mdw, mdh, mdb, mdd, mww,
mwh, mwb, mwd, read_memory, write_memory, bp, rbp, wp, rwp, load_image, dump_image, verify_image, verify_image_checksum,
test_image, program, flash banks, flash list, flash probe, flash info, flash erase_check, flash erase_sector,
flash erase_address, flash write_image, flash write_bank, flash read_bank, flash verify_bank, flash verify_image,
flash fillw, flash fillh, flash fillb, flash mdw, flash protect, flash padded_value, adapter speed, adapter serial,
adapter assert, adapter deassert, adapter name, adapter list, adapter srst delay, reset_config, cortex_m maskisr,
cortex_m vector_catch, cortex_m reset_config, arm semihosting, tpiu config, tpiu configure,
tpiu enable, tpiu disable, itm port, itm ports, rtt setup, rtt start, rtt stop, rtt channels,
rtt channellist, rtt polling_interval, rtt server start, rtt server stop, gdb_sync, gdb sync, gdb_memory_map,
gdb memory_map, gdb_flash_program, gdb_breakpoint_override, gdb_report_data_abort, gdb_port, telnet_port, tcl_port,
bindto, debug_level, log_output, echo, sleep, version, init, stm32f1x lock, stm32f1x unlock, stm32f1x mass_erase,
stm32f1x options_read, stm32f1x options_write, stm32f1x options_load, stm32f0x, stm32f3x, stm32f4x, stm32l4x option_read,
stm32l4x option_write, stm32l4x option_load, stm32l4x wrp_info,
target names, target current, transport list, transport select, swdp_scan, profile, dap info, semihosting, jtag_reset,
CDRTOSConfigure, CDLiveWatchSetup, CDSWOConfigure, shutdown, exit, help"""


def board(spec="bluepill", *options):
    return Daemon(PROBED, "--sim", spec, "--gdb", "0", *options)


def refused(client, line, pattern):
    text, final = client.ask_text(line)
    assert final.startswith("E."), (line, text, final)
    assert re.search(pattern, final), (line, final)
    return text


def image(folder, size=40000):
    """A binary whose program is `b .`"""
    data = bytearray((i * 7 + (i >> 8)) & 255 for i in range(size))
    data[0:8] = bytes.fromhex("0050002001010008")
    data[0x100:0x102] = bytes.fromhex("fee7")
    path = os.path.join(folder, "image.bin")
    with open(path, "wb") as file:
        file.write(data)
    return path


def what_ides_always_send_works():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        for line in UNCONDITIONAL:
            c.monitor(line)


def every_word_is_known():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        for words in re.split(r",\s+", KNOWN):
            text, final = c.ask_text("help " + words)
            assert final == "OK" and text.startswith(words), (words, text, final)


def text_comes_while_the_command_runs():
    with tempfile.TemporaryDirectory() as folder, board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.send("qRcmd," + f"program {image(folder)} 0x08000000 verify".encode().hex())
        pieces = []
        while (reply := c.receive()) != b"OK":
            assert reply.startswith(b"O"), reply
            pieces.append(bytes.fromhex(reply[1:].decode()).decode())
        progress = [p for p in pieces if re.search(r"\d+ of \d+ KiB \(\d+ %\), [\d.]+ KiB/s", p)]
        assert len(progress) >= 5, pieces
        stars = re.findall(r"\*\* .* \*\*", "".join(pieces))
        assert stars == ["** Programming Started **", "** Programming Finished **", "** Verify Started **",
                         "** Verified OK **"], stars
        assert re.search(r"^wrote 40000 bytes from file \S+ in [\d.]+s \([\d.]+ KiB/s\)$", "".join(pieces), re.M)


def a_failure_is_an_error_with_its_sentence():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        refused(c, "hlat", "did you mean halt")
        refused(c, "mdw", r"usage: mdw \[phys\] ADDRESS \[COUNT\]")
        refused(c, "program /nonexistent.elf", "/nonexistent.elf: No such file")
        refused(c, "rtt channels", "rtt: Control block not available")
        assert refused(c, "echo one; hlat; echo two", "hlat") == "one\n", "the rest is not run"


def a_gdb_without_error_messages_sees_the_sentence():
    with board() as daemon, Client(daemon.port, no_ack=False) as c:
        c.ask("qSupported:swbreak+")
        text, final = c.ask_text("hlat")
        assert "did you mean halt" in text and re.fullmatch("E[0-9a-f]{2}", final), (text, final)


def the_story_of_a_locked_chip():
    with tempfile.TemporaryDirectory() as folder, board("bluepill,locked") as daemon, Client(daemon.port) as c:
        path = image(folder)
        c.ask("?")
        assert "read-protected" in c.monitor("flash probe 0")
        assert "** Programming Failed **" in refused(c, f"program {path} 0x08000000", "stm32f1x unlock 0")
        text = c.monitor("stm32f1x unlock 0")
        assert text.index("erases the whole flash") < text.index("stm32x unlocked."), text
        assert "power cycle" in text
        c.monitor("reset")
        c.monitor("sim power off")
        c.monitor("sim power on")
        assert "flash size = 64 KiB\nflash 'stm32f1x' found at 0x08000000" in c.monitor("flash probe 0")
        assert "** Verified OK **" in c.monitor(f"program {path} 0x08000000 verify reset")


def gdb_sync_lets_the_next_step_do_nothing():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.monitor("reset halt; mww 0x20000400 0xbf00bf00; mww 0x20000404 0xe7febf00; reg xpsr 0x01000000; reg pc 0x20000400")
        c.monitor("gdb_sync")
        reply = c.ask("vCont;s:1")
        assert reply[:3] == b"T05" and b"0f:00040020" in reply, reply
        assert b"0f:02040020" in c.ask("vCont;s:1"), "a step as ever"
        c.monitor("gdb_sync")
        c.send("vCont;c")
        c.send_raw(b"\x03")
        assert c.receive_stop()[:1] == b"T"
        assert b"0f:04040020" not in c.ask("vCont;s:1"), "a continue forgets it"


def a_breakpoint_of_the_monitor_stops_gdbs_continue():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.monitor("mww 0x20000400 0xbf00bf00; mww 0x20000404 0xe7febf00; reg xpsr 0x01000000; reg pc 0x20000400")
        assert c.monitor("bp 0x20000404 2") == "breakpoint set at 0x20000404\n"
        c.send("vCont;c")
        stop = c.receive_stop()
        assert b"0f:04040020" in stop, stop
        assert "addr=0x20000404" in c.monitor("bp")
        c.monitor("rbp all")
        assert c.monitor("bp") == ""


def hard_breakpoints_are_set_and_cleared():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert c.ask("Z0,20000400,2") == b"OK"
        c.monitor("gdb_breakpoint_override hard")
        assert c.ask("Z0,8000100,2") == b"OK"
        assert "Hardware breakpoint(IVA): addr=0x8000100" in c.monitor("bp")
        assert c.ask("z0,8000100,2") == b"OK" and c.ask("z0,20000400,2") == b"OK"
        assert c.monitor("bp") == ""


def a_waiting_command_is_interrupted():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.monitor("mww 0x20000400 0xe7fee7fe; reg xpsr 0x01000000; reg pc 0x20000400; resume")
        c.send("qRcmd," + b"wait_halt 80000000".hex())
        c.send_raw(b"\x03")
        reply = c.receive()
        assert reply.startswith(b"E.interrupted"), reply
        assert c.monitor("targets").endswith("running\n")


def two_clients_want_different_things():
    """The others' commands wait for the one that runs, and are carried out then."""
    with tempfile.TemporaryDirectory() as folder, board() as daemon, Client(daemon.port) as c, \
            Client(daemon.port) as other:
        path = image(folder)
        c.ask("?")
        c.send("qRcmd," + f"program {path} 0x08000000 verify".encode().hex())
        assert c.receive().startswith(b"O"), "it has begun"
        lines = ("reset run", "stm32f1x mass_erase 0", "resume", "flash fillw 0x08000000 1 1", "halt")
        for line in lines:
            other.send("qRcmd," + line.encode().hex())
        while (reply := c.receive()) != b"OK":
            assert reply.startswith(b"O"), reply
        for line in lines:
            assert other.result()[1] == "OK", line
        assert c.ask("m08000000,8") == b"01000000ffffffff"
        assert "** Verified OK **" in c.monitor(f"program {path} 0x08000000 verify")


def lines_without_sense_harm_nobody():
    with board() as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert c.monitor("echo " + "x" * 8000) == "x" * 8000 + "\n"
        assert c.ask_text("echo " + "x" * 9000)[1].startswith("E")
        refused(c, "echo " + "x " * 40, "too many words")
        refused(c, 'echo "', "quote")
        refused(c, "{" * 4000, "brace")
        c.monitor(";" * 4000)
        refused(c, "\x01\x02\xff", "unknown command")
        with Client(daemon.port, no_ack=False) as stranger:
            stranger.send_raw(b"$qRcmd," + b"61" * 500000 + b"#00")
            assert stranger.closed(), "an over-long first packet is none of gdb's"
        assert "halted" in c.monitor("targets")


def shutdown_ends_the_daemon_with_a_code():
    for line, code in (("shutdown", 0), ("shutdown error", 1), ("shutdown 7", 7), ("exit", 0)):
        daemon = board().start()
        with Client(daemon.port) as c, Client(daemon.port) as other:
            c.ask("?")
            text, final = c.ask_text(line)
            assert final == "OK", final
            assert text == ("" if line == "exit" else "shutdown command invoked\n"), text
            assert other.closed()
        assert daemon.process.wait(LIMIT) == code, line


def call(*options):
    done = subprocess.run([PROBED, "--sim", "--gdb", "0", *options], capture_output=True, text=True, timeout=LIMIT)
    return done.returncode, done.stderr


def a_script_of_commands_ends_with_a_code():
    with tempfile.TemporaryDirectory() as folder:
        path = image(folder)
        code, log = call("-c", f"program {path} 0x08000000 verify reset exit")
        assert code == 0 and "** Verified OK **" in log and "Listening" not in log, (code, log)
        code, log = call("-c", "program /nonexistent exit")
        assert code == 1 and "No such file" in log, (code, log)
        code, log = call("-c", "shutdown 5")
        assert code == 5, (code, log)
        code, log = call("-c", "echo hello", "-c", "exit")
        assert code == 0 and "hello" in log, (code, log)


def what_a_core_does_is_said_as_it_is():
    """A blank board does not run, whatever its halt bit says; and each line of an answer is one line."""
    done = subprocess.run([PROBED, "--sim", "--gdb", "off", "--telnet", "off", "-c", "status", "-c", "halt", "-c", "status", "-c",
                           "shutdown"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
    assert re.search(r"connected: .* 4 watchpoints, locked up: .* the flash is empty", done.stderr), done.stderr
    assert re.search(r"^probed: core: running, locked up: .* the flash is empty", done.stderr, re.MULTILINE), done.stderr
    assert re.search(r"^probed: core: halted, pc: 0xfffffffe$", done.stderr, re.MULTILINE), done.stderr
    with board("bluepill,locked") as daemon, Client(daemon.port) as c:
        c.ask("?")
        c.monitor("stm32f1x unlock 0")
        said = c.monitor("status")
        assert "warning: unlocked already" in said, said
        assert re.search(r"^stopped by: the flash is unlocked already, but stays read-protected", said, re.MULTILINE), said


def a_status_knows_that_read_protection_has_ended():
    """Where the end counts at once, it is told so; elsewhere what the chip stores is not taken for what counts."""
    with board("nucleo-h743,still,locked") as daemon, Client(daemon.port) as c:
        c.ask("?")
        assert "readout protected" in c.monitor("status")
        c.monitor("options RDP=off")
        said = c.monitor("status")
        assert "protected" not in said.replace("read protection kept it from the flash, and has ended since", ""), said
        assert "stopped by: read protection kept it from the flash, and has ended since" in said, said
    for chip, load in (("nucleo-u575", "stm32l4x option_load"), ("nucleo-l476", "stm32l4x option_load"),
                       ("nucleo-l053", "stm32lx options_load")):
        with board(chip + ",still,locked") as daemon, Client(daemon.port) as c:
            c.ask("?")
            c.monitor("options RDP=off")
            for _ in range(2):  # a reset loads none of these
                said = c.monitor("status")
                assert "readout protected\nwarning: unlocked already" in said, said
                c.monitor("reset halt")
            said = c.ask_text("flash fillw 0x08000000 1 1")[1]
            assert "unlocked already" in said and f"`monitor {load} 0`" in said, said
            c.monitor(load + " 0")
            said = c.monitor("status")
            assert "protected" not in said and "unlocked" not in said, said


run_tests([what_a_core_does_is_said_as_it_is, a_status_knows_that_read_protection_has_ended, what_ides_always_send_works, every_word_is_known, text_comes_while_the_command_runs,
           a_failure_is_an_error_with_its_sentence, a_gdb_without_error_messages_sees_the_sentence,
           the_story_of_a_locked_chip, gdb_sync_lets_the_next_step_do_nothing,
           a_breakpoint_of_the_monitor_stops_gdbs_continue, hard_breakpoints_are_set_and_cleared,
           a_waiting_command_is_interrupted, two_clients_want_different_things, lines_without_sense_harm_nobody,
           shutdown_ends_the_daemon_with_a_code, a_script_of_commands_ends_with_a_code])

# SPDX-License-Identifier: MIT
"""`probed doctor` as people and programs call it, before simulated boards that are well and that are not. What it
measures and concludes is tested in tests/targets/connect.

doctor.py PROBED"""
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]
WELL, UNWELL, USAGE, NO_PROBE, NO_TARGET = 0, 1, 2, 3, 4
WIDTH = 79
PLAIN = dict({name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_CTYPE", "NO_COLOR", "PROBED_SIM")},
             LANG="C.UTF-8", TERM="xterm")


def call(*words, sim=None, expect=WELL, **environment):
    sim = ["--sim", sim + ",still"] if sim else []
    done = subprocess.run([PROBED, "doctor", *words, *sim], capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
                          env=dict(PLAIN, **environment))
    done.text, done.said = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == expect, (words, sim, done.returncode, done.text, done.said)
    return done


class Terminal:
    """The doctor at a terminal of its own: what it prints there, and what is typed."""

    def __init__(self, *words, tool="doctor", **environment):
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            os.execve(PROBED, [PROBED, tool, *words], dict(PLAIN, **environment))
        self.text = ""

    def read(self, until=None):
        while until is None or not re.search(until, self.text):
            try:
                chunk = os.read(self.handle, 4096)
            except OSError:  # its end is closed
                chunk = b""
            if not chunk:
                assert until is None, (until, self.text)
                break
            self.text += chunk.decode(errors="replace")
        return self

    def type(self, keys):
        os.write(self.handle, keys)
        return self

    def end(self, expect):
        self.read()
        _, status = os.waitpid(self.pid, 0)
        os.close(self.handle)
        assert os.waitstatus_to_exitcode(status) == expect, (os.waitstatus_to_exitcode(status), self.text)
        return self.text.replace("\r\n", "\n")


def first_class(sim, *words, expect=UNWELL):
    told = json.loads(call("--json", *words, sim=sim, expect=expect).text)
    return told["verdicts"][0]["class"]


# --- a failed connect, wherever it is read ---

def a_failed_connect_is_read_in_lines():
    """Of what no chip answers to: in gdb, and on a terminal; in a log it stays one line."""
    def assert_lines(text):
        lines = text.splitlines()
        assert 2 < len(lines) <= 6 and all(len(line) <= WIDTH for line in lines), text
        assert re.search(r"no chip answers.*Most likely.*If the wires are right", " ".join(lines)), text

    with Daemon(PROBED, "--sim", "bluepill,noack,still", "--gdb", "0", telnet="0") as daemon:
        gdb = Client(daemon.port, no_ack=False)  # as gdb 13: nothing is told of sentences for errors
        assert_lines(gdb.ask_text("reset halt")[0])
        daemon.says("^probed: warning: no chip answers.*If the wires are right.*$")
    with_terminal = Terminal("--sim", "bluepill,noack,still", tool="info", NO_COLOR="1").end(NO_TARGET)
    assert_lines(with_terminal[with_terminal.index("probed: error:"):])


def what_else_goes_wrong_explains_no_silence():
    with Daemon(PROBED, "--sim", "bluepill,noack,still", "--gdb", "0") as daemon:
        gdb = Client(daemon.port)
        why = gdb.ask("m8000000,4")
        assert why.startswith(b"E.no chip answers"), why
        for mistake in ("mNONSENSE", "qRcmd," + b"nonsense".hex()):
            assert gdb.ask(mistake).startswith(b"E."), mistake
            assert gdb.ask("m8000000,4") == why, mistake


def a_command_line_asks_why_nobody_answers():
    """What follows waits for the target."""
    with Daemon(PROBED, "--sim", "bluepill,noack,still", "--gdb", "0", "-c", "doctor", "-c", "echo later") as daemon:
        daemon.says(r"^probed: silence \(certain\): no chip answers")
        assert daemon.end() == 0 and "later" not in daemon.log, daemon.log


def a_finger_is_asked_for_where_there_is_one():
    """NRST does not arrive, and only a reset gets in: a person at a terminal is asked to hold the button, a script is not."""
    board = ["--sim", "bluepill,swj-off,nrst-open,still"]
    text = Terminal(*board, tool="reset").end(NO_TARGET)
    assert re.search(r"^nothing answers: press the board's reset button and hold it \(for \d+ s", text, re.M), text
    alone = subprocess.run([PROBED, "reset", *board], capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL, env=PLAIN)
    assert alone.returncode == NO_TARGET and "press" not in alone.stdout + alone.stderr, alone
    listed = Terminal(*board, tool="info").end(NO_TARGET)  # it does not reset
    assert "press the board's" not in listed, listed


# --- one screen ---

def a_board_that_is_well():
    done = call(sim="bluepill,runs")
    assert re.search(r"^  VTref +3\.30 V", done.text, re.M) and re.search(r"^  chip +STM32F10", done.text, re.M), done.text
    assert re.search(r"^healthy \(certain\): ", done.text, re.M), done.text
    assert "try:" not in done.text and "dongle" not in done.text, "nothing to look at"
    assert not done.said, done.said


def a_board_that_is_not():
    done = call(sim="bluepill,noack", expect=UNWELL)
    assert not done.said, "it is all said where it was asked for"
    assert re.search(r"^silence ", done.text, re.M), done.text
    causes = re.findall(r"^  (\d)\. ", done.text, re.M)
    assert causes == [str(i + 1) for i in range(len(causes))] and len(causes) > 1, done.text
    assert len(re.findall(r"^     try: ", done.text, re.M)) == len(causes), done.text
    assert "which of them: " in done.text, done.text


def lines_fit_an_ordinary_terminal():
    for board in ("bluepill", "nucleo-l476", "f031"):
        for fault in ("runs", "swapped", "gnd-open,seed=4", "vtref-open", "locked", "reset-loop", "nrst-open", "boot0",
                      "flash-size=0", "noise=20", "vtref=1.1", "nrst-low"):
            done = subprocess.run([PROBED, "doctor", "--yes", "--sim", f"{board},{fault},still"], capture_output=True,
                                  timeout=LIMIT, env=PLAIN)
            for line in done.stdout.decode().splitlines():
                assert len(line) <= WIDTH, (board, fault, line)


def the_picture_is_of_probe_and_board():
    text = call(sim="bluepill,noack", expect=UNWELL).text
    assert "variant A" in text and "variant B" in text, "both, as nobody can tell which one it is"
    assert text.count("->  Blue Pill") == 2 and text.count("DIO (PA13): look here (1)") == 2, text
    assert text.count("which variant it is") == 1, "once is enough"
    for words in (["--board", "nucleo"], ["--board=Nucleo"]):
        assert "->  Nucleo" in call(*words, sim="bluepill,noack", expect=UNWELL).text
    assert "->  Black Pill" in call("--board", "black pill", sim="bluepill,runs").text, "who asks for one gets it"


def plain_where_nothing_else_is_read():
    for environment in (dict(LANG="C"), dict(LC_ALL="POSIX"), dict(LC_CTYPE="de_DE.ISO-8859-1")):
        assert call(sim="bluepill,noack", expect=UNWELL, **environment).text.isascii()
    text = call(sim="bluepill,noack", expect=UNWELL).text
    assert "┌" in text and "\x1b" not in text, text
    sick = ("--sim", "bluepill,noack,still", "--json")
    assert "\x1b" not in Terminal(*sick).end(UNWELL)
    sick = ("--sim", "bluepill,vtref-open,still", "--allow-reset")
    assert "\x1b[" in Terminal(*sick).end(UNWELL)
    text = Terminal(*sick, NO_COLOR="1", LANG="C").end(UNWELL)
    assert "\x1b" not in text and text.isascii(), text


# --- a reset is asked for ---

def nothing_is_reset_without_a_terminal():
    assert re.search(r"^  NRST +not tested", call(sim="bluepill,runs").text, re.M)
    for words in (["--allow-reset"], ["--yes"], ["--connect", "under-reset"]):
        assert re.search(r"^  NRST +resets the core", call(*words, sim="bluepill,runs").text, re.M), words
    assert first_class("bluepill,swj-off") == "silence"
    assert first_class("bluepill,swj-off", "--yes") == "swd-off"


def a_person_is_asked():
    board = ("--sim", "bluepill,runs,still")
    text = Terminal(*board).read(r"\[y/N\] ").type(b"y\n").end(WELL)
    assert re.search(r"^  NRST +resets the core", text, re.M), text
    for answer in (b"n\n", b"\n", b"\x04"):
        text = Terminal(*board).read(r"\[y/N\] ").type(answer).end(WELL)
        assert re.search(r"^  NRST +not tested", text, re.M), (answer, text)
        assert text.count("[y/N]") == 1, text
    text = Terminal("--sim", "bluepill,swj-off,still").read(r"no answer .*\[y/N\] ").type(b"y\n").end(UNWELL)
    assert "swd-off" in text, text


def nobody_is_asked_in_vain():
    for words, code in ((["--sim", "bluepill,vtref=0,still"], UNWELL), (["--sim", "bluepill,runs,still", "--allow-reset"], WELL),
                        (["--sim", "bluepill,runs,still", "--json"], WELL)):
        assert "[y/N]" not in Terminal(*words).end(code), words


def ctrl_c_at_the_question():
    text = Terminal("--sim", "bluepill,runs,still").read(r"\[y/N\] ").type(b"\x03").end(UNWELL)
    assert re.search(r"^probed: \S*error: \S*interrupted$", text, re.M), text
    assert "healthy" not in text and "try:" not in text, text


# --- for programs and forums ---

def json_says_all_of_it():
    told = json.loads(call("--json", sim="bluepill,runs").text)
    assert told["healthy"] is True and told["problem"] is None, told
    assert told["verdicts"][0]["class"] == "healthy" and told["verdicts"][0]["causes"] == [], told
    assert "3.30 V" in next(line["value"] for line in told["measurements"] if line["name"] == "VTref"), told
    assert set(told["wires"]) == {"VTref", "SWDIO", "SWCLK", "GND", "NRST"} and told["wires"]["SWDIO"] == "good", told
    told = json.loads(call("--json", sim="bluepill,noack", expect=UNWELL).text)
    assert told["healthy"] is False and told["verdicts"][0]["class"] == "silence", told
    cause = told["verdicts"][0]["causes"][0]
    assert {"SWDIO", "SWCLK"} <= set(cause["wires"]) and cause["what"] and cause["next"], cause
    assert told["wires"]["SWDIO"] == "suspect", told


def json_without_a_probe():
    for words, code in ((["--probe", "no-such-serial"], NO_PROBE), (["--sim", "bluepill,nofault"], USAGE), (["--jsn"], USAGE)):
        assert json.loads(call("--json", *words, expect=code).text)["problem"], words


def a_report_names_nobody():
    with tempfile.TemporaryDirectory(prefix="anna-") as folder:
        log = os.path.join(folder, "secret.log")
        text = call("--report", "--wire-log", log, sim="bluepill,noack", expect=UNWELL, USER="anna", HOME="/home/anna").text
        assert text.startswith("probed 0.") and "silence" in text and text.isascii() and "\x1b" not in text, text
        assert "anna" not in text and "sim:0" not in text and folder not in text, text
        missing = "replay:" + os.path.join(folder, "missing.log")
        assert "missing.log" in call("--probe", missing, expect=UNWELL).text, "else there is nothing to be seen below"
        done = call("--report", "--probe", missing, expect=UNWELL)
        assert "No such file" in done.text and "missing" not in done.text, done.text
        assert folder not in done.text + done.said and "anna" not in done.text + done.said, (done.text, done.said)


def an_svg_for_a_forum():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wires.svg")
        for sim, code in (("bluepill,noack", UNWELL), ("bluepill,runs", WELL)):
            screen = call(sim=sim, expect=code).text
            assert call("--svg", path, sim=sim, expect=code).text == screen
            tree = xml.etree.ElementTree.parse(path)
            text = "\n".join(tree.getroot().itertext())
            assert "variant A" in text and "variant B" in text and "Blue Pill" in text, text
        for fault in ("in-use", "no-permission", "dongle-loader"):
            path = os.path.join(folder, fault + ".svg")
            done = call("--svg", path, sim="bluepill," + fault, expect=NO_PROBE)
            assert not os.path.exists(path) and "not drawn, since nothing was measured" in done.said, done.said
        done = call("--svg", os.path.join(folder, "none", "x.svg"), sim="bluepill,runs", expect=UNWELL)
        assert "healthy" in done.text and re.search(r"error: --svg .*x\.svg: No such file", done.said), done.said
    if os.path.exists("/dev/full"):
        assert "No space left" in call("--svg", "/dev/full", sim="bluepill,runs", expect=UNWELL).said


# --- trouble ---

def wrong_words_get_one_clear_line():
    for words, pattern in ((["--svg"], "--svg needs a value: --svg FILE"), (["--svg="], "--svg: the value is empty"),
                           (["--svg", "a", "--svg", "b"], "--svg twice"), (["--board", "toaster"], "toaster.*Blue Pill.*Nucleo"),
                           (["--json", "--report"], "one at a time"), (["--watch", "--json"], "one at a time"),
                           (["--report", "--watch"], "one at a time"), (["--allow-rest"], "did you mean --allow-reset"),
                           (["--verify"], "not for probed doctor"), (["now"], "usage: probed doctor"),
                           (["--json=1"], "unknown option")):
        done = call(*words, sim="bluepill", expect=USAGE)
        errors = done.said.splitlines()
        assert len(errors) == 1 and re.search(pattern, errors[0]), (words, done.said)
        assert not done.text or "--json" in words, done.text
    for words in (["info", "--watch"], ["flash", "--svg=x", "y"]):
        done = subprocess.run([PROBED, *words], capture_output=True, timeout=LIMIT)
        assert done.returncode == USAGE and b"is not for probed" in done.stderr, done


def a_probe_that_vanishes():
    for count in (1, 40, 150):
        done = call(sim=f"bluepill,runs,vanish={count}", expect=NO_PROBE)
        assert re.search(r"^probe-gone \(certain\): .*unplugged\n  1\. ", done.text, re.M) and not done.said, done
        assert "healthy" not in done.text and "VTref" not in done.text, done.text
        told = json.loads(call("--json", sim=f"bluepill,runs,vanish={count}", expect=NO_PROBE).text)
        assert "unplugged" in told["problem"] and told["healthy"] is False and not told["measurements"][1:], told


def a_probe_that_cannot_be_used():
    for fault, expected in (("in-use", "probe-in-use"), ("no-permission", "no-permission"), ("dongle-loader", "probe-loader"),
                            ("dongle-old-firmware", "probe-old-firmware")):
        done = call(sim="bluepill," + fault, expect=NO_PROBE)
        assert re.search(rf"^{expected} \(certain\): [^:]*simulated probe", done.text, re.M) and "  1. " in done.text, done.text
        assert not done.said, done.said
        assert first_class("bluepill," + fault, expect=NO_PROBE) == expected
    done = call("--probe", "no-such-serial", expect=NO_PROBE)
    assert done.text.startswith("no-probe (certain): ") and "lsusb" in done.text, done.text


def a_pipe_that_nobody_reads():
    for words in ([], ["--json"], ["--report"], ["--watch"]):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([PROBED, "doctor", "--sim", "bluepill,runs,still", *words], stdout=writer,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=LIMIT)
        os.close(writer)
        # Who has read enough knows it; a watch that ends by itself says why.
        last = done.stderr.splitlines()[-1:]
        expected = [b"probed: error: standard output: nobody reads it any more"] if words == ["--watch"] else []
        assert done.returncode == UNWELL and last == expected, (words, done)


# --- long ones ---

def thorough_shows_how_far_it_is():
    text = Terminal("--thorough", "--sim", "bluepill,runs,still", "--yes").end(WELL)
    assert re.search(r"\rmeasuring the wire at \d+ kHz: \d+ of \d+ reads", text), text
    screen = text.rpartition("\r")[2]
    assert len(re.findall(r"^  SWD +\d+ kHz", screen, re.M)) >= 6, screen
    done = call("--thorough", sim="bluepill,runs")
    assert "measuring" not in done.text + done.said, done.said


def watch(sim, until, *, expect):
    """Until a line says so; then Ctrl-C. Its lines."""
    running = subprocess.Popen([PROBED, "doctor", "--watch", "--sim", sim], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, env=PLAIN)
    lines = []
    while not lines or not re.match(r" *\d+\.\d s  " + until, lines[-1]):
        line = running.stdout.readline()
        assert line, (lines, running.stderr.read())
        lines.append(line)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=LIMIT)
    assert running.returncode == expect, (running.returncode, lines, said)
    assert "error" not in said and "Ctrl-C ends" in said, said
    return "".join(lines)


def watching_ends_by_ctrl_c():
    text = watch("bluepill,runs,still", "the wires are good", expect=WELL)
    assert "VTref 3.30 V; healthy: " in text, text
    assert "silence" in watch("bluepill,noack,still", "no answer, VTref 3.30 V", expect=UNWELL)
    text = watch("bluepill,runs,locked,still", "the wires are good", expect=UNWELL)
    assert "VTref 3.30 V, but read-protected: " in text, text


def watching_at_a_terminal():
    terminal = Terminal("--watch", "--allow-reset", "--sim", "bluepill,runs,still").read("the wires are good.*\n").type(b"\x03")
    text = terminal.end(WELL)
    assert text.count("\a") == 1, "who looks at the wires hears it"


def watching_ends_with_its_reader():
    running = subprocess.Popen([PROBED, "doctor", "--watch", "--sim", "bluepill,noack,still"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=PLAIN)
    while "no answer, VTref" not in running.stdout.readline():
        pass
    running.stdout.close()
    try:
        assert running.wait(timeout=LIMIT) == UNWELL
    finally:
        running.kill()
        said = running.communicate()[1]
    assert "standard output: nobody reads it" in said, said


def watching_waits_for_a_probe():
    assert "no answer" not in watch("bluepill,runs,vanish=2000,still", "the probe is gone", expect=UNWELL)


# --- beside a session ---

def gdbs_are_not_disturbed():
    with Daemon(PROBED, "--sim", "bluepill,runs,still", "--gdb", "0", telnet="0") as daemon, Client(daemon.port) as c, \
            Client(daemon.port) as other:
        assert c.ask("?")[:1] == b"T"
        registers = c.ask("g")
        assert "halted by a debugger" in other.monitor("doctor")
        assert c.ask("g") == registers, "it stands where it stood"
        c.resume()
        with socket.create_connection(("127.0.0.1", daemon.port_of("telnet")), timeout=LIMIT) as s:
            s.sendall(b"doctor\nexit\n")
            with s.makefile("rb") as answer:
                text = answer.read().decode(errors="replace").replace("\r\n", "\n")
        assert re.search(r"^  state .*: runs$", text, re.M) and "healthy" in text, text
        c.send_raw(b"\x03")
        assert c.receive_stop()[:3] == b"T02", "it stops for Ctrl-C, not before"
        assert not c.console, c.console
    assert "reset" not in re.sub(r"Listening.*", "", daemon.log), daemon.log


def a_load_is_not_disturbed():
    with Daemon(PROBED, "--sim", "bluepill,still", "--gdb", "0") as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
        c.ask("?")
        assert c.ask("vFlashErase:08000000,00000400") == b"OK"
        for client, said in ((other, "the flash is being programmed by "), (c, "this gdb is programming the flash")):
            for line in ("doctor", "doctor reset"):
                text, final = client.ask_text(line)
                assert final != "OK" and said in text + final, (line, text, final)
        assert c.ask(b"vFlashWrite:8000000:" + bytes.fromhex("00500020 09000008 fee7")) == b"OK"
        assert c.ask("vFlashDone") == b"OK"
        assert "resets the core" in other.monitor("doctor reset")


def who_waits_for_a_stop_keeps_others_from_a_reset():
    with Daemon(PROBED, "--sim", "bluepill,runs,still", "--gdb", "0") as daemon, Client(daemon.port) as c, Client(daemon.port) as other:
        c.ask("?")
        c.resume()
        text, final = other.ask_text("doctor reset")
        assert final != "OK" and "waits for it to stop" in text + final, (text, final)
        assert "not tested" in other.monitor("doctor")
        c.send_raw(b"\x03")
        assert c.receive_stop()[:3] == b"T02"


run_tests([a_failed_connect_is_read_in_lines, a_command_line_asks_why_nobody_answers,
           what_else_goes_wrong_explains_no_silence, a_finger_is_asked_for_where_there_is_one, a_board_that_is_well,
           a_board_that_is_not, lines_fit_an_ordinary_terminal,
           the_picture_is_of_probe_and_board,
           plain_where_nothing_else_is_read, nothing_is_reset_without_a_terminal, a_person_is_asked, nobody_is_asked_in_vain,
           ctrl_c_at_the_question, json_says_all_of_it, json_without_a_probe, a_report_names_nobody, an_svg_for_a_forum,
           wrong_words_get_one_clear_line, a_probe_that_vanishes, a_probe_that_cannot_be_used, a_pipe_that_nobody_reads, thorough_shows_how_far_it_is,
           watching_ends_by_ctrl_c, watching_at_a_terminal, watching_ends_with_its_reader, watching_waits_for_a_probe, gdbs_are_not_disturbed,
           a_load_is_not_disturbed, who_waits_for_a_stop_keeps_others_from_a_reset])

# SPDX-License-Identifier: MIT
"""The command line, the log and the ends of the daemon, as its user sees them.

command_line.py PROBED"""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

from daemon import Client, Daemon, run_tests

PROBED = sys.argv[1]


def call(*options):
    done = subprocess.run([PROBED, *options], capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


def help_teaches():
    code, out, _ = call("--help")
    assert code == 0
    for word in ("--sim", "--probe", "--gdb", "--telnet", "--tcl", "--speed", "--connect", "--command", "--once",
                 "--log", "--wire-log", "--version", "target extended-remote"):
        assert word in out, word


def version_is_said():
    code, out, _ = call("--version")
    assert code == 0 and re.match(r"probed \d+\.\d+", out), out


def one_clear_line(expected_code, pattern, *options):
    code, out, err = call(*options)
    assert code == expected_code, (options, code, err)
    assert len(err.strip().splitlines()) == 1, err
    assert re.search(pattern, err), err


def wrong_words_get_one_clear_line():
    one_clear_line(2, r"--simm.*--sim", "--simm")
    one_clear_line(2, r"redpill.*bluepill", "--sim", "redpill")
    one_clear_line(2, r"nofault.*noack", "--sim", "bluepill,nofault")
    one_clear_line(2, r"--speed", "--speed", "fast")
    one_clear_line(2, r"--connect.*normal", "--connect", "gently")
    one_clear_line(2, r"--gdb", "--gdb", "99999")
    one_clear_line(2, r"--gdb", "--gdb")
    one_clear_line(2, r"word", "word")


def port_in_use_is_said():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, _, err = call("--sim", "--gdb", str(port))
        assert code == 1, (code, err)
        assert re.search(rf"{port}.*in use", err), err


def sim_takes_the_next_word_unless_an_option():
    with Daemon(PROBED, "--sim", "--gdb", "0"):
        pass


def starting_never_halts_the_core():
    with Daemon(PROBED, "--sim", "bluepill", "--gdb", "0") as daemon, Client(daemon.port) as c:
        assert re.search("running|lockup", c.monitor("status"), re.I)
        c.ask("?")
        assert re.search("halted", c.monitor("status"), re.I)


def signals_end_it_cleanly():
    for sig in (signal.SIGTERM, signal.SIGINT):
        daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", "0").start()
        assert daemon.end(sig) == 0, daemon.log


def signal_while_a_client_waits():
    daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", "0").start()
    with Client(daemon.port) as c:
        c.ask("?")
        c.ask("M20000400,2:fee7")
        c.ask("Pf=00040020")
        c.send("vCont;c")
        assert daemon.end() == 0, daemon.log


def once_leaves_with_the_last_gdb():
    daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", "0", "--once").start()
    with Client(daemon.port) as c:
        c.ask("?")
    assert daemon.process.wait(20) == 0


def unix_socket():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gdb")
        daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", f"unix:{path}")
        assert daemon.read_log(r"^Listening on unix:.*gdb for gdb connections\n")
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        s.sendall(b"$qC#b4")
        assert s.recv(1) == b"+"
        s.close()
        assert daemon.end() == 0
        assert not os.path.exists(path), "the socket file is removed"


def commands_run_once_connected():
    with Daemon(PROBED, "--sim", "bluepill", "--gdb", "0", "-c", "halt", "-c", "mww 0x20000000 0x1234") as daemon, \
            Client(daemon.port) as c:
        assert "00001234" in c.monitor("mdw 0x20000000")


def no_target_is_one_sentence_and_it_keeps_listening():
    with Daemon(PROBED, "--sim", "bluepill,noack", "--gdb", "0") as daemon, Client(daemon.port) as c:
        assert re.search(r"(?i)no .*answer|not answer|nobody", daemon.log), daemon.log
        assert c.ask("?") == b"W00"
        assert c.ask("vAttach;1").startswith(b"E.")
        c.monitor("sim fault -noack")
        assert c.ask("vAttach;1")[:1] == b"T"
        assert c.ask("mE000ED00,4") == b"31c21f41"


def wire_log_is_written():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wire")
        with Daemon(PROBED, "--sim", "bluepill", "--gdb", "0", "--wire-log", path) as daemon, Client(daemon.port) as c:
            c.ask("?")
        assert os.path.getsize(path) > 100
    code, _, err = call("--sim", "--gdb", "0", "--wire-log", "/nonexistent/dir/file")
    assert code == 1 and "/nonexistent/dir/file" in err


run_tests([help_teaches, version_is_said, wrong_words_get_one_clear_line, port_in_use_is_said,
           sim_takes_the_next_word_unless_an_option, starting_never_halts_the_core, signals_end_it_cleanly,
           signal_while_a_client_waits, once_leaves_with_the_last_gdb, unix_socket,
           commands_run_once_connected, no_target_is_one_sentence_and_it_keeps_listening,
           wire_log_is_written])

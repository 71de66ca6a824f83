# SPDX-License-Identifier: MIT
"""The command line, the log and the ends of the daemon, as its user sees them.

command_line.py PROBED"""
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]


CLEAN = {name: value for name, value in os.environ.items() if name not in ("PROBED_SIM", "NO_COLOR")}


def call(*options, **environment):
    done = subprocess.run([PROBED, *options], capture_output=True, text=True, timeout=LIMIT, env=dict(CLEAN, **environment))
    return done.returncode, done.stdout, done.stderr


def help_teaches():
    code, out, _ = call("--help")
    assert code == 0
    for word in ("--sim", "--probe", "--gdb", "--telnet", "--tcl", "--speed", "--connect", "--command", "--once",
                 "--log", "--wire-log", "--version", "target extended-remote", "PROBED_SIM"):
        assert word in out, word
    assert call("help")[1] == call("-h")[1] == call("help", "help")[1] == call("help", "version")[1] == out
    for tool in ("list", "info", "doctor", "flash", "read", "erase", "reset", "debug"):
        assert call("help", tool) == call(tool, "--help") == call("--help", tool), tool
        assert f"probed {tool}" in call("help", tool)[1], tool


def help_lists_every_fault():
    """Those that docs/faults.md describes, as it writes them."""
    with open(os.path.join(os.path.dirname(__file__), "../../docs/faults.md"), encoding="utf-8") as file:
        rows = re.findall(r"^\| (`[^|]*`) \|", file.read(), re.M)
    described = {word for row in rows for word in re.findall("`(.*?)`", row)}
    for words in (("--help",), ("doctor", "--help")):
        listed = re.search(r"FAULTs: ((?:\S+\s+)*?)Boards:", call(*words)[1])[1].split()
        assert set(listed) == described and len(listed) > 30, (words, described ^ set(listed))


def version_is_said():
    code, out, _ = call("--version")
    assert code == 0 and re.match(r"probed \d+\.\d+", out), out
    for words in (["version"], ["-V"], ["info", "-V"], ["--version", "flash"], ["debug", "-V"]):
        assert call(*words)[:2] == (0, out), words


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


def words_of_other_tools_are_answered():
    for word in ("program", "write", "upload"):
        one_clear_line(2, f"no command '{word}'.*probed flash FILE", word, "x.elf")
    one_clear_line(2, r"probed unlock erases all flash.*off and on", "unprotect")
    one_clear_line(2, r"probed --as NAME", "openocd", "-f", "x.cfg")
    one_clear_line(2, r"monitor command.*-c 'mdw", "mdw", "0")
    one_clear_line(2, r"--port.*--gdb PORT", "--port", "4")
    one_clear_line(2, r"--speeed.*--speed\?", "--speeed", "4")


def only_what_is_near_is_suggested():
    for word in ("test", "form", "lost-and-found", "nix"):
        _, _, said = call(word)
        assert "did you mean" not in said and word in said, said
    one_clear_line(2, r"probed reset\?", "rest")
    one_clear_line(2, r"probed flash\?", "falsh")


def every_output_must_arrive():
    """On a full disk, and with standard output closed."""
    for words in (["--help"], ["--version"], ["help"], ["version"], ["list", "--help"], ["list", "--sim"],
                  ["info", "--sim"], ["info", "--sim", "--json"], ["debug", "--help"], ["debug", "-V"], ["help", "info"],
                  ["--as", "openocd", "--help"], ["--as", "st-util", "--version"],
                  ["read", "--sim", "0x08000000", "16", "-"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROBED, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT, env=CLEAN)
        assert done.returncode == 1 and "standard output: No space left" in done.stderr, (words, done)
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', PROBED, *words], stderr=subprocess.PIPE, text=True,
                              timeout=LIMIT, env=CLEAN)
        assert done.returncode == 1 and "standard output: " in done.stderr, (words, done)


def who_has_read_enough_is_not_told():
    """As `| head` does: whether it leaves before or behind the last of it."""
    for words in (["--help"], ["help"], ["list", "--help"], ["debug", "--help"], ["info", "--sim"], ["--as", "openocd", "--help"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([PROBED, *words], stdout=write, stderr=subprocess.PIPE, text=True, timeout=LIMIT, env=CLEAN)
        os.close(write)
        assert done.returncode == 1 and not done.stderr, (words, done)


def a_failed_command_shows_in_the_exit_code():
    for words, wanted in ((["-c", "WRONG", "-c", "shutdown"], 1), (["-c", "WRONG", "-c", "shutdown 7"], 7),
                          (["-c", "halt", "-c", "shutdown"], 0)):
        code, _, said = call("--sim", "--gdb", "off", "--telnet", "off", *words)
        assert code == wanted and ("WRONG" in said) == ("WRONG" in words), (words, code, said)


def a_file_that_is_not_there_is_noticed_at_the_start():
    for path, why in (("/not/there.probed", "No such file"), ("/tmp", "not a file of commands")):
        code, _, said = call("--sim", "bluepill", "--gdb", "off", "-c", "halt", "-f", path)
        assert code == 1 and re.search(f"-f {path}: {why}|-f {path}: is {why}", said), (code, said)
        assert "connected" not in said, said


def one_exit_code_for_a_missing_file():
    for words in (["flash", "--sim", "/not/there"], ["debug", "--sim", "/not/there"], ["--sim", "-f", "/not/there"],
                  ["--as", "openocd", "-f", "/not/there"]):
        code, _, said = call(*words, PROBED_SIM="bluepill")
        assert code == 1 and "/not/there: No such file" in said, (words, code, said)


def gdb_may_be_off():
    daemon = Daemon(PROBED, "--sim", "bluepill", "--gdb", "off", "--telnet", "0")
    daemon.says(r"^Listening on 127.0.0.1:\d+ for telnet connections\n")
    assert daemon.end() == 0 and "for gdb" not in daemon.log, daemon.log


def look(*words, term="xterm", **environment):
    """What a terminal is shown."""
    master, slave = pty.openpty()
    subprocess.run([PROBED, *words], stderr=slave, stdout=subprocess.DEVNULL, timeout=LIMIT,
                   env=dict(CLEAN, TERM=term, **environment))
    os.close(slave)
    shown = b""
    try:
        while chunk := os.read(master, 4096):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    os.close(master)
    return shown.decode()


def errors_are_coloured_alike():
    quiet = ["--gdb", "off", "--telnet", "off", "-c", "shutdown"]
    wrong = (["--simm"], ["nix"], ["info", "--simm"], ["debug"], ["--as", "nix"], ["--as", "openocd", "-c", "echo {"],
             ["--sim", "-c", "WRONG", *quiet], ["flash", "--sim", "/not/there"])
    for words in wrong:
        shown = look(*words)
        assert shown.count("\033[1;31merror: \033[0m") == 1, (words, shown)
        for plain in (look(*words, term="dumb"), look(*words, NO_COLOR="1"), call(*words)[2]):
            assert "\033" not in plain and "error: " in plain, (words, plain)
    shown = look("--sim", "bluepill,clone", *quiet)
    assert shown.count("\033[1;33mwarning: \033[0m") == 1, shown


def no_probe_is_said_once_and_short():
    for words in (["list"], ["info"], ["reset"], ["--as", "st-util", "-p", "0"]):
        code, _, said = call(*words, "--probe" if words[0] != "--as" else "--serial", "no-such-serial")
        assert code == (1 if words[0] == "--as" else 3) and said.count("no debug probe found") == 1, (words, said)
        assert all(len(line) < 80 for line in said.splitlines()), said


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
        assert re.search("^core: running", c.monitor("status"), re.M)
        c.ask("?")
        assert re.search("^core: halted", c.monitor("status"), re.M)


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
    assert daemon.process.wait(LIMIT) == 0


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
        daemon.says("no chip answers")
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


run_tests([help_teaches, help_lists_every_fault, version_is_said, wrong_words_get_one_clear_line, words_of_other_tools_are_answered,
           only_what_is_near_is_suggested, every_output_must_arrive, who_has_read_enough_is_not_told, a_failed_command_shows_in_the_exit_code,
           a_file_that_is_not_there_is_noticed_at_the_start, one_exit_code_for_a_missing_file, gdb_may_be_off,
           errors_are_coloured_alike, no_probe_is_said_once_and_short, port_in_use_is_said,
           sim_takes_the_next_word_unless_an_option, starting_never_halts_the_core, signals_end_it_cleanly,
           signal_while_a_client_waits, once_leaves_with_the_last_gdb, unix_socket,
           commands_run_once_connected, no_target_is_one_sentence_and_it_keeps_listening,
           wire_log_is_written])

# SPDX-License-Identifier: MIT
"""What a process is started in: a terminal that goes away, closed standard streams, places that cannot be had.

surroundings.py PROBED"""
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]


class UnixClient(Client):
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        while self.socket.connect_ex(path) != 0:  # its name is there before it listens
            time.sleep(0.01)
        self.buffer, self.acks = b"", True


def ignoring(number):
    return lambda: signal.signal(number, signal.SIG_IGN)


# --- the terminal goes away ---

def a_hangup_ends_it_as_sigterm_does():
    with tempfile.TemporaryDirectory() as folder:
        path, wire = os.path.join(folder, "gdb"), os.path.join(folder, "wire")
        daemon = Daemon(PROBED, "--sim", "--gdb", f"unix:{path}", "--wire-log", wire)
        daemon.read_log(r"^Listening on unix:.*gdb for gdb connections\n")
        with UnixClient(path) as c:
            c.ask("?")
            assert c.ask("M20000400,2:fee7") == b"OK"  # b .
            assert c.ask("Pf=00040020") == b"OK"
            assert c.ask("Z1,8000100,2") == b"OK"
            c.send("vCont;s:1")
            c.receive_stop()
            c.send("vCont;c:1")
            assert daemon.end(signal.SIGHUP) == 0, daemon.log
        assert "terminal is gone: leaving" in daemon.log, daemon.log
        assert not os.path.exists(path), "the socket file is removed"
        with open(wire, encoding="utf-8") as log:
            comparator = [bytes.fromhex(value)[0] & 1  # enabled
                          for value in re.findall(r" write ap0 4 e0002008 1 ([0-9a-f]{8}) -> ok", log.read())]
        assert 1 in comparator and comparator[-1] == 0, comparator


def nohup_holds():
    daemon = Daemon(PROBED, "--sim", "--gdb", "0", started=ignoring(signal.SIGHUP)).start()
    daemon.process.send_signal(signal.SIGHUP)
    with Client(daemon.port) as c:
        assert c.ask("?")[:1] == b"T"
    assert daemon.end(signal.SIGTERM) == 0
    assert "terminal" not in daemon.log, daemon.log


def flash(ignored):
    """What a long flash says that gets SIGHUP midway, and how it ends."""
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(bytes(range(256)) * 4 * 20)
        file.flush()
        running = subprocess.Popen([PROBED, "flash", "--sim", "bluepill,realtime", "--speed", "100", file.name, "0x08000000"],
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                   preexec_fn=ignoring(signal.SIGHUP) if ignored else None)
        said = b""
        while b"programming" not in said:
            chunk = os.read(running.stderr.fileno(), 4096)
            assert chunk, said
            said += chunk
        running.send_signal(signal.SIGHUP)
        said = (said + running.stderr.read()).decode()
        running.stderr.close()
        return running.wait(LIMIT), said


def tools_end_or_go_on_alike():
    code, said = flash(ignored=False)
    assert code == 1 and "interrupted" in said, said
    code, said = flash(ignored=True)
    assert code == 0 and "checked" in said, said


# --- standard streams that are closed ---

def closing(streams):
    return lambda: [os.close(stream) for stream in streams]


def first_client(path, running):
    """As soon as the daemon accepts one: it has no stream to say so, and the file is there before anybody listens."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            return UnixClient(path)
        except (FileNotFoundError, ConnectionRefusedError):
            assert running.poll() is None and time.monotonic() < end
            time.sleep(0.01)


def the_daemon_needs_no_streams():
    """Were their numbers free, the log would be written into what is opened next: its own pipes, or a client."""
    for streams in ((0,), (1,), (2,), (0, 1, 2)):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "gdb")
            running = subprocess.Popen([PROBED, "--sim", "--gdb", f"unix:{path}", "--telnet", "off", "--log", "debug"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       preexec_fn=closing(streams))
            client = first_client(path, running)
            taken = [os.readlink(f"/proc/{running.pid}/fd/{stream}") for stream in (0, 1, 2)]
            assert taken == ["/dev/null"] * 3, taken
            with client as c:
                assert c.ask("?")[:1] == b"T"
                assert "halted" in c.monitor("status")
            running.terminate()
            assert running.wait(LIMIT) == 0, streams


def other_servers_need_none_either():
    for streams in ((0,), (1,), (2,), (0, 1, 2)):
        done = subprocess.run([PROBED, "--as", "openocd", "-f", "target/stm32f1x.cfg", "-c", "gdb_port 0",
                               "-c", "telnet_port 0", "-c", "init", "-c", "shutdown"], timeout=LIMIT,
                              env={**os.environ, "PROBED_SIM": "bluepill"}, preexec_fn=closing(streams),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert done.returncode == 0, streams


def a_result_that_nobody_gets_is_an_error():
    for words, closed, code in ((("info",), (0,), 0), (("info",), (2,), 0), (("info",), (1,), 1),
                                (("read", "0x08000000", "16", "-"), (1,), 1)):
        done = subprocess.run([PROBED, words[0], "--sim", "bluepill", *words[1:]], timeout=LIMIT, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=closing(closed))
        assert done.returncode == code, (words, closed, done.stderr)
        assert (b"standard output" in done.stderr or b"Bad file" in done.stderr) == (code == 1), done.stderr


# --- places ---

def trouble(place, option="--gdb"):
    options = [word for name in ("--gdb", "--telnet", "--tcl") for word in (name, place if name == option else "0")]
    done = subprocess.run([PROBED, "--sim", *options], capture_output=True, text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 1, (place, done)
    return done.stderr


def places_that_cannot_be_had_are_explained():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/folder")
        os.mkfifo(f"{folder}/fifo")
        os.symlink("nothing", f"{folder}/link")
        with open(f"{folder}/file", "w") as file:
            file.write("mine")
        for name, reason in (("none/gdb", rf"{folder}/none: No such file or directory"),
                             ("file/gdb", rf"{folder}/file is a file, not a folder"),
                             ("file", r"a file already stands there"), ("folder", r"a folder already stands there"),
                             ("fifo", r"a FIFO already stands there"),
                             ("link", r"a symbolic link already stands there")):
            said = trouble(f"unix:{folder}/{name}")
            assert re.search(rf"cannot listen on unix:{folder}/{name}: {reason}.*--gdb", said), said
            assert "in use" not in said and "ermission" not in said, said
        with open(f"{folder}/file") as file:
            assert file.read() == "mine"
        assert stat.S_ISFIFO(os.lstat(f"{folder}/fifo").st_mode)


def other_ports_explain_them_too():
    said = trouble("unix:/nonexistent/tcl", "--tcl")
    assert re.search(r"/nonexistent: No such file.*--tcl", said), said
    said = trouble("unix:/", "--telnet")
    assert re.search(r"a folder already stands there.*--telnet", said), said


def a_socket_in_use_is_in_use():
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as other:
        other.bind(f"{folder}/gdb")
        other.listen()
        said = trouble(f"unix:{folder}/gdb")
        assert re.search(r"is in use: another probed or OpenOCD\?.*--gdb", said), said


def addresses_are_explained():
    said = trouble("192.0.2.77:0")
    assert re.search(r"192\.0\.2\.77:0: this machine has no such address.*--gdb", said), said


def rights_are_explained():
    """Root has them all, so this one asks somebody else."""
    if os.getuid() != 0:
        print("      only root can become another user")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program = os.path.join(folder, "probed")
        subprocess.run(["cp", PROBED, program], check=True)
        os.chmod(program, 0o755)
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as low:
            rights = [("80", r"ports below 1024 are root's")] if int(low.read()) > 80 else []
        for place, reason in ((f"unix:{folder}/gdb", rf"this user may not make files in {folder}"), *rights):
            done = subprocess.run([program, "--sim", "--telnet", "off", "--gdb", place], capture_output=True, text=True,
                                  timeout=LIMIT, user=54321, group=54321, extra_groups=[],
                                  env={"ASAN_OPTIONS": "detect_leaks=0"})
            assert done.returncode == 1 and re.search(reason, done.stderr), done


run_tests([a_hangup_ends_it_as_sigterm_does, nohup_holds, tools_end_or_go_on_alike, the_daemon_needs_no_streams,
           other_servers_need_none_either, a_result_that_nobody_gets_is_an_error,
           places_that_cannot_be_had_are_explained, other_ports_explain_them_too, a_socket_in_use_is_in_use,
           addresses_are_explained, rights_are_explained])

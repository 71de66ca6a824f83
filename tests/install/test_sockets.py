# SPDX-License-Identifier: MIT
"""Sockets that systemd opened: the installed units, a session as systemd-socket-activate starts it, and what is wrong with
a call. test_sockets.py SOURCE BUILD PROBED"""

import configparser
import fcntl
import os
import re
import socket
import subprocess

from installed import LIMIT, PREFIX, PROBED, install, run_tests
from ports import free_ports

UNITS = PREFIX / "lib/systemd/user"


def listening(place=("127.0.0.1", 0), family=socket.AF_INET):
    server = socket.socket(family)
    server.bind(place)
    server.listen()
    return server


def given(servers, names, *options):
    """probed with these as descriptors from 3 on, as systemd hands them over. Out of the way first: some may be 3 or 4."""
    high = [fcntl.fcntl(server, fcntl.F_DUPFD, 50) for server in servers]
    moves = "".join(f" {3 + i}<&{descriptor} {descriptor}<&-" for i, descriptor in enumerate(high))
    environment = {**os.environ, "LISTEN_FDS": str(len(servers)), "LISTEN_FDNAMES": names}
    process = subprocess.Popen(["bash", "-c", f'LISTEN_PID=$$ exec "$0" "$@"{moves}', PROBED, *options], stdin=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True, env=environment, pass_fds=high)
    for descriptor in high:
        os.close(descriptor)
    return process


def gdb(place, *commands):
    words = [word for command in (f"target extended-remote {place}", *commands) for word in ("-ex", command)]
    done = subprocess.run(["gdb-multiarch", "-nx", "-batch", *words], capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


def telnet_says(place, line, pattern):
    with socket.create_connection(place, timeout=LIMIT) as console, console.makefile("rw", encoding="latin-1", newline="\n") as stream:
        stream.write(line + "\n")
        stream.flush()
        text = ""
        while not (found := re.search(pattern, text)):
            got = stream.readline()
            assert got, text
            text += got
        return found


def refused(process, pattern, code):
    said = process.communicate(timeout=LIMIT)[1]
    assert process.returncode == code and re.search(pattern, said), (process.returncode, said)


def a_session_by_systemd_socket_activate():
    port = free_ports(2)
    process = subprocess.Popen(["systemd-socket-activate", "-l", f"127.0.0.1:{port}", "-l", f"127.0.0.1:{port + 1}",
                                "--fdname=gdb:telnet", PROBED, "--sim", "--once"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    # Nobody listens before systemd does; probed itself is started by the first who comes.
    for line in process.stderr:
        if f"127.0.0.1:{port + 1}" in line:
            break
    telnet_says(("127.0.0.1", port + 1), "targets", "cortex_m|stm32")
    said = gdb(f":{port}", "print 6 * 7", "monitor targets")
    assert "$1 = 42" in said and "halted" in said, said
    told = process.communicate(timeout=LIMIT)[1]
    assert process.returncode == 0, told
    assert f"Listening on 127.0.0.1:{port} for gdb" in told and f"Listening on 127.0.0.1:{port + 1} for telnet" in told, told


def each_goes_to_its_service_by_name():
    with listening() as one, listening() as two, listening() as three:
        process = given([one, two, three], "tcl:telnet:gdb", "--sim", "--once")
        telnet_says(two.getsockname(), "targets", "stm32|cortex_m")
        with socket.create_connection(one.getsockname(), timeout=LIMIT) as script:
            script.sendall(b"version\x1a")
            answer = b""
            while not answer.endswith(b"\x1a"):
                answer += script.recv(4096)
            assert b"probed" in answer or b"Open On-Chip Debugger" in answer, answer
        assert "$1 = 42" in gdb(f":{three.getsockname()[1]}", "print 6 * 7")
        process.communicate(timeout=LIMIT)
        assert process.returncode == 0


def a_socket_in_the_file_system():
    path = str(PREFIX / "gdb.sock")
    with listening(path, socket.AF_UNIX) as server:
        process = given([server], "gdb", "--sim", "--telnet", "off", "--once")
        assert "$1 = 42" in gdb(path, "print 6 * 7")
        told = process.communicate(timeout=LIMIT)[1]
        assert process.returncode == 0 and f"Listening on unix:{path} for gdb" in told, told
        assert os.path.exists(path), "it is systemd's"


def one_a_board():
    with listening() as left, listening() as right:
        process = given([left, right], "gdb:gdb", "--probe", "sim:bluepill@left", "--probe", "sim:nucleo-l476@right",
                        "--telnet", "off")
        ids = [gdb(f":{server.getsockname()[1]}", "x/wx 0xe0042000") for server in (left, right)]
        process.terminate()
        process.communicate(timeout=LIMIT)
    # DBGMCU_IDCODE: DEV_ID 0x410 is the F103's, 0x415 the L476's.
    assert re.search("0x[0-9a-f]{5}410", ids[0]) and re.search("0x[0-9a-f]{5}415", ids[1]), ids


def for_another_process_they_are_not_taken():
    """What would be refused if they were for it."""
    done = subprocess.run([PROBED, "--sim", "--gdb", "off", "--telnet", "off", "-c", "shutdown"], capture_output=True, text=True, timeout=LIMIT,
                          env={**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": "1", "LISTEN_FDNAMES": "http"})
    assert done.returncode == 0, done.stderr


def what_is_wrong_is_said():
    with listening() as server, socket.socket() as deaf:
        refused(given([server], "http", "--sim"), "'http' is none of gdb, telnet, tcl", 2)
        refused(given([server], "gdb", "--sim", "--gdb", "0"), "--gdb was said, and LISTEN_FDNAMES", 2)
        refused(given([deaf], "gdb", "--sim"), "--gdb: descriptor 3 is no socket that listens", 2)
        refused(given([server, server], "gdb:gdb", "--sim"), "one for each probe", 2)
        refused(given([server], "gdb", "--sim", "--telnet", "fd:4x"), "--telnet: descriptor 4x is no", 2)


def the_units_name_what_there_is():
    program = "/usr/local/bin/probed"
    service = configparser.ConfigParser(interpolation=None, strict=False)
    service.optionxform = str
    service.read(UNITS / "probed.service")
    assert service["Service"]["ExecStart"].split()[0] == program
    assert (PREFIX.parent.parent / program[1:]).exists()
    sockets = service["Service"]["Sockets"].split()
    assert {f"{path.name}" for path in UNITS.glob("*.socket")} == set(sockets)
    for name in sockets:
        unit = configparser.ConfigParser(interpolation=None)
        unit.optionxform = str
        unit.read(UNITS / name)
        assert unit["Socket"]["Service"] == "probed.service"
        assert unit["Socket"]["ListenStream"].startswith("127.0.0.1:"), "other machines have no business here"
        assert name == f"probed-{unit['Socket']['FileDescriptorName']}.socket"


def systemd_finds_nothing_wrong_with_them():
    """Only that the program is not installed where it says, which is the folder's doing."""
    done = subprocess.run(["systemd-analyze", "--user", "--man=no", "verify", *UNITS.iterdir()], capture_output=True, text=True, timeout=LIMIT,
                          env={**os.environ, "XDG_RUNTIME_DIR": str(UNITS), "SYSTEMD_UNIT_PATH": f"{UNITS}:", "LC_ALL": "C"})
    wrong = [line for line in done.stderr.splitlines() if "Command /usr/local/bin/probed is not executable" not in line]
    assert not wrong, wrong


install()
run_tests([a_session_by_systemd_socket_activate, each_goes_to_its_service_by_name, a_socket_in_the_file_system, one_a_board,
           for_another_process_they_are_not_taken, what_is_wrong_is_said, the_units_name_what_there_is,
           systemd_finds_nothing_wrong_with_them])

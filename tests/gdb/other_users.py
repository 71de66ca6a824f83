# SPDX-License-Identifier: MIT
"""Clients that belong to other users of the same machine. Needs root, to become them.

other_users.py PROBED"""
import contextlib
import ctypes
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import traceback

from daemon import LIMIT, Daemon, run_tests

PROBED = sys.argv[1]
OWNER, STRANGER, FRIEND, NOBODY = 54321, 54322, 54323, 65534
COPY = None  # of the program, where everybody may run it
SERVICES = ("gdb", "telnet", "tcl")
REFUSED = r"a {} client was refused.* user {} .*--allow-users {}\b"



# --- processes of other users: forked ones, since they may not have the right to read what root would start ---

def become(user, namespace=None):
    if namespace:
        with open(f"/run/netns/{namespace}") as net:
            assert ctypes.CDLL(None, use_errno=True).setns(net.fileno(), 0) == 0
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


@contextlib.contextmanager
def running(user, function, *arguments, namespace=None):
    """A process of `user` that runs the function; yields the end of a pipe for what it returns."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            become(user, namespace)
            os.write(there, str(function(*arguments)).encode())
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(there)
    try:
        with open(here, encoding="utf-8") as pipe:
            yield pipe
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def run_as(user, function, *arguments, namespace=None):
    with running(user, function, *arguments, namespace=namespace) as pipe:
        return pipe.read()


def dump(service, place, path):
    """A client that asks for a file to be written: OPEN or CLOSED."""
    line = f"dump_image {path} 0x08000000 16"
    hexed = "qRcmd," + line.encode().hex()
    said = {"gdb": "$%s#%02x" % (hexed, sum(hexed.encode()) & 255), "telnet": line + "\n", "tcl": line + "\x1a"}
    got = b""
    try:
        with meet(place) as s:
            s.sendall(said[service].encode())
            while b"dumped" not in got and b"dumped".hex().encode() not in got:
                more = s.recv(4096)
                if not more:
                    break
                got += more
    except (ConnectionError, PermissionError):
        pass
    return "OPEN" if got else "CLOSED"


def meet(place):
    if place.startswith("/"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(LIMIT)
        s.connect(place)
    else:
        host, _, port = place.rpartition(":")
        s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        s.settimeout(LIMIT)
        s.connect((host, int(port)))
    return s


def connect(user, service, place, path, namespace=None):
    return run_as(user, dump, service, place, path, namespace=namespace)


def start(owner, *options, env=None, prefix=(), at="127.0.0.1:0"):
    """A daemon that runs as `owner`, all three ports open."""
    places = [word for name in ("--gdb", "--telnet", "--tcl") if name not in options for word in (name, at)]
    words = (*prefix, COPY, "--sim", *places, *options)
    return Daemon(*words, telnet=None, user=owner, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0", **(env or {})})


def place_of(daemon, service, host="127.0.0.1"):
    found = daemon.read_log(rf"^Listening on \S*:(\d+) for {service} connections\n")
    return f"{host}:{found.group(1)}"


@contextlib.contextmanager
def open_folder():
    """Writable by everybody: nothing but the daemon keeps strangers from it."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        yield folder


def expect(user, outcome, owner, *options, services=SERVICES, env=None, host="127.0.0.1", at="127.0.0.1:0"):
    """Each port lets the user in or not; the log, once the daemon has ended."""
    with open_folder() as folder, start(owner, *options, env=env, at=at) as daemon:
        for service in services:
            path = os.path.join(folder, service)
            assert connect(user, service, place_of(daemon, service, host), path) == outcome, (service, daemon.log)
            assert os.path.exists(path) == (outcome == "OPEN"), service
    return daemon.log


def strangers_are_refused_at_every_port():
    log = expect(STRANGER, "CLOSED", OWNER)
    for service in SERVICES:
        assert re.search(REFUSED.format(service, STRANGER, STRANGER), log), log


def nobody_is_a_stranger_too():
    log = expect(NOBODY, "CLOSED", OWNER)
    assert re.search(REFUSED.format("gdb", NOBODY, NOBODY), log), log


def strangers_of_root_are_refused():
    expect(STRANGER, "CLOSED", 0)


def the_same_user_and_root_come_in():
    for user in (OWNER, 0):
        log = expect(user, "OPEN", OWNER)
        assert "client" not in log, log


def other_loopback_addresses_are_watched_as_well():
    for host in ("::1", "127.0.0.5"):
        at = f"[{host}]:0" if ":" in host else f"{host}:0"
        expect(STRANGER, "CLOSED", OWNER, host=host, at=at)
        expect(OWNER, "OPEN", OWNER, host=host, at=at)


def both_families_at_once():
    """A port on :: takes IPv4 too, and a client may write its IPv4 address as an IPv6 one."""
    for host in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        expect(STRANGER, "CLOSED", OWNER, host=host, at="[::]:0", services=("tcl",))
        expect(OWNER, "OPEN", OWNER, host=host, at="[::]:0", services=("tcl",))
    expect(STRANGER, "CLOSED", OWNER, host="::ffff:127.0.0.1", services=("tcl",))
    expect(OWNER, "OPEN", OWNER, host="::ffff:127.0.0.1", services=("tcl",))


def who_called_sudo_or_pkexec_comes_in():
    for name in ("SUDO_UID", "PKEXEC_UID"):
        expect(STRANGER, "OPEN", 0, env={name: str(STRANGER)})
        expect(FRIEND, "CLOSED", 0, env={name: str(STRANGER)})


def users_may_be_allowed():
    expect(STRANGER, "OPEN", OWNER, "--allow-users", f"root,{STRANGER}")
    expect(FRIEND, "CLOSED", OWNER, "--allow-users", f"root,{STRANGER}")
    expect(NOBODY, "OPEN", OWNER, "--allow-users", "nobody")
    log = expect(STRANGER, "OPEN", OWNER, "--allow-users", "all")
    assert "client" not in log, log


def unknown_users_are_an_error_at_the_start():
    done = subprocess.run([PROBED, "--sim", "--gdb", "0", "--allow-users", "root,no-such-user"], capture_output=True,
                          text=True, timeout=LIMIT)
    assert done.returncode == 2 and "no-such-user" in done.stderr, done


def unix_sockets_ask_as_well():
    """The folder and, after somebody's chmod, the socket are open to everybody: the daemon is the guard then."""
    for options, user, outcome in (((), STRANGER, "CLOSED"), ((), OWNER, "OPEN"),
                                   (("--allow-users", str(FRIEND)), FRIEND, "OPEN"),
                                   (("--allow-users", str(FRIEND)), STRANGER, "CLOSED")):
        with open_folder() as folder:
            place = os.path.join(folder, "gdb")
            daemon = start(OWNER, "--gdb", f"unix:{place}", *options)
            daemon.read_log(r"^Listening on unix:\S+ for gdb connections\n")
            assert (os.stat(place).st_mode & 0o777) == (0o666 if options else 0o600)
            os.chmod(place, 0o666)
            assert connect(user, "gdb", place, os.path.join(folder, "dump")) == outcome, daemon.log
            assert daemon.end() == 0
            refused = re.search(REFUSED.format("gdb", user, user), daemon.log)
            assert (outcome == "CLOSED") == bool(refused), daemon.log


def a_forwarder_of_the_same_user_works():
    """As `ssh -L`: what comes in from elsewhere, sshd sends on as the user who logged in."""
    def forward(listener, place):
        client, _ = listener.accept()
        with meet(place) as there, contextlib.suppress(ConnectionResetError):
            there.sendall(client.recv(4096))
            while answer := there.recv(4096):
                client.sendall(answer)

    for user, outcome in ((OWNER, "OPEN"), (STRANGER, "CLOSED")):
        with open_folder() as folder, start(OWNER) as daemon, socket.create_server(("127.0.0.1", 0)) as listener:
            with running(user, forward, listener, place_of(daemon, "tcl")):
                here = f"127.0.0.1:{listener.getsockname()[1]}"
                listener.close()
                assert connect(STRANGER, "tcl", here, os.path.join(folder, "dump")) == outcome


def who_closes_at_once_proves_nothing():
    """Older kernels show user 0 for a connection whose client has let go of it, and none has a row after a reset. The
    daemon stands still meanwhile, as it does now and then on a busy machine."""
    def leave(place, path, abruptly):
        with meet(place) as s:
            s.sendall(f"dump_image {path} 0x08000000 16\x1a".encode())
            if abruptly:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return "left"

    for abruptly in (False, True):
        with open_folder() as folder, start(OWNER) as daemon:
            path, place = os.path.join(folder, "dump"), place_of(daemon, "tcl")
            with daemon.stopped():
                assert run_as(STRANGER, leave, place, path, abruptly) == "left"
            assert connect(OWNER, "tcl", place, path + "2") == "OPEN"
            assert not os.path.exists(path), "a command was run"
        assert re.search("a tcl client was refused.*" + ("closed the connection" if abruptly else ""), daemon.log)


def who_only_looks_whether_the_port_is_there_is_no_news():
    with start(OWNER) as daemon:
        place = place_of(daemon, "gdb")
        with daemon.stopped():
            meet(place).close()
        with open_folder() as folder:
            assert connect(OWNER, "gdb", place, os.path.join(folder, "dump")) == "OPEN"
    assert "refused" not in daemon.log, daemon.log


def users_without_a_number_here_are_let_in_with_a_warning():
    """In a user namespace that knows only its own user, as in a container without privileges."""
    def started():
        daemon = start(OWNER, prefix=("unshare", "--user", "--map-root-user"))
        return daemon if daemon.read_log(r"^Listening on \S+ for gdb connections\n") else None

    daemon = started()
    if not daemon:
        print("      no user namespaces here")
        return
    with open_folder() as folder, daemon:
        for service in SERVICES:
            place = place_of(daemon, service)
            assert connect(STRANGER, service, place, os.path.join(folder, service)) == "OPEN", daemon.log
    for service in SERVICES:
        assert re.search(rf"a {service} client .*was let in although.*--allow-users", daemon.log), daemon.log


def other_machines_come_in_where_they_were_let():
    """A network namespace with a cable to it is as good as another machine: it has no rows here."""
    def ip(*words):
        return subprocess.run(["ip", *words], capture_output=True, text=True, timeout=LIMIT)

    name = f"probed{os.getpid() % 10000}"
    if ip("netns", "add", name).returncode != 0:
        print("      no network namespaces here")
        return
    try:
        ip("link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b", "netns", name)
        ip("addr", "add", "192.0.2.129/30", "dev", f"{name}a")
        ip("link", "set", f"{name}a", "up")
        ip("-n", name, "addr", "add", "192.0.2.130/30", "dev", f"{name}b")
        assert ip("-n", name, "link", "set", f"{name}b", "up").returncode == 0
        with open_folder() as folder, start(OWNER, at="192.0.2.129:0") as daemon:
            for service in SERVICES:
                place = place_of(daemon, service, "192.0.2.129")
                path = os.path.join(folder, service)
                assert connect(STRANGER, service, place, path, namespace=name) == "OPEN", daemon.log
                daemon.says(f"board and this user's files by the {service} port")
                # From this machine they have a row, and are asked as everywhere.
                assert connect(STRANGER, service, place, path + "2") == "CLOSED"
        assert "let in" not in daemon.log, daemon.log
    finally:
        ip("link", "del", f"{name}a")
        ip("netns", "del", name)


def only_open_ports_are_warned_of():
    for at, warned in (("127.0.0.1:0", False), ("[::1]:0", False), ("0.0.0.0:0", True), ("[::]:0", True)):
        with start(OWNER, at=at) as daemon:
            place_of(daemon, "gdb")
        for service in SERVICES:
            assert (f"files by the {service} port: it has no password" in daemon.log) == warned, (at, daemon.log)


if os.getuid() != 0:
    print("only root can become other users")
    sys.exit(77)
with open_folder() as programs:
    COPY = shutil.copy(PROBED, programs)
    os.chmod(COPY, 0o755)
    run_tests([strangers_are_refused_at_every_port, nobody_is_a_stranger_too, strangers_of_root_are_refused,
               the_same_user_and_root_come_in, other_loopback_addresses_are_watched_as_well, both_families_at_once,
               who_called_sudo_or_pkexec_comes_in, users_may_be_allowed, unknown_users_are_an_error_at_the_start,
               unix_sockets_ask_as_well, a_forwarder_of_the_same_user_works, who_closes_at_once_proves_nothing,
               who_only_looks_whether_the_port_is_there_is_no_news, users_without_a_number_here_are_let_in_with_a_warning,
               other_machines_come_in_where_they_were_let, only_open_ports_are_warned_of])

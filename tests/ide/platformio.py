# SPDX-License-Identifier: MIT
"""PlatformIO: `pio debug` and upload with examples/ide/platformio/platformio.ini, through a pipe and at a port, killed
at the end as PlatformIO kills.

Facts: platformio-core 145142e, platformio/debug/process/{client,gdb,server}.py (pipe or port, SIGKILL), debug/config/
{base,generic}.py (the init commands), platform-ststm32 018acc3 (the openocd command lines)."""

import configparser
import json
import os
import re
import shlex
import signal
import subprocess
import time

from mi import ELF, ENVIRONMENT, EXAMPLES, FOLDER, INSTALLED, LIMIT, Mi, Server, free_ports, program, run_tests

config = configparser.ConfigParser(comment_prefixes=(";",), inline_comment_prefixes=None)
config.read(os.path.join(EXAMPLES, "platformio", "platformio.ini"))
ENV = config["env:bluepill"]
PIPE = "gdb_port pipe; tcl_port disabled; telnet_port disabled"


def server_words():
    words = ENV["debug_server"].split()
    assert ENV["debug_tool"] == "custom" and os.path.dirname(words[0]) == INSTALLED and "openocd" in words[0]
    return [program(words[0]), *words[1:]]


def words_of_the_manifest():
    """As platform/board.py takes a board of the project's own, and debug/config/base.py its default tool: without a package
    the words are used as they stand."""
    board = config["env:bluepill_probed"]
    assert "debug_tool" not in board and "debug_server" not in board and "debug_port" not in board
    with open(os.path.join(EXAMPLES, "platformio", "boards", board["board"] + ".json"), encoding="utf-8") as file:
        manifest = json.load(file)
    assert {"name", "url", "vendor"} <= set(manifest), "PlatformIO refuses the board"
    tool, = (tool for tool in manifest["debug"]["tools"].values() if tool.get("default"))
    server = tool["server"]
    assert "package" not in server and os.path.dirname(server["executable"]) == INSTALLED and "openocd" in server["executable"]
    return [program(server["executable"]), *server["arguments"]]


def init_script(target):
    """.pioinit: read by -x, so the first command that fails ends the launch."""
    path = os.path.join(FOLDER, ".pioinit")
    with open(path, "w") as file:
        file.write(f"""define pio_reset_halt_target
    monitor reset halt
end
define pio_reset_run_target
    monitor reset
end
target extended-remote {target}
monitor init
load
pio_reset_halt_target
tbreak main
""")
    return path


def children(pid):
    """Processes below it, whatever shells stand between."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    found, wanted = [], {str(pid)}
    while fresh := [row for row in rows if row[1] in wanted and row not in found]:
        found += fresh
        wanted |= {row[0] for row in fresh}
    return [int(row[0]) for row in found]


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def pipe_target(words=None):
    exe, *arguments = words or server_words()
    quoted = " ".join(shlex.quote(word) for word in arguments)
    return f'| "{exe}" -s "{FOLDER}" -c "{PIPE}" {quoted}'


def debug_in_pipe_mode(words=None):
    with Mi("--directory", FOLDER, "-l", "10", "-x", init_script(pipe_target(words))) as gdb:
        gdb.wait_for(r'^=breakpoint-created,bkpt={number="1"')
        gdb.stops.clear()
        gdb.burst("-exec-continue")
        gdb.stopped('func="main"')
        servers = children(gdb.process.pid)
        assert servers
        gdb.burst("pio_reset_run_target")
        gdb.quit()
        wait_for_ends(servers)


def debug_by_a_board_manifest():
    debug_in_pipe_mode(words_of_the_manifest())


def wait_for_ends(servers):
    end = time.monotonic() + LIMIT
    while not all(gone(pid) for pid in servers):
        assert time.monotonic() < end, f"a server outlives its gdb: {servers}"
        time.sleep(0.02)


def killed_in_pipe_mode():
    """SIGKILL to gdb in the middle of a run: the server must notice, and the next start must work."""
    for _ in range(2):
        with Mi("-x", init_script(pipe_target())) as gdb:
            gdb.wait_for(r'^=breakpoint-created,bkpt={number="1"')
            gdb.stops.clear()
            gdb.burst("-exec-continue")
            gdb.stopped('func="main"')
            gdb.burst("-exec-continue")
            servers = children(gdb.process.pid)
            gdb.process.send_signal(signal.SIGKILL)
            wait_for_ends(servers)


def killed_at_a_port():
    port = free_ports(1)
    for _ in range(2):  # at the same port: the next start must not find it taken
        exe, *arguments = server_words()
        argv = [exe, "-c", f"gdb_port {port}; tcl_port disabled; telnet_port disabled", *arguments]
        with Server(argv) as server, Mi("-x", init_script(f"localhost:{port}")) as gdb:
            gdb.wait_for(r'^=breakpoint-created,bkpt={number="1"')
            gdb.stops.clear()
            gdb.burst("-exec-continue")
            gdb.stopped('func="main"')
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()


def built():
    """What platform-ststm32 makes of the program and gives to the upload: a binary in a folder of the environment's
    name; here with a blank in its path, as home folders have it."""
    folder = os.path.join(FOLDER, "my project", ".pio", "build", "bluepill")
    os.makedirs(folder, exist_ok=True)
    firmware = os.path.join(folder, "firmware.bin")
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", ELF, firmware], check=True)
    return firmware


def run_upload(command):
    """Through a shell with $SOURCE replaced by the path, as SCons runs it."""
    firmware = built()
    assert command.startswith(INSTALLED + "/") and "$SOURCE" in command, command
    ports = ' -c "gdb_port 0; tcl_port disabled; telnet_port disabled"'
    line = command.replace(INSTALLED, FOLDER).replace("$SOURCE", firmware) + ports
    return subprocess.run(line, shell=True, env=ENVIRONMENT, capture_output=True, text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL), os.path.getsize(firmware)


def upload():
    done, size = run_upload(ENV["upload_command"])
    assert done.returncode == 0 and "** Verified OK **" in done.stderr, done.stderr
    assert f"wrote {size} bytes from file" in done.stderr, done.stderr


def upload_without_an_address():
    """The example's address is needed: a binary does not say where it belongs."""
    done, _ = run_upload(ENV["upload_command"].replace(" 0x08000000", ""))
    assert done.returncode == 1 and "Programming Failed" in done.stderr and "address" in done.stderr, done.stderr


run_tests([debug_in_pipe_mode, debug_by_a_board_manifest, killed_in_pipe_mode, killed_at_a_port, upload, upload_without_an_address])

# SPDX-License-Identifier: MIT
"""VS Code's Cortex-Debug with a swoConfig (source: probe) and the servertypes openocd, stlink and pyocd: what its
controllers send, and its client at the port that it chose.

Facts: cortex-debug 1.13 (428af02), src/openocd.ts, src/stutil.ts, support/gdb-swo.init, whose register writes by gdb come
behind the server's own set-up."""

import json
import os
import socket
import time

from mi import ELF, EXAMPLES, FOLDER, LIMIT, Mi, Server, free_ports, program, run_tests



def configuration():
    with open(os.path.join(EXAMPLES, "vscode", "launch.json"), encoding="utf-8") as file:
        return next(c for c in json.load(file)["configurations"] if "swoConfig" in c)


CONFIG = configuration()["swoConfig"]
CPU, SWO = CONFIG["cpuFrequency"], CONFIG["swoFrequency"]
assert CONFIG["enabled"] and CONFIG["source"] == "probe"
PORTS = sum(1 << decoder["port"] for decoder in CONFIG["decoders"])
LINE = b"\x01r\x01o\x01u\x01n\x01d\x01 "


def console(command):
    return f'interpreter-exec console "{command}"'


def store(address, value):
    return console(f"set *(unsigned int*){address:#x}={value:#x}")


def own_writes(ports=PORTS):
    """SWO_Init and its like, with decoders for these ports."""
    return [store(0xE000EDFC, 0x01000000), store(0xE0040004, 1), store(0xE0040010, CPU // SWO - 1), store(0xE00400F0, 2),
            store(0xE0040304, 0x100), store(0xE0000FB0, 0xC5ACCE55), store(0xE0000E80, 0), store(0xE0001000, 0x400003FE),
            store(0xE0000E00, ports), store(0xE0000E40, 0xF), store(0xE0000E80, 0x1000D)]


def listen(port):
    """It waits a second and tries again until somebody listens."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.05)


def hears(client):
    got = b""
    while got.count(LINE) < 5:
        chunk = client.recv(4096)
        assert chunk, got
        got += chunk


def debug(port, swo, commands):
    with Mi(elf=None) as gdb:
        gdb.burst("-gdb-set mi-async on", f'-file-exec-and-symbols "{ELF}"', f"-target-select extended-remote localhost:{port}",
                  *commands, *own_writes())
        with listen(swo) as client:
            gdb.stops.clear()
            gdb.burst("-exec-continue --all")
            hears(client)
            gdb.interrupt()
        gdb.burst("-target-disconnect")


def openocd():
    with open(os.path.join(EXAMPLES, "vscode", "launch.json"), encoding="utf-8") as file:
        config = next(c for c in json.load(file)["configurations"] if c["servertype"] == "openocd")
    port = free_ports(5)
    words = ["-c", f"gdb_port {port}", "-c", f"tcl_port {port + 1}", "-c", f"telnet_port {port + 2}", "-s", FOLDER]
    for file in config["configFiles"]:
        words += ["-f", file]
    with Server([program(config["serverpath"]), *words], cwd=FOLDER) as server:
        server.wait_for(r"(?i)Info\s:[^\n]*Listening on port \d+ for gdb connection")
        debug(port, port + 3, [console("monitor reset halt"), "-target-download", console("monitor reset halt"),
                               console(f"monitor CDSWOConfigure {CPU} {SWO} :{port + 3}"), console("monitor gdb_sync")])  # and stepi, which brings gdb up to date


def stlink():
    port = free_ports(2)
    with Server([program("ST-LINK_gdbserver"), "-p", str(port), "-cp", "/opt/nowhere", "--swd", "--swo-port", str(port + 1),
                 "--cpu-clock", str(CPU), "--swo-clock-div", str(CPU // SWO), "--halt"], cwd=FOLDER) as server:
        server.wait_for(r"(?i)waiting for debugger connection")
        debug(port, port + 1, ["-target-download", console("monitor reset")])


def pyocd():
    port = free_ports(2)
    with Server([program("pyocd"), "gdbserver", "--port", str(port), "-O", "enable_swv=1", "-O", f"swv_raw_port={port + 1}",
                 "-O", f"swv_system_clock={CPU}", "-O", f"swv_clock={SWO}", "-O", "swv_raw_enable=true"], cwd=FOLDER) as server:
        server.wait_for(r"(?i)gdb server (started|listening) (at|on) port")
        debug(port, port + 1, [console("monitor reset halt"), "-target-download", console("monitor reset halt")])


run_tests([openocd, stlink, pyocd])

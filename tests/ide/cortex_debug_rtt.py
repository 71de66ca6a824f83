# SPDX-License-Identifier: MIT
"""VS Code's Cortex-Debug with an rttConfig and its openocd servertype: what its controller sends, and its clients at the
ports that it chose.

Facts: cortex-debug 1.13 (428af02), src/openocd.ts (rttCommands, rttPoll), src/frontend/swo/sources/socket.ts. "auto" as
address is what the ELF file says, and the length of the id is all that is searched then."""

import json
import os
import re
import socket
import subprocess
import time

from mi import ELF, EXAMPLES, FOLDER, LIMIT, Mi, Server, free_ports, program, run_tests, to_main

ID = "SEGGER RTT"


def block_address():
    names = subprocess.run(["arm-none-eabi-nm", ELF], check=True, capture_output=True, text=True).stdout
    return "0x" + re.search(r"^(\w+) . _SEGGER_RTT$", names, re.MULTILINE).group(1)


def console(command):
    return f'interpreter-exec console "{command}"'


class Client:
    """A decoder's socket. It tries again until somebody listens."""

    def __init__(self, port):
        end = time.monotonic() + LIMIT
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
                return
            except ConnectionRefusedError:
                assert time.monotonic() < end
                time.sleep(0.05)

    def until(self, end):
        got = b""
        while not got.endswith(end):
            byte = self.socket.recv(1)
            assert byte, got
            got += byte
        return got


def configuration():
    with open(os.path.join(EXAMPLES, "vscode", "launch.json"), encoding="utf-8") as file:
        return next(c for c in json.load(file)["configurations"] if "rttConfig" in c)


CONFIG = configuration()
RTT = CONFIG["rttConfig"]


def rtt_commands(first_port, clear=True):
    """As its options say; a port a decoder, from there on."""
    assert RTT["enabled"] and RTT["address"] == "auto" and all(decoder["type"] == "console" for decoder in RTT["decoders"])
    address, clear, interval = block_address(), clear and RTT["clearSearch"], RTT["polling_interval"]
    commands = [console(f"monitor mwb {address} 0 {len(ID)}")] if clear else []
    commands += [console(f"monitor rtt setup {address} {len(ID)} {{{ID}}}")]
    commands += [console(f"monitor rtt polling_interval {interval}")] if interval else []
    commands += [console(f"monitor rtt server start {first_port + i} {decoder['port']}") for i, decoder in enumerate(RTT["decoders"])]
    return [*commands, console("monitor rtt start")]


def poll(tcl):
    """As it does once a second until the block is there: what it looks for is in the answer, or in what gdb printed."""
    with socket.create_connection(("127.0.0.1", tcl), timeout=LIMIT) as client:
        client.sendall(b'capture "rtt start"\x1a')
        answer = b""
        while not answer.endswith(b"\x1a"):
            answer += client.recv(4096)
    return answer.decode()


def openocd():
    port = free_ports(5)
    words = ["-c", f"gdb_port {port}", "-c", f"tcl_port {port + 1}", "-c", f"telnet_port {port + 2}", "-s", FOLDER]
    for file in CONFIG["configFiles"]:
        words += ["-f", file]
    server = Server([program(CONFIG["serverpath"]), *words, "-c", "CDLiveWatchSetup"], cwd=FOLDER)
    server.wait_for(r"(?i)Info\s:[^\n]*Listening on port \d+ for gdb connection")
    return server, port


def a_launch_gets_what_the_program_says_from_its_first_line():
    server, port = openocd()
    with server, Mi(elf=None) as gdb:
        gdb.burst("-gdb-set mi-async on", f'-file-exec-and-symbols "{ELF}"', f"-target-select extended-remote localhost:{port}",
                  console("monitor reset halt"), "-target-download", console("monitor reset halt"),
                  *rtt_commands(port + 3))
        zero, one = Client(port + 3), Client(port + 4)
        to_main(gdb)
        gdb.burst("-exec-continue --all")
        zero.until(b"the program begins\n")
        assert "Control block found at " + block_address() in poll(port + 1)
        zero.socket.sendall(b"ht")
        assert zero.until(b"\n") == b"hello by channel 0\n"
        assert one.until(b"\n") == b"hello by channel 1\n"
        assert zero.until(b"again\n") == b"zero\n\xff1one\n\xff0zero again\n", "terminals are the client's matter"
        gdb.interrupt()
        gdb.burst(console("monitor reset halt"), "-exec-continue --all")
        zero.until(b"the program begins\n")
        gdb.interrupt()
        gdb.burst("-target-disconnect")


def an_attach_finds_a_program_that_runs():
    server, port = openocd()
    with server, Mi(elf=None) as first:
        first.burst(f'-file-exec-and-symbols "{ELF}"', f"-target-select extended-remote localhost:{port}",
                    console("monitor reset halt"), "-target-download", console("monitor reset run"), "-target-detach")
        with Mi(elf=None) as gdb:
            gdb.burst("-gdb-set mi-async on", f'-file-exec-and-symbols "{ELF}"',
                      f"-target-select extended-remote localhost:{port}", console("monitor halt"),
                      *rtt_commands(port + 3, clear=False))
            gdb.stops.clear()  # of the connection
            gdb.burst("-exec-continue --all")
            Client(port + 3).until(b"the program begins\n")
            gdb.interrupt()
            gdb.burst("-target-detach")


run_tests([a_launch_gets_what_the_program_says_from_its_first_line, an_attach_finds_a_program_that_runs])

# SPDX-License-Identifier: MIT
"""STM32CubeIDE with the ST-LINK GDB server, and with its OpenOCD.

Facts: logs that users published in ST's community and in cortex-debug's issues (command line, output, "Failed to start
GDB server" when it ends early), the --help text of ST-LINK_gdbserver 7.x. The IDE itself was not run."""

import os
import re

from mi import EXAMPLES, INSTALLED, Mi, Server, free_ports, program, run_tests, to_main


def debug(server_words, extra_reset=True):
    port = free_ports(2)
    with Server([program("ST-LINK_gdbserver"), "-p", str(port), *server_words]) as server, Mi() as gdb:
        server.wait_for(r"(?m)^Waiting for debugger connection\.\.\.\n", streams=["stdout"])
        gdb.burst("-gdb-set mi-async on", f"-target-select remote localhost:{port}")
        if extra_reset:
            gdb.burst("monitor reset")
        gdb.burst("load")
        gdb.burst("monitor reset")
        to_main(gdb)
        gdb.burst("-exec-continue")
        gdb.interrupt()
        gdb.burst("-target-detach")
        gdb.quit()
        return server.ended(*([0.5] if "-e" in server_words else []))


def software_reset():
    assert debug(["-l", "1", "-d", "-s", "-cp", "/opt/st/cubeprogrammer/bin", "-m", "0"]) == 0


def connect_under_reset():
    assert debug(["-l", "31", "-d", "-s", "-v", "-cp", "/opt/st/cubeprogrammer/bin", "-m", "1", "-k", "-t"]) == 0


def attach_with_options_that_are_not_here():
    assert debug(["-l", "1", "-d", "-g", "-el", "/x/loader.stldr", "-z", "61235", "-a", "8000000", "-b", "4", "-cp",
                  "/opt"], extra_reset=False) == 0


def persistent_stays():
    assert debug(["-e", "-d", "-cp", "/opt"]) is None


def the_line_for_a_remote_server():
    """docs/ide.md's, to be typed in a terminal for "Connect to remote GDB server"."""
    with open(os.path.join(EXAMPLES, "..", "..", "docs", "ide.md"), encoding="utf-8") as file:
        line, = re.findall(r"^    (/\S*/ST-LINK_gdbserver .*)$", file.read(), re.MULTILINE)
    path, *words = line.split()
    assert os.path.dirname(path) == INSTALLED and words[words.index("-p") + 1] == "61234", line
    return [program(path), *words]


def connect_to_remote_gdb_server():
    """The server runs already and outlives the sessions: several, one after the other."""
    port = free_ports(1)
    words = the_line_for_a_remote_server()
    words[words.index("-p") + 1] = str(port)
    with Server(words) as server:
        server.wait_for(r"(?m)^Waiting for debugger connection\.\.\.\n", streams=["stdout"])
        for _ in range(2):
            with Mi() as gdb:
                gdb.burst("-gdb-set mi-async on", f"-target-select remote localhost:{port}", "monitor reset", "load", "monitor reset")
                to_main(gdb)
                gdb.burst("-exec-continue")
                gdb.interrupt()
                gdb.burst("-target-detach")
                gdb.quit()
        assert server.ended(0.5) is None
        assert server.stop() == 0


def openocd_of_the_ide():
    port = free_ports(3)
    argv = [program("openocd"), "-f", "interface/stlink-dap.cfg", "-f", "target/stm32f1x.cfg", "-s", "/opt/st/scripts", "-c",
            f"gdb_port {port}", "-c", f"telnet_port {port + 1}", "-c", f"tcl_port {port + 2}"]
    with Server(argv) as server, Mi() as gdb:
        server.wait_for(r"Listening on port \d+ for gdb connections\n")
        gdb.burst(f"-target-select remote localhost:{port}", "monitor reset halt", "load", "monitor reset halt")
        to_main(gdb)
        gdb.quit()
        assert server.stop() == 0


run_tests([software_reset, connect_under_reset, attach_with_options_that_are_not_here, persistent_stays,
           connect_to_remote_gdb_server, openocd_of_the_ide])

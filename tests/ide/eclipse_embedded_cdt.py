# SPDX-License-Identifier: MIT
"""Eclipse Embedded CDT: the OpenOCD plug-in with examples/ide/eclipse/probed-openocd.launch, and the pyOCD plug-in
with its defaults.

Facts: eclipse-embed-cdt 4ed6716, plugins ilg.gnumcueclipse.debug.gdbjtag.{openocd,pyocd}: Configuration.java (the
command line), GdbServerBackend.java (the line it waits for), FinalLaunchSequence.java (what it sends)."""

import os
import shlex
import xml.etree.ElementTree

from mi import ELF, EXAMPLES, FOLDER, INSTALLED, Mi, Server, free_ports, program, run_tests

PREFIX = "ilg.gnumcueclipse.debug.gdbjtag.openocd."
STARTED = 'echo "Started by GNU MCU Eclipse"'


def launch_file():
    root = xml.etree.ElementTree.parse(os.path.join(EXAMPLES, "eclipse", "probed-openocd.launch")).getroot()
    assert root.get("type") == PREFIX + "launchConfigurationType"
    return {node.get("key").removeprefix(PREFIX): node.get("value") for node in root}


def debug(server, port, first, second, semihosting, reg):
    server.wait_for(r"(?m)^.*Started by GNU MCU Eclipse.*\n", streams=["stderr"])
    with Mi("--nx") as gdb:
        gdb.burst("-gdb-set mi-async on", "set mem inaccessible-by-default off",
                  f"-target-select remote localhost:{port}")
        gdb.burst(*first, *semihosting, f'-file-exec-and-symbols "{ELF}"', "load", *second)
        gdb.stops.clear()
        gdb.burst("tbreak main", *reg, "-exec-continue")
        gdb.stopped('func="main"')
        gdb.burst("-exec-next")
        gdb.stopped('reason="end-stepping-range"')
        gdb.burst("-exec-continue")
        gdb.interrupt()
        gdb.burst(*second)  # Restart
        gdb.stops.clear()
        gdb.burst("tbreak main", *reg, "-exec-continue")
        gdb.stopped('func="main"')
        gdb.burst("-target-detach")
        gdb.quit()


def openocd_plug_in():
    config = launch_file()
    assert os.path.dirname(config["gdbServerExecutable"]) == INSTALLED
    port = free_ports(3)  # instead of 3333, 4444 and 6666, which this machine may use
    argv = [program(config["gdbServerExecutable"]), "-c", f"gdb_port {port}", "-c", f"telnet_port {port + 1}",
            "-c", f"tcl_port {port + 2}", *shlex.split(config["gdbServerOther"]), "-c", STARTED]
    with Server(argv) as server:
        debug(server, port, [f"monitor reset {config['firstResetType']}", "monitor halt"],
              [f"monitor reset {config['secondResetType']}", "monitor halt"],
              ["monitor arm semihosting enable"], ["monitor reg"])
        assert server.process.poll() is None, "openocd stays when gdb leaves"
        assert server.stop() == 0, "a code other than 0 opens a dialog"
        assert server.text["stdout"] == "", "the original says nothing there"


def pyocd_plug_in():
    port = free_ports(2)
    argv = [program("pyocd"), "gdbserver", "--no-wait", "-j", FOLDER, "--port", str(port), "--telnet-port",
            str(port + 1), "--frequency", "1000000", "--connect=halt", "-Oreset_type=default", "-Ch", "--erase=sector",
            "-Osmart_flash=1", "--semihosting", "--elf", ELF, "-c", STARTED]
    with Server(argv) as server:
        debug(server, port, [], ["monitor reset halt", "monitor halt"], [], [])
        assert server.ended() == 0, "pyocd ends when gdb detaches"


run_tests([openocd_plug_in, pyocd_plug_in])

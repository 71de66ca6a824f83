# SPDX-License-Identifier: MIT
"""CLion: "OpenOCD Download & Run" with examples/ide/clion/board.cfg, and "Embedded GDB Server" with the fields of
examples/ide/clion/embedded-gdb-server.txt.

Facts: JetBrains' documentation of the two run configurations; the command line and the lines that are waited for are
recalled, not read: CLion is closed and was not run."""

import os
import re
import shlex

from mi import ELF, EXAMPLES, INSTALLED, Mi, Server, free_ports, program, run_tests, to_main


def download_and_run():
    board = os.path.join(EXAMPLES, "clion", "board.cfg")
    with open(board) as file:
        assert f"OpenOCD location: {INSTALLED}/openocd" in file.read()
    port = free_ports(2)
    argv = [program("openocd"), "-c", "tcl_port disabled", "-s", "/usr/share/openocd/scripts", "-c", f"gdb_port {port}",
            "-c", f"telnet_port {port + 1}", "-f", board, "-c", f'program "{ELF}"', "-c", "init;reset init"]
    with Server(argv) as server, Mi() as gdb:
        server.wait_for(r"\*\* Programming Finished \*\*")
        gdb.burst("-gdb-set mi-async on", f"-target-select remote localhost:{port}", "monitor reset halt")
        to_main(gdb)
        gdb.quit()
        assert server.stop() == 0
        assert "Programming Failed" not in server.text["stderr"] and "init failed" not in server.text["stderr"]


def a_program_that_is_not_there():
    argv = [program("openocd"), "-c", "tcl_port disabled; telnet_port disabled; gdb_port 0", "-c", 'program "/not/there.elf"']
    with Server(argv) as server:
        server.wait_for(r"\*\* Programming Failed \*\*")
        server.wait_for("/not/there.elf: No such file")
        assert server.ended() == 1


def embedded_gdb_server():
    with open(os.path.join(EXAMPLES, "clion", "embedded-gdb-server.txt")) as file:
        fields = dict(re.findall(r"^([^#:][^:]*):\s+(.*)$", file.read(), re.M))
    assert os.path.dirname(fields["GDB Server"]) == INSTALLED
    port = free_ports(1)
    words = fields["GDB Server args"].replace("4242", str(port))
    with Server([program(fields["GDB Server"]), *shlex.split(words)]) as server, Mi() as gdb:
        server.wait_for(r"Listening at \*")
        target = fields["'target remote' args"].replace("4242", str(port))
        gdb.burst("-gdb-set mi-async on", f"target remote {target}", "load", fields["Reset command"])
        to_main(gdb)
        gdb.burst("-target-detach")
        gdb.quit()
        assert server.ended() == 0


run_tests([download_and_run, a_program_that_is_not_there, embedded_gdb_server])

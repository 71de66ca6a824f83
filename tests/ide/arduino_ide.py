# SPDX-License-Identifier: MIT
"""Arduino IDE 2, which brings Cortex-Debug 1.5.1: ports first, then the search folder, then Cortex-Debug's own Tcl file.

Facts: arduino-ide 3198cf9 (arduino-ide-extension, debug), logs of Cortex-Debug 1.5.1 in its issues."""

from mi import ELF, FOLDER, Mi, Server, free_ports, program, run_tests, to_main


def debug():
    port = free_ports(3)
    argv = [program("openocd"), "-c", f"gdb_port {port}", "-c", f"tcl_port {port + 1}", "-c", f"telnet_port {port + 2}",
            "-s", FOLDER, "-f", "/ide/plugins/cortex-debug/extension/support/openocd-helpers.tcl", "-f",
            "interface/stlink.cfg", "-f", "target/stm32f1x.cfg"]
    with Server(argv) as server, Mi(elf=None) as gdb:
        server.wait_for(r"(?i)Info\s:[^\n]*Listening on port \d+ for gdb connection")
        gdb.burst("-gdb-set mi-async on", f'-file-exec-and-symbols "{ELF}"', f"-target-select extended-remote localhost:{port}",
                  "monitor reset halt", "-target-download", "monitor reset halt")
        to_main(gdb)
        gdb.burst("-target-disconnect")
        gdb.quit()
        assert server.stop() == 0


run_tests([debug])

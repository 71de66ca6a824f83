# SPDX-License-Identifier: MIT
"""Qt Creator, bare metal plug-in: st-util and OpenOCD at a port, OpenOCD through a pipe.

Facts: qt-creator src/plugins/baremetal/debugservers/gdb/{stlinkutil,openocd}gdbserverprovider.cpp: command lines, the
obsolete --stlink_version, default init commands."""

from mi import Mi, Server, free_ports, program, run_tests, to_main

OPENOCD_INIT = ["set remote hardware-breakpoint-limit 6", "set remote hardware-watchpoint-limit 4", "monitor reset halt",
                "load", "monitor reset halt"]


def st_util():
    port = free_ports(1)
    argv = [program("st-util"), "--multi", "--no-reset", "--stlink_version=2", f"--listen_port={port}", "--verbose=0"]
    with Server(argv) as server:
        server.wait_for(r"Listening at \*")
        for _ in range(2):  # --multi: it stays for the next gdb
            with Mi() as gdb:
                gdb.burst("-gdb-set mi-async on", f"-target-select extended-remote localhost:{port}", "load", "monitor reset")
                to_main(gdb)
                gdb.burst("-target-detach")
                gdb.quit()
            assert server.ended(0.3) is None
        assert server.stop() == 0


def st_util_under_reset():
    port = free_ports(1)
    argv = [program("st-util"), "--connect-under-reset", f"--listen_port={port}", "--verbose=0"]
    with Server(argv) as server, Mi() as gdb:
        gdb.burst(f"-target-select extended-remote localhost:{port}", "load", "monitor reset")
        to_main(gdb)
        gdb.burst("-target-detach")
        gdb.quit()
        assert server.ended() == 0


def openocd():
    port = free_ports(3)
    argv = [program("openocd"), "-c", f"gdb_port {port}", "-c", "telnet_port disabled", "-c", "tcl_port disabled", "-f",
            "board/stm32f100b-disco-vl.cfg"]
    with Server(argv) as server, Mi() as gdb:
        gdb.burst(f"-target-select extended-remote localhost:{port}", *OPENOCD_INIT)
        to_main(gdb)
        gdb.quit()
        assert server.stop() == 0


def openocd_in_a_pipe():
    with Mi() as gdb:
        gdb.burst(f'target extended-remote | {program("openocd")} -c "gdb_port pipe" -c "telnet_port disabled" -c "tcl_port '
                  'disabled" -f target/stm32f1x.cfg', *OPENOCD_INIT)
        to_main(gdb)
        gdb.quit()


run_tests([st_util, st_util_under_reset, openocd, openocd_in_a_pipe])

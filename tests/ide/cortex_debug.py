# SPDX-License-Identifier: MIT
"""VS Code's Cortex-Debug: spawns and talks as its server controllers do, for every configuration in
examples/ide/vscode/launch.json.

Facts: cortex-debug 1.13 (428af02), src/{stutil,stlink,pyocd,openocd,external}.ts (command lines, monitor commands,
ready patterns), src/gdb.ts and src/backend/mi2/mi2.ts (the burst of commands, live watch, the end). It is
not to be had as a package, so its server controllers are not run: this script does what they do, word for word."""

import json
import os
import re
import time

from mi import ELF, EXAMPLES, FOLDER, INSTALLED, PROBED, Mi, Server, free_ports, program, run_tests, to_main, watch_advances

SETTINGS = ["-gdb-version", "-gdb-set mi-async on", "-gdb-set print demangle on", "-gdb-set print asm-demangle on",
            "-enable-pretty-printing", "-gdb-set output-radix 0xa", "-gdb-set input-radix 0xa", "-gdb-set print "
            "frame-arguments all"]
HELPERS = "/ext/support/openocd-helpers.tcl"  # Cortex-Debug's own file; known by its name


class Stutil:
    ports = 1
    ready = re.compile(r"Listening at \*")
    exits = True
    launch = ["monitor halt", "monitor reset", "-target-download", "monitor reset"]
    attach = ["monitor halt"]
    reset = ["monitor halt", "monitor reset"]

    def arguments(config, port):
        serial = ["--serial", config["serialNumber"]] if "serialNumber" in config else []
        return ["-p", str(port), "--no-reset", *serial, *config.get("serverArgs", [])]


class Stlink:
    ports = 4
    ready = re.compile(r"(Waiting for debugger connection|Listening at).*", re.I)
    exits = True
    launch = ["monitor reset", "-target-download", "monitor reset", "monitor halt"]
    attach = []
    reset = ["monitor reset"]

    def arguments(config, port):
        attach = ["--attach"] if config["request"] == "attach" else []
        swo = config.get("swoConfig", {"enabled": False})
        if swo["enabled"]:
            attach = ["--swo-port", str(port + 1), "--cpu-clock", str(swo["cpuFrequency"]), "--swo-clock-div",
                      str(swo["cpuFrequency"] // swo["swoFrequency"]), *attach]
        return ["-p", str(port), "-cp", "/opt/st/does/not/exist", "--swd", *attach, "--halt",
                *config.get("serverArgs", [])]


class Pyocd:
    ports = 3
    ready = re.compile(r"GDB server (listening|started) (at|on) port")
    exits = False  # extended-remote
    connect = ["set mem inaccessible-by-default off"]
    launch = ["monitor reset halt", "-target-download", "monitor reset halt"]
    attach = ["monitor halt"]
    reset = ["monitor reset"]

    def arguments(config, port):
        target = ["--target", config["targetId"]] if "targetId" in config else []
        return ["gdbserver", "--port", str(port), "--telnet-port", str(port + 1), *target, *config.get("serverArgs", [])]


class Openocd:
    ports = 4
    ready = re.compile(r"Info\s:[^\n]*Listening on port \d+ for gdb connection", re.I)
    exits = False
    launch = ["monitor reset halt", "-target-download", "monitor reset halt"]
    attach = ["monitor halt"]
    reset = ["monitor reset halt"]

    def arguments(config, port):
        words = ["-f", HELPERS, "-c", f"gdb_port {port}", "-c", f"tcl_port {port + 1}", "-c", f"telnet_port {port + 2}"]
        for folder in config.get("searchDir", [FOLDER]):
            words += ["-s", folder]
        for command in config.get("openOCDPreConfigLaunchCommands", []):
            words += ["-c", command]
        for file in config["configFiles"]:
            words += ["-f", file]
        if "rtos" in config:
            words += ["-c", f"CDRTOSConfigure {config['rtos']}"]
        words += config.get("serverArgs", [])
        for command in config.get("openOCDLaunchCommands", []):
            words += ["-c", command]
        return words + (["-c", "CDLiveWatchSetup"] if config.get("liveWatch", {}).get("enabled") else [])


class External:
    """Starts nothing: the server is the daemon that runs already."""
    launch = ["monitor reset halt", "-target-download", "monitor reset halt"]
    attach = ["monitor halt"]
    reset = ["monitor reset halt"]


KINDS = {"stutil": Stutil, "stlink": Stlink, "pyocd": Pyocd, "openocd": Openocd, "external": External}


class Session:
    """One debug run of a configuration: server, gdb, and the second gdb of live watch."""

    def __init__(self, config):
        self.config, self.kind = config, KINDS[config["servertype"]]
        self.start_server()
        self.gdb = Mi(elf=None)
        self.live = None
        self.begin()

    def start_server(self):
        if self.kind is External:
            self.server = Server([PROBED, "--sim", "bluepill", "--gdb", "0", "--telnet", "off"])
            self.port = int(self.server.wait_for(r"Listening on \S*:(\d+) for gdb").group(1))
            return
        assert os.path.dirname(self.config["serverpath"]) == INSTALLED, self.config["serverpath"]
        server = program(self.config["serverpath"])
        self.port = free_ports(self.kind.ports)
        # For stlink the folder of the program, as relative -cp and -f count from there.
        self.server = Server([server, *self.kind.arguments(self.config, self.port)], cwd=os.path.dirname(server))
        self.server.wait_for(self.kind.ready)

    def begin(self):
        connect = [*getattr(self.kind, "connect", []), f"-target-select extended-remote localhost:{self.port}"]
        commands = getattr(self.kind, self.config["request"])
        self.gdb.burst(*SETTINGS, f'-file-exec-and-symbols "{ELF}"', *connect, *commands)
        self.gdb.stops.clear()

    def reset(self):
        if self.gdb.running:
            self.gdb.interrupt()
        self.gdb.burst(*self.kind.reset)

    def watch(self):
        self.live = Mi(elf=ELF)
        self.live.burst(*SETTINGS, "-gdb-set stack-cache off", "-gdb-set remote interrupt-on-connect off",
                        f"-target-select extended-remote localhost:{self.port}")
        self.live.stopped()

    def end(self):
        """As the adapter ends a run; returns how long the server took, and whether it went by itself."""
        if self.gdb.running:
            self.gdb.interrupt()
        if self.live:
            self.live.quit()
        self.gdb.burst("-target-disconnect" if self.config["request"] == "launch" else "-target-detach")
        self.gdb.quit()
        began = time.monotonic()
        alone = self.server.ended(*([] if self.kind_exits() else [0.6])) is not None
        if not alone:
            code = self.server.stop()
            assert code == 0, (code, self.server.text)
        return alone, time.monotonic() - began

    def kind_exits(self):
        return getattr(self.kind, "exits", False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in (self.gdb, self.live, self.server):
            if process:
                process.__exit__()


def with_request(config, request):
    return dict(config, request=request)


def launch(config):
    with Session(config) as session:
        gdb = session.gdb
        if config.get("liveWatch", {}).get("enabled"):
            session.watch()
        to_main(gdb)
        gdb.burst("-exec-next --thread 1")
        gdb.stopped('reason="end-stepping-range"')
        gdb.burst("-exec-continue --all")
        if session.live:
            assert watch_advances(session.live), "live watch does not see the program run"
            assert gdb.running and not session.live.stops, "live watch disturbed the run"
        gdb.interrupt()
        gdb.burst('-data-list-register-values x', '-stack-list-frames', '-break-watch idle_rounds')
        gdb.burst("-exec-continue --all")
        gdb.stopped('reason="watchpoint-trigger"')
        alone, _ = session.end()
        assert alone == session.kind_exits(), f"by itself: {alone}; {session.server.text}"


def reset_button(config):
    with Session(config) as session:
        gdb = session.gdb
        to_main(gdb)
        gdb.burst("-exec-continue --all")
        session.reset()
        gdb.burst("-interpreter-exec console \"maintenance flush register-cache\"")
        before = gdb.value("ticks")
        time.sleep(0.05)
        assert gdb.value("ticks") == before, "the core runs after the reset, which it must not"
        to_main(gdb)
        session.end()


def restart(config):
    for _ in range(2):
        with Session(config) as session:
            to_main(session.gdb)
            session.end()


def attach(config):
    with Session(with_request(config, "attach")) as session:
        assert not session.gdb.running
        session.gdb.burst("-exec-continue --all")
        session.gdb.interrupt()
        session.end()


def tests():
    with open(os.path.join(EXAMPLES, "vscode", "launch.json")) as file:
        configurations = json.load(file)["configurations"]
    assert {c["servertype"] for c in configurations} == set(KINDS)
    for config in configurations:
        # RTT and SWO have scripts of their own: here, that their words do not stand in the way.
        adds = "rttConfig" in config or "swoConfig" in config
        for step in (launch,) if adds else (launch, reset_button, restart, attach):
            def test(config=config, step=step):
                step(config)
            test.__name__ = f"{config['name']}: {step.__name__}"
            yield test


run_tests(tests())

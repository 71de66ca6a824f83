# SPDX-License-Identifier: MIT
"""Every lldb that is installed against a daemon of its own: lldb.py PROBED FIRMWARE.elf SOURCE"""
import glob
import os
import re
import subprocess
import sys

from daemon import Daemon

PROBED, FIRMWARE, SOURCE = sys.argv[1:4]
FIRMWARE = os.path.abspath(FIRMWARE)  # lldb finds a module by its whole path
here = os.path.dirname(os.path.abspath(__file__))
debuggers = [path for path in sorted(glob.glob("/usr/bin/lldb-*")) if re.fullmatch(r".*/lldb-\d+", path)]
assert debuggers, "no lldb is installed"
failed = 0
for lldb in debuggers:
    print(lldb, flush=True)
    with Daemon(PROBED, "--sim", "bluepill", "--gdb", "0") as daemon:
        environment = dict(os.environ, PROBED_PORT=str(daemon.port), PROBED_FIRMWARE=FIRMWARE, PROBED_SOURCE=SOURCE,
                           PYTHONDONTWRITEBYTECODE="1")
        environment.pop("LD_PRELOAD", None)
        run = subprocess.run([lldb, "-b", "-x", "-o", f"command script import {here}/inside_lldb.py"], env=environment,
                             timeout=1200, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True)
    print(run.stdout, flush=True)
    # lldb's own exit code does not tell what became of a script: its last line does.
    failed += "all tests of lldb ran" not in run.stdout or "FAIL" in run.stdout
sys.exit(1 if failed else 0)

# SPDX-License-Identifier: MIT
"""Runs one script inside a real gdb-multiarch against a daemon of its own.

run.py PROBED FIRMWARE.elf SOURCE.c SCRIPT.py [BOARD]
The script's first lines may hold `# options: ...` for the daemon (default: --sim BOARD, a Blue Pill if none is
named)."""

import os
import re
import subprocess
import sys
import tempfile

from daemon import Daemon

probed, firmware, source, script = sys.argv[1:5]
board = sys.argv[5] if len(sys.argv) > 5 else "bluepill"
here = os.path.dirname(os.path.abspath(__file__))
with open(script) as text:
    found = re.search(r"^# options: (.*)$", text.read(), re.MULTILINE)
options = found.group(1).split() if found else ["--sim", board]

with Daemon(probed, *options, "--gdb", "0") as daemon, tempfile.TemporaryDirectory(prefix="probed-gdb-") as folder:
    log = os.path.join(folder, "log")
    environment = dict(os.environ, PROBED_PORT=str(daemon.port), PROBED_SOURCE=source,
                       PYTHONDONTWRITEBYTECODE="1", PROBED_PID=str(daemon.process.pid),
                       PROBED_FIRMWARE=firmware, PROBED_SCRIPT=script, PROBED_GDB_LOG=log)
    environment.pop("LD_PRELOAD", None)
    code = subprocess.call(
        ["gdb-multiarch", "-q", "-nx", "-batch", "-ex", f"set logging file {log}", "-ex", "set logging enabled on",
         "-ex", f"python import sys; sys.path[:0] = ['{here}']",
         "-ex", "python from inside import *", "-x", script, "-ex", "python run_all()", firmware],
        env=environment, timeout=1200)  # meson's limit is shorter, and may be stretched
sys.exit(code)

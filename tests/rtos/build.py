# SPDX-License-Identifier: MIT
"""Compiles one of the programs of layouts.py. build.py BUILD.sh NAME OUTPUT.elf"""
import os
import subprocess
import sys
import tempfile

import layouts

compiler, name, output = sys.argv[1:]
kernel, core, defines = layouts.PROGRAMS[name]
_, machine, flash, ram = layouts.CORES[core]
programs = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
with tempfile.TemporaryDirectory(prefix="probed-rtos-") as folder:
    with open(os.path.join(folder, "layout.h"), "w") as header:
        header.writelines(f"#define {key} {value}\n" for key, value in defines.items())
    sources = [os.path.join(programs, file) for file in ("tasks.c", "switch.S", f"{kernel}.c")]
    subprocess.run([compiler, output, *sources, f"-I{folder}", f"-I{programs}", *machine, "-O1", "-fno-inline",
                    "-fno-optimize-sibling-calls", f"-Wl,--defsym=FLASH_LENGTH={flash}",
                    f"-Wl,--defsym=RAM_LENGTH={ram}", f"-Wl,-u,{'uxTopUsedPriority' if defines.get('TOP_PRIORITY') else 'main'}"],
                   check=True)

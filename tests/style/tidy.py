# SPDX-License-Identifier: MIT
"""clang-tidy over everything that ships. tidy.py ROOT BUILD"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
SHIPS = ("server", "targets", "transport")

# clang does not know all of gcc's flags: take what matters for reading the code.
KEEP = ("-I", "-D", "-isystem", "-std=")
commands = []
for entry in json.loads((build / "compile_commands.json").read_text()):
    file = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
    if file.is_relative_to(root) and file.relative_to(root).parts[0] in SHIPS:
        words = [w for w in shlex.split(entry["command"]) if w.startswith(KEEP)]
        commands.append({"directory": entry["directory"], "file": str(file),
                         "arguments": ["clang", *words, "-c", str(file)]})

with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / "compile_commands.json").write_text(json.dumps(commands))

    def check(command):
        return subprocess.run(["clang-tidy", "--quiet", "-p", folder, command["file"]], cwd=root,
                              capture_output=True, text=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(check, commands))

failed = [r for r in results if r.returncode != 0]
for result in failed:
    print(result.stdout, result.stderr)
print(f"tidy: {len(results)} files, {len(failed)} with findings")
sys.exit(1 if failed or not results else 0)

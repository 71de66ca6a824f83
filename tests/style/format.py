# SPDX-License-Identifier: MIT
"""clang-format has nothing to say, and files end properly. format.py ROOT"""

import pathlib
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
FOLDERS = ["server", "targets", "transport", "tests"]
files = sorted(str(p) for folder in FOLDERS for p in (root / folder).rglob("*.[ch]")
               if "firmware" not in p.parts)
code = subprocess.call(["clang-format", "--dry-run", "--Werror", "--style=file", *files], cwd=root)
print("format: ok" if code == 0 else "format: run clang-format -i on the files above")
sys.exit(code)

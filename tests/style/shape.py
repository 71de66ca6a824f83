# SPDX-License-Identifier: MIT
"""The tail of sizes, where readability is lost: functions and files. shape.py ROOT"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
FUNCTION_LIMIT, FUNCTION_P90, FILE_LIMIT = 60, 25, 450
# Data and nothing else may be longer.
TABLES = {"targets/chip/chips.c"}

lengths, problems = [], []
for file in sorted(p for layer in ("server", "targets", "transport") for p in (root / layer).rglob("*.c")):
    path = file.relative_to(root).as_posix()
    lines = file.read_text().splitlines()
    if len(lines) > FILE_LIMIT and path not in TABLES:
        problems.append(f"{path}: {len(lines)} lines")
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            length = number - start - 1
            lengths.append(length)
            if length > FUNCTION_LIMIT:
                problems.append(f"{path}:{start + 1}: a function of {length} lines")
            start = None
lengths.sort()
p90 = lengths[len(lengths) * 9 // 10] if lengths else 0
if p90 > FUNCTION_P90:
    problems.append(f"one function in ten has more than {p90} lines")
print("\n".join(problems))
print(f"{len(lengths)} functions: median {lengths[len(lengths) // 2] if lengths else 0} lines, 90th percentile {p90}")
sys.exit(1 if problems else 0)

# SPDX-License-Identifier: MIT
"""Adds up meson's test log and further NAME:RESULT words; prints "N passed, N failed"."""

import json
import sys

results = {}
with open(sys.argv[1]) as log:
    for line in log:
        test = json.loads(line)
        results[test["name"]] = test["result"]
results.update(word.rsplit(":", 1) for word in sys.argv[2:])

passed = sum(result == "OK" for result in results.values())
skipped = sum(result == "SKIP" for result in results.values())
failed = len(results) - passed - skipped
for name, result in sorted(results.items()):
    if result not in ("OK", "SKIP"):
        print(f"{result}: {name}")
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(0 if failed == 0 and passed > 0 else 1)

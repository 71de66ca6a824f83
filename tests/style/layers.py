# SPDX-License-Identifier: MIT
"""The rule of the house: who may include whom (docs/architecture.md). layers.py ROOT"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
LAYERS = ["server", "targets", "transport", "transport/base"]  # each may use those behind it
ONLY_IN = {"uv.h": r"server/.*", "libusb.h": r"transport/usb\.c", "libusb-1.0/libusb.h": r"transport/usb\.c",
           "libelf.h": r"targets/image_elf\.c", "gelf.h": r"targets/image_elf\.c"}
# The simulated hardware shares nothing with the layers that debug it.
SIM_MAY_USE = {"dap.h"}
FORBIDDEN = [(r"\bexit\(", r"server/main\.c"), (r"\blongjmp\(|\bsetjmp\(", None), (r"\balloca\(", None),
             (r"\b(system|popen)\(", None), (r"\b(strcpy|strcat|sprintf|gets)\(", None)]

problems = []


def layer_of(path):
    name = path.as_posix()
    return max((layer for layer in LAYERS if name.startswith(layer + "/")), key=len, default=None)


def home_of(include, path):
    """The layer an include names, or None for the system's."""
    for layer in LAYERS[:-1]:
        if (root / layer / include).exists() or (layer == "server" and any((root / layer).glob(f"*/{include}"))):
            return layer_of(pathlib.PurePosixPath(layer) / include)
    return None


for file in sorted(p for layer in LAYERS[:-1] for p in (root / layer).rglob("*.[ch]")):
    path = file.relative_to(root)
    text = file.read_text()
    mine = LAYERS.index(layer_of(path))
    if "SPDX-License-Identifier: MIT" not in text.splitlines()[0]:
        problems.append(f"{path}: no licence line")
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}"
        if found := re.match(r'\s*#include [<"]([^>"]+)[>"]', line):
            include = found.group(1)
            if include in ONLY_IN and not re.fullmatch(ONLY_IN[include], path.as_posix()):
                problems.append(f"{where}: {include} belongs elsewhere")
            home = home_of(include, path)
            if home and LAYERS.index(home) < mine:
                problems.append(f"{where}: {layer_of(path)} must not know {home} ({include})")
            if path.as_posix().startswith("transport/sim/") and path.name != "sim_probe.c" and home == "transport" \
                    and not include.startswith("sim/") and include not in SIM_MAY_USE:
                problems.append(f"{where}: simulated hardware must not know {include}")
        code = re.sub(r'"(\\.|[^"\\])*"|//.*|/\*.*?\*/', "", line)
        for pattern, allowed in FORBIDDEN:
            if re.search(pattern, code) and not (allowed and re.fullmatch(allowed, path.as_posix())):
                problems.append(f"{where}: not in this house: {pattern}")

print("\n".join(problems) or "layers: ok")
sys.exit(1 if problems else 0)

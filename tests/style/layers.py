# SPDX-License-Identifier: MIT
"""The rule of the house: who may include whom (docs/architecture.md). layers.py ROOT"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
LAYERS = ["server", "targets", "transport", "transport/base"]  # each may use those behind it
ONLY_IN = {"uv.h": r"server/.*", "libusb.h": r"transport/usb/.*", "hidapi.h": r"transport/usb/.*", "libusb-1.0/libusb.h": r"transport/usb/.*",
           "libelf.h": r"targets/(image/elf_.*|flash/flm/flm\.c)", "gelf.h": r"targets/(image/elf_.*|flash/flm/flm\.c)", "elfutils/libdw.h": r"targets/image/.*"}
# Rooms of one layer: the first must not include the second. The files named may: they are the tables by
# which a room finds what it must not know, or what still stands in the way of the rule.
ROOMS = [
    ("server/net", "server/(session|gdb|consoles|commands|compat|cli)", None),
    ("server/session", "server/(gdb|consoles|compat|cli)", None),
    ("server/gdb", "server/(consoles|compat|cli)", None),
    ("server/consoles", "server/(gdb|compat|cli)", None),
    ("server/commands", "server/(gdb|consoles|compat|cli)", None),
    ("server/streams", "server/(gdb|consoles|commands|compat|cli)", None),
    ("server/doctor", "server/(net|session|gdb|consoles|commands|compat|cli)", None),
    ("targets/chip", "targets/(core|connect|flash|image)", None),
    ("targets/core", "targets/(connect|flash|image)", None),
    ("targets/flash", "targets/flash/stm32", r"targets/flash/(drivers\.c|stm32/.*)"),
    ("targets/trace", "targets/(connect|flash|image)", None),
    ("targets/image", "targets/(core|chip|connect|flash)", None),
    ("transport/base", "transport/(adi|probe|usb|cmsis_dap|stlink|sim)", None),
    ("transport/adi", "transport/(usb|cmsis_dap|stlink|sim)", None),
    ("transport/usb", "transport/(adi|cmsis_dap|stlink|sim)", None),
    ("transport/probe", "transport/(adi|usb|cmsis_dap|stlink|sim)", r"transport/probe/drivers\.c"),
    ("transport/stlink", "transport/(cmsis_dap|sim)", None),
    ("transport/cmsis_dap", "transport/(stlink|sim)", None),
    # The simulated hardware shares nothing with the layers that debug it, but the words of the wire.
    ("transport/sim", "transport/(adi|probe|usb|cmsis_dap|stlink)", r"transport/sim/probe\.c"),
    ("transport/sim/cpu", "transport/sim/(board|stm32)", None),
]
WORDS_OF_THE_WIRE = {"transport/adi/dap.h"}
FORBIDDEN = [(r"\bexit\(", r"(?!server/main\.c).*"), (r"\blongjmp\(|\bsetjmp\(", ".*"), (r"\balloca\(", ".*"),
             (r"\b(system|popen)\(", ".*"), (r"\b(strcpy|strcat|sprintf|gets)\(", ".*"),
             # Addresses of registers, and the keys that unlock flash controllers, belong into targets/.
             (r"\b0x(40|42|44|46|50|52|56|58|5C|E0)[0-9A-F]{6}u?\b", r"server/.*"),
             (r"(?i)\b0x(45670123|CDEF89AB|08192A3B|4C5D6E7F|89ABCDEF|02030405|8C9DAEBF|13141516|FBEAD9C8|24252627)u?\b",
              "server/.*")]

problems = []


def layer_of(path):
    return max((layer for layer in LAYERS if path.startswith(layer + "/")), key=len, default=None)


def home_of(include):
    """The file an include names, from the root of the repository; None for the system's."""
    for layer in LAYERS[:-1]:
        if (root / layer / include).exists():
            return f"{layer}/{include}"
    return None


def check_include(path, where, include):
    if include in ONLY_IN and not re.fullmatch(ONLY_IN[include], path):
        problems.append(f"{where}: {include} belongs elsewhere")
    home = home_of(include)
    if not home:
        return
    if LAYERS.index(layer_of(home)) < LAYERS.index(layer_of(path)):
        problems.append(f"{where}: {layer_of(path)} must not know {layer_of(home)} ({include})")
    for room, other, may in ROOMS:
        if path.startswith(room + "/") and re.match(other + "/", home) \
                and home not in WORDS_OF_THE_WIRE and not (may and re.fullmatch(may, path)):
            problems.append(f"{where}: {room} must not know {home}")


for file in sorted(p for layer in LAYERS[:-1] for p in (root / layer).rglob("*.[ch]")):
    path = file.relative_to(root).as_posix()
    text = file.read_text()
    if "SPDX-License-Identifier: MIT" not in text.splitlines()[0]:
        problems.append(f"{path}: no licence line")
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}"
        if found := re.match(r'\s*#include ([<"])([^>"]+)[>"]', line):
            if found.group(1) == '"' and not home_of(found.group(2)):
                problems.append(f"{where}: {found.group(2)} is not written from its layer's root")
            check_include(path, where, found.group(2))
        code = re.sub(r'"(\\.|[^"\\])*"|//.*|/\*.*?\*/', "", line)
        for pattern, folder in FORBIDDEN:
            if re.fullmatch(folder, path) and re.search(pattern, code):
                problems.append(f"{where}: not in this house: {pattern}")

print("\n".join(problems) or "layers: ok")
sys.exit(1 if problems else 0)

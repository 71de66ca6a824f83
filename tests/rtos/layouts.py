# SPDX-License-Identifier: MIT
"""How kernels lay their threads out, version by version, as their sources say: what the test programs are compiled
with. It shares nothing with targets/rtos/, so that a mistake in one shows in the other.

layouts.py list        the programs: name, kernel, board, one a line
layouts.py header NAME the offsets of one as #defines"""
import sys

CORES = {"m0": ("nucleo-g071", ["-mcpu=cortex-m0plus"], "128K", "36K"),
         "m3": ("bluepill", ["-mcpu=cortex-m3"], "64K", "20K"),
         "m4f": ("blackpill-f411", ["-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"], "512K", "128K"),
         "m33": ("nucleo-h563", ["-mcpu=cortex-m33", "-mfloat-abi=soft"], "2048K", "640K"),
         "m33f": ("nucleo-h563", ["-mcpu=cortex-m33", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard"], "2048K", "640K")}

# What a switch of threads pushes below what the core has pushed, upwards from the pointer that it keeps.
R4, R8, FPU, EXC = ["r4", "r5", "r6", "r7"], ["r8", "r9", "r10", "r11"], ["s16"], ["exc"]
FRAMES = {"A": R4 + R8,
          "B": EXC + R4 + R8,
          "C": R4 + R8 + EXC + FPU,
          "D": ["psplim"] + EXC + R4 + R8 + FPU,
          "D-pac": ["key0", "key1", "key2", "key3", "psplim"] + EXC + R4 + R8 + FPU,
          "E": ["secure", "psplim"] + EXC + R4 + R8 + FPU,
          "F": ["control"] + R4 + R8 + EXC + FPU,
          "F3": ["control"] + R4 + R8,
          "H": EXC + FPU + R4 + R8,
          "I": EXC + R8 + R4,
          "J": R8 + R4 + EXC,
          "K": FPU + R4 + R8,
          "L": R4 + R8 + EXC}
# Contexts in the control block of FreeRTOS' MPU ports from 10.6 on, upwards; the pointer is behind them.
COPY = ["h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7"]
HELD = {"G4": ["s16", "s0", "control"] + R4 + R8 + EXC + ["psp"] + COPY,
        "G33": ["s16", "s0"] + R4 + R8 + COPY + ["psp", "psplim", "control"] + EXC,
        "G33s": ["s16", "s0"] + R4 + R8 + COPY + ["secure", "psp", "psplim", "control"] + EXC,
        "G0": R4 + R8 + COPY + ["psp", "control"] + EXC}
LONG = {"s16": 16, "s0": 17}


def structure(*fields):
    """Offsets of (name, size, alignment) as a C compiler lays them out, and the whole's size and alignment."""
    at, widest, offsets = 0, 1, {}
    for name, size, alignment in fields:
        at = (at + alignment - 1) // alignment * alignment
        offsets[name] = at
        at += size
        widest = max(widest, alignment)
    offsets["size"] = (at + widest - 1) // widest * widest
    offsets["align"] = widest
    return offsets


def word(name):
    return (name, 4, 4)


def prefixed(prefix, offsets):
    return {f"{prefix}_{name.upper()}": value for name, value in offsets.items()}


def frame(letter):
    """Places of words, without and with what is kept of the FPU."""
    held = letter in HELD
    words = (HELD if held else FRAMES)[letter]
    defines = {"FRAME_HELD": int(held)}
    for suffix, fpu in (("", False), ("_F", True)):
        at = 0
        for name in words:
            long = LONG.get(name)
            if not long or fpu or held:
                defines[f"FRAME{suffix}_{name.upper()}"] = at
                at += long or 1
        defines[f"FRAME{suffix}_WORDS"] = at
    return defines


# --- FreeRTOS: list.h, tasks.c ---

def freertos(letter, tick=4, integrity=False, mini=True, before=0, cores=1, top_priority=True, version=11):
    check = [("check1", tick, tick)] if integrity else []
    check2 = [("check2", tick, tick)] if integrity else []
    value = ("value", tick, tick)
    item = structure(*check, value, word("next"), word("prev"), word("owner"), word("container"), *check2)
    end = structure(*check, value, word("next"), word("prev")) if mini else item
    lists = structure(*check, word("count"), word("index"), ("end", end["size"], end["align"]), *check2)
    held = 4 * frame(letter)["FRAME_WORDS"] if letter in HELD else 0
    settings = [("context", held, 4)] if held else []
    settings += [("settings", before, 4)] if before else []
    settings += [word("static_stack")] if version == 8 and before else []
    affinity = [word("affinity")] if cores > 1 else []
    several = [word("run_state"), word("attributes")] if cores > 1 else []
    task = structure(word("top"), *settings, *affinity, ("state", item["size"], item["align"]),
                     ("event", item["size"], item["align"]), word("priority"), word("stack"), *several, ("name", 16, 1),
                     word("nesting"), word("number"), word("base_priority"), word("held"), word("notified"),
                     ("notify_state", 1, 1))
    return {**prefixed("LIST", lists), **prefixed("ITEM", item), **prefixed("TASK", task), **frame(letter),
            "TICK_BYTES": tick, "CHECKS": int(integrity), "CORES": cores, "TOP_PRIORITY": int(top_priority), "NAME_SIZE": 16}


PROGRAMS = {
    "freertos-m3": ("freertos", "m3", freertos("A")),
    "freertos-m3-8.2": ("freertos", "m3", freertos("A", top_priority=False, version=8)),
    "freertos-m3-checks": ("freertos", "m3", freertos("A", integrity=True, top_priority=False)),
    "freertos-m3-checks-full": ("freertos", "m3", freertos("A", integrity=True, mini=False)),
    "freertos-m3-full": ("freertos", "m3", freertos("A", mini=False, top_priority=False)),
    "freertos-m3-tick16": ("freertos", "m3", freertos("A", tick=2)),
    "freertos-m3-tick16-checks": ("freertos", "m3", freertos("A", tick=2, integrity=True)),
    "freertos-m3-tick64": ("freertos", "m3", freertos("A", tick=8)),
    "freertos-m3-tick64-checks-full": ("freertos", "m3", freertos("A", tick=8, integrity=True, mini=False)),
    "freertos-m3-mpu-8": ("freertos", "m3", freertos("F3", before=64, version=8)),
    "freertos-m4f": ("freertos", "m4f", freertos("C")),
    "freertos-m4f-mpu-10.4": ("freertos", "m4f", freertos("F", before=96)),
    "freertos-m4f-mpu": ("freertos", "m4f", freertos("G4", before=128)),
    "freertos-m4f-cores": ("freertos", "m4f", freertos("C", cores=2)),
    "freertos-m0": ("freertos", "m0", freertos("A")),
    "freertos-m0-11.1": ("freertos", "m0", freertos("B")),
    "freertos-m0-mpu": ("freertos", "m0", freertos("G0", before=64)),
    "freertos-m33": ("freertos", "m33", freertos("D")),
    "freertos-m33f": ("freertos", "m33f", freertos("D")),
    "freertos-m33f-pac": ("freertos", "m33f", freertos("D-pac")),
    "freertos-m33f-trustzone": ("freertos", "m33f", freertos("E")),
    "freertos-m33f-mpu": ("freertos", "m33f", freertos("G33", before=128)),
    "freertos-m33f-mpu-trustzone": ("freertos", "m33f", freertos("G33s", before=128)),
}

if __name__ == "__main__":
    if sys.argv[1] == "list":
        for name, (kernel, core, _) in PROGRAMS.items():
            print(name, kernel, CORES[core][0])
    else:
        for name, value in PROGRAMS[sys.argv[2]][2].items():
            print(f"#define {name} {value}")

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
          "B-fpu": EXC + R4 + R8 + FPU,
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


# --- ThreadX: tx_api.h ---

def words(*names):
    return [word(name) for name in names]


def threadx(letter):
    timer = words("remaining", "again", "function", "parameter", "active_next", "active_previous", "list_head")
    thread = structure(*words("id", "run_count", "stack_pointer", "stack_start", "stack_end", "stack_size", "slice",
                              "new_slice", "ready_next", "ready_previous", "name", "priority", "state", "delayed_suspend",
                              "suspending", "threshold", "hook", "entry", "entry_parameter"), *timer,
                       *words("cleanup", "control_block", "suspended_next", "suspended_previous", "info",
                              "additional_info", "option", "status", "created_next", "created_previous", "secure"))
    return {**prefixed("THREAD", thread), **frame(letter)}


# --- RTX5: rtx_os.h ---

def rtx5(letter):
    byte = lambda name: (name, 1, 1)
    thread = structure(byte("id"), byte("state"), byte("flags"), byte("attr"),
                       *words("name", "thread_next", "thread_prev", "delay_next", "delay_prev", "join", "delay"),
                       byte("priority"), byte("priority_base"), byte("stack_frame"), byte("flags_options"),
                       *words("wait_flags", "thread_flags", "mutex_list", "stack_mem", "stack_size", "sp", "entry", "tz"))
    info = structure(*words("os_id", "version"), byte("state"), byte("blocked"), byte("pend"), byte("reserved"),
                     *words("tick", "protect", "current", "next", "run_timeout", "ready_id", "ready", "idle", "delay",
                            "wait", "terminate", "watchdog"))
    assert (thread["sp"], info["current"], info["ready"]) == (0x38, 0x14, 0x24)
    return {**prefixed("THREAD", thread), **prefixed("INFO", info), **frame(letter)}


# --- RIOT: thread.h ---

def riot(letter):
    thread = structure(word("sp"), ("status", 1, 1), ("priority", 1, 1), ("pid", 2, 2), word("flags"), word("rq"),
                       word("wait_data"), word("waiters"), *words("mbox_0", "mbox_1", "mbox_2"), word("stack_start"),
                       word("name"), word("stack_size"))
    return {**prefixed("THREAD", thread), **frame(letter)}


# --- uC/OS-III: os.h, whose members but the first four come and go with the configuration ---

def ucos3(letter, constants=False, small=False):
    """With OS_CFG_DBG_EN; `small`: nothing else that can be left out; `constants`: of OpenOCD's helper file."""
    def unless_small(*fields):
        return [] if small else list(fields)

    task = structure(*words("sp", "ext", "stack_limit", "name", "next", "prev"), *unless_small(*words("tick_next", "tick_prev")),
                     word("stack_base"), *unless_small(("locals", 20, 4)),
                     *words("entry", "argument", "pend_next", "pend_prev", "pend_object"), ("pend_on", 1, 1),
                     ("pend_status", 1, 1), ("state", 1, 1), ("priority", 1, 1),
                     *unless_small(("base_priority", 1, 1), word("mutexes")), word("stack_size"), ("options", 2, 2),
                     *unless_small(word("timestamp")), word("semaphore"),
                     *unless_small(*words("tick_remain", "tick_previous", "quanta", "quanta_left", "message"),
                                   ("message_size", 2, 2), ("queue", 16, 4), ("pend_times", 8, 4), ("registers", 12, 4),
                                   *words("flags_pend", "flags_ready"), ("flags_options", 2, 2), ("suspended", 1, 1),
                                   ("usage", 2, 2), ("usage_most", 2, 2), ("profile", 32, 4),
                                   *words("stack_used", "stack_free", "masked_time", "locked_time")),
                     *words("dbg_prev", "dbg_next", "dbg_name"))
    return {**prefixed("TASK", task), **frame(letter), "CONSTANTS": int(constants)}


# --- Zephyr: kernel_structs.h, thread.h, arch/arm/thread.h ---

def zephyr(version=1, old_names=False, fpu=False, switched=0, with_fpu=False, limited=False):
    thread = structure(*words("node_0", "node_1", "pended_on"), ("options", 1, 1), ("state", 1, 1), ("priority", 1, 1),
                       ("lock", 1, 1), *words("order", "swap_data", "timeout_0", "timeout_1", "timeout_2", "timeout_3"),
                       *words("r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "psp"), word("init"), word("poll"),
                       word("entry"), word("next"), ("name", 32, 1), word("switch"), ("arch", 80, 4))
    kernel = structure(*words("nested", "irq_stack", "current", "idle", "slice", "ready_0", "ready_1", "threads"))
    arch = structure(*words("basepri", "swap_return"), ("float", 64, 4), ("mode_bits", 1, 1), ("mode", 1, 1))
    return {**prefixed("THREAD", thread), **prefixed("KERNEL", kernel), **prefixed("ARCH", arch), "TABLE_VERSION": version,
            "OLD_NAMES": int(old_names), "SWITCHED": switched, "WITH_FPU": int(with_fpu), "LIMITED": int(limited)}


# --- ChibiOS/RT: chobjects.h, chregistry.c ---

def chibios(version, fpu=False):
    new = version >= 7
    links = words("newer", "older", "name") if version >= 3 else words("newer", "older", "name")
    thread = structure(*words("next", "previous", "priority", "context"), *links, word("limit"), ("state", 1, 1),
                       ("flags", 1, 1), ("refs", 1, 1), ("ticks", 1, 1), word("time"), word("u"), word("waiting"),
                       ("align", 8, 8))
    instance = structure(*words("next", "previous", "priority", "current"), ("vtlist", 24, 4), ("list", 8, 4)) if new else {}
    return {**prefixed("THREAD", thread), "INSTANCE_LIST": instance.get("list", 0),
            "INSTANCE_CURRENT": instance.get("current", 0), "RLIST": int(version < 3), "CONTEXT_BYTES": 0x64 if fpu else 0x24,
            "COOPERATIVE": 1}


# --- NuttX: sched.h, arch/arm/include/armv7-m/irq.h ---

def nuttx(version, fpu=False):
    task = structure(*words("flink", "blink", "group"), ("pid", 2, 2), ("priority", 1, 1), ("base_priority", 1, 1),
                     ("state", 1, 1), ("filler", 3, 1), word("start"), word("entry"), word("stack"), word("stack_size"),
                     word("signals"), word("regs"), ("name", 32, 1))
    info = {11: (8, 0x0E), 12.3: (12, 0x12), 12.4: (12, 0x10)}[version]
    return {**prefixed("TASK", task), "INFO_REGS": info[0], "INFO_TABLE": info[1], "SAVED_R4": 2,
            "SAVED_PUSHED": 12 + (16 if fpu else 0)}


PROGRAMS |= {
    "threadx-m3": ("threadx", "m3", threadx("H")),
    "threadx-m4f": ("threadx", "m4f", threadx("H")),
    "threadx-m33f": ("threadx", "m33f", threadx("H")),
    "threadx-m0": ("threadx", "m0", threadx("I")),
    "rtx5-m3": ("rtx5", "m3", rtx5("A")),
    "rtx5-m4f": ("rtx5", "m4f", rtx5("K")),
    "rtx5-m0": ("rtx5", "m0", rtx5("A")),
    "rtx5-m33f": ("rtx5", "m33f", rtx5("K")),
    "riot-m3": ("riot", "m3", riot("C")),
    "riot-m3-2020.07": ("riot", "m3", riot("B")),
    "riot-m4f": ("riot", "m4f", riot("C")),
    "riot-m4f-2020.07": ("riot", "m4f", riot("B-fpu")),
    "riot-m0-2020.07": ("riot", "m0", riot("I")),
    "riot-m0": ("riot", "m0", riot("J")),
    "ucos3-m3": ("ucos3", "m3", ucos3("C")),
    "ucos3-m3-small": ("ucos3", "m3", ucos3("C", small=True)),
    "ucos3-m3-3.06": ("ucos3", "m3", ucos3("A")),
    "ucos3-m4f": ("ucos3", "m4f", ucos3("C", constants=True)),
    "ucos3-m0": ("ucos3", "m0", ucos3("L")),
    "zephyr-m3": ("zephyr", "m3", zephyr()),
    "zephyr-m3-2.5": ("zephyr", "m3", zephyr(version=1, old_names=True)),
    "zephyr-m4f": ("zephyr", "m4f", zephyr(fpu=True)),
    "zephyr-m0": ("zephyr", "m0", zephyr()),
    "zephyr-m3-switch": ("zephyr", "m3", zephyr(switched=2025)),
    "zephyr-m4f-switch": ("zephyr", "m4f", zephyr(switched=2025, with_fpu=True)),
    "zephyr-m33f-switch-limited": ("zephyr", "m33f", zephyr(switched=2025, with_fpu=True, limited=True)),
    "zephyr-m3-switch-2026": ("zephyr", "m3", zephyr(switched=2026)),
    "zephyr-m4f-switch-2026": ("zephyr", "m4f", zephyr(switched=2026, with_fpu=True)),
    "zephyr-m33f-switch-2026-limited": ("zephyr", "m33f", zephyr(switched=2026, with_fpu=True, limited=True)),
    "chibios-m3-2.6": ("chibios", "m3", chibios(2)),
    "chibios-m3-6": ("chibios", "m3", chibios(6)),
    "chibios-m3-7": ("chibios", "m3", chibios(7)),
    "chibios-m4f-6": ("chibios", "m4f", chibios(6, fpu=True)),
    "chibios-m4f-7": ("chibios", "m4f", chibios(7, fpu=True)),
    "chibios-m0-7": ("chibios", "m0", chibios(7)),
    "nuttx-m3-11": ("nuttx", "m3", nuttx(11)),
    "nuttx-m3-12.3": ("nuttx", "m3", nuttx(12.3)),
    "nuttx-m3-12.4": ("nuttx", "m3", nuttx(12.4)),
    "nuttx-m4f-12.4": ("nuttx", "m4f", nuttx(12.4, fpu=True)),
}

if __name__ == "__main__":
    if sys.argv[1] == "list":
        for name, (kernel, core, _) in PROGRAMS.items():
            print(name, kernel, CORES[core][0])
    else:
        for name, value in PROGRAMS[sys.argv[2]][2].items():
            print(f"#define {name} {value}")

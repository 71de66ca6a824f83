# SPDX-License-Identifier: MIT
"""Threads of one of the programs of layouts.py as gdb shows them, compared with what the program knows of itself."""
import sys

from inside import *

sys.path.insert(0, os.path.dirname(os.path.abspath(os.environ["PROBED_SCRIPT"])))
import layouts  # noqa: E402
import words  # noqa: E402

NAME = os.path.splitext(os.path.basename(os.environ["PROBED_FIRMWARE"]))[0]
KERNEL, CORE, DEFINES = layouts.PROGRAMS[NAME]
IS_A_CALL = bool(DEFINES.get("COOPERATIVE"))  # what calls may change is not kept

connect()
run("load")


def stop():
    run("tbreak stop_here")
    run("continue")


def truth():
    table = gdb.parse_and_eval("truth")
    first, last = table.type.range()
    tasks = []
    for i in range(first, last + 1):
        row = table[i]
        tasks.append({field: int(row[field]) & 0xFFFFFFFF for field in ("priority", "block", "pc", "lr", "sp", "base", "fpu")}
                     | {"name": row["name"].string(), "role": str(row["role"])})
    return tasks


def threads():
    """Name to (gdb's thread, text in the brackets)."""
    output = run("info threads")
    texts = {int(found[1]): found[2] for found in re.finditer(r'^[* ] (\d+) +Thread \d+ (.*?\))', output, re.MULTILINE)}
    return {thread.name: (thread, texts.get(thread.num, output)) for thread in gdb.selected_inferior().threads()}


def shown(name):
    return words.name(KERNEL, name)


def functions():
    """As the command says: frames of a thread whose lr is not available gdb does not give to scripts."""
    return re.findall(r"^#\d+ +(?:0x\w+ in )?(\w+|<[^>]*>)", run("backtrace"), re.MULTILINE)


@test
def names_and_states_are_the_programs():
    stop()
    found, expected = threads(), truth()
    equal(sorted(found), sorted(shown(task["name"]) for task in expected), "names")
    for number, task in enumerate(expected):
        contains(found[shown(task["name"])][1], re.escape(words.state(KERNEL, task, number, DEFINES)))


@test
def registers_and_callers_of_each_are_its_own():
    stop()
    found = threads()
    for task in truth():
        if task["role"] == "RUNNING":
            continue
        found[shown(task["name"])][0].switch()
        equal(value("(unsigned)$pc"), task["pc"], task["name"] + " pc")
        equal(value("(unsigned)$sp"), task["sp"], task["name"] + " sp")
        if not IS_A_CALL:
            equal(value("(unsigned)$lr"), task["lr"], task["name"] + " lr")
        parked = ["body"] if task["role"] == "NEWBORN" else \
            ["park_odd" if functions()[0] == "park_odd" else "park_even", "wait_for_something", "work", "body"]
        equal(functions()[:len(parked)], parked, task["name"])
        if not task["base"]:
            continue
        for number in range(4, 12) if IS_A_CALL else range(2, 13):
            equal(value(f"(unsigned)$r{number}"), task["base"] + number, f"{task['name']} r{number}")
        for number in range(8 if IS_A_CALL else 0, 16) if task["fpu"] and KERNEL != "nuttx" else []:
            low = task["base"] + 0x100 + 2 * number
            contains(run(f"info registers d{number}"), f"raw 0x0*{(low + 1) << 32 | low:x}")
        if KERNEL != "nuttx":  # whose threads may run on the main stack
            equal(value("(unsigned)$control") & 2, 2, "control")


@test
def what_was_not_kept_is_unavailable():
    stop()
    if IS_A_CALL:
        threads()[shown("delayed")][0].switch()
        for name in ("r0", "r12", "lr"):
            contains(run(f"info registers {name}"), "unavailable")


@test
def both_of_two_stacks_alignments_are_there():
    stop()
    equal({task["sp"] % 8 for task in truth() if task["role"] != "RUNNING"}, {0, 4}, "sp % 8")


@test
def the_running_one_is_the_core():
    stop()
    selected = gdb.selected_thread()
    equal(selected.name, shown("main task"))
    equal(functions()[0], "stop_here")


@test
def a_written_register_is_what_the_thread_gets():
    stop()
    found, tasks = threads(), truth()
    other = next(task for task in tasks if task["role"] == "DELAYED")
    live = value("(unsigned)$r5")
    found[shown(other["name"])][0].switch()
    run("set var $r5 = 0x12345678")
    run("maintenance flush register-cache")
    equal(value("(unsigned)$r5"), 0x12345678, "r5 of the thread")
    found[shown("main task")][0].switch()
    equal(value("(unsigned)$r5"), live, "r5 of the core")
    found[shown(other["name"])][0].switch()
    where = value("(unsigned)$pc")
    run(f"tbreak *{where} if current == 2")
    run("continue")
    equal(value("current"), 2)
    equal(value("(unsigned)$r5"), 0x12345678, "r5 when it runs")
    equal(gdb.selected_thread().name, shown("delayed"))


@test
def ids_stay_and_the_list_follows():
    stop()
    before = {name: thread.ptid[1] or thread.ptid[2] for name, (thread, _) in threads().items()}
    stop()
    equal({name: thread.ptid[1] or thread.ptid[2] for name, (thread, _) in threads().items()}, before)


@test
def a_step_in_a_thread_that_does_not_run_is_one_once_it_does():
    for word in ("stepi", "next"):
        stop()
        threads()[shown("delayed")][0].switch()
        pc, sp = value("(unsigned)$pc"), value("(unsigned)$sp")
        run(word)
        equal(gdb.selected_thread().name, shown("delayed"))
        equal(value("current"), 2)
        if word == "next":
            equal(functions()[0] in ("park_odd", "park_even", "wait_for_something"), True)
        else:
            after = value("(unsigned)$pc")
            equal(2 <= after - pc <= 4, True, f"0x{pc:x} to 0x{after:x}")
        equal(value("(unsigned)$sp") >= sp, True)


@test
def a_step_that_others_may_not_run_for_is_an_error():
    stop()
    threads()[shown("delayed")][0].switch()
    pc = value("(unsigned)$pc")
    run("set scheduler-locking on")
    for word in ("stepi", "next"):
        contains(run(word), "does not run now")
        equal(value("(unsigned)$pc"), pc)
    run("set scheduler-locking replay")


@test
def a_step_that_switches_is_seen():
    if KERNEL != "freertos" or "cores" in NAME:
        return
    stop()
    with open(SOURCE.replace("tasks.c", "freertos.c")) as lines:
        line = next(number for number, line in enumerate(lines, 1) if "pxCurrentTCB = (void *)truth" in line)
    run(f"tbreak freertos.c:{line}")
    run("continue")
    before, running = value("(unsigned)pxCurrentTCB"), threads()
    equal(gdb.selected_thread().name, shown("main task"))
    while value("(unsigned)pxCurrentTCB") == before:
        run("stepi")
    equal(gdb.selected_thread().name, shown(truth()[value("current")]["name"]))


@test
def steps_stay_in_their_thread():
    stop()
    for word in ("next", "stepi", "step", "finish"):
        if word != "finish" or functions()[1:2] == ["main_body"]:
            run(word)
        equal(gdb.selected_thread().name, shown("main task"))


@test(fresh=False)
def before_the_start_there_is_the_core():
    stop()  # so that RAM holds lists
    run("delete")
    run("monitor reset halt")
    run("maintenance flush register-cache")
    run("tbreak main")
    run("continue")
    names = list(threads())
    equal(names, ["core"])
    equal(functions()[0], "main")


@test
def what_a_handler_interrupts_is_named():
    stop()
    if IS_A_CALL:
        return
    run("break switch_tasks")
    run("continue")
    state = next(text for thread, text in threads().values() if thread.is_valid() and thread.num == gdb.selected_thread().num)
    contains(state, "interrupted by PendSV")
    contains(run("backtrace"), "signal handler called")

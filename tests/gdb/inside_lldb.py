# SPDX-License-Identifier: MIT
"""What a user of lldb does, inside lldb. It sets software breakpoints, in flash too, clears them with another kind than
they were set with, and interrupts whenever it has something to say."""
import os
import re
import sys
import threading
import time
import traceback

import lldb

sys.path.append(os.path.dirname(os.path.abspath(__file__)))
from daemon import LIMIT, Client  # noqa: E402

debugger = lldb.debugger
debugger.SetAsync(False)


def run(command):
    """Runs a command that must succeed; returns what it printed."""
    result = lldb.SBCommandReturnObject()
    debugger.GetCommandInterpreter().HandleCommand(command, result)
    assert result.Succeeded(), f"{command}: {result.GetError()}"
    return result.GetOutput()


def process():
    return debugger.GetSelectedTarget().process


def thread():
    return process().GetSelectedThread()


def frame():
    return thread().GetSelectedFrame()


def value(name):
    found = debugger.GetSelectedTarget().FindFirstGlobalVariable(name)
    return found.GetValueAsSigned()


def line_of(name):
    with open(os.environ["PROBED_SOURCE"]) as lines:
        for number, line in enumerate(lines, 1):
            if f"/* mark: {name} */" in line:
                return number
    raise KeyError(name)


def stands_in(function, reason):
    assert process().state == lldb.eStateStopped, process().state
    assert frame().GetFunctionName().split("(")[0] == function, (frame().GetFunctionName(), function)
    assert thread().GetStopReason() == reason, (thread().GetStopReason(), reason)


def contains(text, pattern):
    assert re.search(pattern, text), f"{pattern!r} is not in {text!r}"


def begin():
    debugger.GetSelectedTarget().DeleteAllBreakpoints()
    run("process plugin packet monitor reset halt")
    run("breakpoint set --one-shot true --name main")
    run("continue")
    stands_in("main", lldb.eStopReasonBreakpoint)


# --- the tests, in order ---

def connects_and_loads():
    run(f"target create {os.environ['PROBED_FIRMWARE']}")
    run(f"gdb-remote 127.0.0.1:{os.environ['PROBED_PORT']}")
    run(f"target modules load --file {os.environ['PROBED_FIRMWARE']} --load --slide 0 --set-pc-to-entry")


def breakpoints_in_flash_stop_and_are_gone_when_deleted():
    begin()
    run("breakpoint set --name sum")
    run("breakpoint set --name factorial")
    run("continue")
    stands_in("sum", lldb.eStopReasonBreakpoint)
    run("breakpoint delete --force")
    run("breakpoint set --one-shot true --name scoped")
    run("continue")
    stands_in("scoped", lldb.eStopReasonBreakpoint)


def comparators_come_free_again():
    """Seven breakpoints one after the other, and six at once: none was left behind."""
    begin()
    for name in ("swap", "scale", "chosen", "sum", "factorial", "scoped", "length"):
        run(f"breakpoint set --name {name}")
        run("continue")
        stands_in(name, lldb.eStopReasonBreakpoint)
        run("breakpoint delete --force")
    begin()
    for name in ("swap", "scale", "chosen", "sum", "factorial", "scoped"):
        run(f"breakpoint set --name {name}")
    for name in ("swap", "scale", "chosen", "sum", "factorial"):
        run("continue")
        stands_in(name, lldb.eStopReasonBreakpoint)


def steps_in_over_and_out():
    begin()
    run(f"breakpoint set --one-shot true --file ways.cpp --line {line_of('choose')}")
    run("continue")
    run("thread step-over")
    assert frame().GetLineEntry().GetLine() == line_of("pointer"), frame()
    run("thread step-in")
    stands_in("sum", lldb.eStopReasonPlanComplete)
    run("thread step-out")
    stands_in("plain", lldb.eStopReasonPlanComplete)
    before = frame().GetPC()
    run("thread step-inst")
    assert frame().GetPC() != before
    run("breakpoint set --name factorial --condition 'n == 2'")
    run("continue")
    stands_in("factorial", lldb.eStopReasonBreakpoint)
    run("breakpoint delete --force")
    run("thread step-out")
    stands_in("factorial", lldb.eStopReasonPlanComplete)
    assert frame().FindVariable("n").GetValueAsSigned() == 3


def memory_registers_and_variables():
    begin()
    contains(run("memory read --format x --size 4 --count 3 &wide"), "0x00000001 0x00000002 0x00000003")
    run("memory write --size 4 &wide 0x55")
    contains(run("expression wide"), r"\[0\] = 85")
    run("expression wide.word[1] = 66")
    contains(run("target variable wide"), r"\[1\] = 66")
    run("register write r5 0x1234abcd")
    contains(run("register read r5"), "0x1234abcd")
    contains(run("register read xpsr msp"), "xpsr = 0x[0-9a-f]+")
    contains(run("thread backtrace"), "main.*\n.*Reset_Handler")
    contains(run("disassemble --name sum"), "adds?")


def watchpoints_stop_and_are_gone_when_deleted():
    begin()
    rounds = value("rounds")
    run("watchpoint set variable rounds")
    run("continue")
    stands_in("plain", lldb.eStopReasonWatchpoint)
    assert value("rounds") == rounds + 1
    run("watchpoint delete --force")
    run("breakpoint set --one-shot true --name objects")
    run("continue")
    stands_in("objects", lldb.eStopReasonBreakpoint)


def waits_until(condition):
    """For what lldb's own thread of events does, which a command in asynchronous mode does not wait for."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, process().state
        time.sleep(0.005)


def continues_and_is_interrupted(after):
    """A Ctrl-C that many seconds behind the continue, wherever the core is then."""
    timer = threading.Timer(after, process().SendAsyncInterrupt)
    timer.start()
    process().Continue()
    timer.join()
    assert process().state == lldb.eStateStopped, process().state


def runs_and_is_interrupted(after):
    """..and behind what another client sees: lldb drops an interrupt that comes before its continue, and cannot be
    asked meanwhile."""
    def interrupt(eye):
        while "running" not in eye.monitor("targets"):
            pass
        time.sleep(after)
        process().SendAsyncInterrupt()

    with Client(int(os.environ["PROBED_PORT"])) as eye:
        hand = threading.Thread(target=interrupt, args=(eye,))
        hand.start()
        process().Continue()
        hand.join()
    assert process().state == lldb.eStateStopped, process().state


def goes_spinning():
    begin()
    run("expression endless = true")
    run("breakpoint set --one-shot true --name spin")
    run("continue")
    stands_in("main", lldb.eStopReasonSignal)  # the program's own BKPT
    run("continue")
    stands_in("spin", lldb.eStopReasonBreakpoint)


def an_interrupt_stops_what_runs():
    goes_spinning()
    for moment in range(5):
        runs_and_is_interrupted(moment / 50)
        assert thread().GetStopReason() == lldb.eStopReasonSignal, thread().GetStopReason()


def an_interrupt_that_crosses_a_stop_does_not_come_back():
    goes_spinning()
    run("breakpoint set --name work")
    for moment in range(20):
        continues_and_is_interrupted(moment / 2000)
        run("continue")
        stands_in("work", lldb.eStopReasonBreakpoint)


def breakpoints_may_be_set_while_it_runs():
    goes_spinning()
    debugger.SetAsync(True)
    process().Continue()
    waits_until(lambda: process().state == lldb.eStateRunning)
    run("breakpoint set --name work")  # lldb stops the core, sets it, and lets it go

    def is_hit():
        if process().state == lldb.eStateStopped and thread().GetStopReason() != lldb.eStopReasonBreakpoint:
            # That first stop; on a busy machine lldb stays there now and then, and its user continues.
            debugger.HandleCommand("continue")
        return process().state == lldb.eStateStopped and thread().GetStopReason() == lldb.eStopReasonBreakpoint

    waits_until(is_hit)
    debugger.SetAsync(False)
    stands_in("work", lldb.eStopReasonBreakpoint)


def it_detaches():
    begin()
    gone = process()
    assert gone.Detach().Success()
    waits_until(lambda: gone.state == lldb.eStateDetached)


TESTS = [connects_and_loads, breakpoints_in_flash_stop_and_are_gone_when_deleted, comparators_come_free_again,
         steps_in_over_and_out, memory_registers_and_variables, watchpoints_stop_and_are_gone_when_deleted,
         an_interrupt_stops_what_runs, an_interrupt_that_crosses_a_stop_does_not_come_back,
         breakpoints_may_be_set_while_it_runs, it_detaches]


def __lldb_init_module(*_):
    for test in TESTS:
        try:
            test()
            print(f"ok    {test.__name__}", flush=True)
        except Exception:  # one failing test must not hide the others
            debugger.SetAsync(False)
            print(f"FAIL  {test.__name__}", flush=True)
            traceback.print_exc(file=sys.stdout)
    print("all tests of lldb ran", flush=True)

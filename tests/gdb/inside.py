# SPDX-License-Identifier: MIT
"""Loaded inside gdb before a test script: commands, checks and the list of tests.

A script defines functions with @test; each starts from a freshly loaded and reset program halted
at main, unless it says @test(fresh=False)."""

import os
import re
import signal
import threading
import traceback

import gdb

from daemon import Client

PORT = os.environ["PROBED_PORT"]
SOURCE = os.environ.get("PROBED_SOURCE", "")
_LOG = os.environ["PROBED_GDB_LOG"]
_tests = []

for _setting in ("pagination off", "confirm off", "width 0", "height 0",
                 "remotetimeout 120", "print pretty off", "style enabled off"):
    gdb.execute("set " + _setting, to_string=True)


def run(command):
    """Runs one gdb command and returns its output: what the command says and what gdb says of the stop that
    ends it, which only gdb's own logging catches."""
    gdb.flush()
    start = os.path.getsize(_LOG)
    gdb.execute(command)
    gdb.flush()
    with open(_LOG, errors="replace") as log:
        log.seek(start)
        return log.read()


def fails(command):
    """Runs a command that must fail; returns gdb's error message."""
    try:
        output = run(command)
    except gdb.error as error:
        return str(error)
    raise AssertionError(f"{command!r} should fail, but said: {output!r}")


def value(expression):
    return int(gdb.parse_and_eval(expression))


def equal(got, expected, what=""):
    if got != expected:
        raise AssertionError(f"{what}: got {got!r}, expected {expected!r}")


def contains(text, part):
    if not re.search(part, text):
        raise AssertionError(f"{part!r} is not in {text!r}")


def mark(name):
    """'file:line' of the line that carries the comment 'mark: NAME'."""
    with open(SOURCE) as lines:
        for number, line in enumerate(lines, 1):
            if re.search(r"/\* mark: %s \*/" % re.escape(name), line):
                return f"{os.path.basename(SOURCE)}:{number}"
    raise KeyError(name)


def at(name):
    """Checks that the program stands on the marked line."""
    frame = gdb.selected_frame()
    equal(f"{os.path.basename(frame.find_sal().symtab.filename)}:{frame.find_sal().line}",
          mark(name), f"stopped elsewhere than at {name!r}")


def stops_at(command, name):
    """Runs a command that ends at the marked line; returns its output."""
    output = run(command)
    at(name)
    return output


def connect(extended=True):
    run(f"target {'extended-remote' if extended else 'remote'} 127.0.0.1:{PORT}")


def restart():
    """From reset, halted at main, nothing set."""
    run("delete")
    run("monitor reset halt")
    run("maintenance flush register-cache")
    run("tbreak main")
    run("continue")


def command(name):
    """Lets the program do one thing next time round."""
    run(f"set var command = {name}")


def interrupt_after(seconds=0.1):
    """A real Ctrl-C to this gdb, that long after the program next resumes."""
    def resumed(_event):
        gdb.events.cont.disconnect(resumed)
        timer = threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT))

        def stopped(_event):  # by itself: a late SIGINT would hit whatever comes next
            gdb.events.stop.disconnect(stopped)
            timer.cancel()

        gdb.events.stop.connect(stopped)
        timer.start()

    gdb.events.cont.connect(resumed)


def interrupt_when_changed(variable):
    """A real Ctrl-C to this gdb once somebody else, who looks on, has seen the variable change: the program runs."""
    address = value(f"(unsigned)&{variable}")

    def resumed(_event):
        gdb.events.cont.disconnect(resumed)
        threading.Thread(target=watch, daemon=True).start()

    def watch():
        with Client(int(PORT)) as eye:
            first = eye.ask(f"m{address:x},4")
            while eye.ask(f"m{address:x},4") == first:
                pass
        os.kill(os.getpid(), signal.SIGINT)

    gdb.events.cont.connect(resumed)


def test(function=None, fresh=True):
    def add(body):
        _tests.append((body, fresh))
        return body

    return add(function) if function else add


def run_all():
    failed = 0
    for body, fresh in _tests:
        try:
            if fresh:
                restart()
            body()
            print(f"ok    {body.__name__}", flush=True)
        except Exception:  # one failing test must not hide the others
            failed += 1
            print(f"FAIL  {body.__name__}", flush=True)
            traceback.print_exc()
    if gdb.selected_inferior().connection_num:
        run("disconnect")
    os._exit(1 if failed else 0)

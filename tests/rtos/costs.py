# SPDX-License-Identifier: MIT
"""What threads cost of a probe's trips ("flushes" of `monitor stats`), in a real gdb that asks as an IDE does. On a board
whose time stands still between requests: how quick this machine is shows nowhere."""
from inside import *

LIST, STEP = 12, 20  # flushes; that all is read once is what keeps them there
connect()
run("load")


def flushes():
    return int(re.search(r"^flushes: (\d+)", run("monitor stats"), re.MULTILINE)[1])


def cost(*commands):
    before = flushes()
    for command in commands:
        run(command)
    return flushes() - before


def at_most(limit, got, what):
    if got > limit:
        raise AssertionError(f"{what}: {got} flushes, more than {limit}")


def stop():
    run("tbreak stop_here")
    run("continue")


@test
def a_list_with_all_threads_is_cheap_and_free_again():
    stop()
    at_most(LIST, cost("info threads"), "info threads")
    equal(len(gdb.selected_inferior().threads()), 8)
    equal(cost("info threads"), 0, "again")


@test
def call_stacks_of_all_at_each_step():
    stop()
    for number in range(8):
        used = cost("next" if number % 2 else "stepi", "info threads", "thread apply all backtrace")
        at_most(STEP, used, f"step {number} and all call stacks")


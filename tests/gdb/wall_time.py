# SPDX-License-Identifier: MIT
"""Time on the simulated board while nobody looks: as on the wall, at no cost, or standing still.

wall_time.py PROBED"""
import os
import sys
import time

from daemon import LIMIT, Client, Daemon, run_tests

PROBED = sys.argv[1]
RCC_APB1ENR, TIM2_CR1, TIM2_CNT, TIM2_PSC = 0x4002101C, 0x40000000, 0x40000024, 0x40000028
LOOP = 0x20000000


def board(spec):
    return Daemon(PROBED, "--sim", spec, "--gdb", "0")


def word(client, address):
    return int.from_bytes(bytes.fromhex(client.ask(f"m{address:x},4").decode()), "little")


def start_milliseconds(client):
    """TIM2 counts milliseconds, the core runs in a circle."""
    client.monitor("reset halt")
    for address, value in ((RCC_APB1ENR, 1), (TIM2_PSC, 7999), (0x40000014, 1), (TIM2_CR1, 1)):
        client.monitor(f"mww {address:#x} {value}")
    client.monitor(f"mwh {LOOP:#x} 0xe7fe")
    client.monitor("reg xpsr 0x01000000")
    client.monitor(f"resume {LOOP:#x}")


def what_passed_while_nobody_was_there_has_passed():
    with board("bluepill") as daemon:
        with Client(daemon.port) as c:
            c.ask("?")
            start_milliseconds(c)
            before, left = word(c, TIM2_CNT), time.monotonic()
            assert c.ask("D") == b"OK"
        time.sleep(0.8)
        with Client(daemon.port) as c:
            back = time.monotonic()
            c.ask("?")
            count = word(c, TIM2_CNT)
            assert count - before >= 1000 * (back - left) - 2, (before, count, back - left)
            # Milliseconds, not a minute; virtual time may run ahead of the wall.
            assert count - before < 1000 * (time.monotonic() - left) + 30000, (before, count)


def a_still_board_stands_still():
    with board("bluepill,still") as daemon, Client(daemon.port) as c:
        c.ask("?")
        start_milliseconds(c)
        before = word(c, TIM2_CNT)
        time.sleep(0.8)
        assert word(c, TIM2_CNT) - before < 100, before


def wake_ups(pid):
    """Of all threads, since they started."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status") as status:
            total += sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
    return total


def a_core_that_nobody_looks_at_costs_nothing():
    with board("bluepill") as daemon, Client(daemon.port) as c:
        c.ask("?")
        start_milliseconds(c)
        end = time.monotonic() + LIMIT
        used = 4
        while used > 3:  # what follows the last answer may take its time
            assert time.monotonic() < end, "the daemon wakes up though nobody looks"
            before = wake_ups(daemon.process.pid)
            time.sleep(1)
            used = wake_ups(daemon.process.pid) - before


run_tests([what_passed_while_nobody_was_there_has_passed, a_still_board_stands_still,
           a_core_that_nobody_looks_at_costs_nothing])

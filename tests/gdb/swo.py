# SPDX-License-Identifier: MIT
"""SWO as users meet it: the built daemon beside a simulated board whose program writes to ITM.

swo.py PROBED ITM.elf"""
import re
import subprocess
import sys

from daemon import LIMIT, Client, Daemon, run_tests
from listener import Listener
from ports import free_ports

PROBED, FIRMWARE = sys.argv[1:3]
WISH = 0x20004000
TALK, FLOOD, FAST = 0, 1, 2
LINE = rb"round \d{6}\n"


def daemon(*options, board="bluepill"):
    return Daemon(PROBED, "--sim", board, "--gdb", "0", "-c", f"program {FIRMWARE} reset", *options)


def ports(d, service):
    return [int(port) for port in re.findall(rf"^Listening on \S*:(\d+) for {service} connections", d.log, re.MULTILINE)]


def wish(client, what):
    assert client.ask(f"M{WISH:x},4:{what:02x}000000") == b"OK"


def whole_lines(listener, count):
    """So many lines behind the one that began before."""
    listener.until(b"\n")
    lines = [listener.until(b"\n") for _ in range(count)]
    assert all(re.fullmatch(LINE, line) for line in lines), lines
    return [int(line[6:12]) for line in lines]


def each_port_says_its_own():
    with daemon("--swo", "0", "--itm", "0", "--itm", "0@1") as d, Listener(ports(d, "swo")[0]) as raw, \
            Listener(ports(d, "itm")[0]) as zero, Listener(ports(d, "itm")[1]) as one:
        first = whole_lines(zero, 20)
        assert first == list(range(first[0], first[0] + 20))
        assert one.until(b"abcdabcdabcd")[-12:] == b"abcdabcdabcd"
        raw.until(b"\x0babcd")
        assert re.fullmatch(rb"(\x01[\x00-\x7f])+\x0babcd", raw.until(b"\x0babcd"))
    d.says(r"swo: \d+ baud from a clock of (7\.9|8\.0)\d+ MHz, as measured")


def who_waits_for_the_program_reads_it():
    with daemon("--swo-clock", "8000000") as d, Client(d.port) as gdb:
        gdb.ask("?")
        gdb.send("c")
        text = ""
        while text.count("\n") < 10:
            packet = gdb.receive()
            assert packet[:1] == b"O", packet
            text += bytes.fromhex(packet[1:].decode()).decode()
        assert re.search(r"(round \d{6}\n){5}", text), text
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:1] == b"T"


def a_wrong_clock_is_said_with_the_right_one():
    for given in (72, 5, 12):  # the pin sends slower than is read, or faster
        with daemon("--swo", "0", "--swo-clock", f"{given}000000", "--swo-baud", "1000000") as d, \
                Listener(ports(d, "swo")[0]):
            d.says(rf"swo: what comes makes no sense: the core's clock is about (7\.9|8\.0) MHz, and not the "
                   rf"{given}\.000 MHz that was given")


def a_clock_that_changes_is_followed():
    with daemon("--itm", "0") as d, Listener(ports(d, "itm")[0]) as zero, Client(d.port) as gdb:
        whole_lines(zero, 3)
        wish(gdb, FAST)
        d.says(r"the core's clock is about (71\.\d|72\.\d) MHz, and not the \S+ MHz that it was: it is set up again")
        with Listener(ports(d, "itm")[0]) as fresh:  # what came before is garbled
            whole_lines(fresh, 20)


def a_reset_does_not_end_it():
    with daemon("--itm", "0") as d, Listener(ports(d, "itm")[0]) as zero, Client(d.port) as gdb:
        whole_lines(zero, 3)
        gdb.ask("?")
        gdb.monitor("reset run")
        zero.until(b"round 000000\n")
        gdb.monitor("reset halt")
        gdb.send("c")
        zero.until(b"round 000000\n")
        zero.until(b"round 000005\n")


def what_the_program_takes_away_is_put_back():
    with daemon("--itm", "0") as d, Listener(ports(d, "itm")[0]) as zero, Client(d.port) as gdb:
        whole_lines(zero, 3)
        assert gdb.ask("Me0000e80,4:00000000") == b"OK"
        d.says(r"swo: ITM is off \(TCR\): set up again")
        zero.got = b""
        whole_lines(zero, 3)


def a_flood_keeps_gdb_waiting_for_nothing():
    with daemon("--itm", "0", "--swo", "0") as d, Listener(ports(d, "itm")[0]) as zero, \
            Listener(ports(d, "swo")[0], 4096), Client(d.port) as gdb:  # the latter never reads
        whole_lines(zero, 3)
        wish(gdb, FLOOD)
        gdb.ask("?")
        gdb.send("c")
        whole_lines(zero, 3000)
        gdb.send_raw(b"\x03")
        assert gdb.receive_stop()[:1] == b"T"
        pc = int.from_bytes(bytes.fromhex(gdb.ask("pf").decode()), "little")
        assert gdb.ask(f"Z1,{pc:x},2") == b"OK"
        gdb.send("c")
        assert gdb.receive_stop()[:1] == b"T"  # the program comes back there
        assert int.from_bytes(bytes.fromhex(gdb.ask("pf").decode()), "little") == pc


def a_long_command_keeps_nobody_from_it():
    with daemon("--itm", "0") as d, Client(d.port) as gdb:
        d.says(r"swo: \d+ baud")
        gdb.send("qRcmd," + b"sleep 36000000".hex())
        with Listener(ports(d, "itm")[0]) as zero:
            whole_lines(zero, 20)
        gdb.send_raw(b"\x03")
        assert "interrupted" in "".join(gdb.result())


def by_the_words_of_others():
    port = free_ports()
    for words in (f"CDSWOConfigure 8000000 2000000 :{port}",
                  f"tpiu config internal :{port} uart off 8000000 2000000",
                  f"stm32f1x.tpiu configure -protocol uart -output :{port} -traceclk 8000000 -pin-freq 2000000 -formatter 0"):
        with daemon() as d, Client(d.port) as gdb:
            gdb.monitor(words)
            gdb.monitor("itm port 0 on")
            if "configure" in words:
                gdb.monitor("stm32f1x.tpiu enable")
            with Listener(port) as raw:
                raw.until(b"\x01r\x01o\x01u\x01n\x01d")
            gdb.monitor("itm ports off")
            assert "ports 0x00000000" in gdb.monitor("swo status")


def what_cannot_be_is_refused():
    with daemon() as d, Client(d.port) as gdb:
        for line, why in (("tpiu config internal :0 manchester off 8000000", "as a UART sends it"),
                          ("tpiu config internal :0 uart on 8000000", "formatter off"),
                          ("tpiu config internal /tmp/x uart off 8000000", "not written to a file"),
                          ("swo on 5000000 2000000", "cannot be divided"),
                          ("itm port 32 on", "0 to 31")):
            text, answer = gdb.ask_text(line)
            assert answer.startswith("E.") and why in answer, (line, text, answer)


def a_core_without_itm_names_rtt():
    with Daemon(PROBED, "--sim", "nucleo-f072", "--gdb", "0", "--swo", "0") as d, Client(d.port) as gdb:
        d.says(r"swo: a Cortex-M0 has neither ITM nor SWO: print by RTT")
        text, answer = gdb.ask_text("swo on")
        assert answer.startswith("E.") and "RTT" in answer, (text, answer)


def a_run_shows_it():
    done = subprocess.run([PROBED, "run", "--sim", "bluepill,still", FIRMWARE, "--by-swo", "--until", "round 000300"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, done
    lines = done.stdout.splitlines()
    first = int(lines[-1][6:])
    assert first == 300 and lines[-20:] == [f"round {n:06}" for n in range(first - 19, first + 1)], done.stdout[-600:]


def exceptions_and_samples_are_counted():
    with daemon("--swo", "0") as d, Listener(ports(d, "swo")[0]) as raw, Client(d.port) as gdb:
        gdb.monitor("swo times on")
        gdb.monitor("swo samples 4096")
        raw.until(b"\x17")
        while not (found := re.search(r"samples of the PC: (\d+), asleep: 0", gdb.monitor("swo status"))) \
                or int(found.group(1)) < 20:
            pass
        assert re.search(r"time by its stamps: \d+\.\d+ s", gdb.monitor("swo status"))


run_tests([each_port_says_its_own, who_waits_for_the_program_reads_it, a_wrong_clock_is_said_with_the_right_one,
           a_clock_that_changes_is_followed, a_reset_does_not_end_it, what_the_program_takes_away_is_put_back,
           a_flood_keeps_gdb_waiting_for_nothing, a_long_command_keeps_nobody_from_it, by_the_words_of_others, what_cannot_be_is_refused,
           a_core_without_itm_names_rtt, exceptions_and_samples_are_counted, a_run_shows_it])

# SPDX-License-Identifier: MIT
"""One debug session, the same before every server; runs inside gdb. PROBED_PEER names the server, for what only
some can do."""
from inside import *

PEER = os.environ["PROBED_PEER"]


def reset_halt():
    run("monitor reset halt" if PEER != "st-util" else "monitor reset")
    run("maintenance flush register-cache")


@test(fresh=False)
def attach_and_load():
    connect()
    contains(run("load"), r"Start address 0x080")
    output = run("compare-sections")
    contains(output, r"\.text.*matched")
    assert "MIS-MATCHED" not in output, output


@test(fresh=False)
def run_to_main():
    reset_halt()
    run("tbreak main")
    run("continue")
    at("main")
    contains(run("backtrace"), r"#0 +main")
    contains(run("info registers"), r"pc .*main")


@test(fresh=False)
def step_into_and_next_over_calls():
    command("CALLS")
    run(f"tbreak {mark('calls start')}")
    run("continue")
    at("calls start")
    run("next")
    run("next")
    equal(value("b"), 5, "b")
    contains(run("step"), r"add \(a=5, b=4\)")
    contains(run("finish"), r"Value returned is \$\d+ = 9")
    before = value("(unsigned)$pc")
    run("stepi")
    assert value("(unsigned)$pc") != before, "one instruction"


@test(fresh=False)
def watchpoint():
    command("WATCH")
    run("watch words[1]")
    output = run("continue")
    if PEER in ("probed", "dap"):
        contains(output, r"[Ww]atchpoint \d+: words\[1\]")
        contains(output, r"New value = 1\b")
    else:
        contains(run("backtrace 1"), r"#0 .*do_watch")
    run("delete")


@test(fresh=False)
def memory_round_trip():
    inferior = gdb.selected_inferior()
    data = bytes(range(256)) * 3  # st-util 1.7 garbles the end of unaligned reads of a KiB or more
    start = 0x20002000
    inferior.write_memory(start + 1, data)
    equal(bytes(inferior.read_memory(start + 1, len(data))), data, "what was written")


@test(fresh=False)
def detach():
    if PEER == "st-util":
        return  # 1.7 does not answer D
    run("detach")

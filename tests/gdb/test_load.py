# SPDX-License-Identifier: MIT
"""Loading: what gdb's `load` leaves in flash, again and again."""
from inside import *


def setup():
    connect()
    contains(run("load"), r"Start address 0x080")


setup()


@test
def loaded_sections_match():
    output = run("compare-sections")
    contains(output, r"\.text.*matched")
    contains(output, r"\.data.*matched")
    assert "MIS-MATCHED" not in output


@test
def loading_again_works_every_time():
    for _ in range(2):
        run("load")
        assert "MIS-MATCHED" not in run("compare-sections")
    restart()
    at("main")


@test
def program_stops_at_main_after_load():
    at("main")
    contains(run("backtrace"), r"#0 +main")
    contains(run("info registers pc"), r"main")


@test
def gap_between_sections_stays_erased():
    """Bytes in announced sectors that no write covers end erased (FF)."""
    end = value("(unsigned)&_data_load") + value("(unsigned)&_data_end") - value("(unsigned)&_data_start")
    tail = bytes(gdb.selected_inferior().read_memory(end, 0x08000400 - end if end < 0x08000400 else 16))
    equal(set(tail), {0xFF}, "bytes behind the image")


@test
def restore_into_flash_is_refused():
    inferior = gdb.selected_inferior()
    data = bytes(range(256)) * 5
    with open("/tmp/probed-restore-%d.bin" % os.getpid(), "wb") as out:
        out.write(data)
    try:
        # gdb cannot write flash with `restore`; it must be refused, not pretended.
        fails(f"restore {out.name} binary 0x0800C000")
        equal(bytes(inferior.read_memory(0x0800C000, 4)), b"\xff" * 4, "flash after a refused write")
    finally:
        os.unlink(out.name)


@test
def writing_flash_as_memory_is_an_error():
    before = value("*(unsigned*)0x08000000")
    fails("set var *(int*)0x08000000 = 1")
    run("maintenance flush dcache")
    equal(value("*(unsigned*)0x08000000"), before, "vector table after a refused write")


@test
def load_after_a_power_cycle_works_at_once():
    """Whether the loss shows in the load itself, or before it."""
    for notice in (False, True):
        run("monitor sim power off")
        if notice:
            contains(fails("x/x 0x20000000"), "Cannot access|Error|E[0-9a-f]{2}")
        run("monitor sim power on")
        contains(run("load"), "Start address 0x080")
        assert "MIS-MATCHED" not in run("compare-sections")
        run("tbreak main")
        run("continue")
        at("main")


@test
def load_without_a_program_is_refused_and_gdb_lives_on():
    """gdb 13.1 breaks off with an internal error when it succeeds."""
    run("kill")
    contains(fails("load"), "vFlashErase")
    run("attach 1")
    contains(run("load"), "Start address 0x080")

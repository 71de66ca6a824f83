# SPDX-License-Identifier: MIT
"""What users do in gdb beyond breakpoints and steps, by the subjects of gdb's own test suite, on a program in flash
with the six comparators of its chip."""
import os
import tempfile

from inside import *

connect()
run("load")


# --- calls of functions, return, finish ---

@test
def functions_are_called():
    for call, result in (("sum(2, 40)", "= 42"), ("eight(1, 2, 3, 4, 5, 6, 7, 8)", "= 204"), ("half(3.0)", r"= 1\.5"),
                         ("twice_long(5000000000)", "= 10000000000"), ("third(4.5)", r"= 1\.5"),
                         ("length(text)", "= 5"),
                         ('length("from gdb")', "= 8"), ("swap(tiny)", r"= \{a = 2 '\\002', b = -1 '\\377'\}"),
                         ("scale(wide, 2)", r"= \{word = \{2, 4, 6, 8, 10, 12\}\}"), ("factorial(6)", "= 720")):
        contains(run("print " + call), result)
    at("main")
    contains(run("next"), "plain")


@test
def a_call_stops_at_a_breakpoint_in_it_and_is_finished():
    run(f"break {mark('sum')}")
    contains(fails("print sum(1, 2)"), "being debugged stopped while in a function called from GDB")
    at("sum")
    contains(run("finish"), r"Value returned is .* = 3")
    at("main")


@test
def a_call_hits_a_breakpoint_at_its_first_instruction():
    run("break *sum")
    contains(fails("print sum(1, 2)"), "being debugged stopped while in a function called from GDB")
    equal(value("(unsigned)$pc"), value("(unsigned)&sum") & ~1, "pc")
    run("delete")
    contains(run("finish"), r"= 3")


@test
def return_gives_a_value_of_ones_own():
    run("break chosen")
    run("continue")
    run("return 77")
    contains(run("frame"), "#0 .* plain")
    run(f"tbreak {mark('pointer')}")
    stops_at("continue", "pointer")
    equal(value("sink"), 77, "sink")


@test
def finish_shows_what_is_returned():
    for function, result in (("swap", r"a = 2 .* b = -1"), ("scale", r"\{3, 6, 9, 12, 15, 18\}"), ("chosen", "= 5"),
                             ("half", r"= 1\.5"), ("twice_long", "= 8"), ("length", "= 5"), ("eight", "= 36")):
        run(f"tbreak {function}")
        run("continue")
        contains(run("finish"), "Value returned is .*" + result)


@test
def up_and_finish_of_an_outer_frame():
    run("break factorial if n == 2")
    run("continue")
    contains(run("backtrace"), r"#3 +0x\w+ in factorial \(n=5\)")
    run("frame 2")
    contains(run("finish"), r"Value returned is .* = 24")
    equal(value("n"), 5, "n of the frame that it returned to")


# --- moving about ---

@test
def jump_hits_a_breakpoint_where_it_goes():
    run("tbreak plain")
    run("continue")
    rounds = value("rounds")
    run(f"tbreak {mark('choose')}")
    stops_at(f"jump {mark('choose')}", "choose")
    run(f"break {mark('plain end')}")
    stops_at(f"jump {mark('plain end')}", "plain end")
    equal(value("rounds"), rounds, "the line that was jumped to has not run")


@test
def continue_from_a_pc_that_was_set_hits_the_breakpoint_there():
    run("tbreak plain")
    run("continue")
    run(f"break {mark('plain end')}")
    line = mark("plain end").split(":")[1]
    run(f"set $pc = {gdb.decode_line(mark('plain end'))[1][0].pc}")
    contains(run("continue"), r"Breakpoint \d+.*plain.*" + line)
    at("plain end")


@test
def until_and_advance():
    run("tbreak scoped")
    run("continue")
    stops_at(f"until {mark('loop body')}", "loop body")
    run("next")
    run("next")
    at("loop body")
    run("next")
    equal(value("local"), 1, "local after two rounds of the loop")
    stops_at("until", "after loop")
    equal(value("local"), 6, "local after the loop")
    stops_at(f"advance {mark('plain end')}", "scope call")  # and where the frame is left
    stops_at(f"advance {mark('plain end')}", "plain end")


@test
def steps_go_in_over_and_by_the_number():
    run(f"tbreak {mark('choose')}")
    run("continue")
    stops_at("next", "pointer")
    stops_at("step", "sum")
    run("finish")
    run("skip function factorial")
    run("next")
    stops_at("step", "scope call")
    run("skip delete")
    stops_at("step", "scope begins")
    before = value("(unsigned)$pc")
    run("stepi 3")
    run("nexti 2")
    contains(run(f"print (unsigned)$pc > {before}"), "= true")
    run("next 4")
    contains(run("frame"), "scoped")


@test
def temporary_and_hardware_temporary_breakpoints_go_with_their_stop():
    run("tbreak sum")
    run("thbreak factorial")
    contains(run("continue"), r"Temporary breakpoint \d+, sum")
    contains(run("continue"), r"Temporary breakpoint \d+, factorial \(n=5\)")
    contains(run("info breakpoints"), "No breakpoints or watchpoints")


# --- breakpoints with conditions, counts and commands ---

@test
def conditions_counts_and_commands():
    run("break factorial if n == 3")
    contains(run("continue"), r"factorial \(n=3\)")
    run("condition $bpnum n < 3")
    run("ignore $bpnum 1")
    contains(run("continue"), r"factorial \(n=1\)")
    run("delete")
    restart()
    run("set $hits = 0")
    gdb.execute("break chosen\ncommands\nsilent\nset $hits = $hits + which\ncontinue\nend")
    run(f"tbreak {mark('plain end')}")
    stops_at("continue", "plain end")
    equal(value("$hits"), 4, "what the commands counted")


@test
def dprintf_prints_and_goes_on():
    run(f'dprintf {mark("unwound")},"n is %d\\n",n')
    run(f"tbreak {mark('plain end')}")
    contains(run("continue"), "n is 1\nn is 2\nn is 3\nn is 4\nn is 5\n")


@test
def more_places_than_comparators_are_told_and_the_rest_works():
    for name in ("sum", "swap", "scale", "chosen", "factorial", "scoped"):
        run(f"break {name}")
    contains(run("continue"), "swap")
    run("break length")
    contains(run("continue"), "Cannot insert hardware breakpoint")
    run("delete $bpnum")
    contains(run("continue"), r"Breakpoint \d+, scale")


@test
def a_call_and_a_step_into_it_work_with_five_breakpoints():
    for name in ("sum", "overloaded(int)", "length", "factorial", "scoped"):
        run(f"break {name}")
    run(f"tbreak {mark('choose')}")
    stops_at("continue", "choose")
    stops_at("next", "pointer")
    contains(run("step"), "sum")
    contains(run("finish"), "Value returned is .* = 3")
    contains(run("print twice_long(4)"), "= 8")


@test
def own_bkpt_is_told_once_whatever_stood_there():
    run(f"tbreak {mark('own bkpt')}")
    stops_at("continue", "own bkpt")
    rounds = value("rounds")
    run(f"tbreak {mark('plain end')}")
    stops_at("continue", "plain end")
    equal(value("rounds"), rounds, "the temporary breakpoint's stop was the BKPT's too")
    contains(run("continue"), "SIGTRAP")
    run(f"break {mark('own bkpt')}")
    run(f"tbreak {mark('plain end')}")
    stops_at("continue", "plain end")
    contains(run("continue"), r"Breakpoint \d+, main")
    run("disable")
    run(f"tbreak {mark('plain end')}")
    stops_at("continue", "plain end")


# --- watchpoints ---

@test
def a_local_is_watched_until_its_block_is_left():
    run("tbreak scoped")
    run("continue")
    run("watch local")
    seen = []
    while "New value" in (output := run("continue")):
        seen.append(value("local"))
    contains(output, "deleted because the program has left the block")
    equal(seen[-3:], [1, 3, 6], "values of local")
    contains(run("frame"), "plain")


@test
def a_condition_on_a_watchpoint():
    run("tbreak scoped")
    run("continue")
    run("watch local if local == 3")
    contains(run("continue"), r"Old value = 1\nNew value = 3")


@test
def a_location_stays_watched_and_reads_are_told():
    run("tbreak scoped")
    run("continue")
    run("watch -location sink")
    contains(run("continue"), r"watchpoint \d+: -location sink")
    run("delete")
    restart()
    run("rwatch tiny.b")
    contains(run("continue"), r"Hardware read watchpoint \d+: tiny\.b\n\nValue = 2")
    run("delete")
    run("awatch wide.word[5]")
    contains(run("continue"), r"Hardware access \(read/write\) watchpoint \d+: wide\.word\[5\]\n\nValue = 6")


@test
def software_watchpoints_compare_after_each_step():
    run("tbreak scoped")
    run("continue")
    run("next 2")
    run("set can-use-hw-watchpoints 0")
    run("watch local")
    run("set can-use-hw-watchpoints 1")
    for new in (1, 3, 6):
        contains(run("continue"), rf"\nWatchpoint \d+: local\n\nOld value = \d\nNew value = {new}")


# --- C++ ---

@test
def methods_and_virtual_functions():
    run(f"break {mark('doubled')}")
    stops_at("continue", "doubled")
    contains(run("print *this"), r"_vptr\.Shape = .*size_ = 3")
    contains(run("print area()"), "= 9")
    run("set print object on")
    contains(run("print this"), r"\(const shapes::Square \* const\)")
    contains(run("info vtbl this"), r"shapes::Square::area")
    stops_at("step", "square")
    run("finish")
    run("continue")
    stops_at("step", "line")
    contains(run("backtrace"), r"shapes::Line::area.*\n.*shapes::Shape::doubled.*\n.*overloaded.*\n.*objects")


@test
def overloads_templates_constructors_and_operators():
    contains(run("break overloaded(int, int)"), "Breakpoint")
    run("continue")
    contains(run("print more"), "= 3")
    run("delete")
    contains(run("break larger<int>"), "Breakpoint")
    run("continue")
    contains(run("finish"), "Value returned is .* = 3")
    run("delete")
    run(f"break {mark('constructor')}")
    run("continue")
    contains(run("print size"), "= 6")
    run("finish")
    run("finish")
    run("delete")
    contains(run("print shapes::Square::made"), "= 2")
    contains(run("print square + square"), "size_ = 6")
    contains(run("print shapes::Square::made"), "= 3")
    contains(run("print overloaded(line)"), "= 14")
    contains(run("ptype square"), r"class shapes::Square : public shapes::Shape")


@test
def a_name_with_several_places_takes_a_comparator_for_each():
    contains(run("break overloaded"), r"\(3 locations\)")
    for parameters in ("shape=", "shape=", "value=1", "value=2, more=3"):
        contains(run("continue"), r"overloaded \(" + parameters)


@test
def catch_throw_stops_at_a_throw():
    run("catch throw")
    contains(run("continue"), r"Catchpoint \d+ \(exception thrown\)")
    contains(run("backtrace"), "objects")


# --- looking and changing ---

@test
def formats_and_expressions():
    for command, result in (
            ("print/x wide", r"\{0x1, 0x2, 0x3, 0x4, 0x5, 0x6\}"), ("print/t 10", "= 1010"), ("print/c 65", "65 'A'"),
            ("print/d tiny", r"\{a = -1, b = 2\}"), ("print fields", r"low = 5, middle = 100, high = 74565"),
            ("print wide.word[1]@3", r"\{2, 3, 4\}"), ("print text", '"flash'), ("x/s text", '"flash"'),
            ("x/3dw &wide", r"1\s+2\s+3"), ("x/2xb text", r"0x66\s+0x6c"), ("x/2i &sum", r"push|sub"),
            ("print/a (unsigned)&sum", "<_Z3sumii>"), ("print &wide.word[2]", r"\(int \*\) 0x2000"),
            ("output sink", r"-?\d"), ('printf "%s %d\\n", text, wide.word[3]', "flash 4"),
            ("ptype fields", "high : 22"),
            ("info symbol sum", "sum.* in section .text"), ("print sizeof(wide)", "= 24"), ("print $sp", "0x2000"),
            ("whatis swap", r"small \(.*small\)"), ("info line sum", "starts at address"), ("print/f 1.5", r"1\.5")):
        contains(run(command), result)


@test
def variables_registers_and_memory_are_changed():
    for command, look, result in (
            ("set var wide.word[2] = 33", "print wide", "1, 2, 33"),
            ("set var fields.middle = 99", "print fields", "low = 5, middle = 99"),
            ("set var text[0] = 'F'", "print text", '"Flash'), ("set $r4 = 0x1234", "print/x $r4", "0x1234"),
            ("set {short}&wide = 7", "print wide.word[0]", "= 7"), ("print sink = 9", "print sink", "= 9"),
            ("print ++sink", "print sink", "= 10")):
        run(command)
        contains(run(look), result)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "memory")
        run(f"dump binary memory {path} &wide (char*)&wide+24")
        run("set var wide.word[1] = 0")
        run(f"restore {path} binary &wide")
    equal(value("wide.word[1]"), 2, "restored")


@test
def display_and_info():
    run("tbreak scoped")
    run("continue")
    run("display local")
    run("display/i $pc")
    contains(run("next"), r"1: local = 0\n2: x/i \$pc")
    run("undisplay 1-2")
    contains(run("info locals"), "local = 0")
    contains(run("info args"), "limit = 4")
    contains(run("info frame"), r"called by frame at 0x2000")
    contains(run("info registers pc"), "scoped")


@test
def what_needs_an_operating_system_is_refused_and_nothing_breaks():
    contains(fails("checkpoint"), "")
    stops_at("next", "round")

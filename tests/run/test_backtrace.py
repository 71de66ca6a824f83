# SPDX-License-Identifier: MIT
"""Where a program crashed, by `probed run`, compared with gdb's own `bt` at the same stop, and where the stack is no guide any more.
test_backtrace.py PROBED"""

import re
import subprocess

from programs import PROBED, build, run
from daemon import LIMIT, Daemon, run_tests

CORES = {"bluepill": (), "blackpill-f411": ("-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"),
         "f031": ("-mcpu=cortex-m0", "-Wl,--defsym=RAM_LENGTH=4K", "-Wl,--defsym=FLASH_LENGTH=32K")}
LEVELS = ("-O0", "-Og", "-O2")

# Calls of every kind that a compiler makes a frame for; the last one stops it.
CALLS = """
static volatile uint32_t sink;
static volatile float weight = 1.5f;
extern void stop(uint32_t depth);
static inline uint32_t inner(uint32_t value)
{
    if (value != 12345)
        stop(value);
    return value + sink;
}
__attribute__((noinline)) static uint32_t large(uint32_t value)
{
    volatile char space[300];
    space[value & 255] = 1;
    return inner(value) + space[7];
}
__attribute__((noinline)) static uint32_t variable(uint32_t value)
{
    volatile char space[8 + value];
    space[value] = 2;
    return large(value) + space[0];
}
__attribute__((noinline)) static uint32_t many(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, float f)
{
    uint32_t sum = a * b + c * d + e + (uint32_t)f;
    sink = sum;
    sum += variable(a);
    return sum + a + b + c + d + e;
}
__attribute__((noinline)) static uint32_t again(uint32_t depth)
{
    uint32_t value = depth ? again(depth - 1) : many(3, 4, 5, 6, 7, weight * 2);
    return value * 3 + sink;
}
"""
STOPS = {
    "bkpt": "__attribute__((noinline)) void stop(uint32_t depth) { sink = depth; __asm__ volatile(\"bkpt 1\"); }",
    "fault": "__attribute__((noinline)) void stop(uint32_t depth) { sink = *(volatile uint32_t *)0xE1000000 + depth; }",
    "wild": "__attribute__((noinline)) void stop(uint32_t depth) { ((void (*)(void))0x30000001)(); sink = depth; }",
}
MAINS = {
    "thread": "int main(void) { sink = again(4); return 0; }",
    "handler": """
void SVC_Handler(void) { sink = again(2) + 1; }
__attribute__((noinline)) static void call(uint32_t n) { sink = n; __asm__ volatile("svc 0" ::: "memory"); sink = n + 1; }
int main(void) { call(sink); return 0; }""",
    "process": """
static uint64_t stack[128];
void SVC_Handler(void) { sink = again(1) + 1; }
__attribute__((noinline)) static void task(void) { float f = weight; __asm__ volatile("svc 0" ::: "memory"); weight = f * 3; sink = 3; }
int main(void)
{
    __asm__ volatile("msr psp, %0\\n movs r0, #2\\n msr control, r0\\n isb" :: "r"(&stack[128]) : "r0", "memory");
    task();
    for (;;);
}""",
}


def gdbs(elf, board):
    """[function or <exception>, line] of every frame."""
    daemon = Daemon(PROBED, "--sim", board + ",still", "--gdb", "0", "--once").start()
    commands = [f"target extended-remote :{daemon.port}", "load", "monitor reset halt", "continue", "echo stopped\\n", "bt"]
    done = subprocess.run(["gdb-multiarch", "-q", "-nx", "-batch", "-ex", "set width 0", "-ex", "set confirm off",
                           *(word for c in commands for word in ("-ex", c)), elf],
                          capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    daemon.end()
    frames = []
    for line in done.stdout.split("\nstopped\n")[-1].splitlines():
        if "<signal handler called>" in line:
            frames.append(("<exception>", 0))
        elif match := re.match(r"#\d+ +(?:0x\w+ in )?(\S+) \(.*\)(?: at (\S+):(\d+))?$", line):
            frames.append((match.group(1), int(match.group(3) or 0)))
    assert frames, done.stdout + done.stderr
    return frames


def ours(told):
    frames = []
    for line in told.splitlines():
        if re.match(r"\s+\S.* interrupted$", line):
            frames.append(("<exception>", 0))
        elif match := re.match(r"  #\d+ +0x\w{8} (\S+)(?: at (\S+):(\d+))?", line):
            frames.append((match.group(1), int(match.group(3) or 0)))
    return frames


def program(name, stop, main, *options):
    return build(name, CALLS + STOPS[stop] + MAINS[main], *options)


def frames_are_gdbs_own():
    compared = 0
    for board, core in CORES.items():
        for level in LEVELS:
            for stop, main in (("bkpt", "thread"), ("fault", "thread"), ("wild", "thread"), ("bkpt", "handler"),
                               ("fault", "process")):
                if board == "f031" and main != "thread" and level != "-O2":
                    continue
                elf = program("calls", stop, main, level, *core)
                _, told = run(elf, board=board, expect=126)
                mine, theirs = ours(told), gdbs(elf, board)
                assert mine == theirs, f"{board} {level} {stop} {main}\n{mine}\n{theirs}\n{told}"
                compared += len(mine)
    assert compared > 250, compared


def a_damaged_stack_ends_the_trace_with_a_line_that_says_so():
    elf = build("smashed", """
        static volatile uint32_t sink;
        __attribute__((noinline)) static void stop(void) { sink++; __asm__ volatile("bkpt 1"); }
        __attribute__((noinline)) static void victim(uint32_t n)
        {
            volatile uint32_t local[2], *at = local;
            __asm__ volatile("" : "+r"(at));
            while (n--) *at++ = 0xDEADBEEF;
            stop();
            sink = local[0];
        }
        int main(void) { victim(8); return sink; }""", "-O1")
    _, told = run(elf, expect=126)
    assert [name for name, _ in ours(told)] == ["stop", "victim"], told
    assert "it would return to 0xdeadbeef, where no code is: the stack is damaged" in told, told


def a_stack_that_grew_out_of_ram_is_called_so():
    elf = build("overflow", """
        static volatile uint32_t sink;
        __attribute__((noinline)) static uint32_t down(uint32_t n)
        {
            volatile uint32_t local[16];
            local[n & 15] = n;
            return sink == n ? 0 : down(n + 1) + local[3];
        }
        int main(void) { sink = ~0u; return down(0); }""", "-O1")
    _, told = run(elf, expect=126)
    assert "stack overflow" in told and "the stack has overflowed" in told, told


def endless_calls_are_cut():
    elf = build("deep", """
        static volatile uint32_t sink;
        __attribute__((noinline)) static uint32_t down(uint32_t n)
        {
            if (n == 0) __asm__ volatile("bkpt 1");
            return n == 0 ? 1 : down(n - 1) + sink;
        }
        int main(void) { return down(200); }""", "-O1")
    _, told = run(elf, expect=126)
    assert len(ours(told)) == 64 and "more than 64 frames" in told, told


def what_has_no_debug_information_is_named_by_its_symbols():
    elf = program("stripped", "bkpt", "thread", "-O2")
    subprocess.run(["arm-none-eabi-strip", "-g", elf], check=True)
    _, told = run(elf, expect=126)
    assert ours(told)[0] == ("stop", 0) and "there is no frame information for" in told, told
    subprocess.run(["arm-none-eabi-strip", elf], check=True)
    _, told = run(elf, expect=126)
    assert ours(told)[0] == ("??", 0), told


def a_program_that_hangs_is_found_there():
    elf = build("hangs", """
        static volatile uint32_t flag;
        __attribute__((noinline)) static void wait_for_flag(void)
        {
            while (!flag) {}
        }
        int main(void) { wait_for_flag(); return 0; }""")
    _, told = run(elf, "--timeout", "0.01", expect=124)
    assert ours(told)[-2][0] == "wait_for_flag" and ours(told)[-2][1] in (5, 6) and ours(told)[-1] == ("main", 7), told


run_tests([frames_are_gdbs_own, a_damaged_stack_ends_the_trace_with_a_line_that_says_so, a_stack_that_grew_out_of_ram_is_called_so,
           endless_calls_are_cut, what_has_no_debug_information_is_named_by_its_symbols, a_program_that_hangs_is_found_there])

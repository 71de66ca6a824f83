# SPDX-License-Identifier: MIT
"""All ways in which a program says something end in `probed run`'s standard output, and its standard input in the program.
test_channels.py PROBED"""

import os
import subprocess
import tty

from programs import build, finish, run, start
from daemon import LIMIT, run_tests

# A control block as SEGGER's target code lays it out, set up by the program itself.
RTT = """
#include <string.h>
struct ring { const char *name; char *buffer; uint32_t size; volatile uint32_t write, read; uint32_t flags; };
struct { char id[16]; int32_t up_count, down_count; struct ring up[1], down[1]; } _SEGGER_RTT;
static char up_bytes[64], down_bytes[16];
static void begin(void)
{
    _SEGGER_RTT.up_count = _SEGGER_RTT.down_count = 1;
    _SEGGER_RTT.up[0] = (struct ring){"Terminal", up_bytes, sizeof up_bytes, 0, 0, 2};
    _SEGGER_RTT.down[0] = (struct ring){"Terminal", down_bytes, sizeof down_bytes, 0, 0, 2};
    static const char backwards[] = "\\0\\0\\0\\0\\0\\0TTR REGGES";
    for (int i = 15; i >= 0; i--) ((volatile char *)_SEGGER_RTT.id)[i] = backwards[15 - i];
}
static void put(char c)
{
    struct ring *up = &_SEGGER_RTT.up[0];
    uint32_t next = (up->write + 1) % up->size;
    while (next == up->read) {}
    up->buffer[up->write] = c;
    __asm__ volatile("dmb" ::: "memory");
    up->write = next;
}
static void print(const char *text) { while (*text) put(*text++); }
static char get(void)
{
    struct ring *down = &_SEGGER_RTT.down[0];
    while (down->read == down->write) {}
    char c = down->buffer[down->read];
    down->read = (down->read + 1) % down->size;
    return c;
}
"""
UART = """
#define REG(address) (*(volatile uint32_t *)(address))
static void begin(void)
{
    REG(0x40021018) |= 1 << 2 | 1 << 14; /* GPIOA, USART1 */
    REG(0x40010804) = (REG(0x40010804) & ~0xFF0u) | 0x4B0; /* PA9: alternate function, PA10: input */
    REG(0x40013808) = 69; /* 115200 baud at 8 MHz */
    REG(0x4001380C) = 1 << 13 | 1 << 3 | 1 << 2;
}
static void put(char c) { while (!(REG(0x40013800) & 1 << 7)) {} REG(0x40013804) = (uint8_t)c; }
static void print(const char *text) { while (*text) put(*text++); while (!(REG(0x40013800) & 1 << 6)) {} }
static char get(void) { while (!(REG(0x40013800) & 1 << 5)) {} return (char)REG(0x40013804); }
"""
ECHO = """
int main(void)
{
    begin();
    print("name? ");
    for (char c; (c = get()) != '\\n';) put(c >= 'a' && c <= 'z' ? c - 32 : c);
    print("!\\n");
    return 3;
}
"""


def talk(way):
    """It asks, and what is typed reaches it; the last of what it says is there although it ended at once."""
    elf = build("echo", way + ECHO)
    process = start(elf, stdin=subprocess.PIPE)
    said = b""
    while not said.endswith(b"name? "):
        said += os.read(process.stdout.fileno(), 4096)
    process.stdin.write(b"probed, or what else a line may be that is longer than the ring\n")
    process.stdin.flush()
    said += process.stdout.read()
    assert process.wait(LIMIT) == 3, process.stderr.read()
    assert said == b"name? PROBED, OR WHAT ELSE A LINE MAY BE THAT IS LONGER THAN THE RING!\n", said


def rtt_goes_both_ways():
    talk(RTT)


def a_serial_port_of_the_simulated_board_goes_both_ways():
    talk(UART)


def auto_is_the_simulated_port_too():
    elf = build("prints", UART + "int main(void) { begin(); print(\"by wire\\n\"); return 0; }")
    assert run(elf, "--uart", "auto")[0] == run(elf, "--uart", "auto@9600")[0] == "by wire\n"


def much_text_by_rtt_is_all_there():
    elf = build("much", RTT + "int main(void) { begin(); for (int i = 0; i < 400; i++) print(\"line of the program\\n\"); return 0; }")
    said, _ = run(elf)
    assert said == "line of the program\n" * 400, len(said)


def semihosting_reads_standard_input_and_its_words():
    """SYS_READ of the console, to its end, and the command line with its quotes."""
    elf = build("reads", """
        int main(void)
        {
            static char bytes[200];
            uint32_t name[] = {(uint32_t)":tt", 0, 3}, handle = semihost(1, name);
            uint32_t read[] = {handle, (uint32_t)bytes, sizeof bytes - 1}, left;
            uint32_t line[] = {(uint32_t)bytes, sizeof bytes};
            if (semihost(0x15, line) == 0) say(bytes);
            say("\\n");
            while ((left = semihost(6, read)) != sizeof bytes - 1) {
                bytes[sizeof bytes - 1 - left] = 0;
                say(bytes);
            }
            say("end\\n");
            return 4;
        }""")
    process = start(elf, "--", "-x", "two words", "", stdin=subprocess.PIPE)
    assert process.stdout.readline().decode().split("reads.elf", 1)[1] == " -x \"two words\" \"\"\n"
    process.stdin.write(b"typed\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"typed\n"
    said, _ = finish(process, 4)
    assert said == "end\n", said


def nothing_is_read_for_a_program_that_does_not_listen():
    """A script's own input is not swallowed, as ssh would."""
    elf = build("deaf", "int main(void) { say(\"done\\n\"); return 0; }")
    read, write = os.pipe()
    os.write(write, b"kept\n")
    os.close(write)
    said, _ = run(elf, stdin=read)
    assert said == "done\n" and os.read(read, 100) == b"kept\n"
    os.close(read)


def a_serial_port_is_opened_before_the_reset():
    """As a Nucleo's: what it sends is shown, what is typed is sent. A pseudo terminal plays it."""
    elf = build("waits", "int main(void) { say(\"begun\\n\"); for (;;); }")
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    process = start(elf, "--uart", os.ttyname(theirs) + "@921600", "--until", "over the port", stdin=subprocess.PIPE)
    assert process.stdout.readline() == b"begun\n"
    process.stdin.write(b"typed\n")
    process.stdin.flush()
    heard = b""
    while not heard.endswith(b"typed\n"):
        heard += os.read(ours, 100)
    os.write(ours, b"said over the port\n")
    said, _ = finish(process, 0)
    assert heard == b"typed\n" and said.startswith("said over the port"), (heard, said)
    os.close(theirs)
    os.close(ours)


def what_is_no_serial_port_is_refused():
    elf = build("deaf", "int main(void) { say(\"done\\n\"); return 0; }")
    for words, pattern in (("/dev/null", "no serial port"), ("/no/such/port", "No such file"),
                           ("/dev/null@12", "is meant"), ("@9600", "is meant"), ("x" * 300, "is meant")):
        said, told = run(elf, "--uart", words, expect=125)
        assert said == "" and pattern in told, (words, told)


run_tests([rtt_goes_both_ways, a_serial_port_of_the_simulated_board_goes_both_ways, auto_is_the_simulated_port_too,
           much_text_by_rtt_is_all_there,
           semihosting_reads_standard_input_and_its_words,
           nothing_is_read_for_a_program_that_does_not_listen, a_serial_port_is_opened_before_the_reset,
           what_is_no_serial_port_is_refused])

/* SPDX-License-Identifier: MIT */
#include "cli/cli_table.h"

static const char list_text[] =
    "  probed list             every probe that is plugged in: firmware, serial number, place,\n"
    "                          target voltage, the board's serial port\n"
    "  probed list --sim       the simulated board too\n"
    "  probed list --json      for scripts\n"
    "\n"
    "The target is not touched. A probe that cannot be used is listed with what to do about it.\n"
    "--probe wants the serial number (a unique part will do) or the place, as listed.\n"
    "Exit code 3 if there is no probe.\n";

static const char info_text[] =
    "  probed info                          probe and chip: core, memories, ids, protection\n"
    "  probed info --connect under-reset    a program that turns its debug pins off\n"
    "  probed info --options                every option byte, and what it can be\n"
    "  probed info --json                   for scripts\n"
    "\n"
    "A running program is not disturbed, unless --connect allows it. Exit code 4 if no chip\n"
    "answers; what is known of the probe is shown all the same.\n";

static const char doctor_text[] =
    "  probed doctor                      what is wrong, and what to do about it\n"
    "  probed doctor --watch              move the wires until it says that they are good\n"
    "  probed doctor --report             a text for a forum or an issue, --svg FILE a picture\n"
    "  probed doctor --sim bluepill,swapped,seed=1   a patient to practise on: docs/faults.md\n"
    "\n"
    "Goes from what is cheap to what disturbs: supply, wire, debug port, core, chip. Nothing is\n"
    "ever erased. Each measurement is shown with its value and what that means; then what is\n"
    "wrong, the likely causes in order, each with the one thing to do next; then the wires.\n"
    "Before a reset it asks. Without a terminal nobody is asked and nothing is reset, unless\n"
    "--allow-reset, --yes or --connect under-reset is given: only that tells whether NRST is\n"
    "wired, and whether a program switches its debug pins off.\n"
    "Exit code 0: healthy; 1: not; 3: no probe to look with; 2: wrong words.\n";

static const char flash_text[] =
    "  probed flash blink.elf --reset             program, check, start\n"
    "  probed flash blink.hex --verify            and read everything back over the wire\n"
    "  probed flash blink.bin 0x08000000          a plain binary needs its address\n"
    "  probed flash boot.hex app.elf assets.bin@0x08010000   all of them; none may overlap\n"
    "  build.sh | probed flash -                  from standard input\n"
    "  probed flash app.elf --forever --serial-from next.txt@0x0800fc00   a production jig\n"
    "  probed flash app.elf --probe all           on every board that is plugged in\n"
    "  probed flash blink.elf --erase             nothing else is left in flash\n"
    "  probed flash --sim blink.elf               without hardware\n"
    "  probed flash serial.bin 0x1fff7800 --irreversible   one-time memory: shown, then asked\n"
    "\n"
    "Reads ELF, Intel HEX, Motorola S-record and plain binary files; the content decides. Only\n"
    "sectors that differ are erased and only pages that differ are written; other bytes of a\n"
    "sector stay as they are. What was written is always checked by the chip's core. The core is\n"
    "left halted unless --reset is given, or nothing had to be written.\n"
    "Ctrl-C stops between two pages and says what was written.\n"
    "Exit code 0: done; 1: failed, the flash's state is told; 2: wrong words; 3: no probe; 4: no\n"
    "chip answers; 5: protected; 6: it differs from the file; 124: not done within --timeout.\n";

static const char verify_text[] =
    "  probed verify blink.elf                    does the chip hold this?\n"
    "  probed verify boot.hex app.bin@0x08004000\n"
    "\n"
    "Reads all that the files have over the wire, which a running program does not notice, and\n"
    "writes nothing. Exit code 0: it is there; 6: it is not, the first difference is named.\n";

static const char unlock_text[] =
    "  probed unlock                        ends read protection, which erases the whole flash\n"
    "  probed unlock --yes                  without asking\n"
    "\n"
    "What it erases is said, then asked. It counts at once or after a power cycle, as the chip\n"
    "likes, which is said. Where nothing is read-protected, sectors that are write protected are\n"
    "released, which erases nothing, and counts from the next reset on (--reset).\n";

static const char lock_text[] =
    "  probed lock --reset                  from now on no debugger reads the flash (level 1)\n"
    "\n"
    "probed unlock ends it, and erases the flash. Level 2, which nothing ends, is not to be had\n"
    "here: probed options wants --irreversible and the chip's id for that.\n";

static const char read_text[] =
    "  probed read 0x08000000 64k flash.bin       the flash of an STM32F103C8 to a file\n"
    "  probed read 0x20000000 0x100 - | xxd       to standard output\n"
    "\n"
    "Any memory: flash, RAM, registers of peripherals. Numbers are decimal or 0x..; k is 1024,\n"
    "M is 1024 k. The file is written only when all was read. A running program runs on.\n";

static const char diff_text[] =
    "  probed diff blink.elf                      which sectors of the chip are not so\n"
    "\n"
    "A line a sector that differs. Exit code 0: none; 6: some. Nothing is written.\n";

static const char dump_text[] =
    "  probed dump core.elf                       RAM and registers, for gdb main.elf core.elf\n"
    "  probed dump core.elf main.elf              of all threads, by the program's symbols\n"
    "  probed dump core.elf 0x40021000 0x400      and what peripherals show there\n"
    "\n"
    "Registers of peripherals are read only where they are named: to read them may clear flags.\n"
    "A core that runs is halted for it, and goes on behind it.\n";

static const char run_text[] =
    "  probed run test.elf                        flash what differs, reset, run\n"
    "  probed run --sim bluepill test.elf         the same without hardware\n"
    "  probed run test.elf --timeout 10           for CI: nothing hangs\n"
    "  probed run test.elf --until PASSED         for a program that never ends\n"
    "  probed run --probe all test.elf            on every board that is plugged in\n"
    "\n"
    "What the program says by semihosting, RTT, a simulated board's serial port or that of --uart\n"
    "goes to standard output, live; standard input goes to RTT or the port. It ends when the\n"
    "program does: by semihosting's exit, the C library's, a return from main. Where it crashed, "
    "or\n"
    "hung, is told with function, file and line. The core is left halted.\n"
    "Exit code: the program's, 0 to 123 (123 for any other that is not 0); 124: --timeout;\n"
    "125: it could not be run, or the probe or the target failed; 126: it crashed; 130: Ctrl-C.\n";

static const char profile_text[] =
    "  probed profile main.elf                    where the time goes, by function and line\n"
    "  probed profile main.elf --time 20 --svg flame.svg\n"
    "  probed profile main.elf --folded > out     for flame graph programs\n"
    "  probed profile main.elf --by-swo           where SWO is wired: ten times the samples\n"
    "  probed profile --sim main.elf --reset      load and start it first\n"
    "\n"
    "Reads where the core is (DWT_PCSR) while the program runs, which does not notice: some\n"
    "hundred times a second by an ST-LINK/V2, thousands by a V3. A sample does not say who\n"
    "called: a stack is a function and what was inlined into it. Time asleep (WFI) is told apart.\n"
    "Ctrl-C ends it early, with what there is.\n";

static const char erase_text[] =
    "  probed erase                         all flash\n"
    "  probed erase 0x0800f800 2k           the sectors that hold these bytes\n"
    "  probed erase --unlock                a chip that is protected, too\n"
    "\n"
    "Sectors are erased as a whole: what is wiped is said before it is done. The core is left\n"
    "halted: its program is gone.\n";

static const char reset_text[] =
    "  probed reset             start the program from its beginning\n"
    "  probed reset halt        stop before its first instruction\n"
    "\n"
    "By software (SYSRESETREQ); by the NRST pin where that does nothing.\n";

static const char options_text[] =
    "  probed options                       what they are, and what each can be\n"
    "  probed options WDG_SW=hardware       shows what will change, and asks\n"
    "  probed options WRP=0-3 BOR_LEV=off --yes --reset\n"
    "  probed options RDP=off               ends read protection: erases the whole flash\n"
    "\n"
    "Names are the reference manual's; WRP are the blocks that cannot be written, as probed info\n"
    "counts them. What was written is read back. It counts after the next reset (--reset), the "
    "end\n"
    "of read protection at once or after a power cycle, as the chip likes, which is said then.\n"
    "What there is no way back from (read protection of level 2, PCROP), and what a higher supply\n"
    "would make harmful, is refused unless --irreversible is said, too; level 2 wants the chip's\n"
    "device id besides, typed when it is asked for, or by --id.\n";

const struct cli_command cli_commands[] = {
    {"list", "", "the probes that are plugged in", list_text, 0, 0, CLI_EVERY,
     TARGET_CONNECT_LADDER, cli_list},
    {"info", "", "what the probe and the chip are", info_text, 0, 0,
     CLI_EVERY | CLI_BOARDS | CLI_OPTIONS, TARGET_CONNECT_ATTACH, cli_info},
    {"doctor", "", "why it does not connect: which wire, which setting, which chip", doctor_text, 0,
     0,
     CLI_EVERY | CLI_YES | CLI_ALLOW_RESET | CLI_THOROUGH | CLI_WATCH | CLI_REPORT | CLI_BOARD |
         CLI_SVG,
     TARGET_CONNECT_ATTACH, cli_doctor},
    {"flash", "FILE[@ADDRESS]... [ADDRESS]", "write a program into flash", flash_text, 1, CLI_WORDS,
     CLI_EVERY | CLI_BOARDS | CLI_ERASE | CLI_VERIFY | CLI_RESET | CLI_SERIAL | CLI_IRREVERSIBLE |
         CLI_YES,
     TARGET_CONNECT_LADDER, cli_flash},
    {"run", "FILE [-- ARGUMENTS]", "run a program, show what it says, end with its exit code",
     run_text, 1, 1,
     CLI_EVERY | CLI_MANY | CLI_UNTIL | CLI_JUNIT | CLI_UART | CLI_SWO | CLI_ARGUMENTS |
         CLI_NOT_RUN,
     TARGET_CONNECT_LADDER, cli_run_program},
    {"profile", "FILE", "where a running program's time goes", profile_text, 1, 1,
     CLI_EVERY | CLI_RESET | CLI_TIME | CLI_FOLDED | CLI_SVG | CLI_SWO, TARGET_CONNECT_NORMAL,
     cli_profile},
    {"read", "ADDRESS LENGTH FILE", "read memory into a file", read_text, 3, 3, CLI_EVERY,
     TARGET_CONNECT_ATTACH, cli_read},
    {"verify", "FILE[@ADDRESS]... [ADDRESS]", "compare flash with files", verify_text, 1, CLI_WORDS,
     CLI_EVERY | CLI_BOARDS, TARGET_CONNECT_ATTACH, cli_verify},
    {"diff", "FILE[@ADDRESS]... [ADDRESS]", "which sectors are not as files are", diff_text, 1,
     CLI_WORDS, CLI_EVERY, TARGET_CONNECT_ATTACH, cli_diff},
    {"dump", "FILE [PROGRAM.elf] [ADDRESS LENGTH]...", "registers and RAM as a core file for gdb",
     dump_text, 1, CLI_WORDS, CLI_EVERY, TARGET_CONNECT_ATTACH, cli_dump},
    {"erase", "[ADDRESS LENGTH]", "erase all flash, or some of it", erase_text, 0, 2,
     CLI_EVERY | CLI_BOARDS | CLI_UNLOCK | CLI_YES, TARGET_CONNECT_LADDER, cli_erase},
    {"options", "[NAME=VALUE...]", "show option bytes, or change them", options_text, 0, CLI_WORDS,
     CLI_EVERY | CLI_BOARDS | CLI_YES | CLI_RESET | CLI_IRREVERSIBLE | CLI_ID,
     TARGET_CONNECT_LADDER, cli_options},
    {"unlock", "", "end the protection of flash, which erases it", unlock_text, 0, 0,
     CLI_EVERY | CLI_BOARDS | CLI_YES | CLI_RESET, TARGET_CONNECT_LADDER, cli_unlock},
    {"lock", "", "protect flash against being read", lock_text, 0, 0,
     CLI_EVERY | CLI_BOARDS | CLI_YES | CLI_RESET, TARGET_CONNECT_LADDER, cli_lock},
    {"reset", "[halt]", "reset the chip", reset_text, 0, 1, CLI_EVERY | CLI_BOARDS,
     TARGET_CONNECT_LADDER, cli_reset},
};

const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;

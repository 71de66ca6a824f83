/* SPDX-License-Identifier: MIT */
/* The causes: a word, what it is, the one thing to do next, and which wires it concerns. */
#include "connect/verdict_internal.h"

enum {
    VTREF = 1 << DOCTOR_WIRE_VTREF,
    SWDIO = 1 << DOCTOR_WIRE_SWDIO,
    SWCLK = 1 << DOCTOR_WIRE_SWCLK,
    GND = 1 << DOCTOR_WIRE_GND,
    NRST = 1 << DOCTOR_WIRE_NRST,
};

#define CAUSE(name, word, wires, what, next) \
    const struct cause cause_##name = {word, what, next, wires, NULL, NULL};
/* And in a few words, which a sentence has room for; NULL where there are few anyway. */
#define CAUSE_IN_BRIEF(name, word, wires, what, next, brief_what, brief_next) \
    const struct cause cause_##name = {word, what, next, wires, brief_what, brief_next};

/* --- supply --- */

CAUSE(five_volts, "five-volts", VTREF,
      "5 V are connected to VTref, or feed the chip, whose pins bear 3.6 V",
      "unplug, and connect the board's 3.3 V to VTref, never 5 V")
CAUSE_IN_BRIEF(
    probe_divider, "probe-divider", 0,
    "this probe measures behind another divider than others (a Nucleo's may show nearly twice as "
    "much)",
    "measure the board's 3.3 V by a voltmeter: if it is right, go on",
    "this probe shows more than there is", "measure the board's 3.3 V by a voltmeter")
CAUSE_IN_BRIEF(unpowered, "unpowered", VTREF, "the board has no power of its own",
               "power the board and look for its power LED: VTref feeds nothing, it only measures",
               NULL, "power the board, and look for its power LED")
CAUSE_IN_BRIEF(
    vtref_open, "vtref-open", VTREF, "VTref is not connected",
    "connect the board's 3.3 V to VTref (20 pins: pin 1; a Nucleo's CN4: pin 1; STDC14: pin 3); a "
    "genuine ST-Link/V2 feeds its drivers from it",
    NULL, "connect the board's 3.3 V to the probe's VTref")
CAUSE_IN_BRIEF(ground_open, "ground-open", GND, "the ground wire is missing or broken",
               "connect GND of the probe to GND of the board, by a wire of its own", NULL,
               "connect GND of the probe to GND of the board")
CAUSE_IN_BRIEF(
    fed_backwards, "fed-backwards", VTREF,
    "the board has no supply and is fed through its pins, by a serial adapter or by the probe",
    "supply the board with 3.3 V at its own pin", "the board is fed through its pins alone", NULL)
CAUSE(overload, "overload", VTREF, "what supplies the board gives way under its load",
      "power the board separately, or by another USB port")

/* --- wires --- */

CAUSE_IN_BRIEF(
    wires, "wires", SWDIO | SWCLK,
    "SWDIO or SWCLK does not get where it should: exchanged, on other pins (many a dongle's case "
    "carries the drawing of another circuit board), open, shorted to a neighbour, or taken by a "
    "second chip",
    "compare each wire with what is printed on the two circuit boards, not on the case; then "
    "measure it from end to end, and against its neighbours",
    "SWDIO or SWCLK is exchanged, on a wrong pin, open or shorted",
    "compare both with the print on the circuit boards, not on the case")
CAUSE_IN_BRIEF(
    power_or_ground, "power-or-ground", GND | VTREF,
    "no ground wire, or no power at the chip (dongles often show their own 3.3 V as VTref)",
    "look for the board's power LED and measure 3.3 V between its 3V3 and GND; connect GND of "
    "the probe to it",
    "the board has no power, or no ground wire", "look for its power LED, and connect GND")
CAUSE_IN_BRIEF(
    chip_silent, "chip-silent", NRST,
    "the chip keeps silent: its program takes the debug pins or sleeps deeply, and NRST, which "
    "would stop it, does not arrive; or it is closed for ever (level 2), or dead",
    "hold the board's reset button while connecting and let go then, or set BOOT0 to 1 and reset",
    "the chip keeps silent", "hold the reset button while connecting and let go then")
CAUSE_IN_BRIEF(
    chip_silent_v3, "chip-silent", NRST,
    "the chip is not heard: its program takes the debug pins or sleeps deeply, and NRST, which "
    "would stop it, does not arrive; or it is a copy, which an STLINK-V3 refuses; or it is closed "
    "for ever (level 2), or dead",
    "hold the board's reset button while connecting and let go then; or try an ST-Link/V2",
    "the chip keeps silent", "hold the reset button while connecting and let go then")
CAUSE_IN_BRIEF(
    contact, "contact", SWDIO | SWCLK | GND, "a bad contact or a cold solder joint",
    "press and move each wire while `probed doctor --watch` looks, and solder or replace it",
    "a bad contact", "move each wire while `probed doctor --watch` looks")
CAUSE_IN_BRIEF(
    second_chip, "second-chip", SWDIO | SWCLK,
    "a second chip is connected to the same wires, as on a Nucleo whose jumpers (CN2) are on",
    "take off both CN2 jumpers for a board outside, or unplug that board for the chip on it",
    "a second chip is on the same wires, as on a Nucleo whose CN2 jumpers are on",
    "take off both jumpers, or unplug that board")
CAUSE_IN_BRIEF(interference, "interference", SWDIO | SWCLK,
               "something disturbs the wires: a motor, a switching regulator, a radio, mains",
               "move the wires away from it, or switch it off", "something disturbs the wires",
               NULL)
CAUSE_IN_BRIEF(
    long_wires, "long-wires", SWDIO | SWCLK | GND,
    "the wires are too long for that clock, or have no ground wire beside them",
    "shorten them to 20 cm, lay a ground wire beside SWCLK, or go on with a lower --speed",
    "the wires are too long for that clock", "shorten them, or use a lower --speed")
CAUSE(slow_core, "slow-core", 0,
      "the chip itself runs slowly (SWCLK is to stay below a sixth of it)",
      "go on with a lower --speed, or connect under reset")

/* --- reset --- */

CAUSE(button, "button", NRST, "the reset button is pressed or stuck", "let go of the button")
CAUSE_IN_BRIEF(
    nrst_short, "nrst-short", NRST,
    "NRST is shorted to ground, on the board or by a wire that is not NRST",
    "take the NRST wire off; if that does not help, measure NRST against GND: a chip pulls it up "
    "by some 40 kohm",
    "NRST is shorted to ground", "take the NRST wire off, and measure NRST against GND")
CAUSE_IN_BRIEF(other_probe, "other-probe", NRST,
               "another probe on the board holds NRST (a Nucleo's own, when it has no power: SB12)",
               "power that probe, or open its NRST solder bridge",
               "another probe on the board holds NRST", NULL)
CAUSE_IN_BRIEF(
    swd_off, "swd-off", 0,
    "its program switches SWD off (the debug pins as GPIO, CubeMX's \"No Debug\")",
    "connect under reset, and flash a program that leaves PA13 and PA14 alone (CubeMX: SYS, Debug, "
    "Serial Wire)",
    "its program switches SWD off",
    "connect under reset, and flash one that leaves PA13 and PA14 alone")
CAUSE(low_power, "low-power", 0, "its program enters Stop or Standby, where debugging ends",
      "connect under reset; while probed is connected it keeps such a chip awake")
CAUSE(deep_sleep, "deep-sleep", 0, "the chip sleeps too deeply to be debugged",
      "connect under reset (--connect under-reset, or hold the reset button)")
CAUSE(nrst_wire, "nrst-wire", NRST, "the NRST wire is open or not there",
      "connect the probe's NRST to the board's NRST (a Blue or Black Pill's pin R), or use the "
      "reset button when you are told to")
CAUSE(nrst_dongle, "nrst-dongle", NRST,
      "the dongle's RST pin resets the STM8 only, as many copies' does",
      "use the board's reset button when you are told to; probed resets by software otherwise")

/* --- behind the debug port --- */

CAUSE_IN_BRIEF(
    chip_locked, "chip-locked", 0,
    "the chip is closed: its product state, TrustZone or read protection keeps debuggers out",
    "open it by Debug Authentication, by those who have its password or certificate",
    "the chip is closed to debuggers", NULL)
CAUSE(ap_elsewhere, "ap-elsewhere", 0, "its core is behind another access port than was looked at",
      "say which chip it is in a report: `probed doctor --report`")
CAUSE_IN_BRIEF(old_firmware, "old-firmware", 0, "the probe's firmware is too old for this chip",
               "update the firmware of the probe by ST's STM32CubeProgrammer (not that of a copy)",
               NULL, "update it by ST's STM32CubeProgrammer")

/* --- what resets it, and what stops it --- */

CAUSE(
    iwdg, "iwdg", 0, "its independent watchdog (IWDG), which the program does not feed",
    "halt it under reset and flash a program that feeds it; with WDG_SW=hardware it runs from the "
    "start")
CAUSE(wwdg, "wwdg", 0, "its window watchdog (WWDG), fed too late or too early",
      "halt it under reset and flash a program that feeds it in its window")
CAUSE(low_power_reset, "low-power-reset", 0,
      "the option bytes make a reset of entering Stop or Standby (nRST_STOP, nRST_STDBY)",
      "halt it under reset, and set nRST_STOP and nRST_STDBY by `probed options`")
CAUSE(software_reset, "software-reset", 0,
      "its program resets itself: an error handler, or a boot loader that finds no program",
      "halt it under reset and step from there: look for NVIC_SystemReset")
CAUSE(power_fails, "power-fails", VTREF, "its supply breaks down again and again",
      "power the board separately, and measure 3.3 V while it runs")
CAUSE(nrst_pulled, "nrst-pulled", NRST, "something pulls NRST low again and again",
      "take off what is wired to NRST: a supervisor, another probe, a noisy wire")
CAUSE(reset_unknown, "reset-unknown", 0, "the chip does not say by what",
      "halt it under reset (--connect under-reset) and step from there")
CAUSE(program_bad, "program", 0,
      "its program: a fault in its fault handler, or vectors or a stack pointer that lead nowhere",
      "halt it, look at the fault (`monitor why` and `backtrace`), or flash another program")

/* --- the chip --- */

CAUSE(level_1, "level-1", 0, "somebody read-protected it: it shows its flash to nobody",
      "unlock it by `probed options RDP=off`: that erases all of the flash; "
      "then switch the board off and on")
CAUSE(write_protected, "write-protected", 0,
      "somebody protected these blocks against being erased or programmed",
      "release them by `probed options WRP=none --reset`, if they are yours to change")
CAUSE(boot0, "boot0", 0, "BOOT0 is high", "set BOOT0 (the jumper) to 0 and reset")
CAUSE(boot_options, "boot-options", 0, "the option bytes choose the loader",
      "look at BOOT0's options (nBOOT0, nSWBOOT0, BOOT_ADD0) by `probed options`")
CAUSE(empty_check, "empty-check", 0, "its flash was empty when it was powered up",
      "switch the board off and on, now that it has a program")
CAUSE(no_program, "no-program", 0, "nothing was programmed, or all was erased",
      "flash a program: `probed flash FILE`")
CAUSE(not_a_program, "not-a-program", 0,
      "what was flashed is no program, or one that belongs at another address",
      "flash its ELF file, or the .bin at the address for which it was linked")
CAUSE(size_copy, "size-copy", 0, "a copy that keeps its size elsewhere, or a damaged register",
      "say the size that is printed on the chip: --flash-size")
CAUSE(copy, "copy", 0, "another maker's chip, relabelled or sold as what it is",
      "look at its marking; debugging works, flash and peripherals may behave differently")
CAUSE(other_id, "other-id", 0, "a chip that probed does not know, or one that is not ST's",
      "debug it; flash is left alone. Tell us about it: `probed doctor --report`")
CAUSE(low_1v8, "supply-1v8", 0, "a board of 1.8 V",
      "see that the probe bears it: a copied ST-Link/V2 drives 3.3 V into the chip's pins")
CAUSE(low_weak, "supply-weak", 0, "a board of 2.5 V or so, or an empty battery",
      "go on: flash of an F2, F4 or F7 is programmed in smaller units and more slowly")

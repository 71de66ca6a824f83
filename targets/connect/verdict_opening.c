/* SPDX-License-Identifier: MIT */
/* What is wrong before there is a wire: the probe could not be opened, or went away. */
#include <stdio.h>

#include "connect/verdict.h"

#define CAUSE(name, word, what, next) \
    static const struct cause name = {word, what, next, 0, NULL, NULL};

CAUSE(charging, "cable", "the cable only charges, or the USB port or hub does not work",
      "take a cable that carries data, and a port of the machine itself")
CAUSE(not_handed_on, "not-handed-on",
      "a virtual machine, WSL or container was not handed the probe",
      "hand the USB device to it; lsusb in there must show it")
CAUSE(unknown_kind, "unknown-kind", "it is a probe that probed does not know",
      "compare with lsusb: an ST-Link is 0483:37xx; --sim needs none")
CAUSE(another_meant, "another-meant", "--probe means another one",
      "look which there are: probed list")
CAUSE(
    no_rule, "udev", "no rule lets this user open it",
    "put examples/udev/60-probed.rules into /etc/udev/rules.d (a package has done so) and plug the "
    "probe in again; over ssh, join the group plugdev")
CAUSE(in_use, "in-use", "another program has it: a probed, OpenOCD, st-util, an IDE",
      "close that; or ask it: where a probed serves the board, by monitor doctor")
CAUSE(loader_stays, "replug", "its loader waits for new firmware, and nobody sends any",
      "unplug the probe and plug it in again")
CAUSE(update_broke_off, "update-broke-off", "an update of its firmware broke off",
      "update it once more with ST's STM32CubeProgrammer or STSW-LINK007")
CAUSE(old_firmware, "old-firmware", "its firmware is older than what is needed here",
      "update it with ST's STM32CubeProgrammer or STSW-LINK007; if it is a copy that refuses, take "
      "another probe")
CAUSE(loose, "loose", "the plug or the cable is loose", "plug it in firmly, with another cable")
CAUSE(pulled_down, "pulled-down", "a wire to the board pulls the probe's supply down",
      "take the board off and see whether the probe stays; then look for a short of 5 V or 3.3 V")
CAUSE(confused, "confused", "its firmware or the USB connection is confused",
      "unplug the probe and plug it in again, without a hub")

static const struct opening {
    enum err err;
    enum verdict_class class;
    const struct cause *causes[3];
    const char *split;
} openings[] = {
    {ERR_NO_PROBE,
     VERDICT_NO_PROBE,
     {&charging, &not_handed_on, &unknown_kind},
     "what lsusb lists"},
    {ERR_OTHER_PROBE, VERDICT_NO_PROBE, {&another_meant}, NULL},
    {ERR_PROBE_ACCESS, VERDICT_NO_PERMISSION, {&no_rule}, NULL},
    {ERR_BUSY, VERDICT_PROBE_IN_USE, {&in_use}, NULL},
    {ERR_PROBE_LOADER,
     VERDICT_PROBE_LOADER,
     {&loader_stays, &update_broke_off},
     "whether it is back in there after it was plugged in again"},
    {ERR_UNSUPPORTED, VERDICT_PROBE_FIRMWARE, {&old_firmware}, NULL},
    {ERR_PROBE_GONE,
     VERDICT_PROBE_GONE,
     {&loose, &pulled_down},
     "whether it goes away without a board, too"},
    {ERR_PROBE, VERDICT_PROBE_TROUBLE, {&confused, &loose}, NULL},
    {ERR_FILE, VERDICT_PROBE_TROUBLE, {NULL}, NULL}, /* played back */
    {ERR_TIMEOUT, VERDICT_PROBE_TROUBLE, {&confused, &loose}, NULL},
};

static const struct opening *opening_of(enum err err)
{
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
        if (openings[i].err == err)
            return &openings[i];
    return NULL;
}

bool doctor_judge_opening(enum err err, const char *said, struct verdict *verdict)
{
    const struct opening *opening = opening_of(err);

    if (!opening)
        return false;
    *verdict =
        (struct verdict){.class = opening->class, .sure = VERDICT_CERTAIN, .split = opening->split};
    snprintf(verdict->text, sizeof verdict->text, "%.*s", (int)sizeof verdict->text - 1, said);
    while (verdict->count < 3 && opening->causes[verdict->count]) {
        verdict->causes[verdict->count] = opening->causes[verdict->count];
        verdict->count++;
    }
    return true;
}

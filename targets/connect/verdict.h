/* SPDX-License-Identifier: MIT */
/* From measurements to verdicts: what is wrong, how sure that is, what can have caused it and what
 * to do next. Pure: no traffic, nothing is kept. What it goes by is described in docs/doctor.md. */
#ifndef PROBED_VERDICT_H
#define PROBED_VERDICT_H

#include "connect/measurements.h"

/* A class is what measuring tells apart; causes within one have the same measurements. In the order
 * in which things are to be mended: what stands further down cannot be trusted, or does not
 * matter, while one further up is there. */
#define VERDICT_CLASS_LIST(X)                                                              \
    /* before the wire: what opening the probe said */                                     \
    X(NO_PROBE, "no-probe")                                                                \
    X(NO_PERMISSION, "no-permission")                                                      \
    X(PROBE_IN_USE, "probe-in-use")                                                        \
    X(PROBE_LOADER, "probe-loader") /* it waits for new firmware */                        \
    X(PROBE_FIRMWARE, "probe-old-firmware")                                                \
    X(PROBE_GONE, "probe-gone")                                                            \
    X(PROBE_TROUBLE, "probe-trouble") /* it does not work, no more is known */             \
    /* the supply */                                                                       \
    X(TOO_HIGH, "voltage-too-high")                                                        \
    X(NO_SUPPLY, "no-supply-seen")      /* silence, and next to no voltage */              \
    X(ODD_SUPPLY, "silence-odd-supply") /* silence, and less than any chip runs with */    \
    X(SUPPLY_SAGS, "supply-sags")                                                          \
    /* the wires */                                                                        \
    X(SILENCE, "silence")         /* at any clock, and under reset if that was tried */    \
    X(TWO_TARGETS, "two-targets") /* two chips answer at once */                           \
    X(NO_GROUND, "ground-open")   /* packets are lost at any clock */                      \
    X(SLOW_ONLY, "slow-only")     /* clean at a low clock, not at higher ones */           \
    X(NOISE, "noise")             /* packets are garbled, at any clock */                  \
    X(VTREF_OPEN, "vtref-open")   /* an answer without a voltage */                        \
    /* the chip cannot be reached, or only under reset */                                  \
    X(NRST_HELD, "nrst-held")                                                              \
    X(SWD_OFF, "swd-off")         /* only under reset: the program takes the debug pins */ \
    X(LOW_POWER, "low-power")     /* only under reset: the program sleeps too deeply */    \
    X(UNDER_RESET, "under-reset") /* only under reset: one of these */                     \
    X(NO_DEBUG_POWER, "no-debug-power")                                                    \
    X(AP_CLOSED, "ap-closed") /* the debug port answers, the access port is shut */        \
    X(NO_CORE, "no-core")     /* the debug port answers, no core is found behind it */     \
    X(UNCLEAR, "unclear")     /* it did not connect, and no rule knows why */              \
    /* it answers, but what is wanted of it will not work */                               \
    X(NRST_OPEN, "nrst-open") /* NRST does not arrive */                                   \
    X(RESET_LOOP, "reset-loop")                                                            \
    X(READ_PROTECTED, "read-protected")                                                    \
    X(SYSTEM_LOADER, "system-loader") /* instead of the program: BOOT0 */                  \
    X(BLANK, "blank")                 /* nothing is programmed */                          \
    X(LOCKUP, "lockup")                                                                    \
    X(WRITE_PROTECTED, "write-protected")                                                  \
    X(OTHER_CHIP, "other-chip") /* than the user said */                                   \
    X(COPY, "copy")             /* ids that no genuine ST part has */                      \
    X(NO_PROGRAM, "no-program") /* what flash begins with is none */                       \
    X(FLASH_SIZE, "flash-size") /* the size register says what cannot be */                \
    X(UNKNOWN_CHIP, "unknown-chip")                                                        \
    /* all is well; remarks stand behind it */                                             \
    X(HEALTHY, "healthy")                                                                  \
    X(LOW_SUPPLY, "low-supply") /* remark: 1.8 V, or less than 2.7 V */                    \
    X(ASLEEP, "asleep")         /* remark: the core sleeps, which is well */               \
    X(HALTED, "halted")         /* remark: somebody stopped the core */                    \
    X(PROBE_COPY, "probe-copy") /* remark: hints, no proof, that the probe is a copy */

enum verdict_class {
#define VERDICT_ENUM(name, word) VERDICT_##name,
    VERDICT_CLASS_LIST(VERDICT_ENUM)
#undef VERDICT_ENUM
        VERDICT_CLASSES
};

enum verdict_sure { VERDICT_CERTAIN, VERDICT_PROBABLE, VERDICT_POSSIBLE };

/* The wires between probe and board. */
enum doctor_wire {
    DOCTOR_WIRE_VTREF,
    DOCTOR_WIRE_SWDIO,
    DOCTOR_WIRE_SWCLK,
    DOCTOR_WIRE_GND,
    DOCTOR_WIRE_NRST,
    DOCTOR_WIRES
};

enum doctor_wire_state {
    DOCTOR_WIRE_NOT_SEEN, /* nothing is known of it */
    DOCTOR_WIRE_GOOD,     /* something came through */
    DOCTOR_WIRE_SUSPECT,  /* look here */
    DOCTOR_WIRE_MISSING,  /* nothing comes through */
};

enum { VERDICT_CAUSES = 7, VERDICTS_MAX = 8, DOCTOR_LINES_MAX = 32 };

struct cause {
    const char *word;  /* "wires", for JSON and tests */
    const char *what;  /* a clause: what it is */
    const char *next;  /* the one thing to do next, an imperative */
    unsigned suspects; /* 1 << DOCTOR_WIRE_.. */
    const char *brief_what,
        *brief_next; /* for where there is room for a sentence; NULL: as above */
};

struct verdict {
    enum verdict_class class;
    enum verdict_sure sure;
    char
        text[240]; /* what was found, with the values that show it; neither capital nor full stop */
    size_t count;
    const struct cause *causes[VERDICT_CAUSES]; /* most likely first; static */
    const char *split; /* the look or the meter reading that tells them apart; NULL: one cause */
};

/* First the one to mend first; at least one. VERDICT_HEALTHY stands alone or before remarks, which
 * accuse nobody; it is not among them if there is anything to mend. Returns how many. */
size_t doctor_judge(const struct measurements *measured, struct verdict verdicts[VERDICTS_MAX]);

/* Opening the probe failed with `err`, of which `said` is the sentence: what that means. False:
 * that is an error of another kind. */
bool doctor_judge_opening(enum err err, const char *said, struct verdict *verdict);

/* "silence", as in docs/doctor.md; never NULL. */
const char *verdict_word(enum verdict_class class);
const char *verdict_sure_word(enum verdict_sure sure); /* "certain" */
bool verdict_is_remark(enum verdict_class class);

/* What is known of each wire. */
void doctor_wires(const struct measurements *measured, const struct verdict verdicts[],
                  size_t count, enum doctor_wire_state wires[DOCTOR_WIRES]);

/* A measurement as people read it: "VTref", "3.28 V", "as it should be". */
struct doctor_line {
    const char *name;
    char value[120];
    char meaning[200]; /* or empty */
    enum verdict_sure sure;
};
/* Of all that was measured; returns how many, at most `size`. */
size_t doctor_lines(const struct measurements *measured, struct doctor_line lines[], size_t size);

/* One to three sentences for a log or gdb, five lines of a terminal at most: what was found, what
 * it most likely is and what to try, what it may be else and what tells the causes apart. Begins
 * without a capital and ends without a full stop. */
void doctor_explain(const struct verdict verdicts[], size_t count, char *text, size_t size);

#endif

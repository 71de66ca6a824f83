/* SPDX-License-Identifier: MIT */
/* What the files of the verdicts share: verdict_signs.c and verdict_errors.c reduce measurements to
 * signs, each there or not; verdict_rules.c is the table from signs to verdicts, verdict_causes.c
 * that of causes; verdict_copy.c weighs what copies of a probe show; verdict_text.c puts values
 * into sentences; verdict_lines.c and verdict_wires.c show. */
#ifndef PROBED_VERDICT_INTERNAL_H
#define PROBED_VERDICT_INTERNAL_H

#include "connect/verdict.h"

enum sign {
    /* The supply: one of these, or none where the probe does not measure it. */
    SIGN_NO_VOLTAGE,
    SIGN_ODD_VOLTAGE, /* less than any chip runs with */
    SIGN_1V8,
    SIGN_WEAK, /* a chip runs, but its flash is slow to program */
    SIGN_GOOD_VOLTAGE,
    SIGN_TOO_HIGH,
    SIGN_SAGS,
    /* The wire. */
    SIGN_REACHED,         /* something was read, without a reset */
    SIGN_ANSWERED,        /* there was a DPIDR, once at least */
    SIGN_ERRORS,          /* lost or garbled, at one of the clocks */
    SIGN_LOST,            /* packets without an answer, at clocks where others had one */
    SIGN_GARBLED,         /* answers of wrong parity */
    SIGN_CLEAN,           /* at one of the clocks */
    SIGN_STEEP,           /* the faster the clock, the more errors */
    SIGN_GOOD_CORE_READS, /* all reads of the core's id, at one of the clocks */
    SIGN_ONE_CLOCK,       /* no other was tried */
    SIGN_COLLIDES,        /* what is always garbled, beside what never is; or ids that change */
    /* Reset. */
    SIGN_RESET_TRIED,
    SIGN_UNDER_RESET, /* it answered there, and nowhere else */
    SIGN_AWAKE_TESTED,
    SIGN_AWAKE_HELPS,
    SIGN_NRST_WORKS,
    SIGN_NRST_DEAD,
    /* Behind the debug port. */
    SIGN_POWER_REFUSED,
    SIGN_AP_SHUT, /* it says so */
    SIGN_CORE,
    SIGN_HELD,
    SIGN_LOOP,
    SIGN_LOCKUP,
    SIGN_ASLEEP,
    SIGN_HALTED,
    /* The chip. */
    SIGN_PROTECTED,
    SIGN_BLANK,
    SIGN_NO_PROGRAM,  /* what flash begins with is no vector table */
    SIGN_EMPTY_CHECK, /* a chip that starts its loader if it is blank */
    SIGN_LOADER_RUNS,
    SIGN_WRITE_PROTECTED,
    SIGN_SIZE_ODD,
    SIGN_SIZE_ZERO, /* what the register says */
    SIGN_COPY,
    SIGN_UNKNOWN_CHIP,
    /* What it was reset by. */
    SIGN_BY_IWDG,
    SIGN_BY_WWDG,
    SIGN_BY_LOW_POWER,
    SIGN_BY_SOFTWARE,
    SIGN_BY_POWER,
    SIGN_BY_PIN,
    /* The probe. */
    SIGN_V3,
    SIGN_V2, /* or a dongle that says it is one */
    SIGN_LIKE_A_COPY,
    SIGNS
};

#define S(name) (UINT64_C(1) << SIGN_##name)

/* Bits, 1 << enum sign. */
uint64_t verdict_signs(const struct measurements *measured);
/* How VTref reads: the middle of what was measured, in millivolts; only if vtref_count. */
uint32_t verdict_vtref(const struct measurements *measured);

/* What went wrong at one clock, and how much was tried. */
struct wire_errors {
    unsigned tries, lost, garbled;
    unsigned reads, lost_reads; /* of these */
    unsigned heard;             /* how often somebody answered, well or not */
};
struct wire_errors verdict_errors(const struct measurements *measured,
                                  const struct speed_measured *speed);
bool verdict_only_under_reset(const struct measurements *measured);
uint64_t verdict_wire_signs(const struct measurements *measured);

/* The likeliest cause by the first rule of a class; NULL: that has none. */
const struct cause *verdict_likeliest(const struct measurements *measured,
                                      enum verdict_class class);

struct ranked_cause {
    const struct cause *cause;
    uint64_t needs, never; /* signs */
};

struct rule {
    enum verdict_class class;
    enum verdict_sure sure;
    uint64_t needs, any, never; /* signs: all of these, one of these (0: no matter), none */
    const char *text;           /* with {names} that verdict_text.c knows */
    const char *split;
    struct ranked_cause causes[VERDICT_CAUSES];
};

/* In the order of the classes; of rules of one class the first counts. */
extern const struct rule verdict_rules[];
extern const size_t verdict_rule_count;

/* The template with its names filled in. */
void verdict_fill(const struct measurements *measured, const char *text, char *out, size_t size);
struct buf;
/* Of an ST-LINK/V2 alone: whether what copies of it often show is there, enough to be worth a word;
 * what of it, as clauses. */
bool verdict_probe_is_like_a_copy(const struct measurements *measured);
void verdict_put_copy_hints(const struct measurements *measured, struct buf *out);
/* Which reset flags are set, as words; false: none. */
bool verdict_reset_words(const struct measurements *measured, char *text, size_t size);

/* verdict_causes.c */
extern const struct cause cause_five_volts, cause_probe_divider, cause_unpowered, cause_vtref_open,
    cause_ground_open, cause_fed_backwards, cause_overload, cause_wires, cause_power_or_ground,
    cause_chip_silent, cause_chip_silent_v3, cause_contact, cause_second_chip, cause_interference,
    cause_long_wires, cause_slow_core, cause_button, cause_nrst_short, cause_other_probe,
    cause_swd_off, cause_low_power, cause_deep_sleep, cause_chip_locked, cause_ap_elsewhere,
    cause_old_firmware, cause_nrst_wire, cause_nrst_dongle, cause_iwdg, cause_wwdg,
    cause_low_power_reset, cause_software_reset, cause_power_fails, cause_nrst_pulled,
    cause_reset_unknown, cause_level_1, cause_program_bad, cause_boot0, cause_boot_options,
    cause_empty_check, cause_no_program, cause_not_a_program, cause_write_protected,
    cause_size_copy, cause_copy, cause_other_id, cause_low_1v8, cause_low_weak;

#endif

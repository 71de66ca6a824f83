/* SPDX-License-Identifier: MIT */
/* What the doctor measures: numbers, no sentences, nothing concluded. What is not known says so by
 * a count of 0 or its flag. doctor.h takes them, verdict.h judges them. */
#ifndef PROBED_MEASUREMENTS_H
#define PROBED_MEASUREMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "chip/reset_flags.h"
#include "probe/probe.h"
#include "target.h"

enum { MEASURED_VTREFS = 3, MEASURED_SPEEDS = 10, MEASURED_APS = 4, MEASURED_SAMPLES = 12 };

/* How so many tries ended. */
struct tally {
    unsigned tries, good;
    unsigned silent;  /* no acknowledge */
    unsigned garbled; /* wrong parity */
    unsigned waited, refused;
    unsigned other; /* among them: no debug power */
    unsigned
        repeats; /* accesses that were done again because the wire garbled them, and then went */
};

/* Getting onto the wire, and reading the debug port's and the core's id, at one clock. */
struct speed_measured {
    uint32_t khz;     /* as asked for; 0: the probe's own choice */
    uint32_t now_khz; /* what the probe made of that; 0: it did not connect */
    struct tally connects, reads;
    struct tally port;  /* those of the reads that asked the debug port alone */
    unsigned ids;       /* connects that brought a DPIDR, whatever became of them then */
    enum err first_err; /* of the connects that failed; ERR_OK: none did */
};

struct measurements {
    /* The probe. */
    struct probe_info probe;

    /* Supply, in millivolts. */
    unsigned vtref_count;
    uint32_t vtref_mv[MEASURED_VTREFS];

    /* The wire: in the order in which the clocks were tried. */
    unsigned speed_count;
    struct speed_measured speeds[MEASURED_SPEEDS];
    bool reached;           /* at one of them */
    uint32_t good_khz;      /* the fastest without an error; 0: none, or the probe's own choice */
    uint32_t dpidr;         /* 0: never read */
    bool dpidr_steady;      /* two reads agreed */
    unsigned dpidr_changes; /* two reads, one after the other, did not */
    bool power_refused;     /* CTRL/STAT acknowledges neither of the requests */

    /* Under reset: only if that was allowed and nothing else led in, or by the doctor. */
    bool reset_tried;
    struct speed_measured under_reset;
    bool nrst_tested, nrst_works; /* by a caught vector: DFSR.VCATCH */
    bool awake_tested;            /* after that it ran with DBG_SLEEP, _STOP and _STANDBY set.. */
    bool awake_helps;             /* ..and still answers: low power, not SWD, was off */

    /* Access ports. */
    struct {
        bool known;
        uint32_t idr, csw;
    } aps[MEASURED_APS];
    bool core_found;
    uint8_t core_ap;
    uint32_t cpuid;
    uint32_t strange_cpuid; /* what was read in its place, without an error, and is no core's */

    /* The core, looked at again and again over some ten milliseconds, undisturbed. */
    struct tally looks; /* how reading went: what these say changes, unlike an id */
    unsigned samples;   /* of looks that were good */
    unsigned in_reset;  /* S_RESET_ST, and no instruction retired */
    unsigned was_reset; /* S_RESET_ST, and instructions retired since */
    unsigned retired, locked_up, asleep, halted;
    bool reset_seen; /* S_RESET_ST in any read of DHCSR: nobody will see it again */
    bool pc_known;
    uint32_t pc; /* by DWT_PCSR, or of a halted core */

    /* The chip. */
    struct tally detections; /* how reading it went */
    bool chip_known;
    enum err chip_err; /* why it is not, though there is a core; ERR_OK: nobody knows such a chip */
    struct target_chip chip;
    bool size_known;
    uint32_t size_register; /* the whole word in which the flash size register stands */
    bool reset_flags_known;
    uint32_t reset_flags; /* enum measured_reset bits */
    struct tally vector_reads;
    bool vectors_known;
    uint32_t vectors[2];                    /* first words of flash */
    bool boots_elsewhere;                   /* what stands at 0 is not what the flash begins with */
    unsigned write_blocks, write_protected; /* by option bytes; of 0 blocks: not known */

    bool left_on; /* what debugging switched on in the chip could not be switched off again */
};

#endif

/* SPDX-License-Identifier: MIT */
/* Fault status registers in words: CFSR and HFSR, DDI 0403, B3.2.15 and B3.2.16. */
#include "core/fault_text.h"

#include <stdio.h>
#include <string.h>

#include "core/core.h"
#include "core/stop.h"

enum address_kind { NO_FAULT_ADDRESS, IN_MMFAR, IN_BFAR };

struct fault_bit {
    uint32_t bit;
    enum address_kind address;
    const char *text;
};

#define CFSR_MMARVALID (1u << 7)
#define CFSR_BFARVALID (1u << 15)
#define HFSR_VECTTBL (1u << 1)

/* What says most stands first. */
static const struct fault_bit cfsr_bits[] = {
    {1u << 9, IN_BFAR, "precise data bus error"},
    {1u << 1, IN_MMFAR, "data access forbidden by the MPU"},
    {1u << 0, NO_FAULT_ADDRESS, "instruction fetch from memory that is not executable"},
    {1u << 8, NO_FAULT_ADDRESS, "bus error on an instruction fetch"},
    {1u << 16, NO_FAULT_ADDRESS, "undefined instruction"},
    {1u << 17, NO_FAULT_ADDRESS,
     "not in Thumb state (a jump to an address with bit 0 clear, or a bad vector)"},
    {1u << 18, NO_FAULT_ADDRESS, "invalid exception return or integrity check"},
    {1u << 19, NO_FAULT_ADDRESS, "coprocessor or FPU instruction while it is off or absent"},
    {1u << 20, NO_FAULT_ADDRESS, "stack overflow"},
    {1u << 24, NO_FAULT_ADDRESS, "unaligned access"},
    {1u << 25, NO_FAULT_ADDRESS, "division by zero"},
    {1u << 10, NO_FAULT_ADDRESS, "imprecise data bus error (a write some instructions earlier)"},
    {1u << 12, IN_BFAR, "bus error when stacking for an exception (stack overflow?)"},
    {1u << 11, IN_BFAR, "bus error when unstacking from an exception"},
    {1u << 4, IN_MMFAR, "MPU error when stacking for an exception (stack overflow?)"},
    {1u << 3, IN_MMFAR, "MPU error when unstacking from an exception"},
    {1u << 13, IN_BFAR, "bus error when saving FPU registers"},
    {1u << 5, IN_MMFAR, "MPU error when saving FPU registers"},
};

static const char *exception_name(unsigned exception)
{
    static const char *const names[] = {"HardFault", "MemManage", "BusFault", "UsageFault",
                                        "SecureFault"};

    return exception >= 3 && exception <= 7 ? names[exception - 3] : "fault";
}

static void add(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);

    snprintf(text + used, size - used, "%s", more);
}

static void add_address(const struct stop_facts *facts, enum address_kind kind, char *text,
                        size_t size)
{
    uint32_t cfsr = facts->scb[FACT_CFSR];
    char more[40] = "";

    if (kind == IN_BFAR && (cfsr & CFSR_BFARVALID))
        snprintf(more, sizeof more, " at 0x%08x (BFAR)", facts->scb[FACT_BFAR]);
    if (kind == IN_MMFAR && (cfsr & CFSR_MMARVALID))
        snprintf(more, sizeof more, " at 0x%08x (MMFAR)", facts->scb[FACT_MMFAR]);
    add(text, size, more);
}

void fault_explain(const struct stop_facts *facts, unsigned exception, const char *cause,
                   uint32_t faulting_pc, char *text, size_t size)
{
    const char *separator = ": ";
    char where[48];

    snprintf(text, size, "%s", exception_name(exception));
    if (facts->scb[FACT_HFSR] & HFSR_VECTTBL) {
        add(text, size, ": bus error when reading the vector table");
        separator = ", ";
    }
    for (size_t i = 0; i < sizeof cfsr_bits / sizeof cfsr_bits[0]; i++) {
        if (!(facts->scb[FACT_CFSR] & cfsr_bits[i].bit))
            continue;
        add(text, size, separator);
        add(text, size, cfsr_bits[i].text);
        add_address(facts, cfsr_bits[i].address, text, size);
        separator = ", ";
    }
    if (cause[0]) {
        add(text, size, separator);
        add(text, size, cause);
    }
    if (!faulting_pc)
        return;
    snprintf(where, sizeof where, ", instruction at 0x%08x", faulting_pc);
    add(text, size, where);
}

/* SPDX-License-Identifier: MIT */
/* Encodings: DDI 0419, A5. */
#include "core/fault_v6m.h"

#include <stdio.h>

#include "base/bytes.h"

#define XPSR_T (1u << 24)
#define XPSR_ALIGNED (1u << 9) /* the stack pointer was moved by 4 for the frame */
enum { FRAME_BYTES = 32 };

void fault_v6m_take(struct fault_v6m *fault, const uint8_t bytes[32], uint32_t frame,
                    const uint32_t *registers)
{
    *fault = (struct fault_v6m){.pc = get_le32(bytes + 24), .xpsr = get_le32(bytes + 28)};
    for (unsigned i = 0; i < 8; i++)
        fault->r[i] = i < 4 ? get_le32(bytes + 4 * i) : registers[i];
    fault->sp = frame + FRAME_BYTES + (fault->xpsr & XPSR_ALIGNED ? 4 : 0);
}

/* --- instructions --- */

static unsigned field(uint16_t insn, unsigned shift, unsigned bits)
{
    return insn >> shift & ((1u << bits) - 1);
}

static bool is_wide(uint16_t half)
{
    return half >> 11 >= 0x1D;
}

/* Of 32 bits there are BL, MSR, MRS and the barriers. */
static bool wide_exists(uint16_t first, uint16_t second)
{
    bool bl = first >> 11 == 0x1E && (second & 0xD000) == 0xD000;
    bool msr = (first & 0xFFE0) == 0xF380 && (second & 0xD000) == 0x8000;
    bool mrs = (first & 0xFFE0) == 0xF3E0 && (second & 0xD000) == 0x8000;
    bool barrier = (first & 0xFFF0) == 0xF3B0 && (second & 0xD0C0) == 0x8040;

    return bl || msr || mrs || barrier;
}

/* CBZ, IT, what is not CPS, and UDF; the rest of 16 bits is there. */
static bool narrow_exists(uint16_t insn)
{
    bool cbz = (insn & 0xF500) == 0xB100, it = insn >> 8 == 0xBF && insn & 0xF;
    bool cps = insn >> 8 == 0xB6 && (insn & 0xFFEF) != 0xB662;
    bool hole = insn >> 8 == 0xB7 || insn >> 8 == 0xB8 || (insn & 0xFFC0) == 0xBA80;

    return !(cbz || it || cps || hole || insn >> 8 == 0xDE);
}

/* Where it reads or writes, and how wide; 0: it does neither. */
static unsigned access_of(const struct fault_v6m *fault, uint32_t *address)
{
    static const uint8_t by_register[8] = {4, 2, 1, 1, 4, 2, 1, 2};
    uint16_t insn = fault->half[0];
    uint32_t base = fault->r[field(insn, 3, 3)];
    unsigned imm = field(insn, 6, 5), top = insn >> 12;

    if (insn >> 11 == 0x09) {
        *address = ((fault->pc + 4) & ~3u) + 4 * field(insn, 0, 8);
        return 4;
    }
    if (top == 5) {
        *address = base + fault->r[field(insn, 6, 3)];
        return by_register[field(insn, 9, 3)];
    }
    if (top >= 6 && top <= 8) {
        unsigned width = top == 6 ? 4 : top == 7 ? 1 : 2;
        *address = base + width * imm;
        return width;
    }
    if (top == 9)
        *address = fault->sp + 4 * field(insn, 0, 8);
    else if (top == 12)
        *address = fault->r[field(insn, 8, 3)];
    else if (insn >> 9 == 0x5A) /* PUSH */
        *address = fault->sp - 4 * (unsigned)__builtin_popcount(insn & 0x1FF);
    else if (insn >> 9 == 0x5E) /* POP */
        *address = fault->sp;
    return top == 9 || top == 12 || insn >> 9 == 0x5A || insn >> 9 == 0x5E ? 4 : 0;
}

/* --- in words --- */

/* XN by the default memory map (DDI 0419, B3.1). */
static bool is_execute_never(uint32_t address)
{
    return address >> 29 == 2 || address >= 0xA0000000;
}

static const char *without_access(const struct fault_v6m *fault)
{
    uint16_t insn = fault->half[0];

    if (!(fault->xpsr & XPSR_T))
        return "not in Thumb state (a jump to an address with bit 0 clear, or a bad vector)";
    if (is_execute_never(fault->pc))
        return "instruction fetch from memory that is not executable";
    if (!fault->fetched)
        return "bus error on an instruction fetch";
    if (is_wide(insn) ? !wide_exists(insn, fault->half[1]) : !narrow_exists(insn))
        return "undefined instruction";
    if (insn >> 8 == 0xDF)
        return "SVC where it cannot be taken (interrupts off, or in a handler)";
    return insn >> 8 == 0xBE ? "BKPT without a debugger" : NULL;
}

void fault_v6m_explain(const struct fault_v6m *fault, char *text, size_t size)
{
    const char *cause = without_access(fault);
    uint32_t address = 0;
    unsigned width = cause ? 0 : access_of(fault, &address);

    if (width)
        snprintf(text, size, "%s at 0x%08x",
                 address & (width - 1) ? "unaligned access" : "data bus error", (unsigned)address);
    else
        snprintf(text, size, "%s", cause ? cause : "");
}

/* SPDX-License-Identifier: MIT */
/* Thumb instructions by name, for programs of a few lines. Each expands to its halfwords. */
#ifndef TEST_THUMB_H
#define TEST_THUMB_H

#define NOP 0xBF00
#define WFE 0xBF20
#define WFI 0xBF30
#define SEV 0xBF40
#define BX_LR 0x4770
#define SELF 0xE7FE /* b . */
#define CPSIE_I 0xB662
#define CPSID_I 0xB672
#define CPSIE_F 0xB661
#define CPSID_F 0xB671
#define UDF 0xDE00
#define BKPT(n) (0xBE00 | (n))
#define SVC(n) (0xDF00 | (n))
#define MOVS(rd, imm) (0x2000 | (rd) << 8 | (imm))
#define ADDS(rd, imm) (0x3000 | (rd) << 8 | (imm))
#define SUBS(rd, imm) (0x3800 | (rd) << 8 | (imm))
#define MOV(rd, rm) (0x4600 | ((rd)&8) << 4 | (rm) << 3 | ((rd)&7))
#define LDR(rt, rn) (0x6800 | (rn) << 3 | (rt))
#define STR(rt, rn) (0x6000 | (rn) << 3 | (rt))
#define LDRB(rt, rn) (0x7800 | (rn) << 3 | (rt))
#define STRB(rt, rn) (0x7000 | (rn) << 3 | (rt))
#define STRH(rt, rn) (0x8000 | (rn) << 3 | (rt))
#define BX(rm) (0x4700 | (rm) << 3)
#define PUSH_LR 0xB500
#define POP_PC 0xBD00
#define B_BACK(halfwords) (0xE000 | (0x7FE - (halfwords))) /* to so many halfwords before */
#define IT(cond, mask) (0xBF00 | (cond) << 4 | (mask))
#define MSR(sysm, rn) 0xF380 | (rn), 0x8800 | (sysm)
#define MRS(rd, sysm) 0xF3EF, 0x8000 | (rd) << 8 | (sysm)
#define UDIV(rd, rn, rm) 0xFBB0 | (rn), 0xF0F0 | (rd) << 8 | (rm)
#define MCR_COPROCESSOR 0xEE00, 0x0F10

enum { MSP = 8, PSP = 9, PRIMASK = 16, BASEPRI = 17, FAULTMASK = 19, CONTROL = 20 };

#endif

/* SPDX-License-Identifier: MIT */
/* Programs flash words of 32 or 16 bytes while the host brings more. Runs from any
 * address.
 *
 * STM32H7 (RM0433 4.3.9, RM0455 4.3.9): with CR.PG set (and CR.PSIZE for all 64 bits at once, where
 * there is such a field), a flash word that was written from its first to its last byte is
 * programmed; SR.QW falls when it is done. Errors stick, so they are looked at once a block. Flash
 * words that are all ones are skipped: that is how the host says "leave this alone", and one may be
 * programmed once only. The independent watchdog is fed with every flash word, and while there is
 * nothing to do.
 *
 * In:  r0 mailbox, r1 base of the bank's registers
 * Mailbox: as stm32f1_program.S, and +16 the flash word's size in bytes
 * Blocks: as stm32f1_program.S; length and address are multiples of a flash word
 * Out: as stm32f1_program.S
 */
    .syntax unified
    .cpu cortex-m3
    .thumb
    .text

    .equ CR, 0x0C
    .equ SR, 0x10
    .equ QW, 1 << 2
    .equ PG, 1 << 1
    .equ PSIZE, 3 << 4
    .equ ERRORS, 0x01EE         /* RDSERR, RDPERR, OPERR, INCERR, STRBERR, PGSERR, WRPERR: upper half */
#include "../../loaders/mailbox.inc"

    .macro feed
    ldr   r3, [r0, #WATCHDOG]
    movw  r4, #0xAAAA
    str   r4, [r3]
    .endm

    .macro wait_until_idle
    feed
1:  ldr   r3, [r1, #SR]
    tst   r3, #QW
    bne   1b
    .endm

    begin

page:
    await_block
    ldr   r7, [r0, #UNIT]
    movs  r3, #PG
    cmp   r7, #32
    it    eq
    orreq r3, r3, #PSIZE
    str   r3, [r1, #CR]

unit:                           /* looked at while the one before is programmed */
    cmp   r2, r5
    bhs   finish
    ldr   r7, [r0, #UNIT]
    add   r10, r2, r7           /* its end */
    mov   r4, r2
    mov   r3, #-1
look:
    ldr   r7, [r4], #4
    and   r3, r3, r7
    cmp   r4, r10
    blo   look
    adds  r3, r3, #1
    beq   skip
    wait_until_idle
copy:
    ldr   r7, [r2], #4
    str   r7, [r6], #4
    cmp   r2, r10
    blo   copy
    dsb                         /* it has left the core */
    b     unit

skip:
    ldr   r7, [r0, #UNIT]
    add   r6, r6, r7
    mov   r2, r10
    b     unit

finish:
    wait_until_idle
    movs  r3, #0
    str   r3, [r1, #CR]
    dsb
    ldr   r3, [r1, #SR]
    movw  r7, #ERRORS
    and   r3, r3, r7, lsl #16
    cmp   r3, #0
    bne   failed
    next_block
    b     page

failed:
    begin_report
compare:                        /* what was skipped is right by chance or looked at by the host */
    ldr   r7, [r2], #4
    ldr   r3, [r6], #4
    adds  r4, r7, #1
    beq   same
    cmp   r3, r7
    bne   found
same:
    cmp   r2, r5
    blo   compare
found:
    subs  r6, r6, #4
    end_report
    .balign 4
    .pool

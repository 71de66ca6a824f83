/* SPDX-License-Identifier: MIT */
/* Programs half pages while the host brings more. Runs from any address, on any core.
 *
 * STM32L0, L1 (RM0376, 3.3.4; RM0038, 3.3.4): with PECR.FPRG and PECR.PROG set, all words of a half
 * page, written in a row with no other access to flash between, are programmed at once; SR.BSY falls
 * when it is done. Errors stick, so they are looked at once a block. Half pages that are all zero
 * are skipped: that is how the host says "leave this alone". The independent watchdog is fed with
 * every half page, and while there is nothing to do.
 *
 * In:  r0 mailbox, r1 base of the flash controller
 * Mailbox: as stm32f1_program.S, and +16 the size of a half page in bytes, a multiple of 16
 * Blocks: as stm32f1_program.S; whole half pages
 * Out: as stm32f1_program.S
 */
    .syntax unified
    .cpu cortex-m0
    .thumb
    .text

    .equ PECR, 0x04
    .equ SR, 0x18
    .equ HALF_PAGES, 0x408      /* FPRG, PROG */
#include "../../loaders/mailbox.inc"

    .macro feed
    ldr   r3, [r0, #WATCHDOG]
    ldr   r4, =0xAAAA
    str   r4, [r3]
    .endm

    .macro copy_two
    ldmia r2!, {r3, r4}
    stmia r6!, {r3}
    stmia r6!, {r4}
    .endm

    begin

page:
    await_block
    ldr   r3, =HALF_PAGES
    str   r3, [r1, #PECR]

unit:                           /* looked at while the one before is programmed */
    cmp   r2, r5
    bhs   finish
    mov   r10, r2
    ldr   r7, [r0, #UNIT]
    adds  r7, r7, r2            /* its end */
    movs  r3, #0
look:
    ldmia r2!, {r4}
    orrs  r3, r3, r4
    cmp   r2, r7
    blo   look
    cmp   r3, #0
    beq   skip
busy:
    feed
    ldr   r3, [r1, #SR]
    lsrs  r3, r3, #1            /* BSY */
    bcs   busy
    mov   r2, r10
copy:
    copy_two
    copy_two
    cmp   r2, r7
    blo   copy
    b     unit

skip:
    ldr   r3, [r0, #UNIT]
    adds  r6, r6, r3
    b     unit

finish:
    feed
    ldr   r3, [r1, #SR]
    lsrs  r3, r3, #1
    bcs   finish
    movs  r3, #0
    str   r3, [r1, #PECR]
    ldr   r3, [r1, #SR]
    ldr   r7, =0x00032700       /* FWWERR, NOTZEROERR, RDERR, SIZERR, PGAERR, WRPERR */
    ands  r3, r3, r7
    bne   failed
    next_block
    b     page

failed:
    begin_report
compare:                        /* zeros were skipped, or are right */
    ldmia r2!, {r3}
    ldmia r6!, {r4}
    cmp   r3, #0
    beq   same
    cmp   r3, r4
    bne   found
same:
    cmp   r2, r5
    blo   compare
found:
    subs  r6, r6, #4
    end_report
    .pool

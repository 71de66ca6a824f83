/* SPDX-License-Identifier: MIT */
/* Programs half pages while the host fills the other buffer. Runs from any address, on any core.
 *
 * STM32L0, L1 (RM0376, 3.3.4; RM0038, 3.3.4): with PECR.FPRG and PECR.PROG set, all words of a half
 * page, written in a row with no other access to flash between, are programmed at once; SR.BSY falls
 * when it is done. Errors stick, so they are looked at once a buffer. Half pages that are all zero
 * are skipped: that is how the host says "leave this alone". The independent watchdog is fed with
 * every half page, and while there is nothing to do.
 *
 * In:  r0 mailbox, r1 base of the flash controller, r2 buffer 0, r3 buffer 1
 * Mailbox: as stm32f1_program.S, and +16 the size of a half page in bytes, a multiple of 16
 * Buffers: as stm32f1_program.S; whole half pages
 * Out: as stm32f1_program.S
 */
    .syntax unified
    .cpu cortex-m0
    .thumb
    .text

    .equ PECR, 0x04
    .equ SR, 0x18
    .equ HALF_PAGES, 0x408      /* FPRG, PROG */
    .equ WATCHDOG, 8
    .equ UNIT, 16
    .equ ADDRESS, 4
    .equ DATA, 8

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

    mov   r9, r3                /* the other buffer */

page:
    feed
    ldr   r5, [r2]
    cmp   r5, #0
    beq   page
    mov   r8, r2                /* this buffer */
    ldr   r6, [r2, #ADDRESS]
    adds  r2, r2, #DATA
    adds  r5, r5, r2            /* its end */
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
    mov   r2, r8
    str   r3, [r2]              /* free again */
    mov   r2, r9
    mov   r9, r8
    b     page

failed:
    str   r3, [r0, #0]
    mov   r2, r8
    ldr   r6, [r2, #ADDRESS]
    adds  r2, r2, #DATA
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
    str   r6, [r0, #4]
    movs  r3, #1                /* nobody needs to wait for a buffer any more */
    lsls  r3, r3, #31
    mov   r2, r8
    str   r3, [r2]
    mov   r2, r9
    str   r3, [r2]
    bkpt  #0
    .pool

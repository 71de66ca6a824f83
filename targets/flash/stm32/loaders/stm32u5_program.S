/* SPDX-License-Identifier: MIT */
/* Programs quad words while the host brings more. Runs from any address.
 *
 * STM32U5 (RM0456 7.3.7): with NSCR.PG set four words written to an aligned quad word start
 * programming, with BWR too the 32 words of a row of eight; until then NSSR.WDW tells that more are
 * awaited, and NSSR.BSY falls when it is done. Errors stick, so they are looked at once a block.
 * Quad words that are all ones are skipped: that is how the host says "leave this alone", and a
 * cell may be programmed once only; a row with one of these is programmed one by one. The
 * independent watchdog is fed with every row, and while there is nothing to do.
 *
 * In:  r0 mailbox, r1 base of the flash controller
 * Mailbox, blocks: as stm32f1_program.S; length and address are multiples of 128
 * Out: as stm32f1_program.S
 */
    .syntax unified
    .cpu cortex-m0
    .thumb
    .text

    .equ SR, 0x20
    .equ CR, 0x28
    .equ PG, 1
    .equ BWR, 0x40              /* in the second byte */
    .equ ERRORS, 0x20FA         /* OPTWERR, PGSERR, SIZERR, PGAERR, WRPERR, PROGERR, OPERR */
    .equ ROW, 128
#include "../../loaders/mailbox.inc"

    .macro wait_until_idle      /* r3, r4 */
    ldr   r3, [r0, #WATCHDOG]
    ldr   r4, =0xAAAA           /* feeds */
    str   r4, [r3]
1:  ldr   r3, [r1, #SR]
    lsls  r3, r3, #14           /* WDW, BSY on top */
    lsrs  r3, r3, #30
    bne   1b
    .endm

    .macro store_quad           /* one by one: halted in the midst of an STM a core may begin it anew */
    str   r3, [r6]
    str   r4, [r6, #4]
    str   r5, [r6, #8]
    str   r7, [r6, #12]
    adds  r6, r6, #16
    .endm

    begin

page:
    await_block
    mov   r10, r5               /* its end */

row:                            /* looked through while the one before is programmed */
    cmp   r2, r10
    bhs   finish
    mov   r12, r2
    movs  r3, #ROW
    add   r12, r3               /* behind the row */
look:
    ldmia r2!, {r3, r4, r5, r7}
    ands  r3, r3, r4
    ands  r3, r3, r5
    ands  r3, r3, r7
    adds  r3, r3, #1
    beq   with_gaps
    cmp   r2, r12
    blo   look

    subs  r2, r2, #ROW
    wait_until_idle
    movs  r3, #BWR
    lsls  r3, r3, #8
    adds  r3, r3, #PG
    str   r3, [r1, #CR]
burst:
    ldmia r2!, {r3, r4, r5, r7}
    store_quad
    cmp   r2, r12
    blo   burst
    b     row

with_gaps:
    mov   r2, r12
    subs  r2, r2, #ROW
    wait_until_idle
    movs  r3, #PG
    str   r3, [r1, #CR]
quad:
    ldmia r2!, {r3, r4, r5, r7}
    ands  r3, r3, r4
    ands  r3, r3, r5
    ands  r3, r3, r7
    adds  r3, r3, #1
    beq   skip
    wait_until_idle
    subs  r2, r2, #16
    ldmia r2!, {r3, r4, r5, r7}
    store_quad
    b     next
skip:
    adds  r6, r6, #16
next:
    cmp   r2, r12
    blo   quad
    b     row

finish:
    wait_until_idle
    str   r3, [r1, #CR]
    ldr   r3, [r1, #SR]
    ldr   r7, =ERRORS
    ands  r3, r3, r7
    bne   failed
    next_block
    b     page

failed:
    report_wrong_word
    .pool
